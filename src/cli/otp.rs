//! `otp`: the one-time code of an entry.

use super::context::{Context, now, save};
use super::{field, output};
use crate::otp::Otp;
use crate::report::{Failure, note};
use crate::vault::edit::Change;

/// Prints the code. An HOTP counter is moved on and saved before the code is shown, so that no code is given
/// out twice.
///
/// # Errors
/// Exit 4 where the entry has no one-time code.
pub fn run(context: &mut Context, query: &str) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let code = loop {
        let Some(entry) = vault.entry(id) else { return Ok(()) };
        let text = field::value(&session, &vault, entry, Some("totp"))?;
        let otp = Otp::parse(&text)?;
        if otp.counter().is_none() {
            break otp.code(now());
        }
        let next = Otp::advanced(&text)?;
        // No step of its own: undoing it would give the same code twice.
        session.edit(&mut vault, now(), "", |edit| edit.change(id, Change::Otp(Some(next))))?;
        // Where another program has saved meanwhile, it may have been to give out this very code.
        if !save(&session, &mut vault)?.merged {
            break otp.code(now());
        }
    };
    if context.json {
        let plain = code.text.expose_str().unwrap_or_default();
        return output::json(&serde_json::json!({ "code": plain, "seconds_left": code.seconds_left }));
    }
    output::value(&code.text)?;
    if let Some(left) = code.seconds_left {
        note(&format!("valid for {left} s"));
    }
    Ok(())
}
