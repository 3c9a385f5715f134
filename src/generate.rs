//! Recipe to secret: passwords and passphrases that nobody chose.
//!
//! Every secret that a recipe permits is exactly equally likely: what is permitted is counted, never folded or
//! repaired, so the entropy stated for a recipe is the entropy of what it makes. Nothing here stores, shows
//! or judges a secret, and the random bytes are an argument.

mod chars;
pub mod guessing;
mod list;
mod natural;
mod numbering;
mod passphrase;
mod password;
mod pattern;
mod text;

use std::sync::Arc;

use thiserror::Error;

use crate::crypto::random::{Random, RandomError};
use crate::secret::Secret;

pub use chars::Chars;
pub use list::{List, ListError, OwnWords};
pub use passphrase::Passphrase;
pub use password::{Mix, Password, Required};
pub use pattern::Pattern;
pub use text::TextError;

/// The most secrets in one [`batch`].
pub const MAX_COUNT: usize = 10_000;

/// How a secret is made. The fields of a recipe are free; its bounds are checked before the first draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipe {
    /// Random characters.
    Password(Password),
    /// Random words or syllables.
    Passphrase(Passphrase),
    /// By a mask.
    Pattern(Pattern),
}

/// A recipe that cannot be followed.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RecipeError {
    /// Outside 1 to 1,024 characters.
    #[error("a password of {length} characters: it has 1 to {max}", max = Password::MAX_LENGTH)]
    LengthOutOfBounds { length: usize },
    #[error("at least {min} characters and at most {max}: no password is both")]
    LengthsCrossed { min: usize, max: usize },
    /// A length that a site does not take.
    #[error("{length} characters: it takes {min} to {max}")]
    NotSoLong { length: usize, min: usize, max: usize },
    /// Every class is off.
    #[error("no kind of character is chosen")]
    NoClass,
    /// Of a set that is required, all characters are forbidden, or none can be typed on every keyboard.
    #[error("something is required of which no character is left")]
    NothingOf,
    /// Fewer characters than classes of which each must be there.
    #[error("{length} characters cannot hold one of each of {classes} kinds")]
    TooShort { length: usize, classes: usize },
    /// Fewer characters than must be there.
    #[error("{length} characters cannot hold the {least} that are required")]
    TooShortFor { length: usize, least: usize },
    /// Rules that contradict one another.
    #[error("no password meets all of this at once")]
    Impossible,
    #[error("this takes too much counting; ask for a shorter one, or for less at once")]
    TooIntricate,
    /// Outside 1 to 64 words.
    #[error("a passphrase of {words} words: it has 1 to {max}", max = Passphrase::MAX_WORDS)]
    WordsOutOfBounds { words: usize },
    /// Longer than 16 bytes.
    #[error("a separator of {bytes} bytes: it has at most {max}", max = Passphrase::MAX_SEPARATOR)]
    SeparatorTooLong { bytes: usize },
    /// A control character such as a line break, which no password field takes.
    #[error("a control character in the separator")]
    ControlInSeparator,
    #[error("a ] in the separator, which ends a set in a recipe")]
    BracketInSeparator,
    /// Two draws could give the same text.
    #[error("words of the list begin one another: it takes a separator that is in none of them")]
    WordsRunTogether,
    #[error("the word list was not read")]
    ListNotRead,
    #[error("a pattern of {bytes} bytes: it has 1 to {max}", max = Pattern::MAX_MASK)]
    MaskLength { bytes: usize },
    #[error(
        "{sign:?} means nothing here in a pattern: d l u a s c v y C V Y do, and {{n}} behind one of them"
    )]
    NoSign { sign: char },
}

/// Nothing was generated.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum GenerateError {
    /// The recipe cannot be followed.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// No random bytes, or none that can be random.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Outside 1 to 10,000 secrets.
    #[error("{count} at once: it is 1 to {MAX_COUNT}")]
    CountOutOfBounds { count: usize },
    /// There are not as many different secrets of this recipe.
    #[error("{count} different ones are wanted where only {space} exist")]
    TooFew { count: usize, space: u64 },
}

impl Recipe {
    /// The entropy in bits: log2 of the number of secrets that the recipe permits, each equally likely.
    ///
    /// # Errors
    /// [`RecipeError`] where it permits none, or is out of bounds.
    pub fn entropy_bits(&self) -> Result<f64, RecipeError> {
        match self {
            Self::Password(password) => Ok(password.counted()?.entropy_bits()),
            Self::Passphrase(passphrase) => passphrase.entropy_bits(),
            Self::Pattern(pattern) => pattern.entropy_bits(),
        }
    }

    /// One secret, drawn evenly from all that the recipe permits. ASCII but for the words of a list of the user's own,
    /// and the separator of a passphrase, which may be any UTF-8.
    ///
    /// # Errors
    /// [`GenerateError::Recipe`] before the first draw; [`GenerateError::Random`].
    pub fn generate(&self, random: &mut dyn Random) -> Result<Secret, GenerateError> {
        match self {
            Self::Password(password) => password.counted()?.generate(random),
            Self::Passphrase(passphrase) => passphrase.generate(random),
            Self::Pattern(pattern) => pattern.generate(random),
        }
    }

    /// The file with the words that it needs and that were not read yet.
    pub fn wanted_list(&self) -> Option<&str> {
        match self {
            Self::Passphrase(Passphrase { list: List::File { path, words: None }, .. }) => Some(path),
            _ => None,
        }
    }

    /// The same with the words that were read from that file.
    #[must_use]
    pub fn with_words(mut self, own: Arc<OwnWords>) -> Self {
        if let Self::Passphrase(Passphrase { list: List::File { words, .. }, .. }) = &mut self {
            *words = Some(own);
        }
        self
    }
}

impl Default for Recipe {
    fn default() -> Self {
        Self::Password(Mix::default().into())
    }
}

/// `count` secrets of `recipe`, no two the same, in the order drawn.
///
/// # Errors
/// [`GenerateError::CountOutOfBounds`] outside 1 to [`MAX_COUNT`]; [`GenerateError::TooFew`] where the recipe
/// does not permit as many; else as [`Recipe::generate`].
pub fn batch(recipe: &Recipe, count: usize, random: &mut dyn Random) -> Result<Vec<Secret>, GenerateError> {
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(GenerateError::CountOutOfBounds { count });
    }
    // Exact where it decides: below 2^14 the rounding of a 53-bit logarithm is far less than a half.
    let space = recipe.entropy_bits()?.exp2().round();
    if space < count as f64 {
        return Err(GenerateError::TooFew { count, space: space as u64 });
    }
    let counted = match recipe {
        Recipe::Password(password) => Some(password.counted()?),
        _ => None,
    };
    let mut secrets = Vec::with_capacity(count);
    let mut sorted: Vec<usize> = Vec::with_capacity(count);
    // A draw is new with a probability of at least 1 / count, so that many repeats in a row happen once in
    // e^100 batches: what then repeats itself is the random generator.
    let mut repeats_left = 100 * count;
    while secrets.len() < count {
        let drawn = match &counted {
            Some(counted) => counted.generate(random)?,
            None => recipe.generate(random)?,
        };
        let found = sorted.binary_search_by(|&at| {
            secrets.get(at).map(Secret::expose).unwrap_or_default().cmp(drawn.expose())
        });
        match found {
            Ok(_) if repeats_left == 0 => return Err(RandomError.into()),
            Ok(_) => repeats_left -= 1,
            Err(place) => {
                sorted.insert(place, secrets.len());
                secrets.push(drawn);
                repeats_left = 100 * count;
            }
        }
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    /// A generator that is stuck, as broken hardware is.
    struct Stuck(u8);

    impl Random for Stuck {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
            out.fill(self.0);
            Ok(())
        }
    }

    fn digits(length: usize) -> Recipe {
        Recipe::Password(Password::pin(length))
    }

    #[test]
    fn a_batch_is_all_different() {
        let mut random = SeededRandom::new(7);
        for (recipe, count) in [(Recipe::default(), 500), (digits(1), 10), (digits(3), 1000), (digits(2), 50)]
        {
            let batch = batch(&recipe, count, &mut random).unwrap();
            let different: std::collections::HashSet<&[u8]> = batch.iter().map(Secret::expose).collect();
            assert_eq!((batch.len(), different.len()), (count, count));
        }
    }

    #[test]
    fn a_batch_keeps_the_order_drawn() {
        let batch = batch(&digits(2), 50, &mut SeededRandom::new(8)).unwrap();
        assert!(!batch.is_sorted_by(|a, b| a.expose() <= b.expose()));
    }

    #[test]
    fn an_impossible_batch_is_refused() {
        let mut random = SeededRandom::new(1);
        let of =
            |recipe: &Recipe, count, random: &mut SeededRandom| batch(recipe, count, random).unwrap_err();
        let error = of(&digits(2), 101, &mut random);
        assert!(matches!(error, GenerateError::TooFew { count: 101, space: 100 }), "{error}");
        for count in [0, MAX_COUNT + 1, usize::MAX] {
            let error = of(&Recipe::default(), count, &mut random);
            assert!(matches!(error, GenerateError::CountOutOfBounds { .. }), "{error}");
        }
        assert!(matches!(of(&digits(0), 1, &mut random), GenerateError::Recipe(_)));
    }

    #[test]
    fn a_stuck_generator_ends_in_an_error() {
        assert!(matches!(Recipe::default().generate(&mut Stuck(0xFF)), Err(GenerateError::Random(_))));
        let of_words = Recipe::Passphrase(Passphrase::default());
        for recipe in [digits(4), of_words] {
            assert!(matches!(batch(&recipe, 100, &mut Stuck(0)), Err(GenerateError::Random(_))));
        }
    }
}
