//! `undo`, `redo` and `log`: the steps that the vault remembers, in words.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use super::context::{Context, now, save};
use super::output;
use crate::printable;
use crate::report::{Exit, Failure, note};
use crate::session::Session;
use crate::time::Timestamp;
use crate::vault::edit::EditError;
use crate::vault::tag::{Kind, Tag};
use crate::vault::undo::Retraced;
use crate::vault::{Id, Stamp, Vault};

/// What a change of the vault's key is called in the log.
const NEW_KEY: &str = "new key of the vault (cannot be undone)";

/// Which way through the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Undo.
    Back,
    /// Redo.
    Forth,
}

/// Takes back the last `count` steps, or does those again that were taken back, and saves.
///
/// # Errors
/// Exit 1 where there is none; exit 8 where there are fewer.
pub fn run(context: &mut Context, way: Way, count: usize) -> Result<ExitCode, Failure> {
    let (session, mut vault) = context.open()?;
    let mut done = Vec::new();
    while done.len() < count
        && let Some(step) = retrace(&session, &mut vault, way)?
    {
        done.push(step);
    }
    let (key, said, verb) = match way {
        Way::Back => ("undone", "Undid", "undo"),
        Way::Forth => ("redone", "Did again", "do again"),
    };
    if done.is_empty() {
        let hint = match way {
            Way::Back => "What was deleted for good, and a new master password, cannot be undone.",
            Way::Forth => "A change after an undo ends what could be done again.",
        };
        return Err(Failure::new(Exit::Failed, format!("there is nothing to {verb}")).hint(hint));
    }
    save(&session, &mut vault)?;
    let lines: Vec<String> = done.iter().map(|step| format!("{said}: {step}")).collect();
    let steps: Vec<_> = done
        .iter()
        .map(|step| {
            json!({ "label": step.label, "own": step.is_own, "written": step.written, "kept": step.kept })
        })
        .collect();
    output::done_all(context.json, &lines, &json!({ key: steps }))?;
    if done.len() < count {
        note(&format!("There is no more to {verb}: {} of {count} steps.", done.len()));
        return Ok(ExitCode::from(Exit::Partly as u8));
    }
    Ok(ExitCode::SUCCESS)
}

fn retrace(session: &Session, vault: &mut Vault, way: Way) -> Result<Option<Retraced>, EditError> {
    match way {
        Way::Back => session.undo(vault, now()),
        Way::Forth => session.redo(vault, now()),
    }
}

#[derive(Serialize)]
struct LogLine {
    /// The step; none for what cannot be undone.
    id: Option<String>,
    time: String,
    label: String,
    device: String,
    undone: bool,
}

/// Lists what was done, newest first.
///
/// # Errors
/// Where the vault cannot be opened.
pub fn log(context: &mut Context, limit: Option<usize>) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let mut lines: Vec<(Stamp, LogLine)> = vault
        .steps()
        .iter()
        .map(|step| {
            let (id, device) = (Some(step.id().to_string()), device(&session, &vault, step.stamp().writer));
            let label = step.label.to_owned();
            let line =
                LogLine { id, time: step.stamp().time.to_string(), label, device, undone: step.is_undone() };
            (step.stamp(), line)
        })
        .collect();
    lines.extend(new_keys(&session, &vault));
    lines.sort_by_key(|(stamp, _)| *stamp);
    let lines: Vec<LogLine> = lines.into_iter().rev().map(|(_, line)| line).collect();
    let shown = lines.get(..limit.unwrap_or(lines.len()).min(lines.len())).unwrap_or_default();
    if context.json {
        return output::json(&shown);
    }
    for line in shown {
        let undone = if line.undone { "  (undone)" } else { "" };
        let (label, device) = (printable::line(&line.label), printable::line(&line.device));
        output::text(&format!("{}  {device:<12}  {label}{undone}", line.time))?;
    }
    if lines.is_empty() {
        note("Nothing was changed yet that could be undone.");
    }
    Ok(())
}

/// When the vault was given another key: nothing takes that back, but a person who reads the log looks for it.
fn new_keys(session: &Session, vault: &Vault) -> Vec<(Stamp, LogLine)> {
    let records = vault.records_of(Kind::REPLACED_KEY).iter();
    let dates = records.filter_map(|record| vault.current(record, Tag::REPLACED_AT, None));
    dates
        .filter_map(|cell| {
            let time = Timestamp(u64::from_le_bytes(vault.value(cell).try_into().ok()?));
            let device = device(session, vault, vault.stamp(cell).writer);
            let label = NEW_KEY.to_owned();
            Some((
                vault.stamp(cell),
                LogLine { id: None, time: time.to_string(), label, device, undone: false },
            ))
        })
        .collect()
}

/// What an installation is called: its name where it has one, else the start of its id.
fn device(session: &Session, vault: &Vault, writer: Id) -> String {
    if writer == session.writer() {
        return "this device".to_owned();
    }
    let name = vault.record(Kind::DEVICE, writer).and_then(|record| vault.current(record, Tag::TITLE, None));
    let name = name.map(|cell| String::from_utf8_lossy(vault.value(cell)).into_owned());
    name.unwrap_or_else(|| format!("{:.8}", writer.to_string()))
}
