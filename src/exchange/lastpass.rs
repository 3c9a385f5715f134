//! LastPass CSV, both ways. Columns are known by their header, not their place: `url, username, password,
//! totp, extra, name, grouping, fav` of the web export, the same without `totp` as older ones and `lpass
//! export` write it, and whatever `lpass export --fields` adds. An entry with the URL `http://sn` is a secure
//! note, one with `http://group` a folder.
//!
//! [`rows`] finds the rows, [`notes`] reads and writes typed notes, [`export`] writes rows. Text is never
//! changed: no trimming, no entities, no spreadsheet guards.

pub mod export;
pub mod notes;
pub mod rows;

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::csv_text::{Cell, CellText, CsvText};
use super::{Each, Exporter, ImportError, Importer, Losses, Outcome, Place, Remark, Row, without_bom};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::item::Item;
use crate::vault::kinds::{self, FieldKind};
use rows::{Rows, Shape};

/// The format.
pub struct LastPass;

/// URL of a secure note.
const NOTE_URL: &[u8] = b"http://sn";
/// URL of a folder.
const GROUP_URL: &str = "http://group";
/// Grouping of an entry without a folder.
const NO_FOLDER: &str = "(none)";
/// Title of an entry that has nothing to be called by.
const NO_NAME: &str = "(no name)";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Url,
    Username,
    Password,
    Totp,
    Extra,
    Name,
    Grouping,
    Fav,
    LastTouch,
    LastModified,
    /// Zero where there is nothing to say.
    AttachPresent,
    /// No home: a custom field.
    Other,
}

/// Columns that have a home, by the name in the header. `group` and `fullname` have one where `grouping` and
/// `name` are missing.
const COLUMNS: [(&str, Column); 14] = [
    ("url", Column::Url),
    ("username", Column::Username),
    ("password", Column::Password),
    ("totp", Column::Totp),
    ("extra", Column::Extra),
    ("name", Column::Name),
    ("grouping", Column::Grouping),
    ("fav", Column::Fav),
    ("last_touch", Column::LastTouch),
    ("last_modified_gmt", Column::LastModified),
    ("attachpresent", Column::AttachPresent),
    ("id", Column::Other),
    ("group", Column::Other),
    ("fullname", Column::Other),
];

/// The columns that LastPass itself writes, in order.
const STANDARD: [Column; 8] = [
    Column::Url,
    Column::Username,
    Column::Password,
    Column::Totp,
    Column::Extra,
    Column::Name,
    Column::Grouping,
    Column::Fav,
];

impl Importer for LastPass {
    fn recognises(&self, source: &[u8]) -> bool {
        let text = CsvText::new(without_bom(source));
        Header::read(text)
            .is_ok_and(|header| header.labels.iter().any(|label| label == "extra" || label == "grouping"))
    }

    fn read(&self, source: &[u8], each: &mut Each<'_>) -> Result<(), ImportError> {
        let text = CsvText::new(without_bom(source));
        let header = Header::read(text)?;
        for row in Rows::new(text, header.shape(), header.end, header.lines) {
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
    fn write(&self, items: &mut dyn Iterator<Item = Item>, out: &mut dyn Write) -> io::Result<Losses> {
        export::write(items, out)
    }
}

/// The first line.
struct Header {
    columns: Vec<Column>,
    labels: Vec<String>,
    end: usize,
    lines: u64,
}

impl Header {
    /// Reads the first line that is not blank.
    ///
    /// # Errors
    /// Where it is not that of a LastPass export: it has `name`, and either `extra` or `grouping` or nothing
    /// but columns that LastPass has.
    fn read(text: CsvText<'_>) -> Result<Self, ImportError> {
        let (mut at, mut lines) = (0, 1);
        while text.break_len(at) > 0 {
            (at, lines) = (at + text.break_len(at), lines + 1);
        }
        if at == text.len() {
            return Err(ImportError::Empty);
        }
        let record = text.record(at).map_err(|_| ImportError::WrongColumns { missing: "\"name\"" })?;
        let cells = record.cells.iter();
        let labels: Vec<String> =
            cells.map(|cell| text.text(*cell).as_str().trim_ascii().to_ascii_lowercase()).collect();
        let has = |label: &str| labels.iter().any(|known| known == label);
        if !has("name") && !has("fullname") {
            return Err(ImportError::WrongColumns { missing: "\"name\"" });
        }
        let all_known = labels.iter().all(|label| COLUMNS.iter().any(|(known, _)| known == label));
        if !has("extra") && !has("grouping") && !all_known {
            return Err(ImportError::WrongColumns { missing: "\"extra\" and \"grouping\"" });
        }
        if labels.iter().enumerate().any(|(at, label)| labels.iter().skip(at + 1).any(|other| other == label))
        {
            return Err(ImportError::RepeatedColumn);
        }
        let column = |label: &String| match label.as_str() {
            "group" if !has("grouping") => Column::Grouping,
            "fullname" if !has("name") => Column::Name,
            label => {
                COLUMNS.iter().find(|(known, _)| *known == label).map_or(Column::Other, |(_, column)| *column)
            }
        };
        let columns = labels.iter().map(column).collect();
        let lines = lines + text.breaks(at, record.end);
        Ok(Self { columns, labels, end: record.end, lines })
    }

    fn shape(&self) -> Shape {
        let without_totp = STANDARD.into_iter().filter(|column| *column != Column::Totp);
        let has_totp = self.columns == STANDARD;
        let is_standard = has_totp || self.columns.iter().copied().eq(without_totp);
        let extra = self.columns.iter().position(|column| *column == Column::Extra).filter(|_| is_standard);
        Shape { columns: self.columns.len(), extra, has_totp }
    }

    fn outcome(&self, text: CsvText<'_>, cells: &[Cell], remark: Option<Remark>) -> Outcome {
        let texts: Vec<CellText<'_>> = cells.iter().map(|cell| text.text(*cell)).collect();
        let value = |wanted: Column| {
            let at = self.columns.iter().position(|column| *column == wanted);
            at.and_then(|at| texts.get(at)).map_or("", CellText::as_str)
        };
        let entry = Entry {
            url: value(Column::Url),
            username: value(Column::Username),
            password: value(Column::Password),
            totp: value(Column::Totp),
            extra: value(Column::Extra),
            name: value(Column::Name),
            grouping: value(Column::Grouping),
            fav: value(Column::Fav),
        };
        let beyond = texts.iter().enumerate().filter(|(at, text)| {
            let known = self.columns.get(*at).is_some_and(|column| STANDARD.contains(column));
            !known && !text.as_str().is_empty()
        });
        let beyond: Vec<(usize, &str)> = beyond.map(|(at, text)| (at, text.as_str())).collect();
        if beyond.is_empty()
            && let Some(outcome) = entry.without_item()
        {
            return outcome;
        }
        let mut remarks = Vec::from_iter(remark);
        let mut item = entry.item(&mut remarks);
        for (at, value) in beyond {
            self.keep(&mut item, &mut remarks, at, value);
        }
        Outcome::of(item, remarks)
    }

    /// Gives the value of a column beyond the standard ones a home.
    fn keep(&self, item: &mut Item, remarks: &mut Vec<Remark>, at: usize, value: &str) {
        let seconds = value.parse().ok().filter(|seconds| *seconds < 1 << 40);
        match (self.columns.get(at), seconds.map(Timestamp::from_seconds)) {
            (Some(Column::AttachPresent), _) if value == "0" => {}
            (Some(Column::LastTouch | Column::LastModified), Some(Timestamp(0))) => {}
            (Some(Column::LastTouch), Some(time)) => item.last_used = Some(time),
            (Some(Column::LastModified), Some(time)) => item.modified = Some(time),
            _ => {
                let label = self.labels.get(at).filter(|label| !label.is_empty()).cloned();
                let label = label.unwrap_or_else(|| format!("column {}", at + 1));
                item.push_field(&label, FieldKind::Text, value);
                remarks.push(Remark::KeptAsField(label));
            }
        }
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
            item.title = self.title_without_name(&item);
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

    /// The URL's host, else the user name, else the URL as it is.
    fn title_without_name(&self, item: &Item) -> String {
        let host = url::Url::parse(self.url).ok().filter(|_| !self.is_note());
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).filter(|host| !host.is_empty());
        let url = Some(self.url).filter(|url| !url.is_empty() && !self.is_note());
        let username = Some(item.username.as_str()).filter(|name| !name.is_empty());
        host.unwrap_or_else(|| username.or(url).unwrap_or(NO_NAME).to_owned())
    }
}

fn secret(text: &str) -> Option<Secret> {
    Some(text).filter(|text| !text.is_empty()).map(|text| Secret::copy_of(text.as_bytes()))
}

/// The path of a grouping, whose names are joined by `\`.
fn folder_of(grouping: &str) -> String {
    if grouping == NO_FOLDER { String::new() } else { folder::join(grouping.split('\\')) }
}
