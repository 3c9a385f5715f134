//! What this installation remembers of a vault, in the state folder: who it is as a writer, how far it got,
//! where the vault's file is, what it has seen of it, and a copy of that. Losing it loses nothing that is in
//! the vault's file: a new writer id is made. What the bytes of [`read_seen`] mean is not known here.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::{StoreError, lock};
use crate::crypto::derive;
use crate::vault::Id;

const MAX_LEN: usize = 4096;
const PLACE: &str = "place";
const SEEN: &str = "seen";

/// This installation, as a writer of one vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    version: u8,
    writer: [u8; 16],
    generation: u64,
    machine: [u8; 16],
}

/// As earlier versions wrote it, which knew of no machines.
#[derive(Deserialize)]
struct DeviceOne {
    version: u8,
    writer: [u8; 16],
    generation: u64,
}

/// What the state folder says of this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// Nothing: it is new here.
    Missing,
    /// What was remembered cannot be read.
    Damaged,
    /// What was remembered.
    Found(Device),
}

impl Device {
    /// A writer on `machine` that has saved nothing yet.
    pub fn new(writer: Id, machine: [u8; 16]) -> Self {
        Self { version: 2, writer: writer.0, generation: 0, machine }
    }

    /// The writer's id.
    pub fn writer(&self) -> Id {
        Id(self.writer)
    }

    /// The generation of its last save.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether it was remembered on this machine, or says nothing of where.
    pub fn is_of(&self, machine: [u8; 16]) -> bool {
        self.version == 1 || self.machine == machine
    }

    /// Whether a version wrote it that also keeps what it has seen.
    pub fn keeps_what_it_saw(&self) -> bool {
        self.version >= 2
    }

    /// What was remembered in a vault's state folder.
    pub fn load(disk: &dyn Disk, dir: &Path) -> Loaded {
        let bytes = match disk.read_private(&device_in(dir), MAX_LEN) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Loaded::Missing,
            Err(_) => return Loaded::Damaged,
        };
        let device = match bytes.first() {
            Some(1) => decoded(&bytes).map(|one: DeviceOne| Self {
                version: one.version,
                writer: one.writer,
                generation: one.generation,
                machine: [0; 16],
            }),
            Some(2) => decoded(&bytes),
            _ => None,
        };
        device.map_or(Loaded::Damaged, Loaded::Found)
    }

    /// Remembers that `generation` was saved on `machine`.
    ///
    /// # Errors
    /// [`StoreError`]; the next start then takes a new writer id.
    pub fn remember(
        &mut self,
        disk: &dyn Disk,
        dir: &Path,
        generation: u64,
        machine: [u8; 16],
    ) -> Result<(), StoreError> {
        *self = Self { version: 2, generation, machine, ..*self };
        disk.private_dir(dir)?;
        let config = bincode::config::standard().with_fixed_int_encoding();
        let bytes = bincode::serde::encode_to_vec(*self, config).unwrap_or_default();
        replace(disk, &device_in(dir), &bytes)
    }
}

fn decoded<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let config = bincode::config::standard().with_fixed_int_encoding().with_limit::<MAX_LEN>();
    let (value, len): (T, usize) = bincode::serde::decode_from_slice(bytes, config).ok()?;
    (len == bytes.len()).then_some(value)
}

/// What tells this machine from others, for the state of one vault: a digest of the system's machine id, or of
/// the host's name. Of two vaults it is not seen that they were used on one machine.
pub fn machine(disk: &dyn Disk, vault_id: Id) -> [u8; 16] {
    let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].into_iter().find_map(|path| {
        let id = disk.read_private(Path::new(path), MAX_LEN).ok()?;
        (!id.is_empty()).then(|| id.to_vec())
    });
    let id = id.unwrap_or_else(host_name);
    derive::sha256(&[&vault_id.0, &id]).first_chunk().copied().unwrap_or_default()
}

fn host_name() -> Vec<u8> {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_bytes().to_vec();
    #[cfg(not(unix))]
    return std::env::var_os("COMPUTERNAME").map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
}

/// Where the records of what was seen are.
pub fn seen_in(dir: &Path) -> PathBuf {
    dir.join(SEEN)
}

/// The records of what was seen, as they were written, at most `most` bytes; none where there are none.
///
/// # Errors
/// [`StoreError`].
pub fn read_seen(disk: &dyn Disk, dir: &Path, most: usize) -> Result<Option<Vec<u8>>, StoreError> {
    match disk.read_private(&seen_in(dir), most) {
        Ok(bytes) => Ok(Some(bytes.to_vec())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the records of what was seen. Whoever calls holds the vault's lock.
///
/// # Errors
/// [`StoreError`]; they are as they were then.
pub fn write_seen(disk: &dyn Disk, dir: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace(disk, &seen_in(dir), bytes)
}

/// Where the last file seen under a vault key is kept.
pub fn copy_in(dir: &Path, vk_id: Id) -> PathBuf {
    dir.join(format!("seen-{vk_id}.tresor"))
}

/// The vault keys under which a file is kept.
pub fn copies_in(disk: &dyn Disk, dir: &Path) -> Vec<Id> {
    let paths = disk.list(dir).unwrap_or_default();
    let id = |path: &PathBuf| -> Option<Id> {
        path.file_name()?.to_str()?.strip_prefix("seen-")?.strip_suffix(".tresor")?.parse().ok()
    };
    paths.iter().filter_map(id).collect()
}

/// Keeps a file that was seen. Whoever calls holds the vault's lock.
///
/// # Errors
/// [`StoreError`]; the copy is as it was then.
pub fn keep_copy(disk: &dyn Disk, copy: &Path, file: &[u8]) -> Result<(), StoreError> {
    replace(disk, copy, file)
}

/// Remembers that the vault whose state is in `dir` is saved at `place`.
///
/// # Errors
/// [`StoreError`]; a file that no longer says which vault it was is then not known by its place.
pub fn remember_place(disk: &dyn Disk, dir: &Path, place: &Path) -> Result<(), StoreError> {
    remember_path(disk, &dir.join(PLACE), place)
}

/// Makes `path` the content of a state file, unless it is.
pub(super) fn remember_path(disk: &dyn Disk, file: &Path, path: &Path) -> Result<(), StoreError> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if disk.read_private(file, MAX_LEN).is_ok_and(|there| *there == bytes) {
        return Ok(());
    }
    replace(disk, file, bytes)
}

/// The state of the vault that was last made or brought to `place`.
pub fn dir_at(disk: &dyn Disk, state_dir: &Path, place: &Path) -> Option<PathBuf> {
    let bytes = place.as_os_str().as_encoded_bytes();
    let mut dirs = disk.list(state_dir).ok()?;
    dirs.retain(|dir| disk.read_private(&dir.join(PLACE), MAX_LEN).is_ok_and(|there| *there == bytes));
    dirs.into_iter().max_by_key(|dir| disk.stat(&dir.join(PLACE)).map_or(0, |stat| stat.modified.0))
}

/// The folders that hold a lock and nothing else: of a vault that somebody makes now, or was killed at making.
pub fn unmade(disk: &dyn Disk, state_dir: &Path) -> Vec<PathBuf> {
    let mut dirs = disk.list(state_dir).unwrap_or_default();
    dirs.retain(|dir| disk.list(dir).is_ok_and(|all| all == [lock::file_in(dir)]));
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

/// Where it is remembered who this installation is as a writer.
pub fn device_in(dir: &Path) -> PathBuf {
    dir.join("device")
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::super::disk::System;
    use super::*;

    struct TempDir(PathBuf);

    impl TempDir {
        fn new(name: &str) -> Self {
            let dir = env::temp_dir().join(format!("tresor-state-{name}-{}", process::id()));
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir).unwrap();
            Self(dir)
        }
    }

    impl Drop for TempDir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_cannot_be_read_is_damaged_and_not_missing() {
        let dir = TempDir::new("damaged");
        assert_eq!(Device::load(&System, &dir.0), Loaded::Missing);
        fs::create_dir(device_in(&dir.0)).unwrap();
        assert_eq!(Device::load(&System, &dir.0), Loaded::Damaged);
    }

    #[test]
    fn what_an_earlier_version_remembered_is_read_and_written_as_this_one_does() {
        let dir = TempDir::new("versions");
        let one = [&[1], [7; 16].as_slice(), &5_u64.to_le_bytes()].concat();
        fs::write(device_in(&dir.0), one).unwrap();
        let Loaded::Found(mut device) = Device::load(&System, &dir.0) else { panic!("not read") };
        assert_eq!((device.writer(), device.generation()), (Id([7; 16]), 5));
        assert!(!device.keeps_what_it_saw() && device.is_of([3; 16]));
        device.remember(&System, &dir.0, 6, [3; 16]).unwrap();
        assert!(device.keeps_what_it_saw() && !device.is_of([4; 16]));
        assert_eq!(Device::load(&System, &dir.0), Loaded::Found(device));
    }

    #[test]
    fn a_folder_with_a_lock_and_nothing_else_is_of_a_vault_that_was_not_made() {
        let dir = TempDir::new("unmade");
        let (unfinished, made) = (dir.0.join("unfinished"), dir.0.join("made"));
        for folder in [&unfinished, &made] {
            fs::create_dir(folder).unwrap();
            fs::write(lock::file_in(folder), "").unwrap();
        }
        fs::write(device_in(&made), "").unwrap();
        assert_eq!(unmade(&System, &dir.0), [unfinished]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_name_of_this_host_is_the_one_that_the_system_says() {
        let said = fs::read("/proc/sys/kernel/hostname").unwrap();
        assert_eq!(host_name(), said.trim_ascii_end());
    }
}
