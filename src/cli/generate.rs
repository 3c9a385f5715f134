//! `generate`: passwords, one a line, and nothing else on standard output.

use super::output;
use crate::crypto::random::SystemRandom;
use crate::generate::{GenerateError, Recipe, batch};
use crate::report::{Failure, note};

/// Prints `count` different passwords; the entropy goes to standard error.
///
/// # Errors
/// Exit 2 for a recipe that cannot be met.
pub fn run(recipe: &Recipe, count: usize) -> Result<(), Failure> {
    let bits = recipe.entropy_bits().map_err(GenerateError::from)?;
    let passwords = batch(recipe, count, &mut SystemRandom)?;
    for password in &passwords {
        output::value(password)?;
    }
    note(&format!("{bits:.1} bits of entropy"));
    Ok(())
}
