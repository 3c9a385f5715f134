//! An audit of the open vault, with the list of breached passwords on the disk where there is one.

use std::path::Path;

use thiserror::Error;

use super::Session;
use crate::audit::{self, Audit, KnownPasswords, Terms};
use crate::crypto::random::{RandomError, SystemRandom};
use crate::secret::Secret;
use crate::store::breaches::{BreachError, Breaches};
use crate::vault::{Id, Vault};

/// Why there is no audit.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The list of breached passwords cannot be used.
    #[error(transparent)]
    Breaches(#[from] BreachError),
    /// There is no key for the hashes of the run.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Session {
    /// Audits `vault`, and looks its passwords up in the list at `breached`, a file or a folder. Nothing is
    /// changed. `go_on` is as in [`Audit::of`].
    ///
    /// # Errors
    /// [`AuditError`]; a list that is not one is refused before any password is opened.
    pub fn audit(
        &self,
        vault: &Vault,
        terms: &Terms<'_>,
        breached: Option<&Path>,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Audit>, AuditError> {
        let mut list = breached.map(Breaches::open).transpose()?;
        let mut look_up = list.as_mut().map(|list| |password: &Secret| list.count(password));
        let look_up = look_up.as_mut().map(|look_up| look_up as audit::LookUp<'_, BreachError>);
        let audited = Audit::of(vault, self.seal(), terms, look_up, &mut SystemRandom, go_on);
        audited.map_err(|error| match error {
            audit::AuditError::Breaches(error) => error.into(),
            audit::AuditError::Random(error) => error.into(),
        })
    }

    /// The passwords of all entries in use but `except`, to tell whether a new one is among them; none where the
    /// system has no randomness.
    pub fn known_passwords(&self, vault: &Vault, except: Option<Id>) -> Option<KnownPasswords> {
        KnownPasswords::of(vault, self.seal(), except, &mut SystemRandom).ok()
    }
}
