//! Standard output: bytes as they are into a pipe, harmless text to a terminal. A reader that goes away is no
//! error of ours.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::printable;
use crate::report::{Exit, Failure};
use crate::secret::Secret;

/// Writes `bytes` as they are.
///
/// # Errors
/// Where standard output cannot be written to.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes lines for a person: nothing in them can drive the terminal.
///
/// # Errors
/// As [`bytes`].
pub fn text(text: &str) -> Result<(), Failure> {
    bytes(format!("{}\n", printable::lines(text)).as_bytes())
}

/// Says that a change is made and saved: one line for a person, or `json`.
///
/// # Errors
/// As [`bytes`], saying that the change is saved all the same.
pub fn done(as_json: bool, line: &str, json: &Value) -> Result<(), Failure> {
    done_all(as_json, &[line.to_owned()], json)
}

/// As [`done`], with any number of lines.
///
/// # Errors
/// As [`done`].
pub fn done_all(as_json: bool, lines: &[String], json: &Value) -> Result<(), Failure> {
    said(as_json, lines, json).map_err(|failure| failure.hint("What was asked for is done and saved."))
}

/// Says something, of which nothing is saved: lines for a person, or `json`.
///
/// # Errors
/// As [`bytes`].
pub fn said(as_json: bool, lines: &[String], json: &Value) -> Result<(), Failure> {
    if as_json {
        return self::json(json);
    }
    text(&lines.iter().map(|line| printable::line(line).into_owned()).collect::<Vec<_>>().join("\n"))
}

/// Writes a value and a newline: exactly into a pipe or file, harmless to a terminal.
///
/// # Errors
/// As [`bytes`].
pub fn value(value: &Secret) -> Result<(), Failure> {
    match value.expose_str() {
        Some(plain) if io::stdout().is_terminal() => raw(&[printable::lines(plain).as_bytes(), b"\n"]),
        _ => raw(&[value.expose(), b"\n"]),
    }
}

/// Writes JSON and a newline. What could drive a terminal is escaped in it: JSON itself asks that of U+0000 to
/// U+001F only, and leaves C1 controls and bidirectional ones as they are.
///
/// # Errors
/// As [`bytes`].
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot write JSON: {error}")))?;
    raw(&[escaped(Zeroizing::new(text)).as_bytes(), b"\n"])
}

/// Whether a person reads it.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Past the buffer of the standard library, which would keep a copy of a secret.
fn raw(parts: &[&[u8]]) -> Result<(), Failure> {
    let _ = io::stdout().lock().flush();
    let whole = Secret::concat(parts);
    let mut rest = whole.expose();
    while !rest.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::PIPE) => return Ok(()),
            Err(error) => return Err(unwritable(&error.into())),
        }
    }
    Ok(())
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("cannot write to standard output: {error}"))
        .hint("The vault is not affected.")
}

/// Escapes what is not [`printable`]. Outside of strings JSON has no such character but the line end, and in
/// them that is escaped already.
fn escaped(json: Zeroizing<String>) -> Zeroizing<String> {
    if matches!(printable::lines(&json), Cow::Borrowed(_)) {
        return json;
    }
    let mut harmless = Zeroizing::new(String::with_capacity(json.len() * 2));
    for letter in json.chars() {
        if letter == '\n' || printable::mark(letter) == letter {
            harmless.push(letter);
        } else {
            let mut units = [0; 2];
            let units = letter.encode_utf16(&mut units).iter();
            harmless.extend(units.map(|unit| format!("\\u{unit:04x}")));
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_drives_no_terminal_and_says_the_same() {
        let hostile = "a\u{1b}[31m\u{9b}2J\u{202e}\n\t\u{7f}\u{feff}\u{e0001}\u{2028}\"\\ö日👩\u{200d}💻";
        let json = serde_json::to_string_pretty(&[hostile]).unwrap();
        let escaped = escaped(Zeroizing::new(json));
        assert!(matches!(printable::lines(&escaped), Cow::Borrowed(_)), "{escaped:?}");
        assert!(escaped.contains("ö日👩"), "what is harmless stays readable");
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), [hostile]);
    }
}
