//! Entries that the vault has in another state: what is done with each, as the option says or as is answered.

use super::super::args::{Import, OnChanged};
use super::super::context::Context;
use super::name;
use crate::printable;
use crate::prompt;
use crate::report::note;
use crate::session::{Changed, Choice};

/// Decides on entries that the vault has in another state.
pub struct Choosing {
    /// For all that are to come.
    settled: Option<Choice>,
}

impl Choosing {
    /// As the option says; without it as is answered at the terminal, and both are kept where there is none.
    pub fn new(context: &Context, arguments: &Import) -> Self {
        let settled = match arguments.changed {
            Some(OnChanged::Update) => Some(Choice::Update),
            Some(OnChanged::Both) => Some(Choice::Both),
            Some(OnChanged::Skip) => Some(Choice::Skip),
            None => (arguments.dry_run || !context.can_ask()).then_some(Choice::Both),
        };
        Self { settled }
    }

    /// What is done with this one. Keeping both loses nothing, so that is what no answer means.
    pub fn choose(&mut self, changed: &Changed<'_>) -> Choice {
        if let Some(choice) = self.settled {
            return choice;
        }
        let name = name(changed.title, changed.username);
        note(&printable::line(&format!(
            "{name} is in the vault, and differs: {}",
            changed.fields.join(", ")
        )));
        loop {
            let question = "Update it, keep both, or skip [u/b/s; U/B/S for all that follow]";
            let Ok(answer) = prompt::word(question) else { return Choice::Both };
            let choice = match answer.to_lowercase().as_str() {
                "u" | "update" => Choice::Update,
                "b" | "both" => Choice::Both,
                "s" | "skip" => Choice::Skip,
                _ => continue,
            };
            if answer.chars().next().is_some_and(char::is_uppercase) {
                self.settled = Some(choice);
            }
            return choice;
        }
    }
}
