//! Text read aloud, letter by letter: the words of the international radiotelephony alphabet (ICAO Annex 10,
//! volume II, 5.2.1.3). The words are fixed, so that a secret is spelled without a copy of it.

/// A character as it is read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled {
    /// The character.
    pub letter: char,
    /// The word for it; empty where there is none, and the character is shown alone.
    pub word: &'static str,
    /// Whether it is a capital letter, which is to be said.
    pub is_capital: bool,
}

#[rustfmt::skip]
const LETTERS: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
    "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
    "X-ray", "Yankee", "Zulu",
];
const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const SIGNS: [(char, &str); 14] = [
    (' ', "space"),
    ('-', "hyphen"),
    ('_', "underscore"),
    ('.', "dot"),
    (',', "comma"),
    ('@', "at"),
    ('#', "hash"),
    ('!', "exclamation mark"),
    ('?', "question mark"),
    ('+', "plus"),
    ('*', "star"),
    ('/', "slash"),
    ('&', "and sign"),
    ('$', "dollar"),
];

/// Spells a text.
pub fn spelled(text: &str) -> impl Iterator<Item = Spelled> {
    text.chars().map(|letter| {
        let place =
            |first: char| usize::try_from(u32::from(letter.to_ascii_lowercase()) - u32::from(first)).ok();
        let word = match letter {
            'a'..='z' | 'A'..='Z' => place('a').and_then(|at| LETTERS.get(at)).copied(),
            '0'..='9' => place('0').and_then(|at| DIGITS.get(at)).copied(),
            _ => SIGNS.iter().find(|(sign, _)| *sign == letter).map(|(_, word)| *word),
        };
        Spelled { letter, word: word.unwrap_or_default(), is_capital: letter.is_uppercase() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_word() {
        let words = |text| spelled(text).map(|spelled| spelled.word).collect::<Vec<_>>();
        assert_eq!(words("aZ 09-ö"), ["Alfa", "Zulu", "space", "zero", "nine", "hyphen", ""]);
        for (letter, word) in ('a'..='z').zip(LETTERS) {
            assert!(word.to_lowercase().starts_with(letter), "{word}");
        }
        assert!(
            spelled("A").all(|spelled| spelled.is_capital) && !spelled("a").any(|spelled| spelled.is_capital)
        );
    }
}
