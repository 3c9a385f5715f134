//! The JSON of FreeOTP and FreeOTP+: a list of tokens, each with its key as signed bytes. Their order in the list
//! on the screen, which is told beside it, is not taken. The
//! backup of FreeOTP 2 is another thing, and refused with what to do.

use super::super::draft::{Draft, read_each};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Skip, Unlock, base32};
use super::{add_code, draft};
use crate::secret::Secret;

/// The format.
pub struct FreeOtp;

/// The first bytes of an object that Java serialised, and its version.
const JAVA_MAGIC: &[u8] = b"\xAC\xED\x00\x05";

/// A backup of FreeOTP 2: a table of Java's, its keys under a password.
const BACKUP: ImportError = ImportError::Encrypted {
    program: "FreeOTP 2",
    advice: "restore it in FreeOTP, and set each code up anew at its site",
};

impl Importer for FreeOtp {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["tokens", "tokenOrder"].iter().all(|key| keys.iter().any(|known| known == key))
            || source.starts_with(JAVA_MAGIC)
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        if source.starts_with(JAVA_MAGIC) {
            return Err(BACKUP);
        }
        let mut top = Object::whole(source)?;
        if top.peek("tokens").and_then(tree::list).is_none() {
            return Err(ImportError::NoItems);
        }
        let _ = read_each(top.list("tokens"), each, read_token);
        Ok(())
    }
}

fn read_token(json: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    // What stood in the label, what stood beside it, and what the user wrote over both.
    let [outer, inner, own] = ["issuerExt", "issuerInt", "issuerAlt"].map(|key| source.text(key));
    let (label, own_label) = (source.text("label"), source.text("labelAlt"));
    let issuer = if outer.is_empty() { &inner } else { &outer };
    let mut draft = draft(issuer, &label);
    for (shown, own) in [(&mut draft.item.title, &own), (&mut draft.item.username, &own_label)] {
        if !own.is_empty() {
            shown.clone_from(own);
        }
    }
    if inner != *issuer {
        draft.keep_text("issuerInt", &inner);
    }
    let kind = source.text("type");
    let key = source.take("secret").and_then(|json| Some(base32::encode(bytes(json)?.expose())));
    let key = key.filter(|key| !key.is_empty()).ok_or(Skip::NotACode)?;
    add_code(&mut draft, &kind, Some(key), [issuer, &label], &mut source);
    draft.keep_rest("", source);
    Ok(draft)
}

/// A list of bytes, those from 128 on written as negative numbers.
fn bytes(json: &str) -> Option<Secret> {
    let numbers = tree::list(json)?;
    let mut bytes = Secret::with_capacity(numbers.len());
    for number in numbers {
        let number: i16 = number.parse().ok().filter(|number| (-128..256).contains(number))?;
        bytes.append(&[number.to_le_bytes()[0]]);
    }
    Some(bytes)
}
