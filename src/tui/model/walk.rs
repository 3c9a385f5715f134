//! Changing passwords at their sites: the list of what should change, one change step by step, and the passwords
//! that were generated.

use super::run::Run;
use crate::audit::Audit;
use crate::rotate::{Task, Walk};
use crate::vault::Id;

/// What should change, worst first.
pub struct WorkList {
    /// The entries.
    pub tasks: Vec<Task>,
    /// The chosen one.
    pub chosen: usize,
    /// Left out for now.
    pub skipped: Vec<Id>,
    /// The edits and the generation of the vault that it was computed from.
    pub of: (u64, u64),
    /// An audit that runs.
    pub run: Option<Run>,
    /// What the last one found.
    pub audit: Option<Audit>,
}

/// One change.
pub struct Walking {
    /// What comes next.
    pub walk: Walk,
    /// The password that is being made: its [`super::super::effect::Make::ticket`].
    pub making: Option<u64>,
    /// The new password is copied once the edit of this number is on the disk.
    pub waits: Option<u64>,
}

impl Walking {
    /// Nothing done yet.
    pub fn new(walk: Walk) -> Self {
        Self { walk, making: None, waits: None }
    }

    /// Whether a new password is on its way.
    pub fn is_busy(&self) -> bool {
        self.making.is_some() || self.waits.is_some()
    }
}

/// The passwords that were generated.
pub struct Kept {
    /// The chosen one, newest first.
    pub chosen: usize,
}
