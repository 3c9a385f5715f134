//! How hard a chosen password is to guess, as zxcvbn estimates it (Wheeler: zxcvbn: Low-Budget Password
//! Strength Estimation, USENIX Security 2016), with the reason in plain words.
//!
//! For passwords that a person chose. What a recipe of [`crate::generate`] makes has an exact entropy, which
//! the recipe tells.
//!
//! # Security
//! zxcvbn works on copies of the password in ordinary memory and does not wipe them. In the program the heap
//! does ([`crate::secret::heap`]), and the tables that zxcvbn keeps are made before it sees a password: parts of
//! them that are never written would otherwise hold what lay on the stack just then.

use std::fmt;
use std::sync::Once;

use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, zxcvbn};

use crate::secret::stack;

/// Characters of the password that are looked at; the rest can hardly make it weaker. zxcvbn's time grows with
/// the cube of the length, up to a few milliseconds here, and to a third of a second for text made against it.
const MAX_CHARS: usize = 72;
/// Words of the entry, with their parts, that are looked at.
const MAX_OWN_WORDS: usize = 256;
/// Characters below which a word, or a part of it, is no clue.
const MIN_OWN_WORD: usize = 3;
/// Brings every table of zxcvbn into use: words, leet, keys, repeats, sequences, dates.
const NO_SECRET: &str = "Passw0rd qwertz abcabc 6543 1999-12-31 17.4.88";
/// Comes before zxcvbn's own reasons, which know nothing of it.
const OWN_WORD: &str = "it holds a word of this entry";

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
    /// What makes it weak, if anything does.
    pub reason: Option<&'static str>,
    /// What would make it stronger, the most useful first; empty from [`Score::Strong`] on.
    pub advice: Vec<&'static str>,
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
}

impl From<zxcvbn::Score> for Score {
    fn from(score: zxcvbn::Score) -> Self {
        match u8::from(score) {
            0 => Self::VeryWeak,
            1 => Self::Weak,
            2 => Self::Fair,
            3 => Self::Strong,
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

/// Estimates `password`, with `own_words` (title, user name, site, names) as the first that an attacker
/// tries, whole and in their parts. Takes text of any length and content; the first 72 characters decide.
pub fn estimate(password: &str, own_words: &[&str]) -> Strength {
    static TABLES: Once = Once::new();
    TABLES.call_once(|| {
        stack::wipe();
        drop(zxcvbn(NO_SECRET, &["tresor"]));
    });
    let cut = password.char_indices().nth(MAX_CHARS).map(|(at, _)| at);
    let looked_at = cut.and_then(|at| password.get(..at)).unwrap_or(password);
    let own_words = with_parts(own_words);
    let entropy = zxcvbn(looked_at, &own_words);
    let feedback = entropy.feedback();
    let own_word = feedback.filter(|_| holds_own_word(&entropy, &own_words)).map(|_| OWN_WORD);
    let warning = feedback.and_then(|feedback| feedback.warning()).map(reason);
    let suggestions = feedback.map(|feedback| feedback.suggestions()).unwrap_or_default();
    Strength {
        score: entropy.score().into(),
        guesses_log10: entropy.guesses_log10().max(0.0),
        at_least: cut.is_some() || entropy.guesses() == u64::MAX,
        reason: own_word.or(warning),
        advice: suggestions.iter().copied().map(advice).collect(),
    }
}

/// Each word and, where it has several, its runs of letters and digits: `jo@example.com` gives `example` too.
fn with_parts<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words
        .iter()
        .flat_map(|word| std::iter::once(*word).chain(word.split(|c: char| !c.is_alphanumeric())))
        .filter(|part| part.chars().nth(MIN_OWN_WORD - 1).is_some() && part.chars().nth(MAX_CHARS).is_none())
        .take(MAX_OWN_WORDS)
        .collect()
}

/// Whether one of the pieces that the estimate rests on is an own word.
fn holds_own_word(entropy: &Entropy, own_words: &[&str]) -> bool {
    entropy.sequence().iter().any(|piece| match &piece.pattern {
        MatchPattern::Dictionary(found) => {
            own_words.iter().any(|word| word.to_lowercase() == found.matched_word)
        }
        _ => false,
    })
}

fn reason(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "a straight row of keys is easy to guess",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "a short pattern on the keyboard is easy to guess",
        Warning::RepeatsLikeAaaAreEasyToGuess => "a repeated character is easy to guess",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "a repeated part is hardly harder to guess than the part"
        }
        Warning::ThisIsATop10Password => "it is one of the ten most used passwords",
        Warning::ThisIsATop100Password => "it is one of the hundred most used passwords",
        Warning::ThisIsACommonPassword => "it is a much used password",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "it resembles a much used password",
        Warning::SequencesLikeAbcAreEasyToGuess => "a sequence such as abc or 6543 is easy to guess",
        Warning::RecentYearsAreEasyToGuess => "a recent year is easy to guess",
        Warning::AWordByItselfIsEasyToGuess => "a single word is easy to guess",
        Warning::DatesAreOftenEasyToGuess => "a date is easy to guess",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "a single name is easy to guess",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "a common name is easy to guess",
    }
}

fn advice(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "use a few words that make no common phrase",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "it needs no signs, digits or capitals",
        Suggestion::AddAnotherWordOrTwo => "add another word or two, uncommon ones",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "capitals hardly help",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            "all capitals are hardly harder to guess than none"
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => "words spelt backwards are hardly harder to guess",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "@ for a and the like hardly help",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "make the pattern longer, with more turns",
        Suggestion::AvoidRepeatedWordsAndCharacters => "avoid repeated words and characters",
        Suggestion::AvoidSequences => "avoid sequences",
        Suggestion::AvoidRecentYears => "avoid recent years",
        Suggestion::AvoidYearsThatAreAssociatedWithYou => "avoid years that have to do with you",
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            "avoid dates and years that have to do with you"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_go_from_worst_to_best() {
        let scores: Vec<String> = ["password", "kitten1987", "kitten1987b", "kitten 1987b", "xK9#mQ2vL8pW"]
            .into_iter()
            .map(|password| {
                let score = estimate(password, &[]).score;
                format!("{} {score}", score.number())
            })
            .collect();
        assert_eq!(scores, ["0 very weak", "1 weak", "2 fair", "3 strong", "4 very strong"]);
    }

    #[test]
    fn says_why_and_what_to_do() {
        let common = estimate("password", &[]);
        assert_eq!(common.reason, Some("it is one of the ten most used passwords"));
        assert_eq!(common.advice, ["add another word or two, uncommon ones"]);
        assert_eq!(estimate("asdfghjkl;", &[]).reason, Some("a straight row of keys is easy to guess"));

        let empty = estimate("", &[]);
        assert_eq!((empty.score, empty.guesses_log10, empty.reason), (Score::VeryWeak, 0.0, None));
        assert!(!empty.advice.is_empty());

        let strong = estimate("xK9#mQ2vL8pW", &[]);
        assert_eq!((strong.reason, strong.advice.is_empty(), strong.at_least), (None, true, false));
    }

    #[test]
    fn own_words_count_as_known() {
        let alone = estimate("Zwiebelfisch77", &[]);
        for own in ["zwiebelfisch", "Zwiebelfisch", "ZWIEBELFISCH", "jo@zwiebelfisch.example"] {
            let known = estimate("Zwiebelfisch77", &["GitHub", own]);
            assert_eq!(known.reason, Some(OWN_WORD), "{own}");
            assert!(known.guesses_log10 + 3.0 < alone.guesses_log10, "{own}");
        }
        // A part as short as the letters of "jo" is no clue, nor is an empty word.
        assert_eq!(estimate("Zwiebelfisch77", &["jo@zw.de", "", "ie"]).guesses_log10, alone.guesses_log10);
    }

    #[test]
    fn a_long_password_is_cut_and_says_so() {
        let of_length = |length| estimate(&"a".repeat(length), &[]);
        assert!(!of_length(MAX_CHARS).at_least);
        let long = of_length(10_000);
        assert_eq!((long.score, long.at_least), (Score::VeryWeak, true));
        assert_eq!(long, Strength { at_least: true, ..of_length(MAX_CHARS) });
        // Characters, not bytes.
        assert!(!estimate(&"é".repeat(MAX_CHARS), &[]).at_least);
        // More guesses than fit 64 bits.
        assert!(estimate("xK9#mQ2vL8pW-7tR!fZ4cB", &[]).at_least);
    }

    #[test]
    fn hostile_text_is_estimated() {
        // The first overflows zxcvbn's integers: its estimate wraps, and must not panic (Cargo.toml).
        for text in ["12", "qwQW", "1.", "aA4@", "\u{130}", "\u{0}", "\u{202e}\u{1b}[2J", "ﬀß", "👩‍👩‍👧"]
        {
            let strength = estimate(&text.repeat(5_000), &[&text.repeat(18), text]);
            assert!(strength.at_least && strength.guesses_log10 >= 0.0, "{text:?}");
        }
        let own_words = vec!["kitten"; 100_000];
        assert_eq!(estimate("kitten", &own_words).score, Score::VeryWeak);
        assert_eq!(estimate("kitten", &["k-".repeat(1_000_000).as_str()]).score, Score::VeryWeak);
    }
}
