//! What is in the program's memory: after the lock nothing of the master password, the keys and the secrets;
//! before it nothing of them but what is shown, copied or typed just then. The real program in a
//! pseudo-terminal, its writable memory read from outside.

#[path = "../figures/mod.rs"]
mod figures;
#[path = "../screen/person.rs"]
#[allow(dead_code)]
mod person;
mod scan;
mod vault;
#[path = "../world/mod.rs"]
#[allow(dead_code)]
mod world;

use std::thread;
use std::time::Duration;

use figures::figure;
use person::{CTRL_L, ENTER, ESC, Home, Person};
use scan::told;
use vault::{ENTRIES, Secrets};

/// How the master password gets in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    Typing,
    Pasting,
}

impl By {
    fn gives(self, person: &mut Person, text: &str) {
        match self {
            Self::Typing => {
                for letter in text.chars() {
                    person.types(&letter.to_string());
                    thread::sleep(Duration::from_millis(3));
                }
            }
            Self::Pasting => person.types(&format!("\x1b[200~{text}\x1b[201~")),
        }
    }
}

/// Fails where anything of `secrets` is in the memory of the program, but for those called `but`.
fn nothing_of(secrets: &Secrets, but: &[&str], person: &Person, when: &str) {
    // What is on its way from one thread to another gets there.
    thread::sleep(Duration::from_millis(300));
    let hits = secrets.needles_but(but).in_memory_of(person.id()).unwrap();
    assert!(hits.is_empty(), "{when}:\n{}", told(&hits));
}

/// Fails where the search itself would not find `name`.
fn finds(secrets: &Secrets, name: &str, person: &Person) {
    let hits = secrets.needles_of(name).in_memory_of(person.id()).unwrap();
    assert!(!hits.is_empty(), "{name} is not found where it must be");
}

/// Whether the memory of the program may be read, in spite of all it does against that; as root it may.
///
/// # Panics
/// Where it may not and this is the continuous integration, which must not pass by skipping.
fn may_read(person: &Person) -> bool {
    let may = std::fs::File::open(format!("/proc/{}/mem", person.id())).is_ok();
    if !may {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "the memory cannot be read");
        world::skipped("the memory of the program can be read by root only");
    }
    may
}

fn unlocks(person: &mut Person, secrets: &Secrets, by: By) {
    person.sees("Master password:");
    by.gives(person, &secrets.master);
    person.types(ENTER);
    person.sees("Enter copy password");
}

fn a_day(by: By) -> bool {
    let home = Home::new(600);
    let secrets = Secrets::new(&home);
    let mut person = Person::starts(&home, &[], None);
    if !may_read(&person) {
        return false;
    }
    person.sees("Master password:");
    nothing_of(&secrets, &[], &person, "before anything was typed");

    unlocks(&mut person, &secrets, by);
    nothing_of(&secrets, &["keys"], &person, "unlocked");
    finds(&secrets, "keys", &person);

    let chosen = "password 42";
    person.types("site042");
    person.sees(" 1 of ");
    person.types(ESC);
    thread::sleep(Duration::from_millis(150));
    person.types("r");
    person.sees(secrets.of(chosen));
    nothing_of(&secrets, &["keys", chosen], &person, "one revealed");
    finds(&secrets, chosen, &person);
    person.types("r");
    person.no_longer_sees(secrets.of(chosen));
    nothing_of(&secrets, &["keys"], &person, "masked again");

    person.types("y");
    person.sees("Copied: password of");
    nothing_of(&secrets, &["keys", chosen], &person, "copied");

    person.types("e");
    person.sees("Ctrl-S");
    nothing_of(&secrets, &["keys", chosen], &person, "in its form");
    person.types(ESC);
    thread::sleep(Duration::from_millis(150));
    person.types(CTRL_L);
    person.sees("Master password:");
    nothing_of(&secrets, &[], &person, "locked");
    true
}

#[test]
fn nothing_is_left_of_a_typed_master_password() {
    if a_day(By::Typing) {
        figure("memory-locked", &format!("0 pieces of {ENTRIES} passwords"));
    }
}

#[test]
fn nothing_is_left_of_a_pasted_master_password() {
    a_day(By::Pasting);
}
