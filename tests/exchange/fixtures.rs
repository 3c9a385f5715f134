//! Real exports, which are not part of this project: the environment variable `TRESOR_FIXTURES` names the
//! folder that has them. Without it these tests skip, and say so.

use std::path::Path;

use super::*;
use tresor::exchange::Remark;

/// The content of a real file; none where there is no folder of them. A folder without the file is an error.
fn real(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("TRESOR_FIXTURES") else {
        eprintln!("SKIPPED: TRESOR_FIXTURES is not set, so {path} is not read");
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
    let plain = |secret: &Option<Secret>| secret.as_ref().map_or("", |s| s.expose_str().unwrap()).to_owned();
    assert!(item.urls.len() < 2 && item.fields.is_empty() && item.kind == "login" && item.totp.is_none());
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

#[test]
fn typed_notes() {
    let Some(file) = real("proton/lastpass.csv") else { return };
    let items = items("lastpass-csv", &file);
    let kinds: Vec<(&str, &str)> =
        items.iter().map(|item| (item.title.as_str(), item.kind.as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("nobody", "login"),
            ("Admin", "login"),
            ("Twitter", "login"),
            ("fb.com", "login"),
            ("Secure note", "note"),
            ("htts:/broken.url", "login"),
            ("test", "bank-account"),
            ("TestID", "address"),
            ("Credit Card Item with note", "card"),
            ("ssh", "ssh-key"),
            ("new custom item", "custom"),
            ("wifi", "wifi"),
        ]
    );
    assert!(items[2].totp.is_some() && items[2].folder == "company services");
    let fields = |at: usize| {
        items[at]
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.kind, f.value.expose_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let (text, hidden, date) = (FieldKind::Text, FieldKind::Hidden, FieldKind::Date);
    assert_eq!(
        fields(6),
        [
            ("Language", text, "en-GB"),
            ("Bank Name", text, "test"),
            ("Account Type", text, "test"),
            ("Account Number", hidden, "333333")
        ]
    );
    assert_eq!(fields(7).len(), 5, "Language, Title and three names; a date of two commas is none");
    assert_eq!(fields(8).last(), Some(&("Expiration Date", date, "January,2025")));
    assert_eq!(fields(9).last(), Some(&("Date", date, "January,31,2001")));
    assert_eq!(fields(10).len(), 7);
    assert_eq!(fields(10).last(), Some(&("my password", hidden, "password123")));
    assert_eq!(items[10].note.as_ref().and_then(Secret::expose_str), Some("line1 with quote \"\nline2"));
    assert_eq!(items[11].password.as_ref().and_then(Secret::expose_str), Some("password123"));
    assert_eq!(
        fields(11).iter().map(|field| field.0).collect::<Vec<_>>(),
        ["Language", "SSID", "Connection Type", "Connection Mode", "Protected"]
    );
    assert_comes_back(&file);
}

#[test]
fn broken_quoting_as_met_in_the_wild() {
    let Some(file) = real("proton/lastpass.corrupted.rows.csv") else { return };
    let rows = rows("lastpass-csv", &file).unwrap();
    assert!(skipped(&rows).is_empty());
    let found: Vec<(String, String, bool)> = rows
        .iter()
        .filter_map(|row| match &row.outcome {
            Outcome::Item(item, remarks) => {
                let lines = item.note.as_ref().map_or(0, |note| note.expose_str().unwrap().lines().count());
                Some((
                    item.title.clone(),
                    format!("{} {lines}", item.kind),
                    remarks.contains(&Remark::Repaired),
                ))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("nobody", "login 1", false),
        ("Admin", "login 0", false),
        ("login with multi lines", "login 2", true),
        ("login item with multilines and quotes (\")", "login 3", true),
        ("Twitter", "login 1", false),
        ("login items with 6 lines", "login 6", true),
        ("Secure note", "note 1", false),
        ("test", "bank-account 0", false),
        ("TestCC", "card 0", false),
        ("TestID", "address 0", false),
        ("secure note with commas (,)", "note 1", true),
        ("secure note with file", "note 0", false),
        ("secure note with multilines & quotes \"", "note 3", true),
    ];
    assert_eq!(found, expected.map(|(title, kind, repaired)| (title.to_owned(), kind.to_owned(), repaired)));
    assert_comes_back(&file);
}

/// What was read is the same after a way through each format.
fn assert_comes_back(file: &[u8]) {
    let first = items("lastpass-csv", file);
    for format in ["lastpass-csv", "json"] {
        let (written, losses) = exported(format, first.iter().map(copy));
        assert!(losses.is_empty(), "{losses:?}");
        let second = items(format, &written);
        assert_eq!(first.iter().map(shown).collect::<String>(), second.iter().map(shown).collect::<String>());
    }
}
