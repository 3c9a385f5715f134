//! A file that is to be imported: read once, made the text that readers expect, and removed afterwards where that
//! is wanted. The command and the screen take the same steps with it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::exchange::repair::{self, Damage, Finding};
use crate::exchange::source::{self, Conversion};
use crate::exchange::{self, Format, ImportError, Importer, MAX_SOURCE, Place, Unlock};
use crate::store::erase::Seen;
use crate::store::{StoreError, read_private};

/// A file that is to be imported.
pub struct ImportFile {
    path: PathBuf,
    seen: Option<Seen>,
    content: Zeroizing<Vec<u8>>,
    conversions: Vec<Conversion>,
}

/// Why a file is not read.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the messages
pub enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Why the file is still there.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the messages
pub enum EraseError {
    #[error("it is a link, or has other names too")]
    Linked,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportFile {
    /// Reads it.
    ///
    /// # Errors
    /// [`ReadError::Store`], [`ReadError::Import`] where it says that it is UTF-16 and is not.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let seen = Seen::of(path);
        let (content, conversions) = source::plain(read_private(path, MAX_SOURCE)?)?;
        Ok(Self { path: path.to_owned(), seen, content, conversions })
    }

    /// A folder: what is in it is read elsewhere, and it is not removed.
    pub fn folder(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: None, content: Zeroizing::default(), conversions: Vec::new() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name without the folder; hostile text.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// What is in it.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Lets go of what is in it: what comes after needs memory of its own.
    pub fn let_go(&mut self) {
        self.content = Zeroizing::default();
    }

    /// What was done to it before it is read.
    pub fn conversions(&self) -> &[Conversion] {
        &self.conversions
    }

    /// Its format, told by its content.
    ///
    /// # Errors
    /// As [`exchange::detect`].
    pub fn detect(&self) -> Result<&'static Format, ImportError> {
        exchange::detect(&self.content)
    }

    /// What looks damaged in it, as `reader` reads it. Nothing does in our own format, which is exact, nor in one
    /// that is encrypted, which would have to be opened twice. `progress` is that of [`repair::find`].
    ///
    /// # Errors
    /// As `reader`.
    pub fn damages(
        &self,
        format: Option<&Format>,
        reader: &dyn Importer,
        progress: &mut dyn FnMut(Place) -> ControlFlow<()>,
    ) -> Result<BTreeMap<Damage, Finding>, ImportError> {
        if format.is_some_and(|format| format.name == "json") || reader.is_encrypted(&self.content) {
            return Ok(BTreeMap::new());
        }
        repair::find(reader, &self.content, &Unlock::default(), progress)
    }

    /// Overwrites and removes it, if it is still what was read.
    ///
    /// # Errors
    /// [`EraseError`]: it is then still there.
    pub fn erase(&self) -> Result<(), EraseError> {
        let seen = self.seen.as_ref().ok_or(EraseError::Linked)?;
        Ok(seen.erase(&self.path)?)
    }
}
