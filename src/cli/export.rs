//! `export`: the entries in a file, plain or encrypted.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use super::context::{Context, now};
use super::output;
use crate::exchange::{self, Loss, Losses};
use crate::printable;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::search::resolve;
use crate::session::{Export, Exported, Session};
use crate::store::exposure;
use crate::store::file::{self, WipedBuffer, write_over};
use crate::store::{StoreError, write_new};
use crate::vault::entry::State;
use crate::vault::{Id, Vault};

/// What is exported of the vault, and how.
pub struct Chosen<'c> {
    /// Only the entries that this finds.
    pub query: Option<&'c str>,
    /// With values changed that a spreadsheet would take for formulas.
    pub spreadsheet_safe: bool,
}

/// What a format could not hold, in JSON.
#[derive(Serialize)]
struct LossLine<'l> {
    what: String,
    count: u64,
    titles: &'l [String],
}

/// Exports the vault.
///
/// # Errors
/// Exit 2 where it would go to a terminal, 7 without consent to a plain file, or where the file is there and `force` is not given.
pub fn run(
    context: &mut Context,
    file: &Path,
    to: &str,
    chosen: &Chosen<'_>,
    yes: bool,
    force: bool,
) -> Result<(), Failure> {
    let to_stdout = file.as_os_str() == "-";
    if to_stdout && output::is_terminal() {
        // Text that drives the terminal would be in it, and every secret in its scrollback.
        return Err(Failure::usage("a terminal is no place for an export")
            .hint("Nothing was exported. Name a file, or send standard output to one."));
    }
    let is_plain =
        exchange::named(to).and_then(|format| format.exporter).is_some_and(|to| !to.is_encrypted());
    if !to_stdout && is_plain {
        look_at_folder(file, force)?;
    }
    if !to_stdout && !force && file::is_taken(file) {
        return Err(Failure::from(StoreError::Exists(file.to_owned()))
            .hint("It was not touched; --force writes over it."));
    }
    let (session, vault) = context.open()?;
    if !to_stdout && session.is_own_file(file) {
        return Err(Failure::new(Exit::Refused, "this is the vault itself").hint("It was not touched."));
    }
    let Some(exporter) = exchange::named(to).and_then(|format| format.exporter) else {
        // The one name that is no format's.
        if chosen.query.is_some() || chosen.spreadsheet_safe {
            return Err(
                Failure::usage("a copy of the vault is whole, and no table").hint("Nothing was exported.")
            );
        }
        let passphrase = context.copy_password()?;
        let copy = session.copy(&vault, passphrase.as_ref(), now())?;
        return deliver(file, to_stdout, force, |out| out.write_all(&copy));
    };
    let exporter = match chosen.spreadsheet_safe {
        true => exporter.spreadsheet_safe().ok_or_else(|| {
            Failure::usage(format!("{to} is no table that a spreadsheet reads")).hint("Nothing was exported.")
        })?,
        false => exporter,
    };
    // What is lost is told before anything is asked for or written.
    let found = chosen.query.map(|query| found(query, &vault));
    let progress = &mut |_| ControlFlow::Continue(());
    let mut export = Export { exporter, entries: found.as_ref(), password: None, progress };
    let before = session.losses(&vault, &mut export, now());
    let before = before.map_err(|error| Failure::new(Exit::Failed, format!("cannot export: {error}")))?;
    tell(&before);
    let mut password = None;
    if exporter.is_encrypted() {
        password = context.second_secret("Password for the file")?;
        if password.is_none() {
            return Err(Failure::usage("an encrypted file wants a password").hint("Nothing was exported."));
        }
    } else {
        agree(context, &session, yes)?;
    }
    export.password = password.as_ref();
    let Exported { losses, unreadable } =
        deliver(file, to_stdout, force, |out| session.export(&vault, &mut export, now(), out))?;
    if before != losses {
        tell(&losses);
    }
    if context.json && !to_stdout {
        let line = |loss| {
            let Loss { kind, count, titles }: &Loss = loss;
            LossLine { what: kind.to_string(), count: *count, titles }
        };
        let lost: Vec<LossLine<'_>> = losses.all().iter().map(line).collect();
        output::json(&serde_json::json!({ "lost": lost }))?;
    }
    if unreadable.is_empty() {
        return Ok(());
    }
    let names = printable::lines(&unreadable.join(", ")).into_owned();
    Err(Failure::new(Exit::Partly, format!("these values could not be opened and are missing: {names}")))
}

/// Says what is lost, with a few names.
fn tell(losses: &Losses) {
    const MOST: usize = 5;
    for loss in losses.all() {
        let names: Vec<&str> = loss.titles.iter().take(MOST).map(String::as_str).collect();
        let names = printable::line(&names.join(", ")).into_owned();
        let more = if loss.count > MOST as u64 { ", ..." } else { "" };
        note(&format!("{}: {} ({names}{more})", loss.kind, loss.count));
    }
}

/// A plain file goes where this user alone can read; one in a folder that is synced is warned of.
fn look_at_folder(file: &Path, force: bool) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !force && exposure::is_open_to_all(folder) {
        let message = format!("every user of this machine can read in {}", folder.display());
        return Err(Failure::new(Exit::Refused, message).hint(
            "Nothing was exported. Name a folder of your own (chmod 700), send it to standard output (-), or add \
            --force.",
        ));
    }
    if let Some(program) = exposure::synced_by(folder) {
        note(&format!(
            "{} seems to be synced by {program}: a plain file there leaves this machine.",
            printable::line(&folder.display().to_string())
        ));
    }
    Ok(())
}

/// The entries that a query finds.
fn found(query: &str, vault: &Vault) -> HashSet<Id> {
    let live = vault.entries().filter(|entry| entry.state() == State::Live);
    resolve(query, live).found.into_iter().map(|found| found.document.id()).collect()
}

/// A plain export wants the master password again, and consent.
fn agree(context: &mut Context, session: &Session, yes: bool) -> Result<(), Failure> {
    const WHAT: &str = "A plain export holds every password readable to anyone who gets at the file.";
    if !context.has_password_option() {
        let again = context.master_password("Master password again")?;
        if !session.is_passphrase(&again, context.key_file()?.as_ref())? {
            return Err(
                Failure::new(Exit::WrongSecret, "wrong master password").hint("Nothing was exported.")
            );
        }
    }
    if yes || (context.can_ask() && prompt::consent(&format!("{WHAT} Go on?"))?) {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, WHAT).hint("Nothing was exported. --yes is the consent to it."))
}

fn deliver<T>(
    file: &Path,
    to_stdout: bool,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<T, Failure> {
    if to_stdout {
        let mut out = WipedBuffer::new(unbuffered_stdout()?);
        let written = write(&mut out).and_then(|made| out.flush().map(|()| made));
        return written.map_err(|error| {
            Failure::new(Exit::Failed, format!("cannot write to standard output: {error}"))
        });
    }
    Ok(if force { write_over(file, write) } else { write_new(file, write) }?)
}

/// Standard output past the buffer of the standard library, which would keep a copy.
fn unbuffered_stdout() -> Result<impl Write, Failure> {
    use std::os::fd::AsFd;
    let fd = io::stdout().as_fd().try_clone_to_owned();
    let fd =
        fd.map_err(|error| Failure::new(Exit::Failed, format!("cannot use standard output: {error}")))?;
    Ok(file::writer(fd))
}
