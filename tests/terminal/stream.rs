//! What a terminal is told, sequence by sequence: what the program itself sends, and everything else.

/// Bytes that came, taken apart (ECMA-48, 5), and given to an emulator as well.
#[derive(Default)]
pub struct Stream {
    /// Sequences that the program sends itself.
    pub own: usize,
    pub bytes: usize,
    /// All others, and where they came.
    pub foreign: Vec<String>,
}

/// What the program sends: private modes that it sets and takes back.
const MODES: [&str; 5] = ["?25", "?1049", "?2004", "?1004", "?2026"];

/// What the hostile strings want in the clipboard, in base64.
pub const HOSTILE_COPY: &str = "cHduZWQ=";

impl Stream {
    /// Takes all that came of one run.
    pub fn takes(&mut self, from: &str, bytes: &[u8]) {
        self.bytes += bytes.len();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return self.foreign.push(format!("{from}: no UTF-8: {error}")),
        };
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                // A value that was copied: not the one that the hostile strings would put there.
                '\u{1b}' if letters.next_if_eq(&']').is_some() => {
                    let osc: String = letters.by_ref().take_while(|letter| *letter != '\u{7}').collect();
                    let copied = osc.strip_prefix("52;c;").filter(|copied| *copied != HOSTILE_COPY);
                    match copied.filter(|copied| copied.bytes().all(is_base64)) {
                        Some(_) => self.own += 1,
                        None => self.foreign.push(format!("{from}: OSC {osc:?}")),
                    }
                }
                '\u{1b}' => {
                    let mut sequence = String::new();
                    if letters.next_if_eq(&'[').is_some() {
                        for letter in letters.by_ref() {
                            sequence.push(letter);
                            if ('@'..='~').contains(&letter) || sequence.len() > 32 {
                                break;
                            }
                        }
                    }
                    if is_own(&sequence) {
                        self.own += 1;
                    } else {
                        let near: String = letters.clone().take(12).collect();
                        self.foreign.push(format!("{from}: ESC [{sequence:?} before {near:?}"));
                    }
                }
                '\r' | '\n' | '\t' => {}
                _ if tresor::printable::mark(letter) != letter => {
                    self.foreign.push(format!("{from}: U+{:04X}", u32::from(letter)));
                }
                _ => {}
            }
        }
        self.emulates(from, bytes);
    }

    /// What an emulator makes of the same.
    fn emulates(&mut self, from: &str, bytes: &[u8]) {
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        let mut parser = vt100::Parser::new_with_callbacks(size(24), size(80), 0, Events::default());
        parser.process(bytes);
        self.foreign.extend(parser.callbacks().0.iter().map(|event| format!("{from}: {event}")));
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

/// Whether the program itself sends CSI `sequence`.
fn is_own(sequence: &str) -> bool {
    let Some(last) = sequence.chars().last() else { return false };
    let parameters = &sequence[..sequence.len() - last.len_utf8()];
    let numbers: Vec<Option<u16>> = parameters.split(';').map(|number| number.parse().ok()).collect();
    let within =
        |most: u16| parameters.is_empty() || numbers.iter().all(|number| number.is_some_and(|it| it <= most));
    match last {
        'm' => within(107),
        'H' => numbers.len() == 2 && within(80),
        'J' => parameters == "2",
        'h' | 'l' => MODES.contains(&parameters),
        'u' => matches!(parameters, "?" | ">29" | "<"),
        'c' => parameters.is_empty(),
        _ => false,
    }
}

/// Everything that an emulator tells which no text may cause.
#[derive(Default)]
struct Events(Vec<String>);

impl vt100::Callbacks for Events {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.0.push("a bell".to_owned());
    }
    fn visual_bell(&mut self, _: &mut vt100::Screen) {
        self.0.push("a visual bell".to_owned());
    }
    fn resize(&mut self, _: &mut vt100::Screen, _: (u16, u16)) {
        self.0.push("a new size".to_owned());
    }
    fn set_window_icon_name(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0.push("an icon name".to_owned());
    }
    fn set_window_title(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0.push("a window title".to_owned());
    }
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], copied: &[u8]) {
        if copied == HOSTILE_COPY.as_bytes() {
            self.0.push("a copy to the clipboard".to_owned());
        }
    }
    fn paste_from_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0.push("a look into the clipboard".to_owned());
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, byte: u8) {
        self.0.push(format!("control {byte:#x}"));
    }
    fn unhandled_escape(&mut self, _: &mut vt100::Screen, a: Option<u8>, b: Option<u8>, last: u8) {
        self.0.push(format!("escape {a:?} {b:?} {last:#x}"));
    }
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, _: &[&[u8]]) {
        self.0.push("an OSC".to_owned());
    }
}

#[test]
fn a_foreign_sequence_is_seen() {
    for hostile in [
        "\u{1b}]52;c;cHduZWQ=\u{7}",
        "\u{1b}]0;x\u{7}",
        "\u{1b}[6n",
        "\u{1b}[3J",
        "\u{9b}2J",
        "\u{7}",
        "\u{202e}",
        "\u{1b}c",
        "\u{1b}[999H",
    ] {
        let mut stream = Stream::default();
        stream.takes("here", format!("a{hostile}b").as_bytes());
        assert!(!stream.foreign.is_empty(), "{hostile:?}");
    }
    let mut stream = Stream::default();
    stream.takes("here", "\u{1b}[?1049h\u{1b}[2J\u{1b}[3;4H\u{1b}[1;38;5;4mäöü\u{1b}[0m\r\n".as_bytes());
    assert!(stream.foreign.is_empty() && stream.own == 5, "{:?}", stream.foreign);
}
