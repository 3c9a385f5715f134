//! The master password as bytes: one form for each thing a person may type.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::secret::Secret;

/// Most bytes of a passphrase in NFC.
pub const MAX_LEN: usize = 1024;

/// A master password in NFC, 1 to 1024 bytes of UTF-8 without control characters.
#[derive(Debug)]
pub struct Passphrase(Secret);

/// Why a text is no master password.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PassphraseError {
    /// Nothing was given.
    #[error("the master password is empty")]
    Empty,
    /// More than [`MAX_LEN`] bytes.
    #[error("the master password is longer than {MAX_LEN} bytes")]
    TooLong,
    /// Another encoding.
    #[error("the master password is not UTF-8 text")]
    NotUtf8,
    /// A tab, a newline or the like.
    #[error("the master password has a control character in it")]
    ControlCharacter,
}

impl Passphrase {
    /// Normalises what was typed. Nothing is trimmed or mapped.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn new(typed: &Secret) -> Result<Self, PassphraseError> {
        let text = typed.expose_str().ok_or(PassphraseError::NotUtf8)?;
        if text.chars().any(char::is_control) {
            return Err(PassphraseError::ControlCharacter);
        }
        let mut normal = Secret::with_capacity(MAX_LEN);
        for letter in text.nfc() {
            let mut bytes = [0; 4];
            if !normal.append(letter.encode_utf8(&mut bytes).as_bytes()) {
                return Err(PassphraseError::TooLong);
            }
        }
        if normal.is_empty() { Err(PassphraseError::Empty) } else { Ok(Self(normal)) }
    }

    /// The first line that a pipe gave: one final LF or CRLF is not part of it.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn from_line(line: &Secret) -> Result<Self, PassphraseError> {
        let bytes = line.expose();
        let bytes =
            bytes.strip_suffix(b"\n").map_or(bytes, |bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes));
        Self::new(&Secret::copy_of(bytes))
    }

    /// The bytes that are derived from.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// Compares in constant time (for equal lengths).
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.same_as(other.expose())
    }

    /// A second copy, in locked memory.
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &[u8]) -> Result<Vec<u8>, PassphraseError> {
        Passphrase::new(&Secret::copy_of(text)).map(|passphrase| passphrase.expose().to_vec())
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(new("caf\u{e9}".as_bytes()), new("cafe\u{301}".as_bytes()));
    }

    #[test]
    fn nothing_is_trimmed() {
        assert_eq!(new(b" a b "), Ok(b" a b ".to_vec()));
        let line = |text: &[u8]| Passphrase::from_line(&Secret::copy_of(text)).map(|it| it.expose().to_vec());
        assert_eq!(line(b"a \r\n"), Ok(b"a ".to_vec()));
        assert_eq!(line(b"a\n"), Ok(b"a".to_vec()));
        assert_eq!(line(b"a\r"), Err(PassphraseError::ControlCharacter));
        assert_eq!(line(b"a\n\n"), Err(PassphraseError::ControlCharacter));
    }

    #[test]
    fn what_is_the_same_is_told_from_what_is_not() {
        let of = |text: &[u8]| Passphrase::new(&Secret::copy_of(text)).unwrap();
        assert!(
            of(b"a b").is_same(&of(b"a b"))
                && of("caf\u{e9}".as_bytes()).is_same(&of("cafe\u{301}".as_bytes()))
        );
        assert!(!of(b"a b").is_same(&of(b"a c")) && !of(b"a").is_same(&of(b"a b")));
    }

    #[test]
    fn bounds() {
        assert_eq!(new(b""), Err(PassphraseError::Empty));
        assert_eq!(new(b"\xff"), Err(PassphraseError::NotUtf8));
        assert!(new(&[b'a'; MAX_LEN]).is_ok());
        assert_eq!(new(&[b'a'; MAX_LEN + 1]), Err(PassphraseError::TooLong));
    }
}
