//! The hashes by which published lists of breached passwords are ordered. They protect nothing here: what is
//! hashed is compared with a list and forgotten.

use std::fmt::Write;

use md4::Md4;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// A hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreachHash {
    /// SHA-1 of the password's bytes.
    Sha1,
    /// MD4 of the password in UTF-16, little-endian ([MS-NLMP] 3.3.1).
    Ntlm,
}

impl BreachHash {
    /// Length in hex digits.
    pub fn digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Ntlm => 32,
        }
    }

    /// The hash of this length in hex digits.
    pub fn of_digits(digits: usize) -> Option<Self> {
        [Self::Sha1, Self::Ntlm].into_iter().find(|hash| hash.digits() == digits)
    }

    /// Hashes a password: capital hex digits. Bytes that are no text have no UTF-16, and are replaced in it.
    pub fn hex(self, password: &[u8]) -> Zeroizing<String> {
        match self {
            Self::Sha1 => hex(&Sha1::digest(password)),
            Self::Ntlm => {
                let text = String::from_utf8_lossy(password);
                let mut hasher = Md4::new();
                text.encode_utf16().for_each(|unit| hasher.update(unit.to_le_bytes()));
                hex(&hasher.finalize())
            }
        }
    }
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        // To a String it cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // FIPS 180-1, and [MS-NLMP] 4.2.2.1.2.
        assert_eq!(BreachHash::Sha1.hex(b"abc").as_str(), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(BreachHash::Ntlm.hex(b"Password").as_str(), "A4F49C406510BDCAB6824EE7C30FD852");
        assert_eq!(BreachHash::Ntlm.hex(b"").as_str(), "31D6CFE0D16AE931B73C59D7E0C089C0");
        for hash in [BreachHash::Sha1, BreachHash::Ntlm] {
            assert_eq!(hash.hex("пароль\u{1f511}".as_bytes()).len(), hash.digits());
            assert_eq!(BreachHash::of_digits(hash.digits()), Some(hash));
        }
        assert_eq!(BreachHash::of_digits(64), None);
    }
}
