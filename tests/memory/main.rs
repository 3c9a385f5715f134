//! What is in the program's memory: after the lock nothing of the master password, the keys and the secrets;
//! before it nothing of them but what is shown, copied or typed just then. The real program in a
//! pseudo-terminal, its writable memory read from outside.

#[path = "../figures/mod.rs"]
mod figures;
#[path = "../screen/person.rs"]
#[allow(dead_code)]
mod person;
#[cfg(unix)]
mod same_user;
mod scan;
mod vault;
#[path = "../world/mod.rs"]
#[allow(dead_code)]
mod world;

use std::thread;
use std::time::{Duration, Instant};

use figures::{figure, quick_or_long};
use person::{CTRL_L, DOWN, ENTER, ESC, Home, Person};
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

/// The program, what it must not keep, and what it kept all the same.
struct Watch {
    person: Person,
    secrets: Secrets,
    by: By,
    looks: usize,
    kept: String,
}

impl Watch {
    /// The program at a new vault, locked; none where its memory cannot be read.
    fn begins(home: &Home, by: By) -> Option<Self> {
        let secrets = Secrets::new(home);
        let person = Person::starts(home, &[], None);
        may_read(&person).then(|| Self { person, secrets, by, looks: 0, kept: String::new() })
    }

    /// Notes what is in the memory of the program, but for the secrets called `but`.
    fn nothing_but(&mut self, but: &[&str], when: &str) {
        // What is on its way from one thread to another gets there.
        thread::sleep(Duration::from_millis(200));
        let hits = self.secrets.needles_but(but).in_memory_of(self.person.id()).unwrap();
        self.looks += 1;
        if !hits.is_empty() {
            self.kept += &format!("{when} ({:?}):\n{}\n", self.by, told(&hits));
        }
    }

    /// That the search finds what must be there.
    fn finds(&self, name: &str) {
        let hits = self.secrets.needles_of(name).in_memory_of(self.person.id()).unwrap();
        assert!(!hits.is_empty(), "{name} is not found where it must be");
    }

    fn unlocks(&mut self) {
        self.person.sees("Master password:");
        let master = self.secrets.master.clone();
        self.by.gives(&mut self.person, &master);
        self.person.types(ENTER);
        self.person.sees("Enter copy password");
    }

    fn locks(&mut self) {
        self.person.types(CTRL_L);
        self.person.sees("Master password:");
    }

    fn escapes(&mut self) {
        self.person.types(ESC);
        // A letter at once behind it would be Alt and that letter.
        thread::sleep(Duration::from_millis(150));
    }

    /// The number of looks at the memory, where none found anything.
    fn ends(self) -> usize {
        assert!(self.kept.is_empty(), "{}", self.kept);
        self.looks
    }
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

/// Looks up, shows, copies, edits and generates; gives the number of looks at the open and the locked memory.
fn a_day(by: By) -> Option<usize> {
    const CHOSEN: &str = "password 42";
    let home = Home::new(600);
    let mut watch = Watch::begins(&home, by)?;
    watch.person.sees("Master password:");
    watch.nothing_but(&[], "before anything was typed");

    watch.unlocks();
    watch.nothing_but(&["keys"], "unlocked");
    watch.finds("keys");

    watch.person.types("site042");
    watch.person.sees(" 1 of ");
    watch.escapes();
    watch.person.types("r");
    watch.person.sees(watch.secrets.of(CHOSEN));
    watch.nothing_but(&["keys", CHOSEN], "one is shown");
    watch.finds(CHOSEN);
    watch.person.types("r");
    watch.person.no_longer_sees(watch.secrets.of(CHOSEN));
    watch.nothing_but(&["keys"], "it is masked again");

    watch.person.types("y");
    watch.person.sees("Copied: password of");
    watch.nothing_but(&["keys", CHOSEN], "copied");
    watch.person.types("X");
    watch.person.sees("The clipboard is clear");
    watch.nothing_but(&["keys"], "the clipboard is clear");

    watch.person.types("e");
    watch.person.sees("Ctrl-S");
    watch.nothing_but(&["keys", CHOSEN], "its form is open");
    let new = vault::random_text(26);
    watch.secrets.add("new", &new);
    watch.person.types("\t\t\x15");
    by.gives(&mut watch.person, &new);
    watch.person.types("\x12");
    watch.person.sees(&new);
    watch.nothing_but(&["keys", CHOSEN, "new"], "another is typed");
    watch.person.types("\x13");
    watch.person.sees("Changed: password of site042");
    watch.nothing_but(&["keys"], "the form is saved");

    watch.person.types("\x07");
    watch.person.sees("Generate: Enter copies it");
    let made = generated(&watch.person);
    watch.secrets.add("generated", &made);
    watch.finds("generated");
    watch.escapes();
    watch.nothing_but(&["keys"], "one was generated");

    watch.person.types("A");
    watch.person.sees("of 100");
    watch.nothing_but(&["keys"], "every password was audited");
    watch.escapes();

    watch.person.types("H");
    watch.person.sees("password");
    watch.person.types("r");
    watch.person.sees(watch.secrets.of(CHOSEN));
    watch.nothing_but(&["keys", CHOSEN], "the old one is shown");

    watch.locks();
    watch.secrets.reads_keys(&home);
    watch.nothing_but(&[], "locked");
    watch.unlocks();
    watch.nothing_but(&["keys"], "unlocked once more");
    watch.locks();
    watch.nothing_but(&[], "locked once more");
    Some(watch.ends())
}

/// What the generator shows, once it is saved: the line under its title, within its frame.
fn generated(person: &Person) -> String {
    let by = Instant::now() + Duration::from_secs(20);
    loop {
        let screen = person.screen();
        let below = screen.lines().skip_while(|line| !line.contains("Generate: Enter")).nth(1).unwrap();
        let shown = below.split(['|', '│']).nth(1).unwrap().trim();
        if shown.len() >= 16 && !shown.contains(' ') {
            return shown.to_owned();
        }
        assert!(Instant::now() < by, "nothing is generated:\n{screen}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Shows a secret, and leaves the screen alone until it locks.
fn nobody_there(by: By) -> Option<usize> {
    let home = Home::new(600);
    home.sets("lock-after = 3");
    let mut watch = Watch::begins(&home, by)?;
    watch.unlocks();
    watch.person.types("site007");
    watch.person.sees(" 1 of ");
    watch.escapes();
    watch.person.types("r");
    watch.person.sees(watch.secrets.of("password 7"));
    watch.person.sees("Master password:");
    watch.nothing_but(&[], "locked since nobody was there");
    Some(watch.ends())
}

/// Chooses a master password for a new vault, which is judged at every letter.
fn first_start(by: By) -> Option<usize> {
    let home = Home::new(600);
    let person = Person::starts(&home, &[], None);
    if !may_read(&person) {
        return None;
    }
    let secrets = Secrets::of_a_new_vault();
    let mut watch = Watch { person, secrets, by, looks: 0, kept: String::new() };
    watch.person.sees("How do you want to begin?");
    watch.person.types(ENTER);
    watch.person.sees("Choose a master password");
    let master = watch.secrets.master.clone();
    by.gives(&mut watch.person, &master);
    watch.person.sees("very strong");
    watch.finds("master");
    watch.person.types(ENTER);
    watch.person.sees("once more");
    by.gives(&mut watch.person, &master);
    watch.person.types(ENTER);
    watch.person.sees("> (x) Now");
    watch.person.types(DOWN);
    watch.person.sees("> (x) Later");
    watch.person.types(ENTER);
    watch.person.no_longer_sees("first start");
    watch.person.sees("Ctrl-L lock");
    watch.secrets.reads_keys(&home);
    watch.nothing_but(&["keys"], "made");
    watch.locks();
    watch.nothing_but(&[], "made and locked");
    Some(watch.ends())
}

/// Changes the master password, and with it every key; makes a recovery kit.
fn other_keys(by: By) -> Option<usize> {
    let home = Home::new(600);
    let mut watch = Watch::begins(&home, by)?;
    watch.unlocks();
    watch.escapes();
    let new = vault::random_text(30);
    watch.secrets.add("new master", &new);
    let old = watch.secrets.master.clone();
    watch.person.types("K");
    watch.person.sees("Change the master password");
    watch.person.types(ENTER);
    for (text, next) in [(&old, "uncommon words"), (&new, "once more"), (&new, "is changed")] {
        by.gives(&mut watch.person, text);
        watch.person.types(ENTER);
        watch.person.sees(next);
    }
    watch.nothing_but(&[], "the keys of before are gone");
    watch.secrets.master = new.clone();
    watch.secrets.reads_keys(&home);
    watch.nothing_but(&["keys"], "the master password is changed");
    watch.finds("keys");

    watch.escapes();
    watch.person.types("K");
    watch.person.sees("Make a recovery kit");
    watch.person.types(DOWN);
    watch.person.types(ENTER);
    watch.person.sees("A code on paper");
    by.gives(&mut watch.person, &new);
    watch.person.types(ENTER);
    watch.person.sees("Recovery code");
    watch.person.sees("s save");
    let groups = groups_of_four(&watch.person.screen());
    assert_eq!(groups.len(), 9, "{}", watch.person.screen());
    for (name, between) in [("code", " "), ("code without blanks", ""), ("code with hyphens", "-")] {
        watch.secrets.add(name, &groups.join(between));
    }
    watch.finds("code");
    watch.person.types(ENTER);
    watch.person.no_longer_sees("Recovery code");
    watch.secrets.reads_keys(&home);
    watch.nothing_but(&["keys"], "a recovery kit was made");
    watch.locks();
    watch.nothing_but(&[], "locked, under other keys");
    Some(watch.ends())
}

/// The groups of a recovery code on the screen.
fn groups_of_four(screen: &str) -> Vec<String> {
    let words = screen.split_whitespace();
    let is_group = |word: &&str| {
        word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    words.filter(is_group).map(str::to_owned).collect()
}

#[test]
fn nothing_of_a_secret_is_left_in_memory() {
    let (mut looks, mut ways) = (0, Vec::new());
    for by in [By::Typing, By::Pasting] {
        for (way, what) in [
            (a_day as fn(By) -> Option<usize>, "locked by key"),
            (nobody_there, "locked when idle"),
            (first_start, "first start"),
            (other_keys, "other keys"),
        ] {
            // The quick one takes each way once, and both ways in.
            let quick = matches!(
                (by, what),
                (By::Typing, "locked by key") | (By::Pasting, "first start" | "other keys")
            );
            if !quick_or_long(quick, true) {
                continue;
            }
            let Some(more) = way(by) else { return };
            looks += more;
            ways.push(format!("{by:?}, {what}"));
        }
    }
    let words = format!(
        "0 of {} secrets, 8 keys and the master password, whole or in pieces of 5 bytes; {looks} looks: {}",
        ENTRIES + 2,
        ways.join("; ").to_lowercase()
    );
    figure("memory-locked", &words);
    figure("memory-unlocked", &format!("{words}; but what is shown, copied or in the open form"));
}

#[test]
fn where_memory_cannot_be_locked_the_user_is_told() {
    if !world::have(&["setpriv", "prlimit"]) {
        return;
    }
    // Root may lock memory whatever the limit is, unless it gives that up.
    let as_root = ["setpriv", "--bounding-set=-ipc_lock", "prlimit", "--memlock=0:0"];
    let under = if rustix::process::geteuid().is_root() { &as_root[..] } else { &as_root[2..] };
    let home = Home::new(600);
    let mut person = Person::starts_under(under, &home, &["demo"], None);
    person.sees("refuses to lock memory");
    person.types("\x03");
    assert!(person.leaves());

    let program = [under, &[env!("CARGO_BIN_EXE_tresor"), "generate"]].concat();
    let output = std::process::Command::new(program[0]).args(&program[1..]).output().unwrap();
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success());
    assert_eq!(notes.matches("refuses to lock memory").count(), 1, "{notes}");
}
