//! An entry of the vault in plain, all of its sealed values opened: what an exporter writes, and what an
//! import is compared with. It is wiped when dropped, so entries are opened one at a time.

use crate::secret::Secret;
use crate::vault::Entry;
use crate::vault::entry::{State, UNREADABLE, Value};
use crate::vault::item::{Attachment, Exception, Item, ItemField, PastValue, Upkeep};
use crate::vault::seal::Seal;

/// An entry in plain, as far as it could be opened.
#[derive(Debug)]
pub struct Opened {
    /// The entry.
    pub item: Item,
    /// Names of the fields that were tampered with, are damaged, or are of a later version of this program;
    /// they are missing from the item. Hostile text.
    pub unreadable: Vec<String>,
}

/// The secret of a value; nothing where it cannot be opened.
pub(super) fn open(value: Value<'_>, seal: &dyn Seal) -> Option<Secret> {
    match value {
        Value::Text(text) => Some(Secret::copy_of(text.as_bytes())),
        Value::Sealed(place, sealed) => seal.open(place, sealed).ok(),
        Value::Unreadable => None,
    }
}

impl Opened {
    /// Opens every value of `entry`.
    pub fn of(entry: Entry<'_>, seal: &dyn Seal) -> Self {
        let mut unreadable = Vec::new();
        let mut lost = |name: &str| {
            unreadable.push(name.to_owned());
            None
        };
        let mut single = |name: &str, value: Option<Value<'_>>| {
            let value = value?;
            open(value, seal).or_else(|| lost(name))
        };
        let password = single("password", entry.password());
        let note = single("note", entry.note());
        let totp = single("totp", entry.otp());
        let pending = single("pending password", entry.pending_password());
        let fields = entry.fields().into_iter().filter_map(|field| {
            let value = single(field.label, Some(field.value))?;
            let (name, kind, ticked_off) = (field.label.to_owned(), field.kind, field.ticked_off);
            Some(ItemField { name, kind, value, ticked_off })
        });
        let fields = fields.collect();
        let history = entry.history().into_iter().filter_map(|past| {
            let value = single(past.name, Some(past.value))?;
            Some(PastValue { field: past.name.to_owned(), value, time: past.time })
        });
        let history = history.collect();
        let passkeys = entry.passkeys().into_iter().filter_map(|value| single("passkey", Some(value)));
        let passkeys = passkeys.collect();
        let attachments = entry.attachments().into_iter().filter_map(|file| {
            let parts: Option<Vec<Secret>> = file.parts.iter().map(|part| open(*part, seal)).collect();
            let parts = parts.filter(|parts| parts.len() == file.manifest.parts.len());
            let parts = parts.or_else(|| {
                lost(&file.manifest.name);
                None
            })?;
            let content = Secret::concat(&parts.iter().map(Secret::expose).collect::<Vec<_>>());
            Some(Attachment { name: file.manifest.name, content })
        });
        let attachments = attachments.collect();
        // Text that cannot be read shows as such, and is told.
        let mut texts = |name: &str, texts: Vec<&str>| {
            let bad = texts.iter().filter(|text| **text == UNREADABLE);
            unreadable.extend(bad.map(|_| name.to_owned()));
            texts.into_iter().map(str::to_owned).collect::<Vec<String>>()
        };
        let mut text = |name: &str, value: &str| texts(name, vec![value]).pop().unwrap_or_default();
        let (kind, title) = (text("kind", entry.kind_name()), text("title", entry.title()));
        let (username, folder) = (text("username", entry.username()), text("folder", entry.folder()));
        let policy = text("policy", entry.policy());
        let exceptions = entry
            .exceptions()
            .into_iter()
            .map(|(kind, reason)| Exception { kind: text("exception", kind), reason: reason.to_owned() });
        let upkeep = Upkeep {
            expiry: entry.expiry(),
            policy,
            pending,
            reminder: entry.reminder(),
            signs_in_with: entry.signs_in_with(),
            exceptions: exceptions.collect(),
        };
        let (urls, tags) = (texts("url", entry.urls()), texts("tag", entry.tags()));
        let item = Item {
            id: Some(entry.id()),
            kind,
            title,
            username,
            folder,
            urls,
            tags,
            password,
            note,
            totp,
            favourite: entry.is_favourite(),
            trashed: entry.state() == State::Trash,
            created: Some(entry.created()),
            modified: Some(entry.modified()),
            last_used: entry.last_used(),
            fields,
            history,
            attachments,
            passkeys,
            upkeep,
        };
        Self { item, unreadable }
    }
}
