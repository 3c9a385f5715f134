//! A table of unknown shape: its columns, each with the first value in it, and what the user says that they hold.

use std::sync::Arc;

use crate::exchange::tables::mapping::{MapError, Mapping, TARGETS, usual};
use crate::secret::Secret;
use crate::session::ImportFile;
use crate::time::Timestamp;

use super::super::editor::Editor;

/// Bytes of the name that a mapping is remembered by.
const NAME: usize = 64;

/// What is read of a table before anything is said about it.
pub struct Table {
    /// The file.
    pub file: Arc<ImportFile>,
    /// Names of columns, each with the first value.
    pub columns: Vec<(String, Secret)>,
    /// Whether the first line is a row.
    pub headerless: bool,
    /// What is remembered of such tables.
    pub remembered: Vec<(String, Mapping)>,
}

/// A column.
pub struct Column {
    /// Its name; hostile text.
    pub label: String,
    /// The beginning of the first value in it.
    pub example: Secret,
    /// What it holds, one of [`TARGETS`]; none for a custom field of its name.
    pub target: Option<&'static str>,
}

impl Column {
    /// Whether what it holds is no secret, as far as is said.
    pub fn is_open(&self) -> bool {
        let secret = ["password", "totp", "note", "hidden"];
        self.target.is_some_and(|target| !secret.contains(&target))
    }
}

/// All columns, and what is said about them.
pub struct Columns {
    /// The file.
    pub file: Arc<ImportFile>,
    /// Every column, in order.
    pub all: Vec<Column>,
    /// Whether the first line is a row.
    pub headerless: bool,
    /// What is remembered of such tables, by name.
    pub remembered: Vec<(String, Mapping)>,
    /// The chosen column.
    pub chosen: usize,
    /// Until when the first value of the chosen column is shown.
    pub shown_until: Option<Timestamp>,
    /// The name to remember it by.
    pub name: Editor,
    /// The name that it has, where it was remembered or is what was remembered.
    pub known_as: Option<String>,
}

impl Columns {
    /// With what is remembered of such a table, or else with what columns of these names usually hold.
    pub fn new(table: Table) -> Self {
        let Table { file, columns, headerless, remembered } = table;
        let column = |(label, example): (String, Secret)| {
            let target = usual(&label);
            Column { label, example, target }
        };
        let all: Vec<Column> = columns.into_iter().map(column).collect();
        let labels = || all.iter().map(|column| column.label.as_str());
        let fits = |(_, mapping): &(String, Mapping)| {
            mapping.is_headerless() == headerless && mapping.fits(labels())
        };
        let remembered: Vec<(String, Mapping)> = remembered.into_iter().filter(fits).collect();
        let name = Editor::line(NAME);
        let mut columns =
            Self { file, all, headerless, remembered, chosen: 0, shown_until: None, name, known_as: None };
        columns.recall(0);
        columns
    }

    /// Says what is remembered by this number.
    pub fn recall(&mut self, number: usize) {
        let Some((name, mapping)) = self.remembered.get(number) else { return };
        for column in &mut self.all {
            column.target = mapping.target(&column.label);
        }
        self.known_as = Some(name.clone());
    }

    /// Says what the chosen column holds, and all others of its name with it: they cannot be told apart.
    pub fn assign(&mut self, target: Option<&'static str>) {
        let Some(label) = self.all.get(self.chosen).map(|column| column.label.clone()) else { return };
        for column in self.all.iter_mut().filter(|column| column.label.eq_ignore_ascii_case(&label)) {
            column.target = target;
        }
        self.known_as = None;
    }

    /// What comes after what the chosen column holds, or before it: a custom field, then all of [`TARGETS`].
    pub fn neighbour(&self, back: bool) -> Option<&'static str> {
        let all: Vec<Option<&str>> =
            std::iter::once(None).chain(TARGETS.iter().map(|(name, _)| Some(*name))).collect();
        let now = self.all.get(self.chosen).and_then(|column| column.target);
        let at = all.iter().position(|target| *target == now).unwrap_or(0);
        let to = if back { at + all.len() - 1 } else { at + 1 };
        all.get(to % all.len()).copied().flatten()
    }

    /// What was said.
    ///
    /// # Errors
    /// [`MapError::Empty`] where nothing was.
    pub fn mapping(&self) -> Result<Mapping, MapError> {
        let mut said: Vec<(&str, String)> = Vec::new();
        for (target, label) in self.all.iter().filter_map(|column| Some((column.target?, &column.label))) {
            if !said.iter().any(|(_, known)| known.eq_ignore_ascii_case(label)) {
                said.push((target, label.clone()));
            }
        }
        Mapping::of(said)
    }
}
