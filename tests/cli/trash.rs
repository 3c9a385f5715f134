//! `rm`, `restore`, `trash empty`: to the trash and back, or gone for good.

use serde_json::json;

use crate::home::Home;

#[test]
fn rm_moves_to_the_trash_and_restore_takes_out() {
    let home = Home::new();
    let id = home.add("a", "pw", &[]);
    assert_eq!(home.run(&["rm", "a"]).ok(), "Moved a to the trash; `tresor restore` takes it out\n");
    assert!(home.listed(&[]).is_empty());
    assert_eq!(home.listed(&["--trash"])[0]["id"], id.as_str());
    home.run(&["restore", "b"]).fails(4, "no entry in the trash for \"b\"");
    assert_eq!(home.run(&["restore", "a"]).ok(), "Restored a\n");
    assert_eq!(home.run(&["get", "a"]).ok(), "pw\n");
    home.run(&["restore", "a"]).fails(4, "tresor ls --trash");
    assert_eq!(home.run(&["--json", "rm", "a"]).json(), json!({ "id": id, "title": "a", "purged": false }));
    assert_eq!(home.run(&["--json", "restore", &id]).json(), json!({ "id": id, "title": "a" }));
}

#[test]
fn purge_deletes_for_good_also_from_the_trash() {
    let home = Home::new();
    let id = home.add("a", "pw", &[]);
    assert_eq!(home.run(&["rm", "a", "--purge"]).ok(), "Deleted a for good; back-ups still hold it\n");
    home.run(&["restore", "a"]).fails(4, "no entry in the trash");
    home.run(&["get", &id]).fails(4, "no entry for");
    home.add("b", "pw", &[]);
    home.run(&["rm", "b"]).ok();
    home.run(&["rm", "b"]).fails(4, "It is in the trash");
    home.run(&["--json", "rm", "--purge", "b"]).json();
    assert!(home.listed(&["--trash"]).is_empty());
    home.run(&["rm", "--purge", "b"]).fails(4, "no entry");
}

#[test]
fn the_trash_is_emptied_and_nothing_else() {
    let home = Home::new();
    for title in ["a", "b", "c"] {
        home.add(title, "pw", &[]);
    }
    home.run(&["rm", "a"]).ok();
    home.run(&["rm", "b"]).ok();
    assert_eq!(home.run(&["trash", "empty"]).ok(), "Deleted 2 entries for good\n");
    assert_eq!(home.run(&["trash", "empty", "--json"]).json(), json!({ "deleted": 0 }));
    assert!(home.listed(&["--trash"]).is_empty());
    assert_eq!(home.listed(&[]).len(), 1);
    assert_eq!(home.run(&["trash"]).code(), Some(2), "what is to be done with it is not said");
    home.run(&["trash", "fill"]).fails(2, "unrecognized subcommand");
}

#[test]
fn one_of_several_in_the_trash_is_told_apart() {
    let home = Home::new();
    let ids = ["x", "y"].map(|user| home.add("Mail", "pw", &["--username", user]));
    ids.iter().for_each(|id| drop(home.run(&["rm", id]).ok()));
    home.run(&["restore", "Mail"]).fails(5, "2 entries in the trash for \"Mail\"");
    home.run(&["rm", "Mail", "--purge"]).fails(5, "2 entries in the trash for \"Mail\"");
    home.run(&["restore", "Mail/y"]).ok();
    assert_eq!(home.listed(&[])[0]["id"], ids[1].as_str());
}
