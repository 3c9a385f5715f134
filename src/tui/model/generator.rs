//! The generator at hand: a recipe that is turned with the arrows, and what it made.

use crate::account;
use crate::config::{Asked, Profiles};
use crate::generate::{List, Mix, Passphrase, Password, Pattern, Recipe};
use crate::secret::Secret;
use crate::vault::Id;

/// The dialog.
pub struct Generator {
    /// Which kind is made.
    pub sort: Sort,
    /// What a site asks for, and how long what is made for it is.
    site: Option<(Asked, usize)>,
    /// What was made for this entry the last time, where a person chose it.
    remembered: Option<Recipe>,
    /// Recipes that were saved.
    profiles: Vec<(String, Recipe)>,
    mix: Mix,
    passphrase: Passphrase,
    syllables: Passphrase,
    /// Number in [`MASKS`].
    mask: usize,
    digits: usize,
    /// Whether a person chose anything of it.
    pub is_chosen: bool,
    /// The chosen line of [`Generator::knobs`].
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

/// What a secret is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sort {
    /// As a site asks.
    Site,
    /// As the last time.
    Remembered,
    Characters,
    Words,
    Syllables,
    Pattern,
    Pin,
    /// As saved, by number.
    Profile(usize),
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
    Least,
    Words,
    List,
    Separator,
    Capitalised,
    Number,
    Mask,
}

const SEPARATORS: [&str; 5] = ["-", " ", ".", "_", ""];
const LISTS: [List; 3] = [List::EffLong, List::EffShort, List::EffDistinct];
/// Masks to turn through; others come from saved recipes.
const MASKS: [&str; 4] = ["ddyddyddy", "ddyddy", "Yyy-ddd-s", "uuuu-dddd-uuuu"];

impl Generator {
    /// With the usual recipe, nothing made yet.
    pub fn new(purpose: Purpose, profiles: &Profiles) -> Self {
        Self {
            sort: if purpose == Purpose::Master { Sort::Words } else { Sort::Characters },
            site: None,
            remembered: None,
            profiles: profiles.iter().map(|(name, recipe)| (name.to_owned(), recipe.clone())).collect(),
            mix: Mix::default(),
            passphrase: Passphrase::default(),
            syllables: Passphrase::pronounceable(7),
            mask: 0,
            digits: 6,
            is_chosen: false,
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

    /// For a site that asks for something.
    #[must_use]
    pub fn for_site(mut self, asked: Option<Asked>) -> Self {
        if let Some(asked) = asked {
            let length = asked.rule.for_site().lengths().1;
            self.site = Some((asked, length));
            (self.sort, self.chosen) = (Sort::Site, 0);
        }
        self
    }

    /// For an entry whose password was made so the last time.
    #[must_use]
    pub fn as_remembered(mut self, text: &str) -> Self {
        if let Ok(recipe) = Recipe::parse(text)
            && recipe.entropy_bits().is_ok()
        {
            self.remembered = Some(recipe);
            (self.sort, self.chosen) = (Sort::Remembered, 0);
        }
        self
    }

    /// For the answer to a security question: words that can be read out on the phone.
    #[must_use]
    pub fn for_answer(mut self) -> Self {
        if let Recipe::Passphrase(words) = account::answer_recipe() {
            self.sort = Sort::Words;
            self.passphrase = words;
        }
        self
    }

    /// The lines of the recipe.
    pub fn knobs(&self) -> &'static [Knob] {
        use Knob as K;
        match self.sort {
            Sort::Site | Sort::Pin => &[K::Sort, K::Length],
            Sort::Remembered | Sort::Profile(_) => &[K::Sort],
            Sort::Characters => {
                &[K::Sort, K::Length, K::Lower, K::Upper, K::Digits, K::Symbols, K::NoLookAlikes, K::Least]
            }
            Sort::Words => &[K::Sort, K::Words, K::List, K::Separator, K::Capitalised, K::Number],
            Sort::Syllables => &[K::Sort, K::Words, K::Separator, K::Capitalised, K::Number],
            Sort::Pattern => &[K::Sort, K::Mask],
        }
    }

    /// The recipe.
    pub fn recipe(&self) -> Recipe {
        match self.sort {
            Sort::Site => Recipe::Password(match &self.site {
                Some((asked, length)) => {
                    asked.rule.with_length(*length).unwrap_or_else(|_| asked.rule.clone()).for_site()
                }
                None => Password::default(),
            }),
            Sort::Remembered => self.remembered.clone().unwrap_or_default(),
            Sort::Profile(at) => self.profiles.get(at).map(|(_, recipe)| recipe.clone()).unwrap_or_default(),
            Sort::Characters => Recipe::Password(self.mix.into()),
            Sort::Words => Recipe::Passphrase(self.passphrase.clone()),
            Sort::Syllables => Recipe::Passphrase(self.syllables.clone()),
            Sort::Pattern => Recipe::Pattern(Pattern { mask: self.mask().to_owned() }),
            Sort::Pin => Recipe::Password(Password::pin(self.digits)),
        }
    }

    /// What a line is called, and what it says.
    pub fn line(&self, knob: Knob) -> (&'static str, String) {
        let on = |on: bool| if on { "[x]" } else { "[ ]" }.to_owned();
        let (mix, words) = (&self.mix, self.words());
        match knob {
            Knob::Sort => ("Made of", self.sort_words()),
            Knob::Length => ("Length", self.length().to_string()),
            Knob::Lower => ("Small letters", on(mix.lower)),
            Knob::Upper => ("Capital letters", on(mix.upper)),
            Knob::Digits => ("Digits", on(mix.digits)),
            Knob::Symbols => ("Symbols", on(mix.symbols)),
            Knob::NoLookAlikes => ("No look-alikes", on(mix.no_look_alikes)),
            Knob::Least => ("At least of each", mix.least.to_string()),
            Knob::Words if self.sort == Sort::Syllables => ("Syllables", words.words.to_string()),
            Knob::Words => ("Words", words.words.to_string()),
            Knob::List => ("Out of the list", words.list.to_string()),
            Knob::Separator => {
                let name = match words.separator.as_str() {
                    "" => "none",
                    " " => "blank",
                    other => other,
                };
                (if self.sort == Sort::Syllables { "Between them" } else { "Between words" }, name.to_owned())
            }
            Knob::Capitalised => ("Capitals", on(words.capitalised)),
            Knob::Number => ("A digit at the end", on(words.number)),
            Knob::Mask => ("Pattern", self.mask().to_owned()),
        }
    }

    fn sort_words(&self) -> String {
        match self.sort {
            Sort::Site => format!("as {} asks", self.site.as_ref().map_or("", |(asked, _)| &asked.host)),
            Sort::Remembered => "as the last time".to_owned(),
            Sort::Profile(at) => format!("profile {}", self.profiles.get(at).map_or("", |(name, _)| name)),
            Sort::Characters => "characters".to_owned(),
            Sort::Words => "words".to_owned(),
            Sort::Syllables => "syllables".to_owned(),
            Sort::Pattern => "a pattern".to_owned(),
            Sort::Pin => "digits (PIN)".to_owned(),
        }
    }

    fn mask(&self) -> &'static str {
        MASKS.get(self.mask).copied().unwrap_or_default()
    }

    fn words(&self) -> &Passphrase {
        if self.sort == Sort::Syllables { &self.syllables } else { &self.passphrase }
    }

    fn length(&self) -> usize {
        match (self.sort, &self.site) {
            (Sort::Pin, _) => self.digits,
            (Sort::Site, Some((_, length))) => *length,
            _ => self.mix.length,
        }
    }

    /// All kinds in the order in which they are turned through.
    fn sorts(&self) -> Vec<Sort> {
        let mut sorts = Vec::new();
        sorts.extend(self.remembered.as_ref().map(|_| Sort::Remembered));
        sorts.extend(self.site.as_ref().map(|_| Sort::Site));
        sorts.extend([Sort::Characters, Sort::Words, Sort::Syllables, Sort::Pattern, Sort::Pin]);
        sorts.extend((0..self.profiles.len()).map(Sort::Profile));
        sorts
    }

    /// Moves to another line.
    pub fn choose(&mut self, line: usize) {
        self.chosen = line.min(self.knobs().len().saturating_sub(1));
    }

    /// To the next saved recipe, or from the last one to what is usual; whether there is any.
    pub fn next_profile(&mut self) -> bool {
        let next = match self.sort {
            Sort::Profile(at) => at + 1,
            _ => 0,
        };
        if self.profiles.is_empty() {
            return false;
        }
        self.is_chosen = true;
        let usual = self.sorts().first().copied().unwrap_or(Sort::Characters);
        self.sort = if next < self.profiles.len() { Sort::Profile(next) } else { usual };
        self.choose(0);
        true
    }

    /// Whether the chosen line is a number or a choice, which is turned and not switched.
    pub fn is_turned(&self) -> bool {
        use Knob as K;
        matches!(self.knobs().get(self.chosen), Some(K::Length | K::Words | K::Least | K::List | K::Mask))
    }

    /// Turns the chosen line up or down; a switch is switched.
    pub fn turn(&mut self, up: bool) {
        let Some(knob) = self.knobs().get(self.chosen) else { return };
        self.is_chosen = true;
        let step = |number: usize, least: usize, most: usize| {
            if up { (number + 1).min(most) } else { number.saturating_sub(1).max(least) }
        };
        let next = |at: Option<usize>, len: usize| (at.unwrap_or(0) + if up { 1 } else { len - 1 }) % len;
        let is_syllables = self.sort == Sort::Syllables;
        let (mix, words) =
            (&mut self.mix, if is_syllables { &mut self.syllables } else { &mut self.passphrase });
        let switch = match knob {
            Knob::Sort => {
                let sorts = self.sorts();
                let at = next(sorts.iter().position(|sort| *sort == self.sort), sorts.len());
                self.sort = sorts.get(at).copied().unwrap_or(Sort::Characters);
                return;
            }
            Knob::Length => return self.turn_length(step),
            Knob::Least => {
                mix.least = step(mix.least, 0, 9);
                return;
            }
            Knob::Words => {
                words.words = step(words.words, 1, 20);
                return;
            }
            Knob::List => {
                let at = next(LISTS.iter().position(|list| *list == words.list), LISTS.len());
                words.list = LISTS.get(at).cloned().unwrap_or(List::EffLong);
                return;
            }
            Knob::Separator => {
                let known = SEPARATORS.iter().position(|known| *known == words.separator);
                let at = next(known, SEPARATORS.len());
                words.separator = SEPARATORS.get(at).copied().unwrap_or("-").to_owned();
                return;
            }
            Knob::Mask => {
                self.mask = next(Some(self.mask), MASKS.len());
                return;
            }
            Knob::Lower => &mut mix.lower,
            Knob::Upper => &mut mix.upper,
            Knob::Digits => &mut mix.digits,
            Knob::Symbols => &mut mix.symbols,
            Knob::NoLookAlikes => &mut mix.no_look_alikes,
            Knob::Capitalised => &mut words.capitalised,
            Knob::Number => &mut words.number,
        };
        *switch = !*switch;
    }

    /// A site's length within what the site takes.
    fn turn_length(&mut self, step: impl Fn(usize, usize, usize) -> usize) {
        match (self.sort, &mut self.site) {
            (Sort::Pin, _) => self.digits = step(self.digits, 1, 32),
            (Sort::Site, Some((asked, length))) => {
                let (min, max) = (asked.rule.min.unwrap_or(1), asked.rule.max.unwrap_or(128).min(128));
                *length = step(*length, min, max.max(min));
            }
            _ => self.mix.length = step(self.mix.length, 1, 128),
        }
    }
}
