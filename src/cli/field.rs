//! Fields by the names that a person gives them.

use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::Session;
use crate::vault::Entry;
use crate::vault::entry::{Field, Value};

/// A field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'n> {
    /// The title.
    Title,
    /// The user name.
    Username,
    /// The password.
    Password,
    /// The URLs.
    Url,
    /// The note.
    Note,
    /// The one-time code's secret.
    Totp,
    /// The folder.
    Folder,
    /// The tags.
    Tag,
    /// The kind.
    Kind,
    /// A custom field, by its label.
    Custom(&'n str),
}

impl<'n> Name<'n> {
    /// Reads a name; what is none of ours is a custom field's label.
    pub fn of(name: &'n str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "title" => Self::Title,
            "username" | "user" => Self::Username,
            "password" => Self::Password,
            "url" | "urls" => Self::Url,
            "note" | "notes" => Self::Note,
            "totp" | "otp" => Self::Totp,
            "folder" => Self::Folder,
            "tag" | "tags" => Self::Tag,
            "kind" => Self::Kind,
            _ => Self::Custom(name),
        }
    }

    /// Whether the value is a secret wherever it stands.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Note | Self::Totp)
    }
}

/// The custom field of this label: letter by letter, or else but for upper and lower case.
pub fn custom<'v>(entry: Entry<'v>, label: &str) -> Option<Field<'v>> {
    let fields = entry.fields();
    let exact = fields.iter().find(|field| field.label == label);
    let loose = || fields.iter().find(|field| field.label.to_lowercase() == label.to_lowercase());
    exact.or_else(loose).copied()
}

/// The value of a field, in locked memory. Without a name: the password, or else what its kind of entry is
/// kept for (a card's number), or else the note.
///
/// # Errors
/// Exit 4 where the entry has no such field, 6 where it cannot be read.
pub fn value(session: &Session, entry: Entry<'_>, name: Option<&str>) -> Result<Secret, Failure> {
    let missing = || {
        let what = name.unwrap_or("password");
        Failure::new(Exit::NoSuchEntry, format!("{:?} has no {what}", entry.title()))
    };
    let found = match name {
        Some(name) => Found::of(entry, Name::of(name), name),
        None => entry.password().or_else(|| main_secret(entry)).or(entry.note()).map(Found::Value),
    };
    match found.ok_or_else(missing)? {
        Found::Value(value) => Ok(session.reveal(value)?),
        Found::Text(text) if text.is_empty() => Err(missing()),
        Found::Text(text) => Ok(Secret::from_text(text)),
    }
}

/// The secret that entries of this kind are kept for.
pub fn main_secret(entry: Entry<'_>) -> Option<Value<'_>> {
    let label = entry.kind()?.main_secret?;
    custom(entry, label).map(|field| field.value)
}

enum Found<'v> {
    Value(Value<'v>),
    Text(String),
}

impl<'v> Found<'v> {
    fn of(entry: Entry<'v>, name: Name<'_>, given: &str) -> Option<Self> {
        // A custom field may bear a name of ours, where the entry's own is empty.
        let text = |text: &str| (!text.is_empty()).then(|| Self::Text(text.to_owned()));
        let own = match name {
            Name::Title => text(entry.title()),
            Name::Username => text(entry.username()),
            Name::Password => entry.password().map(Self::Value),
            Name::Url => entry.urls().first().and_then(|url| text(url)),
            Name::Note => entry.note().map(Self::Value),
            Name::Totp => entry.otp().map(Self::Value),
            Name::Folder => text(entry.folder()),
            Name::Tag => text(&entry.tags().join(", ")),
            Name::Kind => text(entry.kind_name()),
            Name::Custom(_) => None,
        };
        own.or_else(|| custom(entry, given).map(|field| Self::Value(field.value)))
    }
}
