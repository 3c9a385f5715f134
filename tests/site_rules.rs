//! Apple's collection of rules: each is read, and what is generated for it is what it asks for.
//!
//! The checker below reads the published syntax (<https://developer.apple.com/password-rules/>) once more, and shares no
//! code with the program. The files are not part of this repository: `TRESOR_DATA` names their folder.

mod figures;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::{env, fs};

use figures::figure;
use tresor::crypto::random::SeededRandom;
use tresor::generate::Recipe;

/// A rule as it is published.
#[derive(Debug)]
struct Published {
    min: usize,
    max: usize,
    in_a_row: usize,
    required: Vec<BTreeSet<char>>,
    permitted: BTreeSet<char>,
}

impl Published {
    fn read(text: &str) -> Self {
        let (mut min, mut max, mut in_a_row) = (0, usize::MAX, usize::MAX);
        let (mut required, mut allowed) = (Vec::new(), None::<BTreeSet<char>>);
        let mut letters = text.chars().peekable();
        loop {
            while letters.next_if(|c| c.is_whitespace() || *c == ';').is_some() {}
            let mut name = String::new();
            while let Some(c) = letters.next_if(|c| *c != ':') {
                name.push(c);
            }
            if letters.next().is_none() {
                assert_eq!(name, "");
                break;
            }
            let mut words: Vec<String> = Vec::new();
            let mut set = BTreeSet::new();
            let mut word = String::new();
            while let Some(c) = letters.next_if(|c| *c != ';') {
                match c {
                    '[' => {
                        let mut is_start = true;
                        loop {
                            match letters.next().expect("an end of the set") {
                                ']' if letters.peek() == Some(&']') => {
                                    letters.next();
                                    set.insert(']');
                                    break;
                                }
                                ']' => break,
                                '-' if !is_start => {}
                                c if (' '..='~').contains(&c) => drop(set.insert(c)),
                                _ => {}
                            }
                            is_start = false;
                        }
                    }
                    ',' => words.push(std::mem::take(&mut word)),
                    c if c.is_whitespace() => {}
                    c => word.push(c),
                }
            }
            words.push(word);
            let number = || words[0].parse().unwrap();
            match name.trim() {
                "minlength" => min = min.max(number()),
                "maxlength" => max = max.min(number()),
                "max-consecutive" => in_a_row = in_a_row.min(number()),
                property => {
                    set.extend(words.iter().flat_map(|word| class(word)));
                    match property {
                        "required" => required.push(set),
                        "allowed" => allowed.get_or_insert_default().extend(set),
                        other => panic!("{other}"),
                    }
                }
            }
        }
        let mut permitted: BTreeSet<char> = required.iter().flatten().copied().collect();
        match allowed {
            Some(allowed) => permitted.extend(allowed),
            None if required.is_empty() => permitted.extend(' '..='~'),
            None => {}
        }
        Self { min, max, in_a_row, required, permitted }
    }

    /// What a password breaks.
    fn broken(&self, password: &str) -> Option<String> {
        let letters: Vec<char> = password.chars().collect();
        if !(self.min..=self.max).contains(&letters.len()) {
            return Some(format!("{} characters", letters.len()));
        }
        if let Some(other) = letters.iter().find(|c| !self.permitted.contains(c)) {
            return Some(format!("{other:?} is not permitted"));
        }
        // A set that is required twice is met twice.
        let mut times: BTreeMap<&BTreeSet<char>, usize> = BTreeMap::new();
        self.required.iter().for_each(|set| *times.entry(set).or_default() += 1);
        let lacks = |(set, times): (&&BTreeSet<char>, &usize)| {
            letters.iter().filter(|c| set.contains(c)).count() < *times
        };
        if times.iter().any(lacks) {
            return Some("a required character is missing".to_owned());
        }
        let run = letters.chunk_by(|one, other| one == other).map(<[char]>::len).max();
        run.filter(|run| *run > self.in_a_row).map(|run| format!("{run} in a row"))
    }
}

fn class(name: &str) -> Vec<char> {
    match name {
        "" => Vec::new(),
        "lower" => ('a'..='z').collect(),
        "upper" => ('A'..='Z').collect(),
        "digit" => ('0'..='9').collect(),
        "special" => "-~!@#$%^&*_+=`|(){}[:;\"'<>,.?] ".chars().collect(),
        "ascii-printable" | "unicode" => (' '..='~').collect(),
        other => panic!("{other}"),
    }
}

/// The rules by host; none where the files are not at hand. Where the gate runs, they are if they can be.
fn rules() -> Option<BTreeMap<String, String>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Some(dir) = env::var_os("TRESOR_DATA").map(PathBuf::from) else {
        assert!(
            env::var_os("CI").is_none() || !beside.is_dir(),
            "the files are there, and TRESOR_DATA does not say so"
        );
        return None;
    };
    let text = fs::read_to_string(dir.join("password-rules.json")).expect("password-rules.json");
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rule = |(host, value): (&String, &serde_json::Value)| {
        (host.clone(), value["password-rules"].as_str().unwrap().to_owned())
    };
    Some(parsed.as_object().unwrap().iter().map(rule).collect())
}

#[test]
fn each_rule_is_met_by_a_thousand_passwords() {
    let Some(rules) = rules() else {
        println!("skipped: TRESOR_DATA does not name the folder of Apple's password-manager-resources");
        return;
    };
    assert!(rules.len() >= 434, "{}", rules.len());
    let mut random = SeededRandom::new(2028);
    let mut made = 0;
    for (host, text) in &rules {
        let Ok(Recipe::Password(rule)) = Recipe::parse(text) else { panic!("{host}: {text}") };
        assert_eq!(rule.unknown, Vec::<String>::new(), "{host}");
        let published = Published::read(text);
        let counted = rule.for_site().counted().unwrap_or_else(|error| panic!("{host}: {text}: {error}"));
        for _ in 0..1000 {
            let secret = counted.generate(&mut random).unwrap();
            let password = secret.expose_str().unwrap();
            let broken = published.broken(password);
            assert!(broken.is_none(), "{host}: {text}: {password}: {}", broken.unwrap_or_default());
            made += 1;
        }
        // And the rule as it stands, of any length that it permits.
        if let (Some(_), Some(max)) = (rule.min, rule.max)
            && max <= 100
        {
            let secret = rule.counted().unwrap().generate(&mut random).unwrap();
            assert_eq!(published.broken(secret.expose_str().unwrap()), None, "{host}: {text}");
        }
    }
    figure("site-rules", &format!("{made} passwords for {} rules", rules.len()));
}

#[test]
fn the_checker_sees_what_is_wrong() {
    let rule = Published::read(
        "minlength: 4; maxlength: 8; required: lower; required: digit; required: digit; allowed: [-;]]; max-consecutive: 2",
    );
    assert_eq!(rule.broken("a12-;]"), None);
    for wrong in ["a12", "a12------", "ab1-", "1234", "a12A", "a111", "a12 ", "a12ä"] {
        assert!(rule.broken(wrong).is_some(), "{wrong}");
    }
    let any = Published::read("minlength: 2");
    assert!(any.broken(" ~").is_none() && any.broken("ä~").is_some() && any.broken("a").is_some());
}
