//! What should change: the entries that a change was begun for, that are due or expired, those whose password is
//! old, and those of which an audit found that the password is bad, each with its reasons, worst first.

use std::collections::HashMap;
use std::fmt;

use crate::audit::{Audit, Kind};
use crate::time::Timestamp;
use crate::vault::reminder::{Interval, Reminders, expiry_of, is_expired};
use crate::vault::{Entry, Id, Vault};

/// What expires within so many days is told before it does.
const SOON_DAYS: u64 = 30;
const DAY_MILLIS: u64 = 24 * 3600 * 1000;

/// An entry that should change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The entry.
    pub id: Id,
    /// Why, the gravest first; at least one.
    pub reasons: Vec<Reason>,
}

/// Why it should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A new password was made, and the site has not been said to have taken it.
    Pending,
    /// The password is in a list of breached ones.
    Breached(Found),
    /// It is no longer valid; its last day.
    Expired(Timestamp),
    /// The password is easy to guess.
    Weak(Found),
    /// Another account has the same.
    Reused(Found),
    /// Another account has nearly the same.
    Similar(Found),
    /// Its reminder has come: when.
    Due(Timestamp, Interval),
    /// It is not valid for much longer; its last day.
    ExpiresSoon(Timestamp),
    /// Nobody has changed the password since.
    Old(Timestamp),
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its place among all that was found; the worst has the smallest.
    rank: usize,
    /// The particulars in words; never a password.
    detail: String,
}

impl Reason {
    /// What an audit found, where another password mends it.
    fn found(kind: Kind, found: Found) -> Option<Self> {
        match kind {
            Kind::Breached => Some(Self::Breached(found)),
            Kind::Weak => Some(Self::Weak(found)),
            Kind::Reused => Some(Self::Reused(found)),
            Kind::Similar => Some(Self::Similar(found)),
            Kind::Http | Kind::Expired | Kind::Due | Kind::Old | Kind::Duplicate => None,
        }
    }

    /// Its name in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Breached(_) => Kind::Breached.name(),
            Self::Weak(_) => Kind::Weak.name(),
            Self::Reused(_) => Kind::Reused.name(),
            Self::Similar(_) => Kind::Similar.name(),
            Self::Expired(_) => "expired",
            Self::Due(..) => "due",
            Self::ExpiresSoon(_) => "expires",
            Self::Old(_) => "old",
        }
    }

    /// Whether a reminder is about it.
    fn is_reminded(&self) -> bool {
        matches!(self, Self::Pending | Self::Expired(_) | Self::Due(..) | Self::ExpiresSoon(_))
    }
}

/// In words.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("a new password is pending"),
            Self::Breached(found) | Self::Weak(found) | Self::Reused(found) | Self::Similar(found) => {
                f.write_str(&found.detail)
            }
            Self::Expired(day) => write!(f, "expired on {}", day.day()),
            Self::Due(since, interval) => write!(f, "due since {} ({interval})", since.day()),
            Self::ExpiresSoon(day) => write!(f, "expires on {}", day.day()),
            Self::Old(since) => write!(f, "not changed since {}", since.day()),
        }
    }
}

/// What a list is to know.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// This moment.
    pub now: Timestamp,
    /// Days after which a password is old; none means never.
    pub old_after: Option<u32>,
    /// What an audit found. Of an entry whose password was set since, it says nothing.
    pub audit: Option<&'a Audit>,
}

/// The entries that should change, worst first; what is to be ignored for a reason is. No secret is opened.
pub fn work_list(vault: &Vault, terms: &Terms<'_>) -> Vec<Task> {
    let reminders = Reminders::of(vault);
    let mut found = found(terms.audit);
    let audited = terms.audit.map(|audit| audit.now).unwrap_or_default();
    let live = vault.entries().filter(Entry::is_live);
    let tasks = live.filter_map(|entry| {
        // An import may say that a password will be set in years to come.
        let is_near = |set: Timestamp| set.millis_since(terms.now) < DAY_MILLIS;
        let set_since = entry.password_set().is_some_and(|set| set > audited && is_near(set));
        let mut reasons = found.remove(&entry.id()).filter(|_| !set_since).unwrap_or_default();
        reasons.extend(dated(&entry, terms, &reminders));
        reasons.sort();
        (!reasons.is_empty()).then(|| Task { id: entry.id(), reasons })
    });
    let mut tasks: Vec<Task> = tasks.collect();
    // Within a kind of reason the earliest date is the worst, as the variants and their dates sort.
    tasks.sort_by(|a, b| (&a.reasons, a.id).cmp(&(&b.reasons, b.id)));
    tasks
}

/// Of these, how many are there for a reminder, an expiry or a change that was begun: what is told at unlock.
pub fn due_count(tasks: &[Task]) -> usize {
    tasks.iter().filter(|task| task.reasons.iter().any(Reason::is_reminded)).count()
}

/// What an audit found of each entry.
fn found(audit: Option<&Audit>) -> HashMap<Id, Vec<Reason>> {
    let mut all: HashMap<Id, Vec<Reason>> = HashMap::new();
    for (rank, finding) in audit.into_iter().flat_map(Audit::counted).enumerate() {
        let found = Found { rank, detail: finding.detail.clone() };
        if let Some(reason) = Reason::found(finding.kind, found) {
            all.entry(finding.id).or_default().push(reason);
        }
    }
    all
}

/// What a change that was begun and the dates say.
fn dated(entry: &Entry<'_>, terms: &Terms<'_>, reminders: &Reminders) -> Vec<Reason> {
    let now = terms.now;
    let counts = |kind: Kind| entry.exception(kind.name(), kind.about()).is_none();
    let mut reasons = Vec::new();
    if entry.pending_password().is_some() {
        reasons.push(Reason::Pending);
    }
    match expiry_of(entry) {
        Some(day) if is_expired(day, now) => {
            reasons.extend(counts(Kind::Expired).then_some(Reason::Expired(day)));
        }
        Some(day) if is_expired(day, now.plus_millis(SOON_DAYS * DAY_MILLIS)) => {
            reasons.extend(counts(Kind::Due).then_some(Reason::ExpiresSoon(day)));
        }
        _ => {}
    }
    if let Some(due) = reminders.due(entry).filter(|due| now >= *due)
        && let Some((interval, _)) = reminders.interval(entry)
        && counts(Kind::Due)
    {
        reasons.push(Reason::Due(due, interval));
    }
    if let Some(days) = terms.old_after
        && let Some(set) = entry.password().and_then(|_| entry.password_set())
        && now.millis_since(set) >= u64::from(days) * DAY_MILLIS
        && counts(Kind::Old)
    {
        reasons.push(Reason::Old(set));
    }
    reasons
}
