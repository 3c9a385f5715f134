//! `copy`: to the terminal here, since there is no display; the clipboard itself is tested elsewhere.

use std::time::{Duration, Instant};

use crate::home::{Home, PASSWORD};
use crate::terminal::Terminal;

/// What sets the terminal's clipboard to `s3cret`, and to nothing.
const SET: &str = "\x1b]52;c;czNjcmV0";
const CLEAR: &str = "\x1b]52;c;";

#[test]
fn copy_says_where_to_and_returns_at_once() {
    let home = Home::new();
    home.add("a", "s3cret", &["--username", "alice"]);
    let start = Instant::now();
    let mut terminal = Terminal::start(&home, &["copy", "a", "--clear-after", "60"]);
    terminal.waits_for("Master password: ");
    terminal.types(&format!("{PASSWORD}\r"));
    assert_eq!(terminal.status(), 0);
    assert!(start.elapsed() < Duration::from_secs(50), "it does not wait until it is cleared");
    terminal.waits_for("Copied password of a, alice to the terminal (OSC 52); cleared in 60 s\r\n");
    let seen = terminal.seen();
    assert!(seen.matches(SET).count() == 1 && seen.matches(CLEAR).count() == 1, "{seen:?}");
    assert!(!seen.contains("s3cret"), "{seen:?}");
    let (_, seen) = Terminal::run(&home, &["copy", "a", "--field", "username", "--clear-after", "1"]);
    let text = String::from_utf8_lossy(&seen);
    assert!(text.contains("Copied username of a") && text.contains("cleared in 1 s"), "{text}");
    assert!(text.contains("\x1b]52;c;YWxpY2U="), "{text:?}");
}

#[test]
fn the_time_comes_from_the_configuration_unless_it_is_said() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    home.write("config/tresor/config.toml", "clear-after = 2\n");
    let (_, seen) = Terminal::run(&home, &["copy", "a"]);
    assert!(String::from_utf8_lossy(&seen).contains("cleared in 2 s"));
}

#[test]
fn the_time_of_use_is_noted_once_a_day() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    let generation = || home.run(&["info", "--json"]).json()["generation"].as_u64().unwrap();
    let before = generation();
    Terminal::run(&home, &["copy", "a", "--clear-after", "1"]);
    assert_eq!(generation(), before + 1);
    Terminal::run(&home, &["copy", "a", "--clear-after", "1"]);
    assert_eq!(generation(), before + 1);
    let exported = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    assert!(exported["entries"][0]["last_used"].as_str().unwrap().ends_with('Z'), "{exported}");
}

#[test]
fn what_cannot_be_copied_is_said() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    home.add("odd", "nul\0nul", &[]);
    home.run(&["add", "empty"]).ok();
    let mut detached = home.command("setsid");
    detached.args(["--wait", env!("CARGO_BIN_EXE_tresor"), "--password-stdin", "copy", "a"]);
    let err = home.finish(detached, format!("{}\n", PASSWORD)).fails(1, "cannot be reached");
    assert!(err.contains("Nothing was copied. `tresor get` prints it instead."), "{err}");
    home.run(&["copy", "empty"]).fails(4, "\"empty\" has no password");
    home.run(&["copy", "a", "--field", "PIN"]).fails(4, "\"a\" has no PIN");
    home.run(&["copy", "none"]).fails(4, "no entry for");
    home.run(&["copy", "odd"]).fails(1, "NUL");
    for time in ["0", "3601", "18446744073709551616", "soon"] {
        home.run(&["copy", "a", "--clear-after", time]).fails(2, time);
    }
}
