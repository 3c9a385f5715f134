//! The page "I forgot", and the back-up codes of an account.

use crate::account::recovery::Missing;
use crate::account::{EMAIL, PHONE, Recovery, backup_codes, name};
use crate::sites::Sites;
use crate::time::Timestamp;
use crate::vault::entry::State;
use crate::vault::tag::Tag;
use crate::vault::{Entry, Id};

use super::super::editor::Editor;
use super::super::fields::Which;
use super::open::{Open, Subject};

/// Bytes of a pasted list of codes.
const PASTE: usize = 256 * 1024;

/// All that helps to get back into an account.
pub struct Forgot {
    /// The entry.
    pub id: Id,
    /// The chosen line of [`Forgot::lines`].
    pub chosen: usize,
}

/// A line of the page.
pub struct Line {
    /// What it is called; empty for what stands alone.
    pub label: String,
    /// What it says.
    pub content: Content,
    /// Of which entry it is, and so whose secret.
    pub id: Id,
    /// What Enter does.
    pub leads: Leads,
}

/// What a line says.
pub enum Content {
    /// The name of an account.
    Title(String),
    /// Something known.
    Fact(String),
    /// Masked until it is revealed.
    Secret(Subject),
    /// What to do, with its number.
    Step(usize, String),
    /// A sentence.
    Remark(String),
}

/// What Enter does on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// Nothing.
    Nowhere,
    /// Copies what it says.
    Clipboard,
    /// Goes to an entry.
    Entry(Id),
    /// Opens the back-up codes.
    Codes,
}

/// The back-up codes of an account.
pub struct Codes {
    /// The entry.
    pub id: Id,
    /// The chosen code.
    pub chosen: usize,
}

/// Codes that are being pasted.
pub struct Paste {
    /// The entry.
    pub id: Id,
    /// The text.
    pub text: Editor,
    /// Whether they take the place of those that are there.
    pub replaces: bool,
    /// Until when the text is shown.
    pub shown_until: Option<Timestamp>,
    /// How many codes are in it, and how many lines without.
    pub counted: (usize, usize),
}

impl Paste {
    /// An empty one.
    pub fn new(id: Id) -> Self {
        Self { id, text: Editor::lines(PASTE), replaces: false, shown_until: None, counted: (0, 0) }
    }

    /// Counts the codes.
    pub fn count(&mut self) {
        let read = backup_codes::read(self.text.text());
        self.counted = (read.codes.len(), read.left_out.len());
    }
}

impl Codes {
    /// With the next code chosen that is left.
    pub fn new(entry: &Entry<'_>) -> Self {
        let codes = backup_codes::of(entry);
        Self { id: entry.id(), chosen: codes.iter().position(|code| !code.is_used).unwrap_or_default() }
    }
}

impl Forgot {
    /// The lines of the page as things are; none where the entry is gone.
    pub fn lines(&self, open: &Open, sites: &Sites) -> Vec<Line> {
        let Some(entry) = open.vault.entry(self.id) else { return Vec::new() };
        let recovery = Recovery::of(&open.vault, entry, sites);
        let mut lines = Vec::new();
        for number in 0..recovery.accounts.len() {
            lines.extend(account_lines(open, &recovery, number));
        }
        lines
    }
}

fn account_lines(open: &Open, recovery: &Recovery<'_>, number: usize) -> Vec<Line> {
    let Some(account) = recovery.accounts.get(number) else { return Vec::new() };
    let entry = account.entry;
    let id = entry.id();
    let line = |label: &str, content, leads| Line { label: label.to_owned(), content, id, leads };
    let fact = |label: &str, text: &str| line(label, Content::Fact(text.to_owned()), Leads::Clipboard);
    let link = |label: &str, other: &Entry<'_>| {
        let leads = if other.state() == State::Gone { Leads::Nowhere } else { Leads::Entry(other.id()) };
        line(label, Content::Fact(name(other)), leads)
    };
    let mut lines = vec![line("", Content::Title(name(&entry)), Leads::Entry(id))];
    lines.extend(account.is_bare().then(|| remark(id, "Nothing is written down for this account.")));
    lines.extend(account.site.map(|site| fact("Site", site)));
    lines.extend(account.change_page.as_deref().map(|page| fact("Password page", page)));
    lines.extend((!entry.username().is_empty()).then(|| fact("User name", entry.username())));
    lines.extend(recovery.behind(number).map(|other| link("Signs in with", &other.entry)));
    if let Some(email) = account.email.filter(|_| !account.email_is_username) {
        lines.push(fact(EMAIL, email));
    }
    lines.extend(account.mailbox.as_ref().map(|mailbox| link("Its mailbox", mailbox)));
    lines.extend(account.phone.map(|phone| fact(PHONE, phone)));
    if account.codes.total > 0 {
        lines.push(line("Back-up codes", Content::Fact(account.codes.words()), Leads::Codes));
    }
    for question in &account.questions {
        let subject = Subject::Field(Which::Custom(question.id));
        lines.push(line(question.label, Content::Secret(subject), Leads::Clipboard));
    }
    for (at, past) in entry.history().iter().rev().enumerate().filter(|(_, past)| past.tag == Tag::PASSWORD) {
        let label = format!("Password of {}", past.time.day());
        lines.push(line(&label, Content::Secret(Subject::Past(at)), Leads::Clipboard));
    }
    lines.push(remark(id, "What to do"));
    let steps = recovery.steps(&open.vault, number).into_iter().enumerate();
    lines.extend(steps.map(|(at, step)| line("", Content::Step(at + 1, step), Leads::Nowhere)));
    let missing: Vec<&str> = account.missing().into_iter().map(Missing::words).collect();
    if !missing.is_empty() && !account.leans_on_another() {
        lines.push(remark(
            id,
            &format!("Not written down: {}. e: write it down; b: the codes", missing.join(", ")),
        ));
    }
    lines
}

fn remark(id: Id, words: &str) -> Line {
    Line { label: String::new(), content: Content::Remark(words.to_owned()), id, leads: Leads::Nowhere }
}
