//! A new vault key: for a new master password, and for a copy that another password opens. Every sealed value
//! of every cell is sealed anew; wrapping the old key again would let whoever has an old file and the old
//! password read every later one.

use super::{Cost, SystemRandom, Tag, Timestamp, Vault, format, slots_of, unlock};
use super::{Credentials, FormatError, Header, Keys, Kind, Passphrase, Seal, Session, SessionError, Slot};
use crate::format::Inner;
use crate::vault::edit::EditError;
use crate::vault::seal::FieldTampered;

/// What a new key could not take along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Names of the slots that had to be dropped, since their secrets were not at hand.
    pub dropped: Vec<String>,
    /// Values that did not open before either; they are kept as they are.
    pub unreadable: usize,
}

impl Session {
    /// Whether `passphrase` opens the vault file as it is on the disk: asking again before something grave.
    ///
    /// # Errors
    /// [`SessionError`] where the file cannot be read; a wrong password is `false`.
    pub fn is_passphrase(&self, passphrase: &Passphrase) -> Result<bool, SessionError> {
        let file = self.disk().read_vault(&self.path)?;
        let header = Header::read(&file.bytes, file.len)?;
        drop(file);
        match unlock(&header, &Credentials::Passphrase(passphrase, None)) {
            Ok(_) => Ok(true),
            Err(FormatError::WrongSecret) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the vault a new key, which `passphrase` opens from now on, at `cost`.
    ///
    /// # Errors
    /// [`SessionError`]; the old password then still opens the vault.
    pub fn change_passphrase(
        &mut self,
        vault: &mut Vault,
        passphrase: &Passphrase,
        cost: Cost,
        now: Timestamp,
    ) -> Result<Rekeyed, SessionError> {
        if self.read_only {
            return Err(SessionError::ReadOnly);
        }
        let lock = self.lock()?;
        let left_over = self.take_in_left_over(&lock, vault);
        self.catch_up(&self.keys, vault)?;
        let (keys, mut changed, done) = self.rekeyed(vault, passphrase, cost, now)?;
        self.save_locked(&lock, &keys, &mut changed, now)?;
        self.remove_all(&left_over);
        drop(lock);
        *vault = changed;
        self.keys = keys;
        Ok(done)
    }

    /// A whole vault file with the content of `vault`: under the same key and slots, or under a new key that
    /// `passphrase` alone opens.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn copy(
        &self,
        vault: &Vault,
        passphrase: Option<&Passphrase>,
        now: Timestamp,
    ) -> Result<Vec<u8>, SessionError> {
        let inner = |vault: &Vault| Inner {
            generation: vault.generation() + 1,
            writer: self.device().writer(),
            parent: self.seen().unwrap_or_default(),
            saved_at: now,
            other_parent: [0; 32],
        };
        let file = match passphrase {
            None => format::seal(
                vault,
                &self.keys,
                &slots_of(vault, &self.slots),
                &inner(vault),
                0,
                &mut SystemRandom,
            )?,
            Some(passphrase) => {
                let policy = super::cost_policy(vault);
                let (keys, copy, _) = self.rekeyed(vault, passphrase, policy, now)?;
                format::seal(&copy, &keys, &slots_of(&copy, &[]), &inner(&copy), 0, &mut SystemRandom)?
            }
        };
        Ok(file)
    }

    /// The same content with every secret sealed under other keys, and how many did not open: those are carried
    /// over as they are, unreadable as before.
    pub(super) fn resealed(&self, vault: &Vault, keys: &Keys) -> (Vault, usize) {
        resealed(vault, &self.keys, keys)
    }

    /// The same content under a new key, with one slot.
    fn rekeyed(
        &self,
        vault: &Vault,
        passphrase: &Passphrase,
        cost: Cost,
        now: Timestamp,
    ) -> Result<(Keys, Vault, Rekeyed), SessionError> {
        let keys = Keys::generate(self.vault_id(), &mut SystemRandom)?;
        let (mut new, unreadable) = self.resealed(vault, &keys);
        let dropped = self.drop_slots(&keys, &mut new, now)?;
        let replaced = super::new_id()?;
        self.as_author(&keys, now, |author| {
            new.edit(author, "", |edit| {
                edit.put(Kind::REPLACED_KEY, replaced, Tag::OLD_VK_ID, None, 0, self.keys.vk_id().to_vec())?;
                edit.put(
                    Kind::REPLACED_KEY,
                    replaced,
                    Tag::REPLACED_AT,
                    None,
                    0,
                    now.0.to_le_bytes().to_vec(),
                )
            })
        })?;
        self.put_slot(&keys, &mut new, "master password", passphrase, cost, now)?;
        Ok((keys, new, Rekeyed { dropped, unreadable }))
    }

    /// Empties every slot record; gives the names of those that no master password opened.
    pub(super) fn drop_slots(
        &self,
        keys: &Keys,
        vault: &mut Vault,
        now: Timestamp,
    ) -> Result<Vec<String>, EditError> {
        let records = vault.records_of(Kind::SLOT).to_vec();
        let mut dropped = Vec::new();
        for record in &records {
            let current = |tag| vault.current(record, tag, None).map(|cell| vault.value(cell));
            let slot = current(Tag::SLOT_BYTES).and_then(|bytes| Slot::read(bytes).ok());
            if let Some(slot) = slot.filter(|slot| slot.kind() != super::SlotKind::Passphrase) {
                let name = current(Tag::TITLE).map(String::from_utf8_lossy).unwrap_or_default();
                dropped.push(format!("{name} ({})", super::slot_words(slot.kind())));
            }
        }
        self.as_author(keys, now, |author| {
            vault.edit(author, "", |edit| {
                records.iter().for_each(|record| edit.empty(record));
                Ok(())
            })
        })?;
        Ok(dropped)
    }
}

/// The same content with every secret sealed under `to` instead of `from`, and how many did not open.
pub(super) fn resealed(vault: &Vault, from: &Keys, to: &Keys) -> (Vault, usize) {
    let mut unreadable = 0;
    let new = vault.resealed(|place, sealed| match from.open(place, sealed) {
        Ok(secret) => to.seal(place, secret.expose()),
        Err(FieldTampered) => {
            unreadable += 1;
            sealed.to_vec()
        }
    });
    (new, unreadable)
}
