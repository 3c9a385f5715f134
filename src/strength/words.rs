//! Words that an attacker tries before all others: those of the entry, and the cities and first names of two
//! lists (`assets/cities.txt`, `assets/names.txt`).

use std::collections::HashMap;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::Reason;

/// Words of the entry, with their parts, that are looked at.
const MAX_OWN_WORDS: usize = 256;
/// Characters below which a word, or a part of it, is no clue.
const MIN_OWN_WORD: usize = 3;
/// Characters beyond which a word is no part of what is looked at.
const MAX_WORD: usize = super::MAX_CHARS;
/// Words of a list: an attacker who tries a city goes through so many.
pub const LIST_LEN: u16 = 500;

/// The words of both lists, and which is of which; what is a city and a name is a city.
static LISTED: LazyLock<HashMap<&str, Reason>> = LazyLock::new(|| {
    let names = words_in(NAMES).map(|word| (word, Reason::Name));
    names.chain(words_in(CITIES).map(|word| (word, Reason::City))).collect()
});
const CITIES: &str = include_str!("../../assets/cities.txt");
const NAMES: &str = include_str!("../../assets/names.txt");
/// Characters of a word of the lists.
const MIN_LISTED: usize = 4;
const MAX_LISTED: usize = 15;

/// The words that are known of a password.
pub struct Known<'a> {
    own: Vec<&'a str>,
    /// Days of the entry as people write them into passwords.
    days: Vec<String>,
    listed: Vec<(&'static str, Reason)>,
}

impl<'a> Known<'a> {
    /// Those of the entry, whole and in their parts (`jo@example.com` gives `example` too), and of the lists those
    /// that `password` has in it.
    pub fn of(password: &str, own_words: &[&'a str]) -> Self {
        let plain = Zeroizing::new(password.to_lowercase());
        let unleeted: Zeroizing<String> = Zeroizing::new(plain.chars().map(unleeted).collect());
        let mut listed = listed_in(&plain);
        if *plain != *unleeted {
            listed.extend(listed_in(&unleeted));
        }
        Self {
            own: with_parts(own_words),
            days: own_words.iter().take(MAX_OWN_WORDS).flat_map(|word| day_forms(word)).collect(),
            listed,
        }
    }

    /// All of them, the entry's first.
    pub fn words(&self) -> Vec<&str> {
        let own = self.own.iter().copied().chain(self.days.iter().map(String::as_str));
        own.chain(self.listed.iter().map(|(word, _)| *word)).collect()
    }

    /// What a word in small letters is, where it is one of them.
    pub fn sort_of(&self, word: &str) -> Option<Reason> {
        if self.own.iter().any(|own| own.to_lowercase() == word) || self.days.iter().any(|day| day == word) {
            return Some(Reason::OwnWord);
        }
        self.listed.iter().find(|(listed, _)| *listed == word).map(|(_, sort)| *sort)
    }
}

fn words_in(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// The words of the lists that `text` has in it.
fn listed_in(text: &str) -> Vec<(&'static str, Reason)> {
    let ends = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let ends = rest.char_indices().map(move |(at, letter)| from + at + letter.len_utf8());
        ends.take(MAX_LISTED).skip(MIN_LISTED - 1)
    };
    let parts =
        text.char_indices().flat_map(|(from, _)| ends(from).filter_map(move |end| text.get(from..end)));
    parts.filter_map(|part| LISTED.get_key_value(part).map(|(word, sort)| (*word, *sort))).collect()
}

fn with_parts<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words
        .iter()
        .flat_map(|word| std::iter::once(*word).chain(word.split(|c: char| !c.is_alphanumeric())))
        .filter(|part| part.chars().nth(MIN_OWN_WORD - 1).is_some() && part.chars().nth(MAX_WORD).is_none())
        .take(MAX_OWN_WORDS)
        .collect()
}

/// A day such as 1987-05-12 or 12.5.87 as people write it without signs, whichever number is what.
fn day_forms(word: &str) -> Vec<String> {
    let numbers: Vec<&str> =
        word.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = numbers.as_slice() else { return Vec::new() };
    let is_day = word.len() <= "1987-05-12T00:00:00".len() && [a, b, c].iter().all(|part| part.len() <= 4);
    if !is_day {
        return Vec::new();
    }
    let [a, b, c] = [a, b, c].map(|part| format!("{part:0>2}"));
    let short = |year: &str| year.get(year.len().saturating_sub(2)..).unwrap_or_default().to_owned();
    let mut forms = Vec::new();
    for (x, y, z) in [(&a, &b, &c), (&c, &b, &a), (&b, &a, &c), (&b, &c, &a)] {
        forms.push(format!("{x}{y}{z}"));
        forms.push([short(x), short(y), short(z)].concat());
    }
    forms.push(format!("{a}{b}"));
    forms.push(format!("{b}{c}"));
    forms
}

/// The letter that people put this sign for.
fn unleeted(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_words_in_small_letters_once() {
        for list in [CITIES, NAMES] {
            let list: Vec<&str> = words_in(list).collect();
            assert!(list.len().abs_diff(usize::from(LIST_LEN)) < 50, "{}", list.len());
            for (number, word) in list.iter().enumerate() {
                assert!((MIN_LISTED..=MAX_LISTED).contains(&word.chars().count()), "{word}");
                assert_eq!(word.to_lowercase(), *word);
                assert!(!list[..number].contains(word), "{word} twice");
            }
        }
    }

    #[test]
    fn listed_words_are_found_wherever_they_stand() {
        let found: Vec<&str> = listed_in("xxmoskvaнаташа1").into_iter().map(|(word, _)| word).collect();
        assert_eq!(found, ["moskva", "наташа"]);
        assert!(listed_in("").is_empty() && listed_in("ann").is_empty());
    }

    #[test]
    fn days_in_the_forms_of_passwords() {
        let forms = day_forms("1987-05-12");
        for form in ["19870512", "12051987", "870512", "120587", "05121987", "0512"] {
            assert!(forms.iter().any(|other| other == form), "{form} not in {forms:?}");
        }
        assert!(day_forms("10.0.0.1").is_empty() && day_forms("room 12").is_empty());
    }
}
