//! Importing: every row of a source becomes an entry unless the vault has it, in one edit that one undo takes
//! back. An entry that the vault has in another state is brought up to date, kept beside it, or left, as is
//! chosen. One that lies in the trash is taken out of it, or left there, as is chosen. A row that cannot be read
//! is named, and the rest goes on.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::{Session, SessionError, SystemRandom, Timestamp, Vault};
use crate::exchange::update::{self, Counterparts, Named};
use crate::exchange::{Format, Importer, Known, Opened, Outcome, Place, Remark, Skip, Unlock, Verdict};
use crate::format::FormatError;
use crate::vault::Id;
use crate::vault::edit::{Change, Edit, EditError};
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

/// How a source is imported.
pub struct Import<'i> {
    /// What the step is called that can be undone.
    pub label: &'i str,
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// Decides on each entry that the vault has in another state.
    pub choose: &'i mut dyn FnMut(&Changed<'_>) -> Choice,
    /// Decides on each entry that the vault has in the trash: whether it is taken out.
    pub restore: &'i mut dyn FnMut(&Trashed<'_>) -> bool,
    /// Sees how many rows have been read; a break cancels the import.
    pub progress: &'i mut dyn FnMut(usize) -> ControlFlow<()>,
}

/// An entry that the vault has in another state.
#[derive(Debug)]
pub struct Changed<'c> {
    /// The number of its row in the report, from 0: the same in a dry run and after it.
    pub row: usize,
    /// Its title; hostile text.
    pub title: &'c str,
    /// Its user name; hostile text.
    pub username: &'c str,
    /// The fields that would be updated; custom fields by their labels, which are hostile text.
    pub fields: &'c [String],
}

/// An entry that the vault has in the trash, as after an import was undone.
#[derive(Debug)]
pub struct Trashed<'t> {
    /// The number of its row in the report, from 0: the same in a dry run and after it.
    pub row: usize,
    /// Its title; hostile text.
    pub title: &'t str,
    /// Its user name; hostile text.
    pub username: &'t str,
}

/// What is done with an entry that the vault has in another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The vault's entry gets the values of the source; those that it had become history.
    Update,
    /// The source's becomes an entry of its own.
    Both,
    /// The vault's entry stays as it is.
    Skip,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It is a new entry, or would be.
    Added,
    /// The vault has it already.
    Known,
    /// The vault had it in the trash, and it was taken out, or would be.
    Restored,
    /// The vault has it in the trash, where it was left.
    Trashed,
    /// The vault has it in another state, and these fields of it were updated, or would be.
    Updated(Vec<String>),
    /// The vault has it in another state, and it was left as it is; these fields differ.
    Left(Vec<String>),
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

    /// How many the vault had already; those in the trash count where they were left there.
    pub fn known(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.status, Status::Known | Status::Trashed)).count()
    }

    /// How many of the known lie in the trash.
    pub fn trashed(&self) -> usize {
        self.rows.iter().filter(|row| row.status == Status::Trashed).count()
    }

    /// How many entries were taken out of the trash.
    pub fn restored(&self) -> usize {
        self.rows.iter().filter(|row| row.status == Status::Restored).count()
    }

    /// How many entries were updated.
    pub fn updated(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.status, Status::Updated(_))).count()
    }

    /// Whether it changed the vault, or would.
    pub fn is_change(&self) -> bool {
        self.added() + self.restored() + self.updated() > 0
    }

    /// How many the vault has in another state, which were left so.
    pub fn left(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.status, Status::Left(_))).count()
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
    /// Takes in the entries of `source` that the vault does not have, as one step. Nothing is saved; with
    /// `dry_run`, or where this fails, nothing is changed.
    ///
    /// # Errors
    /// [`SessionError::Import`] where the source as a whole is not what it should be,
    /// [`SessionError::Cancelled`].
    pub fn import(
        &self,
        vault: &mut Vault,
        source: &Source<'_>,
        import: &mut Import<'_>,
        now: Timestamp,
    ) -> Result<ImportReport, SessionError> {
        let has = Present::of(self, vault)?;
        if import.dry_run {
            return Taking::new(self, vault, has).all(source, None, import);
        }
        let label = import.label;
        self.try_edit(vault, now, label, |edit| {
            Taking::new(self, edit.vault(), has).all(source, Some(edit), import)
        })
    }
}

/// What the vault has, by content.
struct Present {
    known: Known,
    /// Entries in use.
    counterparts: Counterparts,
    /// Entries in the trash that no item of the source was equal to, by their fingerprints.
    trashed: HashMap<[u8; 32], Vec<Id>>,
}

impl Present {
    fn of(session: &Session, vault: &Vault) -> Result<Self, SessionError> {
        let mut known = Known::new(&mut SystemRandom).map_err(FormatError::from)?;
        let mut counterparts = Counterparts::new(&mut SystemRandom).map_err(FormatError::from)?;
        let mut trashed: HashMap<[u8; 32], Vec<Id>> = HashMap::new();
        for entry in vault.entries().filter(|entry| entry.state() != State::Gone) {
            let item = Opened::of(entry, session.seal()).item;
            let fingerprint = known.learn(&item);
            if entry.is_live() {
                counterparts.learn(entry.id(), &item, fingerprint);
            } else {
                trashed.entry(fingerprint).or_default().push(entry.id());
            }
        }
        Ok(Self { known, counterparts, trashed })
    }
}

/// An import under way.
struct Taking<'s> {
    session: &'s Session,
    /// The vault as it was before.
    vault: &'s Vault,
    has: Present,
    /// Items that may be meant for an entry of the vault, each with its row of the report, and the id that it
    /// gets if it becomes an entry of its own.
    later: Vec<(usize, Item, Option<Id>)>,
    /// Entries in the trash that an item of the source is equal to, each with its row of the report, and what the
    /// item knows of its history besides.
    found_in_trash: Vec<(usize, Id, Option<Named>)>,
    report: ImportReport,
}

impl<'s> Taking<'s> {
    fn new(session: &'s Session, vault: &'s Vault, has: Present) -> Self {
        let report = ImportReport::default();
        Self { session, vault, has, later: Vec::new(), found_in_trash: Vec::new(), report }
    }

    /// Takes all of `source`; without an edit it only reports.
    fn all(
        mut self,
        source: &Source<'_>,
        mut edit: Option<&mut Edit<'_, '_>>,
        import: &mut Import<'_>,
    ) -> Result<ImportReport, SessionError> {
        match source {
            Source::Vault(session, other) => {
                let entries = other.entries().filter(|entry| entry.state() != State::Gone);
                for (entry, number) in entries.zip(1..) {
                    // A value that does not open is not left out silently: the import stops.
                    self.item(Place::Entry(number), session.item(entry)?, Vec::new(), edit.as_deref_mut())?;
                    self.report_progress(import)?;
                }
            }
            Source::Foreign(format, bytes, unlock) => {
                self.rows(format.reader()?, bytes, unlock, edit.as_deref_mut(), import)?;
            }
            Source::Read(reader, bytes, unlock) => {
                self.rows(*reader, bytes, unlock, edit.as_deref_mut(), import)?;
            }
        }
        for (row, id, history) in std::mem::take(&mut self.found_in_trash) {
            self.report_progress(import)?;
            self.restore(row, id, history, edit.as_deref_mut(), import)?;
        }
        for (row, item, id) in std::mem::take(&mut self.later) {
            self.report_progress(import)?;
            let status = self.changed(row, (item, id), edit.as_deref_mut(), import)?;
            if let Some(row) = self.report.rows.get_mut(row) {
                row.status = status;
            }
        }
        Ok(self.report)
    }

    fn rows(
        &mut self,
        reader: &dyn Importer,
        bytes: &[u8],
        unlock: &Unlock,
        mut edit: Option<&mut Edit<'_, '_>>,
        import: &mut Import<'_>,
    ) -> Result<(), SessionError> {
        let mut failed = None;
        reader.read(bytes, unlock, &mut |row| {
            let taken = match row.outcome {
                Outcome::Item(item, remarks) => self.item(row.place, *item, remarks, edit.as_deref_mut()),
                Outcome::Folder(_) | Outcome::Blank => {
                    self.report.push(row.place, None, Status::NoEntry, Vec::new());
                    Ok(())
                }
                Outcome::Skipped(reason) => {
                    self.report.push(row.place, None, Status::Skipped(reason), Vec::new());
                    Ok(())
                }
            };
            failed = taken.map_err(SessionError::from).and_then(|()| self.report_progress(import)).err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        failed.map_or(Ok(()), Err)
    }

    fn report_progress(&self, import: &mut Import<'_>) -> Result<(), SessionError> {
        match (import.progress)(self.report.rows.len()) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(SessionError::Cancelled),
        }
    }

    /// Takes an item, or puts it by until all have been seen.
    fn item(
        &mut self,
        place: Place,
        mut item: Item,
        remarks: Vec<Remark>,
        edit: Option<&mut Edit<'_, '_>>,
    ) -> Result<(), EditError> {
        let given = item.id;
        let status = match self.has.known.judge(&mut item) {
            Verdict::Known => {
                let fingerprint = self.has.known.fingerprint(&item);
                match self.has.counterparts.equal(&item, fingerprint) {
                    Some(id) => self.add_history(id, &item, edit)?,
                    None => self.find_in_trash(&item, fingerprint),
                }
            }
            Verdict::New | Verdict::NewId => {
                let id = std::mem::replace(&mut item.id, given);
                if !item.trashed && self.has.counterparts.may_have(&item) {
                    self.report.push(place, Some(&item), Status::Added, remarks);
                    self.later.push((self.report.rows.len() - 1, item, id));
                    return Ok(());
                }
                item.id = id;
                add(edit, &item)?
            }
        };
        self.report.push(place, Some(&item), status, remarks);
        Ok(())
    }

    /// What the item knows of the history of an entry that is equal to it, and the vault does not.
    fn history(&self, id: Id, item: &Item) -> Option<Named> {
        let entry = self.vault.entry(id).filter(|_| !item.history.is_empty())?;
        update::history(&Opened::of(entry, self.session.seal()).item, item)
    }

    /// Takes over the earlier values of an item that the vault has, as far as it lacks them: nothing is
    /// replaced by that, so that nothing is to be chosen.
    fn add_history(&self, id: Id, item: &Item, edit: Option<&mut Edit<'_, '_>>) -> Result<Status, EditError> {
        let Some((name, change)) = self.history(id, item) else { return Ok(Status::Known) };
        if let Some(edit) = edit {
            edit.change(id, change)?;
        }
        Ok(Status::Updated(vec![name]))
    }

    /// Puts an entry by that lies in the trash, if the source has it in use.
    fn find_in_trash(&mut self, item: &Item, fingerprint: [u8; 32]) -> Status {
        let ids = self.has.trashed.get_mut(&fingerprint).filter(|_| !item.trashed);
        let Some(id) = ids.and_then(Vec::pop) else { return Status::Known };
        let history = self.history(id, item);
        self.found_in_trash.push((self.report.rows.len(), id, history));
        Status::Trashed
    }

    /// Takes an entry out of the trash, if that is chosen.
    fn restore(
        &mut self,
        at: usize,
        id: Id,
        history: Option<Named>,
        edit: Option<&mut Edit<'_, '_>>,
        import: &mut Import<'_>,
    ) -> Result<(), EditError> {
        let Some(row) = self.report.rows.get_mut(at) else { return Ok(()) };
        let trashed = Trashed { row: at, title: &row.title, username: &row.username };
        if !(import.restore)(&trashed) {
            return Ok(());
        }
        row.status = Status::Restored;
        let Some(edit) = edit else { return Ok(()) };
        edit.change(id, Change::State(State::Live))?;
        history.map_or(Ok(()), |(_, change)| edit.change(id, change))
    }

    /// What becomes of an item that was put by.
    fn changed(
        &mut self,
        row: usize,
        (mut item, id): (Item, Option<Id>),
        edit: Option<&mut Edit<'_, '_>>,
        import: &mut Import<'_>,
    ) -> Result<Status, EditError> {
        let entry = self.has.counterparts.of(&item).and_then(|id| self.vault.entry(id));
        item.id = id;
        let Some(entry) = entry else { return add(edit, &item) };
        let changes = update::changes(entry, self.session.seal(), &item);
        if changes.is_empty() {
            return Ok(Status::Known);
        }
        let mut fields: Vec<String> = changes.iter().map(|(name, _)| name.clone()).collect();
        fields.dedup();
        let changed = Changed { row, title: &item.title, username: &item.username, fields: &fields };
        match (import.choose)(&changed) {
            Choice::Both => return add(edit, &item),
            Choice::Skip => return Ok(Status::Left(fields)),
            Choice::Update => {}
        }
        if let Some(edit) = edit {
            for (_, change) in changes {
                edit.change(entry.id(), change)?;
            }
        }
        Ok(Status::Updated(fields))
    }
}

/// Adds an item as an entry of its own.
fn add(edit: Option<&mut Edit<'_, '_>>, item: &Item) -> Result<Status, EditError> {
    if let Some(edit) = edit {
        edit.add(item)?;
    }
    Ok(Status::Added)
}
