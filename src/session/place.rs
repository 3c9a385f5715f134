//! Which file of a vault it is: the vault itself, also where it was moved, a copy at a place of its own, or one that
//! is only looked at. Each place has a memory of its own, so that writing to a copy never changes what counts
//! as seen of the vault, and the copy is guarded against older files as well.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::recall::{Read, Recalled, is_behind, names};
use super::seen::{self, Memory, Record, Remembered, Standing};
use super::{Device, Keys, Locked, SessionError, new_id, state};
use crate::crypto::derive;
use crate::format::{Header, Opened};
use crate::store::Disk;
use crate::store::state::Loaded;
use crate::vault::Id;

/// In a vault's state folder: what is remembered of its copies, each in a folder of its own. What is saved into
/// back-ups opened by name has writer id and back-ups in it.
const COPIES: &str = "copies";

/// What a file of a vault is.
pub(super) enum Role {
    /// The vault, or the only place that is known of it.
    Vault,
    /// Only looked at: a back-up, or asked for by name. With the place of the vault.
    Shown(PathBuf),
    /// A copy at a place of its own.
    Copy {
        /// Where the vault is.
        place: PathBuf,
        /// What is remembered of the copy.
        home: PathBuf,
    },
}

/// The id of the vault that a file says to be; not verified.
pub(super) fn id_at(disk: &dyn Disk, path: &Path) -> Option<Id> {
    disk.head(path, Header::ID_LEN).ok().flatten().as_deref().and_then(Header::id_in)
}

impl Locked {
    /// What the file is, by what is remembered of the vault.
    ///
    /// Under a key that is remembered nowhere, a file in another place than the vault's is a copy even where the
    /// vault is not there just now: an export has a key of its own, and says nothing of the vault.
    pub(super) fn role(&self, keys: &Keys, read: &Read) -> Role {
        let remembered = read.memory.of(keys);
        let record = match remembered {
            Remembered::Verified(record) => Some(record),
            Remembered::Nothing => read.memory.live(keys.vk_id()).last(),
            Remembered::Unverified(_) => None,
        };
        let place = record.and_then(|record| path_of(&record.place));
        if self.by_name || self.named.starts_with(&self.state_dir) {
            return Role::Shown(place.unwrap_or_else(|| read.home.clone()));
        }
        let Some(place) = place.filter(|place| !self.is_at(place)) else { return Role::Vault };
        let home = home_of(&read.home, &self.path);
        let is_copy = match remembered.verified() {
            Some(known) => self.is_vault(&place) || self.knows_more(keys, &home, known),
            None => true,
        };
        if is_copy { Role::Copy { place, home } } else { Role::Vault }
    }

    /// A link that was put in the vault's place leads here, and is no other file.
    fn is_at(&self, place: &Path) -> bool {
        *place == self.path || self.disk.resolve(place).is_ok_and(|place| place == self.path)
    }

    /// Whether the vault is at a place, or another file of it.
    pub(super) fn is_vault(&self, place: &Path) -> bool {
        id_at(&*self.disk, place) == Some(self.header.vault_id())
    }

    /// Whether more was seen of the file at this place than of the vault.
    fn knows_more(&self, keys: &Keys, home: &Path, known: &Record) -> bool {
        let own = memory_in(&*self.disk, home);
        own.of(keys).verified().is_some_and(|own| !seen::covers(&known.writers(), &own.writers()))
    }

    /// Where something is remembered of a file that is not open yet.
    pub(super) fn likely_home(&self) -> PathBuf {
        let vault = state::dir_of(&self.state_dir, self.header.vault_id());
        let home = home_of(&vault, &self.path);
        let memory = memory_in(&*self.disk, &vault);
        let place = memory.latest().and_then(|record| path_of(&record.place));
        let is_own =
            self.disk.is_taken(&state::seen_in(&home)) && !place.is_some_and(|place| self.is_at(&place));
        if is_own { home } else { vault }
    }

    /// How a copy stands to what was seen of the vault; none where nothing was, under its key.
    pub(super) fn stands_to(&self, keys: &Keys, opened: &Opened, read: &Read) -> Option<Standing> {
        let record = read.memory.of(keys).verified()?;
        Some(match record.digest {
            digest if digest == self.header.digest() => Standing::Same,
            digest if names(opened, digest) => Standing::Newer,
            _ => seen::compare(opened.vault.writers(), &record.writers()),
        })
    }

    /// A back-up, or a file that was asked for by its name, changes nothing that is remembered.
    pub(super) fn recall_shown(
        &self,
        keys: &Keys,
        opened: Opened,
        place: PathBuf,
        read: &Read,
        machine: [u8; 16],
    ) -> Result<Recalled, SessionError> {
        let shown =
            self.recall_new_copy(keys, opened, (place.clone(), read.home.join(COPIES)), read, machine)?;
        let findings = if self.by_name { Vec::new() } else { vec![Finding::Copy { place }] };
        Ok(Recalled { is_live: false, findings, ..shown })
    }

    /// Nothing is remembered of a copy before something is saved into it.
    pub(super) fn recall_new_copy(
        &self,
        keys: &Keys,
        opened: Opened,
        (place, dir): (PathBuf, PathBuf),
        read: &Read,
        machine: [u8; 16],
    ) -> Result<Recalled, SessionError> {
        let standing = self.stands_to(keys, &opened, read);
        let device = match Device::load(&*self.disk, &dir) {
            Loaded::Found(device) if device.is_of(machine) && !is_behind(&device, &opened.vault) => device,
            _ => Device::new(new_id()?, machine),
        };
        let has_all = standing.is_some_and(Standing::has_all);
        Ok(Recalled {
            vault: opened.vault,
            read_only: opened.read_only,
            standing: standing.unwrap_or(Standing::First),
            findings: if has_all { Vec::new() } else { vec![Finding::Copy { place }] },
            device,
            machine,
            dir,
            is_live: true,
            carried: None,
        })
    }
}

/// Leaves what is remembered of the vault at the place that it had, for the case that the file there was only out of
/// reach: then it is a copy, and an older one in its place is told. What cannot be written is not.
pub(super) fn leave_memory(disk: &dyn Disk, dir: &Path, before: &Record) {
    let Some(place) = path_of(&before.place) else { return };
    let home = home_of(dir, &place);
    let copy = |home: &Path| state::copy_in(home, Id(before.vk_id));
    let Ok(Some(bytes)) = state::read_seen(disk, dir, seen::MAX_LEN) else { return };
    let Ok(file) = disk.read_vault(&copy(dir)) else { return };
    let _ = disk
        .private_dir(&home)
        .and_then(|()| state::keep_copy(disk, &copy(&home), &file.bytes))
        .and_then(|()| state::write_seen(disk, &home, &bytes));
}

/// The folder of a vault in the state folder, and those of its copies.
pub(super) fn homes_in(disk: &dyn Disk, dir: &Path) -> Vec<PathBuf> {
    let copies = disk.list(&dir.join(COPIES)).unwrap_or_default();
    std::iter::once(dir.to_owned()).chain(copies).collect()
}

/// What is remembered of the copy at `path`.
fn home_of(dir: &Path, path: &Path) -> PathBuf {
    let digest = derive::sha256(&[path.as_os_str().as_encoded_bytes()]);
    let name = Id(digest.first_chunk().copied().unwrap_or_default());
    dir.join(COPIES).join(name.to_string())
}

/// The records in a folder; none where they cannot be read.
pub(super) fn memory_in(disk: &dyn Disk, home: &Path) -> Memory {
    let bytes = state::read_seen(disk, home, seen::MAX_LEN).ok().flatten();
    bytes.and_then(|bytes| Memory::read(&bytes).ok()).unwrap_or_default()
}

/// A path from its bytes.
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    if bytes.is_empty() {
        return None;
    }
    #[cfg(unix)]
    return Some(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes)));
    #[cfg(not(unix))]
    return std::str::from_utf8(bytes).ok().map(PathBuf::from);
}
