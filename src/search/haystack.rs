//! The haystack: the folded text of all documents in one piece of memory, a record each, so that one
//! substring search runs over everything at the speed of memory.
//!
//! A record is `title 00 user name 00 hosts 00 addresses 00 tags 00 folder 00`; hosts, addresses and tags
//! each end in 01. The fields stand in the order of their rank, so that the first hit in a record is in its
//! best field. Folded text has no bytes below 0x20, so no hit reaches over a separator.

use std::ops::Range;

use memchr::memchr3;
use memchr::memmem::Finder;

use super::Document;
use super::fold::Text;

const END_OF_FIELD: char = '\0';
const END_OF_ITEM: char = '\x01';

/// The fields of a record, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Username,
    /// Hosts and ports, as they stand in the addresses.
    Host,
    /// All of the addresses.
    Url,
    Tag,
    Folder,
}

/// Where the fields of a record end, all but the last, in bytes from its start.
type FieldEnds = [u32; 5];

/// The folded text of one document.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    text: &'a str,
    ends: FieldEnds,
}

impl<'a> Record<'a> {
    /// Folds `document` into `text`, replacing what was there.
    pub fn of(document: &impl Document, text: &'a mut Text) -> Self {
        text.clear();
        let ends = write_record(document, text);
        Self { text: text.as_str(), ends }
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    pub fn title(&self) -> &'a str {
        let [end, ..] = self.ends;
        self.text.get(..end as usize).unwrap_or_default()
    }

    /// Where the first hit is, in bytes.
    pub fn find(&self, finder: &Finder<'_>) -> Option<usize> {
        finder.find(self.text.as_bytes())
    }

    /// The field that has byte `at`.
    pub fn field(&self, at: usize) -> Field {
        const FIELDS: [Field; 5] = [Field::Title, Field::Username, Field::Host, Field::Url, Field::Tag];
        let mut fields = self.ends.into_iter().zip(FIELDS);
        fields.find(|(end, _)| at < *end as usize).map_or(Field::Folder, |(_, field)| field)
    }
}

/// See the module's description.
pub(super) struct Haystack {
    text: Text,
    /// Where each record ends, in bytes.
    ends: Vec<usize>,
    fields: Vec<FieldEnds>,
}

impl Haystack {
    /// Empty, with room for `documents` of an ordinary size.
    pub fn with_capacity(documents: usize) -> Self {
        const ORDINARY_BYTES: usize = 128;
        Self {
            text: Text::with_capacity(documents.saturating_mul(ORDINARY_BYTES)),
            ends: Vec::with_capacity(documents),
            fields: Vec::with_capacity(documents),
        }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.as_str().len() + size_of_val(self.ends.as_slice()) + size_of_val(self.fields.as_slice())
    }

    pub fn push(&mut self, document: &impl Document) {
        self.fields.push(write_record(document, &mut self.text));
        self.ends.push(self.text.as_str().len());
    }

    /// Puts a record in before that at `position`, which is at most [`Self::len`].
    pub fn insert(&mut self, position: usize, document: &impl Document) {
        let mut text = Text::default();
        let fields = write_record(document, &mut text);
        let start = self.range(position).start;
        let length = text.as_str().len();
        self.text.insert(start, text.as_str());
        self.ends.insert(position, start);
        self.ends.iter_mut().skip(position).for_each(|end| *end += length);
        self.fields.insert(position, fields);
    }

    /// Takes the record at `position`, which is less than [`Self::len`], out.
    pub fn remove(&mut self, position: usize) {
        let range = self.range(position);
        let length = range.len();
        self.text.remove(range);
        self.ends.remove(position);
        self.ends.iter_mut().skip(position).for_each(|end| *end -= length);
        self.fields.remove(position);
    }

    /// The record at `position`, empty past the end.
    pub fn record(&self, position: usize) -> Record<'_> {
        let text = self.text.as_str().get(self.range(position)).unwrap_or_default();
        Record { text, ends: self.fields.get(position).copied().unwrap_or_default() }
    }

    /// All records in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 0;
        self.ends.iter().zip(&self.fields).map(move |(end, fields)| {
            let text = self.text.as_str().get(start..*end).unwrap_or_default();
            start = *end;
            Record { text, ends: *fields }
        })
    }

    /// Calls `visit` for each record that has the needle, in order, with its position and that of the first
    /// hit in it.
    pub fn scan(&self, finder: &Finder<'_>, mut visit: impl FnMut(usize, Record<'_>, usize)) {
        let (text, mut start) = (self.text.as_str(), 0);
        let mut records = self.ends.iter().zip(&self.fields).enumerate();
        while let Some(offset) = text.as_bytes().get(start..).and_then(|rest| finder.find(rest)) {
            let hit = start + offset;
            for (position, (end, fields)) in records.by_ref() {
                let begin = std::mem::replace(&mut start, *end);
                if *end > hit {
                    let text = text.get(begin..*end).unwrap_or_default();
                    visit(position, Record { text, ends: *fields }, hit - begin);
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
fn write_record(document: &impl Document, out: &mut Text) -> FieldEnds {
    let start = out.as_str().len();
    let end_field = |out: &mut Text| {
        out.push(END_OF_FIELD);
        // A record of 4 GiB is none that any vault holds; its last fields would rank too low.
        u32::try_from(out.as_str().len() - start).unwrap_or(u32::MAX)
    };
    out.push_folded(document.title());
    let title = end_field(out) - 1;
    out.push_folded(document.username());
    let username = end_field(out);
    let urls: Vec<&str> = document.urls().collect();
    urls.iter().for_each(|url| push_item(authority(url), out));
    let host = end_field(out);
    urls.iter().for_each(|url| push_item(url, out));
    let url = end_field(out);
    document.tags().for_each(|tag| push_item(tag, out));
    let tag = end_field(out);
    out.push_folded(document.folder());
    end_field(out);
    [title, username, host, url, tag]
}

fn push_item(item: &str, out: &mut Text) {
    out.push_folded(item);
    out.push(END_OF_ITEM);
}

/// Host and port as they stand in `url`: for ranking alone. What host it is, says [`host`](super::host).
fn authority(url: &str) -> &str {
    let rest = url.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")).unwrap_or(url);
    let end = memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
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
        haystack.scan(&Finder::new(needle), |position, record, hit| {
            assert_eq!(record.text(), haystack.record(position).text());
            assert_eq!(record.text().find(needle), Some(hit));
            positions.push(position);
        });
        positions
    }

    #[test]
    fn has_one_record_per_document() {
        let mut one = Haystack::with_capacity(1);
        one.push(&Entry::new("A\0b", "Ü", &["HTTPS://x", "y"], "F/G", &["t", "u"]));
        assert_eq!(one.record(0).text(), "a b\0u\0x\x01y\x01\0https://x\x01y\x01\0t\x01u\x01\0f/g\0");
        assert_eq!(one.record(1).text(), "");
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
        let titles: Vec<_> = haystack.records().map(|record| record.title()).collect();
        assert_eq!(titles, ["inserted", "two", "three", "last"]);
        assert_eq!(haystack.record(2).title(), "three");
        (0..4).for_each(|_| haystack.remove(0));
        assert_eq!((haystack.len(), haystack.bytes()), (0, 0));
    }
}
