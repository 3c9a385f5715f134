//! The key of a database: from a password, a key file of any of its kinds, or both.
//!
//! ```text
//! composite = SHA-256( [SHA-256(password)] || [key file's 32 bytes] )
//! transformed = KDF(composite)
//! key = SHA-256(master_seed || transformed)
//! mac_key = SHA-512(master_seed || transformed || 01)                  version 4
//! ```

use super::super::{Unlock, base64, without_bom};
use super::error::KeePassError;
use super::header::{Header, Kdf};
use super::xml::{Tag, Xml};
use crate::crypto::derive::{Key, same, sha256};
use crate::crypto::kdbx::{Keystream, aes_kdf, sha512};
use crate::crypto::kdf::KdfError;
use crate::secret::Secret;

/// The keys of one database.
pub struct Keys {
    /// Of the cipher.
    pub cipher: Key,
    /// What the keys of the MACs are made from.
    pub mac: Secret,
}

/// What each of the ways gives in which `unlock` may be meant. KeePass tells an empty password from none; a
/// person does not.
///
/// # Errors
/// [`KeePassError::KeyFile`].
pub fn composites(unlock: &Unlock) -> Result<Vec<Key>, KeePassError> {
    let file = unlock.key_file.as_ref().map(|file| key_file(file.expose())).transpose()?;
    let file = file.as_ref().map_or(&[][..], |key| key.expose());
    let given = unlock.password.as_ref().map_or(&[][..], Secret::expose);
    let password = hashed(&[given]);
    let with_password = || hashed(&[password.expose(), file]);
    Ok(match (given.is_empty(), file.is_empty()) {
        (false, _) => vec![with_password()],
        (true, false) => vec![hashed(&[file]), with_password()],
        (true, true) => vec![with_password(), hashed(&[])],
    })
}

impl Keys {
    /// Pays for the key derivation.
    ///
    /// # Errors
    /// [`KeePassError::NoMemory`].
    pub fn derive(header: &Header<'_>, composite: &Key) -> Result<Self, KeePassError> {
        let transformed = match &header.kdf {
            Kdf::Aes { seed, rounds } => aes_kdf(composite.expose(), seed, *rounds),
            Kdf::Argon2 { cost, salt } => {
                cost.derive(composite.expose(), salt).map_err(|error| match error {
                    KdfError::NoMemory(_) => KeePassError::NoMemory,
                    KdfError::Refused(_) => KeePassError::Damaged("its key derivation cannot be run"),
                })?
            }
        };
        Ok(Self::of(header.master_seed, &transformed))
    }

    /// The keys that a derived key gives.
    pub fn of(master_seed: &[u8], transformed: &Secret) -> Self {
        let parts = [master_seed, transformed.expose()];
        Self { cipher: hashed(&parts), mac: sha512(&[parts[0], parts[1], &[1]]) }
    }

    /// The key of block `index`'s MAC; `u64::MAX` is the header's.
    pub fn mac_key(&self, index: u64) -> Secret {
        sha512(&[&index.to_le_bytes(), self.mac.expose()])
    }
}

fn hashed(parts: &[&[u8]]) -> Key {
    Key::copy_of(&zeroize::Zeroizing::new(sha256(parts)))
}

/// The 32 bytes that a key file stands for: XML of version 1 or 2, 32 bytes, 64 hexadecimal digits, and the
/// digest of anything else.
fn key_file(content: &[u8]) -> Result<Key, KeePassError> {
    if let Some(key) = xml_key_file(content)? {
        return Ok(key);
    }
    let raw = content.try_into().ok().map(Key::copy_of);
    let hex = || (content.len() == 64).then(|| unhex(content)).flatten();
    let hex = || hex().and_then(|bytes| bytes.expose().try_into().ok().map(Key::copy_of));
    Ok(raw.or_else(hex).unwrap_or_else(|| hashed(&[content])))
}

/// The key of an XML key file; none where `content` is something else.
fn xml_key_file(content: &[u8]) -> Result<Option<Key>, KeePassError> {
    const DAMAGED: KeePassError = KeePassError::KeyFile("its key cannot be read");
    let trimmed = without_bom(content).trim_ascii_start();
    if !trimmed.starts_with(b"<") {
        return Ok(None);
    }
    let mut xml = Xml::new(trimmed, Keystream::None);
    let Ok(Some(Tag { name, .. })) = xml.child() else { return Ok(None) };
    if name != "KeyFile" {
        return Ok(None);
    }
    let (mut version, mut data, mut digest) = (String::new(), None, None);
    while let Some(part) = xml.child().map_err(|_| DAMAGED)? {
        while let Some(tag) = xml.child().map_err(|_| DAMAGED)? {
            let value = xml.content(&tag).map_err(|_| DAMAGED)?;
            match (part.name.as_str(), tag.name.as_str()) {
                ("Meta", "Version") => version = value.expose_str().unwrap_or_default().trim().to_owned(),
                ("Key", "Data") => {
                    digest = tag.attribute("Hash").map(str::to_owned);
                    data = Some(value);
                }
                _ => {}
            }
        }
    }
    let data = data.ok_or(DAMAGED)?;
    let words: Vec<&[u8]> = data.expose().split(u8::is_ascii_whitespace).collect();
    let data = Secret::concat(&words);
    let key = match version.starts_with("2.") {
        true => unhex(data.expose()).ok_or(DAMAGED)?,
        false => base64::decode(data.expose()).ok_or(DAMAGED)?,
    };
    // Whoever writes no digest does not want it compared.
    if let Some(digest) = digest.filter(|digest| version.starts_with("2.") && !digest.is_empty()) {
        let digest = unhex(digest.trim().as_bytes()).ok_or(DAMAGED)?;
        let first = sha256(&[key.expose()]).first_chunk::<4>().copied().unwrap_or_default();
        if !same(digest.expose(), &first) {
            return Err(KeePassError::KeyFile("its checksum is wrong"));
        }
    }
    key.expose().try_into().map(|key| Some(Key::copy_of(key))).map_err(|_| DAMAGED)
}

/// The bytes that hexadecimal digits stand for.
pub fn unhex(text: &[u8]) -> Option<Secret> {
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Secret::with_capacity(text.len() / 2);
    let (pairs, rest) = text.as_chunks::<2>();
    for [high, low] in pairs {
        bytes.append(&[digit(*high)? << 4 | digit(*low)?]);
    }
    rest.is_empty().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0, 1, 2 and so on, as the key of each kind of file.
    const BYTES: [u8; 32] = *b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\
        \x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F";
    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
    /// The first 4 bytes of SHA-256 of [`BYTES`].
    const CHECKSUM: &str = "630DCD29";

    fn key(content: &[u8]) -> Result<[u8; 32], KeePassError> {
        key_file(content).map(|key| *key.expose())
    }

    fn xml(version: &str, data: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<KeyFile>\n\t<Meta><Version>{version}</Version></Meta>\n\
             \t<Key>{data}</Key>\n</KeyFile>\n"
        )
        .into_bytes()
    }

    #[test]
    fn xml_of_version_1() {
        let data = "<Data> AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n</Data>";
        for version in ["1.00", "1.0", ""] {
            assert_eq!(key(&xml(version, data)), Ok(BYTES));
        }
        assert_eq!(key(&[b"\xEF\xBB\xBF", &xml("1.0", data)[..]].concat()), Ok(BYTES));
        for data in ["", "<Data/>", "<Data>AAEC</Data>", "<Data>no base 64</Data>"] {
            assert_eq!(
                key(&xml("1.0", data)),
                Err(KeePassError::KeyFile("its key cannot be read")),
                "{data}"
            );
        }
    }

    #[test]
    fn xml_of_version_2_and_its_checksum() {
        let (first, second) = HEX.split_at(32);
        let data =
            |digest: &str| format!("<Data{digest}>\n\t{}\n {second}\n</Data>", first.replace('0', "0 "));
        let hash = |digest: &str| data(&format!(" Hash=\"{digest}\""));
        for data in [data(""), hash(CHECKSUM), hash(&CHECKSUM.to_lowercase()), hash("")] {
            assert_eq!(key(&xml("2.0", &data)), Ok(BYTES), "{data}");
        }
        for wrong in ["00000000", "630DCD28", "630DCD", "630DCD2966"] {
            let error = key(&xml("2.0", &hash(wrong)));
            assert_eq!(error, Err(KeePassError::KeyFile("its checksum is wrong")), "{wrong}");
        }
        let damaged = Err(KeePassError::KeyFile("its key cannot be read"));
        assert_eq!(key(&xml("2.0", &hash("no digits"))), damaged);
        assert_eq!(key(&xml("2.0", "<Data>0001</Data>")), damaged);
        let file = xml("2.0", &hash(CHECKSUM));
        assert_eq!(key(&file[..file.len() - 20]), damaged, "torn");
    }

    #[test]
    fn raw_bytes_digits_and_all_else() {
        assert_eq!(key(&BYTES), Ok(BYTES));
        assert_eq!(key(HEX.as_bytes()), Ok(BYTES));
        let digest = |content: &[u8]| Ok(sha256(&[content]));
        for other in [
            &b"any text"[..],
            b"",
            &BYTES[1..],
            &[&BYTES[..], b"\n"].concat(),
            &[HEX.as_bytes(), b"\n"].concat(),
            HEX.replace(['f', 'F'], "g").as_bytes(),
            b"<svg><Key><Data>AAEC</Data></Key></svg>",
            b"<KeyFile",
            b"<!DOCTYPE x []><KeyFile/>",
        ] {
            assert_eq!(key(other), digest(other), "{other:?}");
        }
    }

    #[test]
    fn a_key_file_is_the_second_half_of_what_is_derived_from() {
        let unlock = |password: &str, key_file: Option<&[u8]>| Unlock {
            password: Some(Secret::from_text(password.to_owned())),
            key_file: key_file.map(Secret::copy_of),
        };
        let found = |unlock| composites(&unlock).unwrap().iter().map(|key| *key.expose()).collect::<Vec<_>>();
        let with_password = sha256(&[&sha256(&[b"pw"]), &BYTES]);
        assert_eq!(found(unlock("pw", Some(&BYTES))), [with_password]);
        assert_eq!(found(unlock("pw", None)), [sha256(&[&sha256(&[b"pw"])])]);
        // An empty password may be none.
        assert_eq!(found(unlock("", Some(&BYTES))), [sha256(&[&BYTES]), sha256(&[&sha256(&[]), &BYTES])]);
    }
}
