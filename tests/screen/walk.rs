//! Ten passwords changed in the real program, which is killed at each step of a change. What is on the disk then is
//! read by the command line: the old password is current or the new one, as the answer was, and whatever was copied
//! or shown is there.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::figures::figure;
use super::person::{ENTER, ESC, Home, Person};
use serde_json::{Value, json};
use tresor::clipboard::osc52::{Multiplexer, set_sequence};
use tresor::secret::Secret;

const MASTER: &str = "correct horse battery staple";
const CHANGES: usize = 10;
/// Most keys for one change.
const KEYS: usize = 6;

/// Where the program is killed, in the order of a change.
const STEPS: [Step; CHANGES] = [
    Step::Begun,
    Step::PageOpened,
    Step::OldCopied,
    Step::NewAsked,
    Step::NewCopied,
    Step::CopiedAgain,
    Step::Shown,
    Step::No,
    Step::YesPressed,
    Step::YesSaved,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Begun,
    PageOpened,
    OldCopied,
    /// The key was pressed a moment ago.
    NewAsked,
    NewCopied,
    CopiedAgain,
    Shown,
    No,
    /// The key was pressed a moment ago.
    YesPressed,
    YesSaved,
}

/// What the disk says of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OnDisk {
    password: String,
    pending: String,
    history: Vec<String>,
}

struct World {
    home: Home,
    browsed: PathBuf,
}

impl World {
    /// A vault of ten logins, and a browser that writes down what it is given.
    fn new() -> Self {
        let home = Home::new(20);
        let browsed = home.path().join("browsed");
        let browser = home.path().join("browser");
        fs::write(&browser, format!("#!/bin/sh\necho \"$#\" \"$@\" >> {}\n", browsed.display())).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(&browser, mode).unwrap();
        home.sets(&format!("browser = {:?}", browser.display().to_string()));
        let world = Self { home, browsed };
        world.runs(&["init", "--kdf-memory", "64", "--kdf-passes", "3"], "");
        let entries = (0..CHANGES).map(|number| {
            json!({
                "title": title(number), "username": format!("ada{number}"), "password": old(number),
                "urls": [format!("https://shop{number}.example.com/login?token=x")],
                "created": "2025-01-01T00:00:00Z", "modified": "2025-01-01T00:00:00Z",
            })
        });
        let export = json!({ "format": "tresor", "version": 1, "entries": entries.collect::<Vec<_>>() });
        let file = world.home.path().join("export.json");
        fs::write(&file, export.to_string()).unwrap();
        world.runs(&["import", file.to_str().unwrap()], "");
        world.runs(&["remind", "--everywhere", "--every", "1 day"], "");
        world
    }

    fn runs(&self, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tresor"));
        command.args(arguments).arg("--password-stdin").env_clear().env("HOME", self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        write!(child.stdin.take().unwrap(), "{MASTER}\n{input}").unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn reads(&self) -> Vec<OnDisk> {
        let export: Value =
            serde_json::from_str(&self.runs(&["export", "-", "--to", "json", "--yes"], "")).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entries = export["entries"].as_array().unwrap();
        let one = |number: usize| {
            let entry = entries.iter().find(|entry| text(&entry["title"]) == title(number)).unwrap();
            let history = entry["history"].as_array().unwrap().iter();
            let history = history.filter(|past| text(&past["field"]) == "password");
            OnDisk {
                password: text(&entry["password"]),
                pending: text(&entry["pending_password"]),
                history: history.map(|past| text(&past["value"])).collect(),
            }
        };
        (0..CHANGES).map(one).collect()
    }

    fn generated(&self) -> Vec<String> {
        let lines: Value =
            serde_json::from_str(&self.runs(&["generated", "ls", "--reveal", "--json"], "")).unwrap();
        lines.as_array().unwrap().iter().map(|line| line["value"].as_str().unwrap().to_owned()).collect()
    }

    fn opens(&self) -> Person {
        let mut person = Person::starts(&self.home, &[], None);
        person.sees("Master password:");
        person.types(MASTER);
        person.types(ENTER);
        person.sees("Enter copy password");
        person
    }
}

fn title(number: usize) -> String {
    format!("Shop {number}")
}

fn old(number: usize) -> String {
    format!("old-password-{number}")
}

/// Everything that was copied to the clipboard, as the terminal was given it.
fn copied(person: &Person) -> BTreeSet<String> {
    let bytes = String::from_utf8_lossy(&person.bytes()).into_owned();
    let parts = bytes.split("\x1b]52;c;").skip(1);
    let payloads = parts.map(|part| part.split(['\x07', '\x1b']).next().unwrap_or_default().to_owned());
    payloads.filter(|payload| payload.len() > 1).collect()
}

fn encoded(value: &str) -> String {
    let sequence = set_sequence(&Secret::copy_of(value.as_bytes()), Multiplexer::None);
    let text = String::from_utf8(sequence.expose().to_vec()).unwrap();
    text.split("\x1b]52;c;").nth(1).unwrap().split(['\x07', '\x1b']).next().unwrap().to_owned()
}

/// Goes through a change of one entry until a step; what comes after that is left to the kill.
fn goes_to(person: &mut Person, number: usize, step: Step) {
    person.types(&title(number));
    person.sees(" 1 of ");
    person.types(ESC);
    person.sees("Enter open");
    person.types("w");
    person.sees("Change the password of");
    if step == Step::Begun {
        return;
    }
    person.types(ENTER);
    person.sees("Opening https");
    if step == Step::PageOpened {
        return;
    }
    person.types(ENTER);
    person.sees("Copied: old password");
    if step == Step::OldCopied {
        return;
    }
    person.types(ENTER);
    if step == Step::NewAsked {
        return;
    }
    person.sees("Copied: new password");
    match step {
        Step::CopiedAgain => person.types("c"),
        Step::Shown => {
            person.types("r");
            let copied = copied(person);
            let is_drawn = || person.screen().split_whitespace().any(|word| copied.contains(&encoded(word)));
            let start = Instant::now();
            while !is_drawn() {
                assert!(start.elapsed() < Duration::from_secs(30), "{}", person.screen());
                thread::sleep(Duration::from_millis(20));
            }
        }
        Step::No => {
            person.types("n");
            person.sees("the new one is pending");
        }
        Step::YesPressed => person.types("y"),
        Step::YesSaved => {
            person.types("y");
            person.sees("has its new password");
            person.no_longer_sees("saving");
        }
        _ => {}
    }
}

#[test]
fn a_walk_of_ten_changes_killed_at_each_step_loses_nothing() {
    let world = World::new();
    let before = world.reads();
    for (number, step) in STEPS.into_iter().enumerate() {
        let mut person = world.opens();
        person.sees("passwords are due: W in the list shows them");
        goes_to(&mut person, number, step);
        person.signals("-KILL");
        assert!(!person.leaves());
        let (now, generated) = (world.reads(), world.generated());
        for (other, (now, before)) in now.iter().zip(&before).enumerate() {
            assert!(other <= number || now == before, "{step:?}: {other} was not touched");
        }
        let one = &now[number];
        let is_kept = |password: &String| !password.is_empty() && generated.contains(password);
        let stays = one.password == old(number) && one.history.is_empty();
        let goes = is_kept(&one.password) && one.pending.is_empty() && one.history == [old(number)];
        match step {
            Step::Begun | Step::PageOpened | Step::OldCopied => {
                assert!(stays && one.pending.is_empty(), "{one:?}")
            }
            Step::NewAsked => assert!(stays && (one.pending.is_empty() || is_kept(&one.pending)), "{one:?}"),
            Step::NewCopied | Step::CopiedAgain | Step::Shown | Step::No => {
                assert!(stays && is_kept(&one.pending), "{step:?}: {one:?}");
            }
            Step::YesPressed => assert!(goes || (stays && is_kept(&one.pending)), "{one:?}"),
            Step::YesSaved => assert!(goes, "{one:?}"),
        }
        // Whatever left the program is there: an old password, or a generated one that is kept.
        let known: BTreeSet<String> =
            generated.iter().cloned().chain([old(number)]).map(|it| encoded(&it)).collect();
        let copied = copied(&person);
        assert!(copied.is_subset(&known), "{step:?}: {copied:?}");
        assert_eq!(
            copied.len(),
            usize::from(step >= Step::OldCopied) + usize::from(step >= Step::NewCopied || copied.len() > 1)
        );
        let screens = String::from_utf8_lossy(&person.bytes()).into_owned();
        assert!(!screens.contains(&old(number)), "{step:?}: the old one was never drawn");
        let is_drawn = generated.iter().any(|new| screens.contains(new));
        assert_eq!(is_drawn, step == Step::Shown, "{step:?}");
    }
    let asked = fs::read_to_string(&world.browsed).unwrap();
    for (line, number) in asked.lines().zip(1..) {
        assert_eq!(line, format!("1 https://shop{number}.example.com/.well-known/change-password"));
    }
    assert_eq!(asked.lines().count(), CHANGES - 1);
    finishes(&world);
}

/// Goes through the list of what is left, in as few keys as it takes.
fn finishes(world: &World) {
    let before = world.reads();
    let left = before.iter().enumerate().filter(|(number, one)| one.password == old(*number)).count();
    let mut person = world.opens();
    person.types(ESC);
    person.sees("Enter open");
    person.types("W");
    person.sees("What should change");
    let mut most = 0;
    for _ in 0..left {
        let steps = [
            (ENTER, "Change the password of"),
            (ENTER, "Opening https"),
            (ENTER, "Copied: old password"),
            (ENTER, "Copied: new password"),
            ("y", "has its new password"),
        ];
        for (key, seen) in steps {
            person.types(key);
            person.sees(seen);
        }
        most = most.max(steps.iter().map(|(key, _)| key.len()).sum());
        person.no_longer_sees("Change the password of");
    }
    person.sees("Nothing should change.");
    person.no_longer_sees("saving");
    person.signals("-KILL");
    assert!(!person.leaves());
    let (now, generated) = (world.reads(), world.generated());
    for (number, (now, before)) in now.iter().zip(&before).enumerate() {
        assert!(now.history == [old(number)] && now.pending.is_empty() && generated.contains(&now.password));
        // What was pending when the program was killed is what became current.
        assert!(before.pending.is_empty() || now.password == before.pending, "{number}");
    }
    assert!(most <= KEYS, "{most} keys");
    let words = format!(
        "{CHANGES} killed at each step, {left} of them finished after, nothing lost; {most} keys for one"
    );
    figure("changes walked through", &words);
}

#[test]
fn the_command_line_walks_the_same_way() {
    let world = World::new();
    let starts = |number: usize| {
        let mut person = Person::starts(&world.home, &["rotate", &title(number)], None);
        person.sees("Master password:");
        person.types(MASTER);
        person.types(ENTER);
        person.sees("Enter opens https://");
        person
    };
    let mut person = starts(3);
    person.types(ENTER);
    person.sees("Enter copies the old password");
    person.types(ENTER);
    person.sees("Enter makes a new password");
    person.types(ENTER);
    person.sees("Did the site take the new password?");
    person.types("n");
    person.types(ENTER);
    assert!(person.leaves());
    person.sees("The old password stays current. The new one is pending");
    let one = world.reads().swap_remove(3);
    assert!(one.password == old(3) && world.generated() == [one.pending.clone()], "{one:?}");
    let known = [encoded(&old(3)), encoded(&one.pending)].into();
    assert_eq!(copied(&person), known, "both were given to the terminal, and nothing else");

    // The next one goes on with what is pending; each step can be left out.
    let mut person = starts(3);
    for _ in 0..2 {
        person.types("s");
        person.types(ENTER);
    }
    person.sees("the new password that is pending");
    person.types(ENTER);
    person.sees("Did the site take");
    person.types("y");
    person.types(ENTER);
    assert!(person.leaves());
    let after = world.reads().swap_remove(3);
    assert_eq!((after.password, after.pending), (one.pending, String::new()));
    assert_eq!(after.history, [old(3)]);

    let mut person = starts(4);
    person.types("q");
    person.types(ENTER);
    assert!(person.leaves());
    person.sees("The old password stays current.");
    assert_eq!(world.generated().len(), 1, "nothing was made for it");
    let screens = String::from_utf8_lossy(&person.bytes()).into_owned();
    assert!(!screens.contains(&old(3)) && !screens.contains(&old(4)));
    assert_eq!(fs::read_to_string(&world.browsed).unwrap().lines().count(), 1, "opened once");
}
