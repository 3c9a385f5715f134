//! An entry as KeePass has it: its strings, files, times and older versions; read from XML, and what the
//! writer makes of an item.

use std::io::BufRead;
use std::rc::Rc;

use super::super::carried;
use super::document::Shared;
use super::earlier;
use super::error::KeePassError;
use super::labels;
use super::xml::{Tag, Xml, decoded};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::Id;
use crate::vault::item::ItemField;
use crate::vault::kinds::FieldKind;

/// Seconds from the year 1 to 1970.
const EPOCH: i64 = 62_135_596_800;

/// An entry, or an older version of one.
#[derive(Debug, Default)]
pub struct Entry {
    /// Its id.
    pub id: Option<Id>,
    /// Named texts: title, user name, password, and what programs and people have added.
    pub strings: Vec<Named>,
    /// Files; none where the database lacks the content.
    pub files: Vec<(String, Option<Rc<Secret>>)>,
    /// Tags.
    pub tags: Vec<String>,
    /// When it was made, changed, looked at, and when it expires.
    pub times: Times,
    /// The group that it was moved from, into the recycle bin for example.
    pub previous_group: Option<Id>,
    /// What is not the default and has no place in an item.
    pub extras: Vec<ItemField>,
    /// What an export of ours carried, see [`carried`].
    pub carried: Option<Secret>,
    /// Older versions, oldest first.
    pub history: Vec<Entry>,
}

/// A named text.
#[derive(Debug)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The text.
    pub value: Secret,
    /// Whether it is shown as dots.
    pub is_protected: bool,
}

/// The times of an entry.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was changed.
    pub modified: Option<Timestamp>,
    /// When it was looked at.
    pub accessed: Option<Timestamp>,
    /// When it expires, if it does.
    pub expiry: Option<Timestamp>,
}

impl Times {
    /// As KeePass keeps them.
    #[must_use]
    pub fn in_seconds(mut self) -> Self {
        for time in self.all_mut().into_iter().flatten() {
            *time = Timestamp::from_seconds(time.seconds());
        }
        self
    }

    /// All of them, to be replaced by more exact ones.
    pub fn all_mut(&mut self) -> [&mut Option<Timestamp>; 4] {
        [&mut self.created, &mut self.modified, &mut self.accessed, &mut self.expiry]
    }
}

impl Entry {
    /// The text of this name.
    pub fn string(&self, name: &str) -> Option<&Secret> {
        self.strings.iter().find(|string| string.name == name).map(|string| &string.value)
    }

    /// Reads the element that was just opened, to its end.
    ///
    /// # Errors
    /// As [`Xml::child`].
    pub fn read<R: BufRead>(xml: &mut Xml<R>, shared: &Shared) -> Result<Self, KeePassError> {
        let mut entry = Self::default();
        while let Some(tag) = xml.child()? {
            if tag.name != "History" {
                entry.read_part(xml, shared, &tag)?;
                continue;
            }
            while let Some(tag) = xml.child()? {
                let mut past = Self::default();
                if tag.name != "Entry" {
                    xml.content(&tag)?;
                    continue;
                }
                while let Some(tag) = xml.child()? {
                    past.read_part(xml, shared, &tag)?;
                }
                entry.history.push(past);
            }
        }
        // As they are written; sorted for who did not.
        entry.history.sort_by_key(|past| past.times.modified);
        Ok(entry)
    }

    /// Reads anything within an entry but its history.
    fn read_part<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        shared: &Shared,
        tag: &Tag,
    ) -> Result<(), KeePassError> {
        match tag.name.as_str() {
            "String" => self.strings.push(named(xml)?),
            "Binary" => self.files.push(file(xml, shared)?),
            "Times" => self.read_times(xml)?,
            "AutoType" => self.read_auto_type(xml)?,
            "CustomData" => self.read_custom_data(xml)?,
            "UUID" => self.id = id(&xml.content(tag)?),
            "PreviousParentGroup" => self.previous_group = id(&xml.content(tag)?),
            "Tags" => self.tags = tags(&xml.content(tag)?),
            "CustomIconUUID" => {
                let icon = id(&xml.content(tag)?);
                if let Some(icon) = icon.and_then(|icon| shared.icons.get(&icon)) {
                    self.extras.push(extra(labels::ICON_IMAGE, FieldKind::Hidden, icon.duplicate()));
                }
            }
            name => {
                let value = xml.content(tag)?;
                if let Some(label) = labels::of_element(name, value.expose()) {
                    self.extras.push(extra(&label, FieldKind::Text, value));
                }
            }
        }
        Ok(())
    }

    fn read_times<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), KeePassError> {
        let (mut expires, mut expiry) = (false, None);
        while let Some(tag) = xml.child()? {
            let value = xml.content(&tag)?;
            match tag.name.as_str() {
                "CreationTime" => self.times.created = moment(&value),
                "LastModificationTime" => self.times.modified = moment(&value),
                "LastAccessTime" => self.times.accessed = moment(&value),
                "ExpiryTime" => expiry = moment(&value),
                "Expires" => expires = value.expose().eq_ignore_ascii_case(b"true"),
                // How often it was used, and when it was moved: the other program's book-keeping.
                _ => {}
            }
        }
        self.times.expiry = expiry.filter(|_| expires);
        Ok(())
    }

    fn read_auto_type<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), KeePassError> {
        while let Some(tag) = xml.child()? {
            if tag.name != "Association" {
                let value = xml.content(&tag)?;
                if let Some(label) = labels::of_auto_type(&tag.name, value.expose()) {
                    self.extras.push(extra(label, FieldKind::Text, value));
                }
                continue;
            }
            let (mut window, mut keys) = (String::new(), Secret::with_capacity(0));
            while let Some(tag) = xml.child()? {
                let value = xml.content(&tag)?;
                match tag.name.as_str() {
                    "Window" => window = text(&value),
                    _ => keys = value,
                }
            }
            if !window.is_empty() || !keys.is_empty() {
                let label = format!("{}{window}", labels::AUTO_TYPE_FOR);
                self.extras.push(extra(&label, FieldKind::Text, keys));
            }
        }
        Ok(())
    }

    fn read_custom_data<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), KeePassError> {
        for (name, value) in custom_data(xml)? {
            match name.as_str() {
                carried::NAME => self.carried = Some(value),
                earlier::TIMES_KEY => earlier::exact(&mut self.times, &value),
                // When KeePassXC saw a change last.
                "_LAST_MODIFIED" => {}
                _ => {
                    let label = format!("{}{name}", labels::CUSTOM_DATA);
                    self.extras.push(extra(&label, FieldKind::Hidden, value));
                }
            }
        }
        Ok(())
    }
}

/// Names and values that programs have added.
///
/// # Errors
/// As [`Xml::child`].
pub fn custom_data<R: BufRead>(xml: &mut Xml<R>) -> Result<Vec<(String, Secret)>, KeePassError> {
    let mut data = Vec::new();
    while let Some(tag) = xml.child()? {
        if tag.name != "Item" {
            xml.content(&tag)?;
            continue;
        }
        let (mut name, mut value) = (String::new(), Secret::with_capacity(0));
        while let Some(tag) = xml.child()? {
            let content = xml.content(&tag)?;
            match tag.name.as_str() {
                "Key" => name = text(&content),
                "Value" => value = content,
                _ => {}
            }
        }
        data.push((name, value));
    }
    Ok(data)
}

fn extra(label: &str, kind: FieldKind, value: Secret) -> ItemField {
    ItemField { name: label.to_owned(), kind, value, ticked_off: false }
}

fn named<R: BufRead>(xml: &mut Xml<R>) -> Result<Named, KeePassError> {
    let mut named = Named { name: String::new(), value: Secret::with_capacity(0), is_protected: false };
    while let Some(tag) = xml.child()? {
        let content = xml.content(&tag)?;
        match tag.name.as_str() {
            "Key" => named.name = text(&content),
            "Value" => {
                named.value = content;
                named.is_protected = tag.says("Protected") || tag.says("ProtectInMemory");
            }
            _ => {}
        }
    }
    Ok(named)
}

fn file<R: BufRead>(xml: &mut Xml<R>, shared: &Shared) -> Result<(String, Option<Rc<Secret>>), KeePassError> {
    let (mut name, mut file) = (String::new(), None);
    while let Some(tag) = xml.child()? {
        let content = xml.content(&tag)?;
        match (tag.name.as_str(), tag.attribute("Ref")) {
            ("Key", _) => name = text(&content),
            ("Value", Some(key)) => file = shared.files.get(key).cloned(),
            ("Value", None) => file = Some(Rc::new(super::document::unpacked(&tag, content)?)),
            _ => {}
        }
    }
    Ok((name, file))
}

/// The text of a value that is no secret.
pub fn text(value: &Secret) -> String {
    value.expose_str().unwrap_or_default().to_owned()
}

/// An id in base 64; the id of zeros stands for none.
pub fn id(value: &Secret) -> Option<Id> {
    let bytes = decoded(value.expose())?.expose().try_into().ok()?;
    Some(Id(bytes)).filter(|id| id.0 != [0; 16])
}

/// A time: text as in RFC 3339, or seconds since the year 1 in base 64. None before 1970.
pub fn moment(value: &Secret) -> Option<Timestamp> {
    let text = value.expose_str()?.trim();
    let seconds = || Some(i64::from_le_bytes(decoded(text.as_bytes())?.expose().try_into().ok()?));
    match seconds() {
        Some(seconds) => {
            let seconds = u64::try_from(seconds.checked_sub(EPOCH)?).ok()?;
            Some(Timestamp::from_seconds(seconds))
        }
        None => Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}Z"))),
    }
}

/// A time as version 4 writes it: its seconds since the year 1.
pub fn seconds_of(time: Timestamp) -> i64 {
    i64::try_from(time.seconds()).unwrap_or(i64::MAX).saturating_add(EPOCH)
}

/// Tags behind one another.
pub fn tags(value: &Secret) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in value.expose_str().unwrap_or_default().split([';', ',']).map(str::trim) {
        if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}
