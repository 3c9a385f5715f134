//! LastPass CSV, both ways. Columns are known by their header, not their place: `url, username, password,
//! totp, extra, name, grouping, fav` of the web export, the same without `totp` as older ones and `lpass
//! export` write it, and whatever `lpass export --fields` adds. An entry with the URL `http://sn` is a secure
//! note, one with `http://group` a folder.
//!
//! [`header`] knows the columns, [`rows`] finds the rows, [`notes`] reads and writes typed notes, [`export`] writes rows. Text is never
//! changed: no trimming, no entities, no spreadsheet guards.

pub mod export;
pub mod header;
pub mod notes;
pub mod rows;

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::csv_text::CsvText;
use super::{
    Each, Exporter, Fresh, ImportError, Importer, Losses, Outcome, Place, Remark, Row, Unlock, untitled,
    without_bom,
};
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::item::Item;
use crate::vault::kinds::{self, FieldKind};
use header::Header;
use rows::Rows;

/// The format.
pub struct LastPass;

/// URL of a secure note.
const NOTE_URL: &[u8] = b"http://sn";
/// URL of a folder.
const GROUP_URL: &str = "http://group";
/// Grouping of an entry without a folder.
const NO_FOLDER: &str = "(none)";

impl Importer for LastPass {
    fn recognises(&self, source: &[u8]) -> bool {
        let text = CsvText::new(without_bom(source));
        Header::read(text).is_ok_and(|header| header.is_lastpass)
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let text = CsvText::new(without_bom(source));
        let header = Header::read(text)?;
        for row in Rows::new(text, header.shape(), header.end, header.line) {
            let outcome = match row.cells {
                Ok(cells) => header.outcome(text, &cells, row.remark),
                Err(skip) => Outcome::Skipped(skip),
            };
            if let ControlFlow::Break(()) = each(Row { place: Place::Line(row.line), outcome }) {
                break;
            }
        }
        Ok(())
    }
}

impl Exporter for LastPass {
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        _: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        export::write(items, out)
    }
}

/// The values of a row that LastPass itself writes.
#[derive(Default)]
struct Entry<'r> {
    url: &'r str,
    username: &'r str,
    password: &'r str,
    totp: &'r str,
    extra: &'r str,
    name: &'r str,
    grouping: &'r str,
    fav: &'r str,
}

impl Entry<'_> {
    fn is_note(&self) -> bool {
        self.url.as_bytes() == NOTE_URL
    }

    /// What the row is if it is no entry and nothing is lost by that.
    fn without_item(&self) -> Option<Outcome> {
        let has_content =
            [self.username, self.password, self.totp, self.extra].iter().any(|text| !text.is_empty());
        if has_content {
            return None;
        }
        let folder = folder_of(self.grouping);
        match self.url {
            GROUP_URL if folder.is_empty() => Some(Outcome::Folder(folder::join([self.name]))),
            GROUP_URL if self.name.is_empty() || self.grouping.ends_with(self.name) => {
                Some(Outcome::Folder(folder))
            }
            "" if self.name.is_empty() && folder.is_empty() && self.fav != "1" => Some(Outcome::Blank),
            _ => None,
        }
    }

    fn item(&self, remarks: &mut Vec<Remark>) -> Item {
        let mut item = Item {
            title: self.name.to_owned(),
            totp: secret(self.totp),
            folder: folder_of(self.grouping),
            favourite: self.fav == "1",
            ..Item::default()
        };
        if self.is_note() {
            item.kind = kinds::NOTE.to_owned();
            if notes::is_typed(self.extra) {
                notes::read(self.extra, &mut item);
            } else {
                item.note = secret(self.extra);
            }
            self.add_login(&mut item, remarks);
        } else {
            item.username = self.username.to_owned();
            item.password = secret(self.password);
            item.urls = Vec::from_iter(Some(self.url.to_owned()).filter(|url| !url.is_empty()));
            item.note = secret(self.extra);
        }
        if !matches!(self.fav, "" | "0" | "1") {
            item.push_field("fav", FieldKind::Text, self.fav);
            remarks.push(Remark::KeptAsField("fav".to_owned()));
        }
        if self.name.is_empty() {
            item.title = untitled(Some(self.url).filter(|_| !self.is_note()), &item.username);
            remarks.push(Remark::Untitled);
        }
        let one_line = [
            ("the URL", self.url),
            ("the user name", self.username),
            ("the password", self.password),
            ("the one-time code's secret", self.totp),
            ("the name", self.name),
            ("the folder", self.grouping),
        ];
        let broken = one_line.into_iter().filter(|(_, text)| text.contains(['\n', '\r']));
        remarks.extend(broken.map(|(column, _)| Remark::LineBreak(column)));
        item
    }

    /// A note's own user name and password, beside those that a typed note has in its text.
    fn add_login(&self, item: &mut Item, remarks: &mut Vec<Remark>) {
        if item.username.is_empty() {
            item.username = self.username.to_owned();
        } else if !self.username.is_empty() {
            item.push_field("username", FieldKind::Text, self.username);
            remarks.push(Remark::KeptAsField("username".to_owned()));
        }
        if item.password.is_none() {
            item.password = secret(self.password);
        } else if !self.password.is_empty() {
            item.push_field("password", FieldKind::Hidden, self.password);
            remarks.push(Remark::KeptAsField("password".to_owned()));
        }
    }
}

fn secret(text: &str) -> Option<Secret> {
    Some(text).filter(|text| !text.is_empty()).map(|text| Secret::copy_of(text.as_bytes()))
}

/// The path of a grouping, whose names are joined by `\`.
fn folder_of(grouping: &str) -> String {
    if grouping == NO_FOLDER { String::new() } else { folder::join(grouping.split('\\')) }
}
