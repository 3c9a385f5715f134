//! `add`: every option, and what is refused.

use std::collections::BTreeSet;

use crate::home::Home;

#[test]
fn every_option_lands_in_the_entry() {
    let home = Home::new();
    let done = home.given(
        "pw\nthe note",
        &[
            "add",
            "GitHub",
            "--username",
            "alice",
            "--url",
            "https://github.com/login",
            "--url",
            "https://gist.github.com",
            "--folder",
            "Work/Code",
            "--tag",
            "dev",
            "--tag",
            "2fa",
            "--kind",
            "login",
            "--secret-stdin",
            "--note-stdin",
        ],
    );
    let (out, err) = done.both();
    let id = home.listed(&[])[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((out, err), (format!("Added GitHub ({id})\n"), String::new()));
    let entry = &home.listed(&[])[0];
    assert_eq!(entry["title"], "GitHub");
    assert_eq!(entry["username"], "alice");
    assert_eq!(entry["urls"], serde_json::json!(["https://github.com/login", "https://gist.github.com"]));
    assert_eq!(entry["folder"], "Work/Code");
    assert_eq!(entry["tags"], serde_json::json!(["dev", "2fa"]));
    assert_eq!(entry["kind"], "login");
    assert_eq!(home.run(&["get", &id]).ok(), "pw\n");
    assert_eq!(home.run(&["get", &id, "--field", "note"]).ok(), "the note\n");
}

#[test]
fn json_gives_id_and_title() {
    let home = Home::new();
    let added = home.run(&["add", "a", "--json"]).json();
    let keys: BTreeSet<&String> = added.as_object().unwrap().keys().collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["id", "title"]);
    assert_eq!(added["id"], home.listed(&[])[0]["id"]);
}

#[test]
fn a_password_is_generated_where_asked_for_and_never_printed() {
    let home = Home::new();
    let (out, err) = home.run(&["add", "a", "--generate"]).both();
    let password = home.run(&["get", "a"]).ok();
    assert_eq!(password.trim_end().len(), 20);
    assert!(!out.contains(password.trim_end()) && !err.contains(password.trim_end()));
    home.run(&["add", "b", "--generate", "--length", "40", "--no-symbols"]).ok();
    let password = home.run(&["get", "b"]).ok();
    assert!(
        password.trim_end().len() == 40
            && password.trim_end().bytes().all(|byte| byte.is_ascii_alphanumeric())
    );
    home.run(&["add", "c", "--generate", "--words", "4", "--separator", " "]).ok();
    assert_eq!(home.run(&["get", "c"]).ok().split_whitespace().count(), 4);
    home.run(&["add", "d"]).ok();
    home.run(&["get", "d"]).fails(4, "\"d\" has no password");
}

#[test]
fn what_makes_no_sense_is_usage_and_adds_nothing() {
    let home = Home::new();
    let err = home.run(&["add", "x", "--kind", "banana"]).fails(2, "there is no kind \"banana\"");
    assert!(err.contains("login, note, card"), "the kinds are said: {err}");
    home.run(&["add", "x", "--generate", "--secret-stdin"]).fails(2, "cannot be used with");
    home.run(&["add", "x", "--length", "20"]).fails(2, "Add --generate");
    home.run(&["add", "x", "--words", "4"]).fails(2, "Add --generate");
    home.run(&["add", "x", "--generate", "--length", "3"]).fails(2, "3 characters");
    home.run(&["add", "x", "--generate", "--length", "0"]).fails(2, "0 characters");
    home.run(&["add", "x", "--generate", "--length", "5", "--words", "2"]).fails(2, "cannot be used with");
    home.run(&["add", ""]).fails(2, "the title is empty");
    home.run(&["add", " "]).fails(2, "the title is empty");
    home.run(&["add"]).fails(2, "TITLE");
    home.run(&["add", "x", "y"]).fails(2, "unexpected argument");
    home.run(&["add", "x", "--password", "y"]).fails(2, "unexpected argument");
    assert!(home.listed(&[]).is_empty());
}

#[test]
fn every_kind_there_is_can_be_added() {
    let home = Home::new();
    let kinds = [
        "login",
        "note",
        "card",
        "identity",
        "address",
        "bank-account",
        "ssh-key",
        "wifi",
        "api-key",
        "software-license",
        "database",
        "drivers-license",
        "email-account",
        "health-insurance",
        "instant-messenger",
        "insurance",
        "membership",
        "passport",
        "server",
        "social-security",
    ];
    for kind in kinds {
        home.run(&["add", kind, "--kind", kind]).ok();
    }
    let listed = home.listed(&[]);
    assert_eq!(listed.len(), kinds.len());
    assert!(listed.iter().all(|entry| entry["kind"] == entry["title"]));
}

#[test]
fn values_are_text_of_at_most_a_mebibyte_and_kept_exactly() {
    let home = Home::new();
    home.given("a\0b\u{1b}[31m\t\u{202e}\n", &["add", "odd", "--secret-stdin"]).ok();
    assert_eq!(home.run(&["get", "odd"]).bytes(), "a\0b\u{1b}[31m\t\u{202e}\n".as_bytes());
    home.given(b"\xff\n", &["add", "x", "--secret-stdin"]).fails(2, "the password is not UTF-8 text");
    home.given(b"\xff", &["add", "x", "--note-stdin"]).fails(2, "the note is not UTF-8 text");
    let most = 1_048_508;
    let text = |len: usize| format!("{}\n", "x".repeat(len));
    home.given(text(most), &["add", "long", "--secret-stdin"]).ok();
    assert_eq!(home.run(&["get", "long"]).ok(), text(most));
    home.given(text(most), &["add", "long note", "--note-stdin"]).ok();
    let err =
        home.given(text(most + 1), &["add", "x", "--secret-stdin"]).fails(2, "the password is too long");
    assert!(err.contains("1048509 bytes, and at most 1048508 fit"), "{err}");
    home.given(text(most + 1), &["add", "x", "--note-stdin"]).fails(2, "the note is too long");
    for len in [1_048_577, 2_000_000] {
        home.given(text(len), &["add", "x", "--secret-stdin"]).fails(2, "");
        home.given(text(len), &["add", "x", "--note-stdin"]).fails(2, "");
    }
    home.given(text(most + 1), &["edit", "odd", "--set-stdin", "hidden"]).fails(2, "the field is too long");
    let title = "t".repeat(100_000);
    home.run(&["add", &title]).ok();
    assert_eq!(home.run(&["get", &title, "--field", "title"]).ok(), format!("{title}\n"));
}

#[test]
fn arguments_that_are_no_text_are_usage() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let odd = OsStr::from_bytes(b"\xff\xfe");
    for command in ["add", "get", "ls", "rm"] {
        let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
        program.args(["--password-stdin", command]).arg(odd);
        home.finish(program, "x\n").fails(2, "invalid UTF-8");
    }
    // But a path is any bytes.
    for arguments in [&["init", "--kdf-memory", "64"][..], &["add", "a"], &["get", "a", "--field", "title"]] {
        let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
        program.arg("--password-stdin").args(arguments).arg("--vault").arg(odd);
        home.finish(program, "correct horse\n").ok();
    }
}
