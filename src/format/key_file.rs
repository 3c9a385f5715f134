//! Key files: a second factor beside the master password. Any file of 32 bytes to 1 MiB will do; one made by
//! this program is a line of text with a checksum, so that damage by an editor or a transfer is told apart
//! from a wrong file.

use super::error::FormatError;
use crate::crypto::derive::{self, Key};
use crate::secret::Secret;

const MADE: &str = "TRESOR-KEY-1";

/// What a key file adds to the derivation.
#[derive(Debug)]
pub struct KeyFile(Key);

impl KeyFile {
    /// Least bytes of a file.
    pub const MIN_LEN: usize = 32;
    /// Most bytes of a file.
    pub const MAX_LEN: usize = 1024 * 1024;

    /// Reads the content of a file.
    ///
    /// # Errors
    /// [`FormatError::KeyFileBroken`] where it is one that this program made and its checksum is wrong, or
    /// where it is shorter or longer than a key file may be.
    pub fn read(content: &Secret) -> Result<Self, FormatError> {
        if !(Self::MIN_LEN..=Self::MAX_LEN).contains(&content.len()) {
            return Err(FormatError::KeyFileBroken);
        }
        let bytes = content.expose();
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let made = text.trim_ascii_start().get(..MADE.len());
        if !made.is_some_and(|start| start.eq_ignore_ascii_case(MADE.as_bytes())) {
            return Ok(Self(derive::plain_key_file_key(bytes)));
        }
        let digits = text.trim_ascii_start().get(MADE.len()..).unwrap_or_default();
        let mut key = Secret::with_capacity(36);
        let mut high: Option<u8> = None;
        for digit in digits.iter().filter(|byte| !byte.is_ascii_whitespace()) {
            let digit = char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let digit = digit.ok_or(FormatError::KeyFileBroken)?;
            high = match high {
                None => Some(digit),
                Some(high) if key.append(&[high << 4 | digit]) => None,
                Some(_) => return Err(FormatError::KeyFileBroken),
            };
        }
        match key.expose().split_first_chunk::<32>() {
            Some((key, check)) if high.is_none() && derive::sha256(&[key]).get(..4) == Some(check) => {
                Ok(Self(derive::made_key_file_key(key)))
            }
            _ => Err(FormatError::KeyFileBroken),
        }
    }

    /// The line that a made key file holds: `TRESOR-KEY-1 <64 hex> <8 hex>`.
    pub fn line_of(key: &[u8; 32]) -> Secret {
        let mut line = Secret::with_capacity(MADE.len() + 75);
        line.append(MADE.as_bytes());
        let check = derive::sha256(&[key]);
        for (at, byte) in key.iter().chain(check.iter().take(4)).enumerate() {
            if at == 0 || at == 32 {
                line.append(b" ");
            }
            for digit in [byte >> 4, byte & 15] {
                line.append(&[b"0123456789abcdef".get(usize::from(digit)).copied().unwrap_or(b'?')]);
            }
        }
        line.append(b"\n");
        line
    }

    pub(super) fn key(&self) -> &Key {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(content: &[u8]) -> Option<[u8; 32]> {
        KeyFile::read(&Secret::copy_of(content)).ok().map(|file| *file.key().expose())
    }

    #[test]
    fn a_made_one_survives_editors() {
        let line = KeyFile::line_of(&[0xAB; 32]);
        let text = line.expose_str().unwrap();
        assert_eq!(text.len(), 12 + 1 + 64 + 1 + 8 + 1);
        let same = key(text.as_bytes());
        assert!(same.is_some());
        let crlf = text.replace(' ', "\r\n");
        for variant in [format!("\u{feff}{text}"), text.to_uppercase(), crlf, format!("\n  {}", text.trim())]
        {
            assert_eq!(key(variant.as_bytes()), same, "{variant:?}");
        }
        assert_eq!(key(text.replacen("ab", "ac", 1).as_bytes()), None);
        assert_eq!(key(&text.as_bytes()[..80]), None);
        assert_eq!(key(format!("{text}00").as_bytes()), None);
    }

    #[test]
    fn any_other_file_counts_byte_by_byte() {
        assert!(key(&[1; 32]).is_some());
        assert_ne!(key(&[1; 32]), key(&[1; 33]));
        assert_eq!(key(&[1; 31]), None);
        assert_eq!(key(&vec![1; 1024 * 1024 + 1]), None);
    }
}
