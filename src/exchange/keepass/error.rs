//! Why a file of KeePass is refused as a whole. Names no value.

use std::io;

use thiserror::Error;

use super::super::ImportError;
use crate::crypto::kdf::CostError;

/// Why a file of KeePass is refused.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the messages
pub enum KeePassError {
    #[error("a database of KeePass 1 (KDB), which is not read; KeePassXC saves it as KDBX")]
    KeePass1,
    #[error("KDBX {major}.{minor} is not known; 3.0 to 4.1 are read")]
    Version { major: u16, minor: u16 },
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    #[error("the database is encrypted with {0} that is not known")]
    Unknown(&'static str),
    #[error("opening the database would ask too much of this machine: {0}")]
    Cost(#[from] CostError),
    #[error("opening the database would take too long: {rounds} rounds of AES, and at most {most} are paid")]
    Rounds { rounds: u64, most: u64 },
    #[error("this machine has not the memory that opening the database takes")]
    NoMemory,
    #[error("the key file is damaged: {0}")]
    KeyFile(&'static str),
    #[error("the database unpacks to more than {most} bytes, which no honest one of its size does")]
    Bomb { most: u64 },
    #[error("damaged XML at byte {at}")]
    Xml { at: u64 },
    #[error("the XML has {0}, which no database has")]
    HostileXml(&'static str),
    #[error("the XML is no database of KeePass")]
    NotKeePass,
}

impl From<KeePassError> for ImportError {
    fn from(error: KeePassError) -> Self {
        Self::KeePass(error)
    }
}

impl KeePassError {
    /// The error as one of a reader, from which [`KeePassError::of_io`] takes it out again.
    pub fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }

    /// What made a reader fail: one of these, or damage of `part`.
    pub fn of_io(error: &io::Error, part: &'static str) -> Self {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        own.cloned().unwrap_or(Self::Damaged(part))
    }
}
