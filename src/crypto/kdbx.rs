//! What KeePass's file format is encrypted with: AES-256, Twofish and ChaCha20 around the whole, Salsa20 or
//! ChaCha20 around single values, AES in rounds as a key derivation, HMAC-SHA-256 and SHA-512.
//!
//! For [`crate::exchange`] alone; nothing of it guards a vault. Nothing here authenticates: a reader checks
//! the format's digests before it believes what it decrypted.

use aes::Aes256;
use aes::cipher::{
    Block, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher,
};
use chacha20::ChaCha20;
use hmac::{Hmac, Mac};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};
use twofish::Twofish;
use zeroize::Zeroizing;

use super::derive::sha256;
use crate::secret::Secret;

/// Bytes of a block of AES and Twofish.
pub const BLOCK_LEN: usize = 16;
/// The nonce of every Salsa20 stream.
const SALSA20_NONCE: [u8; 8] = [0xE8, 0x30, 0x09, 0x4B, 0x97, 0x20, 0x5D, 0x2A];

/// What the whole is encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256 in CBC mode, padded as in PKCS #7.
    Aes256,
    /// Twofish with a key of 256 bits, the same.
    Twofish,
    /// ChaCha20 (RFC 8439), from block 0.
    ChaCha20,
}

impl Cipher {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Aes256, Self::Twofish, Self::ChaCha20];

    /// Bytes of its initialisation vector.
    pub fn iv_len(self) -> usize {
        if self.is_padded() { BLOCK_LEN } else { 12 }
    }

    /// Whether the text is padded to whole blocks.
    pub fn is_padded(self) -> bool {
        self != Self::ChaCha20
    }
}

/// Decrypts a text from its beginning, piece by piece.
#[allow(clippy::large_enum_variant)] // one for each file
pub enum Decryptor {
    /// AES-256 CBC.
    Aes256(cbc::Decryptor<Aes256>),
    /// Twofish CBC.
    Twofish(cbc::Decryptor<Twofish>),
    /// ChaCha20.
    ChaCha20(ChaCha20),
}

impl Decryptor {
    /// From the beginning of a text; none where `iv` has another length than [`Cipher::iv_len`].
    pub fn new(cipher: Cipher, key: &[u8; 32], iv: &[u8]) -> Option<Self> {
        Some(match cipher {
            Cipher::Aes256 => Self::Aes256(KeyIvInit::new_from_slices(key, iv).ok()?),
            Cipher::Twofish => Self::Twofish(KeyIvInit::new_from_slices(key, iv).ok()?),
            Cipher::ChaCha20 => Self::ChaCha20(KeyIvInit::new_from_slices(key, iv).ok()?),
        })
    }

    /// Decrypts the next piece in place, whose length is a multiple of [`BLOCK_LEN`] where the cipher pads:
    /// what stands behind its last whole block is left as it is.
    pub fn apply(&mut self, piece: &mut [u8]) {
        match self {
            Self::Aes256(cipher) => cipher.decrypt_blocks(Block::<Aes256>::slice_as_chunks_mut(piece).0),
            Self::Twofish(cipher) => cipher.decrypt_blocks(Block::<Twofish>::slice_as_chunks_mut(piece).0),
            Self::ChaCha20(cipher) => apply_keystream(cipher, piece),
        }
    }
}

/// Encrypts a text from its beginning, piece by piece.
#[allow(clippy::large_enum_variant)] // one for each file
pub enum Encryptor {
    /// AES-256 CBC.
    Aes256(cbc::Encryptor<Aes256>),
    /// Twofish CBC.
    Twofish(cbc::Encryptor<Twofish>),
    /// ChaCha20.
    ChaCha20(ChaCha20),
}

impl Encryptor {
    /// As [`Decryptor::new`].
    pub fn new(cipher: Cipher, key: &[u8; 32], iv: &[u8]) -> Option<Self> {
        Some(match cipher {
            Cipher::Aes256 => Self::Aes256(KeyIvInit::new_from_slices(key, iv).ok()?),
            Cipher::Twofish => Self::Twofish(KeyIvInit::new_from_slices(key, iv).ok()?),
            Cipher::ChaCha20 => Self::ChaCha20(KeyIvInit::new_from_slices(key, iv).ok()?),
        })
    }

    /// As [`Decryptor::apply`].
    pub fn apply(&mut self, piece: &mut [u8]) {
        match self {
            Self::Aes256(cipher) => cipher.encrypt_blocks(Block::<Aes256>::slice_as_chunks_mut(piece).0),
            Self::Twofish(cipher) => cipher.encrypt_blocks(Block::<Twofish>::slice_as_chunks_mut(piece).0),
            Self::ChaCha20(cipher) => apply_keystream(cipher, piece),
        }
    }
}

/// The stream that single values are hidden with, one after another in the order in which they stand.
pub enum Keystream {
    /// Values are not hidden.
    None,
    /// Salsa20.
    Salsa20(Salsa20),
    /// ChaCha20.
    ChaCha20(ChaCha20),
}

impl Keystream {
    /// Salsa20 under SHA-256(key).
    pub fn salsa20(key: &[u8]) -> Self {
        let key = Zeroizing::new(sha256(&[key]));
        Self::Salsa20(Salsa20::new((&*key).into(), &SALSA20_NONCE.into()))
    }

    /// ChaCha20 under the first 32 bytes of SHA-512(key), the next 12 being the nonce.
    pub fn chacha20(key: &[u8]) -> Self {
        let digest = sha512(&[key]);
        let (key, rest) = digest.expose().split_at(32);
        let nonce = rest.get(..12).unwrap_or_default();
        KeyIvInit::new_from_slices(key, nonce).map_or(Self::None, Self::ChaCha20)
    }

    /// Hides or shows the next value in place.
    pub fn apply(&mut self, value: &mut [u8]) {
        match self {
            Self::None => {}
            Self::Salsa20(cipher) => apply_keystream(cipher, value),
            Self::ChaCha20(cipher) => apply_keystream(cipher, value),
        }
    }
}

/// A ChaCha20 stream ends after 256 GiB; what follows is wiped, which fails closed.
fn apply_keystream(cipher: &mut impl StreamCipher, text: &mut [u8]) {
    if cipher.try_apply_keystream(text).is_err() {
        text.fill(0);
    }
}

/// AES-KDF: SHA-256 of both halves of `key`, each encrypted `rounds` times with AES-256 under `seed`. Takes as
/// long as it costs.
pub fn aes_kdf(key: &[u8; 32], seed: &[u8; 32], rounds: u64) -> Secret {
    let cipher = Aes256::new(seed.into());
    let mut halves = Secret::copy_of(key);
    let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(halves.expose_mut());
    for _ in 0..rounds {
        cipher.encrypt_blocks(blocks);
    }
    Secret::copy_of(&*Zeroizing::new(sha256(&[halves.expose()])))
}

/// SHA-512 of all `parts`.
pub fn sha512(parts: &[&[u8]]) -> Secret {
    let mut hasher = Sha512::new();
    for part in parts {
        hasher.update(part);
    }
    Secret::copy_of(&Zeroizing::new(hasher.finalize()))
}

/// HMAC-SHA-256 (RFC 2104) of all `parts`, under a key of any length.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A MAC takes keys of any length, so there is no error to report.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn what_was_encrypted_in_pieces_is_decrypted_in_others() {
        for cipher in Cipher::ALL {
            let iv = vec![7; cipher.iv_len()];
            let plain: Vec<u8> = (0..160).collect();
            let mut text = plain.clone();
            let mut encryptor = Encryptor::new(cipher, &[1; 32], &iv).unwrap();
            text.chunks_mut(48).for_each(|piece| encryptor.apply(piece));
            assert!(text != plain);
            let mut decryptor = Decryptor::new(cipher, &[1; 32], &iv).unwrap();
            text.chunks_mut(32).for_each(|piece| decryptor.apply(piece));
            assert_eq!(text, plain);
            assert!(Decryptor::new(cipher, &[1; 32], &iv[1..]).is_none());
        }
    }

    #[test]
    fn known_answers() {
        // FIPS 197, C.3, as one block of CBC with a zero vector.
        let key: [u8; 32] = std::array::from_fn(|at| at as u8);
        let mut block: [u8; 16] = std::array::from_fn(|at| at as u8 * 0x11);
        Encryptor::new(Cipher::Aes256, &key, &[0; 16]).unwrap().apply(&mut block);
        assert_eq!(hex(&block), "8ea2b7ca516745bfeafc49904b496089");
        // The Twofish paper's known answer for 256-bit keys, I = 1.
        let mut block = [0; 16];
        Encryptor::new(Cipher::Twofish, &[0; 32], &[0; 16]).unwrap().apply(&mut block);
        assert_eq!(hex(&block), "57ff739d4dc92c1bd7fc01700cc8216f");
        // RFC 8439, A.1, test vector 1.
        let mut block = [0; 16];
        Encryptor::new(Cipher::ChaCha20, &[0; 32], &[0; 12]).unwrap().apply(&mut block);
        assert_eq!(hex(&block), "76b8e0ada0f13d90405d6ae55386bd28");
    }
}
