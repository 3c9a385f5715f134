//! Keys as a terminal tells them, and the names by which the key table and the help call them.
//!
//! A key that was typed may be a letter of a password: a [`Key`] has no `Debug` and wipes nothing by itself; it
//! is a few bytes that are passed by value and kept nowhere.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A key with what was held down. Shift shows in the character itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Which one.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt, which terminals send as Esc before the key.
    pub alt: bool,
}

/// Which key.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Code {
    Char(char),
    Enter,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Esc,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// Not the name of a key.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0} is not the name of a key")]
pub struct KeyError(String);

const NAMES: [(Code, &str); 15] = [
    (Code::Enter, "Enter"),
    (Code::Tab, "Tab"),
    (Code::BackTab, "Shift-Tab"),
    (Code::Backspace, "Backspace"),
    (Code::Delete, "Delete"),
    (Code::Insert, "Insert"),
    (Code::Esc, "Esc"),
    (Code::Up, "Up"),
    (Code::Down, "Down"),
    (Code::Left, "Left"),
    (Code::Right, "Right"),
    (Code::Home, "Home"),
    (Code::End, "End"),
    (Code::PageUp, "PgUp"),
    (Code::PageDown, "PgDn"),
];

impl Key {
    /// The key alone.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// Ctrl and a small letter.
    pub const fn ctrl(letter: char) -> Self {
        Self { code: Code::Char(letter), ctrl: true, alt: false }
    }

    /// The character that this key puts into a text, if it is one that does.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(letter) if !self.ctrl && !self.alt && !letter.is_control() => Some(letter),
            _ => None,
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;

    /// Reads `y`, `Ctrl-L`, `Shift-Tab`, `F1`, `Space`.
    fn from_str(name: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError(name.to_owned());
        if let Some((code, _)) = NAMES.iter().find(|(_, known)| *known == name) {
            return Ok(Self::plain(*code));
        }
        if name == "Space" {
            return Ok(Self::plain(Code::Char(' ')));
        }
        if let Some(number) = name.strip_prefix('F').and_then(|number| number.parse().ok()) {
            return Ok(Self::plain(Code::F(number)));
        }
        let (ctrl, letter) = match name.strip_prefix("Ctrl-") {
            Some(letter) => (true, letter.to_lowercase()),
            None => (false, name.to_owned()),
        };
        let mut letters = letter.chars();
        let code = letters.next().map(Code::Char).ok_or_else(wrong)?;
        if letters.next().is_some() { Err(wrong()) } else { Ok(Self { code, ctrl, alt: false }) }
    }
}

/// The name that [`Key::from_str`] reads. For keys of the table, not for what was typed.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((_, name)) = NAMES.iter().find(|(code, _)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(letter) if self.ctrl => write!(f, "Ctrl-{}", letter.to_uppercase()),
            Code::Char(letter) => write!(f, "{letter}"),
            Code::F(number) => write!(f, "F{number}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_back() {
        for name in ["y", "G", "/", "*", "Ctrl-L", "Enter", "Shift-Tab", "F1", "F12", "PgDn", "Space", "?"] {
            assert_eq!(name.parse::<Key>().map(|key| key.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "gg", "Ctrl-", "Ctrl-ab", "Hyper"] {
            assert!(name.parse::<Key>().is_err(), "{name}");
        }
    }

    #[test]
    fn only_plain_characters_are_typed() {
        assert_eq!("y".parse::<Key>().ok().and_then(Key::typed), Some('y'));
        for name in ["Ctrl-Y", "Enter", "F1"] {
            assert_eq!(name.parse::<Key>().ok().and_then(Key::typed), None);
        }
    }
}
