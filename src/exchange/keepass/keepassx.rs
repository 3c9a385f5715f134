//! The XML of KeePassX 0.4 (KeePass 1's world): groups in groups, entries with one file at most. Times have no
//! zone and are taken as UTC; which picture an entry has is not taken.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::super::draft::Draft;
use super::super::{Each, ImportError, Importer, Outcome, Place, Row, Unlock, without_bom};
use super::entry::{moment, text};
use super::error::KeePassError;
use super::xml::{Xml, decoded};
use crate::crypto::kdbx::Keystream;
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::kinds::FieldKind;

/// The format.
pub struct KeePassX;

/// Groups within groups.
const MOST_GROUPS: usize = 200;

impl Importer for KeePassX {
    fn recognises(&self, source: &[u8]) -> bool {
        let source = without_bom(source).trim_ascii_start();
        let head = source.get(..source.len().min(1024)).unwrap_or_default();
        let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
        source.starts_with(b"<")
            && (has(b"<!DOCTYPE KEEPASSX_DATABASE>") || has(b"<database>") && has(b"<group>"))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut reader = Reader { xml: Xml::new(without_bom(source), Keystream::None), count: 0 };
        Ok(reader.read(each)?)
    }
}

struct Reader<R> {
    xml: Xml<R>,
    count: u64,
}

/// A group that is open.
#[derive(Default)]
struct Group {
    path: String,
    is_used: bool,
}

impl<R: BufRead> Reader<R> {
    fn read(&mut self, each: &mut Each<'_>) -> Result<(), KeePassError> {
        match self.xml.child()? {
            Some(tag) if tag.name == "database" => {}
            _ => return Err(KeePassError::NotKeePass),
        }
        // The database itself is no group.
        let mut open = vec![Group { is_used: true, ..Group::default() }];
        while let Some(group) = open.last_mut() {
            let Some(tag) = self.xml.child()? else {
                let group = open.pop().unwrap_or_default();
                let row = Row { place: Place::TopLevel, outcome: Outcome::Folder(group.path) };
                if !group.is_used && each(row).is_break() {
                    return Ok(());
                }
                continue;
            };
            match tag.name.as_str() {
                "group" => {
                    group.is_used = true;
                    let path = group.path.clone();
                    open.push(Group { path, is_used: false });
                    if open.len() > MOST_GROUPS {
                        return Err(KeePassError::HostileXml("groups nested too deep"));
                    }
                }
                "title" => {
                    let title = text(&self.xml.content(&tag)?);
                    let mut names = folder::split(&group.path);
                    names.push(title);
                    group.path = folder::join(names.iter().map(String::as_str));
                }
                "entry" => {
                    group.is_used = true;
                    let mut draft = Draft::default();
                    draft.item.folder.clone_from(&group.path);
                    if self.entry(draft, each)?.is_break() {
                        return Ok(());
                    }
                }
                _ => drop(self.xml.content(&tag)?),
            }
        }
        Ok(())
    }

    fn entry(&mut self, mut draft: Draft, each: &mut Each<'_>) -> Result<ControlFlow<()>, KeePassError> {
        let (mut file_name, mut file) = (String::new(), None);
        while let Some(tag) = self.xml.child()? {
            let value = self.xml.content(&tag)?;
            if value.is_empty() {
                continue;
            }
            let item = &mut draft.item;
            match tag.name.as_str() {
                "title" => item.title = text(&value),
                "username" => item.username = text(&value),
                "password" => item.password = Some(value),
                "url" => draft.url(text(&value)),
                "comment" => item.note = Some(value),
                "creation" => time(&mut draft, "creation", value, |item| &mut item.created),
                "lastmod" => time(&mut draft, "lastmod", value, |item| &mut item.modified),
                "lastaccess" => time(&mut draft, "lastaccess", value, |item| &mut item.last_used),
                "expire" if value.same_as(b"Never") => {}
                "expire" => time(&mut draft, "expire", value, |item| &mut item.upkeep.expiry),
                "bindesc" => file_name = text(&value),
                "bin" => file = Some(value),
                // A picture.
                "icon" => {}
                name => draft.keep(name, FieldKind::Hidden, Some(value)),
            }
        }
        match file.as_ref().map(|file| decoded(file.expose())) {
            Some(Some(content)) => draft.attach(&file_name, content),
            Some(None) => {
                draft.keep_text("bindesc", &file_name);
                draft.keep("bin", FieldKind::Hidden, file);
            }
            None => draft.keep_text("bindesc", &file_name),
        }
        self.count += 1;
        Ok(each(Row { place: Place::Entry(self.count), outcome: draft.finish() }))
    }
}

/// Sets a time, or keeps what is none.
fn time(
    draft: &mut Draft,
    name: &str,
    value: Secret,
    home: fn(&mut crate::vault::item::Item) -> &mut Option<crate::time::Timestamp>,
) {
    match moment(&value) {
        Some(time) => *home(&mut draft.item) = Some(time),
        None => draft.keep(name, FieldKind::Date, Some(value)),
    }
}
