//! What this installation remembers of a vault, in the state folder: who it is as a writer, how far it got, and
//! where the vault's file is. Losing it loses nothing: a new writer id is made.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::disk::Disk;
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
    pub fn load(disk: &dyn Disk, dir: &Path, vault: &Vault) -> Option<Self> {
        let bytes = disk.read_private(&file_in(dir), MAX_LEN).ok()?;
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
    pub fn remember(&mut self, disk: &dyn Disk, dir: &Path, generation: u64) -> Result<(), StoreError> {
        self.generation = generation;
        disk.private_dir(dir)?;
        let config = bincode::config::standard().with_fixed_int_encoding();
        let bytes = bincode::serde::encode_to_vec(*self, config).unwrap_or_default();
        replace(disk, &file_in(dir), &bytes)
    }
}

/// Remembers that the vault whose state is in `dir` is saved at `place`.
///
/// # Errors
/// [`StoreError`]; a file that no longer says which vault it was is then not known by its place.
pub fn remember_place(disk: &dyn Disk, dir: &Path, place: &Path) -> Result<(), StoreError> {
    let path = dir.join(PLACE);
    let bytes = place.as_os_str().as_encoded_bytes();
    if disk.read_private(&path, MAX_LEN).is_ok_and(|there| *there == bytes) {
        return Ok(());
    }
    replace(disk, &path, bytes)
}

/// The state of the vault that was last made or brought to `place`.
pub fn dir_at(disk: &dyn Disk, state_dir: &Path, place: &Path) -> Option<PathBuf> {
    let bytes = place.as_os_str().as_encoded_bytes();
    let mut dirs = disk.list(state_dir).ok()?;
    dirs.retain(|dir| disk.read_private(&dir.join(PLACE), MAX_LEN).is_ok_and(|there| *there == bytes));
    dirs.into_iter().max_by_key(|dir| disk.stat(&dir.join(PLACE)).map_or(0, |stat| stat.modified.0))
}

/// The folders of vaults that were never saved: somebody makes them now, or was killed at it.
pub fn unmade(disk: &dyn Disk, state_dir: &Path) -> Vec<PathBuf> {
    let mut dirs = disk.list(state_dir).unwrap_or_default();
    dirs.retain(|dir| !disk.is_taken(&file_in(dir)));
    dirs
}

/// Forgets a vault that was not made after all.
pub fn forget(disk: &dyn Disk, dir: &Path) {
    let _ = disk.remove_dir(dir);
}

/// The folder of a vault in the state folder.
pub fn dir_of(state_dir: &Path, vault_id: Id) -> PathBuf {
    state_dir.join(vault_id.to_string())
}

pub(super) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let temporary = path.with_extension("new");
    let _ = disk.remove(&temporary);
    disk.write_new(&temporary, |out| out.write_all(bytes))?;
    disk.rename(&temporary, path).map_err(StoreError::io("write", path))
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("device")
}
