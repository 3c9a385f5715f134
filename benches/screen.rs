//! What a key costs until its frame is drawn, with 100,000 entries listed: `cargo bench --bench screen`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use divan::Bencher;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tresor::exchange::{Place, Remark};
use tresor::secret::Secret;
use tresor::session::{ImportFile, ImportReport, ImportedRow, Session, Status};
use tresor::time::Timestamp;
use tresor::tui::catalog::{Catalog, Facet};
use tresor::tui::complete::{Listing, Name};
use tresor::tui::key::Key;
use tresor::tui::message::Message;
use tresor::tui::model::columns::{Columns, Table};
use tresor::tui::model::import::{self, Importing, Rows};
use tresor::tui::model::open::Open;
use tresor::tui::model::{Layer, Model, Screen, Settings};
use tresor::tui::theme::{Charset, Colours, Theme};
use tresor::tui::update::update;
use tresor::tui::view::view;
use tresor::vault::Vault;
use tresor::vault::edit::Edit;
use tresor::vault::item::Item;

const ENTRIES: usize = 100_000;
const NOW: Timestamp = Timestamp(1_795_435_200_000);

fn main() {
    divan::main();
}

/// Each key of a word typed, moved over and deleted again; the time is that of one round divided by its keys.
#[divan::bench(args = ["kole user12", "a", "site 99999", "zzqqxx"], sample_count = 20)]
fn a_key_in_the_search_box(bencher: Bencher, word: &str) {
    let mut play = Play::new();
    let keys: Vec<Key> = word.chars().map(|letter| letter.to_string()).map(|name| key(&name)).collect();
    let rounds = keys.len() * 2;
    bencher.counter(divan::counter::ItemsCount::new(rounds)).bench_local(|| {
        for key in &keys {
            play.press(*key);
        }
        for _ in &keys {
            play.press(key("Backspace"));
        }
    });
}

#[divan::bench(args = ["Down", "PgDn"])]
fn a_key_in_the_list(bencher: Bencher, name: &str) {
    let mut play = Play::new();
    play.press(key("Esc"));
    bencher.bench_local(|| play.press(key(name)));
}

#[divan::bench(args = ["*", "d", "z"], sample_count = 10)]
fn an_edit(bencher: Bencher, name: &str) {
    let mut play = Play::new();
    play.press(key("Esc"));
    bencher.with_inputs(|| ()).bench_local_values(|()| play.press(key(name)));
}

/// What would come of 100,000 rows: moved through, and decided on one by one and all at once.
#[divan::bench(args = ["j", "PgDn", "G", "u", "U", "f"])]
fn a_key_in_the_preview_of_an_import(bencher: Bencher, name: &str) {
    let play = Play::new();
    let row = |number: usize| ImportedRow {
        place: Place::Line(number as u64 + 2),
        title: format!("site {number}"),
        username: format!("user{}@example.org", number % 997),
        status: match number % 3 {
            0 => Status::Updated(vec!["password".to_owned()]),
            1 => Status::Added,
            _ => Status::Known,
        },
        remarks: vec![Remark::KeptAsField("Colour".to_owned())],
    };
    let rows = Rows::of(ImportReport { rows: (0..ENTRIES).map(row).collect() });
    let importing = Importing { step: import::Step::Preview, rows, ..Importing::new() };
    play.over(Layer::Import(Box::new(importing)), bencher, name);
}

/// The columns of a table, as many as one may have.
#[divan::bench(args = ["j", "Right", "Space", "r"])]
fn a_key_in_the_columns_of_a_table(bencher: Bencher, name: &str) {
    let column = |number: usize| (format!("column {number}"), Secret::copy_of(b"a value of some length"));
    let columns = (0..128).map(column).collect();
    let file = Arc::new(ImportFile::folder(Path::new("table.csv")));
    let table = Table { file, columns, headerless: false, remembered: Vec::new() };
    let columns = Some(Columns::new(table));
    let importing = Importing { step: import::Step::Columns, columns, ..Importing::new() };
    Play::new().over(Layer::Import(Box::new(importing)), bencher, name);
}

/// As many names as are given, for a path.
#[divan::bench]
fn names_for_a_path(bencher: Bencher) {
    let mut play = Play::new();
    play.press(key("Esc"));
    play.press(key("I"));
    let name = |number: usize| Name { name: format!("export-{number}.csv"), is_folder: false };
    let listing = Listing { names: (0..1000).map(name).collect(), is_cut: false };
    bencher.bench_local(|| {
        play.press(key("Ctrl-U"));
        play.tell(Message::Listed { typed: String::new(), listing: listing.clone() });
    });
}

/// The beginning of an export of all that is found by a word that every entry has.
#[divan::bench]
fn an_export_of_what_is_found(bencher: Bencher) {
    let mut play = Play::new();
    ["s", "i", "t", "e", "Esc"].into_iter().for_each(|name| play.press(key(name)));
    bencher.bench_local(|| {
        play.press(key("E"));
        play.model.layers.clear();
    });
}

#[divan::bench(sample_count = 10)]
fn the_list_of_all(bencher: Bencher) {
    let (_, vault) = vault();
    bencher.bench_local(|| Catalog::of(&vault, Facet::All));
}

fn key(name: &str) -> Key {
    if name == " " { key("Space") } else { name.parse().expect("a key") }
}

struct Play {
    model: Model,
    terminal: Terminal<TestBackend>,
}

impl Play {
    fn new() -> Self {
        let (session, vault) = vault();
        let catalog = Catalog::of(&vault, Facet::All);
        let settings = Settings {
            clear_after: Duration::from_secs(20),
            lock_after: None,
            reveal_for: Duration::from_secs(10),
            lock_on_focus_loss: false,
            opens_pages: false,
            old_after: None,
        };
        let screen = Screen::Open(Box::new(Open::new(session, vault, catalog)));
        let theme = Theme::of(Colours::Palette, Charset::Unicode);
        let model = Model::new(screen, (132, 43), String::new(), settings, theme, NOW);
        Self { model, terminal: Terminal::new(TestBackend::new(132, 43)).expect("a terminal") }
    }

    /// A key in a dialog over the list; what is over the dialog after it is closed again.
    fn over(mut self, layer: Layer, bencher: Bencher<'_, '_>, name: &str) {
        self.press(key("Esc"));
        self.model.layers.push(layer);
        bencher.bench_local(|| {
            self.press(key(name));
            self.model.layers.truncate(1);
        });
    }

    fn press(&mut self, key: Key) {
        self.tell(Message::key(key));
    }

    fn tell(&mut self, message: Message) {
        drop(update(&mut self.model, message, NOW));
        self.terminal.draw(|frame| view(&self.model, frame)).expect("a frame");
    }
}

fn vault() -> (Session, Vault) {
    let (session, mut vault) = Session::in_memory().expect("a vault");
    let syllables = ["ko", "le", "mar", "ti", "su", "ran", "po", "vi"];
    let word = |mut number: usize| {
        let mut word = String::new();
        while word.len() < 7 {
            word.push_str(syllables[number % 8]);
            number /= 8;
        }
        word
    };
    let add = |edit: &mut Edit<'_, '_>| {
        (0..ENTRIES).try_for_each(|number| {
            edit.add(&Item {
                title: format!("{} site {number}", word(number)),
                username: format!("user{}@example.org", number % 997),
                urls: vec![format!("https://www.{}{number}.example/login", word(number / 3))],
                folder: format!("Folder {}", number % 40),
                ..Item::default()
            })
            .map(drop)
        })
    };
    session.edit(&mut vault, NOW, "", add).expect("entries");
    (session, vault)
}
