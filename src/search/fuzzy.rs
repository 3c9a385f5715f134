//! Abbreviations and typing slips: a word whose letters stand in a title in this order, with gaps. `gthub` is
//! such a subsequence of `github`. Of all places the one with the smallest gaps counts.
//!
//! It finds left-out letters; swapped or wrong ones it does not.

use zeroize::Zeroize;

use super::rank::begins_word;

/// The longest word that is looked for, in characters, and how much of a title is looked at.
const LONGEST: usize = 48;
const MOST_OF_TITLE: usize = 512;

const BEST: usize = 400;
/// Off for each character in a gap, 30 of them at most.
const GAP: usize = 10;
const MOST_GAPS: usize = 30;
/// Off if the word does not begin a word of the title.
const INSIDE: usize = 25;
/// Off for each character of the title that is too many, 40 at most.
const MOST_EXTRA: usize = 40;

/// A word to be looked for as a subsequence.
pub(super) struct Abbreviation<'q> {
    word: &'q str,
    characters: usize,
    letters: Letters,
}

impl<'q> Abbreviation<'q> {
    pub fn new(word: &'q str) -> Self {
        Self { word, characters: word.chars().count(), letters: Letters::of(word) }
    }

    /// Points of `title` (both folded), from 1 to 400, or 0 if the word is no subsequence of it; `letters`
    /// are those of the title.
    pub fn points(&self, title: &str, letters: Letters) -> u16 {
        if self.letters.0 & !letters.0 != 0 {
            return 0;
        }
        let Some((start, span)) = self.tightest(title) else { return 0 };
        let gaps = (span - self.characters).min(MOST_GAPS);
        let extra = (title.len() - self.word.len()).min(MOST_EXTRA);
        let inside = if begins_word(title, start) { 0 } else { INSIDE };
        u16::try_from(BEST - GAP * gaps - extra - inside).unwrap_or_default()
    }

    /// Where the shortest stretch of `title` that has the word as a subsequence begins, in bytes, and how
    /// long it is, in characters.
    fn tightest(&self, title: &str) -> Option<(usize, usize)> {
        if self.characters == 0 || self.characters > LONGEST || self.word.len() > title.len() {
            return None;
        }
        // starts[n]: where the latest subsequence begins that is the first n + 1 characters of the word, as
        // (byte, index of the character).
        let mut starts = [None; LONGEST];
        let mut best: Option<(usize, usize)> = None;
        for (index, (byte, character)) in title.char_indices().take(MOST_OF_TITLE).enumerate() {
            let mut before = Some((byte, index));
            for (wanted, start) in self.word.chars().zip(&mut starts) {
                let prefix = *start;
                if wanted == character {
                    *start = before;
                }
                before = prefix;
            }
            if let Some((byte, first)) = starts.get(self.characters - 1).copied().flatten() {
                let span = index - first + 1;
                if best.is_none_or(|(_, shortest)| span < shortest) {
                    best = Some((byte, span));
                }
            }
        }
        best
    }
}

/// The set of letters of a folded text, a bit for each (some share one): a word that has a letter which a
/// title lacks is dismissed without a look at the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Zeroize)]
pub(super) struct Letters(u32);

impl Letters {
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0, |set, byte| set | 1 << (byte & 31)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(word: &str, title: &str) -> u16 {
        Abbreviation::new(word).points(title, Letters::of(title))
    }

    #[test]
    fn fewer_gaps_are_better() {
        assert_eq!(points("gthub", "github"), 400 - 10 - 1);
        assert_eq!(points("gthub", "github enterprise"), 400 - 10 - 12);
        assert_eq!(points("gthub", "a github"), 400 - 10 - 3);
        assert_eq!(points("gthub", "agithub"), 400 - 10 - 2 - 25);
        assert_eq!(points("gthub", "g t h u b github"), 400 - 10 - 11);
        assert_eq!(points("gthub", &format!("g{}thub", "x".repeat(99))), 400 - 300 - 40);
        assert_eq!(points("zrch", "zürich"), 400 - 20 - 3);
    }

    #[test]
    fn no_subsequence_no_points() {
        for (word, title) in
            [("gthub", ""), ("", "github"), ("gthub", "gtub"), ("ab", "ba"), ("aa", "a"), ("гт", "тг")]
        {
            assert_eq!(points(word, title), 0, "{word:?} in {title:?}");
        }
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(points(&long, &long), 0);
        assert_eq!(points(&long[1..], &long), 399);
        assert_eq!(points("ab", &format!("{}ab", "x".repeat(MOST_OF_TITLE))), 0);
    }

    /// By trying every stretch.
    fn shortest_span(word: &str, title: &str) -> Option<usize> {
        let title: Vec<_> = title.chars().collect();
        let holds = |stretch: &[char]| {
            let mut rest = stretch.iter();
            word.chars().all(|wanted| rest.any(|character| *character == wanted))
        };
        (1..=title.len()).find(|span| title.windows(*span).any(holds))
    }

    proptest! {
        #[test]
        fn finds_the_tightest_place(word in "[abé]{1,4}", title in "[abcé]{0,12}") {
            let found = Abbreviation::new(&word).tightest(&title).map(|(_, span)| span);
            prop_assert_eq!(found, shortest_span(&word, &title));
        }
    }
}
