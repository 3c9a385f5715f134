//! Files kept with an entry: a manifest with name and length, and the content in sealed parts.

use serde::{Deserialize, Serialize};

/// Most bytes of content in one part.
pub const PART_LEN: usize = 1_000_000;

/// Name, length in bytes and parts of a file, as docs/format.md writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// File name, without a folder.
    pub name: String,
    /// Bytes of the content.
    pub len: u64,
    /// Field ids of the parts, in order.
    pub parts: Vec<[u8; 16]>,
}

impl Manifest {
    /// The bytes of the cell's value.
    pub fn encode(&self) -> Vec<u8> {
        // Encoding into memory cannot fail for this type; an empty value would read as unreadable.
        bincode::serde::encode_to_vec(self, config()).unwrap_or_default()
    }

    /// Reads a cell's value, all of it; nothing where it is not a manifest.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (manifest, read) = bincode::serde::decode_from_slice(bytes, config()).ok()?;
        (read == bytes.len()).then_some(manifest)
    }
}

/// Fixed-length little-endian integers, and no allocation beyond what a value may hold.
fn config() -> impl bincode::config::Config {
    bincode::config::standard().with_fixed_int_encoding().with_limit::<{ super::MAX_VALUE }>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_back() {
        let manifest = Manifest { name: "a.txt".to_owned(), len: 3, parts: vec![[7; 16]] };
        let bytes = manifest.encode();
        assert_eq!(bytes.len(), 8 + 5 + 8 + 8 + 16);
        assert_eq!(Manifest::decode(&bytes), Some(manifest));
        assert_eq!(Manifest::decode(&bytes[1..]), None);
        assert_eq!(Manifest::decode(&[&bytes[..], &[0]].concat()), None);
        assert_eq!(Manifest::decode(&[0xFF; 40]), None);
    }
}
