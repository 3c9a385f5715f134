//! Opening, looking up, editing and saving vaults of many entries, the key derivation left out.
//!
//! `cargo bench --bench vault`

use divan::Bencher;
use divan::counter::ItemsCount;
use tresor::crypto::kdf::Cost;
use tresor::crypto::random::{Random, SeededRandom};
use tresor::format::{self, Header, Inner, Keys, Passphrase, Slot};
use tresor::search::resolve;
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::edit::{Author, EditError};
use tresor::vault::item::Item;
use tresor::vault::{Id, Vault};
use zeroize::Zeroizing;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

struct Sample {
    vault: Vault,
    keys: Keys,
    slot: Slot,
}

impl Sample {
    fn new(entries: usize) -> Self {
        let mut random = SeededRandom::new(1);
        let keys = Keys::generate(Id([7; 16]), &mut random).expect("keys");
        let passphrase = Passphrase::new(&Secret::copy_of(b"benchmark")).expect("a passphrase");
        let slot = Slot::for_passphrase(
            keys.vault_key(),
            keys.vault_id(),
            &passphrase,
            None,
            Cost::READER_FLOOR,
            &mut random,
        );
        let mut vault = Vault::new();
        let mut new_id = || {
            let mut id = [0; 16];
            random.fill(&mut id).map_err(|_| EditError::NoRandomness)?;
            Ok(Id(id))
        };
        let mut author = Author { seal: &keys, new_id: &mut new_id, writer: Id([1; 16]), now: Timestamp(1) };
        let added = vault.edit(&mut author, "many", |edit| {
            (0..entries).try_for_each(|number| edit.add(&item(number)).map(|_| ()))
        });
        added.expect("an edit");
        vault.saved_by(1, Id([1; 16]), Timestamp(1));
        Self { vault, slot: slot.expect("a slot"), keys }
    }

    fn file(&self) -> Vec<u8> {
        let inner = Inner { generation: 1, ..Inner::default() };
        let slots = [self.slot];
        format::seal(&self.vault, &self.keys, &slots, &inner, 0, &mut SeededRandom::new(2)).expect("a file")
    }
}

fn item(number: usize) -> Item {
    Item {
        title: format!("Site number {number}"),
        username: format!("user{number}@example.com"),
        password: Some(Secret::copy_of(format!("Pa55-{number:>012}").as_bytes())),
        urls: vec![format!("https://site{number}.example.com/login")],
        folder: format!("Folder {}", number % 50),
        note: (number.is_multiple_of(3)).then(|| Secret::copy_of(b"a note of some thirty characters")),
        ..Item::default()
    }
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn check_digest(bencher: Bencher<'_, '_>, entries: usize) {
    let file = Sample::new(entries).file();
    bencher.bench_local(|| Header::read(&file, file.len() as u64).expect("a header"));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn decrypt_and_read(bencher: Bencher<'_, '_>, entries: usize) {
    let sample = Sample::new(entries);
    let file = sample.file();
    let header = Header::read(&file, file.len() as u64).expect("a header");
    bencher
        .counter(ItemsCount::new(entries))
        .with_inputs(|| Zeroizing::new(file.clone()))
        .bench_local_values(|file| format::open(file, &header, &sample.keys).expect("a vault"));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn look_up_title(bencher: Bencher<'_, '_>, entries: usize) {
    let sample = Sample::new(entries);
    let query = format!("Site number {}", entries / 2);
    bencher.bench_local(|| resolve(&query, sample.vault.entries()).found.len());
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn encode_and_encrypt(bencher: Bencher<'_, '_>, entries: usize) {
    let sample = Sample::new(entries);
    bencher.bench_local(|| sample.file());
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn clone_for_a_save(bencher: Bencher<'_, '_>, entries: usize) {
    let sample = Sample::new(entries);
    bencher.bench_local(|| sample.vault.clone());
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn add_many_in_one_edit(bencher: Bencher<'_, '_>, entries: usize) {
    bencher.bench_local(|| Sample::new(entries));
}
