//! A passphrase run through Argon2id at one salt and cost. It is what takes the time of unlocking, so it is a
//! value: slots of one passphrase share it, and an attempt computes it once.

use super::error::FormatError;
use super::passphrase::Passphrase;
use super::slot::Slot;
use crate::crypto::kdf::{self, Cost};
use crate::crypto::random::{Random, array};
use crate::secret::Secret;

/// A derived passphrase: `A` of docs/format.md, with the salt and cost it was derived at.
#[derive(Debug)]
pub struct Derivation {
    salt: [u8; 16],
    cost: Cost,
    a: Secret,
}

impl Derivation {
    /// At a new salt. Takes as long as it costs.
    ///
    /// # Errors
    /// [`FormatError::Random`], [`FormatError::Kdf`].
    pub fn new(passphrase: &Passphrase, cost: Cost, random: &mut dyn Random) -> Result<Self, FormatError> {
        let salt = array(random)?;
        Ok(Self { salt, cost, a: kdf::argon2id(passphrase.expose(), &salt, cost)? })
    }

    /// At the salt and cost of a slot. Takes as long as the slot costs.
    ///
    /// # Errors
    /// [`FormatError::Cost`] for a slot that no passphrase opens, [`FormatError::Kdf`].
    pub fn of(slot: &Slot, passphrase: &Passphrase) -> Result<Self, FormatError> {
        let (salt, cost) = (slot.kdf_salt(), slot.cost()?);
        Ok(Self { salt, cost, a: kdf::argon2id(passphrase.expose(), &salt, cost)? })
    }

    /// Whether a slot has this salt and cost.
    pub fn is_of(&self, slot: &Slot) -> bool {
        slot.wants_derivation()
            && slot.kdf_salt() == self.salt
            && slot.cost().is_ok_and(|cost| cost == self.cost)
    }

    /// What it cost.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    pub(super) fn salt(&self) -> [u8; 16] {
        self.salt
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.a.expose()
    }
}
