//! Zip archives of other programs, made here.

use super::*;
use archive_files::{pux_file, zip};
use serde_json::Value;
use tresor::exchange::Remark;

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
    serde_json::from_str(include_str!("../fixtures/trees/1pux.json")).unwrap()
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
    let source = include_str!("../fixtures/trees/1pif.1pif");
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
    assert_eq!(mail.totp.as_ref().unwrap().expose(), b"JBSWY3DPEHPK3PXP");
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
