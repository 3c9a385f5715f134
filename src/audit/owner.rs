//! Words that an attacker who knows the person tries first: those of the entry, and of the person's own identities
//! and addresses in the vault (names, birthdays, cities).

use crate::vault::entry::{UNREADABLE, Value};
use crate::vault::{Entry, Vault};

/// Kinds of entries that describe the person.
const OF_THE_PERSON: [&str; 3] = ["identity", "address", "form-fill"];
/// Words of the person, at most.
const MAX_WORDS: usize = 100;

/// What a vault says about its owner.
pub struct Owner<'v> {
    words: Vec<&'v str>,
}

impl<'v> Owner<'v> {
    /// Reads identities and addresses; nothing that is secret.
    pub fn of(vault: &'v Vault) -> Self {
        let entries = vault.entries().filter(|entry| OF_THE_PERSON.contains(&entry.kind_name()));
        let mut words: Vec<&str> =
            entries.filter(Entry::is_live).flat_map(|entry| plain_fields(&entry)).collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(MAX_WORDS);
        Self { words }
    }

    /// The words for a password of this entry, the entry's own first.
    pub fn words_for(&self, entry: &Entry<'v>) -> Vec<&'v str> {
        let mut words = vec![entry.title(), entry.username()];
        words.extend(entry.urls().into_iter().map(authority));
        words.extend(entry.folder().split('/'));
        words.extend(entry.tags());
        words.extend(plain_fields(entry));
        words.extend(&self.words);
        words.retain(|word| !word.is_empty() && *word != UNREADABLE);
        words
    }

    /// The words for a password of an entry that is not there yet.
    pub fn words(&self) -> &[&'v str] {
        &self.words
    }
}

/// What stands between the scheme of a URL and its path: "https" and "login" are nobody's words.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

fn plain_fields<'v>(entry: &Entry<'v>) -> Vec<&'v str> {
    let fields = entry.fields().into_iter();
    let mut texts: Vec<&str> = fields
        .filter_map(|field| match field.value {
            Value::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    texts.push(entry.username());
    texts
}
