//! An import on a thread of its own: reading, deriving, looking, and at last the edit, in a copy of the vault. What
//! is cancelled on the way has changed nothing.

use std::env;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use super::super::catalog::Catalog;
use super::super::effect::{Asking, ImportJob, ImportTask};
use super::super::message::{ImportStage, Message, Taken};
use super::super::model::columns::Table;
use super::super::model::import::{Choices, Origin, Plan, Rows};
use super::vault::typed_path;
use crate::clock;
use crate::config::Maps;
use crate::exchange::repair::Repairing;
use crate::exchange::tables::mapping;
use crate::exchange::{ImportError, Place, Unlock};
use crate::format::{Credentials, Passphrase};
use crate::gpg::Gpg;
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::tree::{Folder, TreeError};
use crate::session::{
    self, Choice, Demand, Import, ImportFile, ImportReport, Locked, Session, SessionError, Source,
    foreign_demand,
};
use crate::store::read_private;
use crate::vault::Vault;

/// Rows between two words of how far it is.
const TOLD_EVERY: usize = 256;
/// Most bytes of a key file of another program.
const MAX_KEY_FILE: usize = 64 << 20;

/// What an import needs of this installation.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// What is remembered of vaults.
    pub state: &'a Path,
    /// What is remembered of tables.
    pub maps: &'a Maps,
}

/// Does one step of an import.
///
/// # Errors
/// Why it was not done; the vault and the file are as they were.
pub fn run(job: ImportJob, around: Around<'_>, tell: &Sender<Message>) -> Result<Box<ImportStage>, Failure> {
    step(job, around, tell).map(Box::new)
}

fn step(job: ImportJob, around: Around<'_>, tell: &Sender<Message>) -> Result<ImportStage, Failure> {
    let Around { state, maps } = around;
    let ImportJob { session, vault, stop, ticket, task } = job;
    let tells = |done: usize, of: Option<usize>| {
        let _ = tell.send(Message::Progressed { ticket, done, of });
    };
    let stopped =
        || if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut progress = |done: usize| {
        if done.is_multiple_of(TOLD_EVERY) {
            tells(done, None);
        }
        stopped()
    };
    match task {
        ImportTask::Read(path) => read(&path, maps),
        ImportTask::Decrypt(folder, is_given_up) => {
            let mut every = |done| {
                tells(done, None);
                stopped()
            };
            Ok(match folder.read_silently(&gpg()?, is_given_up, &mut every)? {
                Ok(tree) => ImportStage::Decrypted(tree),
                Err(number) => ImportStage::KeyWanted(number),
            })
        }
        ImportTask::Columns(file, headerless) => table(file, headerless, maps),
        ImportTask::Remember(name, mapping) => {
            maps.save(&name, &mapping)?;
            Ok(ImportStage::Remembered(name, mapping))
        }
        ImportTask::Look(plan, given) => {
            let plan = match given {
                Some((password, key_file)) => unlocked(plan, &password, &key_file, state)?,
                None => plan,
            };
            if is_locked(&plan)? {
                let demand = demand(&plan, state)?.map(|demand| Failure::from(demand).message);
                return Ok(ImportStage::Locked(plan, demand));
            }
            // It is read twice, once for what looks damaged: half of the way each.
            let mut way = Way::of(&plan);
            if plan.repairs.is_none() {
                let mut rows = 0_usize;
                let mut counted = |place: Place| {
                    rows += 1;
                    if rows.is_multiple_of(TOLD_EVERY)
                        && let Some((done, of)) = way.looked(place)
                    {
                        tells(done, Some(of));
                    }
                    stopped()
                };
                let found = damages(&plan, &mut counted)?;
                if stopped().is_break() {
                    return Err(SessionError::Cancelled.into());
                }
                way.rows = Some(rows).filter(|rows| *rows > 0).or(way.rows);
                if !found.is_empty() {
                    return Ok(ImportStage::Damaged(Plan { rows: way.rows, ..plan }, found));
                }
            }
            let mut progress = |done: usize| {
                if done.is_multiple_of(TOLD_EVERY) {
                    let (done, of) = way.compared(done);
                    tells(done, of);
                }
                stopped()
            };
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

/// Has gpg ask for what a folder of pass or gopass needs, on the terminal.
///
/// # Errors
/// Where there is no gpg, or its dialogue was cancelled.
pub fn ask_gpg(asking: &Asking) -> Result<bool, Failure> {
    Ok(asking.folder.ask(&gpg()?.apart(), asking.number)?)
}

fn gpg() -> Result<Gpg, TreeError> {
    Gpg::find(|name| env::var_os(name)).ok_or(TreeError::NoGpg)
}

/// The columns of a table, and what is remembered of tables.
fn table(file: Arc<ImportFile>, headerless: bool, maps: &Maps) -> Result<ImportStage, Failure> {
    let columns = mapping::columns(file.content(), headerless)?;
    Ok(ImportStage::Columns(Table { file, columns, headerless, remembered: maps.all() }))
}

fn read(path: &Path, maps: &Maps) -> Result<ImportStage, Failure> {
    let path = typed_path(path);
    if path.is_dir() {
        let folder = Folder::find(&path)?;
        gpg()?;
        return Ok(ImportStage::Folder(Arc::new(ImportFile::folder(&path)), Arc::new(folder)));
    }
    let file = ImportFile::read(&path)?;
    let origin = match file.detect() {
        Ok(format) => Ok(Origin::Format(format)),
        Err(ImportError::IsVault) => Ok(Origin::Vault(None)),
        Err(error) => Err(error),
    };
    let file = Arc::new(file);
    match origin {
        Ok(origin) => Ok(ImportStage::Read(Plan {
            file,
            origin,
            unlock: Arc::new(Unlock::default()),
            rows: None,
            repairs: None,
        })),
        Err(ImportError::UnknownColumns { .. }) => table(file, false, maps),
        Err(error @ ImportError::UnknownFormat) => Ok(ImportStage::Unknown(file, error)),
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
        Origin::Mapped(_) | Origin::Folder(_) => false,
        Origin::Format(format) => {
            let Unlock { password, key_file } = &*plan.unlock;
            password.is_none() && key_file.is_none() && format.reader()?.is_encrypted(plan.file.content())
        }
    })
}

/// What opening the file takes of this machine, where that is to be asked about: typing the password is the consent.
fn demand(plan: &Plan, state: &Path) -> Result<Option<Demand>, Failure> {
    Ok(match &plan.origin {
        Origin::Mapped(_) | Origin::Folder(_) => None,
        Origin::Vault(_) => Locked::read(plan.file.path(), state)?.by_name().demand(false),
        Origin::Format(format) => foreign_demand(format, plan.file.content())?,
    })
}

/// How far a look at a file is.
struct Way {
    /// Lines of the file, where its rows stand on lines and it is read twice.
    lines: Option<usize>,
    /// Its rows, once they were counted.
    rows: Option<usize>,
}

impl Way {
    fn of(plan: &Plan) -> Self {
        let lines = || memchr::memchr_iter(b'\n', plan.file.content()).count().max(1);
        Self { lines: plan.repairs.is_none().then(lines), rows: plan.rows }
    }

    /// While what looks damaged is looked for, at this place: the first half.
    fn looked(&self, place: Place) -> Option<(usize, usize)> {
        let (Place::Line(line), Some(lines)) = (place, self.lines) else { return None };
        Some((usize::try_from(line).unwrap_or(lines).min(lines), lines * 2))
    }

    /// While so many rows were compared: the second half, or all of it.
    fn compared(&self, done: usize) -> (usize, Option<usize>) {
        match (self.rows, self.lines) {
            (Some(rows), Some(_)) => (done + rows, Some(rows * 2)),
            (Some(rows), None) => (done, Some(rows)),
            (None, _) => (done, None),
        }
    }
}

fn damages(plan: &Plan, progress: &mut dyn FnMut(Place) -> ControlFlow<()>) -> Result<Vec<Found>, Failure> {
    let found = match &plan.origin {
        Origin::Format(format) => plan.file.damages(Some(format), format.reader()?, progress)?,
        Origin::Mapped(mapping) => plan.file.damages(None, &**mapping, progress)?,
        // As the command does: what gpg gives is as it was typed.
        Origin::Folder(_) | Origin::Vault(_) => return Ok(Vec::new()),
    };
    Ok(found.into_iter().collect())
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
        Origin::Folder(tree) => {
            session.import(vault, &Source::Read(&**tree, content, &plan.unlock), import, clock::now())
        }
        Origin::Mapped(mapping) => {
            let reader = Repairing { importer: &**mapping, damages };
            session.import(vault, &Source::Read(&reader, content, &plan.unlock), import, clock::now())
        }
    };
    Ok(report?)
}
