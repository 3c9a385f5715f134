//! Which back-ups stay: the last generations, besides these one of each of the last seven days that have any, and
//! one of each of the last twelve months, within a number of bytes. Pure; no clock is asked, so a vault that nobody
//! saves loses no back-up, and a wrong clock costs at most the place of another one.

use super::Backup;

/// Days of which one back-up is kept.
const DAYS: usize = 7;
/// Months of which one back-up is kept.
const MONTHS: usize = 12;
/// Bytes that the back-ups of one vault may take, if the newest alone does not take more.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Those of `backups` (newest first) that need not stay beside `generations` last ones. The newest always stays.
pub fn too_old(backups: &[Backup], generations: usize) -> Vec<&Backup> {
    let mut stays = vec![false; backups.len()];
    let mut bytes = 0;
    let mut take = |at: usize| {
        if let (Some(stays), Some(backup)) = (stays.get_mut(at), backups.get(at))
            && !*stays
            && (at == 0 || backup.len.saturating_add(bytes) <= MAX_BYTES)
        {
            *stays = true;
            bytes = backup.len.saturating_add(bytes);
        }
    };
    let days = newest_of_each(backups, |date| date.get(..10), DAYS);
    let months = newest_of_each(backups, |date| date.get(..7), MONTHS);
    let last: Vec<usize> = (0..backups.len().min(generations.max(1))).collect();
    // In turn: where room is short, it is not the last hour that takes all of it.
    let most = last.len().max(days.len()).max(months.len());
    for turn in 0..most {
        [&last, &days, &months].into_iter().filter_map(|wanted| wanted.get(turn)).for_each(|at| take(*at));
    }
    backups.iter().zip(stays).filter(|(_, stays)| !stays).map(|(backup, _)| backup).collect()
}

/// The first of each group, at most `most`, by a part of its date and time (`2026-01-31T22:59:59Z`).
fn newest_of_each(backups: &[Backup], part: impl Fn(&str) -> Option<&str>, most: usize) -> Vec<usize> {
    let mut seen: Vec<String> = Vec::new();
    let mut first = Vec::new();
    for (at, backup) in backups.iter().enumerate() {
        let date = backup.saved.to_string();
        let group = part(&date).unwrap_or_default();
        if first.len() < most && !seen.iter().any(|seen| seen == group) {
            seen.push(group.to_owned());
            first.push(at);
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;
    use crate::time::Timestamp;

    const DAY: u64 = 24 * 3600 * 1000;

    fn backup(generation: u64, saved: u64, len: u64) -> Backup {
        Backup { path: PathBuf::from(generation.to_string()), generation, saved: Timestamp(saved), len }
    }

    fn kept(backups: &[Backup], generations: usize) -> Vec<Backup> {
        let dropped = too_old(backups, generations);
        backups.iter().filter(|backup| !dropped.contains(backup)).cloned().collect()
    }

    /// Back-ups in the order of their generations, with times that need not be in any order.
    fn backups() -> impl Strategy<Value = Vec<Backup>> {
        let one = (0..400_u64, 0..DAY, prop_oneof![0..100_000_u64, 0..600_000_000_u64]);
        proptest::collection::vec(one, 1..60).prop_map(|all| {
            let number = |(at, (day, ms, len)): (usize, (u64, u64, u64))| {
                backup(1000 - at as u64, 1_767_000_000_000 + day * DAY + ms, len)
            };
            all.into_iter().enumerate().map(number).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn the_newest_stays_and_all_is_bounded(backups in backups(), generations in 0..20_usize) {
            let kept = kept(&backups, generations);
            prop_assert_eq!(kept.first(), backups.first());
            prop_assert!(kept.len() <= generations.max(1) + DAYS + MONTHS);
            let bytes: u64 = kept.iter().map(|backup| backup.len).sum();
            prop_assert!(kept.len() == 1 || bytes <= MAX_BYTES.max(kept[0].len), "{}", bytes);
            prop_assert!(too_old(&kept, generations).is_empty(), "what stays now stays");
            // With room for all, each that is promised is there.
            let has_room = backups.iter().map(|backup| backup.len).sum::<u64>() <= MAX_BYTES;
            prop_assert!(!has_room || backups.iter().take(generations).all(|backup| kept.contains(backup)));
        }

        #[test]
        fn a_year_of_saves_leaves_days_and_months(seed in any::<u64>(), busy in 1..6_u64) {
            let mut there: Vec<Backup> = Vec::new();
            let mut generation = 0;
            for day in 0..365 {
                for _ in 0..(seed.rotate_left(day as u32) % busy) + 1 {
                    generation += 1;
                    there.insert(0, backup(generation, 1_767_225_600_000 + day * DAY + generation, 69_648));
                    there = kept(&there, 3);
                }
            }
            let last = |days: u64| there.iter().any(|b| b.saved.0 / DAY == (1_767_225_600_000 / DAY) + 364 - days);
            prop_assert!((0..7).all(last), "each of the last seven days");
            let months: std::collections::BTreeSet<String> =
                there.iter().map(|backup| backup.saved.to_string()[..7].to_owned()).collect();
            prop_assert_eq!(months.len(), 12, "each month of the year");
            prop_assert!(there.len() <= 3 + DAYS + MONTHS);
        }
    }

    #[test]
    fn where_room_is_short_old_ones_stay_too() {
        // 60 MiB each, hourly for a day, daily before: four fit.
        let len = 60 << 20;
        let hourly = (0..20).map(|hour| backup(100 - hour, 1_800_000_000_000 - hour * 1000, len));
        let daily = (1..40).map(|day| backup(70 - day, 1_800_000_000_000 - day * DAY, len));
        let all: Vec<Backup> = hourly.chain(daily).collect();
        let kept = kept(&all, 10);
        let ages: Vec<u64> = kept.iter().map(|b| (1_800_000_000_000 - b.saved.0) / DAY).collect();
        assert_eq!((kept.len(), ages[0]), (4, 0));
        assert!(ages.iter().any(|age| *age >= 1) && ages.iter().any(|age| *age >= 14), "{ages:?}");
    }

    #[test]
    fn none_and_one() {
        assert!(too_old(&[], 10).is_empty());
        assert!(too_old(&[backup(1, 0, u64::MAX)], 0).is_empty());
    }
}
