//! `remind`: how often passwords are to be changed, for an entry, a folder or everywhere.

use serde::Serialize;
use serde_json::json;

use super::args::Remind;
use super::context::{Context, now, save};
use super::output;
use crate::printable;
use crate::report::{Failure, note};
use crate::time::Timestamp;
use crate::vault::edit::Change;
use crate::vault::reminder::{Interval, Reminders, expiry_of, is_expired};
use crate::vault::{Entry, Vault, folder};

/// A reminder in the list.
#[derive(Debug, Serialize)]
struct Line {
    /// `everywhere`, `folder` or `entry`.
    scope: &'static str,
    id: Option<String>,
    /// The entry's title, or the folder's path.
    name: String,
    /// 0 for never.
    days: u32,
    every: String,
    due: Option<String>,
    is_due: bool,
}

/// Lists the reminders, says that of one entry, or sets one.
///
/// # Errors
/// Exit 2 for a time that is none, 4 and 5 as the query finds.
pub fn run(context: &mut Context, given: &Remind) -> Result<(), Failure> {
    let days = match &given.every {
        Some(text) => {
            let interval = Interval::parse(text);
            Some(
                interval
                    .map_err(|error| Failure::usage(error.to_string()).hint("Nothing was changed."))?
                    .days(),
            )
        }
        None => given.never.then_some(0),
    };
    let is_set = given.every.is_some() || given.never || given.clear;
    let (session, mut vault) = context.open()?;
    if !is_set {
        return list(context, &vault, given.query.as_deref());
    }
    let said = words(days);
    let (line, json) = if let Some(query) = &given.query {
        let id = context.find(&vault, query)?;
        let title = vault.entry(id).map(|entry| entry.title().to_owned()).unwrap_or_default();
        let label = format!("reminder of {title}");
        session.edit(&mut vault, now(), &label, |edit| edit.change(id, Change::Reminder(days)))?;
        (format!("{title}: {said}"), json!({ "scope": "entry", "id": id.to_string(), "days": days }))
    } else if let Some(path) = &given.folder {
        let path = folder::normal(path);
        if path.is_empty() {
            return Err(Failure::usage("the folder is empty")
                .hint("Nothing was changed. --everywhere is all of them."));
        }
        session.edit(&mut vault, now(), "", |edit| edit.remind_folder(&path, days))?;
        (format!("Folder {path}: {said}"), json!({ "scope": "folder", "folder": path, "days": days }))
    } else {
        session.edit(&mut vault, now(), "", |edit| edit.remind_everywhere(days))?;
        (format!("Everywhere: {said}"), json!({ "scope": "everywhere", "days": days }))
    };
    save(&session, &mut vault)?;
    output::done(context.json, &line, &json)
}

/// What is said of so many days; none for nothing, 0 for never.
fn words(days: Option<u32>) -> String {
    match days {
        None => "nothing said".to_owned(),
        Some(days) => Interval::of_days(days).map_or("never".to_owned(), |interval| interval.to_string()),
    }
}

fn list(context: &Context, vault: &Vault, query: Option<&str>) -> Result<(), Failure> {
    let (reminders, now) = (Reminders::of(vault), now());
    let general = |scope, name: &str, days| Line {
        scope,
        id: None,
        name: name.to_owned(),
        days,
        every: words(Some(days)),
        due: None,
        is_due: false,
    };
    let mut lines = Vec::new();
    if let Some(query) = query {
        let id = context.find(vault, query)?;
        lines.extend(vault.entry(id).and_then(|entry| of_entry(&entry, &reminders, now)));
    } else {
        lines.extend(reminders.everywhere().map(|days| general("everywhere", "", days)));
        lines.extend(reminders.folders().map(|(path, days)| general("folder", path, days)));
        let own = vault.entries().filter(|entry| entry.is_live() && entry.reminder().is_some());
        lines.extend(own.filter_map(|entry| of_entry(&entry, &reminders, now)));
        let dated = vault.entries().filter(|entry| entry.is_live());
        lines.extend(dated.filter_map(|entry| of_expiry(&entry, now)));
    }
    if context.json {
        return output::json(&lines);
    }
    for line in &lines {
        let name = if line.name.is_empty() { line.scope } else { &line.name };
        let due = match (&line.due, line.is_due) {
            (Some(due), true) => format!(", due since {}", day(due)),
            (Some(due), false) => format!(", due on {}", day(due)),
            (None, _) => String::new(),
        };
        output::text(&format!("{}  {}{due}", printable::line(name), line.every))?;
    }
    if lines.is_empty() {
        note("There is no reminder here.");
    }
    Ok(())
}

/// What counts for an entry, wherever it is said.
fn of_entry(entry: &Entry<'_>, reminders: &Reminders, now: Timestamp) -> Option<Line> {
    let days = entry.reminder().or_else(|| Some(reminders.interval(entry)?.0.days()))?;
    let due = reminders.due(entry);
    Some(Line {
        scope: "entry",
        id: Some(entry.id().to_string()),
        name: entry.title().to_owned(),
        days,
        every: words(Some(days)),
        due: due.map(|due| due.to_string()),
        is_due: due.is_some_and(|due| now >= due),
    })
}

fn of_expiry(entry: &Entry<'_>, now: Timestamp) -> Option<Line> {
    let expiry = expiry_of(entry)?;
    Some(Line {
        scope: "expiry",
        id: Some(entry.id().to_string()),
        name: entry.title().to_owned(),
        days: 0,
        every: "expires".to_owned(),
        due: Some(expiry.to_string()),
        is_due: is_expired(expiry, now),
    })
}

fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or_default()
}
