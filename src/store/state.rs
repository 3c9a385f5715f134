//! What this installation remembers of a vault, in the state folder: who it is as a writer, how far it got, and
//! where the vault's file is. Losing it loses nothing: a new writer id is made.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{StoreError, private_dir, read_private, write_new};
use crate::vault::{Id, Vault};

const MAX_LEN: usize = 4096;
const PLACE: &str = "place";

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
        replace(&file_in(dir), &bytes)
    }
}

/// Remembers that the vault whose state is in `dir` is saved at `place`.
///
/// # Errors
/// [`StoreError`]; a file that no longer says which vault it was is then not known by its place.
pub fn remember_place(dir: &Path, place: &Path) -> Result<(), StoreError> {
    let path = dir.join(PLACE);
    let bytes = place.as_os_str().as_encoded_bytes();
    if read_private(&path, MAX_LEN).is_ok_and(|there| *there == bytes) {
        return Ok(());
    }
    replace(&path, bytes)
}

/// The state of the vault that was last made or brought to `place`.
pub fn dir_at(state_dir: &Path, place: &Path) -> Option<PathBuf> {
    let bytes = place.as_os_str().as_encoded_bytes();
    let dirs = fs::read_dir(state_dir).ok()?.flatten().map(|entry| entry.path());
    let here = dirs.filter(|dir| read_private(&dir.join(PLACE), MAX_LEN).is_ok_and(|there| *there == bytes));
    here.max_by_key(|dir| fs::metadata(dir.join(PLACE)).and_then(|meta| meta.modified()).ok())
}

/// Forgets a vault that was not made after all.
pub fn forget(dir: &Path) {
    let _ = fs::remove_dir_all(dir);
}

/// The folder of a vault in the state folder.
pub fn dir_of(state_dir: &Path, vault_id: Id) -> PathBuf {
    state_dir.join(vault_id.to_string())
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let temporary = path.with_extension("new");
    let _ = fs::remove_file(&temporary);
    write_new(&temporary, |out| out.write_all(bytes))?;
    fs::rename(&temporary, path).map_err(StoreError::io("write", path))
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("device")
}
