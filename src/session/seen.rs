//! What this device has seen of a vault: one record for each vault key, each under a MAC that only that key
//! makes; and how a file stands to it. Pure data: [`super::recall`] reads and writes it.
//!
//! What cannot be verified may raise a warning and never silences one: a record whose MAC does not hold still
//! tells of a newer state, but nothing counts as seen because of it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::crypto::derive;
use crate::format::Keys;
use crate::time::Timestamp;
use crate::vault::{Id, MAX_WRITERS, Vault, Writer};

/// Most bytes of the records of one vault.
pub const MAX_LEN: usize = 512 * 1024;
/// Records kept: that many changes of the key ago, a key is unknown.
const MAX_RECORDS: usize = 16;
const VERSION: u8 = 1;

/// The public name of a vault key.
pub type VkId = [u8; 16];

/// The records are damaged, or of a later version.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("what this device remembers of the vault cannot be read")]
pub struct Unreadable;

/// The last file seen under one vault key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The key.
    pub vk_id: VkId,
    /// Whether another key has taken its place.
    pub superseded: bool,
    /// The file's digest.
    pub digest: [u8; 32],
    /// Its generation.
    pub generation: u64,
    /// The highest major version of the format seen.
    pub major: u16,
    /// SHA-256 of its slots.
    pub slots: [u8; 32],
    /// Where the vault is: the bytes of its path.
    pub place: Vec<u8>,
    /// Everyone who had saved, with generation and time of the last save; sorted.
    writers: Vec<([u8; 16], u64, u64)>,
}

impl Record {
    /// Of a file with these contents.
    pub fn new(keys: &Keys, vault: &Vault, digest: [u8; 32], major: u16, slots: [u8; 32]) -> Self {
        let writers = vault.writers().iter();
        Self {
            vk_id: keys.vk_id(),
            superseded: false,
            digest,
            generation: vault.generation(),
            major,
            slots,
            place: Vec::new(),
            writers: writers.map(|writer| (writer.id.0, writer.generation, writer.time.0)).collect(),
        }
    }

    /// Everyone who had saved, sorted by id.
    pub fn writers(&self) -> Vec<Writer> {
        let writers = self.writers.iter();
        let writer = |(id, generation, time): &([u8; 16], u64, u64)| Writer {
            id: Id(*id),
            generation: *generation,
            time: Timestamp(*time),
        };
        let mut writers: Vec<Writer> = writers.map(writer).collect();
        // One that does not verify may have any order.
        writers.sort_by_key(|writer| writer.id);
        writers
    }

    /// When the newest save in it was made, by the clock of who made it.
    pub fn saved_at(&self) -> Timestamp {
        Timestamp(self.writers.iter().map(|(_, _, time)| *time).max().unwrap_or_default())
    }

    /// HMAC(state_key, record)
    fn mac(&self, keys: &Keys) -> [u8; 32] {
        let key = derive::state_key(keys.vault_key(), &keys.vault_id().0);
        derive::hmac_sha256(&key, &[&encoded(self)])
    }
}

/// What is known under the key at hand.
#[derive(Debug, Clone, Copy)]
pub enum Remembered<'m> {
    /// Nothing.
    Nothing,
    /// A record that someone without the key wrote, or damaged.
    Unverified(&'m Record),
    /// A record that this program wrote with the key.
    Verified(&'m Record),
}

impl<'m> Remembered<'m> {
    /// The record, whoever wrote it.
    pub fn any(self) -> Option<&'m Record> {
        match self {
            Self::Nothing => None,
            Self::Unverified(record) | Self::Verified(record) => Some(record),
        }
    }

    /// The record, if this program wrote it.
    pub fn verified(self) -> Option<&'m Record> {
        match self {
            Self::Verified(record) => Some(record),
            _ => None,
        }
    }
}

/// How the key of a file stands to those that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// It is the only one ever seen, or the first.
    Known,
    /// It has taken the place of the one seen here, on another device.
    Replaces,
    /// Another one has taken its place, or it cannot be told.
    Older,
}

/// All records of one vault.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    version: u8,
    /// The one written last at the end.
    kept: Vec<(Record, [u8; 32])>,
}

impl Memory {
    /// Reads what [`Memory::to_bytes`] wrote. MACs are not checked here.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let config = bincode::config::standard().with_fixed_int_encoding().with_limit::<MAX_LEN>();
        let read: Result<(Self, usize), _> = bincode::serde::decode_from_slice(bytes, config);
        match read {
            Ok((memory, len)) if len == bytes.len() && memory.version == VERSION => Ok(memory),
            _ => Err(Unreadable),
        }
    }

    /// The bytes to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoded(&Self { version: VERSION, kept: self.kept.clone() })
    }

    /// What is known under these keys.
    pub fn of(&self, keys: &Keys) -> Remembered<'_> {
        let vk_id = keys.vk_id();
        match self.kept.iter().find(|(record, _)| record.vk_id == vk_id) {
            None => Remembered::Nothing,
            Some((record, mac)) if derive::same(&record.mac(keys), mac) => Remembered::Verified(record),
            Some((record, _)) => Remembered::Unverified(record),
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The records under other keys. None of them is verified.
    pub fn others(&self, vk_id: VkId) -> impl Iterator<Item = &Record> {
        self.kept.iter().map(|(record, _)| record).filter(move |record| record.vk_id != vk_id)
    }

    /// Those of them that no other key has taken the place of.
    pub fn live(&self, vk_id: VkId) -> impl Iterator<Item = &Record> {
        self.others(vk_id).filter(|record| !record.superseded)
    }

    /// The record that was written last, not verified.
    pub fn latest(&self) -> Option<&Record> {
        self.kept.last().map(|(record, _)| record)
    }

    /// How the key of a file stands to those that were seen. `replaced` are the keys that the file itself says
    /// it has taken the place of.
    pub fn standing_of(&self, keys: &Keys, replaced: &[VkId]) -> KeyStanding {
        let others = || self.live(keys.vk_id());
        match self.of(keys) {
            Remembered::Nothing if self.kept.is_empty() => KeyStanding::Known,
            Remembered::Nothing if others().any(|record| replaced.contains(&record.vk_id)) => {
                KeyStanding::Replaces
            }
            Remembered::Nothing => KeyStanding::Older,
            found if found.any().is_some_and(|record| record.superseded) => KeyStanding::Older,
            Remembered::Unverified(_) if others().next().is_some() => KeyStanding::Older,
            _ => KeyStanding::Known,
        }
    }

    /// Writes a record down, in the place of what is known under its key.
    pub fn note(&mut self, record: Record, keys: &Keys) {
        self.kept.retain(|(known, _)| known.vk_id != record.vk_id);
        let mac = record.mac(keys);
        self.kept.push((record, mac));
        let above = self.kept.len().saturating_sub(MAX_RECORDS);
        self.kept.drain(..above);
    }

    /// Notes that another key has taken the place of `keys`.
    pub fn supersede(&mut self, keys: &Keys) {
        let vk_id = keys.vk_id();
        for (record, mac) in self.kept.iter_mut().filter(|(record, _)| record.vk_id == vk_id) {
            record.superseded = true;
            *mac = record.mac(keys);
        }
    }

    /// The same for a key that is not at hand. Without its MAC the record stays suspect for good, whatever
    /// is made of its mark.
    pub fn supersede_unverified(&mut self, replaced: &[VkId]) {
        for (record, mac) in self.kept.iter_mut().filter(|(record, _)| replaced.contains(&record.vk_id)) {
            if !record.superseded {
                record.superseded = true;
                *mac = [0; 32];
            }
        }
    }
}

fn encoded(value: &impl Serialize) -> Vec<u8> {
    let config = bincode::config::standard().with_fixed_int_encoding();
    bincode::serde::encode_to_vec(value, config).unwrap_or_default()
}

/// How a file stands to what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing was seen before.
    First,
    /// It is what was seen.
    Same,
    /// It comes from what was seen.
    Newer,
    /// What was seen comes from it: it was put back.
    Older,
    /// Both have what the other has not.
    Forked,
}

impl Standing {
    /// Whether the file has all that was seen.
    pub fn has_all(self) -> bool {
        matches!(self, Self::First | Self::Same | Self::Newer)
    }
}

/// How a file that was saved by `file` stands to one that was saved by `seen`; both sorted by id.
pub fn compare(file: &[Writer], seen: &[Writer]) -> Standing {
    match (covers(file, seen), covers(seen, file)) {
        (true, true) => Standing::Same,
        (true, false) => Standing::Newer,
        (false, true) => Standing::Older,
        (false, false) => Standing::Forked,
    }
}

/// Whether `list` has every save that `other` has. A full list has dropped those longest silent.
pub fn covers(list: &[Writer], other: &[Writer]) -> bool {
    let rank = |writer: &Writer| (writer.generation, writer.time, writer.id);
    let least = if list.len() < MAX_WRITERS { None } else { list.iter().map(rank).min() };
    other.iter().all(|writer| {
        let known = list.binary_search_by_key(&writer.id, |known| known.id).ok().and_then(|at| list.get(at));
        match known {
            // One generation at two times are two saves, by two installations of one id.
            Some(known) => known.generation > writer.generation || rank(known) == rank(writer),
            None => least.is_some_and(|least| rank(writer) <= least),
        }
    })
}

/// The greater of both for every writer; sorted.
pub fn join(a: &[Writer], b: &[Writer]) -> Vec<Writer> {
    let mut joined: Vec<Writer> = a.iter().chain(b).copied().collect();
    joined.sort_by_key(|writer| (writer.id, writer.generation, writer.time));
    joined.reverse();
    joined.dedup_by_key(|writer| writer.id);
    joined.reverse();
    joined
}

/// How many entries have in `all` what they do not have in `part`, where `all` is a merge of `part`.
pub fn entries_gained(part: &Vault, all: &Vault) -> usize {
    let shape = |vault: &Vault, id| {
        let record = vault.entry(id).map(|entry| entry.record());
        record
            .map(|record| (record.cells.len(), record.cells.iter().filter(|cell| cell.is_emptied()).count()))
    };
    all.entries().filter(|entry| shape(all, entry.id()) != shape(part, entry.id())).count()
}

/// Whether `all`, a merge of `part`, has a cell that `part` has not.
pub fn has_gained(part: &Vault, all: &Vault) -> bool {
    let shape = |vault: &Vault| {
        let cells = || vault.records().iter().flat_map(|record| &record.cells);
        (cells().count(), cells().filter(|cell| cell.is_emptied()).count())
    };
    shape(part) != shape(all)
}

#[cfg(test)]
mod tests;
