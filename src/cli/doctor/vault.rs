//! The vault's file, its keys, its back-ups, and who may get at them.

use std::path::Path;

use super::super::context::Context;
use super::Check;
use crate::config::Places;
use crate::crypto::kdf::Cost;
use crate::format::Header;
use crate::format::slot::SlotKind;
use crate::session::{Locked, SessionError, backups_of, slot_words};
use crate::store::disk::dir_of;
use crate::store::{System, atomic, conflict, rights};

/// The check that says whether the vault is intact.
pub const NAME: &str = "vault";

/// All checks of what is on the disk.
pub fn checks(context: &Context) -> Vec<Check> {
    let path = context.vault.as_path();
    let mut checks = Vec::new();
    match Locked::read_once(path, &context.state) {
        Ok(locked) => {
            let found = format!("{} is intact: header and checksum hold", path.display());
            checks.push(Check::ok(NAME, found));
            checks.extend(keys(locked.header()));
        }
        Err(SessionError::NoVault(path)) => {
            let found = format!("there is no vault at {}", path.display());
            checks.push(Check::note(NAME, found, "`tresor init` makes one; --vault names another place"));
        }
        Err(error) => {
            let advice = "`tresor backup ls` lists the back-ups, `tresor backup restore` brings one back";
            checks.push(Check::wrong(NAME, error.to_string(), advice));
        }
    }
    checks.push(backups(context));
    checks.extend(permissions(context));
    let conflicts = conflict::beside(&System, path);
    checks.extend(conflicts.iter().map(|copy| {
        let found = format!("a sync program left a conflicting copy: {}", copy.display());
        Check::note("conflicts", found, format!("`tresor merge {:?}` takes in what it has", copy.display()))
    }));
    checks.extend(atomic::left_over(&System, path, "").iter().map(|file| {
        let found = format!("a save that was killed left {}", file.display());
        Check::note("left over", found, "the next save takes in what is whole of it, and removes it")
    }));
    checks
}

/// What guessing costs by each way to open the vault, and whether there is a way back in.
fn keys(header: &Header) -> Vec<Check> {
    const NAME: &str = "keys";
    let mut checks: Vec<Check> = header
        .used_slots()
        .filter_map(|slot| {
            let words = slot_words(slot.kind());
            let is_typed = matches!(slot.kind(), SlotKind::Passphrase | SlotKind::PassphraseAndKeyFile);
            let cost = slot.cost().ok().filter(|_| is_typed)?;
            let found = format!(
                "{words}: each guess costs {} MiB, {} passes",
                cost.memory_kib() / 1024,
                cost.passes()
            );
            Some(if cost.is_below(Cost::COMMAND_FLOOR) {
                Check::wrong(NAME, format!("{found}, which is too little"), "`tresor rekey --kdf-memory 256`")
            } else if cost.is_below(Cost::DEFAULT) {
                Check::note(NAME, format!("{found}, less than usual"), "`tresor rekey --kdf-memory 256`")
            } else {
                Check::ok(NAME, found)
            })
        })
        .collect();
    checks.push(if header.used_slots().any(|slot| slot.kind() == SlotKind::Recovery) {
        Check::ok("recovery", "there is a recovery code")
    } else {
        let found = "there is no way back in if the master password is forgotten";
        Check::note("recovery", found, "`tresor kit make` makes a recovery code on paper")
    });
    checks
}

fn backups(context: &Context) -> Check {
    const NAME: &str = "backups";
    let backups = backups_of(&context.vault, &context.state, &context.backup_settings());
    let damaged = backups.iter().filter(|backup| !matches!(backup.read(&System), Ok(Ok(_))));
    let damaged: Vec<String> = damaged.map(|backup| backup.path.display().to_string()).collect();
    match backups.first() {
        None => Check::note(NAME, "there are none", "the next save makes one; keep a copy on another disk"),
        Some(_) if !damaged.is_empty() => {
            let found = format!("{} of {} are damaged: {}", damaged.len(), backups.len(), damaged.join(", "));
            Check::wrong(NAME, found, "check the disk, and keep a copy on another one; then delete these")
        }
        Some(newest) => {
            let dir = dir_of(&newest.path).display();
            Check::ok(NAME, format!("{} in {dir}, all intact; the newest of {}", backups.len(), newest.saved))
        }
    }
}

/// Whether somebody else may read or change what is the user's alone.
fn permissions(context: &Context) -> Vec<Check> {
    let config = Places::of_this_user().map(|places| places.config).unwrap_or_default();
    let vault = context.vault.as_path();
    // A folder that others may list is no harm: many a vault is in one that is synced. One that they may write to
    // lets them take the vault away.
    let whose = [
        (vault, "vault", true),
        (dir_of(vault), "folder of the vault", false),
        (context.state.as_path(), "state folder", true),
        (config.as_path(), "settings", false),
    ];
    let mut checks: Vec<Check> =
        whose.iter().filter_map(|(path, what, is_private)| of_others(path, what, *is_private)).collect();
    if checks.is_empty() {
        checks.push(Check::ok("permissions", "vault, state and settings are this user's alone"));
    }
    checks
}

fn of_others(path: &Path, what: &str, is_private: bool) -> Option<Check> {
    let rights = rights::of(path)?;
    let shown = path.display();
    let chmod = |who: &str| format!("chmod {who} {:?}", path.display().to_string());
    if !rights.is_own {
        let found = format!("the {what} {shown} belongs to another user");
        return Some(Check::wrong("permissions", found, "see whose it is, and make it yours"));
    }
    if rights.others_write {
        let found = format!("others may change the {what} {shown}");
        return Some(Check::wrong("permissions", found, chmod("go-w")));
    }
    if rights.others_read && is_private {
        let found = format!("others may read the {what} {shown}");
        return Some(Check::note("permissions", found, chmod("go=")));
    }
    None
}
