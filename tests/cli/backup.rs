//! `backup`: what there is, going back without losing anything, a damaged vault's way back, and old keys.

use std::fs;

use serde_json::{Value, json};

use crate::home::{Done, Home, PASSWORD};

const NEW: &str = "quite another password";

fn listed(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let done = home.fed(format!("{PASSWORD}\n"), &[&["backup", "ls", "--json"], arguments].concat());
    done.json().as_array().unwrap().clone()
}

/// Runs with the password that `passwd` set.
fn renewed(home: &Home, input: &str, arguments: &[&str]) -> Done {
    home.fed(format!("{NEW}\n{input}"), &[&["--password-stdin"], arguments].concat())
}

/// Entries a and b, of which b has another password since generation 3.
fn home() -> Home {
    let home = Home::new();
    home.add("a", "one", &[]);
    home.add("b", "two", &[]);
    home.given("three\n", &["edit", "b", "--set-stdin", "password"]).ok();
    home.run(&["rm", "a"]).ok();
    home
}

#[test]
fn what_there_is_is_listed_without_a_question() {
    let home = Home::new();
    assert!(listed(&home, &[]).is_empty());
    home.add("a", "pw", &[]);
    home.add("b", "pw", &[]);
    let all = listed(&home, &["--no-input"]);
    let generations: Vec<u64> = all.iter().map(|line| line["generation"].as_u64().unwrap()).collect();
    assert_eq!(generations, [2, 1]);
    let mut keys: Vec<&String> = all[0].as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["generation", "intact", "key", "name", "path", "saved", "size"]);
    assert_eq!(
        (&all[0]["intact"], &all[0]["key"], &all[0]["size"]),
        (&json!(true), &json!("current"), &json!(69_648))
    );
    let path = all[0]["path"].as_str().unwrap();
    let mut bytes = fs::read(path).unwrap();
    bytes[30_000] ^= 1;
    fs::write(path, bytes).unwrap();
    assert_eq!(listed(&home, &[])[0]["intact"], json!(false));
    let out = home.run(&["backup", "ls"]).ok();
    assert!(out.lines().next().unwrap().contains("damaged"), "{out}");
    home.fed("wrong\n", &["--password-stdin", "backup", "ls"]).fails(3, "wrong master password");
    // A name of an earlier version still counts.
    fs::rename(all[1]["path"].as_str().unwrap(), home.state().join("backups/0000000001.tresor")).unwrap();
    assert_eq!(listed(&home, &[])[1]["name"], "0000000001.tresor");
    home.run(&["backup", "restore", "0000000001.tresor", "--yes"]).ok();
    assert!(home.listed(&[]).is_empty());
}

#[test]
fn going_back_is_shown_first_and_loses_nothing() {
    let home = home();
    let preview = "back: a\nchanged: password of b\n";
    let before = home.bytes();
    assert_eq!(home.run(&["backup", "restore", "3", "--dry-run"]).ok(), preview);
    let err = home.run(&["backup", "restore", "3"]).fails(7, "");
    assert!(err.contains(preview) && err.contains("--yes is the consent"), "{err}");
    assert!(before == home.bytes(), "a preview changes nothing");
    let json = home.run(&["--json", "backup", "restore", "3", "--yes"]).json();
    assert_eq!(
        (&json["generation"], &json["dry_run"], &json["kept_aside"]),
        (&json!(3), &json!(false), &json!(null))
    );
    assert_eq!(
        (&json["entries"][1]["what"], &json["entries"][1]["fields"]),
        (&json!("changed"), &json!(["password"]))
    );
    assert_eq!(
        (home.run(&["get", "a"]).ok(), home.run(&["get", "b"]).ok()),
        ("one\n".into(), "two\n".into())
    );
    // What was there is the newest back-up, and one undo away.
    assert_eq!(listed(&home, &[])[0]["generation"], json!(5));
    assert!(home.run(&["undo"]).ok().starts_with("Undid: back to the back-up of "));
    assert_eq!(home.run(&["get", "b"]).ok(), "three\n");
    assert_eq!(home.listed(&[]).len(), 1);
    home.run(&["backup", "restore", "99"]).fails(4, "there is no back-up \"99\"");
    home.run(&["backup", "restore", ""]).fails(4, "there is no back-up");
    home.write("text", "hello");
    home.run(&["backup", "restore", "text", "--yes"]).fails(6, "not a tresor vault");
    let same = home.vault().display().to_string();
    assert_eq!(home.run(&["backup", "restore", &same]).ok(), "Nothing would change\n");
}

#[test]
fn a_back_up_of_an_older_key_wants_its_own_password() {
    let home = home();
    let (_, err) = home.given(format!("{NEW}\n"), &["passwd"]).both();
    assert!(err.contains("The old master password still opens 5 back-ups"), "{err}");
    assert!(err.contains("tresor backup prune --old-keys"), "{err}");
    let all = renewed(&home, "", &["--json", "backup", "ls"]).json();
    assert!(all.as_array().unwrap().iter().all(|line| line["key"] == "older"), "{all}");
    renewed(&home, "", &["backup", "restore", "3", "--yes"]).fails(2, "password");
    renewed(&home, "wrong\n", &["backup", "restore", "3", "--yes"]).fails(3, "wrong master password");
    renewed(&home, &format!("{PASSWORD}\n"), &["backup", "restore", "3", "--yes"]).ok();
    assert_eq!(renewed(&home, "", &["get", "a"]).ok(), "one\n");
    renewed(&home, "", &["verify"]).ok();
    // The old password opens nothing any more once they are gone; the vault itself is a back-up then.
    renewed(&home, "", &["backup", "prune", "--old-keys"]).fails(7, "this deletes 5 back-ups");
    renewed(&home, "", &["backup", "prune"]).fails(2, "--old-keys");
    let deleted = renewed(&home, "", &["--json", "backup", "prune", "--old-keys", "--yes"]).json();
    assert_eq!(deleted["deleted"].as_array().unwrap().len(), 5);
    for line in listed(&home, &[]) {
        let path = line["path"].as_str().unwrap().to_owned();
        home.run(&["verify", &path]).fails(3, "");
        renewed(&home, "", &["verify", &path]).ok();
    }
    renewed(&home, "", &["backup", "prune", "--old-keys"]).ok();
}

#[test]
fn where_all_are_of_an_old_key_the_vault_becomes_a_back_up_first() {
    let home = home();
    home.given(format!("{NEW}\n"), &["passwd"]).ok();
    renewed(&home, "", &["backup", "prune", "--old-keys", "--yes"]).ok();
    let all = listed(&home, &[]);
    assert_eq!(all.len(), 1);
    assert!(fs::read(all[0]["path"].as_str().unwrap()).unwrap() == home.bytes());
}

#[test]
fn a_damaged_or_missing_vault_gets_a_back_up_in_its_place() {
    for damage in ["flip", "empty", "foreign", "gone"] {
        let home = home();
        let mut bytes = home.bytes();
        match damage {
            "flip" => {
                bytes[40_000] ^= 1;
                fs::write(home.vault(), &bytes).unwrap();
            }
            "empty" => fs::write(home.vault(), "").unwrap(),
            "foreign" => fs::write(home.vault(), "something else").unwrap(),
            _ => fs::remove_file(home.vault()).unwrap(),
        }
        let there = home.bytes();
        let newest = listed(&home, &["--no-input"])[0]["generation"].to_string();
        assert_eq!(newest, "5", "{damage}: what was seen last is the newest");
        let out = home.run(&["backup", "restore", &newest, "--dry-run"]).ok();
        assert!(out.contains("has 1 entries, and would take its place"), "{damage}: {out}");
        home.run(&["backup", "restore", &newest]).fails(7, "--yes is the consent");
        home.fed("wrong\n", &["--password-stdin", "backup", "restore", &newest, "--yes"])
            .fails(3, "wrong master password");
        let json = home.run(&["--json", "backup", "restore", &newest, "--yes"]).json();
        match json["kept_aside"].as_str() {
            Some(kept) => assert!(fs::read(kept).unwrap() == there, "{damage}"),
            None => assert_eq!(damage, "gone"),
        }
        assert_eq!(home.run(&["get", "b"]).ok(), "three\n", "{damage}");
        home.run(&["add", "c"]).ok();
        home.run(&["verify"]).ok();
    }
}

#[test]
fn the_damaged_message_says_the_command_and_it_works() {
    let home = home();
    let mut bytes = home.bytes();
    bytes[40_000] ^= 1;
    fs::write(home.vault(), bytes).unwrap();
    let err = home.run(&["ls"]).fails(6, "damaged");
    assert!(err.contains("`tresor backup restore`") && err.contains("seen-"), "{err}");
    assert!(home.run(&["backup", "restore", "--dry-run"]).ok().contains("The back-up of generation 5"));
    assert!(home.fed("", &["backup", "ls"]).ok().lines().next().unwrap().contains("intact, seen last"));
    // The newest is damaged as well: it is refused, and another one goes.
    let all = listed(&home, &[]);
    fs::write(all[0]["path"].as_str().unwrap(), "x").unwrap();
    fs::write(all[1]["path"].as_str().unwrap(), "x").unwrap();
    let preview = home.run(&["backup", "restore", "--dry-run"]).ok();
    assert!(preview.contains("The back-up of generation 3"), "{preview}");
    home.run(&["backup", "restore", "4", "--yes"]).fails(6, "not a tresor vault");
    home.run(&["backup", "restore", "3", "--yes"]).ok();
    assert!(home.run(&["get", "b"]).ok() == "two\n");
}

#[test]
fn the_settings_say_where_and_how_many() {
    let home = Home::new();
    let place = home.path("other disk");
    home.write("config/tresor/config.toml", format!("backups = 2\nbackup-dir = {place:?}\n"));
    for title in ["a", "b", "c", "d"] {
        home.add(title, "pw", &[]);
    }
    let all = listed(&home, &[]);
    assert!((2..=3).contains(&all.len()), "two, and one of yesterday where midnight passed: {all:?}");
    assert!(
        all.iter().all(|line| line["path"].as_str().unwrap().starts_with(place.to_str().unwrap())),
        "{all:?}"
    );
    // A damaged vault finds them there, also once the settings are gone.
    fs::remove_file(home.path("config/tresor/config.toml")).unwrap();
    fs::write(home.vault(), "").unwrap();
    let seen = listed(&home, &[])[0]["path"].as_str().unwrap().to_owned();
    fs::remove_file(seen).unwrap();
    let err = home.run(&["ls"]).fails(6, "");
    assert!(err.contains(place.to_str().unwrap()), "{err}");
    home.run(&["backup", "restore", "4", "--yes"]).ok();
    // A folder that cannot be made: they are kept in the state folder, and the save is done.
    home.write("config/tresor/config.toml", format!("backup-dir = {:?}\n", home.vault()));
    home.add("e", "pw", &[]);
    assert!(fs::read_dir(home.state().join("backups")).unwrap().count() == 1);
    home.write("config/tresor/config.toml", "backups = 0\n");
    home.run(&["ls"]).fails(2, "backups = 0");
}

#[test]
fn a_damaged_vault_comes_back_under_its_new_password() {
    let home = home();
    home.given(format!("{NEW}\n"), &["passwd"]).ok();
    let whole = home.bytes();
    fs::write(home.vault(), &whole[..5000]).unwrap();
    let err = renewed(&home, "", &["ls"]).fails(6, "");
    assert!(err.contains("seen-") && err.contains("`tresor backup restore`"), "{err}");
    renewed(&home, "", &["backup", "restore", "--yes"]).ok();
    assert!(home.bytes() == whole, "nothing is lost");
    assert!(renewed(&home, "", &["ls"]).both().1.is_empty());
    // One of the old key, once it was consented to, is the vault then, and what was seen stays.
    fs::write(home.vault(), "").unwrap();
    home.run(&["backup", "restore", "4", "--yes"]).ok();
    let (out, err) = home.run(&["get", "b"]).both();
    assert!(out == "three\n" && err.contains("older"), "{err}");
    home.add("c", "pw", &[]);
    assert!(home.run(&["ls"]).both().1.is_empty());
    fs::write(home.vault(), &whole).unwrap();
    assert_eq!(renewed(&home, "", &["get", "b"]).ok(), "three\n");
}

#[test]
fn after_a_rollback_over_a_change_of_the_key_no_newer_back_up_is_deleted() {
    let home = home();
    let old = home.bytes();
    home.given(format!("{NEW}\n"), &["passwd"]).ok();
    renewed(&home, "", &["add", "d"]).ok();
    renewed(&home, "", &["add", "e"]).ok();
    fs::write(home.vault(), &old).unwrap();
    let all = listed(&home, &[]).len();
    let prune = ["backup", "prune", "--old-keys", "--yes"];
    home.run(&[&["--accept-older-key"], &prune[..]].concat()).fails(7, "from before a change of its key");
    home.run(&["--accept-older-key", "add", "c"]).ok();
    let err = home.run(&prune).fails(7, "from before a change of its key");
    assert!(err.contains("No back-up was deleted") && err.contains("`tresor merge`"), "{err}");
    let third = "a third long password\n";
    home.given(third, &["passwd", "--delete-old-backups"]).fails(7, "from before a change of its key");
    home.given(third, &["passwd"]).ok();
    assert_eq!(listed(&home, &[]).len(), all + 1, "the old file was one already, and none is gone");
    home.fed(third, &["--password-stdin", "get", "b"]).ok();
    // Merged with what was seen last, the old ones can go.
    let seen = fs::read_dir(home.state()).unwrap().map(|entry| entry.unwrap().path());
    let is_new = |path: &std::path::PathBuf| {
        home.fed(format!("{NEW}\n"), &["verify", "--password-stdin", path.to_str().unwrap()]).code()
            == Some(0)
    };
    let seen = seen.filter(|path| path.to_str().unwrap().contains("seen-")).find(is_new).unwrap();
    let input = format!("{third}{NEW}\n");
    home.fed(&input, &["--password-stdin", "merge", seen.to_str().unwrap(), "--yes", "--keep", "ours"]).ok();
    home.fed(third, &[&["--password-stdin"], &prune[..]].concat()).ok();
    assert_eq!(home.fed(third, &["--password-stdin", "ls"]).ok().lines().count(), 4);
}
