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
    while let Some(part) = xml.child()? {
        while let Some(tag) = xml.child()? {
            let value = xml.content(&tag)?;
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
    let mut data = data.ok_or(DAMAGED)?;
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    while let Some(at) = data.expose().iter().position(blank) {
        data.remove(at..at + 1);
    }
    if version.starts_with("2.") {
        let key = unhex(data.expose()).ok_or(DAMAGED)?;
        let expected = digest.and_then(|digest| unhex(digest.trim().as_bytes()));
        let first = sha256(&[key.expose()]).first_chunk::<4>().copied().unwrap_or_default();
        if expected.is_some_and(|expected| !same(expected.expose(), &first)) {
            return Err(KeePassError::KeyFile("its checksum is wrong"));
        }
        data = key;
    } else {
        data = base64::decode(data.expose()).ok_or(DAMAGED)?;
    }
    data.expose().try_into().map(|key| Some(Key::copy_of(key))).map_err(|_| DAMAGED)
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
