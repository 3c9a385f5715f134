//! The recovery kit: made, tried, used and declined.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::home::{Done, Home, PASSWORD};
use crate::terminal::Terminal;

fn make(home: &Home) -> String {
    home.run(&["--json", "kit", "make", "--print"]).json()["kit"]["code"].as_str().unwrap().to_owned()
}

fn test(home: &Home, code: &str) -> Done {
    home.fed(format!("{code}\n"), &["kit", "test", "--code-stdin"])
}

#[test]
fn a_kit_opens_the_vault_for_who_has_forgotten() {
    let home = Home::new();
    home.add("GitHub", "hunter2", &[]);
    let code = make(&home);
    assert_eq!(code.len(), 44);
    let input = format!("{}\nnew words here too\n", code.to_lowercase().replace(' ', "-"));
    let json = home.fed(input, &["--json", "recover", "--code-stdin", "--print-kit"]).json();
    let new = json["kit"]["code"].as_str().unwrap();
    assert_ne!(new, code);
    let get = |password: &str| home.fed(format!("{password}\n"), &["--password-stdin", "get", "GitHub"]);
    assert_eq!(get("new words here too").ok(), "hunter2\n");
    get(PASSWORD).fails(3, "wrong master password");
    test(&home, &code).fails(3, "does not open the vault");
    assert_eq!(test(&home, new).ok(), "The code opens the vault.\n");
}

#[test]
fn the_page_is_private_new_and_holds_no_more_than_it_says() {
    let home = Home::new();
    home.add("GitHub", "hunter2", &["--username", "octavia"]);
    let (said, err) = home.run(&["kit", "make", "--out", "kit.html"]).both();
    assert!(said.contains("kit.html") && err.is_empty(), "{said}{err}");
    assert_eq!(fs::metadata(home.path("kit.html")).unwrap().permissions().mode() & 0o7777, 0o600);
    let page = fs::read_to_string(home.path("kit.html")).unwrap();
    let text = page.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(test(&home, &text.replace('\n', " ")).ok().contains("opens"));
    for secret in [PASSWORD, "hunter2", "octavia", "GitHub"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(!said.contains(text.trim()) && page.contains("vault.tresor") && page.contains("<svg"));
    home.run(&["kit", "make", "--out", "kit.html"]).fails(7, "exists already");
    assert_eq!(fs::read_to_string(home.path("kit.html")).unwrap(), page);
    home.run(&["kit", "make", "--out", "no/where.html"]).fails(1, "no/where.html");
    assert!(test(&home, &text.replace('\n', " ")).ok().contains("opens"), "the old kit is not lost for it");
}

#[test]
fn nobody_is_left_without_a_kit_unawares() {
    let home = Home::new();
    let hint = home.run(&["kit", "make"]).fails(7, "nobody would see");
    assert!(hint.contains("--out FILE"), "{hint}");
    let code = make(&home);
    let new = "new words here too";
    for command in [&["passwd"][..], &["rekey"]] {
        let input = format!("{new}\n");
        let hint = home.given(&input, command).fails(7, "nobody would see");
        assert!(hint.contains("--kit FILE") && hint.contains("--no-kit"), "{hint}");
    }
    assert!(test(&home, &code).ok().contains("opens"));
    let json = home.given(format!("{new}\n"), &["--json", "passwd", "--kit", "new.html"]).json();
    assert_eq!(json["kit"]["page"], "new.html");
    assert!(json["kit"]["code"].is_null() && home.path("new.html").exists());
    test(&home, &code).fails(3, "does not open the vault");
    let input = format!("{new}\n");
    let (_, err) = home.fed(&input, &["--password-stdin", "rekey", "--no-kit"]).both();
    assert!(err.contains("recovery kit"), "what no longer opens is named: {err}");
    let status = home.fed(&input, &["--password-stdin", "--json", "kit"]).json();
    assert_eq!(status["kit"], "none");
}

#[test]
fn a_page_is_not_left_behind_where_nothing_was_saved() {
    let home = Home::new();
    make(&home);
    // The wrong password of another slot stops it before the page, a lost folder after it.
    home.given("wrong\n", &["slots", "add", "password", "--name", "x"]).ok();
    home.given("bad\n", &["rekey", "--kit", "page.html"]).fails(3, "wrong password for");
    assert!(!home.path("page.html").exists());
}

#[test]
fn the_drill_is_remembered_and_a_typing_error_named() {
    let home = Home::new();
    let code = make(&home);
    let status = home.run(&["--json", "kit"]).json();
    assert_eq!((&status["kit"], &status["tested"]), (&"made".into(), &serde_json::Value::Null));
    assert!(home.run(&["kit"]).ok().contains("never tried"));
    let mut wrong = code.clone().into_bytes();
    wrong[0] = if wrong[0] == b'7' { b'8' } else { b'7' };
    test(&home, std::str::from_utf8(&wrong).unwrap()).fails(2, "typing error");
    let mut sign = code.clone().into_bytes();
    sign[11] = b'U';
    test(&home, std::str::from_utf8(&sign).unwrap()).fails(2, "group 3");
    test(&home, &code[..40]).fails(2, "has 32");
    test(&home, "").fails(2, "has 0");
    home.fed("", &["kit", "test", "--code-stdin"]).fails(2, "the recovery code");
    home.fed("", &["--no-input", "kit", "test"]).fails(2, "nobody to ask");
    let other = Home::new();
    let said = test(&home, &make(&other)).fails(3, "does not open the vault");
    assert!(said.contains("intact"), "{said}");
    test(&home, &code).ok();
    let status = home.run(&["--json", "kit"]).json();
    assert_eq!(status["tested"].as_str().map(|time| time.len() > 10), Some(true), "{status}");
    assert!(home.run(&["kit"]).ok().contains("last tried"));
}

#[test]
fn it_can_be_declined_and_made_all_the_same() {
    let home = Home::new();
    assert!(home.run(&["kit"]).ok().contains("There is no recovery kit."));
    home.run(&["kit", "decline"]).ok();
    assert_eq!(home.run(&["--json", "kit"]).json()["kit"], "declined");
    make(&home);
    assert_eq!(home.run(&["--json", "kit"]).json()["kit"], "made");
    home.run(&["kit", "decline"]).fails(7, "there is a recovery kit");
}

#[test]
fn two_factors_stay_two_where_the_key_file_is_at_hand() {
    for (options, wants_file) in [(&["--key-file", "key"][..], true), (&[], false)] {
        let home = Home::new();
        home.run(&["slots", "add", "key-file", "key"]).ok();
        home.run(&["--key-file", "key", "slots", "rm", "master password"]).ok();
        let made = home.run(&["--key-file", "key", "--json", "kit", "make", "--print"]).json();
        let code = made["kit"]["code"].as_str().unwrap();
        let input = format!("{code}\nnew words here too\n");
        home.fed(input, &[options, &["recover", "--code-stdin", "--no-kit"]].concat()).ok();
        let alone = home.fed("new words here too\n", &["--password-stdin", "ls"]).code();
        assert_eq!(alone, Some(if wants_file { 3 } else { 0 }));
    }
}

#[test]
fn at_a_terminal_the_code_is_on_the_other_screen_alone() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["kit", "make"]);
    terminal.waits_for("Master password: ");
    terminal.types(&format!("{PASSWORD}\r"));
    terminal.waits_for("Enter: I have written it down ");
    let seen = terminal.seen();
    let (_, shown) = seen.split_once("\u{1b}[?1049h").expect("the other screen");
    let code: Vec<&str> = shown.lines().map(str::trim).filter(|line| line.len() == 14).collect();
    assert_eq!(code.len(), 3, "{shown:?}");
    let code = code.join(" ");
    terminal.types("\r");
    let (status, seen) = terminal.end();
    let seen = String::from_utf8(seen).unwrap();
    let (before, rest) = seen.split_once("\u{1b}[?1049h").unwrap();
    let (_, after) = rest.split_once("\u{1b}[2J\u{1b}[H\u{1b}[?1049l").expect("it is cleared and left");
    assert_eq!(status, 0, "{seen}");
    for group in code.split(' ') {
        assert!(!before.contains(group) && !after.contains(group), "{seen:?}");
    }
    assert!(test(&home, &code).ok().contains("opens"));
}

#[test]
fn a_code_is_typed_unseen_and_may_be_tried_again() {
    let home = Home::new();
    let code = make(&home);
    let mut terminal = Terminal::start(&home, &["kit", "test"]);
    terminal.waits_for("Recovery code: ");
    terminal.types("0000 UUUU\r");
    terminal.waits_for("try again.\r\nRecovery code: ");
    assert!(terminal.seen().contains("Group 2"), "{}", terminal.seen());
    terminal.types(&format!("{code}\r"));
    let (status, seen) = terminal.end();
    let seen = String::from_utf8(seen).unwrap();
    assert!(
        status == 0 && !seen.contains(&code[..4]) && seen.contains("The code opens the vault."),
        "{seen}"
    );
}

#[test]
fn an_old_vault_without_a_kit_is_offered_one_at_a_terminal_once() {
    use tresor::crypto::kdf::Cost;
    use tresor::format::Passphrase;
    use tresor::secret::Secret;
    use tresor::session::Session;
    let home = Home::empty();
    let password = Passphrase::new(&Secret::copy_of(PASSWORD.as_bytes())).unwrap();
    let month_ago = tresor::time::Timestamp(tresor::clock::now().0 - 31 * 24 * 3600 * 1000);
    let state = home.path("state/tresor");
    Session::create(&home.vault(), &state, &password, Cost::READER_FLOOR, month_ago).unwrap();
    let (_, err) = home.run(&["ls"]).both();
    assert!(err.is_empty(), "a script is not bothered: {err}");
    for offered in [true, false] {
        let (status, seen) = Terminal::run(&home, &["ls"]);
        let seen = String::from_utf8(seen).unwrap();
        assert_eq!((status, seen.contains("tresor kit make")), (0, offered), "{seen}");
    }
}
