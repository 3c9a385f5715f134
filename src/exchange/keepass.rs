//! KeePass's world: KDBX 3.1, 4.0 and 4.1 in, KDBX 4.1 out, the plain XML of KeePass 2 in. One model of an
//! entry for all ([`entry`]), one mapping to items ([`item`]).
//!
//! [`header`], [`key`] and [`payload`] open a file, [`xml`] reads elements, [`document`] the tree of groups.
//! Everything is bounded before it is paid for, and an entry is handed on before the next one is read.

pub mod bytes;
pub mod codes;
pub mod compose;
pub mod document;
pub mod earlier;
pub mod entry;
pub mod error;
pub mod header;
pub mod item;
pub mod keepassx;
pub mod key;
pub mod labels;
pub mod markup;
pub mod payload;
pub mod seal;
pub mod write;
pub mod xml;

use std::io::{self, BufReader, Read, Write};
use std::rc::Rc;

pub use error::KeePassError;

use super::{Each, Exporter, Fresh, ImportError, Importer, Load, Losses, Unlock, without_bom};
use crate::crypto::kdbx::Keystream;
use crate::secret::Secret;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::FieldKind;
use document::{Document, Origin, Shared};
use header::{Header, MAGIC, Value};
use key::Keys;
use payload::Plain;
use xml::Xml;

/// Databases of KeePass, KeePassXC and all who read theirs.
pub struct Kdbx;

/// The plain XML that KeePass 2 and KeePassXC export.
pub struct KeePassXml;

impl Importer for Kdbx {
    fn recognises(&self, source: &[u8]) -> bool {
        source.starts_with(MAGIC)
    }

    fn is_encrypted(&self, _: &[u8]) -> bool {
        true
    }

    fn load(&self, source: &[u8]) -> Result<Option<Load>, ImportError> {
        Ok(Some(Header::read(source)?.kdf.load()))
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let header = Header::read(source)?;
        let plain = open(source, &header, unlock)?;
        let mut plain = BufReader::new(plain);
        let (keystream, shared) = match &header.version_3 {
            Some(version_3) => (keystream(version_3.stream, version_3.stream_key)?, Shared::default()),
            None => inner_header(&mut plain)?,
        };
        let origin = Origin::Kdbx(header.bytes);
        let mut document = Document::new(Xml::new(plain, keystream), shared, origin);
        document.keep(header.custom_data.iter().map(public_data));
        Ok(document.read(each)?)
    }
}

impl Exporter for Kdbx {
    fn is_encrypted(&self) -> bool {
        true
    }

    fn losses(&self, items: &mut dyn Iterator<Item = Item>, _: &mut Fresh<'_>) -> io::Result<Losses> {
        Ok(write::losses(items))
    }

    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        fresh: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        write::write(items, write::Settings::DEFAULT, fresh, out)
    }
}

impl Importer for KeePassXml {
    fn recognises(&self, source: &[u8]) -> bool {
        let source = without_bom(source).trim_ascii_start();
        let head = source.get(..source.len().min(1024)).unwrap_or_default();
        source.starts_with(b"<") && memchr::memmem::find(head, b"<KeePassFile").is_some()
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let xml = Xml::new(without_bom(source), Keystream::None);
        Ok(Document::new(xml, Shared::default(), Origin::Export).read(each)?)
    }
}

/// Tries each meaning of what was given.
fn open<'s>(source: &'s [u8], header: &Header<'s>, unlock: &Unlock) -> Result<Plain<'s>, ImportError> {
    for composite in key::composites(unlock)? {
        match payload::open(source, header, &Keys::derive(header, &composite)?) {
            Err(ImportError::WrongPassword) => {}
            opened => return opened,
        }
    }
    let is_given = unlock.password.is_some() || unlock.key_file.is_some();
    Err(if is_given { ImportError::WrongPassword } else { ImportError::NoPassword })
}

fn keystream(number: u32, key: &[u8]) -> Result<Keystream, KeePassError> {
    match number {
        0 => Ok(Keystream::None),
        2 => Ok(Keystream::salsa20(key)),
        3 => Ok(Keystream::chacha20(key)),
        _ => Err(KeePassError::Unknown("a stream of values")),
    }
}

/// What version 4 says before its XML: `u8 kind || u32 length || bytes`, of kinds 1 (stream), 2 (its key), 3 (a
/// file, behind a byte of flags), 0 (the end).
fn inner_header(plain: &mut impl Read) -> Result<(Keystream, Shared), KeePassError> {
    let torn = |error: std::io::Error| KeePassError::of_io(&error, "its inner header ends early");
    let (mut number, mut key, mut shared) = (0, Secret::with_capacity(0), Shared::default());
    loop {
        let mut head = [0; 5];
        plain.read_exact(&mut head).map_err(torn)?;
        let [kind, len @ ..] = head;
        let len = u64::from(u32::from_le_bytes(len));
        // Read before it is believed: what is not there takes no memory.
        let mut value = zeroize::Zeroizing::new(Vec::new());
        let read = plain.take(len).read_to_end(&mut value).map_err(torn)?;
        if (read as u64) < len {
            return Err(KeePassError::Damaged("its inner header ends early"));
        }
        match kind {
            0 => return Ok((keystream(number, key.expose())?, shared)),
            1 => {
                let bytes = value.as_slice().try_into();
                number = bytes.map(u32::from_le_bytes).map_err(|_| KeePassError::Unknown("a stream"))?;
            }
            2 => key = Secret::copy_of(&value),
            3 => {
                let content = Secret::copy_of(value.get(1..).unwrap_or_default());
                shared.files.insert(shared.files.len().to_string(), Rc::new(content));
            }
            _ => return Err(KeePassError::Unknown("an inner header field")),
        }
    }
}

/// What programs have added in plain to the outer header.
fn public_data((name, value): &(&str, Value<'_>)) -> ItemField {
    let value = match value {
        Value::Number(number) => Secret::from_text(number.to_string()),
        Value::Signed(number) => Secret::from_text(number.to_string()),
        Value::Text(text) => Secret::copy_of(text.as_bytes()),
        Value::Bytes(bytes) => Secret::from_text(super::base64::Base64(bytes).to_string()),
    };
    let name = format!("{}{name}", labels::CUSTOM_DATA);
    ItemField { name, kind: FieldKind::Text, value, ticked_off: false }
}
