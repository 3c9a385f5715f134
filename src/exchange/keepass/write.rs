//! KDBX 4.1 out: Argon2id, every value that is a secret hidden within, blocks encrypted and authenticated.
//!
//! Groups need all their entries together, so all are held, in locked memory, until the last has come. What
//! KeePass shows in another shape is carried in custom data ([`super::super::carried`]), so that our importer
//! finds the same items again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};
use std::rc::Rc;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::loss::{LossKind, Losses, without_bytes};
use super::super::{Fresh, carried};
use super::entry::Entry;
use super::markup::Markup;
use super::seal::Sealer;
use super::{compose, item};
use crate::crypto::derive::sha256;
use crate::crypto::kdbx::{Cipher, Keystream};
use crate::crypto::random::{RandomError, array};
use crate::secret::Secret;
use crate::vault::item::Item;
use crate::vault::{Id, folder};

/// Folders within folders; what lies deeper stands at this depth, and comes back deeper.
const MOST_DEPTH: usize = 100;

/// How a database is encrypted.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Of the whole.
    pub cipher: Cipher,
    /// Argon2id's memory in KiB.
    pub memory_kib: u32,
    /// Its passes.
    pub passes: u32,
    /// Its lanes.
    pub lanes: u32,
}

impl Settings {
    /// As much work as for a vault of ours, in 64 MiB, which phones have to give.
    pub const DEFAULT: Self = Self { cipher: Cipher::ChaCha20, memory_kib: 64 * 1024, passes: 12, lanes: 4 };
}

/// All that is written.
#[derive(Default)]
pub struct Database {
    /// Entries by folder.
    pub folders: BTreeMap<Vec<String>, Vec<Entry>>,
    /// Entries in the trash.
    pub trash: Vec<Entry>,
    /// Files, each content once.
    pub files: Vec<Rc<Secret>>,
    numbers: HashMap<[u8; 32], usize>,
}

/// What a database does not hold of `items`.
pub fn losses(items: &mut dyn Iterator<Item = Item>) -> Losses {
    let mut losses = Losses::default();
    for mut item in items {
        if without_bytes(&mut item) {
            losses.add(LossKind::NotText, &item.title);
        }
    }
    losses
}

/// Writes `items` as a database.
///
/// # Errors
/// As `out`, and where there is no password, no randomness or no memory.
pub fn write(
    items: &mut dyn Iterator<Item = Item>,
    settings: Settings,
    fresh: &mut Fresh<'_>,
    out: &mut dyn Write,
) -> io::Result<Losses> {
    let mut losses = Losses::default();
    let mut database = Database::default();
    let mut ids = HashSet::new();
    for mut item in items {
        if without_bytes(&mut item) {
            losses.add(LossKind::NotText, &item.title);
        }
        let id = item.id.filter(|id| id.0 != [0; 16] && ids.insert(*id));
        let id = id.map_or_else(|| array(fresh.random).map(Id), Ok).map_err(no_randomness)?;
        database.add(item, id);
    }
    let stream_key = Secret::copy_of(&array::<64>(fresh.random).map_err(no_randomness)?);
    let mut sealer = Sealer::new(settings, fresh, out)?;
    let mut packed = GzEncoder::new(&mut sealer, Compression::default());
    inner_field(&mut packed, 1, &[&3_u32.to_le_bytes()])?;
    inner_field(&mut packed, 2, &[stream_key.expose()])?;
    for file in &database.files {
        inner_field(&mut packed, 3, &[&[1], file.expose()])?;
    }
    inner_field(&mut packed, 0, &[])?;
    let mut markup = Markup::new(&mut packed, Keystream::chacha20(stream_key.expose()), fresh.now);
    markup.database(&database)?;
    packed.finish()?;
    sealer.finish()?;
    Ok(losses)
}

fn inner_field(out: &mut impl Write, kind: u8, parts: &[&[u8]]) -> io::Result<()> {
    let len = u32::try_from(parts.iter().map(|part| part.len()).sum::<usize>());
    let len = len.map_err(|_| io::Error::other("a file is too long for the format"))?;
    out.write_all(&[kind])?;
    out.write_all(&len.to_le_bytes())?;
    parts.iter().try_for_each(|part| out.write_all(part))
}

/// The error of a random generator that gives nothing.
pub fn no_randomness(error: RandomError) -> io::Error {
    io::Error::other(error)
}

/// The id of a folder's group: the same at each export, so that KeePass can tell what it knows.
pub fn group_id(names: &[String]) -> Id {
    let path = folder::join(names.iter().map(String::as_str));
    let digest = sha256(&[b"folder\0", path.as_bytes()]);
    Id(digest.first_chunk().copied().unwrap_or_default())
}

impl Database {
    fn add(&mut self, mut item: Item, id: Id) {
        let mut names = folder::split(&item.folder);
        names.truncate(MOST_DEPTH);
        let mut entry = compose::entry(&item);
        item.id = Some(id);
        entry.id = item.id;
        let path = folder::join(names.iter().map(String::as_str));
        let shown = item::of(&entry, &path, item.trashed, &mut Vec::new());
        let trashed = item.trashed;
        entry.carried = carried::difference(&item, &shown);
        for (_, content) in &mut entry.files {
            if let Some(content) = content {
                *content = self.share(content);
            }
        }
        let entries = self.folders.entry(names.clone()).or_default();
        if trashed {
            entry.previous_group = Some(group_id(&names));
            self.trash.push(entry);
        } else {
            entries.push(entry);
        }
    }

    /// The one copy of a content.
    fn share(&mut self, content: &Rc<Secret>) -> Rc<Secret> {
        let number = *self.numbers.entry(sha256(&[content.expose()])).or_insert_with(|| {
            self.files.push(Rc::clone(content));
            self.files.len() - 1
        });
        self.files.get(number).map_or_else(|| Rc::clone(content), Rc::clone)
    }

    /// The number of a shared content.
    pub fn number(&self, content: &Secret) -> usize {
        self.numbers.get(&sha256(&[content.expose()])).copied().unwrap_or_default()
    }
}
