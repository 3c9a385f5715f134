//! `codes`: back-up codes, given out once each.

use std::collections::BTreeSet;
use std::thread;

use crate::home::Home;
use crate::terminal::Terminal;

const CODES: &str = "GitHub recovery codes:\n1. aaaa-1111\n2. bbbb-2222\n\n3. cccc-3333\n";

fn with_codes() -> (Home, String) {
    let home = Home::new();
    let id = home.add("GitHub", "pw", &["--username", "anna"]);
    let (out, err) = home.given(CODES, &["codes", "GitHub", "--add"]).both();
    assert_eq!(out, "Added 3 back-up codes to GitHub, anna: 3 of 3 left\n");
    assert_eq!(err, "Left out, being no codes: line 1.\n");
    (home, id)
}

#[test]
fn codes_are_listed_masked_and_shown_on_request() {
    let (home, id) = with_codes();
    let (out, err) = home.run(&["codes", "GitHub"]).both();
    assert_eq!(out, "   1  ********\n   2  ********\n   3  ********\n");
    assert_eq!(err, "3 of 3 left of GitHub, anna\n");
    let out = home.run(&["codes", "GitHub", "--reveal"]).ok();
    assert_eq!(out, "   1  aaaa-1111\n   2  bbbb-2222\n   3  cccc-3333\n");
    let json = home.run(&["codes", "GitHub", "--json"]).json();
    assert_eq!((&json["id"], &json["left"], &json["total"]), (&id.into(), &3.into(), &3.into()));
    assert_eq!(json["codes"][1], serde_json::json!({ "number": 2, "used": false, "code": null }));
    let json = home.run(&["codes", "GitHub", "--json", "--reveal"]).json();
    assert_eq!(json["codes"][2]["code"], "cccc-3333");
    // They are custom fields like any other.
    assert_eq!(home.run(&["get", "GitHub", "--field", "Back-up code 2"]).ok(), "bbbb-2222\n");
}

#[test]
fn each_code_is_given_out_once_and_that_can_be_undone() {
    let (home, _) = with_codes();
    let (out, err) = home.run(&["codes", "GitHub", "--next"]).both();
    assert_eq!(out, "aaaa-1111\n");
    assert!(err.contains("2 of 3 left") && err.contains("Have the site make new ones"), "{err}");
    assert_eq!(home.run(&["codes", "GitHub"]).ok(), "   1  ********  used\n   2  ********\n   3  ********\n");
    assert_eq!(home.run(&["undo"]).ok(), "Undid: back-up code 1 of GitHub used\n");
    assert_eq!(home.run(&["codes", "GitHub", "--next"]).ok(), "aaaa-1111\n");
    let json = home.run(&["codes", "GitHub", "--next", "--json"]).json();
    assert_eq!((&json["number"], &json["code"], &json["left"]), (&2.into(), &"bbbb-2222".into(), &1.into()));
    assert_eq!(home.run(&["codes", "GitHub", "--next"]).ok(), "cccc-3333\n");
    let err =
        home.run(&["codes", "GitHub", "--next"]).fails(4, "all 3 back-up codes of GitHub, anna are used");
    assert!(err.contains("`tresor codes GitHub --add --replace`"), "{err}");
    let out = home.run(&["codes", "GitHub", "--unused", "2"]).ok();
    assert_eq!(out, "Noted: back-up code 2 of GitHub, anna not used; 1 of 3 left\n");
    assert_eq!(home.run(&["codes", "GitHub", "--next"]).ok(), "bbbb-2222\n");
    home.run(&["codes", "GitHub", "--used", "9"]).fails(4, "has no back-up code 9");
    home.run(&["codes", "GitHub", "--used", "1", "--unused", "2"]).fails(2, "cannot be used with");
    home.run(&["codes", "GitHub", "--next", "--reveal"]).fails(2, "cannot be used with");
    home.run(&["codes", "nobody", "--next"]).fails(4, "no entry");
}

#[test]
fn a_code_that_cannot_be_ticked_off_is_not_given() {
    let (home, _) = with_codes();
    std::fs::remove_dir_all(home.path("state")).unwrap();
    home.write("state", "");
    home.run(&["codes", "GitHub", "--next"]).fails(1, "cannot make the folder");
}

#[test]
fn the_next_code_goes_to_the_clipboard_if_that_is_wished() {
    let (home, _) = with_codes();
    let (code, seen) = Terminal::run(&home, &["codes", "GitHub", "--next", "--copy"]);
    let text = String::from_utf8_lossy(&seen);
    assert!(code == 0 && text.contains("Copied back-up code 1 of GitHub, anna to the terminal"), "{text}");
    assert!(text.contains("\x1b]52;c;YWFhYS0xMTEx") && !text.contains("aaaa-1111"), "{text:?}");
    // Where nothing takes it, it is ticked off all the same, and that is said.
    let err = home.run(&["codes", "GitHub", "--next", "--copy"]).says("");
    assert!(err.contains("`tresor codes GitHub --unused 2` takes that back"), "{err}");
    assert_eq!(home.run(&["codes", "GitHub", "--json"]).json()["left"], 1);
}

#[test]
fn new_codes_are_added_to_those_there_or_put_in_their_place() {
    let (home, _) = with_codes();
    home.run(&["codes", "GitHub", "--used", "1", "--used", "2"]).ok();
    let json =
        home.given("aaaa-1111 dddd-4444\nno code here!\n", &["codes", "GitHub", "--add", "--json"]).json();
    assert_eq!((&json["added"], &json["doubles"]), (&1.into(), &1.into()));
    assert_eq!((&json["left"], &json["total"]), (&2.into(), &4.into()));
    assert_eq!(json["left_out_lines"], serde_json::json!([2]));
    assert_eq!(home.run(&["get", "GitHub", "--field", "back-up code 4"]).ok(), "dddd-4444\n");
    let out = home.given("5555 6666  7777 8888\n", &["codes", "GitHub", "--add", "--replace"]).ok();
    assert_eq!(out, "Added 2 back-up codes to GitHub, anna: 2 of 2 left\n");
    assert_eq!(home.run(&["codes", "GitHub", "--reveal"]).ok(), "   1  5555 6666\n   2  7777 8888\n");
    home.run(&["undo"]).ok();
    assert_eq!(home.run(&["codes", "GitHub", "--json"]).json()["left"], 2, "as it was before");
}

#[test]
fn what_holds_no_code_changes_nothing() {
    let (home, _) = with_codes();
    home.given("", &["codes", "GitHub", "--add"]).fails(2, "no back-up code on standard input");
    home.given("Nothing, really.\n", &["codes", "GitHub", "--add"]).fails(2, "no back-up code");
    home.given(CODES, &["codes", "GitHub", "--add"]).fails(2, "there already");
    home.given(b"\xff\xfe1234-5678\n", &["codes", "GitHub", "--add"]).fails(2, "not UTF-8");
    let many: String = (0..1001).map(|number| format!("{number:08}\n")).collect();
    home.given(&many, &["codes", "GitHub", "--add", "--replace"]).fails(2, "at most 1000");
    home.run(&["codes", "GitHub", "--replace"]).fails(2, "--add");
    let (out, err) = {
        home.add("Bare", "pw", &[]);
        home.run(&["codes", "Bare"]).both()
    };
    assert!(
        out.is_empty() && err.contains("Bare has no back-up codes") && err.contains("codes Bare --add"),
        "{err}"
    );
    home.run(&["codes", "Bare", "--next"]).fails(4, "Bare has no back-up codes");
}

#[test]
fn a_thousand_codes_are_pasted_and_counted() {
    let home = Home::new();
    home.add("Big", "pw", &[]);
    let many: String = (0..1000).map(|number| format!("{number}. {:08}\r\n", number * 7919)).collect();
    assert!(home.given(&many, &["codes", "Big", "--add"]).ok().contains("1000 of 1000 left"));
    assert_eq!(home.run(&["codes", "Big", "--next"]).ok(), "00000000\n");
    assert_eq!(home.run(&["codes", "Big"]).ok().lines().count(), 1000);
}

#[test]
fn programs_at_once_never_give_the_same_code() {
    let home = Home::new();
    home.add("Big", "pw", &[]);
    let many: String = (0..40).map(|number| format!("{:08}\n", 10_000_000 + number)).collect();
    home.given(&many, &["codes", "Big", "--add"]).ok();
    let given: Vec<String> = thread::scope(|scope| {
        let one = || (0..4).map(|_| home.run(&["codes", "Big", "--next"]).ok()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), 16, "{given:?}");
}
