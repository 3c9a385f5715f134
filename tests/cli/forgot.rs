//! `forgot`: what helps to get back into an account, and `edit` for what is written down for that.

use crate::home::{Home, PASSWORD};

fn shop() -> (Home, String) {
    let home = Home::new();
    home.add("Mail", "mailpw", &["--username", "anna@post.example", "--url", "https://webmail.post.example"]);
    let id = home.add("Shop", "pw", &["--username", "anna", "--url", "https://shop.example/login"]);
    home.run(&[
        "edit",
        "Shop",
        "--set",
        "Recovery e-mail=anna@post.example",
        "--set",
        "Recovery phone=+49 30 12",
    ])
    .ok();
    home.given("Rex\n", &["edit", "Shop", "--question", "First pet?"]).ok();
    home.given("pw2\n", &["edit", "Shop", "--set-stdin", "password"]).ok();
    home.given("1111-2222\n3333-4444\n", &["codes", "Shop", "--add"]).ok();
    (home, id)
}

#[test]
fn everything_that_helps_is_in_one_place_and_nothing_secret_unasked() {
    let (home, id) = shop();
    let out = home.run(&["forgot", "Shop"]).ok();
    for words in [
        "Shop, anna\n",
        "https://shop.example/login",
        "anna@post.example",
        "Mail, anna@post.example",
        "+49 30 12",
        "2 of 2 left",
        "First pet?",
        "********",
        "1 older password",
        "your mailbox is the entry Mail",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    for secret in ["Rex", "pw", "1111-2222", "mailpw"] {
        assert!(!out.contains(secret), "{secret}: {out}");
    }
    let json = home.run(&["forgot", "Shop", "--json"]).json();
    assert_eq!((&json["id"], &json["signs_in_with_ends"]), (&id.into(), &"reached".into()));
    let account = &json["accounts"][0];
    assert_eq!(account["questions"], serde_json::json!([{ "question": "First pet?", "answer": null }]));
    assert_eq!(account["mailbox"]["title"], "Mail");
    assert_eq!(account["backup_codes"], serde_json::json!({ "left": 2, "total": 2 }));
    assert!(
        account["older_passwords"][0]["password"].is_null()
            && account["missing"].as_array().unwrap().is_empty()
    );
    let out = home.run(&["forgot", "Shop", "--reveal"]).ok();
    assert!(out.contains("Rex") && out.contains("pw  set on"), "{out}");
    let json = home.run(&["forgot", "Shop", "--reveal", "--json"]).json();
    assert_eq!(json["accounts"][0]["older_passwords"][0]["password"], "pw");
    assert_eq!(json["accounts"][0]["questions"][0]["answer"], "Rex");
}

#[test]
fn an_entry_without_anything_is_told_what_to_write_down() {
    let home = Home::new();
    home.run(&["add", "Bare thing"]).ok();
    let out = home.run(&["forgot", "bare"]).ok();
    for words in [
        "Nothing is written down for this account.",
        "Forgot password?",
        "tresor edit 'Bare thing' --set 'Recovery e-mail=...'",
        "tresor codes 'Bare thing' --add",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert_eq!(
        home.run(&["forgot", "bare", "--json"]).json()["accounts"][0]["missing"].as_array().unwrap().len(),
        4
    );
    home.run(&["forgot", "nobody"]).fails(4, "no entry");
}

#[test]
fn an_account_that_signs_in_with_another_leads_there() {
    let home = Home::new();
    let google =
        home.add("Google", "gpw", &["--username", "anna@gmail.com", "--url", "https://accounts.google.com"]);
    home.run(&["add", "Shop"]).ok();
    let json = home.run(&["edit", "Shop", "--signs-in-with", "google", "--json"]).json();
    assert_eq!(json["changed"], serde_json::json!(["signs-in-with"]));
    let err = home.run(&["get", "Shop", "--field", "password"]).fails(4, "\"Shop\" has no password");
    assert!(err.contains("It signs in with Google, anna@gmail.com: `tresor get Google`."), "{err}");
    home.run(&["get", "Shop"]).fails(4, "has no password");
    let out = home.run(&["forgot", "Shop"]).ok();
    assert!(
        out.contains("Sign in with Google, anna@gmail.com") && out.contains("\n\nGoogle, anna@gmail.com\n"),
        "{out}"
    );
    let json = home.run(&["forgot", "Shop", "--json"]).json();
    assert_eq!(json["accounts"][0]["signs_in_with"], google.as_str());
    assert_eq!(json["accounts"].as_array().unwrap().len(), 2);
    home.run(&["edit", "Google", "--signs-in-with", "Shop"]).fails(2, "round in a circle");
    home.run(&["edit", "Google", "--signs-in-with", "Google"]).fails(2, "with itself");
    home.run(&["edit", "Google", "--signs-in-with", "nobody"]).fails(4, "no entry");
    home.run(&["rm", "Google"]).ok();
    let err = home.run(&["get", "Shop"]).fails(4, "has no password");
    assert!(err.contains("in the trash"), "{err}");
    assert_eq!(home.run(&["forgot", "Shop", "--json"]).json()["signs_in_with_ends"], "trash");
    home.run(&["rm", "--purge", "Google"]).ok();
    let err = home.run(&["get", "Shop"]).fails(4, "has no password");
    assert!(err.contains("deleted for good"), "{err}");
    assert_eq!(home.run(&["forgot", "Shop", "--json"]).json()["signs_in_with_ends"], "gone");
    home.run(&["edit", "Shop", "--signs-in-with", "none"]).ok();
    let err = home.run(&["get", "Shop"]).fails(4, "has no password");
    assert!(!err.contains("signs in"), "{err}");
    home.run(&["undo"]).ok();
}

#[test]
fn entries_that_sign_in_with_one_another_end_nowhere_and_say_so() {
    // As two devices can leave it: each set its half, and both were merged.
    let home = Home::new();
    let (a, b) = (home.add("A", "pw", &[]), home.add("B", "pw", &[]));
    let mut export = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    for entry in export["entries"].as_array_mut().unwrap() {
        let other = if entry["id"] == a.as_str() { &b } else { &a };
        entry["signs_in_with"] = other.as_str().into();
        entry["password"] = "".into();
    }
    let other = Home::new();
    let file = other.write("loop.json", export.to_string());
    other.run(&["import", file.to_str().unwrap()]).ok();
    assert_eq!(other.run(&["forgot", "A", "--json"]).json()["signs_in_with_ends"], "circle");
    let out = other.run(&["forgot", "A"]).ok();
    assert!(out.contains("round in a circle"), "{out}");
    let err = other.run(&["get", "A"]).fails(4, "has no password");
    assert!(err.contains("signs in with B"), "{err}");
}

#[test]
fn answers_are_read_or_made_up() {
    let home = Home::new();
    home.add("Shop", "pw", &[]);
    home.given("Rex\nLima\n", &["edit", "Shop", "--question", "Pet?", "--question", "City?"]).ok();
    assert_eq!(home.run(&["get", "Shop", "--field", "pet?"]).ok(), "Rex\n");
    assert_eq!(home.run(&["get", "Shop", "--field", "City?"]).ok(), "Lima\n");
    let (_, err) = home.run(&["edit", "Shop", "--question", "Pet?", "--generate-answer"]).both();
    assert!(err.contains("of 52 bits each"), "{err}");
    let made = home.run(&["get", "Shop", "--field", "Pet?"]).ok();
    assert_eq!(made.split_whitespace().count(), 4, "{made}");
    assert!(home.run(&["history", "Shop", "--reveal"]).ok().contains("Rex"));
    home.given("\n", &["edit", "Shop", "--question", "City?"]).ok();
    home.run(&["get", "Shop", "--field", "City?"]).fails(4, "has no City?");
    home.given("\n", &["edit", "Shop", "--question", "City?"]).fails(2, "no question");
    home.run(&["edit", "Shop", "--question", " ", "--generate-answer"]).fails(2, "is empty");
    home.run(&["edit", "Shop", "--question", "Q", "--question", "Q", "--generate-answer"])
        .fails(2, "given twice");
    home.run(&["edit", "Shop", "--question", "Q"]).fails(2, "the answer");
    home.run(&["edit", "Shop", "--generate-answer"]).fails(2, "--question");
    home.given("x\n", &["edit", "Shop", "--set-stdin", "note", "--question", "Q"])
        .fails(2, "answers are to follow");
}

#[test]
fn hostile_questions_drive_nothing() {
    let hostile = "q\u{1b}]0;pwn\u{7}\u{202e}\nx\u{9b}2J";
    let home = Home::new();
    home.add("Shop", "pw", &["--username", hostile, "--url", hostile]);
    home.given(format!("{}\n", hostile.replace('\n', " ")), &["edit", "Shop", "--question", hostile]).ok();
    home.run(&["edit", "Shop", "--set", &format!("Recovery e-mail={hostile}@x.example")]).ok();
    for arguments in
        [&["forgot", "Shop"][..], &["forgot", "Shop", "--reveal"], &["forgot", "Shop", "--json", "--reveal"]]
    {
        let out = home.run(arguments).ok();
        assert_eq!(tresor::printable::lines(&out), out, "{arguments:?}");
    }
}

#[test]
fn a_target_that_another_device_deleted_for_good_is_gone_after_the_merge() {
    let home = Home::new();
    home.add("Google", "gpw", &["--username", "anna"]);
    home.run(&["add", "Shop"]).ok();
    let copy = home.write("copy.tresor", home.bytes());
    home.run(&["edit", "Shop", "--signs-in-with", "Google"]).ok();
    let mut command = home.command(env!("CARGO_BIN_EXE_tresor"));
    command.env("XDG_STATE_HOME", home.path("elsewhere")).arg("--password-stdin").arg("--vault").arg(&copy);
    command.args(["rm", "--purge", "Google"]);
    home.finish(command, format!("{PASSWORD}\n")).ok();
    home.run(&["merge", "copy.tresor"]).ok();
    assert_eq!(home.run(&["forgot", "Shop", "--json"]).json()["signs_in_with_ends"], "gone");
    let out = home.run(&["forgot", "Shop"]).ok();
    assert!(out.contains("deleted for good"), "{out}");
    home.run(&["edit", "Shop", "--signs-in-with", "Google"]).fails(4, "no entry");
    home.run(&["get", "Shop"]).fails(4, "has no password");
}
