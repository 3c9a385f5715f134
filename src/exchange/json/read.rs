//! JSON as items. The source is checked as a whole before the first entry is handed on; after that a bad entry
//! is skipped by its number. Keys that are missing or null are empty; unknown ones become hidden custom fields.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::base64;
use super::super::{Each, ImportError, Outcome, Place, Remark, Row, Skip};
use super::text::unescape;
use super::tree::{self, Members};
use super::{FORMAT, VERSION};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::{Attachment, Exception, Item, ItemField, PastValue};
use crate::vault::kinds::{self, FieldKind};

/// Hands on every entry of `source`.
pub fn read(source: &[u8], each: &mut Each<'_>) -> Result<(), ImportError> {
    let top = TopLevel::read(source)?;
    if !top.is_own() {
        return Err(ImportError::ForeignJson);
    }
    match top.version.and_then(|version| version.get().parse().ok()) {
        Some(VERSION) => {}
        Some(version) if version > VERSION => return Err(ImportError::TooNew { version }),
        _ => return Err(ImportError::NoVersion),
    }
    let entries =
        top.entries.filter(|entries| entries.get().starts_with('[')).ok_or(ImportError::NoEntries)?;
    for key in top.unknown {
        let outcome = Outcome::Skipped(Skip::UnknownKey { key });
        if each(Row { place: Place::TopLevel, outcome }).is_break() {
            return Ok(());
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(entries.get());
    // The one error there can be, in text that was read above, is that `each` broke off.
    deserializer.deserialize_seq(Entries { each }).or(Ok(()))
}

/// The keys around the entries.
#[derive(Default)]
pub struct TopLevel<'s> {
    format: Option<&'s RawValue>,
    version: Option<&'s RawValue>,
    entries: Option<&'s RawValue>,
    unknown: Vec<String>,
}

impl<'s> TopLevel<'s> {
    /// Reads all of `source`, and keeps the places of what is in it.
    ///
    /// # Errors
    /// [`ImportError::DamagedJson`], [`ImportError::ForeignJson`] where it is no object, [`ImportError::RepeatedKey`].
    pub fn read(source: &'s [u8]) -> Result<Self, ImportError> {
        let damaged = |error: &serde_json::Error| ImportError::DamagedJson {
            line: error.line(),
            column: error.column(),
        };
        let members =
            serde_json::from_slice::<Members<'s>>(source).map_err(|error| match error.classify() {
                serde_json::error::Category::Data => ImportError::ForeignJson,
                _ => damaged(&error),
            })?;
        if members.are_ambiguous() {
            return Err(ImportError::RepeatedKey);
        }
        let mut top = Self::default();
        for (key, value) in members.0 {
            match key.as_str() {
                "format" => top.format = Some(value),
                "version" => top.version = Some(value),
                "entries" => top.entries = Some(value),
                _ => top.unknown.push(key),
            }
        }
        Ok(top)
    }

    /// Whether it says that it is this format.
    pub fn is_own(&self) -> bool {
        self.format
            .and_then(|format| unescape(format.get()))
            .is_some_and(|format| format.same_as(FORMAT.as_bytes()))
    }
}

/// Hands on the entries of a list.
struct Entries<'e, 'a> {
    each: &'e mut Each<'a>,
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = entries.next_element::<&RawValue>()? {
            number += 1;
            let mut remarks = Vec::new();
            let outcome = match item(entry, &mut remarks) {
                Ok(item) => Outcome::of(item, remarks),
                Err(skip) => Outcome::Skipped(skip),
            };
            if let ControlFlow::Break(()) = (self.each)(Row { place: Place::Entry(number), outcome }) {
                return Err(A::Error::custom("broken off"));
            }
        }
        Ok(())
    }
}

/// Reads one entry.
///
/// # Errors
/// [`Skip`] where it is none.
pub fn entry(json: &str, remarks: &mut Vec<Remark>) -> Result<Item, Skip> {
    item(serde_json::from_str(json).map_err(|_| Skip::NotAnObject)?, remarks)
}

fn item(entry: &RawValue, remarks: &mut Vec<Remark>) -> Result<Item, Skip> {
    let mut item = Item { kind: String::new(), ..Item::default() };
    // What has no home goes behind the custom fields that have one.
    let mut homeless = Vec::new();
    for (key, value) in members(entry)? {
        let value = value.get();
        match key.as_str() {
            "id" => item.id = parsed(value, "id", &mut homeless)?,
            "title" => item.title = text(value, "title")?,
            "username" => item.username = text(value, "username")?,
            "password" => item.password = secret(value, "password")?,
            "urls" => item.urls = texts(value, "urls")?,
            "notes" => item.note = secret(value, "notes")?,
            "folder" => item.folder = text(value, "folder")?,
            "tags" => item.tags = texts(value, "tags")?,
            "totp" => item.totp = secret(value, "totp")?,
            "kind" => item.kind = text(value, "kind")?,
            "favorite" => item.favourite = flag(value, "favorite")?,
            "created" => item.created = moment(value, "created", &mut homeless)?,
            "modified" => item.modified = moment(value, "modified", &mut homeless)?,
            "last_used" => item.last_used = moment(value, "last_used", &mut homeless)?,
            "trashed" => item.trashed = flag(value, "trashed")?,
            "fields" => item.fields = list(value, "fields", |value| field(value, &mut homeless))?,
            "history" => item.history = list(value, "history", |value| past(value, &mut homeless))?,
            "attachments" => {
                item.attachments = list(value, "attachments", |value| attachment(value, &mut homeless))?;
            }
            "passkeys" => item.passkeys = list(value, "passkeys", |value| passkey(value.get()))?,
            "expires" => item.upkeep.expiry = moment(value, "expires", &mut homeless)?,
            "recipe" => item.upkeep.policy = text(value, "recipe")?,
            "pending_password" => item.upkeep.pending = secret(value, "pending_password")?,
            "reminder_days" => item.upkeep.reminder = days(value)?,
            "signs_in_with" => item.upkeep.signs_in_with = parsed(value, "signs_in_with", &mut homeless)?,
            "exceptions" => {
                item.upkeep.exceptions = list(value, "exceptions", |value| exception(value, &mut homeless))?;
            }
            _ => homeless.push(Homeless { label: key, value: any(value) }),
        }
    }
    if item.kind.is_empty() {
        item.kind = kinds::LOGIN.to_owned();
    }
    for Homeless { label, value } in homeless.into_iter().filter(|kept| !kept.value.is_empty()) {
        remarks.push(Remark::KeptAsField(label.clone()));
        item.fields.push(ItemField { name: label, kind: FieldKind::Hidden, value, ticked_off: false });
    }
    Ok(item)
}

/// A value that becomes a custom field.
struct Homeless {
    label: String,
    value: Secret,
}

fn field(value: &RawValue, homeless: &mut Vec<Homeless>) -> Result<ItemField, Skip> {
    let (name, value_of) = (String::new(), Secret::with_capacity(0));
    let mut field = ItemField { name, kind: FieldKind::Text, value: value_of, ticked_off: false };
    let (mut kind, mut hidden) = (String::new(), false);
    for (key, value) in members(value)? {
        let value = value.get();
        match key.as_str() {
            "name" => field.name = text(value, "name")?,
            "value" => field.value = secret(value, "value")?.unwrap_or(field.value),
            "hidden" => hidden = flag(value, "hidden")?,
            "type" => kind = text(value, "type")?,
            "used" => field.ticked_off = flag(value, "used")?,
            key => homeless.push(Homeless { label: format!("fields.{key}"), value: any(value) }),
        }
    }
    field.kind = match FieldKind::named(&kind) {
        Some(kind) => kind,
        None if hidden || !kind.is_empty() => FieldKind::Hidden,
        None => FieldKind::Text,
    };
    if FieldKind::named(&kind).is_none() && !kind.is_empty() {
        homeless.push(Homeless { label: "fields.type".to_owned(), value: Secret::from_text(kind) });
    }
    Ok(field)
}

fn past(value: &RawValue, homeless: &mut Vec<Homeless>) -> Result<PastValue, Skip> {
    let mut past = PastValue { field: String::new(), value: Secret::with_capacity(0), time: Timestamp(0) };
    for (key, value) in members(value)? {
        let value = value.get();
        match key.as_str() {
            "field" => past.field = text(value, "field")?,
            "value" => past.value = secret(value, "value")?.unwrap_or(past.value),
            "time" => past.time = moment(value, "time", homeless)?.unwrap_or_default(),
            key => homeless.push(Homeless { label: format!("history.{key}"), value: any(value) }),
        }
    }
    Ok(past)
}

fn exception(value: &RawValue, homeless: &mut Vec<Homeless>) -> Result<Exception, Skip> {
    let mut exception = Exception { kind: String::new(), reason: String::new() };
    for (key, value) in members(value)? {
        let value = value.get();
        match key.as_str() {
            "kind" => exception.kind = text(value, "kind")?,
            "reason" => exception.reason = text(value, "reason")?,
            key => homeless.push(Homeless { label: format!("exceptions.{key}"), value: any(value) }),
        }
    }
    Ok(exception)
}

fn passkey(json: &str) -> Result<Secret, Skip> {
    Ok(secret(json, "passkeys")?.unwrap_or_else(|| Secret::with_capacity(0)))
}

fn attachment(value: &RawValue, homeless: &mut Vec<Homeless>) -> Result<Attachment, Skip> {
    let mut file = Attachment { name: String::new(), content: Secret::with_capacity(0) };
    for (key, value) in members(value)? {
        let value = value.get();
        match key.as_str() {
            "name" => file.name = text(value, "name")?,
            "content" => {
                let content = secret(value, "content")?.unwrap_or(file.content);
                let decoded = base64::decode(content.expose());
                file.content = decoded.ok_or(Skip::WrongType { key: "content", expected: "base 64" })?;
            }
            key => homeless.push(Homeless { label: format!("attachments.{key}"), value: any(value) }),
        }
    }
    Ok(file)
}

/// The members of an object, in order.
///
/// # Errors
/// [`Skip::NotAnObject`], [`Skip::RepeatedKey`].
pub fn members(value: &RawValue) -> Result<Vec<(String, &RawValue)>, Skip> {
    let members: Members<'_> = serde_json::from_str(value.get()).map_err(|_| Skip::NotAnObject)?;
    if members.are_ambiguous() { Err(Skip::RepeatedKey) } else { Ok(members.0) }
}

/// A secret text; none where it is empty or null.
fn secret(json: &str, key: &'static str) -> Result<Option<Secret>, Skip> {
    if json == "null" {
        return Ok(None);
    }
    let text = unescape(json).ok_or(Skip::WrongType { key, expected: "text" })?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn text(json: &str, key: &'static str) -> Result<String, Skip> {
    let text = secret(json, key)?;
    Ok(text.as_ref().and_then(Secret::expose_str).unwrap_or_default().to_owned())
}

fn texts(json: &str, key: &'static str) -> Result<Vec<String>, Skip> {
    list(json, key, |value| text(value.get(), key))
}

fn flag(json: &str, key: &'static str) -> Result<bool, Skip> {
    match json {
        "true" => Ok(true),
        "false" | "null" => Ok(false),
        _ => Err(Skip::WrongType { key, expected: "true or false" }),
    }
}

fn days(json: &str) -> Result<Option<u32>, Skip> {
    let wrong = Skip::WrongType { key: "reminder_days", expected: "a number of days" };
    serde_json::from_str(json).map_err(|_| wrong)
}

fn list<'s, T>(
    json: &'s str,
    key: &'static str,
    read: impl FnMut(&'s RawValue) -> Result<T, Skip>,
) -> Result<Vec<T>, Skip> {
    if json == "null" {
        return Ok(Vec::new());
    }
    let values: Vec<&RawValue> =
        serde_json::from_str(json).map_err(|_| Skip::WrongType { key, expected: "a list" })?;
    values.into_iter().map(read).collect()
}

/// A value that is written as text; one that cannot be read as such is kept as it is.
fn parsed<T: FromStr>(
    json: &str,
    key: &'static str,
    homeless: &mut Vec<Homeless>,
) -> Result<Option<T>, Skip> {
    convert(json, key, homeless, |text| text.parse().ok())
}

/// A moment in RFC 3339.
fn moment(json: &str, key: &'static str, homeless: &mut Vec<Homeless>) -> Result<Option<Timestamp>, Skip> {
    convert(json, key, homeless, Timestamp::parse)
}

fn convert<T>(
    json: &str,
    key: &'static str,
    homeless: &mut Vec<Homeless>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Skip> {
    let text = text(json, key)?;
    let value = read(&text);
    if value.is_none() {
        homeless.push(Homeless { label: key.to_owned(), value: Secret::from_text(text) });
    }
    Ok(value)
}

/// Any value as text: that of a string, the JSON of anything else, nothing for null.
pub fn any(json: &str) -> Secret {
    if json == "null" { Secret::with_capacity(0) } else { tree::any(json) }
}
