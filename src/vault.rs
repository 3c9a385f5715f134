//! The vault in memory: records of cells, the stored truth that is never changed in place, and what is read
//! from it. Pure data: no file, no key, no clock, no randomness of its own.
//!
//! A cell says "this field of this record had this value as of this stamp". The greatest stamp of a field is
//! its current value, the others are its history; an [edit] only ever adds cells, and merging two vaults is
//! the union of their cells. Values of secret fields are ciphertext here ([`seal::Seal`] makes and opens them).

pub mod arena;
pub mod attachment;
pub mod cell;
pub mod edit;
pub mod entry;
pub mod folder;
pub mod generated;
pub mod id;
pub mod item;
pub mod kinds;
pub mod new_cells;
pub mod reminder;
mod restore;
pub mod seal;
pub mod tag;
pub mod undo;

use std::cmp::Ordering;

pub use arena::{Arena, Span};
pub use cell::{Cell, NewCell, Record, Stamp, Writer};
pub use entry::Entry;
pub use id::Id;
pub use new_cells::NewCells;

use crate::time::Timestamp;
use new_cells::Block;
use seal::Place;
use tag::{Kind, Tag};

/// Most records in a vault.
pub const MAX_RECORDS: usize = 2_000_000;
/// Most cells in a vault.
pub const MAX_CELLS: usize = 16_000_000;
/// Most bytes in one value.
pub const MAX_VALUE: usize = 1024 * 1024;
/// Most bytes of a secret, which sealed is a value: nonce, length, padding and tag come on top.
pub const MAX_SECRET: usize = MAX_VALUE - 68;
/// Most writers that a vault names.
pub const MAX_WRITERS: usize = 256;

/// All records of a vault, with the values they refer to.
#[derive(Debug, Default, Clone)]
pub struct Vault {
    generation: u64,
    writers: Vec<Writer>,
    stamps: Vec<Stamp>,
    records: Vec<Record>,
    arena: Arena,
}

impl Vault {
    /// A vault without records, as before its first save.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts together what a reader has checked: `writers` sorted by id, `stamps` sorted, `records` sorted by
    /// (kind, id) with sorted cells whose stamps are indexes into `stamps` and whose values lie in `arena`.
    pub fn from_parts(
        generation: u64,
        writers: Vec<Writer>,
        stamps: Vec<Stamp>,
        records: Vec<Record>,
        arena: Arena,
    ) -> Self {
        Self { generation, writers, stamps, records, arena }
    }

    /// The generation of the file that this was read from, zero before the first save.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Those who have saved, sorted by id.
    pub fn writers(&self) -> &[Writer] {
        &self.writers
    }

    /// Every stamp that a cell has, sorted.
    pub fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    /// All records, sorted by kind and id.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// All cells' values.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// The bytes of a cell's value.
    pub fn value(&self, cell: &Cell) -> &[u8] {
        self.arena.bytes(cell.value)
    }

    /// The stamp of a cell.
    pub fn stamp(&self, cell: &Cell) -> Stamp {
        self.stamps.get(cell.stamp as usize).copied().unwrap_or_default()
    }

    /// The record of this kind and id.
    pub fn record(&self, kind: Kind, id: Id) -> Option<&Record> {
        let at = self.position(kind, id).ok()?;
        self.records.get(at)
    }

    /// The records of a kind, sorted by id.
    pub fn records_of(&self, kind: Kind) -> &[Record] {
        let start = self.records.partition_point(|record| record.kind < kind);
        let end = self.records.partition_point(|record| record.kind <= kind);
        self.records.get(start..end).unwrap_or_default()
    }

    /// All entries, also those in the trash and those gone, sorted by id.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> + Clone {
        self.records_of(Kind::ENTRY).iter().map(|record| Entry::new(self, record))
    }

    /// The entry of this id, in whatever state.
    pub fn entry(&self, id: Id) -> Option<Entry<'_>> {
        self.record(Kind::ENTRY, id).map(|record| Entry::new(self, record))
    }

    /// The current cell of a field, unless there is none or it was removed.
    pub fn current<'v>(&self, record: &'v Record, tag: Tag, field: Option<Id>) -> Option<&'v Cell> {
        record.current(tag, field).filter(|cell| !cell.is_removed())
    }

    /// The current value of a single-valued tag of the settings.
    pub fn setting(&self, tag: Tag) -> Option<&[u8]> {
        let record = self.record(Kind::SETTINGS, Id::ZERO)?;
        self.current(record, tag, None).map(|cell| self.value(cell))
    }

    /// When it was last saved, by the clock of who did; the beginning of time where it never was.
    pub fn saved_at(&self) -> Timestamp {
        self.writers.iter().map(|writer| writer.time).max().unwrap_or_default()
    }

    /// The stamp of an edit made now: one generation after the file's, and later than every edit of the same
    /// writer that is not saved yet, whatever the clock says.
    pub fn next_stamp(&self, writer: Id, now: Timestamp) -> Stamp {
        let generation = self.generation + 1;
        let last = self.stamps.iter().rev().take_while(|stamp| stamp.generation >= generation);
        let mine = last.filter(|stamp| stamp.generation == generation && stamp.writer == writer);
        let after = mine.map(|stamp| stamp.time.plus_millis(1)).max().unwrap_or_default();
        Stamp { generation, writer, time: now.max(after) }
    }

    /// Adds cells. A cell that is there already changes nothing; of two in `cells` for one field and stamp
    /// the later counts. An emptied cell replaces what it empties.
    pub fn apply(&mut self, cells: NewCells) {
        let mut stamps = cells.stamps().to_vec();
        stamps.sort_unstable();
        stamps.dedup();
        self.intern(&stamps);
        let place = |stamp| u32::try_from(self.stamps.binary_search(stamp).unwrap_or_default());
        let places: Vec<u32> = cells.stamps().iter().map(|stamp| place(stamp).unwrap_or(u32::MAX)).collect();
        self.arena.reserve(cells.bytes());
        for block in cells.into_blocks() {
            self.apply_block(block, &places);
        }
    }

    /// Adds the cells of a block, whose stamps stand at `places` here.
    fn apply_block(&mut self, mut block: Block, places: &[u32]) {
        // The order of the cells of a record is kept.
        block.cells.sort_by_key(|(kind, id, _)| (*kind, *id));
        let mut fresh: Vec<Record> = Vec::new();
        for run in block.cells.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
            let Some((kind, id, _)) = run.first().copied() else { continue };
            let known = self.position(kind, id).ok().and_then(|at| self.records.get_mut(at));
            let mut new = Record { kind, id, cells: Vec::new() };
            let is_new = known.is_none();
            let record = known.unwrap_or(&mut new);
            record.cells.reserve_exact(run.len());
            for (.., cell) in run {
                let value = self.arena.add(block.values.bytes(cell.value));
                let stamp = places.get(cell.stamp as usize).copied().unwrap_or(u32::MAX);
                record.put(Cell { stamp, value, ..*cell });
            }
            if is_new {
                fresh.push(new);
            }
        }
        if !fresh.is_empty() {
            self.records.append(&mut fresh);
            // Both runs are sorted, which this sort sees and merges in one pass.
            self.records.sort_by_key(|record| (record.kind, record.id));
        }
    }

    /// The same vault with every sealed value replaced by what `reseal` makes of it.
    pub fn resealed(&self, mut reseal: impl FnMut(Place, &[u8]) -> Vec<u8>) -> Self {
        let mut arena = Arena::default();
        let mut records = self.records.clone();
        for record in &mut records {
            for cell in &mut record.cells {
                let value = self.arena.bytes(cell.value);
                cell.value = if cell.is_sealed() {
                    let place = Place { record: record.id, tag: cell.tag, field: cell.field };
                    arena.add(&reseal(place, value))
                } else {
                    arena.add(value)
                };
            }
        }
        Self { records, arena, stamps: self.stamps.clone(), writers: self.writers.clone(), ..*self }
    }

    /// Notes that this state was saved as `generation` by `writer` at `time`; beyond [`MAX_WRITERS`] the one
    /// longest silent is dropped.
    pub fn saved_by(&mut self, generation: u64, writer: Id, time: Timestamp) {
        self.generation = generation;
        let entry = Writer { id: writer, generation, time };
        match self.writers.binary_search_by_key(&writer, |known| known.id) {
            Ok(at) => {
                if let Some(known) = self.writers.get_mut(at) {
                    *known = entry;
                }
            }
            Err(at) => self.writers.insert(at, entry),
        }
        self.drop_silent_writers();
    }

    /// Drops those longest silent beyond [`MAX_WRITERS`]; which these are does not depend on the order of merges.
    fn drop_silent_writers(&mut self) {
        while self.writers.len() > MAX_WRITERS {
            let rank = |known: &Writer| (known.generation, known.time, known.id);
            let silent = self.writers.iter().enumerate().min_by_key(|(_, known)| rank(known));
            let Some(silent) = silent.map(|(at, _)| at) else { break };
            self.writers.remove(silent);
        }
    }

    /// Takes the greater of both for every writer, and of the generations; beyond [`MAX_WRITERS`] the writer
    /// longest silent is dropped.
    pub(crate) fn join_writers(&mut self, others: &[Writer], generation: u64) {
        self.generation = self.generation.max(generation);
        for other in others {
            match self.writers.binary_search_by_key(&other.id, |known| known.id) {
                Ok(at) => {
                    if let Some(known) = self.writers.get_mut(at)
                        && (known.generation, known.time) < (other.generation, other.time)
                    {
                        *known = *other;
                    }
                }
                Err(at) => self.writers.insert(at, *other),
            }
        }
        self.drop_silent_writers();
    }

    fn position(&self, kind: Kind, id: Id) -> Result<usize, usize> {
        self.records.binary_search_by(|record| (record.kind, record.id).cmp(&(kind, id)))
    }

    /// Makes every one of `new` (sorted) known, and keeps `stamps` sorted and cells pointing to theirs.
    fn intern(&mut self, new: &[Stamp]) {
        let missing: Vec<Stamp> =
            new.iter().filter(|stamp| self.stamps.binary_search(stamp).is_err()).copied().collect();
        let Some(first) = missing.first() else { return };
        if self.stamps.last().is_none_or(|last| last.cmp(first) == Ordering::Less) {
            self.stamps.extend(missing);
            return;
        }
        let old = std::mem::take(&mut self.stamps);
        self.stamps = old.iter().chain(&missing).copied().collect();
        self.stamps.sort_unstable();
        let moved: Vec<u32> = old
            .iter()
            .map(|stamp| {
                u32::try_from(self.stamps.binary_search(stamp).unwrap_or_default()).unwrap_or(u32::MAX)
            })
            .collect();
        for cell in self.records.iter_mut().flat_map(|record| &mut record.cells) {
            cell.stamp = moved.get(cell.stamp as usize).copied().unwrap_or(u32::MAX);
        }
    }
}
