//! A line of the form: what it is the value of, what it is called, and what the entry had there.

use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::kinds::{FieldKind, Home};
use crate::vault::{Id, MAX_VALUE};

use super::super::super::editor::{self, Editor};

/// A line of the form.
pub struct Row {
    /// What it is the value of.
    pub role: Role,
    /// What it is called.
    pub name: Name,
    /// The value.
    pub value: Editor,
    /// The value that the entry has.
    pub(super) before: Secret,
}

/// What a line is called.
pub enum Name {
    /// As ever.
    Fixed(String),
    /// As the user says; the text is what the entry has.
    Typed(Editor, String),
}

/// What a line is the value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Role {
    Title,
    Username,
    Password,
    Url,
    Otp,
    /// The id of the entry that this one signs in with; [`Form::link`] has it in words.
    SignsInWith,
    Folder,
    Tags,
    Note,
    /// The day that it expires on.
    Expiry,
    /// A custom field, with its id if the entry has it already.
    Custom(Option<Id>, FieldKind),
}

/// A line that can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NewField {
    Url,
    Otp,
    Username,
    Password,
    Expiry,
    Custom(FieldKind),
    /// A field of a well-known name.
    Known(&'static str),
    SignsInWith,
    /// Not a field: the kind of the entry.
    Kind,
}

impl Role {
    /// Whether the value is masked.
    pub fn is_secret(self) -> bool {
        match self {
            Self::Password | Self::Otp | Self::Note => true,
            Self::Custom(_, kind) => kind.is_secret(),
            _ => false,
        }
    }

    /// What it is called in the label of an undo step.
    pub(super) fn spoken(self) -> Option<&'static str> {
        Some(match self {
            Self::Title => "title",
            Self::Username => "user name",
            Self::Password => "password",
            Self::Url => "URL",
            Self::Otp => "one-time code",
            Self::SignsInWith => "sign-in",
            Self::Folder => "folder",
            Self::Tags => "tags",
            Self::Note => "note",
            Self::Expiry => "day of expiry",
            Self::Custom(..) => return None,
        })
    }
}

impl Row {
    pub(super) fn new(role: Role, name: Name, before: Secret) -> Self {
        let value = match role {
            Role::Note => Editor::lines(MAX_VALUE),
            Role::Title | Role::Folder => Editor::line(editor::LINE),
            _ => Editor::line(MAX_VALUE),
        };
        let value = value.with(before.expose_str().unwrap_or_default());
        Self { role, name, value, before }
    }

    pub(super) fn fixed(role: Role, name: &str, before: &str) -> Self {
        Self::new(role, Name::Fixed(name.to_owned()), Secret::copy_of(before.as_bytes()))
    }

    pub(super) fn custom(id: Option<Id>, kind: FieldKind, name: &str, before: Secret) -> Self {
        let typed = Name::Typed(Editor::line(editor::LINE).with(name), name.to_owned());
        Self::new(Role::Custom(id, kind), typed, before)
    }

    /// What it is called now.
    pub fn name(&self) -> &str {
        match &self.name {
            Name::Fixed(name) => name,
            Name::Typed(editor, _) => editor.text(),
        }
    }

    /// Whether saving would change something.
    pub fn is_changed(&self) -> bool {
        let renamed = matches!(&self.name, Name::Typed(editor, before) if editor.text() != before);
        (renamed && !self.value.is_empty()) || !self.before.same_as(self.value.text().as_bytes())
    }
}

/// The day that stands on a line.
pub(super) fn day_of(row: &Row) -> Option<Timestamp> {
    Timestamp::parse_day(row.value.text())
}

/// An empty line of a kind that has it.
pub(super) fn usual(label: &'static str, home: Home) -> Row {
    let role = match home {
        Home::Username => Role::Username,
        Home::Password => Role::Password,
        Home::Url => Role::Url,
        Home::Custom(kind) => Role::Custom(None, kind),
    };
    Row::fixed(role, label, "")
}
