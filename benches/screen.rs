//! From a key in the search box to the drawn frame, and an edit of one entry, among many entries.
//!
//! `cargo bench --bench screen`

use std::time::Duration;

use divan::Bencher;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::time::Timestamp;
use tresor::tui::catalog::{Catalog, Facet};
use tresor::tui::key::{Code, Key};
use tresor::tui::message::Message;
use tresor::tui::model::open::Open;
use tresor::tui::model::{Model, Screen, Settings};
use tresor::tui::theme::{Charset, Colours, Theme};
use tresor::tui::update::update;
use tresor::tui::view::view;
use tresor::vault::item::Item;

const ENTRIES: usize = 100_000;

fn main() {
    divan::main();
}

struct Screened {
    model: Model,
    terminal: Terminal<TestBackend>,
}

impl Screened {
    fn new(entries: usize) -> Self {
        let (session, mut vault) = Session::in_memory().expect("a session");
        let added = session.edit(&mut vault, Timestamp(1), "many", |edit| {
            (0..entries).try_for_each(|number| edit.add(&item(number)).map(|_| ()))
        });
        added.expect("an edit");
        let catalog = Catalog::of(&vault, Facet::All);
        let settings = Settings {
            clear_after: Duration::from_secs(20),
            lock_after: None,
            reveal_for: Duration::from_secs(10),
        };
        let screen = Screen::Open(Box::new(Open::new(session, vault, catalog)));
        let theme = Theme::of(Colours::Palette, Charset::Unicode);
        let model = Model::new(screen, (80, 24), "benchmark".to_owned(), settings, theme, Timestamp(1));
        Self { model, terminal: Terminal::new(TestBackend::new(80, 24)).expect("a terminal") }
    }

    /// Presses a key and draws what becomes of it.
    fn press(&mut self, code: Code) {
        update(&mut self.model, Message::Key(Key::plain(code)), Timestamp(2));
        self.terminal.draw(|frame| view(&self.model, frame)).expect("a frame");
    }
}

fn item(number: usize) -> Item {
    Item {
        title: format!("Site number {number}"),
        username: format!("user{number}@example.com"),
        password: Some(Secret::copy_of(format!("Pa55-{number:>012}").as_bytes())),
        urls: vec![format!("https://site{number}.example.com/login")],
        folder: format!("Folder {}", number % 50),
        ..Item::default()
    }
}

/// The first letter finds nearly everything, the others less and less, the last three nothing: all of them, and
/// their deletion.
#[divan::bench(sample_count = 10)]
fn seven_letters_and_back(bencher: Bencher<'_, '_>) {
    let mut screened = Screened::new(ENTRIES);
    bencher.bench_local(|| {
        "site 9q".chars().for_each(|letter| screened.press(Code::Char(letter)));
        (0..7).for_each(|_| screened.press(Code::Backspace));
    });
}

/// The letter that every entry has: the most to rank.
#[divan::bench(sample_count = 20)]
fn the_most_common_letter(bencher: Bencher<'_, '_>) {
    let mut screened = Screened::new(ENTRIES);
    bencher.bench_local(|| {
        screened.press(Code::Char('e'));
        screened.press(Code::Backspace);
    });
}

#[divan::bench(sample_count = 100)]
fn one_down(bencher: Bencher<'_, '_>) {
    let mut screened = Screened::new(ENTRIES);
    bencher.bench_local(|| screened.press(Code::Down));
}
