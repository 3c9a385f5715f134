//! What this device remembers of a vault, brought to bear on its file: when it is opened, and after a save. The
//! decisions are in [`super::seen`]; here it is read and written.
//!
//! Opening writes nothing but what is remembered, and that only where nobody saves just then, and only if
//! the file has all that was seen: after a rollback the copy of what was seen stays until a save holds it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::finding::Finding;
use super::place::{self, Role};
use super::save::digest_of;
use super::seen::{self, KeyStanding, Memory, Record, Remembered, Standing, VkId};
use super::{Device, Header, Keys, Locked, Session, SessionError, Vault};
use super::{format, merge, new_id, state};
use crate::crypto::derive;
use crate::format::header::MAJOR;
use crate::format::{HEADER_LEN, Opened};
use crate::store::StoreError;
use crate::store::atomic;
use crate::store::lock::Lock;
use crate::store::state::Loaded;
use crate::vault::Id;
use crate::vault::tag::{Kind, Tag};

/// A vault as it is used: its file, with what was seen of it.
pub(super) struct Recalled {
    pub vault: Vault,
    pub read_only: bool,
    pub standing: Standing,
    pub findings: Vec<Finding>,
    pub device: Device,
    pub machine: [u8; 16],
    pub dir: PathBuf,
    /// Whether a save is remembered: it is not where a back-up is opened by name.
    pub is_live: bool,
    /// Digest of the copy that was merged into the vault, and is in no file yet.
    pub carried: Option<[u8; 32]>,
}

/// The records, and the bytes that they were read from.
pub(super) struct Read {
    pub memory: Memory,
    bytes: Option<Vec<u8>>,
    pub home: PathBuf,
}

/// A file's content together with what was seen before.
struct Settled {
    vault: Vault,
    read_only: bool,
    standing: Standing,
    /// Whether all that was seen is in `vault`.
    whole: bool,
    carried: Option<[u8; 32]>,
    /// Digest of the copy that is kept.
    copy: Option<[u8; 32]>,
}

impl Locked {
    /// Whether the slots are other ones than those of the file that was last seen.
    pub(super) fn has_other_slots(&self) -> bool {
        !self.by_name && self.slots_were_seen() == Some(false)
    }

    /// Whether the slots are those of the file that was last seen; none where none was.
    pub(super) fn slots_were_seen(&self) -> Option<bool> {
        let memory = place::memory_in(&*self.disk, &self.likely_home());
        memory.latest().map(|record| record.slots == slots_digest(&self.header))
    }

    /// Compares what was opened with what this device has seen, and merges that into it.
    ///
    /// # Errors
    /// [`SessionError::OlderKey`] where the file is from before a change of the key, and was not asked for.
    pub(super) fn recall(&self, keys: &Keys, opened: Opened) -> Result<Recalled, SessionError> {
        let machine = state::machine(&*self.disk, keys.vault_id());
        let mut findings = Vec::new();
        let home = state::dir_of(&self.state_dir, keys.vault_id());
        let read = self.read_memory(home, &mut findings);
        let (place, home) = match self.role(keys, &read) {
            Role::Vault => return self.recall_in(keys, opened, read, machine, findings),
            Role::Shown(place) => return self.recall_shown(keys, opened, place, &read, machine),
            Role::Copy { place, home } => (place, home),
        };
        let is_behind = !self.stands_to(keys, &opened, &read).is_some_and(Standing::has_all);
        if !self.disk.is_taken(&state::device_in(&home)) && !self.disk.is_taken(&state::seen_in(&home)) {
            return self.recall_new_copy(keys, opened, (place, home), &read, machine);
        }
        let is_told = is_behind && self.is_vault(&place);
        let mut findings = if is_told { vec![Finding::Copy { place }] } else { Vec::new() };
        let own = self.read_memory(home, &mut findings);
        self.recall_in(keys, opened, own, machine, findings)
    }

    /// Compares what was opened with what is remembered of the file at this place.
    fn recall_in(
        &self,
        keys: &Keys,
        opened: Opened,
        read: Read,
        machine: [u8; 16],
        mut findings: Vec<Finding>,
    ) -> Result<Recalled, SessionError> {
        let remembered = read.memory.of(keys);
        let replaced = replaced_by(&opened.vault);
        if let Remembered::Unverified(_) = remembered {
            findings.push(Finding::Damaged { path: state::seen_in(&read.home) });
        }
        if let Some(record) = remembered.any().filter(|record| record.major > MAJOR) {
            findings.push(Finding::OlderFormat { seen: record.major });
        }
        let is_apart = self.judge_key(keys, &opened.vault, &replaced, &read, &mut findings)?;
        // What was seen before another key took its place is no measure for a file that was asked for.
        let remembered = match remembered {
            Remembered::Verified(record) | Remembered::Unverified(record) if record.superseded => {
                Remembered::Nothing
            }
            remembered => remembered,
        };

        let record =
            Record::new(keys, &opened.vault, self.header.digest(), MAJOR, slots_digest(&self.header));
        let mut settled = self.settle(keys, opened, remembered, &read.home, &mut findings);
        let device = self.load_device(&read.home, machine, is_apart, &mut settled, &mut findings)?;
        let seen = remembered.any().map(Record::saved_at);
        match settled.standing {
            Standing::Older => findings.push(Finding::OlderFile { seen, whole: settled.whole }),
            Standing::Forked => findings.push(Finding::ForkedFile { seen, whole: settled.whole }),
            _ => {
                let digest = Some(self.header.digest());
                let verified = remembered.verified().map(|record| record.digest);
                if !self.older_key && (verified != digest || settled.copy != digest) {
                    self.note_opened(keys, record, &replaced, &read);
                }
            }
        }
        self.take_in_left_over(keys, &read.home, &mut settled, &mut findings);
        Ok(Recalled {
            vault: settled.vault,
            read_only: settled.read_only,
            standing: settled.standing,
            findings,
            device,
            machine,
            dir: read.home,
            is_live: true,
            carried: settled.carried,
        })
    }

    pub(super) fn read_memory(&self, home: PathBuf, findings: &mut Vec<Finding>) -> Read {
        let path = state::seen_in(&home);
        let (memory, bytes) = match state::read_seen(&*self.disk, &home, seen::MAX_LEN) {
            Ok(Some(bytes)) => {
                let memory = Memory::read(&bytes).unwrap_or_else(|_| {
                    findings.push(Finding::Damaged { path });
                    Memory::default()
                });
                (memory, Some(bytes))
            }
            Ok(None) => {
                let device = Device::load(&*self.disk, &home);
                if matches!(device, Loaded::Found(device) if device.keeps_what_it_saw()) {
                    findings.push(Finding::Missing { path });
                }
                (Memory::default(), None)
            }
            Err(StoreError::Io { .. }) => {
                findings.push(Finding::Unreadable { path });
                (Memory::default(), None)
            }
            Err(_) => {
                findings.push(Finding::Damaged { path });
                (Memory::default(), None)
            }
        };
        Read { memory, bytes, home }
    }

    /// Tells whether the key is another one than that of the file seen last, and the file may lack what that has.
    ///
    /// # Errors
    /// [`SessionError::OlderKey`].
    fn judge_key(
        &self,
        keys: &Keys,
        vault: &Vault,
        replaced: &[VkId],
        read: &Read,
        findings: &mut Vec<Finding>,
    ) -> Result<bool, SessionError> {
        let Read { memory, home, .. } = read;
        let disk = &*self.disk;
        let mut standing = memory.standing_of(keys, replaced);
        if memory.is_empty() {
            // Without records the names of the copies still tell of other keys.
            let copies = state::copies_in(disk, home);
            let others = || copies.iter().filter(|id| id.0 != keys.vk_id());
            if others().count() == copies.len() && others().any(|_| true) {
                let is_named = others().any(|id| replaced.contains(&id.0));
                standing = if is_named { KeyStanding::Replaces } else { KeyStanding::Older };
            }
        }
        let copy = |vk_id: VkId| Some(state::copy_in(home, Id(vk_id))).filter(|path| disk.is_taken(path));
        if standing == KeyStanding::Older {
            let kept = memory.live(keys.vk_id()).filter_map(|record| copy(record.vk_id)).last();
            if !self.older_key {
                return Err(SessionError::OlderKey { kept });
            }
            findings.push(Finding::OlderKey { kept });
        }
        let before = memory.others(keys.vk_id()).filter(|record| replaced.contains(&record.vk_id));
        let apart = before.filter(|record| !seen::covers(vault.writers(), &record.writers()));
        let kept = apart.filter_map(|record| copy(record.vk_id)).last();
        let is_apart = kept.is_some() || standing != KeyStanding::Known;
        if kept.is_some() || standing == KeyStanding::Replaces {
            findings.push(Finding::KeyChanged { kept });
        }
        Ok(is_apart)
    }

    /// Decides how the file stands to what was seen. The copy of that is merged into it, unless the file is the
    /// same or names it as a parent.
    fn settle(
        &self,
        keys: &Keys,
        opened: Opened,
        remembered: Remembered<'_>,
        home: &Path,
        findings: &mut Vec<Finding>,
    ) -> Settled {
        let path = state::copy_in(home, Id(keys.vk_id()));
        let digest = self.header.digest();
        let is_known = |other: [u8; 32]| other == digest || names(&opened, other);
        let copy = self.digest_of_copy(&path);
        let verified = remembered.verified().map(|record| record.digest);
        if verified.is_some_and(is_known) && copy.is_some_and(is_known) {
            let standing = if verified == Some(digest) { Standing::Same } else { Standing::Newer };
            let Opened { vault, read_only, .. } = opened;
            return Settled { vault, read_only, standing, whole: true, carried: None, copy };
        }
        let kept = self.open_copy(&path, keys);
        let Opened { vault, mut read_only, .. } = opened;
        if kept.is_none() {
            let missing = remembered.any().is_some() && copy.is_none();
            findings.extend(copy.map(|_| Finding::Damaged { path: path.clone() }));
            findings.extend(missing.then_some(Finding::Missing { path }));
        }
        let mut known = remembered.any().map(Record::writers).unwrap_or_default();
        let is_first = remembered.any().is_none() && kept.is_none();
        let Some(kept) = kept else {
            let standing = if is_first { Standing::First } else { seen::compare(vault.writers(), &known) };
            let whole = standing.has_all();
            return Settled { vault, read_only, standing, whole, carried: None, copy: None };
        };
        read_only |= kept.read_only;
        known = seen::join(&known, kept.vault.writers());
        let merged = merge(&vault, &kept.vault);
        let has_gained = seen::has_gained(&vault, &merged);
        let standing = match seen::compare(vault.writers(), &known) {
            // Two installations of one writer id.
            Standing::Same | Standing::Newer if has_gained => Standing::Forked,
            standing => standing,
        };
        let whole = seen::covers(merged.writers(), &known);
        let carried = if has_gained { copy } else { None };
        Settled { vault: merged, read_only, standing, whole, carried, copy }
    }

    /// The digest that the copy gives for itself, zeros where it has another length than it says; none where there
    /// is no copy. Its content is not read as long as it is not needed.
    fn digest_of_copy(&self, path: &Path) -> Option<[u8; 32]> {
        let head = self.disk.head(path, HEADER_LEN).ok().flatten()?;
        let said = head.get(32..40).and_then(|len| len.try_into().ok()).map(u64::from_le_bytes);
        let len = self.disk.stat(path).map_or(0, |stat| stat.len);
        let is_whole = said.and_then(|said| said.checked_add(HEADER_LEN as u64)) == Some(len);
        Some(digest_of(&head).filter(|_| is_whole).unwrap_or_default())
    }

    fn open_copy(&self, path: &Path, keys: &Keys) -> Option<Opened> {
        let file = self.disk.read_vault(path).ok()?;
        let header = Header::read(&file.bytes, file.len).ok()?;
        format::open(file.bytes, &header, keys).ok()
    }

    /// Who saves: a new writer where the state is missing, comes from another machine, or does not know what
    /// this writer has saved. A file that lacks this writer's last save is an older one.
    fn load_device(
        &self,
        home: &Path,
        machine: [u8; 16],
        is_apart: bool,
        settled: &mut Settled,
        findings: &mut Vec<Finding>,
    ) -> Result<Device, SessionError> {
        match Device::load(&*self.disk, home) {
            Loaded::Found(device) if !device.is_of(machine) => findings.push(Finding::OtherMachine),
            Loaded::Found(device) if is_behind(&device, &settled.vault) => {}
            Loaded::Found(device) => {
                if !is_missing(&device, &settled.vault) {
                    return Ok(device);
                }
                if !is_apart {
                    settled.whole = false;
                    let has_all = settled.standing.has_all();
                    settled.standing = if has_all { Standing::Older } else { settled.standing };
                }
            }
            // Where nothing can be read it was said already.
            Loaded::Damaged if !findings.iter().any(|found| matches!(found, Finding::Unreadable { .. })) => {
                findings.push(Finding::Damaged { path: state::device_in(home) });
            }
            Loaded::Damaged => {}
            Loaded::Missing => {}
        }
        Ok(Device::new(new_id()?, machine))
    }

    /// Remembers the file as it is, unless somebody is saving, or has saved meanwhile.
    fn note_opened(&self, keys: &Keys, record: Record, replaced: &[VkId], read: &Read) {
        let Some(lock) = self.try_lock(&read.home) else { return };
        let disk = &*self.disk;
        let now = state::read_seen(disk, &read.home, seen::MAX_LEN).ok().flatten();
        let Ok(file) = disk.read_vault(&self.path) else { return };
        if now != read.bytes || digest_of(&file.bytes) != Some(record.digest) {
            return;
        }
        // What cannot be remembered is no reason not to open the vault.
        let _ = write_down(
            &Place { disk, dir: &read.home, path: &self.path },
            keys,
            record,
            replaced,
            &file.bytes,
        );
        drop(lock);
    }

    /// Merges what saves that were cut short have left beside the vault; what cannot be merged is told.
    fn take_in_left_over(
        &self,
        keys: &Keys,
        home: &Path,
        settled: &mut Settled,
        findings: &mut Vec<Finding>,
    ) {
        let left_over = atomic::left_over(&*self.disk, &self.path, "");
        if left_over.is_empty() {
            return;
        }
        let Some(lock) = self.try_lock(home) else { return };
        let ours = atomic::left_over(&*self.disk, &self.path, lock.name());
        let mut files = 0;
        for path in left_over {
            match self.open_copy(&path, keys) {
                Some(left) => {
                    let merged = merge(&settled.vault, &left.vault);
                    files += usize::from(seen::has_gained(&settled.vault, &merged));
                    settled.read_only |= left.read_only;
                    settled.vault = merged;
                }
                // What is torn was never said to be saved; the next save removes it.
                None if ours.contains(&path) && !self.is_whole(&path) => {}
                None if self.disk.is_taken(&path) => findings.push(Finding::Foreign { path }),
                None => {}
            }
        }
        if files > 0 {
            findings.push(Finding::LeftOver { files });
        }
    }

    fn is_whole(&self, path: &Path) -> bool {
        self.disk.read_vault(path).is_ok_and(|file| Header::read(&file.bytes, file.len).is_ok())
    }

    fn try_lock(&self, home: &Path) -> Option<Lock> {
        Lock::take(&*self.disk, home, Duration::ZERO, new_id().ok()?).ok()
    }
}

impl Session {
    /// Remembers what was saved as `file`, with the lock held. What cannot be remembered does not undo a save
    /// that is done.
    pub(super) fn remember(&self, keys: &Keys, vault: &Vault, file: &[u8]) {
        *self.carried() = None;
        let disk = self.disk();
        let path = disk.resolve(&self.path).unwrap_or_else(|_| self.path.clone());
        if self.is_live {
            let digest = digest_of(file).unwrap_or_default();
            let slots = derive::sha256(&[file.get(256..HEADER_LEN).unwrap_or_default()]);
            let record = Record::new(keys, vault, digest, MAJOR, slots);
            let place = Place { disk, dir: &self.dir, path: &path };
            let changed = (keys.vk_id() != self.keys.vk_id()).then_some(&self.keys);
            if write_down(&place, keys, record, &replaced_by(vault), file).is_ok() {
                changed.into_iter().for_each(|old| forget_key(&place, old));
            }
            let _ = state::remember_place(disk, &self.dir, &path);
        }
        let _ = self.device().remember(disk, &self.dir, vault.generation(), self.machine);
    }
}

/// Where a vault is, and where what is remembered of it.
struct Place<'p> {
    disk: &'p dyn crate::store::Disk,
    dir: &'p Path,
    path: &'p Path,
}

/// Keeps a file and the record of it, in this order: a copy without its record is a newer one.
fn write_down(
    place: &Place<'_>,
    keys: &Keys,
    mut record: Record,
    replaced: &[VkId],
    file: &[u8],
) -> Result<(), StoreError> {
    let Place { disk, dir, path } = *place;
    let mut memory = place::memory_in(disk, dir);
    let highest = memory.of(keys).verified().map_or(0, |known| known.major);
    record.major = record.major.max(highest);
    record.place = path.as_os_str().as_encoded_bytes().to_vec();
    if let Some(before) = memory.latest().filter(|before| before.place != record.place) {
        place::leave_memory(disk, dir, before);
    }
    for old in memory.others(record.vk_id).filter(|old| replaced.contains(&old.vk_id)) {
        if seen::covers(&record.writers(), &old.writers()) {
            let _ = disk.remove(&state::copy_in(dir, Id(old.vk_id)));
        }
    }
    state::keep_copy(disk, &state::copy_in(dir, Id(record.vk_id)), file)?;
    memory.supersede_unverified(replaced);
    memory.note(record, keys);
    state::write_seen(disk, dir, &memory.to_bytes())
}

/// Notes that the vault has another key now. The copy that the old one opens is not kept.
fn forget_key(place: &Place<'_>, old: &Keys) {
    let Place { disk, dir, .. } = *place;
    let mut memory = place::memory_in(disk, dir);
    memory.supersede(old);
    let _ = state::write_seen(disk, dir, &memory.to_bytes());
    for dir in place::homes_in(disk, dir) {
        let _ = disk.remove(&state::copy_in(&dir, Id(old.vk_id())));
    }
}

/// The keys that a vault says it has taken the place of.
pub(super) fn replaced_by(vault: &Vault) -> Vec<VkId> {
    let records = vault.records_of(Kind::REPLACED_KEY).iter();
    let ids = records.filter_map(|record| vault.current(record, Tag::OLD_VK_ID, None));
    ids.filter_map(|cell| vault.value(cell).try_into().ok()).collect()
}

/// Whether a file names this digest as a parent.
pub(super) fn names(opened: &Opened, digest: [u8; 32]) -> bool {
    digest != [0; 32] && (opened.inner.parent == digest || opened.inner.other_parent == digest)
}

pub(super) fn slots_digest(header: &Header) -> [u8; 32] {
    let slots: Vec<&[u8]> = header.slots().iter().map(|slot| slot.bytes().as_slice()).collect();
    derive::sha256(&slots)
}

/// Whether the vault knows of a later save of this writer: the state folder was copied or put back, and
/// another one writes as us.
pub(super) fn is_behind(device: &Device, vault: &Vault) -> bool {
    own_entry(device, vault).is_some_and(|generation| generation > device.generation())
}

/// Whether the vault does not have this writer's last save.
fn is_missing(device: &Device, vault: &Vault) -> bool {
    let last = crate::vault::Writer { id: device.writer(), generation: device.generation(), ..LAST };
    match own_entry(device, vault) {
        Some(generation) => generation < device.generation(),
        None => device.generation() > 0 && !seen::covers(vault.writers(), &[last]),
    }
}

const LAST: crate::vault::Writer =
    crate::vault::Writer { id: Id::ZERO, generation: 0, time: crate::time::Timestamp(0) };

fn own_entry(device: &Device, vault: &Vault) -> Option<u64> {
    vault.writers().iter().find(|writer| writer.id == device.writer()).map(|writer| writer.generation)
}
