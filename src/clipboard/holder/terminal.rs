//! The terminal as a clipboard: the device that the program gave as standard error, told by OSC 52.

#[cfg(target_os = "linux")]
use std::fs;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use rustix::process::{Pid, PidfdFlags, Signal};

use crate::clipboard::bounded;
use crate::clipboard::osc52::{self, Multiplexer};
use crate::clipboard::request::Answer;
use crate::secret::Secret;

/// How long the terminal may take to read; less than the program that copies waits.
const PATIENCE: Duration = Duration::from_millis(900);

/// The terminal that the value was written to. The value itself is not kept.
pub(super) struct Terminal {
    device: BorrowedFd<'static>,
    multiplexer: Multiplexer,
}

impl Terminal {
    /// Sets the terminal's clipboard, and takes the duty to empty it from an earlier holder.
    pub fn take(value: &Secret, multiplexer: Multiplexer) -> Result<Self, Answer> {
        let terminal = Self { device: rustix::stdio::stderr(), multiplexer };
        // Before the write: should two of these meet, none has set what neither would clear.
        stop_predecessors();
        if terminal.write(&osc52::set_sequence(value, multiplexer)) {
            Ok(terminal)
        } else {
            Err(Answer::Unreachable)
        }
    }

    /// Empties the terminal's clipboard, if the terminal is there.
    pub fn clear(&self) {
        self.write(&osc52::clear_sequence(self.multiplexer));
    }

    fn write(&self, sequence: &Secret) -> bool {
        bounded::write_all(self.device, sequence.expose(), Instant::now() + PATIENCE).is_ok()
    }
}

/// Ends the holders for the same terminal, which would empty it too early for the new value. They are known by
/// their command line, this one's own: program, argument and the terminal's name. They keep no value,
/// and their duty passes to this process, so nothing is lost by a plain kill.
#[cfg(target_os = "linux")]
fn stop_predecessors() {
    let Ok(own) = fs::read("/proc/self/cmdline") else { return };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let number = process.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(pid) = number.and_then(Pid::from_raw).filter(|pid| *pid != rustix::process::getpid()) else {
            continue;
        };
        // Pinned first, looked at second: the number cannot come to mean another process in between.
        let Ok(pinned) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else { continue };
        if fs::read(process.path().join("cmdline")).is_ok_and(|line| line == own) {
            let _ = rustix::process::pidfd_send_signal(&pinned, Signal::KILL);
        }
    }
}

/// Without /proc the earlier holder empties the clipboard at its own time, early but safe.
#[cfg(not(target_os = "linux"))]
fn stop_predecessors() {}
