//! Importing: every row of a source becomes an entry unless the vault has it, in one edit that one undo takes
//! back. A row that cannot be read is named, and the rest goes on.

use std::ops::ControlFlow;

use super::{Session, SessionError, SystemRandom, Timestamp, Vault};
use crate::exchange::{Format, Importer, Known, Opened, Outcome, Place, Remark, Skip, Unlock, Verdict};
use crate::format::FormatError;
use crate::vault::edit::{Edit, EditError};
use crate::vault::entry::State;
use crate::vault::item::Item;

/// Where entries come from.
pub enum Source<'s> {
    /// A file of another program, or an own export, and what opens it.
    Foreign(&'static Format, &'s [u8], &'s Unlock),
    /// As that, through any reader.
    Read(&'s dyn Importer, &'s [u8], &'s Unlock),
    /// Another vault, unlocked.
    Vault(&'s Session, &'s Vault),
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It is a new entry, or would be.
    Added,
    /// The vault has it already.
    Known,
    /// It is a folder, or blank: there is nothing to add.
    NoEntry,
    /// It could not be read.
    Skipped(Skip),
}

/// The report on one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    /// Where it stands.
    pub place: Place,
    /// The title; hostile text.
    pub title: String,
    /// The user name; hostile text.
    pub username: String,
    /// What became of it.
    pub status: Status,
    /// How it was read.
    pub remarks: Vec<Remark>,
}

/// The report on an import.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Every row, in order.
    pub rows: Vec<ImportedRow>,
}

impl ImportReport {
    /// How many rows became entries.
    pub fn added(&self) -> usize {
        self.rows.iter().filter(|row| row.status == Status::Added).count()
    }

    /// How many the vault had already.
    pub fn known(&self) -> usize {
        self.rows.iter().filter(|row| row.status == Status::Known).count()
    }

    /// How many could not be read.
    pub fn skipped(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.status, Status::Skipped(_))).count()
    }

    fn push(&mut self, place: Place, item: Option<&Item>, status: Status, remarks: Vec<Remark>) {
        let text = |text: fn(&Item) -> &String| item.map(text).cloned().unwrap_or_default();
        let (title, username) = (text(|item| &item.title), text(|item| &item.username));
        self.rows.push(ImportedRow { place, title, username, status, remarks });
    }
}

impl Session {
    /// Adds the entries of `source` that the vault does not have, as one step called `label`. Nothing is
    /// saved, and with `dry_run` nothing changed.
    ///
    /// # Errors
    /// [`SessionError::Import`] where the source as a whole is not what it should be; nothing is then changed.
    pub fn import(
        &self,
        vault: &mut Vault,
        source: &Source<'_>,
        label: &str,
        dry_run: bool,
        now: Timestamp,
    ) -> Result<ImportReport, SessionError> {
        let mut known = Known::new(&mut SystemRandom).map_err(FormatError::from)?;
        for entry in vault.entries().filter(|entry| entry.state() != State::Gone) {
            known.learn(&Opened::of(entry, self.seal()).item);
        }
        let mut report = ImportReport::default();
        if dry_run {
            read(source, &mut known, &mut report, &mut |_| Ok(()))?;
        } else {
            self.edit(vault, now, label, |edit: &mut Edit<'_, '_>| {
                let mut add = |item: &Item| edit.add(item).map(|_| ());
                Ok(read(source, &mut known, &mut report, &mut add))
            })??;
        }
        Ok(report)
    }
}

fn read(
    source: &Source<'_>,
    known: &mut Known,
    report: &mut ImportReport,
    add: &mut dyn FnMut(&Item) -> Result<(), EditError>,
) -> Result<(), SessionError> {
    let mut take = |place, mut item: Item, remarks, report: &mut ImportReport| -> Result<(), EditError> {
        let status = match known.judge(&mut item) {
            Verdict::Known => Status::Known,
            Verdict::New | Verdict::NewId => {
                add(&item)?;
                Status::Added
            }
        };
        report.push(place, Some(&item), status, remarks);
        Ok(())
    };
    match source {
        Source::Vault(session, vault) => {
            let entries = vault.entries().filter(|entry| entry.state() != State::Gone);
            for (entry, number) in entries.zip(1..) {
                // A value that does not open is not left out silently: the import stops.
                take(Place::Entry(number), session.item(entry)?, Vec::new(), report)?;
            }
        }
        Source::Foreign(..) | Source::Read(..) => {
            let (reader, bytes, unlock) = match source {
                Source::Foreign(format, bytes, unlock) => (format.reader()?, bytes, unlock),
                Source::Read(reader, bytes, unlock) => (*reader, bytes, unlock),
                Source::Vault(..) => return Ok(()),
            };
            let mut failed = None;
            reader.read(bytes, unlock, &mut |row| {
                let taken = match row.outcome {
                    Outcome::Item(item, remarks) => take(row.place, *item, remarks, report),
                    Outcome::Folder(_) | Outcome::Blank => {
                        report.push(row.place, None, Status::NoEntry, Vec::new());
                        Ok(())
                    }
                    Outcome::Skipped(reason) => {
                        report.push(row.place, None, Status::Skipped(reason), Vec::new());
                        Ok(())
                    }
                };
                failed = taken.err();
                if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            if let Some(error) = failed {
                return Err(error.into());
            }
        }
    }
    Ok(())
}
