//! An import on a thread of its own: reading, deriving, looking, and at last the edit, in a copy of the vault. What
//! is cancelled on the way has changed nothing.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use super::super::catalog::Catalog;
use super::super::effect::{ImportJob, ImportTask};
use super::super::message::{ImportStage, Message, Taken};
use super::super::model::import::{Choices, Origin, Plan, Rows};
use super::vault::typed_path;
use crate::clock;
use crate::exchange::repair::Repairing;
use crate::exchange::{ImportError, Unlock};
use crate::format::{Credentials, Passphrase};
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::{
    self, Choice, Demand, Import, ImportFile, ImportReport, Locked, Session, Source, foreign_demand,
};
use crate::store::read_private;
use crate::vault::Vault;

/// Rows between two words of how far it is.
const TOLD_EVERY: usize = 256;
/// Most bytes of a key file of another program.
const MAX_KEY_FILE: usize = 64 << 20;

/// Does one step of an import.
///
/// # Errors
/// Why it was not done; the vault and the file are as they were.
pub fn run(job: ImportJob, state: &Path, tell: &Sender<Message>) -> Result<Box<ImportStage>, Failure> {
    step(job, state, tell).map(Box::new)
}

fn step(job: ImportJob, state: &Path, tell: &Sender<Message>) -> Result<ImportStage, Failure> {
    let ImportJob { session, vault, stop, ticket, task } = job;
    let mut progress = |done: usize| {
        if done.is_multiple_of(TOLD_EVERY) {
            let _ = tell.send(Message::Progressed { ticket, done });
        }
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match task {
        ImportTask::Read(path) => read(&path),
        ImportTask::Look(plan, given) => {
            let plan = match given {
                Some((password, key_file)) => unlocked(plan, &password, &key_file, state)?,
                None => plan,
            };
            if is_locked(&plan)? {
                let demand = demand(&plan, state)?.map(|demand| Failure::from(demand).message);
                return Ok(ImportStage::Locked(plan, demand));
            }
            if plan.repairs.is_none() {
                let found = damages(&plan)?;
                if !found.is_empty() {
                    return Ok(ImportStage::Damaged(plan, found));
                }
            }
            // What would be updated or restored is asked for by saying that it is.
            let mut import = Import {
                label: "",
                dry_run: true,
                choose: &mut |_| Choice::Update,
                restore: &mut |_| true,
                progress: &mut progress,
            };
            let mut vault = Arc::unwrap_or_clone(vault);
            let report = import_into(&session, &mut vault, &plan, &mut import)?;
            Ok(ImportStage::Previewed(plan, Rows::of(report)))
        }
        ImportTask::Take { plan, choices, facet } => {
            let mut changed = Vault::clone(&vault);
            let report = take(&session, &mut changed, &plan, &choices, &mut progress)?;
            let catalog = Catalog::of(&changed, facet);
            let rows = Rows::of(report);
            Ok(ImportStage::Taken(Box::new(Taken { base: vault, vault: changed, catalog, rows })))
        }
        ImportTask::Erase(file) => {
            let path = file.path().display().to_string();
            file.erase().map_err(|why| {
                Failure::new(Exit::Partly, format!("{path} was not removed: {why}"))
                    .hint("Everything in it is in the vault. Remove it yourself.")
            })?;
            Ok(ImportStage::Erased(path))
        }
    }
}

fn read(path: &Path) -> Result<ImportStage, Failure> {
    let path = typed_path(path);
    if path.is_dir() {
        // gpg asks for its password on the terminal, which is this screen.
        return Err(Failure::usage("this is a folder")
            .hint("`tresor import FOLDER` imports one of pass or gopass, beside gpg's own questions."));
    }
    let file = ImportFile::read(&path)?;
    let origin = match file.detect() {
        Ok(format) => Ok(Origin::Format(format)),
        Err(ImportError::IsVault) => Ok(Origin::Vault(None)),
        Err(error) => Err(error),
    };
    let file = Arc::new(file);
    match origin {
        Ok(origin) => {
            Ok(ImportStage::Read(Plan { file, origin, unlock: Arc::new(Unlock::default()), repairs: None }))
        }
        Err(error @ (ImportError::UnknownColumns { .. } | ImportError::UnknownFormat)) => {
            Ok(ImportStage::Unknown(file, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// The plan with what was typed to open the file; another vault is opened.
fn unlocked(plan: Plan, password: &Secret, key_file: &Path, state: &Path) -> Result<Plan, Failure> {
    if let Origin::Vault(_) = plan.origin {
        let passphrase = Passphrase::new(password)?;
        let locked = Locked::read(plan.file.path(), state)?.by_name();
        let other = locked.unlock(&Credentials::Passphrase(&passphrase, None))?;
        return Ok(Plan { origin: Origin::Vault(Some(Arc::new(other))), ..plan });
    }
    let key_file = match key_file.as_os_str().is_empty() {
        true => None,
        false => Some(Secret::copy_of(&read_private(&typed_path(key_file), MAX_KEY_FILE)?)),
    };
    let password = Some(password.duplicate()).filter(|password| !password.is_empty());
    Ok(Plan { unlock: Arc::new(Unlock { password, key_file }), ..plan })
}

/// Whether something is still to be asked for to open the file.
fn is_locked(plan: &Plan) -> Result<bool, Failure> {
    Ok(match &plan.origin {
        Origin::Vault(other) => other.is_none(),
        Origin::Format(format) => {
            let Unlock { password, key_file } = &*plan.unlock;
            password.is_none() && key_file.is_none() && format.reader()?.is_encrypted(plan.file.content())
        }
    })
}

/// What opening the file takes of this machine, where that is to be asked about: typing the password is the consent.
fn demand(plan: &Plan, state: &Path) -> Result<Option<Demand>, Failure> {
    Ok(match &plan.origin {
        Origin::Vault(_) => Locked::read(plan.file.path(), state)?.by_name().demand(false),
        Origin::Format(format) => foreign_demand(format, plan.file.content())?,
    })
}

fn damages(plan: &Plan) -> Result<Vec<Found>, Failure> {
    let Origin::Format(format) = &plan.origin else { return Ok(Vec::new()) };
    Ok(plan.file.damages(Some(format), format.reader()?)?.into_iter().collect())
}

type Found = (crate::exchange::repair::Damage, crate::exchange::repair::Finding);

fn take(
    session: &Session,
    vault: &mut Vault,
    plan: &Plan,
    choices: &Choices,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<ImportReport, Failure> {
    let label = format!("import of {}", plan.file.name());
    let mut import = Import {
        label: &label,
        dry_run: false,
        choose: &mut |changed| choices.of(changed.row),
        restore: &mut |trashed| choices.restored.contains(&trashed.row),
        progress,
    };
    import_into(session, vault, plan, &mut import)
}

fn import_into(
    session: &Session,
    vault: &mut Vault,
    plan: &Plan,
    import: &mut Import<'_>,
) -> Result<ImportReport, Failure> {
    let content = plan.file.content();
    let damages = plan.repairs.as_deref().unwrap_or_default();
    let report = match &plan.origin {
        Origin::Vault(None) => return Err(ImportError::NoPassword.into()),
        Origin::Vault(Some(other)) => {
            let (theirs, entries) = &**other;
            session.import(vault, &Source::Vault(theirs, entries), import, clock::now())
        }
        Origin::Format(format) => {
            let reader = Repairing { importer: format.reader()?, damages };
            let source = session::Source::Read(&reader, content, &plan.unlock);
            session.import(vault, &source, import, clock::now())
        }
    };
    Ok(report?)
}
