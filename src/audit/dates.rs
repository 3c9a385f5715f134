//! What time says of an entry: that it has expired, is about to, wants its password changed, or has an old one.

use super::{Kind, Terms};
use crate::vault::Entry;
use crate::vault::reminder::{Reminders, expiry_of, is_expired};

/// Days before its expiry in which an entry is due.
const DUE_DAYS: u64 = 30;
const DAY: u64 = 24 * 3600 * 1000;

/// Kind, particulars and extent of each finding.
pub fn of(entry: &Entry<'_>, terms: &Terms<'_>, reminders: &Reminders) -> Vec<(Kind, String, u64)> {
    let now = terms.now;
    let mut found = Vec::new();
    match expiry_of(entry) {
        Some(expiry) if is_expired(expiry, now) => {
            found.push((Kind::Expired, format!("expired on {}", expiry.day()), now.millis_since(expiry)));
        }
        Some(expiry) if expiry.millis_since(now) <= DUE_DAYS * DAY => {
            let nearness = DUE_DAYS * DAY - expiry.millis_since(now);
            found.push((Kind::Due, format!("expires on {}", expiry.day()), nearness));
        }
        _ => {}
    }
    let Some(set) = entry.password_set() else { return found };
    let age = now.millis_since(set);
    let due = reminders.due(entry).filter(|due| now >= *due && found.is_empty());
    if let Some((due, (interval, _))) = due.zip(reminders.interval(entry)) {
        let detail = format!("password to be changed {interval}; set on {}", set.day());
        found.push((Kind::Due, detail, now.millis_since(due)));
    }
    if terms.old_after.is_some_and(|days| age >= u64::from(days) * DAY) {
        found.push((Kind::Old, format!("password set on {}, {} ago", set.day(), span(age)), age));
    }
    found
}

fn span(millis: u64) -> String {
    let (many, what) = match millis / DAY {
        days @ 730.. => (days / 365, "years"),
        days @ 60.. => (days / 30, "months"),
        days => (days, "days"),
    };
    format!("{many} {what}")
}
