//! `import` and `export`: what scripts rely on, whatever the format.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::home::{Home, PASSWORD};

const HEADER: &str = "url,username,password,totp,extra,name,grouping,fav\n";

fn csv(home: &Home, rows: &str) {
    home.write("a.csv", format!("{HEADER}{rows}"));
}

#[test]
fn a_second_import_adds_nothing_says_so_and_succeeds() {
    let home = Home::new();
    csv(&home, "https://a.example,alice,pw1,,,A,Work,0\nhttps://b.example,bob,pw2,,note,B,,1\n");
    let dry = home.run(&["import", "a.csv", "--dry-run"]).ok();
    assert!(dry.ends_with("Would add 2, already there 0, skipped 0\n"), "{dry}");
    assert!(home.listed(&[]).is_empty());
    let first = home.run(&["import", "a.csv"]).ok();
    assert!(first.ends_with("Added 2, already there 0, skipped 0\n"), "{first}");
    let before = home.bytes();
    let second = home.run(&["import", "a.csv"]).ok();
    assert_eq!(second.matches("already there  ").count(), 2, "an item each: {second}");
    assert!(second.ends_with("Added 0, already there 2, skipped 0\n"), "{second}");
    assert!(home.bytes() == before);
    assert_eq!(home.run(&["get", "a.example"]).ok(), "pw1\n");
    let json = home.run(&["--json", "import", "a.csv"]).json();
    let keys: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["added", "dry_run", "items", "known", "skipped"]));
    assert_eq!((&json["added"], &json["known"]), (&0.into(), &2.into()));
}

#[test]
fn rows_that_cannot_be_read_are_named_and_the_rest_is_in() {
    let home = Home::new();
    csv(&home, "https://a.example,alice,pw1,,,A,,0\ntoo,few\nhttps://b.example,bob,pw2,,,B,,0\n");
    let done = home.run(&["import", "a.csv"]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    assert_eq!(home.listed(&[]).len(), 2);
}

/// It is not read: the file is sparse, and reading it would take longer than this may.
#[test]
fn a_file_of_more_than_a_vault_holds_is_refused_at_once() {
    let home = Home::new();
    csv(&home, "https://a.example,alice,");
    let before = home.bytes();
    fs::OpenOptions::new().append(true).open(home.path("a.csv")).unwrap().set_len(1 << 40).unwrap();
    home.run(&["import", "a.csv"]).fails(1, "a.csv is larger than 805306368 bytes");
    assert!(home.bytes() == before);
}

#[test]
fn what_is_no_export_changes_nothing() {
    let home = Home::new();
    home.write("text", "hello\n");
    home.write("empty", "");
    home.run(&["import", "none"]).fails(1, "cannot open none");
    home.run(&["import", "."]).fails(1, "none of pass or gopass");
    home.run(&["import", "/dev/zero"]).fails(1, "not a regular file");
    home.run(&["import", "text"]).fails(1, "");
    home.run(&["import", "empty"]).fails(1, "");
    home.run(&["import", "text", "--from", "banana"]).fails(2, "there is no format \"banana\"");
}

#[test]
fn json_has_every_key_always_and_the_trash_marked() {
    let home = Home::new();
    home.add("bare", "pw", &[]);
    home.given(
        "pw\nnote",
        &[
            "add",
            "full",
            "--username",
            "u",
            "--url",
            "https://a.example",
            "--folder",
            "F/G",
            "--tag",
            "t",
            "--secret-stdin",
            "--note-stdin",
        ],
    )
    .ok();
    home.given(
        "JBSWY3DPEHPK3PXP\n1\n",
        &["edit", "full", "--set-stdin", "totp", "--set-stdin", "PIN", "--set", "favorite=true"],
    )
    .ok();
    home.given("pw2\n", &["edit", "full", "--set-stdin", "password"]).ok();
    home.run(&["rm", "bare"]).ok();
    let (out, _) = home.run(&["export", "out.json", "--to", "json", "--yes"]).both();
    assert_eq!(out, "");
    assert_eq!(fs::metadata(home.path("out.json")).unwrap().permissions().mode() & 0o777, 0o600);
    let file: Value = serde_json::from_slice(&fs::read(home.path("out.json")).unwrap()).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&"tresor".into(), &1.into()));
    assert_eq!(file.as_object().unwrap().len(), 3);
    let entries = file["entries"].as_array().unwrap();
    let expected = BTreeSet::from([
        "id",
        "title",
        "username",
        "password",
        "urls",
        "notes",
        "folder",
        "tags",
        "totp",
        "kind",
        "favorite",
        "created",
        "modified",
        "last_used",
        "trashed",
        "fields",
        "history",
        "attachments",
    ]);
    for entry in entries {
        let keys: BTreeSet<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, expected);
    }
    let of = |title: &str| entries.iter().find(|entry| entry["title"] == title).unwrap();
    let bare = of("bare");
    assert_eq!(bare["trashed"], true);
    for key in ["username", "notes", "folder", "totp"] {
        assert_eq!(bare[key], "", "{key}");
    }
    for key in ["urls", "tags", "fields", "history", "attachments"] {
        assert_eq!(bare[key], json!([]), "{key}");
    }
    let full = of("full");
    assert_eq!(
        (&full["password"], &full["totp"], &full["trashed"]),
        (&"pw2".into(), &"JBSWY3DPEHPK3PXP".into(), &false.into())
    );
    assert_eq!(full["fields"], json!([{ "name": "PIN", "value": "1", "hidden": true, "type": "hidden" }]));
    assert_eq!(full["history"].as_array().unwrap().len(), 1);
    // And back into another vault, nothing lost, nothing twice.
    let other = Home::new();
    fs::copy(home.path("out.json"), other.path("out.json")).unwrap();
    other.run(&["import", "out.json"]).ok();
    other.run(&["import", "out.json"]).ok();
    other.run(&["export", "-", "--to", "json", "--yes"]).json();
    assert_eq!(other.run(&["export", "-", "--to", "json", "--yes"]).json(), file);
}

#[test]
fn a_plain_export_wants_consent_and_writes_over_nothing() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    for to in ["json", "lastpass-csv"] {
        let err = home.run(&["export", "out", "--to", to]).fails(7, "readable to anyone");
        assert!(err.contains("Nothing was exported.") && err.contains("--yes"), "{err}");
        assert!(!home.path("out").exists());
    }
    home.write("out", "mine");
    for to in ["json", "lastpass-csv", "vault"] {
        let err = home.run(&["export", "out", "--to", to, "--yes"]).fails(7, "out exists already");
        assert!(err.contains("--force"), "{err}");
    }
    assert_eq!(fs::read(home.path("out")).unwrap(), b"mine");
    home.run(&["export", "out", "--to", "lastpass-csv", "--yes", "--force"]).ok();
    let text = fs::read_to_string(home.path("out")).unwrap();
    assert!(text.starts_with(HEADER.trim_end()) && text.contains("s3cret"), "{text}");
    assert_eq!(fs::metadata(home.path("out")).unwrap().permissions().mode() & 0o777, 0o600);
    // Not over the vault itself, under whatever name.
    let (vault, before) = (home.vault(), fs::read(home.vault()).unwrap());
    std::os::unix::fs::symlink(&vault, home.path("link")).unwrap();
    for file in [vault.to_str().unwrap(), "link"] {
        for to in ["json", "vault"] {
            home.run(&["export", file, "--to", to, "--yes", "--force"]).fails(7, "the vault itself");
        }
    }
    assert_eq!(fs::read(&vault).unwrap(), before);
    home.fed("wrong\n", &["--password-stdin", "export", "new", "--to", "json", "--yes"]).fails(3, "wrong");
    home.run(&["export", "none/new", "--to", "json", "--yes"]).fails(1, "cannot create none/new");
}

#[test]
fn an_encrypted_copy_has_the_same_password_or_another() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    home.run(&["export", "same", "--to", "vault"]).ok();
    assert_eq!(home.run(&["--vault", "same", "get", "a"]).ok(), "s3cret\n");
    home.given("another one 4711\n", &["export", "other", "--to", "vault"]).ok();
    home.run(&["--vault", "other", "get", "a"]).fails(3, "wrong master password");
    let input = "another one 4711\n";
    assert_eq!(home.fed(input, &["--password-stdin", "--vault", "other", "get", "a"]).ok(), "s3cret\n");
    // An import of it takes its password as the next line.
    let new = Home::new();
    fs::copy(home.path("other"), new.path("other")).unwrap();
    new.given("wrong\n", &["import", "other"]).fails(3, "wrong");
    new.run(&["import", "other"]).fails(2, "standard input ended");
    new.given(input, &["import", "other"]).ok();
    assert_eq!(new.fed(format!("{PASSWORD}\n"), &["--password-stdin", "get", "a"]).ok(), "s3cret\n");
}
