//! A table of any other shape: the user says what each column holds. What is not said becomes a custom field
//! of the column's name, so nothing is lost by a mapping that is not complete.
//!
//! Written as `what=Column`, several joined by commas, or one to a line in a file: `title=Name,folder=Group`.
//! A column of a table without a header is called `#1`, `#2`, and so on.

use thiserror::Error;

use super::super::csv_text::CsvText;
use super::super::{Each, ImportError, Importer, Unlock, without_bom};
use super::header::Header;
use super::{Role, Unit, read};
use crate::vault::kinds::FieldKind;

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
        let known = |(target, column): (String, String)| {
            let found = TARGETS.iter().find(|(name, _)| *name == target);
            let (name, role) = found.ok_or(MapError::NoTarget { target })?;
            Ok((*name, *role, column))
        };
        let pairs = pairs.into_iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if pairs.is_empty() { Err(MapError::Empty) } else { Ok(Self(pairs)) }
    }

    /// The mapping as [`Mapping::parse`] reads it, a pair to a line.
    pub fn text(&self) -> String {
        self.0.iter().map(|(target, _, column)| format!("{target}={column}\n")).collect()
    }

    /// Every column of `source`, and what it is taken for; `None` for a custom field.
    ///
    /// # Errors
    /// [`ImportError::NoColumn`], [`ImportError::Empty`].
    pub fn preview(&self, source: &[u8]) -> Result<Vec<(String, Option<&'static str>)>, ImportError> {
        let header = self.header(source)?;
        let target =
            |label: &String| self.0.iter().find(|(_, _, column)| is(column, label)).map(|pair| pair.0);
        Ok(header.labels.iter().map(|label| (label.clone(), target(label))).collect())
    }

    fn header<'s>(&self, source: &'s [u8]) -> Result<Header<'s>, ImportError> {
        let is_place =
            |column: &str| column.strip_prefix('#').is_some_and(|number| number.parse::<u16>().is_ok());
        let headerless = self.0.iter().all(|(_, _, column)| is_place(column));
        let text = CsvText::new(without_bom(source));
        let header = Header::mapped(text, headerless, |labels| {
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
}
