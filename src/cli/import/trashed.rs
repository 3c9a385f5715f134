//! Entries that the vault has in the trash: whether each is taken out, as the option says or as is answered.

use super::super::args::{Import, OnTrashed};
use super::super::context::Context;
use super::name;
use crate::printable;
use crate::prompt;
use crate::report::note;
use crate::session::Trashed;

/// Decides on entries that the vault has in the trash.
pub struct Restoring {
    /// For all that are to come.
    settled: Option<bool>,
}

impl Restoring {
    /// As the option says; without it as is answered at the terminal, and all are left where there is none: what
    /// was deleted stays so until somebody says otherwise.
    pub fn new(context: &Context, arguments: &Import) -> Self {
        let settled = match arguments.trashed {
            Some(on_trashed) => Some(on_trashed == OnTrashed::Restore),
            None => (arguments.dry_run || !context.can_ask()).then_some(false),
        };
        Self { settled }
    }

    /// Whether this one is taken out.
    pub fn restore(&mut self, trashed: &Trashed<'_>) -> bool {
        if let Some(restore) = self.settled {
            return restore;
        }
        note(&printable::line(&format!("{} is in the trash", name(trashed.title, trashed.username))));
        loop {
            let question = "Take it out, or leave it there [t/l; T/L for all that follow]";
            let Ok(answer) = prompt::word(question) else { return false };
            let restore = match answer.to_lowercase().as_str() {
                "t" | "take" => true,
                "l" | "leave" => false,
                _ => continue,
            };
            if answer.chars().next().is_some_and(char::is_uppercase) {
                self.settled = Some(restore);
            }
            return restore;
        }
    }
}
