//! Opening sealed values: one at a time, or a whole entry for a form.

use thiserror::Error;

use super::{Session, SessionError};
use crate::exchange::Opened;
use crate::secret::Secret;
use crate::vault::Entry;
use crate::vault::entry::Value;
use crate::vault::item::Item;
use crate::vault::seal::FieldTampered;

/// A value that cannot be shown.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("this value is damaged, or of a later version of tresor; it is kept as it is")]
pub struct Unreadable;

impl Session {
    /// Opens one value, in locked memory.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn reveal(&self, value: Value<'_>) -> Result<Secret, Unreadable> {
        match value {
            Value::Text(text) => Ok(Secret::copy_of(text.as_bytes())),
            Value::Sealed(place, sealed) => self.seal().open(place, sealed).map_err(|_| Unreadable),
            Value::Unreadable => Err(Unreadable),
        }
    }

    /// Opens all of an entry, for a form. Keep it as short as the work on it.
    ///
    /// # Errors
    /// [`SessionError::Field`] where a value cannot be opened: a form must not write it back as empty.
    pub fn item(&self, entry: Entry<'_>) -> Result<Item, SessionError> {
        let opened = Opened::of(entry, self.seal());
        if opened.unreadable.is_empty() { Ok(opened.item) } else { Err(FieldTampered.into()) }
    }
}
