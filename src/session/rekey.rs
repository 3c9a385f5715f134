//! A new vault key: for a new master password, and for a copy that another password opens. Every sealed value
//! of every cell is sealed anew; wrapping the old key again would let whoever has an old file and the old
//! password read every later one.

use super::{Cost, Id, MASTER, SystemRandom, Tag, Timestamp, Vault, format, slot, slots_of, unlock};
use super::{Credentials, FormatError, Header, Keys, Kind, Passphrase, Seal, Session, SessionError, Slot};
use super::{KeySlot, NewSlot, Price, SlotSecret};
use crate::format::{Inner, KeyFile};
use crate::vault::seal::FieldTampered;

/// What a new key could not take along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Names of the slots that were not taken along: removed, or their secrets were not at hand.
    pub dropped: Vec<String>,
    /// Values that did not open before either; they are kept as they are.
    pub unreadable: usize,
}

impl Session {
    /// Whether `passphrase`, with the key file where one is given, opens the vault file as it is on the disk: asking
    /// again before something grave.
    ///
    /// # Errors
    /// [`SessionError`] where the file cannot be read; a wrong password is `false`.
    pub fn is_passphrase(
        &self,
        passphrase: &Passphrase,
        key_file: Option<&KeyFile>,
    ) -> Result<bool, SessionError> {
        let file = self.disk().read_vault(&self.path)?;
        let header = Header::read(&file.bytes, file.len)?;
        drop(file);
        match unlock(&header, &Credentials::Passphrase(passphrase, key_file)) {
            Ok(_) => Ok(true),
            Err(FormatError::WrongSecret) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the vault a new key, which `passphrase` alone opens from now on, at `cost`.
    ///
    /// # Errors
    /// As [`Session::rekey`].
    pub fn change_passphrase(
        &mut self,
        vault: &mut Vault,
        passphrase: &Passphrase,
        cost: Cost,
        now: Timestamp,
    ) -> Result<Rekeyed, SessionError> {
        let new = self.master_slot(vault, passphrase);
        self.rekey(vault, &[new], Price::Asked(cost), now)
    }

    /// Gives the vault a new key, which `slots` open from now on and nothing else, and saves it.
    ///
    /// # Errors
    /// [`SessionError::NothingLeft`] where none of them is for a master password; [`SessionError`] otherwise.
    /// The old secrets then still open the vault.
    pub fn rekey(
        &mut self,
        vault: &mut Vault,
        slots: &[NewSlot<'_>],
        price: Price,
        now: Timestamp,
    ) -> Result<Rekeyed, SessionError> {
        if self.read_only {
            return Err(SessionError::ReadOnly);
        }
        check_usable(slots)?;
        let lock = self.lock()?;
        let left_over = self.take_in_left_over(&lock, vault);
        self.catch_up(&self.keys, vault)?;
        let (keys, mut changed, opened, done) = self.rekeyed(vault, slots, price, now)?;
        self.name_as_replaced(&self.keys, &keys, &mut changed, now)?;
        self.save_locked(&lock, &keys, &mut changed, now)?;
        self.remove_all(&left_over);
        drop(lock);
        *vault = changed;
        self.keys = keys;
        self.opened = opened;
        Ok(done)
    }

    /// Wraps the same vault key anew for `slots`, each in the place of one that is there. Written with the next
    /// save. Weaker than [`Session::rekey`]: who has an old copy of the file and an old secret has the vault key,
    /// and reads every later file.
    ///
    /// # Errors
    /// [`SessionError`]; nothing is changed then.
    pub fn rewrap(
        &mut self,
        vault: &mut Vault,
        slots: &[NewSlot<'_>],
        price: Price,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        let mut derived = Vec::new();
        let mut made: Vec<(Id, Slot)> = Vec::new();
        for new in slots {
            let Some(id) = new.replaces else { continue };
            made.push((id, super::slots::wrap(&self.keys, new.secret, price.cost(), &mut derived)?));
        }
        let there = self.key_slots(vault);
        let slot_of =
            |key: &KeySlot| made.iter().find(|(id, _)| *id == key.id).map_or(key.slot, |(_, slot)| *slot);
        let all: Vec<Slot> = there.iter().map(slot_of).collect();
        slot::check_all(&all).map_err(|_| SessionError::TooManyPasswords)?;
        let opened = self.opened_by(vault).map(|key| slot_of(&key));
        self.edit(vault, now, "", |edit| {
            made.iter().try_for_each(|(id, slot)| {
                edit.put(Kind::SLOT, *id, Tag::SLOT_BYTES, None, 0, slot.bytes().to_vec())
            })?;
            super::slots::put_policy(edit, price)
        })?;
        self.opened = opened;
        Ok(())
    }

    /// The slot of the master password, in the place of the one that opened.
    fn master_slot<'a>(&self, vault: &Vault, passphrase: &'a Passphrase) -> NewSlot<'a> {
        NewSlot {
            name: MASTER.to_owned(),
            secret: SlotSecret::Passphrase(passphrase),
            replaces: self.opened_by(vault).map(|key| key.id),
        }
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
            parent: self.seen_digest().unwrap_or_default(),
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
                let new = self.master_slot(vault, passphrase);
                let (keys, copy, ..) = self.rekeyed(vault, &[new], Price::of(vault)?, now)?;
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

    /// The same content under a new key, with these slots; with the slot that took the place of the one that
    /// opened.
    fn rekeyed(
        &self,
        vault: &Vault,
        slots: &[NewSlot<'_>],
        price: Price,
        now: Timestamp,
    ) -> Result<(Keys, Vault, Option<Slot>, Rekeyed), SessionError> {
        let keys = Keys::generate(self.vault_id(), &mut SystemRandom)?;
        let opened = self.opened_by(vault).map(|key| key.id);
        let there = self.key_slots(vault);
        let dropped = there.iter().filter(|key| !slots.iter().any(|new| new.replaces == Some(key.id)));
        let dropped =
            dropped.map(|key| format!("{} ({})", key.name, super::slot_words(key.kind()))).collect();
        let (mut new, unreadable) = self.resealed(vault, &keys);
        self.drop_slots(&keys, &mut new)?;
        let made = self.put_slots(&keys, &mut new, slots, price, now)?;
        let heir = slots.iter().position(|new| opened.is_some() && new.replaces == opened);
        let opened = made.get(heir.unwrap_or(0)).copied();
        Ok((keys, new, opened, Rekeyed { dropped, unreadable }))
    }

    /// Notes in a vault under `new` keys that they have taken the place of the `old` ones. A copy with a password of
    /// its own does not say so: the vault keeps its key.
    pub(super) fn name_as_replaced(
        &self,
        old: &Keys,
        new: &Keys,
        vault: &mut Vault,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        let replaced = super::new_id()?;
        let (old, date) = (old.vk_id().to_vec(), now.0.to_le_bytes().to_vec());
        self.as_author(new, now, |author| {
            vault.edit(author, "", |edit| {
                edit.put(Kind::REPLACED_KEY, replaced, Tag::OLD_VK_ID, None, 0, old)?;
                edit.put(Kind::REPLACED_KEY, replaced, Tag::REPLACED_AT, None, 0, date)
            })
        })?;
        Ok(())
    }

    /// Empties every slot record.
    pub(super) fn drop_slots(&self, keys: &Keys, vault: &mut Vault) -> Result<(), SessionError> {
        let records = vault.records_of(Kind::SLOT).to_vec();
        // What is emptied keeps its stamp, so no time is written.
        self.as_author(keys, Timestamp::default(), |author| {
            vault.edit(author, "", |edit| {
                records.iter().for_each(|record| edit.empty(record));
                Ok(())
            })
        })?;
        Ok(())
    }
}

/// A vault that only a recovery code opens, or nothing, is one that is lost.
fn check_usable(slots: &[NewSlot<'_>]) -> Result<(), SessionError> {
    let by_password = |new: &NewSlot<'_>| !matches!(new.secret, SlotSecret::Recovery(_));
    if slots.iter().any(by_password) { Ok(()) } else { Err(SessionError::NothingLeft) }
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
