//! `import`: the entries of another manager's export, or of another vault.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

mod formats;
mod maps;
mod repairs;

use super::args::Import;
use super::context::{Context, now, save};
use super::output;
use crate::exchange::repair::Repairing;
use crate::exchange::source::{self, Conversion};
use crate::exchange::{self, Format, ImportError, Unlock};
use crate::printable;
use crate::report::{self, Exit, Failure};
use crate::secret::Secret;
use crate::session::{self, ImportReport, ImportedRow, Source, Status};
use crate::store::read_private;

/// Most bytes of a file.
const MAX_LEN: usize = 2 << 30;
/// Most bytes of a key file of another program.
const MAX_KEY_FILE: usize = 64 << 20;

#[derive(Serialize)]
struct Report<'r> {
    dry_run: bool,
    added: usize,
    known: usize,
    skipped: usize,
    items: Vec<Line<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conversions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<Column<'r>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    damaged: &'r [repairs::Damaged],
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
    remarks: Vec<String>,
}

/// Imports a file and reports on each of its rows.
///
/// # Errors
/// Exit 1 where the file is not what it should be; a row that cannot be read makes it exit 8.
pub fn run(context: &mut Context, arguments: &Import) -> Result<ExitCode, Failure> {
    let Some(file) = arguments.file.as_deref().filter(|_| !arguments.formats) else {
        return formats::list(context.json).map(|()| ExitCode::SUCCESS);
    };
    let dry_run = arguments.dry_run;
    let named = arguments.from.as_deref().filter(|name| *name != "vault").map(formats::named).transpose()?;
    arguments.save_map.as_deref().map(maps::check_name).transpose()?;
    let map = maps::chosen(&arguments.map)?;
    let content = read_private(file, MAX_LEN)?;
    let (session, mut vault) = context.open()?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let label = format!("import of {name}");
    let (content, conversions) = source::plain(content)?;
    let mut told = Told { conversions, ..Told::default() };
    let format = match named {
        Some(format) => Ok(format),
        None => exchange::detect(&content),
    };
    let report = match (&map, format) {
        (Some(map), _) => {
            told.columns = map.preview(&content)?;
            let unlock = Unlock::default();
            let damages = repairs::chosen(context, arguments, map, &content, &unlock, &mut told)?;
            let reader = Repairing { importer: map, damages: &damages };
            session.import(&mut vault, &Source::Read(&reader, &content, &unlock), &label, dry_run, now())?
        }
        (None, Ok(format)) => {
            let unlock = unlock(context, format, &content, arguments.source_key_file.as_deref())?;
            let reader = format.reader()?;
            // Our own file is exact, and an encrypted one would have to be opened twice.
            let damages = match format.name == "json" || reader.is_encrypted(&content) {
                true => Vec::new(),
                false => repairs::chosen(context, arguments, reader, &content, &unlock, &mut told)?,
            };
            let reader = Repairing { importer: reader, damages: &damages };
            session.import(&mut vault, &Source::Read(&reader, &content, &unlock), &label, dry_run, now())?
        }
        (None, Err(ImportError::IsVault)) => {
            drop(content);
            let (other, entries) = context.open_other(file)?;
            session.import(&mut vault, &Source::Vault(&other, &entries), &label, dry_run, now())?
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
    if !dry_run && report.added() > 0 {
        save(&session, &mut vault)?;
    }
    if let (Some(name), Some(map)) = (&arguments.save_map, map.filter(|_| !dry_run)) {
        maps::save(name, &map)?;
    }
    tell(&report, &told, dry_run, context.json)?;
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

fn tell(report: &ImportReport, told: &Told, dry_run: bool, json: bool) -> Result<(), Failure> {
    let (added, known, skipped) = (report.added(), report.known(), report.skipped());
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
            items,
            conversions,
            columns,
            damaged,
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
        let name = match row.username {
            "" => row.title.to_owned(),
            username => format!("{}/{username}", row.title),
        };
        let name = printable::line(&name).into_owned();
        text.push_str(format!("{}: {}  {name}", row.place, row.status).trim_end());
        for remark in row.remarks {
            text.push_str(&format!("; {}", printable::line(&remark)));
        }
        text.push('\n');
    }
    let would = if dry_run { "Would add" } else { "Added" };
    text.push_str(&format!("{would} {added}, already there {known}, skipped {skipped}"));
    output::text(&text)
}

fn line(row: &ImportedRow) -> Line<'_> {
    Line {
        place: row.place.to_string(),
        title: &row.title,
        username: &row.username,
        status: match &row.status {
            Status::Added => "added".to_owned(),
            Status::Known => "already there".to_owned(),
            Status::NoEntry => "no entry".to_owned(),
            Status::Skipped(reason) => format!("skipped: {reason}"),
        },
        remarks: row.remarks.iter().map(ToString::to_string).collect(),
    }
}
