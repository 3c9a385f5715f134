//! Whole files: bounded reads, private writes, and errors that name the file.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::format::header::MAGIC;
use crate::format::{HEADER_LEN, MAX_FILE_LEN};
use crate::secret::Secret;

/// A file operation that failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    #[allow(missing_docs)]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// A directory, a device or a pipe where a file is wanted.
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// Larger than such a file may be.
    #[error("{} is larger than {most} bytes", path.display())]
    #[allow(missing_docs)]
    TooLarge { path: PathBuf, most: usize },
    /// What was written does not read back the same.
    #[error("{} did not read back as it was written; the disk may be failing", .0.display())]
    NotReadBack(PathBuf),
    /// Another process has kept the lock.
    #[error("another tresor has been saving this vault for {0} seconds")]
    Busy(u64),
    /// The file is there already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// The same, with other words for what could not be done.
    pub(crate) fn while_trying_to(self, doing: &'static str) -> Self {
        match self {
            Self::Io { path, source, .. } => Self::Io { doing, path, source },
            other => other,
        }
    }

    /// Whether the file is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// A file's bytes, and its length, which is greater where the file is longer than a vault can be.
pub struct VaultFile {
    /// The content, or its beginning.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Length of the file in bytes.
    pub len: u64,
}

/// Reads a vault file whole; of one that is no vault, or longer than version 1 allows, only the header.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::NotAFile`].
pub fn read_vault(path: &Path) -> Result<VaultFile, StoreError> {
    let failed = |error: io::Error| StoreError::io("read", path)(error);
    let (mut file, len) = open_regular(path)?;
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
pub fn read_private(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let (mut file, len) = open_regular(path)?;
    let too_large = || StoreError::TooLarge { path: path.to_owned(), most };
    let len = usize::try_from(len).ok().filter(|len| *len <= most).ok_or_else(too_large)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(len + 1));
    (&mut file).take(len as u64 + 1).read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
    if bytes.len() > most { Err(too_large()) } else { Ok(bytes) }
}

/// Reads a small secret file into locked memory.
///
/// # Errors
/// As [`read_private`].
pub fn read_secret(path: &Path, most: usize) -> Result<Secret, StoreError> {
    read_private(path, most).map(|bytes| Secret::copy_of(&bytes))
}

/// Makes a directory and its parents, readable for this user alone; one that is there stays as it is.
///
/// # Errors
/// [`StoreError::Io`].
pub fn private_dir(path: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::io("make the folder", path))
}

/// Creates a file that this user alone can read, and nothing if one is there.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Io`].
pub fn create_private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).read(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    }
    options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Exists(path.to_owned()),
        _ => StoreError::io("create", path)(source),
    })
}

/// Writes a new file, 0600, on the disk when this returns; removed again where something fails.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Io`].
pub fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<T, StoreError> {
    let mut file = create_private(path)?;
    let mut buffered = WipedBuffer::new(&mut file);
    let written = write(&mut buffered).and_then(|made| buffered.flush().map(|()| made));
    drop(buffered);
    let synced = written.and_then(|made| file.sync_all().map(|()| made));
    let made = synced.map_err(StoreError::io("write", path)).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })?;
    sync_dir_of(path)?;
    Ok(made)
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
    let renamed = fs::rename(&temporary, path).map_err(StoreError::io("write", path));
    renamed.inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })?;
    sync_dir_of(path)?;
    Ok(made)
}

/// Makes renames and new names in a file's folder last.
///
/// # Errors
/// [`StoreError::Io`].
pub fn sync_dir_of(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(StoreError::io("sync the folder of", path))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn open_regular(path: &Path) -> Result<(File, u64), StoreError> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a pipe must not wait for someone to write to it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits() as i32);
    let file = options.open(path).map_err(StoreError::io("open", path))?;
    let meta = file.metadata().map_err(StoreError::io("read", path))?;
    if !meta.is_file() {
        return Err(StoreError::NotAFile(path.to_owned()));
    }
    Ok((file, meta.len()))
}

/// Whether something bears this name, also a symbolic link that leads nowhere.
pub fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The path with all symbolic links resolved.
///
/// # Errors
/// [`StoreError::Io`].
pub fn resolved(path: &Path) -> Result<PathBuf, StoreError> {
    fs::canonicalize(path).map_err(StoreError::io("open", path))
}

/// Length of a file in bytes, zero where there is none.
pub fn len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

/// Removes a file.
///
/// # Errors
/// [`StoreError::Io`].
pub fn remove(path: &Path) -> Result<(), StoreError> {
    fs::remove_file(path).map_err(StoreError::io("remove", path))
}

/// The first `most` bytes of a file; none where there is no file.
///
/// # Errors
/// [`StoreError::Io`].
pub fn head(path: &Path, most: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let mut head = Vec::with_capacity(most);
    match File::open(path).and_then(|file| file.take(most as u64).read_to_end(&mut head)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("read", path)(error)),
        Ok(_) => Ok(Some(head)),
    }
}

/// An open descriptor as a writer without a buffer.
#[cfg(unix)]
pub fn writer(fd: std::os::fd::OwnedFd) -> impl Write {
    File::from(fd)
}
