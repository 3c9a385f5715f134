//! A folder of pass or gopass read as a whole: its files found, decrypted by gpg one after another, and kept in
//! locked memory until they are imported.

use std::ops::ControlFlow;
use std::path::Path;

use crate::exchange::pass::{FileProblem, Tree, TreeFile};
use crate::gpg::{Gpg, GpgError};
use crate::secret::Secret;
use crate::store::tree::Found;
use crate::store::{StoreError, read_private, tree};

/// Bytes of a file, encrypted or plain, and of all together.
const MOST_FILE: usize = 64 << 20;
const MOST_ALL: usize = 512 << 20;

/// The ending of files that gpg decrypts, and of those that age does.
const GPG: &str = ".gpg";
const AGE: &str = ".age";

/// Why a folder as a whole is not read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages
pub enum TreeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("this folder is none of pass or gopass: no file in it ends in .gpg")]
    NotOfPass,
    #[error("the files of this folder are encrypted by age, which is not read here")]
    Age,
    #[error("reading this folder takes gpg, which is not installed")]
    NoGpg,
    #[error("{0}")]
    Gpg(GpgError),
    #[error("the folder holds more than {MOST_ALL} bytes")]
    TooLarge,
    #[error("cancelled")]
    Cancelled,
}

/// A folder whose files were found, and not read yet.
#[derive(Debug)]
pub struct Folder(Vec<Found>);

impl Folder {
    /// Looks whether a folder is one of pass or gopass. What is hidden there and not encrypted is settings.
    ///
    /// # Errors
    /// [`TreeError::Store`], [`TreeError::NotOfPass`], [`TreeError::Age`].
    pub fn find(dir: &Path) -> Result<Self, TreeError> {
        let mut found = tree::files(dir)?;
        found.retain(|one| !one.is_hidden || [GPG, AGE].iter().any(|ending| stem(one, ending).is_some()));
        let has = |ending: &str| found.iter().any(|one| stem(one, ending).is_some());
        match (has(GPG), has(AGE)) {
            (true, _) => Ok(Self(found)),
            (false, true) => Err(TreeError::Age),
            (false, false) => Err(TreeError::NotOfPass),
        }
    }

    /// How many files it has, at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Decrypts all files. What cannot be is told with its file; `progress` sees how many are done, and may break
    /// it off.
    ///
    /// # Errors
    /// [`TreeError::Gpg`] where gpg does not run or its dialogue was cancelled,
    /// [`TreeError::TooLarge`], [`TreeError::Cancelled`].
    pub fn read(
        &self,
        gpg: &Gpg,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Tree, TreeError> {
        // Nobody wants to be asked in vain a thousand times more.
        let (silent, mut in_vain) = (gpg.without_questions(), false);
        let mut decrypt = |found: &Found| {
            let content = read(found, if in_vain { &silent } else { gpg })?;
            in_vain |= matches!(content, Err(FileProblem::KeyNotOpened));
            Ok(Some(content))
        };
        Ok(self.all(&mut decrypt, progress)?.unwrap_or_default())
    }

    /// As [`Folder::read`], without asking anybody. The number of the first file whose key wants a passphrase instead,
    /// unless that `is_given_up`.
    ///
    /// # Errors
    /// As [`Folder::read`].
    pub fn read_silently(
        &self,
        gpg: &Gpg,
        is_given_up: bool,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Result<Tree, usize>, TreeError> {
        let silent = gpg.without_questions();
        let mut number = 0;
        let mut decrypt = |found: &Found| {
            let content = read(found, &silent)?;
            if matches!(content, Err(FileProblem::KeyNotOpened)) && !is_given_up {
                return Ok(None);
            }
            number += 1;
            Ok(Some(content))
        };
        let tree = self.all(&mut decrypt, progress)?;
        Ok(tree.ok_or(number))
    }

    /// Has gpg ask for what it needs to decrypt the file of this number; its agent keeps that for a while. Whether the
    /// file could be decrypted then.
    ///
    /// # Errors
    /// [`TreeError::Gpg`] where gpg does not run or its dialogue was cancelled.
    pub fn ask(&self, gpg: &Gpg, number: usize) -> Result<bool, TreeError> {
        Ok(match self.0.get(number) {
            Some(found) => read(found, gpg)?.is_ok(),
            None => false,
        })
    }

    /// All files as `decrypt` decrypts them, or nothing where it stops.
    fn all(
        &self,
        decrypt: &mut dyn FnMut(&Found) -> Result<Option<Content>, TreeError>,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Tree>, TreeError> {
        let (mut files, mut bytes) = (Vec::new(), 0_usize);
        for found in &self.0 {
            let Some(content) = decrypt(found)? else { return Ok(None) };
            bytes = bytes.saturating_add(content.as_ref().map_or(0, |content| content.len()));
            if bytes > MOST_ALL {
                return Err(TreeError::TooLarge);
            }
            let mut path = found.names.clone();
            if let (Some(last), Some(stem), Ok(_)) = (path.last_mut(), stem(found, GPG), &content) {
                *last = stem;
            }
            files.push(TreeFile { path, content });
            if progress(files.len()).is_break() {
                return Err(TreeError::Cancelled);
            }
        }
        Ok(Some(Tree { files }))
    }
}

/// The name of a file without its ending.
fn stem(found: &Found, ending: &str) -> Option<String> {
    found.names.last()?.strip_suffix(ending).filter(|stem| !stem.is_empty()).map(str::to_owned)
}

/// What is in a file, or why that is not known.
type Content = Result<Secret, FileProblem>;

fn read(found: &Found, gpg: &Gpg) -> Result<Content, TreeError> {
    if stem(found, GPG).is_none() {
        let is_age = stem(found, AGE).is_some();
        return Ok(Err(if is_age { FileProblem::Age } else { FileProblem::NotOfPass }));
    }
    let Some(file) = &found.file else {
        return Ok(Err(if found.is_link { FileProblem::Link } else { FileProblem::Unreadable }));
    };
    let sealed = match read_private(file, MOST_FILE) {
        Ok(sealed) => sealed,
        Err(StoreError::TooLarge { .. }) => return Ok(Err(FileProblem::TooLarge)),
        Err(_) => return Ok(Err(FileProblem::Unreadable)),
    };
    match gpg.decrypt(&sealed, MOST_FILE as u64) {
        Ok(content) => Ok(Ok(content)),
        Err(GpgError::NoKey) => Ok(Err(FileProblem::NoKey)),
        Err(GpgError::KeyNotOpened) => Ok(Err(FileProblem::KeyNotOpened)),
        Err(GpgError::NotDecrypted) => Ok(Err(FileProblem::NotDecrypted)),
        Err(GpgError::TooLarge { .. }) => Ok(Err(FileProblem::TooLarge)),
        Err(error @ (GpgError::Cancelled | GpgError::NotRun { .. })) => Err(TreeError::Gpg(error)),
    }
}
