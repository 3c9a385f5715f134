//! Items as JSON, an entry a line, each written straight to its output: no copy of a secret is made here.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::super::base64::Base64;
use super::super::loss::{LossKind, Losses, without_bytes};
use super::{FORMAT, VERSION};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::{Attachment, Exception, Item, ItemField, PastValue};
use crate::vault::kinds;

/// Writes all `items`, those in the trash too. The one loss is bytes that are not text.
pub fn write(items: &mut dyn Iterator<Item = Item>, out: &mut dyn Write) -> io::Result<Losses> {
    let mut losses = Losses::default();
    write!(out, "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"entries\":[")?;
    for (index, mut item) in items.enumerate() {
        if without_bytes(&mut item) {
            losses.add(LossKind::NotText, &item.title);
        }
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        entry(&item, out)?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(losses)
}

/// Writes one entry, whose values are text.
///
/// # Errors
/// As `out`.
pub fn entry(item: &Item, out: &mut dyn Write) -> io::Result<()> {
    Ok(serde_json::to_writer(out, &EntryJson::of(item))?)
}

/// An entry with the keys of docs/json-format.md, in their order.
#[derive(Serialize)]
struct EntryJson<'i> {
    id: Shown<Option<crate::vault::Id>>,
    title: &'i str,
    username: &'i str,
    password: &'i str,
    urls: &'i [String],
    notes: &'i str,
    folder: &'i str,
    tags: &'i [String],
    totp: &'i str,
    kind: &'i str,
    favorite: bool,
    created: Shown<Option<Timestamp>>,
    modified: Shown<Option<Timestamp>>,
    last_used: Shown<Option<Timestamp>>,
    trashed: bool,
    fields: Vec<FieldJson<'i>>,
    history: Vec<PastJson<'i>>,
    attachments: Vec<AttachmentJson<'i>>,
    // From here on a key stands where it says something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passkeys: Vec<&'i str>,
    #[serde(skip_serializing_if = "Shown::is_none")]
    expires: Shown<Option<Timestamp>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    recipe: &'i str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pending_password: &'i str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_days: Option<u32>,
    #[serde(skip_serializing_if = "Shown::is_none")]
    signs_in_with: Shown<Option<crate::vault::Id>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<ExceptionJson<'i>>,
}

#[derive(Serialize)]
struct ExceptionJson<'i> {
    kind: &'i str,
    reason: &'i str,
}

#[derive(Serialize)]
struct FieldJson<'i> {
    name: &'i str,
    value: &'i str,
    hidden: bool,
    r#type: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    used: bool,
}

#[derive(Serialize)]
struct PastJson<'i> {
    field: &'i str,
    value: &'i str,
    time: Shown<Option<Timestamp>>,
}

#[derive(Serialize)]
struct AttachmentJson<'i> {
    name: &'i str,
    content: Shown<Option<Base64<'i>>>,
}

/// A value as it is shown, an empty text if there is none.
struct Shown<T>(T);

impl<T> Shown<Option<T>> {
    fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: std::fmt::Display> Serialize for Shown<Option<T>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'i> EntryJson<'i> {
    fn of(item: &'i Item) -> Self {
        let text = |secret: &'i Option<Secret>| secret.as_ref().map_or("", plain);
        let field = |field: &'i ItemField| FieldJson {
            name: &field.name,
            value: plain(&field.value),
            hidden: field.kind.is_secret(),
            r#type: field.kind.name(),
            used: field.ticked_off,
        };
        let past = |past: &'i PastValue| PastJson {
            field: &past.field,
            value: plain(&past.value),
            time: Shown(Some(past.time)),
        };
        let attachment = |file: &'i Attachment| AttachmentJson {
            name: &file.name,
            content: Shown(Some(Base64(file.content.expose()))),
        };
        let exception = |one: &'i Exception| ExceptionJson { kind: &one.kind, reason: &one.reason };
        let upkeep = &item.upkeep;
        Self {
            id: Shown(item.id),
            title: &item.title,
            username: &item.username,
            password: text(&item.password),
            urls: &item.urls,
            notes: text(&item.note),
            folder: &item.folder,
            tags: &item.tags,
            totp: text(&item.totp),
            kind: if item.kind.is_empty() { kinds::LOGIN } else { &item.kind },
            favorite: item.favourite,
            created: Shown(item.created),
            modified: Shown(item.modified),
            last_used: Shown(item.last_used),
            trashed: item.trashed,
            fields: item.fields.iter().map(field).collect(),
            history: item.history.iter().map(past).collect(),
            attachments: item.attachments.iter().map(attachment).collect(),
            passkeys: item.passkeys.iter().map(plain).collect(),
            expires: Shown(upkeep.expiry),
            recipe: &upkeep.policy,
            pending_password: text(&upkeep.pending),
            reminder_days: upkeep.reminder,
            signs_in_with: Shown(upkeep.signs_in_with),
            exceptions: upkeep.exceptions.iter().map(exception).collect(),
        }
    }
}

/// The text of a secret, which is text by now.
fn plain(secret: &Secret) -> &str {
    secret.expose_str().unwrap_or_default()
}
