//! Saved recipes by name: `profiles.toml` beside `config.toml`, which a person may write too.
//!
//! ```toml
//! "work" = "minlength: 16; maxlength: 16; required: lower; required: upper; required: digit"
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::ConfigError;
use crate::generate::Recipe;
use crate::store::file::replace_private;
use crate::store::read_private;

const MAX_LEN: usize = 1 << 20;

/// Recipes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles(BTreeMap<String, Recipe>);

impl Profiles {
    /// The most profiles.
    pub const MOST: usize = 500;
    /// The longest name in bytes.
    pub const MAX_NAME: usize = 64;

    /// Reads the file, none where there is none.
    ///
    /// # Errors
    /// [`ConfigError`] naming the profile.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let bytes = match read_private(path, MAX_LEN) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let invalid = |reason: String| ConfigError::Invalid { path: path.to_owned(), reason };
        let text = std::str::from_utf8(&bytes).map_err(|_| invalid("it is not UTF-8 text".to_owned()))?;
        Self::parse(text).map_err(invalid)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let texts: BTreeMap<String, String> =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let mut profiles = Self::default();
        for (name, text) in texts {
            let recipe = Recipe::parse(&text).map_err(|error| format!("{name:?}: {error}"))?;
            profiles.set(&name, recipe)?;
        }
        Ok(profiles)
    }

    /// Writes the file whole, in the place of the one that was there.
    ///
    /// # Errors
    /// [`ConfigError::Store`]; the old one is then as it was.
    pub fn save(&self, path: &Path) -> Result<(), ConfigError> {
        Ok(replace_private(path, self.to_text().as_bytes())?)
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        for (name, recipe) in &self.0 {
            let _ = writeln!(text, "{} = {}", quoted(name), quoted(&recipe.to_string()));
        }
        text
    }

    /// The recipe of this name.
    pub fn recipe(&self, name: &str) -> Option<&Recipe> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Recipe)> {
        self.0.iter().map(|(name, recipe)| (name.as_str(), recipe))
    }

    /// Keeps a recipe under a name, which may be taken.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn set(&mut self, name: &str, recipe: Recipe) -> Result<(), String> {
        if name.trim() != name
            || name.is_empty()
            || name.len() > Self::MAX_NAME
            || name.contains(char::is_control)
        {
            return Err(format!(
                "{name:?} is no name of a profile: 1 to {} bytes, no blanks at its ends",
                Self::MAX_NAME
            ));
        }
        if self.0.len() >= Self::MOST && !self.0.contains_key(name) {
            return Err(format!("there are {} profiles already", Self::MOST));
        }
        self.0.insert(name.to_owned(), recipe);
        Ok(())
    }

    /// Forgets one; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_go_through_their_text() {
        let mut profiles = Profiles::default();
        let texts = [
            "minlength: 8; maxlength: 9; required: [-\"#\\]]; allowed: lower; max-consecutive: 2",
            "words: 5; list: [/home/x/a \"list\".txt]; separator: [\u{a0}]; capitals: yes; number: no",
            "pattern: [ddyddy\\\\\"]",
        ];
        for (name, text) in ["plain", "with \"quotes\" = and \\", "größer"].into_iter().zip(texts) {
            profiles.set(name, Recipe::parse(text).unwrap()).unwrap();
        }
        assert_eq!(Profiles::parse(&profiles.to_text()), Ok(profiles.clone()));
        assert!(profiles.remove("plain") && !profiles.remove("plain"));
        assert_eq!(profiles.iter().count(), 2);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, what) in [
            ("work = 5", "expected"),
            ("work = \"minlength: x\"", "\"work\""),
            ("\"\" = \"minlength: 8\"", "no name"),
            ("\" a\" = \"minlength: 8\"", "no name"),
            ("[work]\na = \"minlength: 8\"", "expected"),
            ("work", "expected"),
        ] {
            let said = Profiles::parse(text).unwrap_err();
            assert!(said.contains(what), "{text}: {said}");
        }
        let mut profiles = Profiles::default();
        for at in 0..Profiles::MOST {
            profiles.set(&format!("p{at}"), Recipe::default()).unwrap();
        }
        assert!(
            profiles.set("one more", Recipe::default()).is_err()
                && profiles.set("p7", Recipe::default()).is_ok()
        );
    }
}
