//! A vault file before it is opened: what can be told and checked of it without a password, and the way from there
//! to a [`Session`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::cost::{self, Demand};
use super::recall::Recalled;
use super::{BackupSettings, SeenFile, Session, SessionError, damaged};
use crate::format::{self, Credentials, FormatError, Header, Keys, unlock};
use crate::store::disk::VaultFile;
use crate::store::{Disk, StoreError, System};
use crate::vault::Vault;

/// A damaged file is read again for so long before it counts as damaged: a sync may be writing it.
const SYNC_PATIENCE: Duration = Duration::from_secs(2);
/// Most times that a file which seems to be an older one is read, where others keep saving.
const MAX_LOOKS: usize = 8;

/// A vault file that passed every check which needs no password.
pub struct Locked {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) path: PathBuf,
    /// As it was asked for, links and all.
    pub(super) named: PathBuf,
    pub(super) state_dir: PathBuf,
    pub(super) file: VaultFile,
    pub(super) header: Header,
    pub(super) by_name: bool,
    pub(super) older_key: bool,
}

impl Locked {
    /// Reads and checks the vault at `path` (a symbolic link is followed, once); `state_dir` is where this
    /// installation remembers things. A file that is damaged is read again for up to two seconds.
    ///
    /// # Errors
    /// [`SessionError::NoVault`], [`SessionError::Damaged`], [`SessionError::Format`], [`SessionError::Store`].
    pub fn read(path: &Path, state_dir: &Path) -> Result<Self, SessionError> {
        let start = Instant::now();
        loop {
            match Self::read_once(path, state_dir) {
                Err(SessionError::Damaged { source, .. })
                    if matches!(source, FormatError::Damaged(_) | FormatError::NotAVault)
                        && start.elapsed() < SYNC_PATIENCE =>
                {
                    std::thread::sleep(Duration::from_millis(100));
                }
                read => return read,
            }
        }
    }

    /// As [`Locked::read`], answering at once.
    ///
    /// # Errors
    /// As [`Locked::read`].
    pub fn read_once(path: &Path, state_dir: &Path) -> Result<Self, SessionError> {
        Self::read_once_on(Arc::new(System), path, state_dir)
    }

    /// As [`Locked::read_once`], on another disk; what is then saved goes there too.
    ///
    /// # Errors
    /// As [`Locked::read`].
    pub fn read_once_on(disk: Arc<dyn Disk>, path: &Path, state_dir: &Path) -> Result<Self, SessionError> {
        let no_vault = |error: StoreError| {
            if error.is_not_found() { SessionError::NoVault(path.to_owned()) } else { error.into() }
        };
        let file = disk.read_vault(path).map_err(no_vault)?;
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (named, state_dir) = (absolute(path), absolute(state_dir));
        let path = disk.resolve(path).map_err(StoreError::io("open", path))?;
        match Header::read(&file.bytes, file.len) {
            Ok(header) => {
                Ok(Self { disk, path, named, state_dir, file, header, by_name: false, older_key: false })
            }
            Err(error) => {
                // The id is not verified here; it only chooses where to look for back-ups.
                Err(damaged(&*disk, error, &path, &state_dir, Header::id_in(&file.bytes)))
            }
        }
    }

    /// What the file says without a password.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What trying a master password, with a key file or without, would ask of this machine, where that is so
    /// much that the user is asked first. A recovery code asks nothing of it.
    ///
    /// Time that was paid here before is not asked about again: a busy moment must not shut a script out.
    pub fn demand(&self, with_key_file: bool) -> Option<Demand> {
        cost::demand(&self.header, with_key_file, || self.slots_were_seen() == Some(true))
    }

    /// The same, as a back-up or a copy that is looked at: nothing of it is remembered, and it is not compared
    /// with what is.
    #[must_use]
    pub fn by_name(self) -> Self {
        Self { by_name: true, ..self }
    }

    /// The same, to be opened although it is from before a change of the vault's key.
    #[must_use]
    pub fn accept_older_key(self) -> Self {
        Self { older_key: true, ..self }
    }

    /// Whether this opens the vault. Takes as long as unlocking does.
    pub fn is_opened_by(&self, given: &Credentials<'_>) -> bool {
        unlock(&self.header, given).is_ok()
    }

    /// Derives the keys (which takes as long as the slot's costs say), decrypts and reads the vault, and compares
    /// it with what this device has seen of it: what was seen and is not in the file is in the vault all the
    /// same. [`Session::findings`] tells of it.
    ///
    /// # Errors
    /// [`SessionError::OtherSlots`], [`SessionError::OlderKey`], [`SessionError::Format`].
    pub fn unlock(mut self, given: &Credentials<'_>) -> Result<(Session, Vault), SessionError> {
        let (keys, slot) = match unlock(&self.header, given) {
            Err(FormatError::WrongSecret) if self.has_other_slots() => return Err(SessionError::OtherSlots),
            unlocked => unlocked.map_err(|error| self.damaged(error))?,
        };
        for round in 1.. {
            let file = std::mem::take(&mut self.file.bytes);
            let opened = format::open(file, &self.header, &keys).map_err(|error| match error {
                FormatError::KeyMismatch if round > 1 => SessionError::OtherKey,
                error => self.damaged(error),
            })?;
            let parents = [opened.inner.parent, opened.inner.other_parent];
            let recalled = self.recall(&keys, opened);
            let is_plain = recalled.as_ref().is_ok_and(|recalled| recalled.standing.has_all());
            // Another program may have saved, and remembered it, since the file was read.
            if is_plain || round == MAX_LOOKS || !self.read_again()? {
                return recalled.map(|recalled| self.session(keys, slot, parents, recalled));
            }
        }
        Err(SessionError::Unsettled)
    }

    /// Reads the file again if it is another one by now.
    fn read_again(&mut self) -> Result<bool, SessionError> {
        let file = self.disk.read_vault(&self.path)?;
        let header = Header::read(&file.bytes, file.len)?;
        let has_changed = header.digest() != self.header.digest();
        if has_changed {
            (self.file, self.header) = (file, header);
        }
        Ok(has_changed)
    }

    fn session(
        self,
        keys: Keys,
        slot: usize,
        parents: [[u8; 32]; 2],
        recalled: Recalled,
    ) -> (Session, Vault) {
        let session = Session {
            disk: self.disk,
            path: self.path,
            dir: recalled.dir,
            state_dir: self.state_dir,
            keys,
            read_only: recalled.read_only,
            opened: self.header.slots().get(slot).copied(),
            slots: self.header.used_slots().copied().collect(),
            backup_settings: BackupSettings::default(),
            parents,
            device: Mutex::new(recalled.device),
            seen: Mutex::new(Some(SeenFile {
                digest: self.header.digest(),
                writers: recalled.vault.writers().to_vec(),
            })),
            carried: Mutex::new(recalled.carried),
            machine: recalled.machine,
            is_live: recalled.is_live,
            standing: recalled.standing,
            findings: recalled.findings,
        };
        (session, recalled.vault)
    }

    fn damaged(&self, error: FormatError) -> SessionError {
        let id = Some(self.header.vault_id());
        damaged(&*self.disk, error, &self.path, &self.state_dir, id)
    }
}
