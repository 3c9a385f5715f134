//! `undo`, `redo` and `log`: kept across runs, in words, one step for whatever one command did.

use serde_json::json;

use crate::home::{Home, PASSWORD};

fn labels(home: &Home) -> Vec<String> {
    let log = home.run(&["--json", "log"]).json();
    log.as_array().unwrap().iter().map(|line| line["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_command_leaves_one_step_in_words() {
    let home = Home::new();
    assert_eq!(home.run(&["log", "--json"]).json(), json!([]));
    home.add("GitHub", "pw", &["--username", "octo"]);
    home.run(&["edit", "GitHub", "--generate", "--set", "url=https://a.b"]).ok();
    home.run(&["rm", "GitHub"]).ok();
    home.run(&["restore", "GitHub"]).ok();
    home.run(&["history", "GitHub", "--restore", "1"]).ok();
    home.write("export.csv", "url,username,password,totp,extra,name,grouping,fav\nhttp://x.y,u,p,,,One,,0\nhttp://z.y,v,q,,,Two,,0\n");
    home.run(&["import", "export.csv"]).ok();
    assert_eq!(
        labels(&home),
        [
            "import of export.csv",
            "password of GitHub brought back",
            "GitHub out of the trash",
            "GitHub to the trash",
            "url, password of GitHub",
            "new entry GitHub",
        ]
    );
    // One undo takes back the whole import.
    assert_eq!(home.run(&["undo"]).ok(), "Undid: import of export.csv\n");
    assert_eq!(home.listed(&[]).len(), 1);
    assert_eq!(home.run(&["get", "GitHub"]).ok(), "pw\n");
    let done = home.run(&["--json", "undo", "2"]).json();
    let step = |label| json!({ "label": label, "own": true, "written": 1, "kept": 0 });
    assert_eq!(
        done,
        json!({ "undone": [step("password of GitHub brought back"), step("GitHub out of the trash")] })
    );
    assert!(home.listed(&[]).is_empty());
    let log = home.run(&["log", "--json", "--limit", "1"]).json();
    let mut keys: Vec<&String> = log[0].as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["device", "id", "label", "time", "undone"]);
    assert_eq!((&log[0]["undone"], &log[0]["device"]), (&json!(true), &json!("this device")));
    let out = home.run(&["log"]).ok();
    assert!(out.lines().next().unwrap().ends_with("this device   import of export.csv  (undone)"), "{out}");
    let redone = home.run(&["redo", "3"]).ok();
    assert_eq!(
        redone,
        "Did again: GitHub out of the trash\nDid again: password of GitHub brought back\n\
         Did again: import of export.csv\n"
    );
    assert_eq!(home.listed(&[]).len(), 3);
}

#[test]
fn where_there_is_nothing_left_that_is_said() {
    let home = Home::new();
    let err = home.run(&["undo"]).fails(1, "there is nothing to undo");
    assert!(err.contains("a new master password, cannot be undone"), "{err}");
    home.run(&["redo"]).fails(1, "there is nothing to do again");
    home.add("a", "pw", &[]);
    let done = home.run(&["undo", "2"]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    assert!(format!("{done:?}").contains("There is no more to undo: 1 of 2 steps."), "{done:?}");
    home.run(&["redo"]).ok();
    for wrong in ["0", "-1", "x"] {
        home.run(&["undo", wrong]).fails(2, "");
    }
    // What is deleted for good is, and its steps find nothing.
    home.run(&["rm", "--purge", "a"]).ok();
    let out = home.run(&["undo"]).ok();
    assert_eq!(out, "Undid: new entry a; it had been changed since, and stays as it is\n");
    assert!(home.listed(&["--trash"]).is_empty() && home.listed(&[]).is_empty());
}

#[test]
fn a_new_key_stands_in_the_log_and_steps_before_it_can_be_undone() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home.run(&["edit", "a", "--set", "username=u"]).ok();
    home.given(format!("{PASSWORD} 2\n"), &["passwd"]).ok();
    let given = |arguments: &[&str]| {
        home.fed(format!("{PASSWORD} 2\n"), &[&["--password-stdin"], arguments].concat())
    };
    let log = given(&["log", "--json"]).json();
    assert_eq!(
        (&log[0]["label"], &log[0]["id"]),
        (&json!("new key of the vault (cannot be undone)"), &json!(null))
    );
    assert_eq!(given(&["undo"]).ok(), "Undid: username of a\n");
}

#[test]
fn titles_in_the_log_drive_no_terminal() {
    let home = Home::new();
    home.add("a\u{1b}[31m\u{202e}b", "pw", &[]);
    for out in [home.run(&["log"]).ok(), home.run(&["undo"]).ok(), home.run(&["--json", "log"]).ok()] {
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
    }
}
