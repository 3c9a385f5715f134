//! Plain files: where one may go, and what becomes of one that was imported.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::home::Home;

const ROWS: &str = "name,url,username,password\nA,https://a.example,alice,hunter2\n";

fn folder(home: &Home, name: &str, mode: u32) {
    fs::create_dir_all(home.path(name)).unwrap();
    fs::set_permissions(home.path(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_plain_export_goes_into_no_folder_that_everybody_can_read() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    fs::set_permissions(home.path("."), Permissions::from_mode(0o711)).unwrap();
    folder(&home, "open", 0o755);
    folder(&home, "own", 0o700);
    for to in ["json", "chrome-csv", "html", "bitwarden-json"] {
        let err =
            home.run(&["export", "open/out", "--to", to, "--yes"]).fails(7, "every user of this machine");
        assert!(err.contains("Nothing was exported.") && err.contains("--force"), "{err}");
        assert_eq!(fs::read_dir(home.path("open")).unwrap().count(), 0);
    }
    home.run(&["export", "own/out", "--to", "json", "--yes"]).ok();
    home.run(&["export", "open/out", "--to", "json", "--yes", "--force"]).ok();
    home.run(&["export", "open/copy", "--to", "vault"]).ok();
    home.given("a password 4711\n", &["export", "open/kdbx", "--to", "kdbx"]).ok();
}

#[test]
fn a_folder_that_is_synced_is_warned_of() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    folder(&home, "Dropbox/mine", 0o700);
    let (_, err) = home.run(&["export", "Dropbox/mine/out", "--to", "json", "--yes"]).both();
    assert!(err.contains("synced by Dropbox"), "{err}");
    let (_, err) = home.run(&["export", "out", "--to", "json", "--yes"]).both();
    assert!(!err.contains("synced"), "{err}");
}

#[test]
fn what_an_encrypted_export_loses_is_said_before_its_password_is_asked_for() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    home.write("own.json", r#"{"format":"tresor","version":1,"entries":[{"title":"f","attachments":[{"name":"n","content":"AAAA"}]}]}"#);
    home.run(&["import", "own.json"]).ok();
    // There is no password on standard input, so that nothing is written.
    let err = home.fed(
        "correct horse battery staple\n",
        &["--password-stdin", "export", "x", "--to", "bitwarden-json-encrypted"],
    );
    let text = format!("{err:?}");
    assert!(text.contains("files: left out"), "{text}");
    assert!(!home.path("x").exists());
}

#[test]
fn the_source_is_removed_when_all_of_it_is_in_the_vault() {
    let home = Home::new();
    home.write("a.csv", ROWS);
    home.run(&["import", "a.csv", "--remove-source", "--dry-run"]).fails(2, "");
    let report = home.run(&["--json", "import", "a.csv", "--remove-source"]).json();
    assert_eq!((&report["added"], &report["source_removed"]), (&json!(1), &json!(true)));
    assert!(!home.path("a.csv").exists());
    assert_eq!(home.run(&["get", "a.example"]).ok(), "hunter2\n");
}

#[test]
fn a_source_that_is_not_all_in_is_kept() {
    let home = Home::new();
    home.write(
        "a.csv",
        "url,username,password,totp,extra,name,grouping,fav\nhttps://a.example,u,p,,,A,,0\ntoo,few\n",
    );
    let done = home.run(&["--json", "import", "a.csv", "--remove-source"]);
    assert_eq!(done.code(), Some(8));
    assert!(home.path("a.csv").exists());
    // Left in another state is not in the vault either.
    home.write("b.csv", ROWS);
    home.run(&["import", "b.csv"]).ok();
    home.write("b.csv", ROWS.replace("hunter2", "hunter3"));
    let report = home.run(&["--json", "import", "b.csv", "--changed", "skip", "--remove-source"]).json();
    assert_eq!(report["source_removed"], false);
    assert!(home.path("b.csv").exists());
}

#[test]
fn a_link_is_not_followed_to_be_removed() {
    let home = Home::new();
    home.write("a.csv", ROWS);
    std::os::unix::fs::symlink(home.path("a.csv"), home.path("link.csv")).unwrap();
    let done = home.run(&["import", "link.csv", "--remove-source"]);
    assert_eq!(done.code(), Some(8));
    assert!(format!("{done:?}").contains("it is a link"), "{done:?}");
    assert_eq!(fs::read_to_string(home.path("a.csv")).unwrap(), ROWS);
    assert_eq!(home.run(&["get", "a.example"]).ok(), "hunter2\n", "the import stands");
}
