//! Fields by the names that a person gives them.

use std::fmt;

use crate::account::{self, Chain, End};
use crate::printable;
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::Session;
use crate::vault::entry::{Field, Value};
use crate::vault::kinds;
use crate::vault::{Entry, Vault};

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
    /// A new password that the site has not confirmed yet.
    Pending,
    /// The day that it expires on.
    Expires,
    /// A custom field, by its label.
    Custom(&'n str),
}

impl<'n> Name<'n> {
    /// All but the custom ones.
    const OWN: [Name<'static>; 11] = [
        Name::Title,
        Name::Username,
        Name::Password,
        Name::Url,
        Name::Note,
        Name::Totp,
        Name::Folder,
        Name::Tag,
        Name::Kind,
        Name::Pending,
        Name::Expires,
    ];

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
            "pending" => Self::Pending,
            "expires" | "expiry" => Self::Expires,
            _ => Self::Custom(name),
        }
    }

    /// Whether an entry has any number of it.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Url | Self::Tag)
    }

    /// Whether the value is a secret wherever it stands.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Note | Self::Totp)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Title => "title",
            Self::Username => "username",
            Self::Password => "password",
            Self::Url => "url",
            Self::Note => "note",
            Self::Totp => "totp",
            Self::Folder => "folder",
            Self::Tag => "tag",
            Self::Kind => "kind",
            Self::Pending => "pending",
            Self::Expires => "expires",
            Self::Custom(label) => label,
        })
    }
}

/// What is said of a kind that does not exist.
pub fn no_kind(name: &str) -> Failure {
    let names: Vec<&str> = kinds::KINDS.iter().map(|kind| kind.name).collect();
    Failure::usage(format!("there is no kind {name:?}"))
        .hint(format!("Nothing was changed. Kinds are {}.", names.join(", ")))
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
pub fn value(
    session: &Session,
    vault: &Vault,
    entry: Entry<'_>,
    name: Option<&str>,
) -> Result<Secret, Failure> {
    let found = match name {
        Some(name) => Found::of(entry, Name::of(name), name),
        None => entry.password().or_else(|| main_secret(entry)).or(entry.note()).map(Found::Value),
    };
    match found.ok_or_else(|| missing(vault, entry, name))? {
        Found::Value(value) => Ok(session.reveal(value)?),
        Found::Text(text) if text.is_empty() => Err(missing(vault, entry, name)),
        Found::Text(text) => Ok(Secret::from_text(text)),
    }
}

/// What is said of a field that an entry does not have. Where it is the password of an account that signs in
/// with another, that one is named.
fn missing(vault: &Vault, entry: Entry<'_>, name: Option<&str>) -> Failure {
    let what = name.unwrap_or("password");
    let failure = Failure::new(Exit::NoSuchEntry, format!("{:?} has no {what}", entry.title()));
    let is_password = Name::of(what) == Name::Password;
    let Some(chain) = Chain::of(vault, &entry).filter(|_| is_password) else {
        return failure.hint(format!("It has {}.", present(entry).join(", ")));
    };
    let with = match (chain.direct(), chain.end) {
        (Some(other), End::Trashed) if chain.entries.len() == 1 => {
            format!("It signs in with {}, which is in the trash.", account::name(other))
        }
        (Some(other), _) => {
            let query = account::quoted(&account::query(vault, other));
            format!("It signs in with {}: `tresor get {query}`.", account::name(other))
        }
        (None, End::Circle) => "It is said to sign in with itself.".to_owned(),
        (None, _) => "It signs in with an entry that was deleted for good.".to_owned(),
    };
    failure.hint(with)
}

/// The names of the fields that an entry has.
fn present(entry: Entry<'_>) -> Vec<String> {
    let own = Name::OWN.into_iter().filter(|name| Found::of(entry, *name, "").is_some());
    let custom = entry.fields().into_iter().map(|field| printable::line(field.label).into_owned());
    own.map(|name| name.to_string()).chain(custom).collect()
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
            Name::Pending => entry.pending_password().map(Self::Value),
            Name::Expires => entry.expiry().map(|day| Self::Text(day.day())),
            Name::Custom(_) => None,
        };
        own.or_else(|| custom(entry, given).map(|field| Self::Value(field.value)))
    }
}
