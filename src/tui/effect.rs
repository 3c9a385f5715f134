//! What the screen asks of the world outside. [`super::perform`] does it and answers with a message.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::catalog::Facet;
use super::model::entrance::KitAnswer;
use super::model::export;
use super::model::import::{Choices, Plan};
use super::model::keys::Task;
use crate::exchange::tables::mapping::Mapping;
use crate::generate::Recipe;
use crate::rotate::Page;
use crate::secret::Secret;
use crate::session::tree::Folder;
use crate::session::{ImportFile, Session};
use crate::vault::Vault;

/// Something to be done.
pub enum Effect {
    /// Open the vault with this master password, on a thread. Answered by `Opened`.
    Unlock(Secret),
    /// Guess no longer at what the last master password was meant to be.
    StopGuessing,
    /// The same, whatever its derivation takes of this machine.
    UnlockAtAnyCost(Secret),
    /// Change what opens the vault, or try a recovery code, on a thread. Answered by `Renewed` or `CodeTested`.
    ChangeKeys(KeyChange),
    /// Save the page of a recovery kit. Answered by `PageSaved`.
    SavePage {
        /// The page.
        page: Secret,
        /// Where, as it was typed.
        path: PathBuf,
    },
    /// Make a vault with this master password. Answered by `Opened`.
    Create {
        /// The master password.
        password: Secret,
        /// Whether to make a recovery kit with it.
        kit: KitAnswer,
    },
    /// Save, on a thread. Answered by `Saved`.
    Save(Save),
    /// See whether another program has changed the file, on the thread that saves. Answered by `Looked`.
    Look(Look),
    /// Open a file from before a change of the key, the next time.
    AcceptOlderKey,
    /// Copy a value to the clipboard. Answered by `Copied`.
    Copy {
        /// The value.
        value: Secret,
        /// In words: "password of GitHub".
        what: String,
    },
    /// Clear what was copied. Answered by `ClipboardCleared`.
    ClearClipboard,
    /// See whether the clipboard still holds what was copied. Answered by `ClipboardReplaced`, if not.
    CheckClipboard,
    /// Generate a secret. Answered by `Generated`.
    Generate(Recipe),
    /// Generate a password that was never used, on a thread. Answered by `Made`.
    MakeUnused(Make),
    /// Open a page in the browser, on a thread. Answered by `PageOpened`.
    OpenPage(Page),
    /// Audit the vault, on a thread. Answered by `AuditProgressed`, and by `Audited`.
    Audit(AuditJob),
    /// Give the names that go on with a path that was typed so far, on a thread. Answered by `Listed`.
    List(String),
    /// Do one step of an import, on a thread. Answered by `Progressed`, and by `Imported`.
    Import(ImportJob),
    /// Leave the screen to gpg, which asks for a passphrase, on a thread. Answered by `GpgAsked`.
    AskGpg(Asking),
    /// Take the screen again that was left to gpg.
    ComeBack,
    /// Do one step of an export, on a thread. Answered by `Progressed`, and by `Exported`.
    Export(ExportJob),
    /// Overwrite all that remembers what was drawn.
    Conceal,
    /// Leave the screen and stop until the shell says to go on.
    Suspend,
    /// Take the terminal again: something else had it.
    Retake,
    /// End, once a running save is done.
    Quit,
}

/// A look at the file.
pub struct Look {
    /// Keys and file.
    pub session: Arc<Session>,
    /// What is shown: what another program has changed is merged into it.
    pub vault: Arc<Vault>,
    /// Comes back with the answer.
    pub ticket: u64,
}

/// A password to be made that the vault has never had.
pub struct Make {
    /// Opens what the vault has.
    pub session: Arc<Session>,
    /// What it is not to be found in.
    pub vault: Arc<Vault>,
    /// How it is made.
    pub recipe: Recipe,
    /// Comes back with the answer.
    pub ticket: u64,
}

/// An audit.
pub struct AuditJob {
    /// Keys and file.
    pub session: Arc<Session>,
    /// What is looked at.
    pub vault: Arc<Vault>,
    /// Ends it where nobody waits for it any more.
    pub stop: Arc<AtomicBool>,
    /// Comes back with the answers, so that those that come after a lock are known as such.
    pub ticket: u64,
}

/// One step of an import.
pub struct ImportJob {
    /// Keys and file.
    pub session: Arc<Session>,
    /// What it is imported into.
    pub vault: Arc<Vault>,
    /// Ends it where nobody waits for it any more: nothing is changed then.
    pub stop: Arc<AtomicBool>,
    /// Comes back with the answers, so that those that come after a lock are known as such.
    pub ticket: u64,
    /// Which step.
    pub task: ImportTask,
}

/// The steps of an import.
pub enum ImportTask {
    /// Read the file at this path, as it was typed.
    Read(PathBuf),
    /// Decrypt a folder of pass or gopass without asking anybody; whether what wants a passphrase is only named.
    Decrypt(Arc<Folder>, bool),
    /// Say which columns the table has; its first line is a row where that is so.
    Columns(Arc<ImportFile>, bool),
    /// Remember by this name what columns hold.
    Remember(String, Mapping),
    /// Say what would come of it; with a password, and the path of a key file as it was typed, where it is encrypted.
    Look(Plan, Option<(Secret, PathBuf)>),
    /// Import it.
    Take {
        /// What, and how it is read.
        plan: Plan,
        /// What is done with entries that the vault has in another state.
        choices: Choices,
        /// What the list shows.
        facet: Facet,
    },
    /// Overwrite and remove the file.
    Erase(Arc<ImportFile>),
}

/// A passphrase that gpg is to ask for.
pub struct Asking {
    /// The folder.
    pub folder: Arc<Folder>,
    /// The file whose key wants it.
    pub number: usize,
    /// Comes back with the answer.
    pub ticket: u64,
}

/// One step of an export.
pub struct ExportJob {
    /// Keys and file.
    pub session: Arc<Session>,
    /// What is exported.
    pub vault: Arc<Vault>,
    /// Ends it where nobody waits for it any more: no file is left then.
    pub stop: Arc<AtomicBool>,
    /// Comes back with the answers, so that those that come after a lock are known as such.
    pub ticket: u64,
    /// What, as what, and where to.
    pub plan: export::Plan,
    /// Which step.
    pub task: ExportTask,
}

/// The steps of an export.
pub enum ExportTask {
    /// Say what the format cannot hold, and whether the file may be there.
    Look,
    /// Write it: under this password, or if this is the master password where the file is plain.
    Write(Secret),
}

/// A change of what opens the vault.
pub struct KeyChange {
    /// Comes back with the answer, so that one that comes after a lock is known as such.
    pub ticket: u64,
    /// Which.
    pub task: Task,
    /// The master password as it is, or the recovery code.
    pub secret: Secret,
    /// The new master password; empty where there is none.
    pub new: Secret,
}

/// A save.
pub struct Save {
    /// Keys and file.
    pub session: Arc<Session>,
    /// What is to be saved.
    pub vault: Arc<Vault>,
    /// Whether the copies are merged into it that a sync program put beside the vault.
    pub copies: bool,
    /// Comes back with the answer, so that one that comes after a lock is known as such.
    pub ticket: u64,
}
