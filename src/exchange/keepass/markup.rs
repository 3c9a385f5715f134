//! The XML of a database while it is written, straight to its output. Text that XML cannot hold (a control
//! character, say) is hidden as secrets are, since what is hidden may be any bytes.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::super::base64::Base64;
use super::super::carried;
use super::entry::{Entry, Times, seconds_of};
use super::labels;
use super::write::{Database, group_id};
use crate::crypto::derive::sha256;
use crate::crypto::kdbx::Keystream;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::Id;
use crate::vault::item::ItemField;

/// Name and icon of the groups that this program makes.
const ROOT: &str = "Root";
const BIN: &str = "Recycle Bin";
const FOLDER_ICON: &str = "48";
const BIN_ICON: &str = "43";

/// Writes XML.
pub struct Markup<W> {
    out: W,
    keystream: Keystream,
    now: Timestamp,
}

impl<W: Write> Markup<W> {
    /// To `out`, with `keystream` for what is hidden.
    pub fn new(out: W, keystream: Keystream, now: Timestamp) -> Self {
        Self { out, keystream, now }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// As the output.
    pub fn database(&mut self, database: &Database) -> io::Result<()> {
        self.out.write_all(b"<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n")?;
        self.open("KeePassFile")?;
        self.meta(database)?;
        self.open("Root")?;
        self.groups(database)?;
        self.element("DeletedObjects", b"")?;
        self.close("Root")?;
        self.close("KeePassFile")
    }

    fn meta(&mut self, database: &Database) -> io::Result<()> {
        self.open("Meta")?;
        self.element("Generator", b"tresor")?;
        self.element("DatabaseName", b"")?;
        self.open("MemoryProtection")?;
        for (name, value) in [
            ("ProtectTitle", "False"),
            ("ProtectUserName", "False"),
            ("ProtectPassword", "True"),
            ("ProtectURL", "False"),
            ("ProtectNotes", "False"),
        ] {
            self.element(name, value.as_bytes())?;
        }
        self.close("MemoryProtection")?;
        let icons = icons(database);
        if !icons.is_empty() {
            self.open("CustomIcons")?;
            for data in icons {
                self.open("Icon")?;
                self.id("UUID", icon_id(data))?;
                self.element("Data", data)?;
                self.close("Icon")?;
            }
            self.close("CustomIcons")?;
        }
        self.element("RecycleBinEnabled", b"True")?;
        let bin = if database.trash.is_empty() { Id([0; 16]) } else { bin_id() };
        self.id("RecycleBinUUID", bin)?;
        self.element("HistoryMaxItems", b"-1")?;
        self.element("HistoryMaxSize", b"-1")?;
        self.element("CustomData", b"")?;
        self.close("Meta")
    }

    /// Folders come sorted, parents before what is in them; one that holds folders only is made on the way.
    fn groups(&mut self, database: &Database) -> io::Result<()> {
        self.group(ROOT, group_id(&[]), FOLDER_ICON)?;
        let mut way: Vec<String> = Vec::new();
        for (names, entries) in &database.folders {
            let common = way.iter().zip(names).take_while(|(one, other)| one == other).count();
            while way.len() > common {
                way.pop();
                self.close("Group")?;
            }
            for name in names.iter().skip(common) {
                way.push(name.clone());
                self.group(name, group_id(&way), FOLDER_ICON)?;
            }
            entries.iter().try_for_each(|entry| self.entry(entry, database))?;
        }
        for _ in &way {
            self.close("Group")?;
        }
        if !database.trash.is_empty() {
            self.group(BIN, bin_id(), BIN_ICON)?;
            database.trash.iter().try_for_each(|entry| self.entry(entry, database))?;
            self.close("Group")?;
        }
        self.close("Group")
    }

    fn group(&mut self, name: &str, id: Id, icon: &str) -> io::Result<()> {
        self.open("Group")?;
        self.id("UUID", id)?;
        self.element("Name", name.as_bytes())?;
        self.element("IconID", icon.as_bytes())?;
        let now = Some(self.now);
        self.times(&Times { created: now, modified: now, accessed: now, expiry: None })?;
        self.element("IsExpanded", b"True")
    }

    fn entry(&mut self, entry: &Entry, database: &Database) -> io::Result<()> {
        self.entry_parts(entry, entry.id.unwrap_or_default(), database)?;
        self.open("History")?;
        for past in &entry.history {
            self.entry_parts(past, entry.id.unwrap_or_default(), database)?;
            self.close("Entry")?;
        }
        self.close("History")?;
        self.close("Entry")
    }

    /// An entry but for its older versions and its end.
    fn entry_parts(&mut self, entry: &Entry, id: Id, database: &Database) -> io::Result<()> {
        self.open("Entry")?;
        self.id("UUID", id)?;
        for (name, _, default) in labels::ELEMENTS {
            let value = entry
                .extras
                .iter()
                .find(|extra| labels::element_of(&labels::ELEMENTS, &extra.name) == Some(name));
            self.element(name, value.map_or(default.as_bytes(), |extra| extra.value.expose()))?;
            if let (Some(data), "IconID") = (picture(entry), name) {
                self.id("CustomIconUUID", icon_id(data))?;
            }
        }
        self.element("Tags", entry.tags.join(";").as_bytes())?;
        if let Some(group) = entry.previous_group {
            self.id("PreviousParentGroup", group)?;
        }
        self.times(&entry.times)?;
        for string in &entry.strings {
            self.open("String")?;
            self.element("Key", string.name.as_bytes())?;
            self.value("Value", string.value.expose(), string.is_protected)?;
            self.close("String")?;
        }
        for (name, content) in &entry.files {
            let Some(content) = content else { continue };
            self.open("Binary")?;
            self.element("Key", name.as_bytes())?;
            writeln!(self.out, "<Value Ref=\"{}\"/>", database.number(content))?;
            self.close("Binary")?;
        }
        self.auto_type(&entry.extras)?;
        self.custom_data(entry)
    }

    fn auto_type(&mut self, extras: &[ItemField]) -> io::Result<()> {
        self.open("AutoType")?;
        for (name, _, default) in labels::AUTO_TYPE {
            let value =
                extras.iter().find(|extra| labels::element_of(&labels::AUTO_TYPE, &extra.name) == Some(name));
            self.element(name, value.map_or(default.as_bytes(), |extra| extra.value.expose()))?;
        }
        for extra in extras {
            if let Some(window) = extra.name.strip_prefix(labels::AUTO_TYPE_FOR) {
                self.open("Association")?;
                self.element("Window", window.as_bytes())?;
                self.element("KeystrokeSequence", extra.value.expose())?;
                self.close("Association")?;
            }
        }
        self.close("AutoType")
    }

    fn custom_data(&mut self, entry: &Entry) -> io::Result<()> {
        self.open("CustomData")?;
        let carried = entry.carried.iter().map(|value| (carried::NAME, value));
        let data = entry.extras.iter();
        let data =
            data.filter_map(|extra| Some((extra.name.strip_prefix(labels::CUSTOM_DATA)?, &extra.value)));
        for (name, value) in data.chain(carried) {
            self.open("Item")?;
            self.element("Key", name.as_bytes())?;
            self.element("Value", value.expose())?;
            self.close("Item")?;
        }
        self.close("CustomData")
    }

    fn times(&mut self, times: &Times) -> io::Result<()> {
        let Times { created, modified, accessed, expiry } = *times;
        self.open("Times")?;
        let all = [
            ("CreationTime", created),
            ("LastModificationTime", modified),
            ("LastAccessTime", accessed),
            ("ExpiryTime", expiry),
        ];
        for (name, time) in all {
            if let Some(time) = time {
                self.element(name, Base64(&seconds_of(time).to_le_bytes()).to_string().as_bytes())?;
            }
        }
        self.element("Expires", if expiry.is_some() { b"True" } else { b"False" })?;
        self.close("Times")
    }

    fn open(&mut self, name: &str) -> io::Result<()> {
        writeln!(self.out, "<{name}>")
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        writeln!(self.out, "</{name}>")
    }

    fn id(&mut self, name: &str, id: Id) -> io::Result<()> {
        writeln!(self.out, "<{name}>{}</{name}>", Base64(&id.0))
    }

    fn element(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        self.value(name, text, false)
    }

    /// An element with this text, hidden where it is a secret, or where XML cannot hold it.
    fn value(&mut self, name: &str, text: &[u8], is_secret: bool) -> io::Result<()> {
        let plain = std::str::from_utf8(text).ok().filter(|_| !is_secret && is_plain(text));
        let Some(plain) = plain else {
            let mut hidden = Secret::copy_of(text);
            self.keystream.apply(hidden.expose_mut());
            return writeln!(self.out, "<{name} Protected=\"True\">{}</{name}>", Base64(hidden.expose()));
        };
        write!(self.out, "<{name}>")?;
        for piece in plain.split_inclusive(['&', '<', '>', '\r']) {
            let (text, escape) = match piece.as_bytes().split_last() {
                Some((b'&', text)) => (text, "&amp;"),
                Some((b'<', text)) => (text, "&lt;"),
                Some((b'>', text)) => (text, "&gt;"),
                Some((b'\r', text)) => (text, "&#xD;"),
                _ => (piece.as_bytes(), ""),
            };
            self.out.write_all(text)?;
            self.out.write_all(escape.as_bytes())?;
        }
        writeln!(self.out, "</{name}>")
    }
}

/// Whether XML 1.0 can hold a text (section 2.2).
pub fn is_plain(text: &[u8]) -> bool {
    let is_xml = |letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    std::str::from_utf8(text).is_ok_and(|text| text.chars().all(is_xml))
}

fn picture(entry: &Entry) -> Option<&[u8]> {
    let extra = entry.extras.iter().find(|extra| extra.name == labels::ICON_IMAGE)?;
    labels::picture(extra.value.expose())
}

/// Every picture once, in base 64.
fn icons(database: &Database) -> BTreeSet<&[u8]> {
    let entries = database.folders.values().flatten().chain(&database.trash);
    entries.flat_map(|entry| std::iter::once(entry).chain(&entry.history)).filter_map(picture).collect()
}

fn icon_id(data: &[u8]) -> Id {
    Id(sha256(&[b"icon\0", data]).first_chunk().copied().unwrap_or_default())
}

fn bin_id() -> Id {
    Id(sha256(&[b"bin\0"]).first_chunk().copied().unwrap_or_default())
}
