//! Passwords of random characters: a length, the classes to draw from, and whether each must be there.
//!
//! Where each class must be there, whole candidates are drawn and those that miss one are thrown away. That
//! is what keeps the rest equally likely; putting the missing character in would not.

use crate::crypto::random::{Random, RandomError, below};
use crate::secret::Secret;

use super::{GenerateError, RecipeError};

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// The signs that sites take: of the published rules that list signs, each of these is in more than six of
/// ten, and no other in more than four (Apple's password-manager-resources, 434 rules). Eight cost a password
/// of 20 characters 9 bits against all 32 of ASCII, which is less than one refusal costs. None is a quote,
/// backslash, bracket, comma or blank, which shells, CSV and forms change or swallow.
pub const SYMBOLS: &str = "!#$%&*@^";
/// The characters that are taken for one another in common fonts, print and handwriting: zero and both forms
/// of the letter O; one, small L and capital I. All of each group go, since a reader does not know which of
/// them cannot occur.
pub const LOOK_ALIKES: &str = "0Oo1lI";

/// At least one candidate in twenty holds each class, at any length (a test goes through all recipes): this
/// many misses in a row have a probability below 2^-128, and mean that the generator is stuck.
const MAX_TRIES: usize = 2048;

/// The recipe of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// Characters, 1 to [`Password::MAX_LENGTH`].
    pub length: usize,
    /// Small letters, a to z.
    pub lower: bool,
    /// Capital letters, A to Z.
    pub upper: bool,
    /// Digits, 0 to 9.
    pub digits: bool,
    /// Signs: [`SYMBOLS`].
    pub symbols: bool,
    /// Leave out [`LOOK_ALIKES`].
    pub no_look_alikes: bool,
    /// At least one character of each class that is on.
    pub one_of_each: bool,
}

impl Default for Password {
    /// 20 characters of all classes, at least one of each: 122 bits.
    fn default() -> Self {
        Self {
            length: 20,
            lower: true,
            upper: true,
            digits: true,
            symbols: true,
            no_look_alikes: false,
            one_of_each: true,
        }
    }
}

impl Password {
    /// The longest password that is made.
    pub const MAX_LENGTH: usize = 1024;

    /// log2(n^length * share), with n characters in all classes.
    pub(super) fn entropy_bits(&self) -> Result<f64, RecipeError> {
        let classes = self.classes()?;
        let characters: usize = classes.iter().map(Vec::len).sum();
        Ok(self.length as f64 * (characters as f64).log2() + self.share(&classes).log2())
    }

    pub(super) fn generate(&self, random: &mut dyn Random) -> Result<Secret, GenerateError> {
        let classes = self.classes()?;
        let characters = classes.concat();
        let bound = u32::try_from(characters.len()).unwrap_or(u32::MAX);
        let mut secret = Secret::zeroed(self.length);
        for _ in 0..MAX_TRIES {
            for place in secret.expose_mut() {
                let drawn = below(random, bound)? as usize;
                *place = characters.get(drawn).copied().unwrap_or_default();
            }
            let holds = |class: &Vec<u8>| secret.expose().iter().any(|byte| class.contains(byte));
            if !self.one_of_each || classes.iter().all(holds) {
                return Ok(secret);
            }
        }
        Err(RandomError.into())
    }

    /// The characters of each class that is on; none of them is empty.
    fn classes(&self) -> Result<Vec<Vec<u8>>, RecipeError> {
        let length = self.length;
        if !(1..=Self::MAX_LENGTH).contains(&length) {
            return Err(RecipeError::LengthOutOfBounds { length });
        }
        let all = [(self.lower, LOWER), (self.upper, UPPER), (self.digits, DIGITS), (self.symbols, SYMBOLS)];
        let permitted = |byte: &u8| !(self.no_look_alikes && LOOK_ALIKES.as_bytes().contains(byte));
        let classes: Vec<Vec<u8>> = all
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, class)| class.bytes().filter(permitted).collect())
            .collect();
        if classes.is_empty() {
            return Err(RecipeError::NoClass);
        }
        if self.one_of_each && length < classes.len() {
            return Err(RecipeError::TooShort { length, classes: classes.len() });
        }
        Ok(classes)
    }

    /// The share of all strings over the characters that the recipe permits, by inclusion and exclusion: the
    /// sum over every set of classes of (-1)^|set| * (the share of strings without any of them).
    fn share(&self, classes: &[Vec<u8>]) -> f64 {
        if !self.one_of_each {
            return 1.0;
        }
        let characters: usize = classes.iter().map(Vec::len).sum();
        let exponent = i32::try_from(self.length).unwrap_or(i32::MAX);
        (0_u32..1 << classes.len())
            .map(|set| {
                let missing: usize = classes
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| set >> at & 1 == 1)
                    .map(|(_, class)| class.len())
                    .sum();
                let sign = if set.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                sign * ((characters - missing) as f64 / characters as f64).powi(exponent)
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::crypto::random::SeededRandom;

    /// Every choice of classes and look-alikes, with at least one class, at `length`.
    fn recipes(length: usize, one_of_each: bool) -> impl Iterator<Item = Password> {
        (0..32_u32).filter(|set| set & 15 != 0).map(move |set| Password {
            length,
            lower: set & 1 != 0,
            upper: set & 2 != 0,
            digits: set & 4 != 0,
            symbols: set & 8 != 0,
            no_look_alikes: set & 16 != 0,
            one_of_each,
        })
    }

    fn only_digits_and_symbols(length: usize) -> Password {
        Password { length, lower: false, upper: false, ..Password::default() }
    }

    /// The sum of squared deviations over the expectation, in standard deviations of what chance gives.
    fn chi_square_deviation(counts: &[u32]) -> f64 {
        let expected = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
        let freedom = counts.len() as f64 - 1.0;
        let sum: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        (sum - freedom) / (2.0 * freedom).sqrt()
    }

    /// The recipe's rules once more, written another way.
    fn is_permitted(recipe: &Password, text: &[u8]) -> bool {
        let class_of = |byte: &u8| match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' => 3,
            _ => 4,
        };
        let mut counts = [0; 5];
        text.iter().for_each(|byte| counts[class_of(byte)] += 1);
        let wanted = [recipe.lower, recipe.upper, recipe.digits, recipe.symbols, false];
        text.len() == recipe.length
            && counts.iter().zip(wanted).all(|(count, on)| *count == 0 || on)
            && (!recipe.one_of_each || counts.iter().zip(wanted).all(|(count, on)| *count > 0 || !on))
            && (!recipe.no_look_alikes || !text.iter().any(|byte| b"O0oIl1".contains(byte)))
    }

    #[test]
    fn each_recipe_is_kept_over_many_draws() {
        let mut random = SeededRandom::new(2);
        for length in [4, 5, 20] {
            for recipe in recipes(length, true).chain(recipes(length, false)) {
                for _ in 0..100 {
                    let secret = recipe.generate(&mut random).unwrap();
                    assert!(is_permitted(&recipe, secret.expose()), "{recipe:?}: {:?}", secret.expose_str());
                }
            }
        }
    }

    #[test]
    fn characters_are_equally_likely() {
        let recipe = Password { length: 1000, one_of_each: false, ..Password::default() };
        let mut random = SeededRandom::new(3);
        let mut counts = [0_u32; 256];
        for _ in 0..1000 {
            for byte in recipe.generate(&mut random).unwrap().expose() {
                counts[usize::from(*byte)] += 1;
            }
        }
        let counts: Vec<u32> = counts.into_iter().filter(|count| *count > 0).collect();
        assert_eq!(counts.len(), 70);
        assert!(chi_square_deviation(&counts).abs() < 5.0, "{counts:?}");
    }

    #[test]
    fn the_measure_notices_a_folded_draw() {
        let mut random = SeededRandom::new(3);
        let mut bytes = vec![0; 100_000];
        random.fill(&mut bytes).unwrap();
        let mut counts = [0_u32; 70];
        bytes.iter().for_each(|byte| counts[usize::from(*byte) % 70] += 1);
        assert!(chi_square_deviation(&counts) > 50.0);
    }

    #[test]
    fn permitted_passwords_are_equally_likely() {
        let recipe = only_digits_and_symbols(2);
        let mut random = SeededRandom::new(4);
        let mut seen: HashMap<Vec<u8>, u32> = HashMap::new();
        for _ in 0..160_000 {
            *seen.entry(recipe.generate(&mut random).unwrap().expose().to_vec()).or_default() += 1;
        }
        let counts: Vec<u32> = seen.into_values().collect();
        assert_eq!(counts.len(), 2 * 10 * 8);
        assert!(chi_square_deviation(&counts).abs() < 5.0, "{counts:?}");
    }

    #[test]
    fn entropy_is_the_logarithm_of_the_count() {
        let three_classes = [UPPER, DIGITS, SYMBOLS].concat();
        let four_classes = [LOWER, &three_classes].concat();
        let mut checked = 0;
        for one_of_each in [true, false] {
            let long = recipes(3, one_of_each).filter(|recipe| !recipe.lower);
            for recipe in recipes(1, one_of_each).chain(recipes(2, one_of_each)).chain(long) {
                let Ok(bits) = recipe.entropy_bits() else { continue };
                let characters = if recipe.lower { &four_classes } else { &three_classes };
                let count =
                    strings(characters.as_bytes(), recipe.length).filter(|text| is_permitted(&recipe, text));
                let expected = (count.count() as f64).log2();
                assert!((bits - expected).abs() < 1e-12, "{recipe:?}: {bits}, {expected}");
                checked += 1;
            }
        }
        // Of 30 recipes, 8 have one class and 12 have two; 14 have no small letters.
        assert_eq!(checked, (8 + 20 + 14) + (30 + 30 + 14));
    }

    /// Every string of `length` over `characters`, each once.
    fn strings(characters: &[u8], length: usize) -> impl Iterator<Item = Vec<u8>> {
        let base = characters.len();
        (0..base.pow(length as u32)).map(move |number| {
            (0..length).map(|at| characters[number / base.pow(at as u32) % base]).collect()
        })
    }

    #[test]
    fn entropy_of_longer_recipes() {
        let bits = |length| Password { length, ..Password::default() }.entropy_bits().unwrap();
        // Each of the four classes once, in any of the 24 orders.
        assert!((bits(4) - f64::from(24 * 26 * 26 * 10 * 8).log2()).abs() < 1e-12);
        // By Python, in whole numbers: log2 of the sum over the subsets S of (26, 26, 10, 8) of
        // (-1)^|S| * (70 - sum(S))^length.
        assert!((bits(20) - 122.381_983_481_884_56).abs() < 1e-11);
        assert!((bits(1024) - 6_276.385_809_351_646).abs() < 1e-9);
    }

    #[test]
    fn a_candidate_is_accepted_at_least_once_in_twenty() {
        for length in 1..=64 {
            for recipe in recipes(length, true) {
                if let Ok(classes) = recipe.classes() {
                    assert!(recipe.share(&classes) > 0.05, "{recipe:?}");
                }
            }
        }
        assert!(0.95_f64.powi(MAX_TRIES as i32) < 2_f64.powi(-128));
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        let none = Password { lower: false, upper: false, ..only_digits_and_symbols(8) };
        let none = Password { digits: false, symbols: false, ..none };
        for (recipe, expected) in [
            (Password { length: 0, ..Password::default() }, RecipeError::LengthOutOfBounds { length: 0 }),
            (
                Password { length: usize::MAX, ..Password::default() },
                RecipeError::LengthOutOfBounds { length: usize::MAX },
            ),
            (Password { length: 2, ..Password::default() }, RecipeError::TooShort { length: 2, classes: 4 }),
            (none, RecipeError::NoClass),
        ] {
            assert_eq!(recipe.entropy_bits(), Err(expected));
            let refused = recipe.generate(&mut SeededRandom::new(1));
            assert!(matches!(refused, Err(GenerateError::Recipe(error)) if error == expected));
        }
        let short = Password { length: 2, one_of_each: false, ..Password::default() };
        assert!(short.generate(&mut SeededRandom::new(1)).is_ok());
    }
}
