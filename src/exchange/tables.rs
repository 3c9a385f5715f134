//! Tables: every CSV format but LastPass's, as data. A [`Table`] is the columns that a program writes, each
//! with all its spellings and what it holds; one reader and one writer do the rest, and a program that needs
//! more has a [`Table::finish`] of a few lines.
//!
//! A format is told by its header: it has every column that the table requires and, unless the table is
//! open, none that the table does not know. Columns are known by their names, not their places. What has no
//! home becomes a custom field of the column's name; text is never changed.
//!
//! [`header`] finds the table of a file, [`rows`] its rows, [`draft`] makes entries of them; [`export`] writes.

pub mod bitwarden;
pub mod browsers;
pub mod cell_json;
pub mod dashlane;
pub mod draft;
pub mod export;
pub mod header;
pub mod keepass;
pub mod keeper;
pub mod mapping;
pub mod nordpass;
pub mod onepassword;
pub mod others;
pub mod proton;
pub mod roboform;
pub mod rows;
pub mod zoho;

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;

use super::csv_text::CsvText;
use super::{Each, ImportError, Importer, Outcome, Place, Row, Unlock, without_bom};
use crate::vault::kinds::FieldKind;
use draft::Draft;
use header::Header;
use rows::Rows;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The title.
    Title,
    /// The user name.
    Username,
    /// The password.
    Password,
    /// The note.
    Note,
    /// The one-time code: a URI or a secret.
    Totp,
    /// A URL.
    Url,
    /// Several URLs, joined by this.
    Urls(char),
    /// The folder: names joined by this, or one name where it is nothing.
    Folder(&'static str),
    /// Tags joined by this.
    Tags(char),
    /// Whether it is a favourite.
    Favourite,
    /// When it was made.
    Created(Unit),
    /// When it was last changed.
    Modified(Unit),
    /// When it was last used.
    Used(Unit),
    /// A custom field of the column's name, empty text meaning that there is none.
    Field(FieldKind),
    /// A field that entries of the kind usually have, by its usual label.
    Usual(&'static str, FieldKind),
    /// A custom field of the column's name, where it does not say no.
    Flag,
    /// Custom fields: lines of a label and a value, with this between them.
    Lines(&'static str),
    /// Says nothing that other columns do not.
    Told,
    /// Read by [`Table::finish`].
    Special,
}

/// What a column becomes, for people.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Title => "title",
            Self::Username => "user name",
            Self::Password => "password",
            Self::Note => "note",
            Self::Totp => "one-time code",
            Self::Url => "URL",
            Self::Urls(_) => "URLs",
            Self::Folder(_) => "folder",
            Self::Tags(_) => "tags",
            Self::Favourite => "favourite",
            Self::Created(_) => "date of creation",
            Self::Modified(_) => "date of change",
            Self::Used(_) => "date of last use",
            Self::Field(_) => "custom field",
            Self::Usual(label, _) => return write!(f, "field \"{label}\""),
            Self::Flag => "custom field, where it says yes",
            Self::Lines(_) => "custom fields",
            Self::Told => "nothing that other columns do not say",
            Self::Special => "by rules of its own",
        })
    }
}

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds since the Unix epoch.
    Seconds,
    /// Milliseconds since the Unix epoch.
    Millis,
    /// RFC 3339.
    Rfc3339,
    /// Any of these, as it looks.
    Any,
}

/// A column that a program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its spellings, the present one first; case and blanks around it do not count.
    pub names: &'static [&'static str],
    /// What it holds.
    pub role: Role,
}

/// A column, for the tables.
pub const fn column(names: &'static [&'static str], role: Role) -> Column {
    Column { names, role }
}

/// One shape of a program's export.
pub struct Table {
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
    /// The columns that it is told by, by any of their names.
    pub required: &'static [&'static str],
    /// Whether columns that are not listed may stand in it.
    pub open: bool,
    /// Whether it has exactly these columns in this order, since another program has the same ones.
    pub in_order: bool,
    /// Whether names come with more: `label(id)` or `1: LABEL`.
    pub decorated: bool,
    /// Whether its first line is a row: the columns are then known by their places.
    pub headerless: bool,
    /// Whether rows go on behind the last column, with cells that `finish` reads.
    pub goes_on: bool,
    /// Does to an entry what columns alone do not say; gives back what the row is instead, if it is no entry.
    pub finish: Option<Finish>,
}

/// See [`Table::finish`].
pub type Finish = fn(&draft::Cells<'_>, &mut Draft, &mut Groups) -> Option<Outcome>;

/// The paths of the groups that rows before have named, by their ids.
pub type Groups = HashMap<String, String>;

/// Most of a table, for the tables.
pub const PLAIN: Table = Table {
    columns: &[],
    required: &[],
    open: false,
    in_order: false,
    decorated: false,
    headerless: false,
    goes_on: false,
    finish: None,
};

/// The shapes of one program's exports.
pub struct Tables(pub &'static [Table]);

impl Importer for Tables {
    fn tables(&self) -> &'static [Table] {
        self.0
    }

    fn recognises(&self, source: &[u8]) -> bool {
        self.header(CsvText::new(without_bom(source)), false).is_some()
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let text = CsvText::new(without_bom(source));
        if text.is_empty() {
            return Err(ImportError::Empty);
        }
        let found = self.header(text, true);
        let columns = || ImportError::UnknownColumns { columns: header::unknown(source).unwrap_or_default() };
        let (table, header) = found.ok_or_else(columns)?;
        read(&header, table.finish, each);
        Ok(())
    }
}

impl Tables {
    /// The table whose columns the first line has, and the line; where the user names the format, also one
    /// with columns that the table does not know, or a table that has no header.
    fn header<'s>(&self, text: CsvText<'s>, is_named: bool) -> Option<(&'static Table, Header<'s>)> {
        let strict = self.0.iter().find_map(|table| Some((table, Header::find(text, table, table.open)?)));
        let loose = || self.0.iter().find_map(|table| Some((table, Header::find(text, table, true)?)));
        let by_place = || {
            let table = self.0.iter().find(|table| table.headerless)?;
            Some((table, Header::by_place(text, table)?))
        };
        strict.or_else(|| loose().filter(|_| is_named)).or_else(|| by_place().filter(|_| is_named))
    }
}

/// Hands on every row behind `header`.
pub fn read(header: &Header<'_>, finish: Option<Finish>, each: &mut Each<'_>) {
    let mut groups = Groups::new();
    for row in Rows::behind(header) {
        let outcome = match row.cells {
            Ok(cells) => draft::outcome(header, &cells, finish, &mut groups, row.remark),
            Err(skip) => Outcome::Skipped(skip),
        };
        if let ControlFlow::Break(()) = each(Row { place: Place::Line(row.line), outcome }) {
            break;
        }
    }
}
