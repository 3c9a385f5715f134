//! `add`: a new entry.

use super::args::Add;
use super::context::{Context, now};
use super::{output, recipe};
use crate::crypto::random::SystemRandom;
use crate::prompt::{self, PromptError};
use crate::report::Failure;
use crate::vault::item::Item;
use crate::vault::kinds;

/// Adds an entry and says its id.
///
/// # Errors
/// Exit 2 for a kind that does not exist.
pub fn run(context: &mut Context, new: Add) -> Result<(), Failure> {
    if kinds::named(&new.kind).is_none() {
        let names: Vec<&str> = kinds::KINDS.iter().map(|kind| kind.name).collect();
        return Err(Failure::usage(format!("there is no kind {:?}", new.kind)).hint(names.join(", ")));
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
        let line = context.next_line()?;
        item.password = Some(line.ok_or(PromptError::Ended("the password"))?);
    } else if new.generate {
        item.password = Some(recipe::of(&new.recipe).generate(&mut SystemRandom)?);
    } else if context.can_ask() && item.kind == kinds::LOGIN {
        item.password = Some(prompt::secret("Password (empty for none)")?);
    }
    if new.note_stdin {
        item.note = Some(context.stdin.rest()?);
    }
    let label = format!("new entry {}", item.title);
    let id = session.edit(&mut vault, now(), &label, |edit| edit.add(&item))?;
    session.save(&mut vault, now())?;
    if context.json {
        output::json(&serde_json::json!({ "id": id.to_string(), "title": item.title }))
    } else {
        output::text(&format!("Added {} ({id})", item.title))
    }
}
