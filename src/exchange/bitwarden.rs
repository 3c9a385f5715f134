//! Bitwarden's JSON: folders or collections, and items of five types, as its clients export them, plain or
//! under a password of the file's own ([`encrypted`]).
//!
//! [`read`] reads items, [`types`] knows the typed ones both ways.

pub mod read;
pub mod types;

use super::json::tree;
use super::{Each, ImportError, Importer, Unlock};

/// The plain format.
pub struct Bitwarden;

impl Importer for Bitwarden {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        let has = |key: &str| keys.iter().any(|known| known == key);
        has("items") && (has("encrypted") || has("collections")) && !has("accounts") && !has("vaults")
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        read::read(source, &mut |_, _| (), each)
    }
}
