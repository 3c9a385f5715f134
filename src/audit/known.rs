//! Whether a password that is being typed is used elsewhere in the vault: keyed hashes of all, under a key of
//! their own, made once for a form.

use std::collections::HashSet;

use crate::crypto::derive::{Key, hmac_sha256};
use crate::crypto::random::{Random, RandomError, array};
use crate::vault::entry::Value;
use crate::vault::seal::Seal;
use crate::vault::{Entry, Id, Vault};

/// The passwords of the entries in use.
pub struct KnownPasswords {
    key: Key,
    prints: HashSet<[u8; 32]>,
}

impl KnownPasswords {
    /// Those of all entries in use but `except`, opened one at a time; what cannot be opened is left out.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn of(
        vault: &Vault,
        seal: &dyn Seal,
        except: Option<Id>,
        random: &mut dyn Random,
    ) -> Result<Self, RandomError> {
        let key = Key::copy_of(&array(random)?);
        let others = vault.entries().filter(|entry| entry.is_live() && Some(entry.id()) != except);
        let prints = others.filter_map(|entry| print_of(&key, &entry, seal)).collect();
        Ok(Self { key, prints })
    }

    /// Whether one of them is `password`.
    pub fn has(&self, password: &[u8]) -> bool {
        self.prints.contains(&hmac_sha256(&self.key, &[password]))
    }
}

fn print_of(key: &Key, entry: &Entry<'_>, seal: &dyn Seal) -> Option<[u8; 32]> {
    let Value::Sealed(place, sealed) = entry.password()? else { return None };
    let password = seal.open(place, sealed).ok()?;
    Some(hmac_sha256(key, &[password.expose()]))
}
