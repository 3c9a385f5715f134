//! Zip archives of other programs, made here.

use super::*;
use serde_json::{Value, json};
use tresor::exchange::Remark;

/// An archive of stored files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = out.len() as u32;
        let mut common = [0_u16; 4].map(u16::to_le_bytes).concat();
        common.extend(
            [crc32(content), content.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat(),
        );
        common.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        out.extend([b"PK\x03\x04\x14\0".as_slice(), &common, name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0\x14\0".as_slice(), &common, &[0; 10]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &[count, count].map(u16::to_le_bytes).concat()].concat());
    out.extend([directory.len() as u32, start].map(u32::to_le_bytes).concat());
    out.extend([0, 0]);
    out
}

/// CRC-32 bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

fn detected(source: &[u8]) -> &'static str {
    exchange::detect(source).unwrap().name
}

#[test]
fn bitwarden_brings_its_files() {
    let id = "22222222-aaaa-4bbb-8ccc-000000000001";
    let first = format!("attachments/{id}/scan.pdf");
    let second = format!("attachments/{id}/notes/plain.txt");
    let source = zip(&[
        ("data.json", bitwarden::ALL_TYPES.as_bytes()),
        (&first, b"%PDF\x00\xFF"),
        (&second, b"text"),
        ("attachments/of-nobody/x", b"x"),
        ("readme", b"hello"),
    ]);
    assert_eq!(detected(&source), "bitwarden-zip");
    let rows = rows("bitwarden-zip", &source).unwrap();
    let Outcome::Item(item, _) = &rows[0].outcome else { panic!("no item") };
    let mut files: Vec<_> =
        item.attachments.iter().map(|file| (file.name.as_str(), file.content.expose())).collect();
    files.sort_unstable();
    assert_eq!(files, [("plain.txt", &b"text"[..]), ("scan.pdf", b"%PDF\x00\xFF")]);
    let told: Vec<String> = skipped(&rows).into_iter().map(|(_, skip)| skip.to_string()).collect();
    assert!(told.iter().any(|skip| skip.contains("\"attachments/of-nobody/x\"")), "{told:?}");
    assert!(told.iter().any(|skip| skip.contains("\"readme\"")));
}

/// A 1PUX of an item for each category.
fn pux() -> Value {
    let section = |fields: Value| json!([{"title": "", "name": "s", "fields": fields}]);
    let item = |number: &str, title: &str, fields: Value| {
        json!({"uuid": format!("{:a<26}", title.to_lowercase().replace(|c: char| !c.is_ascii_lowercase(), "x")), "favIndex": 0,
            "createdAt": 1_600_000_000, "updatedAt": 1_700_000_000, "state": "active", "categoryUuid": number,
            "details": {"loginFields": [], "notesPlain": format!("note of {title}"), "sections": section(fields), "passwordHistory": []},
            "overview": {"title": title, "tags": ["t/u"], "url": "", "ps": 0, "icons": null}})
    };
    let mut login = item(
        "001",
        "Login",
        json!([
            {"title": "one-time password", "id": "TOTP_1", "value": {"totp": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}},
            {"title": "second", "id": "TOTP_2", "value": {"totp": "JBSWY3DPEHPK3PXQ"}},
            {"title": "mail", "id": "m", "value": {"email": {"email_address": "a@b.example", "provider": "prov"}}},
            {"title": "born", "id": "d", "value": {"date": 1_600_000_000}},
            {"title": "home", "id": "h", "value": {"address": {"street": "Street 1", "city": "Town", "country": "at", "zip": "1010", "state": ""}}},
            {"title": "empty", "id": "e", "value": {"string": ""}},
            {"title": "future", "id": "f", "value": {"hologram": {"deep": ["kept"]}}},
            {"title": "sso", "id": "s", "value": {"ssoLogin": {"provider": "google"}}}
        ]),
    );
    login["favIndex"] = 1.into();
    login["details"]["loginFields"] = json!([
        {"value": "ada", "id": "", "name": "username", "fieldType": "T", "designation": "username"},
        {"value": " pw &amp; ", "id": "", "name": "password", "fieldType": "P", "designation": "password"},
        {"value": "4711", "id": "customer", "name": "customer", "fieldType": "P", "designation": ""}
    ]);
    login["details"]["passwordHistory"] =
        json!([{"value": "old2", "time": 1_650_000_000}, {"value": "old1", "time": 1_610_000_000}]);
    login["details"]["sections"][0]["title"] = "More".into();
    login["overview"]["url"] = "https://one.example".into();
    login["overview"]["urls"] = json!([{"label": "website", "url": "https://one.example"}, {"label": "admin", "url": "https://two.example"}]);
    let mut archived = item("005", "Archived", json!([]));
    archived["state"] = "archived".into();
    archived["details"]["password"] = "only a password".into();
    let mut document = item(
        "006",
        "Document",
        json!([{"title": "copy", "id": "c", "value": {"file": {"fileName": "b.txt", "documentId": "docb", "decryptedSize": 2}}}]),
    );
    document["details"]["documentAttributes"] =
        json!({"fileName": "a.txt", "documentId": "doca", "decryptedSize": 1});
    document["details"]["sections"].as_array_mut().unwrap().push(json!({"title": "t", "fields": [
        {"title": "gone", "id": "g", "value": {"file": {"fileName": "gone.txt", "documentId": "docx"}}}]}));
    let mut trashed = item("003", "Trashed", json!([]));
    trashed["trashed"] = true.into();
    let items = json!([
        login,
        archived,
        document,
        trashed,
        item(
            "002",
            "Card",
            json!([
            {"title": "cardholder name", "id": "cardholder", "value": {"string": "ADA L"}}, {"title": "type", "id": "type", "value": {"creditCardType": "visa"}},
            {"title": "number", "id": "ccnum", "value": {"creditCardNumber": "4111"}}, {"title": "verification number", "id": "cvv", "value": {"concealed": "123"}},
            {"title": "expiry date", "id": "expiry", "value": {"monthYear": 203_106}}, {"title": "PIN", "id": "pin", "value": {"concealed": "9876"}}])
        ),
        item(
            "109",
            "Router",
            json!([{"title": "network name", "id": "network_name", "value": {"string": "net"}},
            {"title": "wireless network password", "id": "wireless_password", "value": {"concealed": "wpa"}},
            {"title": "base station password", "id": "password", "value": {"concealed": "admin"}}])
        ),
        item(
            "110",
            "Server",
            json!([{"title": "URL", "id": "url", "value": {"string": "host"}}, {"title": "username", "id": "username", "value": {"string": "root"}},
            {"title": "password", "id": "password", "value": {"concealed": "toor"}}])
        ),
        item(
            "114",
            "Key",
            json!([{"title": "private key", "id": "private_key", "value": {"sshKey": {"privateKey": "PEM", "metadata":
            {"privateKey": "PEM", "publicKey": "ssh-ed25519 A", "fingerprint": "SHA256:f", "keyType": {"t": "ed25519"}}}}}])
        ),
        item("999", "Later", json!([{"title": "x", "id": "x", "value": {"string": "y"}}])),
    ]);
    json!({"accounts": [{"attrs": {"accountName": "A", "email": "a@b"}, "vaults": [{"attrs": {"uuid": "v", "name": "Private"}, "items": items}]}]})
}

fn pux_file() -> Vec<u8> {
    let data = pux().to_string();
    let attributes = br#"{"version":3,"description":"1Password Unencrypted Export"}"#;
    zip(&[
        ("export.attributes", attributes),
        ("export.data", data.as_bytes()),
        ("files/doca__a.txt", b"A"),
        ("files/docb___b.txt", b"BB"),
        ("files/docz__z.txt", b"Z"),
    ])
}

#[test]
fn a_1pux_of_every_sort() {
    let source = pux_file();
    assert_eq!(detected(&source), "1pux");
    let rows = rows("1pux", &source).unwrap();
    assert_eq!(
        skipped(&rows).into_iter().map(|(_, skip)| skip.to_string()).collect::<Vec<_>>(),
        ["a file that belongs to no entry: \"files/docz__z.txt\""]
    );
    let mut items = Vec::new();
    for row in rows {
        if let Outcome::Item(item, remarks) = row.outcome {
            items.push((*item, remarks));
        }
    }
    let kinds: Vec<&str> = items.iter().map(|(item, _)| item.kind.as_str()).collect();
    assert_eq!(kinds, ["login", "login", "note", "note", "card", "wifi", "server", "ssh-key", "custom"]);
    let plain = |secret: &Option<Secret>| secret.as_ref().unwrap().expose_str().unwrap().to_owned();
    let field = |at: usize, name: &str| {
        let (item, _): &(Item, Vec<Remark>) = &items[at];
        let field = item.fields.iter().find(|field| field.name == name);
        let field = field.unwrap_or_else(|| panic!("no {name} in {}", shown(item)));
        (field.kind, field.value.expose_str().unwrap().to_owned())
    };
    let (login, _) = &items[0];
    assert_eq!((login.username.as_str(), plain(&login.password).as_str()), ("ada", " pw &amp; "));
    assert_eq!(
        (login.folder.as_str(), &login.tags[..], login.favourite),
        ("Private", &["t/u".to_owned()][..], true)
    );
    assert_eq!(login.urls, ["https://one.example", "https://two.example"]);
    assert_eq!(login.history.iter().map(|past| past.value.expose()).collect::<Vec<_>>(), [b"old1", b"old2"]);
    assert_eq!(field(0, "More: second"), (FieldKind::Totp, "JBSWY3DPEHPK3PXQ".to_owned()));
    assert_eq!(field(0, "More: born"), (FieldKind::Date, "2020-09-13".to_owned()));
    assert_eq!(field(0, "More: home").1, "Street 1, Town, 1010, at");
    assert_eq!(field(0, "customer").0, FieldKind::Hidden);
    assert_eq!(field(1, "state").1, "archived");
    assert!(items[3].0.trashed);
    let files: Vec<_> =
        items[2].0.attachments.iter().map(|file| (file.name.as_str(), file.content.expose())).collect();
    assert_eq!(files, [("b.txt", &b"BB"[..]), ("a.txt", b"A")]);
    assert!(items[2].1.contains(&Remark::MissingFile("gone.txt".to_owned())));
    assert_eq!(field(4, "Expiration Date"), (FieldKind::Date, "2031-06".to_owned()));
    assert_eq!(field(4, "Number").0, FieldKind::Hidden);
    assert_eq!((plain(&items[5].0.password), field(5, "SSID").1), ("wpa".to_owned(), "net".to_owned()));
    assert_eq!((items[6].0.username.as_str(), plain(&items[6].0.password)), ("root", "toor".to_owned()));
    assert_eq!(field(7, "Private Key"), (FieldKind::Hidden, "PEM".to_owned()));
    for (json, (item, _)) in pux()["accounts"][0]["vaults"][0]["items"].as_array().unwrap().iter().zip(&items)
    {
        assert_kept(json, item);
    }
    vault::import_twice_tolerant("1pux", &source);
}

/// Every value of an item of 1Password's, but for how it is laid out.
pub fn assert_kept(json: &Value, item: &Item) {
    const LAYOUT: [&str; 18] = [
        "uuid",
        "id",
        "designation",
        "fieldType",
        "favIndex",
        "categoryUuid",
        "date",
        "monthYear",
        "documentId",
        "decryptedSize",
        "inputTraits",
        "indexAtSource",
        "ps",
        "pbe",
        "icons",
        "subtitle",
        "clipboardFilter",
        "state",
    ];
    let mut json = json.clone();
    // Names of what has a place of its own.
    for section in json["details"]["sections"].as_array_mut().into_iter().flatten() {
        section.as_object_mut().unwrap().remove("name");
        section.as_object_mut().unwrap().remove("title");
        for field in section["fields"].as_array_mut().into_iter().flatten() {
            field.as_object_mut().unwrap().remove("title");
        }
    }
    for form in json["details"]["loginFields"].as_array_mut().into_iter().flatten() {
        form.as_object_mut().unwrap().remove("name");
    }
    for url in json["overview"]["urls"].as_array_mut().into_iter().flatten() {
        url.as_object_mut().unwrap().remove("label");
    }
    assert_all_kept(&json, item, &LAYOUT);
}

#[test]
fn a_1pif_line_by_line() {
    let mark = "***5642bee8-a5ff-11dc-8314-0800200c9a66***";
    let folder = json!({"uuid": "F0", "typeName": "system.folder.Regular", "title": "Bank / Post"});
    let login = json!({"uuid": "0123456789ABCDEF0123456789ABCDEF", "typeName": "webforms.WebForm", "title": "Mail", "createdAt": 1_600_000_000,
        "updatedAt": 1_700_000_000, "location": "https://one.example", "folderUuid": "F0", "openContents": {"tags": ["a"], "faveIndex": 3},
        "secureContents": {"URLs": [{"label": "x", "url": "https://two.example"}], "notesPlain": "n",
            "fields": [{"value": "ada", "name": "u", "type": "T", "designation": "username"}, {"value": "pw", "name": "p", "type": "P", "designation": "password"}],
            "sections": [{"name": "S1", "title": "Extra", "fields": [{"k": "concealed", "n": "TOTP_x", "v": "code", "t": "PIN"}]}],
            "passwordHistory": [{"value": "old", "time": 1_600_000_001}]}});
    let card = json!({"uuid": "x", "typeName": "wallet.financial.CreditCard", "title": "Visa", "trashed": true, "secureContents": {
        "sections": [{"title": "", "fields": [{"k": "string", "n": "ccnum", "v": "4111", "t": "number"}, {"k": "monthYear", "n": "expiry", "v": 203_106, "t": "expiry"}]}]}});
    let source = format!("{login}\n{mark}\n{folder}\n{mark}\n{card}\n{mark}\nbroken\n{mark}\n");
    assert_eq!(detected(source.as_bytes()), "1pif");
    let rows = rows("1pif", source.as_bytes()).unwrap();
    assert_eq!(skipped(&rows).len(), 1);
    assert_eq!(skipped(&rows)[0].0, "line 7");
    let Outcome::Item(mail, _) = &rows[0].outcome else { panic!("no item") };
    assert_eq!(
        (mail.username.as_str(), mail.folder.as_str(), mail.urls.len(), mail.favourite),
        ("ada", "Bank \\/ Post", 2, true)
    );
    assert_eq!(mail.id.unwrap().to_string(), "0123456789abcdef0123456789abcdef");
    assert_eq!(mail.fields[0].name, "Extra: PIN");
    let Outcome::Item(visa, _) = &rows[2].outcome else { panic!("no item") };
    assert!(visa.trashed && visa.kind == "card");
    assert_eq!(visa.fields[1].value.expose(), b"2031-06");
}

#[test]
fn a_zip_of_exports_is_read_file_by_file() {
    let csv = b"url,username,password,extra,name,grouping,fav\nhttps://a,u,p,,A,,0\n";
    let source = zip(&[
        ("a/credentials.csv", csv),
        ("b/data.txt", bitwarden::ALL_TYPES.as_bytes()),
        ("c", b"?"),
        ("d.zip", &zip(&[("x", csv)])),
    ]);
    assert_eq!(detected(&source), "zip");
    let rows = rows("zip", &source).unwrap();
    assert_eq!(rows.iter().filter(|row| matches!(row.outcome, Outcome::Item(..))).count(), 9);
    let told: Vec<String> = skipped(&rows).into_iter().map(|(_, skip)| skip.to_string()).collect();
    assert_eq!(told.len(), 4, "two bad items, two unknown files: {told:?}");
    assert_eq!(super::rows("zip", &zip(&[("a", b"?")])).err(), Some(ImportError::UnknownFormat));
}

#[test]
fn a_hostile_archive_is_named() {
    assert_eq!(
        exchange::detect(&zip(&[("../export.data", b"{}")])).err().unwrap().to_string(),
        "a file name in the zip archive leads out of it"
    );
    assert!(exchange::detect(b"PK\x03\x04 and nothing more").is_err());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let source = zip(&[("export.data", format!("{{\"accounts\":{deep}}}").as_bytes())]);
    assert!(rows("1pux", &source).unwrap().is_empty());
}
