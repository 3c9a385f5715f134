//! An export on a thread of its own: what the format cannot hold, then the file. One that is cancelled leaves none.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use super::super::effect::{ExportJob, ExportTask};
use super::super::message::{ExportStage, Message};
use super::super::model::export::{Looked, Plan, Written};
use super::vault::typed_path;
use crate::clock;
use crate::format::{KeyFile, Passphrase};
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::{Export, Session, exported};
use crate::store::file::{self, write_over};
use crate::store::{Disk, StoreError, System, exposure, write_new};
use crate::vault::Vault;

/// Entries between two words of how far it is.
const TOLD_EVERY: usize = 64;

/// Does one step of an export.
///
/// # Errors
/// Why it was not done; there is no new file then.
pub fn run(
    job: ExportJob,
    key_file: Option<&KeyFile>,
    tell: &Sender<Message>,
) -> Result<Box<ExportStage>, Failure> {
    let ExportJob { session, vault, stop, ticket, plan, task } = job;
    let mut progress = |done: usize| {
        if done.is_multiple_of(TOLD_EVERY) {
            let _ = tell.send(Message::Progressed { ticket, done, of: None });
        }
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stage = match task {
        ExportTask::Look => look(&session, &vault, &plan, &mut progress).map(ExportStage::Looked),
        ExportTask::Write(password) => {
            let path = typed_path(&plan.path);
            if !plan.target.is_encrypted() {
                check(&session, &password, key_file)?;
            }
            write(&session, &vault, &plan, &password, &path, &mut progress).map(ExportStage::Written)
        }
    };
    stage.map(Box::new)
}

type Progress<'p> = dyn FnMut(usize) -> ControlFlow<()> + 'p;

fn look(
    session: &Session,
    vault: &Vault,
    plan: &Plan,
    progress: &mut Progress<'_>,
) -> Result<Looked, Failure> {
    let path = typed_path(&plan.path);
    let is_taken = file::is_taken(&path);
    if is_taken && (!path.is_file() || session.is_own_file(&path)) {
        let what =
            if path.is_file() { "this is the vault itself" } else { "something that is no file is there" };
        return Err(Failure::new(Exit::Refused, what).hint("It was not touched. Choose another name."));
    }
    let folder = folder_of(&path);
    let is_plain = !plan.target.is_encrypted();
    // A folder that is made for the file is made for this user alone.
    if is_plain && exposure::is_open_to_all(folder) {
        let message = format!("every user of this machine can read in {}", folder.display());
        return Err(Failure::new(Exit::Refused, message).hint(
            "Nothing was written. Choose a folder of your own; one that is not there is made for you alone.",
        ));
    }
    let around = if folder.exists() { folder } else { folder_of(folder) };
    let synced_by = if is_plain { exposure::synced_by(around) } else { None };
    let chosen = plan.entries.as_deref();
    let count = exported(vault, chosen).count();
    let losses = match plan.exporter() {
        None => crate::exchange::Losses::default(),
        Some(exporter) => {
            let mut export = Export { exporter, entries: chosen, password: None, progress };
            session.losses(vault, &mut export, clock::now()).map_err(failed)?
        }
    };
    Ok(Looked { path, count, losses, is_taken, synced_by })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A plain file is not written for whoever finds the screen open.
fn check(session: &Session, password: &Secret, key_file: Option<&KeyFile>) -> Result<(), Failure> {
    // The sample has no master password.
    if session.is_in_memory() || session.is_passphrase(&Passphrase::new(password)?, key_file)? {
        return Ok(());
    }
    Err(Failure::new(Exit::WrongSecret, "wrong master password").hint("Nothing was written."))
}

fn write(
    session: &Session,
    vault: &Vault,
    plan: &Plan,
    password: &Secret,
    path: &Path,
    progress: &mut Progress<'_>,
) -> Result<Written, Failure> {
    let disk: &dyn Disk = &System;
    let folder = folder_of(path);
    if !folder.exists() {
        disk.private_dir(folder)?;
    }
    let given = Some(password).filter(|password| !password.is_empty());
    let Some(exporter) = plan.exporter() else {
        let passphrase = given.map(Passphrase::new).transpose()?;
        let copy = session.copy(vault, passphrase.as_ref(), clock::now())?;
        if progress(0).is_break() {
            return Err(Failure::new(Exit::Failed, "cancelled"));
        }
        deliver(path, plan.replaces, |out| out.write_all(&copy))?;
        return Ok(Written { path: path.to_owned(), unreadable: Vec::new() });
    };
    let password = given.filter(|_| plan.target.is_encrypted());
    let mut export = Export { exporter, entries: plan.entries.as_deref(), password, progress };
    let exported = deliver(path, plan.replaces, |out| session.export(vault, &mut export, clock::now(), out))?;
    Ok(Written { path: path.to_owned(), unreadable: exported.unreadable })
}

/// Writes the file: a new one, or one that takes the place of the old one when it is whole.
fn deliver<T>(
    path: &Path,
    replaces: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<T, StoreError> {
    if replaces { write_over(path, write) } else { write_new(path, write) }
}

fn failed(error: std::io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("cannot export: {error}"))
}
