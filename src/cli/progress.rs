//! How far something is that takes a while, on one line of the terminal, for a person who waits. Nothing of it is
//! shown where standard error is no terminal.

use std::io::{self, IsTerminal, Write};

/// A line that says how far something is.
pub struct Progress {
    done: &'static str,
    what: &'static str,
    every: usize,
    is_shown: bool,
}

impl Progress {
    /// Of work that is told as "`done` 3 of 9 `what`", each time when `every` more are done.
    pub fn new(done: &'static str, what: &'static str, every: usize) -> Self {
        Self { done, what, every, is_shown: false }
    }

    /// Says that so many are done.
    pub fn show(&mut self, count: usize, of: usize) {
        if count > 0 && count.is_multiple_of(self.every) && io::stderr().is_terminal() {
            self.is_shown = true;
            let _ = write!(io::stderr(), "\r{} {count} of {of} {}", self.done, self.what);
        }
    }

    /// Leaves no trace of it.
    pub fn end(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
