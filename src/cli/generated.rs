//! `generated`: every password that was generated in the vault, so that none is ever lost.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::args::GeneratedAction;
use super::context::{Context, now, save};
use super::{copy, output};
use crate::printable;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::session::Session;
use crate::vault::generated::Generated;
use crate::vault::{Id, Vault};

/// A line of the list. Its value only where that was asked for.
#[derive(Serialize)]
struct Line<'v> {
    number: usize,
    id: String,
    time: String,
    made_for: &'v str,
    entry: Option<String>,
    recipe: &'v str,
    used: bool,
    value: Option<String>,
}

/// Does what is asked for; lists them where nothing is.
///
/// # Errors
/// Exit 4 where there is no such one.
pub fn run(context: &mut Context, action: Option<GeneratedAction>) -> Result<(), Failure> {
    match action {
        None => list(context, false),
        Some(GeneratedAction::Ls { reveal }) => list(context, reveal),
        Some(GeneratedAction::Get { which }) => {
            let (session, vault) = context.open()?;
            output::value(&session.reveal(find(&vault, &which)?.value)?)
        }
        Some(GeneratedAction::Copy { which, clear_after }) => take(context, &which, clear_after),
        Some(GeneratedAction::Purge { which, all: _, yes }) => purge(context, which.as_deref(), yes),
    }
}

fn list(context: &mut Context, reveal: bool) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let mut lines = Vec::new();
    for (one, number) in vault.generated().iter().zip(1..) {
        lines.push(Line { value: reveal.then(|| shown(&session, one)).transpose()?, ..line(one, number) });
    }
    if context.json {
        return output::json(&lines);
    }
    for line in &lines {
        let (value, used) =
            (line.value.as_deref().unwrap_or("********"), if line.used { "used" } else { "-" });
        let (value, made_for) = (printable::line(value), printable::line(line.made_for));
        output::text(&format!("{:>3}  {}  {used:<4}  {value}  {made_for}", line.number, line.time))?;
    }
    if lines.is_empty() {
        note("Nothing was generated in this vault, or all of it is purged.");
    }
    Ok(())
}

fn line<'v>(one: &Generated<'v>, number: usize) -> Line<'v> {
    Line {
        number,
        id: one.id.to_string(),
        time: one.created.to_string(),
        made_for: one.made_for,
        entry: one.entry.map(|id| id.to_string()),
        recipe: one.recipe,
        used: one.is_used,
        value: None,
    }
}

fn shown(session: &Session, one: &Generated<'_>) -> Result<String, Failure> {
    Ok(session.reveal(one.value)?.expose_str().unwrap_or_default().to_owned())
}

/// By its number in the list, else by its id.
fn find<'v>(vault: &'v Vault, which: &str) -> Result<Generated<'v>, Failure> {
    let all = vault.generated();
    let number = which.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let numbered = number.and_then(|at| all.get(at));
    let found = numbered.or_else(|| all.iter().find(|one| one.id.to_string() == which)).copied();
    found.ok_or_else(|| {
        Failure::new(Exit::NoSuchEntry, format!("no generated password {which:?}"))
            .hint("`tresor generated` lists them.")
    })
}

fn take(context: &mut Context, which: &str, clear_after: Option<u64>) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let one = find(&vault, which)?;
    let (id, value) = (one.id, session.reveal(one.value)?);
    let clear_after = clear_after.map_or(context.config.clear_after, Duration::from_secs);
    copy::value(&value, "generated password", clear_after)?;
    // It is where it was wanted; a vault that cannot be written is no reason to fail.
    if session.edit(&mut vault, now(), "", |edit| edit.generated_used(id)).is_ok() {
        let _ = session.save(&mut vault, now());
    }
    Ok(())
}

fn purge(context: &mut Context, which: Option<&str>, yes: bool) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let ids: Vec<Id> = match which {
        Some(which) => vec![find(&vault, which)?.id],
        None => vault.generated().iter().map(|one| one.id).collect(),
    };
    let question = format!("Delete {} for good?", counted(ids.len()));
    if !ids.is_empty() && !yes {
        if !context.can_ask() {
            return Err(Failure::new(Exit::Refused, "deleting generated passwords wants consent")
                .hint("Nothing was changed. Give --yes."));
        }
        if !prompt::consent(&question)? {
            return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."));
        }
    }
    if !ids.is_empty() {
        session.edit(&mut vault, now(), "", |edit| {
            ids.iter().for_each(|id| edit.forget_generated(*id));
            Ok(())
        })?;
        save(&session, &mut vault)?;
    }
    let line = format!("Deleted {} for good; back-ups still hold them", counted(ids.len()));
    output::done(context.json, &line, &json!({ "deleted": ids.len() }))
}

fn counted(number: usize) -> String {
    if number == 1 { "1 generated password".to_owned() } else { format!("{number} generated passwords") }
}
