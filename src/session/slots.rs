//! The ways to open a vault, as its slot records tell them: listed, added, named. One is taken away by a new
//! vault key only ([`super::rekey`]): who has an old copy could open every later file otherwise.

use super::{FormatError, Keys, Kind, Passphrase, Session, SessionError, Slot, SystemRandom, Tag, Timestamp};
use super::{Price, Vault, new_id, slots_of};
use crate::crypto::kdf::Cost;
use crate::format::header::SLOT_COUNT;
use crate::format::slot::{self, SlotKind};
use crate::format::{Derivation, KeyFile, RecoveryCode};
use crate::kit::offer;
use crate::store::reminder;
use crate::vault::edit::{Edit, EditError};
use crate::vault::{Id, Record};

/// Most bytes of a slot's name.
const MAX_NAME: usize = 200;

/// One way to open a vault.
#[derive(Debug, Clone)]
pub struct KeySlot {
    /// Its record; zero for a slot whose record is lost.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When its recovery code was last tried.
    pub tested: Option<Timestamp>,
    pub(super) slot: Slot,
}

impl KeySlot {
    /// What opens it.
    pub fn kind(&self) -> SlotKind {
        self.slot.kind()
    }

    /// What a guess at it costs; none where there is nothing to guess.
    pub fn cost(&self) -> Option<Cost> {
        self.slot.cost().ok().filter(|_| self.slot.wants_derivation())
    }
}

/// What opens a slot that is made.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum SlotSecret<'a> {
    Passphrase(&'a Passphrase),
    PassphraseAndKeyFile(&'a Passphrase, &'a KeyFile),
    Recovery(&'a RecoveryCode),
}

/// A slot to be made.
#[derive(Debug, Clone)]
pub struct NewSlot<'a> {
    /// What it is called.
    pub name: String,
    /// What opens it.
    pub secret: SlotSecret<'a>,
    /// The slot that it takes the place of.
    pub replaces: Option<Id>,
}

/// Whether there is a way back in for who has forgotten the master password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KitStatus {
    /// There is none, and it may be offered.
    None,
    /// There is none, and none is wanted.
    Declined,
    /// There is one.
    Made {
        /// Since when.
        created: Option<Timestamp>,
        /// When it was last tried.
        tested: Option<Timestamp>,
    },
}

/// The slots of a vault, in the order of the header.
pub(super) fn key_slots(vault: &Vault, known: &[Slot]) -> Vec<KeySlot> {
    let records = vault.records_of(Kind::SLOT).iter();
    let slots: Vec<KeySlot> = records.filter_map(|record| key_slot(vault, record)).collect();
    if !slots.is_empty() {
        return slots;
    }
    let lost = |slot: &Slot| KeySlot {
        id: Id::ZERO,
        name: super::slot_words(slot.kind()).to_owned(),
        created: None,
        tested: None,
        slot: *slot,
    };
    known.iter().map(lost).collect()
}

fn key_slot(vault: &Vault, record: &Record) -> Option<KeySlot> {
    let current =
        |tag| vault.current(record, tag, None).filter(|cell| !cell.is_sealed() && cell.version == 0);
    let time =
        |tag| vault.value(current(tag)?).try_into().ok().map(|bytes| Timestamp(u64::from_le_bytes(bytes)));
    Some(KeySlot {
        id: record.id,
        name: current(Tag::TITLE)
            .map(|cell| String::from_utf8_lossy(vault.value(cell)).into_owned())
            .unwrap_or_default(),
        created: time(Tag::CREATED),
        tested: time(Tag::SLOT_TESTED),
        slot: Slot::read(vault.value(current(Tag::SLOT_BYTES)?)).ok()?,
    })
}

impl Session {
    /// The ways to open the vault, in the order of the header.
    pub fn key_slots(&self, vault: &Vault) -> Vec<KeySlot> {
        key_slots(vault, &self.slots)
    }

    /// The slot that opened the vault.
    pub fn opened_by(&self, vault: &Vault) -> Option<KeySlot> {
        let opened = self.opened?;
        self.key_slots(vault).into_iter().find(|key| key.slot == opened)
    }

    /// Whether a slot opens with this passphrase, and the key file where it wants one. Takes as long as it costs.
    ///
    /// # Errors
    /// [`FormatError::Kdf`].
    pub fn opens_slot(
        &self,
        key: &KeySlot,
        passphrase: &Passphrase,
        key_file: Option<&KeyFile>,
    ) -> Result<bool, FormatError> {
        if !key.slot.wants_derivation() {
            return Ok(false);
        }
        let derivation = Derivation::of(&key.slot, passphrase)?;
        Ok(key.slot.open(self.vault_id(), &derivation, key_file).is_ok())
    }

    /// The slots that a master password opens, alone or with the key file, to be made anew for `master`; and
    /// the others but for recovery codes: their secrets are not at hand. Takes as long as the slots cost.
    ///
    /// # Errors
    /// [`FormatError::Kdf`].
    pub fn own_slots<'a>(
        &self,
        vault: &Vault,
        old: &Passphrase,
        key_file: Option<&'a KeyFile>,
        master: &'a Passphrase,
    ) -> Result<(Vec<NewSlot<'a>>, Vec<KeySlot>), FormatError> {
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        let mut derived: Vec<Derivation> = Vec::new();
        for key in self.key_slots(vault) {
            if key.kind() == SlotKind::Recovery {
                continue;
            }
            if key.slot.wants_derivation() && !derived.iter().any(|made| made.is_of(&key.slot)) {
                derived.push(Derivation::of(&key.slot, old)?);
            }
            let opens = |made: &Derivation| key.slot.open(self.vault_id(), made, key_file).is_ok();
            if !derived.iter().any(opens) {
                rest.push(key);
                continue;
            }
            let secret = match (key.kind(), key_file) {
                (SlotKind::PassphraseAndKeyFile, Some(file)) => {
                    SlotSecret::PassphraseAndKeyFile(master, file)
                }
                _ => SlotSecret::Passphrase(master),
            };
            own.push(NewSlot { name: key.name, secret, replaces: Some(key.id) });
        }
        Ok((own, rest))
    }

    /// The slots of a vault that was opened with its recovery code, for a new master password. Two factors stay
    /// two where the key file is at hand; where it is lost, the password alone has to do.
    pub fn slots_after_recovery<'a>(
        &self,
        vault: &Vault,
        master: &'a Passphrase,
        key_file: Option<&'a KeyFile>,
        code: Option<&'a RecoveryCode>,
    ) -> Vec<NewSlot<'a>> {
        let there = self.key_slots(vault);
        let first = |kind| there.iter().find(|key| key.kind() == kind);
        let alone = first(SlotKind::Passphrase);
        let with_file = first(SlotKind::PassphraseAndKeyFile).zip(key_file);
        let made = |key: Option<&KeySlot>, name: &str, secret| NewSlot {
            name: key.map_or(name, |key| key.name.as_str()).to_owned(),
            secret,
            replaces: key.map(|key| key.id),
        };
        let mut slots = Vec::new();
        if let Some((key, file)) = with_file {
            slots.push(made(Some(key), "", SlotSecret::PassphraseAndKeyFile(master, file)));
        }
        if alone.is_some() || with_file.is_none() {
            slots.push(made(alone, super::MASTER, SlotSecret::Passphrase(master)));
        }
        let kit = first(SlotKind::Recovery);
        slots.extend(code.map(|code| made(kit, super::KIT, SlotSecret::Recovery(code))));
        slots
    }

    /// Adds a way to open the vault, under the same vault key, and gives its id. Written with the next save.
    ///
    /// # Errors
    /// [`SessionError::SlotsFull`] where there are eight, [`SessionError::TooManyPasswords`] where it would be
    /// the fourth derivation, [`SessionError`] otherwise; nothing is changed then.
    pub fn add_slot(
        &self,
        vault: &mut Vault,
        new: &NewSlot<'_>,
        cost: Cost,
        now: Timestamp,
    ) -> Result<Id, SessionError> {
        let there = self.key_slots(vault);
        if there.len() >= SLOT_COUNT {
            return Err(SessionError::SlotsFull);
        }
        let mut derived: Vec<(&Passphrase, Derivation)> = Vec::new();
        // A key file beside a password that has a slot of its own costs no derivation more.
        if let SlotSecret::Passphrase(passphrase) | SlotSecret::PassphraseAndKeyFile(passphrase, _) =
            new.secret
            && let Some(opened) = self.opened.filter(|slot| slot.wants_derivation())
        {
            let derivation = Derivation::of(&opened, passphrase)?;
            let fits = derivation.cost() == cost || !derivation.cost().is_below(cost);
            if fits && opened.open(self.vault_id(), &derivation, None).is_ok() {
                derived.push((passphrase, derivation));
            }
        }
        let slot = wrap(&self.keys, new.secret, cost, &mut derived)?;
        let all: Vec<Slot> = there.iter().map(|key| key.slot).chain([slot]).collect();
        slot::check_all(&all).map_err(|_| SessionError::TooManyPasswords)?;
        let lost = if there.iter().any(|key| key.id != Id::ZERO) { Vec::new() } else { there };
        let id = new_id()?;
        let with_new = lost.into_iter().map(|key| Ok((new_id()?, key.name, key.slot)));
        let mut written = with_new.collect::<Result<Vec<_>, FormatError>>()?;
        written.push((id, new.name.clone(), slot));
        self.edit(vault, now, "", |edit| {
            written.iter().try_for_each(|(id, name, slot)| put_slot(edit, *id, name, slot, now))?;
            if matches!(new.secret, SlotSecret::Recovery(_)) {
                edit.put_setting(Tag::KIT_DECLINED, vec![0])?;
            }
            Ok(())
        })?;
        Ok(id)
    }

    /// Calls a slot something else. Written with the next save.
    ///
    /// # Errors
    /// [`SessionError::Edit`].
    pub fn rename_slot(
        &self,
        vault: &mut Vault,
        id: Id,
        name: &str,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        let name = shortened(name).as_bytes().to_vec();
        Ok(self.edit(vault, now, "", |edit| edit.put(Kind::SLOT, id, Tag::TITLE, None, 0, name))?)
    }

    /// Notes that the recovery code that opened the vault was tried. Written with the next save.
    ///
    /// # Errors
    /// [`SessionError::Edit`].
    pub fn note_drill(&self, vault: &mut Vault, now: Timestamp) -> Result<(), SessionError> {
        let Some(key) = self.opened_by(vault).filter(|key| key.id != Id::ZERO) else { return Ok(()) };
        let time = now.0.to_le_bytes().to_vec();
        Ok(self.edit(vault, now, "", |edit| edit.put(Kind::SLOT, key.id, Tag::SLOT_TESTED, None, 0, time))?)
    }

    /// Notes that no recovery kit is wanted, or that it is not refused any more. Written with the next save.
    ///
    /// # Errors
    /// [`SessionError::Edit`].
    pub fn decline_kit(&self, vault: &mut Vault, declined: bool, now: Timestamp) -> Result<(), SessionError> {
        let value = vec![u8::from(declined)];
        Ok(self.edit(vault, now, "", |edit| edit.put_setting(Tag::KIT_DECLINED, value))?)
    }

    /// Whether there is a recovery kit.
    pub fn kit_status(&self, vault: &Vault) -> KitStatus {
        let kit = self.key_slots(vault).into_iter().find(|key| key.kind() == SlotKind::Recovery);
        match kit {
            Some(kit) => KitStatus::Made { created: kit.created, tested: kit.tested },
            None if vault.setting(Tag::KIT_DECLINED) == Some(&[1]) => KitStatus::Declined,
            None => KitStatus::None,
        }
    }
}

impl Session {
    /// Whether to offer a recovery kit now: there is none, it is not declined, and one of the days has come on
    /// which it is offered. Once a day of those, for this installation.
    pub fn offers_kit(&self, vault: &Vault, now: Timestamp) -> bool {
        let made = vault.stamps().first().map_or(now, |first| first.time);
        let due = self.kit_status(vault) == KitStatus::None
            && !self.read_only
            && !self.is_in_memory()
            && offer::is_due(made, reminder::offered(self.disk(), &self.dir), now);
        if due {
            // Where it cannot be noted it is offered once more.
            let _ = reminder::note(self.disk(), &self.dir, now);
        }
        due
    }
}

/// Wraps the vault key into a slot. `derived` are the passphrases that were derived already.
pub(super) fn wrap<'a>(
    keys: &Keys,
    secret: SlotSecret<'a>,
    cost: Cost,
    derived: &mut Vec<(&'a Passphrase, Derivation)>,
) -> Result<Slot, FormatError> {
    let (passphrase, key_file) = match secret {
        SlotSecret::Recovery(code) => {
            return Slot::for_recovery(keys.vault_key(), keys.vault_id(), code, &mut SystemRandom);
        }
        SlotSecret::Passphrase(passphrase) => (passphrase, None),
        SlotSecret::PassphraseAndKeyFile(passphrase, key_file) => (passphrase, Some(key_file)),
    };
    if !derived.iter().any(|(known, _)| known.is_same(passphrase)) {
        derived.push((passphrase, Derivation::new(passphrase, cost, &mut SystemRandom)?));
    }
    let derivation = derived.iter().find(|(known, _)| known.is_same(passphrase)).map(|(_, made)| made);
    let derivation = derivation.ok_or(FormatError::WrongSecret)?;
    Slot::for_derivation(keys.vault_key(), keys.vault_id(), derivation, key_file, &mut SystemRandom)
}

/// Writes the record of a slot.
pub(super) fn put_slot(
    edit: &mut Edit<'_, '_>,
    id: Id,
    name: &str,
    slot: &Slot,
    now: Timestamp,
) -> Result<(), EditError> {
    edit.put(Kind::SLOT, id, Tag::TITLE, None, 0, shortened(name).as_bytes().to_vec())?;
    edit.put(Kind::SLOT, id, Tag::CREATED, None, 0, now.0.to_le_bytes().to_vec())?;
    edit.put(Kind::SLOT, id, Tag::SLOT_BYTES, None, 0, slot.bytes().to_vec())
}

/// Makes an asked cost the vault's policy.
pub(super) fn put_policy(edit: &mut Edit<'_, '_>, price: Price) -> Result<(), EditError> {
    let Price::Asked(cost) = price else { return Ok(()) };
    let policy = [cost.memory_kib(), cost.passes(), cost.lanes()];
    edit.put_setting(Tag::COST_POLICY, policy.into_iter().flat_map(u32::to_le_bytes).collect())
}

fn shortened(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}

/// Names of the slots of a vault that would have more than the format holds.
pub(super) fn names(vault: &Vault) -> Vec<String> {
    key_slots(vault, &[]).into_iter().map(|key| key.name).collect()
}

/// Refuses a vault whose header would not hold its slots: two devices may have added some each.
pub(super) fn check(vault: &Vault, known: &[Slot]) -> Result<(), SessionError> {
    let slots = slots_of(vault, known);
    if slots.len() > SLOT_COUNT {
        return Err(SessionError::TooManySlots(names(vault)));
    }
    if !slots.is_empty() && slot::check_all(&slots).is_err() {
        return Err(SessionError::TooManyPasswords);
    }
    Ok(())
}
