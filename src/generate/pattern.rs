//! Passwords by a mask: a sign of the mask for each place, as `ddyddy` for `58mag25zil`.

use super::chars::Chars;
use super::list::{CODAS, ONSETS, VOWELS};
use super::{GenerateError, RecipeError};
use crate::crypto::random::{Random, RandomError, below};
use crate::secret::Secret;

/// The recipe: `d` is a digit, `l` a small letter, `u` a capital one, `a` a letter of either size or a digit, `s` a sign
/// (as in other passwords), `c` a consonant, `v` a vowel, `y` a syllable of three letters; `C`, `V` and `Y` begin with a
/// capital. `{n}` repeats what is before it, `\` takes the next character as it is, and so stand other signs and blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The mask, at most [`Pattern::MAX_MASK`] bytes of printable ASCII.
    pub mask: String,
}

/// A place, and what it is drawn from.
enum Place {
    One(Vec<u8>),
    Capital(Vec<u8>),
}

impl Pattern {
    /// The longest mask in bytes.
    pub const MAX_MASK: usize = 256;
    /// The most characters that it makes.
    pub const MAX_LENGTH: usize = 1024;

    /// The sum of the logarithms of the choices.
    pub(super) fn entropy_bits(&self) -> Result<f64, RecipeError> {
        Ok(self.places()?.iter().map(|place| (place.choices().len() as f64).log2()).sum())
    }

    pub(super) fn generate(&self, random: &mut dyn Random) -> Result<Secret, GenerateError> {
        let places = self.places()?;
        let mut secret = Secret::with_capacity(places.len());
        for place in &places {
            let choices = place.choices();
            let bound = u32::try_from(choices.len()).unwrap_or(u32::MAX);
            let drawn = *choices.get(below(random, bound)? as usize).ok_or(RandomError)?;
            secret.append(&[if matches!(place, Place::Capital(_)) {
                drawn.to_ascii_uppercase()
            } else {
                drawn
            }]);
        }
        Ok(secret)
    }

    /// Each place of the password. No two ways through them give the same text, since each is one character.
    fn places(&self) -> Result<Vec<Place>, RecipeError> {
        if self.mask.is_empty() || self.mask.len() > Self::MAX_MASK {
            return Err(RecipeError::MaskLength { bytes: self.mask.len() });
        }
        let set = |chars: Chars| Place::One(chars.iter().collect());
        let letters = |letters: &[u8]| Place::One(letters.to_vec());
        let capital = |letters: &[u8]| Place::Capital(letters.to_vec());
        let mut places: Vec<Place> = Vec::new();
        let mut last = 0..0;
        let mut signs = self.mask.chars();
        while let Some(sign) = signs.next() {
            let before = places.len();
            match sign {
                'd' => places.push(set(Chars::DIGIT)),
                'l' => places.push(set(Chars::LOWER)),
                'u' => places.push(set(Chars::UPPER)),
                'a' => places.push(set(Chars::LOWER | Chars::UPPER | Chars::DIGIT)),
                's' => places.push(set(Chars::SYMBOLS)),
                'c' => places.push(letters(ONSETS)),
                'v' => places.push(letters(VOWELS)),
                'y' => places.extend([letters(ONSETS), letters(VOWELS), letters(CODAS)]),
                'C' => places.push(capital(ONSETS)),
                'V' => places.push(capital(VOWELS)),
                'Y' => places.extend([capital(ONSETS), letters(VOWELS), letters(CODAS)]),
                '{' => {
                    repeat(&mut places, last.clone(), repetitions(&mut signs)?)?;
                    continue;
                }
                _ => {
                    let literal = if sign == '\\' { signs.next() } else { Some(sign) };
                    // A bracket would end the mask in the recipe's text.
                    let is_plain =
                        |c: &char| *c != ']' && (sign == '\\' || !c.is_ascii_alphanumeric() && *c != '}');
                    let literal = literal.filter(|c| (' '..='~').contains(c)).filter(is_plain);
                    places.push(letters(&[literal.ok_or(RecipeError::NoSign { sign })? as u8]));
                }
            }
            last = before..places.len();
        }
        if places.is_empty() || places.len() > Self::MAX_LENGTH {
            return Err(RecipeError::LengthOutOfBounds { length: places.len() });
        }
        Ok(places)
    }
}

/// The number before the `}`.
fn repetitions(signs: &mut std::str::Chars<'_>) -> Result<usize, RecipeError> {
    let number: String = signs.by_ref().take_while(|sign| *sign != '}').collect();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| digits).filter(|times| *times > 0).ok_or(RecipeError::NoSign { sign: '{' })
}

/// Says the last sign `times` times in all.
fn repeat(places: &mut Vec<Place>, last: std::ops::Range<usize>, times: usize) -> Result<(), RecipeError> {
    let said: Vec<Place> = places.get(last).unwrap_or_default().iter().map(Place::again).collect();
    if said.is_empty() {
        return Err(RecipeError::NoSign { sign: '{' });
    }
    let length = said.len().saturating_mul(times);
    if length > Pattern::MAX_LENGTH {
        return Err(RecipeError::LengthOutOfBounds { length });
    }
    for _ in 1..times {
        places.extend(said.iter().map(Place::again));
    }
    Ok(())
}

impl Place {
    fn choices(&self) -> &[u8] {
        match self {
            Self::One(choices) | Self::Capital(choices) => choices,
        }
    }

    fn again(&self) -> Self {
        match self {
            Self::One(choices) => Self::One(choices.clone()),
            Self::Capital(choices) => Self::Capital(choices.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    fn text(mask: &str, seed: u64) -> String {
        let pattern = Pattern { mask: mask.to_owned() };
        pattern.generate(&mut SeededRandom::new(seed)).unwrap().expose_str().unwrap().to_owned()
    }

    #[test]
    fn each_sign_gives_what_it_means() {
        for seed in 0..300 {
            let made = text("dluascvy-CVY", seed);
            let bytes = made.as_bytes();
            assert!(
                bytes[0].is_ascii_digit() && bytes[1].is_ascii_lowercase() && bytes[2].is_ascii_uppercase()
            );
            assert!(bytes[3].is_ascii_alphanumeric() && b"!#$%&*@^".contains(&bytes[4]));
            let (consonants, vowels) = (b"bdfghjklmnprstvz", b"aeiou");
            for (at, of) in [(5, &consonants[..]), (6, vowels), (7, consonants), (8, vowels), (9, consonants)]
            {
                assert!(of.contains(&bytes[at]), "{made}");
            }
            assert_eq!(bytes[10], b'-');
            assert!(
                bytes[11..14].iter().all(u8::is_ascii_uppercase)
                    && bytes[14..].iter().all(u8::is_ascii_lowercase)
            );
            assert_eq!(bytes.len(), 16, "{made}");
        }
    }

    #[test]
    fn masks_repeat_and_escape() {
        assert_eq!(text("d{4}", 1).len(), 4);
        assert_eq!(text("dy{2}", 1).len(), 7);
        assert_eq!(text(r"\d\y\\\{ .", 1), r"dy\{ .");
        let bits = |mask: &str| Pattern { mask: mask.to_owned() }.entropy_bits().unwrap();
        assert!((bits("ddyddy") - 4.0 * 10_f64.log2() - 2.0 * (16.0 * 5.0 * 13.0_f64).log2()).abs() < 1e-12);
        assert_eq!(bits("- -"), 0.0);
    }

    #[test]
    fn a_mask_that_says_nothing_is_refused() {
        let refused = |mask: &str| Pattern { mask: mask.to_owned() }.entropy_bits().unwrap_err();
        for (mask, sign) in [
            ("dx", 'x'),
            ("d5", '5'),
            ("{2}", '{'),
            ("d{", '{'),
            ("d{}", '{'),
            ("d{0}", '{'),
            ("d{-1}", '{'),
            ("d{2}{", '{'),
            ("d}", '}'),
            ("ä", 'ä'),
            ("d\n", '\n'),
            ("\\", '\\'),
            ("d]", ']'),
            ("\\]", '\\'),
            ("d{99999999999999999999}", '{'),
        ] {
            assert_eq!(refused(mask), RecipeError::NoSign { sign }, "{mask}");
        }
        assert_eq!(refused(""), RecipeError::MaskLength { bytes: 0 });
        assert_eq!(refused(&"d".repeat(257)), RecipeError::MaskLength { bytes: 257 });
        assert_eq!(refused("y{1000}"), RecipeError::LengthOutOfBounds { length: 3000 });
        assert_eq!(refused("d{1000}d{100}"), RecipeError::LengthOutOfBounds { length: 1100 });
    }
}
