//! Foreign files in and out, against files of this project and (where they are at hand) real ones.

mod archive_files;
mod archives;
mod bitwarden;
mod cxf;
mod fixtures;
mod hostile;
mod json;
mod keepass;
mod lastpass;
mod peers;
mod sealed;
mod sources;
mod tables;
mod trees;
mod vault;

use std::fmt::Write as _;
use std::ops::ControlFlow;

use proptest::prelude::*;
use tresor::crypto::random::SeededRandom;
use tresor::exchange::{self, Fresh, ImportError, Losses, Outcome, Row, Skip, Unlock};
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::Id;
use tresor::vault::item::{Attachment, Exception, Item, ItemField, PastValue, Upkeep};
use tresor::vault::kinds::FieldKind;

fn rows(format: &str, source: &[u8]) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    exchange::named(format).unwrap().reader().unwrap().read(source, &Unlock::default(), &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// The items of a source, which must have nothing that is skipped.
fn items(format: &str, source: &[u8]) -> Vec<Item> {
    let outcomes = rows(format, source).unwrap().into_iter().map(|row| (row.place, row.outcome));
    let item = |(place, outcome)| match outcome {
        Outcome::Item(item, _) => Some(*item),
        Outcome::Skipped(skip) => panic!("{place}: {skip}"),
        _ => None,
    };
    outcomes.filter_map(item).collect()
}

fn skipped(rows: &[Row]) -> Vec<(String, Skip)> {
    let skip = |row: &Row| match &row.outcome {
        Outcome::Skipped(skip) => Some((row.place.to_string(), skip.clone())),
        _ => None,
    };
    rows.iter().filter_map(skip).collect()
}

fn exported(format: &str, items: impl IntoIterator<Item = Item>) -> (Vec<u8>, Losses) {
    let mut out = Vec::new();
    let exporter = exchange::named(format).unwrap().exporter.unwrap();
    let fresh =
        &mut Fresh { password: None, random: &mut SeededRandom::new(1), now: Timestamp(1_700_000_000_000) };
    let losses = exporter.write(&mut items.into_iter(), fresh, &mut out).unwrap();
    (out, losses)
}

fn kinds_of(losses: &Losses) -> Vec<exchange::LossKind> {
    losses.all().iter().map(|loss| loss.kind).collect()
}

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::copy_of(text.as_bytes()))
}

/// Everything that an item holds, as text.
fn shown(item: &Item) -> String {
    let mut out = String::new();
    let plain = |secret: &Secret| format!("{:?}", String::from_utf8_lossy(secret.expose()));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(out, "  {name}: {value}").unwrap();
        }
    };
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    line("id", item.id.map(|id| id.to_string()).unwrap_or_default());
    line("kind", item.kind.clone());
    line("username", item.username.clone());
    for (name, secret) in [("password", &item.password), ("note", &item.note), ("totp", &item.totp)] {
        line(name, secret.as_ref().map(plain).unwrap_or_default());
    }
    item.urls.iter().for_each(|url| line("url", url.clone()));
    line("folder", item.folder.clone());
    item.tags.iter().for_each(|tag| line("tag", tag.clone()));
    line("favourite", if item.favourite { "yes".to_owned() } else { String::new() });
    line("trashed", if item.trashed { "yes".to_owned() } else { String::new() });
    line("created", time(item.created));
    line("modified", time(item.modified));
    line("last used", time(item.last_used));
    for field in &item.fields {
        line(&format!("field {:?}", field.name), format!("{} {}", field.kind.name(), plain(&field.value)));
    }
    item.fields.iter().filter(|field| field.ticked_off).for_each(|field| line("used", field.name.clone()));
    item.passkeys.iter().for_each(|passkey| line("passkey", plain(passkey)));
    let upkeep = &item.upkeep;
    line("expires", time(upkeep.expiry));
    line("recipe", upkeep.policy.clone());
    line("pending", upkeep.pending.as_ref().map(plain).unwrap_or_default());
    line("reminder", upkeep.reminder.map(|days| days.to_string()).unwrap_or_default());
    line("signs in with", upkeep.signs_in_with.map(|id| id.to_string()).unwrap_or_default());
    upkeep.exceptions.iter().for_each(|one| line("exception", format!("{} {:?}", one.kind, one.reason)));
    for past in &item.history {
        line(&format!("past {:?}", past.field), format!("{} {}", past.time, plain(&past.value)));
    }
    for file in &item.attachments {
        line(&format!("file {:?}", file.name), format!("{:?}", file.content.expose()));
    }
    format!("{:?}\n{out}", item.title)
}

/// Every row of a source, as text.
fn listed(rows: &[Row]) -> String {
    let row = |row: &Row| match &row.outcome {
        Outcome::Item(item, remarks) => {
            let remarks: String = remarks.iter().map(|remark| format!("  ! {remark}\n")).collect();
            format!("{}: {}{remarks}", row.place, shown(item))
        }
        Outcome::Folder(path) => format!("{}: folder {path}\n", row.place),
        Outcome::Blank => format!("{}: blank\n", row.place),
        Outcome::Skipped(skip) => format!("{}: SKIPPED: {skip}\n", row.place),
    };
    rows.iter().map(row).collect()
}

/// Every text that an item holds, also inside of JSON that was kept as it is.
fn texts_of(item: &Item) -> Vec<String> {
    let plain = |secret: &Secret| String::from_utf8_lossy(secret.expose()).into_owned();
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let mut texts = vec![item.title.clone(), item.username.clone(), item.folder.clone()];
    texts.extend(item.id.map(|id| id.to_string()));
    texts.extend([&item.password, &item.note, &item.totp].into_iter().flatten().map(plain));
    texts.extend(item.urls.iter().chain(&item.tags).cloned());
    texts.extend(
        [time(item.created), time(item.modified), time(item.last_used), time(item.upkeep.expiry)]
            .into_iter()
            .flatten(),
    );
    texts.extend(item.fields.iter().flat_map(|field| [field.name.clone(), plain(&field.value)]));
    texts.extend(item.history.iter().flat_map(|past| [plain(&past.value), past.time.to_string()]));
    texts.extend(item.passkeys.iter().map(plain));
    texts.extend(item.attachments.iter().map(|file| file.name.clone()));
    texts
}

/// Asserts that every text and every number of `json` is found in what was read from it, but for those under
/// `keys`, which mean something else.
fn assert_all_kept(json: &serde_json::Value, item: &Item, keys: &[&str]) {
    use serde_json::Value;
    fn values(json: &Value, keys: &[&str], found: &mut Vec<String>) {
        match json {
            Value::String(text) if !text.is_empty() => found.push(text.clone()),
            Value::Number(number) if number.as_f64() != Some(0.0) => found.push(number.to_string()),
            Value::Array(list) => list.iter().for_each(|value| values(value, keys, found)),
            Value::Object(map) => {
                let map = map.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
                map.for_each(|(_, value)| values(value, keys, found));
            }
            _ => {}
        }
    }
    let mut wanted = Vec::new();
    values(json, keys, &mut wanted);
    assert!(!wanted.is_empty());
    let texts = texts_of(item);
    for value in wanted {
        let escaped = serde_json::to_string(&value).unwrap();
        let moment = Timestamp::parse(&value).map(|time| time.to_string());
        let seconds = value.parse().ok().map(|seconds| Timestamp::from_seconds(seconds).to_string());
        let id = value.replace('-', "").to_lowercase();
        let is_there = texts.iter().any(|text| {
            text.contains(&value)
                || text.contains(escaped.trim_matches('"'))
                || [&moment, &seconds].into_iter().flatten().any(|time| text == time)
                || *text == id
        });
        assert!(is_there, "{value:?} is not in {}", shown(item));
    }
}

fn copy(item: &Item) -> Item {
    let duplicate = |secret: &Option<Secret>| secret.as_ref().map(Secret::duplicate);
    let field = |field: &ItemField| ItemField {
        name: field.name.clone(),
        kind: field.kind,
        value: field.value.duplicate(),
        ticked_off: field.ticked_off,
    };
    let past = |past: &PastValue| PastValue {
        field: past.field.clone(),
        value: past.value.duplicate(),
        time: past.time,
    };
    let file = |file: &Attachment| Attachment { name: file.name.clone(), content: file.content.duplicate() };
    Item {
        kind: item.kind.clone(),
        title: item.title.clone(),
        username: item.username.clone(),
        password: duplicate(&item.password),
        urls: item.urls.clone(),
        note: duplicate(&item.note),
        totp: duplicate(&item.totp),
        folder: item.folder.clone(),
        tags: item.tags.clone(),
        fields: item.fields.iter().map(field).collect(),
        history: item.history.iter().map(past).collect(),
        attachments: item.attachments.iter().map(file).collect(),
        passkeys: item.passkeys.iter().map(Secret::duplicate).collect(),
        upkeep: Upkeep {
            policy: item.upkeep.policy.clone(),
            pending: duplicate(&item.upkeep.pending),
            exceptions: item.upkeep.exceptions.clone(),
            ..item.upkeep
        },
        ..*item
    }
}

/// Text with all that a format could stumble over, often empty.
fn any_text() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,3}",
        1 => Just(",".to_owned()),
        1 => Just("\"".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just(":".to_owned()),
        1 => Just("\\".to_owned()),
        1 => Just("/".to_owned()),
        1 => Just(",0\n".to_owned()),
        1 => Just("Hostname:".to_owned()),
        1 => Just("Notes:".to_owned()),
        1 => Just("NoteType:".to_owned()),
        1 => Just("é🙂".to_owned()),
        1 => "\\PC{1,2}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop_oneof![1 => Just(String::new()), 3 => proptest::collection::vec(piece, 1..5).prop_map(|p| p.concat())]
        .boxed()
}

fn some_text() -> BoxedStrategy<String> {
    (any_text(), "[a-z]").prop_map(|(text, letter)| if text.is_empty() { letter } else { text }).boxed()
}

fn any_secret() -> BoxedStrategy<Option<String>> {
    any_text().prop_map(|text| Some(text).filter(|text| !text.is_empty())).boxed()
}

fn any_field() -> BoxedStrategy<(String, FieldKind, String)> {
    let label = prop_oneof![
        2 => any_text(),
        1 => Just("Hostname".to_owned()),
        1 => Just("Private Key".to_owned()),
        1 => Just("Password".to_owned()),
        1 => Just("NoteType".to_owned()),
        1 => Just("Language".to_owned()),
    ];
    (label, proptest::sample::select(&FieldKind::ALL[..]), any_text()).boxed()
}

/// None in half of the cases.
fn any_upkeep() -> BoxedStrategy<Upkeep> {
    let exceptions = proptest::collection::vec(("[a-z]{1,8}", any_text()), 0..3);
    let time = proptest::option::of((0_u64..4_102_444_800_000).prop_map(Timestamp));
    let rest = (any_text(), any_secret(), any::<Option<u32>>(), any::<Option<[u8; 16]>>());
    let upkeep = (time, rest, exceptions).prop_map(|(expiry, rest, exceptions)| Upkeep {
        expiry,
        policy: rest.0,
        pending: rest.1.as_deref().and_then(secret),
        reminder: rest.2,
        signs_in_with: rest.3.map(Id),
        exceptions: exceptions.into_iter().map(|(kind, reason)| Exception { kind, reason }).collect(),
    });
    prop_oneof![Just(()).prop_map(|()| Upkeep::default()), upkeep].boxed()
}

/// Any item that the vault could hold.
fn any_item() -> BoxedStrategy<Item> {
    let kinds =
        vec!["login", "note", "server", "ssh-key", "card", "custom", "api-key", "address", "of-later"];
    let time = proptest::option::of((0_u64..4_102_444_800_000).prop_map(Timestamp));
    let texts = (any_text(), any_text(), proptest::sample::select(kinds), any_text());
    let secrets = (any_secret(), any_secret(), any_secret());
    let lists = (
        proptest::collection::vec(some_text(), 0..3),
        proptest::collection::vec(some_text(), 0..3),
        proptest::collection::vec(any_field(), 0..4),
        proptest::collection::vec((any_text(), any_text(), 0_u64..4_102_444_800_000), 0..3),
        proptest::collection::vec((any_text(), proptest::collection::vec(any::<u8>(), 0..5)), 0..2),
    );
    let rest = (any::<bool>(), any::<bool>(), time.clone(), time.clone(), time, any::<Option<[u8; 16]>>());
    let item = (texts, secrets, lists, rest).prop_map(|(texts, secrets, lists, rest)| Item {
        id: rest.5.map(Id),
        title: texts.0,
        username: texts.1,
        kind: texts.2.to_owned(),
        folder: tresor::vault::folder::normal(&texts.3),
        password: secrets.0.as_deref().and_then(secret),
        note: secrets.1.as_deref().and_then(secret),
        totp: secrets.2.as_deref().and_then(secret),
        urls: lists.0,
        tags: lists.1,
        fields: lists
            .2
            .into_iter()
            .map(|(name, kind, value)| ItemField {
                ticked_off: name.len() % 7 == 1,
                name,
                kind,
                value: Secret::from_text(value),
            })
            .collect(),
        history: lists
            .3
            .into_iter()
            .map(|(field, value, time)| PastValue {
                field,
                value: Secret::from_text(value),
                time: Timestamp(time),
            })
            .collect(),
        attachments: lists
            .4
            .into_iter()
            .map(|(name, content)| Attachment { name, content: Secret::from_bytes(content) })
            .collect(),
        favourite: rest.0,
        trashed: rest.1,
        created: rest.2,
        modified: rest.3,
        last_used: rest.4,
        passkeys: Vec::new(),
        upkeep: Upkeep::default(),
    });
    let passkeys = prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(some_text(), 0..3)];
    (item, any_upkeep(), passkeys)
        .prop_map(|(item, upkeep, passkeys)| Item {
            upkeep,
            passkeys: passkeys.into_iter().map(Secret::from_text).collect(),
            ..item
        })
        .boxed()
}
