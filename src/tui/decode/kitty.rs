//! Keys in full, as the kitty keyboard protocol tells them: with the state of Caps Lock, which nothing else tells.
//!
//! ```text
//! CSI code[:shifted[:base]] [; 1 + held[:event]] [; text, code point by code point, joined by :] u
//! CSI ? flags u                                        the answer to the question what is switched on
//! ```
//!
//! They are asked for at the lock and the first start only, and with the text of each key: what a layout makes of a
//! key is never guessed.

use super::super::key::{Code, Key};

/// The flags that are asked for: no sequence is ambiguous (1), alternate keys (4), every key as a sequence (8), with
/// its text (16).
pub const FLAGS: u8 = 1 | 4 | 8 | 16;
/// Those without which the others are of no use.
pub const NEEDED: u8 = 8 | 16;

const ALT: u32 = 2;
const CTRL: u32 = 4;
const CAPS_LOCK: u32 = 64;

/// What `CSI parameters u` says.
pub enum Told {
    /// Which flags are switched on.
    Flags(u8),
    /// Keys, none for one that is only held, and whether Caps Lock is on.
    Keys(Vec<Key>, bool),
}

/// Reads the parameters; none where they are no key.
pub fn read(parameters: &[u8]) -> Option<Told> {
    let text = std::str::from_utf8(parameters).ok()?;
    if let Some(flags) = text.strip_prefix('?') {
        return flags.parse().ok().map(Told::Flags);
    }
    let mut parts = text.split(';');
    let mut codes = parts.next()?.split(':').map(|code| code.parse::<u32>().ok());
    let (code, base) = (codes.next()??, codes.nth(1).flatten());
    let mut modes = parts.next().unwrap_or_default().split(':').map(|mode| mode.parse::<u32>().ok());
    let held = modes.next().flatten().unwrap_or(1).max(1) - 1;
    // 3: the key was let go. Not asked for, and no key.
    let is_release = modes.next().flatten() == Some(3);
    let typed = parts.next().unwrap_or_default();
    let (alt, ctrl) = (held & ALT != 0, held & CTRL != 0);
    let keys = if is_release {
        Vec::new()
    } else if !typed.is_empty() && !alt && !ctrl {
        let letters = typed.split(':').filter_map(|point| char::from_u32(point.parse().ok()?));
        letters.filter(|letter| !letter.is_control()).map(|letter| Key::plain(Code::Char(letter))).collect()
    } else {
        let code = named(code, held & 1 != 0).or_else(|| letter(code, base).filter(|_| alt || ctrl));
        code.map(|code| Key { code, ctrl, alt }).into_iter().collect()
    };
    Some(Told::Keys(keys, held & CAPS_LOCK != 0))
}

/// A key that has a name.
fn named(code: u32, shift: bool) -> Option<Code> {
    Some(match code {
        13 | 57414 => Code::Enter,
        9 if shift => Code::BackTab,
        9 => Code::Tab,
        127 => Code::Backspace,
        27 => Code::Esc,
        57417 => Code::Left,
        57418 => Code::Right,
        57419 => Code::Up,
        57420 => Code::Down,
        57421 => Code::PageUp,
        57422 => Code::PageDown,
        57423 => Code::Home,
        57424 => Code::End,
        57425 => Code::Insert,
        57426 => Code::Delete,
        _ => return None,
    })
}

/// A letter that something is held down with; under another script than Latin the one that stands there on a US
/// keyboard.
fn letter(code: u32, base: Option<u32>) -> Option<Code> {
    let code = base.filter(|_| code > 0x7E).unwrap_or(code);
    // The block of keys without a character.
    let is_letter = !(0xE000..=0xF8FF).contains(&code);
    char::from_u32(code).filter(|letter| is_letter && !letter.is_control()).map(Code::Char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(parameters: &str, keys: &str, caps: bool) {
        let Some(Told::Keys(told, is_on)) = read(parameters.as_bytes()) else {
            panic!("{parameters}: no key")
        };
        let names: String = told.iter().map(ToString::to_string).collect();
        assert_eq!((names.as_str(), is_on), (keys, caps), "{parameters}");
    }

    #[test]
    fn keys_in_full() {
        says("97;;97", "a", false);
        says("97:65;2;65", "A", false);
        says("97;65;65", "A", true);
        says("49;2;33", "!", false);
        says("1092::97;;1092", "\u{444}", false);
        says("32;;32", "Space", false);
        says("13", "Enter", false);
        says("13;65", "Enter", true);
        says("9;2", "Shift-Tab", false);
        says("127;129", "Backspace", false);
        says("27", "Esc", false);
        says("99;5", "Ctrl-C", false);
        says("1089:1057:99;5", "Ctrl-C", false);
        says("57399;;48", "0", false);
        says("57419", "Up", false);
        // Text of an input method, and of a dead key.
        says("0;;28450:23383", "\u{6f22}\u{5b57}", false);
        says("233;;233", "\u{e9}", false);
        // Held down alone, let go, and a key that would type something that is not told.
        says("57441;2", "", false);
        says("57358;65", "", true);
        says("97;1:3;97", "", false);
        says("97", "", false);
        says("97;;7", "", false);
    }

    #[test]
    fn answers() {
        assert!(matches!(read(b"?29"), Some(Told::Flags(29))));
        assert!(
            read(b"?").is_none() && read(b"?999").is_none() && read(b"").is_none() && read(b"x").is_none()
        );
    }
}
