//! How long it takes to guess, by who guesses how fast.

/// Somebody who guesses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attacker {
    /// Who that is, for `--json`.
    pub name: &'static str,
    /// Who that is, in words.
    pub who: &'static str,
    /// The same, for a narrow screen.
    pub short: &'static str,
    /// Guesses a second.
    pub per_second: f64,
}

/// From the slowest to the fastest: a site that lets a hundred guesses pass in an hour; a stolen table of passwords that
/// were hashed with care (bcrypt or Argon2), and one that was not (a single SHA-1 or MD5), on a few dozen graphics
/// cards.
pub const ATTACKERS: [Attacker; 3] = [
    Attacker {
        name: "online",
        who: "online, at 100 guesses an hour",
        short: "Online 100/h",
        per_second: 100.0 / 3600.0,
    },
    Attacker {
        name: "offline-slow",
        who: "stolen and hashed with care, at 10,000 a second",
        short: "Slow hash 10^4/s",
        per_second: 1e4,
    },
    Attacker {
        name: "offline-fast",
        who: "stolen and hashed carelessly, at 100 billion a second",
        short: "Fast hash 10^11/s",
        per_second: 1e11,
    },
];

impl Attacker {
    /// Seconds until one of `2^bits` equally likely secrets is found, on the average: half of them are tried.
    pub fn seconds(&self, bits: f64) -> f64 {
        (bits - 1.0).exp2() / self.per_second
    }

    /// The same in words: "3 days", "practically never".
    pub fn words(&self, bits: f64) -> String {
        spoken(self.seconds(bits))
    }
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const YEAR: f64 = 365.25 * DAY;

fn spoken(seconds: f64) -> String {
    let (number, unit) = match seconds {
        ..1.0 => return "less than a second".to_owned(),
        ..MINUTE => (seconds, "second"),
        ..HOUR => (seconds / MINUTE, "minute"),
        ..DAY => (seconds / HOUR, "hour"),
        ..YEAR => (seconds / DAY, "day"),
        _ => (seconds / YEAR, "year"),
    };
    // Rounded down: what is said is the least.
    match number.floor() {
        1.0 => format!("1 {unit}"),
        few @ ..10_000.0 => format!("{few} {unit}s"),
        many @ ..1e6 => format!("{} thousand years", (many / 1e3).floor()),
        many @ ..1e9 => format!("{} million years", (many / 1e6).floor()),
        many @ ..1.4e10 => format!("{} billion years", (many / 1e9).floor()),
        // The universe is not as old.
        _ => "practically never".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_said_in_the_unit_that_fits() {
        for (seconds, words) in [
            (0.0, "less than a second"),
            (1.0, "1 second"),
            (59.9, "59 seconds"),
            (60.0, "1 minute"),
            (7_200.0, "2 hours"),
            (86_400.0 * 300.0, "300 days"),
            (YEAR, "1 year"),
            (YEAR * 9_999.0, "9999 years"),
            (YEAR * 25_000.0, "25 thousand years"),
            (YEAR * 3.9e6, "3 million years"),
            (YEAR * 1.2e10, "12 billion years"),
            (YEAR * 1.5e10, "practically never"),
            (f64::INFINITY, "practically never"),
        ] {
            assert_eq!(spoken(seconds), words);
        }
    }

    #[test]
    fn half_of_all_are_tried() {
        let [online, slow, fast] = ATTACKERS;
        // A PIN of four digits: 5,000 of 10,000, at 100 an hour.
        assert!((online.seconds(10_000_f64.log2()) - 50.0 * HOUR).abs() < 1e-6);
        assert_eq!((slow.seconds(0.0), fast.words(20.0).as_str()), (0.5e-4, "less than a second"));
        assert_eq!(fast.words(6_276.0), "practically never");
    }
}
