//! Walks over the keyboard: runs of keys beside one another, under any of the layouts, as `qwerty`, `1qaz`,
//! `йцукен` or `azerty` are.

use super::tables::{DVORAK, FRENCH, GERMAN, GREEK, HEBREW, KEYS, Keys, RUSSIAN, UKRAINIAN, US};
use super::{Secret, as_if};

/// Keys of a walk that goes straight on, at least; one more in a word, as in "property".
const STRAIGHT: usize = 4;
/// Keys of a walk with turns, at least: shorter ones are in many words ("fred", "were").
const WITH_TURNS: usize = 6;
/// Keys of the rows, from the top.
const ROWS: [usize; 4] = [13, 13, 11, 10];
/// Where the first key of a row stands, in quarters of a key's width, by which the rows are offset.
const OFFSETS: [usize; 4] = [0, 6, 7, 9];
/// A key's width in the same.
const WIDTH: usize = 4;

/// A walk that a text has in it.
#[derive(Debug)]
pub struct Walk {
    /// What the same keys give under a US layout, for the whole text; none where it is under that itself, or a
    /// key gives nothing there.
    pub on_us_keys: Option<Secret>,
}

/// The longest walk that `text` has in it, under a US layout or any other.
pub fn walk(text: &str) -> Option<Walk> {
    const OTHERS: [&Keys; 7] = [&RUSSIAN, &UKRAINIAN, &GERMAN, &FRENCH, &DVORAK, &GREEK, &HEBREW];
    let (mut longest, mut walked) = (longest(text, &US), None);
    for keys in OTHERS {
        let keys_walked = self::longest(text, keys);
        if keys_walked > longest {
            (longest, walked) = (keys_walked, Some(keys));
        }
    }
    (longest > 0).then(|| Walk { on_us_keys: walked.and_then(|keys| as_if(text, keys, &US)) })
}

/// A key by its row and the place of its left edge.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    row: usize,
    at: usize,
}

/// A step to a key beside: rows down, and whether to the right.
type Step = (isize, bool);

/// A run of keys beside one another.
#[derive(Default)]
struct Run {
    keys: Vec<Key>,
    last: Option<Step>,
    /// Keys that went straight on, up to now and at most.
    straight: usize,
    straightest: usize,
    /// Digits in a row are a sequence, whatever the keyboard.
    has_letter: bool,
    /// Whether a letter stood before it.
    within_word: bool,
}

impl Run {
    fn from(key: Option<Key>, letter: char, before: Option<char>) -> Self {
        Self {
            keys: key.into_iter().collect(),
            straight: 1,
            has_letter: !letter.is_ascii_digit(),
            within_word: before.is_some_and(char::is_alphabetic),
            ..Self::default()
        }
    }

    /// Goes on to a key beside the last; whether it could. Somebody who comes back to a key is typing a word.
    fn goes_on(&mut self, key: Option<Key>, letter: char) -> bool {
        let Some((key, step)) = key.and_then(|key| Some((key, step(*self.keys.last()?, key)?))) else {
            return false;
        };
        if self.keys.contains(&key) {
            return false;
        }
        self.straight = if self.last.is_none_or(|last| last == step) { self.straight + 1 } else { 2 };
        self.straightest = self.straightest.max(self.straight);
        self.last = Some(step);
        self.keys.push(key);
        self.has_letter |= !letter.is_ascii_digit();
        true
    }

    /// Its length where it is a walk, before `next`.
    fn walked(&self, next: Option<char>) -> usize {
        let within_word = self.within_word || next.is_some_and(char::is_alphabetic);
        let straight = if within_word { STRAIGHT + 1 } else { STRAIGHT };
        let is_walk = self.straightest >= straight || self.keys.len() >= WITH_TURNS;
        if is_walk && self.has_letter { self.keys.len() } else { 0 }
    }
}

/// Length of the longest walk under a layout.
fn longest(text: &str, keys: &Keys) -> usize {
    let (mut run, mut before, mut longest) = (Run::default(), None, 0);
    for letter in text.chars() {
        let key = keys.place_of(letter).and_then(key_of);
        if !run.goes_on(key, letter) {
            longest = longest.max(run.walked(Some(letter)));
            run = Run::from(key, letter, before);
        }
        before = Some(letter);
    }
    longest.max(run.walked(None))
}

fn key_of(place: usize) -> Option<Key> {
    let mut number = place % KEYS;
    for (row, (keys, offset)) in ROWS.into_iter().zip(OFFSETS).enumerate() {
        match number.checked_sub(keys) {
            Some(rest) => number = rest,
            None => return Some(Key { row, at: offset + WIDTH * number }),
        }
    }
    None
}

fn step(from: Key, to: Key) -> Option<Step> {
    let (across, is_right) = (from.at.abs_diff(to.at), to.at > from.at);
    match from.row.abs_diff(to.row) {
        0 if across == WIDTH => Some((0, is_right)),
        1 if across < WIDTH => Some((if to.row > from.row { 1 } else { -1 }, is_right)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_are_seen_under_every_layout() {
        for (walked, on_us_keys) in [
            ("123qwerty", None),
            ("99ASDF99", None),
            ("xxASDFGxx", None),
            ("poiuyt", None),
            ("1qaz2wsx", None),
            ("zse4rfv", None),
            ("йцукен1", Some("qwerty1")),
            ("Фыва", Some("Asdf")),
            ("azerty", Some("qwerty")),
            ("yxcv", Some("zxcv")),
            ("aoeu", Some("asdf")),
            ("σδφγ", Some("sdfg")),
        ] {
            let found = walk(walked);
            let found = found.as_ref().map(|walk| walk.on_us_keys.as_ref().and_then(Secret::expose_str));
            assert_eq!(found, Some(on_us_keys), "{walked}");
        }
    }

    #[test]
    fn words_and_numbers_are_no_walks() {
        for text in
            ["", "fred", "were", "property", "power", "1234567890", "qaqaqaqa", "мама", "ggggg", "👩q"]
        {
            assert!(walk(text).is_none(), "{text}");
        }
    }
}
