//! Passphrases: words of a list, drawn with repetition. Syllables are such a list, and make passwords that can be said.
//!
//! Two different draws never give the same text, which [`List`] sees to, so that the entropy is that of the draws.

use super::list::List;
use super::{GenerateError, RecipeError};
use crate::crypto::random::{Random, RandomError, below};
use crate::secret::Secret;

/// The recipe of a passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passphrase {
    /// Words, 1 to [`Passphrase::MAX_WORDS`].
    pub words: usize,
    /// What they are drawn from.
    pub list: List,
    /// What stands between two words; at most [`Passphrase::MAX_SEPARATOR`] bytes, no control characters.
    pub separator: String,
    /// Each word with a capital, a syllable only at the beginning of a word. Adds no entropy; for sites that want one.
    pub capitalised: bool,
    /// A random digit after the last word, for sites that want one.
    pub number: bool,
}

impl Default for Passphrase {
    /// Six words with hyphens: 77 bits.
    fn default() -> Self {
        Self { words: 6, list: List::EffLong, separator: "-".to_owned(), capitalised: false, number: false }
    }
}

impl Passphrase {
    /// The most words of a passphrase.
    pub const MAX_WORDS: usize = 64;
    /// The longest separator in bytes.
    pub const MAX_SEPARATOR: usize = 16;

    /// So many syllables, with nothing between them: 10 bits each.
    pub fn pronounceable(syllables: usize) -> Self {
        Self { words: syllables, list: List::Syllables, separator: String::new(), ..Self::default() }
    }

    /// words * log2(words of the list), and log2(10) for a digit.
    pub(super) fn entropy_bits(&self) -> Result<f64, RecipeError> {
        let words = self.check()?;
        let number = if self.number { 10_f64.log2() } else { 0.0 };
        Ok(self.words as f64 * (words as f64).log2() + number)
    }

    pub(super) fn generate(&self, random: &mut dyn Random) -> Result<Secret, GenerateError> {
        let bound = u32::try_from(self.check()?).unwrap_or(u32::MAX);
        let room = self.words * (self.list.longest() + self.separator.len()) + 1;
        let mut secret = Secret::with_capacity(room);
        for at in 0..self.words {
            if at > 0 {
                secret.append(self.separator.as_bytes());
            }
            let word = self.list.word(below(random, bound)? as usize).ok_or(RandomError)?;
            let start = secret.len();
            secret.append(word.bytes());
            let begins = at == 0 || self.list != List::Syllables || !self.separator.is_empty();
            if self.capitalised
                && begins
                && let Some(first) = secret.expose_mut().get_mut(start)
            {
                first.make_ascii_uppercase();
            }
        }
        if self.number {
            let digit = b'0' + below(random, 10)? as u8;
            secret.append(&[digit]);
        }
        Ok(secret)
    }

    /// How many words there are to draw from.
    fn check(&self) -> Result<usize, RecipeError> {
        let (words, bytes) = (self.words, self.separator.len());
        if !(1..=Self::MAX_WORDS).contains(&words) {
            return Err(RecipeError::WordsOutOfBounds { words });
        }
        if bytes > Self::MAX_SEPARATOR {
            return Err(RecipeError::SeparatorTooLong { bytes });
        }
        if self.separator.chars().any(char::is_control) {
            return Err(RecipeError::ControlInSeparator);
        }
        // What a recipe's text could not say must not be in one.
        if self.separator.contains(']') {
            return Err(RecipeError::BracketInSeparator);
        }
        if !self.list.is_told_apart_by(&self.separator) {
            return Err(RecipeError::WordsRunTogether);
        }
        self.list.len().ok_or(RecipeError::ListNotRead)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use diceware_wordlists::Wordlist;

    use super::*;
    use crate::crypto::random::SeededRandom;

    fn text(recipe: &Passphrase, seed: u64) -> String {
        recipe.generate(&mut SeededRandom::new(seed)).unwrap().expose_str().unwrap().to_owned()
    }

    #[test]
    fn the_list_is_the_one_counted_on() {
        let mut list = Wordlist::EffLong.get_list().to_vec();
        assert_eq!(list.len(), 7776);
        assert!(list.iter().all(|word| (3..=9).contains(&word.len())));
        assert!(list.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        list.sort_unstable();
        // Sorted, a word is directly followed by those that it begins.
        assert!(list.windows(2).all(|pair| !pair[1].starts_with(pair[0])));
    }

    #[test]
    fn is_made_of_the_words_asked_for() {
        let list: HashSet<&str> = Wordlist::EffLong.get_list().iter().copied().collect();
        for seed in 0..200 {
            let recipe = Passphrase { separator: " · ".to_owned(), ..Passphrase::default() };
            let plain = text(&recipe, seed);
            let words: Vec<&str> = plain.split(" · ").collect();
            assert_eq!(words.len(), 6);
            assert!(words.iter().all(|word| list.contains(word)), "{plain}");

            let dressed = text(&Passphrase { capitalised: true, number: true, ..recipe }, seed);
            assert!(dressed.ends_with(|last: char| last.is_ascii_digit()), "{dressed}");
            assert!(dressed.split(" · ").all(|word| word.starts_with(|c: char| c.is_ascii_uppercase())));
            assert_eq!(dressed.to_lowercase().trim_end_matches(|c: char| c.is_ascii_digit()), plain);
        }
    }

    #[test]
    fn syllables_can_be_said() {
        let syllable = |text: &str| {
            let letters = text.as_bytes();
            b"bdfghjklmnprstvz".contains(&letters[0]) && b"aeiou".contains(&letters[1])
        };
        for seed in 0..200 {
            let plain = text(&Passphrase { separator: "-".to_owned(), ..Passphrase::pronounceable(4) }, seed);
            assert!(plain.split('-').count() == 4 && plain.split('-').all(syllable), "{plain}");
            let joined =
                text(&Passphrase { capitalised: true, number: true, ..Passphrase::pronounceable(4) }, seed);
            assert_eq!(joined.to_lowercase()[..joined.len() - 1], plain.replace('-', ""));
            assert_eq!(joined.chars().filter(char::is_ascii_uppercase).count(), 1, "{joined}");
        }
        assert!((Passphrase::pronounceable(1).entropy_bits().unwrap() - 1120_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn syllables_that_run_together_are_told_apart() {
        let list = List::Syllables;
        let all: HashSet<Vec<u8>> = (0..1120).map(|at| list.word(at).unwrap().bytes().to_vec()).collect();
        assert!(all.len() == 1120 && list.word(1120).is_none());
        // Two to a text, each pair another text: with what follows, the same.
        let pairs: HashSet<Vec<u8>> =
            all.iter().flat_map(|one| all.iter().map(move |two| [one.as_slice(), two].concat())).collect();
        assert_eq!(pairs.len(), 1120 * 1120);
    }

    #[test]
    fn words_are_equally_likely() {
        let list = Wordlist::EffLong.get_list();
        let mut random = SeededRandom::new(5);
        let recipe = Passphrase { words: 64, separator: " ".to_owned(), ..Passphrase::default() };
        let mut counts: std::collections::HashMap<String, u32> = Default::default();
        for _ in 0..4000 {
            let secret = recipe.generate(&mut random).unwrap();
            for word in secret.expose_str().unwrap().split(' ') {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
        let (draws, freedom) = (64.0 * 4000.0, list.len() as f64 - 1.0);
        let expected = draws / list.len() as f64;
        let squares = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected);
        let sum: f64 = squares.sum::<f64>() + (list.len() - counts.len()) as f64 * expected;
        assert!((sum - freedom).abs() < 5.0 * (2.0 * freedom).sqrt(), "{sum}");
    }

    #[test]
    fn entropy_counts_words_and_digit() {
        let bits = |recipe: Passphrase| recipe.entropy_bits().unwrap();
        let one = Passphrase { words: 1, ..Passphrase::default() };
        assert!((bits(one.clone()) - 7776_f64.log2()).abs() < 1e-12);
        assert!((bits(Passphrase { number: true, ..one.clone() }) - 77760_f64.log2()).abs() < 1e-12);
        assert!((bits(Passphrase { capitalised: true, ..one }) - 7776_f64.log2()).abs() < 1e-12);
        assert!((bits(Passphrase::default()) - 6.0 * 7776_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        let default = Passphrase::default();
        for (recipe, expected) in [
            (Passphrase { words: 0, ..default.clone() }, RecipeError::WordsOutOfBounds { words: 0 }),
            (Passphrase { words: 65, ..default.clone() }, RecipeError::WordsOutOfBounds { words: 65 }),
            (
                Passphrase { separator: "x".repeat(17), ..default.clone() },
                RecipeError::SeparatorTooLong { bytes: 17 },
            ),
            (Passphrase { separator: "\u{1b}[2J".to_owned(), ..default }, RecipeError::ControlInSeparator),
        ] {
            assert_eq!(recipe.entropy_bits(), Err(expected));
            let refused = recipe.generate(&mut SeededRandom::new(1));
            assert!(matches!(refused, Err(GenerateError::Recipe(error)) if error == expected));
        }
        let most = Passphrase {
            words: 64,
            separator: "x".repeat(16),
            capitalised: true,
            number: true,
            ..Passphrase::default()
        };
        assert!(text(&most, 1).len() > 64 * 3 + 63 * 16);
    }
}
