//! The real program, with the N-th call of each system call that a save makes failing, or being the last before a
//! `kill -9`: the vault is old or new, exit status 0 says new, and the next save leaves nothing beside it.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::figures::{figure, quick_or_long};
use crate::home::{Home, PASSWORD};
use crate::save::{beside, titles};
use crate::world::{have, skipped};

/// What a save calls, the ones that matter most first: a quick run takes those alone.
const CALLS: [&str; 18] = [
    "renameat2",
    "fsync",
    "write",
    "rename",
    "unlink",
    "lseek",
    "flock",
    "openat",
    "read",
    "close",
    "statx",
    "newfstatat",
    "fstat",
    "mkdir",
    "readlink",
    "getdents64",
    "fcntl",
    "getrandom",
];
const QUICK: usize = 7;

#[test]
fn a_save_that_fails_at_any_system_call_leaves_old_or_new() {
    if !have(&["strace"]) || !can_trace() {
        return;
    }
    let calls = &CALLS[..quick_or_long(QUICK, CALLS.len())];
    let faults = ["error=EIO", "signal=KILL", "error=ENOSPC", "error=EINTR"];
    let faults = &faults[..quick_or_long(2, faults.len())];
    // The first save of an installation makes more than those after it; a quick run leaves it out.
    let (home, mut cases) = (Home::new(), Vec::new());
    for is_first in [true, false] {
        let log = traced(&home, if is_first { "a" } else { "b" }, &[]).1;
        for call in calls.iter().filter(|_| !is_first || quick_or_long(false, true)) {
            for number in 1..=count(&log, call) {
                cases.extend(faults.iter().map(|fault| (is_first, *call, number, *fault)));
            }
        }
    }
    let (next, injected) = (Mutex::new(cases.iter()), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut home, mut there) = (Home::new(), BTreeSet::new());
                home.add("first", "pw", &[]);
                loop {
                    let Some((is_first, call, number, fault)) = next.lock().unwrap().next() else { break };
                    if *is_first {
                        (home, there) = (Home::new(), BTreeSet::new());
                    }
                    *injected.lock().unwrap() += usize::from(inject(&home, &mut there, call, *number, fault));
                }
            });
        }
    });
    let injected = injected.into_inner().unwrap();
    assert!(injected * 10 > cases.len() * 9, "{injected} of {} faults were injected", cases.len());
    figure(
        "syscall-faults",
        &format!(
            "{injected} faults ({}) at each of {} system calls of a save: 0 unreadable, 0 acknowledged edits lost, \
             0 files left behind",
            faults.join(", "),
            calls.len()
        ),
    );
}

/// Whether processes can be traced here. Where they cannot, the continuous integration must not pass by skipping.
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if traced.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "strace cannot attach");
    skipped("strace cannot attach");
    false
}

/// How often a call was made, also one that another thread interrupts in the log.
fn count(log: &str, call: &str) -> usize {
    let name = format!("{call}(");
    let calls = log.lines().filter_map(|line| line.split_whitespace().nth(1));
    calls.filter(|word| word.starts_with(&name)).count()
}

/// Adds an entry under strace; gives the exit status and what was traced.
fn traced(home: &Home, title: &str, options: &[&str]) -> (Option<i32>, String) {
    let log = home.path("trace");
    let mut strace = home.command("strace");
    strace.args(["-f", "-o"]).arg(&log).args(options);
    strace.arg(env!("CARGO_BIN_EXE_tresor")).args(["--password-stdin", "add", title]);
    let done = home.finish(strace, format!("{PASSWORD}\n"));
    (done.code(), fs::read_to_string(log).unwrap_or_default())
}

/// One save with one fault, and one without; gives whether the fault was.
fn inject(home: &Home, there: &mut BTreeSet<String>, call: &str, number: usize, fault: &str) -> bool {
    let title = format!("{call} {number} {fault}");
    let options = [format!("--trace={call}"), format!("--inject={call}:{fault}:when={number}")];
    let (status, log) = traced(home, &title, &[&options[0], &options[1]]);
    let listed: BTreeSet<String> = titles(home).into_iter().collect();
    assert!(there.is_subset(&listed), "{title}: {:?} are lost", there.difference(&listed));
    assert!(status != Some(0) || listed.contains(&title), "{title}: said to be saved");
    *there = listed;
    let next = format!("after {title}");
    home.add(&next, "pw", &[]);
    there.insert(next);
    assert_eq!(beside(home), ["vault.tresor"], "{title}: left behind");
    // strace dies of the signal that its child died of.
    log.contains("(INJECTED)") || status.is_none()
}

#[test]
fn a_file_system_that_cannot_exchange_is_written_to_all_the_same_and_told_of() {
    if !have(&["strace"]) || !can_trace() {
        return;
    }
    for options in [&["--inject=renameat2:error=EINVAL"][..], &["--inject=renameat2,linkat:error=EINVAL"]] {
        let home = Home::new();
        home.add("a", "pw", &[]);
        let mut strace = home.command("strace");
        strace.args(["-f", "-o", "/dev/null"]).args(options);
        strace.arg(env!("CARGO_BIN_EXE_tresor")).args(["--password-stdin", "add", "b"]);
        let (_, err) = home.finish(strace, format!("{PASSWORD}\n")).both();
        assert!(err.contains("cannot exchange two files"), "{err}");
        assert_eq!(titles(&home), ["a", "b"]);
        assert_eq!(beside(&home), ["vault.tresor"]);
    }
}
