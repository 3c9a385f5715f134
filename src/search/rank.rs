//! How well a document fits the words of a query: points by the best field each word is found in, summed.
//!
//! | points | word |
//! |---|---|
//! | 1000 | is the title |
//! | 800, 640, 500 | begins the title, begins a word of it, is within it |
//! | up to 400 | is a subsequence of the title ([`fuzzy`](super::fuzzy), only when nothing else is found) |
//! | 300 | is in the user name |
//! | 200, 120 | is in the host, elsewhere in an address |
//! | 80, 40 | is in a tag, in the folder |
//!
//! Several words that are the title together, or begin it, get those points on top.

use memchr::memmem::Finder;

use super::fuzzy::{Abbreviation, Letters};
use super::haystack::{Field, Record};

const IS_TITLE: u16 = 1000;
const BEGINS_TITLE: u16 = 800;
const BEGINS_WORD: u16 = 640;
const IN_TITLE: u16 = 500;
const IN_USERNAME: u16 = 300;
const IN_HOST: u16 = 200;
const IN_URL: u16 = 120;
const IN_TAG: u16 = 80;
const IN_FOLDER: u16 = 40;

/// The words of a folded query, ready to be looked for in many records. There is at least one.
pub(super) struct Words<'q> {
    /// The longest, which the fewest records have: most are dismissed by it.
    rarest: Word<'q>,
    others: Vec<Word<'q>>,
    /// All of the query, if it has several words.
    phrase: Option<&'q str>,
}

struct Word<'q> {
    finder: Finder<'q>,
    abbreviation: Abbreviation<'q>,
    /// It was looked for everywhere and not found.
    is_nowhere: bool,
}

impl<'q> Words<'q> {
    /// The words of `query`, which is folded, parted by blanks; nothing where there are none.
    pub fn of(query: &'q str) -> Option<Self> {
        let mut words: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
        words.sort_unstable_by_key(|word| (word.len(), *word));
        words.dedup();
        let mut words: Vec<_> = words.into_iter().map(Word::new).collect();
        let rarest = words.pop()?;
        let phrase = (!words.is_empty()).then(|| query.trim());
        Some(Self { rarest, others: words, phrase })
    }

    /// The word to look for first.
    pub fn rarest(&self) -> &Finder<'q> {
        &self.rarest.finder
    }

    /// Takes note that no record has that word, so that none is searched for it again.
    pub fn rarest_is_nowhere(&mut self) {
        self.rarest.is_nowhere = true;
    }

    /// The points of a record that has every word; 0 for any other.
    pub fn points(&self, record: Record<'_>) -> u16 {
        record.find(self.rarest()).map_or(0, |hit| self.points_with(record, hit))
    }

    /// The same where it is known that [`Self::rarest`] is first found at `hit`.
    pub fn points_with(&self, record: Record<'_>, hit: usize) -> u16 {
        let mut sum = self.rarest.points_at(record, hit);
        for word in self.others.iter().rev() {
            match word.points(record) {
                0 => return 0,
                points => sum = sum.saturating_add(points),
            }
        }
        sum.saturating_add(self.phrase.map_or(0, |phrase| phrase_points(phrase, record)))
    }

    /// The same, where a word may be a mere subsequence of the title, too. `letters` are those of the title.
    pub fn loose_points(&self, record: Record<'_>, letters: Letters) -> u16 {
        let mut sum = 0_u16;
        for word in std::iter::once(&self.rarest).chain(&self.others) {
            match word.abbreviation.points(record.title(), letters).max(word.points(record)) {
                0 => return 0,
                points => sum = sum.saturating_add(points),
            }
        }
        sum
    }
}

impl<'q> Word<'q> {
    fn new(word: &'q str) -> Self {
        Self { finder: Finder::new(word), abbreviation: Abbreviation::new(word), is_nowhere: false }
    }

    fn points(&self, record: Record<'_>) -> u16 {
        if self.is_nowhere {
            return 0;
        }
        record.find(&self.finder).map_or(0, |hit| self.points_at(record, hit))
    }

    /// The points for a word whose first hit is at `hit`: the fields are in the order of their rank.
    fn points_at(&self, record: Record<'_>, hit: usize) -> u16 {
        match record.field(hit) {
            Field::Title => self.title_points(record.title(), hit),
            Field::Username => IN_USERNAME,
            Field::Host => IN_HOST,
            Field::Url => IN_URL,
            Field::Tag => IN_TAG,
            Field::Folder => IN_FOLDER,
        }
    }

    fn title_points(&self, title: &str, first_hit: usize) -> u16 {
        if first_hit == 0 {
            return if title.len() == self.finder.needle().len() { IS_TITLE } else { BEGINS_TITLE };
        }
        let mut hit = Some(first_hit);
        while let Some(at) = hit {
            if begins_word(title, at) {
                return BEGINS_WORD;
            }
            let rest = title.as_bytes().get(at + 1..).unwrap_or_default();
            hit = self.finder.find(rest).map(|further| at + 1 + further);
        }
        IN_TITLE
    }
}

/// Whether a word of `title` begins at byte `at`.
pub(super) fn begins_word(title: &str, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| title.as_bytes().get(before)) else { return true };
    if before.is_ascii() {
        return !before.is_ascii_alphanumeric();
    }
    let before = title.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|character| !character.is_alphanumeric())
}

fn phrase_points(phrase: &str, record: Record<'_>) -> u16 {
    match record.title().strip_prefix(phrase) {
        Some("") => IS_TITLE,
        Some(_) => BEGINS_TITLE,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::Text;
    use super::super::sample::Entry;
    use super::*;

    fn points(entry: &Entry, query: &str) -> u16 {
        let mut text = Text::default();
        Words::of(query).unwrap().points(Record::of(entry, &mut text))
    }

    #[test]
    fn by_the_best_field() {
        let urls = ["https://me@shop.example.com:8443/basket?x=1", "plain.example.net/way"];
        let entry = Entry::new("Old Book—Shop Bookshop", "reader", &urls, "Home/Buying", &["leisure"]);
        for (query, expected) in [
            ("old book—shop bookshop", 800 + 640 * 2 + 1000),
            ("old", 800),
            ("boo", 640),
            ("shop", 640), // after a dash that is not ASCII
            ("ook", 500),
            ("reader", 300),
            ("example", 200),
            ("8443", 200),
            ("plain", 200),
            ("https", 120),
            ("me@", 120),
            ("basket", 120),
            ("example.com:8443/basket", 120),
            ("way", 120),
            ("leisure", 80),
            ("home", 40),
            ("reader home", 340),
            ("old book—", 800 + 640 + 800),
            ("absent", 0),
            ("old absent", 0),
            ("absentabsent old", 0),
        ] {
            assert_eq!(points(&entry, query), expected, "{query:?}");
        }
    }

    #[test]
    fn the_title_alone_is_best() {
        for (title, query, expected) in [
            ("github", "github", IS_TITLE),
            ("github2", "github", BEGINS_TITLE),
            ("ba a", "a", BEGINS_WORD),
            ("baaaa", "aa", IN_TITLE),
        ] {
            assert_eq!(points(&Entry::titled(title), query), expected);
        }
    }

    #[test]
    fn sums_saturate() {
        let title: String = (1000..1200).map(|number| format!("{number} ")).collect();
        assert_eq!(points(&Entry::titled(&title), &title), u16::MAX);
    }

    #[test]
    fn a_word_counts_once() {
        assert_eq!(points(&Entry::titled("a b"), &"a ".repeat(5000)), BEGINS_TITLE);
    }

    #[test]
    fn no_word_no_words() {
        assert!(Words::of("").is_none() && Words::of("   ").is_none());
    }
}
