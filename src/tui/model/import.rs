//! The import of a file, step by step: which file, its password, what is to be repaired, what would come of it,
//! and what came of it. The vault is changed by the last step alone, all at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::exchange::repair::{Damage, Finding};
use crate::exchange::{Format, Unlock};
use crate::format::passphrase;
use crate::session::{Choice, ImportFile, ImportReport, ImportedRow, Session, Status};
use crate::vault::Vault;

use super::super::editor::{self, Editor};
use super::run::Working;

/// What is to be imported, and how it is read.
#[derive(Clone)]
pub struct Plan {
    /// The file.
    pub file: Arc<ImportFile>,
    /// What it is.
    pub origin: Origin,
    /// What opens it, where it is encrypted and was asked for.
    pub unlock: Arc<Unlock>,
    /// What is repaired; none while it is not known what looks damaged.
    pub repairs: Option<Vec<Damage>>,
}

/// What a file is.
#[derive(Clone)]
pub enum Origin {
    /// Another program's.
    Format(&'static Format),
    /// A vault of tresor, once it is open.
    Vault(Option<Arc<(Session, Vault)>>),
}

impl Origin {
    /// What it is called.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Format(format) => format.title,
            Self::Vault(_) => "another vault",
        }
    }
}

/// What is done with entries that the vault has in another state.
#[derive(Clone)]
pub struct Choices {
    /// With all of them.
    pub all: Choice,
    /// With those that were chosen one by one, by the number of their rows.
    pub own: BTreeMap<usize, Choice>,
    /// Those of the trash that are taken out of it, by the number of their rows.
    pub restored: BTreeSet<usize>,
}

impl Default for Choices {
    /// Keeping both loses nothing, so that is what no answer means; and what was deleted stays so.
    fn default() -> Self {
        Self { all: Choice::Both, own: BTreeMap::new(), restored: BTreeSet::new() }
    }
}

impl Choices {
    /// With the one of this row.
    pub fn of(&self, row: usize) -> Choice {
        self.own.get(&row).copied().unwrap_or(self.all)
    }
}

/// What comes of each row, or came of it.
#[derive(Default)]
pub struct Rows {
    /// Every row, as the report has them.
    all: Vec<ImportedRow>,
    /// Numbers of those that are shown: what cannot be read first, then what differs, what is in the trash, what there is
    /// something to be said of, what is new, what is there.
    shown: Vec<usize>,
    /// How many there are of each.
    pub counts: Counts,
}

/// How many rows there are of each sort.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // as in the report
pub struct Counts {
    pub added: usize,
    pub known: usize,
    pub updated: usize,
    pub left: usize,
    pub restored: usize,
    pub trashed: usize,
    pub skipped: usize,
}

impl Rows {
    /// Of a report. Looks at each row some times: not for the thread that draws.
    pub fn of(report: ImportReport) -> Self {
        let counts = Counts {
            added: report.added(),
            known: report.known(),
            updated: report.updated(),
            left: report.left(),
            restored: report.restored(),
            trashed: report.trashed(),
            skipped: report.skipped(),
        };
        let all = report.rows;
        let order = |row: &ImportedRow| match row.status {
            Status::Skipped(_) => 0,
            Status::Updated(_) | Status::Left(_) => 1,
            Status::Restored | Status::Trashed => 2,
            Status::Added | Status::Known if !row.remarks.is_empty() => 3,
            Status::Added => 4,
            Status::Known | Status::NoEntry => 5,
        };
        let is_shown = |row: &ImportedRow| row.status != Status::NoEntry;
        let mut shown: Vec<(u8, usize)> = Vec::with_capacity(all.len());
        shown.extend(
            all.iter().enumerate().filter(|(_, row)| is_shown(row)).map(|(at, row)| (order(row), at)),
        );
        shown.sort_unstable();
        Self { all, shown: shown.into_iter().map(|(_, at)| at).collect(), counts }
    }

    /// The numbers of those that are in the trash, in a preview.
    pub fn in_trash(&self) -> impl Iterator<Item = usize> + '_ {
        let in_trash = self.all.iter().enumerate().filter(|(_, row)| row.status == Status::Restored);
        in_trash.map(|(number, _)| number)
    }

    /// How many rows the source has.
    pub fn total(&self) -> usize {
        self.all.len()
    }

    /// How many are shown.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The row on this line, and its number in the report.
    pub fn line(&self, line: usize) -> Option<(usize, &ImportedRow)> {
        let at = *self.shown.get(line)?;
        Some((at, self.all.get(at)?))
    }
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Which file?
    File,
    /// Its password.
    Password,
    /// Its key file.
    KeyFile,
    /// What looks damaged: the number of the question.
    Repair(usize),
    /// What would come of it.
    Preview,
    /// What came of it.
    Done,
}

/// An import.
pub struct Importing {
    /// Where it is.
    pub step: Step,
    /// What is typed as the path.
    pub path: Editor,
    /// What is typed as the password of the file.
    pub password: Editor,
    /// What is typed as the path of its key file.
    pub key_file: Editor,
    /// What is to be imported, once the file is read.
    pub plan: Option<Plan>,
    /// What opening it takes of this machine, where that is to be asked about.
    pub demand: Option<String>,
    /// What looks damaged in it.
    pub findings: Vec<(Damage, Finding)>,
    /// What is repaired of it, as was answered so far.
    pub repairs: Vec<Damage>,
    /// What comes of it.
    pub rows: Rows,
    /// The chosen line.
    pub chosen: usize,
    /// What is done with entries that the vault has in another state.
    pub choices: Choices,
    /// What is being done.
    pub run: Option<Working>,
    /// What is wrong with the last answer.
    pub problem: Option<String>,
    /// The edit that it became, and whether the file is still there to be removed.
    pub done: Option<Done>,
}

/// What came of it besides the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The number of its edit; none where nothing was changed.
    pub edit: Option<u64>,
    /// Whether the file is plain, everything in it is in the vault, and it is still there.
    pub is_removable: bool,
}

impl Importing {
    /// With the first question.
    pub fn new() -> Self {
        Self {
            step: Step::File,
            path: Editor::line(editor::LINE),
            password: Editor::line(passphrase::MAX_LEN),
            key_file: Editor::line(editor::LINE),
            plan: None,
            demand: None,
            findings: Vec::new(),
            repairs: Vec::new(),
            rows: Rows::default(),
            chosen: 0,
            choices: Choices::default(),
            run: None,
            problem: None,
            done: None,
        }
    }

    /// The line that is being typed in.
    pub fn editor_mut(&mut self) -> Option<&mut Editor> {
        match self.step {
            _ if self.run.is_some() => None,
            Step::File => Some(&mut self.path),
            Step::Password => Some(&mut self.password),
            Step::KeyFile => Some(&mut self.key_file),
            Step::Repair(_) | Step::Preview | Step::Done => None,
        }
    }

    /// The path that was typed.
    pub fn typed(&self) -> PathBuf {
        PathBuf::from(self.path.text().trim())
    }

    /// Whether a file of this kind may have a key file.
    pub fn takes_key_file(&self) -> bool {
        let origin = self.plan.as_ref().map(|plan| &plan.origin);
        matches!(origin, Some(Origin::Format(format)) if format.name == "kdbx")
    }

    /// Back to the first question; the answers to the others are forgotten.
    pub fn restart(&mut self, problem: Option<String>) {
        let path = std::mem::replace(&mut self.path, Editor::line(editor::LINE));
        *self = Self { path, problem, ..Self::new() };
    }
}

impl Default for Importing {
    fn default() -> Self {
        Self::new()
    }
}
