//! Saving: under the lock, on top of what is on the disk now, and merged with what another program put there.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::seen::{covers, join};
use super::{FormatError, Header, Keys, Session, SessionError, SystemRandom, Timestamp, Vault};
use super::{Id, SeenFile, format, merge, new_id, slots_of, state};
use crate::crypto::random::{Random, array};
use crate::format::{HEADER_LEN, Inner};
use crate::store::StoreError;
use crate::store::atomic::{self, Replaced};
use crate::store::lock::{Lock, PATIENCE};
use crate::vault::tag::Tag;

/// Tries before another program that keeps replacing the file is given way.
const MAX_ROUNDS: usize = 64;
/// The longest wait between two of them.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// A save that is on the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// Another program had saved meanwhile, and both are in the vault now.
    pub merged: bool,
    /// The file system cannot exchange names, so that a file which another program had put there at that very moment
    /// would be lost.
    pub has_gap: bool,
}

impl Session {
    /// Saves the vault; on return it is on the disk, the folder entry too, and `vault` is what is there: where
    /// another program has saved since it was read, both are merged.
    ///
    /// # Errors
    /// [`SessionError`]; the file is then as it was, or (if the last fsync failed) already the new one.
    pub fn save(&self, vault: &mut Vault, now: Timestamp) -> Result<Saved, SessionError> {
        if self.read_only {
            return Err(SessionError::ReadOnly);
        }
        if self.is_in_memory() {
            return Ok(Saved { merged: false, has_gap: false });
        }
        let lock = self.lock()?;
        let left_over = self.take_in_left_over(&lock, vault);
        let saved = self.save_locked(&lock, &self.keys, vault, now)?;
        self.remove_all(&left_over);
        Ok(saved)
    }

    pub(super) fn lock(&self) -> Result<Lock, SessionError> {
        Ok(Lock::take(self.disk(), &self.dir, PATIENCE, new_id()?)?)
    }

    /// Merges into `vault` what saves that were killed have left beside the vault. Gives the files that hold
    /// nothing of worth any more once `vault` is saved. One under another key stays where it is, unless the vault
    /// was saved on top of it, or it was to be the vault itself: that nobody was told of.
    pub(super) fn take_in_left_over(&self, lock: &Lock, vault: &mut Vault) -> Vec<PathBuf> {
        let mut left_over = atomic::left_over(self.disk(), &self.path, lock.name());
        left_over.retain(|path| match self.merge_file(path, vault, &self.keys) {
            // What is torn was never whole on the disk, and so never said to be saved.
            Ok(_) | Err(SessionError::Format(FormatError::NotAVault | FormatError::Damaged(_))) => true,
            Err(_) => self.digest_on_disk(path).is_ok_and(|digest| {
                digest.is_some_and(|digest| self.parents.contains(&digest) || is_named(path, digest))
            }),
        });
        left_over
    }

    /// Removes what makings of a vault at this place that were killed have left beside it.
    pub(super) fn clear_unmade(&self, state_dir: &Path) -> Result<(), SessionError> {
        for dir in state::unmade(self.disk(), state_dir) {
            if let Ok(lock) = Lock::take(self.disk(), &dir, Duration::ZERO, new_id()?) {
                self.remove_all(&atomic::left_over(self.disk(), &self.path, lock.name()));
            }
        }
        Ok(())
    }

    /// Merges what is on the disk into `vault`, which is under `keys`, if it is not what was last seen there: gives
    /// its digest. What was last seen is merged too where the vault does not come from it: whoever shows a vault
    /// may have gone on with what was there before an earlier save merged something.
    pub(super) fn catch_up(&self, keys: &Keys, vault: &mut Vault) -> Result<Option<[u8; 32]>, SessionError> {
        let on_disk = self.digest_on_disk(&self.path)?;
        let Some(SeenFile { digest: seen, writers }) = self.seen().clone() else {
            return match on_disk {
                None => Ok(None),
                // Another program was faster to make a vault here.
                Some(_) => Err(StoreError::Exists(self.path.clone()).into()),
            };
        };
        let is_new = on_disk.is_some_and(|digest| digest != seen);
        let has_all = |vault: &Vault| covers(vault.writers(), &writers);
        let mut merged = None;
        if is_new || (on_disk.is_some() && !has_all(vault)) {
            let digest = self.merge_file(&self.path, vault, keys)?;
            merged = (digest != seen).then_some(digest);
            let writers = join(&writers, vault.writers());
            *self.seen() = Some(SeenFile { digest, writers });
        }
        if !has_all(vault) {
            // The file on the disk is an older one. Where nothing is kept there is nothing more to be had.
            let _ = self.merge_file(&state::copy_in(&self.dir, Id(self.keys.vk_id())), vault, keys);
        }
        Ok(merged)
    }

    pub(super) fn save_locked(
        &self,
        lock: &Lock,
        keys: &Keys,
        vault: &mut Vault,
        now: Timestamp,
    ) -> Result<Saved, SessionError> {
        let seen = self.seen().clone();
        let mut displaced = Vec::new();
        let saved = self.save_until_settled(lock, keys, vault, now, &mut displaced);
        match &saved {
            Ok(_) => {
                self.remove_all(&displaced);
                if keys.vk_id() != self.keys.vk_id() {
                    // A file that the old password opens does not come back beside the new one.
                    let _ = self.disk().sync_dir_of(&self.path);
                }
            }
            // What another program has said to be saved is not given up for what could not be saved.
            Err(_) => {
                if let Some(last) = displaced.last() {
                    self.put_back(last);
                    *self.seen() = seen;
                }
            }
        }
        saved
    }

    /// Saves, merges what was put there since the last look, and saves again until nothing was. `displaced` are
    /// the files that were put there and are taken away.
    fn save_until_settled(
        &self,
        lock: &Lock,
        keys: &Keys,
        vault: &mut Vault,
        now: Timestamp,
        displaced: &mut Vec<PathBuf>,
    ) -> Result<Saved, SessionError> {
        let mut merged = self.catch_up(keys, vault)?;
        let mut took = Duration::ZERO;
        for round in 0..MAX_ROUNDS {
            give_way(round, took)?;
            let start = Instant::now();
            let parent = self.seen_digest();
            let saved = vault.saved_at();
            let (replaced, file) = self.write(lock, keys, vault, now, merged, displaced)?;
            let done = Saved { merged: merged.is_some(), has_gap: matches!(replaced, Replaced::Kept(_)) };
            let Some(old) = replaced.path() else {
                self.remember(keys, vault, &file);
                return Ok(done);
            };
            let replaced =
                self.digest_on_disk(old).map_err(|error| error.while_trying_to("look at the replaced"))?;
            if replaced == parent {
                displaced.pop();
                // A back-up that cannot be kept must not undo a save that is done.
                if self.keep_backup(old, vault, saved, parent.unwrap_or_default()).is_err() {
                    let _ = self.disk().remove(old);
                }
                self.remember(keys, vault, &file);
                return Ok(done);
            }
            merged = Some(self.merge_file(old, vault, keys)?);
            took = start.elapsed();
        }
        Err(SessionError::Unsettled)
    }

    /// Writes the vault as its next generation, in the place of what is there, which is then one of `displaced`.
    /// Gives that, and the file.
    fn write(
        &self,
        lock: &Lock,
        keys: &Keys,
        vault: &mut Vault,
        now: Timestamp,
        merged: Option<[u8; 32]>,
        displaced: &mut Vec<PathBuf>,
    ) -> Result<(Replaced, Vec<u8>), SessionError> {
        let parent = self.seen_digest();
        let generation = vault.generation() + 1;
        let writer = self.device().writer();
        vault.saved_by(generation, writer, now);
        let inner = Inner {
            generation,
            writer,
            parent: parent.unwrap_or_default(),
            saved_at: now,
            other_parent: merged.or(*self.carried()).unwrap_or_default(),
        };
        let least = vault.setting(Tag::LEAST_SIZE).and_then(|value| value.try_into().ok());
        let least = least.map_or(0, |value| usize::try_from(u64::from_le_bytes(value)).unwrap_or(0));
        super::slots::check(vault, &self.slots)?;
        let slots = slots_of(vault, &self.slots);
        let file = format::seal(vault, keys, &slots, &inner, least, &mut SystemRandom)?;
        let suffix = format!("{}-{}", lock.name(), name_of(digest_of(&file).unwrap_or_default()));
        let replaced = match parent {
            None => self.create_file(&file, &suffix).map(|()| Replaced::Nothing),
            Some(_) => atomic::replace(self.disk(), &self.path, &file, &suffix).map_err(SessionError::from),
        }?;
        let digest = digest_of(&file).unwrap_or_default();
        *self.seen() = Some(SeenFile { digest, writers: vault.writers().to_vec() });
        displaced.extend(replaced.path().map(Path::to_owned));
        self.disk().sync_dir_of(&self.path)?;
        Ok((replaced, file))
    }

    /// Puts a displaced file back where it was. What it displaces is removed if it is ours, which nobody was
    /// told is saved.
    fn put_back(&self, displaced: &Path) {
        if let Ok(replaced) = atomic::exchange(self.disk(), displaced, &self.path)
            && let Some(there) = replaced.path()
            && self.digest_on_disk(there).is_ok_and(|digest| digest == self.seen_digest())
        {
            let _ = self.disk().remove(there);
        }
        let _ = self.disk().sync_dir_of(&self.path);
    }

    fn create_file(&self, file: &[u8], suffix: &str) -> Result<(), SessionError> {
        if let Some(dir) = self.path.parent() {
            self.disk().private_dir(dir)?;
        }
        Ok(atomic::create(self.disk(), &self.path, file, suffix)?)
    }

    /// Merges a file under this session's key, or under `keys`, into `vault`, which is under `keys`. What the slots
    /// of a file under the old key wrap is the old key: they are dropped.
    fn merge_file(&self, path: &Path, vault: &mut Vault, keys: &Keys) -> Result<[u8; 32], SessionError> {
        let is_new = keys.vk_id() != self.keys.vk_id();
        for own in [&self.keys, keys].into_iter().take(if is_new { 2 } else { 1 }) {
            let file = self.disk().read_vault(path)?;
            let header = Header::read(&file.bytes, file.len)?;
            let opened = match format::open(file.bytes, &header, own) {
                Err(FormatError::KeyMismatch | FormatError::Tampered) => continue,
                opened => opened?,
            };
            if opened.read_only {
                return Err(SessionError::ReadOnly);
            }
            let mut theirs = opened.vault;
            if own.vk_id() != keys.vk_id() {
                theirs = self.resealed(&theirs, keys).0;
                self.drop_slots(keys, &mut theirs)?;
            }
            *vault = merge(vault, &theirs);
            return Ok(header.digest());
        }
        Err(SessionError::OtherKey)
    }

    pub(super) fn remove_all(&self, left_over: &[PathBuf]) {
        for path in left_over {
            let _ = self.disk().remove(path);
        }
        if !left_over.is_empty() {
            let _ = self.disk().sync_dir_of(&self.path);
        }
    }

    /// The digest that a file on the disk gives for itself; none where there is no file. It is verified when
    /// the file is read.
    pub(super) fn digest_on_disk(&self, path: &Path) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(self.disk().head(path, HEADER_LEN)?.map(|head| digest_of(&head).unwrap_or_default()))
    }
}

/// Waits for a random time that grows with each round, and with what a round takes on this disk: programs in step
/// would displace each other's file for ever.
fn give_way(round: usize, took: Duration) -> Result<(), FormatError> {
    let [random] = array(&mut SystemRandom as &mut dyn Random)?;
    let most = (took * round.min(16) as u32).min(MAX_WAIT);
    thread::sleep(most * u32::from(random) / 256);
    Ok(())
}

pub(super) fn digest_of(file: &[u8]) -> Option<[u8; 32]> {
    file.get(96..128).and_then(|digest| digest.try_into().ok())
}

/// What a temporary file is called by: the digest of what is written to it, so that a save which was killed before
/// the exchange can be told from what an exchange took out.
fn name_of(digest: [u8; 32]) -> String {
    digest.first_chunk().map_or_else(String::new, |half| Id(*half).to_string())
}

fn is_named(path: &Path, digest: [u8; 32]) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(name_of(digest).as_bytes())
}
