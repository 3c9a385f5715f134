//! Files that a person names, on the machine's own disk: what is imported, exported, or holds a password.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::StoreError;
use super::disk::{Disk, System, dir_of};
use super::state;
use crate::secret::Secret;

const SYSTEM: &dyn Disk = &System;

/// Reads a file that may hold secrets, of at most `most` bytes.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::NotAFile`], [`StoreError::TooLarge`].
pub fn read_private(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    SYSTEM.read_private(path, most)
}

/// Reads a small secret file into locked memory.
///
/// # Errors
/// As [`read_private`].
pub fn read_secret(path: &Path, most: usize) -> Result<Secret, StoreError> {
    read_private(path, most).map(|bytes| Secret::copy_of(&bytes))
}

/// Writes a new file, 0600, on the disk when this returns; removed again where something fails.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Io`].
pub fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<T, StoreError> {
    SYSTEM.write_new(path, write)
}

/// As [`write_new`], in the place of a file that may be there already.
///
/// # Errors
/// [`StoreError::Io`]; the old file is then as it was.
pub fn write_over<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<T, StoreError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    let made = write_new(&temporary, write)?;
    let renamed = SYSTEM.rename(&temporary, path).map_err(StoreError::io("write", path));
    renamed.inspect_err(|_| {
        let _ = SYSTEM.remove(&temporary);
    })?;
    SYSTEM.sync_dir_of(path)?;
    Ok(made)
}

/// Puts a file of this user's own in the place of one that may be there, for this user alone (0600), and makes its
/// folder. A symbolic link stays one: what it leads to is replaced.
///
/// # Errors
/// [`StoreError::Io`]; the old file is then as it was.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let path = SYSTEM.resolve(path).unwrap_or_else(|_| path.to_owned());
    SYSTEM.private_dir(dir_of(&path))?;
    state::replace(SYSTEM, &path, bytes)?;
    SYSTEM.sync_dir_of(&path)
}

/// Whether something bears this name, also a symbolic link that leads nowhere.
pub fn is_taken(path: &Path) -> bool {
    SYSTEM.is_taken(path)
}

/// Removes a file.
///
/// # Errors
/// [`StoreError::Io`].
pub fn remove(path: &Path) -> Result<(), StoreError> {
    SYSTEM.remove(path).map_err(StoreError::io("remove", path))
}

/// Length of a file in bytes, zero where there is none.
pub fn len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

/// A buffer before a writer that is wiped, unlike the standard library's: it holds plain secrets. What is not
/// flushed is not written.
pub struct WipedBuffer<W> {
    to: W,
    held: Secret,
}

impl<W: Write> WipedBuffer<W> {
    /// Bytes that are held back.
    const LEN: usize = 64 * 1024;

    /// A buffer before `to`.
    pub fn new(to: W) -> Self {
        Self { to, held: Secret::with_capacity(Self::LEN) }
    }
}

impl<W: Write> Write for WipedBuffer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.room() == 0 {
            self.to.write_all(self.held.expose())?;
            self.held.clear();
        }
        let taken = bytes.len().min(self.held.room());
        self.held.append(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(self.held.expose())?;
        self.held.clear();
        self.to.flush()
    }
}

/// An open descriptor as a writer without a buffer.
#[cfg(unix)]
pub fn writer(fd: std::os::fd::OwnedFd) -> impl Write {
    std::fs::File::from(fd)
}
