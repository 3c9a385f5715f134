//! The audit on the screen: how far it is, then what it found, the worst first and what is ignored last.

use crate::audit::{Audit, Finding};
use crate::vault::Id;

use super::super::editor::{self, Editor};
use super::run::Run;

/// An audit that runs, or what came of it.
pub struct Health {
    /// The audit.
    pub run: Run,
    /// What is known of it.
    pub state: State,
    /// The chosen finding among the lines.
    pub chosen: usize,
    /// The reason for ignoring the chosen one, while that is typed.
    pub reason: Option<Editor>,
}

/// What is known of an audit.
pub enum State {
    /// It runs: entries that are done, and of how many.
    Running(usize, usize),
    /// It is done.
    Done(Audit),
    /// It could not be done: why.
    Failed(String),
}

impl Health {
    /// An audit that has just been asked for.
    pub fn new(run: Run) -> Self {
        Self { run, state: State::Running(0, 0), chosen: 0, reason: None }
    }

    /// What was found, in the order of the lines.
    pub fn lines(&self) -> Vec<&Finding> {
        let State::Done(audit) = &self.state else { return Vec::new() };
        let ignored = audit.findings.iter().filter(|finding| finding.ignored.is_some());
        audit.counted().chain(ignored).collect()
    }

    /// The finding that the cursor is on.
    pub fn chosen(&self) -> Option<&Finding> {
        self.lines().get(self.chosen).copied()
    }

    /// Notes that the finding of this sort is ignored for a reason, or no longer. The cursor stays where it is.
    pub fn except(&mut self, id: Id, kind: crate::audit::Kind, reason: Option<&str>) {
        if let State::Done(audit) = &mut self.state {
            let same = audit.findings.iter_mut().filter(|finding| finding.id == id && finding.kind == kind);
            same.for_each(|finding| finding.ignored = reason.map(str::to_owned));
        }
        self.chosen = self.chosen.min(self.lines().len().saturating_sub(1));
    }

    /// Asks why the chosen finding is to be ignored.
    pub fn ask_reason(&mut self) {
        self.reason = Some(Editor::line(editor::LINE));
    }
}
