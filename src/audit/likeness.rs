//! Which passwords are the same, and which are nearly the same, without keeping any: each leaves keyed hashes, of
//! itself and of forms in which passwords that are alike meet, under a key of the run that nobody else has.
//!
//! Two passwords are alike where, capitals aside, one becomes the other by one character more, less or another
//! (each form with one character left out is hashed, and two such passwords share one), or where their middle is
//! the same: without digits and signs at both ends, signs that stand for letters read as these, the entry's own
//! words left out ("Kitten-github-1", "k1tten.gmail2"). The cost grows with the number of passwords, not with the
//! number of pairs.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::crypto::derive::{Key, hmac_sha256};

/// Characters of a password that is compared with others, at least.
const MIN_CHARS: usize = 6;
/// Characters of a password of which forms with one left out are made, at most: longer ones have their middle.
const MAX_CHARS: usize = 64;
/// Characters of a middle, at least.
const MIN_MIDDLE: usize = 5;

/// A hash under the key of the run.
type Print = [u8; 16];
/// The number of a password; the same password has the same number.
pub type Class = usize;

/// The passwords seen so far.
pub struct Likeness {
    key: Key,
    classes: HashMap<Print, Class>,
    forms: Vec<(Print, Class)>,
}

impl Likeness {
    /// Of no password yet. `key` is random, and for this run alone.
    pub fn new(key: Key) -> Self {
        Self { key, classes: HashMap::new(), forms: Vec::new() }
    }

    /// Takes a password, with the words of its entry that do not tell passwords apart.
    pub fn add(&mut self, password: &[u8], own_words: &[&str]) -> Class {
        let print = self.print(b"whole", &[password]);
        let next = self.classes.len();
        let class = *self.classes.entry(print).or_insert(next);
        let text = std::str::from_utf8(password).ok();
        if let Some(text) = text.filter(|text| text.chars().nth(MIN_CHARS - 1).is_some()) {
            self.add_forms(text, own_words, class);
        }
        class
    }

    /// How many different passwords there are.
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    /// For each class the group of classes that are alike, by the number of one of them.
    pub fn groups(mut self) -> Vec<Class> {
        self.forms.sort_unstable();
        let mut groups = Groups::new(self.classes.len());
        for pair in self.forms.windows(2) {
            if let [(one, a), (other, b)] = pair
                && one == other
            {
                groups.join(*a, *b);
            }
        }
        (0..self.classes.len()).map(|class| groups.of(class)).collect()
    }

    fn add_forms(&mut self, text: &str, own_words: &[&str], class: Class) {
        let small = Zeroizing::new(text.to_lowercase());
        if small.chars().nth(MAX_CHARS).is_none() {
            self.form(b"less", &[small.as_bytes()], class);
            for (at, left_out) in small.char_indices() {
                let (before, rest) = small.split_at(at);
                let after = rest.get(left_out.len_utf8()..).unwrap_or_default();
                self.form(b"less", &[before.as_bytes(), after.as_bytes()], class);
            }
        }
        let middle = middle_of(&small);
        let mut bare = middle.clone();
        for word in own_words.iter().filter(|word| word.chars().count() >= MIN_MIDDLE) {
            bare = Zeroizing::new(bare.replace(&*middle_of(&word.to_lowercase()), ""));
        }
        for middle in [middle, middle_of(&bare)] {
            if middle.chars().nth(MIN_MIDDLE - 1).is_some() {
                self.form(b"middle", &[middle.as_bytes()], class);
            }
        }
    }

    fn form(&mut self, sort: &[u8], parts: &[&[u8]], class: Class) {
        let print = self.print(sort, parts);
        self.forms.push((print, class));
    }

    fn print(&self, sort: &[u8], parts: &[&[u8]]) -> Print {
        let all = [&[sort, b"\0"], parts].concat();
        hmac_sha256(&self.key, &all).first_chunk().copied().unwrap_or_default()
    }
}

/// What is left without digits and signs at both ends, with letters for the signs that stand for them.
fn middle_of(text: &str) -> Zeroizing<String> {
    let middle = text.trim_matches(|letter: char| !letter.is_alphabetic());
    Zeroizing::new(middle.chars().map(letter_for).collect())
}

fn letter_for(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Groups of numbers that are joined pair by pair.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    /// The number that stands for the group of `member`.
    fn of(&mut self, member: usize) -> usize {
        let mut at = member;
        while let Some(parent) = self.0.get(at).copied().filter(|parent| *parent != at) {
            // Half the way is taken out, so that the next goes faster.
            let above = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        // The smaller number stands for both, whatever the order of joining.
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn are_alike(a: &str, b: &str) -> bool {
        let mut likeness = Likeness::new(Key::copy_of(&[7; 32]));
        let [a, b] = [a, b].map(|password| likeness.add(password.as_bytes(), &["GitHub", "Gmail"]));
        let groups = likeness.groups();
        a != b && groups[a] == groups[b]
    }

    #[test]
    fn alike_and_not() {
        for (a, b) in [
            ("kitten1987", "kitten2020"),
            ("kitten1987", "Kitten1987!"),
            ("k1tt3n-77", "kitten"),
            ("kittengithub1", "kittengmail2"),
            ("Github-kitten", "kitten99"),
            ("correct horse battery staple", "correct horse battery stable"),
            ("48151623", "48151624"),
            ("481516", "4815162"),
            ("пароль-дом1", "Пароль-дом2"),
        ] {
            assert!(are_alike(a, b) && are_alike(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("kitten1987", "kitten1987"),
            ("kitten1987", "mitten-box-9"),
            ("12345", "12346"),
            ("481516", "627394"),
            ("xK9#mQ2vL8pW", "7tR!fZ4cBw0q"),
            ("111111", "999999"),
            ("abc123", "abd999"),
        ] {
            assert!(!are_alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn anything_is_taken() {
        let mut likeness = Likeness::new(Key::copy_of(&[7; 32]));
        let long = "k".repeat(1_000_000);
        for password in [b"".as_slice(), b"\xff\xfe\xff\xfe\xff\xfe", long.as_bytes(), "👩‍👩‍👧".as_bytes()]
        {
            likeness.add(password, &["", "k", &long]);
        }
        assert_eq!(likeness.groups(), [0, 1, 2, 3]);
    }

    /// Distance in characters by one more, less or another, the slow way.
    fn distance(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut before = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.iter().enumerate() {
                let cost = (before + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
                before = std::mem::replace(&mut row[j + 1], cost);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn one_character_apart_is_alike(password in "[a-z0-9!]{6,30}", at in 0..30_usize, other in "[a-z0-9]?", cut in 0..2_usize) {
            let at = at % password.len();
            let changed = format!("{}{other}{}", &password[..at], &password[(at + cut).min(password.len())..]);
            prop_assume!(changed != password && changed.len() >= MIN_CHARS);
            prop_assert!(are_alike(&password, &changed), "{} {}", password, changed);
        }

        #[test]
        fn digits_that_differ_by_more_are_not(a in "[0-9]{6,9}", b in "[0-9]{6,9}") {
            // Two passwords each a character short of a third form meet there: at most two steps.
            prop_assume!(distance(&a, &b) > 2);
            prop_assert!(!are_alike(&a, &b));
        }

        #[test]
        fn the_same_is_one_class(passwords in proptest::collection::vec("[ab]{0,3}", 0..40)) {
            let mut likeness = Likeness::new(Key::copy_of(&[1; 32]));
            let classes: Vec<Class> = passwords.iter().map(|it| likeness.add(it.as_bytes(), &[])).collect();
            for (a, class) in passwords.iter().zip(&classes) {
                for (b, other) in passwords.iter().zip(&classes) {
                    prop_assert_eq!(a == b, class == other);
                }
            }
        }
    }
}
