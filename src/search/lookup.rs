//! The command line's QUERY: an id, a title, `title/username`, a host or URL, or words. The first of these
//! rules that any entry meets decides; what looks like a host or URL never falls through to words, where
//! `evil-example.com` would be found by `example.com`.
//!
//! A linear scan, for one look-up in a fresh process: no index is built, and of each entry only the fields
//! are read that the query may fit.

use std::cmp::Reverse;
use std::iter;

use unicode_normalization::UnicodeNormalization;

use super::Document;
use super::fold::{Text, folded, same_ignoring_case};
use super::haystack::Record;
use super::rank::Words;
use crate::host::{Closeness, Reading, Target};

/// The rule that decided, the first that counts before the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The query is the entry's id: 32 hexadecimal digits, or the same with hyphens as in a UUID.
    Id,
    /// It is the title.
    Title,
    /// It is the title but for upper and lower case.
    TitleIgnoringCase,
    /// It is `title/username`.
    Account,
    /// It is `title/username` but for upper and lower case.
    AccountIgnoringCase,
    /// It is a host or URL, and an address of the entry has this very host.
    Host,
    /// It is a host or URL, and an address of the entry is of the same registrable domain.
    Site,
    /// Every word of it is in title, user name, address, folder or tag.
    Words,
}

/// What a query led to: nothing, one entry or several, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup<D> {
    /// The rule that decided; none if nothing was found.
    pub rule: Option<Rule>,
    /// The entries, best first.
    pub found: Vec<Found<D>>,
}

/// An entry that a query led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<D> {
    /// The number of the document in the order they were given.
    pub position: usize,
    /// The document.
    pub document: D,
    points: u16,
}

/// Finds what `query` means among `documents`, which are gone through once, or twice if it comes to words.
pub fn resolve<D: Document>(query: &str, documents: impl Iterator<Item = D> + Clone) -> Lookup<D> {
    let mut lookup = Lookup { rule: None, found: Vec::new() };
    if query.trim().is_empty() {
        return lookup;
    }
    let names = Names::of(query);
    for (position, document) in documents.clone().enumerate() {
        let Some(rule) = names.rule(&document, lookup.rule) else { continue };
        if lookup.rule != Some(rule) {
            lookup = Lookup { rule: Some(rule), found: Vec::new() };
        }
        lookup.found.push(Found { position, document, points: 0 });
    }
    if lookup.rule.is_none() && !names.is_place {
        lookup.found = with_words(query, documents);
        lookup.rule = (!lookup.found.is_empty()).then_some(Rule::Words);
    }
    lookup.found.sort_by_cached_key(|found| {
        let document = &found.document;
        let standing = (found.points, document.favourite(), document.recent());
        (Reverse(standing), folded(document.title()), found.position)
    });
    lookup
}

/// The documents that have every word.
fn with_words<D: Document>(query: &str, documents: impl Iterator<Item = D>) -> Vec<Found<D>> {
    let query = folded(query);
    let Some(words) = Words::of(query.as_str()) else { return Vec::new() };
    let mut text = Text::default();
    let mut found = Vec::new();
    for (position, document) in documents.enumerate() {
        let points = words.points(Record::of(&document, &mut text));
        if points > 0 {
            found.push(Found { position, document, points });
        }
    }
    found
}

/// A query as everything it may name but words.
struct Names<'q> {
    query: &'q str,
    id: Option<[u8; 16]>,
    host: Option<Target>,
    /// It is a URL or host, and never words.
    is_place: bool,
}

impl<'q> Names<'q> {
    fn of(query: &'q str) -> Self {
        let reading = Reading::of(query);
        let is_place = matches!(reading, Reading::Place(_));
        let host = match reading {
            Reading::Place(host) => host,
            Reading::Perhaps(host) => Some(host),
            Reading::Words => None,
        };
        let host = host.map(Target::new);
        Self { query, id: parse_id(query.trim()), host, is_place }
    }

    /// The first rule by which the query names `document`, if it is `limit` or one before it.
    fn rule(&self, document: &impl Document, limit: Option<Rule>) -> Option<Rule> {
        let within = |rule: &Rule| limit.is_none_or(|limit| *rule <= limit);
        if self.id.is_some_and(|id| id == document.id()) {
            return Some(Rule::Id);
        }
        self.rule_of_title(document.title())
            .or_else(|| self.rule_of_account(document))
            .or_else(|| limit.is_none_or(|limit| limit >= Rule::Host).then(|| self.rule_of_urls(document))?)
            .filter(within)
    }

    fn rule_of_title(&self, title: &str) -> Option<Rule> {
        if title == self.query {
            return Some(Rule::Title);
        }
        same_ignoring_case(title, self.query).then_some(Rule::TitleIgnoringCase)
    }

    /// `title/username`, wherever a `/` in one of them leaves the split.
    fn rule_of_account(&self, document: &impl Document) -> Option<Rule> {
        if !self.query.contains('/') {
            return None;
        }
        let (title, username) = (document.title(), document.username());
        let username_of = |rest: &'q str| rest.strip_prefix('/');
        if self.query.strip_prefix(title).and_then(username_of) == Some(username) {
            return Some(Rule::Account);
        }
        let account = title.chars().chain(iter::once('/')).chain(username.chars());
        let lower = account.nfd().flat_map(char::to_lowercase);
        lower.eq(self.query.nfd().flat_map(char::to_lowercase)).then_some(Rule::AccountIgnoringCase)
    }

    fn rule_of_urls(&self, document: &impl Document) -> Option<Rule> {
        let target = self.host.as_ref()?;
        let nearest = document.urls().filter_map(|url| target.closeness(url)).min()?;
        Some(match nearest {
            Closeness::Host => Rule::Host,
            Closeness::Site => Rule::Site,
        })
    }
}

/// An id as 32 hexadecimal digits, or parted by hyphens into 8-4-4-4-12.
fn parse_id(text: &str) -> Option<[u8; 16]> {
    let digits: String = match text.len() {
        32 => text.to_owned(),
        36 if [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-')) => {
            text.replace('-', "")
        }
        _ => return None,
    };
    let is_hexadecimal = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = is_hexadecimal.then(|| u128::from_str_radix(&digits, 16).ok())??;
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests;
