//! A password that was never used before: not in this entry's history, nor anywhere else in the vault.

use thiserror::Error;

use crate::crypto::random::Random;
use crate::generate::{GenerateError, Recipe};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::vault::seal::{Place, Seal};
use crate::vault::tag::Tag;

/// How many candidates are made at once: the vault is gone through once for all of them.
const CANDIDATES: usize = 32;
/// How often, before a recipe of few passwords counts as used up.
const ROUNDS: usize = 8;

/// Why there is no new password.
#[derive(Debug, Error)]
pub enum UnusedError {
    /// Nothing could be generated.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// Whatever the recipe gave was used before.
    #[error("every password that the recipe gave was used before: it has too few")]
    UsedUp,
}

/// Generates a password that no password, pending or generated one or hidden field of the vault is or has ever been.
/// The vault's secrets are opened one at a time; one that cannot be opened is passed over.
///
/// # Errors
/// [`UnusedError`].
pub fn make_unused(
    vault: &Vault,
    seal: &dyn Seal,
    recipe: &Recipe,
    random: &mut dyn Random,
) -> Result<Secret, UnusedError> {
    for _ in 0..ROUNDS {
        let candidates = (0..CANDIDATES).map(|_| recipe.generate(random));
        let candidates = candidates.collect::<Result<Vec<Secret>, GenerateError>>()?;
        if let Some(unused) = unused(vault, seal, candidates).pop() {
            return Ok(unused);
        }
    }
    Err(UnusedError::UsedUp)
}

/// Those of `candidates` that are new.
fn unused(vault: &Vault, seal: &dyn Seal, mut candidates: Vec<Secret>) -> Vec<Secret> {
    let tags = [Tag::PASSWORD, Tag::PENDING_PASSWORD, Tag::GENERATED_VALUE, Tag::FIELD_VALUE];
    for record in vault.records() {
        for cell in record.cells.iter().filter(|cell| cell.is_sealed() && tags.contains(&cell.tag)) {
            let place = Place { record: record.id, tag: cell.tag, field: cell.field };
            if let Ok(known) = seal.open(place, vault.value(cell)) {
                candidates.retain(|candidate| !candidate.same_as(known.expose()));
            }
        }
        if candidates.is_empty() {
            break;
        }
    }
    candidates
}
