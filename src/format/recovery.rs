//! Recovery codes: 20 random bytes as nine groups of four letters, the last 20 bits a checksum, in Crockford's
//! base 32 (<https://www.crockford.com/base32.html>), which has no letters that look alike.

use thiserror::Error;

use crate::crypto::derive;
use crate::crypto::random::{Random, RandomError};
use crate::secret::Secret;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LEN: usize = 20;
const LETTERS: usize = 36;

/// A recovery code.
#[derive(Debug)]
pub struct RecoveryCode(Secret);

/// What was typed is no recovery code.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryCodeError {
    /// Letters are missing, or too many.
    #[error("a recovery code is nine groups of four letters and digits, and this has {0}")]
    Length(usize),
    /// A sign that is none of the alphabet, in this group, counted from 1.
    #[error("group {group} of the recovery code has a sign that no code has")]
    #[allow(missing_docs)]
    Letter { group: usize },
    /// Some letter is wrong.
    #[error("the recovery code has a typing error")]
    Checksum,
}

impl RecoveryCode {
    /// A new random one.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut code = Secret::zeroed(CODE_LEN);
        random.fill(code.expose_mut())?;
        Ok(Self(code))
    }

    /// Reads what a person typed: case, blanks and hyphens do not matter, O is 0, I and L are 1.
    ///
    /// # Errors
    /// [`RecoveryCodeError`].
    pub fn parse(typed: &Secret) -> Result<Self, RecoveryCodeError> {
        let mut letters = Secret::with_capacity(LETTERS);
        let mut count = 0;
        let is_sign = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != b'-';
        for byte in typed.expose().iter().filter(is_sign) {
            let letter = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let known = ALPHABET.iter().position(|known| *known == letter);
            let value = known.and_then(|at| u8::try_from(at).ok());
            let value = value.ok_or(RecoveryCodeError::Letter { group: count / 4 + 1 })?;
            letters.append(&[value]);
            count += 1;
        }
        if count != LETTERS {
            return Err(RecoveryCodeError::Length(count));
        }
        // 160 bits of code and 20 of checksum: 22 bytes and a half.
        let mut bytes = Secret::with_capacity(CODE_LEN + 3);
        let (mut bits, mut held) = (0_u32, 0_u32);
        for value in letters.expose() {
            bits = bits << 5 | u32::from(*value);
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.append(&[(bits >> held) as u8]);
                bits &= (1 << held) - 1;
            }
        }
        let (code, check) =
            bytes.expose().split_first_chunk::<CODE_LEN>().ok_or(RecoveryCodeError::Checksum)?;
        let right = derive::recovery_check(code);
        let [a, b, c, ..] = right;
        if check != [a, b] || bits != u32::from(c >> 4) {
            return Err(RecoveryCodeError::Checksum);
        }
        Ok(Self(Secret::copy_of(code)))
    }

    /// The nine groups, with blanks between them.
    pub fn text(&self) -> Secret {
        let code = self.0.expose().first_chunk::<CODE_LEN>().copied().unwrap_or_default();
        let check = derive::recovery_check(&code);
        let mut text = Secret::with_capacity(LETTERS + 8);
        let (mut bits, mut held, mut written) = (0_u32, 0_u32, 0);
        for byte in code.iter().chain(check.iter().take(3)) {
            bits = bits << 8 | u32::from(*byte);
            held += 8;
            while held >= 5 && written < LETTERS {
                held -= 5;
                if written > 0 && written % 4 == 0 {
                    text.append(b" ");
                }
                let letter = (bits >> held & 31) as usize;
                text.append(&[ALPHABET.get(letter).copied().unwrap_or(b'?')]);
                written += 1;
                bits &= (1 << held) - 1;
            }
        }
        text
    }

    /// A second copy, in locked memory.
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    #[test]
    fn text_and_back() {
        for seed in 0..200 {
            let code = RecoveryCode::generate(&mut SeededRandom::new(seed)).unwrap();
            let text = code.text();
            assert_eq!(text.len(), 44);
            let typed = text
                .expose_str()
                .unwrap()
                .to_lowercase()
                .replace(' ', "-")
                .replace('0', "o")
                .replace('1', "L");
            let back = RecoveryCode::parse(&Secret::copy_of(typed.as_bytes())).unwrap();
            assert_eq!(back.expose(), code.expose());
        }
    }

    #[test]
    fn every_single_wrong_letter_is_seen() {
        let code = RecoveryCode::generate(&mut SeededRandom::new(7)).unwrap().text();
        for at in (0..44).filter(|at| at % 5 != 4) {
            for wrong in ALPHABET.iter().filter(|letter| **letter != code.expose()[at]) {
                let mut typed = code.duplicate();
                typed.expose_mut()[at] = *wrong;
                assert_eq!(RecoveryCode::parse(&typed).err(), Some(RecoveryCodeError::Checksum), "{at}");
            }
        }
    }

    #[test]
    fn what_no_code_can_be_is_named() {
        let error = |typed: &str| RecoveryCode::parse(&Secret::copy_of(typed.as_bytes())).err().unwrap();
        assert_eq!(error(""), RecoveryCodeError::Length(0));
        assert_eq!(error("0000-0000 0"), RecoveryCodeError::Length(9));
        assert_eq!(error(&"0".repeat(37)), RecoveryCodeError::Length(37));
        assert_eq!(error(&"0".repeat(100_000)), RecoveryCodeError::Length(100_000));
        assert_eq!(error("U000"), RecoveryCodeError::Letter { group: 1 });
        assert_eq!(error("0000 00é0"), RecoveryCodeError::Letter { group: 2 });
    }
}
