//! The whole program as a person meets it: in a pseudo-terminal, with a real X server whose clipboard another
//! program reads. A test skips, visibly, where a tool is missing, and fails instead under `CI=true`.

#[path = "../figures/mod.rs"]
mod figures;
mod folders;
mod locking;
mod moving;
// Other tests use all of it.
#[allow(dead_code)]
mod person;
mod unlock_help;
mod walk;
#[path = "../world/mod.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use person::{CTRL_C, CTRL_L, DOWN, ENTER, Home, Person};
use tresor::clipboard::osc52::{Multiplexer, clear_sequence, set_sequence};
use tresor::secret::Secret;
use world::{Display, have, skipped};

const MASTER: &str = "correct horse battery staple";
/// Seconds before clearing in these tests.
const CLEAR_AFTER: u32 = 3;
/// What is promised beyond the time before clearing.
const LATE: Duration = Duration::from_secs(1);

/// A LastPass export, a search that finds one of its entries, and that entry's password.
struct Export {
    path: PathBuf,
    search: &'static str,
    password: String,
    /// Whether values in it look damaged, so that a repair is offered.
    looks_damaged: bool,
}

impl Export {
    /// One of the project's own.
    fn own() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lastpass/web.csv");
        Self { looks_damaged: true, ..Self::of(path, "mail ada", "ada@example.org") }
    }

    /// A real one, where it is at hand.
    fn real() -> Option<Self> {
        let path = PathBuf::from(env::var_os("TRESOR_FIXTURES")?).join("pass-import/lastpass.csv");
        Some(Self::of(path, "ovh jsd", "jsdkyvbwjn"))
    }

    fn of(path: PathBuf, search: &'static str, username: &str) -> Self {
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let rows = reader.records().map(|row| row.unwrap());
        let mut rows = rows.filter(|row| &row[1] == username);
        let password = rows.next().unwrap()[2].to_owned();
        Self { path, search, password, looks_damaged: false }
    }
}

/// Answers the questions of the first start with an import, and comes to the list.
fn moves_in(person: &mut Person, export: &Export) {
    person.sees("How do you want to begin?");
    person.types(DOWN);
    person.sees("> (x) With what another password manager exported");
    person.types(ENTER);
    person.sees("Choose a master password");
    person.types(MASTER);
    person.sees("very strong");
    person.types(ENTER);
    person.sees("once more");
    person.types(MASTER);
    person.types(ENTER);
    person.sees("> (x) Now");
    person.types(DOWN);
    person.sees("> (x) Later");
    person.types(ENTER);
    person.sees("Which file?");
    person.types(export.path.to_str().unwrap());
    person.types(ENTER);
    if export.looks_damaged {
        person.sees("Repair?");
        person.types("n");
    }
    person.sees(" new");
    person.types(ENTER);
    person.sees("added");
    person.no_longer_sees("saving");
    person.types(ENTER);
    person.no_longer_sees("Import");
}

fn unlocks(person: &mut Person) {
    person.sees("Master password:");
    person.types(MASTER);
    person.types(ENTER);
    person.sees("Enter copy password");
}

/// Searches, and copies what is found. Gives the moment before the copy.
fn looks_up(person: &mut Person, export: &Export) -> Instant {
    person.types(export.search);
    person.sees(" 1 of ");
    let start = Instant::now();
    person.types(ENTER);
    person.sees("Copied: password of");
    start
}

/// Watches the clipboard: the password stays nearly as long as promised, and is gone in time.
fn is_cleared_in_time(display: &Display, start: Instant, password: &str) {
    let time = Duration::from_secs(u64::from(CLEAR_AFTER));
    assert_eq!(display.paste().as_deref(), Some(password.as_bytes()));
    while start.elapsed() < time + LATE {
        if display.is_empty() {
            assert!(start.elapsed() + LATE > time, "cleared after {:?} already", start.elapsed());
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(display.is_empty(), "still there after {:?}", start.elapsed());
}

fn moving_in_and_looking_up(export: &Export) {
    let (home, display) = (Home::new(CLEAR_AFTER), Display::start());
    let mut person = Person::starts(&home, &[], Some(&display.name));
    moves_in(&mut person, export);
    person.types(CTRL_L);
    unlocks(&mut person);
    let start = looks_up(&mut person, export);
    person.sees("X11 clipboard");
    is_cleared_in_time(&display, start, &export.password);

    person.sees("The clipboard is clear");
    person.types(ENTER);
    person.sees("Copied: password of");
    let start = Instant::now();
    person.signals("-KILL");
    assert!(!person.leaves());
    is_cleared_in_time(&display, start, &export.password);
    assert!(!String::from_utf8_lossy(&person.bytes()).contains(&export.password), "it was never drawn");
    assert!(!String::from_utf8_lossy(&person.bytes()).contains(MASTER));
}

#[test]
fn a_person_moves_in_and_looks_up_a_password() {
    if have(&["Xvfb", "xclip"]) {
        moving_in_and_looking_up(&Export::own());
    }
}

#[test]
fn a_person_moves_in_with_a_real_export() {
    match Export::real() {
        Some(export) if have(&["Xvfb", "xclip"]) => moving_in_and_looking_up(&export),
        Some(_) => {}
        None => skipped("TRESOR_FIXTURES is not set"),
    }
}

#[test]
fn without_a_display_the_terminal_is_asked() {
    let (home, export) = (Home::new(CLEAR_AFTER), Export::own());
    let mut person = Person::starts(&home, &[], None);
    moves_in(&mut person, &export);
    looks_up(&mut person, &export);
    person.sees("OSC 52");
    let set = set_sequence(&Secret::copy_of(export.password.as_bytes()), Multiplexer::None);
    let clear = clear_sequence(Multiplexer::None);
    assert!(person.receives(set.expose(), Duration::from_secs(2)));
    let time = Duration::from_secs(u64::from(CLEAR_AFTER)) + LATE;
    assert!(person.receives(clear.expose(), time), "an empty set comes at the time");
    person.types(CTRL_C);
    assert!(person.leaves());
}

#[test]
fn whatever_ends_the_program_the_clipboard_is_cleared() {
    if !have(&["Xvfb", "xclip"]) {
        return;
    }
    let (home, export) = (Home::new(CLEAR_AFTER), Export::own());
    {
        let mut person = Person::starts(&home, &[], None);
        moves_in(&mut person, &export);
        person.types(CTRL_C);
        assert!(person.leaves());
    }
    let display = Display::start();
    for name in ["SIGTERM", "SIGHUP", "Ctrl-C", "lock"] {
        let mut person = Person::starts(&home, &[], Some(&display.name));
        unlocks(&mut person);
        let start = looks_up(&mut person, &export);
        match name {
            "SIGTERM" => person.signals("-TERM"),
            "SIGHUP" => person.signals("-HUP"),
            "Ctrl-C" => person.types(CTRL_C),
            _ => person.types(CTRL_L),
        }
        if name != "lock" {
            person.leaves();
        }
        is_cleared_in_time(&display, start, &export.password);
        assert!(display.is_empty(), "{name}");
    }
}

#[test]
fn the_demo_writes_nothing() {
    let home = Home::new(CLEAR_AFTER);
    let before: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut person = Person::starts(&home, &["demo"], None);
    person.sees("GitHub");
    person.types("d");
    person.types(CTRL_C);
    assert!(person.leaves());
    let after: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(before, after);
}
