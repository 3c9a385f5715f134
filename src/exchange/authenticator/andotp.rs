//! andOTP's JSON: a list of codes, which may be encrypted as a whole, see [`super::sealed`].

use super::super::draft::{Draft, read_each};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Load, Skip, Unlock};
use super::{add_code, draft, sealed};
use crate::time::Timestamp;

/// The format.
pub struct AndOtp;

impl Importer for AndOtp {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::first_keys(source);
        ["secret", "type", "label", "algorithm"].iter().all(|key| keys.iter().any(|known| known == key))
            || sealed::is_andotp(source)
    }

    fn is_encrypted(&self, source: &[u8]) -> bool {
        std::str::from_utf8(source).is_err()
    }

    fn load(&self, source: &[u8]) -> Result<Option<Load>, ImportError> {
        Ok(sealed::andotp_load(source))
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        if self.is_encrypted(source) {
            let password = unlock.password.as_ref().ok_or(ImportError::NoPassword)?;
            return read_list(sealed::open_andotp(source, password)?.expose(), each);
        }
        read_list(source, each)
    }
}

fn read_list(source: &[u8], each: &mut Each<'_>) -> Result<(), ImportError> {
    let _ = read_each(tree::whole_list(source)?, each, read_entry);
    Ok(())
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
