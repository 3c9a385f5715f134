//! `audit`: what it finds, how it ends, what it never prints, and lists of breached passwords that are none.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use tresor::crypto::breach::BreachHash;

use crate::home::Home;

const STRONG: &str = "xK9#mQ2vL8pW-sentinel";

/// A vault with one of nearly everything that is wrong.
fn ailing() -> Home {
    let home = Home::new();
    home.add("Good", STRONG, &["--url", "https://good.example.com"]);
    home.add("Weak", "sentinel1", &["--username", "sentinel"]);
    home.add("Forum", "Zwiebel%fisch-sentinel", &["--url", "http://forum.example.com/x"]);
    home.add("Shop", "Zwiebel%fisch-sentinel", &["--username", "o"]);
    home.add("Shop two", "zwiebel%fisch-sentinel!", &[]);
    home
}

fn findings(out: &str) -> Vec<(String, String)> {
    let found: Vec<BTreeMap<String, String>> =
        serde_json::from_str(out).unwrap_or_else(|error| panic!("{error}: {out}"));
    for finding in &found {
        assert_eq!(finding.keys().collect::<Vec<_>>(), ["detail", "id", "kind", "title"], "{finding:?}");
        assert_eq!(finding["id"].len(), 32);
    }
    found.into_iter().map(|mut it| (it.remove("kind").unwrap(), it.remove("title").unwrap())).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, title)| ((*kind).to_owned(), (*title).to_owned())).collect()
}

/// A list that has these passwords.
fn list(hash: BreachHash, passwords: &[(&str, u64)], end: &str) -> String {
    let lines: BTreeMap<String, u64> = passwords
        .iter()
        .map(|(password, count)| (hash.hex(password.as_bytes()).to_string(), *count))
        .collect();
    lines.iter().map(|(hash, count)| format!("{hash}:{count}{end}")).collect()
}

#[test]
fn nothing_found_is_status_0() {
    let home = Home::new();
    assert_eq!(home.run(&["audit", "--json"]).json(), json!([]));
    home.add("Good", STRONG, &["--url", "https://good.example.com"]);
    let (out, err) = home.run(&["audit"]).ends_with(0);
    assert!(out.contains("[####################] 100 of 100") && out.contains("Nothing is wrong."), "{out}");
    assert_eq!(err, "");
    assert_eq!(home.run(&["audit", "--json"]).json(), json!([]));
}

#[test]
fn findings_are_status_9_the_worst_first_and_never_a_password() {
    let home = ailing();
    let (out, err) = home.run(&["audit", "--json"]).ends_with(9);
    assert_eq!(
        findings(&out),
        pairs(&[
            ("weak", "Weak"),
            ("reused", "Forum"),
            ("reused", "Shop"),
            ("similar", "Forum"),
            ("similar", "Shop"),
            ("similar", "Shop two"),
            ("http", "Forum"),
        ])
    );
    let (text, note) = home.run(&["audit"]).ends_with(9);
    for words in [
        "Entries     [################----] 4 of 5 with a finding",
        "weak        [####----------------] 1",
        "weak: Generate a new password and change it at the site.",
        "  Weak/sentinel: weak: it holds a word of this entry",
        "  Forum: same password as Shop/o",
        "  Shop two: differs little from the password of Forum and 1 more",
        "  Forum: http://forum.example.com is reached without encryption",
        "Not looked up in a list of breached passwords",
    ] {
        assert!(text.contains(words), "{words} not in {text}");
    }
    // The user name is told; nothing else has this word.
    let all = [out, text, err, note].concat().replace("Weak/sentinel", "");
    assert!(!all.contains("sentinel"), "{all}");
}

#[test]
fn what_is_known_of_sites_counts() {
    let home = Home::new();
    home.write(
        "config/tresor/sites",
        "rule strict.example.com minlength: 30\nlogin shop.example.org shop.example.net\n",
    );
    home.add("Strict", STRONG, &["--url", "https://strict.example.com/login"]);
    home.add("Shop", "xK9#mQ2vL8pW", &["--url", "https://shop.example.org", "--username", "o"]);
    home.add("Shop", "xK9#mQ2vL8pW", &["--url", "https://shop.example.net", "--username", "o"]);
    let (out, _) = home.run(&["audit", "--json"]).ends_with(9);
    assert_eq!(
        findings(&out),
        pairs(&[("weak", "Strict"), ("duplicate", "Shop"), ("duplicate", "Shop")]),
        "{out}"
    );
    assert!(out.contains("the site asks for 30 characters"), "{out}");
}

#[test]
fn breached_passwords_of_a_file_and_of_a_folder() {
    let home = ailing();
    let known = [("sentinel1", 3_861_493), (STRONG, 1), ("123456", 37_359_195)];
    for (hash, end) in [(BreachHash::Sha1, "\n"), (BreachHash::Ntlm, "\r\n")] {
        home.write("pwned.txt", list(hash, &known, end));
        let (out, _) = home.run(&["audit", "--json", "--breached", "pwned.txt"]).ends_with(9);
        assert_eq!(findings(&out)[..2], pairs(&[("breached", "Weak"), ("breached", "Good")]));
        let found: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(found[0]["detail"], "seen 3,861,493 times in breaches");
        assert!(!out.contains("sentinel"), "{out}");
    }
    // As the downloader makes it, whole: a range for each password of the vault.
    let hash = |password: &str| BreachHash::Sha1.hex(password.as_bytes()).to_string();
    home.write("ranges/00000.txt", format!("{}:4\r\n", "0".repeat(35)));
    for password in ["Zwiebel%fisch-sentinel", "zwiebel%fisch-sentinel!", "sentinel1", STRONG] {
        let hash = hash(password);
        let (prefix, rest) = hash.split_at(5);
        let content =
            if password == STRONG { format!("{rest}:17\r\n") } else { format!("{}:1\r\n", "0".repeat(35)) };
        home.write(&format!("ranges/{prefix}.txt"), content);
    }
    let (out, _) = home.run(&["audit", "--json", "--breached", "ranges"]).ends_with(9);
    assert_eq!(findings(&out)[0], pairs(&[("breached", "Good")])[0]);
    // The settings may name it.
    let path = home.path("pwned.txt");
    home.write("config/tresor/config.toml", format!("breached = {path:?}\nold-after = 0\n"));
    let (out, _) = home.run(&["audit", "--json"]).ends_with(9);
    assert_eq!(findings(&out)[0], pairs(&[("breached", "Weak")])[0]);
}

#[test]
fn what_is_no_list_is_refused_with_status_1() {
    let home = ailing();
    let refused = |name: &str, what: &str| {
        let err = home.run(&["audit", "--breached", name]).fails(1, what);
        assert!(err.contains("Nothing was changed."), "{err}");
    };
    let hash = |first: char| first.to_string().repeat(40);
    for (content, what) in [
        (String::new(), "the file is empty"),
        ("sentinel1\nhunter2\n".to_owned(), "this is no list of hashes"),
        (format!("{}:1\n{}:1\n", hash('B'), hash('A')), "not ordered by hash"),
        (format!("{}:1\n{}", hash('A'), &hash('B')[..20]), "cut off"),
        (format!("{}:1\n", "A".repeat(64)), "has 64 digits"),
        ("A".repeat(300_000), "longer than a hash and a count"),
        ("\0".repeat(300_000), "at byte 0"),
    ] {
        home.write("list.txt", content);
        refused("list.txt", what);
    }
    refused("nowhere.txt", "cannot open nowhere.txt");
    refused("/dev/zero", "not a regular file");
    home.write("empty/readme", "");
    refused("empty", "there is no 00000.txt in it");
    home.write("ranges/00000.txt", format!("{}:4\r\n", "0".repeat(35)));
    refused("ranges", "is not complete");
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().unwrap().success());
    refused("pipe", "not a regular file");
}

#[test]
fn exceptions_have_a_reason_and_lapse_with_the_password() {
    let home = ailing();
    home.run(&["audit", "ignore", "Weak", "weak"]).fails(2, "--reason");
    home.run(&["audit", "ignore", "Weak", "weak", "--reason", " "]).fails(2, "the reason is empty");
    home.run(&["audit", "ignore", "Weak", "ugly", "--reason", "x"]).fails(2, "breached");
    home.run(&["audit", "ignore", "Nobody", "weak", "--reason", "x"]).fails(4, "no entry");
    home.run(&["audit", "--all", "ignore", "Weak", "weak", "--reason", "x"]).fails(2, "");
    let ignored = home.run(&["--json", "audit", "ignore", "Weak", "weak", "--reason", "a PIN"]).json();
    assert_eq!(
        (&ignored["kind"], &ignored["ignored"], &ignored["title"]),
        (&json!("weak"), &json!("a PIN"), &json!("Weak"))
    );
    let kinds = || {
        let (out, _) = home.run(&["audit", "--json"]).ends_with(9);
        findings(&out).into_iter().filter(|(_, title)| title == "Weak").count()
    };
    assert_eq!(kinds(), 0);
    let (text, _) = home.run(&["audit"]).ends_with(9);
    assert!(text.contains("1 finding is ignored; --all shows what and why."), "{text}");
    let (text, _) = home.run(&["audit", "--all"]).ends_with(9);
    assert!(text.contains("weak: it holds a word of this entry (ignored: a PIN)"), "{text}");
    let (all, _) = home.run(&["audit", "--all", "--json"]).ends_with(9);
    assert!(all.contains("\"ignored\": \"a PIN\""), "{all}");
    // One step, which undo takes back.
    assert_eq!(home.run(&["undo"]).ok(), "Undid: weak of Weak/sentinel ignored\n");
    assert_eq!(kinds(), 1);
    home.run(&["redo"]).ok();
    assert_eq!(kinds(), 0);
    home.given("sentinel2\n", &["edit", "Weak", "--set-stdin", "password"]).ok();
    assert_eq!(kinds(), 1, "it was said of another password");
    home.run(&["audit", "ignore", "Weak", "weak", "--reason", "a PIN"]).ok();
    assert_eq!(kinds(), 0);
    home.run(&["audit", "unignore", "Weak", "weak"]).ok();
    assert_eq!(kinds(), 1);
}

#[test]
fn all_ignored_is_status_0() {
    let home = Home::new();
    home.add("Door", "4711", &[]);
    home.run(&["audit"]).ends_with(9);
    home.run(&["audit", "ignore", "Door", "weak", "--reason", "four digits only"]).ok();
    let (text, _) = home.run(&["audit"]).ends_with(0);
    assert!(text.contains("Nothing is wrong.") && text.contains("100 of 100"), "{text}");
    assert_eq!(home.run(&["audit", "--json"]).json(), json!([]));
}

#[test]
fn hostile_titles_and_reasons_drive_no_terminal() {
    let home = Home::new();
    home.add("x\u{1b}[2J\u{202e}y\nz", "password", &[]);
    home.add("other", "password", &[]);
    home.run(&["audit", "ignore", "other", "weak", "--reason", "\u{1b}[31m\nred"]).ok();
    for arguments in [&["audit", "--all"][..], &["audit", "--all", "--json"]] {
        let (out, _) = home.run(arguments).ends_with(9);
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
    }
}
