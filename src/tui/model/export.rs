//! An export, step by step: as what, which entries, where to, what the format cannot hold, and the password.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::exchange::{Exporter, FORMATS, Losses};
use crate::format::passphrase;
use crate::time::Timestamp;
use crate::vault::Id;

use super::super::editor::{self, Editor};
use super::run::Working;

/// What an export is written as.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name of the format.
    pub name: &'static str,
    /// What it is called in sentences.
    pub title: &'static str,
    /// What writes it; none for a copy of the vault.
    pub exporter: Option<&'static dyn Exporter>,
}

impl Target {
    /// Everything that can be written: encrypted ones first.
    pub fn all() -> Vec<Self> {
        let vault = Self { name: "vault", title: "a copy of the vault", exporter: None };
        let written = FORMATS.iter().filter_map(|format| {
            Some(Self { name: format.name, title: format.title, exporter: Some(format.exporter?) })
        });
        let mut targets: Vec<Self> = std::iter::once(vault).chain(written).collect();
        targets.sort_by_key(|target| !target.is_encrypted());
        targets
    }

    /// Whether what is written is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.exporter.is_none_or(|exporter| exporter.is_encrypted())
    }

    /// Whether it can be written so that a spreadsheet computes nothing of it.
    pub fn has_safe(&self) -> bool {
        self.exporter.is_some_and(|exporter| exporter.spreadsheet_safe().is_some())
    }

    /// How the name of such a file ends.
    fn ending(&self) -> &'static str {
        match self.name {
            "vault" => "tresor",
            "kdbx" => "kdbx",
            "html" => "html",
            name if name.ends_with("csv") => "csv",
            _ => "json",
        }
    }
}

/// What is exported, as what, and where to.
#[derive(Clone)]
pub struct Plan {
    /// As what.
    pub target: Target,
    /// Whether values are changed that a spreadsheet would take for formulas.
    pub is_safe: bool,
    /// These entries alone; all without.
    pub entries: Option<Arc<HashSet<Id>>>,
    /// Where to, as it was typed.
    pub path: PathBuf,
    /// Whether a file that is there already may be replaced.
    pub replaces: bool,
}

impl Plan {
    /// What writes it; none for a copy of the vault.
    pub fn exporter(&self) -> Option<&'static dyn Exporter> {
        let exporter = self.target.exporter?;
        if self.is_safe { exporter.spreadsheet_safe() } else { Some(exporter) }
    }
}

/// What is known before anything is written.
pub struct Looked {
    /// Where to, in full.
    pub path: PathBuf,
    /// How many entries.
    pub count: usize,
    /// What the format cannot hold.
    pub losses: Losses,
    /// Whether a file is there already.
    pub is_taken: bool,
    /// The sync program that keeps the folder of a plain file.
    pub synced_by: Option<&'static str>,
}

/// What was written.
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Values that could not be opened and are missing. Hostile text.
    pub unreadable: Vec<String>,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Format,
    Entries,
    File,
    Losses,
    Password,
    Again,
    Done,
}

/// An export.
pub struct Exporting {
    /// Where it is.
    pub step: Step,
    /// Everything that can be written.
    pub targets: Vec<Target>,
    /// The chosen one.
    pub target: usize,
    /// The entries that were listed when it began, where those are not all.
    pub listed: Option<Arc<HashSet<Id>>>,
    /// Whether those alone are exported.
    pub is_listed: bool,
    /// Whether values are changed that a spreadsheet would take for formulas.
    pub is_safe: bool,
    /// The chosen line of the question, or the first one shown.
    pub chosen: usize,
    /// What is typed as the path.
    pub path: Editor,
    /// Names that the path may go on with.
    pub names: Vec<String>,
    /// The password of the file, or the master password.
    pub password: Editor,
    /// The same once more.
    pub again: Editor,
    /// What is known before anything is written.
    pub looked: Option<Looked>,
    /// Whether the file that is there already may be replaced.
    pub replaces: bool,
    /// What was written.
    pub written: Option<Written>,
    /// What is being done.
    pub run: Option<Working>,
    /// What is wrong with the last answer.
    pub problem: Option<String>,
}

impl Exporting {
    /// With the first question.
    pub fn new(listed: Option<Arc<HashSet<Id>>>) -> Self {
        Self {
            step: Step::Format,
            targets: Target::all(),
            target: 0,
            is_listed: false,
            listed,
            is_safe: false,
            chosen: 0,
            path: Editor::line(editor::LINE),
            names: Vec::new(),
            password: Editor::line(passphrase::MAX_LEN),
            again: Editor::line(passphrase::MAX_LEN),
            looked: None,
            replaces: false,
            written: None,
            run: None,
            problem: None,
        }
    }

    /// The chosen format.
    pub fn target(&self) -> Option<&Target> {
        self.targets.get(self.target)
    }

    /// The line that is being typed in.
    pub fn editor_mut(&mut self) -> Option<&mut Editor> {
        match self.step {
            _ if self.run.is_some() => None,
            Step::File => Some(&mut self.path),
            Step::Password => Some(&mut self.password),
            Step::Again => Some(&mut self.again),
            Step::Format | Step::Entries | Step::Losses | Step::Done => None,
        }
    }

    /// What there is to choose which entries by: all, those listed, and whether a spreadsheet is to be safe.
    pub fn options(&self) -> Vec<Entries> {
        let Some(target) = self.target() else { return Vec::new() };
        let mut options = Vec::new();
        if self.listed.is_some() && target.exporter.is_some() {
            options.extend([Entries::All, Entries::Listed]);
        }
        options.extend(target.has_safe().then_some(Entries::Safe));
        options
    }

    /// What is exported.
    pub fn plan(&self) -> Option<Plan> {
        let target = *self.target()?;
        let entries = self.listed.clone().filter(|_| self.is_listed && target.exporter.is_some());
        let path = PathBuf::from(self.path.text().trim());
        let is_safe = self.is_safe && target.has_safe();
        Some(Plan { target, is_safe, entries, path, replaces: self.replaces })
    }

    /// Suggests a path, in a folder that is made for this user alone, unless one was typed.
    pub fn suggest(&mut self, now: Timestamp) {
        let Some(ending) = self.target().map(Target::ending) else { return };
        let day = now.to_string();
        let day = day.get(..10).unwrap_or_default();
        let typed = self.path.text();
        let stem = typed.rsplit_once('.').map_or(typed, |(stem, _)| stem);
        let suggested = format!("~/tresor-export/{day}");
        if typed.is_empty() || stem == suggested {
            self.path.set(&format!("{suggested}.{ending}"));
        }
    }
}

/// Which entries, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// All of the vault.
    All,
    /// Those that were listed.
    Listed,
    /// With values changed that a spreadsheet would take for formulas.
    Safe,
}
