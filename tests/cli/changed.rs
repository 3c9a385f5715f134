//! `import` of a file whose entries the vault has in another state.

use serde_json::{Value, json};

use crate::home::Home;

const HEADER: &str = "url,username,password,totp,extra,name,grouping,fav\n";
const BEFORE: &str = "https://a.example,alice,old,,,A,Work,0\nhttps://b.example,bob,same,,,B,,0\n";
const AFTER: &str = "https://a.example,alice,new,,,A,Work,0\nhttps://b.example,bob,same,,,B,,0\n";

/// A vault with what `BEFORE` says, and a file with what `AFTER` says.
fn home() -> Home {
    let home = Home::new();
    home.write("a.csv", format!("{HEADER}{BEFORE}"));
    home.run(&["import", "a.csv"]).ok();
    home.write("a.csv", format!("{HEADER}{AFTER}"));
    home
}

fn entries(home: &Home) -> Vec<Value> {
    let mut all = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    all["entries"].as_array_mut().map(std::mem::take).unwrap()
}

#[test]
fn an_update_puts_the_old_value_into_the_history_and_is_one_step() {
    let home = home();
    let report = home.run(&["--json", "import", "a.csv", "--changed", "update"]).json();
    assert_eq!((&report["added"], &report["updated"], &report["known"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(report["items"][0]["fields"], json!(["password"]));
    let all = entries(&home);
    let of = |title: &str| all.iter().find(|entry| entry["title"] == title).unwrap();
    assert_eq!((all.len(), &of("A")["password"]), (2, &json!("new")));
    assert_eq!(of("A")["history"][0]["value"], "old");
    let again = home.run(&["import", "a.csv", "--changed", "update"]).ok();
    assert!(again.ends_with("Added 0, already there 2, skipped 0\n"), "{again}");
    home.run(&["undo"]).ok();
    assert_eq!(home.run(&["get", "a.example"]).ok(), "old\n");
}

#[test]
fn both_are_kept_where_nobody_can_be_asked() {
    let home = home();
    let done = home.run(&["import", "a.csv"]).ok();
    assert!(done.ends_with("Added 1, already there 1, skipped 0\n"), "{done}");
    assert_eq!(entries(&home).len(), 3);
    let again = home.run(&["import", "a.csv"]).ok();
    assert!(again.ends_with("Added 0, already there 2, skipped 0\n"), "{again}");
}

#[test]
fn what_is_skipped_stays_as_it_is_and_is_named() {
    let home = home();
    let before = home.bytes();
    let done = home.run(&["import", "a.csv", "--changed", "skip"]).ok();
    assert!(done.contains("left as it is, differs (password)"), "{done}");
    assert!(done.ends_with("Added 0, already there 1, skipped 0, left as they are 1\n"), "{done}");
    assert!(home.bytes() == before);
}

#[test]
fn a_dry_run_says_what_would_be_updated() {
    let home = home();
    let before = home.bytes();
    let done = home.run(&["import", "a.csv", "--changed=update", "--dry-run"]).ok();
    assert!(done.contains("updated (password)"), "{done}");
    assert!(home.bytes() == before);
}

#[test]
fn an_update_takes_nothing_away() {
    let home = home();
    home.given(
        "1\nnote\n",
        &["edit", "a.example", "--set", "tags=mine", "--set-stdin", "PIN", "--set-stdin", "note"],
    )
    .ok();
    // A table of less columns than the vault has fields.
    home.write("b.csv", "name,url,username,password\nA,https://a.example,alice,newer\n");
    home.run(&["import", "b.csv", "--changed", "update"]).ok();
    let all = entries(&home);
    let entry = all.iter().find(|entry| entry["title"] == "A").unwrap();
    assert_eq!(
        (&entry["password"], &entry["notes"], &entry["folder"], &entry["tags"]),
        (&json!("newer"), &json!("note"), &json!("Work"), &json!(["mine"]))
    );
    assert_eq!(entry["fields"][0]["value"], "1");
}

#[test]
fn of_two_that_are_called_alike_neither_is_updated() {
    let home = home();
    // Two new states of one entry: which of them is meant cannot be told.
    let row = |password: &str| format!("https://a.example,alice,{password},,,A,Work,0\n");
    home.write("a.csv", format!("{HEADER}{}{}", row("one"), row("two")));
    let done = home.run(&["import", "a.csv", "--changed", "update"]).ok();
    assert!(done.ends_with("Added 2, already there 0, skipped 0\n"), "{done}");
    // One that is equal to an entry is that entry, wherever it stands in the file.
    home.run(&["undo"]).ok();
    home.write("a.csv", format!("{HEADER}{}{}", row("three"), row("old")));
    let done = home.run(&["import", "a.csv", "--changed", "update"]).ok();
    assert!(done.ends_with("Added 1, already there 1, skipped 0\n"), "{done}");
}

#[test]
fn own_entries_are_known_by_their_ids() {
    let home = home();
    let mut all = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    all["entries"][0]["title"] = "Renamed".into();
    all["entries"][0]["fields"] = json!([{ "name": "PIN", "value": "1", "hidden": true, "type": "hidden" }]);
    home.write("own.json", all.to_string());
    let report = home.run(&["--json", "import", "own.json", "--changed", "update"]).json();
    assert_eq!((&report["updated"], &report["items"][0]["fields"]), (&json!(1), &json!(["title", "PIN"])));
    let exported = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    assert_eq!(
        (&exported["entries"][0]["title"], exported["entries"].as_array().unwrap().len()),
        (&json!("Renamed"), 2)
    );
}

#[test]
fn earlier_values_of_the_source_become_earlier_values_here() {
    let home = home();
    let mut all = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    let at = all["entries"].as_array().unwrap().iter().position(|entry| entry["title"] == "A").unwrap();
    let past = |field: &str, value: &str, time: &str| json!({ "field": field, "value": value, "time": time });
    let times = ["2001-01-01T00:00:00.000Z", "2101-01-01T00:00:00.000Z"];
    all["entries"][at]["history"] =
        json!([past("password", "oldest", times[0]), past("password", "strange", times[1])]);
    home.write("own.json", all.to_string());
    let report = home.run(&["--json", "import", "own.json", "--changed", "update"]).json();
    assert_eq!(
        (&report["updated"], &report["items"][at]["fields"]),
        (&json!(1), &json!(["history"])),
        "{report}"
    );
    let now = &entries(&home)[at];
    assert_eq!(now["password"], "old", "what is current stays so, whatever a time says");
    let history: Vec<&Value> = now["history"].as_array().unwrap().iter().map(|past| &past["value"]).collect();
    assert_eq!(history, ["oldest", "strange"]);
    let again = home.run(&["import", "own.json", "--changed", "update"]).ok();
    assert!(again.ends_with("Added 0, already there 2, skipped 0\n"), "{again}");
    home.run(&["undo"]).ok();
    assert_eq!(entries(&home)[at]["password"], "old");
}
