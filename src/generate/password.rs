//! Passwords of random characters: what they are drawn from, what must and must not be in them, and how long they
//! are. The same recipe says what a site accepts.

use super::chars::Chars;
use super::natural::Natural;
use super::numbering::{Numbering, Rules};
use super::{GenerateError, RecipeError};
use crate::crypto::random::Random;
use crate::secret::Secret;

/// A rule for passwords: what a person chose, or what a site asks for. Everything is optional, and the default
/// permits all visible characters of ASCII, 20 of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Password {
    /// The least characters; what [`Password::lengths`] says where nothing is given.
    pub min: Option<usize>,
    /// The most characters.
    pub max: Option<usize>,
    /// At least so many of each of these.
    pub required: Vec<Required>,
    /// What may be in it besides; with nothing here and nothing required, all that is visible.
    pub allowed: Option<Chars>,
    /// What is left out of all other sets.
    pub forbidden: Chars,
    /// What it begins with.
    pub first: Option<Chars>,
    /// What it ends with.
    pub last: Option<Chars>,
    /// The most of one character in a row.
    pub max_consecutive: Option<usize>,
    /// Properties of the text that are not known here: kept, and without effect.
    pub unknown: Vec<String>,
}

/// At least so many of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    /// Of these.
    pub of: Chars,
    /// So many.
    pub least: usize,
}

/// The usual choice, in the words of a form: which classes, and at least how many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// Characters, 1 to [`Password::MAX_LENGTH`].
    pub length: usize,
    /// Small letters, a to z.
    pub lower: bool,
    /// Capital letters, A to Z.
    pub upper: bool,
    /// Digits, 0 to 9.
    pub digits: bool,
    /// Signs: [`Chars::SYMBOLS`].
    pub symbols: bool,
    /// Leave out [`Chars::LOOK_ALIKES`].
    pub no_look_alikes: bool,
    /// At least so many of each class that is on.
    pub least: usize,
}

impl Default for Mix {
    /// 20 characters of all classes, at least one of each: 122 bits.
    fn default() -> Self {
        Self {
            length: Password::USUAL_LENGTH,
            lower: true,
            upper: true,
            digits: true,
            symbols: true,
            no_look_alikes: false,
            least: 1,
        }
    }
}

impl From<Mix> for Password {
    fn from(mix: Mix) -> Self {
        let classes = [
            (mix.lower, Chars::LOWER),
            (mix.upper, Chars::UPPER),
            (mix.digits, Chars::DIGIT),
            (mix.symbols, Chars::SYMBOLS),
        ];
        let chosen = classes.iter().filter(|(on, _)| *on).map(|(_, class)| *class);
        let required = chosen.clone().map(|of| Required { of, least: mix.least });
        let all = chosen.fold(Chars::NONE, |all, class| all | class);
        Self {
            min: Some(mix.length),
            max: Some(mix.length),
            required: required.filter(|needed| needed.least > 0).collect(),
            allowed: (mix.least == 0 || all.is_empty()).then_some(all),
            forbidden: if mix.no_look_alikes { Chars::LOOK_ALIKES } else { Chars::NONE },
            ..Self::default()
        }
    }
}

/// A recipe that was counted, ready to be drawn from.
pub struct Counted(Numbering);

impl Counted {
    /// The logarithm to the base of two of how many passwords there are.
    pub fn entropy_bits(&self) -> f64 {
        self.0.total().log2()
    }

    /// One of them, each equally likely.
    ///
    /// # Errors
    /// [`GenerateError::Random`].
    pub fn generate(&self, random: &mut dyn Random) -> Result<Secret, GenerateError> {
        let number: Natural = self.0.total().draw_below(random)?;
        Ok(self.0.spell(number))
    }
}

impl Password {
    /// The longest password that is made.
    pub const MAX_LENGTH: usize = 1024;
    /// As long as one is made where nothing else is asked for.
    pub const USUAL_LENGTH: usize = 20;

    /// `length` digits.
    pub fn pin(length: usize) -> Self {
        Self::from(Mix { length, lower: false, upper: false, symbols: false, ..Mix::default() })
    }

    /// Asks for one more of `of`.
    pub fn require(&mut self, of: Chars) {
        match self.required.iter_mut().find(|needed| needed.of == of) {
            Some(needed) => needed.least += 1,
            None => self.required.push(Required { of, least: 1 }),
        }
    }

    /// Least and most characters, with [`Password::USUAL_LENGTH`] for a bound that is not given, as far as the other
    /// one lets it.
    pub fn lengths(&self) -> (usize, usize) {
        let usual = Self::USUAL_LENGTH;
        match (self.min, self.max) {
            (Some(min), Some(max)) => (min, max),
            (Some(min), None) => (min, min.max(usual)),
            (None, Some(max)) => (max.min(usual), max),
            (None, None) => (usual, usual),
        }
    }

    /// What is drawn from.
    pub fn alphabet(&self) -> Chars {
        let required = self.required.iter().fold(Chars::NONE, |all, needed| all | needed.of);
        let named =
            self.allowed.unwrap_or(if self.required.is_empty() { Chars::VISIBLE } else { Chars::NONE });
        (required | named) - self.forbidden
    }

    /// What to make for a site with this rule: of the usual length as far as it takes that; of the usual classes where
    /// it does not say which characters it takes; without blanks, which forms cut off, where there is a choice.
    #[must_use]
    pub fn for_site(&self) -> Self {
        let least: usize = self.required.iter().map(|needed| needed.least).fold(0, usize::saturating_add);
        let min = self.min.unwrap_or(1);
        let max = self.max.unwrap_or(Self::MAX_LENGTH.max(min));
        if min > max {
            return self.clone();
        }
        let length = Self::USUAL_LENGTH.max(least).max(min).min(max);
        let mut made = Self { min: Some(length), max: Some(length), ..self.clone() };
        if made.allowed.is_none() && made.required.is_empty() {
            let least = usize::from(length >= 4);
            let usual = Self::from(Mix { least, ..Mix::default() });
            (made.required, made.allowed) = (usual.required, usual.allowed);
        }
        let needs_blank = made.required.iter().any(|needed| Chars::BLANK.holds(needed.of - made.forbidden));
        if !needs_blank && made.alphabet() != Chars::BLANK && made.alphabet().holds(Chars::BLANK) {
            made.forbidden = made.forbidden | Chars::BLANK;
        }
        made
    }

    /// The same for exactly `length` characters.
    ///
    /// # Errors
    /// [`RecipeError::NotSoLong`] where it is for fewer or more.
    pub fn with_length(&self, length: usize) -> Result<Self, RecipeError> {
        let (min, max) = (self.min.unwrap_or(1), self.max.unwrap_or(Self::MAX_LENGTH));
        if !(min..=max).contains(&length) {
            return Err(RecipeError::NotSoLong { length, min, max });
        }
        Ok(Self { min: Some(length), max: Some(length), ..self.clone() })
    }

    /// Counts what the recipe permits.
    ///
    /// # Errors
    /// [`RecipeError`] where that is nothing, or the recipe is out of bounds.
    pub fn counted(&self) -> Result<Counted, RecipeError> {
        let (min, max) = self.lengths();
        for length in [min, max] {
            if !(1..=Self::MAX_LENGTH).contains(&length) {
                return Err(RecipeError::LengthOutOfBounds { length });
            }
        }
        if min > max {
            return Err(RecipeError::LengthsCrossed { min, max });
        }
        let alphabet = self.alphabet();
        if alphabet.is_empty() {
            return Err(RecipeError::NoClass);
        }
        let required = self.needs(alphabet, max)?;
        let end = |chars: Option<Chars>| match chars.map_or(alphabet, |chars| chars & alphabet) {
            Chars::NONE => Err(RecipeError::Impossible),
            some => Ok(some),
        };
        let (first, last) = (end(self.first)?, end(self.last)?);
        if self.max_consecutive == Some(0) {
            return Err(RecipeError::Impossible);
        }
        let rules = Rules {
            lengths: (min, max),
            alphabet,
            required: &required,
            first,
            last,
            run: self.max_consecutive,
        };
        Numbering::new(&rules).map(Counted)
    }

    /// What must be there, each set once.
    fn needs(&self, alphabet: Chars, max: usize) -> Result<Vec<Required>, RecipeError> {
        let mut needs: Vec<Required> = Vec::new();
        for needed in &self.required {
            let of = needed.of & alphabet;
            if of.is_empty() {
                return Err(RecipeError::NothingOf);
            }
            // The same set asked for again is asked for once more.
            match needs.iter_mut().find(|known| known.of == of) {
                Some(known) => known.least = known.least.saturating_add(needed.least),
                None => needs.push(Required { of, ..*needed }),
            }
        }
        let are_apart = needs
            .iter()
            .enumerate()
            .all(|(at, one)| needs.iter().skip(at + 1).all(|other| (one.of & other.of).is_empty()));
        let least: usize = needs.iter().map(|needed| needed.least).fold(0, usize::saturating_add);
        if are_apart && least > max {
            return Err(if needs.iter().all(|needed| needed.least == 1) {
                RecipeError::TooShort { length: max, classes: needs.len() }
            } else {
                RecipeError::TooShortFor { length: max, least }
            });
        }
        Ok(needs)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::crypto::random::SeededRandom;

    /// Every choice of classes and look-alikes, with at least one class, at `length`.
    fn recipes(length: usize, one_of_each: bool) -> impl Iterator<Item = Mix> {
        (0..32_u32).filter(|set| set & 15 != 0).map(move |set| Mix {
            length,
            lower: set & 1 != 0,
            upper: set & 2 != 0,
            digits: set & 4 != 0,
            symbols: set & 8 != 0,
            no_look_alikes: set & 16 != 0,
            least: usize::from(one_of_each),
        })
    }

    fn only_digits_and_symbols(length: usize) -> Mix {
        Mix { length, lower: false, upper: false, ..Mix::default() }
    }

    fn generate(mix: &Mix, random: &mut SeededRandom) -> Result<Secret, GenerateError> {
        Password::from(*mix).counted()?.generate(random)
    }

    fn bits_of(mix: &Mix) -> Result<f64, RecipeError> {
        Password::from(*mix).counted().map(|counted| counted.entropy_bits())
    }

    /// The sum of squared deviations over the expectation, in standard deviations of what chance gives.
    fn chi_square_deviation(counts: &[u32]) -> f64 {
        let expected = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
        let freedom = counts.len() as f64 - 1.0;
        let sum: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        (sum - freedom) / (2.0 * freedom).sqrt()
    }

    /// The recipe's rules once more, written another way.
    fn is_permitted(recipe: &Mix, text: &[u8]) -> bool {
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
            && (recipe.least == 0 || counts.iter().zip(wanted).all(|(count, on)| *count > 0 || !on))
            && (!recipe.no_look_alikes || !text.iter().any(|byte| b"O0oIl1".contains(byte)))
    }

    #[test]
    fn each_recipe_is_kept_over_many_draws() {
        let mut random = SeededRandom::new(2);
        for length in [4, 5, 20] {
            for recipe in recipes(length, true).chain(recipes(length, false)) {
                for _ in 0..100 {
                    let secret = generate(&recipe, &mut random).unwrap();
                    assert!(is_permitted(&recipe, secret.expose()), "{recipe:?}: {:?}", secret.expose_str());
                }
            }
        }
    }

    #[test]
    fn characters_are_equally_likely() {
        let recipe = Mix { length: 1000, least: 0, ..Mix::default() };
        let mut random = SeededRandom::new(3);
        let mut counts = [0_u32; 256];
        let counted = Password::from(recipe).counted().unwrap();
        for _ in 0..1000 {
            for byte in counted.generate(&mut random).unwrap().expose() {
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
        let counted = Password::from(recipe).counted().unwrap();
        for _ in 0..160_000 {
            *seen.entry(counted.generate(&mut random).unwrap().expose().to_vec()).or_default() += 1;
        }
        let counts: Vec<u32> = seen.into_values().collect();
        assert_eq!(counts.len(), 2 * 10 * 8);
        assert!(chi_square_deviation(&counts).abs() < 5.0, "{counts:?}");
    }

    #[test]
    fn entropy_is_the_logarithm_of_the_count() {
        let three_classes: Vec<u8> = (Chars::UPPER | Chars::DIGIT | Chars::SYMBOLS).iter().collect();
        let four_classes = [(b'a'..=b'z').collect(), three_classes.clone()].concat();
        let mut checked = 0;
        for one_of_each in [true, false] {
            let long = recipes(3, one_of_each).filter(|recipe| !recipe.lower);
            for recipe in recipes(1, one_of_each).chain(recipes(2, one_of_each)).chain(long) {
                let Ok(bits) = bits_of(&recipe) else { continue };
                let characters = if recipe.lower { &four_classes } else { &three_classes };
                let count = strings(characters, recipe.length).filter(|text| is_permitted(&recipe, text));
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
        let bits = |length| bits_of(&Mix { length, ..Mix::default() }).unwrap();
        // Each of the four classes once, in any of the 24 orders.
        assert!((bits(4) - f64::from(24 * 26 * 26 * 10 * 8).log2()).abs() < 1e-12);
        // By Python, in whole numbers: log2 of the sum over the subsets S of (26, 26, 10, 8) of
        // (-1)^|S| * (70 - sum(S))^length.
        assert!((bits(20) - 122.381_983_481_884_56).abs() < 1e-11);
        assert!((bits(1024) - 6_276.385_809_351_646).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        let of = |text: &str| -> Password {
            match crate::generate::Recipe::parse(text) {
                Ok(crate::generate::Recipe::Password(password)) => password,
                other => panic!("{other:?}"),
            }
        };
        use RecipeError as E;
        for (text, expected) in [
            ("minlength: 0", E::LengthOutOfBounds { length: 0 }),
            ("maxlength: 0", E::LengthOutOfBounds { length: 0 }),
            ("minlength: 1000000000", E::LengthOutOfBounds { length: 1_000_000_000 }),
            ("minlength: 99999999999999999999999", E::LengthOutOfBounds { length: usize::MAX }),
            ("minlength: 9; maxlength: 8", E::LengthsCrossed { min: 9, max: 8 }),
            (
                "maxlength: 4; required: lower; required: upper; required: digit; required: [!]; required: [#]",
                E::TooShort { length: 4, classes: 5 },
            ),
            (
                "maxlength: 3; required: digit; required: digit; required: lower, upper; required: [-]",
                E::TooShortFor { length: 3, least: 4 },
            ),
            ("maxlength: 8; required: [a]; max-consecutive: 0", E::Impossible),
            ("minlength: 8; maxlength: 8; required: [a]; max-consecutive: 7", E::Impossible),
            ("minlength: 2; maxlength: 8; allowed: [a]; max-consecutive: 1", E::Impossible),
            ("required: digit; forbidden: digit; allowed: lower", E::NothingOf),
            ("required: [äöü]; allowed: lower", E::NothingOf),
            ("allowed: digit; forbidden: digit", E::NoClass),
            ("allowed: []", E::NoClass),
            ("first: digit; allowed: lower", E::Impossible),
            ("last: [ ]; allowed: lower", E::Impossible),
            ("maxlength: 1; first: lower; last: digit; allowed: lower, digit", E::Impossible),
            // Two that overlap need not be two characters, so that only counting tells.
            (
                "maxlength: 1; required: [ab]; required: [bc]; forbidden: [b]",
                E::TooShort { length: 1, classes: 2 },
            ),
            ("maxlength: 1; required: [ab]; required: [bc]; required: [cd]", E::Impossible),
        ] {
            assert_eq!(of(text).counted().err(), Some(expected), "{text}");
        }
        for text in [
            "maxlength: 1; required: [ab]; required: [bc]",
            "minlength: 8; maxlength: 8; required: [a]; max-consecutive: 8",
        ] {
            assert_eq!(of(text).counted().unwrap().entropy_bits(), 0.0, "{text}");
        }
        let none = Mix { lower: false, upper: false, digits: false, symbols: false, ..Mix::default() };
        assert_eq!(bits_of(&none), Err(E::NoClass));
        assert_eq!(bits_of(&Mix { length: 2, ..Mix::default() }), Err(E::TooShort { length: 2, classes: 4 }));
        assert!(bits_of(&Mix { length: 2, least: 0, ..Mix::default() }).is_ok());
    }

    #[test]
    fn each_rule_is_kept() {
        let text = "minlength: 8; maxlength: 12; max-consecutive: 1; required: digit; required: digit; required: [-+]; \
                    allowed: lower; forbidden: look-alikes; first: lower; last: digit";
        let Ok(crate::generate::Recipe::Password(rule)) = crate::generate::Recipe::parse(text) else {
            panic!()
        };
        let counted = rule.counted().unwrap();
        let mut random = SeededRandom::new(6);
        for _ in 0..2000 {
            let secret = counted.generate(&mut random).unwrap();
            let made = secret.expose();
            let count = |of: fn(&u8) -> bool| made.iter().filter(|byte| of(byte)).count();
            assert!(
                (8..=12).contains(&made.len())
                    && made[0].is_ascii_lowercase()
                    && made[made.len() - 1].is_ascii_digit()
            );
            assert!(count(u8::is_ascii_digit) >= 2 && count(|byte| b"-+".contains(byte)) >= 1);
            assert_eq!(count(|byte| b"0Oo1lI".contains(byte) || byte.is_ascii_uppercase()), 0);
            assert!(made.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn for_a_site_the_usual_is_made_as_far_as_it_takes_that() {
        let made = |text: &str| {
            let Ok(crate::generate::Recipe::Password(rule)) = crate::generate::Recipe::parse(text) else {
                panic!()
            };
            rule.for_site()
        };
        for (text, length) in [
            ("minlength: 8", 20),
            ("maxlength: 6", 6),
            ("minlength: 24", 24),
            ("minlength: 8; maxlength: 2000000000", 20),
            ("minlength: 8; maxlength: 16; allowed: digit", 16),
        ] {
            assert_eq!(made(text).lengths(), (length, length), "{text}");
        }
        // Which characters is not said: the usual ones, one of each.
        assert_eq!(made("minlength: 8; maxlength: 16").required.len(), 4);
        assert_eq!(made("maxlength: 3").alphabet(), Password::from(Mix::default()).alphabet());
        // A blank only where there is no choice.
        assert!(
            !made("required: [ &;]").alphabet().has(b' ')
                && made("required: [ ]; allowed: lower").alphabet().has(b' ')
        );
        assert!(made("allowed: [ ]").counted().is_ok() && !made("allowed: lower, [ ]").alphabet().has(b' '));
        assert_eq!(
            made("minlength: 8; maxlength: 10").with_length(9),
            Err(RecipeError::NotSoLong { length: 9, min: 10, max: 10 })
        );
    }
}
