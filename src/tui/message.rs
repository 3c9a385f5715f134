//! What the screen is told: keys, time, and how its effects ended.

use std::sync::Arc;

use super::catalog::Catalog;
use super::key::Key;
use crate::clipboard::Backend;
use crate::report::Failure;
use crate::secret::Secret;
use crate::session::Session;
use crate::time::Timestamp;
use crate::vault::Vault;

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
    /// The window of the terminal is no longer the one in use.
    FocusLost,
    /// A vault was opened or made.
    Opened(Result<Box<Opened>, Failure>),
    /// The wrong master password would have been right with the keyboard set in this way.
    Guessed(&'static str),
    /// A save ended.
    Saved(Box<SaveEnd>),
    /// A secret was generated.
    Generated(Result<Secret, Failure>),
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
    /// What an import brought, one line each.
    pub report: Option<Vec<String>>,
    /// What the user is to know of this system, if anything.
    pub warning: Option<&'static str>,
}

/// How a save ended.
pub struct SaveEnd {
    /// The [`super::effect::Save::ticket`] of it.
    pub ticket: u64,
    /// What is on the disk now, and whether another program's changes are in it; or why nothing was saved.
    pub result: Result<(Arc<Vault>, bool), Failure>,
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
