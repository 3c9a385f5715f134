//! The vectors that are payloads: inner header, body and padding, each with one thing wrong, or odd and right.

use super::vector::PayloadVector;
use super::{Body, Cell, Id, Inner, Record, STEP, Stamp, hex, short};

const ALICE: Id = [0xA1; 16];
const BOB: Id = [0xB2; 16];
/// Of the inner header that a vector without one gets.
pub const GENERATION: u64 = 1000;
const MIB: usize = 1_048_576;

pub fn default_inner() -> Inner {
    Inner { generation: GENERATION, writer: ALICE, saved_at: 1_700_000_000_000, ..Inner::default() }
}

pub fn all() -> Vec<PayloadVector> {
    [inner(), lists(), order(), cells(), right()].concat()
}

fn vector(name: &str, body: Vec<u8>, expect: &str) -> PayloadVector {
    PayloadVector {
        name: name.to_owned(),
        body: short(&body),
        expect: expect.to_owned(),
        ..PayloadVector::default()
    }
}

fn cell(tag: u16, value: &[u8]) -> Cell {
    Cell { tag, field: None, stamp: 0, flags: 0, version: 0, value: value.to_vec() }
}

fn record(kind: u16, id: u8, cells: Vec<Cell>) -> Record {
    Record { kind, id: [id; 16], cells }
}

fn stamp(generation: u64, writer: Id, time: u64) -> Stamp {
    Stamp { generation, writer, time }
}

/// One entry with these cells, all of one stamp unless a cell says otherwise.
fn with(cells: Vec<Cell>) -> Body {
    let most = cells.iter().map(|cell| cell.stamp).max().unwrap_or_default();
    let stamps = (0..=u64::from(most)).map(|at| stamp(1 + at, ALICE, at)).collect();
    Body { writers: vec![(ALICE, 9, 5)], stamps, records: vec![record(1, 1, cells)] }
}

fn one() -> Body {
    with(vec![cell(3, b"title")])
}

fn inner() -> Vec<PayloadVector> {
    let malformed = "Malformed: the inner header";
    let changed = |name: &str, at: usize, bytes: &[u8], expect: &str| {
        let body = one().bytes();
        let mut inner = default_inner().bytes(body.len());
        inner[at..at + bytes.len()].copy_from_slice(bytes);
        PayloadVector { inner: Some(hex(&inner)), ..vector(name, body, expect) }
    };
    let len = one().bytes().len() as u64;
    let full = 65_536 - 128_u64;
    let room = STEP - 128 - with(vec![cell(3, b"")]).bytes().len();
    let full_body = with(vec![cell(3, &vec![7; room])]).bytes();
    let padding = "Malformed: padding that is not zero";
    let after = |name: &str, bytes: String| PayloadVector {
        after: Some(bytes),
        ..vector(name, one().bytes(), padding)
    };
    vec![
        changed("inner magic", 3, b"Q", malformed),
        changed("inner version 0", 4, &[0], malformed),
        changed("inner version 2", 4, &[2], malformed),
        changed("inner version 257", 5, &[1], malformed),
        changed("first reserved byte of the inner header", 6, &[1], malformed),
        changed("first reserved byte at its end", 112, &[1], malformed),
        changed("last reserved byte at its end", 127, &[1], malformed),
        PayloadVector {
            inner: Some(hex(&Inner { generation: 0, ..default_inner() }.bytes(24))),
            ..vector("generation 0", Body::default().bytes(), malformed)
        },
        changed("generation 2^63", 16, &(1_u64 << 63).to_le_bytes(), malformed),
        changed("the greatest generation", 16, &((1_u64 << 63) - 1).to_le_bytes(), "opens"),
        changed("body_len that does not fit", 8, &(full + 1).to_le_bytes(), malformed),
        changed(
            "body_len that takes the padding in",
            8,
            &full.to_le_bytes(),
            "Malformed: bytes behind the body",
        ),
        changed("body_len at the end of 64 bits", 8, &u64::MAX.to_le_bytes(), malformed),
        changed("body_len one less", 8, &(len - 1).to_le_bytes(), padding),
        changed("body_len one more", 8, &(len + 1).to_le_bytes(), "Malformed: bytes behind the body"),
        changed("body_len 0", 8, &[0; 8], padding),
        vector("no padding at all", full_body, "opens"),
        after("a byte behind the body", "01".to_owned()),
        after("the last byte of the padding", format!("00*{} 01", full - len - 1)),
    ]
}

/// Counts, limits, what is missing, what is left.
fn lists() -> Vec<PayloadVector> {
    let cut = "Malformed: the body is cut short";
    let count = |name: &str, at: usize, count: u64, what: &str| {
        let mut body = one().bytes();
        body[at..at + 8].copy_from_slice(&count.to_le_bytes());
        vector(name, body, &format!("Malformed: {what}"))
    };
    let writers = |number: u16| Body {
        writers: (0..number)
            .map(|n| ([(n >> 8) as u8, n as u8].repeat(8).try_into().unwrap(), 1, 0))
            .collect(),
        ..one()
    };
    let mut none = one();
    none.records.push(record(1, 2, vec![]));
    let mut unused = one();
    unused.stamps.push(stamp(2, ALICE, 0));
    let later = |generation| Body { stamps: vec![stamp(generation, ALICE, 0)], ..one() };
    let writer = |generation| Body { writers: vec![(ALICE, generation, 0)], ..one() };
    let bytes = one().bytes();
    // 8 + 32 bytes of writers, 8 + 32 of stamps, 8 + 18 of the record's start.
    vec![
        vector("an empty body", vec![], cut),
        vector("a count that is cut", bytes[..7].to_vec(), cut),
        vector("nothing but empty lists", Body::default().bytes(), "opens"),
        vector("the last byte missing", bytes[..bytes.len() - 1].to_vec(), "Malformed: a value"),
        vector("a zero behind the body", [&bytes[..], &[0]].concat(), "Malformed: bytes behind the body"),
        count("more writers than bytes", 0, 5, "writers"),
        count("writers beyond all counting", 0, u64::MAX, "writers"),
        count("more stamps than bytes", 40, 16_000_000, "stamps"),
        count("more records than bytes", 80, 2_000_000, "records"),
        count("a count that is 1 in 32 bits", 80, (1 << 32) + 1, "records"),
        count("more cells than bytes", 106, 16_000_000, "cells"),
        count("a value longer than the body", bytes.len() - 13, 6, "a value"),
        vector("256 writers", writers(256).bytes(), "opens"),
        vector("257 writers", writers(257).bytes(), "Malformed: writers"),
        vector("a record without cells", none.bytes(), "Malformed: cells"),
        vector("a stamp that no cell has", unused.bytes(), "Malformed: a stamp that no cell has"),
        vector("a stamp of the file's generation", later(GENERATION).bytes(), "opens"),
        vector(
            "a stamp later than the file",
            later(GENERATION + 1).bytes(),
            "Malformed: later than its file",
        ),
        vector(
            "a writer later than the file",
            writer(GENERATION + 1).bytes(),
            "Malformed: later than its file",
        ),
        vector("a value of 1 MiB", with(vec![cell(3, &vec![7; MIB])]).bytes(), "opens"),
        vector(
            "a value of 1 MiB and a byte",
            with(vec![cell(3, &vec![7; MIB + 1])]).bytes(),
            "Malformed: a value",
        ),
    ]
}

/// Unsorted and equal neighbours, at every key of every order.
fn order() -> Vec<PayloadVector> {
    let body = |writers: Vec<(Id, u64, u64)>| Body { writers, ..one() }.bytes();
    let stamps = |stamps: [Stamp; 2]| {
        let cells = vec![cell(3, b"a"), Cell { stamp: 1, ..cell(3, b"b") }];
        Body { stamps: stamps.to_vec(), ..with(cells) }.bytes()
    };
    let records = |records: [(u16, u8); 2]| {
        let records = records.map(|(kind, id)| record(kind, id, vec![cell(3, b"a")])).to_vec();
        Body { records, ..one() }.bytes()
    };
    let pair = |a: Cell, b: Cell| with(vec![a, b]).bytes();
    let field = |byte: u8| Cell { field: Some([byte; 16]), ..cell(6, b"x") };
    let [w, s, r, c] =
        ["writers", "stamps", "records", "cells"].map(|what| format!("Malformed: {what} are not sorted"));
    let sealed = |value: &[u8]| Cell { flags: 1, ..cell(3, value) };
    vec![
        vector("writers not sorted", body(vec![(BOB, 1, 1), (ALICE, 1, 1)]), &w),
        vector("a writer twice", body(vec![(ALICE, 1, 1), (ALICE, 2, 2)]), &w),
        vector("stamps not sorted by generation", stamps([stamp(2, ALICE, 0), stamp(1, BOB, 9)]), &s),
        vector(
            "stamps sorted as bytes, not as numbers",
            stamps([stamp(256, ALICE, 0), stamp(2, ALICE, 0)]),
            &s,
        ),
        vector("stamps not sorted by writer", stamps([stamp(1, BOB, 0), stamp(1, ALICE, 9)]), &s),
        vector("stamps not sorted by time", stamps([stamp(1, ALICE, 2), stamp(1, ALICE, 1)]), &s),
        vector(
            "times sorted as bytes, not as numbers",
            stamps([stamp(1, ALICE, 256), stamp(1, ALICE, 2)]),
            &s,
        ),
        vector("times sorted as numbers", stamps([stamp(1, ALICE, 2), stamp(1, ALICE, 256)]), "opens"),
        vector("a stamp twice", stamps([stamp(1, ALICE, 1); 2]), &s),
        vector("records not sorted by kind", records([(2, 1), (1, 2)]), &r),
        vector("records not sorted by id", records([(1, 2), (1, 1)]), &r),
        vector("kinds sorted as numbers", records([(2, 1), (256, 1)]), "opens"),
        vector("a record twice", records([(1, 1); 2]), &r),
        vector("cells not sorted by tag", pair(cell(4, b""), cell(3, b"")), &c),
        vector("tags sorted as numbers", pair(cell(3, b""), cell(256, b"")), "opens"),
        vector("cells not sorted by field", pair(field(2), field(1)), &c),
        vector("a field before none", pair(field(1), cell(6, b"x")), &c),
        vector("cells not sorted by stamp", pair(Cell { stamp: 1, ..cell(3, b"a") }, cell(3, b"b")), &c),
        vector("cells not sorted by flags", pair(sealed(b"a"), cell(3, b"b")), &c),
        vector("cells not sorted by version", pair(Cell { version: 1, ..cell(3, b"a") }, cell(3, b"b")), &c),
        vector("cells not sorted by value", pair(cell(3, b"b"), cell(3, b"a")), &c),
        vector("a value before its prefix", pair(cell(3, b"ab"), cell(3, b"a")), &c),
        vector("a value behind its prefix", pair(cell(3, b"a"), cell(3, b"ab")), "opens"),
        vector("a cell twice", pair(cell(3, b"a"), cell(3, b"a")), &c),
    ]
}

/// What one cell may be.
fn cells() -> Vec<PayloadVector> {
    let flags = "Malformed: the flags of a cell";
    let beside = "Malformed: a value beside its deletion";
    let of = |flags: u8, value: &[u8]| Cell { flags, ..cell(3, value) };
    let alone = |name: &str, cell: Cell, expect: &str| vector(name, with(vec![cell]).bytes(), expect);
    let pair = |name: &str, a: Cell, b: Cell, expect: &str| vector(name, with(vec![a, b]).bytes(), expect);
    let option = |byte: u8| {
        let mut body = with(vec![Cell { field: Some([7; 16]), ..cell(6, b"x") }]).bytes();
        body[116] = byte;
        body
    };
    let mut index = one().bytes();
    index[117] = 1;
    let mut all = vec![
        vector("an option of 2", option(2), "Malformed: an option that is neither 0 nor 1"),
        vector("an option of 255", option(255), "Malformed: an option that is neither 0 nor 1"),
        alone(
            "a field id of zero",
            Cell { field: Some([0; 16]), ..cell(6, b"x") },
            "Malformed: a field id of zero",
        ),
        vector("a stamp that is not there", index, "Malformed: a stamp that is not there"),
        alone("removed, with a value", of(2, b"x"), flags),
        alone("emptied, with a value", of(4, b"x"), flags),
        alone("sealed and removed", of(3, b""), flags),
        alone("sealed and emptied", of(5, b""), flags),
        alone("removed and emptied", of(6, b""), flags),
        alone("an unknown flag", of(8, b""), flags),
        alone("the highest flag", of(0x80, b""), flags),
        alone("a removed cell of a later version", Cell { version: 3, ..of(2, b"") }, "opens"),
        pair("a plain value beside its deletion", of(0, b"x"), of(4, b""), beside),
        pair("a sealed value beside its deletion", of(1, b"x"), of(4, b""), beside),
        pair("a removed cell beside its deletion", of(2, b""), of(4, b""), beside),
        pair("two deletions of one cell", of(4, b""), Cell { version: 1, ..of(4, b"") }, beside),
        pair("a deletion of another stamp", of(4, b""), Cell { stamp: 1, ..of(0, b"x") }, "opens"),
        pair(
            "a deletion of another field",
            of(4, b""),
            Cell { field: Some([1; 16]), ..of(0, b"x") },
            "opens",
        ),
        pair("two values of one stamp", of(0, b"x"), of(0, b"y"), "opens"),
        alone("a password of a later version, plain", Cell { version: 1, ..cell(5, b"x") }, "opens"),
        alone("a sealed value that is no ciphertext", Cell { flags: 1, ..cell(5, b"x") }, "opens"),
    ];
    for tag in [5, 7, 8, 15, 20, 25, 128] {
        all.push(alone(&format!("tag {tag} in plain"), cell(tag, b"secret"), flags));
    }
    let mut foreign = with(vec![cell(5, b"secret")]);
    foreign.records[0].kind = 4711;
    all.push(vector("a password in plain in a record of an unknown kind", foreign.bytes(), flags));
    all
}

/// What must be read, kept and written back.
fn right() -> Vec<PayloadVector> {
    let mut many = one();
    many.records = (0..=255).map(|n| record(u16::from(n) * 257, n, vec![cell(u16::from(n), b"")])).collect();
    many.records.iter_mut().for_each(|record| {
        record.cells[0].flags = 2;
    });
    let critical = |tag, flags| with(vec![cell(3, b""), Cell { flags, ..cell(tag, b"") }]).bytes();
    vec![
        vector("an unknown kind and tag", many.bytes(), "opens"),
        vector("the greatest tag that is not critical", critical(0x7FFF, 0), "opens"),
        vector("the least critical tag", critical(0x8000, 0), "opens read-only"),
        vector("the greatest critical tag", critical(0xFFFF, 0), "opens read-only"),
        vector("a critical tag, removed", critical(0x8000, 2), "opens read-only"),
        vector("a critical tag, emptied", critical(0x8000, 4), "opens read-only"),
    ]
}
