//! What this installation remembers of a vault, in the state folder: who it is as a writer, and how far it
//! got. Losing it loses nothing: a new writer id is made.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{StoreError, private_dir, read_private, write_new};
use crate::vault::{Id, Vault};

const MAX_LEN: usize = 4096;

/// This installation, as a writer of one vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    version: u8,
    writer: [u8; 16],
    generation: u64,
}

impl Device {
    /// A writer that has saved nothing yet.
    pub fn new(writer: Id) -> Self {
        Self { version: 1, writer: writer.0, generation: 0 }
    }

    /// The writer's id.
    pub fn writer(&self) -> Id {
        Id(self.writer)
    }

    /// What was remembered in a vault's state folder; none where it is missing, unreadable, or behind what
    /// the vault says of this writer (then the folder was copied or restored, and another one writes as us).
    pub fn load(dir: &Path, vault: &Vault) -> Option<Self> {
        let bytes = read_private(&file_in(dir), MAX_LEN).ok()?;
        let config = bincode::config::standard().with_fixed_int_encoding().with_limit::<MAX_LEN>();
        let (device, _): (Self, usize) = bincode::serde::decode_from_slice(&bytes, config).ok()?;
        let told = vault.writers().iter().find(|writer| writer.id == device.writer());
        let is_behind = told.is_some_and(|told| told.generation > device.generation);
        (device.version == 1 && !is_behind).then_some(device)
    }

    /// Remembers that `generation` was saved.
    ///
    /// # Errors
    /// [`StoreError`]; the next start then takes a new writer id.
    pub fn remember(&mut self, dir: &Path, generation: u64) -> Result<(), StoreError> {
        self.generation = generation;
        private_dir(dir)?;
        let config = bincode::config::standard().with_fixed_int_encoding();
        let bytes = bincode::serde::encode_to_vec(*self, config).unwrap_or_default();
        let (path, temporary) = (file_in(dir), dir.join("device.new"));
        let _ = fs::remove_file(&temporary);
        write_new(&temporary, |out| out.write_all(&bytes))?;
        fs::rename(&temporary, &path).map_err(StoreError::io("write", &path))
    }
}

/// The folder of a vault in the state folder.
pub fn dir_of(state_dir: &Path, vault_id: Id) -> PathBuf {
    state_dir.join(vault_id.to_string())
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("device")
}
