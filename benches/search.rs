//! What a key in the search box and a look-up cost at 100,000 entries of about 80 bytes of text.

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use tresor::search::{Document, Hits, How, Index, resolve};
use tresor::time::Timestamp;

const ENTRIES: usize = 100_000;

fn main() {
    let text: usize = ENTRIES_MADE.iter().map(Entry::text_bytes).sum();
    println!("{ENTRIES} entries, {text} bytes of text, {} bytes of index", INDEX.bytes());
    for (name, query, how) in QUERIES {
        let mut hits = Hits::default();
        INDEX.search(query, &mut hits);
        println!("  {name}: {query:?} has {} hits", hits.len());
        assert_eq!(hits.how(), how);
    }
    divan::main();
}

const QUERIES: [(&str, &str, How); 10] = [
    ("empty", "", How::All),
    ("one character of nearly all titles", "a", How::Words),
    ("one character of every address", "h", How::Words),
    ("one digit", "7", How::Words),
    ("three characters", "mar", How::Words),
    ("whole title", "kolemar portal", How::Words),
    ("two words", "kole user12", How::Words),
    ("two characters, every one", "a e", How::Words),
    ("left-out letter", "klemarprtal", How::Fuzzy),
    ("no hit at all", "zzqqxx", How::Fuzzy),
];

#[divan::bench(args = QUERIES.map(|(name, ..)| name))]
fn search(bencher: Bencher, name: &str) {
    let query = QUERIES.iter().find(|row| row.0 == name).expect("a row of the table").1;
    let mut hits = Hits::default();
    bencher.bench_local(|| INDEX.search(black_box(query), &mut hits));
}

#[divan::bench(sample_count = 10)]
fn build() -> Index {
    Index::build(black_box(&*ENTRIES_MADE))
}

#[divan::bench(sample_count = 20)]
fn replace_one(bencher: Bencher) {
    let mut index = Index::build(&*ENTRIES_MADE);
    bencher.bench_local(|| index.replace(black_box(ENTRIES / 3), &ENTRIES_MADE[ENTRIES / 2]));
}

#[divan::bench(args = ["id", "title", "account", "host", "address", "no host", "two words", "no words"])]
fn look_up(bencher: Bencher, name: &str) {
    let last = &ENTRIES_MADE[ENTRIES - 1];
    let (query, found) = match name {
        "id" => (format!("{:032x}", ENTRIES - 1), 1),
        "title" => (last.title.clone(), 1),
        "account" => (format!("{}/{}", last.title.to_lowercase(), last.username), 1),
        "host" => (last.url.clone(), 1),
        "address" => ("192.168.0.1".to_owned(), 0),
        "no host" => ("mail.example.com".to_owned(), 0),
        "two words" => ("kole user12".to_owned(), 22),
        _ => ("no words like that".to_owned(), 0),
    };
    assert_eq!(resolve(&query, ENTRIES_MADE.iter()).found.len(), found, "{query}");
    bencher.bench_local(|| resolve(black_box(&query), ENTRIES_MADE.iter()).found.len());
}

struct Entry {
    id: [u8; 16],
    title: String,
    username: String,
    url: String,
    folder: &'static str,
    tag: &'static str,
    recent: u64,
}

impl Entry {
    fn text_bytes(&self) -> usize {
        self.title.len() + self.username.len() + self.url.len() + self.folder.len() + self.tag.len()
    }
}

impl Document for Entry {
    fn id(&self) -> [u8; 16] {
        self.id
    }
    fn title(&self) -> &str {
        &self.title
    }
    fn username(&self) -> &str {
        &self.username
    }
    fn urls(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.url.as_str())
    }
    fn folder(&self) -> &str {
        self.folder
    }
    fn tags(&self) -> impl Iterator<Item = &str> {
        (!self.tag.is_empty()).then_some(self.tag).into_iter()
    }
    fn favourite(&self) -> bool {
        self.recent.is_multiple_of(64)
    }
    fn recent(&self) -> Timestamp {
        Timestamp(self.recent)
    }
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(&*ENTRIES_MADE));

static ENTRIES_MADE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    const SYLLABLES: [&str; 16] =
        ["ko", "le", "mar", "ti", "son", "be", "ra", "gu", "nel", "po", "di", "sta", "vo", "hen", "ly", "wu"];
    const WORDS: [&str; 8] = ["Portal", "Shop", "Bank", "Mail", "Forum", "Café", "Account", "Home"];
    const FOLDERS: [&str; 4] = ["", "Private/Shopping", "Work/Servers", "Money"];
    let mut state = 1_u64;
    // The 64-bit generator of Knuth's MMIX; its high bits are good enough for names.
    let mut below = move |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut entry = |number: usize| {
        let name: String = if number.is_multiple_of(50) {
            "kolemar".to_owned()
        } else {
            (0..3).map(|_| SYLLABLES[below(SYLLABLES.len())]).collect()
        };
        let word = WORDS[below(WORDS.len())];
        let initial = name[..1].to_uppercase();
        Entry {
            id: (number as u128).to_be_bytes(),
            title: format!("{initial}{} {word} {number}", &name[1..]),
            username: format!("user{}@mail.example", below(1000)),
            url: format!("https://www.{name}{number}.org/login"),
            folder: FOLDERS[below(FOLDERS.len())],
            tag: if below(4) == 0 { "important" } else { "" },
            recent: 1_700_000_000_000 + below(1_000_000_000) as u64,
        }
    };
    (0..ENTRIES).map(&mut entry).collect()
});
