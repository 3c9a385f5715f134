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

use super::fuzzy::Abbreviation;
use super::haystack::{FIELD, ITEM};

const IS_TITLE: u16 = 1000;
const BEGINS_TITLE: u16 = 800;
const BEGINS_WORD: u16 = 640;
const IN_TITLE: u16 = 500;
const IN_USERNAME: u16 = 300;
const IN_HOST: u16 = 200;
const IN_URL: u16 = 120;
const IN_TAG: u16 = 80;
const IN_FOLDER: u16 = 40;

/// The words of a folded query, ready to be looked for in many records.
pub(super) struct Words<'q> {
    words: Vec<Word<'q>>,
    /// All of the query, if it has several words.
    phrase: Option<&'q str>,
}

struct Word<'q> {
    finder: Finder<'q>,
    abbreviation: Abbreviation<'q>,
}

impl<'q> Words<'q> {
    /// The words of `query`, which is folded, parted by blanks.
    pub fn of(query: &'q str) -> Self {
        let mut words: Vec<_> = query.split(' ').filter(|word| !word.is_empty()).map(Word::new).collect();
        // A long word is in few records: with the longest first, most are dismissed at the first word.
        words.sort_by_key(|word| std::cmp::Reverse(word.finder.needle().len()));
        let phrase = (words.len() > 1).then(|| query.trim());
        Self { words, phrase }
    }

    /// The word to look for first, if there is any word.
    pub fn rarest(&self) -> Option<&Finder<'q>> {
        self.words.first().map(|word| &word.finder)
    }

    /// The points of a record (see [`haystack`](super::haystack)) that has every word; 0 for any other.
    pub fn points(&self, record: &str) -> u16 {
        self.sum(record, |word| word.points(record))
    }

    /// The same, where a word may be a mere subsequence of the title, too. `letters` is that title's
    /// [`letters`](super::fuzzy::letters).
    pub fn loose_points(&self, record: &str, letters: u32) -> u16 {
        self.sum(record, |word| match word.abbreviation.points(title(record), letters) {
            0 => word.points(record),
            points => points.max(word.points(record)),
        })
    }

    fn sum(&self, record: &str, points: impl Fn(&Word<'_>) -> u16) -> u16 {
        let mut sum = 0_u16;
        for word in &self.words {
            match points(word) {
                0 => return 0,
                points => sum = sum.saturating_add(points),
            }
        }
        sum.saturating_add(self.phrase.map_or(0, |phrase| phrase_points(phrase, record)))
    }
}

impl<'q> Word<'q> {
    fn new(word: &'q str) -> Self {
        Self { finder: Finder::new(word), abbreviation: Abbreviation::new(word) }
    }

    fn points(&self, record: &str) -> u16 {
        let Some(hit) = self.finder.find(record.as_bytes()) else { return 0 };
        let before = record.get(..hit).unwrap_or_default();
        // The fields are in the order of their rank, so the first hit is in the best one.
        match before.bytes().filter(|byte| *byte == FIELD as u8).count() {
            0 => self.title_points(title(record), hit),
            1 => IN_USERNAME,
            2 => self.url_points(record),
            3 => IN_TAG,
            _ => IN_FOLDER,
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

    fn url_points(&self, record: &str) -> u16 {
        let urls = record.split(FIELD).nth(2).unwrap_or_default();
        let in_host = urls.split(ITEM).any(|url| self.finder.find(authority(url).as_bytes()).is_some());
        if in_host { IN_HOST } else { IN_URL }
    }
}

/// The title of a record, or all of a text that is not one.
pub(super) fn title(record: &str) -> &str {
    record.split_once(FIELD).map_or(record, |(title, _)| title)
}

/// Whether a word of `title` begins at byte `at`.
pub(super) fn begins_word(title: &str, at: usize) -> bool {
    let before = title.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|character| !character.is_alphanumeric())
}

fn phrase_points(phrase: &str, record: &str) -> u16 {
    match title(record).strip_prefix(phrase) {
        Some("") => IS_TITLE,
        Some(_) => BEGINS_TITLE,
        None => 0,
    }
}

/// Host and port as they stand in `url`: for ranking alone. What host it is, says [`host`](super::host).
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::super::fold::Text;
    use super::super::haystack::write_record;
    use super::super::sample::Entry;
    use super::*;

    fn points(query: &str) -> u16 {
        let mut record = Text::default();
        let urls = ["https://me@shop.example.com:8443/basket?x=1", "plain.example.net/way"];
        write_record(
            &Entry::new("Old Book—Shop Bookshop", "reader", &urls, "Home/Buying", &["leisure"]),
            &mut record,
        );
        Words::of(query).points(record.as_str())
    }

    #[test]
    fn by_the_best_field() {
        for (query, expected) in [
            ("old book—shop bookshop", 640 * 2 + 800 + 1000),
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
        ] {
            assert_eq!(points(query), expected, "{query:?}");
        }
    }

    #[test]
    fn the_title_alone_is_best() {
        assert_eq!(Words::of("github").points("github\0\0\0\0\n"), IS_TITLE);
        assert_eq!(Words::of("github").points("github2\0\0\0\0\n"), BEGINS_TITLE);
        assert_eq!(Words::of("a").points("ba a\0\0\0\0\n"), BEGINS_WORD);
        assert_eq!(Words::of("aa").points("baaaa\0\0\0\0\n"), IN_TITLE);
    }

    #[test]
    fn sums_saturate() {
        let query = "a ".repeat(5000);
        assert_eq!(Words::of(&query).points("a\0\0\0\0\n"), u16::MAX);
    }
}
