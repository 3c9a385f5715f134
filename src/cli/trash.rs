//! `rm`, `restore` and `trash empty`.

use serde_json::json;

use super::context::{Context, find_among, now, save};
use super::output;
use crate::prompt;
use crate::report::{Exit, Failure};
use crate::vault::Id;
use crate::vault::edit::Change;
use crate::vault::entry::State;

/// Moves an entry to the trash, or deletes it for good (also from the trash).
///
/// # Errors
/// Exit 4 and 5 as the query finds.
pub fn remove(context: &mut Context, query: &str, purge: bool) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let id = match context.find(&vault, query) {
        Err(failure) if purge && failure.exit == Exit::NoSuchEntry => {
            find_among(&vault, query, State::Trash)?
        }
        found => found?,
    };
    let title = vault.entry(id).map(|entry| entry.title().to_owned()).unwrap_or_default();
    if purge {
        if context.can_ask() && !prompt::consent(&format!("Delete {title} and its history for good?"))? {
            return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."));
        }
        session.edit(&mut vault, now(), "", |edit| edit.purge(id))?;
    } else {
        let label = format!("{title} to the trash");
        session.edit(&mut vault, now(), &label, |edit| edit.change(id, Change::State(State::Trash)))?;
    }
    save(&session, &mut vault)?;
    let line = match purge {
        true => format!("Deleted {title} for good; back-ups still hold it"),
        false => format!("Moved {title} to the trash; `tresor restore` takes it out"),
    };
    let json = json!({ "id": id.to_string(), "title": title, "purged": purge });
    output::done(context.json, &line, &json)
}

/// Takes an entry out of the trash.
///
/// # Errors
/// Exit 4 and 5 as the query finds in the trash.
pub fn restore(context: &mut Context, query: &str) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let id = find_among(&vault, query, State::Trash)?;
    let title = vault.entry(id).map(|entry| entry.title().to_owned()).unwrap_or_default();
    let label = format!("{title} out of the trash");
    session.edit(&mut vault, now(), &label, |edit| edit.change(id, Change::State(State::Live)))?;
    save(&session, &mut vault)?;
    let json = json!({ "id": id.to_string(), "title": title });
    output::done(context.json, &format!("Restored {title}"), &json)
}

/// Deletes everything in the trash for good.
///
/// # Errors
/// Where the vault cannot be saved.
pub fn empty(context: &mut Context) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let trashed = vault.entries().filter(|entry| entry.state() == State::Trash);
    let ids: Vec<Id> = trashed.map(|entry| entry.id()).collect();
    if !ids.is_empty() {
        let question = format!("Delete {} entries and their history for good?", ids.len());
        if context.can_ask() && !prompt::consent(&question)? {
            return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."));
        }
        session.edit(&mut vault, now(), "", |edit| ids.iter().try_for_each(|id| edit.purge(*id)))?;
        save(&session, &mut vault)?;
    }
    let line = format!("Deleted {} entries for good", ids.len());
    output::done(context.json, &line, &json!({ "deleted": ids.len() }))
}
