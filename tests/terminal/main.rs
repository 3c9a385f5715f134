//! Thousands of hostile strings in every field, through the screen and the commands of the real program, and what a
//! terminal makes of the bytes that come out: nothing but what the program itself asks of it.

#[path = "../figures/mod.rs"]
mod figures;
#[path = "../screen/person.rs"]
#[allow(dead_code)]
mod person;
mod stream;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use figures::{figure, quick_or_long};
use person::{Home, Person};
use stream::Stream;
use tresor::crypto::kdf::Cost;
use tresor::crypto::random::{SeededRandom, below};
use tresor::format::Passphrase;
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::time::Timestamp;
use tresor::vault::edit::Edit;
use tresor::vault::item::{Item, PastValue};
use tresor::vault::kinds::FieldKind;

const MASTER: &str = "correct horse battery staple";
/// What drives terminals, and what hides.
const ATOMS: [&str; 40] = [
    "\u{1b}]0;title\u{7}",
    "\u{1b}]52;c;cHduZWQ=\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]4;1;?\u{1b}\\",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}_Gf=24;AAAA\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{1b}[5i",
    "\u{1b}[6n",
    "\u{1b}[>c",
    "\u{1b}[?47h",
    "\u{1b}[?1000h",
    "\u{1b}[8;1;1t",
    "\u{1b}[21t",
    "\u{1b}[4242m",
    "\u{1b}[3J",
    "\u{1b}[99999;99999H",
    "\u{1b}[10L",
    "\u{1b}[12@",
    "\u{1b}[!p",
    "\u{1b}c",
    "\u{1b}D",
    "\u{1b}M",
    "\u{1b}#8",
    "\u{1b}(0",
    "\u{1b}",
    "\u{9b}31m",
    "\u{9d}0;c1\u{9c}",
    "\u{90}q\u{9c}",
    "\u{85}",
    "\u{7}\u{8}\u{b}\u{c}\u{e}\u{f}\u{5}",
    "\r\n\n\r",
    "\u{7f}\u{0}\u{18}\u{1a}",
    "\u{202e}\u{2066}\u{2069}\u{202c}\u{61c}",
    "\u{2028}\u{2029}",
    "\u{200b}\u{feff}\u{ad}\u{2060}",
    "\u{e0041}\u{e007f}",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}",
    "👩\u{200d}💻漢字",
    "%s%n $(id) `id` ;",
];

/// A string of up to five atoms, and letters between them.
fn hostile(random: &mut SeededRandom) -> String {
    let mut text = String::new();
    for _ in 0..=below(random, 4).unwrap() {
        text += ATOMS[below(random, ATOMS.len() as u32).unwrap() as usize];
        text += ["", "x", " ", "evil", "/"][below(random, 5).unwrap() as usize];
    }
    text
}

fn secret(random: &mut SeededRandom) -> Secret {
    Secret::copy_of(hostile(random).as_bytes())
}

fn entry(random: &mut SeededRandom, trashed: bool) -> Item {
    let mut item = Item {
        kind: "login".to_owned(),
        title: hostile(random),
        username: hostile(random),
        password: Some(secret(random)),
        urls: vec![hostile(random), hostile(random)],
        note: Some(secret(random)),
        folder: hostile(random),
        tags: vec![hostile(random), hostile(random)],
        trashed,
        ..Item::default()
    };
    item.push_field(&hostile(random), FieldKind::Text, &hostile(random));
    item.push_field(&hostile(random), FieldKind::Hidden, &hostile(random));
    let past = |field: &str, value| PastValue { field: field.to_owned(), value, time: Timestamp(1) };
    item.history = vec![past("password", secret(random)), past("title", secret(random))];
    item
}

/// Strings in one entry.
const PER_ENTRY: usize = 16;

/// A vault of so many entries, every tenth of them in the trash.
fn vault(home: &Home, entries: usize) {
    let (path, state) =
        (home.path().join(".local/share/tresor/vault.tresor"), home.path().join(".local/state/tresor"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let passphrase = Passphrase::new(&Secret::copy_of(MASTER.as_bytes())).unwrap();
    let now = Timestamp(1_700_000_000_000);
    let (session, mut vault) = Session::create(&path, &state, &passphrase, Cost::READER_FLOOR, now).unwrap();
    let mut random = SeededRandom::new(7);
    let label = hostile(&mut random);
    let add = |edit: &mut Edit<'_, '_>| {
        (0..entries).try_for_each(|number| edit.add(&entry(&mut random, number % 10 == 9)).map(drop))
    };
    session.edit(&mut vault, now, &label, add).unwrap();
    session.save(&mut vault, now).unwrap();
}

/// Waits until nothing more comes.
fn settles(person: &Person) {
    let mut before = usize::MAX;
    loop {
        let now = person.bytes().len();
        if now == before {
            return;
        }
        before = now;
        thread::sleep(Duration::from_millis(150));
    }
}

/// Presses every key that shows something of an entry.
fn looks_at_all(person: &mut Person, entries: usize) {
    // Into the list, not the search box; an Esc alone needs a pause behind it.
    person.types("\t");
    for number in 0..entries {
        person.types("rr\rjjjrjjjrjjjh");
        if number % 8 == 0 {
            for keys in
                ["e", "\x12\t\x12\t\x12\t\t\t\t\t\t", "\x1b", "H", "rjr", "q", "Y", "\x1b", "*", "\x07", "q"]
            {
                person.types(keys);
                thread::sleep(Duration::from_millis(60));
                if person.screen().contains("Please answer") {
                    person.types("y");
                }
            }
        }
        person.types("j");
    }
    for keys in ["f", "\x1b[B\x1b[B\x1b[B", "\r", "rj", "d", "z", "/", "evil", "\t", "\x1bOP", "\x1b"] {
        person.types(keys);
        thread::sleep(Duration::from_millis(80));
    }
    settles(person);
    assert!(person.screen().contains(" help"), "{}", person.screen());
}

fn commands(home: &Home) -> Vec<Vec<String>> {
    let csv = home.path().join("hostile.csv");
    let mut random = SeededRandom::new(9);
    let rows = (0..200).map(|_| {
        let cells: Vec<String> =
            (0..8).map(|_| format!("\"{}\"", hostile(&mut random).replace('"', ""))).collect();
        cells.join(",") + "\n"
    });
    let rows: String = rows.collect();
    fs::write(&csv, format!("url,username,password,totp,extra,name,grouping,fav\n{rows}")).unwrap();
    let csv = csv.to_str().unwrap();
    let name: PathBuf = home.path().join(hostile(&mut random).replace(['/', '\0'], "_"));
    let name = name.to_str().unwrap();
    let text = hostile(&mut random).replace('\0', "");
    let all: [&[&str]; 17] = [
        &["ls"],
        &["ls", "--trash"],
        &["ls", "--json"],
        &["ls", "evil"],
        &["get", "evil"],
        &["history", "evil", "--reveal"],
        &["import", csv, "--dry-run"],
        &["import", csv, "--dry-run", "--json"],
        &["import", name],
        &["verify", name],
        &["log"],
        &["doctor"],
        &["info"],
        &["add", &text, "--username", &text, "--folder", &text, "--tag", &text, "--generate"],
        &["get", &text, "--field", &text],
        &["rm", &text],
        &["undo"],
    ];
    all.iter().map(|one| one.iter().map(|word| (*word).to_owned()).collect()).collect()
}

#[test]
fn no_text_drives_the_terminal() {
    let entries = quick_or_long(120, 2_000);
    let home = Home::new(20);
    vault(&home, entries);
    let mut stream = Stream::default();

    let mut person = Person::starts(&home, &[], None);
    person.sees("Master password:");
    person.types(MASTER);
    person.types("\r");
    person.sees("Enter copy password");
    looks_at_all(&mut person, entries);
    person.types("\x03");
    person.leaves();
    thread::sleep(Duration::from_millis(100));
    stream.takes("the screen", &person.bytes());
    assert!(person.screen().trim().is_empty(), "something is left behind: {}", person.screen());

    let commands = commands(&home);
    for arguments in &commands {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut person = Person::starts(&home, &arguments, None);
        if person.asks() && arguments[0] != "doctor" {
            thread::sleep(Duration::from_millis(50));
            person.types(MASTER);
            person.types("\r");
        }
        person.leaves();
        thread::sleep(Duration::from_millis(100));
        stream.takes(&arguments.join(" ").escape_debug().to_string(), &person.bytes());
    }
    assert!(stream.foreign.is_empty(), "{:#?}", stream.foreign);
    let strings = entries * PER_ENTRY;
    figure(
        "terminal",
        &format!(
            "0 foreign sequences among {} in {} bytes: {strings} hostile strings in every field, the screen's views \
             and {} commands",
            stream.own,
            stream.bytes,
            commands.len()
        ),
    );
}
