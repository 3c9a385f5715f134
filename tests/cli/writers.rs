//! Several programs that write to one vault at once: sharing the lock, sharing none (as two machines on one folder),
//! and killed at it. What was said to be saved is there in the end.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crate::figures::{figure, quick_or_long};
use crate::home::{Home, PASSWORD, wait};
use crate::save::{beside, titles};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Shared,
    /// Each writer has a state folder of its own.
    None,
    /// Every other writer shares one.
    Some,
}

#[test]
fn writers_at_once_lose_nothing() {
    let mut words = Vec::new();
    for (lock, kills, name) in [
        (Lock::Shared, false, "with the lock"),
        (Lock::None, false, "without"),
        (Lock::Some, true, "with kills"),
    ] {
        words.push(format!("{name}: 0 of {} lost", write(lock, kills)));
    }
    let processes = quick_or_long(4, 8);
    figure("writers", &format!("{processes} processes at once; acknowledged edits {}", words.join(", ")));
}

/// Gives how many edits were acknowledged, all of which are there.
fn write(lock: Lock, kills: bool) -> usize {
    let (writers, edits) = (quick_or_long(4, 8), quick_or_long(10, 100));
    let home = Home::new();
    let acknowledged = Mutex::new(BTreeSet::new());
    let state = |writer: usize| match lock {
        Lock::Shared => home.path("state"),
        Lock::None => home.path(format!("state-{writer}")),
        Lock::Some => home.path(format!("state-{}", writer % 2)),
    };
    thread::scope(|scope| {
        for writer in 0..writers {
            let (home, acknowledged, state) = (&home, &acknowledged, state(writer));
            scope.spawn(move || {
                for number in 0..edits {
                    let title = format!("{writer}-{number}");
                    // Every third run is killed, sooner or later.
                    let kill = (kills && number % 3 == 0)
                        .then(|| Duration::from_millis(10 + number as u64 * 7 % 90));
                    if add(home, &state, &title, kill) {
                        acknowledged.lock().unwrap().insert(title);
                    }
                }
            });
        }
    });
    // Each installation takes in what it has left.
    for writer in 0..writers {
        assert!(add(&home, &state(writer), &format!("last {writer}"), None));
    }
    let (there, acknowledged) = (titles(&home), acknowledged.into_inner().unwrap());
    let lost: Vec<_> = acknowledged.iter().filter(|title| !there.contains(title)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(kills || acknowledged.len() == writers * edits, "all are acknowledged");
    assert_eq!(beside(&home), ["vault.tresor"]);
    home.run(&["verify"]).ok();
    acknowledged.len()
}

/// Whether an entry was said to be added.
fn add(home: &Home, state: &PathBuf, title: &str, kill: Option<Duration>) -> bool {
    let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
    program.env("XDG_STATE_HOME", state).args(["--password-stdin", "add", title]);
    let Some(after) = kill else {
        home.finish(program, format!("{PASSWORD}\n")).ok();
        return true;
    };
    use std::io::{Read, Write};
    let mut child =
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    wait(&mut child);
    out.starts_with("Added ")
}
