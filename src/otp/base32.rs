//! Base32 (RFC 4648, section 6) as sites print it for people to type: any case, blanks and hyphens anywhere,
//! padding or none.

use crate::secret::Secret;

use super::OtpError;

/// Decodes `text`. Bits left over at the end are dropped whatever they are, as every authenticator does:
/// sites draw the characters of a secret, not its bytes.
///
/// # Errors
/// [`OtpError::Empty`], [`OtpError::NotBase32`], [`OtpError::IncompleteBase32`].
pub(super) fn decode(text: &[u8]) -> Result<Secret, OtpError> {
    let mut bytes = Secret::with_capacity(text.len());
    let (mut pending, mut bits, mut characters) = (0_u32, 0, 0_usize);
    let mut padded = false;
    for (at, byte) in text.iter().enumerate() {
        let value = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'-' => continue,
            b'=' if characters > 0 => {
                padded = true;
                continue;
            }
            b'A'..=b'Z' if !padded => byte - b'A',
            b'a'..=b'z' if !padded => byte - b'a',
            b'2'..=b'7' if !padded => byte - b'2' + 26,
            _ => return Err(OtpError::NotBase32 { position: at + 1 }),
        };
        characters += 1;
        pending = (pending << 5 | u32::from(value)) & 0xFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.append(&[(pending >> bits) as u8]);
        }
    }
    match characters % 8 {
        _ if characters == 0 => Err(OtpError::Empty),
        1 | 3 | 6 => Err(OtpError::IncompleteBase32 { characters }),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Result<Vec<u8>, OtpError> {
        decode(text.as_bytes()).map(|bytes| bytes.expose().to_vec())
    }

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI======", "foobar"),
        ] {
            assert_eq!(decoded(text).unwrap(), bytes.as_bytes());
            assert_eq!(decoded(text.trim_end_matches('=')).unwrap(), bytes.as_bytes());
            assert_eq!(decoded(&text.to_lowercase()).unwrap(), bytes.as_bytes());
        }
    }

    #[test]
    fn as_people_write_it() {
        assert_eq!(decoded(" mzxw 6ytb-OI\r\n").unwrap(), b"foobar");
        // The last character carries three bits that belong to no byte.
        assert_eq!(decoded("MZXW6YTBOJ").unwrap(), b"foobar");
    }

    #[test]
    fn every_value_of_five_bits() {
        let bytes = decoded("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").unwrap();
        let bit = |at: usize| u32::from(bytes[at / 8] >> (7 - at % 8) & 1);
        for value in 0..32 {
            assert_eq!((0..5).fold(0, |sum, at| sum << 1 | bit(value * 5 + at)), value as u32);
        }
    }

    #[test]
    fn what_is_not_base32_is_refused() {
        for (text, position) in [("MZXW0YTB", 5), ("MZ1W", 3), ("MY==MY", 5), ("=MY", 1), ("MZ\u{a0}XW", 3)] {
            assert_eq!(decoded(text), Err(OtpError::NotBase32 { position }), "{text}");
        }
        for (text, characters) in [("M", 1), ("MZX", 3), ("MZXW6Y", 6), ("MZXW 6YTB O", 9)] {
            assert_eq!(decoded(text), Err(OtpError::IncompleteBase32 { characters }), "{text}");
        }
        for text in ["", " - \n"] {
            assert_eq!(decoded(text), Err(OtpError::Empty), "{text:?}");
        }
        assert_eq!(decoded("===="), Err(OtpError::NotBase32 { position: 1 }));
    }
}
