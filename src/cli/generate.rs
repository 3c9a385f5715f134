//! `generate`: passwords, one a line, and nothing else on standard output.

use std::io::{self, IsTerminal};

use super::context::{Context, now, save};
use super::output;
use crate::crypto::random::SystemRandom;
use crate::generate::{GenerateError, Recipe, batch};
use crate::report::{Failure, note};
use crate::secret::Secret;
use crate::vault::generated::MAX_GENERATED;

/// Prints `count` different passwords; the entropy goes to standard error, and to a person that nothing is kept.
///
/// # Errors
/// Exit 2 for a recipe that cannot be met.
pub fn run(recipe: &Recipe, count: usize) -> Result<(), Failure> {
    print(recipe, &batch(recipe, count, &mut SystemRandom)?)?;
    if io::stderr().is_terminal() {
        note("Nothing of it is kept; --keep puts it into the vault first.");
    }
    Ok(())
}

/// As [`run`], and keeps them in the vault before they are printed.
///
/// # Errors
/// As [`run`], and where the vault cannot be opened or saved: nothing is printed then.
pub fn keep(context: &mut Context, recipe: &Recipe, count: usize, made_for: &str) -> Result<(), Failure> {
    if count > MAX_GENERATED {
        return Err(Failure::usage(format!("a vault keeps {MAX_GENERATED} generated passwords at most"))
            .hint("Nothing was generated."));
    }
    let passwords = batch(recipe, count, &mut SystemRandom)?;
    let (session, mut vault) = context.open()?;
    for password in &passwords {
        session.edit(&mut vault, now(), "", |edit| edit.keep_generated(password, made_for, None, ""))?;
    }
    save(&session, &mut vault)?;
    print(recipe, &passwords)
}

fn print(recipe: &Recipe, passwords: &[Secret]) -> Result<(), Failure> {
    let bits = recipe.entropy_bits().map_err(GenerateError::from)?;
    for password in passwords {
        output::value(password)?;
    }
    note(&format!("{bits:.1} bits of entropy"));
    Ok(())
}
