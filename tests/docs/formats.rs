//! `docs/formats.md`: what each format keeps, seen by reading this project's own fixtures and by writing an
//! entry that has everything; and what the columns of each table become, from the tables themselves.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tresor::crypto::random::SeededRandom;
use tresor::exchange::pass::{Tree, TreeFile};
use tresor::exchange::{self, Exporter, FORMATS, Format, Fresh, Importer, Outcome, Unlock};
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::item::{Attachment, Item, PastValue};
use tresor::vault::kinds::FieldKind;

use crate::archive_files;

/// Opens what is encrypted here.
const PASSWORD: &[u8] = b"correct horse battery staple";
/// Formats that are others within: each holds what that one does.
const WRAPPED: [(&str, &str); 2] =
    [("bitwarden-json-encrypted", "bitwarden-json"), ("zip", "each file in it")];

/// What an entry can have, whether one has it, and custom fields that hold it where it has no place of its own.
struct Part {
    name: &'static str,
    has: fn(&Item) -> bool,
    fields: &'static [&'static str],
}

const fn part(name: &'static str, has: fn(&Item) -> bool) -> Part {
    Part { name, has, fields: &[] }
}

const PARTS: [Part; 18] = [
    part("user name", |item| !item.username.is_empty()),
    part("password", |item| item.password.is_some()),
    part("URL", |item| !item.urls.is_empty()),
    part("more URLs", |item| item.urls.len() > 1),
    part("note", |item| item.note.is_some()),
    part("code", |item| item.totp.is_some()),
    part("folder", |item| !item.folder.is_empty()),
    part("tags", |item| !item.tags.is_empty()),
    part("favourite", |item| item.favourite),
    part("dates", |item| item.created.or(item.modified).or(item.last_used).is_some()),
    part("expiry", |item| item.upkeep.expiry.is_some()),
    part("kinds", |item| item.kind != "login"),
    part("fields", |item| !item.fields.is_empty()),
    part("history", |item| !item.history.is_empty()),
    part("files", |item| !item.attachments.is_empty()),
    part("passkeys", |item| !item.passkeys.is_empty()),
    part("trash", |item| item.trashed),
    Part { name: "archive", has: |_| false, fields: &["archived", "Archived", "archivedDate", "state"] },
];

impl Part {
    /// What a cell of the table says.
    fn cell(&self, items: &[Item]) -> &'static str {
        let is_held =
            |item: &Item| item.fields.iter().any(|field| self.fields.contains(&field.name.as_str()));
        if items.iter().any(self.has) {
            "x"
        } else if items.iter().any(is_held) {
            "field"
        } else {
            ""
        }
    }
}

/// The fixtures of a format: files that its name starts, or a folder of it.
fn fixtures(format: &Format) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let short = format.name.trim_end_matches("-csv");
    let of = |folder: &str, start: &str| {
        let files = fs::read_dir(root.join(folder)).into_iter().flatten().map(|entry| entry.unwrap().path());
        let is_one = |path: &PathBuf| {
            path.file_name().unwrap().to_str().unwrap().split('.').next() == Some(start) || start.is_empty()
        };
        let mut files: Vec<_> = files.filter(is_one).collect();
        files.sort();
        files.into_iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let bitwarden = || [of("bitwarden", "all-types"), of("bitwarden", "organisation")].concat();
    match format.name {
        "bitwarden-json" => bitwarden(),
        "bitwarden-zip" => {
            let file = "attachments/22222222-aaaa-4bbb-8ccc-000000000001/scan.pdf";
            vec![archive_files::zip(&[("data.json", &bitwarden()[0]), (file, b"%PDF")])]
        }
        "1pux" => vec![archive_files::pux_file()],
        "json" | "kdbx" => vec![written(format)],
        "pass" => vec![Vec::new()],
        name => {
            let files = [of("tables", name), of("trees", name)].concat();
            if files.is_empty() && name.ends_with("-csv") { of(short, "") } else { files }
        }
    }
}

/// A folder of pass, decrypted.
fn pass_tree() -> Tree {
    let file = |content: &[u8]| TreeFile {
        path: vec!["Folder".to_owned(), "name".to_owned()],
        content: Ok(Secret::copy_of(content)),
    };
    let contents =
        [&include_bytes!("../fixtures/pass/ada.txt")[..], include_bytes!("../fixtures/pass/key.txt")];
    Tree { files: contents.into_iter().map(file).collect() }
}

/// Entries that have everything, as this program writes them.
fn written(format: &Format) -> Vec<u8> {
    let password = Secret::copy_of(PASSWORD);
    let fresh =
        &mut Fresh { password: Some(&password), random: &mut SeededRandom::new(1), now: Timestamp(1) };
    let mut file = Vec::new();
    let items = [full(), Item { trashed: true, ..full() }, Item { kind: "note".to_owned(), ..full() }];
    format.exporter.unwrap().write(&mut items.into_iter(), fresh, &mut file).unwrap();
    file
}

fn items(format: &Format) -> Vec<Item> {
    let mut items = Vec::new();
    let unlock = Unlock { password: Some(Secret::copy_of(PASSWORD)), ..Unlock::default() };
    let pass = pass_tree();
    for source in fixtures(format) {
        let reader = if format.name == "pass" { &pass as &dyn Importer } else { format.reader().unwrap() };
        let read = reader.read(&source, &unlock, &mut |row| {
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
    item.passkeys.push(Secret::copy_of(b"{}"));
    item.upkeep.expiry = Some(Timestamp(1_900_000_000_000));
    item.upkeep.reminder = Some(90);
    item
}

fn losses(exporter: &dyn Exporter) -> Vec<String> {
    let fresh = &mut Fresh { password: None, random: &mut SeededRandom::new(1), now: Timestamp(1) };
    let kinds = ["login", "note", "card"];
    let trashed = || Item { trashed: true, ..full() };
    let items = kinds.into_iter().map(|kind| Item { kind: kind.to_owned(), ..full() }).chain([trashed()]);
    let losses = exporter.losses(&mut items.collect::<Vec<_>>().into_iter(), fresh).unwrap();
    losses.all().iter().map(|loss| loss.kind.to_string()).collect()
}

/// The page.
pub fn page() -> String {
    let mut text = String::from(
        "# Formats\n\nMade by `tests/docs` from the program's own tables and fixtures. `tresor import --formats` \
         lists all names.\n\n## What comes in\n\n\
         `x`: the format holds such a value, and it is kept as such. `field`: it is kept as a custom field. \
         Blank: the format does not hold it. Whatever else a file has is kept as a custom field under the name \
         that it has there, and the report says so for each entry.\n\n| format |",
    );
    let names = PARTS.iter().map(|part| format!(" {} |", part.name)).collect::<String>();
    writeln!(text, "{names}\n|---|{}", "---|".repeat(PARTS.len())).unwrap();
    for format in FORMATS.iter().filter(|format| format.importer.is_some()) {
        if WRAPPED.iter().any(|(name, _)| *name == format.name) {
            continue;
        }
        let items = items(format);
        assert!(!items.is_empty(), "{} has no fixture", format.name);
        let cells = PARTS.iter().map(|part| format!(" {} |", part.cell(&items))).collect::<String>();
        writeln!(text, "| `{}` |{cells}", format.name).unwrap();
    }
    for (name, other) in WRAPPED {
        let other = if exchange::named(other).is_some() { format!("`{other}`") } else { other.to_owned() };
        write!(text, "\n`{name}` holds what {other} holds.").unwrap();
    }
    text.push_str(" `vault`, a copy of the vault or another vault, holds everything.\n");
    text.push_str(
        "\n## What an export loses\n\nSaid by the program before it writes, by count and titles.\n",
    );
    for format in FORMATS.iter() {
        let Some(exporter) = format.exporter else { continue };
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
