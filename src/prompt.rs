//! What a person or another program says: secrets read into locked memory, from standard input line by line,
//! from a file or a command, or from the terminal without echo. Nothing here goes through a buffer of the
//! standard library, which would keep copies.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use rustix::fs::OFlags;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use thiserror::Error;

use crate::printable;
use crate::secret::Secret;

/// Most bytes of one line, or of all the rest.
pub const MAX_INPUT: usize = 1024 * 1024;
const PIECE: usize = 4096;
/// Most bytes that are read of a file or of what a command prints: some lines at its beginning.
const MAX_OFFERED: usize = 64 * 1024;

/// Why nothing was read.
#[derive(Debug, Error)]
pub enum PromptError {
    /// Standard input has ended, and a line was wanted.
    #[error("standard input ended where {0} was wanted")]
    Ended(String),
    /// A line of more than [`MAX_INPUT`] bytes.
    #[error("the input is longer than {MAX_INPUT} bytes")]
    TooLong,
    /// Reading failed.
    #[error("cannot read the input: {0}")]
    Io(#[from] io::Error),
    /// A file that was named cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    #[allow(missing_docs)]
    File { path: PathBuf, source: io::Error },
    /// The command cannot be run.
    #[error("cannot run the password command: {0}")]
    Command(#[source] io::Error),
    /// The command says that it failed.
    #[error("the password command failed: {0}")]
    CommandFailed(ExitStatus),
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

    /// The next line without its LF or CRLF; none at the end. Where a person types it, `question` is asked and
    /// nothing is echoed.
    ///
    /// # Errors
    /// [`PromptError::TooLong`], [`PromptError::Io`], [`PromptError::Cancelled`].
    pub fn line(&mut self, question: &str) -> Result<Option<Secret>, PromptError> {
        if Self::is_terminal() {
            return ask(&io::stdin(), &mut io::stderr(), question, OptionalActions::Now).map(Some);
        }
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
    let tty = terminal()?;
    ask(&tty, &mut &tty, question, OptionalActions::Flush)
}

/// The beginning of a file, 64 KiB at most; of a pipe too, such as a shell makes of `<(command)`. A pipe that
/// nobody writes to is empty, and is not waited for.
///
/// # Errors
/// [`PromptError::File`].
pub fn file(path: &Path) -> Result<Secret, PromptError> {
    let failed = |source| PromptError::File { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    options.read(true);
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, OFlags::NONBLOCK.bits() as i32);
    let file = options.open(path).map_err(failed)?;
    let flags = rustix::fs::fcntl_getfl(&file).map_err(|errno| failed(errno.into()))?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK).map_err(|errno| failed(errno.into()))?;
    beginning(&file).map_err(failed)
}

/// The beginning of what a shell command prints, 64 KiB at most. It is given no standard input.
///
/// # Errors
/// [`PromptError::Command`], [`PromptError::CommandFailed`].
pub fn command(command: &str) -> Result<Secret, PromptError> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = shell.spawn().map_err(PromptError::Command)?;
    // Closed before the wait: a command that prints without end would otherwise never end.
    let printed = match child.stdout.take() {
        Some(out) => beginning(&out),
        None => Ok(Secret::with_capacity(0)),
    };
    let status = child.wait().map_err(PromptError::Command)?;
    if status.success() {
        printed.map_err(PromptError::Command)
    } else {
        Err(PromptError::CommandFailed(status))
    }
}

fn beginning(from: &impl AsFd) -> io::Result<Secret> {
    let mut text = Secret::zeroed(MAX_OFFERED);
    let mut len = 0;
    while let Some(room) = text.expose_mut().get_mut(len..).filter(|room| !room.is_empty()) {
        match read_bytes(from, room)? {
            0 => break,
            read => len += read,
        }
    }
    text.truncate(len);
    Ok(text)
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

/// Asks at the terminal for a word that is no secret; gives it in small letters, empty for Enter alone.
///
/// # Errors
/// [`PromptError::NoTerminal`], [`PromptError::Cancelled`] at the end of input, [`PromptError::Io`].
pub fn answer(question: &str) -> Result<String, PromptError> {
    word(question).map(|word| word.to_lowercase())
}

/// As [`answer`], in the letters that were typed.
///
/// # Errors
/// As there.
pub fn word(question: &str) -> Result<String, PromptError> {
    let mut tty = terminal()?;
    write!(tty, "{}: ", printable::line(question))?;
    tty.flush()?;
    let mut answer = [0; 64];
    let read = read_bytes(&tty, &mut answer)?;
    if read == 0 {
        return Err(PromptError::Cancelled);
    }
    let answer = answer.get(..read).unwrap_or_default().trim_ascii();
    Ok(String::from_utf8_lossy(answer).into_owned())
}

/// Shows a text on the terminal's other screen until Enter is pressed, so that nothing of it stays in the
/// scrollback. `draw` is given columns and rows; what it draws must be harmless to a terminal.
///
/// # Errors
/// [`PromptError::NoTerminal`], [`PromptError::Io`].
pub fn show(draw: impl FnOnce((u16, u16)) -> Secret) -> Result<(), PromptError> {
    const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H";
    const LEAVE: &[u8] = b"\x1b[0m\x1b[2J\x1b[H\x1b[?1049l";
    let tty = terminal()?;
    let size = tcgetwinsize(&tty).map_or((80, 24), |size| (size.ws_col, size.ws_row));
    let drawn = draw(size);
    let _raw = Unechoed::on(&tty, OptionalActions::Flush)?;
    let shown = write_all(&tty, ENTER).and_then(|()| write_all(&tty, drawn.expose()));
    let pressed = shown.map_err(PromptError::Io).and_then(|()| type_in(&tty));
    let left = write_all(&tty, LEAVE);
    match pressed {
        Ok(_) | Err(PromptError::Cancelled | PromptError::TooLong) => Ok(left?),
        Err(error) => Err(error),
    }
}

/// Past every buffer, which would keep a copy.
fn write_all(to: &impl AsFd, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match rustix::io::write(to, rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn terminal() -> Result<File, PromptError> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|_| PromptError::NoTerminal)
}

fn ask(
    tty: &impl AsFd,
    out: &mut dyn Write,
    question: &str,
    when: OptionalActions,
) -> Result<Secret, PromptError> {
    let typed = {
        // Before the question: who sees it may type.
        let _raw = Unechoed::on(tty, when)?;
        write!(out, "{}: ", printable::line(question))?;
        out.flush()?;
        type_in(tty)
    };
    writeln!(out)?;
    typed
}

/// Reads keys until Enter, with the editing keys that a person expects at a password.
fn type_in(tty: &impl AsFd) -> Result<Secret, PromptError> {
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

fn read_bytes(from: &impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(from, &mut *buffer) {
            Err(rustix::io::Errno::INTR) => {}
            read => return Ok(read?),
        }
    }
}

/// The terminal without echo, line editing and signals; as it was before when dropped.
struct Unechoed<'t, T: AsFd> {
    tty: &'t T,
    before: Termios,
    when: OptionalActions,
}

impl<'t, T: AsFd> Unechoed<'t, T> {
    /// `when` says what becomes of that which was typed before.
    fn on(tty: &'t T, when: OptionalActions) -> io::Result<Self> {
        let before = tcgetattr(tty)?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(tty, when, &modes)?;
        Ok(Self { tty, before, when })
    }
}

impl<T: AsFd> Drop for Unechoed<'_, T> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.tty, self.when, &self.before);
    }
}
