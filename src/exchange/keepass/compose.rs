//! An item as an entry of KeePass: the other direction of [`super::item`], by the same names.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::entry::{Entry, Named, Times, tags};
use super::item::{FURTHER_URL, NOTES, PASSWORD, TITLE, URL, URL_LIST, USERNAME, is_url};
use super::{codes, labels, markup};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::{Item, ItemField, PastValue};

/// The entry that `item` is shown as, with an older version for each time at which a value was set that is
/// not there any more.
pub fn entry(item: &Item) -> Entry {
    let mut entry = Entry {
        times: Times {
            created: item.created,
            modified: item.modified,
            accessed: item.last_used,
            expiry: item.upkeep.expiry,
        }
        .in_seconds(),
        ..version(&Values::of(item))
    };
    let files = item.attachments.iter();
    entry.files = files.map(|file| (file.name.clone(), Some(Rc::new(file.content.duplicate())))).collect();
    let times: BTreeSet<Timestamp> = item.history.iter().map(|past| past.time).collect();
    for time in times {
        let past = version(&Values::at(item, time));
        let times = Times { modified: Some(time), created: item.created, ..Times::default() };
        entry.history.push(Entry { times: times.in_seconds(), ..past });
    }
    entry
}

/// The values of an item, now or at some time.
struct Values<'i> {
    title: &'i [u8],
    username: &'i [u8],
    password: &'i [u8],
    note: &'i [u8],
    totp: Option<&'i Secret>,
    urls: Vec<&'i str>,
    tags: Vec<&'i str>,
    fields: Vec<(&'i ItemField, &'i Secret)>,
}

impl<'i> Values<'i> {
    fn of(item: &'i Item) -> Self {
        Self {
            title: item.title.as_bytes(),
            username: item.username.as_bytes(),
            password: item.password.as_ref().map_or(&[], Secret::expose),
            note: item.note.as_ref().map_or(&[], Secret::expose),
            totp: item.totp.as_ref(),
            urls: item.urls.iter().map(String::as_str).collect(),
            tags: item.tags.iter().map(String::as_str).collect(),
            fields: item.fields.iter().map(|field| (field, &field.value)).collect(),
        }
    }

    /// As far as the history tells: what was set last, or nothing where it was set later.
    fn at(item: &'i Item, time: Timestamp) -> Self {
        let mut values = Self::of(item);
        let past = |name: &str| item.history.iter().filter(move |past| past.field == name).collect();
        let then = |name: &str| -> Option<Option<&'i PastValue>> {
            let past: Vec<&PastValue> = past(name);
            let last = past.iter().filter(|past| past.time <= time).max_by_key(|past| past.time);
            (!past.is_empty()).then_some(last.copied())
        };
        let text = |past: Option<&'i PastValue>| past.map_or(&[][..], |past| past.value.expose());
        for (name, value) in [
            ("title", &mut values.title),
            ("username", &mut values.username),
            ("password", &mut values.password),
            ("note", &mut values.note),
        ] {
            if let Some(past) = then(name) {
                *value = text(past);
            }
        }
        if let Some(past) = then("totp") {
            values.totp = past.map(|past| &past.value);
        }
        for (field, value) in &mut values.fields {
            if let Some(Some(past)) = then(&field.name) {
                *value = &past.value;
            }
        }
        for (name, list) in [("url", &mut values.urls), ("tag", &mut values.tags)] {
            let past = item.history.iter().filter(|past| past.field == name && past.time == time);
            list.extend(past.filter_map(|past| past.value.expose_str()));
        }
        values
    }
}

fn version(values: &Values<'_>) -> Entry {
    let mut entry = Entry::default();
    let mut push = |name: &str, value: &[u8], is_protected| {
        entry.strings.push(Named { name: name.to_owned(), value: Secret::copy_of(value), is_protected });
    };
    push(TITLE, values.title, false);
    push(USERNAME, values.username, false);
    push(PASSWORD, values.password, true);
    let mut urls = values.urls.iter().filter(|url| !url.is_empty());
    push(URL, urls.next().map_or(&[], |url| url.as_bytes()), false);
    push(NOTES, values.note, false);
    for (url, number) in urls.zip(1..) {
        push(&format!("{FURTHER_URL}_{number}"), url.as_bytes(), false);
    }
    if let Some(code) = values.totp.filter(|code| !code.is_empty()) {
        push(codes::OTP, codes::uri_of(code).expose(), true);
    }
    let joined = values.tags.join(";");
    entry.tags = tags(&Secret::from_text(joined));
    let mut names: HashSet<String> = HashSet::new();
    for (field, value) in &values.fields {
        let is_first = !names.contains(&field.name);
        if is_first && labels::has_place(&field.name, value.expose()) {
            names.insert(field.name.clone());
            let (name, value) = (field.name.clone(), value.duplicate());
            entry.extras.push(ItemField { name, kind: field.kind, value, ticked_off: false });
            continue;
        }
        let name = free_name(&field.name, &names);
        let is_protected = field.kind.is_secret() || !markup::is_plain(value.expose());
        let value = value.duplicate();
        entry.strings.push(Named { name: name.clone(), value, is_protected });
        names.insert(name);
    }
    entry
}

/// A name that stands for nothing else: KeePass takes each once, and none that is empty.
fn free_name(name: &str, taken: &HashSet<String>) -> String {
    let is_reserved = |name: &str| {
        let fixed = [TITLE, USERNAME, PASSWORD, URL, NOTES, URL_LIST];
        name.is_empty() || fixed.contains(&name) || is_url(name) || codes::is_code(name)
    };
    let is_free = |name: &String| !is_reserved(name) && !taken.contains(name);
    let base = if name.is_empty() { "Field" } else { name };
    let mut numbered = (2_u64..).map(|number| format!("{base} ({number})"));
    let plain = Some(name.to_owned()).filter(is_free);
    plain.or_else(|| numbered.find(is_free)).unwrap_or_default()
}
