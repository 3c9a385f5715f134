//! Entries as CXF's items, one a line, in one account. Each is read back at once: what came out otherwise is
//! carried.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::draft::Draft;
use super::super::json::tree::Object;
use super::super::loss::{LossKind, Losses, without_bytes};
use super::super::{Fresh, Outcome, carried};
use super::id_text;
use super::otp::Totp;
use super::read::{Collections, path, read_item};
use super::types::{CredentialType, TYPES, field_type};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::Item;
use crate::vault::kinds::{self, FieldKind};
use crate::vault::{Id, folder};

/// Whom the file says that it is from; a relying party's id is a domain, and this one is nobody's.
const EXPORTER: &str = "tresor.invalid";

/// Writes all `items` but for their files.
pub fn write(
    items: &mut dyn Iterator<Item = Item>,
    fresh: &mut Fresh<'_>,
    out: &mut dyn Write,
) -> io::Result<Losses> {
    let mut losses = Losses::default();
    let mut folders: Vec<(String, Vec<String>)> = Vec::new();
    let account = crate::crypto::random::array(fresh.random).map_err(io::Error::other)?;
    write!(
        out,
        "{{\"version\":{{\"major\":1,\"minor\":0}},\"exporterRpId\":\"{EXPORTER}\",\"exporterDisplayName\":\"tresor\",\
         \"timestamp\":{},\"accounts\":[{{\"id\":\"{}\",\"username\":\"\",\"email\":\"\",\"items\":[",
        fresh.now.seconds(),
        id_text(Id(account)),
    )?;
    for (index, mut item) in items.enumerate() {
        if without_bytes(&mut item) {
            losses.add(LossKind::NotText, &item.title);
        }
        if !std::mem::take(&mut item.attachments).is_empty() {
            losses.add(LossKind::Attachments, &item.title);
        }
        let id = id_text(item.id.unwrap_or(Id((index as u128).to_be_bytes())));
        let title = folder::split(&item.folder).join("/");
        let (json, is_carried) = written(&item, &id, &title)?;
        if is_carried {
            losses.add(LossKind::Carried, &item.title);
        }
        if !title.is_empty() {
            match folders.iter_mut().find(|(known, _)| *known == title) {
                Some((_, ids)) => ids.push(id),
                None => folders.push((title, vec![id])),
            }
        }
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        out.write_all(&json)?;
    }
    out.write_all(b"\n],\"collections\":[")?;
    for (index, (title, ids)) in folders.iter().enumerate() {
        let id = id_text(Id((index as u128).to_be_bytes()));
        let items = ids.iter().map(|item| LinkedJson { item }).collect();
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &CollectionJson { id, title, items })?;
    }
    out.write_all(b"\n]}]}\n")?;
    Ok(losses)
}

/// An item as JSON, and whether something is carried in it.
fn written(item: &Item, id: &str, title: &str) -> io::Result<(Zeroizing<Vec<u8>>, bool)> {
    let bare = json(item, id, None)?;
    let mut collections = Collections::new();
    if !title.is_empty() {
        collections.insert(id.to_owned(), vec![path("", title)]);
    }
    let text = std::str::from_utf8(&bare).unwrap_or_default();
    let read_back = match read_item(text, &collections).map(Draft::finish) {
        Ok(Outcome::Item(item, _)) => *item,
        _ => Item::default(),
    };
    match carried::difference(item, &read_back) {
        Some(difference) => Ok((json(item, id, Some(plain(&difference)))?, true)),
        None => Ok((bare, false)),
    }
}

fn json(item: &Item, id: &str, carried: Option<&str>) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(Vec::new());
    serde_json::to_writer(&mut *json, &ItemJson::of(item, id, carried))?;
    Ok(json)
}

#[derive(Serialize)]
struct CollectionJson<'i> {
    id: String,
    title: &'i str,
    items: Vec<LinkedJson<'i>>,
}

#[derive(Serialize)]
struct LinkedJson<'i> {
    item: &'i str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemJson<'i> {
    id: &'i str,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_at: Option<u64>,
    title: &'i str,
    favorite: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeJson<'i>>,
    credentials: Vec<Credential<'i>>,
    tags: &'i [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<ExtensionJson<'i>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScopeJson<'i> {
    urls: &'i [String],
    android_apps: [(); 0],
}

#[derive(Serialize)]
struct ExtensionJson<'i> {
    name: &'static str,
    data: &'i str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Credential<'i> {
    BasicAuth(BasicAuthJson<'i>),
    Totp(Totp),
    Note(NoteJson<'i>),
    Passkey(&'i RawValue),
    Typed(std::collections::BTreeMap<&'static str, Member<'i>>),
    CustomFields(CustomFieldsJson<'i>),
}

#[derive(Serialize)]
struct BasicAuthJson<'i> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<Editable<'i>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Editable<'i>>,
}

#[derive(Serialize)]
struct NoteJson<'i> {
    r#type: &'static str,
    content: Editable<'i>,
}

#[derive(Serialize)]
struct CustomFieldsJson<'i> {
    r#type: &'static str,
    fields: Vec<Editable<'i>>,
}

/// A member of a typed credential: its type, or a field.
#[derive(Serialize)]
#[serde(untagged)]
enum Member<'i> {
    Name(&'static str),
    Field(Editable<'i>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Editable<'i> {
    field_type: &'static str,
    value: &'i str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'i str>,
}

impl<'i> Editable<'i> {
    fn of(kind: FieldKind, value: &'i str) -> Self {
        Self { field_type: field_type(kind, value), value, label: None }
    }
}

impl<'i> ItemJson<'i> {
    fn of(item: &'i Item, id: &'i str, carried: Option<&'i str>) -> Self {
        let seconds = |time: Option<Timestamp>| time.map(Timestamp::seconds);
        let carried = carried.map(|data| ExtensionJson { name: carried::NAME, data });
        Self {
            id,
            creation_at: seconds(item.created),
            modified_at: seconds(item.modified),
            title: &item.title,
            favorite: item.favourite,
            scope: (!item.urls.is_empty()).then_some(ScopeJson { urls: &item.urls, android_apps: [] }),
            credentials: credentials(item),
            tags: &item.tags,
            extensions: carried.into_iter().collect(),
        }
    }
}

fn credentials(item: &Item) -> Vec<Credential<'_>> {
    let mut credentials = Vec::new();
    let typed = TYPES.iter().find(|typed| typed.kind == item.kind && typed.is_written);
    let password = item.password.as_ref().map(plain);
    let in_typed = typed.is_some_and(|typed| typed.password.is_some());
    let password_alone = password.filter(|_| !in_typed);
    if item.kind == kinds::LOGIN || !item.username.is_empty() || password_alone.is_some() {
        let username = Some(item.username.as_str()).filter(|name| !name.is_empty());
        credentials.push(Credential::BasicAuth(BasicAuthJson {
            r#type: "basic-auth",
            username: username.map(|name| Editable::of(FieldKind::Text, name)),
            password: password_alone.map(|password| Editable::of(FieldKind::Hidden, password)),
        }));
    }
    credentials.extend(item.totp.as_ref().and_then(|totp| Totp::of(plain(totp))).map(Credential::Totp));
    credentials.extend(item.passkeys.iter().filter_map(passkey).map(Credential::Passkey));
    let note = item.note.as_ref().map(plain);
    if let Some(content) = note.or(Some("").filter(|_| item.kind == kinds::NOTE)) {
        let content = Editable::of(FieldKind::Text, content);
        credentials.push(Credential::Note(NoteJson { r#type: "note", content }));
    }
    credentials.extend(fields(item, typed));
    credentials
}

/// The typed credential of an entry's kind, and one of all other fields.
fn fields<'i>(item: &'i Item, typed: Option<&'static CredentialType>) -> Vec<Credential<'i>> {
    let mut members = std::collections::BTreeMap::new();
    let mut others = Vec::new();
    for field in &item.fields {
        let value = plain(&field.value);
        let home = typed.and_then(|typed| typed.members.iter().find(|(_, label, _)| *label == field.name));
        let home = home
            .filter(|(key, _, kind)| *kind == field.kind && !value.is_empty() && !members.contains_key(key));
        match home {
            Some((key, _, kind)) => {
                members.insert(*key, Member::Field(Editable::of(*kind, value)));
            }
            None => others.push(Editable { label: Some(&field.name), ..Editable::of(field.kind, value) }),
        }
    }
    let password = typed.and_then(|typed| typed.password).zip(item.password.as_ref());
    if let Some((key, password)) = password {
        members.insert(key, Member::Field(Editable::of(FieldKind::Hidden, plain(password))));
    }
    let mut credentials = Vec::new();
    if let Some(typed) = typed {
        members.insert("type", Member::Name(typed.name));
        credentials.push(Credential::Typed(members));
    }
    if !others.is_empty() {
        credentials
            .push(Credential::CustomFields(CustomFieldsJson { r#type: "custom-fields", fields: others }));
    }
    credentials
}

/// A passkey that is one of this format's.
fn passkey(passkey: &Secret) -> Option<&RawValue> {
    let mut object = Object::read(plain(passkey)).ok()?;
    serde_json::from_str(plain(passkey)).ok().filter(|_| object.text("type") == "passkey")
}

/// The text of a secret, which is text by now.
fn plain(secret: &Secret) -> &str {
    secret.expose_str().unwrap_or_default()
}
