//! Keystrokes in, effects and screens out. The vault is the sample, in memory; the world outside is played by
//! [`Play`], which answers effects as a test wants them answered.

mod accounts;
mod columns;
mod completing;
mod export;
mod form;

mod folder;
mod fuzz;
mod generator;
mod health;
mod hostile;
mod import;
mod keys;
mod locking;
mod main_job;
mod picture;
mod saving;
mod screens;
mod unlock_help;
mod walk;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::catalog::{Catalog, Facet};
use super::effect::{Effect, Make};
use super::key::{Code, Key};
use super::message::{Copied, KeyNews, LookEnd, MadeEnd, Message, Opened, SaveEnd};
use super::model::entrance::{Locked, Wizard};
use super::model::open::Open;
use super::model::{Model, Screen, Settings};
use super::theme::{Charset, Colours, Theme};
use super::update::update;
use super::view::view;
use crate::clipboard::Backend;
use crate::crypto::random::SeededRandom;
use crate::demo;
use crate::report::{Exit, Failure};
use crate::rotate;
use crate::secret::Secret;
use crate::session::{Saved, Session};
use crate::time::Timestamp;
use crate::vault::Vault;
use crate::vault::item::Item;

/// The moment at which every test starts: one second into a 30 s period of codes.
fn start() -> Timestamp {
    Timestamp::parse("2026-11-23T12:00:01Z").unwrap()
}

/// A person at the screen, and the world around it.
struct Play {
    model: Model,
    now: Timestamp,
    /// What was asked for and not answered here.
    effects: Vec<Effect>,
    /// Values that went to the clipboard, with their words.
    copies: Vec<(String, String)>,
    /// Pages that were opened.
    pages: Vec<String>,
    /// How saves end; none leaves them running.
    saves: Option<Result<(), String>>,
    random: SeededRandom,
}

impl Play {
    fn new(screen: Screen, size: (u16, u16)) -> Self {
        let settings = Settings {
            clear_after: Duration::from_secs(20),
            lock_after: Some(Duration::from_secs(300)),
            reveal_for: Duration::from_secs(10),
            lock_on_focus_loss: false,
            opens_pages: true,
            old_after: Some(730),
        };
        let theme = Theme::of(Colours::Palette, Charset::Unicode);
        let model = Model::new(screen, size, "sample vault".to_owned(), settings, theme, start());
        let mut play = Self {
            model,
            now: start(),
            effects: Vec::new(),
            copies: Vec::new(),
            pages: Vec::new(),
            saves: Some(Ok(())),
            random: SeededRandom::new(1),
        };
        play.send(Message::Tick);
        play
    }

    /// The sample vault, open.
    fn sample(size: (u16, u16)) -> Self {
        Self::with(demo::items(), size)
    }

    /// A vault of these items, open.
    fn with(items: Vec<Item>, size: (u16, u16)) -> Self {
        Self::new(Screen::Open(Box::new(open(items))), size)
    }

    fn locked(size: (u16, u16)) -> Self {
        Self::new(Screen::Locked(Locked::default()), size)
    }

    fn wizard(size: (u16, u16)) -> Self {
        Self::new(Screen::Wizard(Wizard::default()), size)
    }

    fn send(&mut self, message: Message) {
        for effect in update(&mut self.model, message, self.now) {
            self.answer(effect);
        }
    }

    fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Save(save) => match self.saves.clone() {
                None => self.effects.push(Effect::Save(save)),
                Some(Ok(())) => {
                    let result = Ok((Arc::clone(&save.vault), Saved::default()));
                    self.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
                }
                Some(Err(reason)) => {
                    let result = Err(Failure::new(Exit::Failed, reason));
                    self.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
                }
            },
            Effect::Copy { value, what } => {
                self.copies.push((what.clone(), value.expose_str().unwrap().to_owned()));
                let deadline = self.now.plus_millis(20_000);
                self.send(Message::Copied(Ok(Copied { what, backend: Backend::X11, deadline })));
            }
            Effect::ClearClipboard => {
                self.effects.push(Effect::ClearClipboard);
                self.send(Message::ClipboardCleared(Ok(())));
            }
            Effect::CheckClipboard => {}
            Effect::Look(look) => {
                let noticed = look.session.look(&look.vault);
                self.send(Message::Looked(Box::new(LookEnd { ticket: look.ticket, noticed })));
            }
            Effect::Generate(recipe) => {
                let made = recipe.generate(&mut self.random).map_err(Failure::from);
                self.send(Message::Generated(made));
            }
            Effect::MakeUnused(make) => {
                let Make { session, vault, recipe, ticket } = make;
                let made = rotate::make_unused(&vault, session.seal(), &recipe, &mut self.random);
                let (recipe, result) = (recipe.to_string(), made.map_err(Failure::from));
                self.send(Message::Made(MadeEnd { ticket, recipe, result }));
            }
            Effect::List(typed) => {
                let listing = super::perform::listing::names(&typed);
                self.send(Message::Listed { typed, listing });
            }
            Effect::OpenPage(page) => self.pages.push(page.address),
            other => self.effects.push(other),
        }
    }

    /// Presses keys by their names: `j j Enter Ctrl-S`.
    fn keys(&mut self, names: &str) -> &mut Self {
        for name in names.split_whitespace() {
            self.send(Message::key(name.parse().unwrap()));
        }
        self
    }

    /// Types a text letter by letter.
    fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.send(Message::key(Key::plain(Code::Char(letter))));
        }
        self
    }

    fn paste(&mut self, text: &str) -> &mut Self {
        self.send(Message::Paste(Secret::copy_of(text.as_bytes())));
        self
    }

    /// Lets time pass, a second at a time, as the clock of the loop does.
    fn wait(&mut self, seconds: u64) -> &mut Self {
        for _ in 0..seconds {
            self.now = self.now.plus_millis(1000);
            self.send(Message::Tick);
        }
        self
    }

    fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.send(Message::Resized(columns, rows));
        self
    }

    fn open(&self) -> &Open {
        self.model.open().unwrap()
    }

    fn chosen(&self) -> String {
        self.open()
            .chosen()
            .map(|entry| format!("{}/{}", entry.title(), entry.username()))
            .unwrap_or_default()
    }

    fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| notice.text.as_str())
    }

    /// What was asked for and not answered, by name; forgotten then.
    fn asked(&mut self) -> Vec<&'static str> {
        let name = |effect: Effect| match effect {
            Effect::Unlock(_) => "unlock",
            Effect::UnlockAtAnyCost(_) => "unlock at any cost",
            Effect::ChangeKeys(_) => "change keys",
            Effect::SavePage { .. } => "save page",
            Effect::Create { .. } => "create",
            Effect::StopGuessing => "stop guessing",
            Effect::Save(_) => "save",
            Effect::Copy { .. } => "copy",
            Effect::ClearClipboard => "clear",
            Effect::CheckClipboard => "check",
            Effect::Look(_) => "look",
            Effect::AcceptOlderKey => "accept older key",
            Effect::Generate(_) => "generate",
            Effect::MakeUnused(_) => "make unused",
            Effect::OpenPage(_) => "open page",
            Effect::Audit(_) => "audit",
            Effect::AskGpg(_) => "ask gpg",
            Effect::ComeBack => "come back",
            Effect::List(_) => "list",
            Effect::Import(_) => "import",
            Effect::Export(_) => "export",
            Effect::Conceal => "conceal",
            Effect::Suspend => "suspend",
            Effect::Retake => "retake",
            Effect::Quit => "quit",
        };
        std::mem::take(&mut self.effects).into_iter().map(name).collect()
    }

    fn terminal(&self) -> Terminal<TestBackend> {
        let (columns, rows) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        terminal
    }

    /// The screen as text, blanks at the ends of lines cut.
    fn screen(&self) -> String {
        let terminal = self.terminal();
        let buffer = terminal.backend().buffer();
        let mut text = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                }
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1).max(skip.max(1) - 1);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn shows(&self, text: &str) -> bool {
        self.screen().contains(text)
    }
}

fn open(items: Vec<Item>) -> Open {
    let (session, vault, catalog) = opened(items);
    Open::new(session, vault, catalog)
}

fn opened(items: Vec<Item>) -> (Session, Vault, Catalog) {
    let (session, mut vault) = Session::in_memory().unwrap();
    let add = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
        items.iter().try_for_each(|item| edit.add(item).map(drop))
    };
    session.edit(&mut vault, Timestamp::parse("2026-01-01T00:00:00Z").unwrap(), "", add).unwrap();
    let catalog = Catalog::of(&vault, Facet::All);
    (session, vault, catalog)
}

fn opened_message(items: Vec<Item>) -> Message {
    let (session, vault, catalog) = opened(items);
    Message::Opened(Ok(Box::new(Opened {
        session,
        vault,
        catalog,
        keys: KeyNews::default(),
        warning: None,
        conflicts: 0,
        due: 0,
    })))
}

fn login(title: &str, username: &str, password: &str) -> Item {
    Item {
        title: title.to_owned(),
        username: username.to_owned(),
        password: Some(Secret::copy_of(password.as_bytes())),
        ..Item::default()
    }
}
