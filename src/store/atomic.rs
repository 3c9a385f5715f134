//! Replacing a vault file: a crash or power cut at any moment leaves the old file or the new one, whole, and
//! what another program put there meanwhile comes back to the caller instead of being lost.
//!
//! Temporary file beside the target, fsync, read back, exchange of the two names, fsync of the folder.
//! Exchange (renameat2 on Linux) is what shows a file that was put there since it was last read; where the
//! file system has none, the target is checked once more and renamed over, which leaves a short gap.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::disk::{StoreError, create_private, sync_dir_of};

/// What a replaced name held before.
#[derive(Debug)]
pub enum Replaced {
    /// The new name was free.
    Nothing,
    /// The old file, now under this temporary name beside the target.
    File(PathBuf),
}

/// Writes `content` as the first file of this name.
///
/// # Errors
/// [`StoreError::Exists`] where one is there, then or meanwhile; nothing is changed by a failure.
pub fn create(target: &Path, content: &[u8], suffix: &str) -> Result<(), StoreError> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(StoreError::Exists(target.to_owned()));
    }
    let temporary = write_temporary(target, content, suffix)?;
    let placed = place_new(&temporary, target);
    if placed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    placed?;
    sync_dir_of(target)
}

/// Puts `content` in the place of `target`.
///
/// # Errors
/// [`StoreError`]; up to the exchange the target is as it was, and the temporary file is removed.
pub fn replace(target: &Path, content: &[u8], suffix: &str) -> Result<Replaced, StoreError> {
    let temporary = write_temporary(target, content, suffix)?;
    match exchange(&temporary, target) {
        Ok(replaced) => {
            sync_dir_of(target)?;
            Ok(replaced)
        }
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

/// The temporary files beside `target` whose suffix begins with `prefix`.
pub fn left_over(target: &Path, prefix: &str) -> Vec<PathBuf> {
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = temporary_name(target, prefix);
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let ours = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(|name| name.starts_with(&start));
    entries.filter(ours).map(|entry| entry.path()).collect()
}

fn temporary_name(target: &Path, suffix: &str) -> String {
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("vault");
    format!(".{name}.saving-{suffix}")
}

fn write_temporary(target: &Path, content: &[u8], suffix: &str) -> Result<PathBuf, StoreError> {
    let temporary = target.with_file_name(temporary_name(target, suffix));
    let mut file = create_private(&temporary)?;
    let written = (|| {
        file.write_all(content).map_err(StoreError::io("write", &temporary))?;
        // A failed fsync is final: what it left in the cache cannot be trusted to reach the disk later.
        file.sync_all().map_err(StoreError::io("write", &temporary))?;
        read_back(&mut file, &temporary, content)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| temporary)
}

fn read_back(file: &mut File, path: &Path, content: &[u8]) -> Result<(), StoreError> {
    file.seek(SeekFrom::Start(0)).map_err(StoreError::io("read back", path))?;
    let mut piece = vec![0; 1 << 20];
    let mut rest = content;
    loop {
        let read = file.read(&mut piece).map_err(StoreError::io("read back", path))?;
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
#[cfg(target_os = "linux")]
pub fn exchange(temporary: &Path, target: &Path) -> Result<Replaced, StoreError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, temporary, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Replaced::File(temporary.to_owned())),
        Err(Errno::NOENT) => {
            place_new(temporary, target)?;
            Ok(Replaced::Nothing)
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rename_over(temporary, target),
        Err(errno) => Err(StoreError::io("replace", target)(errno.into())),
    }
}

/// Renames over, keeping what was there.
///
/// # Errors
/// [`StoreError`]; both are then as they were.
#[cfg(not(target_os = "linux"))]
pub fn exchange(temporary: &Path, target: &Path) -> Result<Replaced, StoreError> {
    rename_over(temporary, target)
}

/// Keeps the old file under a second name, then renames over it.
fn rename_over(temporary: &Path, target: &Path) -> Result<Replaced, StoreError> {
    let mut kept = temporary.as_os_str().to_owned();
    kept.push("-old");
    let kept = PathBuf::from(kept);
    if fs::hard_link(target, &kept).is_err() {
        fs::copy(target, &kept).map_err(StoreError::io("keep a copy of", target))?;
        File::open(&kept).and_then(|file| file.sync_all()).map_err(StoreError::io("write", &kept))?;
    }
    fs::rename(temporary, target).map_err(StoreError::io("replace", target))?;
    Ok(Replaced::File(kept))
}

#[cfg(target_os = "linux")]
fn place_new(temporary: &Path, target: &Path) -> Result<(), StoreError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, temporary, CWD, target, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(StoreError::Exists(target.to_owned())),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_new(temporary, target),
        Err(errno) => Err(StoreError::io("create", target)(errno.into())),
    }
}

#[cfg(not(target_os = "linux"))]
fn place_new(temporary: &Path, target: &Path) -> Result<(), StoreError> {
    link_new(temporary, target)
}

/// A hard link fails where the name is taken; a file system without them gets a rename after a last look.
fn link_new(temporary: &Path, target: &Path) -> Result<(), StoreError> {
    match fs::hard_link(temporary, target) {
        Ok(()) => fs::remove_file(temporary).map_err(StoreError::io("remove", temporary)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::Exists(target.to_owned()))
        }
        Err(_) if fs::symlink_metadata(target).is_ok() => Err(StoreError::Exists(target.to_owned())),
        Err(_) => fs::rename(temporary, target).map_err(StoreError::io("create", target)),
    }
}
