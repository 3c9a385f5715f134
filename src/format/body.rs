//! The body: writers, stamps and records, each list sorted, so that equal content is equal bytes. The
//! reader borrows from the decrypted buffer (a cell holds the offset of its value), believes no count before it
//! has seen the bytes, and refuses what is unsorted, doubled or left over.
//!
//! ```text
//! body   = list of writers; list of stamps; list of records
//! writer = id 16, u64 generation, u64 time
//! stamp  = u64 generation, writer 16, u64 time
//! record = u16 kind, id 16, list of cells
//! cell   = u16 tag, option of field 16, u32 index of its stamp, u8 flags, u8 version, bytes value
//! ```
//!
//! These are the bytes that bincode 2 writes with fixed-length integers; a test compares.

use zeroize::Zeroizing;

use super::error::FormatError;
use crate::time::Timestamp;
use crate::vault::tag::{EMPTIED, Kind, REMOVED, SEALED, Tag};
use crate::vault::{
    Arena, Cell, Id, MAX_CELLS, MAX_RECORDS, MAX_VALUE, MAX_WRITERS, Record, Span, Stamp, Vault, Writer,
};

/// Bytes of a list's count.
const COUNT: usize = 8;
const WRITER: usize = 16 + 8 + 8;
const STAMP: usize = 8 + 16 + 8;
/// Bytes of a record without cells.
const RECORD: usize = 2 + 16 + COUNT;
/// Bytes of a cell without field and value.
const CELL: usize = 2 + 1 + 4 + 1 + 1 + COUNT;
/// Versions of cells that this program writes and understands.
const CELL_VERSION: u8 = 0;

/// A body that was read: values are offsets into the buffer that it was read from.
#[derive(Debug)]
pub struct Parts {
    writers: Vec<Writer>,
    stamps: Vec<Stamp>,
    records: Vec<Record>,
}

/// Bytes that [`encode`] writes.
pub fn encoded_len(vault: &Vault) -> usize {
    let lists = 3 * COUNT + vault.writers().len() * WRITER + vault.stamps().len() * STAMP;
    let record = |record: &Record| -> usize {
        let cell = |cell: &Cell| CELL + cell.field.map_or(0, |_| 16) + cell.value.len as usize;
        RECORD + record.cells.iter().map(cell).sum::<usize>()
    };
    lists + vault.records().iter().map(record).sum::<usize>()
}

/// Appends the body to `out`.
pub fn encode(vault: &Vault, out: &mut Vec<u8>) {
    out.extend((vault.writers().len() as u64).to_le_bytes());
    for writer in vault.writers() {
        out.extend(writer.id.0);
        out.extend(writer.generation.to_le_bytes());
        out.extend(writer.time.0.to_le_bytes());
    }
    out.extend((vault.stamps().len() as u64).to_le_bytes());
    for stamp in vault.stamps() {
        out.extend(stamp.generation.to_le_bytes());
        out.extend(stamp.writer.0);
        out.extend(stamp.time.0.to_le_bytes());
    }
    out.extend((vault.records().len() as u64).to_le_bytes());
    for record in vault.records() {
        out.extend(record.kind.0.to_le_bytes());
        out.extend(record.id.0);
        out.extend((record.cells.len() as u64).to_le_bytes());
        for cell in &record.cells {
            out.extend(cell.tag.0.to_le_bytes());
            match cell.field {
                Some(field) => {
                    out.push(1);
                    out.extend(field.0);
                }
                None => out.push(0),
            }
            out.extend(cell.stamp.to_le_bytes());
            out.extend([cell.flags, cell.version]);
            let value = vault.value(cell);
            out.extend((value.len() as u64).to_le_bytes());
            out.extend_from_slice(value);
        }
    }
}

/// Reads a body, all of `bytes`, which lie at `offset` in the buffer that values will be looked up in, of a
/// file of this `generation`.
///
/// # Errors
/// [`FormatError::Malformed`].
pub fn decode(bytes: &[u8], offset: usize, generation: u64) -> Result<Parts, FormatError> {
    let mut reader = Reader { rest: bytes, end: offset + bytes.len() };
    let writers = reader.list(WRITER, MAX_WRITERS, "writers", |reader| {
        Ok(Writer { id: Id(reader.array()?), generation: reader.u64()?, time: Timestamp(reader.u64()?) })
    })?;
    check_sorted(&writers, |a, b| a.id < b.id, "writers are not sorted")?;
    let stamps = reader.list(STAMP, MAX_CELLS, "stamps", |reader| {
        Ok(Stamp { generation: reader.u64()?, writer: Id(reader.array()?), time: Timestamp(reader.u64()?) })
    })?;
    check_sorted(&stamps, |a, b| a < b, "stamps are not sorted")?;
    // What is later than its file could not be outdone by the next edit.
    let newest = stamps.iter().map(|stamp| stamp.generation);
    if newest.chain(writers.iter().map(|writer| writer.generation)).any(|newest| newest > generation) {
        return Err(FormatError::Malformed("later than its file"));
    }
    let mut used = vec![false; stamps.len()];
    let mut cells = 0;
    let records =
        reader.list(RECORD, MAX_RECORDS, "records", |reader| reader.record(&mut used, &mut cells))?;
    check_sorted(&records, |a, b| (a.kind, a.id) < (b.kind, b.id), "records are not sorted")?;
    let parts = Parts { writers, stamps, records };
    let in_order = parts.records.iter().all(|record| {
        record.cells.is_sorted_by(|a, b| {
            let (left, right) = (key(a), key(b));
            left < right || (left == right && reader.value(bytes, a, offset) < reader.value(bytes, b, offset))
        })
    });
    if !in_order {
        return Err(FormatError::Malformed("cells are not sorted"));
    }
    if used.contains(&false) {
        return Err(FormatError::Malformed("a stamp that no cell has"));
    }
    if !reader.rest.is_empty() {
        return Err(FormatError::Malformed("bytes behind the body"));
    }
    Ok(parts)
}

impl Parts {
    /// The vault, over the buffer that its values lie in.
    pub fn into_vault(self, generation: u64, buffer: Zeroizing<Vec<u8>>) -> Vault {
        Vault::from_parts(generation, self.writers, self.stamps, self.records, Arena::over(buffer))
    }

    /// Whether there is a cell which a reader that does not know it must not write back changed.
    pub fn has_unknown_critical_tag(&self) -> bool {
        let mut cells = self.records.iter().flat_map(|record| &record.cells);
        cells.any(|cell| cell.tag >= Tag::CRITICAL && !cell.tag.is_known())
    }

    /// Whether these parts of `buffer` are the whole content of `vault`.
    pub fn says_the_same(&self, vault: &Vault, buffer: &[u8]) -> bool {
        let bytes = |span: Span| {
            let start = span.start as usize;
            buffer.get(start..start + span.len as usize)
        };
        let cell = |(a, b): (&Cell, &Cell)| key(a) == key(b) && bytes(a.value) == Some(vault.value(b));
        let record = |(a, b): (&Record, &Record)| {
            (a.kind, a.id, a.cells.len()) == (b.kind, b.id, b.cells.len())
                && a.cells.iter().zip(&b.cells).all(cell)
        };
        self.writers == vault.writers()
            && self.stamps == vault.stamps()
            && self.records.len() == vault.records().len()
            && self.records.iter().zip(vault.records()).all(record)
    }
}

/// What cells are sorted by, but for the value.
fn key(cell: &Cell) -> (Tag, Option<Id>, u32, u8, u8) {
    (cell.tag, cell.field, cell.stamp, cell.flags, cell.version)
}

fn check_sorted<T>(
    items: &[T],
    less: impl Fn(&T, &T) -> bool,
    what: &'static str,
) -> Result<(), FormatError> {
    if items.is_sorted_by(less) { Ok(()) } else { Err(FormatError::Malformed(what)) }
}

/// Takes bytes from the front.
struct Reader<'b> {
    rest: &'b [u8],
    /// Offset of the byte behind the last one.
    end: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, len: usize) -> Result<&'b [u8], FormatError> {
        let (taken, rest) =
            self.rest.split_at_checked(len).ok_or(FormatError::Malformed("the body is cut short"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        self.take(N)?.try_into().map_err(|_| FormatError::Malformed("the body is cut short"))
    }

    fn u64(&mut self) -> Result<u64, FormatError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A count that `most` allows and the bytes that are left can hold, `least` bytes for each item.
    fn count(&mut self, least: usize, most: usize, what: &'static str) -> Result<usize, FormatError> {
        let count = usize::try_from(self.u64()?).unwrap_or(usize::MAX);
        if count > most || count > self.rest.len() / least {
            return Err(FormatError::Malformed(what));
        }
        Ok(count)
    }

    fn list<T>(
        &mut self,
        least: usize,
        most: usize,
        what: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, FormatError>,
    ) -> Result<Vec<T>, FormatError> {
        let count = self.count(least, most, what)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn record(&mut self, used: &mut [bool], cells: &mut usize) -> Result<Record, FormatError> {
        let kind = Kind(u16::from_le_bytes(self.array()?));
        let id = Id(self.array()?);
        let record =
            Record { kind, id, cells: self.list(CELL, MAX_CELLS, "cells", |reader| reader.cell(used))? };
        *cells += record.cells.len();
        if record.cells.is_empty() || *cells > MAX_CELLS {
            return Err(FormatError::Malformed("cells"));
        }
        let of_same_place = |pair: &[Cell]| match pair {
            [a, b] => {
                (a.tag, a.field, a.stamp) == (b.tag, b.field, b.stamp) && (a.is_emptied() || b.is_emptied())
            }
            _ => false,
        };
        if record.cells.windows(2).any(of_same_place) {
            return Err(FormatError::Malformed("a value beside its deletion"));
        }
        Ok(record)
    }

    fn cell(&mut self, used: &mut [bool]) -> Result<Cell, FormatError> {
        let tag = Tag(u16::from_le_bytes(self.array()?));
        let field = match self.array()? {
            [0] => None,
            [1] => match Id(self.array()?) {
                Id::ZERO => return Err(FormatError::Malformed("a field id of zero")),
                field => Some(field),
            },
            _ => return Err(FormatError::Malformed("an option that is neither 0 nor 1")),
        };
        let stamp = u32::from_le_bytes(self.array()?);
        let seen = used.get_mut(stamp as usize).ok_or(FormatError::Malformed("a stamp that is not there"))?;
        *seen = true;
        let [flags, version] = self.array()?;
        let len = self.count(1, MAX_VALUE, "a value")?;
        let start = u32::try_from(self.end - self.rest.len()).map_err(|_| FormatError::TooLarge)?;
        let value = Span { start, len: u32::try_from(len).map_err(|_| FormatError::TooLarge)? };
        self.take(len)?;
        let flags_are_right = match flags {
            0 => !(tag.is_always_sealed() && version == CELL_VERSION),
            SEALED => true,
            REMOVED | EMPTIED => len == 0,
            _ => false,
        };
        if !flags_are_right {
            return Err(FormatError::Malformed("the flags of a cell"));
        }
        Ok(Cell { tag, flags, version, stamp, field, value })
    }

    fn value<'c>(&self, bytes: &'c [u8], cell: &Cell, offset: usize) -> &'c [u8] {
        let start = (cell.value.start as usize).saturating_sub(offset);
        bytes.get(start..start + cell.value.len as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    #[derive(Serialize)]
    struct WireBody(
        Vec<([u8; 16], u64, u64)>,
        Vec<(u64, [u8; 16], u64)>,
        Vec<(u16, [u8; 16], Vec<WireCell>)>,
    );
    #[derive(Serialize)]
    struct WireCell(u16, Option<[u8; 16]>, u32, u8, u8, Vec<u8>);

    fn body(cells: Vec<WireCell>) -> Vec<u8> {
        let wire = WireBody(vec![([1; 16], 2, 3)], vec![(1, [1; 16], 3)], vec![(1, [9; 16], cells)]);
        let config = bincode::config::standard().with_fixed_int_encoding();
        bincode::serde::encode_to_vec(wire, config).unwrap()
    }

    #[test]
    fn bincode_writes_the_same_bytes() {
        let bytes = body(vec![
            WireCell(3, None, 0, 0, 0, b"GitHub".to_vec()),
            WireCell(6, Some([7; 16]), 0, 0, 0, b"https://github.com".to_vec()),
        ]);
        let parts = decode(&bytes, 0, 2).unwrap();
        let vault = parts.into_vault(2, Zeroizing::new(bytes.clone()));
        let mut again = Vec::new();
        encode(&vault, &mut again);
        assert_eq!(again, bytes);
        assert_eq!(encoded_len(&vault), bytes.len());
        assert_eq!(vault.entries().next().unwrap().title(), "GitHub");
    }

    #[test]
    fn what_is_not_in_order_is_refused() {
        let title = || WireCell(3, None, 0, 0, 0, b"a".to_vec());
        let user = || WireCell(4, None, 0, 0, 0, b"b".to_vec());
        assert!(decode(&body(vec![title(), user()]), 0, 2).is_ok());
        assert!(decode(&body(vec![user(), title()]), 0, 2).is_err());
        assert!(decode(&body(vec![title(), title()]), 0, 2).is_err());
        assert!(decode(&body(vec![]), 0, 2).is_err());
        for wrong in [
            WireCell(3, None, 1, 0, 0, vec![]),
            WireCell(3, Some([0; 16]), 0, 0, 0, vec![]), // seals at the same place as none does
            WireCell(3, None, 0, 3, 0, vec![]),
            WireCell(3, None, 0, 8, 0, vec![]),
            WireCell(3, None, 0, 2, 0, vec![1]),
            WireCell(5, None, 0, 0, 0, b"plain password".to_vec()),
            WireCell(3, None, 0, 0, 0, vec![0; MAX_VALUE + 1]),
        ] {
            assert!(decode(&body(vec![wrong]), 0, 2).is_err());
        }
    }

    #[test]
    fn cut_or_stretched_is_refused() {
        let bytes = body(vec![WireCell(3, None, 0, 0, 0, b"GitHub".to_vec())]);
        assert!(decode(&bytes, 0, 2).is_ok());
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len], 0, 2).is_err(), "{len}");
        }
        assert!(decode(&[&bytes[..], &[0]].concat(), 0, 2).is_err());
        assert!(decode(&[0xFF; 64], 0, 2).is_err());
    }

    #[test]
    fn nothing_is_later_than_its_file() {
        let bytes = body(vec![WireCell(3, None, 0, 0, 0, b"GitHub".to_vec())]);
        assert!(decode(&bytes, 0, 2).is_ok() && decode(&bytes, 0, 1).is_err());
    }

    #[test]
    fn a_difference_from_what_was_meant_is_seen() {
        let wire = || {
            let cell = |tag, value: &[u8]| WireCell(tag, None, 0, 0, 0, value.to_vec());
            let record = |id: u8| (1, [id; 16], vec![cell(3, b"GitHub"), cell(4, b"octo")]);
            WireBody(vec![([1; 16], 2, 3)], vec![(1, [1; 16], 3)], vec![record(8), record(9)])
        };
        let bytes = |wire: &WireBody| {
            bincode::serde::encode_to_vec(wire, bincode::config::standard().with_fixed_int_encoding())
                .unwrap()
        };
        let meant = bytes(&wire());
        let vault = decode(&meant, 0, 2).unwrap().into_vault(2, Zeroizing::new(meant.clone()));
        assert!(decode(&meant, 0, 2).unwrap().says_the_same(&vault, &meant));
        let changes: [fn(&mut WireBody); 10] = [
            |wire| wire.0[0].1 = 1,
            |wire| wire.0.clear(),
            |wire| wire.1[0].2 = 4,
            |wire| drop(wire.2.pop()),
            |wire| wire.2[0].1 = [7; 16],
            |wire| wire.2[1].0 = 2,
            |wire| drop(wire.2[1].2.pop()),
            |wire| wire.2[1].2[0].5 = b"GitLab".to_vec(),
            |wire| wire.2[1].2[1].0 = 6,
            |wire| wire.2[0].2[0].3 = 1,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut wire = wire();
            change(&mut wire);
            let bytes = bytes(&wire);
            assert!(!decode(&bytes, 0, 2).unwrap().says_the_same(&vault, &bytes), "{number}");
        }
    }
}
