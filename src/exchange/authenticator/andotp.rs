//! andOTP's JSON in plain: a list of codes.

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Place, Row, Skip, Unlock};
use super::{add_code, draft};
use crate::time::Timestamp;

/// The format.
pub struct AndOtp;

impl Importer for AndOtp {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::first_keys(source);
        ["secret", "type", "label", "algorithm"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        for (entry, number) in tree::whole_list(source)?.into_iter().zip(1..) {
            let outcome = outcome(|| read_entry(entry));
            if each(Row { place: Place::Entry(number), outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_entry(json: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let (issuer, label, kind) = (source.text("issuer"), source.text("label"), source.text("type"));
    let mut draft = draft(&issuer, &label);
    let key = source.secret("secret");
    add_code(&mut draft, &kind, key, [&issuer, &label], &mut source);
    draft.item.tags = source.texts("tags").into_iter().filter(|tag| !tag.is_empty()).collect();
    let last_used = source.number("last_used").and_then(|millis| u64::try_from(millis).ok());
    draft.item.last_used = last_used.filter(|millis| *millis > 0).map(Timestamp);
    let thumbnail = source.text("thumbnail");
    if thumbnail != "Default" {
        draft.keep_text("thumbnail", &thumbnail);
    }
    let frequency = source.text("used_frequency");
    if frequency != "0" {
        draft.keep_text("used_frequency", &frequency);
    }
    draft.keep_rest("", source);
    Ok(draft)
}
