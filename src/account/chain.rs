//! Whom an account signs in with: another entry, which may itself sign in with a third. What is merged from
//! two devices may go round in a circle, or lead to an entry that is gone.

use crate::vault::entry::State;
use crate::vault::{Entry, Id, Vault};

/// The accounts that one signs in with, one behind another.
#[derive(Debug, Clone)]
pub struct Chain<'v> {
    /// The nearest first; never the account itself, and none twice.
    pub entries: Vec<Entry<'v>>,
    /// Where it ends.
    pub end: End,
}

/// How a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At an account that has a sign-in of its own.
    Reached,
    /// At an entry in the trash, the last one listed.
    Trashed,
    /// At an entry that was deleted for good, or never came here.
    Gone,
    /// Nowhere: it goes round in a circle.
    Circle,
}

impl<'v> Chain<'v> {
    /// The chain behind `entry`; none if it signs in with no other.
    pub fn of(vault: &'v Vault, entry: &Entry<'v>) -> Option<Self> {
        let mut next = Some(entry.signs_in_with()?);
        let mut entries: Vec<Entry<'v>> = Vec::new();
        let end = loop {
            let Some(id) = next else { break End::Reached };
            if id == entry.id() || entries.iter().any(|known| known.id() == id) {
                break End::Circle;
            }
            match vault.entry(id).map(|other| (other, other.state())) {
                None | Some((_, State::Gone)) => break End::Gone,
                Some((other, State::Trash)) => {
                    entries.push(other);
                    break End::Trashed;
                }
                Some((other, State::Live)) => {
                    entries.push(other);
                    next = other.signs_in_with();
                }
            }
        };
        Some(Self { entries, end })
    }

    /// The account that one signs in with directly; none if it is gone.
    pub fn direct(&self) -> Option<&Entry<'v>> {
        self.entries.first()
    }

    /// What is wrong with it, in a few words; none if nothing is.
    pub fn flaw(&self) -> Option<&'static str> {
        match self.end {
            End::Reached => None,
            End::Trashed => Some("in the trash"),
            End::Gone => Some("deleted for good"),
            End::Circle => Some("round in a circle"),
        }
    }

    /// The same as a sentence.
    pub fn trouble(&self) -> Option<&'static str> {
        match self.end {
            End::Reached => None,
            End::Trashed => Some("That entry is in the trash."),
            End::Gone => Some("The entry it signs in with was deleted for good."),
            End::Circle => Some("These entries sign in with one another, round in a circle."),
        }
    }
}

/// Whether `entry` would sign in with itself, by way of others, if it signed in with `target`.
pub fn would_go_round(vault: &Vault, entry: Id, target: Id) -> bool {
    let chain = vault.entry(target).and_then(|target| Chain::of(vault, &target));
    entry == target || chain.is_some_and(|chain| chain.entries.iter().any(|other| other.id() == entry))
}
