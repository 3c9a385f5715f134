//! Exporting: entries in plain, one at a time, for a format to write; and what it will not hold, before.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::{Session, SystemRandom, Timestamp, Vault};
use crate::exchange::{Exporter, Fresh, Losses, Opened};
use crate::secret::Secret;
use crate::vault::entry::State;
use crate::vault::item::Item;
use crate::vault::{Entry, Id};

/// What is exported, and as what.
pub struct Export<'e> {
    /// The format.
    pub exporter: &'e dyn Exporter,
    /// These entries alone; all, those in the trash too, without.
    pub entries: Option<&'e HashSet<Id>>,
    /// The password of a file that is encrypted.
    pub password: Option<&'e Secret>,
    /// Sees how many entries were taken; a break cancels the export.
    pub progress: &'e mut dyn FnMut(usize) -> ControlFlow<()>,
}

/// What came of an export.
#[derive(Debug, Default)]
pub struct Exported {
    /// What the format could not hold.
    pub losses: Losses,
    /// Values that could not be opened and are missing, by name. Hostile text.
    pub unreadable: Vec<String>,
}

/// The entries of `vault` that are exported: these, or all.
pub fn exported<'v>(vault: &'v Vault, chosen: Option<&HashSet<Id>>) -> impl Iterator<Item = Entry<'v>> {
    let there = vault.entries().filter(|entry| entry.state() != State::Gone);
    there.filter(move |entry| chosen.is_none_or(|chosen| chosen.contains(&entry.id())))
}

impl Session {
    /// Whether this leads to the vault's own file, which no export may replace.
    pub fn is_own_file(&self, path: &Path) -> bool {
        let own = self.disk().resolve(self.path()).ok();
        own.is_some_and(|own| self.disk().resolve(path).is_ok_and(|path| path == own))
    }

    /// What the format will not hold of the entries; nothing is written or derived for it.
    ///
    /// # Errors
    /// As the exporter; [`io::ErrorKind::Other`] where it was cancelled.
    pub fn losses(&self, vault: &Vault, export: &mut Export<'_>, now: Timestamp) -> io::Result<Losses> {
        let exporter = export.exporter;
        let fresh = &mut Fresh { password: None, random: &mut SystemRandom, now };
        self.with_items(vault, export, &mut Vec::new(), |items| exporter.losses(items, fresh))
    }

    /// Writes the entries to `out`, which sees plain secrets unless the format is encrypted.
    ///
    /// # Errors
    /// As the exporter and `out`; [`io::ErrorKind::Other`] where it was cancelled. What was written is then no export.
    pub fn export(
        &self,
        vault: &Vault,
        export: &mut Export<'_>,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> io::Result<Exported> {
        let (exporter, password) = (export.exporter, export.password);
        let mut unreadable = Vec::new();
        let fresh = &mut Fresh { password, random: &mut SystemRandom, now };
        let losses =
            self.with_items(vault, export, &mut unreadable, |items| exporter.write(items, fresh, out))?;
        Ok(Exported { losses, unreadable })
    }

    /// The entries in plain, one at a time, for `take`.
    fn with_items<T>(
        &self,
        vault: &Vault,
        export: &mut Export<'_>,
        unreadable: &mut Vec<String>,
        take: impl FnOnce(&mut dyn Iterator<Item = Item>) -> io::Result<T>,
    ) -> io::Result<T> {
        let Export { entries, progress, .. } = export;
        let (mut done, mut cancelled) = (0, false);
        let mut entries = exported(vault, *entries);
        let mut items = std::iter::from_fn(|| {
            cancelled |= progress(done).is_break();
            let entry = entries.next().filter(|_| !cancelled)?;
            done += 1;
            let opened = Opened::of(entry, self.seal());
            unreadable
                .extend(opened.unreadable.iter().map(|name| format!("{name} of {}", opened.item.title)));
            Some(opened.item)
        });
        let taken = take(&mut items);
        // Some formats derive and seal once all are in.
        if cancelled || progress(done).is_break() {
            return Err(io::Error::other("cancelled"));
        }
        taken
    }
}
