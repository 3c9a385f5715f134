//! An entry of KeePass as an item: every text, file and older value finds its home, or becomes a custom field.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{Remark, carried};
use super::entry::{Entry, Named};
use super::{codes, earlier};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::{Attachment, Item, ItemField, PastValue};
use crate::vault::kinds::FieldKind;

/// The names of the texts that every entry has.
pub const TITLE: &str = "Title";
#[allow(missing_docs)]
pub const USERNAME: &str = "UserName";
#[allow(missing_docs)]
pub const PASSWORD: &str = "Password";
#[allow(missing_docs)]
pub const URL: &str = "URL";
#[allow(missing_docs)]
pub const NOTES: &str = "Notes";
/// Beginnings of the names of further URLs, and of apps.
pub const FURTHER_URL: &str = "KP2A_URL";
const APP: &str = "AndroidApp";
/// Further URLs, one a line.
pub const URL_LIST: &str = "Additional URLs";
/// Title of an entry that has nothing to be called by.
const NO_NAME: &str = "(no name)";

/// The item in the folder of this path.
pub fn of(entry: &Entry, path: &str, trashed: bool, remarks: &mut Vec<Remark>) -> Item {
    let mut item = version(entry, remarks);
    item.folder = path.to_owned();
    item.trashed = trashed;
    item.history = past(&entry.history, &item, entry.times.modified);
    for (name, content) in &entry.files {
        attach(&mut item, name, content.as_ref(), remarks);
    }
    attach_past(&mut item, entry, remarks);
    for ItemField { name, kind, value, ticked_off } in &entry.extras {
        remarks.push(Remark::KeptAsField(name.clone()));
        let (name, value) = (name.clone(), value.duplicate());
        item.fields.push(ItemField { name, kind: *kind, value, ticked_off: *ticked_off });
    }
    if item.title.is_empty() {
        let host = item.urls.first().and_then(|url| url::Url::parse(url).ok());
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).filter(|host| !host.is_empty());
        let username = Some(&item.username).filter(|name| !name.is_empty());
        item.title = host.or_else(|| username.cloned()).unwrap_or_else(|| NO_NAME.to_owned());
        remarks.push(Remark::Untitled);
    }
    if let Some(carried) = &entry.carried
        && !earlier::restore(carried, &mut item)
    {
        carried::restore(&mut item, carried, remarks);
    }
    item
}

/// One version of an entry, without its history, files and folder.
fn version(entry: &Entry, remarks: &mut Vec<Remark>) -> Item {
    let mut item = Item {
        id: entry.id,
        created: entry.times.created,
        modified: entry.times.modified,
        last_used: entry.times.accessed,
        tags: entry.tags.clone(),
        ..Item::default()
    };
    item.upkeep.expiry = entry.times.expiry;
    let secret = |value: &Secret| Some(value.duplicate()).filter(|value| !value.is_empty());
    let text = |value: &Secret| String::from_utf8_lossy(value.expose()).into_owned();
    let (code, taken) = codes::read(entry);
    item.totp = code;
    for Named { name, value, is_protected } in &entry.strings {
        match name.as_str() {
            TITLE => item.title = text(value),
            USERNAME => item.username = text(value),
            PASSWORD => item.password = secret(value),
            NOTES => item.note = secret(value),
            URL if !value.is_empty() => item.urls.insert(0, text(value)),
            URL => {}
            URL_LIST => {
                let lines = value.expose_str().unwrap_or_default().lines().map(str::trim);
                item.urls.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
            }
            name if is_url(name) && !value.is_empty() => item.urls.push(text(value)),
            name if taken.contains(&name) => {}
            name => {
                let kind = if *is_protected { FieldKind::Hidden } else { FieldKind::Text };
                let kind = if codes::is_code(name) { FieldKind::Hidden } else { kind };
                if codes::is_code(name) {
                    remarks.push(Remark::KeptAsField(name.to_owned()));
                }
                let (name, value) = (name.to_owned(), value.duplicate());
                item.fields.push(ItemField { name, kind, value, ticked_off: false });
            }
        }
    }
    item
}

/// `KP2A_URL`, `KP2A_URL_1`, `AndroidApp2`.
pub fn is_url(name: &str) -> bool {
    [FURTHER_URL, APP].iter().any(|start| {
        let rest = name.strip_prefix(start).map(|rest| rest.strip_prefix('_').unwrap_or(rest));
        rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Every value that the version after it does not have, with the time since which it was there.
fn past(history: &[Entry], current: &Item, modified: Option<Timestamp>) -> Vec<PastValue> {
    let versions: Vec<Item> = history.iter().map(|past| version(past, &mut Vec::new())).collect();
    let mut past = Vec::new();
    let mut since: BTreeMap<(&str, &[u8]), Timestamp> = BTreeMap::new();
    let times = history.iter().map(|past| past.times.modified).chain([modified]);
    for (item, time) in versions.iter().chain([current]).zip(times) {
        let time = time.unwrap_or_default();
        let mut now = BTreeMap::new();
        for value in values(item) {
            now.insert(value, since.remove(&value).unwrap_or(time));
        }
        past.extend(since.into_iter().map(|((field, value), time)| PastValue {
            field: field.to_owned(),
            value: Secret::copy_of(value),
            time,
        }));
        since = now;
    }
    past.sort_by_key(|past| past.time);
    past
}

/// All values of an item that a history can have, with their names there.
fn values(item: &Item) -> Vec<(&str, &[u8])> {
    let mut values = vec![("title", item.title.as_bytes()), ("username", item.username.as_bytes())];
    for (name, secret) in [("password", &item.password), ("note", &item.note), ("totp", &item.totp)] {
        values.extend(secret.as_ref().map(|secret| (name, secret.expose())));
    }
    values.extend(item.urls.iter().map(|url| ("url", url.as_bytes())));
    values.extend(item.tags.iter().map(|tag| ("tag", tag.as_bytes())));
    values.extend(item.fields.iter().map(|field| (field.name.as_str(), field.value.expose())));
    values.retain(|(_, value)| !value.is_empty());
    values
}

fn attach(item: &mut Item, name: &str, content: Option<&Rc<Secret>>, remarks: &mut Vec<Remark>) {
    match content {
        Some(content) => {
            let content = content.duplicate();
            item.attachments.push(Attachment { name: name.to_owned(), content });
        }
        None => remarks.push(Remark::MissingFile(name.to_owned())),
    }
}

/// Files that only older versions have, each content once.
fn attach_past(item: &mut Item, entry: &Entry, remarks: &mut Vec<Remark>) {
    let mut known: Vec<&Rc<Secret>> =
        entry.files.iter().filter_map(|(_, content)| content.as_ref()).collect();
    let past = entry.history.iter().rev().flat_map(|past| past.files.iter().map(move |file| (past, file)));
    for (past, (name, content)) in past {
        let Some(content) = content else { continue };
        if known.iter().any(|known| Rc::ptr_eq(known, content) || known.same_as(content.expose())) {
            continue;
        }
        known.push(content);
        let day = past.times.modified.map(|time| time.to_string()).unwrap_or_default();
        let name = format!("{name} (version of {})", day.get(..10).unwrap_or("an unknown day"));
        remarks.push(Remark::KeptAsFile(name.clone()));
        attach(item, &name, Some(content), remarks);
    }
}
