//! Standard output: bytes as they are into a pipe, harmless text to a terminal. A reader that goes away is no
//! error of ours.

use std::io::{self, ErrorKind, IsTerminal, Write};

use serde::Serialize;

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
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes lines for a person: nothing in them can drive the terminal.
///
/// # Errors
/// As [`bytes`].
pub fn text(text: &str) -> Result<(), Failure> {
    bytes(printable::lines(text).as_bytes())?;
    bytes(b"\n")
}

/// Writes a value and a newline: exactly into a pipe or file, harmless to a terminal.
///
/// # Errors
/// As [`bytes`].
pub fn value(value: &Secret) -> Result<(), Failure> {
    match value.expose_str() {
        Some(plain) if io::stdout().is_terminal() => text(plain),
        _ => raw(&[value.expose(), b"\n"]),
    }
}

/// Writes JSON and a newline.
///
/// # Errors
/// As [`bytes`].
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot write JSON: {error}")))?;
    raw(&[&text, b"\n"])
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
            Err(error) => {
                return Err(Failure::new(Exit::Failed, format!("cannot write to standard output: {error}")));
            }
        }
    }
    Ok(())
}
