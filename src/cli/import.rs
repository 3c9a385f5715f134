//! `import`: the entries of another manager's export, or of another vault.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

mod changed;
mod formats;
mod maps;
mod removal;
mod repairs;
mod trashed;
mod tree;

use super::args::Import;
use super::context::{Context, now, save};
use super::output;
use crate::exchange::repair::Repairing;
use crate::exchange::source::Conversion;
use crate::exchange::{Format, ImportError, Unlock};
use crate::printable;
use crate::report::{self, Exit, Failure, note};
use crate::secret::Secret;
use crate::session::{self, ImportFile, ImportReport, ImportedRow, Source, Status};
use crate::store::read_private;
use changed::Choosing;
use trashed::Restoring;

/// Most bytes of a key file of another program.
const MAX_KEY_FILE: usize = 64 << 20;

#[derive(Serialize)]
struct Report<'r> {
    dry_run: bool,
    added: usize,
    known: usize,
    skipped: usize,
    #[serde(skip_serializing_if = "is_zero")]
    updated: usize,
    #[serde(skip_serializing_if = "is_zero")]
    left: usize,
    #[serde(skip_serializing_if = "is_zero")]
    restored: usize,
    /// Of those that are known.
    #[serde(skip_serializing_if = "is_zero")]
    trashed: usize,
    items: Vec<Line<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conversions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<Column<'r>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    damaged: &'r [repairs::Damaged],
    #[serde(skip_serializing_if = "Option::is_none")]
    source_removed: Option<bool>,
}

#[derive(Serialize)]
struct Column<'r> {
    name: &'r str,
    /// What it is taken for; none where it becomes a custom field.
    becomes: Option<&'static str>,
}

#[derive(Serialize)]
struct Line<'r> {
    place: String,
    title: &'r str,
    username: &'r str,
    status: String,
    /// What differs, where the vault has the entry in another state.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fields: &'r [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_trash: bool,
    remarks: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde wants it
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Imports a file and reports on each of its rows.
///
/// # Errors
/// Exit 1 where the file is not what it should be; a row that cannot be read makes it exit 8.
pub fn run(context: &mut Context, arguments: &Import) -> Result<ExitCode, Failure> {
    let Some(file) = arguments.file.as_deref().filter(|_| !arguments.formats) else {
        return formats::list(context.json).map(|()| ExitCode::SUCCESS);
    };
    if file.is_dir() {
        return tree::run(context, arguments, file);
    }
    let dry_run = arguments.dry_run;
    let named = arguments.from.as_deref().filter(|name| *name != "vault").map(formats::named).transpose()?;
    arguments.save_map.as_deref().map(maps::check_name).transpose()?;
    let map = maps::chosen(&arguments.map)?;
    let mut source = ImportFile::read(file)?;
    let content = source.content();
    let (session, mut vault) = context.open()?;
    let label = format!("import of {}", source.name());
    let mut is_plain = true;
    let mut told = Told { conversions: source.conversions().to_vec(), ..Told::default() };
    let mut choosing = Choosing::new(context, arguments);
    let mut restoring = Restoring::new(context, arguments);
    let mut import = session::Import {
        label: &label,
        dry_run,
        choose: &mut |changed| choosing.choose(changed),
        restore: &mut |trashed| restoring.restore(trashed),
        progress: &mut |_| ControlFlow::Continue(()),
    };
    let format = match named {
        Some(format) => Ok(format),
        None => source.detect(),
    };
    let report = match (&map, format) {
        (Some(map), _) => {
            told.columns = map.preview(content)?;
            let unlock = Unlock::default();
            let damages = repairs::chosen(context, arguments, source.damages(None, map)?, &mut told)?;
            let reader = Repairing { importer: map, damages: &damages };
            session.import(&mut vault, &Source::Read(&reader, content, &unlock), &mut import, now())?
        }
        (None, Ok(format)) => {
            let unlock = unlock(context, format, content, arguments.source_key_file.as_deref())?;
            let reader = format.reader()?;
            is_plain = !reader.is_encrypted(content);
            let found = source.damages(Some(format), reader)?;
            let damages = repairs::chosen(context, arguments, found, &mut told)?;
            let reader = Repairing { importer: reader, damages: &damages };
            session.import(&mut vault, &Source::Read(&reader, content, &unlock), &mut import, now())?
        }
        (None, Err(ImportError::IsVault)) => {
            source.let_go();
            is_plain = false;
            let (other, entries) = context.open_other(file)?;
            session.import(&mut vault, &Source::Vault(&other, &entries), &mut import, now())?
        }
        (None, Err(error @ ImportError::UnknownColumns { .. })) => {
            return Err(Failure::from(error).hint(maps::HINT));
        }
        (None, Err(error @ ImportError::UnknownFormat)) => {
            return Err(Failure::from(error)
                .hint("Nothing was imported. `tresor import --formats` lists what can be."));
        }
        (None, Err(error)) => return Err(error.into()),
    };
    // A save needs memory of its own.
    source.let_go();
    if !dry_run && report.is_change() {
        save(&session, &mut vault)?;
    }
    if let (Some(name), Some(map)) = (&arguments.save_map, map.filter(|_| !dry_run)) {
        maps::save(name, &map)?;
    }
    let is_all_in = !dry_run && report.skipped() + report.left() + report.trashed() == 0;
    let removal = (arguments.remove_source && is_all_in).then(|| removal::of(&source));
    told.removed = arguments.remove_source.then_some(matches!(removal, Some(Ok(()))));
    tell(&report, &told, arguments, context.json)?;
    removal.transpose()?;
    if is_all_in && is_plain && told.removed.is_none() && context.can_ask() {
        removal::offer(&source)?;
    }
    let done = if report.skipped() > 0 { ExitCode::from(Exit::Partly as u8) } else { ExitCode::SUCCESS };
    Ok(done)
}

/// What is to be said of the file as a whole.
#[derive(Default)]
struct Told {
    conversions: Vec<Conversion>,
    /// Every column, and what it is taken for.
    columns: Vec<(String, Option<&'static str>)>,
    damaged: Vec<repairs::Damaged>,
    /// Whether the file was removed, where that was asked for.
    removed: Option<bool>,
}

/// What opens a file that is encrypted.
fn unlock(
    context: &mut Context,
    format: &Format,
    content: &[u8],
    key_file: Option<&Path>,
) -> Result<Unlock, Failure> {
    if !format.reader()?.is_encrypted(content) {
        return Ok(Unlock::default());
    }
    let key_file = key_file.map(|file| read_private(file, MAX_KEY_FILE)).transpose()?;
    context.accept_demand(session::foreign_demand(format, content)?)?;
    let password = context.second_secret("Password of the file")?;
    Ok(Unlock { password, key_file: key_file.map(|content| Secret::copy_of(&content)) })
}

fn tell(report: &ImportReport, told: &Told, arguments: &Import, json: bool) -> Result<(), Failure> {
    let dry_run = arguments.dry_run;
    let (added, known, skipped) = (report.added(), report.known(), report.skipped());
    let (updated, left) = (report.updated(), report.left());
    let (restored, trashed) = (report.restored(), report.trashed());
    if json {
        let items = report.rows.iter().map(line).collect();
        let conversions = told.conversions.iter().map(ToString::to_string).collect();
        let columns = told.columns.iter().map(|(name, becomes)| Column { name, becomes: *becomes }).collect();
        let damaged = &told.damaged;
        return output::json(&Report {
            dry_run,
            added,
            known,
            skipped,
            updated,
            left,
            restored,
            trashed,
            items,
            conversions,
            columns,
            damaged,
            source_removed: told.removed,
        });
    }
    let mut text = String::new();
    for conversion in &told.conversions {
        text.push_str(&format!("{}\n", report::sentence(&conversion.to_string())));
    }
    for (name, becomes) in told.columns.iter().filter(|_| dry_run) {
        let becomes = becomes.unwrap_or("custom field");
        text.push_str(&format!("column {}: {becomes}\n", printable::line(name)));
    }
    for row in report.rows.iter().map(line) {
        let name = name(row.title, row.username);
        text.push_str(format!("{}: {}  {}", row.place, row.status, printable::line(&name)).trim_end());
        if row.in_trash {
            text.push_str("; in the trash");
        }
        for remark in row.remarks {
            text.push_str(&format!("; {}", printable::line(&remark)));
        }
        text.push('\n');
    }
    let would = if dry_run { "Would add" } else { "Added" };
    text.push_str(&format!("{would} {added}, already there {known}, skipped {skipped}"));
    let others = [
        (updated, "updated"),
        (left, "left as they are"),
        (restored, "taken out of the trash"),
        (trashed, "of those there in the trash"),
    ];
    for (count, what) in others.iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!(", {what} {count}"));
    }
    output::text(&text)?;
    if trashed > 0 && arguments.trashed.is_none() {
        note("`--trashed restore` takes out of the trash what is left there.");
    }
    Ok(())
}

/// What an entry is called.
fn name(title: &str, username: &str) -> String {
    if username.is_empty() { title.to_owned() } else { format!("{title}/{username}") }
}

fn line(row: &ImportedRow) -> Line<'_> {
    Line {
        place: row.place.to_string(),
        title: &row.title,
        username: &row.username,
        status: match &row.status {
            Status::Added => "added".to_owned(),
            Status::Known | Status::Trashed => "already there".to_owned(),
            Status::Restored => "taken out of the trash".to_owned(),
            Status::Updated(fields) => format!("updated ({})", fields.join(", ")),
            Status::Left(fields) => format!("left as it is, differs ({})", fields.join(", ")),
            Status::NoEntry => "no entry".to_owned(),
            Status::Skipped(reason) => format!("skipped: {reason}"),
        },
        fields: match &row.status {
            Status::Updated(fields) | Status::Left(fields) => fields,
            _ => &[],
        },
        in_trash: row.status == Status::Trashed,
        remarks: row.remarks.iter().map(ToString::to_string).collect(),
    }
}
