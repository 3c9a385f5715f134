//! What a Bitwarden file is encrypted with: PBKDF2 or Argon2id, keys stretched by HKDF, AES-256 in CBC mode under
//! an HMAC-SHA-256.
//!
//! For [`crate::exchange`] alone; nothing of it guards a vault.

use aes::Aes256;
use aes::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::aead::TagMismatch;
use super::kdf::{Cost, KdfError, argon2id};
use crate::secret::Secret;

/// Bytes of an initialisation vector, and of a block.
pub const BLOCK_LEN: usize = 16;
/// Bytes of a tag.
pub const TAG_LEN: usize = 32;

/// PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), the first 32 bytes. Takes as long as `rounds` say.
pub fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32) -> Secret {
    let mut out = Secret::zeroed(32);
    pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, out.expose_mut());
    out
}

/// Argon2id under the SHA-256 of a salt of any length, 32 bytes.
///
/// # Errors
/// As [`argon2id`].
pub fn argon2id_of_digest(password: &[u8], salt: &[u8], cost: Cost) -> Result<Secret, KdfError> {
    argon2id(password, &Sha256::digest(salt), cost)
}

/// A key for the cipher and one for the tags.
pub struct Keys {
    cipher: Secret,
    mac: Secret,
}

impl Keys {
    /// HKDF-Expand-SHA-256(key, "enc", 32) and (key, "mac", 32).
    pub fn stretched(key: &Secret) -> Self {
        let expand = |label: &[u8]| {
            let mut out = Secret::zeroed(32);
            let done =
                Hkdf::<Sha256>::from_prk(key.expose()).ok().map(|hkdf| hkdf.expand(label, out.expose_mut()));
            debug_assert!(done.is_some_and(|done| done.is_ok()), "a PRK of 32 bytes and 32 bytes of output");
            out
        };
        Self { cipher: expand(b"enc"), mac: expand(b"mac") }
    }

    /// Encrypts `text`, padded as in PKCS #7; the tag is over vector and ciphertext.
    pub fn seal(&self, iv: &[u8; BLOCK_LEN], text: &[u8]) -> (Secret, [u8; TAG_LEN]) {
        let pad = BLOCK_LEN - text.len() % BLOCK_LEN;
        let padding = [pad as u8; BLOCK_LEN];
        let mut bytes = Secret::concat(&[text, padding.get(..pad).unwrap_or_default()]);
        if let Ok(mut cipher) = cbc::Encryptor::<Aes256>::new_from_slices(self.cipher.expose(), iv) {
            let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(bytes.expose_mut());
            cipher.encrypt_blocks(blocks);
        }
        let tag = self.tag(iv, bytes.expose());
        (bytes, tag)
    }

    /// Verifies the tag in constant time, and only then decrypts.
    ///
    /// # Errors
    /// [`TagMismatch`]: another key, or changed bytes.
    pub fn open(&self, iv: &[u8], mut bytes: Secret, tag: &[u8]) -> Result<Secret, TagMismatch> {
        let is_same: bool = self.tag(iv, bytes.expose()).ct_eq(tag).into();
        if !is_same || bytes.is_empty() || !bytes.len().is_multiple_of(BLOCK_LEN) {
            return Err(TagMismatch);
        }
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(self.cipher.expose(), iv);
        let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(bytes.expose_mut());
        cipher.map_err(|_| TagMismatch)?.decrypt_blocks(blocks);
        let pad = bytes.expose().last().copied().map_or(0, usize::from);
        let text = bytes.len().checked_sub(pad).filter(|_| (1..=BLOCK_LEN).contains(&pad));
        bytes.truncate(text.ok_or(TagMismatch)?);
        Ok(bytes)
    }

    fn tag(&self, iv: &[u8], bytes: &[u8]) -> [u8; TAG_LEN] {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.mac.expose()) else { return [0; TAG_LEN] };
        mac.chain_update(iv).chain_update(bytes).finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(secret: &Secret) -> String {
        secret.expose().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn pbkdf2_as_in_the_standard() {
        // RFC 7914, section 11: the first 32 of 64 bytes.
        assert_eq!(
            hex(&pbkdf2(b"passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
        assert_eq!(
            hex(&pbkdf2(b"Password", b"NaCl", 80_000)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        );
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let keys = Keys::stretched(&Secret::copy_of(&[7; 32]));
        for len in [0, 1, 15, 16, 17, 1000] {
            let text = vec![b'x'; len];
            let (bytes, tag) = keys.seal(&[1; 16], &text);
            assert!(bytes.len() > len && bytes.expose() != text);
            let changed = |at: usize| {
                let mut bytes = bytes.duplicate();
                bytes.expose_mut()[at] ^= 1;
                bytes
            };
            assert_eq!(keys.open(&[2; 16], bytes.duplicate(), &tag).err(), Some(TagMismatch));
            assert_eq!(keys.open(&[1; 16], changed(len / 2), &tag).err(), Some(TagMismatch));
            assert_eq!(keys.open(&[1; 16], bytes.duplicate(), &tag[1..]).err(), Some(TagMismatch));
            let other = Keys::stretched(&Secret::copy_of(&[8; 32]));
            assert_eq!(other.open(&[1; 16], bytes.duplicate(), &tag).err(), Some(TagMismatch));
            assert!(keys.open(&[1; 16], bytes, &tag).unwrap().same_as(&text));
        }
    }
}
