//! Back-ups: the files that saves replaced, encrypted as they are, in the state folder. Bounded in number
//! and in bytes; the newest is always kept.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{StoreError, private_dir, read_vault};
use crate::format::Header;

/// Back-ups kept of one vault.
const KEPT: usize = 10;
/// Bytes that the back-ups of one vault may take, beyond the newest.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Takes over a replaced file as the back-up of its generation, and drops what is too old.
///
/// # Errors
/// [`StoreError`]; the replaced file is then still where it was.
pub fn keep(replaced: &Path, dir: &Path, generation: u64) -> Result<(), StoreError> {
    private_dir(dir)?;
    let target = dir.join(format!("{generation:010}.tresor"));
    if fs::rename(replaced, &target).is_err() {
        // Another file system: a copy is as good, and its loss in a power cut is only that of a back-up.
        fs::copy(replaced, &target).map_err(StoreError::io("keep a back-up of", replaced))?;
        fs::remove_file(replaced).map_err(StoreError::io("remove", replaced))?;
    }
    let mut bytes = 0;
    for (at, path) in all(dir).into_iter().enumerate() {
        bytes += fs::metadata(&path).map_or(0, |meta| meta.len());
        if at >= KEPT || (at > 0 && bytes > MAX_BYTES) {
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// The back-ups in a folder, newest first.
pub fn all(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tresor"))
        .collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    paths
}

/// The newest back-up whose checksum holds.
pub fn newest_intact(dir: &Path) -> Option<PathBuf> {
    all(dir)
        .into_iter()
        .find(|path| read_vault(path).is_ok_and(|file| Header::read(&file.bytes, file.len).is_ok()))
}
