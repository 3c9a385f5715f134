//! Reminders to change a password: every so many days, for one entry, for a folder with all that is in it, or
//! everywhere. The nearest one counts, and one of 0 days means never. Each change of the password starts the days
//! anew. What expires on a day of its own (a card) is asked for here too.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::edit::{Edit, EditError};
use super::entry::{Entry, Value};
use super::kinds::FieldKind;
use super::tag::{Kind, REMOVED, Tag};
use super::{Vault, folder};
use crate::time::Timestamp;

/// Most days between two changes: a hundred years.
pub const MAX_DAYS: u32 = 36_500;
/// Days in 1,200 months, which is what a month of a reminder is a part of.
const DAYS_IN_CENTURY: u32 = 36_500;
const MONTHS_IN_CENTURY: u32 = 1_200;
const DAY_MILLIS: u64 = 24 * 3600 * 1000;

/// How often a password is to be changed: 1 to [`MAX_DAYS`] days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval(u32);

/// What is said that is no interval.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum IntervalError {
    /// Not a number and a unit.
    #[error("{0:?} is not a time such as \"6 months\", \"90 days\", 6m, 12w or 1y")]
    Unclear(String),
    /// A number that is.
    #[error("{0:?} is not between a day and a hundred years")]
    OutOfBounds(String),
}

impl Interval {
    /// Of so many days, if that is one.
    pub fn of_days(days: u32) -> Option<Self> {
        (1..=MAX_DAYS).contains(&days).then_some(Self(days))
    }

    /// In days.
    pub fn days(self) -> u32 {
        self.0
    }

    /// Reads "every 6 months", "90 days", "6m", "year". Six months are half of 365 days, rounded.
    ///
    /// # Errors
    /// [`IntervalError`].
    pub fn parse(text: &str) -> Result<Self, IntervalError> {
        let unclear = || IntervalError::Unclear(text.to_owned());
        let words = text.trim().to_lowercase();
        let words = words.strip_prefix("every").unwrap_or(&words).trim_start();
        let digits = words.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(words.len());
        let (number, unit) = words.split_at_checked(digits).ok_or_else(unclear)?;
        let number = if number.is_empty() { Ok(1) } else { number.parse::<u32>() };
        let number = number.map_err(|_| IntervalError::OutOfBounds(text.to_owned()))?;
        let days = match unit.trim() {
            "d" | "day" | "days" => Some(number),
            "w" | "week" | "weeks" => number.checked_mul(7),
            "m" | "month" | "months" => months(number),
            "y" | "year" | "years" => number.checked_mul(12).and_then(months),
            _ => return Err(unclear()),
        };
        days.and_then(Self::of_days).ok_or_else(|| IntervalError::OutOfBounds(text.to_owned()))
    }
}

/// As a person says it: "every 6 months".
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near = self.0.saturating_mul(MONTHS_IN_CENTURY) / DAYS_IN_CENTURY;
        let whole = [near, near + 1].into_iter().find(|number| months(*number) == Some(self.0));
        let (number, unit) = match whole.filter(|number| *number > 0) {
            Some(number) if number % 12 == 0 => (number / 12, "year"),
            Some(number) => (number, "month"),
            None => (self.0, "day"),
        };
        if number == 1 { write!(f, "every {unit}") } else { write!(f, "every {number} {unit}s") }
    }
}

/// The days of so many months, rounded.
fn months(number: u32) -> Option<u32> {
    let days = number.checked_mul(DAYS_IN_CENTURY)?.checked_add(MONTHS_IN_CENTURY / 2)?;
    Some(days / MONTHS_IN_CENTURY)
}

/// Where the reminder of an entry is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'r> {
    /// At the entry itself.
    Entry,
    /// At this folder.
    Folder(&'r str),
    /// For all entries.
    Everywhere,
}

/// All reminders of a vault but those of single entries.
#[derive(Debug, Default)]
pub struct Reminders {
    /// Days, 0 for never.
    everywhere: Option<u32>,
    /// Days, 0 for never, by the folder's path.
    folders: BTreeMap<String, u32>,
}

impl Reminders {
    /// Reads them.
    pub fn of(vault: &Vault) -> Self {
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes);
        let mut latest = BTreeMap::new();
        for record in vault.records_of(Kind::FOLDER_SETTINGS) {
            let path = vault.current(record, Tag::TITLE, None);
            let path = path.and_then(|cell| std::str::from_utf8(vault.value(cell)).ok());
            let (Some(path), Some(cell)) = (path, record.current(Tag::REMINDER, None)) else { continue };
            // Two devices may each have made one for a folder: the one that was set last counts.
            let days = number(vault.value(cell)).filter(|_| !cell.is_removed());
            let said = (vault.stamp(cell), days);
            let known = latest.entry(folder::normal(path)).or_insert(said);
            *known = said.max(*known);
        }
        let folders = latest.into_iter().filter_map(|(path, (_, days))| Some((path, days?)));
        Self {
            everywhere: vault.setting(Tag::REMINDER_EVERYWHERE).and_then(number),
            folders: folders.collect(),
        }
    }

    /// What is set for all entries: days, 0 for never.
    pub fn everywhere(&self) -> Option<u32> {
        self.everywhere
    }

    /// What is set for folders, by path: days, 0 for never.
    pub fn folders(&self) -> impl Iterator<Item = (&str, u32)> {
        self.folders.iter().map(|(path, days)| (path.as_str(), *days))
    }

    /// How often an entry's password is to be changed, and where that is said; none where it need not be.
    pub fn interval<'r>(&'r self, entry: &Entry<'_>) -> Option<(Interval, Scope<'r>)> {
        let own = entry.reminder().map(|days| (days, Scope::Entry));
        let (days, scope) = own
            .or_else(|| self.of_folder(entry.folder()))
            .or_else(|| self.everywhere.map(|days| (days, Scope::Everywhere)))?;
        Interval::of_days(days.min(MAX_DAYS)).map(|interval| (interval, scope))
    }

    /// When an entry's password is to be changed; never where it has none.
    pub fn due(&self, entry: &Entry<'_>) -> Option<Timestamp> {
        entry.password()?;
        let (interval, _) = self.interval(entry)?;
        Some(entry.password_set()?.plus_millis(u64::from(interval.days()) * DAY_MILLIS))
    }

    /// The reminder of the folder, or of the nearest one that it is in.
    fn of_folder(&self, path: &str) -> Option<(u32, Scope<'_>)> {
        let names = folder::split(path);
        (1..=names.len()).rev().find_map(|depth| {
            let path = folder::join(names.iter().take(depth).map(String::as_str));
            let (path, days) = self.folders.get_key_value(&path)?;
            Some((*days, Scope::Folder(path)))
        })
    }
}

/// The last day on which what an entry is about is valid: its expiry, else what a date of its own says whose label
/// begins with "Expir", as that of a card does.
pub fn expiry_of(entry: &Entry<'_>) -> Option<Timestamp> {
    let told = || {
        let fields = entry.fields().into_iter();
        fields.filter(|field| field.kind == FieldKind::Date && is_expiry(field.label)).find_map(|field| {
            let Value::Text(text) = field.value else { return None };
            Timestamp::parse_day(text)
        })
    };
    entry.expiry().or_else(told)
}

fn is_expiry(label: &str) -> bool {
    label.get(.."expir".len()).is_some_and(|start| start.eq_ignore_ascii_case("expir"))
}

/// Whether what is valid to this day, the day included, is so no longer (by UTC).
pub fn is_expired(expiry: Timestamp, now: Timestamp) -> bool {
    now >= expiry.plus_millis(DAY_MILLIS)
}

impl Edit<'_, '_> {
    /// Sets the reminder of all entries: days, 0 for never; none takes it away.
    ///
    /// # Errors
    /// As [`Edit::put`].
    pub fn remind_everywhere(&mut self, days: Option<u32>) -> Result<(), EditError> {
        let (flags, value) = days_value(days);
        self.put(Kind::SETTINGS, super::Id::ZERO, Tag::REMINDER_EVERYWHERE, None, flags, value)
    }

    /// Sets the reminder of a folder and all that is in it: days, 0 for never; none takes it away.
    ///
    /// # Errors
    /// As [`Edit::put`], [`EditError::NoRandomness`].
    pub fn remind_folder(&mut self, path: &str, days: Option<u32>) -> Result<(), EditError> {
        let path = folder::normal(path);
        let records = self.vault.records_of(Kind::FOLDER_SETTINGS).iter();
        let is_it = |record: &&super::Record| {
            let name = self.vault.current(record, Tag::TITLE, None);
            name.is_some_and(|cell| self.vault.value(cell) == path.as_bytes())
        };
        let id = match records.into_iter().find(is_it) {
            Some(record) => record.id,
            None => {
                let id = self.new_id()?;
                self.put(Kind::FOLDER_SETTINGS, id, Tag::TITLE, None, 0, path.into_bytes())?;
                id
            }
        };
        let (flags, value) = days_value(days);
        self.put(Kind::FOLDER_SETTINGS, id, Tag::REMINDER, None, flags, value)
    }
}

fn days_value(days: Option<u32>) -> (u8, Vec<u8>) {
    days.map_or((REMOVED, Vec::new()), |days| (0, days.min(MAX_DAYS).to_le_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_said() {
        for (text, days, said) in [
            ("6m", 183, "every 6 months"),
            ("every 6 months", 183, "every 6 months"),
            (" Every 90 Days ", 90, "every 90 days"),
            ("12w", 84, "every 84 days"),
            ("year", 365, "every year"),
            ("every year", 365, "every year"),
            ("2 years", 730, "every 2 years"),
            ("18 months", 548, "every 18 months"),
            ("1 month", 30, "every month"),
            ("1d", 1, "every day"),
            ("100y", 36_500, "every 100 years"),
        ] {
            let interval = Interval::parse(text).unwrap();
            assert_eq!((interval.days(), interval.to_string().as_str()), (days, said), "{text}");
            assert_eq!(Interval::parse(&interval.to_string()), Ok(interval));
        }
    }

    #[test]
    fn all_that_is_said_is_read_back() {
        for days in 1..=MAX_DAYS {
            let interval = Interval::of_days(days).unwrap();
            assert_eq!(Interval::parse(&interval.to_string()), Ok(interval));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "6", "six months", "6 mon", "-6m", "6.5m", "m6", "6 m m", "6ü"] {
            assert!(matches!(Interval::parse(text), Err(IntervalError::Unclear(_))), "{text}");
        }
        for text in ["0d", "0 months", "101y", "36501 days", "4294967295y", "99999999999999999999d"] {
            assert!(matches!(Interval::parse(text), Err(IntervalError::OutOfBounds(_))), "{text}");
        }
    }
}
