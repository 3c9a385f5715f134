//! The open vault: what is in it, which of it is listed, what is chosen, and what is shown of it.

use std::sync::Arc;
use std::time::Duration;

use crate::otp::{Otp, OtpError};
use crate::search::Hits;
use crate::secret::Secret;
use crate::session::{Session, Unreadable};
use crate::time::Timestamp;
use crate::vault::entry::{State, Value};
use crate::vault::{Entry, Id, Vault};

use super::super::catalog::{Catalog, Facet};
use super::super::editor::{self, Editor};
use super::super::fields::{self, FieldValue, Which};
use super::later;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The open vault.
pub struct Open {
    /// Keys and file.
    pub session: Arc<Session>,
    /// The vault. Shared with a thread only while that saves it.
    pub vault: Arc<Vault>,
    /// The entries that are listed.
    pub catalog: Catalog,
    /// Those of them that the search finds.
    pub hits: Hits,
    /// What is typed in the search box.
    pub query: Editor,
    /// Where the keys go.
    pub focus: Focus,
    /// Rank of the chosen entry in the hits.
    pub chosen: usize,
    /// Rank of the first line on the screen.
    pub top: usize,
    /// The entry that the three below belong to.
    at: Option<Id>,
    /// The chosen field in the detail pane.
    pub field: usize,
    /// The one secret that is shown.
    pub revealed: Option<Revealed>,
    /// The one-time code of the chosen entry.
    pub code: Option<Code>,
    /// What is saved and what is not.
    pub saving: Saving,
    /// Copies that a sync program put beside the vault.
    pub conflicts: usize,
    /// Whether another program changes the file.
    pub watch: Watch,
    /// Entries that were gone to from others, the last one last.
    jumps: Vec<Jump>,
}

/// A way back from an entry that another one named.
struct Jump {
    from: Id,
    to: Id,
    query: Secret,
    facet: Facet,
    focus: Focus,
}

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Focus {
    Search,
    List,
    Detail,
}

/// A secret that is shown for a while.
pub struct Revealed {
    /// Of which entry.
    pub id: Id,
    /// What of it.
    pub subject: Subject,
    /// The secret.
    pub value: Secret,
    /// Until when.
    pub until: Timestamp,
}

/// What of an entry is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A field's value.
    Field(Which),
    /// A value that was replaced, by its number in the history.
    Past(usize),
    /// A generated password, whose id stands in the place of the entry's.
    Generated,
}

/// The one-time code of an entry.
pub struct Code {
    /// Of which entry.
    pub id: Id,
    /// The field that it is computed from.
    pub which: Which,
    /// The code, or why there is none.
    pub state: CodeState,
    /// The number of the edit it was computed after.
    edit: u64,
}

/// A code, or why there is none.
pub enum CodeState {
    /// A code by time.
    Running {
        /// The code.
        text: Secret,
        /// When the next one comes.
        until: Timestamp,
        /// Seconds for which each holds.
        period: u32,
    },
    /// A code by counter, which is used up by being given.
    Counted(u64),
    /// The secret makes no codes.
    Broken(OtpError),
    /// The secret cannot be opened.
    Unreadable,
}

/// What is saved and what is not.
#[derive(Default)]
pub struct Saving {
    /// Edits made since the vault was opened.
    pub edits: u64,
    /// How many of them are on the disk.
    pub saved: u64,
    /// The save that is running.
    pub running: Option<Running>,
    /// Whether what another program changed is on the disk and not yet in the vault.
    pub has_news: bool,
    /// Why the last save failed.
    pub failed: Option<String>,
    /// A code by counter, copied once its counter is on the disk.
    pub after: Option<After>,
    /// Whether the next save merges the copies beside the vault.
    pub copies: bool,
    /// Whether the save that runs does.
    pub merging: bool,
    /// Whether the file system cannot exchange two files, which is said once.
    pub has_gap: bool,
}

/// The watch over the file.
#[derive(Default)]
pub struct Watch {
    /// When it was looked at last.
    pub at: Timestamp,
    /// The look that is running: its [`super::super::effect::Look::ticket`], and the edits there were then.
    pub running: Option<Running>,
    /// Looks in a row that found no whole vault.
    pub failed: u32,
}

/// A save that is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Its [`super::super::effect::Save::ticket`].
    pub ticket: u64,
    /// How many of the edits it holds.
    pub edits: u64,
}

/// A value that is copied when an edit is on the disk.
pub struct After {
    /// The number of the edit.
    pub edit: u64,
    /// The value.
    pub value: Secret,
    /// In words.
    pub what: String,
}

impl Open {
    /// A vault just opened, the search box focused.
    pub fn new(session: Session, vault: Vault, catalog: Catalog) -> Self {
        let mut open = Self {
            session: Arc::new(session),
            vault: Arc::new(vault),
            catalog,
            hits: Hits::default(),
            query: Editor::line(editor::LINE),
            focus: Focus::Search,
            chosen: 0,
            top: 0,
            at: None,
            field: 0,
            revealed: None,
            code: None,
            saving: Saving::default(),
            conflicts: 0,
            watch: Watch::default(),
            jumps: Vec::new(),
        };
        open.search();
        open
    }

    /// The chosen entry's id.
    pub fn chosen_id(&self) -> Option<Id> {
        self.catalog.id(&self.hits, self.chosen)
    }

    /// The chosen entry.
    pub fn chosen(&self) -> Option<Entry<'_>> {
        self.vault.entry(self.chosen_id()?)
    }

    /// The entry of a line.
    pub fn line(&self, rank: usize) -> Option<Entry<'_>> {
        self.vault.entry(self.catalog.id(&self.hits, rank)?)
    }

    /// When the file is looked at next; never where there is none, or while something is not saved: a save looks
    /// itself.
    pub fn look_at(&self) -> Option<Timestamp> {
        let is_idle = self.watch.running.is_none() && self.saving.running.is_none() && !self.saving.is_due();
        (is_idle && !self.session.is_in_memory()).then(|| later(self.watch.at, LOOK_EVERY))
    }

    /// Searches anew and chooses the best hit.
    pub fn search(&mut self) {
        self.catalog.search(self.query.text(), &mut self.hits);
        self.choose(0);
        self.top = 0;
    }

    /// Searches anew and keeps the entry `id` chosen, or the line if it is there no longer.
    pub fn search_again(&mut self, id: Option<Id>) {
        self.catalog.search(self.query.text(), &mut self.hits);
        let rank = id.and_then(|id| self.catalog.rank(&self.hits, id));
        let last = self.hits.len().saturating_sub(1);
        self.choose(rank.unwrap_or(self.chosen).min(last));
    }

    /// Lists another facet.
    pub fn list(&mut self, facet: Facet) {
        let id = self.chosen_id();
        self.catalog = Catalog::of(&self.vault, facet);
        self.search_again(id);
    }

    /// Chooses the line of this rank, or the last.
    pub fn choose(&mut self, rank: usize) {
        self.chosen = rank.min(self.hits.len().saturating_sub(1));
        if self.at != self.chosen_id() {
            self.at = self.chosen_id();
            self.field = 0;
            self.revealed = None;
        }
    }

    /// Goes to an entry that the chosen one names, whatever is listed. Whether it is there.
    pub fn jump(&mut self, to: Id) -> bool {
        let (Some(from), Some(state)) = (self.chosen_id(), self.vault.entry(to).map(|entry| entry.state()))
        else {
            return false;
        };
        let facet = if state == State::Trash { Facet::Trash } else { Facet::All };
        if state == State::Gone || from == to {
            return false;
        }
        let (query, before) = (self.query.secret(), self.catalog.facet().clone());
        self.jumps.push(Jump { from, to, query, facet: before, focus: self.focus });
        if self.catalog.rank(&self.hits, to).is_none() {
            self.query.set("");
            self.list(facet);
        }
        self.search_again(Some(to));
        if self.focus == Focus::Search {
            self.focus = Focus::List;
        }
        true
    }

    /// Goes back to where the last jump came from. Whether there was one, and nothing else was chosen since.
    pub fn jump_back(&mut self) -> bool {
        let Some(jump) = self.jumps.pop_if(|jump| Some(jump.to) == self.at) else {
            self.jumps.clear();
            return false;
        };
        self.query.set(jump.query.expose_str().unwrap_or_default());
        self.list(jump.facet);
        self.search_again(Some(jump.from));
        self.focus = jump.focus;
        true
    }

    /// Whether a field of the chosen entry, or a past value, is shown.
    pub fn is_revealed(&self, id: Id, subject: Subject) -> Option<&Secret> {
        let revealed = self.revealed.as_ref()?;
        (revealed.id == id && revealed.subject == subject).then_some(&revealed.value)
    }

    /// Opens the value of a field, whatever it is.
    pub fn value_of(&self, entry: &Entry<'_>, which: Which) -> Option<Result<Secret, Unreadable>> {
        let field = fields::find(entry, which)?;
        Some(match field.value {
            FieldValue::Plain(text) => self.session.reveal(Value::Text(&text)),
            FieldValue::Masked(value) | FieldValue::Otp(value) => self.session.reveal(value),
        })
    }

    /// Opens a field of an entry, a past value, or a generated password.
    pub fn opened(&self, id: Id, subject: Subject) -> Option<Result<Secret, Unreadable>> {
        let entry = || self.vault.entry(id);
        match subject {
            Subject::Field(which) => self.value_of(&entry()?, which),
            Subject::Past(number) => {
                Some(self.session.reveal(entry()?.history().into_iter().rev().nth(number)?.value))
            }
            Subject::Generated => Some(self.session.reveal(self.vault.generated_one(id)?.value)),
        }
    }

    /// Reads what the codes of an entry are computed from.
    pub fn otp_of(&self, entry: &Entry<'_>) -> Option<(Which, Result<Otp, CodeState>)> {
        let which = fields::otp(entry)?;
        let otp = match self.value_of(entry, which)? {
            Ok(text) => Otp::parse(&text).map_err(CodeState::Broken),
            Err(_) => Err(CodeState::Unreadable),
        };
        Some((which, otp))
    }

    /// Computes the code of the chosen entry, where the one at hand is of another entry, another edit, or over.
    pub fn refresh_code(&mut self, now: Timestamp) {
        let Some(entry) = self.chosen() else {
            self.code = None;
            return;
        };
        let (id, edit) = (entry.id(), self.saving.edits);
        if self.code.as_ref().is_some_and(|code| code.id == id && code.edit == edit && !code.is_over(now)) {
            return;
        }
        let code = self.otp_of(&entry).map(|(which, otp)| {
            let state = otp.map_or_else(|state| state, |otp| CodeState::of(&otp, now));
            Code { id, which, state, edit }
        });
        self.code = code;
    }
}

impl CodeState {
    fn of(otp: &Otp, now: Timestamp) -> Self {
        let code = otp.code(now);
        match (code.seconds_left, code.period) {
            (Some(left), Some(period)) => {
                let until = Timestamp::from_seconds(now.seconds().saturating_add(u64::from(left)));
                Self::Running { text: code.text, until, period }
            }
            _ => Self::Counted(otp.counter().unwrap_or_default()),
        }
    }
}

impl Code {
    /// Whether it is by time.
    pub fn is_running(&self) -> bool {
        matches!(self.state, CodeState::Running { .. })
    }

    /// A code's time may also have run backwards, where the clock was set.
    fn is_over(&self, now: Timestamp) -> bool {
        match &self.state {
            CodeState::Running { until, period, .. } => {
                now >= *until || until.millis_since(now) > u64::from(*period) * 1000
            }
            _ => false,
        }
    }
}

impl Saving {
    /// Whether the edit of this number is on the disk.
    pub fn is_saved(&self, edit: u64) -> bool {
        self.saved >= edit
    }

    /// Whether the edit of this number could not be saved: nothing more is done about it until there is another one.
    pub fn has_failed(&self, edit: u64) -> bool {
        !self.is_saved(edit) && self.running.is_none() && self.failed.is_some()
    }

    /// Whether there is an edit that is not on the disk.
    pub fn is_due(&self) -> bool {
        self.saved < self.edits || self.copies
    }
}
