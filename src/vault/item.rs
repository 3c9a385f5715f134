//! A whole entry in plain: what a form gives, what an importer reads and an exporter writes. Its secrets are
//! [`Secret`]s; it lives as short as the work on it.

use super::id::Id;
use super::kinds::{self, FieldKind};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Everything that an entry can hold. Empty text and empty lists mean "none".
#[derive(Debug)]
pub struct Item {
    /// The entry's id, where it has one already.
    pub id: Option<Id>,
    /// Public name of the kind, see [`kinds::KINDS`].
    pub kind: String,
    /// Title.
    pub title: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: Option<Secret>,
    /// URLs, the main one first.
    pub urls: Vec<String>,
    /// Note, any number of lines.
    pub note: Option<Secret>,
    /// One-time code: otpauth URI, `steam://` URI or base-32 secret, as it was given.
    pub totp: Option<Secret>,
    /// Path as in [`super::folder`].
    pub folder: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Marked as a favourite.
    pub favourite: bool,
    /// In the trash.
    pub trashed: bool,
    /// When it was made; none means now.
    pub created: Option<Timestamp>,
    /// When it was last changed; none means now.
    pub modified: Option<Timestamp>,
    /// When a value of it was last copied.
    pub last_used: Option<Timestamp>,
    /// Custom fields, in order.
    pub fields: Vec<ItemField>,
    /// Values that were replaced, oldest first.
    pub history: Vec<PastValue>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Passkeys as JSON, opaque: each as the program wrote it that it came from.
    pub passkeys: Vec<Secret>,
    /// What is known about its password's life.
    pub upkeep: Upkeep,
}

/// How an entry's password is made, when it is changed, and how its account is signed in to.
#[derive(Debug, Default)]
pub struct Upkeep {
    /// When it expires.
    pub expiry: Option<Timestamp>,
    /// The recipe for its passwords, empty if none.
    pub policy: String,
    /// A password that the site has not confirmed yet.
    pub pending: Option<Secret>,
    /// Days after which the password is to be changed.
    pub reminder: Option<u32>,
    /// The entry that this one signs in with.
    pub signs_in_with: Option<Id>,
    /// Findings of an audit that are to be ignored.
    pub exceptions: Vec<Exception>,
}

impl Upkeep {
    /// Whether nothing is known.
    pub fn is_none(&self) -> bool {
        let Self { expiry, policy, pending, reminder, signs_in_with, exceptions } = self;
        let nothing = expiry.is_none() && policy.is_empty() && pending.is_none();
        nothing && reminder.is_none() && signs_in_with.is_none() && exceptions.is_empty()
    }
}

/// A finding that is to be ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The finding's kind, a word without blanks.
    pub kind: String,
    /// Why.
    pub reason: String,
}

/// A custom field.
#[derive(Debug)]
pub struct ItemField {
    /// Its label.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Its value, in locked memory whatever the kind.
    pub value: Secret,
    /// Whether it has been used up, as a back-up code is.
    pub ticked_off: bool,
}

/// A value that was replaced.
#[derive(Debug)]
pub struct PastValue {
    /// `title`, `username`, `password`, `url`, `note`, `totp`, `folder`, `tag`, or a custom field's label.
    pub field: String,
    /// The value.
    pub value: Secret,
    /// When it was set.
    pub time: Timestamp,
}

/// A file kept with an entry.
#[derive(Debug)]
pub struct Attachment {
    /// File name, without a folder.
    pub name: String,
    /// Content.
    pub content: Secret,
}

impl Default for Item {
    fn default() -> Self {
        Self {
            id: None,
            kind: kinds::LOGIN.to_owned(),
            title: String::new(),
            username: String::new(),
            password: None,
            urls: Vec::new(),
            note: None,
            totp: None,
            folder: String::new(),
            tags: Vec::new(),
            favourite: false,
            trashed: false,
            created: None,
            modified: None,
            last_used: None,
            fields: Vec::new(),
            history: Vec::new(),
            attachments: Vec::new(),
            passkeys: Vec::new(),
            upkeep: Upkeep::default(),
        }
    }
}

impl Item {
    /// Adds a custom field.
    pub fn push_field(&mut self, name: &str, kind: FieldKind, value: &str) {
        let value = Secret::copy_of(value.as_bytes());
        self.fields.push(ItemField { name: name.to_owned(), kind, value, ticked_off: false });
    }
}
