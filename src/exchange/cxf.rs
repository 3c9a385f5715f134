//! The FIDO Alliance's Credential Exchange Format 1.0, both ways: accounts with items, each a list of typed
//! credentials, and collections that name items. Only the JSON; the protocol that carries it between programs
//! is not needed here.
//!
//! [`read`] reads items, [`write`] writes them, [`types`] knows the typed credentials both ways. Written and read
//! again an entry is the same, but for its files: what the format has no place for goes as an extension of the
//! item, see [`super::carried`].

pub mod otp;
pub mod read;
pub mod types;
pub mod write;

use std::io::{self, Write};

use super::base64::{self, Base64};
use super::json::tree;
use super::{Each, Exporter, Fresh, ImportError, Importer, Losses, Unlock};
use crate::vault::Id;
use crate::vault::item::Item;

/// The format.
pub struct Cxf;

impl Importer for Cxf {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["exporterRpId", "accounts"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        read::read(source, each)
    }
}

impl Exporter for Cxf {
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        fresh: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        write::write(items, fresh, out)
    }
}

/// An id as base 64 for URLs, without padding.
fn id_text(id: Id) -> String {
    Base64(&id.0).to_string().trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// The id of such a text of 16 bytes.
pub(super) fn id_of(text: &str) -> Option<Id> {
    let text = format!("{}==", text.replace('-', "+").replace('_', "/"));
    base64::decode(text.as_bytes())?.expose().try_into().ok().map(Id)
}
