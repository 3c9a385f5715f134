//! `generate`: passwords, one a line, and nothing else on standard output.

use serde::Serialize;

use super::output;
use crate::config::{Places, Profiles};
use crate::crypto::random::SystemRandom;
use crate::generate::guessing::ATTACKERS;
use crate::generate::{GenerateError, Recipe, batch};
use crate::report::{Failure, note};

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
    let bits = recipe.entropy_bits().map_err(GenerateError::from)?;
    let passwords = batch(recipe, count, &mut SystemRandom)?;
    if let Some(name) = profile {
        save(name, recipe)?;
    }
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
    for password in &passwords {
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
