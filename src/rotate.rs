//! Changing the password of one entry at its site, step by step: its page, the old password, a new one, and the
//! site's answer. Pure: what is to be opened, copied, made and saved is said here and done by the command line and
//! the screen, so that both walk the same way.
//!
//! Nothing is lost wherever a walk ends. The new password is pending in the entry, and in the history of generated
//! passwords, before it is copied; only a yes makes it the current one, and the old one history. Everything else
//! (no, Esc, a lock, a power cut) leaves the old one current and the new one pending.

mod page;
mod unused;
mod worklist;

use thiserror::Error;

use crate::secret::Secret;
use crate::vault::edit::{Change, Edit, EditError};
use crate::vault::entry::{State, Value};
use crate::vault::kinds::Home;
use crate::vault::{Entry, Id, Vault};

pub use page::{Page, change_page};
pub use unused::{UnusedError, make_unused};
pub use worklist::{Reason, Task, Terms, due_count, work_list};

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The change-password page is opened, or its address copied.
    Page,
    /// The old password is copied.
    Old,
    /// A new one is made and kept as pending, unless one is; then it is copied.
    New,
    /// The site is asked; the new password may be copied again.
    Answer,
}

/// Why an entry's password cannot be changed in a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoWalk {
    /// It is in the trash, or deleted for good.
    #[error("the entry is in the trash or deleted")]
    NotLive,
    /// It is a card, a note, or another thing without a password.
    #[error("the entry has no password to change")]
    NoPassword,
}

/// A walk that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    id: Id,
    page: Option<Page>,
    has_old: bool,
    step: Step,
    /// The generated password that was copied in this walk, in the history of these.
    made: Option<Id>,
}

impl Walk {
    /// Begins a walk at the first step that the entry has something for.
    ///
    /// # Errors
    /// [`NoWalk`].
    pub fn begin(entry: &Entry<'_>, page: Option<Page>) -> Result<Self, NoWalk> {
        if entry.state() != State::Live {
            return Err(NoWalk::NotLive);
        }
        let has_old = entry.password().is_some();
        if !has_old && entry.pending_password().is_none() && !takes_password(entry) {
            return Err(NoWalk::NoPassword);
        }
        let mut walk = Self { id: entry.id(), page, has_old, step: Step::Page, made: None };
        walk.skip_what_is_not();
        Ok(walk)
    }

    /// The entry.
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its page, if one is known.
    pub fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// What is done next.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Notes that a step was done, or passed over; those before it count as done too.
    pub fn did(&mut self, step: Step) {
        if rank(step) >= rank(self.step) {
            self.step = match step {
                Step::Page => Step::Old,
                Step::Old => Step::New,
                Step::New | Step::Answer => Step::Answer,
            };
            self.skip_what_is_not();
        }
    }

    /// The generated password that this walk has copied, in the history of these.
    pub fn made(&self) -> Option<Id> {
        self.made
    }

    /// Notes which generated password is at hand in this walk.
    pub fn holds(&mut self, made: Id) {
        self.made = Some(made);
    }

    /// The new password that a yes of the site is about: the one that this walk made, also where another device
    /// has made another one pending meanwhile; else the pending one.
    pub fn new_password<'v>(&self, vault: &'v Vault) -> Option<Value<'v>> {
        let made = self.made.and_then(|made| vault.generated_one(made)).map(|made| made.value);
        made.or_else(|| vault.entry(self.id)?.pending_password())
    }

    fn skip_what_is_not(&mut self) {
        if self.step == Step::Page && self.page.is_none() {
            self.step = Step::Old;
        }
        if self.step == Step::Old && !self.has_old {
            self.step = Step::New;
        }
    }
}

fn rank(step: Step) -> u8 {
    match step {
        Step::Page => 0,
        Step::Old => 1,
        Step::New => 2,
        Step::Answer => 3,
    }
}

/// Whether entries of this kind have a password as a field of their own.
fn takes_password(entry: &Entry<'_>) -> bool {
    entry.kind().is_some_and(|kind| kind.fields.iter().any(|field| field.home == Home::Password))
}

/// Keeps a new password before anybody sees it: as pending in its entry, and in the history of generated ones. Gives
/// its id there.
///
/// # Errors
/// As [`Edit::change`].
pub fn make_pending(
    edit: &mut Edit<'_, '_>,
    id: Id,
    new: Secret,
    made_for: &str,
    recipe: &str,
) -> Result<Id, EditError> {
    let kept = edit.keep_generated(&new, made_for, Some(id), recipe)?;
    edit.change(id, Change::PendingPassword(Some(new)))?;
    Ok(kept)
}

/// The site took `new`: it becomes current, and what was current history. `is_pending` says whether it is what is
/// pending; another one, which another device has made meanwhile, stays so.
///
/// # Errors
/// As [`Edit::change`].
pub fn confirm(edit: &mut Edit<'_, '_>, id: Id, new: Secret, is_pending: bool) -> Result<(), EditError> {
    edit.change(id, Change::Password(Some(new)))?;
    if is_pending { edit.change(id, Change::PendingPassword(None)) } else { Ok(()) }
}

/// What a generated password is for, in words: title and user name of an entry.
pub fn made_for(entry: &Entry<'_>) -> String {
    match (entry.title(), entry.username()) {
        (title, "") => title.to_owned(),
        ("", username) => username.to_owned(),
        (title, username) => format!("{title}/{username}"),
    }
}

#[cfg(test)]
mod tests;
