//! What another process of the same user gets of the program's memory, and what a core file would.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::figures::figure;
use super::person::{Home, Person};
use super::world::{have, skipped};

/// Nobody in particular, and not root, who may read everything.
const USER: &str = "65534";
const AS_USER: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// What another process of the user gets by each way of reading process `id`.
fn peeks(id: u32) -> Vec<(String, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory/peek.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(id.to_string());
    if is_root() {
        python.arg(USER);
    }
    let output = python.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let ends = told.lines().map(|line| line.split_once(": ").unwrap());
    ends.map(|(way, end)| (way.to_owned(), end.to_owned())).collect()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn gives_away(path: &Path) {
    let user = USER.parse().ok();
    chown(path, user, user).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| gives_away(&entry.unwrap().path()));
    }
}

#[test]
fn another_process_of_the_user_cannot_read_it() {
    if !have(&["setpriv", "python3"]) {
        return;
    }
    let under: &[&str] = if is_root() { &AS_USER } else { &[] };
    let home = Home::new(600);
    if is_root() {
        gives_away(home.path());
    }

    // That these ways would work at all: with a process that does nothing against them.
    let mut idle = [under, &["sleep", "60"]].concat().into_iter();
    let mut idle = Command::new(idle.next().unwrap()).args(idle).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    let of_another = peeks(idle.id());
    idle.kill().unwrap();
    idle.wait().unwrap();
    let readable = of_another.iter().filter(|(_, end)| end == "read").count();
    if readable < of_another.len() {
        skipped(&format!("this system refuses some of it for every process: {of_another:?}"));
    }

    let mut person = Person::starts_under(under, &home, &["demo"], None);
    person.sees("GitHub");
    let of_ours = peeks(person.id());
    assert_eq!(of_ours.len(), 5);
    for (way, end) in &of_ours {
        assert!(end == "EACCES" || end == "EPERM", "{way}: {end}");
    }
    if is_root() {
        let limits = fs::read_to_string(format!("/proc/{}/limits", person.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    }
    person.types("\x03");
    assert!(person.leaves());
    let ways: Vec<&str> = of_ours.iter().map(|(way, _)| way.as_str()).collect();
    let words = format!("refused in {} of {} ways: {}", of_ours.len(), of_ours.len(), ways.join(", "));
    figure("same-user-read", &format!("{words}; {readable} of them work on an ordinary process"));
}
