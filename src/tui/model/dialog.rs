//! Small things over the screen: help, history, choosing, questions.

use crate::vault::Id;

use super::super::catalog::Facet;
use super::super::editor::{self, Editor};
use super::super::keymap::Context;

/// The keys that work where it was asked for.
pub struct Help {
    /// Where.
    pub contexts: &'static [Context],
    /// What is typed to narrow it down.
    pub filter: Editor,
    /// The first line shown.
    pub top: usize,
}

/// What the fields of an entry were before.
pub struct History {
    /// The entry.
    pub id: Id,
    /// The chosen value, the latest first.
    pub chosen: usize,
}

/// The fields of an entry, each with a letter.
pub struct Pick {
    /// The entry.
    pub id: Id,
    /// The chosen line.
    pub chosen: usize,
}

/// Choosing one of several by typing a part of it.
pub struct Chooser {
    /// What is chosen.
    pub title: &'static str,
    /// What there is to choose from.
    pub choices: Vec<(String, Choice)>,
    /// What is typed.
    pub filter: Editor,
    /// The chosen one of those that match.
    pub chosen: usize,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A kind for a new entry.
    Kind(&'static str),
    /// What the list shows.
    Facet(Facet),
    /// A field for the form.
    Field(super::form::NewField),
    /// A kind for the entry in the form.
    FormKind(&'static str),
    /// Whom the entry in the form signs in with: nobody, or an entry with its name.
    SignsInWith(Option<(Id, String)>),
    /// What a file that is imported is, by the name of its format.
    ImportFormat(&'static str),
    /// That it is a table, whose columns the user names.
    ImportTable,
    /// What a column of it holds; none for a custom field.
    ImportColumn(Option<&'static str>),
    /// What is remembered of such a table, by its number.
    ImportMap(usize),
    /// A change of what opens the vault.
    Keys(super::keys::Task),
}

/// A question to be answered with yes or no.
pub struct Confirm {
    /// The question.
    pub question: String,
    /// What yes does.
    pub then: Then,
}

/// What yes does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Ends the program.
    Quit,
    /// Closes the form.
    DiscardForm,
    /// Opens a file from before a change of the key.
    TakeOlderKey,
    /// Deletes a generated password for good, or all of them.
    ForgetGenerated(Option<Id>),
    /// Opens the vault, whatever its derivation takes of this machine.
    AcceptCost,
    /// Exports over a file that is there.
    ReplaceFile,
    /// Overwrites and removes the file that was imported.
    EraseSource,
}

impl Help {
    /// For these contexts.
    pub fn new(contexts: &'static [Context]) -> Self {
        Self { contexts, filter: Editor::line(editor::LINE), top: 0 }
    }
}

impl Chooser {
    /// With the first one chosen.
    pub fn new(title: &'static str, choices: Vec<(String, Choice)>) -> Self {
        Self { title, choices, filter: Editor::line(editor::LINE), chosen: 0 }
    }

    /// Those that have every typed word.
    pub fn matching(&self) -> Vec<&(String, Choice)> {
        let filter = self.filter.text().to_lowercase();
        let has = |name: &str| filter.split_whitespace().all(|word| name.to_lowercase().contains(word));
        self.choices.iter().filter(|(name, _)| has(name)).collect()
    }
}
