//! When this installation last offered a recovery kit for a vault. Losing it costs one offer more.

use std::path::Path;

use super::StoreError;
use super::disk::Disk;
use super::state::replace;
use crate::time::Timestamp;

const NAME: &str = "kit-offered";
const MAX_LEN: usize = 64;

/// When it was offered last, by what stands in the vault's state folder.
pub fn offered(disk: &dyn Disk, dir: &Path) -> Option<Timestamp> {
    let bytes = disk.read_private(&dir.join(NAME), MAX_LEN).ok()?;
    Timestamp::parse(std::str::from_utf8(&bytes).ok()?.trim())
}

/// Notes that it was offered at `now`.
///
/// # Errors
/// [`StoreError`]; it is then offered once more.
pub fn note(disk: &dyn Disk, dir: &Path, now: Timestamp) -> Result<(), StoreError> {
    disk.private_dir(dir)?;
    replace(disk, &dir.join(NAME), now.to_string().as_bytes())
}
