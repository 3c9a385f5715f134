//! Every change as a value that makes cells. An edit only adds: what it replaces becomes history, and its
//! undo is another edit ([`super::undo`]).

mod add;

use std::collections::HashMap;

use thiserror::Error;

use super::attachment::{Manifest, PART_LEN};
use super::cell::{Cell, NewCell, Record, Stamp};
use super::entry::State;
use super::id::Id;
use super::item::{Item, ItemField, PastValue};
use super::kinds::FieldKind;
use super::new_cells::NewCells;
use super::seal::{Place, Seal};
use super::tag::{EMPTIED, Kind, REMOVED, SEALED, Tag};
use super::{Entry, MAX_CELLS, MAX_RECORDS, MAX_SECRET, MAX_VALUE, Vault, folder};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Why an edit changed nothing.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EditError {
    /// The id names no entry.
    #[error("no such entry")]
    NoSuchEntry,
    /// One value is larger than the format holds.
    #[error("{field} is too long: {len} bytes, and at most {most} fit")]
    #[allow(missing_docs)]
    TooLong { field: &'static str, len: usize, most: usize },
    /// The vault would have more records or cells than the format holds.
    #[error("the vault is full")]
    Full,
    /// Fail closed: without randomness there is no new id.
    #[error("the system's random generator failed")]
    NoRandomness,
}

/// Who makes an edit, when, and with what.
pub struct Author<'a> {
    /// Seals the secrets.
    pub seal: &'a dyn Seal,
    /// Makes new ids.
    pub new_id: &'a mut dyn FnMut() -> Result<Id, EditError>,
    /// This installation.
    pub writer: Id,
    /// This moment.
    pub now: Timestamp,
}

/// A change of one entry.
#[derive(Debug)]
#[allow(missing_docs)] // each replaces the value of that name; an empty text or none removes it
pub enum Change {
    Title(String),
    Username(String),
    Kind(String),
    Folder(String),
    Favourite(bool),
    Password(Option<Secret>),
    Note(Option<Secret>),
    Otp(Option<Secret>),
    Urls(Vec<String>),
    Tags(Vec<String>),
    State(State),
    LastUsed(Timestamp),
    /// Changes the custom field of this id, or adds one.
    Field {
        id: Option<Id>,
        name: String,
        kind: FieldKind,
        value: Secret,
    },
    /// Adds custom fields behind those that are there.
    Fields(Vec<ItemField>),
    RemoveField(Id),
    /// Custom fields in this order.
    FieldOrder(Vec<Id>),
    Attach {
        name: String,
        content: Secret,
    },
    /// Adds values that it had before, oldest first; they are history, whatever their times.
    Past(Vec<PastValue>),
    /// Adds a passkey.
    Passkey(Secret),
    Expiry(Option<Timestamp>),
    Policy(String),
    PendingPassword(Option<Secret>),
    /// Days after which the password is to be changed.
    Reminder(Option<u32>),
    SignsInWith(Option<Id>),
    /// Whether a custom field, a back-up code, has been used up.
    TickedOff {
        field: Id,
        used: bool,
    },
    /// Has an audit ignore findings of this kind for a reason, or no longer.
    Except {
        kind: String,
        reason: Option<String>,
    },
}

impl Vault {
    /// Runs `make` on an edit and applies what it wrote, as one step that can be undone and is called `label`
    /// ("password of GitHub"). Where `make` fails, or writes nothing, nothing changes.
    ///
    /// # Errors
    /// As `make`, and [`EditError::Full`].
    pub fn edit<T>(
        &mut self,
        author: &mut Author<'_>,
        label: &str,
        make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>,
    ) -> Result<T, EditError> {
        self.try_edit(author, label, make)
    }

    /// As [`Self::edit`], where `make` may fail in other ways too.
    ///
    /// # Errors
    /// As `make`, and [`EditError::Full`].
    pub fn try_edit<T, E: From<EditError>>(
        &mut self,
        author: &mut Author<'_>,
        label: &str,
        make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut edit = Edit::new(self, author);
        let made = make(&mut edit)?;
        if !edit.cells.is_empty() && !label.is_empty() {
            edit.note_step(label)?;
        }
        let cells = edit.cells;
        self.check_room(&cells)?;
        self.apply(cells);
        Ok(made)
    }

    fn check_room(&self, cells: &NewCells) -> Result<(), EditError> {
        let held: usize = self.records.iter().map(|record| record.cells.len()).sum();
        let mut new: Vec<(Kind, Id)> = cells.records().collect();
        new.sort_unstable();
        new.dedup();
        let fits = held + cells.len() <= MAX_CELLS && self.records.len() + new.len() <= MAX_RECORDS;
        if fits { Ok(()) } else { Err(EditError::Full) }
    }
}

/// An edit in the making: reads the vault as it was before, and collects cells.
pub struct Edit<'v, 'a> {
    pub(super) vault: &'v Vault,
    pub(super) author: &'v mut Author<'a>,
    pub(super) stamp: Stamp,
    pub(super) cells: NewCells,
    /// How many cells there were before the first change of each entry.
    changed_from: HashMap<Id, usize>,
}

impl<'v, 'a> Edit<'v, 'a> {
    fn new(vault: &'v Vault, author: &'v mut Author<'a>) -> Self {
        let stamp = vault.next_stamp(author.writer, author.now);
        Self { vault, author, stamp, cells: NewCells::default(), changed_from: HashMap::new() }
    }

    /// The vault as it was before.
    pub fn vault(&self) -> &'v Vault {
        self.vault
    }

    /// Changes an entry; a value that it has already is not written again.
    ///
    /// # Errors
    /// [`EditError::NoSuchEntry`], [`EditError::TooLong`], [`EditError::NoRandomness`].
    pub fn change(&mut self, id: Id, change: Change) -> Result<(), EditError> {
        let entry = self.vault.entry(id).ok_or(EditError::NoSuchEntry)?;
        self.changed_from.entry(id).or_insert(self.cells.len());
        match change {
            Change::Title(text) => self.set_text(entry, Tag::TITLE, None, &text),
            Change::Username(text) => self.set_text(entry, Tag::USERNAME, None, &text),
            Change::Kind(text) => self.set_text(entry, Tag::TYPE, None, &text),
            Change::Folder(path) => self.set_text(entry, Tag::FOLDER, None, &folder::normal(&path)),
            Change::Favourite(yes) => self.set(entry, Tag::FAVOURITE, None, 0, vec![u8::from(yes)]),
            Change::Password(secret) => self.set_secret(entry, Tag::PASSWORD, secret),
            Change::Note(secret) => self.set_secret(entry, Tag::NOTE, secret),
            Change::Otp(secret) => self.set_secret(entry, Tag::OTP, secret),
            Change::Urls(texts) => self.set_texts(entry, Tag::URL, &entry.url_cells(), &texts),
            Change::Tags(texts) => self.set_texts(entry, Tag::ENTRY_TAG, &entry.tag_cells(), &texts),
            Change::State(state) => self.set_state(entry, state),
            Change::LastUsed(time) => self.set(entry, Tag::LAST_USED, None, 0, time.0.to_le_bytes().to_vec()),
            Change::Field { id: None, name, kind, value } => {
                let order = self.place_behind(entry)?;
                self.add_field(id, &name, kind, &value, order).map(|_| ())
            }
            Change::Field { id: Some(field), name, kind, value } => {
                let id = Some(field);
                self.set_text(entry, Tag::FIELD_LABEL, id, &name)?;
                self.set(entry, Tag::FIELD_KIND, id, 0, vec![kind.number()])?;
                let (flags, value) =
                    self.sealed_if(kind.is_secret(), entry.id(), Tag::FIELD_VALUE, id, &value)?;
                self.set(entry, Tag::FIELD_VALUE, id, flags, value)
            }
            Change::Fields(fields) => {
                let first = self.place_behind(entry)?.unwrap_or_default();
                fields
                    .iter()
                    .zip(first..)
                    .try_for_each(|(field, order)| self.add_item_field(id, field, Some(order)))
            }
            Change::RemoveField(field) => {
                // The label stays, so that the history can name what was removed.
                self.set(entry, Tag::FIELD_VALUE, Some(field), REMOVED, Vec::new())
            }
            Change::FieldOrder(order) => order.iter().zip(0_u32..).try_for_each(|(field, at)| {
                self.set(entry, Tag::ORDER, Some(*field), 0, at.to_le_bytes().to_vec())
            }),
            Change::Attach { name, content } => self.attach(id, &name, &content),
            Change::Past(past) => self.add_history(id, self.cells.len(), &past),
            Change::Passkey(passkey) => {
                let field = Some(self.new_id()?);
                self.sealed(id, Tag::PASSKEY, field, passkey.expose())
            }
            Change::Expiry(time) => self.set_bytes(entry, Tag::EXPIRY, time.map(|time| time.0.to_le_bytes())),
            Change::Policy(text) => self.set_text(entry, Tag::POLICY, None, &text),
            Change::PendingPassword(secret) => self.set_secret(entry, Tag::PENDING_PASSWORD, secret),
            Change::Reminder(days) => self.set_bytes(entry, Tag::REMINDER, days.map(u32::to_le_bytes)),
            Change::SignsInWith(other) => self.set_bytes(entry, Tag::SIGNS_IN_WITH, other.map(|id| id.0)),
            Change::TickedOff { field, used } => {
                let is_there = entry.fields().iter().any(|known| known.id == field);
                let used = used.then_some([1]);
                if !is_there {
                    return Err(EditError::NoSuchEntry);
                }
                self.set_field(entry, Tag::TICKED_OFF, Some(field), used)
            }
            Change::Except { kind, reason } => self.except(entry, &kind, reason.as_deref()),
        }
    }

    /// Makes a value from the entry's history current again; what it replaces becomes history.
    ///
    /// # Errors
    /// [`EditError::NoSuchEntry`] where there is no such value.
    pub fn restore_past(
        &mut self,
        id: Id,
        tag: Tag,
        field: Option<Id>,
        time: Timestamp,
    ) -> Result<(), EditError> {
        let entry = self.vault.entry(id).ok_or(EditError::NoSuchEntry)?;
        let cells = entry.record().cells_of(tag, field).iter().rev();
        let mut cells = cells.filter(|cell| !cell.is_emptied() && !cell.is_removed());
        let past = cells.find(|cell| self.vault.stamp(cell).time == time).ok_or(EditError::NoSuchEntry)?;
        self.set(entry, tag, field, past.flags, self.vault.value(past).to_vec())
    }

    /// Deletes every value of the entry for good, its history too.
    ///
    /// # Errors
    /// [`EditError::NoSuchEntry`].
    pub fn purge(&mut self, id: Id) -> Result<(), EditError> {
        let entry = self.vault.entry(id).ok_or(EditError::NoSuchEntry)?;
        self.empty(entry.record());
        self.plain(id, Tag::STATE, None, &[2])
    }

    /// Writes a value of the settings.
    ///
    /// # Errors
    /// [`EditError::TooLong`].
    pub fn put_setting(&mut self, tag: Tag, value: Vec<u8>) -> Result<(), EditError> {
        self.put(Kind::SETTINGS, Id::ZERO, tag, None, 0, value)
    }

    /// Writes a cell as it is.
    ///
    /// # Errors
    /// [`EditError::TooLong`].
    pub fn put(
        &mut self,
        kind: Kind,
        id: Id,
        tag: Tag,
        field: Option<Id>,
        flags: u8,
        value: Vec<u8>,
    ) -> Result<(), EditError> {
        self.write(&NewCell { kind, id, tag, field, stamp: self.stamp, flags, version: 0, value })
    }

    pub(super) fn write(&mut self, cell: &NewCell) -> Result<(), EditError> {
        fits(cell.tag, cell.value.len(), MAX_VALUE)?;
        self.cells.push(cell);
        Ok(())
    }

    /// Writes what a cell of an entry says once more, whatever its version.
    pub(super) fn put_again(&mut self, id: Id, cell: &Cell, value: Vec<u8>) -> Result<(), EditError> {
        let Cell { tag, field, flags, version, .. } = *cell;
        self.write(&NewCell { kind: Kind::ENTRY, id, tag, field, stamp: self.stamp, flags, version, value })
    }

    /// Empties every cell of a record.
    pub fn empty(&mut self, record: &Record) {
        for cell in record.cells.iter().filter(|cell| !cell.is_emptied()) {
            self.cells.push(&NewCell {
                kind: record.kind,
                id: record.id,
                tag: cell.tag,
                field: cell.field,
                stamp: self.vault.stamp(cell),
                flags: EMPTIED,
                version: 0,
                value: Vec::new(),
            });
        }
    }

    /// What was written to an entry behind the first `start` cells of this edit, with the values.
    pub(super) fn written(&self, id: Id, start: usize) -> impl DoubleEndedIterator<Item = (&Cell, &[u8])> {
        let cells = self.cells.since(start);
        cells.filter(move |(_, of, ..)| *of == id).map(|(.., cell, value)| (cell, value))
    }

    pub(super) fn new_id(&mut self) -> Result<Id, EditError> {
        (self.author.new_id)()
    }

    /// Writes a field unless its current cell says the same.
    pub(super) fn set(
        &mut self,
        entry: Entry<'_>,
        tag: Tag,
        field: Option<Id>,
        flags: u8,
        value: Vec<u8>,
    ) -> Result<(), EditError> {
        let same = |cell: &Cell| cell.flags == flags && self.vault.value(cell) == value;
        match entry.record().current(tag, field) {
            Some(current) if same(current) => Ok(()),
            None if flags & REMOVED != 0 => Ok(()),
            _ => self.put(Kind::ENTRY, entry.id(), tag, field, flags, value),
        }
    }

    fn set_text(
        &mut self,
        entry: Entry<'_>,
        tag: Tag,
        field: Option<Id>,
        text: &str,
    ) -> Result<(), EditError> {
        let flags = if text.is_empty() { REMOVED } else { 0 };
        self.set(entry, tag, field, flags, text.as_bytes().to_vec())
    }

    fn set_secret(&mut self, entry: Entry<'_>, tag: Tag, secret: Option<Secret>) -> Result<(), EditError> {
        match secret.filter(|secret| !secret.is_empty()) {
            None => self.set(entry, tag, None, REMOVED, Vec::new()),
            Some(secret) => {
                let sealed = self.seal(entry.id(), tag, None, secret.expose())?;
                self.set(entry, tag, None, SEALED, sealed)
            }
        }
    }

    fn set_state(&mut self, entry: Entry<'_>, state: State) -> Result<(), EditError> {
        let state = match state {
            State::Live => 0,
            State::Trash => 1,
            State::Gone => return self.purge(entry.id()),
        };
        self.set(entry, Tag::STATE, None, 0, vec![state])
    }

    fn set_bytes<const N: usize>(
        &mut self,
        entry: Entry<'_>,
        tag: Tag,
        value: Option<[u8; N]>,
    ) -> Result<(), EditError> {
        self.set_field(entry, tag, None, value)
    }

    fn set_field<const N: usize>(
        &mut self,
        entry: Entry<'_>,
        tag: Tag,
        field: Option<Id>,
        value: Option<[u8; N]>,
    ) -> Result<(), EditError> {
        let flags = if value.is_some() { 0 } else { REMOVED };
        self.set(entry, tag, field, flags, value.map(Vec::from).unwrap_or_default())
    }

    /// One exception of each kind; a new reason takes the place of the old.
    fn except(&mut self, entry: Entry<'_>, kind: &str, reason: Option<&str>) -> Result<(), EditError> {
        let known = entry.exception_cells().into_iter().filter(|(_, (known, _))| *known == kind);
        let mut known = known.map(|(cell, _)| cell.field);
        if let Some(reason) = reason {
            let field = match known.next() {
                Some(field) => field,
                None => Some(self.new_id()?),
            };
            // Said again, it counts again, also where what it is about was changed meanwhile.
            let text = exception_text(kind, reason);
            self.put(Kind::ENTRY, entry.id(), Tag::AUDIT_EXCEPTION, field, 0, text.into_bytes())?;
        }
        // Two devices may each have made one.
        known.try_for_each(|field| self.set_text(entry, Tag::AUDIT_EXCEPTION, field, ""))
    }

    /// Makes a list's values `texts`: equal ones keep their field, a changed one takes over the field of one
    /// that is no longer there (so that it has a history), what is left over is removed.
    fn set_texts(
        &mut self,
        entry: Entry<'_>,
        tag: Tag,
        old: &[&Cell],
        texts: &[String],
    ) -> Result<(), EditError> {
        let mut free: Vec<&Cell> = old.to_vec();
        let texts = texts.iter().filter(|text| !text.is_empty());
        let mut wanted: Vec<(&String, Option<Id>)> = texts.map(|text| (text, None)).collect();
        for (text, field) in &mut wanted {
            if let Some(at) = free.iter().position(|cell| self.vault.value(cell) == text.as_bytes()) {
                *field = free.remove(at).field;
            }
        }
        let mut free = free.into_iter();
        for (text, field) in wanted.iter_mut().filter(|(_, field)| field.is_none()) {
            *field = match free.next() {
                Some(cell) => cell.field,
                None => Some(self.new_id()?),
            };
            self.set_text(entry, tag, *field, text)?;
        }
        for cell in free {
            self.set_text(entry, tag, cell.field, "")?;
        }
        if wanted.len() < 2 {
            return Ok(());
        }
        wanted.iter().zip(0_u32..).try_for_each(|((_, field), order)| {
            self.set(entry, Tag::ORDER, *field, 0, order.to_le_bytes().to_vec())
        })
    }

    fn add_field(
        &mut self,
        id: Id,
        name: &str,
        kind: FieldKind,
        value: &Secret,
        order: Option<usize>,
    ) -> Result<Id, EditError> {
        let new = self.new_id()?;
        let field = Some(new);
        self.plain(id, Tag::FIELD_LABEL, field, name.as_bytes())?;
        if kind != FieldKind::Text {
            self.plain(id, Tag::FIELD_KIND, field, &[kind.number()])?;
        }
        if let Some(order) = order.and_then(|order| u32::try_from(order).ok()) {
            self.plain(id, Tag::ORDER, field, &order.to_le_bytes())?;
        }
        let (flags, value) = self.sealed_if(kind.is_secret(), id, Tag::FIELD_VALUE, field, value)?;
        self.put(Kind::ENTRY, id, Tag::FIELD_VALUE, field, flags, value)?;
        Ok(new)
    }

    fn add_item_field(&mut self, id: Id, field: &ItemField, order: Option<usize>) -> Result<(), EditError> {
        let new = self.add_field(id, &field.name, field.kind, &field.value, order)?;
        if field.ticked_off { self.plain(id, Tag::TICKED_OFF, Some(new), &[1]) } else { Ok(()) }
    }

    fn attach(&mut self, id: Id, name: &str, content: &Secret) -> Result<(), EditError> {
        let mut parts = Vec::new();
        for part in content.expose().chunks(PART_LEN) {
            let field = self.new_id()?;
            self.sealed(id, Tag::PART, Some(field), part)?;
            parts.push(field.0);
        }
        let manifest = Manifest { name: name.to_owned(), len: content.len() as u64, parts };
        let field = Some(self.new_id()?);
        self.plain(id, Tag::MANIFEST, field, &manifest.encode())
    }

    pub(super) fn plain(
        &mut self,
        id: Id,
        tag: Tag,
        field: Option<Id>,
        value: &[u8],
    ) -> Result<(), EditError> {
        self.put(Kind::ENTRY, id, tag, field, 0, value.to_vec())
    }

    fn sealed(&mut self, id: Id, tag: Tag, field: Option<Id>, secret: &[u8]) -> Result<(), EditError> {
        let sealed = self.seal(id, tag, field, secret)?;
        self.put(Kind::ENTRY, id, tag, field, SEALED, sealed)
    }

    /// The order of a custom field behind all that the entry has and this edit has added; none for the first.
    /// A field without a number sorts last, so that they all get one.
    fn place_behind(&mut self, entry: Entry<'_>) -> Result<Option<usize>, EditError> {
        let there = entry.fields().into_iter().map(|field| Some(field.id));
        let mut fields: Vec<Option<Id>> = there.collect();
        let start = self.changed_from.get(&entry.id()).copied().unwrap_or_default();
        let added = self.written(entry.id(), start).map(|(cell, _)| cell);
        let added = added.filter(|cell| cell.tag == Tag::FIELD_LABEL).map(|cell| cell.field);
        let added: Vec<Option<Id>> = added.filter(|field| !fields.contains(field)).collect();
        fields.extend(added);
        for (field, order) in fields.iter().zip(0_u32..) {
            let mut written = self.written(entry.id(), start);
            let has_order = written.any(|(cell, _)| cell.tag == Tag::ORDER && cell.field == *field);
            drop(written);
            if !has_order {
                self.set(entry, Tag::ORDER, *field, 0, order.to_le_bytes().to_vec())?;
            }
        }
        Ok((!fields.is_empty()).then_some(fields.len()))
    }

    /// Flags and value of a cell that is sealed if it is a secret.
    fn sealed_if(
        &self,
        is_secret: bool,
        id: Id,
        tag: Tag,
        field: Option<Id>,
        value: &Secret,
    ) -> Result<(u8, Vec<u8>), EditError> {
        if is_secret {
            return Ok((SEALED, self.seal(id, tag, field, value.expose())?));
        }
        fits(tag, value.len(), MAX_VALUE)?;
        Ok((0, value.expose().to_vec()))
    }

    fn seal(&self, record: Id, tag: Tag, field: Option<Id>, secret: &[u8]) -> Result<Vec<u8>, EditError> {
        self.seal_at(Place { record, tag, field }, secret)
    }

    pub(super) fn seal_at(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, EditError> {
        fits(place.tag, secret.len(), MAX_SECRET)?;
        Ok(self.author.seal.seal(place, secret))
    }
}

/// An exception as it is kept. A kind has no blanks.
fn exception_text(kind: &str, reason: &str) -> String {
    format!("{} {reason}", kind.replace(' ', "-"))
}

fn fits(tag: Tag, len: usize, most: usize) -> Result<(), EditError> {
    if len > most { Err(EditError::TooLong { field: name_of(tag), len, most }) } else { Ok(()) }
}

fn name_of(tag: Tag) -> &'static str {
    match tag {
        Tag::TITLE => "the title",
        Tag::USERNAME => "the user name",
        Tag::PASSWORD => "the password",
        Tag::URL => "the URL",
        Tag::NOTE => "the note",
        Tag::OTP => "the one-time code's secret",
        Tag::ENTRY_TAG => "the tag",
        Tag::FOLDER => "the folder",
        _ => "the field",
    }
}
