//! What time says of an entry: that it has expired, is about to, wants its password changed, or has an old one.

use super::{Kind, Terms};
use crate::time::Timestamp;
use crate::vault::Entry;

/// Days before its expiry in which an entry is due.
const DUE_DAYS: u64 = 30;
const DAY: u64 = 24 * 3600 * 1000;

/// Kind, particulars and extent of each finding.
pub fn of(entry: &Entry<'_>, terms: &Terms<'_>) -> Vec<(Kind, String, u64)> {
    let now = terms.now;
    let mut found = Vec::new();
    match entry.expiry() {
        Some(expiry) if expiry <= now => {
            found.push((Kind::Expired, format!("expired on {}", day(expiry)), now.millis_since(expiry)));
        }
        Some(expiry) if expiry.millis_since(now) <= DUE_DAYS * DAY => {
            let nearness = DUE_DAYS * DAY - expiry.millis_since(now);
            found.push((Kind::Due, format!("expires on {}", day(expiry)), nearness));
        }
        _ => {}
    }
    let Some(set) = entry.password_set() else { return found };
    let age = now.millis_since(set);
    let reminder = entry.reminder().map(u64::from).filter(|days| age >= days * DAY);
    if let Some(days) = reminder.filter(|_| found.is_empty()) {
        let detail = format!("password to be changed every {days} days; set on {}", day(set));
        found.push((Kind::Due, detail, age - days * DAY));
    }
    if terms.old_after.is_some_and(|days| age >= u64::from(days) * DAY) {
        found.push((Kind::Old, format!("password set on {}, {} ago", day(set), span(age)), age));
    }
    found
}

/// The day in UTC, as 2026-11-23.
fn day(time: Timestamp) -> String {
    time.to_string().chars().take_while(|letter| *letter != 'T').collect()
}

fn span(millis: u64) -> String {
    let (many, what) = match millis / DAY {
        days @ 730.. => (days / 365, "years"),
        days @ 60.. => (days / 30, "months"),
        days => (days, "days"),
    };
    format!("{many} {what}")
}
