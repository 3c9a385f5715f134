//! `info`: what the vault is.

use serde::Serialize;

use super::context::Context;
use super::output;
use super::seen::Seen;
use crate::format::Slot;
use crate::report::Failure;
use crate::session::{cost_policy, slot_words};
use crate::store::file;
use crate::vault::entry::State;
use crate::vault::tag::{Kind, Tag};
use crate::vault::{Record, Vault};

#[derive(Serialize)]
struct Info {
    path: String,
    vault_id: String,
    format: &'static str,
    size: u64,
    generation: u64,
    saved: String,
    entries: usize,
    trashed: usize,
    kdf_memory_mib: u32,
    kdf_passes: u32,
    kdf_lanes: u32,
    keys: Vec<KeyLine>,
    read_only: bool,
    seen: Seen,
}

#[derive(Serialize)]
struct KeyLine {
    name: String,
    kind: &'static str,
}

/// Prints what the vault is.
///
/// # Errors
/// Where the vault cannot be opened.
pub fn run(context: &mut Context) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    // What opened it says what a guess costs; a recovery code is not guessed at.
    let opened = session.opened_by(&vault).and_then(|key| key.cost());
    let policy = opened.unwrap_or_else(|| cost_policy(&vault));
    let of_state = |state| vault.entries().filter(|entry| entry.state() == state).count();
    let info = Info {
        path: session.path().display().to_string(),
        vault_id: session.vault_id().to_string(),
        format: "1.0",
        size: file::len(session.path()),
        generation: vault.generation(),
        saved: vault.saved_at().to_string(),
        entries: of_state(State::Live),
        trashed: of_state(State::Trash),
        kdf_memory_mib: policy.memory_kib() / 1024,
        kdf_passes: policy.passes(),
        kdf_lanes: policy.lanes(),
        keys: vault.records_of(Kind::SLOT).iter().filter_map(|record| key_line(&vault, record)).collect(),
        read_only: session.is_read_only(),
        seen: Seen::of(&session),
    };
    if context.json {
        return output::json(&info);
    }
    let keys: Vec<String> = info.keys.iter().map(|key| format!("{} ({})", key.name, key.kind)).collect();
    output::text(&format!(
        "vault       {}\nid          {}\nformat      {}\nsize        {} bytes\ngeneration  {}, saved {}\n\
         entries     {}, and {} in the trash\nderivation  Argon2id, {} MiB, {} passes, {} lanes\nopened by   {}",
        info.path,
        info.vault_id,
        info.format,
        info.size,
        info.generation,
        info.saved,
        info.entries,
        info.trashed,
        info.kdf_memory_mib,
        info.kdf_passes,
        info.kdf_lanes,
        keys.join(", ")
    ))
}

fn key_line(vault: &Vault, record: &Record) -> Option<KeyLine> {
    let slot = Slot::read(vault.value(vault.current(record, Tag::SLOT_BYTES, None)?)).ok()?;
    let name = vault.current(record, Tag::TITLE, None).map(|cell| vault.value(cell)).unwrap_or_default();
    Some(KeyLine { name: String::from_utf8_lossy(name).into_owned(), kind: slot_words(slot.kind()) })
}
