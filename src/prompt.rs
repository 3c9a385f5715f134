//! What a person or a pipe says: secrets read into locked memory, from standard input line by line or from the
//! terminal without echo. Nothing here goes through a buffer of the standard library, which would keep copies.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};

use thiserror::Error;

use crate::printable;
use crate::secret::Secret;

/// Most bytes of one line, or of all the rest.
pub const MAX_INPUT: usize = 1024 * 1024;
const PIECE: usize = 4096;

/// Why nothing was read.
#[derive(Debug, Error)]
pub enum PromptError {
    /// Standard input has ended, and a line was wanted.
    #[error("standard input ended where {0} was wanted")]
    Ended(&'static str),
    /// A line of more than [`MAX_INPUT`] bytes.
    #[error("the input is longer than {MAX_INPUT} bytes")]
    TooLong,
    /// Reading failed.
    #[error("cannot read the input: {0}")]
    Io(#[from] io::Error),
    /// There is nobody to ask.
    #[error("there is no terminal to ask at")]
    NoTerminal,
    /// Ctrl-C or Ctrl-D at a question.
    #[error("cancelled")]
    Cancelled,
}

/// Standard input, read without look-ahead beyond one locked buffer.
pub struct Stdin {
    held: Secret,
    ended: bool,
}

impl Default for Stdin {
    fn default() -> Self {
        Self { held: Secret::with_capacity(0), ended: false }
    }
}

impl Stdin {
    /// Whether a person is typing it.
    pub fn is_terminal() -> bool {
        io::stdin().is_terminal()
    }

    /// The next line without its LF or CRLF; none at the end.
    ///
    /// # Errors
    /// [`PromptError::TooLong`], [`PromptError::Io`].
    pub fn line(&mut self) -> Result<Option<Secret>, PromptError> {
        loop {
            if let Some(at) = self.held.expose().iter().position(|byte| *byte == b'\n') {
                let line = self.held.expose().get(..at).unwrap_or_default();
                let line = Secret::copy_of(line.strip_suffix(b"\r").unwrap_or(line));
                self.held.remove(0..at + 1);
                return Ok(Some(line));
            }
            if self.ended {
                let rest = std::mem::replace(&mut self.held, Secret::with_capacity(0));
                return Ok((!rest.is_empty()).then_some(rest));
            }
            self.read_more()?;
        }
    }

    /// All that is left, without one final line end.
    ///
    /// # Errors
    /// [`PromptError::TooLong`], [`PromptError::Io`].
    pub fn rest(&mut self) -> Result<Secret, PromptError> {
        while !self.ended {
            self.read_more()?;
        }
        let rest = std::mem::replace(&mut self.held, Secret::with_capacity(0));
        let text = rest.expose();
        let text = text.strip_suffix(b"\n").map_or(text, |text| text.strip_suffix(b"\r").unwrap_or(text));
        Ok(Secret::copy_of(text))
    }

    fn read_more(&mut self) -> Result<(), PromptError> {
        if self.held.len() > MAX_INPUT {
            return Err(PromptError::TooLong);
        }
        let mut piece = Secret::zeroed(PIECE);
        let read = read_bytes(&io::stdin(), piece.expose_mut())?;
        piece.truncate(read);
        self.ended = read == 0;
        if self.held.room() < read {
            let mut larger = Secret::with_capacity((self.held.len() + read) * 2);
            larger.append(self.held.expose());
            self.held = larger;
        }
        self.held.append(piece.expose());
        Ok(())
    }
}

/// Asks at the terminal for a secret, which is not shown while it is typed.
///
/// # Errors
/// [`PromptError::NoTerminal`], [`PromptError::Cancelled`], [`PromptError::TooLong`], [`PromptError::Io`].
pub fn secret(question: &str) -> Result<Secret, PromptError> {
    let mut tty = terminal()?;
    write!(tty, "{}: ", printable::line(question))?;
    tty.flush()?;
    let typed = {
        let _raw = Unechoed::on(&tty)?;
        type_in(&tty)
    };
    writeln!(tty)?;
    typed
}

/// Asks at the terminal for consent; anything but `y` or `yes` is a no.
///
/// # Errors
/// [`PromptError::NoTerminal`], [`PromptError::Io`].
pub fn consent(question: &str) -> Result<bool, PromptError> {
    let mut tty = terminal()?;
    write!(tty, "{} [y/N] ", printable::line(question))?;
    tty.flush()?;
    let mut answer = [0; 64];
    let read = read_bytes(&tty, &mut answer)?;
    let answer = answer.get(..read).unwrap_or_default().trim_ascii();
    Ok(answer.eq_ignore_ascii_case(b"y") || answer.eq_ignore_ascii_case(b"yes"))
}

fn terminal() -> Result<File, PromptError> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|_| PromptError::NoTerminal)
}

/// Reads keys until Enter, with the editing keys that a person expects at a password.
fn type_in(tty: &File) -> Result<Secret, PromptError> {
    let mut typed = Secret::with_capacity(PIECE);
    let mut key = Secret::zeroed(1);
    loop {
        if read_bytes(tty, key.expose_mut())? == 0 {
            return Err(PromptError::Cancelled);
        }
        match key.expose() {
            b"\r" | b"\n" => return Ok(typed),
            [0x03] => return Err(PromptError::Cancelled),
            [0x04] if typed.is_empty() => return Err(PromptError::Cancelled),
            [0x15] => typed.clear(),
            [0x7F | 0x08] => {
                // One character: its continuation bytes go with it.
                let start = typed.expose().iter().rposition(|byte| byte & 0xC0 != 0x80).unwrap_or(0);
                typed.truncate(start);
            }
            byte => {
                if !typed.append(byte) {
                    return Err(PromptError::TooLong);
                }
            }
        }
    }
}

#[cfg(unix)]
fn read_bytes(from: &impl std::os::fd::AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(from, &mut *buffer) {
            Err(rustix::io::Errno::INTR) => {}
            read => return Ok(read?),
        }
    }
}

/// The terminal without echo, line editing and signals; as it was before when dropped.
#[cfg(unix)]
struct Unechoed<'t> {
    tty: &'t File,
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl<'t> Unechoed<'t> {
    fn on(tty: &'t File) -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(tty)?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(tty, OptionalActions::Flush, &modes)?;
        Ok(Self { tty, before })
    }
}

#[cfg(unix)]
impl Drop for Unechoed<'_> {
    fn drop(&mut self) {
        let _ = rustix::termios::tcsetattr(self.tty, rustix::termios::OptionalActions::Flush, &self.before);
    }
}
