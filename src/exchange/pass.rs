//! Trees of pass and gopass, once their files are decrypted: a folder of files, each an entry whose name is the
//! file's and whose folder is the folder's. Who reads the tree and runs `gpg` is not here; [`secret`] knows what
//! stands in a file.
//!
//! Nothing is guessed from a path: a folder that is called like a site makes no URL.

pub mod secret;

use super::draft::outcome;
use super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock};
use crate::secret::Secret;
use crate::vault::folder;

/// The format as a file, which it is not: it is in the table so that it is listed, and named.
pub struct Pass;

impl Importer for Pass {
    fn recognises(&self, _: &[u8]) -> bool {
        false
    }

    fn read(&self, _: &[u8], _: &Unlock, _: &mut Each<'_>) -> Result<(), ImportError> {
        Err(ImportError::WantsFolder)
    }
}

/// A tree, decrypted as far as it could be.
#[derive(Debug, Default)]
pub struct Tree {
    /// Its files, in order.
    pub files: Vec<TreeFile>,
}

/// A file of a tree.
#[derive(Debug)]
pub struct TreeFile {
    /// The folders that it is in and its name, without the ending of what encrypted it.
    pub path: Vec<String>,
    /// What stands in it, or why that is not known.
    pub content: Result<Secret, FileProblem>,
}

/// Why a file of a tree is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the messages
pub enum FileProblem {
    #[error("gpg has no key that opens it")]
    NoKey,
    #[error("gpg could not use its key; is its agent able to ask for the passphrase?")]
    KeyNotOpened,
    #[error("gpg could not decrypt it")]
    NotDecrypted,
    #[error("it is larger than 64 MiB")]
    TooLarge,
    #[error("age is not read here; `gopass convert --crypto=gpgcli`, or decrypt it by hand")]
    Age,
    #[error("no file of pass")]
    NotOfPass,
    #[error("a link that leads out of the folder, or to no file")]
    Link,
    #[error("it cannot be read")]
    Unreadable,
}

impl Importer for Tree {
    fn recognises(&self, _: &[u8]) -> bool {
        false
    }

    fn read(&self, _: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        for (file, number) in self.files.iter().zip(1..) {
            let outcome = match (&file.content, file.path.split_last()) {
                (Ok(content), Some((name, folders))) => outcome(|| {
                    let mut draft = secret::read(name, content);
                    draft.item.folder = folder::join(folders.iter().map(String::as_str));
                    Ok(draft)
                }),
                (Err(problem), _) => {
                    Outcome::Skipped(Skip::File { name: file.path.join("/"), problem: *problem })
                }
                (Ok(_), None) => Outcome::Blank,
            };
            if each(Row { place: Place::Entry(number), outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}
