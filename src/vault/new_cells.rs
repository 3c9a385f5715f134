//! Cells on their way into a vault, in the order in which they were written. A million entries are some eight
//! million cells, so they are kept as the vault keeps them, side by side, and in blocks: what the vault has
//! taken over of them is given back while the rest still waits.

use super::arena::Arena;
use super::cell::{Cell, NewCell, Stamp};
use super::id::Id;
use super::tag::Kind;

/// Most cells of a block, and bytes of values behind which the next one begins.
const MOST_CELLS: usize = 1 << 18;
const MOST_BYTES: usize = 8 << 20;

/// Cells to be added.
#[derive(Debug, Default)]
pub struct NewCells {
    blocks: Vec<Block>,
    /// The stamps of all of them; one may stand there more than once.
    stamps: Vec<Stamp>,
    len: usize,
    /// Bytes of all values.
    bytes: usize,
}

/// Cells side by side, each with the record that it is for; its stamp is an index into [`NewCells::stamps`].
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) cells: Vec<(Kind, Id, Cell)>,
    pub(super) values: Arena,
    /// How many cells stand in the blocks before.
    first: usize,
    bytes: usize,
}

impl NewCells {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of all values.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The stamps of all, in no order, some of them more than once.
    pub fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    /// Adds one behind the others.
    pub fn push(&mut self, new: &NewCell) {
        let stamp = self.stamp(new.stamp);
        let is_full = |block: &Block| block.cells.len() >= MOST_CELLS || block.bytes >= MOST_BYTES;
        if self.blocks.last().is_none_or(is_full) {
            self.blocks.push(Block { first: self.len, ..Block::default() });
        }
        let Some(block) = self.blocks.last_mut() else { return };
        let NewCell { kind, id, tag, field, flags, version, .. } = *new;
        let value = block.values.add(&new.value);
        block.cells.push((kind, id, Cell { tag, flags, version, stamp, field, value }));
        block.bytes += new.value.len();
        self.bytes += new.value.len();
        self.len += 1;
    }

    /// The index of a stamp. Nearly all cells have the first one, and most others that of the cell before.
    fn stamp(&mut self, stamp: Stamp) -> u32 {
        let last = self.stamps.len().saturating_sub(1);
        let known = [0, last].into_iter().find(|at| self.stamps.get(*at) == Some(&stamp));
        let at = known.unwrap_or_else(|| {
            self.stamps.push(stamp);
            self.stamps.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// All but the first `start`, each with its record and its value.
    pub fn since(&self, start: usize) -> impl DoubleEndedIterator<Item = (Kind, Id, &Cell, &[u8])> {
        self.blocks.iter().flat_map(move |block| {
            let cells = block.cells.get(start.saturating_sub(block.first)..).unwrap_or_default();
            cells.iter().map(|(kind, id, cell)| (*kind, *id, cell, block.values.bytes(cell.value)))
        })
    }

    /// The records that they are for, in order; one may come more than once.
    pub fn records(&self) -> impl Iterator<Item = (Kind, Id)> {
        let runs = self
            .blocks
            .iter()
            .flat_map(|block| block.cells.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)));
        runs.filter_map(|run| run.first()).map(|(kind, id, _)| (*kind, *id))
    }

    pub(super) fn into_blocks(self) -> impl Iterator<Item = Block> {
        self.blocks.into_iter()
    }
}

impl FromIterator<NewCell> for NewCells {
    fn from_iter<I: IntoIterator<Item = NewCell>>(cells: I) -> Self {
        let mut new = Self::default();
        cells.into_iter().for_each(|cell| new.push(&cell));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::super::Vault;
    use super::super::tag::Tag;
    use super::*;
    use crate::time::Timestamp;

    fn cell(record: u32, number: u32, time: u64) -> NewCell {
        let mut id = Id::ZERO;
        id.0[..4].copy_from_slice(&record.to_be_bytes());
        let stamp = Stamp { generation: 1, writer: Id::ZERO, time: Timestamp(time) };
        let value = number.to_le_bytes().to_vec();
        NewCell { kind: Kind::ENTRY, id, tag: Tag::TITLE, field: None, stamp, flags: 0, version: 0, value }
    }

    /// Records that stand in several blocks, in another order than that of their ids.
    #[test]
    fn what_comes_in_many_blocks_is_what_comes_in_one() {
        let count = u32::try_from(MOST_CELLS).unwrap() * 2 + 3;
        let cells = || (0..count).map(|number| cell((count - number) % 1000, number, u64::from(number % 3)));
        let new: NewCells = cells().collect();
        assert_eq!((new.len(), new.bytes(), new.blocks.len()), (count as usize, 4 * count as usize, 3));
        let last: Vec<&[u8]> = new.since(MOST_CELLS * 2 + 1).map(|(.., value)| value).collect();
        assert_eq!(last, [(count - 2).to_le_bytes(), (count - 1).to_le_bytes()]);
        let mut vault = Vault::new();
        vault.apply(new);
        assert!(vault.records().is_sorted_by_key(|record| record.id) && vault.records().len() == 1000);
        // Of several values under one stamp the last one counts.
        for (number, new) in (0..count).zip(cells()).skip(count as usize - 3000) {
            let record = vault.record(new.kind, new.id).unwrap();
            let same = record.cells.iter().find(|cell| vault.stamp(cell) == new.stamp).unwrap();
            assert_eq!(vault.value(same), number.to_le_bytes());
        }
    }
}
