//! What a vault has already: a multiset of keyed fingerprints, so that a second import of a file adds nothing,
//! and a file that has a row twice adds both the first time and none the second.
//!
//! Two entries are the same if a person would say so: kind, title, user name, password, URLs, note, one-time
//! code, folder, tags, favourite, custom fields, files, passkeys and upkeep, in order but for the files. Ids, times,
//! the trash and the history do not count. The key is made for one run and the fingerprints never leave it.

use std::collections::{HashMap, HashSet};

use crate::crypto::derive::{Key, hmac_sha256};
use crate::crypto::random::{Random, RandomError, array};
use crate::secret::Secret;
use crate::vault::item::{Attachment, Exception, Item, ItemField, Upkeep};
use crate::vault::{Id, folder, kinds};

/// Whether an imported item is to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The vault has no such entry.
    New,
    /// The vault has no such entry, but one with this item's id: the item lost its id and gets a new one.
    NewId,
    /// The vault has it already.
    Known,
}

/// Fingerprints of what a vault has.
pub struct Known {
    key: Key,
    counts: HashMap<[u8; 32], u32>,
    ids: HashSet<Id>,
}

impl Known {
    /// Nothing yet.
    ///
    /// # Errors
    /// As `random`.
    pub fn new(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut key: [u8; 32] = array(random)?;
        let known = Self { key: Key::copy_of(&key), counts: HashMap::new(), ids: HashSet::new() };
        zeroize::Zeroize::zeroize(&mut key);
        Ok(known)
    }

    /// Learns an entry of the vault, also one in the trash, and gives its fingerprint.
    pub fn learn(&mut self, item: &Item) -> [u8; 32] {
        self.ids.extend(item.id);
        let fingerprint = self.fingerprint(item);
        *self.counts.entry(fingerprint).or_default() += 1;
        fingerprint
    }

    /// Judges an item of a source. Each entry of the vault makes one item known.
    pub fn judge(&mut self, item: &mut Item) -> Verdict {
        let fingerprint = self.fingerprint(item);
        if let Some(count) = self.counts.get_mut(&fingerprint).filter(|count| **count > 0) {
            *count -= 1;
            return Verdict::Known;
        }
        match item.id {
            Some(id) if !self.ids.insert(id) => {
                item.id = None;
                Verdict::NewId
            }
            _ => Verdict::New,
        }
    }

    /// HMAC-SHA-256(key, content), where each part of the content comes with its length.
    pub fn fingerprint(&self, item: &Item) -> [u8; 32] {
        let content = Content::of(item);
        let lengths: Vec<[u8; 8]> = content.0.iter().map(|part| (part.len() as u64).to_le_bytes()).collect();
        let parts: Vec<&[u8]> =
            lengths.iter().zip(&content.0).flat_map(|(len, part)| [&len[..], part.as_ref()]).collect();
        hmac_sha256(&self.key, &parts)
    }
}

/// Whether two items are the same entry, as above.
pub fn same(one: &Item, other: &Item) -> bool {
    Content::of(one).0 == Content::of(other).0
}

/// All that makes an item what it is, part by part. Lists start with their length, so that no two contents
/// have the same parts.
struct Content<'i>(Vec<Part<'i>>);

/// A piece of content.
#[derive(PartialEq, Eq)]
enum Part<'i> {
    Bytes(&'i [u8]),
    Folder(String),
    Number([u8; 8]),
}

impl Part<'_> {
    fn len(&self) -> usize {
        self.as_ref().len()
    }
}

impl AsRef<[u8]> for Part<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Folder(path) => path.as_bytes(),
            Self::Number(bytes) => bytes,
        }
    }
}

impl<'i> Content<'i> {
    fn of(item: &'i Item) -> Self {
        let kind = if item.kind.is_empty() { kinds::LOGIN } else { &item.kind };
        let mut content = Self(Vec::with_capacity(16 + 3 * item.fields.len()));
        content.text(kind);
        content.text(&item.title);
        content.text(&item.username);
        for secret in [&item.password, &item.note, &item.totp] {
            content.0.push(Part::Bytes(secret.as_ref().map_or(&[], Secret::expose)));
        }
        content.0.push(Part::Folder(folder::normal(&item.folder)));
        content.number(u64::from(item.favourite));
        for texts in [&item.urls, &item.tags] {
            content.number(texts.iter().filter(|text| !text.is_empty()).count() as u64);
            texts.iter().filter(|text| !text.is_empty()).for_each(|text| content.text(text));
        }
        content.number(item.fields.len() as u64);
        for ItemField { name, kind, value, ticked_off } in &item.fields {
            content.text(name);
            content.number(u64::from(kind.number()) << 1 | u64::from(*ticked_off));
            content.0.push(Part::Bytes(value.expose()));
        }
        content.number(item.attachments.len() as u64);
        // A vault gives files in any order.
        let mut files: Vec<&Attachment> = item.attachments.iter().collect();
        files.sort_by_key(|file| (&file.name, file.content.expose()));
        for Attachment { name, content: file } in files {
            content.text(name);
            content.0.push(Part::Bytes(file.expose()));
        }
        content.number(item.passkeys.len() as u64);
        item.passkeys.iter().for_each(|passkey| content.0.push(Part::Bytes(passkey.expose())));
        content.upkeep(&item.upkeep);
        content
    }

    fn upkeep(&mut self, upkeep: &'i Upkeep) {
        let Upkeep { expiry, policy, pending, reminder, signs_in_with, exceptions } = upkeep;
        self.optional(expiry.map(|time| time.0));
        self.text(policy);
        self.0.push(Part::Bytes(pending.as_ref().map_or(&[], Secret::expose)));
        self.optional(reminder.map(u64::from));
        self.0.push(Part::Bytes(signs_in_with.as_ref().map_or(&[], |id| &id.0)));
        // They have no order.
        let mut exceptions: Vec<(&str, &str)> =
            exceptions.iter().map(|Exception { kind, reason }| (kind.as_str(), reason.as_str())).collect();
        exceptions.sort_unstable();
        self.number(exceptions.len() as u64);
        for (kind, reason) in exceptions {
            self.text(kind);
            self.text(reason);
        }
    }

    fn optional(&mut self, number: Option<u64>) {
        self.number(u64::from(number.is_some()));
        self.number(number.unwrap_or_default());
    }

    fn text(&mut self, text: &'i str) {
        self.0.push(Part::Bytes(text.as_bytes()));
    }

    fn number(&mut self, number: u64) {
        self.0.push(Part::Number(number.to_le_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;
    use crate::time::Timestamp;
    use crate::vault::kinds::FieldKind;

    fn known() -> Known {
        Known::new(&mut SeededRandom::new(1)).unwrap()
    }

    fn github() -> Item {
        let mut item = Item {
            title: "GitHub".to_owned(),
            password: Some(Secret::copy_of(b"pw")),
            urls: vec!["https://github.com".to_owned()],
            folder: "/Work/".to_owned(),
            tags: vec!["code".to_owned()],
            ..Item::default()
        };
        item.push_field("PIN", FieldKind::Hidden, "1234");
        item
    }

    #[test]
    fn each_entry_makes_one_item_known() {
        let mut known = known();
        known.learn(&github());
        assert_eq!(known.judge(&mut github()), Verdict::Known);
        assert_eq!(known.judge(&mut github()), Verdict::New);
    }

    #[test]
    fn what_a_person_would_not_see_does_not_count() {
        let mut known = known();
        known.learn(&github());
        let mut same = Item { folder: "Work".to_owned(), trashed: true, ..github() };
        same.created = Some(Timestamp(5));
        same.note = Some(Secret::copy_of(b""));
        same.tags.push(String::new());
        assert_eq!(known.judge(&mut same), Verdict::Known);
    }

    #[test]
    fn everything_else_counts() {
        let changes: [fn(&mut Item); 22] = [
            |item| item.title.push('x'),
            |item| item.username.push('x'),
            |item| item.kind = "server".to_owned(),
            |item| item.password = None,
            |item| item.note = Some(Secret::copy_of(b"pw")),
            |item| item.totp = Some(Secret::copy_of(b"pw")),
            |item| item.urls.push("x".to_owned()),
            |item| item.folder.push('x'),
            |item| item.tags = vec!["co".to_owned(), "de".to_owned()],
            |item| item.favourite = true,
            |item| item.passkeys.push(Secret::copy_of(b"{}")),
            |item| item.fields.clear(),
            |item| item.fields[0].kind = FieldKind::Text,
            |item| item.fields[0].name.push('x'),
            |item| item.fields[0].ticked_off = true,
            |item| item.upkeep.expiry = Some(Timestamp(0)),
            |item| item.upkeep.policy.push('x'),
            |item| item.upkeep.pending = Some(Secret::copy_of(b"pw")),
            |item| item.upkeep.reminder = Some(0),
            |item| item.upkeep.signs_in_with = Some(Id([0; 16])),
            |item| item.upkeep.exceptions.push(Exception { kind: String::new(), reason: String::new() }),
            |item| {
                item.attachments.push(Attachment { name: "a".to_owned(), content: Secret::copy_of(b"a") });
            },
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let (mut known, mut item) = (known(), github());
            known.learn(&github());
            change(&mut item);
            assert_eq!(known.judge(&mut item), Verdict::New, "change {index}");
        }
    }

    #[test]
    fn files_are_known_in_any_order() {
        let item = |names: [&str; 2]| {
            let file = |name: &str| Attachment { name: name.to_owned(), content: Secret::copy_of(b"a") };
            Item { attachments: names.map(file).into(), ..github() }
        };
        let mut known = known();
        known.learn(&item(["a", "b"]));
        assert_eq!(known.judge(&mut item(["b", "a"])), Verdict::Known);
        assert_eq!(known.judge(&mut item(["b", "b"])), Verdict::New);
    }

    #[test]
    fn an_id_is_given_once() {
        let mut known = known();
        let id = Some(Id([1; 16]));
        known.learn(&Item { id, ..github() });
        let mut other = Item { id, title: "other".to_owned(), ..Item::default() };
        assert_eq!((known.judge(&mut other), other.id), (Verdict::NewId, None));
        let twice = || Item { id: Some(Id([2; 16])), title: "twice".to_owned(), ..Item::default() };
        assert_eq!((known.judge(&mut twice()), known.judge(&mut twice())), (Verdict::New, Verdict::NewId));
        assert_eq!(known.judge(&mut Item { id, ..github() }), Verdict::Known);
    }
}
