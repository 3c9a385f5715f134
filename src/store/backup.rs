//! Back-ups: the files that saves replaced, encrypted as they are, in the state folder. Bounded in number
//! and in bytes; the newest is always kept.

use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::{StoreError, atomic};
use crate::format::Header;

/// Back-ups kept of one vault.
const KEPT: usize = 10;
/// Bytes that the back-ups of one vault may take, beyond the newest.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Takes over a replaced file as the back-up of its generation, and drops what is too old.
///
/// # Errors
/// [`StoreError`]; the replaced file is then still where it was.
pub fn keep(disk: &dyn Disk, replaced: &Path, dir: &Path, generation: u64) -> Result<(), StoreError> {
    disk.private_dir(dir)?;
    let target = dir.join(format!("{generation:010}.tresor"));
    if disk.rename(replaced, &target).is_err() {
        // Another file system: a copy is as good.
        let _ = disk.remove(&target);
        atomic::copy(disk, replaced, &target).map_err(StoreError::io("keep a back-up of", replaced))?;
        disk.remove(replaced).map_err(StoreError::io("remove", replaced))?;
    }
    let mut bytes = 0;
    for (at, path) in all(disk, dir).into_iter().enumerate() {
        bytes += disk.stat(&path).map_or(0, |stat| stat.len);
        if at >= KEPT || (at > 0 && bytes > MAX_BYTES) {
            disk.remove(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// The back-ups in a folder, newest first.
pub fn all(disk: &dyn Disk, dir: &Path) -> Vec<PathBuf> {
    let mut paths = disk.list(dir).unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "tresor"));
    paths.sort_unstable_by(|a, b| b.cmp(a));
    paths
}

/// The newest back-up whose checksum holds.
pub fn newest_intact(disk: &dyn Disk, dir: &Path) -> Option<PathBuf> {
    let is_intact =
        |path: &PathBuf| disk.read_vault(path).is_ok_and(|file| Header::read(&file.bytes, file.len).is_ok());
    all(disk, dir).into_iter().find(is_intact)
}
