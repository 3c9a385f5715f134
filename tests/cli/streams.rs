//! Standard output and standard error that are closed, full, or whose reader goes away.

use std::process::Stdio;

use crate::home::{Done, Home, PASSWORD};

/// Runs in a shell: `$T` is the program with the password, `$P` the program alone.
fn shell(home: &Home, script: &str) -> Done {
    let mut shell = home.command("bash");
    shell.args(["-c", &format!("T() {{ printf '%s\\n' \"$1\" >/dev/null; }}; {script}")]);
    shell.env("P", env!("CARGO_BIN_EXE_tresor")).env("PASSWORD", PASSWORD);
    home.finish(shell, "")
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    for title in ["a", "b", "c"] {
        home.add(title, "pw", &[]);
    }
    for command in ["generate --count 10000", "completions bash", "--help"] {
        let (out, err) = shell(&home, &format!("$P {command} | head -1; echo ${{PIPESTATUS[0]}} >&2")).both();
        assert_eq!(out.lines().count(), 1, "{command}");
        assert!(err.ends_with("0\n") && !err.contains("panic"), "{command}: {err}");
    }
    let (_, err) =
        shell(&home, "echo \"$PASSWORD\" | $P --password-stdin ls | true; echo ${PIPESTATUS[1]} >&2").both();
    assert_eq!(err, "0\n");
}

#[test]
fn a_full_standard_output_is_an_error_and_says_what_was_saved() {
    let home = Home::new();
    let full = |arguments: &str| {
        shell(&home, &format!("echo \"$PASSWORD\" | $P --password-stdin {arguments} >/dev/full"))
    };
    let done = full("add a --generate");
    assert_eq!(done.code(), Some(1));
    let err = done.says("cannot write to standard output");
    assert!(err.ends_with("What was asked for is done and saved.\n"), "{err}");
    assert_eq!(home.listed(&[]).len(), 1, "it is");
    for command in ["get a", "ls", "ls --json", "info", "verify", "history a --json", "generate"] {
        let err = full(command).fails(1, "cannot write to standard output");
        assert!(!err.contains("saved"), "{command}: {err}");
    }
}

#[test]
fn a_standard_error_that_takes_nothing_stops_nothing() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    for error in ["2>/dev/full", "2>&-"] {
        let run = |arguments: &str| {
            shell(&home, &format!("echo \"$PASSWORD\" | $P --password-stdin {arguments} {error}"))
        };
        assert_eq!(run("get a").ok(), "pw\n");
        assert_eq!(run("generate").ok().trim_end().len(), 20);
        assert_eq!(run("get none").code(), Some(4), "{error}");
        assert_eq!(run("none").code(), Some(2), "{error}");
        assert_eq!(run("history a").code(), Some(0), "{error}");
    }
}

#[test]
fn closed_streams_end_in_an_exit_status() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    for (script, status) in [
        ("$P generate <&-", 0),
        ("$P generate >&-", 0),
        ("$P ls --no-input <&- >&- 2>&-", 2),
        ("$P --password-stdin ls <&-", 2),
        ("echo \"$PASSWORD\" | $P --password-stdin get a >&-", 0),
    ] {
        let code = shell(&home, script).code();
        assert_eq!(code, Some(status), "{script}");
    }
}

#[test]
fn secrets_stand_in_no_argument_and_no_variable() {
    let home = Home::new();
    let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
    program.args(["--password-stdin", "add", "a", "--secret-stdin"]);
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    use std::io::Write;
    stdin.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    // It waits for the value now, or soon.
    std::thread::sleep(std::time::Duration::from_millis(200));
    for name in ["cmdline", "environ"] {
        // Root may read what is refused to every other process of the same user.
        if let Ok(bytes) = std::fs::read(format!("/proc/{}/{name}", child.id())) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!text.contains(PASSWORD), "{name}: {text}");
        }
    }
    stdin.write_all(b"s3cret\n").unwrap();
    drop(stdin);
    assert!(crate::home::wait(&mut child).success());
}
