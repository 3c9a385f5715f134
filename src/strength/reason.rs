//! Why a password is weak, and what would help, in plain words.

use std::fmt;

use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::matching::patterns::MatchPattern;

/// What makes a password weak; the order is that in which a person should hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // its `Display` is the documentation
pub enum Reason {
    /// With the fewest characters that the site takes.
    TooShort(usize),
    Reused,
    OwnWord,
    Top10,
    Top100,
    KeyboardWalk,
    Date,
    Name,
    City,
    Repeated,
    RepeatedPart,
    Sequence,
    Year,
    Common,
    LikeCommon,
    SingleWord,
}

impl Reason {
    /// That of a piece of the password, where the kind of piece says it.
    pub(super) fn of_pattern(pattern: &MatchPattern) -> Option<Self> {
        Some(match pattern {
            MatchPattern::Spatial(_) => Self::KeyboardWalk,
            MatchPattern::Repeat(repeat) if repeat.base_token.chars().nth(1).is_none() => Self::Repeated,
            MatchPattern::Repeat(_) => Self::RepeatedPart,
            MatchPattern::Sequence(_) => Self::Sequence,
            MatchPattern::Regex(_) => Self::Year,
            MatchPattern::Date(_) => Self::Date,
            MatchPattern::Dictionary(_) | MatchPattern::BruteForce => return None,
        })
    }

    /// zxcvbn's, about the whole.
    pub(super) fn of_warning(warning: Warning) -> Self {
        match warning {
            Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
                Self::KeyboardWalk
            }
            Warning::RepeatsLikeAaaAreEasyToGuess => Self::Repeated,
            Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Self::RepeatedPart,
            Warning::ThisIsATop10Password => Self::Top10,
            Warning::ThisIsATop100Password => Self::Top100,
            Warning::ThisIsACommonPassword => Self::Common,
            Warning::ThisIsSimilarToACommonlyUsedPassword => Self::LikeCommon,
            Warning::SequencesLikeAbcAreEasyToGuess => Self::Sequence,
            Warning::RecentYearsAreEasyToGuess => Self::Year,
            Warning::AWordByItselfIsEasyToGuess => Self::SingleWord,
            Warning::DatesAreOftenEasyToGuess => Self::Date,
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess => Self::Name,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort(least) => {
                return write!(f, "it is too short: the site asks for {least} characters");
            }
            Self::Reused => "another entry has the same password",
            Self::OwnWord => "it holds a word of this entry",
            Self::Top10 => "it is one of the ten most used passwords",
            Self::Top100 => "it is one of the hundred most used passwords",
            Self::KeyboardWalk => "it walks along the keyboard",
            Self::Date => "it holds a date",
            Self::Name => "it holds a name",
            Self::City => "it holds the name of a city",
            Self::Repeated => "it repeats a character",
            Self::RepeatedPart => "it repeats a part, hardly harder to guess than the part",
            Self::Sequence => "it holds a sequence such as abc or 6543",
            Self::Year => "it holds a recent year",
            Self::Common => "it is a much used password",
            Self::LikeCommon => "it resembles a much used password",
            Self::SingleWord => "it is a single word",
        })
    }
}

pub(super) fn advice(suggestion: Suggestion) -> &'static str {
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
