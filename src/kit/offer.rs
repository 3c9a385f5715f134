//! When the program offers a recovery kit to who has none: after a week, a month, three months, and every
//! three months from then on. Dates in, an answer out; no clock.

use crate::time::Timestamp;

const DAY: u64 = 24 * 3600 * 1000;
/// Days after the vault was made.
const FIRST: [u64; 3] = [7, 30, 90];
const THEN_EVERY: u64 = 90;

/// Whether to offer a kit now, for a vault made at `created` where it was offered last at `offered`. A clock
/// that ran backwards offers nothing.
pub fn is_due(created: Timestamp, offered: Option<Timestamp>, now: Timestamp) -> bool {
    let passed = |moment: Timestamp| milestones(moment.millis_since(created) / DAY);
    passed(now) > offered.map_or(0, passed)
}

/// How many of the days on which it is offered have come, `days` after the vault was made.
fn milestones(days: u64) -> u64 {
    let first = FIRST.iter().filter(|day| **day <= days).count() as u64;
    let last = FIRST.last().copied().unwrap_or_default();
    first + days.saturating_sub(last) / THEN_EVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u64) -> Timestamp {
        Timestamp(1_000_000_000_000 + day * DAY)
    }

    #[test]
    fn it_is_offered_on_these_days_and_once_each() {
        let created = day(0);
        let mut offered = None;
        let mut days = Vec::new();
        for now in 0..400 {
            if is_due(created, offered, day(now)) {
                days.push(now);
                offered = Some(day(now));
            }
        }
        assert_eq!(days, [7, 30, 90, 180, 270, 360]);
    }

    #[test]
    fn who_comes_late_is_asked_once() {
        assert!(is_due(day(0), None, day(100)));
        assert!(!is_due(day(0), Some(day(100)), day(101)));
        assert!(!is_due(day(0), Some(day(100)), day(3)), "a clock that was set back");
        assert!(!is_due(day(50), None, day(3)), "a vault from the future");
    }
}
