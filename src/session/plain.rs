//! Opening sealed values: one at a time, or a whole entry for a form or an export.

use thiserror::Error;

use super::{Session, SessionError};
use crate::format::Keys;
use crate::secret::Secret;
use crate::vault::entry::{AttachedFile, Entry, State, Value};
use crate::vault::item::{Attachment, Item, ItemField, PastValue};
use crate::vault::seal::Seal;

/// A value, opened.
pub type Revealed = Result<Secret, Unreadable>;

/// A value that cannot be shown.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("this value is damaged, or of a later version of tresor; it is kept as it is")]
pub struct Unreadable;

impl Session {
    /// Opens all of an entry. Keep it as short as the work on it.
    ///
    /// # Errors
    /// [`SessionError::Field`] where one value was tampered with.
    pub fn item(&self, entry: Entry<'_>) -> Result<Item, SessionError> {
        let open = |value: Option<Value<'_>>| value.map(|value| open(&self.keys, value)).transpose();
        let texts = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let fields = entry.fields().into_iter().map(|field| {
            Ok(ItemField { name: field.label.to_owned(), kind: field.kind, value: self.open(field.value)? })
        });
        let history = entry.history().into_iter().map(|past| {
            Ok(PastValue { field: past.name.to_owned(), value: self.open(past.value)?, time: past.time })
        });
        Ok(Item {
            id: Some(entry.id()),
            kind: entry.kind_name().to_owned(),
            title: entry.title().to_owned(),
            username: entry.username().to_owned(),
            password: open(entry.password())?,
            urls: texts(entry.urls()),
            note: open(entry.note())?,
            totp: open(entry.otp())?,
            folder: entry.folder().to_owned(),
            tags: texts(entry.tags()),
            favourite: entry.is_favourite(),
            trashed: entry.state() == State::Trash,
            created: Some(entry.created()),
            modified: Some(entry.modified()),
            last_used: entry.last_used(),
            fields: fields.collect::<Result<_, SessionError>>()?,
            history: history.collect::<Result<_, SessionError>>()?,
            attachments: entry
                .attachments()
                .iter()
                .map(|file| self.attachment(file))
                .collect::<Result<_, SessionError>>()?,
        })
    }

    fn open(&self, value: Value<'_>) -> Result<Secret, SessionError> {
        open(&self.keys, value)
    }

    fn attachment(&self, file: &AttachedFile<'_>) -> Result<Attachment, SessionError> {
        let parts: Vec<Secret> = file.parts.iter().map(|part| self.open(*part)).collect::<Result<_, _>>()?;
        let parts: Vec<&[u8]> = parts.iter().map(Secret::expose).collect();
        Ok(Attachment { name: file.manifest.name.clone(), content: Secret::concat(&parts) })
    }
}

pub(super) fn reveal(keys: &Keys, value: Value<'_>) -> Revealed {
    match value {
        Value::Text(text) => Ok(Secret::copy_of(text.as_bytes())),
        Value::Sealed(place, sealed) => keys.open(place, sealed).map_err(|_| Unreadable),
        Value::Unreadable => Err(Unreadable),
    }
}

/// What cannot be read is an error here, for an export must not leave it out silently.
fn open(keys: &Keys, value: Value<'_>) -> Result<Secret, SessionError> {
    reveal(keys, value).map_err(|Unreadable| SessionError::Field(crate::vault::seal::FieldTampered))
}
