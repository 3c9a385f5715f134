//! The holder as the program that copies sees it: a child process to start, to speak to within a time, and to
//! let go of.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use super::bounded;
use super::request::{Answer, CLEAR};

/// The first argument that makes the program a holder: `main` calls [`super::holder::run`] on seeing it.
pub const HOLDER_ARGUMENT: &str = "__hold-clipboard";

/// Speaking to the holder: its standard input and output.
#[derive(Debug)]
pub(super) struct Line {
    input: ChildStdin,
    output: ChildStdout,
}

impl Line {
    pub fn send(&self, bytes: &[u8], by: Instant) -> io::Result<()> {
        bounded::write_all(&self.input, bytes, by)
    }

    /// The next answer; nothing where the holder is gone, or says what it never should.
    pub fn answer(&self, by: Instant) -> io::Result<Option<Answer>> {
        let mut byte = [0];
        let count = bounded::read(&self.output, &mut byte, by)?;
        Ok(Answer::from_byte(byte[0]).filter(|_| count == 1))
    }

    /// Asks for an early clearing, and waits until it is done or the holder gone.
    pub fn clear(&self, by: Instant) -> io::Result<()> {
        match self.send(&[CLEAR], by) {
            // It has cleared and gone already.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            sent => sent.and_then(|()| self.answer(by)).map(|_| ()),
        }
    }
}

/// A holder that has been started and is still ours to stop.
pub(super) struct Process {
    child: Child,
    pub line: Line,
}

/// The terminal that a holder is to write to, and a name for it that every copy to the same terminal shares.
pub(super) struct Tty {
    pub device: OwnedFd,
    pub name: String,
}

impl Process {
    /// Starts `program` with these variables alone and nothing else of this process.
    pub fn start<'a>(
        program: &Path,
        variables: impl Iterator<Item = (&'static str, &'a OsStr)>,
        tty: Option<Tty>,
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        // The path itself would be a long first word in `ps`; the name is what the user knows.
        command.arg0(program.file_name().unwrap_or(program.as_os_str())).arg(HOLDER_ARGUMENT);
        command.env_clear().envs(variables).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        match tty {
            // Its name is an argument so that the next holder for it finds this one.
            Some(tty) => command.arg(tty.name).stderr(tty.device),
            None => command.stderr(Stdio::null()),
        };
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, line: Line { input, output } }),
            _ => Err(ErrorKind::BrokenPipe.into()),
        }
    }

    /// Ends it at once: one that did not answer in time must not take a display's clipboard later.
    pub fn stop(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Lets it live on its own. It leaves no zombie should it end before this process does.
    pub fn detach(self) -> Line {
        let Self { mut child, line } = self;
        let _ = thread::Builder::new().name("holder".into()).spawn(move || child.wait());
        line
    }
}
