//! `add`: a new entry.

use serde_json::json;

use super::args::Add;
use super::context::{Context, now, save};
use super::field::no_kind;
use super::{output, recipe};
use crate::prompt;
use crate::report::Failure;
use crate::vault::item::Item;
use crate::vault::kinds;

/// Adds an entry and says its id.
///
/// # Errors
/// Exit 2 for an empty title, or a kind that does not exist.
pub fn run(context: &mut Context, new: Add) -> Result<(), Failure> {
    recipe::only_with(&new.recipe, new.generate)?;
    if new.title.trim().is_empty() {
        return Err(Failure::usage("the title is empty").hint("Nothing was added."));
    }
    if kinds::named(&new.kind).is_none() {
        return Err(no_kind(&new.kind));
    }
    let (session, mut vault) = context.open()?;
    let mut item = Item {
        kind: new.kind,
        title: new.title,
        username: new.username.unwrap_or_default(),
        urls: new.url,
        folder: new.folder.unwrap_or_default(),
        tags: new.tag,
        ..Item::default()
    };
    if new.secret_stdin {
        item.password = Some(context.next_line("the password")?);
    } else if new.generate {
        let urls: Vec<&str> = item.urls.iter().map(String::as_str).collect();
        let chosen = recipe::for_entry(&new.recipe, "", &urls)?;
        item.password = Some(chosen.generate()?);
        item.upkeep.policy = chosen.remembered();
    } else if context.can_ask() && item.kind == kinds::LOGIN {
        item.password = Some(prompt::secret("Password (empty for none)")?);
    }
    if new.note_stdin {
        item.note = Some(context.rest("the note")?);
    }
    let label = format!("new entry {}", item.title);
    let id = session.edit(&mut vault, now(), &label, |edit| edit.add(&item))?;
    save(&session, &mut vault)?;
    let json = json!({ "id": id.to_string(), "title": item.title });
    output::done(context.json, &format!("Added {} ({id})", item.title), &json)
}
