//! Base 64 (RFC 4648, section 4): files as text in JSON. Encoded while being written, decoded into locked
//! memory, so that no third copy of a file arises.

use std::fmt;

use crate::secret::Secret;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes that are shown as base 64, with padding.
pub struct Base64<'b>(pub &'b [u8]);

impl fmt::Display for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chunks(3).try_for_each(|chunk| {
            let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            let letter = |at: usize| match at > chunk.len() {
                true => '=',
                false => char::from(*ALPHABET.get((bits >> (18 - 6 * at) & 63) as usize).unwrap_or(&b'=')),
            };
            let letters = [letter(0), letter(1), letter(2), letter(3)].map(|letter| letter as u8);
            f.write_str(std::str::from_utf8(&letters).unwrap_or_default())
        })
    }
}

/// The bytes of base-64 text; nothing where it is not exactly what an encoder writes.
pub fn decode(text: &[u8]) -> Option<Secret> {
    let body = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Secret::with_capacity(text.len() / 4 * 3);
    for chunk in body.chunks(4) {
        let mut bits = 0_u32;
        for letter in chunk {
            bits = bits << 6 | u32::from(sextet(*letter)?);
        }
        let spare = 4 - chunk.len();
        let [_, three @ ..] = (bits << (6 * spare)).to_be_bytes();
        let kept = three.get(..3 - spare)?;
        if three.get(kept.len()..)?.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.append(kept);
    }
    Some(bytes)
}

fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_in_the_standard() {
        // RFC 4648, section 10.
        let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (len, text) in vectors.into_iter().enumerate() {
            assert_eq!(Base64(&b"foobar"[..len]).to_string(), text);
            assert_eq!(decode(text.as_bytes()).unwrap().expose(), &b"foobar"[..len]);
        }
        for bad in ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm 9", "=", "====", "Zg==Zg==", "Zm9v\n", "Z==="] {
            assert!(decode(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back(bytes: Vec<u8>) {
            let text = Base64(&bytes).to_string();
            prop_assert!(decode(text.as_bytes()).unwrap().same_as(&bytes));
        }
    }
}
