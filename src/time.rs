//! Points in time: milliseconds since the Unix epoch, UTC. There is no clock here; the time is told by
//! whoever calls.

use std::fmt;

/// Milliseconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// From whole seconds since the epoch.
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the epoch.
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Milliseconds from `earlier` to this, zero if it is later.
    pub fn millis_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This, `millis` later.
    pub fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Reads a day (`2027-05-31`), or a month as cards have it (`2027-05`, `05/2027`, `05/27`), of which the last day
    /// is meant; nothing where `text` is neither, or before 1970. Gives its first moment.
    pub fn parse_day(text: &str) -> Option<Self> {
        let text = text.trim();
        let day = match text.parse::<jiff::civil::Date>() {
            Ok(day) if text.len() == "2027-05-31".len() => day,
            _ => last_day_of_month(text)?,
        };
        let moment = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        u64::try_from(moment.as_millisecond()).ok().map(Self)
    }

    /// The day that it is in, in UTC: `2027-05-31`.
    pub fn day(self) -> String {
        let text = self.to_string();
        text.split('T').next().unwrap_or_default().to_owned()
    }

    /// How long before `now` this is, in words: "today", "3 weeks ago". Days are those of UTC.
    pub fn ago(self, now: Self) -> String {
        const DAY: u64 = 24 * 3600 * 1000;
        let days = (now.0 / DAY).saturating_sub(self.0 / DAY);
        match days {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            2..14 => format!("{days} days ago"),
            14..61 => format!("{} weeks ago", days / 7),
            61..730 => format!("{} months ago", days / 30),
            _ => format!("{} years ago", days / 365),
        }
    }

    /// Reads RFC 3339 (`2026-11-23T12:00:00Z`); nothing where `text` is not that, or before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let moment: jiff::Timestamp = text.parse().ok()?;
        u64::try_from(moment.as_millisecond()).ok().map(Self)
    }
}

fn last_day_of_month(text: &str) -> Option<jiff::civil::Date> {
    let (year, month) = match (text.split_once('-'), text.split_once('/')) {
        (Some((year, month)), None) if year.len() == 4 => (year.to_owned(), month),
        (None, Some((month, year))) if year.len() == 4 => (year.to_owned(), month),
        (None, Some((month, year))) if year.len() == 2 => (format!("20{year}"), month),
        _ => return None,
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = (Some(year).filter(|it| is_number(it))?, Some(month).filter(|it| is_number(it))?);
    jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, 1)
        .ok()
        .map(jiff::civil::Date::last_of_month)
}

/// RFC 3339 in UTC, with milliseconds where there are any.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        match jiff::Timestamp::from_millisecond(millis) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => write!(f, "{}", jiff::Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for millis in [0, 999, 1_795_435_200_000, 1_795_435_200_123] {
            assert_eq!(Timestamp::parse(&Timestamp(millis).to_string()), Some(Timestamp(millis)));
        }
        assert_eq!(Timestamp(1_795_435_200_000).to_string(), "2026-11-23T12:00:00Z");
        assert_eq!(Timestamp::parse("1969-01-01T00:00:00Z"), None);
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn days_and_the_months_of_cards() {
        for (text, day) in [
            ("2027-05-31", "2027-05-31"),
            (" 2028-02 ", "2028-02-29"),
            ("02/27", "2027-02-28"),
            ("5/2027", "2027-05-31"),
        ] {
            assert_eq!(Timestamp::parse_day(text).unwrap().day(), day, "{text}");
        }
        for text in [
            "",
            "2027",
            "2027-13",
            "13/27",
            "31.05.2027",
            "2027-02-30",
            "1969-12-31",
            "-1/27",
            "20270531",
            "+5/27",
        ] {
            assert_eq!(Timestamp::parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn times_ago_are_in_the_unit_that_a_person_would_take() {
        let now = Timestamp::parse("2026-11-23T12:00:00Z").unwrap();
        for (then, words) in [
            ("2026-11-23T00:00:00Z", "today"),
            ("2027-01-01T00:00:00Z", "today"),
            ("2026-11-22T23:59:59Z", "yesterday"),
            ("2026-11-10T00:00:00Z", "13 days ago"),
            ("2026-11-02T00:00:00Z", "3 weeks ago"),
            ("2026-09-01T00:00:00Z", "2 months ago"),
            ("2024-11-23T00:00:00Z", "2 years ago"),
        ] {
            assert_eq!(Timestamp::parse(then).unwrap().ago(now), words, "{then}");
        }
    }
}
