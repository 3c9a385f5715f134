//! `generate`: passwords, one a line, and nothing else on standard output.

use std::io::{self, IsTerminal};

use serde::Serialize;

use super::context::{Context, now, save as save_vault};
use super::output;
use crate::config::{Places, Profiles};
use crate::crypto::random::SystemRandom;
use crate::generate::guessing::ATTACKERS;
use crate::generate::{GenerateError, Recipe, batch};
use crate::report::{Failure, note};
use crate::secret::Secret;
use crate::vault::generated::MAX_GENERATED;

/// What `--json` says.
#[derive(Serialize)]
struct Generated<'a> {
    passwords: Vec<&'a str>,
    recipe: String,
    bits: f64,
    guessing: Vec<Guessing>,
}

#[derive(Serialize)]
struct Guessing {
    attacker: &'static str,
    per_second: f64,
    seconds: f64,
    words: String,
}

/// Prints `count` different passwords; the entropy, and what it withstands, goes to standard error. The recipe is saved
/// under a name if one is given.
///
/// # Errors
/// Exit 2 for a recipe that cannot be met, or a name that cannot be.
pub fn run(as_json: bool, recipe: &Recipe, count: usize, profile: Option<&str>) -> Result<(), Failure> {
    let passwords = batch(recipe, count, &mut SystemRandom)?;
    if let Some(name) = profile {
        save(name, recipe)?;
    }
    print(as_json, recipe, &passwords)?;
    if io::stderr().is_terminal() {
        note("Nothing of it is kept; --keep puts it into the vault first.");
    }
    Ok(())
}

/// As [`run`], and keeps them in the vault, with what they are for, before they are printed.
///
/// # Errors
/// As [`run`], and where the vault cannot be opened or saved: nothing is printed then.
pub fn keep(
    context: &mut Context,
    recipe: &Recipe,
    count: usize,
    profile: Option<&str>,
    made_for: &str,
) -> Result<(), Failure> {
    if count > MAX_GENERATED {
        return Err(Failure::usage(format!("a vault keeps {MAX_GENERATED} generated passwords at most"))
            .hint("Nothing was generated."));
    }
    let passwords = batch(recipe, count, &mut SystemRandom)?;
    let (session, mut vault) = context.open()?;
    let text = recipe.to_string();
    for password in &passwords {
        session.edit(&mut vault, now(), "", |edit| edit.keep_generated(password, made_for, None, &text))?;
    }
    if let Some(name) = profile {
        save(name, recipe)?;
    }
    save_vault(&session, &mut vault)?;
    print(context.json, recipe, &passwords)
}

fn print(as_json: bool, recipe: &Recipe, passwords: &[Secret]) -> Result<(), Failure> {
    let bits = recipe.entropy_bits().map_err(GenerateError::from)?;
    let guessing = ATTACKERS.iter().map(|attacker| Guessing {
        attacker: attacker.name,
        per_second: attacker.per_second,
        // JSON has no infinity.
        seconds: attacker.seconds(bits).min(f64::MAX),
        words: attacker.words(bits),
    });
    if as_json {
        let passwords = passwords.iter().map(|password| password.expose_str().unwrap_or_default()).collect();
        let generated =
            Generated { passwords, recipe: recipe.to_string(), bits, guessing: guessing.collect() };
        return output::json(&generated);
    }
    for password in passwords {
        output::value(password)?;
    }
    note(&format!("{bits:.1} bits of entropy"));
    for attacker in ATTACKERS {
        note(&format!("Time to guess it {}: {}", attacker.who, attacker.words(bits)));
    }
    Ok(())
}

fn save(name: &str, recipe: &Recipe) -> Result<(), Failure> {
    let path = Places::of_this_user()?.profiles;
    let mut profiles = Profiles::load(&path)?;
    profiles.set(name, recipe.clone()).map_err(|error| Failure::usage(error).hint("Nothing was saved."))?;
    profiles.save(&path)?;
    note(&format!("Saved as profile {name:?}"));
    Ok(())
}
