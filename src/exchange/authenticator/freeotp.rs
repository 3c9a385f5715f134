//! The JSON of FreeOTP and FreeOTP+: a list of tokens, each with its key as signed bytes. Their order in the list
//! on the screen, which is told beside it, is not taken.

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Place, Row, Skip, Unlock, base32};
use super::{add_code, draft};
use crate::secret::Secret;

/// The format.
pub struct FreeOtp;

impl Importer for FreeOtp {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["tokens", "tokenOrder"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut top = Object::whole(source)?;
        if top.peek("tokens").and_then(tree::list).is_none() {
            return Err(ImportError::NoItems);
        }
        for (token, number) in top.list("tokens").into_iter().zip(1..) {
            let outcome = outcome(|| read_token(token));
            if each(Row { place: Place::Entry(number), outcome }).is_break() {
                break;
            }
        }
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
