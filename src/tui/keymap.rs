//! Which key does what, and where: read from `assets/keymap.toml`. The footer, the help and docs/keys.md are
//! computed from this table, so they cannot say anything else than what the program does.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use super::action::Action;
use super::key::{Key, KeyError};

macro_rules! contexts {
    ($($variant:ident $name:literal $title:literal,)*) => {
        /// A place where keys have a meaning of their own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // `title` is the documentation
        pub enum Context { $($variant),* }

        impl Context {
            /// All of them, in the order of the help.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the key table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it is called in the help.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

contexts! {
    Search "search" "Search box",
    List "list" "List",
    Detail "detail" "Fields of an entry",
    Entry "entry" "The chosen entry, in the list and its fields",
    Form "form" "Form",
    Note "note" "Note in a form",
    Generator "generator" "Generator",
    History "history" "History",
    Kept "kept" "Generated passwords",
    WorkList "work-list" "What should change",
    Walk "walk" "Changing a password",
    Forgot "forgot" "I forgot",
    Codes "codes" "Back-up codes",
    Paste "paste" "Pasting back-up codes",
    Pick "pick" "Copy any field",
    Choose "choose" "Choosing from a list",
    Confirm "confirm" "A question",
    Kit "kit" "Recovery code",
    Audit "audit" "Audit",
    Preview "preview" "Import: what would come of it",
    Gpg "gpg" "Import: the passphrase of a key of gpg",
    Columns "columns" "Import: what columns hold",
    Repair "repair" "Import: what looks damaged",
    Imported "imported" "Import: what came of it",
    Export "export" "Export",
    Working "working" "While it works",
    HelpText "help" "Help",
    Path "path" "A path",
    Question "question" "First start",
    Unlock "unlock" "Locked",
    Text "text" "In a line of text",
    Commands "commands" "Outside of text",
    Everywhere "everywhere" "Anywhere",
}

/// Keys, pressed one after another, that do something in a context.
#[derive(Clone)]
pub struct Binding {
    /// Where.
    pub context: Context,
    /// What.
    pub action: Action,
    /// The keys.
    pub keys: Vec<Key>,
}

impl Binding {
    /// The names of the keys: `g g`, `Ctrl-L`.
    pub fn keys_named(&self) -> String {
        let names: Vec<String> = self.keys.iter().map(Key::to_string).collect();
        names.join(" ")
    }
}

/// What keys pressed so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This.
    Action(Action),
    /// More keys are to follow.
    Begun,
    /// Nothing.
    Nothing,
}

/// The table.
#[derive(Default)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// What is wrong with a key table.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum KeymapError {
    #[error("the key table cannot be read: {0}")]
    Malformed(String),
    #[error("the key table has no context {0}")]
    UnknownContext(String),
    #[error("there is no action {0}")]
    UnknownAction(String),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("in {context}, {keys} is bound twice, or begins another")]
    Ambiguous { context: &'static str, keys: String },
}

#[derive(Deserialize)]
struct Table {
    bindings: Vec<Vec<String>>,
}

impl Keymap {
    /// The table that the program ships.
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Keymap> = LazyLock::new(|| {
            // A test reads it; if it could not be read, no key but those of text would work.
            Keymap::parse(include_str!("../../assets/keymap.toml")).unwrap_or_default()
        });
        &STANDARD
    }

    /// Reads a table. In each context the order of lines is the order of the footer and the help.
    ///
    /// # Errors
    /// [`KeymapError`] naming what is wrong.
    pub fn parse(text: &str) -> Result<Self, KeymapError> {
        let malformed = |error: toml::de::Error| KeymapError::Malformed(error.message().to_owned());
        let mut tables: BTreeMap<String, Table> = toml::from_str(text).map_err(malformed)?;
        let mut bindings: Vec<Binding> = Vec::new();
        for context in Context::ALL.iter().copied() {
            let lines = tables.remove(context.name()).map(|table| table.bindings).unwrap_or_default();
            for line in lines {
                let Some((name, keys)) = line.split_first() else { continue };
                let action = Action::named(name).ok_or_else(|| KeymapError::UnknownAction(name.clone()))?;
                for keys in keys {
                    let keys: Vec<Key> = keys.split(' ').map(str::parse).collect::<Result<_, KeyError>>()?;
                    bindings.push(Binding { context, action, keys });
                }
            }
        }
        if let Some((name, _)) = tables.pop_first() {
            return Err(KeymapError::UnknownContext(name));
        }
        for (at, binding) in bindings.iter().enumerate() {
            let clashes = |other: &Binding| {
                other.context == binding.context
                    && (other.keys.starts_with(&binding.keys) || binding.keys.starts_with(&other.keys))
            };
            if bindings.iter().skip(at + 1).any(clashes) {
                let (context, keys) = (binding.context.name(), binding.keys_named());
                return Err(KeymapError::Ambiguous { context, keys });
            }
        }
        Ok(Self { bindings })
    }

    /// What `typed` means; of several contexts the first that knows it decides.
    pub fn meaning(&self, contexts: &[Context], typed: &[Key]) -> Meaning {
        for context in contexts {
            for binding in self.of(*context) {
                if binding.keys == typed {
                    return Meaning::Action(binding.action);
                }
                if binding.keys.starts_with(typed) {
                    return Meaning::Begun;
                }
            }
        }
        Meaning::Nothing
    }

    /// The bindings of a context, in order.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |binding| binding.context == context)
    }

    /// The first keys that do `action` in one of the contexts; empty if none do.
    pub fn keys_for(&self, contexts: &[Context], action: Action) -> String {
        let mut known = contexts.iter().flat_map(|context| self.of(*context));
        known.find(|binding| binding.action == action).map(Binding::keys_named).unwrap_or_default()
    }

    /// Each action of a context once, with all its keys.
    pub fn lines(&self, context: Context) -> Vec<(Action, String)> {
        let mut lines: Vec<(Action, String)> = Vec::new();
        for binding in self.of(context) {
            match lines.iter_mut().find(|(action, _)| *action == binding.action) {
                Some((_, keys)) => {
                    keys.push_str(", ");
                    keys.push_str(&binding.keys_named());
                }
                None => lines.push((binding.action, binding.keys_named())),
            }
        }
        lines
    }

    /// The whole table for docs/keys.md.
    pub fn to_markdown(&self) -> String {
        let mut page = String::from(
            "# Keys\n\nComputed from `assets/keymap.toml`. Single characters act outside of text only; the search box \
             is text.\n",
        );
        for context in Context::ALL.iter().copied() {
            page.push_str(&format!("\n## {}\n\n| keys | do |\n|---|---|\n", context.title()));
            for (action, keys) in self.lines(context) {
                page.push_str(&format!("| {} | {} |\n", keys.replace('|', "\\|"), action.says()));
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard() -> Keymap {
        Keymap::parse(include_str!("../../assets/keymap.toml")).unwrap()
    }

    #[test]
    fn every_action_has_a_key_and_every_context_too() {
        let keymap = standard();
        for action in Action::ALL {
            assert!(keymap.bindings.iter().any(|binding| binding.action == *action), "{}", action.name());
        }
        for context in Context::ALL {
            assert!(keymap.of(*context).next().is_some(), "{}", context.name());
        }
    }

    #[test]
    fn names_of_actions_are_unique() {
        for (at, action) in Action::ALL.iter().enumerate() {
            assert_eq!(Action::named(action.name()), Some(*action));
            assert!(Action::ALL.iter().skip(at + 1).all(|other| other.name() != action.name()));
        }
    }

    #[test]
    fn no_plain_character_acts_in_text() {
        use Context::*;
        let keymap = standard();
        for context in [Search, Text, Form, Note, Paste, Choose, HelpText, Path, Question, Unlock, Everywhere]
        {
            for binding in keymap.of(context) {
                let first = *binding.keys.first().unwrap();
                assert!(first.typed().is_none(), "{} in {}", binding.keys_named(), context.name());
            }
        }
    }

    #[test]
    fn no_key_needs_what_terminals_lack() {
        // Ctrl-M, I, H, J, [ are Enter, Tab, Backspace, newline and Esc on ordinary terminals.
        for binding in &standard().bindings {
            for key in &binding.keys {
                assert!(!key.alt);
                let letter = if let super::super::key::Code::Char(letter) = key.code { letter } else { ' ' };
                assert!(!(key.ctrl && "mihj[".contains(letter)), "{}", binding.keys_named());
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| Keymap::parse(text).err().unwrap().to_string();
        assert!(error("[list]\nbindings = [[\"fly\", \"f\"]]").contains("fly"));
        assert!(error("[moon]\nbindings = []").contains("moon"));
        assert!(error("[list]\nbindings = [[\"add\", \"Hyper-a\"]]").contains("Hyper-a"));
        let twice = error("[list]\nbindings = [[\"add\", \"a\"], [\"edit\", \"a b\"]]");
        assert!(twice.contains("list") && twice.contains('a'), "{twice}");
    }

    #[test]
    fn sequences_wait_for_their_end() {
        let keymap = standard();
        let g: Key = "g".parse().unwrap();
        let contexts = [Context::List];
        assert_eq!(keymap.meaning(&contexts, &[g]), Meaning::Begun);
        assert_eq!(keymap.meaning(&contexts, &[g, g]), Meaning::Action(Action::GoToTop));
        assert_eq!(keymap.meaning(&contexts, &[g, "x".parse().unwrap()]), Meaning::Nothing);
    }
}
