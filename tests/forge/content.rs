//! What a vault says, as JSON: the same for this program and for `tests/reader.py`.

use serde_json::{Value as Json, json};
use tresor::crypto::derive;
use tresor::format::{self, Keys, Opened};
use tresor::vault::Entry;
use tresor::vault::entry::{State, Value};
use tresor::vault::seal::{Place, Seal};

use super::hex;

/// All of it: of the entries every current value and the history, of the rest digests.
pub fn of(opened: &Opened, keys: &Keys) -> Json {
    let mut body = Vec::new();
    format::body::encode(&opened.vault, &mut body);
    let entries: Vec<Json> = opened.vault.entries().map(|entry| entry_of(entry, keys)).collect();
    json!({
        "vault_id": hex(&keys.vault_id().0),
        "vk_id": hex(&keys.vk_id()),
        "read_only": opened.read_only,
        "generation": opened.inner.generation,
        "writer": hex(&opened.inner.writer.0),
        "parent": hex(&opened.inner.parent),
        "saved_at": opened.inner.saved_at.0,
        "other_parent": hex(&opened.inner.other_parent),
        "body": hex(&derive::sha256(&[&body])),
        "values": hex(&values_of(opened, keys)),
        "entries": entries,
    })
}

/// SHA-256 over every value of every cell, opened, each behind its length; all ones where it does not open.
fn values_of(opened: &Opened, keys: &Keys) -> [u8; 32] {
    let mut all = Vec::new();
    for record in opened.vault.records() {
        for cell in &record.cells {
            let place = Place { record: record.id, tag: cell.tag, field: cell.field };
            let value = opened.vault.value(cell);
            let plain = match cell.is_sealed() {
                true => keys.open(place, value).ok().map(|secret| secret.expose().to_vec()),
                false => Some(value.to_vec()),
            };
            all.extend(plain.as_ref().map_or(u64::MAX, |plain| plain.len() as u64).to_le_bytes());
            all.extend(plain.unwrap_or_default());
        }
    }
    derive::sha256(&[&all])
}

fn entry_of(entry: Entry<'_>, keys: &Keys) -> Json {
    let fields = entry.fields().into_iter().map(|field| {
        json!({"label": field.label, "kind": field.kind.name(), "value": value_of(Some(field.value), keys)})
    });
    let history = entry.history().into_iter().map(
        |past| json!({"field": past.name, "value": value_of(Some(past.value), keys), "time": past.time.0}),
    );
    let attachments = entry.attachments().into_iter().map(|file| {
        let whole = file.parts.len() == file.manifest.parts.len();
        let parts: Option<Vec<Vec<u8>>> = file.parts.iter().map(|part| open(*part, keys)).collect();
        let content = parts.map(|parts| parts.concat());
        let content = content.filter(|content| whole && content.len() as u64 == file.manifest.len);
        json!({"name": file.manifest.name, "length": file.manifest.len, "content": content.map(|it| hex(&it))})
    });
    json!({
        "id": hex(&entry.id().0),
        "state": match entry.state() {
            State::Live => "live",
            State::Trash => "trash",
            State::Gone => "gone",
        },
        "kind": entry.kind_name(),
        "title": entry.title(),
        "username": entry.username(),
        "password": value_of(entry.password(), keys),
        "urls": entry.urls(),
        "note": value_of(entry.note(), keys),
        "totp": value_of(entry.otp(), keys),
        "folder": entry.folder(),
        "tags": entry.tags(),
        "favourite": entry.is_favourite(),
        "created": entry.created().0,
        "modified": entry.modified().0,
        "last_used": entry.last_used().map(|time| time.0),
        "fields": fields.collect::<Vec<_>>(),
        "history": history.collect::<Vec<_>>(),
        "attachments": attachments.collect::<Vec<_>>(),
    })
}

/// Text, null where there is no value, or what is wrong with it.
fn value_of(value: Option<Value<'_>>, keys: &Keys) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Text(text)) => json!(text),
        Some(Value::Unreadable) => json!({"error": "unreadable"}),
        Some(value @ Value::Sealed(..)) => match open(value, keys).map(String::from_utf8) {
            None => json!({"error": "FieldTampered"}),
            Some(Err(_)) => json!({"error": "unreadable"}),
            Some(Ok(text)) => json!(text),
        },
    }
}

fn open(value: Value<'_>, keys: &Keys) -> Option<Vec<u8>> {
    match value {
        Value::Sealed(place, bytes) => keys.open(place, bytes).ok().map(|secret| secret.expose().to_vec()),
        Value::Text(text) => Some(text.as_bytes().to_vec()),
        Value::Unreadable => None,
    }
}
