//! `merge`: copies of the vault that were changed elsewhere, under the same key or another, named or found beside it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::damage::{limited, with_cost};
use crate::home::{Done, Home, PASSWORD};

const CONFLICT: &str = "vault.sync-conflict-20260102-030405-ABCDEFG.tresor";
const NEW: &str = "quite another password";

/// Runs on a copy of the vault, with a password, as another device.
fn on(home: &Home, file: &Path, password: &str, input: &str, arguments: &[&str]) -> Done {
    let mut command = home.command(env!("CARGO_BIN_EXE_tresor"));
    command.env("XDG_STATE_HOME", home.path("elsewhere")).arg("--password-stdin").arg("--vault").arg(file);
    command.args(arguments);
    home.finish(command, format!("{password}\n{input}"))
}

/// A home with two entries, and a copy in which one has another password, another is new.
fn diverged() -> (Home, std::path::PathBuf) {
    let home = Home::new();
    home.add("a", "one", &[]);
    home.add("b", "two", &[]);
    let copy = home.write("copy.tresor", home.bytes());
    on(&home, &copy, PASSWORD, "elsewhere\n", &["edit", "a", "--set-stdin", "password"]).ok();
    on(&home, &copy, PASSWORD, "", &["add", "c"]).ok();
    home.given("here\n", &["edit", "b", "--set-stdin", "password"]).ok();
    (home, copy)
}

fn titles(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|entry| entry["title"].as_str().unwrap()).collect()
}

#[test]
fn a_copy_is_taken_in_after_a_look_at_it() {
    let (home, copy) = diverged();
    let before = home.bytes();
    let preview = "changed: password of a\nnew: c\nNot merged yet: copy.tresor\n";
    assert_eq!(home.run(&["merge", "copy.tresor", "--dry-run"]).ok(), preview);
    assert!(before == home.bytes());
    let json = home.run(&["--json", "merge", "copy.tresor"]).json();
    assert_eq!(json["dry_run"], json!(false));
    let entries = &json["merged"][0]["entries"];
    assert_eq!((&entries[0]["title"], &entries[0]["fields"]), (&json!("a"), &json!(["password"])));
    assert_eq!((&entries[1]["what"], &json["merged"][0]["kept_as"]), (&json!("new"), &json!(null)));
    assert_eq!(home.run(&["get", "a"]).ok(), "elsewhere\n");
    assert_eq!(home.run(&["get", "b"]).ok(), "here\n");
    assert_eq!(titles(&home.listed(&[])), ["a", "b", "c"]);
    assert!(copy.exists(), "a file that was named stays");
    // Again: nothing is new, and nothing is saved.
    let after = home.bytes();
    assert_eq!(home.run(&["merge", "copy.tresor"]).ok(), "Merged copy.tresor: nothing in it is new\n");
    assert!(after == home.bytes());
    // The other way around it comes to the same.
    on(&home, &copy, PASSWORD, "", &["merge", home.vault().to_str().unwrap()]).ok();
    assert_eq!(on(&home, &copy, PASSWORD, "", &["get", "b"]).ok(), "here\n");
    // The other device's step is undone only on request, and this device's first.
    assert_eq!(home.run(&["undo"]).ok(), "Undid: password of b\n");
}

#[test]
fn what_is_no_copy_of_it_is_refused() {
    let (home, copy) = diverged();
    let other = Home::new();
    let foreign = other.path("x.tresor");
    other
        .fed(
            format!("{PASSWORD}\n"),
            &["--password-stdin", "--vault", "x.tresor", "init", "--kdf-memory", "64"],
        )
        .ok();
    let err = home.run(&["merge", foreign.to_str().unwrap()]).fails(7, "is another vault");
    assert!(err.contains("`tresor import`"), "{err}");
    home.run(&["merge", "nothing"]).fails(6, "there is no vault at nothing");
    home.write("text", "hello");
    home.run(&["merge", "text"]).fails(6, "text: this is not a tresor vault");
    let mut bytes = fs::read(&copy).unwrap();
    bytes[60_000] ^= 1;
    fs::write(&copy, bytes).unwrap();
    home.run(&["merge", "copy.tresor"]).fails(6, "copy.tresor: the vault is damaged");
    home.run(&["merge"]).fails(1, "no conflicting copy is beside the vault");
}

#[test]
fn a_copy_from_before_a_new_key_needs_its_password_and_consent() {
    let (home, _) = diverged();
    home.given(format!("{NEW}\n"), &["passwd"]).ok();
    let run = |input: &str, arguments: &[&str]| {
        home.fed(format!("{NEW}\n{input}"), &[&["--password-stdin"], arguments].concat())
    };
    run("", &["merge", "copy.tresor", "--yes"]).fails(2, "password");
    run("wrong\n", &["merge", "copy.tresor", "--yes"]).fails(3, "copy.tresor: wrong master password");
    let old = format!("{PASSWORD}\n");
    let err = run(&old, &["merge", "copy.tresor"]).fails(7, "");
    assert!(
        err.contains("changed: password of a\nnew: c\n") && err.contains("keeps its master password"),
        "{err}"
    );
    let err = run(&old, &["merge", "copy.tresor", "--yes", "--keep", "theirs"]).fails(7, "is kept");
    assert!(err.contains("the key of the vault replaced that of the copy"), "{err}");
    run(&old, &["merge", "copy.tresor", "--yes"]).ok();
    assert_eq!(run("", &["get", "a"]).ok(), "elsewhere\n");
    run("", &["verify"]).ok();
    let keys = run("", &["info", "--json"]).json()["keys"].as_array().unwrap().len();
    assert_eq!(keys, 1, "no slot of the old key comes back");
    home.run(&["ls"]).fails(3, "wrong master password");
}

/// The newer file lies beside the vault under a sync program's name, an older one in its place.
#[test]
fn a_copy_that_this_device_has_seen_is_saved_before_it_is_taken_away() {
    let home = Home::new();
    home.add("a", "one", &[]);
    let older = home.bytes();
    home.add("new", "two", &[]);
    fs::write(home.vault().with_file_name(CONFLICT), home.bytes()).unwrap();
    fs::write(home.vault(), older).unwrap();
    home.run(&["merge", "--yes"]).ok();
    // On a device that has seen nothing.
    let file = home.vault();
    assert_eq!(on(&home, &file, PASSWORD, "", &["get", "new"]).ok(), "two\n");
}

#[test]
fn what_a_copy_asks_of_the_machine_is_asked_about_first() {
    let (home, copy) = diverged();
    on(&home, &copy, PASSWORD, "another\n", &["passwd"]).ok();
    let dear = with_cost(&fs::read(&copy).unwrap(), 4 << 20, 4, 4);
    home.write("dear.tresor", &dear);
    fs::write(home.vault().with_file_name(CONFLICT), dear).unwrap();
    // So that half of the memory is less than what the copy wants.
    for arguments in
        [&["merge", "dear.tresor", "--yes"][..], &["merge", "--yes"], &["backup", "restore", "dear.tresor"]]
    {
        limited(&home, "-v 4000000", arguments).fails(7, "--accept-cost");
    }
}

#[test]
fn a_late_device_takes_over_the_newer_key() {
    let (home, copy) = diverged();
    home.given(format!("{NEW}\n"), &["passwd"]).ok();
    let new = format!("{NEW}\n");
    let vault = home.vault().display().to_string();
    let err = on(&home, &copy, PASSWORD, &new, &["merge", &vault]).fails(7, "");
    assert!(err.contains("will open with the master password of that copy"), "{err}");
    on(&home, &copy, PASSWORD, &new, &["merge", &vault, "--yes"]).ok();
    on(&home, &copy, PASSWORD, "", &["ls"]).fails(3, "");
    assert_eq!(on(&home, &copy, NEW, "", &["get", "a"]).ok(), "elsewhere\n");
    assert_eq!(on(&home, &copy, NEW, "", &["get", "b"]).ok(), "here\n");
    on(&home, &copy, NEW, "", &["verify"]).ok();
    // Under one key now, both are merged without a question.
    let merged = home.fed(new, &["--password-stdin", "merge", "copy.tresor"]).ok();
    assert!(merged.contains("new: c\n"), "{merged}");
}

#[test]
fn where_both_have_a_new_key_the_user_chooses() {
    for (keep, opens) in [("ours", NEW), ("theirs", "a third password")] {
        let (home, copy) = diverged();
        home.given(format!("{NEW}\n"), &["passwd"]).ok();
        on(&home, &copy, PASSWORD, "a third password\n", &["passwd"]).ok();
        let run = |arguments: &[&str]| {
            home.fed(format!("{NEW}\na third password\n"), &[&["--password-stdin"], arguments].concat())
        };
        let err = run(&["merge", "copy.tresor", "--yes"]).fails(7, "neither knows the other's");
        assert!(err.contains("--keep ours") && err.contains("--keep theirs"), "{err}");
        run(&["merge", "copy.tresor", "--yes", "--keep", keep]).ok();
        let get = |title| home.fed(format!("{opens}\n"), &["--password-stdin", "get", title]).ok();
        assert_eq!((get("a"), get("b")), ("elsewhere\n".to_owned(), "here\n".to_owned()));
        home.fed(format!("{opens}\n"), &["--password-stdin", "verify"]).ok();
        // The other device settles it the same way, without being asked whose key to keep.
        let vault = home.vault().display().to_string();
        let last = if keep == "ours" { format!("{NEW}\n") } else { String::new() };
        on(&home, &copy, "a third password", &last, &["merge", &vault, "--yes"]).ok();
        assert_eq!(on(&home, &copy, opens, "", &["get", "b"]).ok(), "here\n");
    }
}

#[test]
fn copies_of_sync_programs_are_found_told_of_and_taken_in() {
    let (home, copy) = diverged();
    let beside = |name: &str| home.vault().with_file_name(name);
    let names = [
        "vault (Ann's conflicted copy 2024-01-02).tresor",
        "vault (conflicted copy 2024-01-02 030405).tresor",
        "vault.sync-conflict-20240102-030405-ABCDEFG.tresor",
    ];
    for name in names {
        fs::copy(&copy, beside(name)).unwrap();
    }
    on(&home, &beside(names[2]), PASSWORD, "", &["add", "d"]).ok();
    // Not a copy of this vault, whatever it is called.
    fs::write(beside("vault.sync-conflict-20240103-030405-ABCDEFG.tresor"), "hello").unwrap();
    let (_, err) = home.run(&["ls"]).both();
    assert_eq!(
        err,
        "3 conflicting copies of this vault lie beside it: `tresor merge` takes in what is new there.\n"
    );
    let err = home.run(&["merge"]).fails(7, "");
    assert!(names.iter().all(|name| err.contains(name)), "{err}");
    let out = home.run(&["merge", "--dry-run"]).ok();
    assert!(out.contains("new: d\n") && names.iter().all(|name| beside(name).exists()), "{out}");
    let json = home.run(&["--json", "merge", "--yes"]).json();
    for merged in json["merged"].as_array().unwrap() {
        let kept = merged["kept_as"].as_str().unwrap();
        home.run(&["verify", kept]).ok();
    }
    assert!(names.iter().all(|name| !beside(name).exists()));
    assert!(beside("vault.sync-conflict-20240103-030405-ABCDEFG.tresor").exists());
    assert_eq!(titles(&home.listed(&[])), ["a", "b", "c", "d"]);
    assert!(home.run(&["ls"]).both().1.is_empty());
}
