//! An entry of a source that the vault has in another state: which entry is meant, and what would have to
//! change for it to be as the source says.
//!
//! An update never takes away: a value that the source lacks stays, lists (URLs, tags, custom fields, files,
//! passkeys) are joined, and what is replaced becomes history. So a source that holds less than the vault,
//! as a table of three columns does, costs nothing.

use std::collections::HashMap;

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
    names: HashMap<[u8; 32], Namesakes>,
    ids: HashMap<Id, [u8; 32]>,
}

/// What is called alike.
#[derive(Default)]
struct Namesakes {
    /// Entries of the vault that no item of the source was equal to, with their content's fingerprint.
    entries: Vec<(Id, [u8; 32])>,
    /// Items of the source that no entry was equal to.
    items: u32,
}

impl Counterparts {
    /// None yet.
    ///
    /// # Errors
    /// As `random`.
    pub fn new(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut key: [u8; 32] = array(random)?;
        let counterparts = Self { key: Key::copy_of(&key), names: HashMap::new(), ids: HashMap::new() };
        zeroize::Zeroize::zeroize(&mut key);
        Ok(counterparts)
    }

    /// Learns an entry of the vault, with the fingerprint that [`super::Known`] gave it.
    pub fn learn(&mut self, id: Id, item: &Item, fingerprint: [u8; 32]) {
        let name = self.name(item);
        self.names.entry(name).or_default().entries.push((id, fingerprint));
        self.ids.insert(id, name);
    }

    /// Takes away an entry that an item of this fingerprint is equal to, and says which; none where it is in
    /// the trash.
    pub fn equal(&mut self, item: &Item, fingerprint: [u8; 32]) -> Option<Id> {
        let namesakes = self.names.get_mut(&self.name(item))?;
        let at = namesakes.entries.iter().position(|(_, known)| *known == fingerprint)?;
        Some(namesakes.entries.swap_remove(at).0)
    }

    /// Whether an item that no entry is equal to may be meant for one. Asked once for each; which one it is
    /// can be told when all have been asked for.
    pub fn may_have(&mut self, item: &Item) -> bool {
        if item.id.is_some_and(|id| self.ids.contains_key(&id)) {
            return true;
        }
        let name = self.name(item);
        let namesakes = self.names.get_mut(&name);
        namesakes.map(|namesakes| namesakes.items += 1).is_some()
    }

    /// The entry that an item is meant for. Each is given once.
    pub fn of(&mut self, item: &Item) -> Option<Id> {
        let by_id = item.id.filter(|id| self.ids.contains_key(id));
        let name = match by_id.and_then(|id| self.ids.remove(&id)) {
            Some(name) => name,
            None => self.name(item),
        };
        let namesakes = self.names.get_mut(&name)?;
        let id = match by_id {
            Some(id) => id,
            None if namesakes.items == 1 && namesakes.entries.len() == 1 => namesakes.entries.first()?.0,
            None => return None,
        };
        let before = namesakes.entries.len();
        namesakes.entries.retain(|(known, _)| *known != id);
        self.ids.remove(&id);
        (namesakes.entries.len() < before).then_some(id)
    }

    /// HMAC-SHA-256(key, name), where each part comes with its length.
    fn name(&self, item: &Item) -> [u8; 32] {
        let url = item.urls.iter().find(|url| !url.is_empty()).map_or("", String::as_str);
        let kind = if item.kind.is_empty() { kinds::LOGIN } else { &item.kind };
        let parts = [kind, &item.title, &item.username, url].map(str::as_bytes);
        let lengths = parts.map(|part| (part.len() as u64).to_le_bytes());
        let parts: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(len, part)| [len.as_slice(), part]).collect();
        hmac_sha256(&self.key, &parts)
    }
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
