//! Every change as a value that makes cells. An edit only adds: what it replaces becomes history, and its
//! undo is another edit ([`super::undo`]).

use thiserror::Error;

use super::attachment::{Manifest, PART_LEN};
use super::cell::{Cell, NewCell, Record, Stamp};
use super::entry::State;
use super::id::Id;
use super::item::{Item, PastValue};
use super::kinds::FieldKind;
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
    RemoveField(Id),
    /// Custom fields in this order.
    FieldOrder(Vec<Id>),
    Attach {
        name: String,
        content: Secret,
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

    fn check_room(&self, cells: &[NewCell]) -> Result<(), EditError> {
        let held: usize = self.records.iter().map(|record| record.cells.len()).sum();
        let mut new: Vec<(Kind, Id)> = cells.iter().map(|cell| (cell.kind, cell.id)).collect();
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
    pub(super) cells: Vec<NewCell>,
}

impl<'v, 'a> Edit<'v, 'a> {
    fn new(vault: &'v Vault, author: &'v mut Author<'a>) -> Self {
        let stamp = vault.next_stamp(author.writer, author.now);
        Self { vault, author, stamp, cells: Vec::new() }
    }

    /// Adds an entry, with its history, and gives its id.
    ///
    /// # Errors
    /// [`EditError::TooLong`], [`EditError::NoRandomness`].
    pub fn add(&mut self, item: &Item) -> Result<Id, EditError> {
        let id = match item.id.filter(|id| self.vault.entry(*id).is_none()) {
            Some(id) => id,
            None => self.new_id()?,
        };
        let start = self.cells.len();
        self.plain(id, Tag::STATE, None, &[u8::from(item.trashed)])?;
        self.plain(id, Tag::TYPE, None, item.kind.as_bytes())?;
        for (tag, text) in [
            (Tag::TITLE, item.title.as_str()),
            (Tag::USERNAME, &item.username),
            (Tag::FOLDER, &folder::normal(&item.folder)),
        ] {
            if !text.is_empty() {
                self.plain(id, tag, None, text.as_bytes())?;
            }
        }
        let secrets = [(Tag::PASSWORD, &item.password), (Tag::NOTE, &item.note), (Tag::OTP, &item.totp)];
        for (tag, secret) in secrets {
            if let Some(secret) = secret.as_ref().filter(|secret| !secret.is_empty()) {
                self.sealed(id, tag, None, secret.expose())?;
            }
        }
        if item.favourite {
            self.plain(id, Tag::FAVOURITE, None, &[1])?;
        }
        let times =
            [(Tag::CREATED, item.created), (Tag::MODIFIED, item.modified), (Tag::LAST_USED, item.last_used)];
        for (tag, time) in times {
            if let Some(time) = time {
                self.plain(id, tag, None, &time.0.to_le_bytes())?;
            }
        }
        self.add_texts(id, Tag::URL, &item.urls)?;
        self.add_texts(id, Tag::ENTRY_TAG, &item.tags)?;
        let many = item.fields.len() > 1;
        for (order, field) in item.fields.iter().enumerate() {
            let order = many.then_some(order);
            self.add_field(id, &field.name, field.kind, &field.value, order)?;
        }
        for file in &item.attachments {
            self.attach(id, &file.name, &file.content)?;
        }
        self.add_history(id, start, &item.history)?;
        Ok(id)
    }

    /// Changes an entry; a value that it has already is not written again.
    ///
    /// # Errors
    /// [`EditError::NoSuchEntry`], [`EditError::TooLong`], [`EditError::NoRandomness`].
    pub fn change(&mut self, id: Id, change: Change) -> Result<(), EditError> {
        let entry = self.vault.entry(id).ok_or(EditError::NoSuchEntry)?;
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
                self.add_field(id, &name, kind, &value, order)
            }
            Change::Field { id: Some(field), name, kind, value } => {
                let id = Some(field);
                self.set_text(entry, Tag::FIELD_LABEL, id, &name)?;
                self.set(entry, Tag::FIELD_KIND, id, 0, vec![kind.number()])?;
                let (flags, value) =
                    self.sealed_if(kind.is_secret(), entry.id(), Tag::FIELD_VALUE, id, &value)?;
                self.set(entry, Tag::FIELD_VALUE, id, flags, value)
            }
            Change::RemoveField(field) => {
                // The label stays, so that the history can name what was removed.
                self.set(entry, Tag::FIELD_VALUE, Some(field), REMOVED, Vec::new())
            }
            Change::FieldOrder(order) => order.iter().zip(0_u32..).try_for_each(|(field, at)| {
                self.set(entry, Tag::ORDER, Some(*field), 0, at.to_le_bytes().to_vec())
            }),
            Change::Attach { name, content } => self.attach(id, &name, &content),
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
        fits(tag, value.len(), MAX_VALUE)?;
        self.cells.push(NewCell { kind, id, tag, field, stamp: self.stamp, flags, version: 0, value });
        Ok(())
    }

    /// Writes what a cell of an entry says once more, whatever its version.
    pub(super) fn put_again(&mut self, id: Id, cell: &Cell, value: Vec<u8>) -> Result<(), EditError> {
        self.put(Kind::ENTRY, id, cell.tag, cell.field, cell.flags, value)?;
        if let Some(put) = self.cells.last_mut() {
            put.version = cell.version;
        }
        Ok(())
    }

    /// Empties every cell of a record.
    pub fn empty(&mut self, record: &Record) {
        for cell in record.cells.iter().filter(|cell| !cell.is_emptied()) {
            self.cells.push(NewCell {
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

    fn add_texts(&mut self, id: Id, tag: Tag, texts: &[String]) -> Result<(), EditError> {
        let many = texts.len() > 1;
        for (text, order) in texts.iter().filter(|text| !text.is_empty()).zip(0_u32..) {
            let field = Some(self.new_id()?);
            self.plain(id, tag, field, text.as_bytes())?;
            if many {
                self.plain(id, Tag::ORDER, field, &order.to_le_bytes())?;
            }
        }
        Ok(())
    }

    fn add_field(
        &mut self,
        id: Id,
        name: &str,
        kind: FieldKind,
        value: &Secret,
        order: Option<usize>,
    ) -> Result<(), EditError> {
        let field = Some(self.new_id()?);
        self.plain(id, Tag::FIELD_LABEL, field, name.as_bytes())?;
        if kind != FieldKind::Text {
            self.plain(id, Tag::FIELD_KIND, field, &[kind.number()])?;
        }
        if let Some(order) = order.and_then(|order| u32::try_from(order).ok()) {
            self.plain(id, Tag::ORDER, field, &order.to_le_bytes())?;
        }
        let (flags, value) = self.sealed_if(kind.is_secret(), id, Tag::FIELD_VALUE, field, value)?;
        self.put(Kind::ENTRY, id, Tag::FIELD_VALUE, field, flags, value)
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

    /// Writes values that were replaced before this entry came here, each under a stamp of its own time.
    fn add_history(&mut self, id: Id, start: usize, history: &[PastValue]) -> Result<(), EditError> {
        let mut latest = self.stamp.time.0;
        for past in history.iter().rev() {
            latest = past.time.0.min(latest.saturating_sub(1));
            let stamp = Stamp { time: Timestamp(latest), ..self.stamp };
            let (tag, field) = self.history_place(id, start, past)?;
            let is_sealed = tag.is_always_sealed() || field.is_some_and(|_| self.field_is_sealed(id, field));
            let (flags, value) = self.sealed_if(is_sealed, id, tag, field, &past.value)?;
            self.put(Kind::ENTRY, id, tag, field, flags, value)?;
            if let Some(cell) = self.cells.last_mut() {
                cell.stamp = stamp;
            }
        }
        Ok(())
    }

    /// The field that a past value is one of; a custom field that is there no longer is made, and removed.
    fn history_place(
        &mut self,
        id: Id,
        start: usize,
        past: &PastValue,
    ) -> Result<(Tag, Option<Id>), EditError> {
        let single = match past.field.as_str() {
            "title" => Some(Tag::TITLE),
            "username" => Some(Tag::USERNAME),
            "password" => Some(Tag::PASSWORD),
            "note" => Some(Tag::NOTE),
            "totp" => Some(Tag::OTP),
            "folder" => Some(Tag::FOLDER),
            _ => None,
        };
        if let Some(tag) = single {
            return Ok((tag, None));
        }
        let list = match past.field.as_str() {
            "url" => Some(Tag::URL),
            "tag" => Some(Tag::ENTRY_TAG),
            _ => None,
        };
        let mine = self.cells.get(start..).unwrap_or_default().iter().filter(|cell| cell.id == id);
        if let Some(tag) = list {
            let first = mine.into_iter().find(|cell| cell.tag == tag).and_then(|cell| cell.field);
            if let Some(field) = first {
                return Ok((tag, Some(field)));
            }
            let field = Some(self.new_id()?);
            self.put(Kind::ENTRY, id, tag, field, REMOVED, Vec::new())?;
            return Ok((tag, field));
        }
        let mut labels = mine.filter(|cell| cell.tag == Tag::FIELD_LABEL);
        if let Some(label) = labels.find(|cell| cell.value == past.field.as_bytes()) {
            return Ok((Tag::FIELD_VALUE, label.field));
        }
        let field = Some(self.new_id()?);
        self.plain(id, Tag::FIELD_LABEL, field, past.field.as_bytes())?;
        self.plain(id, Tag::FIELD_KIND, field, &[FieldKind::Hidden.number()])?;
        self.put(Kind::ENTRY, id, Tag::FIELD_VALUE, field, REMOVED, Vec::new())?;
        Ok((Tag::FIELD_VALUE, field))
    }

    fn field_is_sealed(&self, id: Id, field: Option<Id>) -> bool {
        let kind = self
            .cells
            .iter()
            .rev()
            .find(|cell| cell.id == id && cell.tag == Tag::FIELD_KIND && cell.field == field);
        kind.and_then(|cell| cell.value.first()).is_some_and(|kind| FieldKind::numbered(*kind).is_secret())
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
        let is_mine = |cell: &&NewCell, tag| cell.id == entry.id() && cell.tag == tag;
        let added = self.cells.iter().filter(|cell| is_mine(cell, Tag::FIELD_LABEL)).map(|cell| cell.field);
        let added: Vec<Option<Id>> = added.filter(|field| !fields.contains(field)).collect();
        fields.extend(added);
        for (field, order) in fields.iter().zip(0_u32..) {
            let has_order = self.cells.iter().any(|cell| is_mine(&cell, Tag::ORDER) && cell.field == *field);
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
        fits(tag, secret.len(), MAX_SECRET)?;
        Ok(self.author.seal.seal(Place { record, tag, field }, secret))
    }
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
