//! Back-ups: the files that saves replaced, encrypted as they are, in the state folder or where the settings say.
//! Which of them stay is decided by [`thin`], a pure function; the newest always does.
//!
//! A name carries generation, time of saving, and the start of the file's digest:
//! `0000000012-20260131T225959Z-1a2b3c4d.tresor`. Names of generation alone, as earlier versions gave them, work
//! as well; their time is that of the file. A name is a hint: only opening the file proves it.

pub mod thin;

use std::path::{Path, PathBuf};

use super::disk::{Disk, VaultFile};
use super::{StoreError, atomic};
use crate::format::{FormatError, Header};
use crate::time::Timestamp;

/// Last generations that are kept where nothing else is said.
pub const GENERATIONS: usize = 10;
const EXTENSION: &str = "tresor";
/// Where, in a vault's state folder, the folder of its back-ups is remembered that the settings named last.
const ELSEWHERE: &str = "backups-at";
/// The folder of the back-ups in a vault's state folder.
const FOLDER: &str = "backups";
const MAX_PATH: usize = 4096;

/// A back-up, as its name and the file system describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Generation of the file; 0 where the name tells none.
    pub generation: u64,
    /// When it was saved.
    pub saved: Timestamp,
    /// Bytes.
    pub len: u64,
}

impl Backup {
    fn of(disk: &dyn Disk, path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(EXTENSION)?.strip_suffix('.')?;
        let stat = disk.stat(&path).ok().filter(|stat| stat.is_file)?;
        let mut parts = name.split('-');
        // What a person put here under a name of their own is a back-up too, and never dropped.
        let generation = parts.next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let saved = parts.next().and_then(Timestamp::parse).unwrap_or(stat.modified);
        Some(Self { path, generation, saved, len: stat.len })
    }

    /// The name of its file.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Reads it whole and checks all that needs no password.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read; the inner error where it is damaged.
    pub fn read(&self, disk: &dyn Disk) -> Result<Result<(VaultFile, Header), FormatError>, StoreError> {
        let file = disk.read_vault(&self.path)?;
        Ok(Header::read(&file.bytes, file.len).map(|header| (file, header)))
    }
}

/// What a file that becomes a back-up says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Its generation.
    pub generation: u64,
    /// When it was saved.
    pub saved: Timestamp,
    /// Its digest.
    pub digest: [u8; 32],
}

impl Label {
    fn file_name(&self) -> String {
        let saved = Timestamp::from_seconds(self.saved.seconds()).to_string().replace(['-', ':'], "");
        let digest: String = self.digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{:010}-{saved}-{digest}.{EXTENSION}", self.generation)
    }
}

/// Takes over a replaced file as a back-up in the first of `dirs` that takes it, and drops those of all `dirs` that
/// are not to stay beside `generations` last ones. Gives where it is.
///
/// # Errors
/// [`StoreError`]; the replaced file is then still where it was, or kept and what is too old was not dropped.
pub fn keep(
    disk: &dyn Disk,
    replaced: &Path,
    dirs: &[PathBuf],
    label: Label,
    generations: usize,
) -> Result<PathBuf, StoreError> {
    let mut failed = None;
    for dir in dirs {
        let target = dir.join(label.file_name());
        match disk.private_dir(dir).and_then(|()| take_over(disk, replaced, &target)) {
            Ok(()) => {
                drop_old(disk, dirs, generations, &target)?;
                return Ok(target);
            }
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| StoreError::NotAFile(replaced.to_owned())))
}

/// Writes a new back-up; one that is there already stays.
///
/// # Errors
/// [`StoreError::Io`].
pub fn add(disk: &dyn Disk, dir: &Path, content: &[u8], label: Label) -> Result<(), StoreError> {
    disk.private_dir(dir)?;
    match disk.write_new(&dir.join(label.file_name()), |out| out.write_all(content)) {
        Err(StoreError::Exists(_)) => Ok(()),
        written => written,
    }
}

/// Moves a file, also to another file system.
///
/// # Errors
/// [`StoreError`]; the file is then still where it was.
pub fn take_over(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), StoreError> {
    if disk.rename(from, to).is_ok() || !disk.is_taken(from) {
        return Ok(());
    }
    // Another file system: a copy is as good.
    let _ = disk.remove(to);
    atomic::copy(disk, from, to).map_err(StoreError::io("keep a back-up of", from))?;
    disk.remove(from).map_err(StoreError::io("remove", from))
}

/// Drops what is too old, but not `spared`, which somebody is about to be told of.
fn drop_old(disk: &dyn Disk, dirs: &[PathBuf], generations: usize, spared: &Path) -> Result<(), StoreError> {
    let mut ours = all(disk, dirs);
    ours.retain(|backup| backup.generation > 0);
    for old in thin::too_old(&ours, generations).into_iter().filter(|old| old.path != spared) {
        disk.remove(&old.path).map_err(StoreError::io("remove", &old.path))?;
    }
    Ok(())
}

/// The back-ups in these folders, newest first.
pub fn all(disk: &dyn Disk, dirs: &[PathBuf]) -> Vec<Backup> {
    let paths = dirs.iter().flat_map(|dir| disk.list(dir).unwrap_or_default());
    let mut backups: Vec<Backup> = paths.filter_map(|path| Backup::of(disk, path)).collect();
    backups.sort_by(|a, b| (b.generation, b.saved, &b.path).cmp(&(a.generation, a.saved, &a.path)));
    backups
}

/// The newest back-up whose checksum holds.
pub fn newest_intact(disk: &dyn Disk, dirs: &[PathBuf]) -> Option<PathBuf> {
    let is_intact = |backup: &Backup| backup.read(disk).is_ok_and(|read| read.is_ok());
    all(disk, dirs).into_iter().find(is_intact).map(|backup| backup.path)
}

/// Where the back-ups of the vault are whose state is in `state`: where they were put last, then the usual folder.
pub fn dirs_of(disk: &dyn Disk, state: &Path) -> Vec<PathBuf> {
    let elsewhere = disk.read_private(&state.join(ELSEWHERE), MAX_PATH).ok();
    let elsewhere = elsewhere.and_then(|path| String::from_utf8(path.to_vec()).ok()).map(PathBuf::from);
    elsewhere.into_iter().filter(|dir| dir.is_absolute()).chain([state.join(FOLDER)]).collect()
}

/// Remembers that the back-ups of the vault whose state is in `state` are put into `dir`.
///
/// # Errors
/// [`StoreError`]; they are then not found once the vault is damaged and the settings are gone.
pub fn remember_dir(disk: &dyn Disk, state: &Path, dir: &Path) -> Result<(), StoreError> {
    super::state::remember_path(disk, &state.join(ELSEWHERE), dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::System;

    #[test]
    fn names_say_generation_and_time() {
        let dir = std::env::temp_dir().join(format!("tresor-backups-{}", std::process::id()));
        let disk: &dyn Disk = &System;
        let _ = std::fs::remove_dir_all(&dir);
        let saved = Timestamp::parse("2026-01-31T22:59:59.5Z").unwrap();
        let label = Label { generation: 12, saved, digest: [0x1a; 32] };
        assert_eq!(label.file_name(), "0000000012-20260131T225959Z-1a1a1a1a.tresor");
        let dirs = [dir.join("new"), dir.join("old")];
        std::fs::create_dir_all(&dirs[1]).unwrap();
        for name in ["0000000003.tresor", "mine.tresor", "notes.txt", "0000000004.tresor.part"] {
            std::fs::write(dirs[1].join(name), b"x").unwrap();
        }
        take_over(disk, &dir.join("gone"), &dirs[1].join("notes.txt"))
            .expect("another program moved it already");
        assert_eq!(std::fs::read(dirs[1].join("notes.txt")).unwrap(), b"x");
        std::fs::write(dir.join("replaced"), b"yy").unwrap();
        let path = keep(disk, &dir.join("replaced"), &dirs, label, 10).unwrap();
        assert_eq!(path, dirs[0].join(label.file_name()));
        let known = all(disk, &dirs);
        let found: Vec<(String, u64, u64)> =
            known.iter().map(|backup| (backup.name(), backup.generation, backup.len)).collect();
        let expected = [
            (label.file_name(), 12, 2),
            ("0000000003.tresor".to_owned(), 3, 1),
            ("mine.tresor".to_owned(), 0, 1),
        ];
        assert_eq!(found, expected);
        assert_eq!(known[0].saved, Timestamp::from_seconds(saved.seconds()));
        drop_old(disk, &dirs, 0, &path).unwrap();
        let left: Vec<String> = all(disk, &dirs).iter().map(Backup::name).collect();
        assert!(
            left.contains(&"mine.tresor".to_owned()),
            "what a person put there is never dropped: {left:?}"
        );
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
