//! The JSON of Enpass and Proton Pass.

use super::*;
use serde_json::{Value, json};

fn field<'i>(item: &'i Item, name: &str) -> (FieldKind, &'i str) {
    let field = item.fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("no {name} in {}", shown(item)));
    (field.kind, field.value.expose_str().unwrap())
}

fn enpass() -> Value {
    serde_json::from_str(include_str!("../fixtures/trees/enpass-json.json")).unwrap()
}

#[test]
fn enpass_is_read_whole() {
    let source = enpass().to_string();
    assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "enpass-json");
    let items = items("enpass-json", source.as_bytes());
    let mail = &items[0];
    assert_eq!((mail.username.as_str(), mail.folder.as_str(), mail.favourite), ("ada", "Top/Sub\\/x", true));
    assert_eq!(mail.history[0].value.expose(), b"older");
    assert_eq!(mail.attachments[0].content.expose(), b"AB");
    assert_eq!(field(mail, "PIN"), (FieldKind::Hidden, "42"));
    assert_eq!(field(mail, "Another").0, FieldKind::Totp);
    assert_eq!(field(mail, "E-mail").1, "ada@a.example");
    assert!(items[1].trashed && items[1].kind == "card");
    for (json, item) in enpass()["items"].as_array().unwrap().iter().zip(&items) {
        let mut json = json.clone();
        json.as_object_mut().unwrap().remove("folders");
        json["attachments"] = json!(null);
        let layout = [
            "type",
            "label",
            "order",
            "uid",
            "category",
            "template_type",
            "favorite",
            "archived",
            "trashed",
            "deleted",
        ];
        let layout = [&layout[..], &["updated_at"]].concat();
        assert_all_kept(&json, item, &layout);
    }
    vault::import_twice("enpass-json", source.as_bytes());
}

#[test]
fn enpass_keeps_labels_that_a_user_gave() {
    let field = |kind: &str, label: &str, value: &str| json!({"type": kind, "label": label, "value": value});
    let item = json!({"title": "T", "category": "login", "template_type": "login.default",
        "fields": [field("username", "Customer number", "ada"), field("password", "Password", "pw"),
            field("url", "Portal", "https://a.example"), field("text", "Branch", "x"), field("email", "Unused", "")],
        "attachments": [{"name": "scan", "kind": "image/png", "data": "QUI="}]});
    let source = json!({"folders": [], "items": [item]}).to_string();
    let items = items("enpass-json", source.as_bytes());
    assert_eq!(super::trees::field(&items[0], "labels").1, "username: Customer number\nurl: Portal");
    assert_eq!(super::trees::field(&items[0], "file.kind").1, "image/png");
    vault::import_twice("enpass-json", source.as_bytes());
}

fn proton() -> Value {
    serde_json::from_str(include_str!("../fixtures/trees/proton-json.json")).unwrap()
}

#[test]
fn proton_is_read_whole_also_out_of_its_zip() {
    let source = proton().to_string();
    let zip = archive_files::zip(&[("Proton Pass/data.json", source.as_bytes())]);
    assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "proton-json");
    let found = items("proton-json", source.as_bytes());
    assert_eq!(listed(&rows("zip", &zip).unwrap()), listed(&rows("proton-json", source.as_bytes()).unwrap()));
    assert_eq!(
        found.iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(),
        ["login", "login", "card", "identity", "note", "note"]
    );
    assert_eq!(
        (found[0].username.as_str(), found[0].folder.as_str(), found[0].favourite),
        ("ada", "Personal", true)
    );
    assert_eq!(found[0].passkeys.len(), 1);
    assert_eq!(field(&found[0], "PIN"), (FieldKind::Hidden, "42"));
    assert!(found[1].trashed && found[1].username == "x@alias.example");
    for (json, item) in proton()["vaults"]["v=="]["items"].as_array().unwrap().iter().zip(&found) {
        assert_all_kept(
            json,
            item,
            &["itemId", "shareId", "state", "contentFormatVersion", "itemUuid", "type"],
        );
    }
    vault::import_twice("proton-json", source.as_bytes());
}
