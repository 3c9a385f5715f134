//! `ls` and `get`: what is printed, exactly.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::home::Home;

#[test]
fn json_of_a_list_has_these_keys_and_no_secret() {
    let home = Home::new();
    assert_eq!(home.run(&["ls", "--json"]).ok(), "[]\n");
    home.given(
        "s3cret-pw\ns3cret-note",
        &[
            "add",
            "full",
            "--username",
            "u",
            "--url",
            "https://a.example",
            "--folder",
            "F",
            "--tag",
            "t",
            "--secret-stdin",
            "--note-stdin",
        ],
    )
    .ok();
    home.given(
        "JBSWY3DPEHPK3PXP\ns3cret-pin\n",
        &["edit", "full", "--set-stdin", "totp", "--set-stdin", "PIN", "--set", "favorite=true"],
    )
    .ok();
    home.run(&["add", "bare"]).ok();
    let out = home.run(&["--json", "ls"]).ok();
    assert!(!out.contains("s3cret") && !out.contains("JBSW"), "{out}");
    let listed: Vec<Value> = serde_json::from_str(&out).unwrap();
    for entry in &listed {
        let keys: BTreeSet<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = [
            "id",
            "title",
            "username",
            "urls",
            "folder",
            "tags",
            "kind",
            "favorite",
            "created",
            "modified",
            "last_used",
        ];
        assert_eq!(keys, BTreeSet::from(expected));
        assert_eq!(entry["id"].as_str().unwrap().len(), 32);
        for time in ["created", "modified"] {
            let text = entry[time].as_str().unwrap();
            assert!(text.len() >= 20 && text.ends_with('Z') && &text[10..11] == "T", "{text}");
        }
    }
    let bare = listed.iter().find(|entry| entry["title"] == "bare").unwrap();
    assert_eq!(
        (&bare["username"], &bare["folder"], &bare["favorite"]),
        (&"".into(), &"".into(), &false.into())
    );
    assert_eq!((&bare["urls"], &bare["tags"]), (&serde_json::json!([]), &serde_json::json!([])));
    let full = listed.iter().find(|entry| entry["title"] == "full").unwrap();
    assert_eq!(full["favorite"], true);
}

#[test]
fn a_list_is_a_line_each_title_first_by_title() {
    let home = Home::new();
    for (title, more) in [
        ("banana", &["--username", "bob"][..]),
        ("Apple", &["--url", "https://apple.example", "--folder", "Fruit"]),
        ("cherry", &[]),
    ] {
        home.run(&[&["add", title], more].concat()).ok();
    }
    let (out, err) = home.run(&["ls"]).both();
    assert_eq!(out, "Apple\t\thttps://apple.example\tFruit\nbanana\tbob\t\t\ncherry\t\t\t\n");
    assert_eq!(err, "");
    assert_eq!(home.run(&["ls", ""]).ok(), out, "an empty query lists all");
    assert_eq!(home.run(&["ls", "an"]).ok(), "banana\tbob\t\t\n");
    assert_eq!(home.run(&["ls", "nothing like it"]).ok(), "");
    assert_eq!(home.run(&["ls", "nothing like it", "--json"]).ok(), "[]\n");
    assert_eq!(home.run(&["ls", "--trash"]).ok(), "");
    home.run(&["rm", "cherry"]).ok();
    assert_eq!(home.run(&["ls", "--trash"]).ok(), "cherry\t\t\t\n");
    assert_eq!(home.listed(&["--trash"])[0]["title"], "cherry");
    assert_eq!(home.listed(&["--trash", "banana"]), Vec::<Value>::new());
}

#[test]
fn get_prints_one_value_and_a_newline() {
    let home = Home::new();
    home.given(
        "pw\nline 1\nline 2",
        &[
            "add",
            "GitHub",
            "--username",
            "alice",
            "--url",
            "https://github.com",
            "--url",
            "https://b.example",
            "--folder",
            "Work",
            "--tag",
            "x",
            "--tag",
            "y",
            "--secret-stdin",
            "--note-stdin",
        ],
    )
    .ok();
    home.given(
        "JBSWY3DPEHPK3PXP\n1234\n",
        &["edit", "GitHub", "--set-stdin", "totp", "--set-stdin", "PIN", "--set", "Zip=99"],
    )
    .ok();
    for (field, value) in [
        ("password", "pw"),
        ("username", "alice"),
        ("url", "https://github.com"),
        ("note", "line 1\nline 2"),
        ("totp", "JBSWY3DPEHPK3PXP"),
        ("folder", "Work"),
        ("tag", "x, y"),
        ("title", "GitHub"),
        ("kind", "login"),
        ("PIN", "1234"),
        ("pin", "1234"),
        ("Zip", "99"),
        ("PASSWORD", "pw"),
    ] {
        let (out, err) = home.run(&["get", "GitHub", "--field", field]).both();
        assert_eq!((out, err), (format!("{value}\n"), String::new()), "{field}");
    }
    assert_eq!(home.run(&["get", "GitHub"]).ok(), "pw\n");
    let err = home.run(&["get", "GitHub", "--field", "Street"]).fails(4, "\"GitHub\" has no Street");
    assert!(
        err.contains("It has title, username, password, url, note, totp, folder, tag, kind, Zip, PIN."),
        "{err}"
    );
    home.run(&["get"]).fails(2, "QUERY");
    home.run(&["get", "GitHub", "--field"]).fails(2, "--field");
}

#[test]
fn get_without_a_password_gives_what_the_entry_is_for() {
    let home = Home::new();
    home.run(&["add", "Visa", "--kind", "card"]).ok();
    home.given("4111\n737\n", &["edit", "Visa", "--set-stdin", "Number", "--set-stdin", "Security Code"])
        .ok();
    assert_eq!(home.run(&["get", "Visa"]).ok(), "4111\n");
    home.given("a secret note", &["add", "Memo", "--kind", "note", "--note-stdin"]).ok();
    assert_eq!(home.run(&["get", "Memo"]).ok(), "a secret note\n");
}

#[test]
fn get_changes_nothing() {
    let home = Home::new();
    home.add("a", "b", &[]);
    let before = home.bytes();
    home.run(&["get", "a"]).ok();
    home.run(&["ls"]).ok();
    assert!(home.bytes() == before);
}
