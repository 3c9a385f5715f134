//! Audits of many entries, and look-ups in a list of breached passwords of 40 GB: a sparse file on the disk that has
//! lines wherever the look-ups read (tests/breaches/list.rs).
//!
//! `cargo bench --bench audit`

#[path = "../tests/breaches/list.rs"]
mod list;

use std::cell::Cell;
use std::fs::{self, File};
use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use list::Long;
use tresor::audit::{Audit, Terms};
use tresor::crypto::random::{SeededRandom, below};
use tresor::generate::Recipe;
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::store::breaches::Breaches;
use tresor::time::Timestamp;
use tresor::vault::Vault;
use tresor::vault::item::Item;

const FORTY_GB: u64 = 40_000_000_000;
/// Passwords that are looked up.
const LOOK_UPS: usize = 1_000;

fn main() {
    divan::main();
}

/// A third of the passwords is generated, a third made up by people, a third long sentences.
fn vault(entries: usize) -> (Session, Vault) {
    const WORDS: [&str; 8] =
        ["kitten", "summer", "dragon", "moskva", "natasha", "qwerty", "football", "liberty"];
    let mut random = SeededRandom::new(1);
    let word = |random: &mut SeededRandom| WORDS[below(random, 8).unwrap_or(0) as usize];
    let items: Vec<Item> = (0..entries)
        .map(|number| {
            let password = match number % 3 {
                0 => Recipe::default().generate(&mut random).expect("a password"),
                1 => {
                    let digits = below(&mut random, 10_000).expect("a number");
                    Secret::from_text(format!("{}{digits}!", word(&mut random)))
                }
                _ => {
                    let words: Vec<&str> = (0..6).map(|_| word(&mut random)).collect();
                    Secret::from_text(format!("{} {number}", words.join(" ")))
                }
            };
            Item {
                title: format!("Account {number}"),
                username: format!("octavia.{number}@mail.example.com"),
                urls: vec![format!("https://login.site-{number}.example.com/session")],
                password: Some(password),
                ..Item::default()
            }
        })
        .collect();
    let (session, mut vault) = Session::in_memory().expect("a vault");
    let add = |edit: &mut tresor::vault::edit::Edit<'_, '_>| {
        items.iter().try_for_each(|item| edit.add(item).map(drop))
    };
    session.edit(&mut vault, Timestamp(1), "", add).expect("an edit");
    (session, vault)
}

/// All findings but the look-ups.
#[divan::bench(args = [1_000, 10_000], sample_count = 5, sample_size = 1)]
fn audit(bencher: Bencher<'_, '_>, entries: usize) {
    let (session, vault) = vault(entries);
    let terms = Terms::new(Timestamp(2), Some(730));
    bencher.counter(ItemsCount::new(entries)).bench_local(|| {
        let audited = session.audit(&vault, &terms, None, &mut |_, _| true);
        let audit: Audit = audited.expect("an audit").expect("not stopped");
        assert!(audit.findings.len() > entries / 3);
        audit
    });
}

struct Sparse {
    path: PathBuf,
    passwords: Vec<String>,
}

impl Sparse {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tresor-bench-{name}-{}", std::process::id()));
        let passwords: Vec<String> = (0..LOOK_UPS).map(|number| format!("password{number}")).collect();
        let known: Vec<(&str, u64)> = passwords.iter().step_by(2).map(|it| (it.as_str(), 17)).collect();
        let all: Vec<&str> = passwords.iter().map(String::as_str).collect();
        Long::new(FORTY_GB, &known).write_sparse(&path, &all);
        Self { path, passwords }
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// One look-up, the file in the system's cache as far as it was read before.
#[divan::bench(sample_count = 100, sample_size = 10)]
fn look_up_in_40_gb(bencher: Bencher<'_, '_>) {
    let sparse = Sparse::new("warm");
    let mut breaches = Breaches::open(&sparse.path).expect("a list");
    let next = Cell::new(0);
    bencher.bench_local(|| {
        let number = next.replace((next.get() + 1) % LOOK_UPS);
        let found = breaches.count(&Secret::copy_of(sparse.passwords[number].as_bytes())).expect("an answer");
        assert_eq!(found.is_some(), number.is_multiple_of(2));
    });
}

/// One look-up, nothing of the file in the system's cache.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn look_up_in_40_gb_uncached(bencher: Bencher<'_, '_>) {
    let sparse = Sparse::new("cold");
    let file = File::open(&sparse.path).expect("the list");
    let mut breaches = Breaches::open(&sparse.path).expect("a list");
    let next = Cell::new(0);
    let forget = || rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).expect("advice");
    bencher.with_inputs(forget).bench_local_values(|()| {
        let number = next.replace((next.get() + 1) % LOOK_UPS);
        breaches.count(&Secret::copy_of(sparse.passwords[number].as_bytes())).expect("an answer")
    });
}

/// Opening it: the first line, the last, and 64 between them.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn open_40_gb(bencher: Bencher<'_, '_>) {
    let sparse = Sparse::new("open");
    bencher.bench_local(|| Breaches::open(&sparse.path).expect("a list"));
}
