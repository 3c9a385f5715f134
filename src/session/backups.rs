//! The back-ups of a vault: where they are, whether they open, and going back to one. Going back is an edit like
//! any other, so it loses nothing and one undo takes it back; only where the vault itself is damaged or gone does
//! the back-up's file take its place.

use std::path::{Path, PathBuf};

use super::place::{id_at, memory_in};
use super::recall::{replaced_by, slots_digest};
use super::rekey::resealed;
use super::seen::{KeyStanding, Record, VkId};
use super::{Finding, OtherCopy};
use super::{Header, Session, SessionError, Slot, StoreError, System, Timestamp, Vault, new_id, state};
use crate::compare::{Comparison, compare};
use crate::format::{self, header::MAJOR};
use crate::store::backup::{self, Backup, GENERATIONS, Label};
use crate::store::lock::{Lock, PATIENCE};
use crate::store::{Disk, atomic};
use crate::vault::Id;
use crate::vault::tag::Tag;

/// How many back-ups are kept, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupSettings {
    /// A folder for the back-ups of all vaults, each in one of its own; none means the state folder.
    pub dir: Option<PathBuf>,
    /// Last generations that are kept; none means what the vault says, or 10.
    pub generations: Option<usize>,
}

impl BackupSettings {
    fn dir_of(&self, vault_id: &str) -> Option<PathBuf> {
        self.dir.as_ref().map(|dir| dir.join(vault_id))
    }
}

/// Whether a key opens a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// It does.
    Yes,
    /// Another key does.
    No,
    /// The file is damaged.
    Damaged,
}

impl Session {
    /// From now on keeps back-ups so.
    pub fn set_backup_settings(&mut self, settings: &BackupSettings) {
        self.backup_settings = settings.clone();
    }

    /// The folder that new back-ups go to.
    pub fn backups(&self) -> PathBuf {
        self.backup_dirs().into_iter().next().unwrap_or_default()
    }

    /// All back-ups, newest first.
    pub fn all_backups(&self) -> Vec<Backup> {
        backup::all(self.disk(), &self.backup_dirs())
    }

    /// The folders of this vault's back-ups, the one for new ones first.
    fn backup_dirs(&self) -> Vec<PathBuf> {
        let settled = self.backup_settings.dir_of(&self.vault_id().to_string());
        let mut dirs = backup::dirs_of(self.disk(), &self.dir);
        match settled {
            Some(settled) => {
                dirs.retain(|dir| *dir != settled);
                dirs.insert(0, settled);
            }
            // The usual folder is the last of those that are known.
            None => dirs.rotate_right(1),
        }
        dirs
    }

    /// Takes over the file that a save replaced, which was saved at `saved`.
    pub(super) fn keep_backup(
        &self,
        replaced: &Path,
        vault: &Vault,
        saved: Timestamp,
        digest: [u8; 32],
    ) -> Result<PathBuf, StoreError> {
        let label = Label { generation: vault.generation().saturating_sub(1).max(1), saved, digest };
        self.keep_as_backup(replaced, label, vault)
    }

    /// Takes over a file; how many are kept is what the settings say, then what the vault itself says.
    pub(super) fn keep_as_backup(
        &self,
        file: &Path,
        label: Label,
        vault: &Vault,
    ) -> Result<PathBuf, StoreError> {
        let told = vault.setting(Tag::BACKUP_COUNT).and_then(|value| value.try_into().ok());
        let told = told.map(|count| usize::from(u16::from_le_bytes(count)));
        let generations = self.backup_settings.generations.or(told).unwrap_or(GENERATIONS);
        if let Some(dir) = self.backup_settings.dir_of(&self.vault_id().to_string()) {
            let _ = backup::remember_dir(self.disk(), &self.dir, &dir);
        }
        backup::keep(self.disk(), file, &self.backup_dirs(), label, generations)
    }

    /// Whether the key of this vault opens a back-up.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read.
    pub fn opens(&self, backup: &Backup) -> Result<Opens, StoreError> {
        Ok(match backup.read(self.disk())? {
            Ok((_, header)) if format::is_under(&header, &self.keys) => Opens::Yes,
            Ok(_) => Opens::No,
            Err(_) => Opens::Damaged,
        })
    }

    /// The back-ups that another key than today's opens, and so perhaps an old master password; with those that are
    /// damaged, which nothing tells of.
    pub fn backups_of_other_keys(&self) -> Vec<Backup> {
        let mut backups = self.all_backups();
        backups.retain(|backup| matches!(self.opens(backup), Ok(Opens::No | Opens::Damaged)));
        backups
    }

    /// Whether this device has seen the vault under another key that `vault` does not name as replaced: the vault may be
    /// from before a change of the key, and back-ups under another key than today's are newer ones perhaps.
    pub fn has_seen_other_key(&self, vault: &Vault) -> bool {
        let replaced = replaced_by(vault);
        let is_other = |id: VkId| id != self.keys.vk_id() && !replaced.contains(&id);
        let is_older = |found: &Finding| matches!(found, Finding::OlderKey { .. });
        self.findings.iter().any(is_older)
            || memory_in(self.disk(), &self.dir).live(self.keys.vk_id()).any(|record| is_other(record.vk_id))
            || state::copies_in(self.disk(), &self.dir).into_iter().any(|id| is_other(id.0))
    }

    /// Deletes back-ups. Where none would be left, the vault as it is on the disk becomes one first.
    ///
    /// # Errors
    /// [`StoreError`] of the first that cannot be deleted; those before it are gone.
    pub fn delete_backups(&self, backups: &[Backup], vault: &Vault) -> Result<(), StoreError> {
        if self.all_backups().iter().all(|there| backups.contains(there)) {
            self.back_up(vault)?;
        }
        let delete = |backup: &Backup| {
            self.disk().remove(&backup.path).map_err(StoreError::io("remove", &backup.path))
        };
        backups.iter().try_for_each(delete)
    }

    /// Makes a copy of the vault's file a back-up.
    fn back_up(&self, vault: &Vault) -> Result<(), StoreError> {
        let file = self.disk().read_vault(&self.path)?;
        let Ok(header) = Header::read(&file.bytes, file.len) else { return Ok(()) };
        let label =
            Label { generation: vault.generation(), saved: vault.saved_at(), digest: header.digest() };
        backup::add(self.disk(), &self.backups(), &file.bytes, label)
    }

    /// Notes that the file at `path`, which was put there and is what this session opened elsewhere as `vault`, is the
    /// vault from now on, also where another key had taken the place of its own. What was seen under that
    /// stays as it is. What cannot be noted is asked about when it is opened.
    pub fn go_on_as_vault(&self, path: &Path, vault: &Vault) {
        let home = state::dir_of(&self.state_dir, self.vault_id());
        let disk = self.disk();
        let memory = memory_in(disk, &home);
        let copy = state::copy_in(&home, Id(self.keys.vk_id()));
        let is_older = memory.standing_of(&self.keys, &replaced_by(vault)) == KeyStanding::Older;
        if !(is_older || memory.is_empty() && !disk.is_taken(&copy)) {
            return;
        }
        let lock = new_id().map(|id| Lock::take(disk, &home, PATIENCE, id));
        let (Ok(Ok(_lock)), Ok(file)) = (lock, disk.read_vault(path)) else { return };
        let Ok(header) = Header::read(&file.bytes, file.len) else { return };
        let mut record = Record::new(&self.keys, vault, header.digest(), MAJOR, slots_digest(&header));
        record.place = place_of(disk, path).as_os_str().as_encoded_bytes().to_vec();
        if !disk.is_taken(&copy) && state::keep_copy(disk, &copy, &file.bytes).is_err() {
            return;
        }
        let mut memory = memory_in(disk, &home);
        memory.note(record, &self.keys);
        let _ = state::write_seen(disk, &home, &memory.to_bytes());
    }

    /// Makes the entries of `vault` what they are in `then`, in one step called `label`. Says what that changes;
    /// nothing is saved.
    ///
    /// # Errors
    /// [`SessionError::ReadOnly`], [`SessionError::Edit`].
    pub fn set_back(
        &self,
        vault: &mut Vault,
        then: &OtherCopy,
        label: &str,
        now: Timestamp,
    ) -> Result<Comparison, SessionError> {
        if self.read_only {
            return Err(SessionError::ReadOnly);
        }
        let before = vault.clone();
        let under_ours = then.keys().map(|keys| resealed(then.vault(), keys, &self.keys).0);
        let then = under_ours.as_ref().unwrap_or(then.vault());
        self.edit(vault, now, label, |edit| edit.set_back(then))?;
        Ok(compare(&before, vault))
    }
}

/// The back-ups of the vault at `path`, newest first, also where it is damaged or gone: by the id that the file
/// tells, unverified, and by what was last saved there. Then the copy of what was seen last is the first of them.
pub fn backups_of(path: &Path, state_dir: &Path, settings: &BackupSettings) -> Vec<Backup> {
    let disk: &dyn Disk = &System;
    let mut dirs = Vec::new();
    let states = states_of(disk, path, state_dir);
    let is_whole = disk.read_vault(path).is_ok_and(|file| Header::read(&file.bytes, file.len).is_ok());
    let seen = states.first().filter(|_| !is_whole).and_then(|state| seen_copy(disk, state));
    for state in states {
        let id = state.file_name().unwrap_or_default().to_string_lossy().into_owned();
        dirs.extend(settings.dir_of(&id));
        dirs.extend(backup::dirs_of(disk, &state));
    }
    dirs.sort();
    dirs.dedup();
    seen.into_iter().chain(backup::all(disk, &dirs)).collect()
}

/// The newest intact file of the vault whose state is in `dir`: the copy of what was seen last, or a back-up.
pub(super) fn newest_intact(disk: &dyn Disk, dir: &Path) -> Option<PathBuf> {
    let seen = seen_copy(disk, dir).filter(|copy| copy.read(disk).is_ok_and(|read| read.is_ok()));
    seen.map(|copy| copy.path).or_else(|| backup::newest_intact(disk, &backup::dirs_of(disk, dir)))
}

/// The copy of what was seen last, as a back-up.
fn seen_copy(disk: &dyn Disk, dir: &Path) -> Option<Backup> {
    let memory = memory_in(disk, dir);
    let record = memory.latest()?;
    let path = state::copy_in(dir, Id(record.vk_id));
    let len = disk.stat(&path).ok().filter(|stat| stat.is_file)?.len;
    Some(Backup { path, generation: record.generation, saved: record.saved_at(), len })
}

fn states_of(disk: &dyn Disk, path: &Path, state_dir: &Path) -> Vec<PathBuf> {
    let of_id = id_at(disk, path).map(|id| state::dir_of(state_dir, id)).filter(|dir| disk.is_taken(dir));
    of_id.into_iter().chain(state::dir_at(disk, state_dir, &place_of(disk, path))).collect()
}

/// The path with symbolic links resolved, also where nothing bears the name.
fn place_of(disk: &dyn Disk, path: &Path) -> PathBuf {
    if let Ok(place) = disk.resolve(path) {
        return place;
    }
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parent = whole.parent().and_then(|parent| disk.resolve(parent).ok());
    match (parent, whole.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => whole,
    }
}

/// A back-up whose file is the vault now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredFile {
    /// Where the damaged file is kept, if there was one.
    pub kept_aside: Option<PathBuf>,
}

/// Puts a copy of the file `backup` in the place of the vault at `path`, which is damaged or gone. What was there is
/// kept in the state folder.
///
/// # Errors
/// [`SessionError::Format`] where the back-up is not intact; [`SessionError::Store`]. Then nothing is changed.
pub fn put_in_place(
    path: &Path,
    state_dir: &Path,
    backup: &Path,
    now: Timestamp,
) -> Result<RestoredFile, SessionError> {
    let disk: &dyn Disk = &System;
    let file = disk.read_vault(backup)?;
    let header = Header::read(&file.bytes, file.len)?;
    let dir = state::dir_of(state_dir, header.vault_id());
    let lock = Lock::take(disk, &dir, PATIENCE, new_id()?)?;
    let target = place_of(disk, path);
    let suffix = format!("{}-{:.16}", lock.name(), new_id()?.to_string());
    let mut kept_aside = None;
    if !disk.is_taken(&target) {
        target.parent().map_or(Ok(()), |parent| disk.private_dir(parent))?;
        atomic::create(disk, &target, &file.bytes, &suffix)?;
    } else if let Some(old) = atomic::replace(disk, &target, &file.bytes, &suffix)?.path() {
        let aside = dir.join(format!("damaged-{}", now.to_string().replace(':', "")));
        backup::take_over(disk, old, &aside)?;
        kept_aside = Some(aside);
    }
    disk.sync_dir_of(&target)?;
    let _ = state::remember_place(disk, &dir, &target);
    Ok(RestoredFile { kept_aside })
}

/// Whether a file that another one replaces is of the same key, as far as that shows without a password: a slot
/// wraps one key, so files that share one are under the same.
pub fn shares_a_slot(one: &Header, other: &Header) -> bool {
    let is_in_other = |slot: &Slot| other.used_slots().any(|used| used == slot);
    one.vault_id() == other.vault_id() && one.used_slots().any(is_in_other)
}
