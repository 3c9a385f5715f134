//! The file of an open vault, while others may change it: a look costs one short read as long as nothing has
//! changed.

use std::sync::Arc;

use super::finding::Finding;
use super::seen::{self, Standing};
use super::{FormatError, Locked, SeenFile, Session, SessionError, Vault};
use super::{format, merge};

/// What a look at the file found.
#[derive(Debug)]
pub enum Noticed {
    /// It is the one that was read or written last.
    Nothing,
    /// It was changed.
    Changed(Box<Changed>),
    /// It is under another key.
    OtherKey,
    /// It is no whole vault: somebody may be writing it.
    Damaged,
    /// It is gone, or cannot be read.
    Gone,
}

/// A file that another program has changed.
#[derive(Debug)]
pub struct Changed {
    /// Both in one.
    pub vault: Vault,
    /// How many entries have something new.
    pub entries: usize,
    /// Whether the file comes from what this device has seen.
    pub standing: Standing,
    /// What the user is to know.
    pub findings: Vec<Finding>,
    digest: [u8; 32],
    carried: Option<[u8; 32]>,
}

impl Session {
    /// Looks whether the file is still the one that was read or written last, and merges it into `vault` if not.
    /// Nothing of the session changes: [`Session::take`] makes use of it.
    pub fn look(&self, vault: &Vault) -> Noticed {
        match self.digest_on_disk(&self.path) {
            Ok(digest) if digest == self.seen_digest() => return Noticed::Nothing,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return Noticed::Gone,
        }
        match self.read_changed(vault) {
            Ok(changed) => Noticed::Changed(Box::new(changed)),
            Err(SessionError::OtherKey | SessionError::OlderKey { .. }) => Noticed::OtherKey,
            Err(SessionError::NoVault(_) | SessionError::Store(_)) => Noticed::Gone,
            Err(_) => Noticed::Damaged,
        }
    }

    /// Makes what a look found the state that later saves come from. The caller has seen to it that nothing was
    /// saved since.
    pub fn take(&self, changed: Changed) -> Vault {
        let writers = changed.vault.writers().to_vec();
        *self.seen() = Some(SeenFile { digest: changed.digest, writers });
        *self.carried() = changed.carried;
        changed.vault
    }

    fn read_changed(&self, vault: &Vault) -> Result<Changed, SessionError> {
        let mut locked = Locked::read_once_on(Arc::clone(&self.disk), &self.path, &self.state_dir)?;
        let digest = locked.header.digest();
        let file = std::mem::take(&mut locked.file.bytes);
        let opened = format::open(file, &locked.header, &self.keys).map_err(|error| match error {
            FormatError::KeyMismatch => SessionError::OtherKey,
            error => error.into(),
        })?;
        let recalled = locked.recall(&self.keys, opened)?;
        let merged = merge(vault, &recalled.vault);
        Ok(Changed {
            entries: seen::entries_gained(vault, &merged),
            standing: recalled.standing,
            findings: recalled.findings,
            vault: merged,
            digest,
            carried: recalled.carried,
        })
    }
}
