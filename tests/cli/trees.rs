//! `import` of a folder of pass or gopass, by a real gpg with a key of the test's own.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::home::{Home, PASSWORD, wait};
use crate::terminal::Terminal;

const KEY: &str = "ada@example.com";

/// A home with a vault and a key of gpg's; none where there is no gpg, which is said.
fn home() -> Option<Home> {
    if Command::new("gpg").arg("--version").stdout(Stdio::null()).status().is_err() {
        let _ = writeln!(io::stderr(), "SKIPPED: there is no gpg, so no folder of pass is read");
        return None;
    }
    let home = Home::new();
    fs::DirBuilder::new().mode(0o700).create(home.path(".gnupg")).unwrap();
    let key = ["--passphrase", "", "--quick-generate-key", KEY, "default", "default", "never"];
    gpg(&home, &key, b"");
    Some(home)
}

/// gpg in a home.
fn gpg(home: &Home, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = home.command("gpg");
    command.args(["--batch", "--quiet", "--trust-model", "always"]).args(arguments);
    home.finish(command, input).bytes()
}

fn encrypt(home: &Home, path: &str, content: &[u8]) {
    home.write(path, gpg(home, &["-r", KEY, "--encrypt"], content));
}

/// Ends the agent that gpg has started.
fn end(home: &Home) {
    let mut command = home.command("gpgconf");
    command.args(["--kill", "all"]);
    home.finish(command, "").ok();
}

fn entries(home: &Home) -> Vec<Value> {
    let mut all = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    all["entries"].as_array_mut().map(std::mem::take).unwrap()
}

/// Every file below a folder with its bytes.
fn state(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
        match entry.file_type().unwrap().is_dir() {
            true => all.extend(state(&entry.path())),
            false => all.push((entry.path(), fs::read(entry.path()).unwrap_or_default())),
        }
    }
    all.sort();
    all
}

#[test]
fn a_tree_comes_in_and_what_cannot_is_named() {
    let Some(home) = home() else { return };
    home.write("store/.gpg-id", KEY);
    home.write("store/.git/config.gpg", b"git's");
    home.write("store/.extensions/more.bash", b"exit");
    encrypt(&home, "store/.hidden/x.gpg", b"pw of x");
    encrypt(
        &home,
        "store/Mail/a.example/ada.gpg",
        b"canary pw\nlogin: ada\nurl: https://a.example\nPIN: 42\n\nnote\n",
    );
    encrypt(&home, "store/otp.gpg", b"\notpauth://totp/x?secret=JBSWY3DPEHPK3PXP\n");
    encrypt(&home, "store/files/key.gpg", b"\x00\xFF\x01");
    home.write("store/damaged.gpg", b"no gpg at all");
    home.write("store/other.age", b"age-encryption.org/v1");
    home.write("store/README.md", b"text");
    home.write("outside.gpg", b"outside");
    symlink(home.path("outside.gpg"), home.path("store/out.gpg")).unwrap();
    symlink("otp.gpg", home.path("store/same.gpg")).unwrap();
    let before = state(&home.path("store"));
    let preview = home.run(&["--json", "import", "store", "--dry-run"]);
    assert_eq!(preview.code(), Some(8), "{preview:?}");
    let preview: Value = serde_json::from_str(preview.out()).unwrap();
    assert_eq!((&preview["added"], &preview["skipped"]), (&json!(5), &json!(4)));
    assert!(entries(&home).is_empty());
    let done = home.run(&["import", "store"]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    for line in [
        "skipped: \"damaged.gpg\": gpg could not decrypt it",
        "skipped: \"other.age\": age is not read here",
        "skipped: \"README.md\": no file of pass",
        "skipped: \"out.gpg\": a link that leads out of the folder",
        "Added 5, already there 0, skipped 4",
    ] {
        assert!(done.out().contains(line), "{line}: {done:?}");
    }
    assert!(!done.out().contains("canary"), "{done:?}");
    let all = entries(&home);
    let of = |title: &str| all.iter().find(|entry| entry["title"] == title).unwrap();
    let mail = of("ada");
    assert_eq!((&mail["folder"], &mail["username"]), (&json!("Mail/a.example"), &json!("ada")));
    assert_eq!((&mail["password"], &mail["notes"]), (&json!("canary pw"), &json!("note")));
    assert_eq!((&mail["urls"], &mail["fields"][0]["value"]), (&json!(["https://a.example"]), &json!("42")));
    assert_eq!(of("otp")["totp"], of("same")["totp"]);
    assert_eq!(of("key")["attachments"][0]["content"], "AP8B");
    let again = home.run(&["import", "store", "--from", "gopass"]);
    assert!(again.out().ends_with("Added 0, already there 5, skipped 4\n"), "{again:?}");
    home.run(&["undo"]).ok();
    assert!(home.listed(&[]).is_empty());
    assert!(state(&home.path("store")) == before, "the folder was changed");
    end(&home);
}

#[test]
fn files_for_another_key_are_named() {
    let Some(home) = home() else { return };
    encrypt(&home, "store/a.gpg", b"pw");
    gpg(
        &home,
        &["--passphrase", "", "--quick-generate-key", "bea@example.com", "default", "default", "never"],
        b"",
    );
    encrypt(&home, "store/b.gpg", b"pw2");
    home.write("store/c.gpg", gpg(&home, &["-r", "bea@example.com", "--encrypt"], b"pw3"));
    let print =
        String::from_utf8(gpg(&home, &["--with-colons", "--list-keys", "bea@example.com"], b"")).unwrap();
    let print = print
        .lines()
        .find_map(|line| line.strip_prefix("fpr:::::::::"))
        .unwrap()
        .trim_end_matches(':')
        .to_owned();
    gpg(&home, &["--yes", "--delete-secret-keys", &print], b"");
    let done = home.run(&["import", "store"]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    assert!(done.out().contains("skipped: \"c.gpg\": gpg has no key that opens it"), "{done:?}");
    assert!(done.out().ends_with("Added 2, already there 0, skipped 1\n"), "{done:?}");
    end(&home);
}

/// Where nobody can be asked for a passphrase the files are named, each with what is wrong.
#[test]
fn a_key_with_a_passphrase_and_nobody_to_ask() {
    let Some(home) = home() else { return };
    encrypt(&home, "store/a.gpg", b"pw");
    let key = "pat@example.com";
    let mut arguments = vec!["--pinentry-mode", "loopback", "--passphrase", "open me"];
    arguments.extend(["--quick-generate-key", key, "default", "default", "never"]);
    gpg(&home, &arguments, b"");
    for name in ["b", "c"] {
        home.write(&format!("store/{name}.gpg"), gpg(&home, &["-r", key, "--encrypt"], b"pw"));
    }
    // Its agent has the passphrase, as it was just given.
    end(&home);
    let done = home.run(&["import", "store"]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    for name in ["b", "c"] {
        assert!(
            done.out().contains(&format!("skipped: \"{name}.gpg\": gpg could not use its key")),
            "{done:?}"
        );
    }
    assert!(done.out().ends_with("Added 1, already there 0, skipped 2\n"), "{done:?}");
    end(&home);
}

#[test]
fn a_folder_that_is_none_is_refused_before_the_vault_is_opened() {
    let home = Home::new();
    home.write("plain/a.txt", "text");
    home.fed("", &["import", "plain"]).fails(1, "none of pass or gopass");
    home.write("old/a.age", "age");
    home.fed("", &["import", "old"]).fails(1, "encrypted by age");
    home.fed("", &["import", "nowhere"]).fails(1, "nowhere");
    home.write("store/a.gpg", "x");
    home.fed("", &["import", "store", "--from", "lastpass"]).fails(2, "one of pass or gopass");
    home.fed("", &["import", "store", "--remove-source"]).fails(2, "not removed");
    home.run(&["import", "store/a.gpg", "--from", "pass"]).fails(1, "keep a folder");
    let mut command = home.command(env!("CARGO_BIN_EXE_tresor"));
    command.env("PATH", "/nowhere").args(["import", "store"]);
    home.finish(command, "").fails(1, "gpg, which is not installed");
}

/// A person sees how far gpg is, and no trace of it stays on the line.
#[test]
fn a_terminal_shows_how_far_it_is() {
    let Some(home) = home() else { return };
    for name in ["a", "b", "c"] {
        encrypt(&home, &format!("store/{name}.gpg"), b"pw");
    }
    let (code, screen) = Terminal::run(&home, &["import", "store"]);
    let screen = String::from_utf8_lossy(&screen);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("\rDecrypted 2 of 3 files\rDecrypted 3 of 3 files\r\u{1b}[K"), "{screen:?}");
    let done = home.run(&["import", "store"]);
    assert!(!done.err().contains("Decrypted"), "{done:?}");
    end(&home);
}

/// Ctrl-C while gpg works: nothing of the folder is in the vault, and nothing else is left.
#[test]
fn what_is_broken_off_changes_nothing() {
    let home = Home::new();
    home.run(&["ls"]).ok();
    let script = home.write("bin/gpg", "#!/bin/sh\n: > \"$HOME/running\"\nexec sleep 60\n");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    home.write("store/a.gpg", "x");
    home.write("store/b.gpg", "y");
    let before: Vec<_> = ["data", "state", "store"].map(|name| state(&home.path(name))).into();
    let mut command = home.command(env!("CARGO_BIN_EXE_tresor"));
    command.env("PATH", home.path("bin").into_os_string().into_string().unwrap() + ":/usr/bin:/bin");
    command.args(["--password-stdin", "import", "store"]).stdin(Stdio::piped()).stdout(Stdio::null());
    // As at a terminal, where Ctrl-C reaches gpg too.
    let mut child = command.process_group(0).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    let start = Instant::now();
    while !home.path("running").exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "gpg does not start");
        thread::sleep(Duration::from_millis(5));
    }
    let group = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    assert_eq!(wait(&mut child).signal(), Some(rustix::process::Signal::INT.as_raw()));
    assert!(home.listed(&[]).is_empty());
    for (name, before) in ["data", "state", "store"].iter().zip(before) {
        assert!(state(&home.path(name)) == before, "{name} was changed");
    }
}
