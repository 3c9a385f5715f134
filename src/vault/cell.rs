//! Cells, their stamps, and the records they belong to.

use std::cmp::Ordering;

use super::arena::Span;
use super::id::Id;
use super::tag::{EMPTIED, Kind, REMOVED, SEALED, Tag};
use crate::time::Timestamp;

/// When a cell was written: after which file, by whom, and (only to tell stamps of one writer apart, and to
/// show it) at what time. The order of the fields is the order of stamps: clocks decide nothing between writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp {
    /// One more than that of the file it was made on.
    pub generation: u64,
    /// The installation that wrote it.
    pub writer: Id,
    /// The writer's clock.
    pub time: Timestamp,
}

/// One who has saved the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer {
    /// The installation.
    pub id: Id,
    /// Generation of its last save.
    pub generation: u64,
    /// Time of its last save.
    pub time: Timestamp,
}

/// One value of one field as of one stamp. Never changed.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// What the value means.
    pub tag: Tag,
    /// [`SEALED`], [`REMOVED`], [`EMPTIED`].
    pub flags: u8,
    /// Version of the value's encoding, 0.
    pub version: u8,
    /// Index into the vault's stamps.
    pub stamp: u32,
    /// Which of several values of the tag; none for a single-valued tag.
    pub field: Option<Id>,
    /// The value.
    pub value: Span,
}

impl Cell {
    /// Whether the value is ciphertext.
    pub fn is_sealed(&self) -> bool {
        self.flags & SEALED != 0
    }

    /// Whether this cell says that the field is gone.
    pub fn is_removed(&self) -> bool {
        self.flags & REMOVED != 0
    }

    /// Whether the value was deleted for good.
    pub fn is_emptied(&self) -> bool {
        self.flags & EMPTIED != 0
    }

    /// The field it is a value of, and when: all but flags, version and value.
    fn place(&self) -> (Tag, Option<Id>, u32) {
        (self.tag, self.field, self.stamp)
    }
}

/// A cell to be added, with its value.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // as in `Record` and `Cell`
pub struct NewCell {
    pub kind: Kind,
    pub id: Id,
    pub tag: Tag,
    pub field: Option<Id>,
    pub stamp: Stamp,
    pub flags: u8,
    pub version: u8,
    pub value: Vec<u8>,
}

/// A thing that the vault keeps, as all the cells it ever had.
#[derive(Debug, Clone)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: Id,
    /// Sorted by tag, field, stamp, flags, version, value.
    pub cells: Vec<Cell>,
}

impl Record {
    /// The greatest cell of a field that is not emptied; it may say that the field is gone.
    pub fn current(&self, tag: Tag, field: Option<Id>) -> Option<&Cell> {
        self.cells_of(tag, field).iter().rev().find(|cell| !cell.is_emptied())
    }

    /// All cells of a field, oldest first.
    pub fn cells_of(&self, tag: Tag, field: Option<Id>) -> &[Cell] {
        self.range(|cell| (cell.tag, cell.field).cmp(&(tag, field)))
    }

    /// All cells of a tag, by field, oldest first.
    pub fn cells_tagged(&self, tag: Tag) -> &[Cell] {
        self.range(|cell| cell.tag.cmp(&tag))
    }

    /// The current cell of every field of a tag that has one, sorted by field.
    pub fn current_of_each(&self, tag: Tag) -> impl Iterator<Item = &Cell> {
        let fields = self.cells_tagged(tag).chunk_by(|a, b| a.field == b.field);
        fields
            .filter_map(|cells| cells.iter().rev().find(|cell| !cell.is_emptied()))
            .filter(|cell| !cell.is_removed())
    }

    /// Adds a cell, replacing what has the same tag, field and stamp, unless that is emptied.
    pub(super) fn put(&mut self, cell: Cell) {
        let place = cell.place();
        let start = self.cells.partition_point(|known| known.place() < place);
        let same = self.cells.iter().skip(start).take_while(|known| known.place() == place).count();
        if self.cells.iter().skip(start).take(same).any(Cell::is_emptied) {
            return;
        }
        self.cells.splice(start..start + same, [cell]);
    }

    fn range(&self, order: impl Fn(&Cell) -> Ordering) -> &[Cell] {
        let start = self.cells.partition_point(|cell| order(cell) == Ordering::Less);
        let rest = self.cells.get(start..).unwrap_or_default();
        let len = rest.partition_point(|cell| order(cell) == Ordering::Equal);
        rest.get(..len).unwrap_or_default()
    }
}
