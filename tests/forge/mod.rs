//! Vault files made byte by byte, as docs/format.md describes them: so tests can make what the program never
//! writes. Of the program it uses the cipher and the derivations alone, which `tests/reader.py` checks in turn.

pub mod cases;
pub mod content;
pub mod landed;
pub mod payload_cases;
pub mod small_cases;
pub mod two_keys;
pub mod vaults;
pub mod vector;

use serde::Serialize;
use tresor::crypto::derive::{self, Key};
use tresor::crypto::kdf::{self, Cost};
use tresor::crypto::random::{SeededRandom, array};
use tresor::crypto::{aead, random::Random};

pub const STEP: usize = 65536;
pub const HEADER: usize = 4096;

pub type Id = [u8; 16];
/// m, t, p.
pub type Costs = (u32, u32, u32);
/// The least that a reader accepts: 8 MiB, one pass, one lane.
pub const CHEAP: Costs = (8192, 1, 1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stamp {
    pub generation: u64,
    pub writer: Id,
    pub time: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cell {
    pub tag: u16,
    pub field: Option<Id>,
    pub stamp: u32,
    pub flags: u8,
    pub version: u8,
    pub value: Vec<u8>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub kind: u16,
    pub id: Id,
    pub cells: Vec<Cell>,
}

/// A body as it is written, in whatever order.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Body {
    /// Id, generation, time.
    pub writers: Vec<(Id, u64, u64)>,
    pub stamps: Vec<Stamp>,
    pub records: Vec<Record>,
}

impl Body {
    pub fn bytes(&self) -> Vec<u8> {
        bincode::serde::encode_to_vec(self, bincode::config::standard().with_fixed_int_encoding()).unwrap()
    }
}

/// What stands in the inner header, but for the body's length.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inner {
    pub generation: u64,
    pub writer: Id,
    pub parent: [u8; 32],
    pub saved_at: u64,
    pub other_parent: [u8; 32],
}

impl Inner {
    pub fn bytes(&self, body_len: usize) -> Vec<u8> {
        let mut bytes = b"TRSP\x01\0\0\0".to_vec();
        bytes.extend((body_len as u64).to_le_bytes());
        bytes.extend(self.generation.to_le_bytes());
        bytes.extend(self.writer);
        bytes.extend(self.parent);
        bytes.extend(self.saved_at.to_le_bytes());
        bytes.extend(self.other_parent);
        bytes.extend([0; 16]);
        bytes
    }
}

/// Inner header, body, and zeros up to the next whole step, or `steps` of them if that is more.
pub fn plaintext(inner: &[u8], body: &[u8], steps: usize) -> Vec<u8> {
    let mut text = [inner, body].concat();
    text.resize(text.len().next_multiple_of(STEP).max(steps * STEP), 0);
    text
}

/// The first 48 bytes of a slot.
pub fn slot_head(kind: u8, costs: Option<Costs>, salt: Id) -> [u8; 48] {
    let mut head = [0; 48];
    head[0] = kind;
    if let Some((m, t, p)) = costs {
        head[1] = 1;
        head[4..8].copy_from_slice(&m.to_le_bytes());
        head[8..12].copy_from_slice(&t.to_le_bytes());
        head[12..16].copy_from_slice(&p.to_le_bytes());
        head[16..32].copy_from_slice(&salt);
    }
    head
}

pub fn argon2id(passphrase: &str, salt: Id, (m, t, p): Costs) -> Vec<u8> {
    kdf::argon2id(passphrase.as_bytes(), &salt, Cost::new(m, t, p).unwrap()).unwrap().expose().to_vec()
}

/// A vault in the making: its id and key, and a fixed sequence of random bytes.
#[derive(Clone)]
pub struct Forge {
    pub vault_id: Id,
    pub vault_key: [u8; 32],
    pub random: SeededRandom,
    /// The random bytes that went into the last payload's nonce.
    pub entropy: [u8; 32],
}

impl Forge {
    pub fn new(seed: u64) -> Self {
        let mut random = SeededRandom::new(seed);
        Self {
            vault_id: array(&mut random).unwrap(),
            vault_key: array(&mut random).unwrap(),
            random,
            entropy: [0; 32],
        }
    }

    pub fn key(&self) -> Key {
        Key::copy_of(&self.vault_key)
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        array(&mut self.random).unwrap()
    }

    /// Wraps the vault key into a slot with this head and these bytes behind the wrapped key.
    pub fn wrap(&mut self, mut head: [u8; 48], extra: [u8; 328], ikm: &[u8]) -> Vec<u8> {
        let wrap_salt: [u8; 16] = self.bytes();
        let nonce: [u8; 24] = self.bytes();
        head[32..48].copy_from_slice(&wrap_salt);
        let (kek, commit) = derive::slot_keys(&[ikm], &wrap_salt, &self.vault_id, &head);
        let bound = [&head[..], &commit].concat();
        let aad = derive::wrap_aad(&self.vault_id, &bound, &extra);
        let mut wrapped = self.vault_key;
        let tag = aead::seal_in_place(kek.expose(), &nonce, &aad, &mut wrapped);
        [&bound[..], &nonce, &wrapped, &tag, &extra].concat()
    }

    pub fn passphrase_slot(&mut self, passphrase: &str, costs: Costs) -> Vec<u8> {
        let salt = self.bytes();
        self.wrap(slot_head(1, Some(costs), salt), [0; 328], &argon2id(passphrase, salt, costs))
    }

    pub fn key_file_slot(&mut self, passphrase: &str, key: &[u8; 32], salt: Id, costs: Costs) -> Vec<u8> {
        let ikm = [argon2id(passphrase, salt, costs), key.to_vec()].concat();
        self.wrap(slot_head(2, Some(costs), salt), [0; 328], &ikm)
    }

    pub fn recovery_slot(&mut self, code: &[u8; 20]) -> Vec<u8> {
        self.wrap(slot_head(3, None, [0; 16]), [0; 328], code)
    }

    /// A value sealed at its place.
    pub fn seal(&self, record: Id, tag: u16, field: Option<Id>, secret: &[u8]) -> Vec<u8> {
        let mut padded = (secret.len() as u32).to_le_bytes().to_vec();
        padded.extend(secret);
        padded.resize(padded.len().next_multiple_of(32), 0);
        let (_, nonce_key) = derive::field_keys(&self.key(), &self.vault_id);
        let aad = derive::field_aad(&self.vault_id, &record, tag, field.as_ref());
        let nonce = derive::hedged_nonce(&nonce_key, &[&aad, &padded]);
        self.seal_padded(&aad, nonce, padded)
    }

    /// What `padded` is under any nonce.
    pub fn seal_padded(&self, aad: &[u8], nonce: [u8; 24], mut padded: Vec<u8>) -> Vec<u8> {
        let (field_key, _) = derive::field_keys(&self.key(), &self.vault_id);
        let tag = aead::seal_in_place(field_key.expose(), &nonce, aad, &mut padded);
        [&nonce[..], &padded, &tag].concat()
    }

    /// A header with these slots; the payload's fields are still missing.
    pub fn header(&self, slots: &[Vec<u8>]) -> Vec<u8> {
        let mut header = b"\x89TRS\r\n\x1a\n\x01\0\0\0\0\x10\0\0".to_vec();
        header.extend(self.vault_id);
        header.resize(256, 0);
        header.extend(slots.concat());
        header.resize(HEADER, 0);
        header
    }

    /// The whole file: the payload under a nonce as the format makes it.
    pub fn file(&mut self, header: Vec<u8>, text: &[u8]) -> Vec<u8> {
        self.entropy = self.bytes();
        let nonce_key = derive::nonce_key(&self.key(), &self.vault_id);
        let nonce = derive::hedged_nonce(&nonce_key, &[&self.entropy, text]);
        let (header, payload) = self.encrypt(header, nonce, text.to_vec());
        finish(header, payload)
    }

    /// The header with the payload's fields, and the payload.
    pub fn encrypt(&self, mut header: Vec<u8>, nonce: [u8; 24], mut text: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        let (key, commit) = derive::payload_keys(&self.key(), &self.vault_id, &nonce);
        header[32..40].copy_from_slice(&(text.len() as u64 + 16).to_le_bytes());
        header[40..64].copy_from_slice(&nonce);
        header[64..96].copy_from_slice(&commit);
        let tag = aead::seal_in_place(key.expose(), &nonce, &payload_aad(&header), &mut text);
        text.extend(tag);
        (header, text)
    }
}

pub fn payload_aad(header: &[u8]) -> Vec<u8> {
    [&header[..96], &header[128..HEADER]].concat()
}

pub fn finish(header: Vec<u8>, payload: Vec<u8>) -> Vec<u8> {
    let mut file = [header, payload].concat();
    fix_digest(&mut file);
    file
}

pub fn fix_digest(file: &mut [u8]) {
    let digest = derive::sha256(&[&file[..96], &file[128..]]);
    file[96..128].copy_from_slice(&digest);
}

/// Cells of many records, put in order at the end.
#[derive(Clone)]
pub struct Draft {
    pub forge: Forge,
    pub writers: Vec<(Id, u64, u64)>,
    /// The stamp of what is written now.
    pub stamp: Stamp,
    cells: Vec<(u16, Id, Stamp, Cell)>,
}

impl Draft {
    pub fn new(forge: Forge) -> Self {
        let stamp = Stamp { generation: 1, writer: [0xA1; 16], time: 1_700_000_000_000 };
        Self { forge, writers: Vec::new(), stamp, cells: Vec::new() }
    }

    pub fn at(&mut self, generation: u64, writer: Id, time: u64) -> &mut Self {
        self.stamp = Stamp { generation, writer, time };
        self
    }

    pub fn cell(&mut self, kind: u16, id: Id, cell: Cell) -> &mut Self {
        self.cells.push((kind, id, self.stamp, cell));
        self
    }

    pub fn put(&mut self, kind: u16, id: Id, tag: u16, field: Option<Id>, value: &[u8]) -> &mut Self {
        self.cell(kind, id, Cell { tag, field, stamp: 0, flags: 0, version: 0, value: value.to_vec() })
    }

    pub fn secret(&mut self, kind: u16, id: Id, tag: u16, field: Option<Id>, secret: &[u8]) -> &mut Self {
        let value = self.forge.seal(id, tag, field, secret);
        self.cell(kind, id, Cell { tag, field, stamp: 0, flags: 1, version: 0, value })
    }

    /// A cell without a value: 2 removed, 4 emptied.
    pub fn flag(&mut self, kind: u16, id: Id, tag: u16, field: Option<Id>, flags: u8) -> &mut Self {
        self.cell(kind, id, Cell { tag, field, stamp: 0, flags, version: 0, value: Vec::new() })
    }

    /// All cells of both.
    pub fn and(mut self, other: &Self) -> Self {
        self.cells.extend(other.cells.iter().cloned());
        self
    }

    pub fn body(&self) -> Body {
        let mut stamps: Vec<Stamp> = self.cells.iter().map(|(_, _, stamp, _)| *stamp).collect();
        stamps.sort();
        stamps.dedup();
        let mut cells: Vec<(u16, Id, Cell)> = self
            .cells
            .iter()
            .map(|(kind, id, stamp, cell)| {
                let stamp = stamps.binary_search(stamp).unwrap() as u32;
                (*kind, *id, Cell { stamp, ..cell.clone() })
            })
            .collect();
        cells.sort();
        cells.dedup();
        let records = cells.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(|cells| Record {
            kind: cells[0].0,
            id: cells[0].1,
            cells: cells.iter().map(|(_, _, cell)| cell.clone()).collect(),
        });
        Body { writers: self.writers.clone(), records: records.collect(), stamps }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal, with long runs of one byte told by their length.
pub fn short(bytes: &[u8]) -> String {
    let runs = bytes.chunk_by(|a, b| a == b).map(|run| match run.len() {
        len @ 33.. => format!(" {:02x}*{len} ", run[0]),
        _ => hex(run),
    });
    runs.collect::<String>().trim().to_owned()
}

/// Reads hexadecimal digits with blanks anywhere between; `00*65536` is a run of equal pieces.
pub fn unhex(text: &str) -> Vec<u8> {
    let piece = |digits: &str| -> Vec<u8> {
        assert!(digits.len().is_multiple_of(2), "{digits}");
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    };
    let pieces = text.split_whitespace().map(|word| match word.split_once('*') {
        Some((digits, times)) => piece(digits).repeat(times.parse().unwrap()),
        None => piece(word),
    });
    pieces.collect::<Vec<_>>().concat()
}

/// A random generator that gives these bytes and then no more.
pub struct Given(pub Vec<u8>);

impl Random for Given {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), tresor::crypto::random::RandomError> {
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
        Ok(())
    }
}
