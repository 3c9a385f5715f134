//! `slots`: the ways to open the vault, listed, added, removed, named.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::args::{KitOptions, SlotsAction, SlotsAdd};
use super::context::{Context, Unlocked, now, save};
use super::passwd::delivery;
use super::renewal::{self, Renewal};
use super::{kit, output};
use crate::crypto::random::{Random, SystemRandom, array};
use crate::format::slot::SlotKind;
use crate::format::{FormatError, KeyFile};
use crate::prompt::{self, PromptError};
use crate::report::{Exit, Failure};
use crate::session::{KeySlot, NewSlot, Price, SessionError, SlotSecret, slot_words};
use crate::store::{file, write_new};

#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    kind: &'static str,
    created: Option<String>,
    tested: Option<String>,
    kdf_memory_mib: Option<u32>,
    kdf_passes: Option<u32>,
    kdf_lanes: Option<u32>,
    opened: bool,
}

/// Does one of these.
///
/// # Errors
/// [`Failure`] with the exit status of the cause.
pub fn run(context: &mut Context, action: Option<SlotsAction>) -> Result<(), Failure> {
    match action {
        None => list(context),
        Some(SlotsAction::Add(SlotsAdd::Password { name })) => add_password(context, name),
        Some(SlotsAction::Add(SlotsAdd::KeyFile { file, name })) => add_key_file(context, &file, name),
        Some(SlotsAction::Add(SlotsAdd::Recovery(make))) => kit::make(context, make),
        Some(SlotsAction::Rm { slot, kit }) => remove(context, &slot, &kit),
        Some(SlotsAction::Rename { slot, name }) => rename(context, &slot, &name),
    }
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let opened = session.opened_by(&vault).map(|key| key.id);
    let lines: Vec<Line> =
        session.key_slots(&vault).iter().map(|key| line(key, opened == Some(key.id))).collect();
    if context.json {
        return output::json(&lines);
    }
    let words = lines.iter().enumerate().map(|(at, line)| {
        let cost = line.kdf_memory_mib.zip(line.kdf_passes);
        let cost = cost.map_or(String::new(), |(memory, passes)| format!(", {memory} MiB, {passes} passes"));
        let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
        let made = line.created.as_ref().map_or(String::new(), |time| format!(", made {}", day(time)));
        let tested = line.tested.as_ref().map_or(String::new(), |time| format!(", tried {}", day(time)));
        let opened = if line.opened { ", opened it now" } else { "" };
        format!("{}  {}  ({}{cost}{made}{tested}{opened})", at + 1, line.name, line.kind)
    });
    output::text(&words.collect::<Vec<_>>().join("\n"))
}

fn line(key: &KeySlot, opened: bool) -> Line {
    let cost = key.cost();
    Line {
        id: key.id.to_string(),
        name: key.name.clone(),
        kind: slot_words(key.kind()),
        created: key.created.map(|time| time.to_string()),
        tested: key.tested.map(|time| time.to_string()),
        kdf_memory_mib: cost.map(|cost| cost.memory_kib() / 1024),
        kdf_passes: cost.map(|cost| cost.passes()),
        kdf_lanes: cost.map(|cost| cost.lanes()),
        opened,
    }
}

fn add_password(context: &mut Context, name: String) -> Result<(), Failure> {
    let path = context.vault.clone();
    let Unlocked { session, mut vault, passphrase, .. } = context.unlock(&path)?;
    let new = match context.second_password("The other password")? {
        Some(new) => new,
        None => return Err(PromptError::Ended("the other password".to_owned()).into()),
    };
    if !context.has_password_option()
        && context.second_password("Once more")?.is_none_or(|again| !again.is_same(&new))
    {
        return Err(Failure::usage("the two are not the same").hint("Nothing was changed."));
    }
    if new.is_same(&passphrase) {
        return Err(Failure::usage("this is the password that opened the vault").hint("Nothing was changed."));
    }
    super::init::judge(&new);
    let slot = NewSlot { name, secret: SlotSecret::Passphrase(&new), replaces: None };
    let price = Price::of(&vault)?;
    let id = session.add_slot(&mut vault, &slot, price.cost(), now())?;
    save(&session, &mut vault)?;
    let said = "Either password opens the vault now. Whoever has one of them can read all of it.";
    output::done(context.json, said, &json!({ "id": id.to_string() }))
}

fn add_key_file(context: &mut Context, key: &Path, name: String) -> Result<(), Failure> {
    let path = context.vault.clone();
    let Unlocked { session, mut vault, passphrase, .. } = context.unlock(&path)?;
    let made = !file::is_taken(key);
    let content = if made {
        let random = zeroize::Zeroizing::new(
            array::<32>(&mut SystemRandom as &mut dyn Random).map_err(FormatError::from)?,
        );
        KeyFile::line_of(&random)
    } else {
        file::read_secret(key, KeyFile::MAX_LEN)?
    };
    let key_file = KeyFile::read(&content)?;
    if made {
        write_new(key, |out| out.write_all(content.expose()))?;
    }
    let secret = SlotSecret::PassphraseAndKeyFile(&passphrase, &key_file);
    let slot = NewSlot { name, secret, replaces: None };
    let price = Price::of(&vault)?;
    let saved = session.add_slot(&mut vault, &slot, price.cost(), now());
    let saved = saved.and_then(|id| session.save(&mut vault, now()).map(|_| id)).inspect_err(|_| {
        if made {
            let _ = file::remove(key);
        }
    })?;
    let alone = session.key_slots(&vault).into_iter().find(|key| key.kind() == SlotKind::Passphrase);
    let verb = if made { "Made" } else { "Took" };
    let mut said = format!(
        "{verb} the key file {}. Keep a copy of it: with it and the master password the vault opens.",
        key.display()
    );
    if let Some(alone) = alone {
        said += &format!(
            " So does the master password alone still; `tresor --key-file {} slots rm {:?}` ends that.",
            key.display(),
            alone.name
        );
    }
    let json = json!({ "id": saved.to_string(), "file": key.display().to_string(), "made": made });
    output::done(context.json, &said, &json)
}

fn remove(context: &mut Context, wanted: &str, kit: &KitOptions) -> Result<(), Failure> {
    let path = context.vault.clone();
    let unlocked = context.unlock(&path)?;
    let slots = unlocked.session.key_slots(&unlocked.vault);
    let key = find(&slots, wanted)?;
    let rest: Vec<&KeySlot> = slots.iter().filter(|other| other.id != key.id).collect();
    let stays = |other: &&&KeySlot| match other.kind() {
        SlotKind::Passphrase => true,
        // What is not at hand cannot be wrapped again.
        SlotKind::PassphraseAndKeyFile => unlocked.key_file.is_some(),
        _ => false,
    };
    if !rest.iter().any(|other| stays(&other)) {
        let mut failure = Failure::from(SessionError::NothingLeft);
        if rest.iter().any(|other| other.kind() == SlotKind::PassphraseAndKeyFile) {
            failure.hint = "Nothing was changed. Name the key file with --key-file FILE.".to_owned();
        }
        return Err(failure);
    }
    let delivery = if key.kind() == SlotKind::Recovery { None } else { delivery(context, &unlocked, kit)? };
    let question = format!("Remove {:?} and give the vault a new key?", key.name);
    if context.can_ask() && !prompt::consent(&question)? {
        return Err(Failure::new(Exit::Failed, "cancelled").hint("Nothing was changed."));
    }
    let name = key.name.clone();
    let price = Price::of(&unlocked.vault)?;
    let renewal =
        Renewal { kit: delivery, without: Some(key.id), master: None, price, delete_old_backups: false };
    let done = renewal::run(context, unlocked, renewal)?;
    let said = format!("Removed {name:?}. Back-ups and copies made before still open with it.");
    renewal::report(context, &said, done)
}

fn rename(context: &mut Context, wanted: &str, name: &str) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    let slots = session.key_slots(&vault);
    let key = find(&slots, wanted)?;
    if name.trim().is_empty() {
        return Err(Failure::usage("the name is empty").hint("Nothing was changed."));
    }
    session.rename_slot(&mut vault, key.id, name.trim(), now())?;
    save(&session, &mut vault)?;
    output::done(context.json, &format!("Renamed {:?}.", key.name), &json!({ "id": key.id.to_string() }))
}

/// A slot by its id, its name or its number in the list, in this order.
fn find<'s>(slots: &'s [KeySlot], wanted: &str) -> Result<&'s KeySlot, Failure> {
    if let Some(key) = slots.iter().find(|key| key.id.to_string() == wanted) {
        return Ok(key);
    }
    let named: Vec<&KeySlot> = slots.iter().filter(|key| key.name == wanted).collect();
    match named.as_slice() {
        [one] => return Ok(one),
        [] => {}
        _ => {
            return Err(Failure::new(Exit::SeveralMatch, format!("several slots are called {wanted:?}"))
                .hint("Give the number that `tresor slots` lists it under."));
        }
    }
    let number = wanted.parse::<usize>().ok().and_then(|number| slots.get(number.checked_sub(1)?));
    number.ok_or_else(|| {
        Failure::new(Exit::NoSuchEntry, format!("no slot {wanted:?}")).hint("`tresor slots` lists them.")
    })
}
