//! `profiles`: the recipes that were saved.

use serde_json::json;

use super::args::ProfilesAction;
use super::output;
use crate::config::{Places, Profiles};
use crate::report::{Exit, Failure};

/// Lists them, or forgets one.
///
/// # Errors
/// Exit 4 for a name that is not there, 2 for a file that cannot be read.
pub fn run(as_json: bool, action: Option<ProfilesAction>) -> Result<(), Failure> {
    let path = Places::of_this_user()?.profiles;
    let mut profiles = Profiles::load(&path)?;
    match action {
        None => {
            let line = |(name, recipe)| format!("{name}: {recipe}");
            let lines: Vec<String> = profiles.iter().map(line).collect();
            let json =
                profiles.iter().map(|(name, recipe)| json!({ "name": name, "recipe": recipe.to_string() }));
            if lines.is_empty() && !as_json {
                return Ok(());
            }
            output::said(as_json, &lines, &json.collect())
        }
        Some(ProfilesAction::Rm { name }) => {
            if !profiles.remove(&name) {
                return Err(Failure::new(Exit::NoSuchEntry, format!("there is no profile {name:?}"))
                    .hint("Nothing was changed. `tresor profiles` lists them."));
            }
            profiles.save(&path)?;
            output::done(as_json, &format!("Forgot {name}"), &json!({ "name": name }))
        }
    }
}
