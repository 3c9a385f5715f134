//! Vault files that are older than what was seen, or from before a change of the key, and back-ups opened by
//! name.

use std::fs;

use crate::home::{Home, PASSWORD};

#[test]
fn an_older_file_is_named_and_what_was_newer_is_there() {
    let home = Home::new();
    home.add("first", "1", &[]);
    let old = home.bytes();
    home.add("second", "2", &[]);
    fs::write(home.vault(), &old).unwrap();
    for _ in 0..2 {
        let (out, err) = home.run(&["get", "second"]).both();
        assert_eq!(out, "2\n");
        assert!(err.starts_with("This vault file is older than what this device saw last (saved "), "{err}");
        assert!(err.contains("Nothing is lost"), "{err}");
    }
    assert_eq!(home.bytes(), old, "a look-up writes nothing");
    let info = home.run(&["info", "--json"]).json();
    assert_eq!(info["seen"]["standing"], "older");
    assert_eq!(info["seen"]["warnings"][0]["name"], "older-file");
    assert!(info["seen"]["warnings"][0]["text"].as_str().unwrap().contains("older"));
    assert_eq!(home.run(&["verify", "--json"]).json()["seen"]["standing"], "older");
    home.add("third", "3", &[]);
    let info = home.run(&["info", "--json"]).json();
    assert_eq!((&info["seen"]["standing"], &info["entries"]), (&"same".into(), &3.into()));
    assert_eq!(info["seen"]["warnings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_file_from_before_a_change_of_the_key_is_refused_until_it_is_asked_for() {
    let home = Home::new();
    home.add("first", "1", &[]);
    let old = home.bytes();
    let given = format!("{PASSWORD}\nanother long password\n");
    home.fed(&given, &["--password-stdin", "passwd"]).ok();
    let new = home.bytes();
    fs::write(home.vault(), &old).unwrap();
    let said = home.run(&["get", "first"]).fails(7, "from before a change of the vault's key");
    assert!(said.contains("Nothing was changed") && said.contains("--accept-older-key"), "{said}");
    let said = home.fed("another long password\n", &["--password-stdin", "ls"]).fails(3, "");
    assert!(said.contains("the keys of this vault file are not those last used here"), "{said}");
    let (out, err) = home.run(&["--accept-older-key", "get", "first"]).both();
    assert_eq!(out, "1\n");
    assert!(err.contains("opened on request") && err.contains("seen-"), "{err}");
    home.run(&["get", "first"]).fails(7, "from before");
    fs::write(home.vault(), &new).unwrap();
    assert_eq!(home.fed("another long password\n", &["--password-stdin", "get", "first"]).ok(), "1\n");
}

#[test]
fn a_back_up_is_verified_and_imported_without_a_trace() {
    let home = Home::new();
    home.add("first", "1", &[]);
    let copy = home.write("copy.tresor", home.bytes());
    home.add("second", "2", &[]);
    let copy = copy.to_str().unwrap();
    let seen = home.run(&["verify", copy, "--json"]).json();
    assert_eq!((&seen["intact"], &seen["seen"]["standing"]), (&true.into(), &"older".into()));
    let (_, err) = home.run(&["--vault", copy, "ls"]).both();
    assert!(err.contains("is a back-up or a copy of the vault"), "{err}");
    home.fed(format!("{PASSWORD}\n{PASSWORD}\n"), &["--password-stdin", "import", copy, "--dry-run"]).ok();
    let info = home.run(&["info", "--json"]).json();
    assert_eq!((&info["seen"]["standing"], &info["entries"]), (&"same".into(), &2.into()));
}

#[test]
fn a_state_folder_that_cannot_be_written_is_in_nobodys_way() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.add("first", "1", &[]);
    let dir = home.state();
    fs::remove_file(dir.join("seen")).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o500)).unwrap();
    let (out, err) = home.run(&["get", "first"]).both();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(out, "1\n");
    assert!(err.contains("What this device remembered of the vault is gone"), "{err}");
}
