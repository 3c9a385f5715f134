//! The vault files that the vectors start from. Each has one thing to show; `every_tag` has all tags.

use tresor::crypto::derive;

use super::{CHEAP, Cell, Draft, Forge, HEADER, Id, Inner, STEP};
use super::{argon2id, finish, fix_digest, payload_aad, plaintext, slot_head, two_keys, unhex};

pub const PASSWORD: &str = "correct horse battery staple";
/// Its NFC is what counts: it is typed composed or decomposed.
pub const ACCENTED: &str = "Grüße, Čeněk 👋";
/// 32 bytes 00 to 1f.
pub const MADE_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// The content of a key file that is any file.
pub const ANY_FILE: &str = "89504e470d0a1a0a 00*100 ff";
pub const CODE: [u8; 20] = *b"twenty random bytes!";

const ALICE: Id = [0xA1; 16];
const BOB: Id = [0xB2; 16];
const NOON: u64 = 1_700_000_000_000;

/// A vault file, with the key that it is encrypted under.
pub struct Base {
    pub name: &'static str,
    pub file: Vec<u8>,
    pub vault_key: [u8; 32],
    /// The random bytes that went into the payload's nonce.
    pub entropy: [u8; 32],
}

fn base(name: &'static str, file: Vec<u8>, forge: &Forge) -> Base {
    Base { name, file, vault_key: forge.vault_key, entropy: forge.entropy }
}

pub fn all() -> Vec<Base> {
    let [empty, empty_next] = empty();
    let [merge_a, merge_b, merged] = merging();
    let [rekey_old, rekey_new] = rekeying();
    vec![
        empty,
        empty_next,
        every_tag(),
        ways(),
        key_file_only(),
        recovery_only(),
        minor_1(),
        unknown(),
        unreadable(),
        critical(),
        moved_field(),
        two_steps(),
        two_keys(),
        other_key(),
        merge_a,
        merge_b,
        merged,
        rekey_old,
        rekey_new,
    ]
}

fn inner(generation: u64) -> Inner {
    Inner { generation, writer: ALICE, saved_at: NOON + 1000 * generation, ..Inner::default() }
}

/// Encrypts a draft behind one slot for [`PASSWORD`].
fn usual(name: &'static str, draft: &Draft, inner: Inner) -> Base {
    let mut forge = draft.forge.clone();
    let slot = forge.passphrase_slot(PASSWORD, CHEAP);
    let body = draft.body().bytes();
    let header = forge.header(&[slot]);
    let file = forge.file(header, &plaintext(&inner.bytes(body.len()), &body, 1));
    base(name, file, &forge)
}

/// The smallest vault, and its second save: same key, the slot wrapped again.
fn empty() -> [Base; 2] {
    let draft = Draft::new(Forge::new(1));
    let first = usual("empty", &draft, inner(1));
    let parent = first.file[96..128].try_into().unwrap();
    let mut draft = draft;
    draft.forge.bytes::<64>(); // other salts and nonces
    draft.writers = vec![(ALICE, 2, NOON)];
    let second = usual("empty_next", &draft, Inner { parent, ..inner(2) });
    [first, second]
}

/// Slots of every type, three derivations, a slot in every place but one.
fn ways() -> Base {
    let mut draft = Draft::new(Forge::new(2));
    draft.put(1, [1; 16], 1, None, &[0]).put(1, [1; 16], 3, None, b"one entry, many ways");
    draft.secret(1, [1; 16], 5, None, b"s3cret");
    let mut forge = draft.forge.clone();
    let (shared, other): (Id, Id) = (forge.bytes(), forge.bytes());
    let made = derive::sha256(&[b"tresor/keyfile/1\0\x01", &unhex(MADE_KEY)]);
    let any = derive::sha256(&[b"tresor/keyfile/1\0\0", &unhex(ANY_FILE)]);
    let a = argon2id(PASSWORD, shared, CHEAP);
    let mut unknown = |kind: u8| {
        let mut bytes: [u8; 480] = forge.bytes();
        bytes[0] = kind;
        bytes.to_vec()
    };
    let (fido, later) = (unknown(4), unknown(200));
    let slots = [
        forge.key_file_slot(PASSWORD, &made, shared, CHEAP),
        forge.wrap(slot_head(1, Some(CHEAP), shared), [0; 328], &a),
        forge.recovery_slot(&CODE),
        forge.key_file_slot("another", &any, other, CHEAP),
        fido,
        vec![0; 480],
        later,
        // Memory that Argon2id rounds down: 8193 KiB is no multiple of 4 * 3.
        forge.passphrase_slot(ACCENTED, (8193, 2, 3)),
    ];
    let body = draft.body().bytes();
    let header = forge.header(&slots);
    let file = forge.file(header, &plaintext(&inner(1).bytes(body.len()), &body, 1));
    base("ways", file, &forge)
}

/// The first slot that the password fits wraps another key than the payload's, the second the right one.
fn other_key() -> Base {
    let draft = Draft::new(Forge::new(16));
    let mut forge = draft.forge.clone();
    let mut other = forge.clone();
    other.vault_key = other.bytes();
    let slots =
        [other.passphrase_slot(PASSWORD, CHEAP), vec![0; 480], forge.passphrase_slot(PASSWORD, CHEAP)];
    let body = draft.body().bytes();
    let header = forge.header(&slots);
    let file = forge.file(header, &plaintext(&inner(1).bytes(body.len()), &body, 1));
    base("other_key", file, &forge)
}

fn key_file_only() -> Base {
    let mut forge = Forge::new(3);
    let made = derive::sha256(&[b"tresor/keyfile/1\0\x01", &unhex(MADE_KEY)]);
    let salt = forge.bytes();
    let slots = [forge.key_file_slot(PASSWORD, &made, salt, CHEAP), forge.recovery_slot(&CODE)];
    let body = Draft::new(forge.clone()).body().bytes();
    let header = forge.header(&slots);
    let file = forge.file(header, &plaintext(&inner(1).bytes(body.len()), &body, 1));
    base("key_file_only", file, &forge)
}

fn recovery_only() -> Base {
    let mut forge = Forge::new(4);
    let slot = forge.recovery_slot(&CODE);
    let body = Draft::new(forge.clone()).body().bytes();
    let header = forge.header(&[slot]);
    let file = forge.file(header, &plaintext(&inner(1).bytes(body.len()), &body, 1));
    base("recovery_only", file, &forge)
}

/// A later minor version, with a bit in every reserved place.
fn minor_1() -> Base {
    let mut draft = Draft::new(Forge::new(5));
    draft.put(1, [1; 16], 3, None, b"from a later version");
    let mut forge = draft.forge.clone();
    let salt = forge.bytes();
    let mut head = slot_head(1, Some(CHEAP), salt);
    head[2] = 1;
    let mut extra = [0; 328];
    extra[327] = 0x80;
    let slot = forge.wrap(head, extra, &argon2id(PASSWORD, salt, CHEAP));
    let body = draft.body().bytes();
    let mut inner = inner(1).bytes(body.len());
    inner[6] = 1;
    inner[127] = 1;
    let mut header = forge.header(&[slot]);
    header[10] = 1;
    header[128] = 1;
    header[255] = 1;
    let file = forge.file(header, &plaintext(&inner, &body, 1));
    base("minor_1", file, &forge)
}

/// Kinds, tags and versions that this version does not know.
fn unknown() -> Base {
    let mut draft = Draft::new(Forge::new(6));
    let (entry, field) = ([1; 16], Some([7; 16]));
    draft.put(1, entry, 3, None, b"known").put(1, entry, 0x7FFF, field, b"unknown tag \0\xFF");
    draft.secret(1, entry, 63, None, b"unknown and sealed").flag(1, entry, 62, None, 2);
    draft.cell(1, entry, Cell { tag: 4, field: None, stamp: 0, flags: 0, version: 9, value: vec![1, 2] });
    draft.cell(1, entry, Cell { tag: 5, field: None, stamp: 0, flags: 0, version: 1, value: b"?".to_vec() });
    draft.put(0, entry, 3, None, b"kind 0").put(4711, [2; 16], 0, None, b"").put(
        u16::MAX,
        entry,
        1,
        None,
        &[0],
    );
    draft.at(2, BOB, 0).flag(4711, [3; 16], 5, None, 4).put(10, [9; 16], 3, None, b"kind 10");
    usual("unknown", &draft, inner(2))
}

/// Values that break their tag's row: shown as unreadable or as absent, and kept.
fn unreadable() -> Base {
    let mut draft = Draft::new(Forge::new(7));
    let (entry, other) = ([1; 16], [2; 16]);
    let field = |n: u8| Some([n; 16]);
    draft.put(1, entry, 1, None, &[1, 0]).put(1, entry, 3, None, b"\xFF\xFE").put(1, entry, 18, None, b"yes");
    draft.secret(1, entry, 4, None, b"sealed user name").secret(1, entry, 19, None, b"sealed folder");
    draft.put(1, entry, 22, None, &[1; 7]).put(1, entry, 23, None, &[1; 9]).put(1, entry, 24, None, b"");
    draft.put(1, entry, 6, None, b"https://no.id.example").put(1, entry, 6, field(3), b"https://b.example");
    draft.put(1, entry, 12, field(3), &[1, 0, 0, 0, 0]).put(1, entry, 6, field(4), b"https://a.example");
    draft.put(1, entry, 12, field(4), &[0, 0, 0, 0]).put(1, entry, 9, field(5), b"\xC0\x80");
    draft.put(1, entry, 10, field(6), b"PIN").put(1, entry, 11, field(6), &[77]).secret(
        1,
        entry,
        13,
        field(6),
        b"1",
    );
    draft.put(1, entry, 10, field(7), b"two bytes").put(1, entry, 11, field(7), &[3, 3]).put(
        1,
        entry,
        13,
        field(7),
        b"text",
    );
    draft.put(1, entry, 13, None, b"no id").put(1, entry, 13, field(8), b"no label");
    draft.secret(1, entry, 5, None, b"\xF0\x28 not UTF-8");
    draft.put(1, entry, 10, field(14), b"kind 6").put(1, entry, 11, field(14), &[6]);
    draft.put(1, entry, 13, field(14), b"shown as hidden");
    draft.put(1, entry, 14, field(9), b"no manifest");
    let manifest = |name: &[u8], len: u64, parts: &[Id]| {
        let counts =
            [(name.len() as u64).to_le_bytes(), len.to_le_bytes(), (parts.len() as u64).to_le_bytes()];
        [&counts[0], name, &counts[1], &counts[2], &parts.concat()].concat()
    };
    draft.put(1, entry, 14, field(10), &manifest(b"part missing", 3, &[[11; 16]]));
    draft.put(1, entry, 14, field(15), &[manifest(b"a byte more", 0, &[]), vec![0]].concat());
    draft.put(1, entry, 14, field(12), &manifest(b"too short", 4, &[[13; 16]]));
    draft.secret(1, entry, 15, field(13), b"abc");
    draft.put(1, other, 1, None, &[9]).put(1, other, 2, None, b"\xFF");
    draft.secret(1, other, 1, Some([1; 16]), &[2]);
    usual("unreadable", &draft, inner(1))
}

/// A tag that a reader must know if it is to write the file.
fn critical() -> Base {
    let mut draft = Draft::new(Forge::new(8));
    draft.put(1, [1; 16], 3, None, b"look, do not touch").put(4711, [2; 16], 0x8000, None, b"");
    usual("critical", &draft, inner(1))
}

/// One password moved to another entry, one to another field: those two do not open, all others do.
fn moved_field() -> Base {
    let mut draft = Draft::new(Forge::new(9));
    let (one, two) = ([1; 16], [2; 16]);
    draft.put(1, one, 3, None, b"one").secret(1, one, 5, None, b"password of one");
    draft.secret(1, one, 7, None, b"note of one");
    let stolen = draft.forge.seal(one, 5, None, b"password of one");
    draft.put(1, two, 3, None, b"two");
    draft.cell(1, two, Cell { tag: 5, field: None, stamp: 0, flags: 1, version: 0, value: stolen.clone() });
    draft.cell(1, two, Cell { tag: 7, field: None, stamp: 0, flags: 1, version: 0, value: stolen });
    draft.secret(1, two, 8, None, b"JBSWY3DPEHPK3PXP");
    usual("moved_field", &draft, inner(1))
}

/// Longer than its content needs.
fn two_steps() -> Base {
    let mut draft = Draft::new(Forge::new(10));
    draft.put(2, [0; 16], 65, None, &131_072_u64.to_le_bytes());
    let mut forge = draft.forge.clone();
    let slot = forge.passphrase_slot(PASSWORD, CHEAP);
    let body = draft.body().bytes();
    let header = forge.header(&[slot]);
    let file = forge.file(header, &plaintext(&inner(1).bytes(body.len()), &body, 2));
    base("two_steps", file, &forge)
}

/// Two passphrases for two vault keys, and one payload that decrypts under both. The commitment belongs to
/// the first.
fn two_keys() -> Base {
    let mut draft = Draft::new(Forge::new(11));
    draft.put(4711, [1; 16], 4711, None, &[0; 64]);
    let mut first = draft.forge.clone();
    let second = second_key();
    let mut slots = vec![first.passphrase_slot(PASSWORD, CHEAP)];
    slots.push(second.clone().passphrase_slot("another", CHEAP));
    let body = draft.body().bytes();
    let nonce = first.bytes();
    let text = plaintext(&inner(1).bytes(body.len()), &body, 1);
    let (header, mut payload) = first.encrypt(first.header(&slots), nonce, text);
    let keys = [&first, &second].map(|forge| derive::payload_keys(&forge.key(), &forge.vault_id, &nonce).0);
    // The 64 bytes of the value end the body, so some 32 of them are two whole blocks.
    let at = (128 + body.len() - 64).next_multiple_of(16);
    let text_len = payload.len() - 16;
    let (ciphertext, tag) = payload.split_at_mut(text_len);
    let aad = payload_aad(&header);
    tag.copy_from_slice(&two_keys::collide(
        [keys[0].expose(), keys[1].expose()],
        &nonce,
        &aad,
        ciphertext,
        at,
    ));
    base("two_keys", finish(header, payload), &first)
}

/// The second key of `two_keys`, for the same vault id.
pub fn second_key() -> Forge {
    let mut forge = Forge::new(11);
    forge.vault_key = forge.bytes();
    forge
}

/// Two states from one, and what merging gives.
fn merging() -> [Base; 3] {
    let mut common = Draft::new(Forge::new(12));
    let (shared, gone) = ([1; 16], [2; 16]);
    let url = Some([6; 16]);
    common
        .put(1, shared, 1, None, &[0])
        .put(1, shared, 3, None, b"shared")
        .secret(1, shared, 5, None, b"first");
    common.put(1, shared, 6, url, b"https://example.com");
    let start = common.clone();
    common
        .put(1, gone, 1, None, &[0])
        .put(1, gone, 3, None, b"to be deleted")
        .secret(1, gone, 5, None, b"old");
    common.writers = vec![(ALICE, 1, NOON)];

    let mut a = common.clone();
    a.writers = vec![(ALICE, 2, NOON + 2000)];
    a.at(2, ALICE, NOON + 2000).secret(1, shared, 5, None, b"of alice").flag(1, shared, 6, url, 2);
    a.put(4711, [9; 16], 300, None, b"unknown, of alice");
    let mut b = start.clone(); // bob deletes for good: the emptied cells stand for the ones he saw
    b.writers = vec![(ALICE, 1, NOON), (BOB, 2, NOON - 5000)];
    for tag in [1, 3, 5] {
        b.flag(1, gone, tag, None, 4);
    }
    b.at(2, BOB, NOON - 5000).put(1, gone, 1, None, &[2]).secret(
        1,
        shared,
        5,
        None,
        b"of bob, by a slow clock",
    );
    b.put(1, [3; 16], 3, None, b"new from bob").put(4711, [9; 16], 301, None, b"unknown, of bob");

    // All of alice's but what bob deleted, and all of bob's.
    let mut merged = start;
    merged.at(2, ALICE, NOON + 2000).secret(1, shared, 5, None, b"of alice").flag(1, shared, 6, url, 2);
    merged.put(4711, [9; 16], 300, None, b"unknown, of alice");
    let mut merged = merged.and(&b);
    merged.writers = vec![(ALICE, 2, NOON + 2000), (BOB, 2, NOON - 5000)];
    let a = usual("merge_a", &a, inner(2));
    let b = usual("merge_b", &b, Inner { writer: BOB, ..inner(2) });
    let parents = [&a, &b].map(|base| base.file[96..128].try_into().unwrap());
    let inner = Inner { parent: parents[0], other_parent: parents[1], ..inner(3) };
    [a, b, usual("merged", &merged, inner)]
}

/// A vault before and after its key was replaced, with the same content.
fn rekeying() -> [Base; 2] {
    let mut old = Draft::new(Forge::new(13));
    let (entry, slot, replaced) = ([1; 16], [2; 16], [3; 16]);
    let content = |draft: &mut Draft| {
        draft.put(1, entry, 3, None, b"kept through a re-key").secret(1, entry, 5, None, b"first");
        draft.at(2, ALICE, NOON + 1).secret(1, entry, 5, None, b"second");
    };
    content(&mut old);
    old.at(1, ALICE, NOON).put(3, slot, 3, None, b"master password");
    let old_file = usual("rekey_old", &old, inner(2));

    let mut new = Draft::new(old.forge.clone());
    new.forge.vault_key = new.forge.bytes();
    content(&mut new);
    new.at(1, ALICE, NOON).flag(3, slot, 3, None, 4);
    let old_name = derive::vk_id(&old.forge.key(), &old.forge.vault_id);
    new.at(3, ALICE, NOON + 2).put(9, replaced, 176, None, &old_name);
    new.put(9, replaced, 177, None, &(NOON + 2).to_le_bytes());
    let mut forge = new.forge.clone();
    let passphrase = forge.passphrase_slot("a new one", CHEAP);
    let body = new.body().bytes();
    let parent = old_file.file[96..128].try_into().unwrap();
    let header = forge.header(&[passphrase]);
    let inner = Inner { parent, ..inner(3) };
    let file = forge.file(header, &plaintext(&inner.bytes(body.len()), &body, 1));
    [old_file, base("rekey_new", file, &forge)]
}

/// Every tag of the specification, history, trash, and entries that are gone.
fn every_tag() -> Base {
    let mut draft = Draft::new(Forge::new(14));
    let [main, trashed, gone, edited] = [[0x11; 16], [0x12; 16], [0x13; 16], [0x14; 16]];
    let f = |n: u8| Some([n; 16]);
    let time = |n: u64| (NOON + n).to_le_bytes();
    // What was there first and is history now.
    draft.put(1, main, 1, None, &[1]).put(1, main, 3, None, b"Old title").secret(1, main, 5, None, b"older");
    draft.put(1, main, 6, f(0x21), b"http://github.com").secret(1, main, 7, None, b"");
    draft.put(1, main, 10, f(0x41), b"Old label").put(1, main, 10, f(0x46), b"Removed field");
    draft.secret(1, main, 13, f(0x46), b"was here").put(1, main, 11, f(0x46), &[1]);
    draft
        .put(1, main, 19, None, b"Old")
        .put(1, main, 9, f(0x33), b"removed tag")
        .put(1, main, 4, None, b"octo");
    draft.at(1, ALICE, NOON + 1).secret(1, main, 5, None, b"old");
    draft.at(2, ALICE, NOON + 10);
    for (tag, value) in [
        (1, &[0][..]),
        (2, b"login"),
        (3, "Git\u{202e}Hub · 貓 \u{1f511}".as_bytes()),
        (4, b"octo"),
        (17, b"minlength: 20; required: upper; x-later: 1;"),
        (18, &[1]),
        (19, b"Work/TCP\\/IP/a\\\\b"),
        (22, &time(5)),
        (24, &time(6)),
        (16, &time(99)),
        (26, &90_u32.to_le_bytes()),
        (27, &trashed),
    ] {
        draft.put(1, main, tag, None, value);
    }
    draft.secret(1, main, 5, None, "pässword 32 bytes long, or more".as_bytes()).secret(
        1,
        main,
        7,
        None,
        b"line 1\nline 2\n",
    );
    draft.secret(1, main, 8, None, b"otpauth://totp/GitHub:octo?secret=JBSWY3DPEHPK3PXP&issuer=GitHub");
    draft.secret(1, main, 25, None, b"pending").secret(1, main, 20, f(0x51), br#"{"credentialId":"AA"}"#);
    draft.put(1, main, 21, f(0x52), b"reused on purpose");
    draft.put(1, main, 6, f(0x21), b"https://github.com").put(1, main, 12, f(0x21), &1_u32.to_le_bytes());
    draft.put(1, main, 6, f(0x22), b"https://gist.github.com").put(
        1,
        main,
        12,
        f(0x22),
        &0_u32.to_le_bytes(),
    );
    draft.put(1, main, 6, f(0x23), b"https://unordered.example");
    draft.put(1, main, 9, f(0x31), b"2fa").put(1, main, 9, f(0x32), b"code").flag(1, main, 9, f(0x33), 2);
    for kind in 0..=6_u8 {
        let id = f(0x40 + kind);
        draft.put(1, main, 10, id, format!("Field {kind}").as_bytes()).put(1, main, 11, id, &[kind]);
        draft.put(1, main, 12, id, &(u32::from(kind) * 10).to_le_bytes());
        let value = format!("value {kind}");
        match kind {
            1 | 4 | 5 => draft.secret(1, main, 13, id, value.as_bytes()),
            6 => draft.flag(1, main, 13, id, 2).flag(1, main, 10, id, 2),
            _ => draft.put(1, main, 13, id, value.as_bytes()),
        };
    }
    draft.put(1, main, 28, f(0x41), &[1]);
    let manifest = |name: &[u8], len: u64, parts: &[Id]| {
        let counts =
            [(name.len() as u64).to_le_bytes(), len.to_le_bytes(), (parts.len() as u64).to_le_bytes()];
        [&counts[0], name, &counts[1], &counts[2], &parts.concat()].concat()
    };
    draft.put(1, main, 14, f(0x61), &manifest(b"id.pub", 9, &[[0x72; 16], [0x71; 16]]));
    draft.secret(1, main, 15, f(0x72), b"ssh-e").secret(1, main, 15, f(0x71), b"d255");
    draft.put(1, main, 14, f(0x62), &manifest(b"empty", 0, &[]));
    // In the trash; deleted for good; deleted for good here and edited elsewhere.
    draft.put(1, trashed, 1, None, &[1]).put(1, trashed, 2, None, b"card").put(
        1,
        trashed,
        3,
        None,
        b"Old card",
    );
    draft.at(1, BOB, NOON).flag(1, gone, 1, None, 4).flag(1, gone, 3, None, 4).flag(1, gone, 5, None, 4);
    draft.flag(1, edited, 1, None, 4).flag(1, edited, 3, None, 4);
    draft.at(3, BOB, NOON).put(1, gone, 1, None, &[2]).put(1, edited, 1, None, &[2]);
    draft.at(3, ALICE, NOON + 7).secret(1, edited, 5, None, b"edited elsewhere").put(
        1,
        trashed,
        23,
        None,
        &time(8),
    );
    // Everything that is no entry.
    draft.put(2, [0; 16], 64, None, &[262_144_u32, 3, 4].map(u32::to_le_bytes).concat());
    draft.put(2, [0; 16], 65, None, &65_536_u64.to_le_bytes()).put(2, [0; 16], 66, None, &[10, 0]).put(
        2,
        [0; 16],
        67,
        None,
        &[1],
    );
    draft.put(4, ALICE, 3, None, b"alice's laptop").put(4, ALICE, 96, None, b"0.1.0");
    draft.put(5, [0x15; 16], 3, None, b"Locker").put(5, [0x15; 16], 2, None, b"custom");
    draft.put(5, [0x15; 16], 10, f(0x16), b"Number").put(5, [0x15; 16], 11, f(0x16), &[1]);
    draft.put(5, [0x15; 16], 12, f(0x16), &[0; 4]);
    draft.secret(6, [0x17; 16], 128, None, b"generated").put(6, [0x17; 16], 129, None, b"github.com");
    draft.put(6, [0x17; 16], 130, None, &main).put(6, [0x17; 16], 131, None, b"minlength: 20;");
    draft.put(6, [0x17; 16], 132, None, &[1]).put(6, [0x17; 16], 22, None, &time(9));
    draft.put(7, [0x18; 16], 144, None, b"password of GitHub").put(7, [0x18; 16], 145, None, &[0]);
    draft.put(8, [0x19; 16], 3, None, b"work").put(8, [0x19; 16], 160, None, b"folder:Work");
    draft.put(9, [0x1A; 16], 176, None, &[0xEE; 16]).put(9, [0x1A; 16], 177, None, &time(3));
    let mut forge = draft.forge.clone();
    let slot = forge.passphrase_slot(PASSWORD, CHEAP);
    draft.put(3, [0x1B; 16], 3, None, b"master password").put(3, [0x1B; 16], 22, None, &time(0));
    draft.put(3, [0x1B; 16], 80, None, &slot);
    draft.writers = vec![(ALICE, 3, NOON + 7), (BOB, 3, NOON)];
    let body = draft.body().bytes();
    let header = forge.header(&[slot]);
    let file = forge.file(header, &plaintext(&inner(3).bytes(body.len()), &body, 1));
    base("every_tag", file, &forge)
}

/// A whole file with this payload behind a slot that nothing opens: the key is told.
pub fn sealed(text: &[u8]) -> (Vec<u8>, Forge) {
    let mut forge = Forge::new(15);
    let mut opaque = vec![0; 480];
    opaque[0] = 255;
    let header = forge.header(&[opaque]);
    assert!(header.len() == HEADER && text.len().is_multiple_of(STEP));
    let mut file = forge.file(header, text);
    fix_digest(&mut file);
    (file, forge)
}
