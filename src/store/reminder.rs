//! When this installation last offered a recovery kit for a vault. Losing it costs one offer more.

use std::path::Path;

use super::disk::{StoreError, private_dir, read_private, write_over};
use crate::time::Timestamp;

const NAME: &str = "kit-offered";
const MAX_LEN: usize = 64;

/// When it was offered last, by what stands in the vault's state folder.
pub fn offered(dir: &Path) -> Option<Timestamp> {
    let bytes = read_private(&dir.join(NAME), MAX_LEN).ok()?;
    Timestamp::parse(std::str::from_utf8(&bytes).ok()?.trim())
}

/// Notes that it was offered at `now`.
///
/// # Errors
/// [`StoreError`]; it is then offered once more.
pub fn note(dir: &Path, now: Timestamp) -> Result<(), StoreError> {
    private_dir(dir)?;
    write_over(&dir.join(NAME), |out| writeln!(out, "{now}"))
}
