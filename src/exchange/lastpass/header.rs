//! The first line of a LastPass export, and what each column holds. A column without a home of its own becomes
//! a custom field of its name.

use super::super::csv_text::{Cell, CellText, CsvText};
use super::super::{ImportError, Outcome, Remark};
use super::Entry;
use super::rows::Shape;
use crate::time::Timestamp;
use crate::vault::item::Item;
use crate::vault::kinds::FieldKind;

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
    /// Seconds since the epoch, as the next.
    LastTouch,
    LastModified,
    /// Zero where there is nothing to say.
    AttachPresent,
    /// The grouping, once more.
    Group,
    /// Grouping and name, once more.
    FullName,
    /// No home: a custom field.
    Other,
}

/// Every column that LastPass has, by its name.
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
    ("group", Column::Group),
    ("fullname", Column::FullName),
    ("id", Column::Other),
];

/// The columns of the web export, in order.
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

/// The first line.
pub struct Header {
    columns: Vec<Column>,
    labels: Vec<String>,
    /// Whether it has a column that no other program's export has.
    pub is_lastpass: bool,
    /// Offset of its end, before the line break.
    pub end: usize,
    /// The line that its end is on.
    pub line: u64,
}

impl Header {
    /// Reads the first line that is not blank.
    ///
    /// # Errors
    /// Where it is not that of a LastPass export: it has `name`, and either `extra` or `grouping` or nothing
    /// but columns that LastPass has.
    pub fn read(text: CsvText<'_>) -> Result<Self, ImportError> {
        let (mut at, mut line) = (0, 1);
        while text.break_len(at) > 0 {
            (at, line) = (at + text.break_len(at), line + 1);
        }
        if at == text.len() {
            return Err(ImportError::Empty);
        }
        let record = text.record(at).map_err(|_| ImportError::WrongColumns { missing: "\"name\"" })?;
        let label = |cell: &Cell| text.text(*cell).as_str().trim_ascii().to_owned();
        let mut labels: Vec<String> = record.cells.iter().map(label).collect();
        while labels.last().is_some_and(String::is_empty) {
            labels.pop();
        }
        let keys: Vec<String> = labels.iter().map(|label| label.to_ascii_lowercase()).collect();
        let has = |key: &str| keys.iter().any(|known| known == key);
        if !has("name") && !has("fullname") {
            return Err(ImportError::WrongColumns { missing: "\"name\"" });
        }
        let column = |key: &String| match key.as_str() {
            "group" if !has("grouping") => Some(Column::Grouping),
            "fullname" if !has("name") => Some(Column::Name),
            key => COLUMNS.iter().find(|(known, _)| *known == key).map(|(_, column)| *column),
        };
        let columns: Vec<Option<Column>> = keys.iter().map(column).collect();
        let is_lastpass = has("extra") || has("grouping");
        if !is_lastpass && columns.contains(&None) {
            return Err(ImportError::WrongColumns { missing: "\"extra\" and \"grouping\"" });
        }
        let repeats = |(at, key): (usize, &String)| keys.iter().skip(at + 1).any(|other| other == key);
        if keys.iter().enumerate().any(repeats) {
            return Err(ImportError::RepeatedColumn);
        }
        let columns = columns.into_iter().map(|column| column.unwrap_or(Column::Other)).collect();
        let line = line + text.breaks(at, record.end);
        Ok(Self { columns, labels, is_lastpass, end: record.end, line })
    }

    /// The shape of the table.
    pub fn shape(&self) -> Shape {
        let without_totp = STANDARD.into_iter().filter(|column| *column != Column::Totp);
        let has_totp = self.columns == STANDARD;
        let is_standard = has_totp || self.columns.iter().copied().eq(without_totp);
        let extra = self.columns.iter().position(|column| *column == Column::Extra).filter(|_| is_standard);
        Shape { columns: self.columns.len(), extra, has_totp }
    }

    /// What a row is.
    pub fn outcome(&self, text: CsvText<'_>, cells: &[Cell], remark: Option<Remark>) -> Outcome {
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
        let is_standard = |at: usize| self.columns.get(at).is_some_and(|column| STANDARD.contains(column));
        let more = texts.iter().map(CellText::as_str).enumerate();
        let mut more = more.filter(|(at, value)| !value.is_empty() && !is_standard(*at)).peekable();
        if more.peek().is_none()
            && let Some(outcome) = entry.without_item()
        {
            return outcome;
        }
        let mut remarks = Vec::from_iter(remark);
        let mut item = entry.item(&mut remarks);
        for (at, value) in more.filter(|(at, value)| !self.is_told(&entry, *at, value)) {
            self.keep(&mut item, &mut remarks, at, value);
        }
        Outcome::of(item, remarks)
    }

    /// Whether the value of a column beyond the standard ones says nothing that they do not.
    fn is_told(&self, entry: &Entry<'_>, at: usize, value: &str) -> bool {
        match self.columns.get(at) {
            Some(Column::LastTouch | Column::LastModified | Column::AttachPresent) => value == "0",
            Some(Column::Group) => value == entry.grouping,
            Some(Column::FullName) => value == entry.name || value == [entry.grouping, entry.name].join("/"),
            _ => false,
        }
    }

    /// Gives the value of a column beyond the standard ones a home.
    fn keep(&self, item: &mut Item, remarks: &mut Vec<Remark>, at: usize, value: &str) {
        let seconds = value.parse().ok().filter(|seconds| *seconds < 1 << 40);
        match (self.columns.get(at), seconds.map(Timestamp::from_seconds)) {
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
