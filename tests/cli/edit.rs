//! `edit` and `history`: changes all or none, and back again.

use serde_json::{Value, json};

use crate::home::Home;

fn get(home: &Home, field: &str) -> String {
    home.run(&["get", "a", "--field", field]).ok()
}

#[test]
fn set_changes_every_field_that_is_no_secret() {
    let home = Home::new();
    home.add("a", "pw", &["--url", "https://old.example", "--tag", "old"]);
    let (out, err) = home
        .run(&[
            "edit",
            "a",
            "--set",
            "username=alice",
            "--set",
            "url=https://a.example",
            "--set",
            "url=https://b.example",
            "--set",
            "tag=x",
            "--set",
            "tag=y",
            "--set",
            "folder=/Work//TCP\\/IP/",
            "--set",
            "Zip=a=b",
            "--set",
            "favorite=true",
            "--set",
            "kind=server",
        ])
        .both();
    assert!(
        out.starts_with("Changed username, ") && out.ends_with(" of a\n") && err.is_empty(),
        "{out}{err}"
    );
    let entry = &home.listed(&[])[0];
    assert_eq!(entry["username"], "alice");
    assert_eq!(entry["urls"], json!(["https://a.example", "https://b.example"]));
    assert_eq!(entry["tags"], json!(["x", "y"]));
    assert_eq!(entry["folder"], "Work/TCP\\/IP");
    assert_eq!((&entry["kind"], &entry["favorite"]), (&"server".into(), &true.into()));
    assert_eq!((get(&home, "Zip"), get(&home, "password")), ("a=b\n".into(), "pw\n".into()));
    home.run(&["edit", "a", "--set", "title=A new one"]).ok();
    assert_eq!(home.listed(&[])[0]["title"], "A new one");
}

#[test]
fn an_empty_value_removes() {
    let home = Home::new();
    home.add("a", "pw", &["--username", "u", "--url", "https://a.example", "--tag", "t", "--folder", "F"]);
    home.given("1234\n", &["edit", "a", "--set", "Zip=1", "--set-stdin", "PIN"]).ok();
    home.run(&[
        "edit",
        "a",
        "--set",
        "username=",
        "--set",
        "url=",
        "--set",
        "tag=",
        "--set",
        "folder=",
        "--set",
        "Zip=",
    ])
    .ok();
    let entry = &home.listed(&[])[0];
    assert_eq!((&entry["username"], &entry["urls"], &entry["tags"]), (&"".into(), &json!([]), &json!([])));
    home.given("\n\n", &["edit", "a", "--set-stdin", "password", "--set-stdin", "PIN"]).ok();
    for field in ["password", "username", "url", "tag", "folder", "Zip", "PIN"] {
        home.run(&["get", "a", "--field", field]).fails(4, "has no");
    }
    home.run(&["edit", "a", "--set", "Zip="]).fails(2, "there is no field \"Zip\" to remove");
    home.run(&["edit", "a", "--set", "title="]).fails(2, "the title is empty");
}

#[test]
fn a_secret_is_never_taken_from_an_argument() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home.given("1234\n", &["edit", "a", "--set-stdin", "PIN"]).ok();
    for name in ["password", "note", "totp", "Password", "NOTES", "otp", "PIN", "pin"] {
        let err = home.run(&["edit", "a", "--set", &format!("{name}=x")]).fails(2, "is a secret");
        assert!(
            err.contains("Nothing was changed.") && err.contains(&format!("--set-stdin \"{name}\"")),
            "{err}"
        );
    }
    // Not even beside something that may be, or before the entry is looked for.
    home.run(&["edit", "a", "--set", "url=x", "--set", "password=x"]).fails(2, "is a secret");
    home.fed("", &["edit", "a", "--set", "password=x", "--no-input"]).fails(2, "is a secret");
}

#[test]
fn what_is_not_clear_is_usage_and_changes_nothing() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home.run(&["edit", "a"]).fails(2, "nothing to change");
    home.run(&["edit", "a", "--set", "url"]).fails(2, "\"url\" is not NAME=VALUE");
    home.run(&["edit", "a", "--set", "=x"]).fails(2, "\"=x\" is not NAME=VALUE");
    home.run(&["edit", "a", "--set", " =x"]).fails(2, "is not NAME=VALUE");
    home.run(&["edit", "a", "--set", "kind=banana"]).fails(2, "there is no kind \"banana\"");
    home.run(&["edit", "a", "--set", "favorite=perhaps"]).fails(2, "true or false");
    home.run(&["edit", "a", "--set", "username=x", "--set", "user=y"]).fails(2, "username is given twice");
    home.run(&["edit", "a", "--set", "Zip=x", "--set", "Zip=y"]).fails(2, "Zip is given twice");
    home.given("x\n", &["edit", "a", "--set-stdin", "password", "--generate"])
        .fails(2, "password is given twice");
    home.given("x\ny\n", &["edit", "a", "--set-stdin", "note", "--set-stdin", "password"])
        .fails(2, "name it last");
    home.run(&["edit", "a", "--length", "5"]).fails(2, "Add --generate");
    home.run(&["edit", "a", "--generate", "--length", "2000"]).fails(2, "2000 characters");
    home.given("not base32!\n", &["edit", "a", "--set-stdin", "totp"]).fails(1, "base32");
    home.given(b"\xff\n", &["edit", "a", "--set-stdin", "username"]).fails(2, "username is not UTF-8 text");
    home.run(&["edit", "b", "--set", "url=x"]).fails(4, "no entry for \"b\"");
}

#[test]
fn a_password_is_generated_in_the_place_of_the_old_one() {
    let home = Home::new();
    home.add("a", "old", &[]);
    assert_eq!(home.run(&["edit", "a", "--generate"]).ok(), "Changed password of a\n");
    assert_eq!(home.run(&["get", "a"]).ok().trim_end().len(), 20);
    home.run(&["edit", "a", "--generate", "--words", "6"]).ok();
    assert_eq!(home.run(&["history", "a", "--json"]).json().as_array().unwrap().len(), 2);
}

#[test]
fn json_says_what_was_changed() {
    let home = Home::new();
    let id = home.add("a", "pw", &[]);
    let changed =
        home.given("x\n", &["edit", "a", "--json", "--set", "Zip=1", "--set-stdin", "password"]).json();
    assert_eq!(changed, json!({ "id": id, "title": "a", "changed": ["Zip", "password"] }));
}

#[test]
fn history_shows_what_was_and_restores_it() {
    let home = Home::new();
    home.add("a", "first", &["--username", "u1"]);
    let (out, err) = home.run(&["history", "a"]).both();
    assert_eq!((out.as_str(), err.as_str()), ("", "Nothing of it was ever changed.\n"));
    assert_eq!(home.run(&["history", "a", "--json"]).ok(), "[]\n");
    home.given("second\n", &["edit", "a", "--set-stdin", "password"]).ok();
    home.run(&["edit", "a", "--set", "username=u2"]).ok();
    let masked = home.run(&["history", "a"]).ok();
    assert!(masked.contains("password  ********") && masked.contains("username  u1"), "{masked}");
    assert!(!masked.contains("first"), "{masked}");
    assert!(home.run(&["history", "a", "--reveal"]).ok().contains("password  first"));
    let past = home.run(&["history", "a", "--json"]).json();
    let past = past.as_array().unwrap();
    assert_eq!(past.len(), 2);
    for value in past {
        let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["field", "number", "time", "value"]);
    }
    let password = past.iter().find(|value| value["field"] == "password").unwrap();
    assert_eq!(password["value"], Value::Null, "a secret is told only where asked for");
    let revealed = home.run(&["history", "a", "--json", "--reveal"]).json();
    assert!(revealed.as_array().unwrap().iter().any(|value| value["value"] == "first"));

    let number = password["number"].to_string();
    assert_eq!(home.run(&["history", "a", "--restore", &number]).ok(), "Restored password of a\n");
    assert_eq!((get(&home, "password"), get(&home, "username")), ("first\n".into(), "u2\n".into()));
    assert!(home.run(&["history", "a", "--reveal"]).ok().contains("password  second"));
    home.run(&["history", "a", "--restore", "99"]).fails(4, "\"a\" has no past value 99");
    home.run(&["history", "a", "--restore", "0"]).fails(4, "\"a\" has no past value 0");
    home.run(&["history", "a", "--restore", "x"]).fails(2, "invalid value 'x'");
}
