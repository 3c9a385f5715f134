//! What the screen is told: keys, time, and how its effects ended.

use std::path::PathBuf;
use std::sync::Arc;

use super::catalog::Catalog;
use super::complete::Listing;
use super::key::Key;
use super::model::columns::Table;
use super::model::export::{Looked, Written};
use super::model::import::{Plan, Rows};
use super::model::keys::Task;
use crate::audit::Audit;
use crate::clipboard::Backend;
use crate::exchange::ImportError;
use crate::exchange::pass::Tree;
use crate::exchange::repair::{Damage, Finding};
use crate::exchange::tables::mapping::Mapping;
use crate::format::RecoveryCode;
use crate::report::Failure;
use crate::secret::Secret;
use crate::session::tree::Folder;
use crate::session::watch::Noticed;
use crate::session::{ImportFile, Raised, Saved, Session};
use crate::time::Timestamp;
use crate::vault::{Id, Vault};

/// Something that happened. Without `Debug`, for a key may be a letter of a password.
pub enum Message {
    /// A key was pressed. In a box, because a queue of messages keeps the bytes of those that were taken out of
    /// it, and a password would stand there letter by letter.
    Key(Box<Key>),
    /// Something was pasted, all at once; as the terminal sent it.
    Paste(Secret),
    /// The terminal has this many columns and rows.
    Resized(u16, u16),
    /// Time has passed.
    Tick,
    /// The program is to end, now: SIGTERM, SIGHUP, SIGINT, or a terminal that is gone.
    Terminate,
    /// The program is to stop until it is told to go on: SIGTSTP.
    Stop,
    /// The program goes on after a stop.
    Resumed,
    /// The machine was asleep.
    Slept,
    /// Caps Lock was switched on or off, as far as the terminal tells.
    CapsLock(bool),
    /// Which flags of the kitty keyboard protocol are switched on: the terminal knows it.
    KeyboardTells(u8),
    /// The window of the terminal is no longer the one in use.
    FocusLost,
    /// A vault was opened or made.
    Opened(Result<Box<Opened>, Failure>),
    /// The wrong master password would have been right with the keyboard set in this way.
    Guessed(&'static str),
    /// Opening the vault takes much of this machine: what, and the password that it is asked for.
    CostAsked(String, Secret),
    /// The keys were changed, or the vault was opened with its recovery code.
    Renewed(KeyEnd<Box<Renewed>>),
    /// A recovery code was tried: the slot that it opens.
    CodeTested(KeyEnd<Id>),
    /// The page of a recovery kit was saved.
    PageSaved(Result<PathBuf, Failure>),
    /// A save ended.
    Saved(Box<SaveEnd>),
    /// The file was looked at.
    Looked(Box<LookEnd>),
    /// The file is from before a change of the vault's key, and was not opened.
    OlderKey,
    /// A secret was generated.
    Generated(Result<Secret, Failure>),
    /// A password that was never used was generated.
    Made(MadeEnd),
    /// A page was handed to the browser, or the browser failed.
    PageOpened(Result<(), Failure>),
    /// How far an audit is.
    AuditProgressed {
        /// The [`super::effect::AuditJob::ticket`] of it.
        ticket: u64,
        /// Entries that are done.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// An audit ended; none where it was stopped.
    Audited {
        /// The [`super::effect::AuditJob::ticket`] of it.
        ticket: u64,
        /// What was found.
        result: Result<Option<Audit>, Failure>,
    },
    /// How far an import or an export is.
    Progressed {
        /// The ticket of it.
        ticket: u64,
        /// Rows or entries that are done.
        done: usize,
        /// Of how many, where that was not known when it was begun.
        of: Option<usize>,
    },
    /// A step of an import ended.
    Imported {
        /// The [`super::effect::ImportJob::ticket`] of it.
        ticket: u64,
        /// What came of it, or why nothing was changed.
        result: Result<Box<ImportStage>, Failure>,
    },
    /// A step of an export ended.
    Exported {
        /// The [`super::effect::ExportJob::ticket`] of it.
        ticket: u64,
        /// What came of it, or why there is no file.
        result: Result<Box<ExportStage>, Failure>,
    },
    /// gpg has asked for a passphrase.
    GpgAsked {
        /// The [`super::effect::Asking::ticket`] of it.
        ticket: u64,
        /// Whether the file could be decrypted then.
        result: Result<bool, Failure>,
    },
    /// The names that go on with a path.
    Listed {
        /// What was typed of it.
        typed: String,
        /// The names.
        listing: Listing,
    },
    /// A value was copied.
    Copied(Result<Copied, Failure>),
    /// The clipboard was cleared, or no longer holds what was copied.
    ClipboardCleared(Result<(), Failure>),
    /// Another program has replaced what was copied.
    ClipboardReplaced,
}

impl Message {
    /// A key was pressed.
    pub fn key(key: Key) -> Self {
        Self::Key(Box::new(key))
    }
}

/// An unlocked vault.
pub struct Opened {
    /// Its keys and file.
    pub session: Session,
    /// What is in it.
    pub vault: Vault,
    /// The list of all its entries.
    pub catalog: Catalog,
    /// What there is to be said of its keys.
    pub keys: KeyNews,
    /// What the user is to know of this system, if anything.
    pub warning: Option<&'static str>,
    /// Copies of the vault that a sync program put beside it.
    pub conflicts: usize,
    /// Entries that a reminder, an expiry or a change that was begun is about.
    pub due: usize,
}

/// What there is to be said of the keys of a vault that was opened.
#[derive(Default)]
pub struct KeyNews {
    /// Guessing at its slot costs more from the next save on.
    pub raised: Option<Raised>,
    /// It has no recovery kit, and one is to be offered.
    pub offers_kit: bool,
    /// The code of a kit that was made with the vault.
    pub code: Option<RecoveryCode>,
}

/// How a change of keys ended, or the trial of a code.
pub struct KeyEnd<T> {
    /// The [`super::effect::KeyChange::ticket`] of it.
    pub ticket: u64,
    /// What came of it, or why nothing was changed.
    pub result: Result<T, Failure>,
}

/// A vault whose keys were changed.
pub struct Renewed {
    /// What was done.
    pub task: Task,
    /// It, open.
    pub opened: Opened,
    /// The new recovery code.
    pub code: Option<RecoveryCode>,
    /// Names of what no longer opens it.
    pub dropped: Vec<String>,
}

/// What came of a step of an import.
pub enum ImportStage {
    /// The file was read, and is known.
    Read(Plan),
    /// The file was read, and its content does not tell what it is.
    Unknown(Arc<ImportFile>, ImportError),
    /// It is a folder of pass or gopass.
    Folder(Arc<ImportFile>, Arc<Folder>),
    /// The key of this file of the folder wants a passphrase.
    KeyWanted(usize),
    /// The folder is decrypted.
    Decrypted(Tree),
    /// It is a table of unknown shape, with these columns.
    Columns(Table),
    /// What its columns hold is remembered by this name.
    Remembered(String, Mapping),
    /// It is encrypted; what opening it takes of this machine, where that is to be asked about.
    Locked(Plan, Option<String>),
    /// Something in it looks damaged.
    Damaged(Plan, Vec<(Damage, Finding)>),
    /// What would come of it.
    Previewed(Plan, Rows),
    /// It is in the vault.
    Taken(Box<Taken>),
    /// The file was overwritten and removed: its path.
    Erased(String),
}

/// A vault that a file was imported into.
pub struct Taken {
    /// The vault before.
    pub base: Arc<Vault>,
    /// The vault after.
    pub vault: Vault,
    /// What the list shows of it.
    pub catalog: Catalog,
    /// What came of each row.
    pub rows: Rows,
}

/// What came of a step of an export.
pub enum ExportStage {
    /// What is known before anything is written.
    Looked(Looked),
    /// It is written.
    Written(Written),
}

/// How a save ended.
pub struct SaveEnd {
    /// The [`super::effect::Save::ticket`] of it.
    pub ticket: u64,
    /// What is on the disk now, and how it got there; or why nothing was saved.
    pub result: Result<(Arc<Vault>, Saved), Failure>,
}

/// How the making of a password ended.
pub struct MadeEnd {
    /// The [`super::effect::Make::ticket`] of it.
    pub ticket: u64,
    /// How it was made, as text.
    pub recipe: String,
    /// The password, which nobody has seen yet.
    pub result: Result<Secret, Failure>,
}

/// What a look at the file found.
pub struct LookEnd {
    /// The [`super::effect::Look::ticket`] of it.
    pub ticket: u64,
    /// What was found.
    pub noticed: Noticed,
}

/// What is in the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// In words: "password of GitHub".
    pub what: String,
    /// Where.
    pub backend: Backend,
    /// When it is cleared.
    pub deadline: Timestamp,
}
