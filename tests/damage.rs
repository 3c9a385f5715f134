//! Damage by accident is found without the password, damage by intent with it: no changed file is accepted.

use std::path::Path;
use std::thread;

use figures::{figure, quick_or_long};

use tresor::crypto::derive;
use tresor::crypto::random::{SeededRandom, below};
use tresor::format::{self, Credentials, FormatError, Header, Keys, Passphrase, body};
use tresor::merge::merge;
use tresor::secret::Secret;
use tresor::vault::{Id, Vault};
use zeroize::Zeroizing;

mod figures;

const HEADER: usize = 4096;
const SLOT: std::ops::Range<usize> = 256..736;
const DIGEST: std::ops::Range<usize> = 96..128;

fn vault(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/vaults");
    std::fs::read(path.join(name)).unwrap()
}

/// A vault of one step, the least there is.
fn smallest() -> Vec<u8> {
    let file = vault("empty.tresor");
    assert_eq!(file.len(), 69_648);
    file
}

fn passphrase() -> Passphrase {
    Passphrase::new(&Secret::copy_of(b"correct horse battery staple")).unwrap()
}

fn keys_of(header: &Header) -> Result<Keys, FormatError> {
    format::unlock(header, &Credentials::Passphrase(&passphrase(), None)).map(|(keys, _)| keys)
}

fn fix_digest(file: &mut [u8]) {
    let digest = derive::sha256(&[&file[..96], &file[128..]]);
    file[DIGEST].copy_from_slice(&digest);
}

fn flip(file: &mut [u8], bit: usize) {
    file[bit / 8] ^= 1 << (bit % 8);
}

/// Calls `accepts` for every one of `cases`, on all processors; gives those that were accepted.
fn accepted(cases: Vec<usize>, accepts: impl Fn(&mut Vec<u8>, usize) -> bool + Sync) -> Vec<usize> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (cases, accepts) = (&cases, &accepts);
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut file = smallest();
                    let mine = cases.iter().skip(worker).step_by(workers);
                    mine.copied().filter(|case| accepts(&mut file, *case)).collect::<Vec<usize>>()
                })
            })
            .collect();
        started.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn every_flipped_bit_is_found_without_the_password() {
    let bits = smallest().len() * 8;
    assert_eq!(bits, 557_184);
    let missed = accepted((0..bits).collect(), |file, bit| {
        flip(file, bit);
        let found = Header::read(file, file.len() as u64).is_err();
        flip(file, bit);
        !found
    });
    assert!(missed.is_empty(), "{missed:?}");
    figure("bit-flips", &format!("{bits} of {bits} found without the password"));
}

/// The digest made right again, as an attacker can: the right keys do not open it. Every bit of the header, and
/// one in 61 of the payload, or all.
#[test]
fn flipped_bits_under_a_right_digest_are_refused() {
    let header = Header::read(&smallest(), 69_648).unwrap();
    let keys = keys_of(&header).unwrap();
    assert!(format::open(Zeroizing::new(smallest()), &header, &keys).is_ok());
    let in_header = (0..HEADER * 8).filter(|bit| !DIGEST.contains(&(bit / 8)));
    let bits: Vec<usize> = in_header.chain((HEADER * 8..69_648 * 8).step_by(quick_or_long(61, 1))).collect();
    let number = bits.len();
    let accepted = accepted(bits, |file, bit| {
        flip(file, bit);
        fix_digest(file);
        let opened = Header::read(file, file.len() as u64)
            .and_then(|header| format::open(Zeroizing::new(file.clone()), &header, &keys));
        flip(file, bit);
        opened.is_ok()
    });
    assert!(accepted.is_empty(), "{accepted:?}");
    figure("repaired-digest", &format!("0 of {number} accepted"));
}

/// As before, and through the password: one bit in each byte of the slot, the vault's id and the versions.
#[test]
fn a_changed_slot_does_not_open() {
    let bytes = (8..32).chain(SLOT);
    let bits: Vec<usize> = bytes.map(|byte| byte * 8 + byte % 8).collect();
    let number = bits.len();
    let accepted = accepted(bits, |file, bit| {
        flip(file, bit);
        fix_digest(file);
        let opened = Header::read(file, file.len() as u64).and_then(|header| {
            let keys = keys_of(&header)?;
            format::open(Zeroizing::new(file.clone()), &header, &keys)
        });
        flip(file, bit);
        opened.is_ok()
    });
    println!("{number} bits flipped, tried with the password, {} accepted", accepted.len());
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn every_other_length_is_refused() {
    let file = smallest();
    let longer = [&file[..], &[0; 64]].concat();
    let read = |len: usize| Header::read(&longer[..len], len as u64);
    let refused = (0..file.len()).chain(file.len() + 1..=longer.len()).filter(|len| read(*len).is_err());
    assert_eq!(refused.count(), file.len() + 64);
    assert!(read(file.len()).is_ok());
    figure("truncations", &format!("0 of {} truncations and 64 extensions accepted", file.len()));
}

/// Bodies changed at random, as only someone with the key could: refused, or read, shown, merged and written back
/// as they are; never a panic.
#[test]
fn a_changed_body_is_refused_or_kept() {
    let mut random = SeededRandom::new(5);
    let mut kept = 0;
    for name in ["every_tag.tresor", "unknown.tresor", "unreadable.tresor", "merged.tresor"] {
        let file = vault(name);
        let header = Header::read(&file, file.len() as u64).unwrap();
        let opened = format::open(Zeroizing::new(file), &header, &keys_of(&header).unwrap()).unwrap();
        let body = encoded(&opened.vault);
        for _ in 0..3000 {
            let changed = changed(&body, &mut random);
            let Ok(parts) = body::decode(&changed, 0, 1000) else { continue };
            let vault = parts.into_vault(1000, Zeroizing::new(changed.clone()));
            assert!(encoded(&vault) == changed && encoded(&merge(&vault, &vault)) == changed);
            for entry in vault.entries() {
                let _ = (entry.state(), entry.title(), entry.urls(), entry.fields(), entry.history());
                let _ = (entry.attachments(), entry.created(), entry.modified(), entry.last_used());
            }
            let _ = (vault.steps(), vault.undoable(Id::ZERO).is_some(), vault.redoable(Id::ZERO).is_some());
            kept += 1;
        }
    }
    println!("12000 bodies changed, {kept} read and kept");
    assert!(kept > 1000);
}

/// One to three small changes: a byte, a bit, a piece taken out, doubled, or put elsewhere.
fn changed(bytes: &[u8], random: &mut SeededRandom) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=below(random, 3).unwrap() {
        let mut pick = |bound: usize| below(random, bound as u32).unwrap() as usize;
        let at = pick(bytes.len());
        let piece = at..(at + pick(40)).min(bytes.len());
        match pick(5) {
            0 => bytes[at] = pick(256) as u8,
            1 => bytes[at] ^= 1 << pick(8),
            2 => drop(bytes.drain(piece)),
            3 => bytes.extend_from_within(piece),
            _ => {
                let copy = bytes[piece].to_vec();
                let to = pick(bytes.len());
                bytes.splice(to..to, copy);
            }
        }
    }
    bytes
}

fn encoded(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    body::encode(vault, &mut bytes);
    bytes
}
