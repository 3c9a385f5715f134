//! The lock that orders those who save one vault. It is taken for a save only and lives in the state folder,
//! never beside the vault, so that a sync client does not carry it away.
//!
//! A lock has a name, which the temporary files bear that are written under it: whoever holds the lock knows
//! that nobody writes those any more.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::disk::{StoreError, private_dir};
use crate::vault::Id;

/// How long a held lock is waited for.
pub const PATIENCE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_millis(20);

/// Length of a lock's name: hexadecimal digits.
const NAME_LEN: usize = 16;

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    name: String,
}

impl Lock {
    /// Takes the lock file in `dir`, waiting for at most `patience`. The first 16 hexadecimal digits of `id`
    /// become its name, unless it has one.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Io`].
    pub fn take(dir: &Path, patience: Duration, id: Id) -> Result<Self, StoreError> {
        private_dir(dir)?;
        let path = dir.join("lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(StoreError::io("open", &path))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let name = name_in(&file).unwrap_or_else(|| give_name(&file, id));
                    return Ok(Self { _file: file, name });
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", &path)(error)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(StoreError::Busy(patience.as_secs()));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(RETRY),
            }
        }
    }

    /// What the temporary files are called that are written under it: 16 hexadecimal digits.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn name_in(mut file: &File) -> Option<String> {
    let mut name = [0; NAME_LEN];
    file.read_exact(&mut name).ok()?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    name.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(name)
}

/// Where it cannot be written down, the name is forgotten, and what a killed save leaves is left.
fn give_name(mut file: &File, id: Id) -> String {
    let name: String = id.to_string().chars().take(NAME_LEN).collect();
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(name.as_bytes()));
    name
}
