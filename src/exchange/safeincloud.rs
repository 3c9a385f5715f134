//! SafeInCloud's XML: cards with fields of types, labels by number, pictures and files in base 64. A field has its
//! earlier values in an attribute.
//!
//! Of a card nothing is dropped but how it looks and what is computed of its passwords. Templates in which nothing
//! is filled in are no entries.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::draft::Draft;
use super::json::tree::{Object, plain, text_of};
use super::keepass::KeePassError;
use super::keepass::xml::{Tag, Xml, decoded};
use super::{Each, ImportError, Importer, Outcome, Place, Remark, Row, Unlock, without_bom};
use crate::crypto::kdbx::Keystream;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::kinds::{self, FieldKind};

/// The format.
pub struct SafeInCloud;

/// Attributes of a card that say how it looks, and numbers of its own.
const LOOKS: [&str; 9] = [
    "id",
    "symbol",
    "color",
    "autofill",
    "website_icon",
    "custom_icon",
    "use_website_icon",
    "icon",
    "prev_stamp",
];

impl Importer for SafeInCloud {
    fn recognises(&self, source: &[u8]) -> bool {
        let source = without_bom(source).trim_ascii_start();
        let head = source.get(..source.len().min(4096)).unwrap_or_default();
        let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
        source.starts_with(b"<") && has(b"<database") && (has(b"<card ") || has(b"<label "))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        // Labels may stand behind the cards that have them.
        let mut labels = HashMap::new();
        let open = || -> Result<_, ImportError> {
            let mut xml = Xml::new(without_bom(source), Keystream::None);
            match xml.child()? {
                Some(tag) if tag.name == "database" => Ok(xml),
                _ => Err(ImportError::UnknownFormat),
            }
        };
        let mut xml = open()?;
        while let Some(tag) = xml.child()? {
            if let ("label", Some(id), Some(name)) =
                (tag.name.as_str(), tag.attribute("id"), tag.attribute("name"))
            {
                labels.insert(id.to_owned(), name.to_owned());
            }
            xml.content(&tag)?;
        }
        let (mut xml, mut number) = (open()?, 0);
        while let Some(tag) = xml.child()? {
            if tag.name != "card" {
                xml.content(&tag)?;
                continue;
            }
            number += 1;
            let outcome = read_card(&tag, &mut xml, &labels)?;
            if each(Row { place: Place::Entry(number), outcome }) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }
}

fn read_card(
    card: &Tag,
    xml: &mut Xml<&[u8]>,
    labels: &HashMap<String, String>,
) -> Result<Outcome, KeePassError> {
    let mut draft = Draft::default();
    let (mut is_filled, mut mails) = (false, Vec::new());
    while let Some(tag) = xml.child()? {
        let value = xml.content(&tag)?;
        is_filled |= !value.is_empty() && tag.name != "label_id";
        match tag.name.as_str() {
            "field" => add_field(&tag, value, &mut mails, &mut draft),
            "notes" if draft.item.note.is_none() => {
                draft.item.note = Some(value).filter(|note| !note.is_empty())
            }
            "label_id" => {
                let id = text_of(&value);
                draft.item.tags.push(labels.get(&id).cloned().unwrap_or(id));
            }
            "image" | "file" => add_file(&tag, value, &mut draft),
            name => draft.keep(name, FieldKind::Hidden, Some(value)),
        }
    }
    draft.item.tags.retain(|tag| !tag.is_empty());
    for (name, mail) in mails {
        match mail.expose_str().filter(|_| draft.item.username.is_empty()) {
            Some(text) => draft.item.username = text.to_owned(),
            None => draft.field(&name, FieldKind::Text, mail),
        }
    }
    let is_template = card.says("template");
    if is_template && !is_filled {
        return Ok(Outcome::Blank);
    }
    if draft.item.fields.iter().any(|field| field.name == "Number" && field.kind == FieldKind::Hidden) {
        draft.item.kind = "card".to_owned();
    }
    add_attributes(card, &mut draft);
    draft.sort_history();
    Ok(draft.finish())
}

fn add_attributes(card: &Tag, draft: &mut Draft) {
    let millis = |text: &str| text.parse().ok().map(Timestamp);
    for (name, value) in card.attributes().filter(|(name, value)| !LOOKS.contains(name) && !value.is_empty())
    {
        match name {
            "title" => draft.item.title = value.to_owned(),
            "type" if value == "note" => draft.item.kind = kinds::NOTE.to_owned(),
            "star" => draft.item.favourite = card.says("star"),
            "deleted" => draft.item.trashed = card.says("deleted"),
            "time_stamp" if millis(value).is_some() => draft.item.modified = millis(value),
            "first_stamp" if millis(value).is_some() => draft.item.created = millis(value),
            "type" | "template" if matches!(value, "0" | "false") => {}
            _ => draft.keep_text(name, value),
        }
    }
}

fn add_field(tag: &Tag, value: Secret, mails: &mut Vec<(String, Secret)>, draft: &mut Draft) {
    let name = tag.attribute("name").unwrap_or_default();
    let kind = tag.attribute("type").unwrap_or_default();
    if let Some(history) = tag.attribute("history").filter(|history| !history.is_empty()) {
        add_history(history, kind, name, draft);
    }
    for (key, more) in tag.attributes() {
        // The last two are computed of the value.
        if !matches!(key, "name" | "type" | "autofill" | "history" | "score" | "hash") {
            draft.keep_text(&format!("{name}.{key}"), more);
        }
    }
    if value.is_empty() {
        return;
    }
    let of_card = match tag.attribute("autofill").unwrap_or_default() {
        "cc-number" => Some(("Number", FieldKind::Hidden)),
        "cc-name" => Some(("Name on Card", FieldKind::Text)),
        "cc-exp" => Some(("Expiration Date", FieldKind::Date)),
        "cc-csc" => Some(("Security Code", FieldKind::Hidden)),
        _ => None,
    };
    match (of_card, kind) {
        (Some((label, kind)), _) => draft.field(label, kind, value),
        (_, "login") => draft.username(name, Some(value)),
        (_, "password") => draft.password(name, Some(value)),
        (_, "website") => draft.url(text_of(&value)),
        (_, "one_time_password") => draft.totp(name, Some(value)),
        (_, "email") => mails.push((name.to_owned(), value)),
        (_, "date" | "expiry") => draft.field(name, FieldKind::Date, value),
        (_, "text" | "phone" | "application" | "multiline") => draft.field(name, FieldKind::Text, value),
        _ => draft.field(name, FieldKind::Hidden, value),
    }
}

/// Earlier values, each under the millisecond in which it was set.
fn add_history(json: &str, kind: &str, name: &str, draft: &mut Draft) {
    let Ok(history) = Object::read(json) else {
        return draft.keep(
            &format!("{name} (earlier)"),
            FieldKind::Hidden,
            Some(Secret::copy_of(json.as_bytes())),
        );
    };
    for (key, value) in history.rest() {
        let Some(value) = plain(value).filter(|value| !value.is_empty()) else { continue };
        match (kind, key.parse().ok().map(Timestamp)) {
            ("password", Some(time)) => draft.past_password(Some(value), Some(time)),
            _ => draft.keep(&format!("{name} (earlier)"), FieldKind::Hidden, Some(value)),
        }
    }
}

/// A picture has no name.
fn add_file(tag: &Tag, value: Secret, draft: &mut Draft) {
    let Some(content) = decoded(value.expose()) else {
        return draft.keep(&tag.name, FieldKind::Hidden, Some(value));
    };
    let picture = match content.expose() {
        [0x89, b'P', b'N', b'G', ..] => "image.png",
        [0xFF, 0xD8, ..] => "image.jpg",
        _ => "image",
    };
    match tag.attribute("name").filter(|name| !name.is_empty()) {
        Some(name) => draft.attach(name, content),
        None => {
            draft.remarks.push(Remark::KeptAsFile(picture.to_owned()));
            draft.attach(picture, content);
        }
    }
}
