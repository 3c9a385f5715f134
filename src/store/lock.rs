//! The lock that orders those who save one vault. It is taken for a save only and lives in the state folder,
//! never beside the vault, so that a sync client does not carry it away.
//!
//! A lock has a name, which the temporary files bear that are written under it: whoever holds the lock knows
//! that nobody writes those any more.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::StoreError;
use super::disk::{Disk, DiskFile, Open};
use crate::vault::Id;

/// How long a held lock is waited for.
pub const PATIENCE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_millis(20);

/// Length of a lock's name: hexadecimal digits.
const NAME_LEN: usize = 16;

/// Held until dropped.
pub struct Lock {
    _file: Box<dyn DiskFile>,
    name: String,
}

impl Lock {
    /// Takes the lock file in `dir`, waiting for at most `patience`. The first 16 hexadecimal digits of `id`
    /// become its name, unless it has one.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Io`].
    pub fn take(disk: &dyn Disk, dir: &Path, patience: Duration, id: Id) -> Result<Self, StoreError> {
        disk.private_dir(dir)?;
        let path = file_in(dir);
        let mut file = disk.open(&path, Open::Lock).map_err(StoreError::io("open", &path))?;
        let start = Instant::now();
        while !file.try_lock().map_err(StoreError::io("lock", &path))? {
            if start.elapsed() >= patience {
                return Err(StoreError::Busy(patience.as_secs()));
            }
            std::thread::sleep(RETRY);
        }
        if let Some(name) = name_in(file.as_mut()) {
            return Ok(Self { _file: file, name });
        }
        let name: String = id.to_string().chars().take(NAME_LEN).collect();
        // Where it cannot be written down, the name is forgotten, and what a killed save leaves is left.
        if file.rewind().and_then(|()| file.write_all(name.as_bytes())).and_then(|()| file.sync()).is_ok() {
            let _ = disk.sync_dir(dir);
        }
        Ok(Self { _file: file, name })
    }

    /// What the temporary files are called that are written under it: 16 hexadecimal digits.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The file of the lock in a folder.
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join("lock")
}

fn name_in(file: &mut dyn DiskFile) -> Option<String> {
    let mut name = [0; NAME_LEN];
    file.read_exact(&mut name).ok()?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    name.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(name)
}
