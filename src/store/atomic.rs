//! Replacing a vault file: a crash or power cut at any moment leaves the old file or the new one, whole, and
//! what another program put there meanwhile comes back to the caller instead of being lost.
//!
//! Temporary file beside the target, fsync, read back, exchange of the two names, fsync of the folder.
//! Exchange (renameat2 on Linux) is what shows a file that was put there since it was last read; where the
//! file system has none, the target is checked once more and renamed over, which leaves a short gap.

use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::disk::{Disk, DiskFile, Open, dir_of};
use crate::format::HEADER_LEN;

/// What a replaced name held before.
#[derive(Debug)]
pub enum Replaced {
    /// The new name was free.
    Nothing,
    /// The old file, now under this temporary name beside the target.
    File(PathBuf),
    /// The same where the file system cannot exchange names: a file that another program put there at that very
    /// moment would be lost.
    Kept(PathBuf),
}

impl Replaced {
    /// Where what the name held is now.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Nothing => None,
            Self::File(path) | Self::Kept(path) => Some(path),
        }
    }
}

/// Writes `content` as the first file of this name. It is not sure to last before the folder is synced.
///
/// # Errors
/// [`StoreError::Exists`] where one is there, then or meanwhile; nothing is changed by a failure.
pub fn create(disk: &dyn Disk, target: &Path, content: &[u8], suffix: &str) -> Result<(), StoreError> {
    if disk.is_taken(target) {
        return Err(StoreError::Exists(target.to_owned()));
    }
    let temporary = write_temporary(disk, target, content, suffix)?;
    let placed = place_new(disk, &temporary, target);
    let is_there = is_held(disk, target, content) == Some(true);
    // A link leaves the other name.
    let _ = disk.remove(&temporary);
    if is_there { Ok(()) } else { placed }
}

/// Puts `content` in the place of `target`. It is not sure to last before the folder is synced, which is the
/// caller's, for it has to put back what came out where that fails.
///
/// # Errors
/// [`StoreError`]; the target is then as it was, and the temporary file is removed.
pub fn replace(disk: &dyn Disk, target: &Path, content: &[u8], suffix: &str) -> Result<Replaced, StoreError> {
    let temporary = write_temporary(disk, target, content, suffix)?;
    exchange(disk, &temporary, target).or_else(|error| match is_held(disk, &temporary, content) {
        Some(true) => {
            let _ = disk.remove(&temporary);
            Err(error)
        }
        // It was done, whatever the system says: what came out must not be taken for ours.
        Some(false) => Ok(Replaced::File(temporary)),
        None => Err(error),
    })
}

/// Whether a file begins as `content` does, which with a vault is to say that it is it; none where it cannot be
/// told.
fn is_held(disk: &dyn Disk, path: &Path, content: &[u8]) -> Option<bool> {
    let head = disk.head(path, HEADER_LEN).ok()??;
    Some(content.get(..HEADER_LEN) == Some(head.as_slice()))
}

/// The temporary files beside `target` whose suffix begins with `prefix`.
pub fn left_over(disk: &dyn Disk, target: &Path, prefix: &str) -> Vec<PathBuf> {
    let start = temporary_name(target, prefix);
    let mut paths = disk.list(dir_of(target)).unwrap_or_default();
    let name = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    paths.retain(|path| name(path).is_some_and(|name| name.starts_with(&start)));
    paths
}

fn temporary_name(target: &Path, suffix: &str) -> String {
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("vault");
    format!(".{name}.saving-{suffix}")
}

fn write_temporary(
    disk: &dyn Disk,
    target: &Path,
    content: &[u8],
    suffix: &str,
) -> Result<PathBuf, StoreError> {
    let temporary = target.with_file_name(temporary_name(target, suffix));
    let written = (|| {
        let mut file = disk.create_private(&temporary)?;
        file.write_all(content).map_err(StoreError::io("write", &temporary))?;
        file.sync().map_err(StoreError::io("write", &temporary))?;
        read_back(file.as_mut(), &temporary, content)
    })();
    // Nobody else has this name, so that what is there is ours even where making it is said to have failed.
    if written.is_err() {
        let _ = disk.remove(&temporary);
    }
    written.map(|()| temporary)
}

fn read_back(file: &mut dyn DiskFile, path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::io("read back", path)(error);
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut piece = vec![0; 1 << 20];
    let mut rest = content;
    loop {
        let read = match file.read(&mut piece) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.map_err(failed)?,
        };
        if read == 0 {
            break;
        }
        match rest.split_at_checked(read) {
            Some((expected, after)) if piece.get(..read) == Some(expected) => rest = after,
            _ => return Err(StoreError::NotReadBack(path.to_owned())),
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(StoreError::NotReadBack(path.to_owned())) }
}

/// Exchanges two names, or comes as near to it as the file system lets.
///
/// # Errors
/// [`StoreError`]; both are then as they were.
pub fn exchange(disk: &dyn Disk, temporary: &Path, target: &Path) -> Result<Replaced, StoreError> {
    match disk.exchange(temporary, target) {
        Ok(()) => Ok(Replaced::File(temporary.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            place_new(disk, temporary, target)?;
            Ok(Replaced::Nothing)
        }
        Err(error) if error.kind() == ErrorKind::Unsupported => rename_over(disk, temporary, target),
        Err(error) => Err(StoreError::io("replace", target)(error)),
    }
}

/// Keeps the old file under a second name, then renames over it.
fn rename_over(disk: &dyn Disk, temporary: &Path, target: &Path) -> Result<Replaced, StoreError> {
    let mut kept = temporary.as_os_str().to_owned();
    kept.push("-old");
    let kept = PathBuf::from(kept);
    if disk.link(target, &kept).is_err() {
        let _ = disk.remove(&kept);
        copy(disk, target, &kept).map_err(StoreError::io("keep a copy of", target))?;
    }
    if let Err(error) = disk.rename(temporary, target) {
        // As with an exchange, it may have been done: then the other name is gone.
        let is_done = disk.stat(temporary).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if !is_done {
            let _ = disk.remove(&kept);
            return Err(StoreError::io("replace", target)(error));
        }
    }
    Ok(Replaced::Kept(kept))
}

/// Copies a file to a new name, on the disk when this returns.
///
/// # Errors
/// The system's; nothing is left then.
pub fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    let mut from = disk.open(from, Open::Read)?;
    let mut copy = disk.open(to, Open::New)?;
    let copied = io::copy(&mut from, &mut copy).and_then(|_| copy.sync());
    copied.inspect_err(|_| {
        let _ = disk.remove(to);
    })
}

fn place_new(disk: &dyn Disk, temporary: &Path, target: &Path) -> Result<(), StoreError> {
    match disk.rename_new(temporary, target) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(StoreError::Exists(target.to_owned())),
        Err(error) if error.kind() == ErrorKind::Unsupported => link_new(disk, temporary, target),
        placed => placed.map_err(StoreError::io("create", target)),
    }
}

/// A hard link fails where the name is taken; a file system without them gets a rename after a last look.
fn link_new(disk: &dyn Disk, temporary: &Path, target: &Path) -> Result<(), StoreError> {
    match disk.link(temporary, target) {
        Ok(()) => {
            let _ = disk.remove(temporary);
            Ok(())
        }
        Err(_) if disk.is_taken(target) => Err(StoreError::Exists(target.to_owned())),
        Err(_) => disk.rename(temporary, target).map_err(StoreError::io("create", target)),
    }
}
