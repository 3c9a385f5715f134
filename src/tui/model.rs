//! All that the screen knows. [`super::update`] alone changes it, [`super::view`](mod@super::view) draws it.
//!
//! The vault has one owner, [`Open`]. Locking replaces the screen: vault, index, keys, everything revealed and
//! everything half-typed is dropped with it.

pub mod account;
pub mod columns;
pub mod dialog;
pub mod entrance;
pub mod export;
pub mod form;
pub mod generator;
pub mod health;
pub mod import;
pub mod keys;
pub mod open;
pub mod run;
pub mod walk;

use std::time::Duration;

use crate::config::Profiles;
use crate::sites::Sites;
use crate::time::Timestamp;

use super::key::Key;
use super::keymap::{Context, Keymap};
use super::message::Copied;
use super::theme::Theme;
use account::{Codes, Forgot, Paste};
use dialog::{Chooser, Confirm, Help, History, Pick};
use entrance::{Locked, Wizard};
use export::Exporting;
use form::Form;
use generator::Generator;
use health::Health;
use import::Importing;
use keys::{Ask, Kit};
use open::{Focus, Open};
use walk::{Kept, Walking, WorkList};

/// How long a notice stays.
pub const NOTICE: Duration = Duration::from_secs(6);
/// How long a problem stays.
pub const PROBLEM: Duration = Duration::from_secs(20);

/// How often the clock is looked at while a vault is open, in milliseconds.
const WATCH: u64 = 500;

/// What the user has set.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Until a copied value is cleared.
    pub clear_after: Duration,
    /// Without a key until the screen locks.
    pub lock_after: Option<Duration>,
    /// Until a revealed value is masked again.
    pub reveal_for: Duration,
    /// Whether the screen locks when its window is no longer the one in use.
    pub lock_on_focus_loss: bool,
    /// Whether there is a browser to open a page in.
    pub opens_pages: bool,
    /// Days after which a password is old; none means never.
    pub old_after: Option<u32>,
}

/// What the generator knows.
pub struct Known {
    /// What sites ask for.
    pub sites: Sites,
    /// Saved recipes.
    pub profiles: Profiles,
}

/// All of it.
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The moment of the message that is being handled.
    pub now: Timestamp,
    /// What the user has set.
    pub settings: Settings,
    /// Which key does what.
    pub keymap: &'static Keymap,
    /// How things look.
    pub theme: &'static Theme,
    /// What the vault is called on the screen: its path, or that it is a sample.
    pub name: String,
    /// What fills the screen.
    pub screen: Screen,
    /// What is over it, the topmost last.
    pub layers: Vec<Layer>,
    /// Keys of a sequence that is not at its end.
    pub begun: Vec<Key>,
    /// What the status line says.
    pub notice: Option<Notice>,
    /// What is in the clipboard.
    pub copied: Option<Copied>,
    /// When a key was pressed last.
    pub last_key: Timestamp,
    /// Whether the terminal tells keys in full where it is asked to; none while that is not known.
    pub tells_in_full: Option<bool>,
    /// Whether Caps Lock is on, as far as the terminal tells.
    pub caps_lock: bool,
    /// Saved recipes, and what is known of sites.
    pub known: Known,
    /// Tickets that were given: to saves, looks and changes of keys, of this vault and those open before.
    pub saves: u64,
}

/// What fills the screen.
pub enum Screen {
    /// There is no vault yet.
    Wizard(Wizard),
    /// The vault is locked.
    Locked(Locked),
    /// The vault is open.
    Open(Box<Open>),
}

/// What is over the screen and has the keys.
#[allow(missing_docs)]
pub enum Layer {
    Help(Help),
    Form(Box<Form>),
    Generator(Box<Generator>),
    History(History),
    Forgot(Forgot),
    Codes(Codes),
    Paste(Box<Paste>),
    Pick(Pick),
    Chooser(Chooser),
    Confirm(Confirm),
    Ask(Box<Ask>),
    Kit(Box<Kit>),
    Kept(Kept),
    WorkList(Box<WorkList>),
    Walk(Box<Walking>),
    Health(Box<Health>),
    Import(Box<Importing>),
    Export(Box<Exporting>),
}

/// What the status line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Good news or bad.
    pub tone: Tone,
    /// When it goes.
    pub until: Timestamp,
}

/// Good news or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It was done.
    Good,
    /// It was not done, and `!` comes before the sentence.
    Problem,
}

impl Model {
    /// A model that shows `screen` in a terminal of `size`, at `now`.
    pub fn new(
        screen: Screen,
        size: (u16, u16),
        name: String,
        settings: Settings,
        theme: &'static Theme,
        now: Timestamp,
    ) -> Self {
        Self {
            size,
            now,
            settings,
            keymap: Keymap::standard(),
            theme,
            name,
            screen,
            layers: Vec::new(),
            begun: Vec::new(),
            notice: None,
            copied: None,
            last_key: now,
            tells_in_full: None,
            caps_lock: false,
            known: Known { sites: Sites::built_in(), profiles: Profiles::default() },
            saves: 0,
        }
    }

    /// The open vault.
    pub fn open(&self) -> Option<&Open> {
        match &self.screen {
            Screen::Open(open) => Some(open),
            _ => None,
        }
    }

    /// The open vault.
    pub fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.screen {
            Screen::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Says that something was done.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notify(text.into(), Tone::Good, NOTICE);
    }

    /// Says that something was not done.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notify(text.into(), Tone::Problem, PROBLEM);
    }

    fn notify(&mut self, text: String, tone: Tone, time: Duration) {
        self.notice = Some(Notice { text, tone, until: later(self.now, time) });
    }

    /// Where the keys go, the first that knows a key deciding.
    pub fn contexts(&self) -> &'static [Context] {
        use Context as C;
        match (self.layers.last(), &self.screen) {
            (Some(Layer::Help(_)), _) => &[C::HelpText, C::Text, C::Everywhere],
            (Some(Layer::Form(form)), _) if form.is_in_note() => &[C::Note, C::Form, C::Text, C::Everywhere],
            (Some(Layer::Form(_)), _) => &[C::Form, C::Text, C::Everywhere],
            (Some(Layer::Generator(_)), _) => &[C::Generator, C::Everywhere],
            (Some(Layer::History(_)), _) => &[C::History, C::Everywhere],
            (Some(Layer::Forgot(_)), _) => &[C::Forgot, C::Everywhere],
            (Some(Layer::Codes(_)), _) => &[C::Codes, C::Everywhere],
            (Some(Layer::Paste(_)), _) => &[C::Paste, C::Text, C::Everywhere],
            (Some(Layer::Pick(_)), _) => &[C::Pick, C::Everywhere],
            (Some(Layer::Chooser(_)), _) => &[C::Choose, C::Text, C::Everywhere],
            (Some(Layer::Confirm(_)), _) => &[C::Confirm, C::Everywhere],
            (Some(Layer::Ask(_)), _) => &[C::Question, C::Text, C::Everywhere],
            (Some(Layer::Kit(kit)), _) if kit.file.is_some() => &[C::Question, C::Text, C::Everywhere],
            (Some(Layer::Kit(_)), _) => &[C::Kit, C::Everywhere],
            (Some(Layer::Kept(_)), _) => &[C::Kept, C::Everywhere],
            (Some(Layer::WorkList(_)), _) => &[C::WorkList, C::Everywhere],
            (Some(Layer::Walk(_)), _) => &[C::Walk, C::Everywhere],
            (Some(Layer::Health(health)), _) if health.reason.is_some() => {
                &[C::Question, C::Text, C::Everywhere]
            }
            (Some(Layer::Health(_)), _) => &[C::Audit, C::Everywhere],
            (Some(Layer::Import(importing)), _) => import_contexts(importing),
            (Some(Layer::Export(exporting)), _) => export_contexts(exporting),
            (None, Screen::Wizard(_)) => &[C::Question, C::Text, C::Everywhere],
            (None, Screen::Locked(_)) => &[C::Unlock, C::Text, C::Everywhere],
            (None, Screen::Open(open)) => match open.focus {
                Focus::Search => &[C::Search, C::Text, C::Everywhere],
                Focus::List => &[C::List, C::Entry, C::Commands, C::Everywhere],
                Focus::Detail => &[C::Detail, C::Entry, C::Commands, C::Everywhere],
            },
        }
    }

    /// Whether keys are to come in full, with Caps Lock: where a master password is typed blindly.
    pub fn wants_keys_in_full(&self) -> bool {
        self.tells_in_full == Some(true) && self.open().is_none()
    }

    /// Whether keys are being changed, or a recovery code tried.
    pub fn is_changing_keys(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, Layer::Ask(ask) if ask.working.is_some()))
    }

    /// Whether the vault itself is being worked on, and nothing else is to be put in its place.
    pub fn is_at_work(&self) -> bool {
        let takes = |layer: &Layer| matches!(layer, Layer::Import(importing) if importing.run.is_some());
        self.is_changing_keys() || self.layers.iter().any(takes)
    }

    /// How long the screen stays as it is if nothing happens; none means for ever.
    pub fn still_for(&self) -> Option<Duration> {
        let until = |moment: Timestamp| moment.millis_since(self.now).max(1);
        let next_second = 1000 - self.now.0 % 1000;
        let mut waits: Vec<u64> = Vec::with_capacity(6);
        waits.extend(self.notice.as_ref().map(|notice| until(notice.until)));
        waits.extend(self.copied.as_ref().map(|copied| until(copied.deadline).min(next_second)));
        match &self.screen {
            Screen::Wizard(Wizard { working: Some(_), .. })
            | Screen::Locked(Locked { working: Some(_), .. }) => {
                waits.push(100);
            }
            Screen::Locked(locked) if locked.wait(self.now) > 0 => waits.push(next_second.min(200)),
            Screen::Open(open) => {
                // A machine that wakes has not counted the time; it is to lock at once then.
                waits.push(WATCH);
                waits.extend(open.revealed.as_ref().map(|revealed| until(revealed.until)));
                waits.extend(open.code.as_ref().filter(|code| code.is_running()).map(|_| next_second));
                waits.extend(self.lock_at().map(until));
                waits.extend(open.look_at().filter(|_| !self.is_at_work()).map(until));
            }
            _ => {}
        }
        let shows_time = |layer: &Layer| match layer {
            Layer::Import(importing) => importing.run.is_some(),
            Layer::Export(exporting) => exporting.run.is_some(),
            _ => false,
        };
        if self.is_changing_keys() || self.layers.iter().any(shows_time) {
            waits.push(100);
        }
        let shown = self.layers.iter().filter_map(|layer| match layer {
            Layer::Form(form) => form.shown_until,
            Layer::Paste(paste) => paste.shown_until,
            Layer::Kit(kit) => Some(kit.until),
            Layer::Import(importing) => importing.columns.as_ref().and_then(|columns| columns.shown_until),
            _ => None,
        });
        waits.extend(shown.map(until));
        waits.into_iter().min().map(Duration::from_millis)
    }

    /// When the screen locks if no key is pressed.
    pub fn lock_at(&self) -> Option<Timestamp> {
        self.open()?;
        self.settings.lock_after.map(|after| later(self.last_key, after))
    }
}

fn import_contexts(importing: &Importing) -> &'static [Context] {
    use Context as C;
    use import::Step;
    match importing.step {
        _ if importing.run.is_some() => &[C::Working, C::Everywhere],
        Step::File | Step::KeyFile => &[C::Path, C::Question, C::Text, C::Everywhere],
        Step::Password | Step::MapName => &[C::Question, C::Text, C::Everywhere],
        Step::Gpg => &[C::Gpg, C::Everywhere],
        Step::Columns => &[C::Columns, C::Everywhere],
        Step::Repair(_) => &[C::Repair, C::Everywhere],
        Step::Preview => &[C::Preview, C::Everywhere],
        Step::Done => &[C::Imported, C::Everywhere],
    }
}

fn export_contexts(exporting: &Exporting) -> &'static [Context] {
    use Context as C;
    use export::Step;
    match exporting.step {
        _ if exporting.run.is_some() => &[C::Working, C::Everywhere],
        Step::File => &[C::Path, C::Question, C::Text, C::Everywhere],
        Step::Password | Step::Again => &[C::Question, C::Text, C::Everywhere],
        Step::Format | Step::Entries | Step::Losses | Step::Done => &[C::Export, C::Everywhere],
    }
}

/// `time` after `moment`.
pub fn later(moment: Timestamp, time: Duration) -> Timestamp {
    moment.plus_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
