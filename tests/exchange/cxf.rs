//! The Credential Exchange Format: in and out.

use super::*;
use serde_json::{Value, json};
use tresor::exchange::LossKind;

const ID: &str = "AQIDBAUGBwgJCgsMDQ4PEA";

const FILE: &str = include_str!("../fixtures/trees/cxf.json");

fn sample() -> Value {
    serde_json::from_str::<Value>(FILE).unwrap()["accounts"][0]["items"].take()
}

#[test]
fn every_type_is_read_and_every_value_is_kept() {
    let source = FILE;
    assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "cxf");
    let items = items("cxf", source.as_bytes());
    let kinds: Vec<&str> = items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!(kinds, ["login", "card", "wifi", "note", "ssh-key", "custom"]);
    let mail = &items[0];
    assert_eq!((mail.username.as_str(), mail.folder.as_str(), mail.urls.len()), ("ada", "Work/Mail", 2));
    assert_eq!(mail.password.as_ref().unwrap().expose(), b" pw\n");
    assert_eq!(mail.passkeys.len(), 1);
    assert_eq!(mail.id.unwrap().0[..3], [1, 2, 3]);
    let totp = mail.totp.as_ref().unwrap().expose_str().unwrap();
    assert_eq!(
        totp,
        "otpauth://totp/Mail%20&%20Co:a+d%20a?secret=JBSWY3DPEHPK3PXP&issuer=Mail+%26+Co&algorithm=SHA256&digits=8&period=60"
    );
    assert_eq!(items[2].password.as_ref().unwrap().expose(), b"wpa");
    for (json, item) in sample().as_array().unwrap().iter().zip(&items) {
        let mut json = json.clone();
        json.as_object_mut().unwrap().remove("id");
        assert_all_kept(&json, item, &["type", "fieldType", "id", "issuer", "algorithm", "username"]);
    }
    vault::import_twice("cxf", source.as_bytes());
}

#[test]
fn what_is_written_has_the_shape_of_the_standard() {
    let items = items("cxf", FILE.as_bytes());
    let (written, losses) = exported("cxf", items.iter().map(copy));
    assert_eq!(kinds_of(&losses), [LossKind::Carried]);
    let written: Value = serde_json::from_slice(&written).unwrap();
    let account = &written["accounts"][0];
    assert_eq!(written["version"], json!({"major": 1, "minor": 0}));
    assert_eq!(
        (&account["collections"][0]["title"], &account["collections"][0]["items"][0]["item"]),
        (&"Work/Mail".into(), &ID.into())
    );
    let mail = &account["items"][0];
    assert_eq!((&mail["id"], &mail["creationAt"]), (&ID.into(), &1_600_000_000.into()));
    assert_eq!(
        mail["credentials"][0],
        json!({"type": "basic-auth", "username": {"fieldType": "string", "value": "ada"}, "password": {"fieldType": "concealed-string", "value": " pw\n"}})
    );
    assert_eq!(mail["credentials"][1], sample()[0]["credentials"][1]);
    assert_eq!(mail["credentials"][2], sample()[0]["credentials"][2]);
    assert_eq!(
        account["items"][1]["credentials"][0]["expiryDate"],
        json!({"fieldType": "year-month", "value": "2031-06"})
    );
}

#[test]
fn collections_within_collections_without_end() {
    let (open, close) = ("{\"title\":\"a\",\"subCollections\":[".repeat(100_000), "]}".repeat(100_000));
    let source = format!(
        "{{\"exporterRpId\":\"x\",\"accounts\":[{{\"collections\":[{open}{close}],\"items\":[{{\"title\":\"T\"}}]}}]}}"
    );
    assert_eq!(rows("cxf", source.as_bytes()).err(), Some(ImportError::TooDeep));
    let later = json!({"version": {"major": 2}, "exporterRpId": "x", "accounts": []}).to_string();
    assert_eq!(rows("cxf", later.as_bytes()).err(), Some(ImportError::TooNew { version: 2 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn all_but_files_comes_back(items in proptest::collection::vec(any_item(), 0..4)) {
        let (file, losses) = exported("cxf", items.iter().map(copy));
        let found = super::items("cxf", &file);
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
        let (mut file, _) = exported("cxf", [item]);
        let at = at.index(file.len());
        file[at] = byte;
        let _ = exchange::detect(&file);
        let _ = rows("cxf", &file);
        let _ = rows("cxf", &file[..at]);
    }
}

/// The bytes of a file are elsewhere; what the JSON says of it is kept, and that they are missing is told.
#[test]
fn a_file_is_kept_as_far_as_it_is_there() {
    use tresor::exchange::Remark;
    let source = br#"{"version":{"major":1,"minor":0},"exporterRpId":"x","exporterDisplayName":"x","timestamp":1,"accounts":[{"id":"AA",
        "username":"","email":"","collections":[],"items":[{"id":"AAECAwQFBgcICQoLDA0ODw","title":"T","credentials":[
        {"type":"file","id":"Zm9v","name":"a.pdf","decryptedSize":12345,"integrityHash":"aGFzaA"}]}]}]}"#;
    let rows = rows("cxf", source).unwrap();
    let Outcome::Item(item, remarks) = &rows[0].outcome else { panic!("{rows:?}") };
    let fields: Vec<_> =
        item.fields.iter().map(|field| (field.name.as_str(), field.value.expose_str().unwrap())).collect();
    let expected = [
        ("file.name", "a.pdf"),
        ("file.id", "Zm9v"),
        ("file.decryptedSize", "12345"),
        ("file.integrityHash", "aGFzaA"),
    ];
    assert_eq!(fields, expected);
    assert!(remarks.contains(&Remark::MissingFile("a.pdf".to_owned())));
}

/// What a collection says about itself has no place in a folder: it becomes a note there.
#[test]
fn what_a_collection_says_becomes_a_note() {
    let source = br#"{"version":{"major":1,"minor":0},"exporterRpId":"x","accounts":[{"id":"AA","collections":[
        {"id":"AA","title":"Work","items":[],"subCollections":[{"id":"AB","title":"Sub","subtitle":"for the team","items":[]}]}],"items":[]}]}"#;
    let read = items("cxf", source);
    let note = read[0].note.as_ref().and_then(Secret::expose_str);
    assert_eq!(
        (read[0].title.as_str(), read[0].folder.as_str(), note),
        ("Sub", "Work/Sub", Some("for the team"))
    );
    assert_eq!((read.len(), read[0].kind.as_str()), (1, "note"));
    vault::import_twice("cxf", source);
}

/// Whose account it was is no entry of it: it becomes a note, unless it is empty.
#[test]
fn what_an_account_says_becomes_a_note() {
    let source = br#"{"version":{"major":1,"minor":0},"exporterRpId":"x","accounts":[{"id":"AA","username":"ada","email":"ada@a.example",
        "fullName":"Ada L","later":{"x":1},"collections":[],"items":[]},{"id":"AB","username":"","email":"","items":[]}]}"#;
    let read = items("cxf", source);
    let fields: Vec<_> =
        read[0].fields.iter().map(|field| (field.name.as_str(), field.value.expose_str().unwrap())).collect();
    assert_eq!(fields, [("email", "ada@a.example"), ("full name", "Ada L"), ("later", "{\"x\":1}")]);
    assert_eq!((read.len(), read[0].kind.as_str(), read[0].username.as_str()), (1, "note", "ada"));
    vault::import_twice("cxf", source);
}
