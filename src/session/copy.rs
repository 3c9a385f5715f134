//! Another file of the same vault, a diverged copy or a back-up, perhaps under another vault key: opening it, and the
//! union of both. One key survives; what was under the other is sealed anew first, and its slots are dropped.

use std::path::{Path, PathBuf};

use super::recall::replaced_by;
use super::rekey::resealed;
use super::{Credentials, Finding, Header, Keys, Saved, Session, SessionError, Slot};
use super::{Timestamp, Vault, format, merge, unlock};
use crate::compare::{Comparison, compare};
use crate::format::Inner;
use crate::format::header::MAGIC;
use crate::store::backup::Label;
use crate::store::{StoreError, conflict};

/// Another file of the same vault, opened.
pub struct OtherCopy {
    vault: Vault,
    inner: Inner,
    digest: [u8; 32],
    slots: Vec<Slot>,
    /// Its keys, unless they are ours.
    keys: Option<Keys>,
}

impl OtherCopy {
    /// What is in it, sealed under its own key.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Whether it is under the key of this vault.
    pub fn is_same_key(&self) -> bool {
        self.keys.is_none()
    }

    /// Generation, writer and time of it.
    pub fn inner(&self) -> &Inner {
        &self.inner
    }

    /// Its digest.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    pub(super) fn keys(&self) -> Option<&Keys> {
        self.keys.as_ref()
    }
}

/// Whose key a union is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survivor {
    /// That of the vault.
    Ours,
    /// That of the other file.
    Theirs,
}

/// Both together, not saved yet.
pub struct Union {
    vault: Vault,
    /// Keys and slots of the other file, where they survive.
    theirs: Option<(Keys, Vec<Slot>)>,
    /// What differs from the vault.
    pub comparison: Comparison,
    /// Values that did not open under their own key; they are kept as they are.
    pub unreadable: usize,
    /// Digest of the other file.
    digest: [u8; 32],
}

impl Union {
    /// Whether there is more in it than in `vault`, which it was made of.
    pub fn adds_something(&self, vault: &Vault) -> bool {
        let count = |vault: &Vault| {
            let cells = vault.records().iter().flat_map(|record| &record.cells);
            cells.fold((0, 0), |(all, emptied), cell| (all + 1, emptied + usize::from(cell.is_emptied())))
        };
        self.theirs.is_some() || count(vault) != count(&self.vault)
    }
}

impl Session {
    /// The copies of this vault that a sync program put beside it.
    pub fn conflicts(&self) -> Vec<PathBuf> {
        if self.is_in_memory() {
            return Vec::new();
        }
        let mut paths = conflict::beside(self.disk(), &self.path);
        paths.retain(|path| {
            let head = self.disk().head(path, Header::ID_LEN).ok().flatten();
            head.is_some_and(|head| head.starts_with(&MAGIC) && Header::id_in(&head) == Some(self.vault_id()))
        });
        paths
    }

    /// Merges into `vault` those copies beside it that are under its key, and gives them with their digests and
    /// what they say of themselves; the others stay as they are. Nothing is saved.
    pub fn take_in_conflicts(&self, vault: &mut Vault) -> Vec<(PathBuf, [u8; 32], Inner)> {
        let mut taken = Vec::new();
        for path in self.conflicts() {
            let Ok(copy) = self.open_copy(&path) else { continue };
            *vault = merge(vault, &copy.vault);
            taken.push((path, copy.digest, copy.inner));
        }
        taken
    }

    /// Makes a merged copy that a sync program put beside the vault a back-up, if it still is what was merged.
    /// Gives where it is then; none where it is no such copy.
    ///
    /// # Errors
    /// [`SessionError::Store`]; the copy is then where it was.
    pub fn keep_conflict(
        &self,
        vault: &Vault,
        path: &Path,
        digest: [u8; 32],
        inner: &Inner,
    ) -> Result<Option<PathBuf>, SessionError> {
        let place = self.disk().resolve(path).map_err(StoreError::io("open", path))?;
        if !self.conflicts().contains(&place) || self.digest_on_disk(&place)? != Some(digest) {
            return Ok(None);
        }
        let label = Label { generation: inner.generation, saved: inner.saved_at, digest };
        Ok(Some(self.keep_as_backup(&place, label, vault)?))
    }

    /// Whether what was opened is more than its file holds: what this device has seen, or what saves that were cut
    /// short have left, was merged in and is not saved yet.
    pub fn holds_more_than_its_file(&self) -> bool {
        let has_left_over = self.findings.iter().any(|finding| matches!(finding, Finding::LeftOver { .. }));
        self.carried().is_some() || !self.standing.has_all() || has_left_over
    }

    /// Opens another file of this vault under this vault's key.
    ///
    /// # Errors
    /// [`SessionError::OtherVault`], [`SessionError::OtherKey`] (then [`Session::unlock_copy`] may open it),
    /// [`SessionError::ReadOnly`] where a later version wrote it, [`SessionError`] otherwise.
    pub fn open_copy(&self, path: &Path) -> Result<OtherCopy, SessionError> {
        self.read_copy(path, |header| match format::is_under(header, &self.keys) {
            true => Ok(None),
            false => Err(SessionError::OtherKey),
        })
    }

    /// Opens another file of this vault with a secret of its own.
    ///
    /// # Errors
    /// As [`Session::open_copy`], and [`super::FormatError::WrongSecret`].
    pub fn unlock_copy(&self, path: &Path, given: &Credentials<'_>) -> Result<OtherCopy, SessionError> {
        self.read_copy(path, |header| {
            let (keys, _) = unlock(header, given)?;
            Ok((keys.vk_id() != self.keys.vk_id()).then_some(keys))
        })
    }

    fn read_copy(
        &self,
        path: &Path,
        keys_of: impl FnOnce(&Header) -> Result<Option<Keys>, SessionError>,
    ) -> Result<OtherCopy, SessionError> {
        let file = self.disk().read_vault(path)?;
        let header = Header::read(&file.bytes, file.len)?;
        if header.vault_id() != self.vault_id() {
            return Err(SessionError::OtherVault(path.to_owned()));
        }
        let keys = keys_of(&header)?;
        let opened = format::open(file.bytes, &header, keys.as_ref().unwrap_or(&self.keys))?;
        if opened.read_only {
            return Err(SessionError::ReadOnly);
        }
        let slots = header.used_slots().copied().collect();
        Ok(OtherCopy { vault: opened.vault, inner: opened.inner, digest: header.digest(), slots, keys })
    }

    /// Whose key survives: the one that names the other as replaced. None where neither does, and the user chooses.
    pub fn survivor(&self, vault: &Vault, copy: &OtherCopy) -> Option<Survivor> {
        let Some(keys) = &copy.keys else { return Some(Survivor::Ours) };
        match (names(vault, keys), names(&copy.vault, &self.keys)) {
            (true, false) => Some(Survivor::Ours),
            (false, true) => Some(Survivor::Theirs),
            _ => None,
        }
    }

    /// The union of `vault` and `copy` under the key of `survivor`. Nothing is saved.
    ///
    /// # Errors
    /// [`SessionError::ReadOnly`], [`SessionError::Format`], [`SessionError::Edit`].
    pub fn unite(
        &self,
        vault: &Vault,
        copy: OtherCopy,
        survivor: Survivor,
        now: Timestamp,
    ) -> Result<Union, SessionError> {
        if self.read_only {
            return Err(SessionError::ReadOnly);
        }
        let digest = copy.digest;
        let Some(keys) = copy.keys else {
            let merged = merge(vault, &copy.vault);
            let comparison = compare(vault, &merged);
            return Ok(Union { vault: merged, theirs: None, comparison, unreadable: 0, digest });
        };
        if survivor == Survivor::Ours {
            let (mut theirs, unreadable) = resealed(&copy.vault, &keys, &self.keys);
            self.retire(&mut theirs, &self.keys, &keys, names(vault, &keys), now)?;
            let merged = merge(vault, &theirs);
            let comparison = compare(vault, &merged);
            return Ok(Union { vault: merged, theirs: None, comparison, unreadable, digest });
        }
        let (ours, unreadable) = resealed(vault, &self.keys, &keys);
        let mut retired = ours.clone();
        self.retire(&mut retired, &keys, &self.keys, names(&copy.vault, &self.keys), now)?;
        let merged = merge(&retired, &copy.vault);
        let comparison = compare(&ours, &merged);
        Ok(Union { vault: merged, theirs: Some((keys, copy.slots)), comparison, unreadable, digest })
    }

    /// Empties the slots of a state that was under `old` and is sealed under `new` now, and notes `old` as replaced,
    /// so that every other device settles it the same way.
    fn retire(
        &self,
        vault: &mut Vault,
        new: &Keys,
        old: &Keys,
        is_noted: bool,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        self.drop_slots(new, vault)?;
        if is_noted { Ok(()) } else { self.name_as_replaced(old, new, vault, now) }
    }

    /// Saves a union. Where the other file's key survives, this session goes on under it, and the vault opens with
    /// what opened that file.
    ///
    /// # Errors
    /// As [`Session::save`]; key and `vault` are then as they were.
    pub fn save_union(
        &mut self,
        vault: &mut Vault,
        union: Union,
        now: Timestamp,
    ) -> Result<Saved, SessionError> {
        let Union { vault: mut merged, theirs, digest, .. } = union;
        // The file that is written names it as a parent.
        self.carried().get_or_insert(digest);
        let Some((keys, slots)) = theirs else {
            let saved = self.save(&mut merged, now)?;
            *vault = merged;
            return Ok(saved);
        };
        let lock = self.lock()?;
        let ours = std::mem::replace(&mut self.slots, slots);
        match self.save_locked(&lock, &keys, &mut merged, now) {
            Ok(saved) => {
                self.keys = keys;
                *vault = merged;
                Ok(saved)
            }
            Err(error) => {
                self.slots = ours;
                Err(error)
            }
        }
    }
}

/// Whether a state names a key as replaced.
fn names(vault: &Vault, old: &Keys) -> bool {
    replaced_by(vault).contains(&old.vk_id())
}
