//! `copy`: a value to the clipboard, cleared after its time by a process of its own. Returns at once.

use std::time::Duration;

use super::context::{Context, now};
use super::field;
use crate::account;
use crate::clipboard::{Clipboard, Environment};
use crate::printable;
use crate::report::{Failure, note};
use crate::secret::Secret;
use crate::session::Session;
use crate::time::Timestamp;
use crate::vault::edit::Change;
use crate::vault::{Entry, Id, Vault};

/// The time of use is written at most once a day, so that looking things up does not rewrite the vault.
const DAY_MILLIS: u64 = 24 * 3600 * 1000;

/// Copies a value.
///
/// # Errors
/// As `get`, and exit 1 where nothing takes it.
pub fn run(
    context: &mut Context,
    query: &str,
    name: Option<&str>,
    clear_after: Option<u64>,
) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    let value = field::value(&session, &vault, entry, name)?;
    let clear_after = clear_after.map_or(context.config.clear_after, Duration::from_secs);
    let what = format!("{} of {}", name.unwrap_or("password"), account::name(&entry));
    self::value(&value, &what, clear_after)?;
    // The value is where it was wanted; a vault that cannot be written (a read-only disk) is no reason to fail.
    let _ = note_use(&session, &mut vault, id, now());
    Ok(())
}

/// Copies a value, and says so: `what` in words.
///
/// # Errors
/// Exit 1 where nothing takes it.
pub fn value(value: &Secret, what: &str, clear_after: Duration) -> Result<(), Failure> {
    let ticket = Clipboard::open(Environment::from_process()).copy(value, clear_after, now())?;
    let to = ticket.backend();
    note(&format!("Copied {} to the {to}; cleared in {} s", printable::line(what), clear_after.as_secs()));
    Ok(())
}

/// Writes when an entry was used, unless that was less than a day ago.
///
/// # Errors
/// Where the vault cannot be saved.
pub fn note_use(session: &Session, vault: &mut Vault, id: Id, now: Timestamp) -> Result<(), Failure> {
    if !vault.entry(id).is_some_and(|entry| is_use_due(&entry, now)) {
        return Ok(());
    }
    session.edit(vault, now, "", |edit| edit.change(id, Change::LastUsed(now)))?;
    session.save(vault, now)?;
    Ok(())
}

/// Whether the time of use is to be written: not within a day of the last.
pub fn is_use_due(entry: &Entry<'_>, now: Timestamp) -> bool {
    now.millis_since(entry.last_used().unwrap_or_default()) >= DAY_MILLIS
}
