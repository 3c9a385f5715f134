//! Options to a recipe, or a complaint about options that would do nothing.

use super::args::RecipeOptions;
use crate::generate::{Passphrase, Password, Recipe};
use crate::report::Failure;

/// Refuses options of a recipe where nothing is generated: a password that was thought to be made would not be.
///
/// # Errors
/// Exit 2.
pub fn only_with(options: &RecipeOptions, generate: bool) -> Result<(), Failure> {
    if generate || *options == RecipeOptions::default() {
        return Ok(());
    }
    Err(Failure::usage("which password to generate is said, and not that one is")
        .hint("Nothing was changed. Add --generate."))
}

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
