//! The plain file that was imported: overwritten and removed, where that is wanted.

use std::path::Path;

use crate::printable;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::store::erase::{NO_PROMISE, Seen};

/// Overwrites and removes it.
///
/// # Errors
/// Exit 8 where it could not be: the import stands.
pub fn of(file: &Path, seen: Option<&Seen>) -> Result<(), Failure> {
    let failed = |why: &str| {
        Failure::new(Exit::Partly, format!("{} was not removed: {why}", file.display()))
            .hint("Everything in it is in the vault. Remove it yourself.")
    };
    let seen = seen.ok_or_else(|| failed("it is a link, or has other names too"))?;
    seen.erase(file).map_err(|error| failed(&error.to_string()))?;
    note(NO_PROMISE);
    Ok(())
}

/// Offers it at the terminal.
///
/// # Errors
/// As [`of`], and where the terminal fails.
pub fn offer(file: &Path, seen: Option<&Seen>) -> Result<(), Failure> {
    let name = file.display().to_string();
    note(&format!("{} still holds every password readable. {NO_PROMISE}", printable::line(&name)));
    if prompt::consent(&format!("Overwrite and remove {name}?"))? { of(file, seen) } else { Ok(()) }
}
