//! The plain file that was imported: overwritten and removed, where that is wanted.

use crate::printable;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::session::ImportFile;
use crate::store::erase::NO_PROMISE;

/// Overwrites and removes it.
///
/// # Errors
/// Exit 8 where it could not be: the import stands.
pub fn of(file: &ImportFile) -> Result<(), Failure> {
    file.erase().map_err(|why| {
        Failure::new(Exit::Partly, format!("{} was not removed: {why}", file.path().display()))
            .hint("Everything in it is in the vault. Remove it yourself.")
    })?;
    note(NO_PROMISE);
    Ok(())
}

/// Offers it at the terminal.
///
/// # Errors
/// As [`of`], and where the terminal fails.
pub fn offer(file: &ImportFile) -> Result<(), Failure> {
    let name = file.path().display().to_string();
    note(&format!("{} still holds every password readable. {NO_PROMISE}", printable::line(&name)));
    if prompt::consent(&format!("Overwrite and remove {name}?"))? { of(file) } else { Ok(()) }
}
