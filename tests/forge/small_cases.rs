//! The vectors that need no file: passphrases, key files, recovery codes, sealed values, sizes, keys, merges.

use tresor::crypto::derive;

use super::cases::code_of;
use super::vaults::{CODE, MADE_KEY};
use super::vector::{FieldVector, KeyVector, MergeVector, SecretVector, SizeVector};
use super::{Body, Cell, Forge, Id, Record, Stamp, hex, short, unhex};

fn secret(name: &str, given: &[u8], expect: &str) -> SecretVector {
    SecretVector {
        name: name.to_owned(),
        given: short(given),
        expect: expect.to_owned(),
        ..SecretVector::default()
    }
}

pub fn passphrases() -> Vec<SecretVector> {
    let text =
        |name: &str, given: &str, normal: &str| secret(name, given.as_bytes(), &hex(normal.as_bytes()));
    let bad = |name: &str, given: &[u8], error: &str| secret(name, given, error);
    let line = |vector: SecretVector| SecretVector { line: true, ..vector };
    let control = "PassphraseControlCharacter";
    let long = "x".repeat(1024);
    vec![
        text("plain", "correct horse", "correct horse"),
        text("nothing is trimmed", " a\u{a0} ", " a\u{a0} "),
        text("composed stays", "caf\u{e9}", "caf\u{e9}"),
        text("decomposed is composed", "cafe\u{301}", "caf\u{e9}"),
        text("marks come in one order", "q\u{307}\u{323}", "q\u{323}\u{307}"),
        text("Hangul", "\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
        text("one letter for another: the Angstrom sign", "\u{212b}", "\u{c5}"),
        text("compatibility letters stay", "\u{fb01}\u{ff21}", "\u{fb01}\u{ff21}"),
        text("excluded from composition", "\u{958}", "\u{915}\u{93c}"),
        text("case, width and joiners stay", "ẞ\u{200d}ſ", "ẞ\u{200d}ſ"),
        text("a byte-order mark stays", "\u{feff}a", "\u{feff}a"),
        text("1024 bytes", &long, &long),
        text(
            "1025 bytes that are 1024 in NFC",
            &format!("{}e\u{301}", &long[2..]),
            &format!("{}\u{e9}", &long[2..]),
        ),
        bad("1025 bytes", "x".repeat(1025).as_bytes(), "PassphraseTooLong"),
        bad("nothing", b"", "PassphraseEmpty"),
        bad("a NUL", b"a\0", control),
        bad("a tab", b"a\tb", control),
        bad("a newline that is typed", b"a\n", control),
        bad("DEL", b"a\x7F", control),
        bad("NEL, a control character of C1", "a\u{85}".as_bytes(), control),
        bad("Latin-1", b"caf\xE9", "PassphraseNotUtf8"),
        bad("an overlong slash", b"\xC0\xAF", "PassphraseNotUtf8"),
        bad("a surrogate", b"\xED\xA0\x80", "PassphraseNotUtf8"),
        line(secret("a line", b"a \n", "6120")),
        line(secret("a line of DOS", b"a\r\n", "61")),
        line(secret("a line without end", b"a", "61")),
        line(bad("two ends", b"a\n\n", control)),
        line(bad("a CR alone", b"a\r", control)),
        line(bad("an empty line", b"\n", "PassphraseEmpty")),
    ]
}

pub fn key_files() -> Vec<SecretVector> {
    let key = unhex(MADE_KEY);
    let made = hex(&derive::sha256(&[b"tresor/keyfile/1\0\x01", &key]));
    let plain = |content: &[u8]| hex(&derive::sha256(&[b"tresor/keyfile/1\0\0", content]));
    let check = hex(&derive::sha256(&[&key])[..4]);
    let line = format!("TRESOR-KEY-1 {MADE_KEY} {check}\n");
    let right = |name: &str, content: &str| secret(name, content.as_bytes(), &made);
    let any = |name: &str, content: &[u8]| secret(name, content, &plain(content));
    let broken = |name: &str, content: &[u8]| secret(name, content, "KeyFileBroken");
    vec![
        right("as it was made", &line),
        right("without its end of line", line.trim()),
        right("CR LF", &line.replace('\n', "\r\n")),
        right("a byte-order mark", &format!("\u{feff}{line}")),
        right("upper case", &line.to_uppercase()),
        right("lower case", &line.to_lowercase()),
        right("wrapped by an editor", &line.replace("0f10", "0f\n  10")),
        right("no blanks at all", &line.replace(' ', "")),
        right("indented", &format!("\n\t {line}\n\n")),
        broken("a digit of the key", line.replace("0001", "0011").as_bytes()),
        broken("a digit of the checksum", line.replace(&check, &format!("{}0", &check[..7])).as_bytes()),
        broken("cut short", &line.as_bytes()[..60]),
        broken("an odd number of digits", format!("{}0", line.trim()).as_bytes()),
        broken("more digits", format!("{line}00").as_bytes()),
        broken("no digit", line.replace("0f", "0g").as_bytes()),
        broken("a later version of the line", line.replace("KEY-1 ", "KEY-12 ").as_bytes()),
        broken("31 bytes", &[1; 31]),
        broken("empty", b""),
        any("32 bytes", &[1; 32]),
        any("text that is no line of ours", b"TRESOR-KEY-2 and so on, to a length of 32 bytes"),
        any("a line end counts in any other file", b"TRESOR-KEY-2 and so on, to a length of 32 bytes\n"),
        any(
            "a byte-order mark counts in any other file",
            b"\xEF\xBB\xBFTRESOR-KEY-2, to a length of 32 bytes",
        ),
        any("blanks in the word: any file", format!("TRESOR -KEY-1 {MADE_KEY} {check}").as_bytes()),
        any("1 MiB", &[7; 1 << 20]),
        broken("1 MiB and a byte", &[7; (1 << 20) + 1]),
    ]
}

pub fn recovery_codes() -> Vec<SecretVector> {
    let text = code_of(&CODE);
    let right = |name: &str, typed: &str| secret(name, typed.as_bytes(), &hex(&CODE));
    let shape = |name: &str, typed: &str| secret(name, typed.as_bytes(), "RecoveryCodeShape");
    let checksum = |name: &str, typed: &str| secret(name, typed.as_bytes(), "RecoveryCodeChecksum");
    let zeros = code_of(&[0; 20]);
    let wrong_last =
        |text: &str| format!("{}{}", &text[..text.len() - 1], if text.ends_with('0') { '1' } else { '0' });
    vec![
        right("as it was made", &text),
        right("lower case", &text.to_lowercase()),
        right("hyphens", &text.replace(' ', "-")),
        right("without blanks", &text.replace(' ', "")),
        right("blanks, tabs and ends of line anywhere", &format!(" \t{}\r\n", text.replace(' ', "  \n"))),
        secret("O for 0", zeros.replace('0', "O").as_bytes(), &hex(&[0; 20])),
        secret(
            "I and l for 1",
            code_of(&[0x08; 20]).replacen('1', "I", 2).replace('1', "l").as_bytes(),
            &hex(&[0x08; 20]),
        ),
        secret("all bits", code_of(&[0xFF; 20]).as_bytes(), &hex(&[0xFF; 20])),
        checksum("the last letter", &wrong_last(&text)),
        checksum("the first letter", &format!("0{}", &text[1..])),
        checksum("two letters exchanged", &format!("{}{}{}", &text[1..2], &text[..1], &text[2..])),
        shape("a letter less", &text[..text.len() - 1]),
        shape("a letter more", &format!("{text}0")),
        shape("a U", &format!("U{}", &text[1..])),
        shape("another script", &format!("é{}", &text[1..])),
        shape("nothing", ""),
    ]
}

pub fn fields() -> Vec<FieldVector> {
    let forge = Forge::new(20);
    let (record, id): (Id, Id) = ([1; 16], [2; 16]);
    let vector = |name: &str, tag: u16, field: Option<Id>, value: &[u8], expect: &str| FieldVector {
        name: name.to_owned(),
        vault_key: hex(&forge.vault_key),
        vault_id: hex(&forge.vault_id),
        record: hex(&record),
        tag,
        field: field.map(|id| hex(&id)),
        value: hex(value),
        expect: expect.to_owned(),
    };
    let right = |name: &str, tag: u16, field: Option<Id>, secret: &[u8]| {
        vector(name, tag, field, &forge.seal(record, tag, field, secret), &hex(secret))
    };
    let bad = |name: &str, value: &[u8]| vector(name, 5, None, value, "FieldTampered");
    let value = forge.seal(record, 5, None, b"hunter2");
    let flipped = |at: usize| {
        let mut value = value.clone();
        value[at] ^= 1;
        value
    };
    // Right under the key and still not what the format makes.
    let odd = |padded: &[u8]| {
        let aad = derive::field_aad(&forge.vault_id, &record, 5, None);
        let (_, nonce_key) = derive::field_keys(&forge.key(), &forge.vault_id);
        forge.seal_padded(&aad, derive::hedged_nonce(&nonce_key, &[&aad, padded]), padded.to_vec())
    };
    let padded = |len: u32, text: &[u8], size: usize| {
        let mut padded = [&len.to_le_bytes(), text].concat();
        padded.resize(size, 0);
        padded
    };
    let other = Forge { vault_id: [9; 16], ..forge.clone() };
    let aad = derive::field_aad(&forge.vault_id, &record, 5, None);
    let other_nonce = forge.seal_padded(&aad, [7; 24], padded(7, b"hunter2", 32));
    let mut all: Vec<FieldVector> = [0, 1, 27, 28, 29, 60, 61, 200]
        .iter()
        .map(|len| right(&format!("{len} bytes"), 5, None, &b"hunter2, and so on. ".repeat(10)[..*len]))
        .collect();
    all.extend([
        right("a field of its own", 13, Some(id), b"1234"),
        right("an unknown tag", 0xFFFF, Some([0xFF; 16]), b"\0\xFF"),
        right("zeros at the end are its own", 5, None, b"abc\0\0\0"),
        bad("of another record", &forge.seal([3; 16], 5, None, b"hunter2")),
        bad("of another tag", &forge.seal(record, 7, None, b"hunter2")),
        bad("of another field", &forge.seal(record, 5, Some(id), b"hunter2")),
        bad("of another vault", &other.seal(record, 5, None, b"hunter2")),
        bad("first bit of the nonce", &flipped(0)),
        bad("last byte of the nonce", &flipped(23)),
        bad("first bit of the ciphertext", &flipped(24)),
        bad("last byte of the tag", &flipped(value.len() - 1)),
        bad("a byte less", &value[..value.len() - 1]),
        bad("a byte more", &[&value[..], &[0]].concat()),
        bad("nothing", b""),
        bad("a nonce and a tag", &forge.seal_padded(&aad, [0; 24], vec![])),
        bad("a nonce that was not computed", &other_nonce),
        bad("a length beyond the padding", &odd(&padded(29, b"hunter2", 32))),
        bad("a length beyond 32 bits", &odd(&padded(u32::MAX, b"hunter2", 32))),
        bad("padding that is not zero", &odd(&padded(6, b"hunter2", 32))),
        bad("more padding than needed", &odd(&padded(7, b"hunter2", 64))),
        bad("a whole block of padding", &odd(&padded(28, b"hunter2 and more, 28 bytes..", 64))),
        bad("padding of another size", &odd(&padded(7, b"hunter2", 16))),
    ]);
    all
}

pub fn sizes() -> Vec<SizeVector> {
    const STEP: u64 = 65_536;
    const MOST: u64 = 8192 * STEP;
    let rows: [(&str, u64, u64, u64); 16] = [
        ("the least", 152, 0, STEP),
        ("a whole step", STEP, 0, STEP),
        ("a byte more than a step", STEP + 1, 0, 2 * STEP),
        ("where Padmé adds less than a step", 10 * STEP + 1, 0, 11 * STEP),
        ("e = 20, s = 5: steps of 32 KiB", 1_500_000, 0, 23 * STEP),
        ("e = 21, s = 5: steps of 64 KiB", 4_194_303, 0, 64 * STEP),
        ("e = 22, s = 5: steps of 128 KiB", 4_194_305, 0, 66 * STEP),
        ("e = 25, s = 5: steps of 1 MiB", 40_000_000, 0, 39 << 20),
        ("e = 28, s = 5: steps of 8 MiB", (1 << 28) + 1, 0, (1 << 28) + (8 << 20)),
        ("least size asked for", 152, 1_000_000, 16 * STEP),
        ("least size that is less", 3 * STEP, STEP, 3 * STEP),
        ("least size of a whole step", 152, 2 * STEP, 2 * STEP),
        ("least size beyond all", 152, u64::MAX, MOST),
        ("as much as fits", MOST, 0, MOST),
        ("a byte less than fits", MOST - 1, 0, MOST),
        ("the last of the steps of 8 MiB", MOST - 9_000_000, 0, MOST - (8 << 20)),
    ];
    let vector = |name: &str, content, least, expect: String| SizeVector {
        name: name.to_owned(),
        content,
        least,
        expect,
    };
    let mut all: Vec<SizeVector> = rows
        .into_iter()
        .map(|(name, content, least, size)| vector(name, content, least, size.to_string()))
        .collect();
    all.push(vector("a byte more than fits", MOST + 1, 0, "TooLarge".to_owned()));
    all
}

/// What each label gives; the results were computed in Python.
pub fn keys() -> Vec<KeyVector> {
    let key = hex(&(0..32).collect::<Vec<u8>>());
    let id = hex(&[0x55; 16]);
    let vector = |name: &str, nonce: Option<&str>, expect: &str| KeyVector {
        name: name.to_owned(),
        vault_key: key.clone(),
        vault_id: id.clone(),
        payload_nonce: nonce.map(str::to_owned),
        expect: expect.to_owned(),
    };
    let nonce = hex(&[0x77; 24]);
    vec![
        vector("vk_id", None, "9b21cf4e6684725cfea50a11783b12b8"),
        vector(
            "field_key || field_nonce_key",
            None,
            "055858bf700589c63b5c4182a8c7e91e7fb23e5f22fb17797ac156ed3fc3b2880135b98ad5a7318e43409e49bd0a54f37303da89bb64853ceb791253a63f93c2",
        ),
        vector("nonce_key", None, "6fd0ef12bfc898ae56136f4656aee574813723a39080055df70fd42758eb2608"),
        vector("state_key", None, "984cde60e604511d299622923de7e084184d511f288b497158ddd88381b275a2"),
        vector(
            "payload_key || payload_commit",
            Some(&nonce),
            "fd7ef095feddc25adbdf34cf92cd7cb2513dcd5523a85f90e8d6f9f91db9938826d0b74695c6fbbb5ef7e164c8e72cc4f9efd0c4c763ff6c2ba4883c28583432",
        ),
    ]
}

pub fn merges() -> Vec<MergeVector> {
    let (alice, bob): (Id, Id) = ([0xA1; 16], [0xB2; 16]);
    let first = Stamp { generation: 1, writer: alice, time: 1 };
    let (of_alice, of_bob) =
        (Stamp { generation: 2, writer: alice, time: 9 }, Stamp { generation: 2, writer: bob, time: 5 });
    let cell = |tag: u16, stamp: u32, flags: u8, version: u8, value: &[u8]| Cell {
        tag,
        field: None,
        stamp,
        flags,
        version,
        value: value.to_vec(),
    };
    let body = |stamps: &[Stamp], records: Vec<(u16, u8, Vec<Cell>)>| Body {
        writers: vec![],
        stamps: stamps.to_vec(),
        records: records.into_iter().map(|(kind, id, cells)| Record { kind, id: [id; 16], cells }).collect(),
    };
    let one = |stamps: &[Stamp], cells: Vec<Cell>| body(stamps, vec![(1, 1, cells)]);
    let writers = |writers: &[(Id, u64, u64)]| Body { writers: writers.to_vec(), ..Body::default() };
    let vector = |name: &str, a: &Body, b: &Body, both: &Body| MergeVector {
        name: name.to_owned(),
        a: hex(&a.bytes()),
        b: hex(&b.bytes()),
        expect: hex(&both.bytes()),
    };
    let a = one(&[first, of_alice], vec![cell(3, 0, 0, 0, b"old"), cell(3, 1, 0, 0, b"of alice")]);
    let b = one(&[first, of_bob], vec![cell(3, 0, 0, 0, b"old"), cell(3, 1, 0, 0, b"of bob")]);
    let ab = one(
        &[first, of_alice, of_bob],
        vec![cell(3, 0, 0, 0, b"old"), cell(3, 1, 0, 0, b"of alice"), cell(3, 2, 0, 0, b"of bob")],
    );
    let emptied = one(&[first], vec![cell(3, 0, 4, 0, b"")]);
    let kept = one(&[first], vec![cell(3, 0, 0, 0, b"old")]);
    let two = one(&[first], vec![cell(3, 0, 0, 0, b"old"), cell(3, 0, 0, 1, b"old"), cell(3, 0, 2, 0, b"")]);
    let later = one(&[first], vec![cell(3, 0, 4, 7, b"")]);
    let unknown_a =
        body(&[first], vec![(1, 1, vec![cell(300, 0, 0, 0, b"")]), (4711, 1, vec![cell(0, 0, 0, 9, b"a")])]);
    let unknown_b =
        body(&[of_bob], vec![(0, 2, vec![cell(3, 0, 1, 0, b"b")]), (4711, 1, vec![cell(0, 0, 0, 9, b"b")])]);
    let unknown_both = body(
        &[first, of_bob],
        vec![
            (0, 2, vec![cell(3, 1, 1, 0, b"b")]),
            (1, 1, vec![cell(300, 0, 0, 0, b"")]),
            (4711, 1, vec![cell(0, 0, 0, 9, b"a"), cell(0, 1, 0, 9, b"b")]),
        ],
    );
    let same_stamp = one(&[first], vec![cell(3, 0, 0, 0, b"another")]);
    let both_values = one(&[first], vec![cell(3, 0, 0, 0, b"another"), cell(3, 0, 0, 0, b"old")]);
    vec![
        vector("two edits of one field", &a, &b, &ab),
        vector("with itself", &ab, &ab, &ab),
        vector("with nothing", &ab, &Body::default(), &ab),
        vector("with a part of it", &ab, &b, &ab),
        vector("a value and its deletion", &kept, &emptied, &emptied),
        vector("several values of one stamp, and their deletion", &two, &emptied, &emptied),
        vector("two deletions: the lower version", &later, &emptied, &emptied),
        vector("two values of one stamp", &kept, &same_stamp, &both_values),
        vector("unknown kinds, tags and versions", &unknown_a, &unknown_b, &unknown_both),
        vector(
            "writers: the greater generation, then time",
            &writers(&[(alice, 3, 5), (bob, 2, 9)]),
            &writers(&[(alice, 2, 9), (bob, 2, 10), ([0xC3; 16], 1, 0)]),
            &writers(&[(alice, 3, 5), (bob, 2, 10), ([0xC3; 16], 1, 0)]),
        ),
        MergeVector {
            name: "two files".to_owned(),
            a: "merge_a".to_owned(),
            b: "merge_b".to_owned(),
            expect: "merged".to_owned(),
        },
    ]
}
