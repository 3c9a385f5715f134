//! What went wrong where a master password was typed on a keyboard that was not set as the person thought:
//! another layout, another script, Caps Lock. A wrong password gives a hint of it, and a few guesses at what was
//! meant, each the same keys under another setting.
//!
//! A guess tells a bystander nothing that the keys did not tell, and an attacker nothing that typing it would
//! not. Nothing here shows or keeps what was typed.

mod tables;
mod walk;

pub use walk::{Walk, walk};

use crate::secret::Secret;
use tables::{DVORAK, FRENCH, GERMAN, GREEK, HEBREW, Keys, RUSSIAN, UKRAINIAN, US};

/// Letters that a text must have for its being in capitals to mean something.
const MIN_CAPITALS: usize = 4;

/// The same keys under another setting of the keyboard.
#[derive(Debug)]
pub struct Guess {
    /// Which setting: "with Caps Lock the other way round".
    pub words: &'static str,
    /// What the keys give then.
    pub text: Secret,
    /// Whether what was typed looks like it: a script that the other layout lacks, or capitals only.
    pub is_likely: bool,
}

/// A question to somebody whose password was wrong, where what was typed asks for one.
pub fn hint(typed: &str) -> Option<&'static str> {
    if let Some(script) = typed.chars().find_map(script) {
        return Some(script);
    }
    is_in_capitals(typed).then_some("It was typed in capitals: is Caps Lock on?")
}

/// What may have been meant, the likeliest first; at most eleven, for each costs a key derivation.
pub fn guesses(typed: &str) -> Vec<Guess> {
    const CAPS: &str = "with Caps Lock the other way round";
    const AS_US: &str = "with a US (QWERTY) keyboard layout";
    const LATIN: [(&Keys, &str); 3] = [
        (&GERMAN, "with QWERTZ and QWERTY the other way round"),
        (&FRENCH, "with AZERTY and QWERTY the other way round"),
        (&DVORAK, "with Dvorak and QWERTY the other way round"),
    ];
    const OTHERS: [(&Keys, &str); 4] = [
        (&RUSSIAN, "with a Russian keyboard layout"),
        (&UKRAINIAN, "with a Ukrainian keyboard layout"),
        (&GREEK, "with a Greek keyboard layout"),
        (&HEBREW, "with a Hebrew keyboard layout"),
    ];
    let is_foreign = typed.chars().any(|letter| script(letter).is_some());
    let mut guesses: Vec<Guess> = Vec::new();
    let mut add = |words, text: Option<Secret>, is_likely| {
        let text = text.filter(|text| !text.same_as(typed.as_bytes()));
        if let Some(text) = text.filter(|text| !guesses.iter().any(|known| known.text.same_as(text.expose())))
        {
            guesses.push(Guess { words, text, is_likely });
        }
    };
    add(CAPS, swapped_case(typed), is_in_capitals(typed));
    if is_foreign {
        for (keys, _) in OTHERS {
            add(AS_US, as_if(typed, keys, &US), true);
        }
        return guesses;
    }
    for (keys, words) in LATIN {
        add(words, as_if(typed, keys, &US), false);
        add(words, as_if(typed, &US, keys), false);
    }
    for (keys, words) in OTHERS {
        add(words, as_if(typed, &US, keys), false);
    }
    guesses
}

/// What the keys that give `typed` under the layout `from` give under `to`. What is on no key, such as a blank,
/// stays; nothing where a key gives no letter by itself.
fn as_if(typed: &str, from: &Keys, to: &Keys) -> Option<Secret> {
    // A letter of any of these alphabets has at most three bytes.
    let mut text = Secret::with_capacity(typed.len() * 3);
    for letter in typed.chars() {
        let meant = match from.place_of(letter) {
            Some(place) => to.letter_at(place)?,
            None if letter == ' ' => letter,
            None => return None,
        };
        text.append(meant.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(text)
}

/// Each letter in the other case; nothing where one of them has none of one letter.
fn swapped_case(typed: &str) -> Option<Secret> {
    let mut text = Secret::with_capacity(typed.len() * 3);
    for letter in typed.chars() {
        let swapped =
            if letter.is_uppercase() { one(letter.to_lowercase()) } else { one(letter.to_uppercase()) };
        text.append(swapped?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(text)
}

fn one(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

fn is_in_capitals(typed: &str) -> bool {
    typed.chars().filter(|letter| letter.is_uppercase()).nth(MIN_CAPITALS - 1).is_some()
        && !typed.chars().any(char::is_lowercase)
}

/// The question that a letter of another script than Latin asks.
fn script(letter: char) -> Option<&'static str> {
    Some(match u32::from(letter) {
        0x370..=0x3FF => "It was typed in Greek letters: is the keyboard layout the right one?",
        0x400..=0x52F => "It was typed in Cyrillic letters: is the keyboard layout the right one?",
        0x530..=0x58F => "It was typed in Armenian letters: is the keyboard layout the right one?",
        0x590..=0x5FF => "It was typed in Hebrew letters: is the keyboard layout the right one?",
        0x600..=0x77F => "It was typed in Arabic letters: is the keyboard layout the right one?",
        0x900..=0x97F => "It was typed in Devanagari letters: is the keyboard layout the right one?",
        0xE00..=0xE7F => "It was typed in Thai letters: is the keyboard layout the right one?",
        0x10A0..=0x10FF => "It was typed in Georgian letters: is the keyboard layout the right one?",
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7A3 => {
            "It was typed in Korean letters: is the keyboard layout the right one?"
        }
        0x3040..=0x30FF | 0x4E00..=0x9FFF => {
            "It was typed by way of an input method: is the keyboard layout the right one?"
        }
        0xFF01..=0xFF5E => "It was typed in full-width letters: is the keyboard layout the right one?",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [&Keys; 8] = [&US, &RUSSIAN, &UKRAINIAN, &GREEK, &HEBREW, &GERMAN, &FRENCH, &DVORAK];

    fn text(secret: Option<Secret>) -> Option<String> {
        secret.map(|secret| secret.expose_str().unwrap().to_owned())
    }

    #[track_caller]
    fn is_guessed(typed: &str, meant: &str, words: &str) {
        let guesses = guesses(typed);
        let found = guesses.iter().find(|guess| guess.text.expose_str() == Some(meant));
        assert!(found.is_some_and(|guess| guess.words.contains(words)), "{typed}: {meant}");
        assert!(guesses.len() <= 11 && !guesses.iter().any(|guess| guess.text.same_as(typed.as_bytes())));
    }

    #[test]
    fn what_was_meant_is_guessed() {
        is_guessed("пароль", "gfhjkm", "US");
        is_guessed("gfhjkm", "пароль", "Russian");
        is_guessed("Ghbdsn1", "Привіт1".replace('і', "ы").as_str(), "Russian");
        is_guessed("Zwiebel", "Ywiebel", "QWERTZ");
        is_guessed("tzpe+", "type]", "QWERTZ");
        is_guessed("qwerty", "azerty", "AZERTY");
        is_guessed("azerty 1", "qwerty !", "AZERTY");
        is_guessed("hello", "jdpps", "Dvorak");
        is_guessed("jdpps", "hello", "Dvorak");
        is_guessed("CORRECT hORSE", "correct Horse", "Caps Lock");
        is_guessed("λογος", "logow", "US");
    }

    #[test]
    fn hints_ask() {
        assert!(hint("пароль").is_some_and(|hint| hint.contains("Cyrillic")));
        assert!(hint("CORRECT 1").is_some_and(|hint| hint.contains("Caps Lock")));
        for quiet in ["", "Correct", "ABC", "1234 5678", "größe", "café"] {
            assert_eq!(hint(quiet), None, "{quiet}");
        }
        assert!(guesses("").is_empty() && guesses("12").iter().all(|guess| !guess.is_likely));
        assert!(guesses("ПАРОЛЬ").iter().all(|guess| guess.is_likely));
    }

    #[test]
    fn a_layout_has_each_letter_once() {
        for keys in ALL {
            let letters: Vec<char> = (0..tables::PLACES).filter_map(|place| keys.letter_at(place)).collect();
            assert!(letters.len() > 80, "{} letters", letters.len());
            for (number, letter) in letters.iter().enumerate() {
                assert!(!letters[..number].contains(letter), "{letter} twice beside {letters:?}");
                assert_eq!(keys.letter_at(keys.place_of(*letter).unwrap()), Some(*letter));
            }
        }
    }

    proptest! {
        #[test]
        fn there_and_back(places in proptest::collection::vec(0..tables::PLACES, 1..20), a in 0..8_usize, b in 0..8_usize) {
            let typed: String = places.iter().filter_map(|place| ALL[a].letter_at(*place)).collect();
            if let Some(other) = text(as_if(&typed, ALL[a], ALL[b])) {
                prop_assert_eq!(text(as_if(&other, ALL[b], ALL[a])), Some(typed));
            }
        }

        #[test]
        fn any_text_is_guessed_at(typed in any::<String>()) {
            prop_assert!(guesses(&typed).len() <= 11);
            hint(&typed);
        }
    }
}
