//! The own complete format, docs/json-format.md: everything that an entry holds, in and out without loss.
//!
//! Reading takes one entry at a time out of the source, each checked on its own, so a bad one costs nobody
//! else. Secrets go from the source into locked memory without a stop: [`text`] takes escapes out itself,
//! since serde's own buffer is not wiped. [`tree`] is for the JSON of other programs.

pub mod read;
pub mod text;
pub mod tree;
pub mod write;

use std::io::{self, Write};

use super::{Each, Exporter, Fresh, ImportError, Importer, Losses, Unlock, without_bom};
use crate::vault::item::Item;

/// The format.
pub struct Json;

/// The value of `format`.
const FORMAT: &str = "tresor";
/// The value of `version`.
const VERSION: u64 = 1;

impl Importer for Json {
    fn recognises(&self, source: &[u8]) -> bool {
        let source = without_bom(source).trim_ascii_start();
        if !source.starts_with(b"{") {
            return false;
        }
        match read::TopLevel::read(source) {
            Ok(top) => top.is_own(),
            // A damaged file that says what it is goes to the reader, which says where the damage is.
            Err(_) => {
                let head = source.get(..source.len().min(200)).unwrap_or_default();
                memchr::memmem::find(head, b"\"tresor\"").is_some()
            }
        }
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let source = without_bom(source);
        if source.trim_ascii().is_empty() {
            return Err(ImportError::Empty);
        }
        read::read(source, each)
    }
}

impl Exporter for Json {
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        _: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        write::write(items, out)
    }
}
