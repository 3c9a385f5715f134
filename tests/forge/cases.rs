//! The vectors that are whole files: a base, what is changed in it, and what a reader says to that.

use super::vaults::{ACCENTED, ANY_FILE, CODE, MADE_KEY, PASSWORD, second_key};
use super::vector::{Change, FileVector};
use super::{Forge, hex};

const SLOT: usize = 256;
const SLOT_LEN: usize = 480;
const SIZE: usize = 69_648;
const MAX_SIZE: u64 = 536_875_024;

/// Who opens, if anyone does.
#[derive(Clone, Copy)]
enum By {
    /// Checks 1 to 6 alone.
    Nobody,
    Password(&'static str),
    Key([u8; 32]),
}

pub fn all() -> Vec<FileVector> {
    [sizes(), versions(), fields(), slots(), costs(), secrets(), mixed(), good()].concat()
}

fn vector(name: &str, base: &str, changes: Vec<Change>, by: By, expect: &str) -> FileVector {
    let mut vector = FileVector {
        name: name.to_owned(),
        base: base.to_owned(),
        changes,
        expect: expect.to_owned(),
        ..FileVector::default()
    };
    match by {
        By::Nobody => {}
        By::Password(text) => vector.password = Some(text.to_owned()),
        By::Key(key) => vector.vault_key = Some(hex(&key)),
    }
    vector
}

fn put(at: usize, hex: &str) -> Change {
    Change::Put { at, hex: hex.to_owned() }
}

/// Overwritten, with the digest made right again.
fn put_well(at: usize, hex: &str) -> Vec<Change> {
    vec![put(at, hex), Change::FixDigest]
}

fn copy(at: usize, of: &str, from: usize, len: usize) -> Change {
    Change::Copy { at, of: of.to_owned(), from, len }
}

/// Too short, too long, changed by accident: seen without a password.
fn sizes() -> Vec<FileVector> {
    let on_empty = |name: &str, changes, expect: &str| vector(name, "empty", changes, By::Nobody, expect);
    let short = "Damaged: the file is cut short";
    let length = "Damaged: its length is wrong";
    let checksum = "Damaged: its checksum is wrong";
    let mut all = vec![
        on_empty("an empty file", vec![Change::Truncate(0)], "NotAVault"),
        on_empty("seven bytes of the magic", vec![Change::Truncate(7)], "NotAVault"),
        on_empty("the magic and nothing else", vec![Change::Truncate(8)], short),
        on_empty("half of the major version", vec![Change::Truncate(9)], short),
        on_empty("versions and nothing else", vec![Change::Truncate(12)], short),
        on_empty("one byte less than a header", vec![Change::Truncate(4095)], short),
        on_empty("a header without a payload", vec![Change::Truncate(4096)], length),
        on_empty("one byte less", vec![Change::Truncate(SIZE - 1)], length),
        on_empty("one byte more", vec![Change::Append("00".to_owned())], length),
        on_empty("a step more", vec![Change::Append("00*65536".to_owned())], length),
        on_empty("first byte of the magic", vec![put(0, "88")], "NotAVault"),
        on_empty("last byte of the magic", vec![put(7, "0b")], "NotAVault"),
        on_empty("CR LF turned into LF", vec![Change::Remove { at: 4, len: 1 }], "NotAVault"),
        on_empty("one bit of the first payload byte", vec![put(4096, "00")], checksum),
        on_empty("one byte of the tag", vec![put(SIZE - 1, "00")], checksum),
        on_empty("no digest", vec![put(96, "00*32")], checksum),
        on_empty("one byte of a reserved place", vec![put(200, "01")], checksum),
        on_empty("one byte of the vault's id", vec![put(16, "00")], checksum),
    ];
    let too_long =
        FileVector { length: Some(MAX_SIZE + 1), ..on_empty("larger than version 1 allows", vec![], length) };
    all.push(too_long);
    for (name, value) in [
        ("payload_len 0", 0),
        ("payload_len of a tag alone", 16),
        ("payload_len one less", 65_551),
        ("payload_len one more", 65_553),
        ("payload_len a step more", 131_088),
        ("payload_len beyond the limit", 16 + 65_536 * 8193),
        ("payload_len at the end of 64 bits", u64::MAX),
    ] {
        all.push(on_empty(name, put_well(32, &hex(&value.to_le_bytes())), length));
    }
    let cut = |at: u64| {
        vec![Change::Truncate(at as usize), put(32, &hex(&(at - 4096).to_le_bytes())), Change::FixDigest]
    };
    all.push(on_empty("no step at all, lengths made right", cut(4112), length));
    all.push(on_empty("half a step, lengths made right", cut(4112 + 32_768), length));
    all
}

/// Other majors and minors.
fn versions() -> Vec<FileVector> {
    let checked = |name: &str, changes, expect: &str| vector(name, "empty", changes, By::Nobody, expect);
    let mut oversize = checked("major 2, larger than version 1 allows", vec![put(8, "0200")], "TooNew: 2");
    oversize.length = Some(MAX_SIZE + 1);
    let short = vec![put(8, "0200"), Change::Truncate(300), Change::FixDigest];
    let mut largest =
        checked("major 2, the largest size, damaged", vec![put(8, "0200")], "Damaged: its length is wrong");
    largest.length = Some(MAX_SIZE);
    vec![
        oversize,
        largest,
        checked("major 0", put_well(8, "0000"), "TooNew: 0"),
        checked("major 2", put_well(8, "0200"), "TooNew: 2"),
        checked("major 65535", put_well(8, "ffff"), "TooNew: 65535"),
        checked("major 256: both bytes count", put_well(8, "0001"), "TooNew: 256"),
        checked("major 2 with a shorter header", short, "TooNew: 2"),
        checked("major 2, damaged", vec![put(8, "0200")], "Damaged: its checksum is wrong"),
        checked(
            "major 2, cut short",
            vec![put(8, "0200"), Change::Truncate(100)],
            "Damaged: the file is cut short",
        ),
        checked("minor 1 passes the checks without a password", put_well(10, "0100"), "checked"),
        vector(
            "minor 1 by someone else's hand",
            "empty",
            put_well(10, "0100"),
            By::Password(PASSWORD),
            "Tampered",
        ),
        vector(
            "minor 1 taken back",
            "minor_1",
            put_well(10, "0000"),
            By::Nobody,
            "Malformed: reserved bytes of the header",
        ),
        vector("minor 1 is read-only", "minor_1", vec![], By::Password(PASSWORD), "opens read-only"),
        vector(
            "an unknown tag of 0x8000 is read-only",
            "critical",
            vec![],
            By::Password(PASSWORD),
            "opens read-only",
        ),
    ]
}

/// Fields of the header, with the digest made right.
fn fields() -> Vec<FileVector> {
    let by_password = |name: &str, at, hex: &str, expect: &str| {
        vector(name, "empty", put_well(at, hex), By::Password(PASSWORD), expect)
    };
    let header_len = "Malformed: header length";
    let reserved = "Malformed: reserved bytes of the header";
    vec![
        by_password("header_len 0", 12, "00000000", header_len),
        by_password("header_len 4095", 12, "ff0f0000", header_len),
        by_password("header_len 4097", 12, "01100000", header_len),
        by_password("another vault_id", 16, "00", "WrongSecret"),
        by_password("another payload_nonce", 40, "00", "KeyMismatch"),
        by_password("last byte of payload_nonce", 63, "00", "KeyMismatch"),
        by_password("another payload_commit", 64, "00", "KeyMismatch"),
        by_password("last byte of payload_commit", 95, "00", "KeyMismatch"),
        by_password("first reserved byte", 128, "01", reserved),
        by_password("last reserved byte", 255, "80", reserved),
        by_password("first byte of the ciphertext", 4096, "00", "Tampered"),
        by_password("last byte of the ciphertext", SIZE - 17, "00", "Tampered"),
        by_password("first byte of the tag", SIZE - 16, "00", "Tampered"),
        by_password("last byte of the tag", SIZE - 1, "00", "Tampered"),
    ]
}

/// Bytes of one slot, slots moved, removed, doubled, foreign.
fn slots() -> Vec<FileVector> {
    let by_password = |name: &str, at: usize, hex: &str, expect: &str| {
        vector(name, "empty", put_well(SLOT + at, hex), By::Password(PASSWORD), expect)
    };
    let malformed = "Malformed: a key slot";
    let changed = |name: &str, base: &str, changes: Vec<Change>, expect: &str| {
        vector(name, base, [changes, vec![Change::FixDigest]].concat(), By::Password(PASSWORD), expect)
    };
    let slot = |index: usize| SLOT + index * SLOT_LEN;
    let gone = |index| put(slot(index), "00*480");
    vec![
        by_password("no slot in use", 0, "00*480", "Malformed: no key slot is in use"),
        by_password("an empty slot that is not", SLOT_LEN + 479, "01", malformed),
        by_password("type 0, the rest as it was", 0, "00", malformed),
        by_password("type 2 instead of 1", 0, "02", "MissingKeyFile"),
        by_password("type 3 instead of 1", 0, "03", malformed),
        by_password("type 4 instead of 1", 0, "04", "WrongSecret"),
        by_password("kdf 0 for a passphrase", 1, "00", malformed),
        by_password("kdf 2", 1, "02", malformed),
        by_password("first bit of the flags", 2, "01", malformed),
        by_password("last bit of the flags", 3, "80", malformed),
        by_password("another cost", 8, "02", "WrongSecret"),
        by_password("another kdf_salt", 16, "00", "WrongSecret"),
        by_password("another wrap_salt", 32, "00", "WrongSecret"),
        by_password("another kek_commit", 48, "00", "WrongSecret"),
        by_password("last byte of kek_commit", 79, "00", "WrongSecret"),
        by_password("another wrap_nonce", 80, "00", "SlotTampered: 0"),
        by_password("first byte of wrapped", 104, "00", "SlotTampered: 0"),
        by_password("last byte of wrapped", 151, "00", "SlotTampered: 0"),
        by_password("first extra byte", 152, "01", malformed),
        by_password("last extra byte", 479, "01", malformed),
        vector("a kdf for a recovery code", "recovery_only", put_well(SLOT + 1, "01"), By::Nobody, malformed),
        vector(
            "a cost for a recovery code",
            "recovery_only",
            put_well(SLOT + 4, "01"),
            By::Nobody,
            malformed,
        ),
        vector(
            "a kdf_salt for a recovery code",
            "recovery_only",
            put_well(SLOT + 31, "01"),
            By::Nobody,
            malformed,
        ),
        changed(
            "slot moved to another place",
            "empty",
            vec![copy(slot(1), "empty", slot(0), SLOT_LEN), gone(0)],
            "Tampered",
        ),
        changed("slot doubled", "empty", vec![copy(slot(7), "empty", slot(0), SLOT_LEN)], "Tampered"),
        changed(
            "slot of the next save, same key",
            "empty",
            vec![copy(slot(0), "empty_next", slot(0), SLOT_LEN)],
            "Tampered",
        ),
        changed(
            "slot of another vault, same password",
            "empty",
            vec![copy(slot(0), "two_steps", slot(0), SLOT_LEN)],
            "WrongSecret",
        ),
        changed(
            "slot of another vault beside ours",
            "empty",
            vec![copy(slot(1), "two_steps", slot(0), SLOT_LEN)],
            "Tampered",
        ),
        changed("a slot removed", "ways", vec![gone(2)], "Tampered"),
        changed(
            "two slots exchanged",
            "ways",
            vec![copy(slot(2), "ways", slot(7), SLOT_LEN), copy(slot(7), "ways", slot(2), SLOT_LEN)],
            "Tampered",
        ),
        changed("a byte of an unknown slot", "ways", vec![put(slot(4) + 300, "00")], "Tampered"),
        changed(
            "one salt with two costs",
            "empty",
            vec![copy(slot(1), "empty", slot(0), SLOT_LEN), put(slot(1) + 8, "02")],
            "Malformed: one salt with two costs",
        ),
        changed(
            "a fourth derivation",
            "ways",
            vec![put(slot(0) + 16, "00")],
            "Malformed: more than three key derivations",
        ),
        changed(
            "the same salt and cost again is no fourth",
            "ways",
            vec![copy(slot(5), "ways", slot(1), SLOT_LEN)],
            "Tampered",
        ),
    ]
}

/// Every bound of the costs, and one beyond.
fn costs() -> Vec<FileVector> {
    let (high, low, right) = ("KdfTooHigh", "KdfTooLow", "checked");
    const GIB: u32 = 1024 * 1024;
    let rows: [(&str, [u32; 3], &str); 20] = [
        ("least memory, two passes", [8192, 2, 1], right),
        ("less than the least memory", [8191, 1, 1], low),
        ("no memory", [0, 1, 1], low),
        ("most memory", [4 * GIB, 1, 1], right),
        ("more than the most memory", [4 * GIB + 1, 1, 1], high),
        ("all memory", [u32::MAX, 1, 1], high),
        ("no pass", [8192, 0, 1], low),
        ("most passes", [8192, 1024, 1], right),
        ("more than the most passes", [8192, 1025, 1], high),
        ("all passes", [8192, u32::MAX, 1], high),
        ("no lane", [8192, 1, 0], low),
        ("most lanes", [8192, 1, 16], right),
        ("more than the most lanes", [8192, 1, 17], high),
        ("all lanes", [8192, 1, u32::MAX], high),
        ("most work", [4 * GIB, 4, 16], right),
        ("more than the most work", [4 * GIB, 5, 1], high),
        ("most work, one KiB more", [16 * 1024 + 1, 1024, 1], high),
        ("work that is 0 in 32 bits", [4 * GIB, 1024, 1], high),
        ("too high before too low", [0, 1025, 0], high),
        ("all numbers", [u32::MAX; 3], high),
    ];
    let mut all: Vec<FileVector> = rows
        .into_iter()
        .map(|(name, numbers, expect)| {
            let bytes = hex(&numbers.map(u32::to_le_bytes).concat());
            vector(name, "empty", put_well(SLOT + 4, &bytes), By::Nobody, expect)
        })
        .collect();
    let second = |name: &str, base: &str, slot: usize, changes: Vec<Change>, expect: &str| {
        let cost = vec![put(SLOT + slot * SLOT_LEN + 4, "ff1f0000"), Change::FixDigest];
        vector(name, base, [changes, cost].concat(), By::Nobody, expect)
    };
    all.push(second("a cost of type 2", "key_file_only", 0, vec![], low));
    all.push(second("a cost of the last slot", "ways", 7, vec![], low));
    let worse = vec![put(SLOT + SLOT_LEN + 1, "01")];
    all.push(second("what is malformed comes before a cost", "empty", 0, worse, "Malformed: a key slot"));
    all
}

/// Passwords, key files and recovery codes, on files as they are.
fn secrets() -> Vec<FileVector> {
    let made = format!("TRESOR-KEY-1 {MADE_KEY} {}", made_checksum());
    let crlf = format!("\u{feff}\r\n{}\r\n", made.to_uppercase().replace(' ', " \r\n\t"));
    let with = |name: &str,
                base: &str,
                password: Option<&str>,
                key_file: Option<String>,
                slot: Option<usize>,
                expect: &str| {
        FileVector {
            name: name.to_owned(),
            base: base.to_owned(),
            password: password.map(str::to_owned),
            key_file,
            slot,
            expect: expect.to_owned(),
            ..FileVector::default()
        }
    };
    let file = |text: &str| Some(hex(text.as_bytes()));
    let any = Some(ANY_FILE.to_owned());
    let recovery = |name: &str, base: &str, code: &str, slot, expect: &str| FileVector {
        recovery_code: Some(code.to_owned()),
        ..with(name, base, None, None, slot, expect)
    };
    let right_code = code_of(&CODE);
    let nfd = "Gru\u{308}\u{df}e, C\u{30c}ene\u{30c}k \u{1f44b}";
    let wrong = "WrongSecret";
    vec![
        with("type 1", "ways", Some(PASSWORD), None, Some(1), "opens"),
        with("type 2 comes before type 1", "ways", Some(PASSWORD), file(&made), Some(0), "opens"),
        with(
            "type 2 with a key file that an editor touched",
            "ways",
            Some(PASSWORD),
            file(&crlf),
            Some(0),
            "opens",
        ),
        with("type 2 with any file", "ways", Some("another"), any.clone(), Some(3), "opens"),
        with(
            "a key file that fits none: the slot of type 1",
            "ways",
            Some(PASSWORD),
            any.clone(),
            Some(1),
            "opens",
        ),
        with("composed", "ways", Some(ACCENTED), None, Some(7), "opens"),
        with("decomposed", "ways", Some(nfd), None, Some(7), "opens"),
        recovery("type 3", "ways", &right_code, Some(2), "opens"),
        recovery(
            "type 3, typed carelessly",
            "ways",
            &right_code.to_lowercase().replace(' ', "-").replace('0', "o"),
            Some(2),
            "opens",
        ),
        recovery("type 3 alone", "recovery_only", &right_code, Some(0), "opens"),
        recovery("type 3 beside type 2", "key_file_only", &right_code, Some(1), "opens"),
        with("type 2 alone", "key_file_only", Some(PASSWORD), file(&made), Some(0), "opens"),
        with("type 2 alone, no key file", "key_file_only", Some(PASSWORD), None, None, "MissingKeyFile"),
        with(
            "type 2 alone, wrong password and no key file",
            "key_file_only",
            Some("wrong"),
            None,
            None,
            "MissingKeyFile",
        ),
        with("type 2 alone, another key file", "key_file_only", Some(PASSWORD), any.clone(), None, wrong),
        with("type 2 alone, wrong password", "key_file_only", Some("wrong"), file(&made), None, wrong),
        with(
            "type 2 alone, broken key file",
            "key_file_only",
            Some(PASSWORD),
            file(&made.replace("-1 00", "-1 01")),
            None,
            "KeyFileBroken",
        ),
        with("wrong password", "empty", Some("wrong"), None, None, wrong),
        with("right password and a blank", "empty", Some("correct horse battery staple "), None, None, wrong),
        with("right password in capitals", "empty", Some("Correct horse battery staple"), None, None, wrong),
        with("without its accents", "ways", Some("Grusse, Cenek 👋"), None, None, wrong),
        with("a password for a recovery code alone", "recovery_only", Some(PASSWORD), None, None, wrong),
        with("a password of type 2 without its file", "ways", Some("another"), None, None, wrong),
        with("the wrong file for that password", "ways", Some("another"), file(&made), None, wrong),
        recovery("a recovery code where there is no slot for one", "empty", &right_code, None, wrong),
        recovery("another recovery code", "recovery_only", &code_of(&[7; 20]), None, wrong),
        with(
            "a control character",
            "empty",
            Some("correct\thorse"),
            None,
            None,
            "PassphraseControlCharacter",
        ),
        with("no password", "empty", Some(""), None, None, "PassphraseEmpty"),
    ]
}

/// Parts of two files in one, keys of others.
fn mixed() -> Vec<FileVector> {
    let changed = |name: &str, base: &str, changes: Vec<Change>, by: By, expect: &str| {
        vector(name, base, [changes, vec![Change::FixDigest]].concat(), by, expect)
    };
    let password = By::Password(PASSWORD);
    let next_payload = || copy(4096, "empty_next", 4096, SIZE - 4096);
    let next_keys = || copy(40, "empty_next", 40, 56);
    let foreign_payload = || copy(4096, "unknown", 4096, SIZE - 4096);
    let cut = vec![Change::Truncate(SIZE), put(32, "1000010000000000"), Change::FixDigest];
    let grown = vec![Change::Append("00*65536".to_owned()), put(32, "1000020000000000"), Change::FixDigest];
    let old = Forge::new(13).vault_key;
    vec![
        changed("payload of the next save", "empty", vec![next_payload()], password, "Tampered"),
        changed(
            "nonce of the next save",
            "empty",
            vec![copy(40, "empty_next", 40, 24)],
            password,
            "KeyMismatch",
        ),
        changed("nonce and commitment of the next save", "empty", vec![next_keys()], password, "Tampered"),
        changed(
            "all but the slots of the next save",
            "empty",
            vec![next_keys(), next_payload()],
            password,
            "Tampered",
        ),
        changed("payload of another vault", "empty", vec![foreign_payload()], password, "Tampered"),
        changed(
            "payload, nonce and commitment of another vault",
            "empty",
            vec![copy(40, "unknown", 40, 56), foreign_payload()],
            password,
            "KeyMismatch",
        ),
        changed(
            "payload and vault_id of another vault",
            "empty",
            vec![copy(16, "unknown", 16, 80), foreign_payload()],
            password,
            "WrongSecret",
        ),
        vector("a step cut off, lengths made right", "two_steps", cut, password, "Tampered"),
        vector("a step put on, lengths made right", "empty", grown, password, "Tampered"),
        vector("the first key of two", "two_keys", vec![], password, "opens"),
        vector(
            "the second key of two, which would decrypt too",
            "two_keys",
            vec![],
            By::Password("another"),
            "KeyMismatch",
        ),
        vector(
            "the second key of two, itself",
            "two_keys",
            vec![],
            By::Key(second_key().vault_key),
            "KeyMismatch",
        ),
        vector("a slot of another key is passed over", "other_key", vec![], password, "opens"),
        changed(
            "a slot of another key alone",
            "other_key",
            vec![put(SLOT + 2 * SLOT_LEN, "00*480")],
            password,
            "KeyMismatch",
        ),
        vector("the old password after a re-key", "rekey_new", vec![], password, "WrongSecret"),
        vector("the old key after a re-key", "rekey_new", vec![], By::Key(old), "KeyMismatch"),
        changed(
            "the old slot in the file after a re-key",
            "rekey_new",
            vec![copy(SLOT + SLOT_LEN, "rekey_old", SLOT, SLOT_LEN)],
            password,
            "KeyMismatch",
        ),
        vector(
            "the new password before a re-key",
            "rekey_old",
            vec![],
            By::Password("a new one"),
            "WrongSecret",
        ),
    ]
}

/// Every base that is not shown above, as it is.
fn good() -> Vec<FileVector> {
    let opens = |name: &str, base: &str| vector(name, base, vec![], By::Password(PASSWORD), "opens");
    vec![
        opens("the smallest vault", "empty"),
        opens("its next save", "empty_next"),
        opens("every tag, history, trash", "every_tag"),
        opens("unknown kinds, tags and versions are kept", "unknown"),
        opens("values that break their tag's row are kept", "unreadable"),
        opens("a sealed value moved: it alone does not open", "moved_field"),
        opens("longer than its content needs", "two_steps"),
        opens("one of two states", "merge_a"),
        opens("the other of two states", "merge_b"),
        opens("two states merged", "merged"),
        opens("before a re-key", "rekey_old"),
        vector("after a re-key", "rekey_new", vec![], By::Password("a new one"), "opens"),
    ]
}

fn made_checksum() -> String {
    hex(&tresor::crypto::derive::sha256(&[&super::unhex(MADE_KEY)])[..4])
}

/// Nine groups of four letters, by way of a string of bits.
pub fn code_of(code: &[u8; 20]) -> String {
    let check = tresor::crypto::derive::sha256(&[b"tresor/recovery/1\0", code]);
    let bits: String = code.iter().chain(&check[..3]).map(|byte| format!("{byte:08b}")).collect();
    let mut text = String::new();
    for (at, five) in bits.as_bytes().chunks(5).take(36).enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        let letter = usize::from_str_radix(std::str::from_utf8(five).unwrap(), 2).unwrap();
        text.push(char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[letter]));
    }
    text
}
