//! Three states of a vault made of any cells, also such as no edit makes: merging is commutative, associative and
//! idempotent, keeps every value that was not emptied, and what comes of it is a body that reads back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::format::body;
use tresor::merge::merge;
use tresor::time::Timestamp;
use tresor::vault::tag::{EMPTIED, Kind, REMOVED, SEALED, Tag};
use tresor::vault::{Arena, Cell, Id, Record, Stamp, Vault, Writer};
use zeroize::Zeroizing;

/// Bytes that one cell is made of.
const CELL: usize = 5;
/// The generation of every state: greater than that of any stamp.
const GENERATION: u64 = 4;
/// Few of each, so that cells meet.
const TAGS: [u16; 8] = [1, 3, 5, 6, 10, 144, 200, 0x9000];

fuzz_target!(|data: &[u8]| {
    let mut states = [empty(0), empty(1), empty(2)];
    for bytes in data.chunks_exact(CELL).take(64) {
        let one = of_one_cell(bytes);
        for (number, state) in states.iter_mut().enumerate() {
            if bytes[0] >> number & 1 == 1 {
                *state = merge(state, &one);
            }
        }
    }
    let [a, b, c] = &states;
    let ab = merge(a, b);
    assert_eq!(encoded(&ab), encoded(&merge(b, a)), "commutative");
    assert_eq!(encoded(&merge(&ab, c)), encoded(&merge(a, &merge(b, c))), "associative");
    assert_eq!(encoded(&merge(&ab, a)), encoded(&ab), "idempotent");
    for (state, cell, record) in states.iter().flat_map(cells) {
        let merged = merge(&ab, c);
        let same = merged.record(record.kind, record.id).expect("a record is never lost");
        let mut there = same.cells_of(cell.tag, cell.field).iter();
        let stamp = state.stamp(cell);
        assert!(
            there.any(|kept| merged.stamp(kept) == stamp
                && (kept.is_emptied() || merged.value(kept) == state.value(cell))),
            "a value was lost"
        );
    }
    let bytes = encoded(&ab);
    let parts = body::decode(&bytes, 0, GENERATION).expect("what was merged can be written");
    let again = parts.into_vault(GENERATION, Zeroizing::new(bytes.clone()));
    assert_eq!(encoded(&again), bytes);
    for entry in again.entries() {
        let _ = (entry.state(), entry.title(), entry.urls(), entry.fields(), entry.history());
    }
    let _ = (again.steps(), again.undoable(Id([1; 16])).is_some(), again.redoable(Id([1; 16])).is_some());
});

fn cells(state: &Vault) -> impl Iterator<Item = (&Vault, &Cell, &Record)> {
    let of_record = move |record: &'_ Record| -> Vec<usize> { (0..record.cells.len()).collect() };
    let records = state.records().iter();
    records.flat_map(move |record| {
        of_record(record).into_iter().filter_map(move |at| Some((state, record.cells.get(at)?, record)))
    })
}

fn empty(number: u8) -> Vault {
    let writer = Writer { id: Id([number + 1; 16]), generation: GENERATION, time: Timestamp(number.into()) };
    Vault::from_parts(GENERATION, vec![writer], Vec::new(), Vec::new(), Arena::default())
}

fn of_one_cell(bytes: &[u8]) -> Vault {
    let [head, place, when, what, value] = *bytes else { unreachable!("five bytes") };
    let tag = Tag(TAGS[usize::from(place & 7)]);
    let flags = match [0, SEALED, REMOVED, EMPTIED][usize::from(head >> 3 & 3)] {
        0 if tag.is_always_sealed() => SEALED,
        flags => flags,
    };
    let stamp = Stamp {
        generation: 1 + u64::from(when & 3),
        writer: Id([1 + (when >> 2 & 3); 16]),
        time: Timestamp(u64::from(when >> 4 & 1)),
    };
    let mut arena = Arena::default();
    let has_value = flags & (REMOVED | EMPTIED) == 0;
    let len = if has_value { usize::from(what >> 6).min(2) } else { 0 };
    let value = arena.add(&[value, value >> 4][..len]);
    let cell = Cell {
        tag,
        flags,
        version: head >> 7,
        stamp: 0,
        field: (what & 1 == 1).then_some(Id([1 + (what >> 1 & 3); 16])),
        value,
    };
    let kind = [Kind::ENTRY, Kind::UNDO_STEP, Kind::SLOT, Kind(77)][usize::from(place >> 3 & 3)];
    let record = Record { kind, id: Id([1 + (place >> 5 & 3); 16]), cells: vec![cell] };
    Vault::from_parts(GENERATION, Vec::new(), vec![stamp], vec![record], arena)
}

fn encoded(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    body::encode(vault, &mut bytes);
    bytes
}
