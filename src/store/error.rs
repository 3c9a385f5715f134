//! What can go wrong with a file.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

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
    /// More files than any honest folder of entries has, or folders in one another.
    #[error("{} holds more than {most} files, or more than {depth} folders in one another", path.display())]
    #[allow(missing_docs)]
    TooManyFiles { path: PathBuf, most: usize, depth: usize },
    /// What was written does not read back the same.
    #[error("{} did not read back as it was written; the disk may be failing", .0.display())]
    NotReadBack(PathBuf),
    /// Another process has kept the lock.
    #[error("another tresor has been saving this vault for {0} seconds")]
    Busy(u64),
    /// It is not the file any more that was looked at before.
    #[error("{} was changed meanwhile, or is a link", .0.display())]
    Changed(PathBuf),
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
