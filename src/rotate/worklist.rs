//! What should change: the entries that a change was begun for, that are due or expired, and those whose password is
//! old, each with its reasons, worst first.

use std::fmt;

use crate::time::Timestamp;
use crate::vault::reminder::{Interval, Reminders, expiry_of, is_expired};
use crate::vault::{Entry, Id, Vault};

/// From this age on a password is old, in days.
const OLD_DAYS: u64 = 2 * 365;
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
    /// It is no longer valid; its last day.
    Expired(Timestamp),
    /// Its reminder has come: when.
    Due(Timestamp, Interval),
    /// It is not valid for much longer; its last day.
    ExpiresSoon(Timestamp),
    /// Nobody has changed the password since.
    Old(Timestamp),
}

impl Reason {
    /// Its name in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Expired(_) => "expired",
            Self::Due(..) => "due",
            Self::ExpiresSoon(_) => "expires",
            Self::Old(_) => "old",
        }
    }

    /// Whether a reminder is about it.
    fn is_reminded(&self) -> bool {
        !matches!(self, Self::Old(_))
    }
}

/// In words.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("a new password is pending"),
            Self::Expired(day) => write!(f, "expired on {}", day.day()),
            Self::Due(since, interval) => write!(f, "due since {} ({interval})", since.day()),
            Self::ExpiresSoon(day) => write!(f, "expires on {}", day.day()),
            Self::Old(since) => write!(f, "not changed since {}", since.day()),
        }
    }
}

/// The entries that should change, worst first. No secret is opened.
pub fn work_list(vault: &Vault, now: Timestamp) -> Vec<Task> {
    let reminders = Reminders::of(vault);
    let live = vault.entries().filter(Entry::is_live);
    let tasks = live.filter_map(|entry| {
        let reasons = reasons(&entry, &reminders, now);
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

fn reasons(entry: &Entry<'_>, reminders: &Reminders, now: Timestamp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if entry.pending_password().is_some() {
        reasons.push(Reason::Pending);
    }
    match expiry_of(entry) {
        Some(day) if is_expired(day, now) => reasons.push(Reason::Expired(day)),
        Some(day) if is_expired(day, now.plus_millis(SOON_DAYS * DAY_MILLIS)) => {
            reasons.push(Reason::ExpiresSoon(day));
        }
        _ => {}
    }
    if let Some(due) = reminders.due(entry).filter(|due| now >= *due)
        && let Some((interval, _)) = reminders.interval(entry)
    {
        reasons.push(Reason::Due(due, interval));
    }
    let set = entry.password().and_then(|_| entry.password_set());
    if let Some(set) = set.filter(|set| now.millis_since(*set) >= OLD_DAYS * DAY_MILLIS) {
        reasons.push(Reason::Old(set));
    }
    reasons.sort();
    reasons
}
