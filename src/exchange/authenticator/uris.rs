//! A list of `otpauth://` addresses, one a line, as Aegis, FreeOTP+, 2FAS and others write it. Lines of
//! `steam://` and Google Authenticator's `otpauth-migration://` may stand among them. An address is kept as it is.

use std::ops::ControlFlow;

use super::super::draft::{Draft, outcome};
use super::super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock, without_bom};
use super::{draft, migration, unescaped};
use crate::secret::Secret;

/// The format.
pub struct Uris;

const OTPAUTH: &str = "otpauth://";
const STEAM: &str = "steam://";
const MIGRATION: &str = "otpauth-migration://";

impl Importer for Uris {
    fn recognises(&self, source: &[u8]) -> bool {
        let source = without_bom(source).trim_ascii_start();
        [OTPAUTH, STEAM, MIGRATION].iter().any(|scheme| {
            source.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        })
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        if source.trim_ascii().is_empty() {
            return Err(ImportError::Empty);
        }
        for (line, number) in without_bom(source).split(|byte| *byte == b'\n').zip(1..) {
            let line = line.trim_ascii();
            if !line.is_empty() && read_line(line, Place::Line(number), each).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_line(line: &[u8], place: Place, each: &mut Each<'_>) -> ControlFlow<()> {
    let Ok(text) = std::str::from_utf8(line) else {
        return each(Row { place, outcome: Outcome::Skipped(Skip::NotUtf8) });
    };
    match rest_of(text, MIGRATION) {
        Some(rest) => migration::read(rest, place, each),
        None => each(Row { place, outcome: outcome(|| read_uri(text)) }),
    }
}

/// What follows a scheme, in any case.
fn rest_of<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn read_uri(text: &str) -> Result<Draft, Skip> {
    let mut draft = match rest_of(text, OTPAUTH) {
        Some(rest) => {
            let (path, query) = rest.split_once('?').ok_or(Skip::NotACode)?;
            let label = path.split_once('/').map(|(_, label)| unescaped(label)).unwrap_or_default();
            let pair = |name: &str| {
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
            };
            pair("secret").filter(|secret| !secret.is_empty()).ok_or(Skip::NotACode)?;
            // In a query a blank may be a plus.
            let issuer = pair("issuer").map(|issuer| unescaped(&issuer.replace('+', " ")));
            draft(&issuer.unwrap_or_default(), &label)
        }
        None => {
            rest_of(text, STEAM).filter(|secret| !secret.is_empty()).ok_or(Skip::NotACode)?;
            draft("Steam", "")
        }
    };
    draft.totp("totp", Some(Secret::copy_of(text.as_bytes())));
    Ok(draft)
}
