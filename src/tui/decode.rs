//! Bytes of a terminal as keys and pastes. Done here and not by a library, because what is typed may be the
//! master password: nothing of it stays behind in a buffer that is not wiped, and a paste goes into locked
//! memory as it comes.

pub mod kitty;

use super::key::{Code, Key};
use super::message::Message;
use crate::secret::Secret;

/// Longest sequence that is read; a longer one means nothing.
const MAX_SEQUENCE: usize = 32;
/// Longest paste in bytes. Of a longer one nothing is taken.
pub const MAX_PASTE: usize = 1024 * 1024;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What has come of a key or paste so far.
pub struct Decoder {
    state: State,
    held: Secret,
    paste: Secret,
    caps_lock: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between keys.
    Ground,
    /// After an Esc, which is a key or begins one.
    Escape,
    /// In ESC [ parameters.
    Control,
    /// After ESC O.
    Single,
    /// In a character of so many bytes.
    Character(usize),
    /// In a paste; it still fits or not.
    Paste(bool),
}

impl Default for Decoder {
    fn default() -> Self {
        let held = Secret::with_capacity(MAX_SEQUENCE);
        Self { state: State::Ground, held, paste: Secret::with_capacity(0), caps_lock: false }
    }
}

impl Decoder {
    /// Whether an Esc waits for what follows it. If nothing does, [`Decoder::settle`] makes it a key.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Escape | State::Control | State::Single)
    }

    /// Nothing followed the Esc: it was the key. A sequence that was begun means nothing.
    pub fn settle(&mut self, tell: &mut dyn FnMut(Message)) {
        if self.state == State::Escape {
            tell(Message::key(Key::plain(Code::Esc)));
        }
        self.reset();
    }

    /// Takes bytes as they come, in pieces of any size, and tells what they mean.
    pub fn feed(&mut self, bytes: &[u8], tell: &mut dyn FnMut(Message)) {
        for byte in bytes {
            self.take(*byte, tell);
        }
    }

    fn take(&mut self, byte: u8, tell: &mut dyn FnMut(Message)) {
        match self.state {
            State::Ground => self.begin(byte, tell),
            State::Escape => match byte {
                b'[' => self.state = State::Control,
                b'O' => self.state = State::Single,
                0x1b => tell(Message::key(Key::plain(Code::Esc))),
                _ => {
                    self.reset();
                    self.begin(byte, &mut |message| {
                        tell(match message {
                            Message::Key(key) => Message::key(Key { alt: true, ..*key }),
                            other => other,
                        });
                    });
                }
            },
            State::Control => self.control(byte, tell),
            State::Single => {
                self.reset();
                let code = match byte {
                    b'P'..=b'S' => Some(Code::F(byte - b'P' + 1)),
                    b'M' => Some(Code::Enter),
                    _ => letter_code(byte),
                };
                code.into_iter().for_each(|code| tell(Message::key(Key::plain(code))));
            }
            State::Character(len) => {
                if byte & 0xC0 != 0x80 {
                    self.reset();
                    self.begin(byte, tell);
                    return;
                }
                self.held.append(&[byte]);
                if self.held.len() == len {
                    let letter = self.held.expose_str().and_then(|text| text.chars().next());
                    self.reset();
                    letter.into_iter().for_each(|letter| tell(Message::key(Key::plain(Code::Char(letter)))));
                }
            }
            State::Paste(fits) => self.pasted(byte, fits, tell),
        }
    }

    fn begin(&mut self, byte: u8, tell: &mut dyn FnMut(Message)) {
        let code = match byte {
            0x1b => {
                self.state = State::Escape;
                return;
            }
            b'\r' | b'\n' => Code::Enter,
            b'\t' => Code::Tab,
            0x08 | 0x7f => Code::Backspace,
            0x01..=0x1a => {
                let letter = char::from(byte - 1 + b'a');
                return tell(Message::key(Key::ctrl(letter)));
            }
            0x20..=0x7e => Code::Char(char::from(byte)),
            0xc2..=0xdf => return self.character(byte, 2),
            0xe0..=0xef => return self.character(byte, 3),
            0xf0..=0xf4 => return self.character(byte, 4),
            _ => return,
        };
        tell(Message::key(Key::plain(code)));
    }

    fn character(&mut self, first: u8, len: usize) {
        self.state = State::Character(len);
        self.held.append(&[first]);
    }

    /// A byte within ESC [ ... : parameters, then one byte that ends it (ECMA-48, 5.4).
    fn control(&mut self, byte: u8, tell: &mut dyn FnMut(Message)) {
        match byte {
            0x20..=0x3f if self.held.append(&[byte]) => {}
            b'u' => {
                let told = kitty::read(self.held.expose());
                self.reset();
                self.in_full(told, tell);
            }
            0x40..=0x7e => {
                let key = control_key(self.held.expose(), byte);
                let is_paste = byte == b'~' && self.held.expose() == b"200";
                let lost_focus = byte == b'O' && self.held.is_empty();
                self.reset();
                if is_paste {
                    self.state = State::Paste(true);
                }
                key.into_iter().for_each(|key| tell(Message::key(key)));
                if lost_focus {
                    tell(Message::FocusLost);
                }
            }
            0x1b => {
                self.reset();
                self.state = State::Escape;
            }
            _ => self.reset(),
        }
    }

    fn in_full(&mut self, told: Option<kitty::Told>, tell: &mut dyn FnMut(Message)) {
        match told {
            Some(kitty::Told::Flags(flags)) => tell(Message::KeyboardTells(flags)),
            Some(kitty::Told::Keys(keys, caps_lock)) => {
                if std::mem::replace(&mut self.caps_lock, caps_lock) != caps_lock {
                    tell(Message::CapsLock(caps_lock));
                }
                keys.into_iter().for_each(|key| tell(Message::key(key)));
            }
            None => {}
        }
    }

    fn pasted(&mut self, byte: u8, fits: bool, tell: &mut dyn FnMut(Message)) {
        // The end may come in two pieces, so what may be its beginning is held back.
        let wanted = PASTE_END.get(self.held.len()).copied();
        if Some(byte) == wanted {
            self.held.append(&[byte]);
            if self.held.len() == PASTE_END.len() {
                let paste = std::mem::replace(&mut self.paste, Secret::with_capacity(0));
                self.reset();
                if fits {
                    tell(Message::Paste(paste));
                }
            }
            return;
        }
        let fits = fits && self.keep(self.held.len() + 1);
        if fits {
            self.paste.append(self.held.expose());
        }
        self.held.clear();
        if byte == 0x1b {
            self.held.append(&[byte]);
        } else if fits {
            self.paste.append(&[byte]);
        }
        self.state = State::Paste(fits);
    }

    /// Makes room for more of a paste; whether that many still fit.
    fn keep(&mut self, more: usize) -> bool {
        if self.paste.len() + more > MAX_PASTE {
            self.paste.clear();
            return false;
        }
        if self.paste.room() < more {
            let mut larger = Secret::with_capacity((self.paste.len() + more) * 2);
            larger.append(self.paste.expose());
            self.paste = larger;
        }
        true
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.held.clear();
    }
}

/// The key that ESC [ `parameters` `last` stands for, if it is one (xterm's control sequences).
fn control_key(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut numbers = text.split([';', ':']).map(|number| number.parse::<u32>().unwrap_or(0));
    let (first, held) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1).max(1) - 1);
    let code = match (last, first) {
        (b'Z', _) => Code::BackTab,
        (b'~', 1 | 7) => Code::Home,
        (b'~', 2) => Code::Insert,
        (b'~', 3) => Code::Delete,
        (b'~', 4 | 8) => Code::End,
        (b'~', 5) => Code::PageUp,
        (b'~', 6) => Code::PageDown,
        (b'~', 11..=15) => Code::F(u8::try_from(first - 10).ok()?),
        (b'~', 17..=21) => Code::F(u8::try_from(first - 11).ok()?),
        (b'~', 23 | 24) => Code::F(u8::try_from(first - 12).ok()?),
        (b'P'..=b'S', 0 | 1) => Code::F(last - b'P' + 1),
        _ => letter_code(last)?,
    };
    // Held down: 1 shift, 2 alt, 4 ctrl.
    Some(Key { code, ctrl: held & 4 != 0, alt: held & 2 != 0 })
}

fn letter_code(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(pieces: &[&[u8]]) -> Vec<String> {
        let (mut decoder, mut told) = (Decoder::default(), Vec::new());
        let mut tell = |message: Message| {
            told.push(match message {
                Message::Key(key) if key.alt => format!("Alt-{}", Key { alt: false, ..*key }),
                Message::Key(key) => key.to_string(),
                Message::Paste(text) => format!("paste {:?}", text.expose_str()),
                _ => "other".to_owned(),
            });
        };
        for piece in pieces {
            decoder.feed(piece, &mut tell);
        }
        if decoder.is_waiting() {
            decoder.settle(&mut tell);
        }
        told
    }

    #[test]
    fn keys_of_terminals() {
        for (bytes, expected) in [
            (&b"a"[..], "a"),
            (b"\r", "Enter"),
            (b"\t", "Tab"),
            (b"\x7f", "Backspace"),
            (b"\x1b", "Esc"),
            (b"\x0c", "Ctrl-L"),
            (b"\x1b[A", "Up"),
            (b"\x1bOA", "Up"),
            (b"\x1b[1;5C", "Right"),
            (b"\x1b[Z", "Shift-Tab"),
            (b"\x1b[3~", "Delete"),
            (b"\x1b[1~", "Home"),
            (b"\x1bOF", "End"),
            (b"\x1b[6~", "PgDn"),
            (b"\x1bOP", "F1"),
            (b"\x1b[11~", "F1"),
            (b"\x1b[15~", "F5"),
            (b"\x1b[17~", "F6"),
            (b"\x1b[24~", "F12"),
            ("ä".as_bytes(), "ä"),
            ("漢".as_bytes(), "漢"),
            ("👩".as_bytes(), "👩"),
            (b"\x1bx", "Alt-x"),
        ] {
            assert_eq!(told(&[bytes]), [expected], "{bytes:?}");
            let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(told(&pieces), [expected], "{bytes:?} byte by byte");
        }
    }

    #[test]
    fn what_means_nothing_is_passed_over() {
        for bytes in [&b"\x1b[999z"[..], b"\x1b[?1;2c", b"\xff\xfe", b"\x1b[I", b"\xc3", b"\x00", b"\x1c"] {
            assert_eq!(told(&[bytes, b"\x00a"]), ["a"], "{bytes:?}");
        }
        let endless = [b"\x1b[".as_slice(), &[b'1'; 100]].concat();
        assert!(told(&[&endless, b"x"]).iter().all(|key| key == "1" || key == "x"));
        assert_eq!(told(&[b"\x1b\x1b[A"]), ["Esc", "Up"]);
    }

    #[test]
    fn keys_in_full_are_keys() {
        assert_eq!(told(&[b"\x1b[97;;97u", b"\x1b[13u", b"\x1b[1;65A"]), ["a", "Enter", "Up"]);
        assert_eq!(told(&[b"\x1b[97;65;65u\x1b[97;65;65u\x1b[97;;97u"]), ["other", "A", "A", "other", "a"]);
        assert_eq!(told(&[b"\x1b[?29u"]), ["other"]);
    }

    #[test]
    fn pastes_come_whole() {
        assert_eq!(told(&[b"\x1b[200~a\x1b[31m\nb\x1b[201~c"]), ["paste Some(\"a\\u{1b}[31m\\nb\")", "c"]);
        assert_eq!(told(&[b"\x1b[200~x\x1b[2", b"01~"]), ["paste Some(\"x\")"]);
        assert_eq!(told(&[b"\x1b[200~\x1b\x1b[201~"]), ["paste Some(\"\\u{1b}\")"]);
        assert_eq!(told(&[b"\x1b[200~", "ä漢".as_bytes(), b"\x1b[201~"]), ["paste Some(\"ä漢\")"]);
    }

    #[test]
    fn too_long_a_paste_is_none() {
        let long = vec![b'x'; MAX_PASTE + 1];
        assert_eq!(told(&[b"\x1b[200~", &long, b"\x1b[201~", b"y"]), ["y"]);
        let fits = vec![b'x'; MAX_PASTE];
        assert_eq!(told(&[b"\x1b[200~", &fits, b"\x1b[201~"]).len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces(bytes in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..9) {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(told(&pieces), told(&[&bytes]));
        }
    }
}
