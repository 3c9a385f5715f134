//! A vault without a file: a sample to look at, or one under test. Nothing of it is ever written.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::seen::Standing;
use super::{Device, Keys, Session, SessionError, System, SystemRandom, Vault, new_id};

impl Session {
    /// A new vault under new keys that no one else ever has; saving it does nothing.
    ///
    /// # Errors
    /// [`SessionError::Format`] where the system has no randomness.
    pub fn in_memory() -> Result<(Self, Vault), SessionError> {
        let session = Self {
            disk: Arc::new(System),
            path: PathBuf::new(),
            dir: PathBuf::new(),
            state_dir: PathBuf::new(),
            keys: Keys::generate(new_id()?, &mut SystemRandom)?,
            read_only: false,
            opened: None,
            slots: Vec::new(),
            backup_settings: super::BackupSettings::default(),
            parents: [[0; 32]; 2],
            device: Mutex::new(Device::new(new_id()?, [0; 16])),
            seen: Mutex::new(None),
            carried: Mutex::new(None),
            machine: [0; 16],
            is_live: false,
            standing: Standing::First,
            findings: Vec::new(),
        };
        Ok((session, Vault::new()))
    }

    /// Whether there is no file.
    pub fn is_in_memory(&self) -> bool {
        self.path.as_os_str().is_empty()
    }
}
