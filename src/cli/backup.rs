//! `backup`: the list of back-ups, going back to one, and deleting those that an old key opens.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::context::{Context, now, save};
use super::output;
use crate::compare::Comparison;
use crate::format::Header;
use crate::prompt;
use crate::report::{Exit, Failure, note, sentence};
use crate::session::{Locked, Opens, Session, SessionError, backups_of, put_in_place, shares_a_slot};
use crate::store::backup::Backup;
use crate::store::{Disk, System};
use crate::vault::Vault;
use crate::vault::entry::State;

const DISK: &dyn Disk = &System;

#[derive(Serialize)]
struct Line {
    name: String,
    path: String,
    generation: u64,
    saved: String,
    size: u64,
    /// Whether the checksum holds.
    intact: bool,
    /// Whether today's key opens it: `current`, `older`, or `unknown` without the password.
    key: &'static str,
}

/// Lists the back-ups, newest first. With a password given by an option each is opened; without one no question is
/// asked.
///
/// # Errors
/// Exit 3 where a password is given and wrong.
pub fn list(context: &mut Context) -> Result<(), Failure> {
    let session = match context.has_password_option() {
        true => Some(context.open()?.0),
        false => None,
    };
    let header =
        DISK.read_vault(&context.vault).ok().and_then(|file| Header::read(&file.bytes, file.len).ok());
    let backups = match &session {
        Some(session) => session.all_backups(),
        None => backups_of(&context.vault, &context.state, &context.backup_settings()),
    };
    let lines: Vec<Line> =
        backups.iter().map(|backup| line(backup, session.as_ref(), header.as_ref())).collect();
    if context.json {
        return output::json(&lines);
    }
    for line in &lines {
        let state = match (line.intact, line.key) {
            (false, _) => "damaged",
            _ if is_seen(&line.name) => "intact, seen last",
            (true, "current") => "intact, today's key",
            (true, "older") => "intact, another key",
            _ => "intact",
        };
        output::text(&format!(
            "{:>10}  {}  {:>11}  {state:<20}  {}",
            line.generation, line.saved, line.size, line.name
        ))?;
    }
    if lines.is_empty() {
        note("There are no back-ups yet: each save makes one.");
    }
    Ok(())
}

fn line(backup: &Backup, session: Option<&Session>, vault: Option<&Header>) -> Line {
    let mut line = Line {
        name: backup.name(),
        path: backup.path.display().to_string(),
        generation: backup.generation,
        saved: backup.saved.to_string(),
        size: backup.len,
        intact: false,
        key: "unknown",
    };
    let Ok(Ok((_, header))) = backup.read(DISK) else { return line };
    line.intact = true;
    match session {
        Some(session) => match session.open_copy(&backup.path) {
            Ok(copy) => {
                line.key = "current";
                (line.generation, line.saved) = (copy.inner().generation, copy.inner().saved_at.to_string());
            }
            Err(SessionError::OtherKey) => line.key = "older",
            Err(_) => line.intact = false,
        },
        None if vault.is_some_and(|vault| shares_a_slot(vault, &header)) => line.key = "current",
        None => {}
    }
    line
}

/// Whether it is the copy of what this device saw last.
fn is_seen(name: &str) -> bool {
    name.starts_with("seen-")
}

/// What `backup restore` is asked for.
pub struct Restore {
    /// Name, path or generation; none means the newest that is intact.
    pub backup: Option<String>,
    /// Only show what would change.
    pub dry_run: bool,
    /// Consent.
    pub yes: bool,
}

/// Goes back to a back-up.
///
/// # Errors
/// Exit 4 where there is no such back-up, 6 where it is damaged, 7 without consent.
pub fn restore(context: &mut Context, asked: &Restore) -> Result<(), Failure> {
    let path = find(context, asked.backup.as_deref())?;
    match Locked::read(&context.vault, &context.state) {
        Err(SessionError::Damaged { source, .. }) => put_back(context, asked, &path, &source.to_string()),
        Err(SessionError::NoVault(vault)) => {
            put_back(context, asked, &path, &format!("there is no vault at {}", vault.display()))
        }
        Err(error) => Err(error.into()),
        Ok(locked) => {
            drop(locked);
            set_back(context, asked, &path)
        }
    }
}

/// The back-up of a name, a generation, or at a path; the newest intact one where none is asked for.
fn find(context: &Context, asked: Option<&str>) -> Result<PathBuf, Failure> {
    let backups = backups_of(&context.vault, &context.state, &context.backup_settings());
    let Some(asked) = asked else {
        let intact = backups.into_iter().find(|backup| backup.read(DISK).is_ok_and(|read| read.is_ok()));
        return intact.map(|backup| backup.path).ok_or_else(|| {
            Failure::new(Exit::NoSuchEntry, "there is no intact back-up here").hint("Nothing was changed.")
        });
    };
    if let Some(backup) = backups.iter().find(|backup| backup.name() == asked) {
        return Ok(backup.path.clone());
    }
    let generation = asked.parse().ok().filter(|generation| *generation > 0);
    let mut found: Vec<&Backup> =
        backups.iter().filter(|backup| Some(backup.generation) == generation).collect();
    if found.len() > 1 {
        found.retain(|backup| !is_seen(&backup.name()));
    }
    match found.as_slice() {
        [one] => Ok(one.path.clone()),
        [] if DISK.is_taken(Path::new(asked)) => Ok(PathBuf::from(asked)),
        [] => Err(Failure::new(Exit::NoSuchEntry, format!("there is no back-up {asked:?}"))
            .hint("`tresor backup ls` lists all.")),
        several => {
            let names: Vec<String> = several.iter().map(|backup| format!("  {}", backup.name())).collect();
            let message = format!("{} back-ups have generation {asked}:\n{}", names.len(), names.join("\n"));
            Err(Failure::new(Exit::SeveralMatch, message).hint("Say which by its name."))
        }
    }
}

/// The vault is intact: its entries become what they were, by a save like any other.
fn set_back(context: &mut Context, asked: &Restore, path: &Path) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let copy = match session.open_copy(path) {
        Err(SessionError::OtherKey) => {
            let locked = Locked::read_once(path, &context.state)?;
            let secret = context.other_secret(&locked, "Master password of that back-up")?;
            session.unlock_copy(path, &secret.credentials())?
        }
        opened => opened?,
    };
    let inner = *copy.inner();
    let label = format!("back to the back-up of {} (generation {})", inner.saved_at, inner.generation);
    let changes = session.set_back(&mut vault, &copy, &label, now())?;
    let said = json!({
        "restored": path.display().to_string(),
        "generation": inner.generation,
        "saved": inner.saved_at.to_string(),
        "dry_run": asked.dry_run,
        "entries": changes.entries,
        "others": changes.others,
        "kept_aside": null,
    });
    if asked.dry_run || changes.is_empty() {
        let mut lines = changes.lines();
        if changes.is_empty() {
            lines.push("Nothing would change".to_owned());
        }
        return output::said(context.json, &lines, &said);
    }
    agree(context, asked.yes, &changes, "Go back to that?")?;
    save(&session, &mut vault)?;
    let mut lines = changes.lines();
    lines.push(format!("Went back to generation {}; `tresor undo` takes that back", inner.generation));
    output::done_all(context.json, &lines, &said)
}

/// Shows the changes, and wants consent to them.
fn agree(context: &Context, yes: bool, changes: &Comparison, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let lines = changes.lines();
    if !context.can_ask() {
        return Err(Failure::new(Exit::Refused, format!("this changes the vault:\n{}", lines.join("\n")))
            .hint("Nothing was changed. --yes is the consent to it."));
    }
    lines.iter().for_each(|line| note(line));
    if prompt::consent(question)? {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."))
}

/// The vault is damaged or gone: the back-up's file takes its place, once it is seen to open.
fn put_back(context: &mut Context, asked: &Restore, path: &Path, why: &str) -> Result<(), Failure> {
    let damaged = |error| Failure::from(SessionError::Format(error)).hint("Try another back-up.");
    let file = DISK.read_vault(path)?;
    Header::read(&file.bytes, file.len).map_err(damaged)?;
    drop(file);
    let (session, vault) = context.open_by_name(path)?;
    let entries = vault.entries().filter(|entry| entry.state() == State::Live).count();
    let what = format!("{why}. The back-up of generation {} has {entries} entries", vault.generation());
    let (generation, saved) = (vault.generation(), vault.saved_at());
    let said = |kept: Option<&PathBuf>| {
        json!({
            "restored": path.display().to_string(),
            "generation": generation,
            "saved": saved.to_string(),
            "dry_run": asked.dry_run,
            "entries": [],
            "others": [],
            "kept_aside": kept.map(|kept| kept.display().to_string()),
        })
    };
    if asked.dry_run {
        return output::said(context.json, &[format!("{what}, and would take its place")], &said(None));
    }
    if !asked.yes {
        if !context.can_ask() {
            return Err(Failure::new(Exit::Refused, format!("{what}, and would take its place"))
                .hint("Nothing was changed. --yes is the consent to it."));
        }
        note(&what);
        if !prompt::consent("Put it in the vault's place? The damaged file is kept.")? {
            return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."));
        }
    }
    let restored = put_in_place(&context.vault, &context.state, path, now())?;
    session.go_on_as_vault(&context.vault, &vault);
    let mut line = format!("Restored {entries} entries from the back-up {}", path.display());
    if let Some(kept) = &restored.kept_aside {
        line.push_str(&format!("; the damaged file is kept as {}", kept.display()));
    }
    output::done(context.json, &line, &said(restored.kept_aside.as_ref()))
}

/// Deletes the back-ups that today's key does not open.
///
/// # Errors
/// Exit 7 without consent.
pub fn prune(context: &mut Context, yes: bool) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    refuse_newer(&session, &vault)?;
    let old = session.backups_of_other_keys();
    let intact = old.iter().filter(|backup| matches!(session.opens(backup), Ok(Opens::No))).count();
    let what = format!("{intact} back-ups under an older key, and {} damaged ones", old.len() - intact);
    if !old.is_empty() && !yes {
        if !context.can_ask() {
            return Err(Failure::new(Exit::Refused, format!("this deletes {what}"))
                .hint("Nothing was deleted. --yes is the consent to it."));
        }
        if !prompt::consent(&format!("Delete {what}?"))? {
            return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was deleted."));
        }
    }
    session.delete_backups(&old, &vault)?;
    let names: Vec<String> = old.iter().map(Backup::name).collect();
    output::done(context.json, &format!("Deleted {what}"), &json!({ "deleted": names }))
}

/// What another key opens is newer perhaps, where the vault was set back to before a change of its key.
///
/// # Errors
/// Exit 7 where that is so.
pub fn refuse_newer(session: &Session, vault: &Vault) -> Result<(), Failure> {
    if !session.has_seen_other_key(vault) {
        return Ok(());
    }
    let what =
        "this vault may be from before a change of its key, and back-ups under another key newer than it";
    Err(Failure::new(Exit::Refused, what).hint(
        "No back-up was deleted. `tresor merge` with the newest file settles which key goes on. What this device \
        saw last is seen-... in the state folder.",
    ))
}

/// After a new master password: what the old one still opens is deleted, if that is wished for, or it is said how.
/// Gives how many were deleted and how many are left.
///
/// # Errors
/// Where one cannot be deleted; the new master password is set all the same.
pub fn offer_to_delete_old(
    context: &Context,
    session: &Session,
    vault: &Vault,
    wished: bool,
) -> Result<(usize, usize), Failure> {
    let old = session.backups_of_other_keys();
    if old.is_empty() {
        return Ok((0, 0));
    }
    if let Err(failure) = refuse_newer(session, vault) {
        note(&sentence(&failure.to_string()));
        return Ok((0, old.len()));
    }
    let question = format!("Delete the {} back-ups that the old master password still opens?", old.len());
    if wished || (context.can_ask() && prompt::consent(&question)?) {
        session.delete_backups(&old, vault).map_err(|error| {
            Failure::from(error)
                .hint("The master password is changed; `tresor backup prune --old-keys` goes on.")
        })?;
        return Ok((old.len(), 0));
    }
    note(&format!(
        "The old master password still opens {} back-ups; `tresor backup prune --old-keys` deletes them.",
        old.len()
    ));
    Ok((0, old.len()))
}
