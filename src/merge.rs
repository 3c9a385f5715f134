//! Merging two states of a vault is the union of their cells; then emptied ones win. So it is commutative,
//! associative and idempotent, for kinds and tags that this version does not know too, and no value is lost:
//! what is not current afterwards is history.

use crate::vault::{Arena, Cell, Record, Span, Stamp, Vault};

/// The union of both, which must be of one vault key: sealed values are compared as they are.
pub fn merge(a: &Vault, b: &Vault) -> Vault {
    let mut stamps: Vec<Stamp> = a.stamps().iter().chain(b.stamps()).copied().collect();
    stamps.sort_unstable();
    stamps.dedup();
    let mut arena = Arena::default();
    let mut take = |vault: &Vault, record: &Record, into: &mut Vec<Cell>| {
        into.extend(record.cells.iter().map(|cell| Cell {
            stamp: index_of(&stamps, vault.stamp(cell)),
            value: arena.add(vault.value(cell)),
            ..*cell
        }));
    };
    let mut records: Vec<Record> = Vec::with_capacity(a.records().len().max(b.records().len()));
    let (mut left, mut right) = (a.records().iter().peekable(), b.records().iter().peekable());
    loop {
        let key = |record: &&Record| (record.kind, record.id);
        let Some(least) = left.peek().map(key).into_iter().chain(right.peek().map(key)).min() else { break };
        let mut cells = Vec::new();
        if let Some(record) = left.next_if(|record| key(record) == least) {
            take(a, record, &mut cells);
        }
        if let Some(record) = right.next_if(|record| key(record) == least) {
            take(b, record, &mut cells);
        }
        records.push(Record { kind: least.0, id: least.1, cells });
    }
    for record in &mut records {
        unite(&mut record.cells, &arena);
    }
    let used = drop_unused(&stamps, &mut records);
    let mut merged =
        Vault::from_parts(a.generation().max(b.generation()), a.writers().to_vec(), used, records, arena);
    merged.join_writers(b.writers(), b.generation());
    merged
}

/// Sorts cells as the format does, drops doubles, and what stands beside its deletion.
fn unite(cells: &mut Vec<Cell>, arena: &Arena) {
    let value = |span: Span| arena.bytes(span);
    cells.sort_by(|x, y| {
        let key = |cell: &Cell| (cell.tag, cell.field, cell.stamp, cell.flags, cell.version);
        key(x).cmp(&key(y)).then_with(|| value(x.value).cmp(value(y.value)))
    });
    cells.dedup_by(|x, y| {
        (x.tag, x.field, x.stamp, x.flags, x.version) == (y.tag, y.field, y.stamp, y.flags, y.version)
            && value(x.value) == value(y.value)
    });
    let place = |cell: &Cell| (cell.tag, cell.field, cell.stamp);
    let emptied: Vec<_> = cells.iter().filter(|cell| cell.is_emptied()).map(place).collect();
    if !emptied.is_empty() {
        cells.retain(|cell| cell.is_emptied() || emptied.binary_search(&place(cell)).is_err());
        cells.dedup_by(|x, y| x.is_emptied() && place(x) == place(y));
    }
}

/// The stamps that are still used, with the cells pointing to them.
fn drop_unused(stamps: &[Stamp], records: &mut [Record]) -> Vec<Stamp> {
    let mut used = vec![false; stamps.len()];
    for cell in records.iter().flat_map(|record| &record.cells) {
        if let Some(used) = used.get_mut(cell.stamp as usize) {
            *used = true;
        }
    }
    let kept: Vec<Stamp> =
        stamps.iter().zip(&used).filter(|(_, used)| **used).map(|(stamp, _)| *stamp).collect();
    if kept.len() < stamps.len() {
        for cell in records.iter_mut().flat_map(|record| &mut record.cells) {
            let stamp = stamps.get(cell.stamp as usize).copied().unwrap_or_default();
            cell.stamp = index_of(&kept, stamp);
        }
    }
    kept
}

fn index_of(stamps: &[Stamp], stamp: Stamp) -> u32 {
    stamps.binary_search(&stamp).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}
