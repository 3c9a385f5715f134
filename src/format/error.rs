//! Why a file is not opened, or not written: one variant for each cause that docs/format.md names.

use thiserror::Error;

use crate::crypto::kdf::{CostError, KdfError};
use crate::crypto::random::RandomError;

/// What is wrong with a file, a secret, or what was to be written.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the message says it
pub enum FormatError {
    #[error("this is not a tresor vault")]
    NotAVault,
    #[error("the vault has format version {major}, and this program reads version 1")]
    TooNew { major: u16 },
    #[error("the vault is damaged: {0}")]
    Damaged(&'static str),
    #[error("the vault breaks the format: {0}")]
    Malformed(&'static str),
    #[error(transparent)]
    Cost(#[from] CostError),
    #[error("wrong master password")]
    WrongSecret,
    #[error("this vault wants its key file as well as the master password")]
    MissingKeyFile,
    #[error("the key file is damaged")]
    KeyFileBroken,
    #[error("key slot {slot} was tampered with")]
    SlotTampered { slot: usize },
    #[error("the header and the content of this file do not belong together")]
    KeyMismatch,
    #[error("the vault was tampered with")]
    Tampered,
    #[error("the vault would be larger than the 512 MiB that the format holds")]
    TooLarge,
    #[error("the vault has {0} keys to open it, and the format holds 8")]
    TooManySlots(usize),
    #[error("the vault could not be read back as it was written")]
    NotReadBack,
    #[error(transparent)]
    Kdf(#[from] KdfError),
    #[error(transparent)]
    Random(#[from] RandomError),
}
