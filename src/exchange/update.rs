//! An entry of a source that the vault has in another state: which entry is meant, and what would have to
//! change for it to be as the source says.
//!
//! An update never takes away: a value that the source lacks stays, lists (URLs, tags, custom fields, files,
//! passkeys) are joined, and what is replaced becomes history. So a source that holds less than the vault,
//! as a table of three columns does, costs nothing.

use super::opened::{Opened, open};
use crate::crypto::derive::{Key, hmac_sha256};
use crate::crypto::random::{Random, RandomError, array};
use crate::secret::Secret;
use crate::vault::edit::Change;
use crate::vault::item::{Attachment, Item, ItemField, PastValue, Upkeep};
use crate::vault::seal::Seal;
use crate::vault::{Entry, Id, folder, kinds};

/// Which entries of a vault the items of a source are meant for.
///
/// The same id is meant; without one, the same kind, title, user name and first URL, if one entry alone is
/// called so in the vault and one item alone in the source, once those that are equal are left out.
pub struct Counterparts {
    key: Key,
    /// By name, those of one name by fingerprint, once they were asked for.
    entries: Vec<Candidate>,
    /// Places in `entries`, by id; empty until they were asked for.
    by_id: Vec<u32>,
    /// Comparisons made.
    #[cfg(test)]
    compared: std::cell::Cell<u64>,
}

/// An entry of the vault that items may be meant for. A million of them are held at once.
struct Candidate {
    /// What it is called, and its content: 128 bits of a keyed digest each, which nobody can make collide.
    name: [u8; 16],
    fingerprint: [u8; 16],
    id: Id,
    /// At the first of equal ones: how many of them were passed over already.
    passed: u32,
    /// At the first of one name: items of the source that no entry was equal to.
    items: u32,
    /// Whether an item was equal to it, or it was given to one.
    is_taken: bool,
    /// Whether it was asked for by its id.
    is_asked: bool,
}

impl Counterparts {
    /// None yet.
    ///
    /// # Errors
    /// As `random`.
    pub fn new(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut key: [u8; 32] = array(random)?;
        let counterparts = Self {
            key: Key::copy_of(&key),
            entries: Vec::new(),
            by_id: Vec::new(),
            #[cfg(test)]
            compared: std::cell::Cell::new(0),
        };
        zeroize::Zeroize::zeroize(&mut key);
        Ok(counterparts)
    }

    /// Learns an entry of the vault, with the fingerprint that [`super::Known`] gave it.
    pub fn learn(&mut self, id: Id, item: &Item, fingerprint: [u8; 32]) {
        let (name, fingerprint) = (self.name(item), half(fingerprint));
        let (passed, items, is_taken, is_asked) = (0, 0, false, false);
        self.by_id.clear();
        self.entries.push(Candidate { name, fingerprint, id, passed, items, is_taken, is_asked });
    }

    /// Takes away an entry that an item of this fingerprint is equal to, and says which; none where it is in
    /// the trash.
    pub fn equal(&mut self, item: &Item, fingerprint: [u8; 32]) -> Option<Id> {
        self.sort();
        let wanted = (self.name(item), half(fingerprint));
        let first = self.first(|entry| (entry.name, entry.fingerprint) < wanted);
        let passed = |entry: &Candidate| entry.passed as usize;
        let mut at = first + self.entries.get(first).map_or(0, passed);
        let found = loop {
            self.count();
            let entry = self.entries.get_mut(at).filter(|entry| (entry.name, entry.fingerprint) == wanted);
            let Some(entry) = entry else { break None };
            at += 1;
            if !std::mem::replace(&mut entry.is_taken, true) {
                break Some(entry.id);
            }
        };
        // What was passed over once is never looked at again, so that any number of equal ones costs no more.
        if let Some(entry) = self.entries.get_mut(first) {
            entry.passed = u32::try_from(at - first).unwrap_or(u32::MAX);
        }
        found
    }

    /// Whether an item that no entry is equal to may be meant for one. Asked once for each; which one it is
    /// can be told when all have been asked for.
    pub fn may_have(&mut self, item: &Item) -> bool {
        self.sort();
        if item.id.is_some_and(|id| self.place(id).is_some()) {
            return true;
        }
        let name = self.name(item);
        let first = self.first(|entry| entry.name < name);
        let first = self.entries.get_mut(first).filter(|entry| entry.name == name);
        first.map(|entry| entry.items += 1).is_some()
    }

    /// The entry that an item is meant for. Each is given once.
    pub fn of(&mut self, item: &Item) -> Option<Id> {
        self.sort();
        let at = match item.id.and_then(|id| self.place(id)) {
            Some(at) => at,
            None => self.only_namesake(item)?,
        };
        let entry = self.entries.get_mut(at)?;
        entry.is_asked = true;
        (!std::mem::replace(&mut entry.is_taken, true)).then_some(entry.id)
    }

    /// Where the one entry stands that is called as `item` is, if that is the one item called so.
    fn only_namesake(&self, item: &Item) -> Option<usize> {
        let name = self.name(item);
        let first = self.first(|entry| entry.name < name);
        let namesakes = self.entries.get(first..).unwrap_or_default();
        if namesakes.first().is_none_or(|entry| entry.name != name || entry.items != 1) {
            return None;
        }
        let namesakes = namesakes.iter().take_while(|entry| entry.name == name);
        let mut left = namesakes.zip(first..).filter(|(entry, _)| !entry.is_taken);
        left.next().filter(|_| left.next().is_none()).map(|(_, at)| at)
    }

    /// Where the entry of this id stands, if it was not asked for yet.
    fn place(&self, id: Id) -> Option<usize> {
        let entry = |at: u32| self.entries.get(at as usize);
        let first = self.by_id.partition_point(|at| entry(*at).is_some_and(|entry| entry.id < id));
        let at = *self.by_id.get(first)?;
        entry(at).filter(|entry| entry.id == id && !entry.is_asked).map(|_| at as usize)
    }

    /// Where the first entry stands that is not `before`.
    fn first(&self, before: impl Fn(&Candidate) -> bool) -> usize {
        self.entries.partition_point(|entry| {
            self.count();
            before(entry)
        })
    }

    /// Sorts what was learned since.
    fn sort(&mut self) {
        if self.by_id.len() == self.entries.len() {
            return;
        }
        self.entries.sort_unstable_by_key(|entry| (entry.name, entry.fingerprint, entry.id));
        self.by_id = (0_u32..).zip(&self.entries).map(|(at, _)| at).collect();
        let entries = &self.entries;
        self.by_id.sort_unstable_by_key(|at| entries.get(*at as usize).map(|entry| entry.id));
    }

    #[cfg_attr(not(test), allow(clippy::unused_self))]
    fn count(&self) {
        #[cfg(test)]
        self.compared.set(self.compared.get() + 1);
    }

    /// HMAC-SHA-256(key, name), where each part comes with its length; the first half of it.
    fn name(&self, item: &Item) -> [u8; 16] {
        let url = item.urls.iter().find(|url| !url.is_empty()).map_or("", String::as_str);
        let kind = if item.kind.is_empty() { kinds::LOGIN } else { &item.kind };
        let parts = [kind, &item.title, &item.username, url].map(str::as_bytes);
        let lengths = parts.map(|part| (part.len() as u64).to_le_bytes());
        let parts: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(len, part)| [len.as_slice(), part]).collect();
        half(hmac_sha256(&self.key, &parts))
    }
}

/// The first half of a digest.
fn half(digest: [u8; 32]) -> [u8; 16] {
    digest.first_chunk().copied().unwrap_or_default()
}

/// A change and the name of the field that it concerns, for a sentence.
pub type Named = (String, Change);

/// A field by name, the vault's value, the source's, and the change that sets it.
type Compared<'i, T> = (&'static str, &'i T, &'i T, fn(T) -> Change);

/// What makes `entry` as `item` says. Empty where it says nothing new.
pub fn changes(entry: Entry<'_>, seal: &dyn Seal, item: &Item) -> Vec<Named> {
    let current = &Opened::of(entry, seal).item;
    let mut changes = Vec::new();
    let mut push = |name: &str, change| changes.push((name.to_owned(), change));
    let texts: [Compared<'_, String>; 3] = [
        ("title", &current.title, &item.title, Change::Title),
        ("user name", &current.username, &item.username, Change::Username),
        ("kind", &current.kind, &item.kind, Change::Kind),
    ];
    for (name, current, given, change) in texts {
        if !given.is_empty() && given != current {
            push(name, change(given.clone()));
        }
    }
    let secrets: [Compared<'_, Option<Secret>>; 4] = [
        ("password", &current.password, &item.password, Change::Password),
        ("note", &current.note, &item.note, Change::Note),
        ("one-time code", &current.totp, &item.totp, Change::Otp),
        ("pending password", &current.upkeep.pending, &item.upkeep.pending, Change::PendingPassword),
    ];
    for (name, current, given, change) in secrets {
        let Some(given) = given.as_ref().filter(|given| !given.is_empty()) else { continue };
        if current.as_ref().is_none_or(|current| current.expose() != given.expose()) {
            push(name, change(Some(Secret::copy_of(given.expose()))));
        }
    }
    let path = folder::normal(&item.folder);
    if !path.is_empty() && path != folder::normal(&current.folder) {
        push("folder", Change::Folder(path));
    }
    if let Some(urls) = joined(&item.urls, &current.urls).filter(|urls| *urls != current.urls) {
        push("URL", Change::Urls(urls));
    }
    if let Some(tags) = joined(&current.tags, &item.tags).filter(|tags| *tags != current.tags) {
        push("tags", Change::Tags(tags));
    }
    if item.favourite && !current.favourite {
        push("favourite", Change::Favourite(true));
    }
    fields(entry, seal, &item.fields, &mut changes);
    for file in &item.attachments {
        let is_same =
            |known: &Attachment| known.name == file.name && known.content.expose() == file.content.expose();
        if !current.attachments.iter().any(is_same) {
            let content = Secret::copy_of(file.content.expose());
            changes.push((file.name.clone(), Change::Attach { name: file.name.clone(), content }));
        }
    }
    for passkey in &item.passkeys {
        if current.passkeys.iter().all(|known| known.expose() != passkey.expose()) {
            changes.push(("passkey".to_owned(), Change::Passkey(Secret::copy_of(passkey.expose()))));
        }
    }
    upkeep(&current.upkeep, &item.upkeep, &mut changes);
    changes.extend(history(current, item));
    changes
}

/// Adds the earlier values of `item` that the vault's does not have; none where it has all.
pub fn history(current: &Item, item: &Item) -> Option<Named> {
    let is_known = |past: &PastValue| {
        let mut known = current.history.iter().filter(|known| known.field == past.field);
        known.any(|known| known.value.expose() == past.value.expose())
    };
    let past: Vec<PastValue> = item.history.iter().filter(|past| !is_known(past)).map(copy).collect();
    (!past.is_empty()).then(|| ("history".to_owned(), Change::Past(past)))
}

fn copy(PastValue { field, value, time }: &PastValue) -> PastValue {
    PastValue { field: field.clone(), value: Secret::copy_of(value.expose()), time: *time }
}

/// `first`, and of `others` what it lacks; none where `first` and `others` are empty.
fn joined(first: &[String], others: &[String]) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::with_capacity(first.len() + others.len());
    for text in first.iter().chain(others).filter(|text| !text.is_empty()) {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    Some(all).filter(|all| !all.is_empty())
}

/// Custom fields: the first of a label is meant for the first of that label, and so on.
fn fields(entry: Entry<'_>, seal: &dyn Seal, given: &[ItemField], changes: &mut Vec<Named>) {
    let mut left = entry.fields();
    let mut new = Vec::new();
    for field in given {
        let ItemField { name, kind, value, ticked_off } = field;
        let Some(at) = left.iter().position(|known| known.label == name) else {
            let value = Secret::copy_of(value.expose());
            new.push(ItemField { name: name.clone(), kind: *kind, value, ticked_off: *ticked_off });
            continue;
        };
        let known = left.remove(at);
        let is_same = known.kind == *kind
            && open(known.value, seal).is_some_and(|known| known.expose() == value.expose());
        if !is_same {
            let (id, value) = (Some(known.id), Secret::copy_of(value.expose()));
            changes.push((name.clone(), Change::Field { id, name: name.clone(), kind: *kind, value }));
        }
        if *ticked_off && !known.ticked_off {
            changes.push((name.clone(), Change::TickedOff { field: known.id, used: true }));
        }
    }
    if let Some(first) = new.first() {
        changes.push((first.name.clone(), Change::Fields(new)));
    }
}

fn upkeep(current: &Upkeep, given: &Upkeep, changes: &mut Vec<Named>) {
    let mut push = |name: &str, change| changes.push((name.to_owned(), change));
    if given.expiry.is_some() && given.expiry != current.expiry {
        push("expiry", Change::Expiry(given.expiry));
    }
    if !given.policy.is_empty() && given.policy != current.policy {
        push("recipe", Change::Policy(given.policy.clone()));
    }
    if given.reminder.is_some() && given.reminder != current.reminder {
        push("reminder", Change::Reminder(given.reminder));
    }
    if given.signs_in_with.is_some() && given.signs_in_with != current.signs_in_with {
        push("sign-in", Change::SignsInWith(given.signs_in_with));
    }
    for exception in given.exceptions.iter().filter(|given| !current.exceptions.contains(given)) {
        let (kind, reason) = (exception.kind.clone(), Some(exception.reason.clone()));
        push("exception", Change::Except { kind, reason });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    const COUNT: u32 = 100_000;

    fn id(number: u32) -> Id {
        let mut id = Id([0; 16]);
        id.0[12..].copy_from_slice(&number.to_be_bytes());
        id
    }

    fn digest(number: u32) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&number.to_le_bytes());
        digest
    }

    fn item() -> Item {
        Item { title: "Mail".to_owned(), username: "ann".to_owned(), ..Item::default() }
    }

    /// Entries of one name, each with the fingerprint that `fingerprint` gives it.
    fn namesakes(fingerprint: fn(u32) -> u32) -> Counterparts {
        let mut counterparts = Counterparts::new(&mut SeededRandom::new(1)).unwrap();
        (0..COUNT).for_each(|number| counterparts.learn(id(number), &item(), digest(fingerprint(number))));
        counterparts
    }

    #[test]
    fn any_number_of_namesakes_takes_a_few_comparisons_each() {
        // All different, in the order in which a search from the start would take longest; and all alike.
        for fingerprint in [|number| number, |_| 7] {
            let mut counterparts = namesakes(fingerprint);
            let mut found: Vec<Id> = (0..COUNT)
                .rev()
                .map(|number| counterparts.equal(&item(), digest(fingerprint(number))).unwrap())
                .collect();
            assert_eq!(counterparts.equal(&item(), digest(7)), None, "each is given once");
            let most = u64::from(COUNT) * 24;
            assert!(counterparts.compared.get() < most, "{} comparisons", counterparts.compared.get());
            found.sort_unstable();
            assert!(found.iter().copied().eq((0..COUNT).map(id)));
        }
    }

    #[test]
    fn one_left_of_many_is_meant() {
        let mut counterparts = namesakes(|number| number);
        (1..COUNT).for_each(|number| _ = counterparts.equal(&item(), digest(number)));
        assert!(counterparts.may_have(&item()));
        assert_eq!((counterparts.of(&item()), counterparts.of(&item())), (Some(id(0)), None));
    }

    #[test]
    fn which_one_is_meant_is_not_guessed() {
        let mut counterparts = namesakes(|number| number);
        assert!(counterparts.may_have(&item()));
        assert_eq!(counterparts.of(&item()), None);
        let by_id = |number| Item { id: Some(id(number)), ..item() };
        assert_eq!(counterparts.equal(&item(), digest(5)), Some(id(5)));
        assert_eq!(counterparts.of(&by_id(5)), None, "an item was equal to it");
        assert_eq!(counterparts.of(&by_id(6)), Some(id(6)));
        assert_eq!(counterparts.equal(&item(), digest(6)), None, "it was given");
        assert!(!counterparts.may_have(&Item { title: "Post".to_owned(), ..item() }));
    }
}
