//! `sites`: what is known of a site, and taking over what others have collected. `generate --site` follows it.

use crate::home::{Done, Home};

const RULES: &str = r#"{"shop.example": {"password-rules": "minlength: 6; maxlength: 9; required: digit; allowed: upper;"},
    "bücher.example": {"password-rules": "minlength: 12; maxlength: 12; required: lower;"}}"#;

fn at(home: &Home, arguments: &[&str]) -> Done {
    home.fed("", arguments)
}

fn folder(home: &Home, files: &[(&str, &str)]) -> String {
    for (name, text) in files {
        home.write(&format!("facts/{name}"), text);
    }
    home.path("facts").to_str().unwrap().to_owned()
}

#[test]
fn a_site_of_the_built_in_table_is_shown() {
    let home = Home::empty();
    let said = at(&home, &["sites", "show", "https://login.aliexpress.com/x"]).ok();
    assert!(
        said.starts_with("aliexpress.com: 6 to 20 characters; only small letters, capital letters, digits\n"),
        "{said}"
    );
    assert!(said.contains("(the built-in table)") && said.contains("One login with alibaba.com"), "{said}");
    let json = at(&home, &["--json", "sites", "show", "aliexpress.com"]).json();
    assert_eq!(
        (json["matched"].as_str(), json["table"].as_str()),
        (Some("aliexpress.com"), Some("built-in"))
    );
    assert_eq!((json["min_length"].as_u64(), json["max_length"].as_u64()), (Some(6), Some(20)));
    assert_eq!(json["classes"], serde_json::json!(["lower", "upper", "digit"]));
    assert_eq!(json["characters"].as_str().map(str::len), Some(62));
    let json = at(&home, &["--json", "sites", "show", "www.youtube.com"]).json();
    assert_eq!(json["change_page"].as_str(), Some("https://myaccount.google.com/signinoptions/password"));
}

#[test]
fn what_is_not_known_is_exit_4() {
    let home = Home::empty();
    for host in [
        "nowhere.example",
        "com",
        "co.uk",
        "127.0.0.1",
        "[::1]",
        "",
        "two words",
        "aliexpress.com.evil.example",
    ] {
        at(&home, &["sites", "show", host]).fails(4, "nothing is known");
    }
    at(&home, &["generate", "--site", "nowhere.example"]).fails(4, "nothing is known");
    assert!(!home.path("config").exists() && !home.path("data").exists(), "nothing was made");
}

#[test]
fn passwords_are_made_as_a_site_asks() {
    let home = Home::empty();
    let (out, _) = at(&home, &["generate", "--site", "aliexpress.com", "--count", "50"]).both();
    for line in out.lines() {
        assert!(line.len() == 20 && line.chars().all(|c| c.is_ascii_alphanumeric()), "{line}");
    }
    assert_eq!(at(&home, &["generate", "--site", "aliexpress.com", "--length", "7"]).ok().trim().len(), 7);
    at(&home, &["generate", "--site", "aliexpress.com", "--length", "21"]).fails(2, "it takes 6 to 20");
    at(&home, &["generate", "--site", "aliexpress.com", "--no-lower"]).fails(2, "cannot be used with");
}

#[test]
fn an_import_beats_the_built_in_table_and_a_table_of_ones_own_beats_both() {
    let home = Home::empty();
    let dir = folder(
        &home,
        &[
            ("password-rules.json", RULES),
            ("change-password-URLs.json", r#"{"shop.example": "https://shop.example/change"}"#),
            (
                "shared-credentials.json",
                r#"[{"shared": ["shop.example", "bank.example"]}, {"from": ["old.example"], "to": ["shop.example"]}]"#,
            ),
        ],
    );
    let json = at(&home, &["--json", "sites", "import", &dir]).json();
    assert_eq!((&json["rules"], &json["pages"], &json["shared_logins"]), (&2.into(), &1.into(), &2.into()));
    assert_eq!(json["refused"], serde_json::json!([]));
    let json = at(&home, &["--json", "sites", "show", "www.shop.example"]).json();
    assert_eq!((json["table"].as_str(), json["max_length"].as_u64()), (Some("imported"), Some(9)));
    assert_eq!(json["shared_logins"], serde_json::json!(["bank.example", "old.example"]));
    let idn = at(&home, &["--json", "sites", "show", "https://BÜCHER.example/"]).json();
    assert_eq!(idn["matched"].as_str(), Some("xn--bcher-kva.example"));
    let made = at(&home, &["generate", "--site", "xn--bcher-kva.example"]).ok();
    assert!(made.trim().len() == 12 && made.trim().chars().all(|c| c.is_ascii_lowercase()), "{made}");

    home.write("config/tresor/sites", "# mine\nrule shop.example minlength: 30; allowed: lower\n");
    let json = at(&home, &["--json", "sites", "show", "shop.example"]).json();
    assert_eq!((json["table"].as_str(), json["min_length"].as_u64()), (Some("own"), Some(30)));
    assert_eq!(json["change_page"].as_str(), Some("https://shop.example/change"), "from the imported one");
    // An import leaves it alone.
    at(&home, &["sites", "import", &dir]).ok();
    assert_eq!(std::fs::read_to_string(home.path("config/tresor/sites")).unwrap().lines().count(), 2);
}

#[test]
fn what_is_bad_in_an_import_is_named_and_the_rest_taken() {
    let home = Home::empty();
    let dir = folder(
        &home,
        &[
            (
                "password-rules.json",
                r#"{"good.example": {"password-rules": "minlength: 8;"}, "uk": {"password-rules": "minlength: 8;"},
            "bad.example": {"password-rules": "required: klingon"}, "no.example": {"password-rules": "minlength: 9; maxlength: 8;"},
            "vast.example": {"password-rules": "minlength: 1000000000;"}, "\u001b[2J": {"password-rules": "minlength: 8"}}"#,
            ),
            ("shared-credentials.json", "{"),
        ],
    );
    let done = at(&home, &["--json", "sites", "import", &dir]);
    assert_eq!(done.code(), Some(8), "{done:?}");
    let json: serde_json::Value = serde_json::from_str(done.out()).unwrap();
    assert_eq!((&json["rules"], json["refused"].as_array().unwrap().len()), (&1.into(), 7));
    let told = done.err();
    for what in [
        "uk is a public suffix",
        "klingon",
        "no password is both",
        "1000000000 characters",
        "change-password-URLs.json",
        "no JSON",
    ] {
        assert!(told.contains(what), "{what}: {told}");
    }
    assert!(!told.contains('\u{1b}'));
    assert_eq!(at(&home, &["--json", "sites", "show", "good.example"]).json()["min_length"], 8);
}

#[test]
fn an_import_of_nothing_changes_nothing() {
    let home = Home::empty();
    let dir = folder(&home, &[("password-rules.json", RULES)]);
    assert_eq!(at(&home, &["sites", "import", &dir]).code(), Some(8), "two files are missing");
    let before = std::fs::read(home.path("config/tresor/sites-imported")).unwrap();
    let empty = home.path("empty");
    std::fs::create_dir(&empty).unwrap();
    at(&home, &["sites", "import", empty.to_str().unwrap()]).fails(1, "none of password-rules.json");
    at(&home, &["sites", "import", "missing"]).fails(1, "none of");
    home.write("wrong/password-rules.json", "[]");
    at(&home, &["sites", "import", home.path("wrong").to_str().unwrap()]).fails(1, "no JSON object");
    home.write("huge/password-rules.json", vec![b' '; 9 << 20]);
    at(&home, &["sites", "import", home.path("huge").to_str().unwrap()]).fails(1, "larger");
    std::fs::create_dir_all(home.path("odd/password-rules.json")).unwrap();
    at(&home, &["sites", "import", home.path("odd").to_str().unwrap()]).fails(1, "not a");
    assert_eq!(std::fs::read(home.path("config/tresor/sites-imported")).unwrap(), before);
}

#[test]
fn a_damaged_table_says_so_and_the_others_hold() {
    let home = Home::empty();
    home.write("config/tresor/sites", "rule a.example minlength: 8\nrule aliexpress.com klingon\nnonsense\n");
    let done = at(&home, &["--json", "sites", "show", "aliexpress.com"]);
    assert!(done.err().contains("line 2") && done.err().contains("line 3"), "{}", done.err());
    assert_eq!(done.json()["table"].as_str(), Some("built-in"));
    assert_eq!(at(&home, &["--json", "sites", "show", "a.example"]).json()["table"].as_str(), Some("own"));
    home.write("config/tresor/sites", b"\xff\xfe\0\0");
    let done = at(&home, &["generate", "--site", "aliexpress.com"]);
    assert!(done.out().trim().len() == 20 && done.err().contains("not UTF-8"), "{done:?}");
    // Nobody writes into it.
    assert_eq!(std::fs::read(home.path("config/tresor/sites")).unwrap(), b"\xff\xfe\0\0");
    home.write("config/tresor/sites", "rule aliexpress.com minlength: 9; maxlength: 8\n");
    at(&home, &["generate", "--site", "aliexpress.com"]).fails(2, "your own table");
}
