//! Base32 (RFC 4648, section 6): keys of one-time codes as text. Only written here; [`crate::vault::item::Item::totp`]
//! holds the text, and whoever makes codes of it reads it.

use crate::secret::Secret;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes as base32 without padding.
pub fn encode(bytes: &[u8]) -> Secret {
    let mut text = Secret::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits.iter_mut().skip(3).zip(chunk).for_each(|(out, byte)| *out = *byte);
        let bits = u64::from_be_bytes(bits);
        for at in 0..(chunk.len() * 8).div_ceil(5) {
            let letter = ALPHABET.get((bits >> (35 - 5 * at) & 31) as usize);
            text.append(&[letter.copied().unwrap_or(b'A')]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_the_standard() {
        // RFC 4648, section 10, without the padding.
        let vectors = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"];
        for (len, text) in vectors.into_iter().enumerate() {
            assert_eq!(encode(&b"foobar"[..len]).expose_str(), Some(text));
        }
    }
}
