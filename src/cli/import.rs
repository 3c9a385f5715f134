//! `import`: the entries of another manager's export, or of another vault.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::context::{Context, now, save};
use super::output;
use crate::exchange::{self, FORMATS, Format, ImportError, Unlock};
use crate::printable;
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::{ImportReport, ImportedRow, Source, Status};
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
pub fn run(
    context: &mut Context,
    file: &Path,
    from: Option<&str>,
    key_file: Option<&Path>,
    dry_run: bool,
) -> Result<ExitCode, Failure> {
    let named = from.filter(|name| *name != "vault").map(|name| {
        exchange::named(name).ok_or_else(|| {
            let formats = FORMATS.iter().filter(|format| format.importer.is_some());
            let names: Vec<&str> = formats.map(|format| format.name).chain(["vault"]).collect();
            Failure::usage(format!("there is no format {name:?}"))
                .hint(format!("Known are {}.", names.join(", ")))
        })
    });
    let named = named.transpose()?;
    let content = read_private(file, MAX_LEN)?;
    let (session, mut vault) = context.open()?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let label = format!("import of {name}");
    let format = match named {
        Some(format) => Ok(format),
        None => exchange::detect(&content),
    };
    let report = match format {
        Ok(format) => {
            let unlock = unlock(context, format, &content, key_file)?;
            session.import(&mut vault, &Source::Foreign(format, &content, &unlock), &label, dry_run, now())?
        }
        Err(ImportError::IsVault) => {
            drop(content);
            let (other, entries) = context.open_other(file)?;
            session.import(&mut vault, &Source::Vault(&other, &entries), &label, dry_run, now())?
        }
        Err(error) => return Err(error.into()),
    };
    if !dry_run && report.added() > 0 {
        save(&session, &mut vault)?;
    }
    tell(&report, dry_run, context.json)?;
    let done = if report.skipped() > 0 { ExitCode::from(Exit::Partly as u8) } else { ExitCode::SUCCESS };
    Ok(done)
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
    let password = context.second_secret("Password of the file")?;
    Ok(Unlock { password, key_file: key_file.map(|content| Secret::copy_of(&content)) })
}

fn tell(report: &ImportReport, dry_run: bool, json: bool) -> Result<(), Failure> {
    let (added, known, skipped) = (report.added(), report.known(), report.skipped());
    if json {
        let items = report.rows.iter().map(line).collect();
        return output::json(&Report { dry_run, added, known, skipped, items });
    }
    let mut text = String::new();
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
