//! Options to a recipe.

use super::args::RecipeOptions;
use crate::generate::{Passphrase, Password, Recipe};

/// The recipe that the options describe.
pub fn of(options: &RecipeOptions) -> Recipe {
    match options.words {
        Some(words) => Recipe::Passphrase(Passphrase {
            words: usize::from(words),
            separator: options.separator.clone().unwrap_or_else(|| Passphrase::default().separator),
            capitalised: options.capitalised,
            number: options.number,
        }),
        None => Recipe::Password(Password {
            length: options.length.map_or(Password::default().length, usize::from),
            lower: !options.no_lower,
            upper: !options.no_upper,
            digits: !options.no_digits,
            symbols: !options.no_symbols,
            no_look_alikes: options.no_look_alikes,
            one_of_each: !options.any_mix,
        }),
    }
}
