//! Where the master password comes from, what is no master password, and `passwd`.

use std::process::Stdio;
use std::{fs, thread, time};

use crate::home::{Home, PASSWORD, wait};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tresor");

#[test]
fn a_password_comes_by_standard_input_a_file_a_pipe_or_a_command() {
    let home = Home::new();
    home.add("GitHub", "hunter2", &[]);
    let file = home.write("password", format!("{PASSWORD}\nmore\n"));
    let file = file.to_str().unwrap();
    for input in [format!("{PASSWORD}\n"), format!("{PASSWORD}\r\n"), PASSWORD.to_owned()] {
        assert_eq!(home.fed(input, &["--password-stdin", "get", "GitHub"]).ok(), "hunter2\n");
    }
    assert_eq!(home.fed("", &["--password-file", file, "get", "GitHub"]).ok(), "hunter2\n");
    home.write("password", format!("{PASSWORD}\r\n"));
    assert_eq!(home.fed("", &["get", "GitHub", "--password-file", file]).ok(), "hunter2\n");
    let command = format!("echo {PASSWORD}; echo more");
    assert_eq!(home.fed("", &["--password-command", &command, "get", "GitHub"]).ok(), "hunter2\n");
    let mut bash = home.command("bash");
    bash.args(["-c", r#""$0" --password-file <(sleep 0.1; echo "$1") get GitHub"#, PROGRAM, PASSWORD]);
    assert_eq!(home.finish(bash, "").ok(), "hunter2\n");
}

#[test]
fn a_command_is_given_no_input_and_may_print_without_end() {
    let home = Home::new();
    let asks = format!("cat; echo {PASSWORD}");
    home.fed("wrong\n", &["--password-command", &asks, "ls"]).ok();
    home.fed("", &["--password-command", "yes", "ls"]).fails(1, "the password command failed");
    home.fed("", &["--password-command", "echo x; exit 3", "ls"]).fails(1, "exit status: 3");
    home.fed("", &["--password-command", "true", "ls"]).fails(2, "empty");
    home.fed("", &["--password-command", "echo", "ls"]).fails(2, "empty");
}

#[test]
fn a_file_that_gives_none_is_named() {
    let home = Home::new();
    home.write("empty", "");
    home.write("blank", "\n");
    let status = home.command("mkfifo").arg("nobody-writes").status().unwrap();
    assert!(status.success());
    home.fed("", &["--password-file", "none", "ls"]).fails(1, "cannot read none");
    home.fed("", &["--password-file", ".", "ls"]).fails(1, "cannot read .");
    home.fed("", &["--password-file", "empty", "ls"]).fails(2, "empty");
    home.fed("", &["--password-file", "nobody-writes", "ls"]).fails(2, "empty");
    home.fed("", &["--password-file", "blank", "ls"]).fails(2, "empty");
    home.fed("", &["--password-file", "/dev/zero", "ls"]).fails(2, "control character");
}

#[test]
fn one_way_at_a_time() {
    let home = Home::new();
    let file = home.write("password", PASSWORD);
    let file = file.to_str().unwrap();
    home.run(&["--password-file", file, "ls"]).fails(2, "cannot be used with");
    home.run(&["--password-command", "echo x", "ls"]).fails(2, "cannot be used with");
    home.fed("", &["--password-file", file, "--password-command", "echo x", "ls"])
        .fails(2, "cannot be used with");
}

#[test]
fn what_is_no_password_is_refused_before_anything_is_derived() {
    let home = Home::new();
    let longest = "a".repeat(1024);
    for (input, what) in [
        (&b""[..], "standard input ended where the master password was wanted"),
        (b"\n", "empty"),
        (b"\r\n", "empty"),
        (b"a\tb\n", "control character"),
        (b"a\0b\n", "control character"),
        (b"\x1b[A\n", "control character"),
        (b"a\r\r\n", "control character"),
        (b"a\xc2\x9bb\n", "control character"),
        (b"a\r", "control character"),
        (b"\xff\n", "not UTF-8"),
        (format!("{longest}b\n").as_bytes(), "longer than 1024 bytes"),
        (&[b'a'; 3 << 20], "longer than 1048576 bytes"),
    ] {
        for command in ["ls", "init"] {
            let vault = if command == "init" { home.path("new") } else { home.vault() };
            let err = home
                .fed(input, &["--password-stdin", "--vault", vault.to_str().unwrap(), command])
                .fails(2, what);
            assert!(err.ends_with("Nothing was changed.\n"), "{err}");
        }
    }
    assert!(!home.path("new").exists());
    home.fed(longest, &["--password-stdin", "ls"]).fails(3, "wrong master password");
}

#[test]
fn one_password_typed_in_two_ways_is_one() {
    let home = Home::empty();
    home.fed("caf\u{e9} 12345 tisch\n", &["--password-stdin", "init", "--kdf-memory", "64"]).ok();
    home.fed("cafe\u{301} 12345 tisch\n", &["--password-stdin", "ls"]).ok();
    home.fed("cafe\u{301} 12345 tisch \n", &["--password-stdin", "ls"]).fails(3, "wrong");
}

#[test]
fn a_wrong_password_says_that_the_file_is_intact() {
    let home = Home::new();
    for command in [&["ls"][..], &["get", "x"], &["add", "x"], &["passwd"], &["verify"], &["trash", "empty"]]
    {
        let err =
            home.fed("wrong\n", &[&["--password-stdin"], command].concat()).fails(3, "wrong master password");
        assert!(err.contains("intact") && err.contains("Caps Lock"), "{err}");
    }
}

/// Everything that wants a master password, without one.
const WANTS: [&[&str]; 16] = [
    &["add", "x"],
    &["ls"],
    &["get", "x"],
    &["copy", "x"],
    &["edit", "x", "--set", "url=y"],
    &["rm", "x"],
    &["rm", "x", "--purge"],
    &["restore", "x"],
    &["trash", "empty"],
    &["history", "x"],
    &["otp", "x"],
    &["export", "f", "--to", "json", "--yes"],
    &["export", "f", "--to", "vault"],
    &["import", "a.csv"],
    &["passwd"],
    &["info"],
];

#[test]
fn without_a_password_and_with_nobody_to_ask_it_is_usage() {
    let home = Home::new();
    home.write("a.csv", "url,username,password,totp,extra,name,grouping,fav\n");
    for command in WANTS {
        let err =
            home.fed("", &[&["--no-input"], command].concat()).fails(2, "the master password is missing");
        assert!(err.contains("--password-stdin"), "{err}");
    }
    let mut detached = home.command("setsid");
    detached.args(["--wait", PROGRAM, "ls"]);
    home.finish(detached, "").fails(2, "there is nobody to ask");
    assert!(!home.path("f").exists());
    let empty = Home::empty();
    empty.fed("", &["--no-input", "init"]).fails(2, "the master password is missing");
    empty.fed("", &["--no-input", "ls"]).fails(6, "there is no vault at");
}

#[test]
fn no_input_never_waits_for_a_pipe_that_is_kept_open() {
    let home = Home::new();
    home.write("a.csv", "url,username,password,totp,extra,name,grouping,fav\n");
    let both = [&["verify"][..], &["generate"], &["completions", "fish"]];
    for command in WANTS.into_iter().chain(both) {
        let mut program = home.command(PROGRAM);
        program
            .arg("--no-input")
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = program.spawn().unwrap();
        let kept_open = child.stdin.take().unwrap();
        let start = time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < time::Duration::from_secs(20), "{command:?} waits");
            thread::sleep(time::Duration::from_millis(5));
        }
        drop(kept_open);
        assert_eq!(wait(&mut child).code(), Some(if both.contains(&command) { 0 } else { 2 }), "{command:?}");
    }
}

#[test]
fn standard_input_is_the_password_and_then_the_values_in_order() {
    let home = Home::new();
    let file = home.write("password", PASSWORD);
    home.given("s3cret\nline 1\nline 2\n", &["add", "a", "--secret-stdin", "--note-stdin"]).ok();
    home.given("line 1\n\nline 3\n\n", &["add", "b", "--note-stdin"]).ok();
    home.given(" s p \r\nrest", &["add", "c", "--secret-stdin"]).ok();
    let by_file = ["--password-file", file.to_str().unwrap(), "add", "d", "--secret-stdin", "--note-stdin"];
    home.fed("first\nrest", &by_file).ok();
    let get = |title, field| home.run(&["get", title, "--field", field]).ok();
    assert_eq!((get("a", "password"), get("a", "note")), ("s3cret\n".into(), "line 1\nline 2\n".into()));
    assert_eq!(
        get("b", "note"),
        "line 1\n\nline 3\n\n",
        "one line end is the pipe's, the others are the note's"
    );
    assert_eq!(get("c", "password"), " s p \n", "nothing is trimmed");
    assert_eq!((get("d", "password"), get("d", "note")), ("first\n".into(), "rest\n".into()));
    let edit = ["edit", "a", "--set-stdin", "username", "--set-stdin", "PIN", "--set-stdin", "note"];
    home.given("alice\n1234\nnew\nnote", &edit).ok();
    assert_eq!((get("a", "username"), get("a", "PIN")), ("alice\n".into(), "1234\n".into()));
    assert_eq!(get("a", "note"), "new\nnote\n");
    home.given("only one\n", &["edit", "a", "--set-stdin", "username", "--set-stdin", "PIN"])
        .fails(2, "standard input ended where PIN was wanted");
    home.run(&["add", "e", "--secret-stdin"]).fails(2, "standard input ended where the password was wanted");
}

#[test]
fn passwd_takes_the_old_password_and_then_the_new_one() {
    let home = Home::new();
    home.add("a", "secret", &[]);
    home.run(&["edit", "a", "--set", "Zip=1"]).ok();
    let before = home.bytes();
    home.fed("wrong\nnew one 4711 tisch\n", &["--password-stdin", "passwd"])
        .fails(3, "wrong master password");
    home.run(&["passwd"]).fails(2, "standard input ended where the new master password was wanted");
    home.given("\n", &["passwd"]).fails(2, "empty");
    home.given("a\tb\n", &["passwd"]).fails(2, "control character");
    home.given("x\n", &["passwd", "--kdf-memory", "1"]).fails(7, "too low");
    assert!(home.bytes() == before, "byte for byte");
    let (out, _) =
        home.given("new one 4711 tisch\n", &["passwd", "--kdf-memory", "64", "--kdf-passes", "3"]).both();
    assert!(out.starts_with("Changed the master password. Back-ups"), "{out}");
    home.run(&["ls"]).fails(3, "wrong master password");
    let new =
        |arguments: &[&str]| home.fed("new one 4711 tisch\n", &[&["--password-stdin"], arguments].concat());
    assert_eq!(new(&["get", "a"]).ok(), "secret\n");
    let info = new(&["info", "--json"]).json();
    assert_eq!((&info["kdf_memory_mib"], &info["kdf_passes"]), (&64.into(), &3.into()));
    new(&["verify"]).ok();
    // What was there before still opens with the old one, as is said.
    let backups = fs::read_dir(home.state().join("backups")).unwrap();
    let newest = backups.map(|entry| entry.unwrap().path()).max().unwrap();
    home.run(&["--vault", newest.to_str().unwrap(), "get", "a"]).ok();
}

#[test]
fn passwd_with_a_file_or_a_command_takes_its_second_line() {
    let home = Home::new();
    let one = home.write("one", PASSWORD);
    let two = home.write("two", format!("{PASSWORD}\nsecond line 4711\n"));
    let costs = ["passwd", "--kdf-memory", "64", "--kdf-passes", "3"];
    let with = |file| [&["--password-file", file], &costs[..]].concat();
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    home.fed("", &with(one)).fails(2, "the new master password is missing");
    home.fed("", &["--password-command", &format!("echo {PASSWORD}"), "passwd"]).fails(2, "second line");
    home.fed("", &with(two)).ok();
    home.fed("second line 4711\n", &["--password-stdin", "ls"]).ok();
    let command = "printf 'second line 4711\\nthird line 4711\\n'";
    home.fed("", &[&["--password-command", command], &costs[..]].concat()).ok();
    home.fed("third line 4711\n", &["--password-stdin", "ls"]).ok();
}

#[test]
fn a_key_file_that_is_none_is_named() {
    let home = Home::new();
    home.run(&["--key-file", "none", "ls"]).fails(1, "cannot open none");
    home.write("short", "x");
    home.run(&["--key-file", "short", "ls"]).fails(3, "key file is damaged");
    home.write("key", "0123456789012345678901234567890123456789");
    home.run(&["--key-file", "key", "ls"]).ok();
}
