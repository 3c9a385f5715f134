//! The index behind the search box: which of up to 100,000 documents have every typed word, best first,
//! within a few milliseconds of a key.
//!
//! It keeps the folded text in one piece (`haystack`) and two orders made ahead, so that a search sorts
//! nothing: points are counted into buckets, and each bucket is filled in the order that decides ties. It
//! takes about 1.3 times the text and 50 bytes per document, and is wiped when dropped.

use std::cmp::Reverse;
use std::ops::Range;

use zeroize::Zeroizing;

use super::Document;
use super::fold::folded;
use super::fuzzy::Letters;
use super::haystack::Haystack;
use super::rank::Words;

/// The index. A position is the number of a document in the order they were given.
pub struct Index {
    haystack: Haystack,
    /// The set of letters in each title.
    letters: Zeroizing<Vec<Letters>>,
    /// Favourite, then recent: higher comes first.
    standings: Vec<u64>,
    /// Positions by title, user name, addresses: the order with no query.
    by_title: Vec<u32>,
    /// Positions by standing, then as in `by_title`: the order among equal points.
    by_standing: Vec<u32>,
}

/// The result of a search, kept from one to the next so that a key costs no allocation.
#[derive(Default)]
pub struct Hits {
    /// Positions, best first.
    ranked: Vec<u32>,
    /// Points by position, 0 for no match.
    points: Vec<u16>,
    how: How,
}

/// How the hits of a search were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum How {
    /// The query had no word: these are all documents.
    #[default]
    All,
    /// Each has every word.
    Words,
    /// None has every word; in these, the missing ones are subsequences of the title.
    Fuzzy,
}

impl Hits {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ranked.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ranked.is_empty()
    }

    /// How they were found.
    pub fn how(&self) -> How {
        self.how
    }

    /// The position of the document at `rank`, counted from 0.
    pub fn position(&self, rank: usize) -> Option<usize> {
        self.ranked.get(rank).map(|position| *position as usize)
    }

    /// The positions of the documents at these ranks, as far as there are any.
    pub fn page(&self, ranks: Range<usize>) -> impl ExactSizeIterator<Item = usize> {
        let start = ranks.start.min(self.len());
        let end = ranks.end.clamp(start, self.len());
        self.ranked.get(start..end).unwrap_or_default().iter().map(|position| *position as usize)
    }

    /// The rank of the document at `position`: where the selection goes when the query changes.
    pub fn rank_of(&self, position: usize) -> Option<usize> {
        self.ranked.iter().position(|ranked| *ranked as usize == position)
    }
}

impl Index {
    /// Of all `documents`; what is past 2^32 - 1 of them is left out.
    pub fn build<D: Document>(documents: impl IntoIterator<Item = D>) -> Self {
        let documents = documents.into_iter().take(u32::MAX as usize);
        let (expected, _) = documents.size_hint();
        let mut haystack = Haystack::with_capacity(expected);
        let mut standings = Vec::with_capacity(expected);
        for document in documents {
            haystack.push(&document);
            standings.push(standing(&document));
        }
        let letters = Zeroizing::new(haystack.records().map(|record| Letters::of(record.title())).collect());
        let by_title = order_by_title(&haystack);
        let mut by_standing = by_title.clone();
        by_standing.sort_by_key(|position| Reverse(standings.get(*position as usize)));
        Self { haystack, letters, standings, by_title, by_standing }
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.haystack.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.haystack.bytes()
            + size_of_val(self.letters.as_slice())
            + size_of_val(self.standings.as_slice())
            + size_of_val(self.by_title.as_slice())
            + size_of_val(self.by_standing.as_slice())
    }

    /// Finds the documents that have every word of `query`, best first; all, by title, if it has no word;
    /// and where no document has them, those whose title has the missing words as subsequences.
    pub fn search(&self, query: &str, hits: &mut Hits) {
        let query = folded(query);
        let Some(mut words) = Words::of(query.as_str()) else {
            hits.how = How::All;
            hits.ranked.clone_from(&self.by_title);
            return;
        };
        hits.points.clear();
        hits.points.resize(self.len(), 0);
        hits.how = How::Words;
        let (mut best, mut has_rarest) = (0, false);
        self.haystack.scan(words.rarest(), |position, record, hit| {
            has_rarest = true;
            if let Some(slot) = hits.points.get_mut(position) {
                *slot = words.points_with(record, hit);
                best = best.max(*slot);
            }
        });
        if best == 0 {
            hits.how = How::Fuzzy;
            if !has_rarest {
                words.rarest_is_nowhere();
            }
            let titles = self.haystack.records().zip(self.letters.iter());
            for (slot, (record, letters)) in hits.points.iter_mut().zip(titles) {
                *slot = words.loose_points(record, *letters);
                best = best.max(*slot);
            }
        }
        self.rank(best, hits);
    }

    /// Counting sort: by points, `best` at most, then by standing.
    fn rank(&self, best: u16, hits: &mut Hits) {
        // next[p]: the rank of the next document that has p points.
        let mut next = vec![0_u32; usize::from(best) + 1];
        for points in &hits.points {
            if let Some(count) = next.get_mut(usize::from(*points)) {
                *count += 1;
            }
        }
        let mut total = 0;
        for slot in next.iter_mut().skip(1).rev() {
            total += std::mem::replace(slot, total);
        }
        hits.ranked.clear();
        hits.ranked.resize(total as usize, 0);
        for position in &self.by_standing {
            let points = hits.points.get(*position as usize).copied().unwrap_or_default();
            if points == 0 {
                continue;
            }
            if let Some(rank) = next.get_mut(usize::from(points)) {
                if let Some(slot) = hits.ranked.get_mut(*rank as usize) {
                    *slot = *position;
                }
                *rank += 1;
            }
        }
    }

    /// Puts a document in before that at `position`, or at the end; the positions from there on move up.
    pub fn insert(&mut self, position: usize, document: &impl Document) {
        let position = position.min(self.len());
        let Ok(short) = u32::try_from(position) else { return };
        self.haystack.insert(position, document);
        self.letters.insert(position, Letters::of(self.haystack.record(position).title()));
        self.standings.insert(position, standing(document));
        for order in [&mut self.by_title, &mut self.by_standing] {
            order.iter_mut().filter(|other| **other >= short).for_each(|other| *other += 1);
        }
        let place = self.by_title.partition_point(|other| self.title_key(*other) < self.title_key(short));
        self.by_title.insert(place, short);
        let key = |position| (Reverse(self.standings.get(position as usize)), self.title_key(position));
        let place = self.by_standing.partition_point(|other| key(*other) < key(short));
        self.by_standing.insert(place, short);
    }

    /// Takes the document at `position`, if there is one, out; the positions after it move down.
    pub fn remove(&mut self, position: usize) {
        let Some(short) = u32::try_from(position).ok().filter(|_| position < self.len()) else { return };
        self.haystack.remove(position);
        self.letters.remove(position);
        self.standings.remove(position);
        for order in [&mut self.by_title, &mut self.by_standing] {
            order.retain(|other| *other != short);
            order.iter_mut().filter(|other| **other > short).for_each(|other| *other -= 1);
        }
    }

    /// Puts `document` in the place of that at `position`, if there is one: after an edit or a use.
    pub fn replace(&mut self, position: usize, document: &impl Document) {
        if position < self.len() {
            self.remove(position);
            self.insert(position, document);
        }
    }

    fn title_key(&self, position: u32) -> (&str, u32) {
        (self.haystack.record(position as usize).text(), position)
    }
}

/// Favourites first, then the latest.
fn standing(document: &impl Document) -> u64 {
    const FAVOURITE: u64 = 1 << 63;
    let favourite = if document.favourite() { FAVOURITE } else { 0 };
    favourite | document.recent().0.min(FAVOURITE - 1)
}

/// Positions in the order of their records, which begin with title and user name; the separator is below any
/// letter.
fn order_by_title(haystack: &Haystack) -> Vec<u32> {
    // The first bytes of each record beside its position: most comparisons then need no look at the haystack.
    let heads = haystack.records().zip(0..).map(|(record, position)| (head(record.text()), position));
    let mut keys: Zeroizing<Vec<(u128, u32)>> = Zeroizing::new(Vec::with_capacity(haystack.len()));
    keys.extend(heads);
    let record = |position: u32| haystack.record(position as usize).text();
    keys.sort_unstable_by(|(head_a, a), (head_b, b)| {
        head_a.cmp(head_b).then_with(|| record(*a).cmp(record(*b))).then(a.cmp(b))
    });
    keys.iter().map(|(_, position)| *position).collect()
}

/// The first 16 bytes as a number that compares as they do.
fn head(record: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(record.bytes()).for_each(|(slot, byte)| *slot = byte);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests;
