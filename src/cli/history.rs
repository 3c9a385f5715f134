//! `history`: what an entry's fields were, and making an old value current again.

use serde::Serialize;
use serde_json::json;

use super::context::{Context, now, save};
use super::output;
use crate::printable;
use crate::report::{Exit, Failure, note};
use crate::vault::entry::Value;

#[derive(Serialize)]
struct PastLine {
    number: usize,
    field: String,
    time: String,
    value: Option<String>,
}

/// Lists replaced values, secrets masked unless `reveal`; or restores the one of a number.
///
/// # Errors
/// Exit 4 where there is no such value.
pub fn run(context: &mut Context, query: &str, reveal: bool, restore: Option<usize>) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    let history = entry.history();
    if let Some(number) = restore {
        let past = number.checked_sub(1).and_then(|at| history.get(at)).copied().ok_or_else(|| {
            Failure::new(Exit::NoSuchEntry, format!("{:?} has no past value {number}", entry.title()))
        })?;
        let what = format!("{} of {}", past.name, entry.title());
        let label = format!("{what} brought back");
        let (tag, field, time, field_name) = (past.tag, past.field, past.time, past.name.to_owned());
        session.edit(&mut vault, now(), &label, |edit| edit.restore_past(id, tag, field, time))?;
        save(&session, &mut vault)?;
        let json = json!({ "id": id.to_string(), "restored": field_name });
        return output::done(context.json, &format!("Restored {what}"), &json);
    }
    let mut lines = Vec::new();
    for (number, past) in history.iter().enumerate() {
        let is_secret = matches!(past.value, Value::Sealed(..));
        let value = match past.value {
            _ if is_secret && !reveal => None,
            value => Some(session.reveal(value)?.expose_str().unwrap_or_default().to_owned()),
        };
        let (field, time) = (past.name.to_owned(), past.time.to_string());
        lines.push(PastLine { number: number + 1, field, time, value });
    }
    if context.json {
        return output::json(&lines);
    }
    for line in &lines {
        let value = line.value.as_deref().map(printable::line).unwrap_or("********".into());
        output::text(&format!(
            "{:>3}  {}  {}  {value}",
            line.number,
            line.time,
            printable::line(&line.field)
        ))?;
    }
    if lines.is_empty() {
        note("Nothing of it was ever changed.");
    }
    Ok(())
}
