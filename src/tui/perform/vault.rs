//! Opening, making and saving vaults, on threads of their own.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use super::super::Source;
use super::super::catalog::{Catalog, Facet};
use super::super::effect::{Look, Make, Save};
use super::super::message::{KeyNews, LookEnd, Message, Opened, SaveEnd};
use super::super::model::entrance::KitAnswer;
use crate::crypto::random::SystemRandom;
use crate::exchange::{self, ImportError, MAX_SOURCE};
use crate::format::{Credentials, FormatError, KeyFile, Passphrase, RecoveryCode};
use crate::layout;
use crate::report::{Exit, Failure, sentence};
use crate::rotate;
use crate::secret::{Secret, pages, stack};
use crate::session::watch::Noticed;
use crate::session::{
    self, BackupSettings, Demand, ImportReport, Locked, Price, Saved, Session, SessionError, Status,
};
use crate::store::read_private;
use crate::vault::Vault;
use crate::vault::edit::Edit;
use crate::{clock, demo};

/// Whether there is a vault to be unlocked.
///
/// # Errors
/// Where there is a file and it is no intact vault.
pub fn is_there(vault: &Path, state: &Path) -> Result<bool, Failure> {
    match Locked::read(vault, state) {
        Ok(_) => Ok(true),
        Err(SessionError::NoVault(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Opens the vault that the screen was started on, as often as it is unlocked.
#[derive(Clone)]
pub struct Opener {
    source: Arc<Source>,
    key_file: Arc<Option<KeyFile>>,
    backups: BackupSettings,
    older_key: bool,
}

/// What the thread that saves is asked for.
pub enum Job {
    /// A save.
    Save(Save),
    /// A look at the file.
    Look(Look),
}

impl Opener {
    /// For this vault.
    pub fn new(source: Source, key_file: Option<KeyFile>, backups: BackupSettings) -> Self {
        Self { source: Arc::new(source), key_file: Arc::new(key_file), backups, older_key: false }
    }

    /// Whether it is the sample.
    pub fn needs_no_password(&self) -> bool {
        matches!(*self.source, Source::Sample)
    }

    /// Opens a file from before a change of the key too.
    pub fn accept_older_key(&mut self) {
        self.older_key = true;
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// What this installation remembers of vaults.
    pub(super) fn state(&self) -> &Path {
        match &*self.source {
            Source::File { state, .. } => state,
            Source::Sample => Path::new(""),
        }
    }

    pub(super) fn key_file(&self) -> Option<&KeyFile> {
        self.key_file.as_ref().as_ref()
    }

    /// What opening the vault would ask of this machine, where that is to be asked about.
    pub fn demand(&self) -> Result<Option<Demand>, Failure> {
        let Source::File { vault, state } = self.source() else { return Ok(None) };
        Ok(Locked::read(vault, state)?.demand(self.key_file().is_some()))
    }

    /// Opens the vault.
    pub fn answer(&self, password: &Secret) -> Message {
        match self.unlock(password) {
            Ok(Some(opened)) => Message::Opened(Ok(Box::new(opened))),
            Ok(None) => Message::OlderKey,
            Err(failure) => Message::Opened(Err(failure)),
        }
    }

    /// Derives the keys, decrypts, and lists all entries. Takes as long as the vault's costs say. Nothing where
    /// the file is from before a change of the key, and was not asked for.
    fn unlock(&self, password: &Secret) -> Result<Option<Opened>, Failure> {
        let Source::File { vault, state } = &*self.source else { return sample().map(Some) };
        let passphrase = Passphrase::new(password)?;
        let given = Credentials::Passphrase(&passphrase, self.key_file.as_ref().as_ref());
        let (mut session, mut vault) = match self.open(Locked::read(vault, state)?, &given) {
            Err(SessionError::OlderKey { .. }) => return Ok(None),
            unlocked => unlocked?,
        };
        let now = clock::now();
        // A slot that stays as cheap as it is is no reason not to open the vault.
        let raised = session.raise_costs(&mut vault, &given, now).ok().flatten();
        let offers_kit = session.offers_kit(&vault, now);
        let keys = KeyNews { raised, offers_kit, code: None };
        Ok(Some(Opened { keys, ..opened(session, vault, None) }))
    }

    /// Unlocks a file that was read, by what was agreed to and with the settings that hold here.
    pub(super) fn open(
        &self,
        locked: Locked,
        given: &Credentials<'_>,
    ) -> Result<(Session, Vault), SessionError> {
        let locked = if self.older_key { locked.accept_older_key() } else { locked };
        let (mut session, vault) = locked.unlock(given)?;
        session.set_backup_settings(&self.backups);
        Ok((session, vault))
    }

    /// With which setting of the keyboard the keys of this wrong password would have been right, if with any; tried
    /// one after another until `stop`.
    pub fn guess(&self, password: &Secret, stop: &AtomicBool) -> Option<&'static str> {
        let guesses = layout::guesses(password.expose_str()?);
        let go_on = guesses.iter().take_while(|_| !stop.load(Ordering::Relaxed));
        go_on.into_iter().find(|guess| self.is_right(&guess.text)).map(|guess| guess.words)
    }

    /// Whether this is the master password.
    fn is_right(&self, password: &Secret) -> bool {
        let Source::File { vault, state } = &*self.source else { return false };
        let Ok(passphrase) = Passphrase::new(password) else { return false };
        let given = Credentials::Passphrase(&passphrase, self.key_file.as_ref().as_ref());
        Locked::read(vault, state).is_ok_and(|locked| locked.is_opened_by(&given))
    }

    /// Makes the vault, and imports a file into it. The file is looked at first: where it is not what it
    /// should be, no vault is made.
    pub fn create(
        &self,
        password: &Secret,
        import: Option<&Path>,
        kit: KitAnswer,
    ) -> Result<Opened, Failure> {
        let Source::File { vault: path, state } = &*self.source else { return sample() };
        let passphrase = Passphrase::new(password)?;
        let source = import.map(typed_path);
        let source =
            source.map(|file| read_private(&file, MAX_SOURCE).map(|content| (file, content))).transpose()?;
        let format = source.as_ref().map(|(_, content)| exchange::detect(content)).transpose();
        let format = format.map_err(|error| match error {
            ImportError::IsVault => Failure::new(Exit::Failed, "this is a vault of tresor itself")
                .hint("Start with --vault and its path, or import it by `tresor import`."),
            error => Failure::new(Exit::Failed, error.to_string()).hint("No vault was made."),
        })?;
        let now = clock::now();
        let price = Price::for_new_vault()?;
        let (mut session, mut vault) = Session::create_priced(path, state, &passphrase, price, now)?;
        session.set_backup_settings(&self.backups);
        let code = first_kit(&session, &mut vault, kit)?;
        let mut report = None;
        if let (Some((file, content)), Some(format)) = (&source, format) {
            // One that is encrypted is imported by the command, which asks for its password.
            let unlock = exchange::Unlock::default();
            let from = session::Source::Foreign(format, content, &unlock);
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
            let mut import = session::Import {
                label: &format!("import of {name}"),
                dry_run: false,
                choose: &mut |_| session::Choice::Both,
                restore: &mut |_| false,
                progress: &mut |_| ControlFlow::Continue(()),
            };
            let imported = session.import(&mut vault, &from, &mut import, now);
            report = Some(match imported {
                Ok(imported) => {
                    session.save(&mut vault, clock::now())?;
                    told(&imported, file)
                }
                Err(error) => vec![
                    format!("Nothing was imported: {error}"),
                    String::new(),
                    "The vault is made. Key I in the list imports files, also those under a password."
                        .to_owned(),
                ],
            });
        }
        let keys = KeyNews { code, ..KeyNews::default() };
        Ok(Opened { keys, ..opened(session, vault, report) })
    }
}

/// What becomes of the recovery kit of a new vault.
fn first_kit(session: &Session, vault: &mut Vault, kit: KitAnswer) -> Result<Option<RecoveryCode>, Failure> {
    let code = match kit {
        KitAnswer::Later => return Ok(None),
        KitAnswer::No => {
            session.decline_kit(vault, true, clock::now())?;
            None
        }
        KitAnswer::Now => {
            let code = RecoveryCode::generate(&mut SystemRandom).map_err(FormatError::from)?;
            super::keys::add_kit(session, vault, &code)?;
            Some(code)
        }
    };
    session.save(vault, clock::now())?;
    Ok(code)
}

/// A demand as a question.
pub fn question(demand: Demand) -> String {
    format!("{}. Go on?", sentence(&Failure::from(demand).message))
}

/// The sample, in memory.
fn sample() -> Result<Opened, Failure> {
    let (session, mut vault) = Session::in_memory()?;
    let items = demo::items();
    let add = |edit: &mut Edit<'_, '_>| items.iter().try_for_each(|item| edit.add(item).map(drop));
    session.edit(&mut vault, clock::now(), "", add)?;
    Ok(opened(session, vault, None))
}

pub fn opened(session: Session, vault: Vault, report: Option<Vec<String>>) -> Opened {
    let catalog = Catalog::of(&vault, Facet::All);
    let warning = pages::locking_failed().then_some(pages::LOCKING_FAILED_WORDS);
    let conflicts = session.conflicts().len();
    let terms = rotate::Terms { now: clock::now(), old_after: None, audit: None };
    let due = rotate::due_count(&rotate::work_list(&vault, &terms));
    Opened { session, vault, catalog, report, keys: KeyNews::default(), warning, conflicts, due }
}

/// Generates a password that the vault has never had.
pub fn make_unused(make: Make) -> Result<Secret, Failure> {
    let Make { session, vault, recipe, .. } = make;
    Ok(rotate::make_unused(&vault, session.seal(), &recipe, &mut SystemRandom)?)
}

/// The path that was typed: `~/` is the home directory, and quotes around it (which terminals put there when a
/// file is dropped on them) are not part of it.
pub fn typed_path(typed: &Path) -> PathBuf {
    let Some(text) = typed.to_str() else { return typed.to_owned() };
    let text = text.trim();
    let bare =
        ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(text);
    match (bare.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(bare),
    }
}

/// What an import brought: the sum, what was not read, then everything.
fn told(report: &ImportReport, file: &Path) -> Vec<String> {
    let (added, known, skipped) = (report.added(), report.known(), report.skipped());
    let mut lines = vec![
        format!("Added {added}, already there {known}, could not be read {skipped}."),
        format!("{} is as it was, and plain text: delete it once all is well.", file.display()),
        String::new(),
    ];
    let mut rows: Vec<_> = report.rows.iter().filter(|row| row.status != Status::NoEntry).collect();
    rows.sort_by_key(|row| !matches!(row.status, Status::Skipped(_)));
    lines.extend(rows.into_iter().map(|row| {
        let status = match &row.status {
            Status::Skipped(reason) => format!("! {}: {reason}", row.place),
            Status::Known | Status::Trashed => "already there".to_owned(),
            Status::Updated(_) => "updated".to_owned(),
            Status::Left(_) => "left as it is".to_owned(),
            _ => "added".to_owned(),
        };
        let mut line = format!("{status}  {}", row.title);
        if !row.username.is_empty() {
            line += &format!("/{}", row.username);
        }
        row.remarks.iter().for_each(|remark| line += &format!("; {remark}"));
        line
    }));
    lines
}

/// Saves and looks, one after another, until there is nobody to ask for it.
pub fn save_all(jobs: &Receiver<Job>, tell: &Sender<Message>) {
    while let Ok(job) = jobs.recv() {
        let job = match job {
            Job::Save(save) => save,
            Job::Look(look) => {
                if tell.send(look_at(look)).is_err() {
                    return;
                }
                continue;
            }
        };
        let ticket = job.ticket;
        let saved = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| save(job)));
        let result = saved.unwrap_or_else(|_| Err(super::bug()));
        stack::wipe();
        if tell.send(Message::Saved(Box::new(SaveEnd { ticket, result }))).is_err() {
            return;
        }
    }
}

fn save(job: Save) -> Result<(Arc<Vault>, Saved), Failure> {
    let Save { session, vault, copies, .. } = job;
    let mut ours = Vault::clone(&vault);
    // From here on the screen may change its own without making a copy.
    drop(vault);
    let taken = if copies { session.take_in_conflicts(&mut ours) } else { Vec::new() };
    let saved = session.save(&mut ours, clock::now())?;
    for (path, digest, inner) in &taken {
        // One that cannot be moved is told of at the next unlock again.
        let _ = session.keep_conflict(&ours, path, *digest, inner);
    }
    let merged = saved.merged || !taken.is_empty();
    Ok((Arc::new(ours), Saved { merged, ..saved }))
}

fn look_at(look: Look) -> Message {
    let Look { session, vault, ticket } = look;
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.look(&vault)));
    Message::Looked(Box::new(LookEnd { ticket, noticed: looked.unwrap_or(Noticed::Damaged) }))
}

/// The answer to a save that no thread could be had for.
pub fn save_failed(ticket: u64) -> Message {
    let result = Err(Failure::new(Exit::Failed, "the system gives no thread to save on"));
    Message::Saved(Box::new(SaveEnd { ticket, result }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_they_are_typed_or_dropped() {
        assert_eq!(typed_path(Path::new(" '/tmp/a b.csv' ")), Path::new("/tmp/a b.csv"));
        assert_eq!(typed_path(Path::new("\"x\"")), Path::new("x"));
        assert_eq!(typed_path(Path::new("it's")), Path::new("it's"));
        assert!(typed_path(Path::new("~/x.csv")).ends_with("x.csv"));
        assert!(!typed_path(Path::new("~/x.csv")).starts_with("~"));
    }

    #[test]
    fn the_sample_opens() {
        let opened = sample().unwrap();
        assert_eq!(opened.catalog.len(), demo::items().iter().filter(|item| !item.trashed).count());
        assert!(opened.session.is_in_memory());
    }
}
