//! Sets of characters: the printable ones of ASCII, which every password field takes and every keyboard has.

use std::fmt;
use std::ops::{BitAnd, BitOr, Sub};

/// A set of printable ASCII characters, the blank among them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Chars(u128);

impl Chars {
    /// No character.
    pub const NONE: Self = Self(0);
    /// a to z.
    pub const LOWER: Self = Self::of(b"abcdefghijklmnopqrstuvwxyz");
    /// A to Z.
    pub const UPPER: Self = Self::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    /// 0 to 9.
    pub const DIGIT: Self = Self::of(b"0123456789");
    /// What `passwordrules` calls special, without the blank: all signs of ASCII but the two slashes.
    pub const SPECIAL: Self = Self::of(b"-~!@#$%^&*_+=`|(){}[:;\"'<>,.?]");
    /// All of ASCII that is seen: letters, digits and signs. The blank is not: it is cut off at ends, and lost on
    /// paper, so that it is drawn only where a set names it.
    pub const VISIBLE: Self = Self(((1 << 127) - 1) & !((1 << 33) - 1));
    /// All of printable ASCII, with the blank.
    pub const ALL: Self = Self(((1 << 127) - 1) & !((1 << 32) - 1));
    /// The blank.
    pub const BLANK: Self = Self::of(b" ");
    /// The signs that sites take: of the published rules that list signs, each of these is in more than six of
    /// ten, and no other in more than four (Apple's password-manager-resources, 434 rules). Eight cost a password
    /// of 20 characters 9 bits against all 32 of ASCII, which is less than one refusal costs. None is a quote,
    /// backslash, bracket, comma or blank, which shells, CSV and forms change or swallow.
    pub const SYMBOLS: Self = Self::of(b"!#$%&*@^");
    /// The characters that are taken for one another in common fonts, print and handwriting: zero and both forms
    /// of the letter O; one, small L and capital I. All of each group go, since a reader does not know which of
    /// them cannot occur.
    pub const LOOK_ALIKES: Self = Self::of(b"0Oo1lI");

    /// Those among `bytes` that are printable ASCII.
    pub const fn of(bytes: &[u8]) -> Self {
        let (mut bits, mut rest) = (0, bytes);
        while let [byte, tail @ ..] = rest {
            if *byte >= b' ' && *byte <= b'~' {
                bits |= 1 << *byte;
            }
            rest = tail;
        }
        Self(bits)
    }

    /// How many there are.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the character is one of them.
    pub const fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }

    /// Whether all of `other` are among them.
    pub const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// They, in the order of ASCII.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (b' '..=b'~').filter(move |byte| self.has(*byte))
    }
}

impl BitOr for Chars {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Chars {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Chars {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl fmt::Debug for Chars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.iter().map(char::from).collect();
        write!(f, "Chars({text:?})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_they_say() {
        let sizes =
            [Chars::LOWER, Chars::UPPER, Chars::DIGIT, Chars::SPECIAL, Chars::VISIBLE].map(Chars::len);
        assert_eq!(sizes, [26, 26, 10, 30, 94]);
        let all = Chars::LOWER | Chars::UPPER | Chars::DIGIT | Chars::SPECIAL | Chars::of(b"/\\");
        assert_eq!(all, Chars::VISIBLE);
        assert_eq!(Chars::VISIBLE.iter().collect::<Vec<u8>>(), (b'!'..=b'~').collect::<Vec<u8>>());
        assert!(Chars::SPECIAL.holds(Chars::SYMBOLS) && !Chars::SYMBOLS.holds(Chars::SPECIAL));
    }

    #[test]
    fn what_is_not_printable_is_in_no_set() {
        assert_eq!(Chars::of("\u{1b}\n\u{7f}äa\0".as_bytes()), Chars::of(b"a"));
        assert!((0..=255).all(|byte| Chars::of(&[byte]).has(byte) == (32..127).contains(&byte)));
    }
}
