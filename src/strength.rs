//! How hard a chosen password is to guess, as zxcvbn estimates it (Wheeler: zxcvbn: Low-Budget Password
//! Strength Estimation, USENIX Security 2016), with the reasons in plain words. Beyond zxcvbn it knows cities,
//! names of more than one country, walks over other keyboards than the American, what the entry says, and what the
//! caller knows: that the password is used elsewhere, or is shorter than the site takes.
//!
//! For passwords that a person chose. What a recipe of [`crate::generate`] makes has an exact entropy, which
//! the recipe tells.
//!
//! # Security
//! zxcvbn works on copies of the password in ordinary memory and does not wipe them. In the program the heap
//! does ([`crate::secret::heap`]), and the tables that zxcvbn keeps are made before it sees a password: parts of
//! them that are never written would otherwise hold what lay on the stack just then.

mod reason;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::sync::Once;

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, zxcvbn};

pub use reason::Reason;

use crate::layout;
use crate::secret::stack;
use reason::advice;
use words::{Known, LIST_LEN};

/// Characters of the password that are looked at; the rest can hardly make it weaker. zxcvbn's time grows with
/// the cube of the length, up to a few milliseconds here, and to a third of a second for text made against it.
const MAX_CHARS: usize = 72;
/// Characters that [`is_weak`] looks at first: what they withstand, the whole withstands.
const FIRST_CHARS: usize = 24;
/// Brings every table of zxcvbn into use: words, leet, keys, repeats, sequences, dates.
const NO_SECRET: &str = "Passw0rd qwertz abcabc 6543 1999-12-31 17.4.88";

/// An estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// The estimate as one of five steps.
    pub score: Score,
    /// The decimal logarithm of the guesses that a well-informed attacker needs; 0 for none.
    pub guesses_log10: f64,
    /// Whether it may well be more: the password is longer than what is looked at, or takes more guesses than
    /// the estimator counts (2^64).
    pub at_least: bool,
    /// What makes it weak, the worst first; what the caller knows stands there however strong it is.
    pub reasons: Vec<Reason>,
    /// What would make it stronger, the most useful first; empty from [`Score::Strong`] on.
    pub advice: Vec<&'static str>,
}

impl Strength {
    /// The worst of the reasons in words, or the most useful advice; empty where there is neither.
    pub fn remark(&self) -> String {
        let reason = self.reasons.first().map(ToString::to_string);
        reason.or_else(|| self.advice.first().map(|advice| (*advice).to_owned())).unwrap_or_default()
    }

    /// The score in words, "at least" where it may be more.
    pub fn words(&self) -> String {
        let least = if self.at_least && self.score < Score::VeryStrong { "at least " } else { "" };
        format!("{least}{}", self.score)
    }
}

/// Five steps of strength, by the number of guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Score {
    /// Under 10^3 guesses.
    VeryWeak,
    /// Under 10^6.
    Weak,
    /// Under 10^8.
    Fair,
    /// Under 10^10.
    Strong,
    /// 10^10 and more.
    VeryStrong,
}

impl Score {
    /// 0 to 4.
    pub fn number(self) -> u8 {
        self as u8
    }

    fn of(guesses_log10: f64) -> Self {
        match guesses_log10 {
            ..3.0 => Self::VeryWeak,
            ..6.0 => Self::Weak,
            ..8.0 => Self::Fair,
            ..10.0 => Self::Strong,
            _ => Self::VeryStrong,
        }
    }
}

/// `very weak` to `very strong`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VeryWeak => "very weak",
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Strong => "strong",
            Self::VeryStrong => "very strong",
        })
    }
}

/// What is known of the place that the password is for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// Title, user name, site, names, birthdays: the first that an attacker tries, whole and in their parts.
    pub own_words: &'a [&'a str],
    /// The fewest characters that the site takes.
    pub min_len: Option<usize>,
    /// Whether something else has the same password.
    pub is_reused: bool,
}

/// Estimates `password`, with `own_words` as in [`Circumstances`]. Takes text of any length and content; the
/// first 72 characters decide.
pub fn estimate(password: &str, own_words: &[&str]) -> Strength {
    judge(password, &Circumstances { own_words, ..Circumstances::default() })
}

/// As [`estimate`], with all that is known.
pub fn judge(password: &str, circumstances: &Circumstances<'_>) -> Strength {
    let mut strength = estimate_first(password, MAX_CHARS, circumstances.own_words);
    if circumstances.is_reused {
        strength.reasons.insert(0, Reason::Reused);
    }
    if let Some(least) = circumstances.min_len.filter(|least| is_shorter(password, *least)) {
        strength.reasons.insert(0, Reason::TooShort(least));
    }
    strength
}

/// As [`judge`] where `password` is weak (under [`Score::Strong`]) or too short for its site; none where it is
/// not. Quicker for a long one, of which the beginning alone may be strong.
pub fn weakness(password: &str, circumstances: &Circumstances<'_>) -> Option<Strength> {
    let is_too_short = circumstances.min_len.is_some_and(|least| is_shorter(password, least));
    if !is_too_short && is_shorter(password, FIRST_CHARS) {
        return Some(judge(password, circumstances)).filter(|strength| strength.score < Score::Strong);
    }
    let is_strong = || estimate_first(password, FIRST_CHARS, circumstances.own_words).score >= Score::Strong;
    if !is_too_short && is_strong() {
        return None;
    }
    Some(judge(password, circumstances)).filter(|strength| is_too_short || strength.score < Score::Strong)
}

fn is_shorter(password: &str, least: usize) -> bool {
    least.checked_sub(1).is_some_and(|last| password.chars().nth(last).is_none())
}

/// Estimates the first `most` characters.
fn estimate_first(password: &str, most: usize, own_words: &[&str]) -> Strength {
    static TABLES: Once = Once::new();
    TABLES.call_once(|| {
        stack::wipe();
        drop(zxcvbn(NO_SECRET, &["tresor"]));
    });
    let cut = password.char_indices().nth(most).map(|(at, _)| at);
    let looked_at = cut.and_then(|at| password.get(..at)).unwrap_or(password);
    let mut strength = estimate_whole(looked_at, own_words);
    let walk = layout::walk(looked_at);
    if let Some(same_keys) = walk.as_ref().and_then(|walk| walk.on_us_keys.as_ref()) {
        // zxcvbn knows walks over the American keyboard only; an attacker knows the others too.
        let on_us_keys = estimate_whole(same_keys.expose_str().unwrap_or_default(), own_words);
        if on_us_keys.guesses_log10 < strength.guesses_log10 {
            strength = on_us_keys;
        }
    }
    strength.at_least |= cut.is_some();
    if strength.score < Score::Strong && walk.is_some() && !strength.reasons.contains(&Reason::KeyboardWalk) {
        let behind = strength.reasons.first().is_some_and(|first| *first < Reason::KeyboardWalk);
        strength.reasons.insert(usize::from(behind), Reason::KeyboardWalk);
    }
    strength
}

fn estimate_whole(password: &str, own_words: &[&str]) -> Strength {
    let known = Known::of(password, own_words);
    let entropy = zxcvbn(password, &known.words());
    let guesses_log10 = (entropy.guesses_log10() + list_log10(&entropy, &known)).max(0.0);
    let score = Score::of(guesses_log10);
    let (mut reasons, mut suggestions) = (Vec::new(), Vec::new());
    if score < Score::Strong {
        reasons = reasons_of(&entropy, &known);
        let feedback = entropy.feedback().map(|feedback| feedback.suggestions()).unwrap_or_default();
        suggestions = feedback.iter().copied().map(advice).collect();
    }
    Strength { score, guesses_log10, at_least: entropy.guesses() == u64::MAX, reasons, advice: suggestions }
}

/// The decimal logarithm of how often an attacker guesses wrong who goes through the lists of cities and names:
/// zxcvbn was given those only that are in the password.
fn list_log10(entropy: &Entropy, known: &Known<'_>) -> f64 {
    let listed =
        words_of(entropy).filter(|word| matches!(known.sort_of(word), Some(sort) if sort != Reason::OwnWord));
    listed.map(|_| f64::from(LIST_LEN).log10()).sum()
}

/// Why it is weak: of each piece that the estimate rests on, and what zxcvbn says of the whole.
fn reasons_of(entropy: &Entropy, known: &Known<'_>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = words_of(entropy).filter_map(|word| known.sort_of(word)).collect();
    reasons.extend(entropy.sequence().iter().filter_map(|piece| Reason::of_pattern(&piece.pattern)));
    let warning = entropy.feedback().and_then(|feedback| feedback.warning());
    reasons.extend(warning.map(Reason::of_warning));
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// The words of lists that the estimate rests on.
fn words_of(entropy: &Entropy) -> impl Iterator<Item = &str> {
    entropy.sequence().iter().filter_map(|piece| match &piece.pattern {
        MatchPattern::Dictionary(found) => Some(found.matched_word.as_str()),
        _ => None,
    })
}
