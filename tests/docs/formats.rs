//! `docs/formats.md`: what each format keeps, seen by reading this project's own fixtures and by writing an
//! entry that has everything; and what the columns of each table become, from the tables themselves.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use tresor::crypto::random::SeededRandom;
use tresor::exchange::{Exporter, FORMATS, Format, Fresh, Outcome, Unlock};
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::item::{Attachment, Item, PastValue};
use tresor::vault::kinds::FieldKind;

/// What an entry can have, and whether one has it.
type Part = (&'static str, fn(&Item) -> bool);

const PARTS: [Part; 13] = [
    ("user name", |item| !item.username.is_empty()),
    ("password", |item| item.password.is_some()),
    ("URL", |item| !item.urls.is_empty()),
    ("more URLs", |item| item.urls.len() > 1),
    ("note", |item| item.note.is_some()),
    ("code", |item| item.totp.is_some()),
    ("folder", |item| !item.folder.is_empty()),
    ("tags", |item| !item.tags.is_empty()),
    ("favourite", |item| item.favourite),
    ("dates", |item| item.created.or(item.modified).or(item.last_used).is_some()),
    ("kinds", |item| item.kind != "login"),
    ("fields", |item| !item.fields.is_empty()),
    ("history", |item| !item.history.is_empty()),
];

/// The fixtures of a format: files that its name starts, or a folder of it.
fn fixtures(format: &Format) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let short = format.name.trim_end_matches("-csv");
    let of = |folder: &str, start: &str| {
        let files = fs::read_dir(root.join(folder)).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|path| {
                path.file_name().unwrap().to_str().unwrap().split('.').next() == Some(start)
                    || start.is_empty()
            })
            .collect();
        files.sort();
        files.into_iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let table = of("tables", format.name);
    if table.is_empty() && format.name.ends_with("-csv") { of(short, "") } else { table }
}

fn items(format: &Format) -> Vec<Item> {
    let mut items = Vec::new();
    for source in fixtures(format) {
        let reader = format.reader().unwrap();
        let read = reader.read(&source, &Unlock::default(), &mut |row| {
            if let Outcome::Item(item, _) = row.outcome {
                items.push(*item);
            }
            ControlFlow::Continue(())
        });
        read.unwrap_or_else(|error| panic!("{}: {error}", format.name));
    }
    items
}

fn full() -> Item {
    let text = |text: &[u8]| Some(Secret::copy_of(text));
    let mut item = Item {
        title: "Everything".to_owned(),
        username: "ann".to_owned(),
        password: text(b"pw"),
        note: text(b"note"),
        totp: text(b"JBSWY3DPEHPK3PXP"),
        urls: vec!["https://a.example".to_owned(), "https://b.example".to_owned()],
        folder: "Work/Mail".to_owned(),
        tags: vec!["a".to_owned(), "b".to_owned()],
        favourite: true,
        created: Some(Timestamp(1_700_000_000_000)),
        modified: Some(Timestamp(1_700_000_000_000)),
        last_used: Some(Timestamp(1_700_000_000_000)),
        ..Item::default()
    };
    item.push_field("Since", FieldKind::Date, "2020-01-01");
    item.history.push(PastValue {
        field: "password".to_owned(),
        value: Secret::copy_of(b"old"),
        time: Timestamp(1),
    });
    item.attachments.push(Attachment { name: "a".to_owned(), content: Secret::copy_of(b"a") });
    item.upkeep.reminder = Some(90);
    item
}

fn losses(exporter: &dyn Exporter) -> Vec<String> {
    let fresh = &mut Fresh { password: None, random: &mut SeededRandom::new(1), now: Timestamp(1) };
    let kinds = ["login", "note", "card"];
    let trashed = || Item { trashed: true, ..full() };
    let items = kinds.into_iter().map(|kind| Item { kind: kind.to_owned(), ..full() }).chain([trashed()]);
    let losses = exporter.write(&mut items.collect::<Vec<_>>().into_iter(), fresh, &mut Vec::new()).unwrap();
    losses.all().iter().map(|loss| loss.kind.to_string()).collect()
}

/// The page.
pub fn page() -> String {
    let mut text = String::from(
        "# Formats\n\nMade by `tests/docs` from the program's own tables and fixtures. `tresor import --formats` \
         lists all names.\n\n## What comes in from a table\n\n\
         A mark means that the format holds such a value and that it is kept as such. A blank means that the \
         format does not hold it. Whatever else a file has is kept as a custom field of its column's name, and \
         the report says so for each entry.\n\n| format |",
    );
    let names = PARTS.iter().map(|(name, _)| format!(" {name} |")).collect::<String>();
    writeln!(text, "{names}\n|---|{}", "---|".repeat(PARTS.len())).unwrap();
    let mut seen = 0;
    for format in FORMATS.iter().filter(|format| format.name.ends_with("-csv") && format.importer.is_some()) {
        let items = items(format);
        assert!(!items.is_empty(), "{} has no fixture", format.name);
        seen += 1;
        let marks = PARTS.iter().map(|(_, has)| if items.iter().any(has) { " x |" } else { "   |" });
        writeln!(text, "| `{}` |{}", format.name, marks.collect::<String>()).unwrap();
    }
    assert!(seen > 20);
    text.push_str(
        "\n## What an export loses\n\nSaid by the program before it writes, by count and titles.\n",
    );
    for format in FORMATS.iter() {
        let Some(exporter) = format.exporter.filter(|exporter| !exporter.is_encrypted()) else { continue };
        let losses = losses(exporter);
        let list = losses.iter().map(|loss| format!("- {loss}\n")).collect::<String>();
        let list = if list.is_empty() { "Nothing.\n".to_owned() } else { list };
        write!(text, "\n### `{}`: {}\n\n{list}", format.name, format.title).unwrap();
    }
    text.push_str(
        "\n## The columns of each table\n\nCase does not count. Other spellings stand in brackets.\n",
    );
    for format in FORMATS.iter() {
        let tables = format.importer.map(|importer| importer.tables()).unwrap_or_default();
        if tables.is_empty() {
            continue;
        }
        writeln!(text, "\n### `{}`: {}\n\n| column | becomes |\n|---|---|", format.name, format.title)
            .unwrap();
        let mut told = BTreeSet::new();
        for column in tables.iter().flat_map(|table| table.columns) {
            let (first, others) = column.names.split_first().unwrap();
            let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
            let line = format!("| {first}{others} | {} |\n", column.role);
            if told.insert(line.clone()) {
                text.push_str(&line);
            }
        }
        if tables.iter().any(|table| table.open) {
            text.push_str("| any other | custom field |\n");
        }
        if tables.iter().any(|table| table.goes_on) {
            text.push_str("| cells behind these | by rules of its own |\n");
        }
    }
    text
}
