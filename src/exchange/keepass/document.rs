//! The tree of a database, read in one pass: what its entries share comes first, then groups within groups,
//! of which only the way down to the current one is kept.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use flate2::read::GzDecoder;
use zeroize::Zeroizing;

use super::super::base64::Base64;
use super::super::tables::keepass::ROOT;
use super::super::{Each, Outcome, Place, Row};
use super::entry::{Entry, custom_data, id, moment, tags, text};
use super::error::KeePassError;
use super::item;
use super::labels;
use super::payload::bounded;
use super::xml::{Tag, Xml, decoded};
use crate::crypto::derive::sha256;
use crate::secret::Secret;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::{self, FieldKind};
use crate::vault::{Id, folder};

/// Groups within groups.
const MOST_GROUPS: usize = 200;
/// Bytes that any file may unpack to, and how many times its size if that is more.
const MOST_UNPACKED: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;

/// What entries refer to.
#[derive(Debug, Default)]
pub struct Shared {
    /// Files by their number.
    pub files: HashMap<String, Rc<Secret>>,
    /// Icons as data URIs.
    pub icons: HashMap<Id, Secret>,
}

/// Where the XML comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'h> {
    /// A KDBX file: the group around all is the database. With its header, whose digest may stand within.
    Kdbx(&'h [u8]),
    /// A plain export, which may be one of a single group: the name of the outermost counts, unless it is the one
    /// that KeePassXC gives to the group around all.
    Export,
}

/// A group that is open.
#[derive(Default)]
struct Group {
    id: Option<Id>,
    path: String,
    name: String,
    is_trash: bool,
    is_used: bool,
    note: Option<Secret>,
    tags: Vec<String>,
    extras: Vec<ItemField>,
    times: [Option<crate::time::Timestamp>; 2],
}

/// Reads a database.
pub struct Document<'h, R> {
    xml: Xml<R>,
    shared: Shared,
    origin: Origin<'h>,
    trash: Option<Id>,
    paths: HashMap<Id, String>,
    about: Item,
    count: u64,
}

impl<'h, R: BufRead> Document<'h, R> {
    /// The database in this XML, of which `shared` is known already.
    pub fn new(xml: Xml<R>, shared: Shared, origin: Origin<'h>) -> Self {
        let about = Item { kind: kinds::NOTE.to_owned(), ..Item::default() };
        Self { xml, shared, origin, trash: None, paths: HashMap::new(), about, count: 0 }
    }

    /// Adds what stands outside of the XML.
    pub fn keep(&mut self, fields: impl IntoIterator<Item = ItemField>) {
        self.about.fields.extend(fields);
    }

    /// Hands on every entry.
    ///
    /// # Errors
    /// [`KeePassError`].
    pub fn read(mut self, each: &mut Each<'_>) -> Result<(), KeePassError> {
        match self.xml.child()? {
            Some(tag) if tag.name == "KeePassFile" => {}
            _ => return Err(KeePassError::NotKeePass),
        }
        while let Some(tag) = self.xml.child()? {
            match tag.name.as_str() {
                "Meta" => self.read_meta()?,
                "Root" => {
                    if self.read_root(each)?.is_break() {
                        return Ok(());
                    }
                }
                _ => drop(self.xml.content(&tag)?),
            }
        }
        // Its name alone is the name of the file.
        if self.about.note.is_some() || !self.about.fields.is_empty() {
            let about = std::mem::take(&mut self.about);
            let _ = self.hand(about, Vec::new(), each);
        }
        Ok(())
    }

    fn read_meta(&mut self) -> Result<(), KeePassError> {
        let mut trash = (true, None);
        while let Some(tag) = self.xml.child()? {
            match tag.name.as_str() {
                "CustomIcons" => self.read_icons()?,
                "Binaries" => self.read_files()?,
                "CustomData" => {
                    let data = custom_data(&mut self.xml)?;
                    let data = data.into_iter().filter(|(name, _)| !is_book_keeping(name));
                    self.keep(data.map(|(name, value)| field(&name, FieldKind::Hidden, value)));
                }
                name => {
                    let value = self.xml.content(&tag)?;
                    match name {
                        "HeaderHash" => self.check_header(&value)?,
                        "DatabaseName" => self.about.title = text(&value),
                        "DatabaseDescription" => {
                            self.about.note = Some(value).filter(|note| !note.is_empty())
                        }
                        "DefaultUserName" if !value.is_empty() => {
                            self.keep([field("Default user name", FieldKind::Text, value)]);
                        }
                        "RecycleBinEnabled" => trash.0 = !value.expose().eq_ignore_ascii_case(b"false"),
                        "RecycleBinUUID" => trash.1 = id(&value),
                        // Settings of the other program.
                        _ => {}
                    }
                }
            }
        }
        if self.about.title.is_empty() {
            self.about.title = "KeePass database".to_owned();
        }
        // A bin that was switched off is still the bin of what is in it.
        self.trash = trash.1;
        Ok(())
    }

    /// Version 3 has nothing else that guards its header.
    fn check_header(&self, digest: &Secret) -> Result<(), KeePassError> {
        let Origin::Kdbx(header) = self.origin else { return Ok(()) };
        let digest = decoded(digest.expose()).filter(|digest| !digest.is_empty());
        if digest.is_some_and(|digest| !digest.same_as(&sha256(&[header]))) {
            return Err(KeePassError::Damaged("its header was changed"));
        }
        Ok(())
    }

    fn read_icons(&mut self) -> Result<(), KeePassError> {
        while let Some(tag) = self.xml.child()? {
            if tag.name != "Icon" {
                self.xml.content(&tag)?;
                continue;
            }
            let (mut key, mut data) = (None, Secret::with_capacity(0));
            while let Some(tag) = self.xml.child()? {
                let value = self.xml.content(&tag)?;
                match tag.name.as_str() {
                    "UUID" => key = id(&value),
                    "Data" => data = value,
                    _ => {}
                }
            }
            let picture = decoded(data.expose()).unwrap_or(data);
            let uri = format!("data:image/png;base64,{}", Base64(picture.expose()));
            self.shared.icons.extend(key.map(|key| (key, Secret::from_text(uri))));
        }
        Ok(())
    }

    fn read_files(&mut self) -> Result<(), KeePassError> {
        while let Some(tag) = self.xml.child()? {
            let content = self.xml.content(&tag)?;
            if let Some(key) = tag.attribute("ID") {
                self.shared.files.insert(key.to_owned(), Rc::new(unpacked(&tag, content)?));
            }
        }
        Ok(())
    }

    fn read_root(&mut self, each: &mut Each<'_>) -> Result<ControlFlow<()>, KeePassError> {
        while let Some(tag) = self.xml.child()? {
            if tag.name != "Group" {
                // Ids of what was deleted.
                self.xml.content(&tag)?;
            } else if self.read_groups(each)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads a group and all within it.
    fn read_groups(&mut self, each: &mut Each<'_>) -> Result<ControlFlow<()>, KeePassError> {
        let mut open = vec![Group::default()];
        while let Some(group) = open.last_mut() {
            let Some(tag) = self.xml.child()? else {
                let group = open.pop().unwrap_or_default();
                if self.close(group, each).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            };
            match tag.name.as_str() {
                "Entry" => {
                    group.is_used = true;
                    let entry = Entry::read(&mut self.xml, &self.shared)?;
                    let mut remarks = Vec::new();
                    let previous = entry.previous_group.and_then(|id| self.paths.get(&id));
                    let path = previous.filter(|_| group.is_trash).unwrap_or(&group.path);
                    let item = item::of(&entry, path, group.is_trash, &mut remarks);
                    if self.hand(item, remarks, each).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                "Group" => {
                    group.is_used = true;
                    let (path, is_trash) = (group.path.clone(), group.is_trash);
                    open.push(Group { path, is_trash, ..Group::default() });
                    if open.len() > MOST_GROUPS {
                        return Err(KeePassError::HostileXml("groups nested too deep"));
                    }
                }
                _ => self.read_group_part(&tag, &mut open)?,
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn read_group_part(&mut self, tag: &Tag, open: &mut [Group]) -> Result<(), KeePassError> {
        let is_outermost = open.len() == 1;
        let Some(group) = open.last_mut() else { return Ok(()) };
        match tag.name.as_str() {
            "Times" => {
                while let Some(tag) = self.xml.child()? {
                    let value = self.xml.content(&tag)?;
                    match tag.name.as_str() {
                        "CreationTime" => group.times[0] = moment(&value),
                        "LastModificationTime" => group.times[1] = moment(&value),
                        _ => {}
                    }
                }
                return Ok(());
            }
            "CustomData" => {
                let data = custom_data(&mut self.xml)?.into_iter();
                let data = data.filter(|(name, _)| !is_book_keeping(name));
                group.extras.extend(data.map(|(name, value)| field(&name, FieldKind::Hidden, value)));
                return Ok(());
            }
            _ => {}
        }
        let value = self.xml.content(tag)?;
        match tag.name.as_str() {
            "UUID" => {
                group.id = id(&value);
                let is_bin = group.id.is_some() && group.id == self.trash;
                group.is_trash |= is_bin;
                if is_bin {
                    group.path = String::new();
                }
            }
            "Name" => {
                group.name = text(&value);
                let is_bin = group.id.is_some() && group.id == self.trash;
                let is_database = is_outermost && (self.origin != Origin::Export || group.name == ROOT);
                if !is_database && !is_bin {
                    let mut names = folder::split(&group.path);
                    names.push(group.name.clone());
                    group.path = folder::join(names.iter().map(String::as_str));
                }
                self.paths.extend(group.id.map(|id| (id, group.path.clone())));
            }
            "Notes" => group.note = Some(value).filter(|note| !note.is_empty()),
            "Tags" => group.tags = tags(&value),
            "DefaultAutoTypeSequence" if !value.is_empty() => {
                let label = "KeePass auto-type sequence";
                group.extras.push(ItemField { name: label.to_owned(), ..field("", FieldKind::Text, value) });
            }
            // How the group looks, and whether it is searched.
            _ => {}
        }
        Ok(())
    }

    /// What a group says about itself becomes a note in its folder.
    fn close(&mut self, group: Group, each: &mut Each<'_>) -> ControlFlow<()> {
        let [created, modified] = group.times;
        if group.note.is_some() || !group.tags.is_empty() || !group.extras.is_empty() {
            let title = if group.name.is_empty() { "KeePass group" } else { &group.name };
            let item = Item {
                // Its own id is one of a group.
                kind: kinds::NOTE.to_owned(),
                title: title.to_owned(),
                note: group.note,
                tags: group.tags,
                fields: group.extras,
                folder: group.path,
                trashed: group.is_trash,
                created,
                modified,
                ..Item::default()
            };
            return self.hand(item, Vec::new(), each);
        }
        if group.is_used || group.path.is_empty() {
            return ControlFlow::Continue(());
        }
        each(Row { place: Place::TopLevel, outcome: Outcome::Folder(group.path) })
    }

    fn hand(
        &mut self,
        item: Item,
        remarks: Vec<super::super::Remark>,
        each: &mut Each<'_>,
    ) -> ControlFlow<()> {
        self.count += 1;
        each(Row { place: Place::Entry(self.count), outcome: Outcome::of(item, remarks) })
    }
}

/// What programs note for themselves about the database.
fn is_book_keeping(name: &str) -> bool {
    const NAMES: [&str; 5] = [
        "_LAST_MODIFIED",
        "_CREATED",
        "KPXC_DECRYPTION_TIME_PREFERENCE",
        "KPXC_RANDOM_SLUG",
        "FDO_SECRETS_EXPOSED_GROUP",
    ];
    NAMES.contains(&name)
}

fn field(name: &str, kind: FieldKind, value: Secret) -> ItemField {
    let name = format!("{}{name}", if kind == FieldKind::Hidden { labels::CUSTOM_DATA } else { "" });
    ItemField { name, kind, value, ticked_off: false }
}

/// The content of a file that stands in the XML: in base 64 unless it was hidden, and perhaps compressed.
///
/// # Errors
/// [`KeePassError::Damaged`], [`KeePassError::Bomb`].
pub fn unpacked(tag: &Tag, content: Secret) -> Result<Secret, KeePassError> {
    const DAMAGED: &str = "a file in it cannot be read";
    let packed = match tag.says("Protected") {
        true => content,
        false => decoded(content.expose()).ok_or(KeePassError::Damaged(DAMAGED))?,
    };
    if !tag.says("Compressed") {
        return Ok(packed);
    }
    let mut plain = Zeroizing::new(Vec::new());
    let most = MOST_UNPACKED.max(MOST_RATIO * packed.len() as u64);
    let unpacked = bounded(GzDecoder::new(packed.expose()), most).read_to_end(&mut plain);
    unpacked.map_err(|error| KeePassError::of_io(&error, DAMAGED))?;
    Ok(Secret::copy_of(&plain))
}
