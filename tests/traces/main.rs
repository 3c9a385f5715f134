//! What a whole scripted use leaves behind: nothing of a secret in home, temporary folders and state, in the arguments
//! and environment of any process while it runs, nor in what can be scrolled back to afterwards.

#[path = "../figures/mod.rs"]
mod figures;
#[path = "../screen/person.rs"]
#[allow(dead_code)]
mod person;
#[path = "../memory/scan.rs"]
#[allow(dead_code)]
mod scan;
#[path = "../memory/vault.rs"]
#[allow(dead_code)]
mod vault;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use figures::figure;
use person::{CTRL_L, ENTER, ESC, Home, Person};
use scan::Needles;
use vault::{ENTRIES, Secrets, random_text};

/// Runs a command in this home, with these lines on its standard input; gives what it prints.
fn run(home: &Home, lines: &[&str], arguments: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tresor"))
        .args(["--password-stdin"])
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("TMPDIR", home.path().join("tmp"))
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails before it reads closes the pipe.
    let _ = child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {err}");
    String::from_utf8(output.stdout).unwrap() + &err
}

/// Looks at the arguments and the environment of every process, over and over.
struct Watch {
    stop: Arc<AtomicBool>,
    looks: Arc<AtomicUsize>,
    thread: thread::JoinHandle<Vec<String>>,
}

impl Watch {
    fn starts(needles: Needles) -> Self {
        let (stop, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stopped, looked) = (Arc::clone(&stop), Arc::clone(&looks));
        let thread = thread::spawn(move || {
            let mut found = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                for process in fs::read_dir("/proc").unwrap().flatten() {
                    for name in ["cmdline", "environ"] {
                        // Most of them are others' or gone.
                        let Ok(text) = fs::read(process.path().join(name)) else { continue };
                        looked.fetch_add(1, Ordering::Relaxed);
                        found.extend(
                            needles
                                .in_text(&text)
                                .into_iter()
                                .map(|secret| format!("{secret} in {name} of {}", process.path().display())),
                        );
                    }
                }
                thread::sleep(Duration::from_millis(2));
            }
            found
        });
        Self { stop, looks, thread }
    }

    fn ends(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        (self.looks.load(Ordering::Relaxed), self.thread.join().unwrap())
    }
}

/// Every file under `folder` in which something is found, and how many there are.
fn in_files(needles: &Needles, folder: &Path, files: &mut usize, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = path.to_string_lossy().into_owned();
        found.extend(
            needles.in_text(name.as_bytes()).into_iter().map(|secret| format!("{secret} in the name {name}")),
        );
        if path.is_dir() {
            in_files(needles, &path, files, found);
        } else if let Ok(content) = fs::read(&path) {
            *files += 1;
            found.extend(needles.in_text(&content).into_iter().map(|secret| format!("{secret} in {name}")));
        }
    }
}

/// The use of the screen: look up, show, copy, edit, generate, lock, unlock, leave. Gives what can be read and
/// scrolled back to in the terminal then.
fn at_the_screen(home: &Home, secrets: &mut Secrets, new: &str) -> String {
    let mut person = Person::starts(home, &[], None);
    let pause = || thread::sleep(Duration::from_millis(150));
    let unlock = |person: &mut Person, master: &str| {
        person.sees("Master password:");
        person.types(&format!("\x1b[200~{master}\x1b[201~"));
        person.types(ENTER);
        person.sees("Enter copy password");
    };
    unlock(&mut person, &secrets.master);
    person.types("site042");
    person.sees(" 1 of ");
    person.types(ESC);
    pause();
    person.types("r");
    person.sees(secrets.of("password 42"));
    person.types("r");
    person.no_longer_sees(secrets.of("password 42"));
    person.types("y");
    person.sees("Copied: password of");
    person.types("X");
    person.sees("The clipboard is clear");
    person.types("e");
    person.sees("Ctrl-S");
    person.types(&format!("\t\t\x15{new}\x12"));
    person.sees(new);
    person.types("\x13");
    person.sees("Changed: password of site042");
    person.types("\x07");
    person.sees("Generate: Enter copies it");
    let screen = person.screen();
    let made = screen.lines().skip_while(|line| !line.contains("Generate: Enter")).nth(1).unwrap();
    secrets.add("generated", made.trim_matches(|letter: char| letter == '|' || letter.is_whitespace()));
    person.types(ESC);
    pause();
    person.types("H");
    pause();
    person.types("r");
    person.sees(secrets.of("password 42"));
    person.types(CTRL_L);
    unlock(&mut person, &secrets.master);
    person.types("site007");
    person.types(ESC);
    pause();
    person.types("r");
    person.sees(secrets.of("password 7"));
    // Left while one is shown.
    person.types("\x03");
    assert!(person.leaves());
    thread::sleep(Duration::from_millis(100));

    // What came, in a terminal that keeps all that leaves its screen.
    let size = |number| std::num::NonZeroU16::new(number).unwrap();
    let mut terminal = vt100::Parser::new(size(24), size(80), 100_000);
    terminal.process(&person.bytes());
    let mut text = terminal.screen().contents();
    for back in 0..=terminal.screen().scrollback_len() {
        terminal.screen_mut().set_scrollback(back);
        text += &terminal.screen().contents();
    }
    text
}

#[test]
fn a_whole_use_leaves_no_trace() {
    let home = Home::new(2);
    fs::create_dir_all(home.path().join("tmp")).unwrap();
    let mut secrets = Secrets::new(&home);
    let (new, third, fourth, note) = (random_text(26), random_text(24), random_text(24), random_text(40));
    let renewed = random_text(30);
    for (name, text) in
        [("new", &new), ("third", &third), ("fourth", &fourth), ("note", &note), ("renewed", &renewed)]
    {
        secrets.add(name, text);
    }
    let watch = Watch::starts(secrets.needles_but(&[]));
    let scrolled = at_the_screen(&home, &mut secrets, &new);

    let master = secrets.master.clone();
    run(
        &home,
        &[&master, &third, &note],
        &["add", "Third", "--username", "me", "--secret-stdin", "--note-stdin"],
    );
    assert!(run(&home, &[&master], &["get", "Third"]).contains(&third));
    run(&home, &[&master, &fourth], &["edit", "Third", "--set-stdin", "password"]);
    run(&home, &[&master], &["edit", "Third", "--generate"]);
    secrets.add("made", run(&home, &[&master], &["get", "Third"]).trim());
    assert!(run(&home, &[&master], &["history", "Third", "--reveal"]).contains(&fourth));
    run(&home, &[&master], &["undo"]);
    run(&home, &[&master], &["rm", "site001"]);
    run(&home, &[&master], &["ls", "--json"]);
    let copy = home.path().join("copy.tresor");
    run(&home, &[&master], &["export", copy.to_str().unwrap(), "--to", "vault"]);
    run(&home, &[&master, &renewed], &["passwd", "--kdf-memory", "64", "--kdf-passes", "3"]);
    run(&home, &[&renewed], &["verify"]);
    run(&home, &[&renewed], &["backup", "ls"]);
    run(&home, &[&renewed], &["doctor"]);
    // The clipboard's holder ends.
    thread::sleep(Duration::from_secs(3));
    let (looks, mut found) = watch.ends();
    assert!(looks > 1_000, "only {looks} looks at other processes");

    let needles = secrets.needles_but(&[]);
    let mut files = 0;
    in_files(&needles, home.path(), &mut files, &mut found);
    assert!(files > 5, "only {files} files");
    found.extend(
        needles.in_text(scrolled.as_bytes()).into_iter().map(|secret| format!("{secret} can be scrolled to")),
    );
    assert!(found.is_empty(), "{found:#?}");

    // That it would be found.
    fs::write(home.path().join("tmp/left"), &new[3..12]).unwrap();
    in_files(&needles, home.path(), &mut files, &mut found);
    assert!(!found.is_empty(), "the search finds nothing");
    figure(
        "traces",
        &format!(
            "0 of {} secrets in {files} files, in {looks} looks at arguments and environments, in the scrollback",
            ENTRIES + 8
        ),
    );
}
