//! The clipboard: a value is copied, and cleared after its time if the clipboard still holds it.
//!
//! A [`Clipboard`] chooses its [`Backend`] once: the display's clipboard where a display is named and answers,
//! else the terminal's (OSC 52). [`Clipboard::copy`] starts a *holder*, a detached process of this same
//! program, hands the value to it through a pipe, and returns as soon as the value can be pasted. The holder
//! clears at the time whatever becomes of this process: quit, locked, hung up or killed. The [`Ticket`] tells
//! what was done, and can have it cleared early.
//!
//! Displays. Holding is owning the selection: the display's server tells the holder the moment another program
//! takes it, so what is cleared is ours by ownership and not only by value, and the same value copied again is
//! a new one with its own time. Clipboard histories are asked to look away (`x-kde-passwordManagerHint`).
//!
//! Terminals. OSC 52 cannot be read back: the clearing is an empty set, sent blindly, while the terminal is
//! there; what another program copied meanwhile is emptied with it, and a terminal closed before the time keeps
//! the value in the system's clipboard. The holder writes the set while `copy` waits, and
//! the empty set at the time, in a single write; a program that draws on the terminal calls
//! [`Ticket::clear_now`] at the deadline, so that neither falls into its own output, and the holder
//! waits half a second longer for it.
//!
//! Not promised: a clipboard history that ignores the hint keeps what it likes, and one that takes the
//! selection over at once makes the value its own, which is then left alone. On GNOME, killing the
//! holder itself (SIGKILL) leaves the value with the compositor, which remembers what its owner left behind.

pub mod backend;
pub mod environment;
pub mod holder;
pub mod osc52;

mod bounded;
mod process;
mod request;
mod terminal;

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::secret::Secret;
use crate::time::Timestamp;

use process::{Line, Process};
use request::{Answer, Place, Request};

pub use backend::Backend;
pub use environment::Environment;
pub use process::HOLDER_ARGUMENT;
pub use request::{MAX_CLEAR_AFTER, MAX_TERMINAL_VALUE, MAX_VALUE};

/// How long a display, a terminal or a holder may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why nothing was copied, or not cleared.
#[derive(Debug, Error)]
pub enum ClipboardError {
    /// There is nothing in the value.
    #[error("there is nothing to copy: the value is empty")]
    Empty,
    /// The value is longer than the clipboard takes.
    #[error("the value has {len} bytes, the {backend} takes at most {limit}")]
    TooLong {
        /// Bytes of the value.
        len: usize,
        /// Bytes that are taken.
        limit: usize,
        /// By what.
        backend: Backend,
    },
    /// The clipboard is for text, and most programs end it at a NUL.
    #[error("the value is not text: it is not UTF-8, or has a NUL in it")]
    NotText,
    /// The time is longer than [`MAX_CLEAR_AFTER`].
    #[error("the time before clearing is {} s, at most {} are possible", .0.as_secs(), MAX_CLEAR_AFTER.as_secs())]
    TooLate(Duration),
    /// The display or terminal did not answer within a second.
    #[error("the {0} does not answer")]
    Silent(Backend),
    /// The display is gone, or there is no terminal.
    #[error("the {0} cannot be reached")]
    Unreachable(Backend),
    /// Another program keeps the clipboard to itself.
    #[error("another program keeps the {0}")]
    NotTaken(Backend),
    /// The holder ended, or is not of this version of the program.
    #[error("the process that is to hold the clipboard failed")]
    HolderFailed,
    /// The holder could not be started or spoken to.
    #[error("the process that is to hold the clipboard could not be used")]
    Holder(#[source] io::Error),
}

/// A clipboard to copy to.
#[derive(Debug)]
pub struct Clipboard {
    environment: Environment,
    backend: Backend,
}

impl Clipboard {
    /// Chooses the backend, once. At most a second, and that only where a display is named but silent.
    pub fn open(environment: Environment) -> Self {
        let backend = Backend::choose(&environment);
        Self { environment, backend }
    }

    /// What [`Clipboard::copy`] copies to.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Copies `value`, to be cleared `clear_after` from `now`. Returns when it can be pasted; within a second.
    ///
    /// # Errors
    /// [`ClipboardError`]; nothing stays copied then. After `Silent` or `Unreachable` another
    /// [`Clipboard::open`] may find what is still there.
    pub fn copy(
        &self,
        value: &Secret,
        clear_after: Duration,
        now: Timestamp,
    ) -> Result<Ticket, ClipboardError> {
        let backend = self.backend;
        let limit = if backend == Backend::Terminal { MAX_TERMINAL_VALUE } else { MAX_VALUE };
        check(value, limit, backend)?;
        let by = Instant::now() + PATIENCE;
        let (place, tty) = match backend {
            Backend::Wayland | Backend::X11 => (Place::Display, None),
            Backend::Terminal => {
                let found = terminal::find(&self.environment, by);
                let (tty, multiplexer) = found.map_err(|_| ClipboardError::Unreachable(backend))?;
                (Place::Terminal(multiplexer), Some(tty))
            }
        };
        let request = Request::hold(place, clear_after, value.len());
        let request = request.ok_or(ClipboardError::TooLate(clear_after))?;
        let variables = self.environment.only(backend.variables());
        let process = Process::start(self.environment.holder(), variables, tty);
        let process = process.map_err(ClipboardError::Holder)?;
        match hand_over(&process.line, &request, value, backend, by) {
            Ok(()) => {
                let millis = u64::try_from(clear_after.as_millis()).unwrap_or(u64::MAX);
                Ok(Ticket { backend, deadline: now.plus_millis(millis), line: process.detach() })
            }
            Err(error) => {
                match backend {
                    // It may have told the terminal already, only late: then it is to tell it to forget.
                    Backend::Terminal => drop(process.detach().clear(by)),
                    Backend::Wayland | Backend::X11 => process.stop(),
                }
                Err(error)
            }
        }
    }
}

fn check(value: &Secret, limit: usize, backend: Backend) -> Result<(), ClipboardError> {
    if value.is_empty() {
        return Err(ClipboardError::Empty);
    }
    if value.len() > limit {
        return Err(ClipboardError::TooLong { len: value.len(), limit, backend });
    }
    if value.expose_str().is_none_or(|text| text.contains('\0')) {
        return Err(ClipboardError::NotText);
    }
    Ok(())
}

fn hand_over(
    line: &Line,
    request: &Request,
    value: &Secret,
    backend: Backend,
    by: Instant,
) -> Result<(), ClipboardError> {
    let sent = line.send(&request.encode(), by).and_then(|()| line.send(value.expose(), by));
    // A holder that closed its end before it read all may still have said why.
    if let Err(error) = sent
        && error.kind() != ErrorKind::BrokenPipe
    {
        return Err(timely(error, backend));
    }
    match line.answer(by).map_err(|error| timely(error, backend))? {
        Some(Answer::Ready) => Ok(()),
        Some(Answer::Unreachable) => Err(ClipboardError::Unreachable(backend)),
        Some(Answer::NotTaken) => Err(ClipboardError::NotTaken(backend)),
        Some(Answer::Malformed | Answer::Unprotected | Answer::Cleared) | None => {
            Err(ClipboardError::HolderFailed)
        }
    }
}

fn timely(error: io::Error, backend: Backend) -> ClipboardError {
    match error.kind() {
        ErrorKind::TimedOut => ClipboardError::Silent(backend),
        _ => ClipboardError::Holder(error),
    }
}

/// What was copied: where to, until when. Dropping it changes nothing; the holder goes on.
#[derive(Debug)]
pub struct Ticket {
    backend: Backend,
    deadline: Timestamp,
    line: Line,
}

impl Ticket {
    /// Where the value is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// When it is cleared.
    pub fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Whether the value is still there to be cleared: not cleared yet, and not replaced by another copy.
    /// A terminal cannot tell of copies made by other programs.
    pub fn is_held(&self) -> bool {
        matches!(self.line.answer(Instant::now()), Err(error) if error.kind() == ErrorKind::TimedOut)
    }

    /// Clears now, if the clipboard still holds the value; done when it returns, within a second.
    ///
    /// # Errors
    /// [`ClipboardError::Silent`] where the holder did not say so in time.
    pub fn clear_now(self) -> Result<(), ClipboardError> {
        let cleared = self.line.clear(Instant::now() + PATIENCE);
        cleared.map_err(|error| timely(error, self.backend))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clipboard(holder: &str) -> Clipboard {
        Clipboard { environment: Environment::new(holder.into(), |_| None), backend: Backend::X11 }
    }

    #[test]
    fn what_cannot_be_copied_is_refused() {
        let refused = |bytes: &[u8]| check(&Secret::copy_of(bytes), 8, Backend::X11).unwrap_err();
        assert!(matches!(refused(b""), ClipboardError::Empty));
        assert!(matches!(refused(b"123456789"), ClipboardError::TooLong { len: 9, limit: 8, .. }));
        assert!(matches!(refused(b"a\0b"), ClipboardError::NotText));
        assert!(matches!(refused(b"\xff"), ClipboardError::NotText));
        assert!(check(&Secret::copy_of("\n\u{1f511}".as_bytes()), 8, Backend::X11).is_ok());
    }

    #[test]
    fn a_holder_that_ends_or_lies_is_an_error() {
        let value = Secret::copy_of(&[b'x'; MAX_VALUE]);
        for holder in ["/bin/true", "/bin/cat"] {
            let error = clipboard(holder).copy(&value, Duration::from_secs(1), Timestamp(0)).unwrap_err();
            assert!(matches!(error, ClipboardError::HolderFailed), "{holder}: {error}");
        }
    }

    #[test]
    fn too_long_a_time_is_refused() {
        let later = MAX_CLEAR_AFTER + Duration::from_millis(1);
        let error = clipboard("/bin/cat").copy(&Secret::copy_of(b"x"), later, Timestamp(0)).unwrap_err();
        assert!(matches!(error, ClipboardError::TooLate(_)));
    }
}
