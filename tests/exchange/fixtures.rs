//! Real exports, which are not part of this project: the environment variable `TRESOR_FIXTURES` names the
//! folder that has them. Without it these tests skip, and say so.

use std::io::{self, Write};
use std::path::Path;

use super::*;
use tresor::exchange::Remark;

/// The content of a real file; none where there is no folder of them. A folder without the file is an error.
fn real(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("TRESOR_FIXTURES") else {
        // Written straight to the descriptor, since the harness keeps what a passing test prints.
        let _ = writeln!(io::stderr(), "SKIPPED: TRESOR_FIXTURES is not set, so {path} is not read");
        return None;
    };
    let file = Path::new(&folder).join(path);
    Some(std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

/// One entry of the reference: a list of maps of one-line values, quoted or not, and indented blocks.
type Reference = std::collections::BTreeMap<String, String>;

fn reference(yaml: &str) -> Vec<Reference> {
    let mut entries: Vec<Reference> = Vec::new();
    let mut lines = yaml.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(line) = line.get(2..).filter(|_| line.starts_with("- ") || line.starts_with("  ")) else {
            continue;
        };
        let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("not understood: {line}"));
        let value = if value == "|-" {
            let mut block: Vec<&str> = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
                block.push(&line[4..]);
            }
            block.join("\n")
        } else if value.starts_with('"') {
            serde_json::from_str(value).unwrap()
        } else {
            value.to_owned()
        };
        if key == "title" {
            entries.push(Reference::new());
        }
        entries.last_mut().unwrap().insert(key.to_owned(), value);
    }
    entries
}

fn as_reference(item: &Item) -> Reference {
    assert!(item.urls.len() < 2 && item.fields.is_empty() && item.kind == "login" && item.totp.is_none());
    plain_values(item)
}

fn plain_values(item: &Item) -> Reference {
    let plain = |secret: &Option<Secret>| secret.as_ref().map_or("", |s| s.expose_str().unwrap()).to_owned();
    let values = [
        ("title", item.title.clone()),
        ("login", item.username.clone()),
        ("password", plain(&item.password)),
        ("url", item.urls.first().cloned().unwrap_or_default()),
        ("comments", plain(&item.note)),
        ("group", item.folder.clone()),
    ];
    values
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

#[test]
fn a_data_set_with_its_reference() {
    let Some(file) = real("pass-import/lastpass.csv") else { return };
    let expected = reference(std::str::from_utf8(&real("reference/main.yml").unwrap()).unwrap());
    assert_eq!(exchange::detect(&file).unwrap().name, "lastpass-csv");
    let rows = rows("lastpass-csv", &file).unwrap();
    assert!(rows.iter().all(|row| matches!(&row.outcome, Outcome::Item(_, remarks) if remarks.is_empty())));
    let found: Vec<Reference> = items("lastpass-csv", &file).iter().map(as_reference).collect();
    assert!(expected.len() > 10);
    assert_eq!(found, expected);
    assert_comes_back(&file);
}

/// As [`as_reference`], of what may be a note, and with custom fields.
fn as_reference_of_a_tree(item: &Item) -> Reference {
    assert!(["login", "note"].contains(&item.kind.as_str()) && item.urls.len() < 2 && item.totp.is_none());
    let kind = "login".to_owned();
    as_reference(&Item { kind, fields: Vec::new(), ..copy(item) })
}

fn assert_is_the_data_set(format: &str, path: &str) {
    let Some(file) = real(path) else { return };
    let mut expected = reference(std::str::from_utf8(&real("reference/main.yml").unwrap()).unwrap());
    assert_eq!(exchange::detect(&file).unwrap().name, format);
    let mut found: Vec<Reference> = items(format, &file).iter().map(as_reference_of_a_tree).collect();
    assert!(expected.len() > 10);
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    vault::import_twice(format, &file);
}

#[test]
fn the_data_set_as_trees() {
    assert_is_the_data_set("bitwarden-json", "pass-import/bitwarden.json");
    assert_is_the_data_set("enpass-json", "pass-import/enpass.json");
}

#[test]
fn every_item_of_a_1pux() {
    let Some(file) = real("keepassxc/1PasswordExport.1pux") else { return };
    assert_eq!(exchange::detect(&file).unwrap().name, "1pux");
    let rows = rows("1pux", &file).unwrap();
    let item = |row: &Row| if let Outcome::Item(item, _) = &row.outcome { Some(copy(item)) } else { None };
    let items: Vec<Item> = rows.iter().filter_map(item).collect();
    let data: serde_json::Value = serde_json::from_slice(&unpacked(&file, "export.data")).unwrap();
    let vaults =
        data["accounts"].as_array().unwrap().iter().flat_map(|one| one["vaults"].as_array().unwrap());
    let sources: Vec<_> = vaults.flat_map(|vault| vault["items"].as_array().unwrap()).collect();
    assert!(sources.len() > 3);
    assert_eq!(items.len(), sources.len());
    for (json, item) in sources.into_iter().zip(&items) {
        archives::assert_kept(json, item);
    }
    assert_eq!(items.iter().map(|item| item.attachments.len()).sum::<usize>(), 1);
    vault::import_twice_tolerant("1pux", &file);
}

/// A file of an archive, by this project's own reader, whose CRC says that it is right.
fn unpacked(archive: &[u8], name: &str) -> Vec<u8> {
    let zip = exchange::zip::Zip::open(archive).unwrap();
    zip.named(name).unwrap().content().unwrap().expose().to_vec()
}

/// What each table must yield, in the fields that it has.
#[test]
fn tables_with_their_reference() {
    let every = ["title", "login", "password", "url", "comments", "group"];
    for (name, fields) in [
        ("chrome", &["title", "login", "password", "url", "comments"][..]),
        ("1password8", &["title", "login", "password", "url", "comments"]),
        ("bitwarden", &every),
        ("keepassx2", &every),
        ("firefox", &["login", "password"]),
    ] {
        let Some(file) = real(&format!("pass-import/{name}.csv")) else { return };
        let expected = reference(std::str::from_utf8(&real("reference/main.yml").unwrap()).unwrap());
        let format = exchange::detect(&file).unwrap();
        let item = |row: Row| match row.outcome {
            Outcome::Item(item, _) => Some(*item),
            Outcome::Skipped(skip) => panic!("{name} {}: {skip}", row.place),
            _ => None,
        };
        let items: Vec<Item> = rows(format.name, &file).unwrap().into_iter().filter_map(item).collect();
        let of = |entry: &Reference| {
            let wanted = entry.iter().filter(|(key, _)| fields.contains(&key.as_str()));
            // A note has the line breaks of its file.
            wanted.map(|(key, value)| (key.clone(), value.replace("\r\n", "\n"))).collect::<Reference>()
        };
        let mut found: Vec<Reference> = items.iter().map(|item| of(&plain_values(item))).collect();
        let mut expected: Vec<Reference> = expected.iter().map(of).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{name}");
        vault::import_twice(format.name, &file);
    }
}

#[test]
fn typed_notes() {
    let Some(file) = real("proton/lastpass.csv") else { return };
    let source = std::str::from_utf8(&file).unwrap();
    let items = items("lastpass-csv", &file);
    let kinds: Vec<&str> = items.iter().map(|item| item.kind.as_str()).collect();
    let typed = ["bank-account", "address", "card", "ssh-key", "custom", "wifi"];
    assert_eq!(kinds[..6], ["login", "login", "login", "login", "note", "login"]);
    assert_eq!(kinds[6..], typed);
    assert!(items.iter().all(|item| !item.title.is_empty()));
    assert!(items[3].urls[0].contains(&format!("//{}/", items[3].title)), "named after its host");
    assert_eq!(items[5].title, items[5].urls[0], "no host, no user name");
    assert_eq!(items.iter().filter(|item| item.totp.is_some()).count(), 2);
    let labels = [
        &["Language", "Bank Name", "Account Type", "Account Number"][..],
        &["Language", "Title", "First Name", "Middle Name", "Last Name"],
        &["Language", "Name on Card", "Type", "Number", "Security Code", "Expiration Date"],
        &[
            "Language",
            "Bit Strength",
            "Format",
            "Passphrase",
            "Private Key",
            "Public Key",
            "Hostname",
            "Date",
        ],
        &["NoteType", "Language", "text", "text with copy", "date", "date no day", "my password"],
        &["Language", "SSID", "Connection Type", "Connection Mode", "Protected"],
    ];
    for (item, labels) in items[6..].iter().zip(labels) {
        assert_eq!(item.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), labels);
        for field in &item.fields {
            let line = format!("{}:{}\n", field.name, field.value.expose_str().unwrap());
            assert!(source.contains(&line), "{line}");
        }
    }
    let note_lines =
        |item: &Item| item.note.as_ref().map_or(0, |note| note.expose_str().unwrap().lines().count());
    assert_eq!(items[6..].iter().map(note_lines).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 0]);
    let password = items[11].password.as_ref().and_then(Secret::expose_str).unwrap();
    assert!(source.contains(&format!("\nPassword:{password}\n")));
    assert_comes_back(&file);
}

#[test]
fn broken_quoting_as_met_in_the_wild() {
    let Some(file) = real("proton/lastpass.corrupted.rows.csv") else { return };
    let source = std::str::from_utf8(&file).unwrap();
    let rows = rows("lastpass-csv", &file).unwrap();
    assert!(skipped(&rows).is_empty());
    let mut found = Vec::new();
    for row in &rows {
        let Outcome::Item(item, remarks) = &row.outcome else { continue };
        let lines = item.note.as_ref().map_or(0, |note| note.expose_str().unwrap().lines().count());
        found.push((item.kind.as_str(), lines, remarks.contains(&Remark::Repaired)));
        let end = format!(",{},{},0", item.title, item.folder);
        assert!(source.lines().any(|line| line.ends_with(&end)), "{end}");
    }
    let expected = [
        ("login", 1, false),
        ("login", 0, false),
        ("login", 2, true),
        ("login", 3, true),
        ("login", 1, false),
        ("login", 6, true),
        ("note", 1, false),
        ("bank-account", 0, false),
        ("card", 0, false),
        ("address", 0, false),
        ("note", 1, true),
        ("note", 0, false),
        ("note", 3, true),
    ];
    assert_eq!(found, expected);
    assert_comes_back(&file);
}

/// What was read is the same after a way through each format, and a second import adds nothing.
fn assert_comes_back(file: &[u8]) {
    vault::import_twice("lastpass-csv", file);
    let first = items("lastpass-csv", file);
    for format in ["lastpass-csv", "json"] {
        let (written, losses) = exported(format, first.iter().map(copy));
        assert!(losses.is_empty(), "{losses:?}");
        let second = items(format, &written);
        assert_eq!(first.iter().map(shown).collect::<String>(), second.iter().map(shown).collect::<String>());
    }
}

/// Titles, user names, passwords, first URLs, notes and folders of items that have more than the reference.
fn main_values(item: &Item) -> Reference {
    let plain = |secret: &Option<Secret>| secret.as_ref().map_or("", |s| s.expose_str().unwrap()).to_owned();
    let values = [
        ("title", item.title.clone()),
        ("login", item.username.clone()),
        ("password", plain(&item.password)),
        ("url", item.urls.first().cloned().unwrap_or_default()),
        ("comments", plain(&item.note)),
        ("group", item.folder.clone()),
    ];
    let values = values.into_iter().filter(|(_, value)| !value.is_empty());
    values.map(|(key, value)| (key.to_owned(), value)).collect()
}

#[test]
fn keepass_xml_and_database() {
    let Some(file) = real("pass-import/keepass.xml") else { return };
    let main = reference(std::str::from_utf8(&real("reference/main.yml").unwrap()).unwrap());
    assert_eq!(exchange::detect(&file).unwrap().name, "keepass-xml");
    let found: Vec<Reference> = items("keepass-xml", &file).iter().map(main_values).collect();
    let under = |entry: &Reference| {
        let mut entry = entry.clone();
        let group = entry.get("group").map_or("keepass".to_owned(), |group| format!("keepass/{group}"));
        entry.insert("group".to_owned(), group);
        entry
    };
    assert_eq!(found, main.iter().map(under).collect::<Vec<_>>());
    vault::import_twice("keepass-xml", &file);

    let file = real("pass-import/keepass.kdbx").unwrap();
    assert_eq!(exchange::detect(&file).unwrap().name, "kdbx");
    let unlock = Unlock { password: secret("correct horse battery staple"), key_file: None };
    let mut found = Vec::new();
    let reader = exchange::named("kdbx").unwrap().reader().unwrap();
    let each = &mut |row: Row| {
        match row.outcome {
            Outcome::Item(item, _) => found.push(*item),
            other => panic!("{other:?}"),
        }
        ControlFlow::Continue(())
    };
    reader.read(&file, &unlock, each).unwrap();
    // The database names one entry by its host, where the other files have its address.
    let values: Vec<Reference> = found.iter().map(main_values).collect();
    let as_named = |entry: &Reference| {
        let mut entry = entry.clone();
        entry.entry("title".to_owned()).and_modify(|title| *title = title.replace("https://", ""));
        entry
    };
    for entry in &main {
        assert!(values.contains(&as_named(entry)), "{entry:?} is not in\n{values:#?}");
    }
    let extras = reference(std::str::from_utf8(&real("reference/keepass-kdbx.yml").unwrap()).unwrap());
    assert!(extras.len() > 5);
    for extra in &extras {
        let title = &extra["title"];
        let group = extra.get("group").map_or("", String::as_str);
        let is_there = match (extra.get("otpauth"), group.strip_prefix("History/")) {
            (Some(uri), _) => found.iter().any(|item| {
                let same = item.title == *title && item.username == extra["login"];
                let code = item.totp.as_ref().and_then(Secret::expose_str).unwrap_or_default();
                let letters = |text: &str| text.replace(' ', "").to_lowercase();
                let key = letters(uri.split("secret=").nth(1).unwrap().split('&').next().unwrap());
                same && letters(code).contains(&key)
            }),
            (None, Some(_)) => {
                let item = found.iter().find(|item| item.title == *title && !item.history.is_empty());
                let past = |item: &Item| item.history.iter().map(|past| past.value.duplicate()).collect();
                let past: Vec<Secret> = item.map(past).unwrap_or_default();
                let values = extra.iter().filter(|(key, _)| *key == "password" || *key == "url");
                let mut known = past.iter().filter_map(Secret::expose_str);
                known.any(|text| values.clone().any(|(_, value)| value.trim_matches('\'') == text))
            }
            (None, None) => found.iter().any(|item| item.attachments.iter().any(|file| file.name == *title)),
        };
        assert!(is_there, "{extra:?}");
    }
}
