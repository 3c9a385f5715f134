//! Records, keys and writers, and what is made of them when somebody else wrote them.

use super::*;
use crate::crypto::random::SeededRandom;
use crate::merge::merge;
use crate::vault::cell::Stamp;

fn keys(seed: u64) -> Keys {
    Keys::generate(Id([9; 16]), &mut SeededRandom::new(seed)).unwrap()
}

fn writer(id: u8, generation: u64) -> Writer {
    Writer { id: Id([id; 16]), generation, time: Timestamp(generation * 10) }
}

fn record(keys: &Keys, generation: u64) -> Record {
    let mut vault = Vault::new();
    vault.saved_by(generation, Id([1; 16]), Timestamp(5));
    Record::new(keys, &vault, [generation as u8; 32], 1, [7; 32])
}

#[test]
fn a_record_is_believed_under_its_key_only() {
    let (one, two) = (keys(1), keys(2));
    let mut memory = Memory::default();
    memory.note(record(&one, 1), &one);
    memory.note(record(&two, 2), &two);
    let read = Memory::read(&memory.to_bytes()).unwrap();
    assert_eq!(read.of(&one).verified().unwrap().generation, 1);
    assert_eq!(read.of(&two).verified().unwrap().generation, 2);
    assert!(matches!(read.of(&keys(3)), Remembered::Nothing));
    assert_eq!(read.latest().unwrap().vk_id, two.vk_id());
    // A MAC under another key is none.
    let mut forged = Memory::default();
    forged.note(record(&one, 1), &two);
    assert!(matches!(forged.of(&one), Remembered::Unverified(_)));
}

#[test]
fn no_bit_can_be_changed_unnoticed() {
    let keys = keys(1);
    let mut memory = Memory::default();
    let mut noted = record(&keys, 3);
    noted.place = b"/home/x/vault.tresor".to_vec();
    memory.note(noted, &keys);
    let bytes = memory.to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let believed = Memory::read(&flipped).is_ok_and(|memory| memory.of(&keys).verified().is_some());
        assert!(!believed, "bit {bit}");
    }
    for len in 0..bytes.len() {
        assert_eq!(Memory::read(&bytes[..len]), Err(Unreadable), "{len}");
    }
    assert_eq!(Memory::read(&[bytes, vec![0]].concat()), Err(Unreadable));
    assert_eq!(Memory::read(&[1, 255, 255, 255, 255, 255, 255, 255, 255]), Err(Unreadable));
}

#[test]
fn a_key_that_was_replaced_stays_so() {
    let (old, new) = (keys(1), keys(2));
    let mut memory = Memory::default();
    assert_eq!(memory.standing_of(&old, &[]), KeyStanding::Known);
    memory.note(record(&old, 1), &old);
    assert_eq!(memory.standing_of(&old, &[]), KeyStanding::Known);
    assert_eq!(memory.standing_of(&new, &[]), KeyStanding::Older, "it says nothing of the one seen");
    assert_eq!(memory.standing_of(&new, &[old.vk_id()]), KeyStanding::Replaces);
    // Here, with the old key at hand.
    let mut here = memory.clone();
    here.supersede(&old);
    here.note(record(&new, 2), &new);
    assert!(here.of(&old).verified().unwrap().superseded);
    assert_eq!(here.standing_of(&old, &[]), KeyStanding::Older);
    assert_eq!(here.standing_of(&new, &[old.vk_id()]), KeyStanding::Known);
    // On another device: the mark has no MAC, and cannot be taken off again.
    let mut elsewhere = memory.clone();
    elsewhere.supersede_unverified(&[old.vk_id()]);
    elsewhere.note(record(&new, 2), &new);
    assert_eq!(elsewhere.standing_of(&old, &[]), KeyStanding::Older);
    elsewhere.kept[0].0.superseded = false;
    assert_eq!(elsewhere.standing_of(&old, &[]), KeyStanding::Older);
    // Forgetting the old key does not make it welcome.
    elsewhere.kept.remove(0);
    assert_eq!(elsewhere.standing_of(&old, &[]), KeyStanding::Older);
}

#[test]
fn the_oldest_records_are_forgotten() {
    let mut memory = Memory::default();
    for seed in 0..40 {
        memory.note(record(&keys(seed), seed + 1), &keys(seed));
    }
    assert_eq!(memory.kept.len(), MAX_RECORDS);
    assert_eq!(memory.latest().unwrap().generation, 40);
    assert!(memory.to_bytes().len() < MAX_LEN);
}

#[test]
fn the_writers_tell_which_came_first() {
    let both = [writer(1, 3), writer(2, 4)];
    assert_eq!(compare(&both, &both), Standing::Same);
    assert_eq!(compare(&[writer(1, 5), writer(2, 4)], &both), Standing::Newer);
    assert_eq!(compare(&[writer(1, 3), writer(2, 4), writer(3, 5)], &both), Standing::Newer);
    assert_eq!(compare(&[writer(1, 3)], &both), Standing::Older);
    assert_eq!(compare(&[writer(1, 3), writer(2, 3)], &both), Standing::Older);
    assert_eq!(compare(&[writer(1, 5)], &both), Standing::Forked);
    let clone = [writer(1, 3), Writer { time: Timestamp(41), ..writer(2, 4) }];
    assert_eq!(compare(&clone, &both), Standing::Forked, "two installations with one id");
    assert_eq!(join(&[writer(1, 5)], &both), [writer(1, 5), writer(2, 4)]);
}

#[test]
fn a_writer_dropped_from_a_full_list_is_not_missed() {
    let full: Vec<Writer> = (0..MAX_WRITERS as u16)
        .map(|number| {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            Writer { id: Id(id), generation: 10, time: Timestamp(1) }
        })
        .collect();
    let silent = Writer { id: Id([0xee; 16]), generation: 9, time: Timestamp(1) };
    assert!(covers(&full, &[silent]) && !covers(&full[1..], &[silent]));
    let recent = Writer { generation: 11, ..silent };
    assert!(!covers(&full, &[recent]));
}

#[test]
fn merging_drops_those_longest_silent_whatever_the_order() {
    let stated = |from: u16, len: u16, generation: u64| {
        let mut vault = Vault::new();
        for number in from..from + len {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            vault.saved_by(generation + u64::from(number) % 7, Id(id), Timestamp(u64::from(number)));
        }
        vault
    };
    let vaults = [stated(0, 200, 1), stated(150, 200, 4), stated(300, 200, 2)];
    let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
    let merged = orders.map(|[a, b, c]| {
        let merged = merge(&merge(&vaults[a], &vaults[b]), &vaults[c]);
        merged.writers().to_vec()
    });
    assert_eq!(merged[0].len(), MAX_WRITERS);
    assert!(merged.iter().all(|writers| *writers == merged[0]));
    assert!(merged[0].is_sorted_by_key(|writer| writer.id));
    let right = merge(&vaults[0], &merge(&vaults[1], &vaults[2]));
    assert_eq!(right.writers(), merged[0]);
}

#[test]
fn what_a_merge_gained_is_counted_by_entry() {
    use crate::vault::NewCell;
    use crate::vault::tag::{EMPTIED, Kind, Tag};
    let cell = |id: u8, flags: u8| NewCell {
        kind: Kind::ENTRY,
        id: Id([id; 16]),
        tag: Tag::TITLE,
        field: None,
        stamp: Stamp { generation: 1, writer: Id([1; 16]), time: Timestamp(1) },
        flags,
        version: 0,
        value: if flags == 0 { vec![id] } else { Vec::new() },
    };
    let (mut a, mut b) = (Vault::new(), Vault::new());
    a.apply([cell(1, 0), cell(2, 0)].into_iter().collect());
    b.apply([cell(1, 0), cell(2, EMPTIED), cell(3, 0)].into_iter().collect());
    let both = merge(&a, &b);
    assert_eq!((entries_gained(&a, &both), has_gained(&a, &both)), (2, true));
    assert_eq!((entries_gained(&b, &both), has_gained(&b, &both)), (0, false));
}
