//! What differs between two states of a vault, in words for a person: which entries are new, changed and in which
//! fields, in the trash, or gone. Pure, and never a value: secrets are compared as ciphertext, so both states must
//! be under one vault key.

use std::fmt;

use serde::Serialize;

use crate::vault::entry::State;
use crate::vault::tag::{Kind, Tag};
use crate::vault::{Cell, Entry, Id, Record, Vault};

/// All that differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Entries, by title.
    pub entries: Vec<EntryChange>,
    /// What differs besides: settings, keys, ...
    pub others: Vec<&'static str>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// Which one.
    pub id: String,
    /// Its title, after the change if it has one then; hostile text.
    pub title: String,
    /// Its user name, likewise.
    pub username: String,
    /// What became of it.
    pub what: What,
    /// The fields with another value, in words; hostile text.
    pub fields: Vec<String>,
    /// The fields that keep their value, and get older or losing ones into their history.
    pub history: Vec<String>,
}

/// What became of an entry as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It was not there before.
    New,
    /// It was there, and still is.
    Changed,
    /// It is in the trash now.
    Trashed,
    /// It is out of the trash, or there again after it was deleted for good.
    Back,
    /// It is deleted for good.
    Gone,
}

impl What {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Trashed => "to the trash",
            Self::Back => "back",
            Self::Gone => "deleted for good",
        }
    }
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.others.is_empty()
    }

    /// One line for each change.
    pub fn lines(&self) -> Vec<String> {
        let entries = self.entries.iter().map(ToString::to_string);
        entries.chain(self.others.iter().map(|other| format!("changed: {other}"))).collect()
    }
}

/// `changed: password, url of GitHub/octo`
impl fmt::Display for EntryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.title.as_str(), self.username.as_str()) {
            ("", "") => "an entry without a title".to_owned(),
            (title, "") => title.to_owned(),
            (title, username) => format!("{title}/{username}"),
        };
        let mut parts = Vec::new();
        if !self.fields.is_empty() {
            parts.push(self.fields.join(", "));
        }
        if !self.history.is_empty() {
            parts.push(format!("history of {}", self.history.join(", ")));
        }
        write!(f, "{}: ", self.what.words())?;
        match parts.as_slice() {
            [] => f.write_str(&name),
            parts if self.what == What::Changed => write!(f, "{} of {name}", parts.join(", ")),
            parts => write!(f, "{name} ({})", parts.join(", ")),
        }
    }
}

/// What differs in `after` from `before`.
pub fn compare(before: &Vault, after: &Vault) -> Comparison {
    let mut entries: Vec<EntryChange> =
        ids(before, after, Kind::ENTRY).into_iter().filter_map(|id| entry(before, after, id)).collect();
    entries.sort_by_cached_key(|change| (change.title.to_lowercase(), change.id.clone()));
    let kinds = [
        (Kind::SETTINGS, "the vault's settings"),
        (Kind::SLOT, "what opens the vault"),
        (Kind::TEMPLATE, "templates"),
        (Kind::GENERATED, "generated passwords"),
        (Kind::SAVED_SEARCH, "saved searches"),
        (Kind::REPLACED_KEY, "the keys that the vault had before"),
    ];
    let differs =
        |kind| ids(before, after, kind).into_iter().any(|id| record_differs(before, after, kind, id));
    let others = kinds.into_iter().filter(|(kind, _)| differs(*kind)).map(|(_, words)| words).collect();
    Comparison { entries, others }
}

/// The records of a kind that either has.
fn ids(before: &Vault, after: &Vault, kind: Kind) -> Vec<Id> {
    let of = |vault: &Vault| vault.records_of(kind).iter().map(|record| record.id).collect::<Vec<_>>();
    let mut ids = [of(before), of(after)].concat();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn record_differs(before: &Vault, after: &Vault, kind: Kind, id: Id) -> bool {
    let sides = [Side::of(before, kind, id), Side::of(after, kind, id)];
    let [old, new] = &sides;
    fields(old, new).iter().any(|(tag, field)| old.value(*tag, *field) != new.value(*tag, *field))
}

fn entry(before: &Vault, after: &Vault, id: Id) -> Option<EntryChange> {
    let (old, new) = (Side::of(before, Kind::ENTRY, id), Side::of(after, Kind::ENTRY, id));
    let (was, is) = (before.entry(id), after.entry(id));
    let state = |entry: Option<Entry<'_>>| entry.map_or(State::Gone, |entry| entry.state());
    let what = match (state(was), state(is)) {
        (State::Gone, State::Gone) => return None,
        (State::Gone, _) if was.is_none() => What::New,
        (State::Gone | State::Trash, State::Live) | (State::Gone, State::Trash) => What::Back,
        (State::Live, State::Trash) => What::Trashed,
        (_, State::Gone) => What::Gone,
        (State::Live, State::Live) | (State::Trash, State::Trash) => What::Changed,
    };
    let named = is.filter(|entry| entry.state() != State::Gone).or(was)?;
    let (mut changed, mut history) = (Vec::new(), Vec::new());
    for (tag, field) in fields(&old, &new) {
        let into = if old.value(tag, field) != new.value(tag, field) {
            &mut changed
        } else if new.cells(tag, field) > old.cells(tag, field) {
            &mut history
        } else {
            continue;
        };
        // The latest name: a removed field keeps its label, and a new one has none before.
        let known = is.filter(|_| new.cells(tag, field) > 0).or(was).unwrap_or(named);
        if let Some(words) = words(known, tag, field)
            && !into.contains(&words)
        {
            into.push(words);
        }
    }
    history.retain(|words| !changed.contains(words));
    if state(was) == State::Gone || what == What::Gone {
        // All of it, which its name says.
        changed.clear();
        history.clear();
    }
    let is_change = what != What::Changed || !changed.is_empty() || !history.is_empty();
    is_change.then(|| EntryChange {
        id: id.to_string(),
        title: named.title().to_owned(),
        username: named.username().to_owned(),
        what,
        fields: changed,
        history,
    })
}

/// One record in one of the two states.
struct Side<'v> {
    vault: &'v Vault,
    record: Option<&'v Record>,
}

impl<'v> Side<'v> {
    fn of(vault: &'v Vault, kind: Kind, id: Id) -> Self {
        Self { vault, record: vault.record(kind, id) }
    }

    /// All of a current value that can differ.
    fn value(&self, tag: Tag, field: Option<Id>) -> Option<(u8, u8, &'v [u8])> {
        let cell: &Cell = self.vault.current(self.record?, tag, field)?;
        Some((cell.flags, cell.version, self.vault.value(cell)))
    }

    /// How many values the field ever had that are still there.
    fn cells(&self, tag: Tag, field: Option<Id>) -> usize {
        let cells = self.record.map(|record| record.cells_of(tag, field)).unwrap_or_default();
        cells.iter().filter(|cell| !cell.is_emptied()).count()
    }
}

/// The fields that either side has.
fn fields(old: &Side<'_>, new: &Side<'_>) -> Vec<(Tag, Option<Id>)> {
    let cells = [old, new].into_iter().filter_map(|side| side.record).flat_map(|record| &record.cells);
    let mut fields: Vec<(Tag, Option<Id>)> = cells.map(|cell| (cell.tag, cell.field)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// What a person calls a field; none for what nobody is told of.
fn words(entry: Entry<'_>, tag: Tag, field: Option<Id>) -> Option<String> {
    let label = || match entry.field_name(Tag::FIELD_VALUE, field) {
        "" => "a field".to_owned(),
        label => label.to_owned(),
    };
    Some(match tag {
        Tag::STATE | Tag::CREATED | Tag::MODIFIED | Tag::LAST_USED => return None,
        Tag::FIELD_VALUE => label(),
        Tag::FIELD_LABEL => format!("name of {}", label()),
        Tag::FIELD_KIND => format!("kind of {}", label()),
        Tag::TICKED_OFF => format!("mark of {}", label()),
        Tag::ORDER => "order".to_owned(),
        Tag::MANIFEST | Tag::PART => "attachments".to_owned(),
        Tag::EXPIRY => "expiry".to_owned(),
        Tag::POLICY => "password policy".to_owned(),
        Tag::FAVOURITE => "favourite".to_owned(),
        Tag::PASSKEY => "passkey".to_owned(),
        Tag::AUDIT_EXCEPTION => "audit exceptions".to_owned(),
        Tag::PENDING_PASSWORD => "pending password".to_owned(),
        Tag::REMINDER => "reminder".to_owned(),
        Tag::SIGNS_IN_WITH => "what it signs in with".to_owned(),
        tag if tag.is_known() => entry.field_name(tag, field).to_owned(),
        _ => "something of a later version".to_owned(),
    })
}
