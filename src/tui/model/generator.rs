//! The generator at hand: a recipe that is turned with the arrows, and what it made.

use crate::generate::{Passphrase, Password, Recipe};
use crate::secret::Secret;
use crate::vault::Id;

/// The dialog.
pub struct Generator {
    /// Characters or words.
    pub sort: Sort,
    /// The recipe for characters.
    pub password: Password,
    /// The recipe for words.
    pub passphrase: Passphrase,
    /// The chosen line of [`Generator::lines`].
    pub chosen: usize,
    /// What was made last, once it is kept.
    pub value: Option<Secret>,
    /// What becomes of it before it is shown.
    pub keeping: Keeping,
    /// Where it goes.
    pub purpose: Purpose,
}

/// Getting what was made into the vault before anybody sees it.
#[derive(Default)]
pub struct Keeping {
    /// What waits for the disk.
    pub waiting: Option<Waiting>,
    /// Another one was asked for meanwhile.
    pub again: bool,
    /// It is taken as soon as it is there.
    pub accept: bool,
    /// What is shown, among the generated passwords.
    pub id: Option<Id>,
    /// Why it is not kept.
    pub failed: Option<String>,
}

/// A secret that is not on the disk yet.
pub struct Waiting {
    /// The number of the edit that keeps it.
    pub edit: u64,
    /// Which of the generated passwords it is.
    pub id: Id,
    /// It.
    pub value: Secret,
}

/// Characters or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sort {
    Characters,
    Words,
}

/// Where a generated secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Into the focused field of the form.
    Field,
    /// To the clipboard.
    Copy,
    /// Becomes the master password of a new vault: words, which can be remembered.
    Master,
}

/// A line of the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Knob {
    Sort,
    Length,
    Lower,
    Upper,
    Digits,
    Symbols,
    NoLookAlikes,
    OneOfEach,
    Words,
    Separator,
    Capitalised,
    Number,
}

const SEPARATORS: [&str; 5] = ["-", " ", ".", "_", ""];

impl Generator {
    /// With the usual recipe, nothing made yet.
    pub fn new(purpose: Purpose) -> Self {
        Self {
            sort: if purpose == Purpose::Master { Sort::Words } else { Sort::Characters },
            password: Password::default(),
            passphrase: Passphrase::default(),
            chosen: 1,
            value: None,
            keeping: Keeping::default(),
            purpose,
        }
    }

    /// Shows what was made: what it is among the generated passwords, and why it is not on the disk.
    pub fn show(&mut self, value: Secret, id: Option<Id>, failed: Option<String>) {
        self.value = Some(value);
        self.keeping.id = id;
        self.keeping.failed = failed;
    }

    /// The lines of the recipe.
    pub fn knobs(&self) -> &'static [Knob] {
        use Knob as K;
        match self.sort {
            Sort::Characters => &[
                K::Sort,
                K::Length,
                K::Lower,
                K::Upper,
                K::Digits,
                K::Symbols,
                K::NoLookAlikes,
                K::OneOfEach,
            ],
            Sort::Words => &[K::Sort, K::Words, K::Separator, K::Capitalised, K::Number],
        }
    }

    /// The recipe.
    pub fn recipe(&self) -> Recipe {
        match self.sort {
            Sort::Characters => Recipe::Password(self.password.clone()),
            Sort::Words => Recipe::Passphrase(self.passphrase.clone()),
        }
    }

    /// What a line is called, and what it says.
    pub fn line(&self, knob: Knob) -> (&'static str, String) {
        let on = |on: bool| if on { "[x]" } else { "[ ]" }.to_owned();
        let (password, words) = (&self.password, &self.passphrase);
        match knob {
            Knob::Sort => {
                ("Made of", if self.sort == Sort::Words { "words" } else { "characters" }.to_owned())
            }
            Knob::Length => ("Length", password.length.to_string()),
            Knob::Lower => ("Small letters", on(password.lower)),
            Knob::Upper => ("Capital letters", on(password.upper)),
            Knob::Digits => ("Digits", on(password.digits)),
            Knob::Symbols => ("Symbols", on(password.symbols)),
            Knob::NoLookAlikes => ("No look-alikes", on(password.no_look_alikes)),
            Knob::OneOfEach => ("At least one of each", on(password.one_of_each)),
            Knob::Words => ("Words", words.words.to_string()),
            Knob::Separator => {
                let name = match words.separator.as_str() {
                    "" => "none",
                    " " => "blank",
                    other => other,
                };
                ("Between words", name.to_owned())
            }
            Knob::Capitalised => ("Capitals", on(words.capitalised)),
            Knob::Number => ("A digit at the end", on(words.number)),
        }
    }

    /// Moves to another line.
    pub fn choose(&mut self, line: usize) {
        self.chosen = line.min(self.knobs().len().saturating_sub(1));
    }

    /// Turns the chosen line up or down; a switch is switched.
    pub fn turn(&mut self, up: bool) {
        let Some(knob) = self.knobs().get(self.chosen) else { return };
        let step = |number: usize, most: usize| {
            if up { (number + 1).min(most) } else { number.saturating_sub(1).max(1) }
        };
        let (password, words) = (&mut self.password, &mut self.passphrase);
        let switch = match knob {
            Knob::Sort => {
                self.sort = if self.sort == Sort::Words { Sort::Characters } else { Sort::Words };
                return;
            }
            Knob::Length => {
                password.length = step(password.length, 128);
                return;
            }
            Knob::Words => {
                words.words = step(words.words, 20);
                return;
            }
            Knob::Separator => {
                let at = SEPARATORS.iter().position(|known| *known == words.separator).unwrap_or(0);
                let next = (at + if up { 1 } else { SEPARATORS.len() - 1 }) % SEPARATORS.len();
                words.separator = SEPARATORS.get(next).copied().unwrap_or("-").to_owned();
                return;
            }
            Knob::Lower => &mut password.lower,
            Knob::Upper => &mut password.upper,
            Knob::Digits => &mut password.digits,
            Knob::Symbols => &mut password.symbols,
            Knob::NoLookAlikes => &mut password.no_look_alikes,
            Knob::OneOfEach => &mut password.one_of_each,
            Knob::Capitalised => &mut words.capitalised,
            Knob::Number => &mut words.number,
        };
        *switch = !*switch;
    }
}
