//! `generated`, `rotate` and `remind`: no generated password is lost, one becomes current only after a yes, and
//! reminders are kept, told and armed again by a change.

use serde_json::json;

use crate::home::Home;

fn generated(home: &Home) -> Vec<String> {
    let lines = home.run(&["generated", "ls", "--reveal", "--json"]).json();
    lines.as_array().unwrap().iter().map(|line| line["value"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_generated_is_kept_when_that_is_asked_for() {
    let home = Home::new();
    home.run(&["generate"]).ok();
    assert!(generated(&home).is_empty(), "without a vault nothing is kept");
    let printed = home.run(&["generate", "--keep", "--for", "the router", "--count", "2"]).ok();
    let kept = generated(&home);
    assert!(kept.len() == 2 && kept.iter().all(|one| printed.lines().any(|line| line == one)), "{printed}");
    let list = home.run(&["generated"]).ok();
    assert!(list.contains("the router") && kept.iter().all(|one| !list.contains(one.as_str())), "{list}");
    assert_eq!(home.run(&["generated", "get", "2"]).ok(), format!("{}\n", kept[1]));
    let line = &home.run(&["generated", "--json"]).json()[0];
    assert_eq!(
        (&line["made_for"], &line["used"], &line["value"]),
        (&json!("the router"), &json!(false), &json!(null))
    );
    let id = line["id"].as_str().unwrap().to_owned();
    assert_eq!(home.run(&["generated", "get", &id]).ok(), format!("{}\n", kept[0]));
    home.run(&["generated", "get", "3"]).fails(4, "no generated password \"3\"");
    home.run(&["generated", "get", "0"]).fails(4, "tresor generated");
    home.run(&["generate", "--for", "x"]).fails(2, "--keep");
    home.run(&["generate", "--keep", "--count", "201"]).fails(2, "200");
    home.run(&["generated", "purge", &id]).fails(7, "--yes");
    home.run(&["generated", "purge"]).fails(2, "WHICH");
    home.run(&["generated", "purge", &id, "--yes"]).ok();
    assert_eq!(generated(&home), kept[1..]);
    assert_eq!(home.run(&["generated", "purge", "--all", "--yes", "--json"]).json(), json!({ "deleted": 1 }));
    assert!(generated(&home).is_empty());
}

#[test]
fn a_new_password_is_pending_until_it_is_confirmed() {
    let home = Home::new();
    let id = home.add("Shop", "the old one", &["--url", "https://me:secret@shop.example.com/login?t=secret"]);
    home.run(&["get", "Shop", "--field", "pending"]).fails(4, "has no pending");
    home.run(&["rotate", "Shop"]).fails(2, "--start, --confirm or --drop");
    home.run(&["rotate", "--start"]).fails(2, "QUERY");
    home.run(&["rotate", "Shop", "--start", "--confirm"]).fails(2, "cannot be used with");
    home.run(&["rotate", "Shop", "--confirm"]).fails(4, "no pending password");
    let started = home.run(&["rotate", "Shop", "--start", "--json"]).json();
    let page = "https://shop.example.com/.well-known/change-password";
    let said = json!({ "id": id, "title": "Shop", "page": page, "pending": true, "made": true });
    assert_eq!(started, said);
    let new = home.run(&["get", "Shop", "--field", "pending"]).ok();
    assert_eq!((home.run(&["get", "Shop"]).ok().as_str(), new.len()), ("the old one\n", 21));
    assert_eq!(generated(&home), [new.trim_end()]);
    assert_eq!(home.run(&["rotate", "Shop", "--start", "--json"]).json()["made"], json!(false));
    assert_eq!(home.run(&["get", "Shop", "--field", "pending"]).ok(), new, "a second start keeps it");
    let listed = home.run(&["rotate", "--json"]).json();
    assert_eq!(listed[0]["reasons"][0]["kind"], "pending", "{listed}");
    assert_eq!(listed[0]["page"], page);
    let printed = home.run(&["rotate", "Shop", "--confirm"]).ok();
    assert_eq!(printed, "The new password of Shop is current; the old one is in its history\n");
    assert_eq!(home.run(&["get", "Shop"]).ok(), new);
    home.run(&["get", "Shop", "--field", "pending"]).fails(4, "has no pending");
    assert!(home.run(&["history", "Shop", "--reveal"]).ok().contains("the old one"));
    home.run(&["undo"]).ok();
    assert_eq!(home.run(&["get", "Shop"]).ok(), "the old one\n", "one step");
    assert_eq!(home.run(&["get", "Shop", "--field", "pending"]).ok(), new);
    home.run(&["rotate", "Shop", "--drop"]).ok();
    home.run(&["rotate", "Shop", "--drop"]).fails(4, "no pending password");
    assert_eq!(generated(&home), [new.trim_end()], "it stays at hand");
}

#[test]
fn what_an_audit_finds_is_listed_the_worst_first() {
    let home = Home::new();
    home.add("Strong", "7tR!fZ4cBw0q-Lk2", &[]);
    home.add("Shop", "Zwiebel%fisch-17", &["--url", "https://shop.example.com"]);
    home.add("Forum", "Zwiebel%fisch-17", &["--url", "http://forum.example.org"]);
    home.add("Weak", "sunshine", &[]);
    let listed = home.run(&["rotate", "--json"]).json();
    let said: Vec<(&str, &str)> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["title"].as_str().unwrap(), line["reasons"][0]["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(said[0], ("Weak", "weak"), "{listed}");
    assert!(said.len() == 3 && said[1..].iter().all(|(_, kind)| *kind == "reused"), "{listed}");
    assert!(home.run(&["rotate"]).ok().contains("same password as"));
    home.run(&["audit", "ignore", "Weak", "weak", "--reason", "a door code"]).ok();
    home.run(&["rotate", "Shop", "--start"]).ok();
    home.run(&["rotate", "Shop", "--confirm"]).ok();
    assert_eq!(home.run(&["rotate", "--json"]).json(), json!([]), "nobody else has the other one now");
    home.write("config/tresor/config.toml", "breached = \"/nothing/here\"\n");
    let listed = home.run(&["rotate"]);
    assert!(listed.err().contains("Breached passwords are not listed"), "{}", listed.err());
}

#[test]
fn what_has_no_password_is_not_changed() {
    let home = Home::new();
    home.add("Card", "", &["--kind", "card"]);
    home.run(&["rotate", "Card", "--start"]).fails(4, "no password to change");
    home.run(&["rotate", "nothing", "--start"]).fails(4, "no entry");
}

#[test]
fn reminders_are_of_an_entry_a_folder_or_everywhere() {
    let home = Home::new();
    home.add("a", "pw", &["--folder", "Work/Mail"]);
    home.add("b", "pw", &[]);
    home.run(&["remind"]).ok();
    assert_eq!(home.run(&["remind", "a", "--every", "every 6 months"]).ok(), "a: every 6 months\n");
    home.run(&["remind", "--folder", "Work", "--every", "90d"]).ok();
    home.run(&["remind", "--everywhere", "--every", "1y", "--json"]).ok();
    let of = |title: &str| home.run(&["remind", title, "--json"]).json()[0]["days"].clone();
    assert_eq!((of("a"), of("b")), (json!(183), json!(365)));
    home.run(&["remind", "a", "--clear"]).ok();
    assert_eq!(of("a"), json!(90), "as the folder above says");
    home.run(&["remind", "--folder", "Work/Mail", "--never"]).ok();
    assert_eq!(home.run(&["remind", "a", "--json"]).json(), json!([]), "the nearest folder counts");
    let all = home.run(&["remind", "--json"]).json();
    let said: Vec<(&str, &str, u64)> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap();
            (text("scope"), text("name"), line["days"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(said, [("everywhere", "", 365), ("folder", "Work", 90), ("folder", "Work/Mail", 0)]);
    for (options, status, what) in [
        (vec!["--everywhere", "--every", "soon"], 2, "6 months"),
        (vec!["--everywhere", "--every", "0 days"], 2, "hundred years"),
        (vec!["--everywhere", "--every", "999y"], 2, "hundred years"),
        (vec!["--everywhere"], 2, "--every"),
        (vec!["--every", "6m"], 2, "required"),
        (vec!["--folder", "/", "--every", "6m"], 2, "empty"),
        (vec!["a", "--everywhere", "--every", "6m"], 2, "cannot be used with"),
        (vec!["zzz", "--every", "6m"], 4, "no entry"),
    ] {
        home.run(&[&["remind"], options.as_slice()].concat()).fails(status, what);
    }
    home.run(&["remind", "--everywhere", "--clear"]).ok();
    home.run(&["remind", "b", "--json"]).ok();
}

#[test]
fn a_change_arms_the_reminder_again_and_a_day_of_expiry_is_told() {
    let home = Home::new();
    let export = json!({ "format": "tresor", "version": 1, "entries": [{
        "title": "Old", "password": "7tR!fZ4cBw0q-Lk2", "created": "2020-01-01T00:00:00Z", "modified": "2020-01-01T00:00:00Z",
    }]});
    let file = home.write("old.json", export.to_string());
    home.run(&["import", file.to_str().unwrap()]).ok();
    home.run(&["remind", "Old", "--every", "6 months"]).ok();
    let listed = home.run(&["rotate", "--json"]).json();
    assert_eq!(listed[0]["reasons"][0]["kind"], "due", "{listed}");
    assert!(home.run(&["remind", "Old"]).ok().contains("due since 2020-07-02"));
    home.run(&["rotate", "Old", "--start"]).ok();
    home.run(&["rotate", "Old", "--confirm"]).ok();
    assert_eq!(home.run(&["rotate", "--json"]).json(), json!([]));
    assert_eq!(home.run(&["remind", "Old", "--json"]).json()[0]["is_due"], json!(false));

    home.add("Card", "", &["--kind", "card"]);
    home.run(&["edit", "Card", "--set", "expires=31.05.2027"]).fails(2, "2027-05-31");
    home.run(&["edit", "Card", "--set", "expires=05/25"]).ok();
    assert_eq!(home.run(&["get", "Card", "--field", "expires"]).ok(), "2025-05-31\n");
    assert!(home.run(&["rotate"]).ok().contains("Card  expired on 2025-05-31"));
    home.run(&["edit", "Card", "--set", "expires="]).ok();
    home.run(&["get", "Card", "--field", "expires"]).fails(4, "has no expires");
}
