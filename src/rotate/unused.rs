//! A password that was never used before: not in this entry's history, nor anywhere else in the vault.

use crate::secret::Secret;
use crate::vault::seal::{Place, Seal};
use crate::vault::Vault;
use crate::vault::tag::Tag;

/// How many candidates are made at once: the vault is gone through once for all of them.
pub const CANDIDATES: usize = 32;

/// Of `candidates`, those that no password, pending or generated password or hidden field of the vault is or has ever
/// been. Secrets are opened one at a time; one that cannot be opened is passed over.
pub fn unused(vault: &Vault, seal: &dyn Seal, mut candidates: Vec<Secret>) -> Vec<Secret> {
    let tags = [Tag::PASSWORD, Tag::PENDING_PASSWORD, Tag::GENERATED_VALUE, Tag::FIELD_VALUE];
    for record in vault.records() {
        for cell in record.cells.iter().filter(|cell| cell.is_sealed() && tags.contains(&cell.tag)) {
            let place = Place { record: record.id, tag: cell.tag, field: cell.field };
            if let Ok(known) = seal.open(place, vault.value(cell)) {
                candidates.retain(|candidate| !candidate.same_as(known.expose()));
            }
        }
    }
    candidates
}
