//! Options to a recipe, or a complaint about options that would do nothing.

use std::path::Path;
use std::sync::Arc;

use super::args::RecipeOptions;
use crate::config::{Asked, Places, Profiles, asked_for, known_sites, site_rule};
use crate::crypto::random::SystemRandom;
use crate::generate::{
    GenerateError, List, Mix, OwnWords, Passphrase, Password, Pattern, Recipe, RecipeError,
};
use crate::report::{Exit, Failure, note};
use crate::secret::Secret;
use crate::sites::Sites;
use crate::store::read_private;

/// The most problems with a table of sites that are told one by one.
const MOST_TOLD: usize = 5;

/// A recipe, and why it is this one.
pub struct Chosen {
    /// The recipe.
    pub recipe: Recipe,
    /// In words, where nobody said it: "as aliexpress.com asks".
    why: Option<String>,
    is_said: bool,
}

impl Chosen {
    /// What is kept for the next change of this entry: the recipe that a person chose. What was found without a word
    /// is found again, and better where the site's rule has become known or has changed by then.
    pub fn remembered(&self) -> String {
        if self.is_said { self.recipe.to_string() } else { String::new() }
    }

    /// One secret; where nobody said of which kind, it is said why it is of this one.
    ///
    /// # Errors
    /// Exit 2 for a recipe that cannot be met; nothing is drawn then.
    pub fn generate(&self) -> Result<Secret, Failure> {
        let secret = self.recipe.generate(&mut SystemRandom)?;
        if let Some(why) = &self.why {
            note(&format!("Generated {why}"));
        }
        Ok(secret)
    }
}

/// Refuses options of a recipe where nothing is generated: a password that was thought to be made would not be.
///
/// # Errors
/// Exit 2.
pub fn only_with(options: &RecipeOptions, generate: bool) -> Result<(), Failure> {
    if generate || *options == RecipeOptions::default() {
        return Ok(());
    }
    Err(Failure::usage("which password to generate is said, and not that one is")
        .hint("Nothing was changed. Add --generate."))
}

/// The recipe for an entry: what the options describe; without any the one that was remembered for it, else what the
/// first of its sites asks for, else the usual one.
///
/// # Errors
/// As [`of`]; exit 2 where what was remembered cannot be followed.
pub fn for_entry(options: &RecipeOptions, remembered: &str, urls: &[&str]) -> Result<Chosen, Failure> {
    if *options != RecipeOptions::default() {
        return Ok(Chosen { recipe: of(options)?, why: None, is_said: true });
    }
    if !remembered.is_empty() {
        let recipe = Recipe::parse(remembered).map_err(|error| {
            Failure::usage(format!("the recipe that is kept for this entry cannot be read: {error}"))
                .hint("Nothing was changed. Say which password to generate, with --recipe or another option.")
        })?;
        return Ok(Chosen {
            recipe: complete(recipe)?,
            why: Some("as the last time".to_owned()),
            is_said: false,
        });
    }
    let asked = if urls.is_empty() { None } else { asked_for(&told_sites(), urls.iter().copied()) };
    Ok(match asked {
        Some(Asked { host, rule }) => {
            let recipe = Recipe::Password(rule.for_site());
            Chosen { recipe, why: Some(format!("as {host} asks")), is_said: false }
        }
        None => Chosen { recipe: Recipe::default(), why: None, is_said: false },
    })
}

/// The recipe that the options describe.
///
/// # Errors
/// Exit 2 for one that cannot be met, or a word list that cannot be read; 4 for a site or profile that is not known.
pub fn of(options: &RecipeOptions) -> Result<Recipe, Failure> {
    let number = |number: u16| usize::from(number);
    let recipe = if let Some(words) = options.words {
        Recipe::Passphrase(Passphrase {
            words: number(words),
            list: options.word_list.as_deref().map_or(Ok(List::EffLong), list)?,
            separator: options.separator.clone().unwrap_or_else(|| Passphrase::default().separator),
            capitalised: options.capitalised,
            number: options.number,
        })
    } else if let Some(host) = &options.site {
        return of_site(host, options.length.map(usize::from));
    } else if let Some(text) = &options.recipe {
        Recipe::parse(text).map_err(|error| Failure::usage(error.to_string()).hint("Nothing was changed."))?
    } else if let Some(mask) = &options.pattern {
        Recipe::Pattern(Pattern { mask: mask.clone() })
    } else if let Some(syllables) = options.pronounceable {
        Recipe::Passphrase(Passphrase::pronounceable(number(syllables)))
    } else if let Some(digits) = options.pin {
        Recipe::Password(Password::pin(number(digits)))
    } else if let Some(name) = &options.profile {
        of_profile(name)?
    } else {
        return Ok(Recipe::Password(mix(options).into()));
    };
    let recipe = match (recipe, options.length) {
        // A saved recipe is the person's own, and no bound.
        (Recipe::Password(password), Some(length)) if options.profile.is_some() => {
            let length = Some(number(length));
            Recipe::Password(Password { min: length, max: length, ..password })
        }
        (Recipe::Password(password), Some(length)) => {
            Recipe::Password(password.with_length(number(length)).map_err(GenerateError::from)?)
        }
        (_, Some(_)) => return Err(Failure::usage("a length is for characters, and this recipe has none")),
        (recipe, None) => recipe,
    };
    complete(recipe)
}

fn mix(options: &RecipeOptions) -> Mix {
    let usual = Mix::default();
    Mix {
        length: options.length.map_or(usual.length, usize::from),
        lower: !options.no_lower,
        upper: !options.no_upper,
        digits: !options.no_digits,
        symbols: !options.no_symbols,
        no_look_alikes: options.no_look_alikes,
        least: if options.any_mix { 0 } else { options.at_least.map_or(usual.least, usize::from) },
    }
}

fn of_site(host: &str, length: Option<usize>) -> Result<Recipe, Failure> {
    let Some(rule) = told_sites().rule(host) else {
        return Err(Failure::new(
            Exit::NoSuchEntry,
            format!("nothing is known of the passwords that {host} takes"),
        )
        .hint("Without --site the usual kind is generated, which most sites take."));
    };
    let unusable = |error: String| {
        Failure::usage(format!("the rule for {} in {}: {error}", rule.host, rule.source.words()))
            .hint("Nothing was generated. `tresor sites show` has the rule.")
    };
    let mut asked = site_rule(&rule.text).map_err(unusable)?;
    if let Some(length) = length {
        asked =
            asked.with_length(length).map_err(|error| Failure::usage(format!("{}: {error}", rule.host)))?;
    }
    let made = asked.for_site();
    made.counted().map_err(|error: RecipeError| unusable(error.to_string()))?;
    Ok(Recipe::Password(Password { unknown: Vec::new(), ..made }))
}

fn of_profile(name: &str) -> Result<Recipe, Failure> {
    let profiles = Profiles::load(&Places::of_this_user()?.profiles)?;
    profiles.recipe(name).cloned().ok_or_else(|| {
        Failure::new(Exit::NoSuchEntry, format!("there is no profile {name:?}"))
            .hint("`tresor profiles` lists them, `tresor generate --save-profile` makes one.")
    })
}

/// What is known of sites. What is wrong with the user's tables is said on standard error.
pub fn told_sites() -> Sites {
    let Ok(places) = Places::of_this_user() else { return Sites::built_in() };
    let (sites, problems) = known_sites(&places);
    problems.iter().take(MOST_TOLD).for_each(|problem| note(problem));
    if problems.len() > MOST_TOLD {
        note(&format!("{} more lines are not used.", problems.len() - MOST_TOLD));
    }
    sites
}

/// A built-in word list, or a file; by its whole path, since the recipe may be used from elsewhere the next time.
fn list(named: &Path) -> Result<List, Failure> {
    if let Some(known) = named.to_str().and_then(List::named) {
        return Ok(known);
    }
    let path = std::path::absolute(named).ok();
    let path = path.as_deref().and_then(Path::to_str).filter(|path| !path.contains([']', ';']));
    let path = path.filter(|path| !path.contains(char::is_control));
    path.map(List::file)
        .ok_or_else(|| Failure::usage(format!("{}: a recipe cannot name this file", named.display())))
}

/// Reads the word list that a recipe wants, and sees to it that the recipe can be kept as text.
fn complete(recipe: Recipe) -> Result<Recipe, Failure> {
    Recipe::parse(&recipe.to_string()).map_err(|error| Failure::usage(error.to_string()))?;
    let Some(path) = recipe.wanted_list().map(str::to_owned) else { return Ok(recipe) };
    let refused = |reason: String| Failure::usage(reason).hint("Nothing was generated or changed.");
    let bytes =
        read_private(Path::new(&path), OwnWords::MAX_LEN).map_err(|error| refused(error.to_string()))?;
    let words = OwnWords::parse(&bytes).map_err(|error| refused(format!("{path}: {error}")))?;
    if words.doubles() > 0 {
        let (doubles, count) = (words.doubles(), words.count());
        note(&format!("{path}: {doubles} words stand in it twice and count once; {count} are left."));
    }
    Ok(recipe.with_words(Arc::new(words)))
}
