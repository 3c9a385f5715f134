//! `merge`: a copy of this vault that another device or program has changed, taken in. Nothing is lost: what does not
//! become the current value is history.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::args::KeepKey;
use super::context::{Context, now};
use super::output;
use crate::compare::Comparison;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::session::{Locked, OtherCopy, Session, SessionError, Survivor};
use crate::vault::Vault;

/// What `merge` is asked for.
pub struct Merge {
    /// The copy; none means those that a sync program put beside the vault.
    pub file: Option<PathBuf>,
    /// Only say what would change.
    pub dry_run: bool,
    /// Consent.
    pub yes: bool,
    /// Whose key is kept where neither copy knows the other's.
    pub keep: Option<KeepKey>,
}

#[derive(Serialize)]
struct Merged {
    file: String,
    #[serde(flatten)]
    changes: Comparison,
    /// Where the copy is now, if it was put beside the vault by a sync program and is not needed there any more.
    kept_as: Option<String>,
}

/// Merges.
///
/// # Errors
/// Exit 6 where the file is no intact vault, 7 for another vault, or without consent where it is needed; 1 where
/// there is nothing to merge.
pub fn run(context: &mut Context, asked: &Merge) -> Result<(), Failure> {
    if let Some(file) = &asked.file {
        // Before any password is asked for.
        let other = Locked::read_once(file, &context.state).map_err(|error| not_taken(error, file))?;
        let own = Locked::read(&context.vault, &context.state)?;
        if other.header().vault_id() != own.header().vault_id() {
            return Err(SessionError::OtherVault(file.clone()).into());
        }
    }
    let path = context.vault.clone();
    let (mut session, mut vault) = context.open_file(&path)?;
    let files = match &asked.file {
        Some(file) => vec![file.clone()],
        None => found(context, &session, asked)?,
    };
    let mut merged = Vec::new();
    for file in &files {
        merged.push(take_in(context, &mut session, &mut vault, file, asked)?);
    }
    let lines: Vec<String> = merged.iter().flat_map(|merged| lines(merged, asked.dry_run)).collect();
    let said = json!({ "dry_run": asked.dry_run, "merged": merged });
    match asked.dry_run {
        true => output::said(context.json, &lines, &said),
        false => output::done_all(context.json, &lines, &said),
    }
}

/// What a sync program put beside the vault, after asking.
fn found(context: &Context, session: &Session, asked: &Merge) -> Result<Vec<PathBuf>, Failure> {
    let files = session.conflicts();
    if files.is_empty() {
        return Err(Failure::new(Exit::Failed, "no conflicting copy is beside the vault")
            .hint("Nothing was changed. Name a file to merge: `tresor merge FILE`."));
    }
    if asked.dry_run || asked.yes {
        return Ok(files);
    }
    let names: Vec<String> = files.iter().map(|file| format!("  {}", file.display())).collect();
    let what = format!("{} conflicting copies are beside the vault:\n{}", names.len(), names.join("\n"));
    if !context.can_ask() {
        return Err(Failure::new(Exit::Refused, what)
            .hint("Nothing was changed. --yes merges them; --dry-run says what that changes."));
    }
    note(&what);
    match prompt::consent("Merge them? Each is then kept as a back-up.")? {
        true => Ok(files),
        false => Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed.")),
    }
}

fn take_in(
    context: &mut Context,
    session: &mut Session,
    vault: &mut Vault,
    file: &Path,
    asked: &Merge,
) -> Result<Merged, Failure> {
    let copy = match session.open_copy(file) {
        Err(SessionError::OtherKey) => {
            let locked = Locked::read_once(file, &context.state).map_err(|error| not_taken(error, file))?;
            let question = format!("Master password of {}", file.display());
            let secret = context.other_secret(&locked, &question)?;
            session.unlock_copy(file, &secret.credentials())
        }
        opened => opened,
    };
    let copy = copy.map_err(|error| not_taken(error, file))?;
    let is_same_key = copy.is_same_key();
    let survivor = survivor(context, session, vault, &copy, asked)?;
    let (digest, inner) = (copy.digest(), *copy.inner());
    let union = session.unite(vault, copy, survivor, now())?;
    if union.unreadable > 0 {
        note(&format!(
            "{} damaged values did not open before either, and stay as they are.",
            union.unreadable
        ));
    }
    let changes = union.comparison.clone();
    let mut merged = Merged { file: file.display().to_string(), changes, kept_as: None };
    if asked.dry_run {
        return Ok(merged);
    }
    if !is_same_key {
        agree(context, asked, &merged, survivor)?;
    }
    if union.adds_something(vault) || session.holds_more_than_its_file() {
        session.save_union(vault, union, now())?;
    }
    // Its content is on the disk now; only a copy that a sync program made is in the way there.
    let kept = session.keep_conflict(vault, file, digest, &inner).unwrap_or_else(|error| {
        note(&format!("{} is merged, and stays where it is: {error}", file.display()));
        None
    });
    merged.kept_as = kept.map(|kept| kept.display().to_string());
    Ok(merged)
}

/// Whose key is kept: the one that replaced the other, or what the user says.
fn survivor(
    context: &Context,
    session: &Session,
    vault: &Vault,
    copy: &OtherCopy,
    asked: &Merge,
) -> Result<Survivor, Failure> {
    let kept = asked.keep.map(|keep| match keep {
        KeepKey::Ours => Survivor::Ours,
        KeepKey::Theirs => Survivor::Theirs,
    });
    match (session.survivor(vault, copy), kept) {
        (Some(survivor), Some(kept)) if survivor != kept && !copy.is_same_key() => {
            let (newer, older) = match survivor {
                Survivor::Ours => ("the vault", "the copy"),
                Survivor::Theirs => ("the copy", "the vault"),
            };
            let what = format!("the key of {newer} replaced that of {older}, and the newer one is kept");
            return Err(
                Failure::new(Exit::Refused, what).hint("Nothing was changed. Leave --keep out to take it.")
            );
        }
        (Some(survivor), _) => return Ok(survivor),
        (None, _) => {}
    }
    const BOTH: &str = "both copies were given a new key, and neither knows the other's";
    match kept {
        Some(kept) => Ok(kept),
        None if context.can_ask() => {
            note(&format!("{BOTH}."));
            match prompt::consent("Keep the master password of this vault, and drop that of the other copy?")? {
                true => Ok(Survivor::Ours),
                false => Err(Failure::new(Exit::Failed, "cancelled")
                    .hint("Nothing was changed. --keep theirs keeps that of the other copy.")),
            }
        }
        None => Err(Failure::new(Exit::Refused, BOTH).hint(
            "Nothing was changed. --keep ours keeps this vault's master password, --keep theirs that of the copy.",
        )),
    }
}

/// Who holds a leaked password can make a copy under an old key: what it changes is shown first.
fn agree(context: &Context, asked: &Merge, merged: &Merged, survivor: Survivor) -> Result<(), Failure> {
    let key = match survivor {
        Survivor::Ours => "The vault keeps its master password.",
        Survivor::Theirs => {
            "The vault will open with the master password of that copy, and no longer with its own."
        }
    };
    if asked.yes {
        note(key);
        return Ok(());
    }
    let what =
        format!("the copy is under another key, and this is new in it:\n{}", lines(merged, true).join("\n"));
    if !context.can_ask() {
        return Err(Failure::new(Exit::Refused, what).hint(format!(
            "Nothing was changed. {key} --yes takes it in, if you trust whoever changed it."
        )));
    }
    note(&what);
    note(key);
    match prompt::consent("Take it in?")? {
        true => Ok(()),
        false => Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed.")),
    }
}

fn not_taken(error: SessionError, file: &Path) -> Failure {
    match error {
        // Its back-ups are of no use here.
        SessionError::Damaged { source, .. } => {
            Failure::new(Exit::BadVault, format!("{}: {source}", file.display())).hint("Nothing was changed.")
        }
        SessionError::NoVault(_) => Failure::from(error).hint("Nothing was changed. Check the name."),
        SessionError::ReadOnly => Failure::new(
            Exit::BadVault,
            format!("a later version of tresor wrote {}: it cannot be merged here", file.display()),
        )
        .hint("Nothing was changed."),
        SessionError::Format(source) => {
            let failure = Failure::from(source);
            Failure { message: format!("{}: {}", file.display(), failure.message), ..failure }
        }
        error => error.into(),
    }
}

fn lines(merged: &Merged, dry_run: bool) -> Vec<String> {
    let mut lines = merged.changes.lines();
    let nothing = if lines.is_empty() { ": nothing in it is new" } else { "" };
    lines.push(match (&merged.kept_as, dry_run) {
        (_, true) => format!("Not merged yet: {}{nothing}", merged.file),
        (None, false) => format!("Merged {}{nothing}", merged.file),
        (Some(kept), false) => format!("Merged {}{nothing}; it is a back-up now: {kept}", merged.file),
    });
    lines
}
