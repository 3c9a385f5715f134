//! The own JSON.

use super::*;
use serde_json::{Value, json};
use tresor::exchange::{LossKind, Remark};

const KEYS: [&str; 25] = [
    "id",
    "title",
    "username",
    "password",
    "urls",
    "notes",
    "folder",
    "tags",
    "totp",
    "kind",
    "favorite",
    "created",
    "modified",
    "last_used",
    "trashed",
    "fields",
    "history",
    "attachments",
    "passkeys",
    "expires",
    "recipe",
    "pending_password",
    "reminder_days",
    "signs_in_with",
    "exceptions",
];

/// Those that every entry has.
const ALWAYS: usize = 18;

fn read(entries: Value) -> Vec<Row> {
    let source = json!({"format": "tresor", "version": 1, "entries": entries});
    rows("json", source.to_string().as_bytes()).unwrap()
}

fn one(entry: Value) -> (Item, Vec<Remark>) {
    match read(json!([entry])).remove(0).outcome {
        Outcome::Item(item, remarks) => (*item, remarks),
        other => panic!("{other:?}"),
    }
}

fn refused(source: &str) -> String {
    rows("json", source.as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_key_is_always_there() {
    let (file, losses) = exported("json", [Item::default()]);
    assert!(losses.is_empty());
    let file: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&json!("tresor"), &json!(1)));
    let entry = file["entries"][0].as_object().unwrap();
    assert!(KEYS[..ALWAYS].iter().all(|key| entry.contains_key(*key)) && entry.len() == ALWAYS);
    assert_eq!(
        Value::from(entry.clone()),
        json!({
            "id": "", "title": "", "username": "", "password": "", "urls": [], "notes": "", "folder": "", "tags": [],
            "totp": "", "kind": "login", "favorite": false, "created": "", "modified": "", "last_used": "",
            "trashed": false, "fields": [], "history": [], "attachments": [],
        })
    );
    assert_eq!(exported("json", []).0, b"{\"format\":\"tresor\",\"version\":1,\"entries\":[\n]}\n");
}

#[test]
fn the_example_in_the_documentation_is_true() {
    let page = include_str!("../../docs/json-format.md");
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let read = items("json", example.as_bytes());
    assert_eq!(read.len(), 1);
    let written: Value = serde_json::from_slice(&exported("json", read).0).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(example).unwrap());
    assert!(KEYS.iter().all(|key| page.contains(&format!("| `{key}` |"))), "a key is not documented");
}

#[test]
fn what_is_missing_is_empty_and_what_is_unknown_is_kept() {
    let (item, remarks) = one(json!({"title": "T", "password": null, "urls": null, "extra": {"a": [1, "x"]},
        "created": "yesterday", "id": "7", "none": null,
        "fields": [{"name": "n", "value": "v"}, {"value": "w", "hidden": true, "type": "blob", "unit": 3}]}));
    assert_eq!((item.kind.as_str(), item.id, item.created), ("login", None, None));
    let fields: Vec<_> =
        item.fields.iter().map(|f| (f.name.as_str(), f.kind, f.value.expose_str().unwrap())).collect();
    assert_eq!(&fields[..2], [("n", FieldKind::Text, "v"), ("", FieldKind::Hidden, "w")]);
    let mut kept = fields[2..].to_vec();
    kept.sort_unstable_by_key(|field| field.0);
    assert_eq!(
        kept,
        [
            ("created", FieldKind::Hidden, "yesterday"),
            ("extra", FieldKind::Hidden, "{\"a\":[1,\"x\"]}"),
            ("fields.type", FieldKind::Hidden, "blob"),
            ("fields.unit", FieldKind::Hidden, "3"),
            ("id", FieldKind::Hidden, "7"),
        ]
    );
    assert_eq!(remarks.len(), kept.len());
    assert!(remarks.contains(&Remark::KeptAsField("extra".to_owned())));
}

#[test]
fn a_bad_entry_is_named_and_the_rest_goes_on() {
    let deep: Value = serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap();
    let rows = read(json!([
        {"title": 5}, {"password": ["x"]}, "text", null, 7, [], {"urls": "x"}, {"urls": [1]}, {"favorite": "yes"},
        {"fields": {}}, {"fields": [1]}, {"history": [{"value": 1}]}, {"attachments": [{"content": "?"}]}, {"tags": deep},
        {"title": "good"},
    ]));
    assert_eq!(skipped(&rows).len(), rows.len() - 1);
    assert_eq!(rows.last().unwrap().place.to_string(), "entry 15");
    assert!(matches!(rows.last().unwrap().outcome, Outcome::Item(..)));
    let messages: Vec<String> =
        skipped(&rows).into_iter().map(|(place, skip)| format!("{place}: {skip}")).collect();
    assert_eq!(messages[0], "entry 1: \"title\" is not text");
    assert_eq!(messages[2], "entry 3: not an object");
    assert_eq!(messages[12], "entry 13: \"content\" is not base 64");
    let source = r#"{"format":"tresor","version":1,"entries":[{"title":"a","title":"b"},{"password":"\ud800"}],"more":1}"#;
    let rows = super::rows("json", source.as_bytes()).unwrap();
    assert_eq!(
        skipped(&rows).into_iter().map(|(_, skip)| skip).collect::<Vec<_>>(),
        [
            Skip::UnknownKey { key: "more".to_owned() },
            Skip::RepeatedKey,
            Skip::WrongType { key: "password", expected: "text" }
        ]
    );
}

#[test]
fn bad_files_are_refused_in_one_sentence() {
    for (source, message) in [
        (
            r#"{"format":"tresor","version":2,"entries":[]}"#,
            "version 2 of the export format is too new for this program",
        ),
        (r#"{"format":"tresor","entries":[]}"#, "damaged export: \"version\" is no number"),
        (r#"{"format":"tresor","version":0,"entries":[]}"#, "damaged export: \"version\" is no number"),
        (r#"{"format":"tresor","version":1.0,"entries":[]}"#, "damaged export: \"version\" is no number"),
        (r#"{"format":"tresor","version":1}"#, "damaged export: \"entries\" is no list"),
        (r#"{"format":"tresor","version":1,"entries":{}}"#, "damaged export: \"entries\" is no list"),
        (
            r#"{"format":"tresor","format":"x","version":1}"#,
            "damaged export: a key stands twice at the top level",
        ),
        (
            r#"{"format":"other","version":1,"entries":[]}"#,
            "JSON, but not tresor's own: \"format\" is not \"tresor\"",
        ),
        ("[]", "JSON, but not tresor's own: \"format\" is not \"tresor\""),
        ("{\"format\":\"tresor\",\n\"version\":1,\"entries\":[{]}", "damaged JSON in line 2, column 25"),
        ("{\"format\":\"tresor\",\"version\":1,\"entries\":[]} x", "damaged JSON in line 1, column 46"),
        ("", "the file is empty"),
    ] {
        assert_eq!(refused(source), message);
    }
    let invalid = b"{\"format\":\"tresor\",\"version\":1,\"entries\":[{\"title\":\"\xFF\"}]}";
    assert!(matches!(rows("json", invalid), Err(ImportError::DamagedJson { line: 1, .. })));
}

#[test]
fn the_keys_may_stand_in_any_order() {
    let source = r#"{"entries":[{"title":"T"}],"format":"tresor","version":1}"#;
    assert_eq!(items("json", source.as_bytes())[0].title, "T");
    assert_eq!(items("json", format!("\u{FEFF}{source}").as_bytes()).len(), 1);
}

#[test]
fn a_reader_may_break_off() {
    let source = json!({"format": "tresor", "version": 1, "entries": vec![json!({}); 10]}).to_string();
    let mut count = 0;
    let importer = exchange::named("json").unwrap().reader().unwrap();
    let done = importer.read(source.as_bytes(), &Unlock::default(), &mut |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((done, count), (Ok(()), 3));
}

#[test]
fn bytes_that_are_not_text_are_told() {
    let item = Item { title: "T".to_owned(), password: Some(Secret::copy_of(b"a\xFFb")), ..Item::default() };
    let (file, losses) = exported("json", [item]);
    assert_eq!(
        (kinds_of(&losses), losses.all()[0].titles.clone()),
        (vec![LossKind::NotText], vec!["T".to_owned()])
    );
    assert_eq!(items("json", &file)[0].password.as_ref().and_then(Secret::expose_str), Some("a\u{FFFD}b"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn all_comes_back(items in proptest::collection::vec(any_item(), 0..4)) {
        let (file, losses) = exported("json", items.iter().map(copy));
        prop_assert!(losses.is_empty());
        let found = super::items("json", &file);
        prop_assert_eq!(found.len(), items.len());
        for (one, other) in items.iter().zip(&found) {
            prop_assert_eq!(shown(one), shown(other));
        }
        prop_assert_eq!(exported("json", found).0, file);
    }

    #[test]
    fn damage_is_refused_or_told(item in any_item(), at: prop::sample::Index, byte: u8) {
        let (mut file, _) = exported("json", [item]);
        let at = at.index(file.len());
        file[at] = byte;
        let _ = rows("json", &file);
        let _ = exchange::detect(&file);
        let _ = rows("json", &file[..at]);
    }
}
