//! `import` of a file whose entries the vault has in the trash, as after an import was undone.

use serde_json::{Value, json};

use crate::home::Home;

const HEADER: &str = "url,username,password,totp,extra,name,grouping,fav\n";
const ROWS: &str = "https://a.example,alice,one,,,A,Work,0\nhttps://b.example,bob,two,,,B,,0\n";

/// A vault into which a file was imported, and the import undone.
fn home() -> Home {
    let home = Home::new();
    home.write("a.csv", format!("{HEADER}{ROWS}"));
    home.run(&["import", "a.csv"]).ok();
    home.run(&["undo"]).ok();
    assert_eq!(live(&home), 0);
    home
}

fn live(home: &Home) -> usize {
    home.run(&["ls", "--json"]).json().as_array().unwrap().len()
}

#[test]
fn what_an_undone_import_left_in_the_trash_is_taken_out_as_one_step() {
    let home = home();
    let report = home.run(&["--json", "import", "a.csv", "--trashed", "restore"]).json();
    let figures = |report: &Value| ["added", "known", "restored", "trashed"].map(|key| report[key].clone());
    assert_eq!(figures(&report), [json!(0), json!(0), json!(2), Value::Null]);
    assert_eq!(report["items"][0]["status"], "taken out of the trash");
    assert_eq!((live(&home), home.run(&["get", "a.example"]).ok()), (2, "one\n".to_owned()));
    let again = home.run(&["--json", "import", "a.csv", "--trashed", "restore"]).json();
    assert_eq!(figures(&again), [json!(0), json!(2), Value::Null, Value::Null]);
    home.run(&["undo"]).ok();
    assert_eq!(live(&home), 0);
}

#[test]
fn what_was_deleted_stays_so_until_somebody_says_otherwise() {
    let home = home();
    let before = home.bytes();
    let (said, hint) = home.run(&["import", "a.csv"]).both();
    assert!(hint.contains("--trashed restore"), "{hint}");
    assert!(said.contains("already there  A/alice; in the trash\n"), "{said}");
    assert!(said.ends_with("Added 0, already there 2, skipped 0, of those there in the trash 2\n"), "{said}");
    let report = home.run(&["--json", "import", "a.csv", "--trashed", "leave"]).json();
    assert_eq!((&report["known"], &report["trashed"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&report["items"][0]["status"], &report["items"][0]["in_trash"]),
        (&json!("already there"), &json!(true))
    );
    assert!(home.bytes() == before);
    assert_eq!(live(&home), 0);
}

#[test]
fn a_dry_run_says_what_would_be_taken_out() {
    let home = home();
    let before = home.bytes();
    let report = home.run(&["--json", "import", "a.csv", "--trashed", "restore", "--dry-run"]).json();
    assert_eq!(report["restored"], 2);
    assert!(home.bytes() == before);
}

#[test]
fn the_file_is_kept_while_an_entry_of_it_is_in_the_trash() {
    let home = home();
    let report = home.run(&["--json", "import", "a.csv", "--remove-source"]).json();
    assert_eq!(report["source_removed"], false);
    let report = home.run(&["--json", "import", "a.csv", "--remove-source", "--trashed", "restore"]).json();
    assert_eq!(report["source_removed"], true);
}

#[test]
fn an_entry_comes_out_with_its_own_history_and_the_one_in_use_is_not_doubled() {
    let home = home();
    home.run(&["import", "a.csv", "--trashed", "restore"]).ok();
    // B alone goes to the trash; a second A, as the file has it twice, is no reason to take B out.
    home.run(&["rm", "b.example"]).ok();
    home.write("a.csv", format!("{HEADER}{ROWS}{ROWS}"));
    let report = home.run(&["--json", "import", "a.csv", "--trashed", "restore"]).json();
    assert_eq!((&report["added"], &report["known"], &report["restored"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(live(&home), 4);
}

#[test]
fn what_the_source_has_in_its_own_trash_stays_there() {
    let home = home();
    let own = home.run(&["export", "-", "--to", "json", "--yes"]).json();
    home.write("own.json", own.to_string());
    let report = home.run(&["--json", "import", "own.json", "--trashed", "restore"]).json();
    assert_eq!((&report["known"], &report["restored"]), (&json!(2), &Value::Null));
    assert_eq!(live(&home), 0);
}
