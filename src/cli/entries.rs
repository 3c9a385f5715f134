//! `ls` and `get`: what is there, and one value of it.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::context::Context;
use super::{field, output};
use crate::printable;
use crate::report::Failure;
use crate::search::resolve;
use crate::vault::Entry;
use crate::vault::entry::State;

/// What `ls --json` says of an entry: never a secret.
#[derive(Serialize)]
struct Listed<'v> {
    id: String,
    title: &'v str,
    username: &'v str,
    urls: Vec<&'v str>,
    folder: &'v str,
    tags: Vec<&'v str>,
    kind: &'v str,
    favorite: bool,
    created: String,
    modified: String,
    last_used: Option<String>,
}

/// Lists the entries that `query` finds; all without one, or with an empty one.
///
/// # Errors
/// Where the vault cannot be opened.
pub fn list(context: &mut Context, query: Option<&str>, trash: bool) -> Result<(), Failure> {
    let (_, vault) = context.open()?;
    let state = if trash { State::Trash } else { State::Live };
    let entries = vault.entries().filter(|entry| entry.state() == state);
    let found: Vec<Entry<'_>> = match query.filter(|query| !query.trim().is_empty()) {
        Some(query) => resolve(query, entries).found.into_iter().map(|found| found.document).collect(),
        None => {
            let mut all: Vec<Entry<'_>> = entries.collect();
            all.sort_by_cached_key(|entry| (entry.title().to_lowercase(), entry.username().to_lowercase()));
            all
        }
    };
    if context.json {
        return output::json(&found.iter().map(listed).collect::<Vec<_>>());
    }
    let rows = found.iter().map(|entry| {
        let host = entry.urls().first().map(|url| (*url).to_owned()).unwrap_or_default();
        let cell = |text: &str| printable::line(text).into_owned();
        [cell(entry.title()), cell(entry.username()), cell(&host), cell(entry.folder())]
    });
    let table = table(&rows.collect::<Vec<_>>(), output::is_terminal());
    if table.is_empty() { Ok(()) } else { output::text(&table) }
}

/// Prints one value and a newline.
///
/// # Errors
/// Exit 4 and 5 as the query finds, 4 where the entry has no such field.
pub fn get(context: &mut Context, query: &str, name: Option<&str>) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    output::value(&field::value(&session, &vault, entry, name)?)
}

fn listed<'v>(entry: &Entry<'v>) -> Listed<'v> {
    Listed {
        id: entry.id().to_string(),
        title: entry.title(),
        username: entry.username(),
        urls: entry.urls(),
        folder: entry.folder(),
        tags: entry.tags(),
        kind: entry.kind_name(),
        favorite: entry.is_favourite(),
        created: entry.created().to_string(),
        modified: entry.modified().to_string(),
        last_used: entry.last_used().map(|time| time.to_string()),
    }
}

/// Columns under one another for a person, tabs between them for a pipe.
fn table(rows: &[[String; 4]], aligned: bool) -> String {
    let mut widths = [0; 4];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let line = |row: &[String; 4]| {
        if !aligned {
            return row.join("\t");
        }
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
