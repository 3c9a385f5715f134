//! Folding: what makes `Zürich`, `ZURICH` and `zurich` the same to a search. A folded text is its NFKD form
//! (Unicode Standard Annex #15) without combining marks and invisible characters, in lower case, with every
//! white space and control character as a blank. So no byte below 0x20 is left: those are free as separators.
//!
//! Not a collation and not a language's own rules: `ä` is `a` here, never `ae`.

use std::cmp::Ordering;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use zeroize::Zeroizing;

/// A growing text that leaves no copy of itself behind: neither when it moves to a larger piece of memory nor
/// when it is dropped.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Text(Zeroizing<String>);

impl Text {
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(bytes)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    #[inline]
    pub fn push(&mut self, character: char) {
        self.reserve(character.len_utf8());
        self.0.push(character);
    }

    /// Puts `text` in at byte `at`, which is the end or the boundary of a character.
    pub fn insert(&mut self, at: usize, text: &str) {
        self.reserve(text.len());
        self.0.insert_str(at, text);
    }

    pub fn remove(&mut self, range: Range<usize>) {
        self.0.replace_range(range, "");
    }

    /// Puts the folded `text` at the end.
    pub fn push_folded(&mut self, text: &str) {
        // Without an early end, so that it compiles to vector instructions.
        let (is_plain, has_capitals) = text.bytes().fold((true, false), |(plain, capitals), byte| {
            (plain & is_printable_ascii(byte.into()), capitals | byte.is_ascii_uppercase())
        });
        if is_plain {
            let start = self.0.len();
            self.reserve(text.len());
            self.0.push_str(text);
            if let Some(added) = self.0.get_mut(start..).filter(|_| has_capitals) {
                added.make_ascii_lowercase();
            }
            return;
        }
        for character in text.chars() {
            if is_printable_ascii(character) {
                self.push(character.to_ascii_lowercase());
                continue;
            }
            // Character by character: the order of the marks does not matter, since none is kept.
            decompose_compatible(character, |part| {
                if !is_combining_mark(part) && !is_invisible(part) {
                    part.to_lowercase().for_each(|lower| self.push_plain(lower));
                }
            });
        }
    }

    /// Letters that have no decomposition, though people type them without their stroke or ligature.
    fn push_plain(&mut self, lower: char) {
        match lower {
            'ß' => self.insert(self.0.len(), "ss"),
            'æ' => self.insert(self.0.len(), "ae"),
            'œ' => self.insert(self.0.len(), "oe"),
            'þ' => self.insert(self.0.len(), "th"),
            'ø' => self.push('o'),
            'ł' => self.push('l'),
            'đ' | 'ð' => self.push('d'),
            'ħ' => self.push('h'),
            'ı' => self.push('i'),
            'ς' => self.push('σ'),
            blank if blank.is_whitespace() || blank.is_control() => self.push(' '),
            other => self.push(other),
        }
    }

    #[inline]
    fn reserve(&mut self, more: usize) {
        let needed = self.0.len().saturating_add(more);
        if needed > self.0.capacity() {
            self.grow(needed);
        }
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        let mut roomy = Self::with_capacity(needed.max(self.0.capacity().saturating_mul(2)));
        roomy.0.push_str(&self.0);
        *self = roomy;
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

/// `text`, folded.
pub(super) fn folded(text: &str) -> Text {
    let mut out = Text::with_capacity(text.len());
    out.push_folded(text);
    out
}

/// Whether two texts differ in case and in the way accents are encoded at most (NFD, lower case).
pub(super) fn same_ignoring_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.nfd().flat_map(char::to_lowercase).eq(b.nfd().flat_map(char::to_lowercase))
}

fn is_printable_ascii(character: char) -> bool {
    (' '..='~').contains(&character)
}

/// Soft hyphen, zero-width and bidirectional controls, which nobody types into a search box.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds() {
        for (text, expected) in [
            ("", ""),
            ("GitHub", "github"),
            ("Zürich", "zurich"),
            ("Zu\u{308}rich", "zurich"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("İstanbul", "istanbul"),
            ("ısı", "isi"),
            ("Łódź", "lodz"),
            ("Smørrebrød", "smorrebrod"),
            ("Cœur", "coeur"),
            ("ﬁnance", "finance"),
            ("ＦＵＬＬ", "full"),
            ("№ 5™", "no 5tm"),
            ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
            ("Ёлка", "елка"),
            ("a\tb\nc\u{a0}d\0e\u{85}f", "a b c d e f"),
            ("Git\u{200b}Hu\u{202e}b", "github"),
            ("\u{301}\u{302}\u{20dd}", ""),
            ("\u{3131}\u{ac01}", "\u{1100}\u{1100}\u{1161}\u{11a8}"),
        ] {
            assert_eq!(folded(text).as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn cases_but_not_accents_are_the_same() {
        assert!(same_ignoring_case("GitHub", "gITHUB"));
        assert!(same_ignoring_case("ÉCOLE", "e\u{301}cole"));
        assert!(!same_ignoring_case("École", "ecole"));
        assert!(!same_ignoring_case("GitHub", "GitHu"));
    }

    #[test]
    fn text_is_wiped() {
        fn wiped_on_drop(_: &impl zeroize::ZeroizeOnDrop) {}
        wiped_on_drop(&Text::default().0);
    }

    #[test]
    fn edits_grow_as_needed() {
        let mut text = Text::default();
        text.insert(0, "world");
        text.insert(0, "hello ");
        text.remove(4..6);
        assert_eq!(text.as_str(), "hellworld");
        text.clear();
        text.push('é');
        assert_eq!(text.as_str(), "é");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_and_leaves_no_controls(text in "\\PC*|[\\x00-\\xff]*|.*") {
            let once = folded(&text);
            prop_assert_eq!(folded(once.as_str()).as_str().to_owned(), once.as_str());
            prop_assert!(!once.as_str().chars().any(char::is_control));
        }

        #[test]
        fn is_the_textbook_folding_for_letters(text in "[a-zA-Z0-9À-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýĀ-čĞğ ]*") {
            let letters = text.nfkd().filter(|c| !is_combining_mark(*c));
            let expected: String = letters.flat_map(char::to_lowercase).collect();
            prop_assert_eq!(folded(&text).as_str().to_owned(), expected);
        }
    }
}
