//! Work on a thread of its own that the screen waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::time::Timestamp;

/// Work that was asked for. What nobody waits for is not gone on with: dropped, the thread lets go of the vault.
pub struct Run {
    /// Comes back with the answers, so that those that come after a lock are known as such.
    pub ticket: u64,
    /// Tells the thread to stop.
    pub stop: Arc<AtomicBool>,
}

impl Run {
    /// With a ticket of its own.
    pub fn new(tickets: &mut u64) -> Self {
        *tickets += 1;
        Self { ticket: *tickets, stop: Arc::default() }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Work that is shown while it is done.
pub struct Working {
    /// The work.
    pub run: Run,
    /// Since when.
    pub since: Timestamp,
    /// Rows, or entries, that are done.
    pub done: usize,
    /// Of how many, where that is known.
    pub of: Option<usize>,
}

impl Working {
    /// Work that has just been asked for.
    pub fn new(run: Run, since: Timestamp, of: Option<usize>) -> Self {
        Self { run, since, done: 0, of }
    }
}
