//! The haystack: the folded text of all documents in one piece of memory, a record each, so that one
//! substring search runs over everything at the speed of memory.
//!
//! A record is `title 00 user name 00 urls 00 tags 00 folder 0A`; several urls or tags are parted by 01. The
//! fields stand in the order of their rank, so that the first hit in a record is in its best field. Folded text
//! has no bytes below 0x20, so no hit reaches over a separator.

use std::ops::Range;

use memchr::memmem::Finder;

use super::Document;
use super::fold::Text;

/// Ends a field.
pub(super) const FIELD: char = '\0';
/// Parts several urls or tags.
pub(super) const ITEM: char = '\x01';
/// Ends a record.
const RECORD: char = '\n';

/// See the module's description.
pub(super) struct Haystack {
    text: Text,
    /// Where each record ends, in bytes.
    ends: Vec<usize>,
}

impl Haystack {
    /// Empty, with room for `documents` of an ordinary size.
    pub fn with_capacity(documents: usize) -> Self {
        const ORDINARY_BYTES: usize = 96;
        let bytes = documents.saturating_mul(ORDINARY_BYTES);
        Self { text: Text::with_capacity(bytes), ends: Vec::with_capacity(documents) }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.as_str().len() + size_of_val(self.ends.as_slice())
    }

    pub fn push(&mut self, document: &impl Document) {
        write_record(document, &mut self.text);
        self.ends.push(self.text.as_str().len());
    }

    /// Puts a record in before that at `position`, which is at most [`Self::len`].
    pub fn insert(&mut self, position: usize, document: &impl Document) {
        let mut record = Text::default();
        write_record(document, &mut record);
        let start = self.range(position).start;
        let length = record.as_str().len();
        self.text.insert(start, record.as_str());
        self.ends.insert(position, start);
        self.ends.iter_mut().skip(position).for_each(|end| *end += length);
    }

    /// Takes the record at `position`, which is less than [`Self::len`], out.
    pub fn remove(&mut self, position: usize) {
        let range = self.range(position);
        let length = range.len();
        self.text.remove(range);
        self.ends.remove(position);
        self.ends.iter_mut().skip(position).for_each(|end| *end -= length);
    }

    /// The record at `position`, empty past the end.
    pub fn record(&self, position: usize) -> &str {
        self.text.as_str().get(self.range(position)).unwrap_or_default()
    }

    /// All records in order.
    pub fn records(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let record = self.text.as_str().get(start..*end).unwrap_or_default();
            start = *end;
            record
        })
    }

    /// Calls `visit` with the position and the text of each record that has the needle, in order.
    pub fn scan(&self, finder: &Finder<'_>, mut visit: impl FnMut(usize, &str)) {
        let (text, mut start) = (self.text.as_str(), 0);
        let mut ends = self.ends.iter().enumerate();
        while let Some(offset) = text.as_bytes().get(start..).and_then(|rest| finder.find(rest)) {
            let hit = start + offset;
            for (position, end) in ends.by_ref() {
                let record_start = std::mem::replace(&mut start, *end);
                if *end > hit {
                    visit(position, text.get(record_start..*end).unwrap_or_default());
                    break;
                }
            }
        }
    }

    fn range(&self, position: usize) -> Range<usize> {
        let before = position.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.copied().unwrap_or_default();
        start..self.ends.get(position).copied().unwrap_or(start)
    }
}

/// Puts the record of `document` at the end of `out`.
pub(super) fn write_record(document: &impl Document, out: &mut Text) {
    out.push_folded(document.title());
    out.push(FIELD);
    out.push_folded(document.username());
    out.push(FIELD);
    for url in document.urls() {
        out.push_folded(url);
        out.push(ITEM);
    }
    out.push(FIELD);
    for tag in document.tags() {
        out.push_folded(tag);
        out.push(ITEM);
    }
    out.push(FIELD);
    out.push_folded(document.folder());
    out.push(RECORD);
}

#[cfg(test)]
mod tests {
    use super::super::sample::Entry;
    use super::*;

    fn haystack(titles: &[&str]) -> Haystack {
        let mut haystack = Haystack::with_capacity(0);
        titles.iter().for_each(|title| haystack.push(&Entry::titled(title)));
        haystack
    }

    fn scanned(haystack: &Haystack, needle: &str) -> Vec<usize> {
        let mut positions = Vec::new();
        haystack.scan(&Finder::new(needle), |position, record| {
            assert_eq!(record, haystack.record(position));
            positions.push(position);
        });
        positions
    }

    #[test]
    fn has_one_record_per_document() {
        let mut one = Haystack::with_capacity(1);
        one.push(&Entry::new("A\0b", "Ü", &["HTTPS://x", "y"], "F/G", &["t", "u"]));
        assert_eq!(one.record(0), "a b\0u\0https://x\x01y\x01\0t\x01u\x01\0f/g\n");
        assert_eq!(one.record(1), "");
    }

    #[test]
    fn scans_each_record_once_and_never_across_two() {
        let haystack = haystack(&["abcabc", "x", "", "cab", "abc"]);
        assert_eq!(scanned(&haystack, "abc"), [0, 4]);
        assert_eq!(scanned(&haystack, "c"), [0, 3, 4]);
        assert_eq!(scanned(&haystack, "cx"), [] as [usize; 0]);
        assert_eq!(haystack.records().count(), 5);
    }

    #[test]
    fn edits_move_the_others() {
        let mut haystack = haystack(&["one", "two", "three"]);
        haystack.insert(1, &Entry::titled("inserted"));
        haystack.insert(4, &Entry::titled("last"));
        haystack.remove(0);
        let titles: Vec<_> = haystack.records().filter_map(|r| r.split(FIELD).next()).collect();
        assert_eq!(titles, ["inserted", "two", "three", "last"]);
        assert!(haystack.record(2).starts_with("three\0"));
        (0..4).for_each(|_| haystack.remove(0));
        assert_eq!((haystack.len(), haystack.bytes()), (0, 0));
    }
}
