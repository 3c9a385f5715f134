//! The fields of an entry as the screen shows them, in one order for the detail pane, for choosing one by
//! letter, and for knowing what "the password" of a card is.

use std::borrow::Cow;

use crate::account::{self, Chain, backup_codes};
use crate::vault::entry::{Field, Value};
use crate::vault::kinds::{self, FieldKind, Home};
use crate::vault::{Entry, Id};

/// Which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Which {
    Username,
    Password,
    /// A new password that the site has not confirmed yet.
    Pending,
    Expiry,
    /// Counted from 0.
    Url(usize),
    Otp,
    SignsInWith,
    /// All back-up codes, as one line.
    BackupCodes,
    Custom(Id),
    Note,
    Folder,
    Tags,
    /// A file's name, counted from 0.
    File(usize),
}

/// A field with its value.
pub struct Shown<'v> {
    /// Which one.
    pub which: Which,
    /// What it is called.
    pub label: Cow<'v, str>,
    /// Its value.
    pub value: FieldValue<'v>,
}

/// The value of a field.
pub enum FieldValue<'v> {
    /// Text that is shown.
    Plain(Cow<'v, str>),
    /// Masked until it is revealed.
    Masked(Value<'v>),
    /// Masked, and what codes are computed from.
    Otp(Value<'v>),
}

impl FieldValue<'_> {
    /// Whether it is masked.
    pub fn is_secret(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }
}

/// All fields of an entry that have a value, but for the title. Back-up codes are one line together.
pub fn of<'v>(entry: &Entry<'v>) -> Vec<Shown<'v>> {
    let kind = entry.kind();
    let label_of = |home: Home, usual: &'static str| {
        let mut fields = kind.map(|kind| kind.fields).unwrap_or_default().iter();
        Cow::Borrowed(fields.find(|field| field.home == home).map_or(usual, |field| field.label))
    };
    let mut fields = Vec::with_capacity(8);
    if !entry.username().is_empty() {
        let value = FieldValue::Plain(entry.username().into());
        fields.push(Shown { which: Which::Username, label: label_of(Home::Username, "Username"), value });
    }
    if let Some(value) = entry.password() {
        let value = FieldValue::Masked(value);
        fields.push(Shown { which: Which::Password, label: label_of(Home::Password, "Password"), value });
    }
    if let Some(value) = entry.pending_password() {
        let value = FieldValue::Masked(value);
        fields.push(Shown { which: Which::Pending, label: "New, pending".into(), value });
    }
    if let Some(value) = entry.otp() {
        fields.push(Shown { which: Which::Otp, label: "Code".into(), value: FieldValue::Otp(value) });
    }
    fields.extend(sign_in(entry));
    for (number, url) in entry.urls().into_iter().enumerate() {
        let value = FieldValue::Plain(url.into());
        fields.push(Shown { which: Which::Url(number), label: label_of(Home::Url, "URL"), value });
    }
    let (codes, own): (Vec<_>, Vec<_>) = entry.fields().into_iter().partition(backup_codes::is_code);
    fields.extend(own.into_iter().map(custom));
    if !codes.is_empty() {
        let words = backup_codes::tally(entry).words();
        let (which, value) = (Which::BackupCodes, FieldValue::Plain(words.into()));
        fields.push(Shown { which, label: "Back-up codes".into(), value });
    }
    if let Some(value) = entry.note() {
        fields.push(Shown { which: Which::Note, label: "Note".into(), value: FieldValue::Masked(value) });
    }
    if let Some(day) = entry.expiry() {
        let value = FieldValue::Plain(day.day().into());
        fields.push(Shown { which: Which::Expiry, label: "Expires".into(), value });
    }
    if !entry.folder().is_empty() {
        let value = FieldValue::Plain(entry.folder().into());
        fields.push(Shown { which: Which::Folder, label: "Folder".into(), value });
    }
    let tags = entry.tags();
    if !tags.is_empty() {
        let value = FieldValue::Plain(tags.join(", ").into());
        fields.push(Shown { which: Which::Tags, label: "Tags".into(), value });
    }
    fields.extend(entry.attachments().into_iter().enumerate().map(|(number, file)| {
        let value = FieldValue::Plain(format!("{}, {} bytes", file.manifest.name, file.manifest.len).into());
        Shown { which: Which::File(number), label: "File".into(), value }
    }));
    fields
}

fn custom(field: Field<'_>) -> Shown<'_> {
    let value = match (field.kind, field.value) {
        (FieldKind::Totp, value) => FieldValue::Otp(value),
        (_, Value::Text(text)) => FieldValue::Plain(text.into()),
        (_, value) => FieldValue::Masked(value),
    };
    Shown { which: Which::Custom(field.id), label: field.label.into(), value }
}

/// Whom the entry signs in with, in words, and what is wrong with that.
fn sign_in<'v>(entry: &Entry<'v>) -> Option<Shown<'v>> {
    let chain = Chain::of(entry.vault(), entry)?;
    let name = chain.direct().map(account::name);
    let words = match (name, chain.flaw()) {
        (Some(name), None) => name,
        (Some(name), Some(flaw)) => format!("{name} (! {flaw})"),
        (None, flaw) => format!("! {}", flaw.unwrap_or_default()),
    };
    let value = FieldValue::Plain(words.into());
    Some(Shown { which: Which::SignsInWith, label: "Signs in with".into(), value })
}

/// The field that is copied when nothing is said: the password, else the kind's own secret, else the first
/// other secret, a note's text among them, else the user name. None where another entry is signed in with.
pub fn main_secret(entry: &Entry<'_>) -> Option<Which> {
    if entry.password().is_some() {
        return Some(Which::Password);
    }
    let custom = entry.fields();
    if let Some(label) = entry.kind().and_then(|kind| kind.main_secret)
        && let Some(field) = custom.iter().find(|field| field.label == label)
    {
        return Some(Which::Custom(field.id));
    }
    let is_note = entry.kind_name() == kinds::NOTE;
    let note = entry.note().map(|_| Which::Note);
    let is_hidden = |field: &&Field<'_>| field.kind == FieldKind::Hidden && !backup_codes::is_code(field);
    let hidden = custom.iter().find(is_hidden).map(|field| Which::Custom(field.id));
    let first = if is_note { note.or(hidden) } else { hidden.or(note) };
    first
        .or_else(|| entry.otp().map(|_| Which::Otp))
        .or((!entry.username().is_empty() && entry.signs_in_with().is_none()).then_some(Which::Username))
}

/// What codes are computed from: the one-time code, else the first custom field of that sort.
pub fn otp(entry: &Entry<'_>) -> Option<Which> {
    if entry.otp().is_some() {
        return Some(Which::Otp);
    }
    let fields = entry.fields();
    fields.iter().find(|field| field.kind == FieldKind::Totp).map(|field| Which::Custom(field.id))
}

/// One field; a single back-up code too.
pub fn find<'v>(entry: &Entry<'v>, which: Which) -> Option<Shown<'v>> {
    let code = || match which {
        Which::Custom(id) => entry.fields().into_iter().find(|field| field.id == id).map(custom),
        _ => None,
    };
    of(entry).into_iter().find(|field| field.which == which).or_else(code)
}

/// What a field is called within a sentence: `password`, `user name`, or its label.
pub fn spoken(field: &Shown<'_>) -> String {
    match field.which {
        Which::Username => "user name".to_owned(),
        Which::Password => "password".to_owned(),
        Which::Pending => "new password".to_owned(),
        Which::Expiry => "day of expiry".to_owned(),
        Which::Url(_) => "URL".to_owned(),
        Which::Otp => "code".to_owned(),
        Which::SignsInWith => "sign-in".to_owned(),
        Which::BackupCodes => "back-up codes".to_owned(),
        Which::Note => "note".to_owned(),
        Which::Folder => "folder".to_owned(),
        Which::Tags => "tags".to_owned(),
        Which::File(_) => "file name".to_owned(),
        Which::Custom(_) => field.label.clone().into_owned(),
    }
}

/// The host of a URL, by its text alone: for reading, not for deciding anything.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_the_text() {
        for (url, expected) in [
            ("https://www.example.com/login?x#y", "example.com"),
            ("example.com", "example.com"),
            ("https://me:pw@example.com:8080/", "example.com:8080"),
            ("https://[fd00::20]:5000/", "[fd00::20]:5000"),
            ("", ""),
            ("http://", ""),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
