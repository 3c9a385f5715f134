//! The disk as saving sees it: every operation that reading, saving, back-ups, state and the lock make goes
//! through [`Disk`]. [`System`] is the real one; tests put others in its place that fail, or lose power, at any
//! operation.
//!
//! The traits say what a file system does and give the system's errors; what is made of them (bounded reads,
//! whole new files, folders that last) stands in `impl dyn Disk`, once, for every disk.

mod system;

use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::StoreError;
use super::file::WipedBuffer;
use crate::format::header::MAGIC;
use crate::format::{HEADER_LEN, MAX_FILE_LEN};
use crate::time::Timestamp;

pub use system::System;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// One that is there, to be read. Opening a pipe does not wait.
    Read,
    /// One that is not there yet, to be written and read back, for this user alone (0600). Fails with
    /// `AlreadyExists` where the name is taken, by a symbolic link too.
    New,
    /// One that may be there, to be locked, for this user alone.
    Lock,
}

/// What is known of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Length in bytes.
    pub len: u64,
    /// When its content was last changed; zero where the system does not tell.
    pub modified: Timestamp,
}

/// A file system. Nothing it does is sure to last before [`DiskFile::sync`] (content) and [`Disk::sync_dir`]
/// (names) have returned.
pub trait Disk: Send + Sync {
    /// Opens a file.
    ///
    /// # Errors
    /// The system's, as of all below.
    fn open(&self, path: &Path, how: Open) -> io::Result<Box<dyn DiskFile>>;

    /// What bears this name, a symbolic link itself and not what it leads to.
    ///
    /// # Errors
    /// `NotFound` where the name is free.
    fn stat(&self, path: &Path) -> io::Result<Stat>;

    /// Everything in a folder.
    ///
    /// # Errors
    /// The system's.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;

    /// The path with all symbolic links resolved.
    ///
    /// # Errors
    /// The system's.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// Exchanges two names in one step.
    ///
    /// # Errors
    /// `Unsupported` where the file system cannot, `NotFound` where one is free; nothing is changed then.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;

    /// Renames to a name that is free, in one step.
    ///
    /// # Errors
    /// `Unsupported` where the file system cannot, `AlreadyExists` where it is taken; nothing is changed then.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Renames, over what was there.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file a second name.
    ///
    /// # Errors
    /// `AlreadyExists` where it is taken.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder that this user alone can look into (0700), in one that is there.
    ///
    /// # Errors
    /// `AlreadyExists`, `NotFound`.
    fn make_dir(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder and all that is in it.
    ///
    /// # Errors
    /// The system's.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder last.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
}

/// An open file.
pub trait DiskFile: Read + Write + Seek + Send {
    /// What is known of it now.
    ///
    /// # Errors
    /// The system's.
    fn stat(&self) -> io::Result<Stat>;

    /// Makes its content last. A failure is final: what it left in the cache cannot be trusted to reach the disk
    /// later.
    ///
    /// # Errors
    /// The system's.
    fn sync(&self) -> io::Result<()>;

    /// Takes the lock on it, until it is dropped; `false` where another has it.
    ///
    /// # Errors
    /// The system's.
    fn try_lock(&self) -> io::Result<bool>;
}

/// A file's bytes, and its length, which is greater where the file is longer than a vault can be.
pub struct VaultFile {
    /// The content, or its beginning.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Length of the file in bytes.
    pub len: u64,
}

impl dyn Disk + '_ {
    /// Reads a vault file whole; of one that is no vault, or longer than version 1 allows, only the header.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::NotAFile`].
    pub fn read_vault(&self, path: &Path) -> Result<VaultFile, StoreError> {
        let failed = |error: io::Error| StoreError::io("read", path)(error);
        let (mut file, len) = self.open_regular(path)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER_LEN));
        (&mut file).take(HEADER_LEN as u64).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.starts_with(&MAGIC) && len <= MAX_FILE_LEN as u64 {
            // One more byte than was promised shows a file that grows.
            let rest = (len + 1).saturating_sub(bytes.len() as u64);
            let room = usize::try_from(rest).unwrap_or(usize::MAX);
            bytes.try_reserve_exact(room).map_err(|_| failed(io::ErrorKind::OutOfMemory.into()))?;
            (&mut file).take(rest).read_to_end(&mut bytes).map_err(failed)?;
        }
        let len = len.max(bytes.len() as u64);
        Ok(VaultFile { bytes, len })
    }

    /// Reads a file that may hold secrets, of at most `most` bytes.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::NotAFile`], [`StoreError::TooLarge`].
    pub fn read_private(&self, path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let (mut file, len) = self.open_regular(path)?;
        let too_large = || StoreError::TooLarge { path: path.to_owned(), most };
        let len = usize::try_from(len).ok().filter(|len| *len <= most).ok_or_else(too_large)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(len + 1));
        (&mut file).take(len as u64 + 1).read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
        if bytes.len() > most { Err(too_large()) } else { Ok(bytes) }
    }

    /// The first `most` bytes of a file; none where there is no file.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::NotAFile`].
    pub fn head(&self, path: &Path, most: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let (file, _) = match self.open_regular(path) {
            Err(error) if error.is_not_found() => return Ok(None),
            opened => opened?,
        };
        let mut head = Vec::with_capacity(most);
        file.take(most as u64).read_to_end(&mut head).map_err(StoreError::io("read", path))?;
        Ok(Some(head))
    }

    /// Whether something bears this name, also a symbolic link that leads nowhere.
    pub fn is_taken(&self, path: &Path) -> bool {
        self.stat(path).is_ok()
    }

    /// Creates a file that this user alone can read, and nothing if one is there.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Io`].
    pub fn create_private(&self, path: &Path) -> Result<Box<dyn DiskFile>, StoreError> {
        self.open(path, Open::New).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(path.to_owned()),
            _ => StoreError::io("create", path)(source),
        })
    }

    /// Writes a new file, 0600, on the disk when this returns; removed again where something fails.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Io`].
    pub fn write_new<T>(
        &self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> Result<T, StoreError> {
        let mut file = self.create_private(path)?;
        let mut buffered = WipedBuffer::new(&mut file);
        let written = write(&mut buffered).and_then(|made| buffered.flush().map(|()| made));
        drop(buffered);
        let synced = written.and_then(|made| file.sync().map(|()| made));
        let made = synced.map_err(StoreError::io("write", path)).inspect_err(|_| {
            let _ = self.remove(path);
        })?;
        self.sync_dir_of(path)?;
        Ok(made)
    }

    /// Makes a folder and its parents, readable for this user alone, and on the disk when this returns; one that is
    /// there stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn private_dir(&self, path: &Path) -> Result<(), StoreError> {
        let made = match (self.make_dir(path), path.parent()) {
            (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotFound => {
                self.private_dir(parent)?;
                self.make_dir(path)
            }
            (made, _) => made,
        };
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(StoreError::io("make the folder", path)(error)),
            Ok(()) => self.sync_dir_of(path),
        }
    }

    /// Makes renames and new names in a file's folder last.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn sync_dir_of(&self, path: &Path) -> Result<(), StoreError> {
        self.sync_dir(dir_of(path)).map_err(StoreError::io("sync the folder of", path))
    }

    /// Opens a file to be read, and its length in bytes. A pipe or a device is none, and is not waited for.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::NotAFile`].
    pub(super) fn open_regular(&self, path: &Path) -> Result<(Box<dyn DiskFile>, u64), StoreError> {
        let file = self.open(path, Open::Read).map_err(StoreError::io("open", path))?;
        let stat = file.stat().map_err(StoreError::io("read", path))?;
        if !stat.is_file {
            return Err(StoreError::NotAFile(path.to_owned()));
        }
        Ok((file, stat.len))
    }
}

/// The folder that a file is in.
pub fn dir_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
