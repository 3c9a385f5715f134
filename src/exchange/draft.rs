//! An entry while it is read from a tree: what has a home goes there, everything else becomes a custom field,
//! and is told. [`Draft::finish`] says what came of it.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::json::tree::{Object, any, is_nothing};
use super::zip::Entry;
use super::{Each, Outcome, Place, Remark, Row, Skip, carried, untitled};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::item::{Attachment, Item, ItemField, PastValue};
use crate::vault::kinds::{self, FieldKind};

/// Most custom fields that an entry is given.
const MOST_FIELDS: usize = 10_000;

/// An entry being read.
#[derive(Default)]
pub struct Draft {
    /// As far as it is read.
    pub item: Item,
    /// What is to be said about it.
    pub remarks: Vec<Remark>,
    /// What has no home; goes behind the fields that the source itself has.
    kept: Vec<ItemField>,
    /// What an export of this program carried through the format.
    carried: Option<Secret>,
}

impl Draft {
    /// An entry of this kind.
    pub fn of(kind: &str) -> Self {
        Self { item: Item { kind: kind.to_owned(), ..Item::default() }, ..Self::default() }
    }

    /// What a folder of this path says about itself, as a note in it; none where it says nothing.
    pub fn about_folder(path: &str, about: Option<Secret>) -> Option<Self> {
        let mut draft = Self::of(kinds::NOTE);
        draft.item.note = Some(about?);
        draft.item.title = folder::split(path).pop().unwrap_or_default();
        draft.item.folder = path.to_owned();
        Some(draft)
    }

    /// Adds a custom field of the source.
    pub fn field(&mut self, name: &str, kind: FieldKind, value: Secret) {
        self.item.fields.push(ItemField { name: name.to_owned(), kind, value, ticked_off: false });
    }

    /// Adds a field that the kind of entry usually has, if there is a value.
    pub fn usual(&mut self, name: &str, kind: FieldKind, value: Option<Secret>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.field(name, kind, value);
        }
    }

    /// Keeps a value that has no home as a custom field, and says so.
    pub fn keep(&mut self, name: &str, kind: FieldKind, value: Option<Secret>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.remarks.push(Remark::KeptAsField(name.to_owned()));
            self.kept.push(ItemField { name: name.to_owned(), kind, value, ticked_off: false });
        }
    }

    /// Keeps a text that has no home.
    pub fn keep_text(&mut self, name: &str, value: &str) {
        self.keep(name, FieldKind::Text, Some(Secret::copy_of(value.as_bytes())));
    }

    /// Keeps whatever of an object was not taken as hidden fields, `path` before their names.
    pub fn keep_rest(&mut self, path: &str, object: Object<'_>) {
        for (key, value) in object.rest().filter(|(_, value)| !is_nothing(value)) {
            let name = if path.is_empty() { key } else { format!("{path}.{key}") };
            self.keep(&name, FieldKind::Hidden, Some(any(value)));
        }
    }

    /// What its fields are called by now.
    pub fn names(&self) -> HashSet<&str> {
        self.item.fields.iter().chain(&self.kept).map(|field| field.name.as_str()).collect()
    }

    /// Takes a custom field of this name and value as what an export of ours carried. Whether it is that.
    pub fn carry(&mut self, name: &str, value: &Secret) -> bool {
        let is_carried = name == carried::NAME && carried::is_carried(value);
        if is_carried {
            self.carried = Some(value.duplicate());
        }
        is_carried
    }

    /// Sets the user name, or keeps a second one.
    pub fn username(&mut self, name: &str, value: Option<Secret>) {
        let Some(value) = value else { return };
        match value.expose_str().filter(|_| self.item.username.is_empty()) {
            Some(text) => self.item.username = text.to_owned(),
            None => self.keep(name, FieldKind::Text, Some(value)),
        }
    }

    /// Sets the password, or keeps a second one.
    pub fn password(&mut self, name: &str, value: Option<Secret>) {
        let Some(value) = value else { return };
        match self.item.password {
            None => self.item.password = Some(value),
            Some(_) => self.keep(name, FieldKind::Hidden, Some(value)),
        }
    }

    /// Sets the secret of one-time codes, or keeps a second one.
    pub fn totp(&mut self, name: &str, value: Option<Secret>) {
        let Some(value) = value else { return };
        match self.item.totp {
            None => self.item.totp = Some(value),
            Some(_) => self.keep(name, FieldKind::Totp, Some(value)),
        }
    }

    /// Adds a URL that is not there yet.
    pub fn url(&mut self, url: String) {
        if !url.is_empty() && !self.item.urls.contains(&url) {
            self.item.urls.push(url);
        }
    }

    /// Adds a password that was replaced.
    pub fn past_password(&mut self, value: Option<Secret>, time: Option<Timestamp>) {
        if let Some(value) = value {
            let past = PastValue { field: "password".to_owned(), value, time: time.unwrap_or_default() };
            self.item.history.push(past);
        }
    }

    /// Puts what was replaced in order, oldest first; a source has it in any.
    pub fn sort_history(&mut self) {
        self.item.history.sort_by_key(|past| past.time);
    }

    /// Adds a file, under a name that is no path.
    pub fn attach(&mut self, name: &str, content: Secret) {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let name = if name.is_empty() { "file".to_owned() } else { name };
        self.item.attachments.push(Attachment { name, content });
    }

    /// Adds a file of an archive, under its name there.
    pub fn attach_entry(&mut self, entry: &Entry<'_>) {
        self.attach_entry_as(entry.name, entry);
    }

    /// Adds a file of an archive; one that is damaged is told.
    pub fn attach_entry_as(&mut self, name: &str, entry: &Entry<'_>) {
        match entry.content() {
            Ok(content) => self.attach(name, content),
            Err(_) => self.remarks.push(Remark::MissingFile(name.to_owned())),
        }
    }

    /// What the row is.
    pub fn finish(mut self) -> Outcome {
        if self.item.fields.len() + self.kept.len() > MOST_FIELDS {
            return Outcome::Skipped(Skip::TooManyFields);
        }
        self.item.fields.append(&mut self.kept);
        if self.item.title.is_empty() {
            let url = self.item.urls.first().map(String::as_str);
            self.item.title = untitled(url, &self.item.username);
            self.remarks.push(Remark::Untitled);
        }
        if let Some(carried) = &self.carried {
            carried::restore(&mut self.item, carried, &mut self.remarks);
        }
        Outcome::of(self.item, self.remarks)
    }
}

/// Hands on what `read` makes of each value of a list, until `each` breaks off.
pub fn read_each<T>(
    values: impl IntoIterator<Item = T>,
    each: &mut Each<'_>,
    read: impl Fn(T) -> Result<Draft, Skip>,
) -> ControlFlow<()> {
    values.into_iter().zip(1..).try_for_each(|(value, number)| {
        let outcome = outcome(|| read(value));
        each(Row { place: Place::Entry(number), outcome })
    })
}

/// Reads one entry: what was drafted, or why it was not.
pub fn outcome(read: impl FnOnce() -> Result<Draft, Skip>) -> Outcome {
    read().map_or_else(Outcome::Skipped, Draft::finish)
}
