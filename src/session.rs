//! An unlocked vault's keys and file. A [`Locked`] vault has been checked and not opened; unlocking it gives a
//! [`Session`] and the [`Vault`]. The session never holds the vault: its one owner is whoever shows or
//! edits it. The lock on the file is taken for a save only, so a command works beside an open screen.

mod audit;
mod backups;
mod copy;
mod cost;
mod export;
pub mod finding;
mod import;
mod import_file;
mod locked;
mod memory;
mod place;
mod plain;
mod recall;
mod rekey;
mod save;
pub mod seen;
mod slots;
pub mod tree;
pub mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use thiserror::Error;

use crate::crypto::kdf::Cost;
use crate::crypto::random::{Random, SystemRandom, array};
use crate::exchange::ImportError;
use crate::format::slot::{self, SlotKind};
use crate::format::{self, Credentials, FormatError, Header, Keys, Passphrase, Slot, unlock};
use crate::merge::merge;
use crate::store::state::{self, Device};
use crate::store::{Disk, StoreError, System, ticks};
use crate::time::Timestamp;
use crate::vault::edit::{Author, Edit, EditError};
use crate::vault::seal::{FieldTampered, Seal};
use crate::vault::tag::{Kind, Tag};
use crate::vault::undo::Retraced;
use crate::vault::{Id, Vault, Writer};

pub use audit::AuditError;
pub use backups::{BackupSettings, Opens, RestoredFile, backups_of, put_in_place, shares_a_slot};
pub use copy::{OtherCopy, Survivor, Union};
pub use cost::{Demand, Price, Raised, calibrated, foreign_demand, measured};
pub use export::{Export, Exported, exported};
pub use finding::Finding;
pub use import::{Changed, Choice, Import, ImportReport, ImportedRow, Source, Status, Trashed};
pub use import_file::{EraseError, ImportFile, ReadError};
pub use locked::Locked;
pub use plain::Unreadable;
pub use rekey::Rekeyed;
pub use save::Saved;
pub use slots::{KeySlot, KitStatus, NewSlot, SlotSecret};

use seen::Standing;

/// What the slot of the master password is called.
pub const MASTER: &str = "master password";
/// What the slot of a recovery code is called.
pub const KIT: &str = "recovery kit";

/// Why a vault was not opened, made, or saved.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The file or the secret is wrong.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The file is not what was saved: damaged, tampered with, or another's in its place. A back-up may be
    /// intact.
    #[error("{source}")]
    #[allow(missing_docs)]
    Damaged { source: FormatError, backup: Option<PathBuf> },
    /// There is no vault.
    #[error("there is no vault at {}", .0.display())]
    NoVault(PathBuf),
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The edit could not be made.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The file to be imported is not what it should be.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Whoever watched the import broke it off.
    #[error("cancelled")]
    Cancelled,
    /// One field cannot be opened.
    #[error(transparent)]
    Field(#[from] FieldTampered),
    /// A later version wrote what this one must not rewrite.
    #[error("a later version of tresor wrote this vault: it can be read here, not changed")]
    ReadOnly,
    /// A file of another vault, where a copy of this one is wanted.
    #[error("{} is another vault, not a copy of this one", .0.display())]
    OtherVault(PathBuf),
    /// Since it was opened the vault was given another key.
    #[error("the vault on the disk was given another key meanwhile")]
    OtherKey,
    /// There are eight ways to open the vault, and the format holds no more.
    #[error("the vault has eight keys to open it, and the format holds no more")]
    SlotsFull,
    /// Merging gave more ways to open the vault than the format holds; their names.
    #[error("merged, the vault would have {} keys to open it, and the format holds 8: {}", .0.len(), .0.join(", "))]
    TooManySlots(Vec<String>),
    /// A fourth password: each is a derivation that an attempt may have to pay for.
    #[error("a vault has three different passwords at most")]
    TooManyPasswords,
    /// What would be left opens the vault for nobody who has only a password.
    #[error("then no master password would open the vault any more")]
    NothingLeft,
    /// The secret is wrong, and the keys of the file are not those that were last seen here.
    #[error("the keys of this vault file are not those last used here; wrong master password")]
    OtherSlots,
    /// The file is from before a change of the vault's key that this device has seen, or it cannot be told.
    #[error("this vault file is from before a change of the vault's key")]
    #[allow(missing_docs)]
    OlderKey { kept: Option<PathBuf> },
    /// Another program keeps writing to the file.
    #[error("the vault on the disk changes faster than it can be saved")]
    Unsettled,
}

impl SessionError {
    /// Whether another secret may open the vault.
    pub fn is_wrong_secret(&self) -> bool {
        matches!(self, Self::Format(FormatError::WrongSecret) | Self::OtherSlots)
    }
}

/// Keys and file of an unlocked vault.
pub struct Session {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    /// What this installation remembers of this vault.
    dir: PathBuf,
    /// What it remembers of all vaults.
    state_dir: PathBuf,
    keys: Keys,
    read_only: bool,
    /// The slot that opened.
    opened: Option<Slot>,
    /// The slots in use of the file that was opened, for a vault whose slot records are lost.
    slots: Vec<Slot>,
    /// How many back-ups are kept, and where.
    backup_settings: BackupSettings,
    device: Mutex<Device>,
    /// The file that was last read or written; none before the first save.
    seen: Mutex<Option<SeenFile>>,
    /// Digests of the files that the one which was opened was saved on top of.
    parents: [[u8; 32]; 2],
    /// Digest of the copy that was merged in when the vault was opened, until a save holds it.
    carried: Mutex<Option<[u8; 32]>>,
    machine: [u8; 16],
    /// Whether saves are remembered as what this device has seen of the vault.
    is_live: bool,
    standing: Standing,
    findings: Vec<Finding>,
}

/// A file of the vault, and what a vault has that does not lack any of it.
#[derive(Debug, Clone)]
struct SeenFile {
    digest: [u8; 32],
    /// The saves in it, and those in the files seen before it.
    writers: Vec<Writer>,
}

impl Session {
    /// Makes a vault at `path`, which must be free, with one slot for `passphrase`. `cost` becomes the vault's
    /// cost policy.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where a file is there; [`SessionError`] otherwise. Nothing is left behind.
    pub fn create(
        path: &Path,
        state_dir: &Path,
        passphrase: &Passphrase,
        cost: Cost,
        now: Timestamp,
    ) -> Result<(Self, Vault), SessionError> {
        Self::create_priced(path, state_dir, passphrase, Price::Asked(cost), now)
    }

    /// As [`Session::create`], at a cost that may be this machine's own.
    ///
    /// # Errors
    /// As [`Session::create`].
    pub fn create_priced(
        path: &Path,
        state_dir: &Path,
        passphrase: &Passphrase,
        price: Price,
        now: Timestamp,
    ) -> Result<(Self, Vault), SessionError> {
        Self::make(Arc::new(System), path, state_dir, passphrase, price, now)
    }

    /// As [`Session::create`], on another disk.
    ///
    /// # Errors
    /// As [`Session::create`].
    pub fn create_on(
        disk: Arc<dyn Disk>,
        path: &Path,
        state_dir: &Path,
        passphrase: &Passphrase,
        cost: Cost,
        now: Timestamp,
    ) -> Result<(Self, Vault), SessionError> {
        Self::make(disk, path, state_dir, passphrase, Price::Asked(cost), now)
    }

    fn make(
        disk: Arc<dyn Disk>,
        path: &Path,
        state_dir: &Path,
        passphrase: &Passphrase,
        price: Price,
        now: Timestamp,
    ) -> Result<(Self, Vault), SessionError> {
        if disk.is_taken(path) {
            return Err(StoreError::Exists(path.to_owned()).into());
        }
        let vault_id = new_id()?;
        let keys = Keys::generate(vault_id, &mut SystemRandom)?;
        let machine = state::machine(&*disk, vault_id);
        let mut session = Self {
            disk,
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            dir: state::dir_of(state_dir, vault_id),
            state_dir: state_dir.to_owned(),
            keys,
            read_only: false,
            opened: None,
            slots: Vec::new(),
            backup_settings: BackupSettings::default(),
            parents: [[0; 32]; 2],
            device: Mutex::new(Device::new(new_id()?, machine)),
            seen: Mutex::new(None),
            carried: Mutex::new(None),
            machine,
            is_live: true,
            standing: Standing::First,
            findings: Vec::new(),
        };
        session.clear_unmade(state_dir)?;
        let mut vault = Vault::new();
        let new =
            NewSlot { name: MASTER.to_owned(), secret: SlotSecret::Passphrase(passphrase), replaces: None };
        let slots = session.put_slots(&session.keys, &mut vault, &[new], price, now)?;
        session.opened = slots.first().copied();
        session.save(&mut vault, now).inspect_err(|_| state::forget(session.disk(), &session.dir))?;
        Ok((session, vault))
    }

    /// The vault's file, with symbolic links resolved.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The disk that it is on.
    pub fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// The vault's id.
    pub fn vault_id(&self) -> Id {
        self.keys.vault_id()
    }

    /// What its user is to know of the file that was opened, and of what is remembered here.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How the file that was opened stands to what this device had seen.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether a later version wrote what this one must not rewrite.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Makes an edit as this installation, now, as one step that can be undone and is called `label`; with an
    /// empty label it is no step.
    ///
    /// # Errors
    /// As [`Vault::edit`].
    pub fn edit<T>(
        &self,
        vault: &mut Vault,
        now: Timestamp,
        label: &str,
        make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>,
    ) -> Result<T, EditError> {
        self.try_edit(vault, now, label, make)
    }

    /// As [`Self::edit`], where `make` may fail in other ways too.
    ///
    /// # Errors
    /// As [`Vault::try_edit`].
    fn try_edit<T, E: From<EditError>>(
        &self,
        vault: &mut Vault,
        now: Timestamp,
        label: &str,
        make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let now = self.tick(vault, now);
        self.as_author(&self.keys, now, |author| vault.try_edit(author, label, make))
    }

    /// Takes back the last step of this installation; none where there is none.
    ///
    /// # Errors
    /// As [`Vault::undo`].
    pub fn undo(&self, vault: &mut Vault, now: Timestamp) -> Result<Option<Retraced>, EditError> {
        let now = self.tick(vault, now);
        self.as_author(&self.keys, now, |author| vault.undo(author))
    }

    /// Does the step undone last again; none where there is none.
    ///
    /// # Errors
    /// As [`Vault::redo`].
    pub fn redo(&self, vault: &mut Vault, now: Timestamp) -> Result<Option<Retraced>, EditError> {
        let now = self.tick(vault, now);
        self.as_author(&self.keys, now, |author| vault.redo(author))
    }

    /// This installation, as a writer of this vault.
    pub fn writer(&self) -> Id {
        self.device().writer()
    }

    /// What seals the fields of this vault.
    pub fn seal(&self) -> &dyn Seal {
        &self.keys
    }

    /// When the next edit is made: now, unless another program of this installation makes one in this millisecond.
    fn tick(&self, vault: &Vault, now: Timestamp) -> Timestamp {
        if self.is_in_memory() {
            return now;
        }
        ticks::next(self.disk(), &self.dir, vault.next_stamp(self.writer(), now).time)
    }

    fn as_author<T>(&self, seal: &Keys, now: Timestamp, act: impl FnOnce(&mut Author<'_>) -> T) -> T {
        let mut make_id = || new_id().map_err(|_| EditError::NoRandomness);
        let writer = self.device().writer();
        act(&mut Author { seal, new_id: &mut make_id, writer, now })
    }

    fn device(&self) -> std::sync::MutexGuard<'_, Device> {
        self.device.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn carried(&self) -> std::sync::MutexGuard<'_, Option<[u8; 32]>> {
        self.carried.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<SeenFile>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Digest of the file that was last read or written; none before the first save.
    fn seen_digest(&self) -> Option<[u8; 32]> {
        self.seen().as_ref().map(|seen| seen.digest)
    }

    /// Adds slot records under `keys`, in a vault that has none; an asked price becomes the vault's policy.
    /// Slots of one passphrase share its derivation.
    fn put_slots(
        &self,
        keys: &Keys,
        vault: &mut Vault,
        new: &[NewSlot<'_>],
        price: Price,
        now: Timestamp,
    ) -> Result<Vec<Slot>, SessionError> {
        let mut derived = Vec::new();
        let made = new.iter().map(|new| slots::wrap(keys, new.secret, price.cost(), &mut derived));
        let made = made.collect::<Result<Vec<Slot>, FormatError>>()?;
        slot::check_all(&made).map_err(|_| SessionError::TooManyPasswords)?;
        let ids = new.iter().map(|_| new_id()).collect::<Result<Vec<Id>, FormatError>>()?;
        self.as_author(keys, now, |author| {
            vault.edit(author, "", |edit| {
                for ((new, slot), id) in new.iter().zip(&made).zip(ids) {
                    slots::put_slot(edit, id, &new.name, slot, now)?;
                }
                slots::put_policy(edit, price)
            })
        })?;
        Ok(made)
    }
}

/// The vault's cost policy: what its keys cost to guess at, as asked for at `init` or `passwd`.
pub fn cost_policy(vault: &Vault) -> Cost {
    let value = vault.setting(Tag::COST_POLICY).unwrap_or_default();
    let mut numbers = value.chunks_exact(4).filter_map(|bytes| bytes.try_into().ok().map(u32::from_le_bytes));
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(memory), Some(passes), Some(lanes)) => {
            Cost::new(memory, passes, lanes).unwrap_or(Cost::DEFAULT)
        }
        _ => Cost::DEFAULT,
    }
}

/// Words for what opens a slot.
pub fn slot_words(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::Empty => "empty",
        SlotKind::Passphrase => "master password",
        SlotKind::PassphraseAndKeyFile => "master password and key file",
        SlotKind::Recovery => "recovery code",
        SlotKind::Unknown(_) => "of a later version",
    }
}

/// The slots that the header is written from, in the order of their records; those of the header that was read
/// (`known`) where no record is readable.
fn slots_of(vault: &Vault, known: &[Slot]) -> Vec<Slot> {
    let records = vault.records_of(Kind::SLOT).iter();
    let cells = records.filter_map(|record| vault.current(record, Tag::SLOT_BYTES, None));
    let readable = cells.filter(|cell| !cell.is_sealed() && cell.version == 0);
    let slots: Vec<Slot> = readable.filter_map(|cell| Slot::read(vault.value(cell)).ok()).collect();
    if slots.is_empty() { known.to_vec() } else { slots }
}

/// What is wrong with the file at `path`, with the newest intact back-up of the vault of this id or, where the
/// file tells none that is known here, of the vault that was saved at `path`.
fn damaged(
    disk: &dyn Disk,
    error: FormatError,
    path: &Path,
    state_dir: &Path,
    id: Option<Id>,
) -> SessionError {
    use FormatError::{Damaged, KeyMismatch, Malformed, NotAVault, SlotTampered, Tampered};
    let newest = |dir: PathBuf| backups::newest_intact(disk, &dir);
    let backup = || {
        let of_id = id.and_then(|id| newest(state::dir_of(state_dir, id)));
        of_id.or_else(|| state::dir_at(disk, state_dir, path).and_then(newest))
    };
    match error {
        Damaged(_) | Malformed(_) | SlotTampered { .. } | KeyMismatch | Tampered => {
            SessionError::Damaged { source: error, backup: backup() }
        }
        NotAVault => match backup() {
            None => NotAVault.into(),
            backup => SessionError::Damaged { source: NotAVault, backup },
        },
        other => other.into(),
    }
}

fn new_id() -> Result<Id, FormatError> {
    Ok(Id(array(&mut SystemRandom as &mut dyn Random)?))
}
