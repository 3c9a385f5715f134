//! A table of any other shape: the user says what each column holds. What is not said becomes a custom field
//! of the column's name, so nothing is lost by a mapping that is not complete.
//!
//! Written as `what=Column`, several joined by commas, or one to a line in a file: `title=Name,folder=Group`.
//! A column of a table without a header is called `#1`, `#2`, and so on.

use thiserror::Error;

use super::super::csv_text::CsvText;
use super::super::{Each, FORMATS, ImportError, Importer, Unlock, without_bom};
use super::header::Header;
use super::rows::Rows;
use super::{Role, Unit, read};
use crate::secret::Secret;
use crate::vault::kinds::FieldKind;

/// Rows that are searched for examples.
const MOST_ROWS: usize = 50;
/// Bytes of an example.
const MOST_EXAMPLE: usize = 200;

/// What a column can be said to hold.
pub const TARGETS: [(&str, Role); 13] = [
    ("title", Role::Title),
    ("username", Role::Username),
    ("password", Role::Password),
    ("url", Role::Url),
    ("note", Role::Note),
    ("totp", Role::Totp),
    ("folder", Role::Folder("/")),
    ("tags", Role::Tags(',')),
    ("favorite", Role::Favourite),
    ("created", Role::Created(Unit::Any)),
    ("modified", Role::Modified(Unit::Any)),
    ("last-used", Role::Used(Unit::Any)),
    ("hidden", Role::Field(FieldKind::Hidden)),
];

/// What the columns of a table hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping(Vec<(&'static str, Role, String)>);

/// Why a mapping was not taken.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)] // the messages
pub enum MapError {
    #[error("{text:?} is not of the form what=Column")]
    NoPair { text: String },
    #[error("{target:?} is nothing that a column can hold")]
    NoTarget { target: String },
    #[error("the mapping is empty")]
    Empty,
}

impl Mapping {
    /// Reads pairs. A comma that no pair follows is part of a column's name.
    ///
    /// # Errors
    /// [`MapError`].
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            for (index, piece) in line.split(',').enumerate() {
                match (piece.split_once('='), pairs.last_mut()) {
                    (Some((target, column)), _) => {
                        pairs.push((target.trim().to_ascii_lowercase(), column.trim().to_owned()));
                    }
                    (None, Some((_, column))) if index > 0 => {
                        column.push(',');
                        column.push_str(piece);
                    }
                    _ => return Err(MapError::NoPair { text: piece.to_owned() }),
                }
            }
        }
        Self::of(pairs.iter().map(|(target, column)| (target.as_str(), column.clone())))
    }

    /// The mapping as [`Mapping::parse`] reads it, a pair to a line.
    pub fn text(&self) -> String {
        self.0.iter().map(|(target, _, column)| format!("{target}={column}\n")).collect()
    }

    /// What is said of each column: pairs of one of [`TARGETS`] and the column's name.
    ///
    /// # Errors
    /// [`MapError`].
    pub fn of<'c>(said: impl IntoIterator<Item = (&'c str, String)>) -> Result<Self, MapError> {
        let known = |(target, column): (&str, String)| {
            let found = TARGETS.iter().find(|(name, _)| *name == target);
            let (name, role) = found.ok_or_else(|| MapError::NoTarget { target: target.to_owned() })?;
            Ok((*name, *role, column))
        };
        let pairs = said.into_iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if pairs.is_empty() { Err(MapError::Empty) } else { Ok(Self(pairs)) }
    }

    /// What the column of this name is taken for; `None` for a custom field.
    pub fn target(&self, label: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, _, column)| is(column, label)).map(|pair| pair.0)
    }

    /// Whether a table with these columns has all that are named.
    pub fn fits<'l>(&self, labels: impl Iterator<Item = &'l str> + Clone) -> bool {
        self.0.iter().all(|(_, _, column)| labels.clone().any(|label| is(column, label)))
    }

    /// Whether it goes by the places of columns, so that the first line is a row.
    pub fn is_headerless(&self) -> bool {
        let is_place =
            |column: &str| column.strip_prefix('#').is_some_and(|number| number.parse::<u16>().is_ok());
        self.0.iter().all(|(_, _, column)| is_place(column))
    }

    /// Every column of `source`, and what it is taken for; `None` for a custom field.
    ///
    /// # Errors
    /// [`ImportError::NoColumn`], [`ImportError::Empty`].
    pub fn preview(&self, source: &[u8]) -> Result<Vec<(String, Option<&'static str>)>, ImportError> {
        let header = self.header(source)?;
        Ok(header.labels.iter().map(|label| (label.clone(), self.target(label))).collect())
    }

    fn header<'s>(&self, source: &'s [u8]) -> Result<Header<'s>, ImportError> {
        let text = CsvText::new(without_bom(source));
        let header = Header::mapped(text, self.is_headerless(), |labels| {
            let missing = self.0.iter().find(|(_, _, column)| !labels.iter().any(|label| is(column, label)));
            if let Some((_, _, column)) = missing {
                return Err(ImportError::NoColumn { column: column.clone(), columns: labels.to_vec() });
            }
            let role =
                |label: &String| self.0.iter().find(|(_, _, column)| is(column, label)).map(|pair| pair.1);
            Ok(labels.iter().map(role).collect())
        })?;
        header.ok_or(ImportError::Empty)
    }
}

/// The columns of a table of any shape, each with the first value in it, of which the beginning is enough; the first
/// line is a row where it is `headerless`.
///
/// # Errors
/// [`ImportError::Empty`].
pub fn columns(source: &[u8], headerless: bool) -> Result<Vec<(String, Secret)>, ImportError> {
    let text = CsvText::new(without_bom(source));
    let none = |labels: &[String]| Ok::<_, ImportError>(vec![None; labels.len()]);
    let header = Header::mapped(text, headerless, none)?.ok_or(ImportError::Empty)?;
    let nothing = || Secret::with_capacity(0);
    let mut examples: Vec<Secret> = header.labels.iter().map(|_| nothing()).collect();
    for row in Rows::behind(&header).take(MOST_ROWS) {
        for (cell, example) in row.cells.unwrap_or_default().into_iter().zip(&mut examples) {
            let text = header.text.text(cell);
            if example.is_empty() {
                *example = Secret::copy_of(beginning(text.as_str()).as_bytes());
            }
        }
    }
    Ok(header.labels.into_iter().zip(examples).collect())
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    text.get(..end.take_while(|end| *end <= MOST_EXAMPLE).last().unwrap_or(0)).unwrap_or_default()
}

/// What a column of this name holds in the tables of programs that are known.
pub fn usual(label: &str) -> Option<&'static str> {
    let tables = FORMATS.iter().filter_map(|format| format.importer).flat_map(|importer| importer.tables());
    let mut columns = tables.flat_map(|table| table.columns);
    let is_it = |names: &[&str]| names.iter().any(|name| is(name, label));
    let target = |role: Role| match role {
        Role::Urls(_) => Some("url"),
        Role::Field(kind) if kind != FieldKind::Hidden => None,
        role => {
            let same = |known: &Role| std::mem::discriminant(known) == std::mem::discriminant(&role);
            TARGETS.iter().find(|(_, known)| same(known)).map(|(name, _)| *name)
        }
    };
    columns.find_map(|column| is_it(column.names).then(|| target(column.role)).flatten())
}

fn is(column: &str, label: &str) -> bool {
    column.eq_ignore_ascii_case(label)
}

impl Importer for Mapping {
    /// Only the user can say.
    fn recognises(&self, _: &[u8]) -> bool {
        false
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        read(&self.header(source)?, None, each);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_and_back() {
        let mapping =
            Mapping::parse("title=Name, Username = Login,url=Web, site\n# why\nhidden=PIN").unwrap();
        assert_eq!(mapping.text(), "title=Name\nusername=Login\nurl=Web, site\nhidden=PIN\n");
        assert_eq!(Mapping::parse(&mapping.text()).as_ref(), Ok(&mapping));
        assert_eq!(Mapping::parse(" "), Err(MapError::Empty));
        assert_eq!(Mapping::parse("Name"), Err(MapError::NoPair { text: "Name".to_owned() }));
        assert_eq!(Mapping::parse("colour=Name"), Err(MapError::NoTarget { target: "colour".to_owned() }));
    }

    #[test]
    fn columns_with_their_first_values() {
        let table = "Name;Code\nA;\n;\"x\ny\"\nB;z\n".as_bytes();
        let seen = |headerless| -> Vec<(String, String)> {
            let columns = columns(table, headerless).unwrap().into_iter();
            columns.map(|(label, example)| (label, example.expose_str().unwrap().to_owned())).collect()
        };
        let pair = |label: &str, example: &str| (label.to_owned(), example.to_owned());
        assert_eq!(seen(false)[..2], [pair("Name", "A"), pair("Code", "x\ny")]);
        assert_eq!(seen(true)[..2], [pair("#1", "Name"), pair("#2", "Code")]);
        let long = format!("a,b\n{},1\n", "ä".repeat(1000));
        assert_eq!(columns(long.as_bytes(), false).unwrap()[0].1.len(), MOST_EXAMPLE);
        assert_eq!(columns(b"", false).err(), Some(ImportError::Empty));
    }

    #[test]
    fn columns_are_known_by_their_usual_names() {
        let all = ["Title", "login", "Password", "URL", "notes", "Group", "colour", ""].map(usual);
        let known = ["title", "username", "password", "url", "note", "folder"].map(Some);
        assert_eq!((&all[..6], &all[6..]), (&known[..], &[None, None][..]));
        let mapping = Mapping::of([("title", "a".to_owned()), ("url", "b".to_owned())]).unwrap();
        assert!(mapping.fits(["B", "A", "c"].into_iter()) && !mapping.fits(["a"].into_iter()));
        assert!(!mapping.is_headerless());
    }
}
