//! Recipes: as text, by masks, syllables, PINs and word lists, saved, and remembered for an entry.

use crate::home::{Done, Home};

fn at(home: &Home, arguments: &[&str]) -> Done {
    home.fed("", arguments)
}

#[test]
fn each_kind_is_what_it_says() {
    let home = Home::empty();
    let line = |options: &[&str]| at(&home, &[&["generate"], options].concat()).ok().trim_end().to_owned();
    for _ in 0..5 {
        let made = line(&[
            "--recipe",
            "minlength: 8; maxlength: 8; required: digit; required: [-]; allowed: [ab]; max-consecutive: 1",
        ]);
        assert!(
            made.len() == 8 && made.contains('-') && made.contains(|c: char| c.is_ascii_digit()),
            "{made}"
        );
        let made = line(&["--pattern", "ddyddy"]);
        let digits: Vec<bool> = made.chars().map(|c| c.is_ascii_digit()).collect();
        assert_eq!(digits, [1, 1, 0, 0, 0, 1, 1, 0, 0, 0].map(|digit| digit == 1), "{made}");
        let made = line(&["--pronounceable"]);
        assert!((14..=21).contains(&made.len()) && made.chars().all(|c| c.is_ascii_lowercase()), "{made}");
        assert!((4..=6).contains(&line(&["--pronounceable=2"]).len()));
        let made = line(&["--pin", "6"]);
        assert!(made.len() == 6 && made.chars().all(|c| c.is_ascii_digit()), "{made}");
        let made = line(&["--at-least", "4", "--length", "16"]);
        assert_eq!(made.chars().filter(char::is_ascii_digit).count(), 4, "{made}");
        assert!(line(&["--words", "3", "--word-list", "eff-short"]).split('-').all(|word| word.len() <= 5));
    }
}

#[test]
fn what_withstands_whom_is_said() {
    let home = Home::empty();
    let (_, err) = at(&home, &["generate", "--pin", "4"]).both();
    assert!(err.starts_with("13.3 bits of entropy\n"), "{err}");
    assert!(err.contains("Time to guess it online, at 100 guesses an hour: 2 days"), "{err}");
    assert!(err.contains("100 billion a second: less than a second"), "{err}");
    let json = at(&home, &["--json", "generate", "--pin", "4", "--count", "3"]).json();
    assert_eq!(json["passwords"].as_array().unwrap().len(), 3);
    assert_eq!(json["recipe"], "minlength: 4; maxlength: 4; required: digit");
    assert!((json["bits"].as_f64().unwrap() - 13.287_712).abs() < 1e-5);
    let guessing = json["guessing"].as_array().unwrap();
    let names: Vec<&str> = guessing.iter().map(|one| one["attacker"].as_str().unwrap()).collect();
    assert_eq!(names, ["online", "offline-slow", "offline-fast"]);
    assert!((guessing[0]["seconds"].as_f64().unwrap() - 180_000.0).abs() < 1.0);
    let json = at(&home, &["--json", "generate", "--length", "1024"]).json();
    assert!(json["guessing"][2]["seconds"].is_f64(), "no infinity in JSON");
}

#[test]
fn what_cannot_be_followed_is_usage() {
    let home = Home::empty();
    home.write("short.txt", "one\ntwo\n");
    home.write("binary.txt", b"\xff\xfe\0\0");
    let many = "required:[a];".repeat(1000);
    for (options, what) in [
        (&["--recipe", "minlength: 1000000000"][..], "1000000000 characters"),
        (&["--recipe", "minlength: 9; maxlength: 8"], "no password is both"),
        (
            &[
                "--recipe",
                "maxlength: 4; required: lower; required: upper; required: digit; required: [!]; required: [#]",
            ],
            "one of each of 5",
        ),
        (
            &["--recipe", "maxlength: 8; required: [a]; max-consecutive: 1; minlength: 8"],
            "no password meets all",
        ),
        (&["--recipe", "max-consecutive: 0"], "no password meets all"),
        (&["--recipe", "required: [äöü]"], "no kind of character"),
        (&["--recipe", ""], "empty"),
        (&["--recipe", "klingon"], "no property"),
        (&["--recipe", &many], "13000 bytes"),
        (&["--recipe", "words: 5; list: [short.txt]"], "2 different words"),
        (&["--pattern", "d{9999}"], "9999 characters"),
        (&["--pattern", "x"], "means nothing here"),
        (&["--pin", "0"], "0 characters"),
        (&["--pronounceable=65"], "65 words"),
        (&["--words", "3", "--word-list", "short.txt"], "2 different words"),
        (&["--words", "3", "--word-list", "binary.txt"], "not UTF-8"),
        (&["--words", "3", "--word-list", "missing.txt"], "missing.txt"),
        (&["--word-list", "eff-long"], "--words"),
        (&["--pin", "4", "--words", "3"], "cannot be used with"),
        (&["--pin", "4", "--length", "3"], "cannot be used with"),
        (&["--at-least", "6"], "cannot hold the 24"),
        (&["--at-least", "2", "--any-mix"], "cannot be used with"),
        (&["--save-profile", " x"], "no name of a profile"),
    ] {
        at(&home, &[&["generate"], options].concat()).fails(2, what);
    }
    at(&home, &["generate", "--profile", "none"]).fails(4, "no profile");
}

#[test]
fn a_word_list_of_ones_own() {
    let home = Home::empty();
    let words: String = (0..600).map(|at| format!("wort{at}\n")).collect();
    home.write("list.txt", format!("{words}WORT7\nwort8\n"));
    let done = at(&home, &["generate", "--words", "4", "--separator", ".", "--word-list", "list.txt"]);
    assert!(
        done.err().contains("2 words stand in it twice") && done.err().contains("600 are left"),
        "{done:?}"
    );
    assert!(done.out().trim().split('.').all(|word| word.starts_with("wort")), "{done:?}");
    // wort1 begins wort12: without anything between them two draws could look the same.
    at(&home, &["generate", "--words", "4", "--separator", "", "--word-list", "list.txt"])
        .fails(2, "begin one another");
}

#[test]
fn recipes_are_saved_used_and_forgotten() {
    let home = Home::empty();
    assert_eq!(at(&home, &["profiles"]).ok(), "");
    at(&home, &["generate", "--pin", "8", "--save-profile", "bank card"]).ok();
    at(&home, &["generate", "--pattern", "dd\"y", "--save-profile", "odd"]).ok();
    assert_eq!(at(&home, &["generate", "--profile", "bank card"]).ok().trim().len(), 8);
    assert_eq!(at(&home, &["generate", "--profile", "bank card", "--length", "5"]).ok().trim().len(), 5);
    let listed = at(&home, &["--json", "profiles"]).json();
    assert_eq!(listed[0]["name"], "bank card");
    assert_eq!(listed[1]["recipe"], "pattern: [dd\"y]");
    at(&home, &["profiles", "rm", "odd"]).ok();
    at(&home, &["profiles", "rm", "odd"]).fails(4, "no profile");
    assert_eq!(at(&home, &["profiles"]).ok(), "bank card: minlength: 8; maxlength: 8; required: digit\n");
    // A file that a person damaged is not written over.
    let path = home.write("config/tresor/profiles.toml", "work = \"minlength: x\"\n");
    at(&home, &["generate", "--pin", "8", "--save-profile", "new"]).fails(2, "\"work\"");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "work = \"minlength: x\"\n");
}

#[test]
fn a_recipe_is_remembered_for_an_entry() {
    let home = Home::new();
    let password = |query: &str| home.run(&["get", query, "--field", "password"]).ok().trim_end().to_owned();
    home.run(&["add", "Bank", "--generate", "--pin", "5", "--url", "https://aliexpress.com"]).ok();
    let first = password("Bank");
    assert!(first.len() == 5 && first.chars().all(|c| c.is_ascii_digit()), "{first}");
    let done = home.run(&["edit", "Bank", "--generate"]);
    assert!(done.err().contains("as the last time"), "{done:?}");
    let second = password("Bank");
    assert!(second.len() == 5 && second != first, "{second}");
    home.run(&["edit", "Bank", "--generate", "--length", "9", "--no-symbols"]).ok();
    home.run(&["edit", "Bank", "--generate"]).ok();
    let third = password("Bank");
    assert!(third.len() == 9 && third.chars().all(|c| c.is_ascii_alphanumeric()), "{third}");

    // Where nobody chose one, the site decides, now and the next time.
    let done = home.run(&["add", "Shop", "--generate", "--url", "https://www.aliexpress.com/login"]);
    assert!(done.err().contains("as aliexpress.com asks"), "{done:?}");
    assert!(password("Shop").len() == 20 && password("Shop").chars().all(|c| c.is_ascii_alphanumeric()));
    home.write("config/tresor/sites", "rule aliexpress.com maxlength: 11; allowed: upper\n");
    home.run(&["edit", "Shop", "--generate"]).ok();
    assert!(password("Shop").len() == 11 && password("Shop").chars().all(|c| c.is_ascii_uppercase()));
    // An address that is set at the same time counts.
    home.run(&["edit", "Shop", "--generate", "--set", "url=https://example.com"]).ok();
    assert_eq!(password("Shop").len(), 20);
    home.run(&["edit", "Shop", "--generate", "--recipe", "minlength: 9; maxlength: 8"])
        .fails(2, "no password is both");
    home.run(&["edit", "Shop", "--recipe", "minlength: 9"]).fails(2, "Add --generate");
}
