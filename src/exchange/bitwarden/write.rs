//! Entries as Bitwarden's items, one a line. Each is read back at once: what came out otherwise is carried.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::draft::Draft;
use super::super::json::tree::Object;
use super::super::loss::{LossKind, Losses, without_bytes};
use super::super::{Outcome, carried};
use super::read::{Folders, read_item};
use super::types::{EXPIRY, ItemType, TYPES, month_and_year};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::{self, FieldKind};
use crate::vault::{Id, folder};

/// Writes all `items`, those in the trash too. Files are left out.
pub fn write(items: &mut dyn Iterator<Item = Item>, out: &mut dyn Write) -> io::Result<Losses> {
    let mut losses = Losses::default();
    let mut names: Vec<String> = Vec::new();
    out.write_all(b"{\"encrypted\":false,\"items\":[")?;
    for (index, mut item) in items.enumerate() {
        if without_bytes(&mut item) {
            losses.add(LossKind::NotText, &item.title);
        }
        if !std::mem::take(&mut item.attachments).is_empty() {
            losses.add(LossKind::Attachments, &item.title);
        }
        let name = folder::split(&item.folder).join("/");
        let folder = match names.iter().position(|known| *known == name) {
            _ if name.is_empty() => None,
            Some(known) => Some(known),
            None => {
                names.push(name.clone());
                Some(names.len() - 1)
            }
        };
        let folder = folder.map(|folder| (folder_id(folder), name.as_str()));
        let written = written(&item, folder.as_ref().map(|(id, name)| (id.as_str(), *name)))?;
        if written.is_carried {
            losses.add(LossKind::Carried, &item.title);
        }
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        out.write_all(&written.json)?;
    }
    out.write_all(b"\n],\"folders\":[")?;
    for (index, name) in names.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &FolderJson { id: folder_id(index), name })?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(losses)
}

/// The id of a folder, in the form of a UUID; it says something in this file only.
fn folder_id(index: usize) -> String {
    format!("00000000-0000-4000-8000-{index:012x}")
}

struct Written {
    json: Zeroizing<Vec<u8>>,
    is_carried: bool,
}

fn written(item: &Item, folder: Option<(&str, &str)>) -> io::Result<Written> {
    // Something stands in the last place while it is read back, so that no field of the entry is taken for it.
    let bare = json(item, folder, Some(carried::NOTHING))?;
    let mut folders = Folders::default();
    if let Some((id, name)) = folder {
        folders.add(id.to_owned(), name);
    }
    let text = std::str::from_utf8(&bare).unwrap_or_default();
    let read_back = match read_item(text, &mut folders, &mut |_, _| ()).map(Draft::finish) {
        Ok(Outcome::Item(item, _)) => *item,
        _ => Item::default(),
    };
    match carried::difference(item, &read_back) {
        Some(difference) => {
            Ok(Written { json: json(item, folder, Some(plain(&difference)))?, is_carried: true })
        }
        None if item.fields.last().is_some_and(|last| last.name == carried::NAME) => {
            Ok(Written { json: bare, is_carried: false })
        }
        None => Ok(Written { json: json(item, folder, None)?, is_carried: false }),
    }
}

fn json(item: &Item, folder: Option<(&str, &str)>, carried: Option<&str>) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::new());
    serde_json::to_writer(&mut *json, &ItemJson::of(item, folder.map(|(id, _)| id), carried))?;
    Ok(json)
}

#[derive(Serialize)]
struct FolderJson<'i> {
    id: String,
    name: &'i str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemJson<'i> {
    id: Option<String>,
    organization_id: Option<&'i str>,
    folder_id: Option<&'i str>,
    r#type: i64,
    reprompt: u8,
    name: &'i str,
    notes: Option<&'i str>,
    favorite: bool,
    fields: Vec<FieldJson<'i>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<LoginJson<'i>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secure_note: Option<NoteJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Members<'i>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<Members<'i>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssh_key: Option<Members<'i>>,
    collection_ids: Option<&'i str>,
    password_history: Option<Vec<PastJson<'i>>>,
    creation_date: Option<String>,
    revision_date: Option<String>,
    deleted_date: Option<String>,
}

#[derive(Serialize)]
struct FieldJson<'i> {
    name: &'i str,
    value: &'i str,
    r#type: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginJson<'i> {
    uris: Vec<UriJson<'i>>,
    username: Option<&'i str>,
    password: Option<&'i str>,
    totp: Option<&'i str>,
    fido2_credentials: Vec<&'i RawValue>,
}

#[derive(Serialize)]
struct UriJson<'i> {
    r#match: Option<u8>,
    uri: &'i str,
}

#[derive(Serialize)]
struct NoteJson {
    r#type: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PastJson<'i> {
    last_used_date: String,
    password: &'i str,
}

/// The members of a card, an identity or a key.
type Members<'i> = BTreeMap<&'static str, Cow<'i, str>>;

impl<'i> ItemJson<'i> {
    fn of(item: &'i Item, folder: Option<&'i str>, carried: Option<&'i str>) -> Self {
        let type_of = item_type(item);
        let (members, mut fields) = members_and_fields(item, TYPES.iter().find(|one| one.number == type_of));
        if let Some(carried) = carried {
            fields.push(FieldJson { name: carried::NAME, value: carried, r#type: 1 });
        }
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let past = item.history.iter().rev().filter(|past| past.field == "password");
        let past: Vec<PastJson<'_>> = past
            .map(|past| PastJson { last_used_date: past.time.to_string(), password: plain(&past.value) })
            .collect();
        let of_type = |number: i64| Some(members.clone()).filter(|_| type_of == number);
        Self {
            id: item.id.map(uuid),
            organization_id: None,
            folder_id: folder,
            r#type: type_of,
            reprompt: 0,
            name: &item.title,
            notes: item.note.as_ref().map(plain),
            favorite: item.favourite,
            fields,
            login: (type_of == LOGIN).then(|| LoginJson::of(item)),
            secure_note: (type_of == NOTE).then_some(NoteJson { r#type: 0 }),
            card: of_type(3),
            identity: of_type(4),
            ssh_key: of_type(5),
            collection_ids: None,
            password_history: Some(past).filter(|past| !past.is_empty()),
            creation_date: time(item.created),
            revision_date: time(item.modified),
            deleted_date: time(
                item.modified.or(item.created).or(Some(Timestamp(0))).filter(|_| item.trashed),
            ),
        }
    }
}

impl<'i> LoginJson<'i> {
    fn of(item: &'i Item) -> Self {
        let text = |secret: &'i Option<Secret>| secret.as_ref().map(plain);
        let own = |passkey: &'i Secret| {
            let has_key = Object::read(plain(passkey)).ok()?.peek("keyValue").is_some();
            serde_json::from_str(plain(passkey)).ok().filter(|_| has_key)
        };
        Self {
            uris: item.urls.iter().map(|uri| UriJson { r#match: None, uri }).collect(),
            username: Some(item.username.as_str()).filter(|name| !name.is_empty()),
            password: text(&item.password),
            totp: text(&item.totp),
            fido2_credentials: item.passkeys.iter().filter_map(own).collect(),
        }
    }
}

const LOGIN: i64 = 1;
const NOTE: i64 = 2;

/// The type that shows all that the item has: a login, if it has what only logins do.
fn item_type(item: &Item) -> i64 {
    let typed = TYPES.iter().find(|one| one.kind == item.kind);
    let has_username = !item.username.is_empty() && item.kind != "identity";
    let is_login = item.kind == kinds::LOGIN
        || has_username
        || item.password.is_some()
        || item.totp.is_some()
        || !item.urls.is_empty()
        || !item.passkeys.is_empty();
    if is_login { LOGIN } else { typed.map_or(NOTE, |typed| typed.number) }
}

/// Fields that have a place of their own in items of a type, and the others.
fn members_and_fields<'i>(
    item: &'i Item,
    typed: Option<&'static ItemType>,
) -> (Members<'i>, Vec<FieldJson<'i>>) {
    let mut members = Members::new();
    let mut fields = Vec::new();
    for ItemField { name, kind, value, .. } in &item.fields {
        let value = plain(value);
        let home = typed.and_then(|typed| typed.members.iter().find(|(_, label, _)| label == name));
        let home =
            home.filter(|(key, _, wanted)| kind == wanted && !value.is_empty() && !members.contains_key(key));
        let date = typed.filter(|typed| typed.kind == "card" && name == EXPIRY && *kind == FieldKind::Date);
        let date = date.and_then(|_| month_and_year(value)).filter(|_| !members.contains_key("expYear"));
        match (home, date) {
            (Some((key, ..)), _) => {
                members.insert(key, Cow::Borrowed(value));
            }
            (None, Some((month, year))) => {
                members.insert("expMonth", Cow::Owned(month));
                members.insert("expYear", Cow::Owned(year));
            }
            (None, None) => fields.push(FieldJson { name, value, r#type: u8::from(kind.is_secret()) }),
        }
    }
    if typed.is_some_and(|typed| typed.kind == "identity") && !item.username.is_empty() {
        members.insert("username", Cow::Borrowed(&item.username));
    }
    (members, fields)
}

fn uuid(id: Id) -> String {
    let mut text = id.to_string();
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

/// The text of a secret, which is text by now.
fn plain(secret: &Secret) -> &str {
    secret.expose_str().unwrap_or_default()
}
