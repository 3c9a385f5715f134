//! Published lists of breached passwords, looked up on this machine: a file of Pwned Passwords ordered by hash,
//! of any size, or a folder of its range files. Nothing is loaded, nothing is written, and no network is used.
//!
//! A file has lines `HASH:COUNT`, SHA-1 or NTLM, ended by LF or CRLF. A folder has files `00000.txt` to
//! `FFFFF.txt`, named by the first five digits of the hash, with lines `REST-OF-HASH:COUNT`. Which hash it is,
//! the number of digits tells. A file that is not as it should be is refused where that is noticed: a sample of it
//! when it is opened, and every line that a look-up reads.

mod line;
mod sorted;

use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::StoreError;
use super::disk::{Disk, DiskFile, System};
use crate::crypto::breach::BreachHash;
use crate::secret::Secret;
use line::find;

pub use line::LineError;
pub use sorted::Sorted;

/// Digits by which range files are named.
const PREFIX: usize = 5;
/// The first range file.
const FIRST_RANGE: &str = "00000.txt";
/// Bytes of a range file, at most; real ones have some 40,000.
const MAX_RANGE: u64 = 16 * 1024 * 1024;

/// Why a list cannot be used.
#[derive(Debug, Error)]
pub enum BreachError {
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The list is not what it should be.
    #[error("{}: {reason}", path.display())]
    #[allow(missing_docs)]
    Malformed { path: PathBuf, reason: Flaw },
    /// A folder without range files.
    #[error("{} is no folder of range files: there is no {FIRST_RANGE} in it", .0.display())]
    NoRangeFiles(PathBuf),
    /// A folder that lacks one.
    #[error("{} is not there: the folder of range files is not complete", .0.display())]
    MissingRange(PathBuf),
}

/// What is wrong with a list.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Flaw {
    #[error("the file is empty")]
    Empty,
    #[error("the file is cut off: its last line is not whole")]
    Cut,
    #[error("the file is not ordered by hash (at byte {0}); the list ordered by hash is needed")]
    Unordered(u64),
    #[error("at byte {at}: {error}")]
    Line { at: u64, error: LineError },
    #[error("the file ended at byte {0}, earlier than when it was opened")]
    Shorter(u64),
    #[error("the file is longer than a range file can be")]
    LongRange,
}

/// An open list.
pub struct Breaches {
    hash: BreachHash,
    list: List,
    path: PathBuf,
}

enum List {
    File(Sorted<Box<dyn DiskFile>>),
    Folder,
}

impl Breaches {
    /// Opens a file or a folder, and looks at a sample of it. A pipe or a device is refused, and not waited for.
    ///
    /// # Errors
    /// [`BreachError`].
    pub fn open(path: &Path) -> Result<Self, BreachError> {
        let disk: &dyn Disk = &System;
        match disk.open_regular(path) {
            Ok((file, len)) => {
                let (sorted, hash) = Sorted::open(file, len).map_err(|error| error.at(path))?;
                Ok(Self { hash, list: List::File(sorted), path: path.to_owned() })
            }
            Err(StoreError::NotAFile(_)) if is_folder(path) => Self::open_folder(path),
            Err(error) => Err(error.into()),
        }
    }

    /// Which hash it has.
    pub fn hash(&self) -> BreachHash {
        self.hash
    }

    /// How often `password` was seen in breaches; none where the list does not have it, 0 where the list does
    /// not tell how often.
    ///
    /// # Errors
    /// [`BreachError`]; the list is then not to be used further.
    pub fn count(&mut self, password: &Secret) -> Result<Option<u64>, BreachError> {
        let wanted = self.hash.hex(password.expose());
        match &mut self.list {
            List::File(sorted) => sorted.count(wanted.as_bytes()).map_err(|error| error.at(&self.path)),
            List::Folder => {
                let (prefix, rest) = wanted.split_at(PREFIX);
                let Some(range) = read_range(&self.path, prefix)? else {
                    return Err(BreachError::MissingRange(self.path.join(format!("{prefix}.txt"))));
                };
                let found = find(&range.content, 0, rest.len(), rest.as_bytes());
                found.map_err(|reason| BreachError::Malformed { path: range.path, reason })
            }
        }
    }

    fn open_folder(path: &Path) -> Result<Self, BreachError> {
        let Some(first) = read_range(path, "00000")? else {
            return Err(BreachError::NoRangeFiles(path.to_owned()));
        };
        let malformed = |reason| BreachError::Malformed { path: first.path.clone(), reason };
        let digits = line::digits_of_first(&first.content).map_err(malformed)? + PREFIX;
        let hash = BreachHash::of_digits(digits).ok_or(LineError::Digits(digits - PREFIX));
        let hash = hash.map_err(|error| malformed(Flaw::Line { at: 0, error }))?;
        Ok(Self { hash, list: List::Folder, path: path.to_owned() })
    }
}

/// Why a source of lines cannot be used, before its name is known.
#[derive(Debug, Error)]
pub enum SourceError {
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is not what it should be.
    #[error(transparent)]
    Flaw(#[from] Flaw),
}

impl SourceError {
    fn at(self, path: &Path) -> BreachError {
        match self {
            Self::Io(source) => StoreError::io("read", path)(source).into(),
            Self::Flaw(reason) => BreachError::Malformed { path: path.to_owned(), reason },
        }
    }
}

fn is_folder(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_dir())
}

struct Range {
    path: PathBuf,
    content: Vec<u8>,
}

/// The range file of a prefix, named in capital or small letters; none where there is neither.
fn read_range(folder: &Path, prefix: &str) -> Result<Option<Range>, BreachError> {
    let disk: &dyn Disk = &System;
    for name in [format!("{prefix}.txt"), format!("{}.txt", prefix.to_lowercase())] {
        let path = folder.join(name);
        let (file, _) = match disk.open_regular(&path) {
            Err(error) if error.is_not_found() => continue,
            opened => opened?,
        };
        let mut content = Vec::new();
        let read = file.take(MAX_RANGE + 1).read_to_end(&mut content);
        let len = read.map_err(StoreError::io("read", &path))?;
        if len as u64 > MAX_RANGE {
            return Err(BreachError::Malformed { path, reason: Flaw::LongRange });
        }
        return Ok(Some(Range { path, content }));
    }
    Ok(None)
}
