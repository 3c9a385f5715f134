//! Hostile text in every print: no control of a terminal, no line of its own, no invisible character.

use crate::home::Home;
use crate::terminal::Terminal;

const HOSTILE: &str =
    "evil\u{1b}]0;pwn\u{7}\u{1b}[31m\u{202e}\nnew\u{2028}line\u{9b}2J\tt\u{7f}\u{200b}\u{feff}\r";

/// What may stand in output for a terminal: text, line ends as the terminal makes them, and tabs.
fn is_harmless(output: &str) -> bool {
    let lines = output.replace("\r\n", "\n");
    tresor::printable::lines(&lines) == lines
}

#[test]
fn a_title_drives_no_terminal_and_breaks_no_line() {
    let home = Home::new();
    let more = ["--username", HOSTILE, "--url", HOSTILE, "--folder", HOSTILE, "--tag", HOSTILE];
    let id = home.add(HOSTILE, &format!("pw{}", HOSTILE.replace('\n', "")), &more);
    home.add(HOSTILE, "pw", &["--username", "second"]);
    let label = format!("{HOSTILE}=v");
    let account = format!("{HOSTILE}/second");
    let cases: [(&[&str], i32, usize); 33] = [
        (&["ls"], 0, 2),
        (&["ls", HOSTILE], 0, 2),
        (&["ls", "--json"], 0, 40),
        (&["get", HOSTILE], 5, 4),
        (&["get", &account], 0, 1),
        (&["get", &id, "--field", "title"], 0, 2),
        (&["get", &id], 0, 1),
        (&["get", &id, "--field", HOSTILE], 4, 3),
        (&["edit", &id, "--set", &label], 0, 1),
        (&["history", &id], 0, 1),
        (&["edit", &id, "--set", &format!("username={HOSTILE}x")], 0, 1),
        (&["history", &id, "--reveal"], 0, 2),
        (&["history", &id, "--json", "--reveal"], 0, 16),
        (&["history", &id, "--restore", "1"], 0, 1),
        (&["edit", &id, "--set", HOSTILE], 2, 3),
        (&["otp", &id], 4, 3),
        (&["copy", &account, "--field", HOSTILE], 4, 3),
        (&["edit", &id, "--question", HOSTILE, "--generate-answer"], 0, 2),
        (&["forgot", &id, "--reveal"], 0, 24),
        (&["codes", &id], 0, 2),
        (&["codes", &id, "--next"], 4, 2),
        (&["rm", &id], 0, 1),
        (&["restore", &id], 0, 1),
        (&["rm", "--purge", &id], 0, 1),
        (&["add", HOSTILE, "--kind", HOSTILE], 2, 2),
        (&["add", HOSTILE], 0, 1),
        (&["info"], 0, 8),
        (&["--vault", HOSTILE, "ls"], 6, 4),
        (&["verify", HOSTILE], 6, 4),
        (&["export", "-", "--to", "json", "--yes"], 2, 2),
        (&["export", "-", "--to", "vault"], 2, 2),
        (&["import", HOSTILE], 1, 4),
        (&["import", HOSTILE, "--from", HOSTILE], 2, 2),
    ];
    for (arguments, status, most_lines) in cases {
        let (code, output) = Terminal::run(&home, arguments);
        let output = String::from_utf8(output).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        assert_eq!(code, status, "{arguments:?}: {output}");
        assert!(is_harmless(&output), "{arguments:?}: {output:?}");
        // Two lines are the password's prompt and its end.
        assert!(output.lines().count() <= most_lines + 2, "{arguments:?}: {output}");
    }
}

#[test]
fn a_command_line_that_is_wrong_is_repeated_harmlessly() {
    let home = Home::new();
    for arguments in [
        &[HOSTILE][..],
        &["ls", &format!("--{HOSTILE}")],
        &["generate", "--length", HOSTILE],
        &["completions", HOSTILE],
        &["generate", "--words", "3", "--separator", HOSTILE],
    ] {
        let (code, output) = Terminal::run(&home, arguments);
        let output = String::from_utf8(output).unwrap();
        assert!(code == 2 && is_harmless(&output), "{arguments:?}: {output:?}");
        let err = home.fed("", arguments).fails(2, "");
        assert!(is_harmless(&err), "{err:?}");
    }
}

#[test]
fn a_pipe_gets_values_exactly_and_everything_else_harmlessly() {
    let home = Home::new();
    let id = home.add(HOSTILE, "pw", &["--username", HOSTILE]);
    assert_eq!(home.run(&["get", &id, "--field", "title"]).ok(), format!("{HOSTILE}\n"));
    let list = home.run(&["ls"]).ok();
    assert!(is_harmless(&list) && list.lines().count() == 1, "{list:?}");
    let json = home.run(&["ls", "--json"]).ok();
    assert!(is_harmless(&json), "{json:?}");
    assert_eq!(home.listed(&[])[0]["title"], HOSTILE, "and JSON still says the very same");
    assert!(is_harmless(&home.run(&["rm", &id]).ok()));
    assert_eq!(home.run(&["--json", "restore", &id]).json()["title"], HOSTILE);
}
