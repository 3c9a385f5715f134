//! Bitwarden's JSON: folders or collections, and items of five types, as its clients export them, plain or
//! under a password of the file's own ([`encrypted`]).
//!
//! [`read`] reads items, [`write`] writes them, [`types`] knows the typed ones both ways. Written and read again
//! an entry is the same, but for its files: what Bitwarden has no place for is [`super::carried`].

pub mod archive;
pub mod encrypted;
pub mod read;
pub mod types;
pub mod write;

use std::io::{self, Write};

use super::json::tree;
use super::{Each, Exporter, Fresh, ImportError, Importer, Losses, Unlock};
use crate::vault::item::Item;

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

impl Exporter for Bitwarden {
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        _: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        write::write(items, out)
    }
}
