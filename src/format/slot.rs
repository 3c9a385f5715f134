//! Key slots: the vault key, wrapped once for each way to open the vault.
//!
//! ```text
//! A   = Argon2id(passphrase, kdf_salt, m, t, p)
//! ikm = A | A || key_file_key | code                                    types 1 | 2 | 3
//! kek, kek_commit = HKDF(wrap_salt, ikm, "tresor/slot/1" || vault_id || slot[0..48])
//! wrapped = XCP(kek, wrap_nonce, VK, "tresor/wrap/1" || vault_id || slot[0..80] || slot[152..480])
//! ```
//!
//! The commitment is compared before anything is decrypted: XChaCha20-Poly1305 alone does not commit to its key.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::Reserved;
use super::derivation::Derivation;
use super::error::FormatError;
use super::header::Header;
use super::key_file::KeyFile;
use super::keys::Keys;
use super::passphrase::Passphrase;
use super::recovery::RecoveryCode;
use crate::crypto::aead;
use crate::crypto::derive::{self, Key};
use crate::crypto::kdf::Cost;
use crate::crypto::random::{Random, array};
use crate::secret::Secret;
use crate::vault::Id;

const KDF_ARGON2ID: u8 = 1;
const FLAGS: usize = 2;
const COST: usize = 4;
const KDF_SALT: usize = 16;
const WRAP_SALT: usize = 32;
const KEK_COMMIT: usize = 48;
const WRAP_NONCE: usize = 80;
const WRAPPED: usize = 104;
const EXTRA: usize = 152;
/// Most different (salt, cost) in one header: each is a derivation that an attempt pays for.
const MAX_DERIVATIONS: usize = 3;

/// What opens a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// Nothing: the slot is not in use.
    Empty,
    /// The master password.
    Passphrase,
    /// The master password and a key file.
    PassphraseAndKeyFile,
    /// A recovery code.
    Recovery,
    /// Something that this version does not know; kept as it is.
    Unknown(u8),
}

/// One slot, as its 480 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    bytes: [u8; Self::LEN],
}

/// What a person gave to open a vault.
#[derive(Debug)]
pub enum Credentials<'a> {
    /// The master password, with the key file if there is one.
    Passphrase(&'a Passphrase, Option<&'a KeyFile>),
    /// The recovery code.
    Recovery(&'a RecoveryCode),
}

/// Tries the slots that fit what was given, each (salt, cost) derived once. Gives the keys and the index of
/// the slot that opened: the first whose key is that of the payload, or where none is, the first.
///
/// # Errors
/// [`FormatError::WrongSecret`], [`FormatError::MissingKeyFile`], [`FormatError::SlotTampered`].
pub fn unlock(header: &Header, given: &Credentials<'_>) -> Result<(Keys, usize), FormatError> {
    let wanted: &[SlotKind] = match given {
        Credentials::Passphrase(_, Some(_)) => &[SlotKind::PassphraseAndKeyFile, SlotKind::Passphrase],
        Credentials::Passphrase(_, None) => &[SlotKind::Passphrase],
        Credentials::Recovery(_) => &[SlotKind::Recovery],
    };
    let mut derived: Vec<Derivation> = Vec::new();
    let mut of_another_key = None;
    for kind in wanted {
        for (index, slot) in header.slots().iter().enumerate().filter(|(_, slot)| slot.kind() == *kind) {
            let opened = match given {
                Credentials::Recovery(code) => slot.open_with_code(header.vault_id(), code),
                Credentials::Passphrase(passphrase, key_file) => {
                    let known = derived.iter().position(|derivation| derivation.is_of(slot));
                    if known.is_none() {
                        derived.push(Derivation::of(slot, passphrase)?);
                    }
                    match known.and_then(|at| derived.get(at)).or(derived.last()) {
                        Some(derivation) => slot.open(header.vault_id(), derivation, *key_file),
                        None => Err(FormatError::WrongSecret),
                    }
                }
            };
            match opened {
                Ok(vault_key) => {
                    let keys = Keys::new(header.vault_id(), vault_key);
                    if super::is_under(header, &keys) {
                        return Ok((keys, index));
                    }
                    of_another_key.get_or_insert((keys, index));
                }
                Err(FormatError::WrongSecret) => {}
                Err(FormatError::SlotTampered { .. }) => {
                    return Err(FormatError::SlotTampered { slot: index });
                }
                Err(other) => return Err(other),
            }
        }
    }
    if let Some(opened) = of_another_key {
        return Ok(opened);
    }
    let has = |kind| header.slots().iter().any(|slot| slot.kind() == kind);
    let lacks_key_file = matches!(given, Credentials::Passphrase(_, None))
        && has(SlotKind::PassphraseAndKeyFile)
        && !has(SlotKind::Passphrase);
    Err(if lacks_key_file { FormatError::MissingKeyFile } else { FormatError::WrongSecret })
}

impl Slot {
    /// Bytes of a slot.
    pub const LEN: usize = 480;
    const EMPTY: Self = Self { bytes: [0; Self::LEN] };

    /// Checks one slot by itself: known types have nothing but zero where the format says so, and costs
    /// within the bounds.
    ///
    /// # Errors
    /// [`FormatError::Malformed`], [`FormatError::Cost`].
    pub fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        let slot = Self::parse(bytes, Reserved::Refused)?;
        if slot.wants_derivation() {
            slot.cost()?;
        }
        Ok(slot)
    }

    /// Checks all but the costs.
    pub(super) fn parse(bytes: &[u8], reserved: Reserved) -> Result<Self, FormatError> {
        let slot = Self { bytes: bytes.try_into().map_err(|_| FormatError::Malformed("slot length"))? };
        let zero = |range: Range<usize>| slot.part(range).iter().all(|byte| *byte == 0);
        let free = reserved == Reserved::Ignored || (zero(FLAGS..COST) && zero(EXTRA..Self::LEN));
        let well_formed = match slot.kind() {
            SlotKind::Empty => slot == Self::EMPTY,
            SlotKind::Unknown(_) => true,
            SlotKind::Recovery => slot.kdf() == 0 && zero(COST..WRAP_SALT) && free,
            SlotKind::Passphrase | SlotKind::PassphraseAndKeyFile => slot.kdf() == KDF_ARGON2ID && free,
        };
        if well_formed { Ok(slot) } else { Err(FormatError::Malformed("a key slot")) }
    }

    /// Wraps `vault_key` for whoever has the master password, and the key file where one is given.
    ///
    /// # Errors
    /// [`FormatError::Kdf`], [`FormatError::Random`].
    pub fn for_passphrase(
        vault_key: &Key,
        vault_id: Id,
        passphrase: &Passphrase,
        key_file: Option<&KeyFile>,
        cost: Cost,
        random: &mut dyn Random,
    ) -> Result<Self, FormatError> {
        let derivation = Derivation::new(passphrase, cost, random)?;
        Self::for_derivation(vault_key, vault_id, &derivation, key_file, random)
    }

    /// As [`Slot::for_passphrase`], with a passphrase that is derived already: slots of one derivation share
    /// salt and cost, and an attempt pays for it once.
    ///
    /// # Errors
    /// [`FormatError::Random`].
    pub fn for_derivation(
        vault_key: &Key,
        vault_id: Id,
        derivation: &Derivation,
        key_file: Option<&KeyFile>,
        random: &mut dyn Random,
    ) -> Result<Self, FormatError> {
        let mut slot = Self::EMPTY;
        let cost = derivation.cost();
        slot.put(0, &[if key_file.is_some() { 2 } else { 1 }, KDF_ARGON2ID]);
        slot.put(COST, &cost.memory_kib().to_le_bytes());
        slot.put(COST + 4, &cost.passes().to_le_bytes());
        slot.put(COST + 8, &cost.lanes().to_le_bytes());
        slot.put(KDF_SALT, &derivation.salt());
        match key_file {
            Some(file) => {
                slot.wrap(&[derivation.expose(), file.key().expose()], vault_key, vault_id, random)?
            }
            None => slot.wrap(&[derivation.expose()], vault_key, vault_id, random)?,
        }
        Ok(slot)
    }

    /// Wraps `vault_key` for whoever has the recovery code. It needs no slow derivation: it is random.
    ///
    /// # Errors
    /// [`FormatError::Random`].
    pub fn for_recovery(
        vault_key: &Key,
        vault_id: Id,
        code: &RecoveryCode,
        random: &mut dyn Random,
    ) -> Result<Self, FormatError> {
        let mut slot = Self::EMPTY;
        slot.put(0, &[3]);
        slot.wrap(&[code.expose()], vault_key, vault_id, random)?;
        Ok(slot)
    }

    /// The vault key, for a passphrase derived at this slot's salt and cost, and the key file where the slot
    /// wants one.
    ///
    /// # Errors
    /// [`FormatError::WrongSecret`], also for a slot of another kind or salt; [`FormatError::SlotTampered`].
    pub fn open(
        &self,
        vault_id: Id,
        derivation: &Derivation,
        key_file: Option<&KeyFile>,
    ) -> Result<Key, FormatError> {
        match (self.kind(), key_file) {
            _ if !derivation.is_of(self) => Err(FormatError::WrongSecret),
            (SlotKind::Passphrase, _) => self.unwrap_key(&[derivation.expose()], vault_id),
            (SlotKind::PassphraseAndKeyFile, Some(file)) => {
                self.unwrap_key(&[derivation.expose(), file.key().expose()], vault_id)
            }
            _ => Err(FormatError::WrongSecret),
        }
    }

    /// The vault key, for a recovery code.
    ///
    /// # Errors
    /// As [`Slot::open`].
    pub fn open_with_code(&self, vault_id: Id, code: &RecoveryCode) -> Result<Key, FormatError> {
        match self.kind() {
            SlotKind::Recovery => self.unwrap_key(&[code.expose()], vault_id),
            _ => Err(FormatError::WrongSecret),
        }
    }

    /// What opens it.
    pub fn kind(&self) -> SlotKind {
        match self.bytes.first() {
            Some(0) => SlotKind::Empty,
            Some(1) => SlotKind::Passphrase,
            Some(2) => SlotKind::PassphraseAndKeyFile,
            Some(3) => SlotKind::Recovery,
            other => SlotKind::Unknown(other.copied().unwrap_or_default()),
        }
    }

    /// Whether it is not in use.
    pub fn is_empty(&self) -> bool {
        self.kind() == SlotKind::Empty
    }

    /// What a guess at it costs.
    ///
    /// # Errors
    /// [`FormatError::Cost`] outside the bounds, which is so for slots without a derivation.
    pub fn cost(&self) -> Result<Cost, FormatError> {
        let number = |at| u32::from_le_bytes(self.array(at));
        Ok(Cost::new(number(COST), number(COST + 4), number(COST + 8))?)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }

    /// Whether a passphrase opens it, alone or with a key file.
    pub fn wants_derivation(&self) -> bool {
        matches!(self.kind(), SlotKind::Passphrase | SlotKind::PassphraseAndKeyFile)
    }

    fn kdf(&self) -> u8 {
        self.bytes.get(1).copied().unwrap_or_default()
    }

    pub(super) fn kdf_salt(&self) -> [u8; 16] {
        self.array(KDF_SALT)
    }

    fn wrap(
        &mut self,
        ikm: &[&[u8]],
        vault_key: &Key,
        vault_id: Id,
        random: &mut dyn Random,
    ) -> Result<(), FormatError> {
        let wrap_salt: [u8; 16] = array(random)?;
        let nonce: [u8; 24] = array(random)?;
        self.put(WRAP_SALT, &wrap_salt);
        let (kek, commit) = derive::slot_keys(ikm, &wrap_salt, &vault_id.0, self.part(0..KEK_COMMIT));
        self.put(KEK_COMMIT, &commit);
        self.put(WRAP_NONCE, &nonce);
        let aad = derive::wrap_aad(&vault_id.0, self.part(0..WRAP_NONCE), self.part(EXTRA..Self::LEN));
        let mut wrapped = *vault_key.expose();
        let tag = aead::seal_in_place(kek.expose(), &nonce, &aad, &mut wrapped);
        self.put(WRAPPED, &wrapped);
        self.put(WRAPPED + wrapped.len(), &tag);
        Ok(())
    }

    fn unwrap_key(&self, ikm: &[&[u8]], vault_id: Id) -> Result<Key, FormatError> {
        let (kek, commit) =
            derive::slot_keys(ikm, &self.array(WRAP_SALT), &vault_id.0, self.part(0..KEK_COMMIT));
        if !derive::same(&commit, self.part(KEK_COMMIT..WRAP_NONCE)) {
            return Err(FormatError::WrongSecret);
        }
        let aad = derive::wrap_aad(&vault_id.0, self.part(0..WRAP_NONCE), self.part(EXTRA..Self::LEN));
        let mut key = Secret::copy_of(self.part(WRAPPED..WRAPPED + 32));
        let tag = self.array(WRAPPED + 32);
        aead::open_in_place(kek.expose(), &self.array(WRAP_NONCE), &aad, key.expose_mut(), &tag)
            .map_err(|_| FormatError::SlotTampered { slot: 0 })?;
        key.expose().first_chunk().map(Key::copy_of).ok_or(FormatError::SlotTampered { slot: 0 })
    }

    fn put(&mut self, at: usize, value: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    }

    fn part(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({:?})", self.kind())
    }
}

/// Checks all slots together: one in use at least, few derivations, one cost for one salt, and then that
/// every cost is within the bounds.
///
/// # Errors
/// [`FormatError::Malformed`], [`FormatError::Cost`].
pub fn check_all(slots: &[Slot]) -> Result<(), FormatError> {
    if slots.iter().all(Slot::is_empty) {
        return Err(FormatError::Malformed("no key slot is in use"));
    }
    let derived = || slots.iter().filter(|slot| slot.wants_derivation());
    let derivations: BTreeSet<(&[u8], &[u8])> =
        derived().map(|slot| (slot.part(KDF_SALT..WRAP_SALT), slot.part(COST..KDF_SALT))).collect();
    let salts: BTreeSet<&[u8]> = derivations.iter().map(|(salt, _)| *salt).collect();
    if salts.len() < derivations.len() {
        return Err(FormatError::Malformed("one salt with two costs"));
    }
    if derivations.len() > MAX_DERIVATIONS {
        return Err(FormatError::Malformed("more than three key derivations"));
    }
    derived().try_for_each(|slot| slot.cost().map(drop))
}
