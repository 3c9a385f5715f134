//! `doctor`: what it finds, what it advises, and that it needs no password and changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::home::{Done, Home};

fn doctor(home: &Home, arguments: &[&str]) -> Done {
    home.fed("", &[&["doctor", "--no-input"], arguments].concat())
}

/// The checks of this name.
fn named(home: &Home, name: &str) -> Vec<Value> {
    let all = doctor(home, &["--json"]).json();
    let checks = all["checks"].as_array().unwrap().clone();
    checks.into_iter().filter(|check| check["name"] == name).collect()
}

#[track_caller]
fn is(check: &Value, state: &str, found: &str, advice: &str) {
    assert_eq!(check["state"], state, "{check}");
    assert!(check["found"].as_str().unwrap().contains(found), "{check}");
    assert!(check["advice"].as_str().unwrap_or_default().contains(advice), "{check}");
}

#[test]
fn it_looks_at_everything_without_a_password() {
    let home = Home::empty();
    home.run(&["init"]).ok();
    home.add("a", "pw", &[]);
    let before = home.bytes();
    let all = doctor(&home, &["--json"]).json();
    let names: Vec<&str> =
        all["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    for name in [
        "vault",
        "keys",
        "recovery",
        "backups",
        "permissions",
        "memory",
        "core files",
        "clipboard",
        "terminal",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert_eq!(all["intact"], true);
    is(&named(&home, "keys")[0], "ok", "256 MiB", "");
    is(&named(&home, "recovery")[0], "note", "no way back in", "tresor kit");
    is(&named(&home, "backups")[0], "ok", "all intact", "");
    is(&named(&home, "permissions")[0], "ok", "this user's alone", "");
    let text = doctor(&home, &[]).ok();
    assert!(text.contains("ok     vault") && text.contains("-> `tresor kit"), "{text}");
    assert_eq!(home.bytes(), before);
}

#[test]
fn what_is_not_as_it_should_be_is_named_with_what_to_do() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    is(&named(&home, "keys")[0], "wrong", "too little", "tresor rekey");
    let set =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&home.vault(), 0o644);
    set(home.vault().parent().unwrap(), 0o777);
    let checks = named(&home, "permissions");
    is(&checks[0], "note", "others may read the vault", "chmod go=");
    is(&checks[1], "wrong", "others may change the folder of the vault", "chmod go-w");

    let conflict = "data/tresor/vault.sync-conflict-20240102-030405-ABCDEFG.tresor";
    home.write(conflict, home.bytes());
    is(&named(&home, "conflicts")[0], "note", "ABCDEFG", "tresor merge");

    let backups: Vec<_> = fs::read_dir(home.state().join("backups")).unwrap().collect();
    fs::write(backups[0].as_ref().unwrap().path(), "torn").unwrap();
    is(&named(&home, "backups")[0], "wrong", "damaged", "another");
}

#[test]
fn only_a_vault_that_is_not_intact_makes_it_fail() {
    let home = Home::empty();
    is(&named(&home, "vault")[0], "note", "there is no vault", "tresor init");
    doctor(&home, &[]).ok();
    home.run(&["init", "--kdf-memory", "64"]).ok();
    let mut bytes = home.bytes();
    bytes[9000] ^= 1;
    fs::write(home.vault(), bytes).unwrap();
    let done = doctor(&home, &["--json"]);
    assert_eq!(done.code(), Some(6));
    assert!(done.says("not intact").contains("What to do"));
}
