//! The JSON of Enpass and Proton Pass.

use super::*;
use serde_json::{Value, json};

fn field<'i>(item: &'i Item, name: &str) -> (FieldKind, &'i str) {
    let field = item.fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("no {name} in {}", shown(item)));
    (field.kind, field.value.expose_str().unwrap())
}

fn enpass() -> Value {
    let field = |kind: &str, label: &str, value: &str| json!({"type": kind, "label": label, "value": value, "sensitive": 0, "order": 1, "uid": 10, "updated_at": 1});
    let mut password = field("password", "Password", "pw");
    password["history"] = json!([{"value": "older", "updated_at": 1_600_000_000}]);
    let mut gone = field("text", "Gone", "gone value");
    gone["deleted"] = 1.into();
    json!({"folders": [{"uuid": "a", "title": "Top", "parent_uuid": ""}, {"uuid": "b", "title": "Sub/x", "parent_uuid": "a"}, {"uuid": "c", "title": "Loop", "parent_uuid": "c"}],
      "items": [
        {"uuid": "01483e75-489c-4402-91c9-e9a97292b921", "title": "Mail", "subtitle": "ada", "category": "login", "template_type": "login.default", "note": "n\nm",
         "favorite": 1, "archived": 1, "trashed": 0, "folders": ["b", "a", "zz"], "updated_at": 1_700_000_000, "createdAt": 1_600_000_000, "future": {"x": ["y"]},
         "fields": [field("username", "Username", "ada"), field("email", "E-mail", "ada@a.example"), password, field("url", "Website", "https://a.example"),
            field("totp", "One-time code", "JBSWY3DPEHPK3PXP"), field("totp", "Another", "JBSWY3DPEHPK3PXQ"), field("section", "MORE", ""), field("pin", "PIN", "42"), gone],
         "attachments": [{"name": "a.txt", "kind": "text/plain", "data": "QUI=", "uuid": "u"}, {"name": "bad", "data": "?"}]},
        {"uuid": "x", "title": "Visa", "category": "creditcard", "template_type": "creditcard.default", "trashed": 1, "folders": ["c"],
         "fields": [field("ccNumber", "Number", "4111"), field("ccName", "Name", "ADA"), field("ccExpiry", "Expiry", "06/31")]}]})
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

fn proton() -> Value {
    let item = |kind: &str, name: &str, content: Value| {
        json!({"itemId": "i==", "shareId": "s==", "state": 1, "pinned": false, "createTime": 1_600_000_000,
        "modifyTime": 1_700_000_000, "aliasEmail": null, "contentFormatVersion": 1, "data": {"metadata": {"name": name, "note": format!("note of {name}"), "itemUuid": "u"},
        "extraFields": [], "platformSpecific": {"android": {"allowedApps": []}}, "type": kind, "content": content}})
    };
    let mut login = item(
        "login",
        "Mail",
        json!({"itemEmail": "ada@a.example", "itemUsername": "ada", "password": "pw", "urls": ["https://a.example", "https://b.example"],
        "totpUri": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP", "passkeys": [{"keyId": "k", "content": "c"}]}),
    );
    login["data"]["extraFields"] = json!([{"fieldName": "PIN", "type": "hidden", "data": {"content": "42"}}, {"fieldName": "second", "type": "totp", "data": {"totpUri": "JBSWY3DPEHPK3PXQ"}},
        {"fieldName": "plain", "type": "text", "data": {"content": "text"}}]);
    login["pinned"] = true.into();
    let mut alias = item("alias", "Alias", json!({}));
    alias["aliasEmail"] = "x@alias.example".into();
    alias["state"] = 2.into();
    let card = item(
        "creditCard",
        "Visa",
        json!({"cardholderName": "ADA", "cardType": 1, "number": "4111", "verificationNumber": "123", "expirationDate": "2031-06", "pin": "9"}),
    );
    let identity = item(
        "identity",
        "Ada",
        json!({"firstName": "Ada", "floor": "3", "extraPersonalDetails": [{"fieldName": "f", "type": "text", "data": {"content": "deep"}}],
        "sections": [{"sectionName": "S", "sectionFields": [{"fieldName": "own", "type": "text", "data": {"content": "value"}}]}]}),
    );
    json!({"version": "1.2", "userId": "u==", "encrypted": false, "vaults": {"v==": {"name": "Personal", "description": "d", "items": [login, alias, card, identity, item("note", "Note", json!({}))]}}})
}

#[test]
fn proton_is_read_whole_also_out_of_its_zip() {
    let source = proton().to_string();
    let zip = archives::zip(&[("Proton Pass/data.json", source.as_bytes())]);
    assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "proton-json");
    let found = items("proton-json", source.as_bytes());
    assert_eq!(listed(&rows("zip", &zip).unwrap()), listed(&rows("proton-json", source.as_bytes()).unwrap()));
    assert_eq!(
        found.iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(),
        ["login", "login", "card", "identity", "note"]
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
