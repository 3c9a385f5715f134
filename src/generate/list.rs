//! What passphrases are drawn from: the EFF's word lists, a list of the user's own, or syllables.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use diceware_wordlists::Wordlist;
use thiserror::Error;

/// Consonants that begin a syllable: those that are written and said the same way in most languages.
pub const ONSETS: &[u8] = b"bdfghjklmnprstvz";
/// Vowels.
pub const VOWELS: &[u8] = b"aeiou";
/// Consonants that end a syllable.
pub const CODAS: &[u8] = b"bdfgklmnprstz";

/// A word list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// The EFF's long list: 7,776 words, which five dice choose from.
    EffLong,
    /// The EFF's short list: 1,296 words of at most five letters, four dice.
    EffShort,
    /// The EFF's other short list: 1,296 words that the first three letters tell apart, and a typing error apart.
    EffDistinct,
    /// A file of the user's own, and its words once they were read.
    File {
        /// Where it is.
        path: String,
        /// Its words.
        words: Option<Arc<OwnWords>>,
    },
    /// Syllables: a consonant, a vowel, and perhaps a consonant. 1,120 of them.
    Syllables,
}

/// The words of a list of the user's own: no two are the same but for capitals.
#[derive(Debug, PartialEq, Eq)]
pub struct OwnWords {
    words: Vec<String>,
    doubles: usize,
    /// Whether no word begins another one, so that words need nothing between them.
    is_prefix_free: bool,
}

/// A word list that is not taken.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ListError {
    #[error("the word list is not UTF-8 text")]
    NotText,
    #[error(
        "line {line} of the word list has a control character, a blank in a word, or more than {} bytes",
        OwnWords::MAX_WORD
    )]
    NoWord { line: usize },
    #[error("the word list has {words} different words: it has {} to {}", OwnWords::LEAST, OwnWords::MOST)]
    Count { words: usize },
}

impl List {
    /// A list in a file, not read yet.
    pub fn file(path: &str) -> Self {
        Self::File { path: path.to_owned(), words: None }
    }

    /// The list of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::EffLong, Self::EffShort, Self::EffDistinct].into_iter().find(|list| list.to_string() == name)
    }

    /// How many words there are; none where they were not read.
    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Self::File { words, .. } => words.as_ref().map(|own| own.words.len()),
            Self::Syllables => Some(ONSETS.len() * VOWELS.len() * (CODAS.len() + 1)),
            built_in => Some(built_in.built_in().len()),
        }
    }

    /// A word, by its number.
    pub(super) fn word(&self, number: usize) -> Option<Word<'_>> {
        match self {
            Self::File { words, .. } => words.as_ref()?.words.get(number).map(|word| Word::Listed(word)),
            Self::Syllables => {
                let (rest, coda) = (number / (CODAS.len() + 1), number % (CODAS.len() + 1));
                let onset = *ONSETS.get(rest / VOWELS.len())?;
                let vowel = *VOWELS.get(rest % VOWELS.len())?;
                Some(match coda.checked_sub(1).and_then(|coda| CODAS.get(coda)) {
                    Some(coda) => Word::Syllable([onset, vowel, *coda], 3),
                    None => Word::Syllable([onset, vowel, 0], 2),
                })
            }
            built_in => built_in.built_in().get(number).map(|word| Word::Listed(word)),
        }
    }

    /// Bytes of the longest word.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::File { .. } => OwnWords::MAX_WORD,
            Self::Syllables => 3,
            built_in => built_in.built_in().iter().map(|word| word.len()).max().unwrap_or(0),
        }
    }

    /// Whether two different draws always give two different texts with this between the words. In the built-in lists no
    /// word begins another one. Syllables begin with the only consonant that a vowel follows.
    pub(super) fn is_told_apart_by(&self, separator: &str) -> bool {
        match self {
            Self::File { words: Some(own), .. } => {
                let separator = separator.to_lowercase();
                let is_apart =
                    |word: &String| !word.to_lowercase().contains(|letter| separator.contains(letter));
                own.is_prefix_free || !separator.is_empty() && own.words.iter().all(is_apart)
            }
            _ => true,
        }
    }

    fn built_in(&self) -> &'static [&'static str] {
        match self {
            Self::EffLong => Wordlist::EffLong.get_list(),
            Self::EffShort => Wordlist::EffShort1.get_list(),
            Self::EffDistinct => Wordlist::EffShort2.get_list(),
            Self::File { .. } | Self::Syllables => &[],
        }
    }
}

/// A word of a list.
pub(super) enum Word<'a> {
    Listed(&'a str),
    Syllable([u8; 3], usize),
}

impl Word<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Listed(word) => word.as_bytes(),
            Self::Syllable(letters, len) => letters.get(..*len).unwrap_or_default(),
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EffLong => f.write_str("eff-long"),
            Self::EffShort => f.write_str("eff-short"),
            Self::EffDistinct => f.write_str("eff-distinct"),
            Self::File { path, .. } => write!(f, "[{path}]"),
            Self::Syllables => f.write_str("syllables"),
        }
    }
}

impl OwnWords {
    /// The fewest words that are a list: 9 bits each.
    pub const LEAST: usize = 512;
    /// The most words that are read.
    pub const MOST: usize = 1_000_000;
    /// The longest word in bytes.
    pub const MAX_WORD: usize = 64;
    /// The longest file in bytes.
    pub const MAX_LEN: usize = 16 << 20;

    /// Reads a list: a word a line, or a number of dice and a word, as the EFF's files have it. Doubles are left out,
    /// those by capitals too.
    ///
    /// # Errors
    /// [`ListError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ListError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ListError::NotText)?;
        let mut known: HashSet<String> = HashSet::new();
        let (mut words, mut doubles) = (Vec::new(), 0);
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let mut parts = line.split_whitespace();
            let first = parts.next();
            let is_dice = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            let word = match (first, parts.next()) {
                (Some(dice), Some(word)) if is_dice(dice) => word,
                (Some(word), None) => word,
                (None, _) => continue,
                _ => return Err(ListError::NoWord { line: at + 1 }),
            };
            if parts.next().is_some() || word.len() > Self::MAX_WORD || word.chars().any(char::is_control) {
                return Err(ListError::NoWord { line: at + 1 });
            }
            if known.insert(word.to_lowercase()) {
                words.push(word.to_owned());
            } else {
                doubles += 1;
            }
            if words.len() > Self::MOST {
                break;
            }
        }
        if !(Self::LEAST..=Self::MOST).contains(&words.len()) {
            return Err(ListError::Count { words: words.len() });
        }
        let mut sorted: Vec<String> = known.into_iter().collect();
        sorted.sort_unstable();
        // Sorted, a word is directly followed by those that it begins.
        let is_prefix_free =
            !sorted.windows(2).any(|pair| matches!(pair, [one, next] if next.starts_with(one)));
        Ok(Self { words, doubles, is_prefix_free })
    }

    /// How many words there are.
    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// How many were left out, since they were there already.
    pub fn doubles(&self) -> usize {
        self.doubles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> String {
        (0..count).map(|at| format!("w{at:05}x\n")).collect()
    }

    #[test]
    fn built_in_lists_are_those_counted_on() {
        for (list, count, longest) in
            [(List::EffLong, 7776, 9), (List::EffShort, 1296, 5), (List::EffDistinct, 1296, 10)]
        {
            assert_eq!((list.len(), list.longest()), (Some(count), longest), "{list}");
            let mut sorted = list.built_in().to_vec();
            sorted.sort_unstable();
            assert!(
                sorted.windows(2).all(|pair| !pair[1].starts_with(pair[0])),
                "no word begins another one"
            );
            assert_eq!(List::named(&list.to_string()), Some(list));
        }
        assert_eq!(List::named("syllables"), None);
    }

    #[test]
    fn doubles_are_left_out_and_counted() {
        let text = format!("\u{feff}{}\nW00007X\r\n11111\tw00001x\n  \n12345 new\n", words(600));
        let own = OwnWords::parse(text.as_bytes()).unwrap();
        assert_eq!((own.count(), own.doubles()), (601, 2));
        let list = List::File { path: String::new(), words: Some(Arc::new(own)) };
        assert!(list.is_told_apart_by("") && list.word(600).unwrap().bytes() == b"new");
        assert_eq!(List::file("/x").len(), None);
    }

    #[test]
    fn words_that_begin_others_need_something_between_them() {
        let text = format!("{}w00000xy\na-b\n", words(600));
        let own = Arc::new(OwnWords::parse(text.as_bytes()).unwrap());
        let list = List::File { path: String::new(), words: Some(own) };
        assert!(!list.is_told_apart_by("") && !list.is_told_apart_by("-") && !list.is_told_apart_by("W"));
        assert!(list.is_told_apart_by(".") && list.is_told_apart_by(" "));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let line = |text: &str| format!("{}{text}\n", words(600));
        let refused = |text: &[u8]| OwnWords::parse(text).unwrap_err();
        assert_eq!(refused(b"\xff\xfe"), ListError::NotText);
        assert_eq!(refused(words(511).as_bytes()), ListError::Count { words: 511 });
        assert_eq!(refused(b""), ListError::Count { words: 0 });
        assert_eq!(refused("a\n".repeat(1000).as_bytes()), ListError::Count { words: 1 });
        for bad in ["two words", "11111 two words", "a\u{1b}[2Jb", "a\0b", &"x".repeat(65)] {
            assert_eq!(refused(line(bad).as_bytes()), ListError::NoWord { line: 601 }, "{bad:?}");
        }
        assert!(OwnWords::parse(words(512).as_bytes()).is_ok());
    }
}
