//! `verify`: whether a vault file is whole. Without a password, all that can be seen from outside; with one,
//! every value is opened.

use std::path::PathBuf;

use super::context::Context;
use super::output;
use super::seen::Seen;
use crate::printable;
use crate::report::{Exit, Failure};
use crate::session::{Locked, Session, SessionError};
use crate::vault::tag::Tag;
use crate::vault::{Entry, Vault};

/// Checks a file, or the vault.
///
/// # Errors
/// Exit 6 where it is not intact.
pub fn run(context: &mut Context, file: Option<PathBuf>) -> Result<(), Failure> {
    let named = file.is_some();
    let path = file.unwrap_or_else(|| context.vault.clone());
    let locked = Locked::read_once(&path, &context.state).map_err(|error| match error {
        SessionError::NoVault(_) if named => Failure::from(error).hint("Check the name."),
        _ => error.into(),
    })?;
    let keys = locked.header().used_slots().count();
    drop(locked);
    let with_password = context.has_password_option() || context.can_ask();
    let (damaged, seen) = if with_password {
        let (session, vault) = if named { context.open_by_name(&path)? } else { context.open()? };
        (unreadable(&session, &vault), Some(Seen::of(&session)))
    } else {
        (Vec::new(), None)
    };
    if context.json {
        output::json(&serde_json::json!({
            "path": path.display().to_string(),
            "intact": damaged.is_empty(),
            "opened": with_password,
            "keys": keys,
            "damaged": damaged,
            "seen": seen,
        }))?;
    }
    if !damaged.is_empty() {
        let message = format!("these values cannot be opened: {}", damaged.join(", "));
        return Err(Failure::new(Exit::BadVault, message).hint("All others are intact."));
    }
    if context.json {
        return Ok(());
    }
    output::text(&match with_password {
        true => format!("{} is intact: every value opens", path.display()),
        false => format!(
            "{}: checksum, header and {keys} keys are intact. Without the password the content was not checked.",
            path.display()
        ),
    })
}

/// Every value that does not open, by entry and field.
fn unreadable(session: &Session, vault: &Vault) -> Vec<String> {
    let mut damaged = Vec::new();
    for entry in vault.entries() {
        let name = |tag, field| named(entry.field_name(tag, field), entry.title());
        let singles = [(Tag::PASSWORD, entry.password()), (Tag::NOTE, entry.note()), (Tag::OTP, entry.otp())];
        for (tag, value) in singles {
            if value.is_some_and(|value| session.reveal(value).is_err()) {
                damaged.push(name(tag, None));
            }
        }
        damaged.extend(fields(session, entry));
        let past = entry.history().into_iter().filter(|past| session.reveal(past.value).is_err());
        damaged.extend(past.map(|past| format!("past {}", name(past.tag, past.field))));
    }
    damaged
}

fn named(field: &str, title: &str) -> String {
    format!("{} of {title:?}", printable::line(field))
}

fn fields(session: &Session, entry: Entry<'_>) -> Vec<String> {
    let title = entry.title();
    let fields = entry.fields().into_iter().filter(|field| session.reveal(field.value).is_err());
    let mut damaged: Vec<String> = fields.map(|field| named(field.label, title)).collect();
    for file in entry.attachments() {
        if file.parts.len() != file.manifest.parts.len()
            || file.parts.iter().any(|part| session.reveal(*part).is_err())
        {
            damaged.push(named(&file.manifest.name, title));
        }
    }
    damaged
}
