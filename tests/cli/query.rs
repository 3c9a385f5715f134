//! QUERY: id, title, title/username, host or URL, words; the first of these that matches anything decides.

use crate::home::Home;

fn finds(home: &Home, query: &str, password: &str) {
    assert_eq!(home.run(&["get", query]).ok(), format!("{password}\n"), "{query}");
}

fn finds_none(home: &Home, query: &str) {
    let err = home.run(&["get", query]).fails(4, "no entry for");
    assert!(err.contains("tresor ls"), "{err}");
}

#[test]
fn the_first_rule_that_matches_anything_decides() {
    let home = Home::new();
    let id = home.add("GitHub", "1", &["--username", "alice", "--url", "https://github.com/login"]);
    home.add("github.com", "2", &["--username", "bob"]);
    home.add("Notes on GitHub", "3", &[]);
    finds(&home, &id, "1");
    finds(&home, &id.to_uppercase(), "1");
    finds(&home, &format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]), "1");
    finds(&home, "GitHub", "1");
    finds(&home, "github", "1");
    finds(&home, "GitHub/alice", "1");
    // A title that looks like a host comes before the host.
    finds(&home, "github.com", "2");
    finds(&home, "https://github.com/x", "1");
    finds(&home, "notes", "3");
    finds(&home, "git notes", "3");
    finds_none(&home, &id[..31]);
    finds_none(&home, "GitHub/carol");
    finds_none(&home, "");
    finds_none(&home, "  ");
}

#[test]
fn hosts_match_by_registrable_domain_and_never_by_substring() {
    let home = Home::new();
    home.add("One", "1", &["--url", "https://login.example.com/a?b#c"]);
    home.add("Two", "2", &["--url", "https://evil-example.org"]);
    home.add("Three", "3", &["--url", "shop.example.co.uk:8443"]);
    home.add("Four", "4", &["--url", "https://alice.github.io"]);
    home.add("Five", "5", &["--url", "http://bank.test", "--username", "me@mail.example.net"]);
    for query in [
        "login.example.com",
        "example.com",
        "www.example.com",
        "https://example.com:8443/x",
        "EXAMPLE.COM",
        "http://user@example.com",
    ] {
        finds(&home, query, "1");
    }
    for query in ["example.co.uk", "https://www.example.co.uk"] {
        finds(&home, query, "3");
    }
    finds(&home, "alice.github.io", "4");
    finds(&home, "bank.test", "5");
    for query in [
        "evil-example.com",
        "example.com.evil.org",
        "example.co",
        "xample.com",
        "notexample.com",
        "example.org",
        "co.uk",
        "github.io",
        "bob.github.io",
        "https://evil.example.com.evil.net",
        "evil-bank.test",
        "ank.test",
        "mail.example.net",
        "https://",
        "https://nothing.example/one",
    ] {
        finds_none(&home, query);
    }
}

#[test]
fn what_looks_like_a_host_is_never_searched_for_as_words() {
    let home = Home::new();
    home.add(
        "about example.com and example.test",
        "1",
        &["--username", "x@example.com", "--tag", "example.com"],
    );
    for query in ["example.com", "https://example.com", "example.test", "http://localhost:80"] {
        finds_none(&home, query);
    }
    finds(&home, "about example.com", "1");
    // But a name under no public suffix may be words.
    home.add("The node.js account", "2", &[]);
    finds(&home, "node.js", "2");
}

#[test]
fn every_word_must_be_somewhere() {
    let home = Home::new();
    home.add("Bank", "1", &["--username", "alice", "--folder", "Money/Home", "--tag", "urgent"]);
    home.add("Bank card", "2", &["--username", "bob", "--url", "https://bank.example/card"]);
    finds(&home, "bank alice", "1");
    finds(&home, "money bank", "1");
    finds(&home, "URGENT", "1");
    finds(&home, "card bob", "2");
    finds_none(&home, "bank alice bob");
}

#[test]
fn several_matches_are_named_on_standard_error() {
    let home = Home::new();
    let one = home.add("Mail", "1", &["--username", "alice", "--url", "https://mail.example.com"]);
    let two = home.add("Mail", "2", &["--username", "bob", "--url", "https://www.example.com"]);
    let three = home.add("Post", "3", &["--url", "https://post.example.com"]);
    let err = home.run(&["get", "Mail"]).fails(5, "2 entries for \"Mail\":");
    assert!(
        err.contains(&format!("  {one}  Mail/alice  never used\n"))
            && err.contains(&format!("  {two}  Mail/bob    never used\n")),
        "{err}"
    );
    assert!(err.contains("title/username") && !err.contains(&three), "{err}");
    finds(&home, "Mail/bob", "2");
    // The very host before the others of its site; the site alone is three.
    finds(&home, "mail.example.com", "1");
    let err = home.run(&["get", "example.com"]).fails(5, "3 entries for");
    assert!([&one, &two, &three].iter().all(|id| err.contains(*id)), "{err}");
    for command in [
        &["rm", "Mail"][..],
        &["rm", "--purge", "Mail"],
        &["edit", "Mail", "--set", "url=x"],
        &["copy", "Mail"],
        &["history", "Mail"],
        &["history", "Mail", "--restore", "1"],
        &["otp", "Mail"],
    ] {
        home.run(command).fails(5, "2 entries for \"Mail\":");
    }
    assert_eq!(home.listed(&["Mail"]).len(), 2, "a list may be of several");
}

#[test]
fn many_matches_are_not_all_named() {
    let home = Home::new();
    let rows: String = (0..30).map(|at| format!("https://x{at}.example,user{at},pw,,,Same,,0\n")).collect();
    home.write("a.csv", format!("url,username,password,totp,extra,name,grouping,fav\n{rows}"));
    home.run(&["import", "a.csv"]).ok();
    let err = home.run(&["get", "Same"]).fails(5, "30 entries for \"Same\":");
    assert!(err.contains("... and 10 more") && err.lines().count() == 23, "{err}");
}

#[test]
fn what_is_in_the_trash_is_not_found_and_said_to_be_there() {
    let home = Home::new();
    let id = home.add("a", "b", &["--url", "https://a.example"]);
    home.run(&["rm", "a"]).ok();
    for query in ["a", id.as_str(), "a.example"] {
        for command in [&["get"][..], &["copy"], &["rm"], &["otp"], &["history"]] {
            let err = home.run(&[command, &[query]].concat()).fails(4, "no entry for");
            assert!(err.contains("It is in the trash: `tresor restore` takes it out."), "{err}");
        }
    }
}
