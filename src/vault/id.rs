//! Names of records, fields and writers: 16 random bytes, written as 32 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// 16 bytes, random but for [`Id::ZERO`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub [u8; 16]);

/// Not 32 hexadecimal digits.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("an id is 32 hexadecimal digits")]
pub struct IdError;

impl Id {
    /// The id of records that a vault has once, such as its settings.
    pub const ZERO: Self = Self([0; 16]);
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = IdError;

    /// Reads 32 hexadecimal digits; hyphens are passed over, as in a UUID.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut digits = text.bytes().filter(|byte| *byte != b'-');
        let mut digit = || {
            let byte = char::from(digits.next().ok_or(IdError)?);
            byte.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(IdError)
        };
        let mut id = [0; 16];
        for byte in &mut id {
            *byte = digit()? << 4 | digit()?;
        }
        if digits.next().is_some() { Err(IdError) } else { Ok(Self(id)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let id = Id(*b"0123456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("30313233-3435-3637-3839-616263646566".parse(), Ok(id));
        for bad in ["", "3", "zz313233343536373839616263646566", "3031323334353637383961626364656600"] {
            assert_eq!(bad.parse::<Id>(), Err(IdError), "{bad}");
        }
    }
}
