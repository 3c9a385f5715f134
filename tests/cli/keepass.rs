//! Databases of KeePass in and out, and what `keepassxc-cli` makes of ours. Without that program its tests
//! skip, visibly; under `CI=true` that is a failure.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::home::{Done, Home};

const SECRET: &str = "of the file\n";

/// A run of keepassxc-cli; none where it is not installed.
fn keepassxc(home: &Home, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("keepassxc-cli");
    command
        .args(arguments)
        .current_dir(home.path(""))
        .env("QT_QPA_PLATFORM", "offscreen")
        .env("HOME", home.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        let skipped = "SKIPPED: keepassxc-cli is not installed";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{skipped}");
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return None;
    };
    child.stdin.take().unwrap().write_all(format!("{SECRET}{SECRET}").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "keepassxc-cli {arguments:?}: {err}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn filled() -> Home {
    let home = Home::new();
    home.given(
        "p<&>w \"x\"\n",
        &[
            "add",
            "Title & <b>",
            "--username",
            "u",
            "--url",
            "https://a.example",
            "--folder",
            "F/G",
            "--tag",
            "t",
            "--secret-stdin",
        ],
    )
    .ok();
    home.given("JBSWY3DPEHPK3PXP\n1234\n", &["edit", "Title", "--set-stdin", "totp", "--set-stdin", "PIN"])
        .ok();
    home.given("second\n", &["edit", "Title", "--set-stdin", "password"]).ok();
    home
}

fn export(home: &Home) -> Done {
    home.given(SECRET, &["export", "out.kdbx", "--to", "kdbx"])
}

#[test]
fn an_export_wants_a_password_and_comes_back() {
    let home = filled();
    home.run(&["export", "out.kdbx", "--to", "kdbx"]).fails(2, "");
    assert!(!home.path("out.kdbx").exists());
    export(&home).ok();
    let file = fs::read(home.path("out.kdbx")).unwrap();
    assert!(file.starts_with(b"\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5\x01\x00\x04\x00"));
    let other = Home::new();
    other.write("out.kdbx", &file);
    other.given("wrong\n", &["import", "out.kdbx"]).fails(3, "wrong password");
    other.given(SECRET, &["import", "out.kdbx"]).ok();
    assert!(
        other.given(SECRET, &["import", "out.kdbx"]).ok().ends_with("Added 0, already there 1, skipped 0\n")
    );
    let own = |home: &Home| home.run(&["export", "-", "--to", "json", "--yes"]).json();
    assert_eq!(own(&other), own(&home));
}

#[test]
fn keepassxc_shows_what_we_write() {
    let home = filled();
    export(&home).ok();
    let entry = "/F/G/Title & <b>";
    let Some(shown) = keepassxc(&home, &["show", "--all", "--show-protected", "out.kdbx", entry]) else {
        return;
    };
    for line in [
        "Title: Title & <b>",
        "UserName: u",
        "Password: second",
        "URL: https://a.example",
        "Tags: t",
        "PIN: 1234",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line} is not in:\n{shown}");
    }
    let code = keepassxc(&home, &["show", "--totp", "out.kdbx", entry]).unwrap();
    assert_eq!(code.trim().len(), 6, "{code}");
    let xml = keepassxc(&home, &["export", "out.kdbx"]).unwrap();
    assert!(xml.contains("p&lt;&amp;&gt;w"), "the older password is in the history");
    // What it exports comes in, by the other importer.
    let other = Home::new();
    other.write("out.xml", xml);
    other.run(&["import", "out.xml"]).ok();
    assert_eq!(other.run(&["get", "Title"]).ok(), "second\n");
}

#[test]
fn what_keepassxc_makes_is_read_with_a_key_file_too() {
    let home = Home::new();
    let made = keepassxc(&home, &["db-create", "--set-key-file", "key", "-p", "made.kdbx"]);
    if made.is_none() {
        return;
    }
    home.given(SECRET, &["import", "made.kdbx", "--source-key-file", "key"]).ok();
    home.given(SECRET, &["import", "made.kdbx"]).fails(3, "wrong password");
    keepassxc(&home, &["db-create", "--set-key-file", "key", "only.kdbx"]).unwrap();
    home.given("\n", &["import", "only.kdbx", "--source-key-file", "key"]).ok();
}
