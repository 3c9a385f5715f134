//! XChaCha20-Poly1305 in place: no copy of the plaintext is made, none is used before its tag is verified.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use thiserror::Error;

/// Bytes of a key.
pub const KEY_LEN: usize = 32;
/// Bytes of a nonce.
pub const NONCE_LEN: usize = 24;
/// Bytes of an authentication tag.
pub const TAG_LEN: usize = 16;

/// The tag does not fit the ciphertext, nonce, key and associated data.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("authentication failed")]
pub struct TagMismatch;

/// Encrypts `text` in place and gives its tag.
///
/// # Panics
/// Never for lengths that fit memory: the cipher's limit is 256 GiB.
pub fn seal_in_place(
    key: &[u8; KEY_LEN],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: &mut [u8],
) -> [u8; TAG_LEN] {
    let cipher = XChaCha20Poly1305::new(key.into());
    match cipher.encrypt_inout_detached(nonce.into(), aad, text.into()) {
        Ok(tag) => tag.into(),
        // Unreachable below 256 GiB; a wiped text and a zero tag fail closed.
        Err(_) => {
            text.fill(0);
            [0; TAG_LEN]
        }
    }
}

/// Verifies `tag`, then decrypts `text` in place.
///
/// # Errors
/// [`TagMismatch`]; `text` is then unchanged ciphertext.
pub fn open_in_place(
    key: &[u8; KEY_LEN],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Result<(), TagMismatch> {
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
        .map_err(|_| TagMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_opens_and_refuses() {
        let (key, nonce) = ([1; 32], [2; 24]);
        let mut text = *b"attack at dawn";
        let tag = seal_in_place(&key, &nonce, b"aad", &mut text);
        let sealed = text;
        assert_eq!(open_in_place(&key, &nonce, b"AAD", &mut text, &tag), Err(TagMismatch));
        assert_eq!(text, sealed);
        open_in_place(&key, &nonce, b"aad", &mut text, &tag).unwrap();
        assert_eq!(&text, b"attack at dawn");
    }
}
