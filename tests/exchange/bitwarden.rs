//! Bitwarden's JSON, plain: in and out.

use super::*;
use serde_json::Value;
use tresor::exchange::LossKind;
use tresor::vault::kinds;

pub const ALL_TYPES: &str = include_str!("../fixtures/bitwarden/all-types.json");
const ORGANISATION: &str = include_str!("../fixtures/bitwarden/organisation.json");

fn read(source: &str) -> Vec<Item> {
    assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "bitwarden-json");
    let rows = rows("bitwarden-json", source.as_bytes()).unwrap();
    let item = |row: Row| if let Outcome::Item(item, _) = row.outcome { Some(*item) } else { None };
    rows.into_iter().filter_map(item).collect()
}

fn field<'i>(item: &'i Item, name: &str) -> (FieldKind, &'i str) {
    let field = item.fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("no {name} in {}", shown(item)));
    (field.kind, field.value.expose_str().unwrap())
}

#[test]
fn every_type_is_read() {
    let items = read(ALL_TYPES);
    let kinds: Vec<&str> = items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!(kinds, ["login", "note", "card", "card", "identity", "ssh-key", "custom", "login"]);
    let post = &items[0];
    assert_eq!(
        (post.title.as_str(), post.folder.as_str(), post.favourite),
        ("Post office", "Work/Mail", true)
    );
    assert_eq!(post.urls.len(), 3);
    assert_eq!(post.id.unwrap().to_string(), "22222222aaaa4bbb8ccc000000000001");
    assert_eq!(post.modified.unwrap().to_string(), "2025-05-06T07:08:09.123Z");
    let past: Vec<_> = post.history.iter().map(|past| past.value.expose_str().unwrap()).collect();
    assert_eq!(past, ["oldest", "newer &amp; <old>"], "the oldest first, entities as they stand");
    assert_eq!(field(post, "PIN"), (FieldKind::Hidden, "0042"));
    assert_eq!(field(post, "Remember me"), (FieldKind::Text, "true"));
    assert_eq!(field(post, "futureKey"), (FieldKind::Hidden, "{\"deep\": [\"kept\", 4711]}"));
    assert_eq!(field(post, "reprompt"), (FieldKind::Hidden, "1"));
    assert_eq!(post.passkeys.len(), 1);
    assert!(items[1].trashed && !items[0].trashed);
    assert_eq!(field(&items[1], "deletedDate").1, "2025-05-07T00:00:00.000Z");
    assert_eq!(field(&items[2], "Expiration Date"), (FieldKind::Date, "2031-03"));
    assert_eq!((field(&items[3], "expMonth").1, field(&items[3], "expYear").1), ("13", "31"));
    assert_eq!(items[4].username, "adal");
    for item in &items {
        let kind = kinds::named(&item.kind).unwrap();
        assert!(kind.main_secret.is_none_or(
            |label| item.fields.iter().any(|field| field.name == label) || item.title == "Odd card"
        ));
    }
    assert_eq!(items[7].title, "untitled.example");
}

#[test]
fn what_is_no_item_is_told() {
    let rows = rows("bitwarden-json", ALL_TYPES.as_bytes()).unwrap();
    let skips: Vec<String> =
        skipped(&rows).into_iter().map(|(place, skip)| format!("{place}: {skip}")).collect();
    assert_eq!(skips, ["entry 9: a key stands twice", "entry 10: not an object"]);
    assert!(listed(&rows).ends_with("top level: folder Nobody is here\n"));
}

#[test]
fn every_value_is_kept() {
    for (source, skip) in [(ALL_TYPES, 2), (ORGANISATION, 0)] {
        let file: Value = serde_json::from_str(source).unwrap();
        let sources = file["items"].as_array().unwrap();
        let items = read(source);
        assert_eq!(items.len() + skip, sources.len());
        for (json, item) in sources.iter().zip(&items) {
            assert_all_kept(json, item, &["folderId", "collectionIds", "type", "match", "discoverable"]);
        }
    }
}

#[test]
fn an_organisation_has_collections() {
    let items = read(ORGANISATION);
    assert_eq!(items[0].folder, "Team/Servers");
    assert_eq!(field(&items[0], "collection").1, "Everyone");
}

#[test]
fn it_comes_back_as_bitwarden_wrote_it() {
    let items = read(ALL_TYPES);
    let (file, losses) = exported("bitwarden-json", items.iter().map(copy));
    assert_eq!(kinds_of(&losses), [LossKind::Carried]);
    let written: Value = serde_json::from_slice(&file).unwrap();
    let source: Value = serde_json::from_str(ALL_TYPES).unwrap();
    for (at, keys) in [
        (0, vec!["id", "login", "name", "notes", "favorite", "passwordHistory"]),
        (2, vec!["card"]),
        (4, vec!["identity"]),
        (5, vec!["sshKey"]),
    ] {
        for key in keys {
            let (mut written, mut source) =
                (written["items"][at][key].clone(), source["items"][at][key].clone());
            if key == "login" {
                written["uris"].take();
                source["uris"].take();
                source.as_object_mut().unwrap().remove("passwordRevisionDate");
            }
            if key == "passwordHistory" {
                written = written.as_array().unwrap().iter().map(|past| past["password"].clone()).collect();
                source = source.as_array().unwrap().iter().map(|past| past["password"].clone()).collect();
            }
            assert_eq!(written, source, "{at} {key}");
        }
    }
    vault::import_twice("bitwarden-json", &file);
}

#[test]
fn an_account_s_own_encryption_is_explained() {
    let source = br#"{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.a|b|c","folders":[],"items":[]}"#;
    assert_eq!(exchange::detect(source).unwrap().name, "bitwarden-json");
    let error = rows("bitwarden-json", source).unwrap_err().to_string();
    assert!(error.contains("only that account can open it; export again as plain JSON"), "{error}");
}

#[test]
fn what_was_edited_in_bitwarden_stays_edited() {
    let mut item = Item {
        title: "T".to_owned(),
        tags: vec!["a".to_owned()],
        kind: "server".to_owned(),
        ..Item::default()
    };
    item.push_field("Since", FieldKind::Date, "2020-01-01");
    let (file, _) = exported("bitwarden-json", [copy(&item)]);
    assert_eq!(shown(&items("bitwarden-json", &file)[0]), shown(&item));
    let mut edited: Value = serde_json::from_slice(&file).unwrap();
    edited["items"][0]["fields"][0]["value"] = "2021-02-02".into();
    let read = items("bitwarden-json", edited.to_string().as_bytes());
    assert_eq!((read[0].tags.as_slice(), read[0].kind.as_str()), (&["a".to_owned()][..], "server"));
    assert_eq!(field(&read[0], "Since").1, "2021-02-02");
    assert!(field(&read[0], "tresor").1.contains("2020-01-01"), "kept, not dropped");
}

#[test]
fn a_field_of_the_user_s_own_is_not_taken_for_ours() {
    for value in ["", "{}", "{\"tags\":{\"was\":\"\",\"is\":[\"x\"]}}", "{\"tags\":1}", "[]"] {
        let mut item = Item { title: "T".to_owned(), ..Item::default() };
        item.push_field("tresor", FieldKind::Hidden, value);
        let (file, _) = exported("bitwarden-json", [copy(&item)]);
        assert_eq!(shown(&items("bitwarden-json", &file)[0]), shown(&item));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn all_but_files_comes_back(items in proptest::collection::vec(any_item(), 0..4)) {
        let (file, losses) = exported("bitwarden-json", items.iter().map(copy));
        let found = super::items("bitwarden-json", &file);
        prop_assert_eq!(found.len(), items.len());
        let with_files = items.iter().filter(|item| !item.attachments.is_empty()).count();
        let told = losses.all().iter().find(|loss| loss.kind == LossKind::Attachments).map_or(0, |loss| loss.count);
        prop_assert_eq!(told, with_files as u64);
        for (one, other) in items.iter().zip(&found) {
            let one = Item { attachments: Vec::new(), ..copy(one) };
            prop_assert_eq!(shown(&one), shown(other));
        }
    }

    #[test]
    fn damage_is_refused_or_told(item in any_item(), at: prop::sample::Index, byte: u8) {
        let (mut file, _) = exported("bitwarden-json", [item]);
        let at = at.index(file.len());
        file[at] = byte;
        let _ = exchange::detect(&file);
        let _ = rows("bitwarden-json", &file);
        let _ = rows("bitwarden-json", &file[..at]);
    }
}

mod encrypted {
    //! Under a password. The two files were written by Python's `cryptography`, `argon2-cffi` and `hashlib`.

    use super::*;
    use std::time::{Duration, Instant};

    const FILES: [&str; 2] = [
        include_str!("../fixtures/bitwarden/pbkdf2.json"),
        include_str!("../fixtures/bitwarden/argon2id.json"),
    ];

    fn opened(source: &[u8], password: Option<&str>) -> Result<Vec<Item>, ImportError> {
        let format = exchange::detect(source).unwrap();
        assert_eq!(format.name, "bitwarden-json-encrypted");
        assert!(format.reader().unwrap().is_encrypted(source));
        let unlock = Unlock { password: password.and_then(secret), key_file: None };
        let mut items = Vec::new();
        format.reader().unwrap().read(source, &unlock, &mut |row| {
            match row.outcome {
                Outcome::Item(item, _) => items.push(*item),
                Outcome::Skipped(skip) => panic!("{skip}"),
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        Ok(items)
    }

    #[test]
    fn both_derivations_are_read() {
        for file in FILES {
            let items = opened(file.as_bytes(), Some("correct horse é")).unwrap();
            assert_eq!(items[0].password.as_ref().unwrap().expose_str(), Some("from python"));
            assert_eq!(items[0].folder, "Work");
            assert_eq!(opened(file.as_bytes(), Some("wrong")).err(), Some(ImportError::WrongPassword));
            assert_eq!(opened(file.as_bytes(), None).err(), Some(ImportError::NoPassword));
        }
    }

    #[test]
    fn costs_are_bounded_before_they_are_paid() {
        let start = Instant::now();
        for (file, key, value) in [
            (FILES[0], "kdfIterations", 1_000_000_000_u64),
            (FILES[0], "kdfIterations", u64::MAX),
            (FILES[1], "kdfMemory", 1 << 20),
            (FILES[1], "kdfMemory", u64::MAX),
            (FILES[1], "kdfIterations", 1_000_000_000),
            (FILES[1], "kdfParallelism", 1_000_000),
        ] {
            let mut file: Value = serde_json::from_str(file).unwrap();
            file[key] = value.into();
            let refused = opened(file.to_string().as_bytes(), Some("correct horse é")).err();
            assert_eq!(refused, Some(ImportError::TooCostly), "{key} {value}");
        }
        assert!(start.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn a_changed_byte_is_found() {
        for key in ["data", "encKeyValidation_DO_NOT_EDIT"] {
            let source: Value = serde_json::from_str(FILES[0]).unwrap();
            for at in [0, 5, 40] {
                let mut text = source[key].as_str().unwrap().to_owned().into_bytes();
                text[at] = if text[at] == b'A' { b'B' } else { b'A' };
                let mut file = source.clone();
                file[key] = String::from_utf8(text).unwrap().into();
                assert!(opened(file.to_string().as_bytes(), Some("correct horse é")).is_err(), "{key} {at}");
            }
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        let password = secret("pw").unwrap();
        let exporter = exchange::named("bitwarden-json-encrypted").unwrap().exporter.unwrap();
        let random = &mut SeededRandom::new(1);
        let fresh = &mut Fresh { password: Some(&password), random, now: Timestamp(1) };
        let items = read(ALL_TYPES);
        exporter.write(&mut items.iter().map(copy), fresh, &mut out).unwrap();
        assert!(!String::from_utf8(out.clone()).unwrap().contains("4111"));
        let found = opened(&out, Some("pw")).unwrap();
        assert_eq!(items.iter().map(shown).collect::<String>(), found.iter().map(shown).collect::<String>());
    }
}
