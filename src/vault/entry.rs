//! An entry as a view of its cells: the current values, when they were set, and what they were before.
//! Text that is not UTF-8, or a number of the wrong length, reads as unreadable and is kept as it is.

use super::Vault;
use super::cell::{Cell, Record};
use super::id::Id;
use super::kinds::{self, EntryKind, FieldKind};
use super::seal::Place;
use super::tag::Tag;
use crate::time::Timestamp;

/// What is shown for text that cannot be read.
pub const UNREADABLE: &str = "(unreadable)";

/// Whether an entry is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In use.
    Live,
    /// In the trash.
    Trash,
    /// Deleted for good: nothing is left to show.
    Gone,
}

/// The value of a field: plain, or sealed together with the place that it opens at.
#[derive(Debug, Clone, Copy)]
pub enum Value<'v> {
    /// Plain text.
    Text(&'v str),
    /// Ciphertext.
    Sealed(Place, &'v [u8]),
    /// Plain bytes that are not text.
    Unreadable,
}

/// A custom field.
#[derive(Debug, Clone, Copy)]
pub struct Field<'v> {
    /// Which one.
    pub id: Id,
    /// Its label.
    pub label: &'v str,
    /// What it holds.
    pub kind: FieldKind,
    /// Its value.
    pub value: Value<'v>,
    /// Whether it has been used up, as a back-up code is.
    pub ticked_off: bool,
}

/// A file kept with an entry.
#[derive(Debug, Clone)]
pub struct AttachedFile<'v> {
    /// Which one.
    pub id: Id,
    /// File name and parts.
    pub manifest: super::attachment::Manifest,
    /// The sealed parts that are there, in order.
    pub parts: Vec<Value<'v>>,
}

/// A value that was replaced.
#[derive(Debug, Clone, Copy)]
pub struct Past<'v> {
    /// What it was a value of.
    pub tag: Tag,
    /// Which field of that tag.
    pub field: Option<Id>,
    /// The name of the field as a person gives it: `password`, or a custom field's label.
    pub name: &'v str,
    /// The value.
    pub value: Value<'v>,
    /// When it was set.
    pub time: Timestamp,
}

/// A view of one entry.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'v> {
    vault: &'v Vault,
    record: &'v Record,
}

impl<'v> Entry<'v> {
    pub(super) fn new(vault: &'v Vault, record: &'v Record) -> Self {
        Self { vault, record }
    }

    /// Which one.
    pub fn id(&self) -> Id {
        self.record.id
    }

    /// The vault that it is in.
    pub fn vault(&self) -> &'v Vault {
        self.vault
    }

    /// All of its cells.
    pub fn record(&self) -> &'v Record {
        self.record
    }

    /// Live, in the trash, or gone. One deleted for good on one device and edited on another shows up in
    /// the trash: a deletion does not beat an edit that it had not seen.
    pub fn state(&self) -> State {
        match self.byte(Tag::STATE) {
            Some(2) if self.record.cells.iter().any(|cell| is_content(cell) && !cell.is_emptied()) => {
                State::Trash
            }
            Some(2) => State::Gone,
            Some(1) => State::Trash,
            _ => State::Live,
        }
    }

    /// In use: neither in the trash nor gone.
    pub fn is_live(&self) -> bool {
        self.state() == State::Live
    }

    /// Public name of the kind.
    pub fn kind_name(&self) -> &'v str {
        match self.text(Tag::TYPE) {
            "" => kinds::LOGIN,
            name => name,
        }
    }

    /// The kind, where this version knows it.
    pub fn kind(&self) -> Option<&'static EntryKind> {
        kinds::named(self.kind_name())
    }

    /// Title, empty if none.
    pub fn title(&self) -> &'v str {
        self.text(Tag::TITLE)
    }

    /// User name, empty if none.
    pub fn username(&self) -> &'v str {
        self.text(Tag::USERNAME)
    }

    /// Folder path (see [`super::folder`]), empty if none.
    pub fn folder(&self) -> &'v str {
        self.text(Tag::FOLDER)
    }

    /// URLs in order.
    pub fn urls(&self) -> Vec<&'v str> {
        self.ordered(Tag::URL).into_iter().map(|cell| self.plain(cell)).collect()
    }

    /// URLs in order, each with its field id.
    pub(super) fn url_cells(&self) -> Vec<&'v Cell> {
        self.ordered(Tag::URL)
    }

    /// Tags in order.
    pub fn tags(&self) -> Vec<&'v str> {
        self.ordered(Tag::ENTRY_TAG).into_iter().map(|cell| self.plain(cell)).collect()
    }

    pub(super) fn tag_cells(&self) -> Vec<&'v Cell> {
        self.ordered(Tag::ENTRY_TAG)
    }

    /// Marked as a favourite.
    pub fn is_favourite(&self) -> bool {
        self.byte(Tag::FAVOURITE) == Some(1)
    }

    /// The password, sealed.
    pub fn password(&self) -> Option<Value<'v>> {
        self.single(Tag::PASSWORD)
    }

    /// The note, sealed.
    pub fn note(&self) -> Option<Value<'v>> {
        self.single(Tag::NOTE)
    }

    /// The one-time code's secret, sealed.
    pub fn otp(&self) -> Option<Value<'v>> {
        self.single(Tag::OTP)
    }

    /// The current value of a single-valued tag.
    pub fn single(&self, tag: Tag) -> Option<Value<'v>> {
        self.vault.current(self.record, tag, None).map(|cell| self.value(cell))
    }

    /// Custom fields in order.
    pub fn fields(&self) -> Vec<Field<'v>> {
        let cells = self.ordered(Tag::FIELD_VALUE);
        cells.into_iter().filter_map(|cell| cell.field.map(|id| self.field_of(id, cell))).collect()
    }

    /// Passkeys, as JSON.
    pub fn passkeys(&self) -> Vec<Value<'v>> {
        self.ordered(Tag::PASSKEY).into_iter().map(|cell| self.value(cell)).collect()
    }

    /// Files.
    pub fn attachments(&self) -> Vec<AttachedFile<'v>> {
        let cells = self.ordered(Tag::MANIFEST).into_iter();
        cells
            .filter_map(|cell| {
                let manifest = super::attachment::Manifest::decode(self.unsealed(cell)?)?;
                let parts = manifest.parts.iter().filter_map(|part| {
                    self.vault.current(self.record, Tag::PART, Some(Id(*part))).map(|cell| self.value(cell))
                });
                Some(AttachedFile { id: cell.field?, parts: parts.collect(), manifest })
            })
            .collect()
    }

    /// When it was made.
    pub fn created(&self) -> Timestamp {
        let first = self.record.cells_of(Tag::STATE, None).first();
        self.time(Tag::CREATED).or(first.map(|cell| self.vault.stamp(cell).time)).unwrap_or_default()
    }

    /// When a value was last changed. An import that brought its own date wrote it in the same stamp as
    /// the values, and it counts until a later change.
    pub fn modified(&self) -> Timestamp {
        let newest = self.record.cells.iter().filter(|cell| is_content(cell)).map(|cell| cell.stamp).max();
        let Some(newest) = newest else { return self.created() };
        let told = self.vault.current(self.record, Tag::MODIFIED, None).filter(|cell| cell.stamp >= newest);
        let told = told.and_then(|cell| self.number(cell)).map(|ms| Timestamp(u64::from_le_bytes(ms)));
        told.unwrap_or_else(|| {
            self.vault.stamps().get(newest as usize).map(|stamp| stamp.time).unwrap_or_default()
        })
    }

    /// When a value was last copied, to the day.
    pub fn last_used(&self) -> Option<Timestamp> {
        self.time(Tag::LAST_USED)
    }

    /// When it expires.
    pub fn expiry(&self) -> Option<Timestamp> {
        self.time(Tag::EXPIRY)
    }

    /// The recipe for its passwords, empty if none.
    pub fn policy(&self) -> &'v str {
        self.text(Tag::POLICY)
    }

    /// A password that the site has not confirmed yet, sealed.
    pub fn pending_password(&self) -> Option<Value<'v>> {
        self.single(Tag::PENDING_PASSWORD)
    }

    /// Days after which the password is to be changed.
    pub fn reminder(&self) -> Option<u32> {
        let cell = self.vault.current(self.record, Tag::REMINDER, None)?;
        self.number(cell).map(u32::from_le_bytes)
    }

    /// The entry that this one signs in with. It may not be there.
    pub fn signs_in_with(&self) -> Option<Id> {
        self.id_at(Tag::SIGNS_IN_WITH)
    }

    /// Findings of an audit that are to be ignored: kind and reason of each.
    pub fn exceptions(&self) -> Vec<(&'v str, &'v str)> {
        self.exception_cells().into_iter().map(|(_, exception)| exception).collect()
    }

    /// Why findings of this kind are to be ignored; none where a value of the tags in `about` was changed since
    /// that was said: it was said of the value that there was.
    pub fn exception(&self, kind: &str, about: &[Tag]) -> Option<&'v str> {
        let cells = about.iter().flat_map(|tag| self.record.cells_tagged(*tag));
        let changed = cells.filter(|cell| !cell.is_emptied()).map(|cell| cell.stamp).max();
        let said = self.exception_cells().into_iter().filter(|(_, (known, _))| *known == kind);
        let mut counts = said.filter(|(cell, _)| changed.is_none_or(|changed| cell.stamp >= changed));
        counts.next().map(|(_, (_, reason))| reason)
    }

    pub(super) fn exception_cells(&self) -> Vec<(&'v Cell, (&'v str, &'v str))> {
        let cells = self.ordered(Tag::AUDIT_EXCEPTION).into_iter();
        cells.map(|cell| (cell, self.plain(cell).split_once(' ').unwrap_or((self.plain(cell), "")))).collect()
    }

    /// When the current password was set. An import that brought its own date of change wrote it in the same
    /// stamp as the password, and the password is then at least as old.
    pub fn password_set(&self) -> Option<Timestamp> {
        let password = self.vault.current(self.record, Tag::PASSWORD, None)?;
        let told = self.vault.current(self.record, Tag::MODIFIED, None);
        let told = told.filter(|told| told.stamp == password.stamp).and_then(|cell| self.number(cell));
        let told = told.map(|ms| Timestamp(u64::from_le_bytes(ms)));
        Some(told.unwrap_or_else(|| self.vault.stamp(password).time))
    }

    /// Every value that was replaced, oldest first.
    pub fn history(&self) -> Vec<Past<'v>> {
        let mut past: Vec<(&Cell, Past<'v>)> = Vec::new();
        for cells in self.record.cells.chunk_by(|a, b| (a.tag, a.field) == (b.tag, b.field)) {
            let Some(tag) = cells.first().map(|cell| cell.tag).filter(|tag| has_history(*tag)) else {
                continue;
            };
            let mut kept = cells.iter().filter(|cell| !cell.is_emptied());
            let current = kept.next_back();
            for cell in kept.filter(|cell| !cell.is_removed()) {
                // A value written again unchanged (by undo, or a merge of equal edits) replaced nothing.
                if current
                    .is_some_and(|current| !current.is_removed() && self.bytes(current) == self.bytes(cell))
                {
                    continue;
                }
                let name = self.field_name(tag, cell.field);
                let (value, time) = (self.value(cell), self.vault.stamp(cell).time);
                past.push((cell, Past { tag, field: cell.field, name, value, time }));
            }
        }
        past.sort_by_key(|(cell, _)| cell.stamp);
        past.into_iter().map(|(_, past)| past).collect()
    }

    /// The name by which a person gives a field.
    pub fn field_name(&self, tag: Tag, field: Option<Id>) -> &'v str {
        match tag {
            Tag::TITLE => "title",
            Tag::USERNAME => "username",
            Tag::PASSWORD => "password",
            Tag::URL => "url",
            Tag::NOTE => "note",
            Tag::OTP => "totp",
            Tag::ENTRY_TAG => "tag",
            Tag::FOLDER => "folder",
            Tag::TYPE => "kind",
            _ => field.map(|id| self.label_of(id)).unwrap_or_default(),
        }
    }

    fn field_of(&self, id: Id, value: &'v Cell) -> Field<'v> {
        let kind = self.vault.current(self.record, Tag::FIELD_KIND, Some(id));
        let kind = kind
            .and_then(|cell| self.number(cell))
            .map_or(if value.is_sealed() { FieldKind::Hidden } else { FieldKind::Text }, |[number]| {
                FieldKind::numbered(number)
            });
        let ticked_off = self.vault.current(self.record, Tag::TICKED_OFF, Some(id));
        let ticked_off = ticked_off.and_then(|cell| self.number(cell)) == Some([1]);
        Field { id, label: self.label_of(id), kind, value: self.value(value), ticked_off }
    }

    /// A custom field's label; one that is gone keeps its last name in the history.
    fn label_of(&self, id: Id) -> &'v str {
        let cells = self.record.cells_of(Tag::FIELD_LABEL, Some(id));
        let named = cells.iter().rev().find(|cell| !cell.is_emptied() && !cell.is_removed());
        named.map_or("", |cell| self.plain(cell))
    }

    fn ordered(&self, tag: Tag) -> Vec<&'v Cell> {
        let mut cells: Vec<&Cell> =
            self.record.current_of_each(tag).filter(|cell| cell.field.is_some()).collect();
        if cells.len() > 1 {
            cells.sort_by_cached_key(|cell| {
                let order = self.vault.current(self.record, Tag::ORDER, cell.field);
                let order = order.and_then(|cell| self.number(cell));
                let first = self.record.cells_of(tag, cell.field).first().map(|cell| cell.stamp);
                (order.map_or(u32::MAX, u32::from_le_bytes), first, cell.field)
            });
        }
        cells
    }

    fn value(&self, cell: &Cell) -> Value<'v> {
        let bytes = self.bytes(cell);
        if cell.version != 0 {
            Value::Unreadable // of a later version of this program, which keeps it
        } else if cell.is_sealed() {
            Value::Sealed(Place { record: self.record.id, tag: cell.tag, field: cell.field }, bytes)
        } else {
            std::str::from_utf8(bytes).map_or(Value::Unreadable, Value::Text)
        }
    }

    fn bytes(&self, cell: &Cell) -> &'v [u8] {
        self.vault.value(cell)
    }

    fn plain(&self, cell: &Cell) -> &'v str {
        match self.value(cell) {
            Value::Text(text) => text,
            Value::Sealed(..) | Value::Unreadable => UNREADABLE,
        }
    }

    pub(super) fn text(&self, tag: Tag) -> &'v str {
        self.vault.current(self.record, tag, None).map_or("", |cell| self.plain(cell))
    }

    pub(super) fn byte(&self, tag: Tag) -> Option<u8> {
        let cell = self.vault.current(self.record, tag, None)?;
        self.number(cell).map(|[byte]| byte)
    }

    pub(super) fn time(&self, tag: Tag) -> Option<Timestamp> {
        let cell = self.vault.current(self.record, tag, None)?;
        self.number(cell).map(|ms| Timestamp(u64::from_le_bytes(ms)))
    }

    pub(super) fn id_at(&self, tag: Tag) -> Option<Id> {
        let cell = self.vault.current(self.record, tag, None)?;
        self.number(cell).map(Id)
    }

    /// The bytes of a number; none where its length is wrong.
    fn number<const N: usize>(&self, cell: &Cell) -> Option<[u8; N]> {
        self.unsealed(cell)?.try_into().ok()
    }

    /// The bytes of a value that this version can read without a key.
    fn unsealed(&self, cell: &Cell) -> Option<&'v [u8]> {
        (cell.version == 0 && !cell.is_sealed()).then(|| self.bytes(cell))
    }
}

/// Whether a cell is part of what the entry says, rather than of when and where it was used.
fn is_content(cell: &Cell) -> bool {
    ![Tag::STATE, Tag::CREATED, Tag::MODIFIED, Tag::LAST_USED, Tag::FAVOURITE].contains(&cell.tag)
}

/// Whether replaced values of a tag are shown.
fn has_history(tag: Tag) -> bool {
    let shown = [Tag::TITLE, Tag::USERNAME, Tag::PASSWORD, Tag::URL, Tag::NOTE, Tag::OTP];
    shown.contains(&tag) || [Tag::ENTRY_TAG, Tag::FOLDER, Tag::FIELD_VALUE].contains(&tag)
}
