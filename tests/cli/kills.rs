//! `kill -9` at any moment of a command that saves: nothing that was said to be saved is lost, and the next save
//! leaves nothing beside the vault.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::{figure, quick_or_long};
use crate::home::{Home, PASSWORD, wait};
use crate::save::beside;

/// Rounds on one vault.
const ROUNDS: usize = 100;

#[derive(Default)]
struct Count {
    kills: AtomicUsize,
    /// Of them, those that came while there was a temporary file.
    within: AtomicUsize,
    acknowledged: AtomicUsize,
}

#[test]
fn a_killed_save_loses_nothing_that_was_acknowledged_and_leaves_nothing() {
    let kills = quick_or_long(60, 10_000);
    let count = Count::default();
    thread::scope(|scope| {
        for _ in 0..quick_or_long(2, 4) {
            scope.spawn(|| {
                // Some runs end before they are killed.
                while count.kills.load(Ordering::Relaxed) < kills {
                    kill_in_a_home(ROUNDS.min(kills / 2), &count);
                }
            });
        }
    });
    let kills = count.kills.into_inner();
    let (within, acknowledged) = (count.within.into_inner(), count.acknowledged.into_inner());
    assert!(
        acknowledged > 0 && within >= quick_or_long(0, 1),
        "{within} within, {acknowledged} acknowledged"
    );
    figure(
        "kills",
        &format!(
            "{kills} kills, {within} of them between temporary file and end of the save: 0 vaults unreadable, \
             0 of {acknowledged} acknowledged edits lost"
        ),
    );
}

/// A new vault, and so many runs that are killed.
fn kill_in_a_home(rounds: usize, count: &Count) {
    let home = Home::new();
    // What the user name of each entry has to be, and what else it may be.
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for title in 0..3 {
        home.add(&title.to_string(), "pw", &["--username", "first"]);
        known.insert(title.to_string(), vec!["first".to_owned()]);
    }
    let start = Instant::now();
    home.run(&["edit", "0", "--set", "username=first"]).ok();
    let whole = start.elapsed();
    for round in 0..rounds {
        let after = Duration::from_nanos(drawn(u64::try_from(whole.as_nanos()).unwrap() * 5 / 4));
        let (title, user) = (format!("{}", round % 3), format!("user {round}"));
        let new = format!("new {round}");
        let is_edit = round % 2 == 0;
        let set = format!("username={user}");
        let arguments: &[&str] =
            if is_edit { &["edit", &title, "--set", &set] } else { &["add", &new, "--username", &user] };
        let before = beside(&home);
        let is_acknowledged = killed(&home, arguments, after, count);
        let title = if is_edit { title } else { new };
        let users = known.entry(title).or_default();
        if is_acknowledged {
            users.clear();
        } else if !is_edit && users.is_empty() {
            // It may not be there at all.
            users.push(String::new());
        }
        users.push(user);
        if beside(&home).iter().any(|name| !before.contains(name)) {
            count.within.fetch_add(1, Ordering::Relaxed);
        }
        check(&home, &known);
    }
    home.add("last", "pw", &[]);
    assert_eq!(beside(&home), ["vault.tresor"], "the next save clears up");
    home.run(&["verify"]).ok();
}

/// Runs the program and kills it; gives whether it had said that it saved.
fn killed(home: &Home, arguments: &[&str], after: Duration, count: &Count) -> bool {
    let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
    program.arg("--password-stdin").args(arguments);
    let mut child =
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    let status = wait(&mut child);
    if status.code().is_none() {
        count.kills.fetch_add(1, Ordering::Relaxed);
    }
    let is_acknowledged = out.starts_with("Added ") || out.starts_with("Changed ");
    count.acknowledged.fetch_add(usize::from(is_acknowledged), Ordering::Relaxed);
    is_acknowledged
}

/// The last value of each entry that was acknowledged is there, or a later one.
fn check(home: &Home, known: &BTreeMap<String, Vec<String>>) {
    let listed: BTreeMap<String, String> = home
        .listed(&[])
        .iter()
        .map(|entry| {
            (entry["title"].as_str().unwrap().to_owned(), entry["username"].as_str().unwrap().to_owned())
        })
        .collect();
    for (title, users) in known {
        let there = listed.get(title).map_or("", String::as_str);
        assert!(users.iter().any(|user| user == there), "{title}: {there:?} is none of {users:?}");
    }
}

/// Below `most`, by the system's randomness.
fn drawn(most: u64) -> u64 {
    use tresor::crypto::random::{Random, SystemRandom, array};
    let bytes: [u8; 8] = array(&mut SystemRandom as &mut dyn Random).unwrap();
    u64::from_le_bytes(bytes) % most.max(1)
}
