//! `generate`: passwords on standard output, one a line and nothing else; no vault.

use std::collections::BTreeSet;

use crate::home::{Done, Home};

fn generate(options: &[&str]) -> Done {
    Home::empty().fed("", &[&["generate"], options].concat())
}

fn lines(options: &[&str]) -> Vec<String> {
    generate(options).ok().lines().map(str::to_owned).collect()
}

#[test]
fn one_password_a_line_and_the_entropy_on_standard_error() {
    let (out, err) = generate(&[]).both();
    assert_eq!((out.lines().count(), out.trim_end().len(), out.ends_with('\n')), (1, 20, true));
    let bits = err.lines().next().and_then(|line| line.strip_suffix(" bits of entropy"));
    let bits = bits.unwrap_or_else(|| panic!("{err}"));
    assert!((120.0..131.0).contains(&bits.parse::<f64>().unwrap()), "{err}");
    let many = lines(&["--count", "1000"]);
    assert_eq!((many.len(), many.iter().collect::<BTreeSet<_>>().len()), (1000, 1000), "all different");
    let home = Home::empty();
    home.fed("", &["generate", "--no-input"]).ok();
    assert!(!home.path("data").exists() && !home.path("state").exists(), "it needs no vault and makes none");
}

#[test]
fn every_option_does_what_it_says() {
    let of = |options: &[&str], allowed: fn(char) -> bool| {
        for line in lines(&[options, &["--count", "50", "--length", "30"]].concat()) {
            assert!(line.chars().count() == 30 && line.chars().all(allowed), "{options:?}: {line}");
        }
    };
    of(&["--no-symbols"], |letter| letter.is_ascii_alphanumeric());
    of(&["--no-symbols", "--no-digits"], |letter| letter.is_ascii_alphabetic());
    of(&["--no-lower", "--no-upper", "--no-symbols"], |letter| letter.is_ascii_digit());
    of(&["--no-upper"], |letter| !letter.is_ascii_uppercase());
    of(&["--no-lower"], |letter| !letter.is_ascii_lowercase());
    of(&["--no-look-alikes"], |letter| !"0Oo1lI".contains(letter));
    of(&["--no-ambiguous"], |letter| !"0Oo1lI".contains(letter));
    // One of each class, unless any mix will do.
    for line in lines(&["--length", "4", "--count", "200"]) {
        assert!(
            line.contains(|c: char| c.is_ascii_lowercase())
                && line.contains(|c: char| c.is_ascii_uppercase()),
            "{line}"
        );
        assert!(
            line.contains(|c: char| c.is_ascii_digit()) && line.contains(|c: char| c.is_ascii_punctuation()),
            "{line}"
        );
    }
    let mixed = lines(&["--any-mix", "--length", "4", "--count", "200"]);
    assert!(mixed.iter().any(|line| !line.contains(|c: char| c.is_ascii_digit())));
    assert_eq!(lines(&["-l", "1", "--any-mix"])[0].len(), 1);
    assert_eq!(lines(&["--length", "1024"])[0].len(), 1024);
}

#[test]
fn passphrases() {
    for line in lines(&["--words", "5", "--separator", ".", "--capitalised", "--number", "--count", "50"]) {
        assert_eq!(line.split('.').count(), 5, "{line}");
        assert!(line.split('.').all(|word| word.starts_with(|c: char| c.is_ascii_uppercase())), "{line}");
        assert!(line.ends_with(|c: char| c.is_ascii_digit()), "{line}");
    }
    let (out, err) = generate(&["-w", "6"]).both();
    assert_eq!(out.trim_end().split('-').filter(|word| !word.is_empty()).count(), 6, "{out}");
    assert!(err.starts_with("77.5 "), "six of 7,776 words: {err}");
}

#[test]
fn a_recipe_that_cannot_be_met_is_usage() {
    for (options, what) in [
        (&["--length", "0"][..], "0 characters"),
        (&["--length", "1025"], "1025 characters"),
        (&["--length", "70000"], "70000"),
        (&["--length", "3"], "one of each of 4"),
        (&["--no-lower", "--no-upper", "--no-digits", "--no-symbols"], "no kind of character"),
        (&["--count", "0"], "0 at once"),
        (&["--count", "10001"], "10001 at once"),
        (&["--length", "1", "--no-lower", "--no-upper", "--no-symbols", "--count", "11"], "only 10 exist"),
        (&["--words", "0"], "0 words"),
        (&["--words", "65"], "65 words"),
        (&["--words", "3", "--separator", "\n"], "control character"),
        (&["--words", "3", "--separator", "12345678901234567"], "17 bytes"),
        (&["--words", "3", "--length", "5"], "cannot be used with"),
        (&["--separator", "x"], "--words"),
        (&["--count", "x"], "invalid value"),
        (&["extra"], "unexpected argument"),
    ] {
        generate(options).fails(2, what);
    }
}
