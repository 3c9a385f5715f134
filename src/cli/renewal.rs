//! A new vault key with the slots that there are: each is asked for again where its secret can be, else it is
//! dropped and named. What `passwd`, `rekey`, `slots rm` and `kit make` have in common.

use serde::Serialize;

use super::context::{Context, Unlocked, now};
use super::kit::{Delivery, NewKit, Shown, page_words};
use super::{backup, output};
use crate::format::Passphrase;
use crate::format::slot::SlotKind;
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::session::{KeySlot, NewSlot, Price, Rekeyed, SlotSecret};
use crate::vault::Id;

/// What is to be done.
pub struct Renewal {
    /// Where the new recovery code goes; none drops the kit.
    pub kit: Option<Delivery>,
    /// A slot that is to go.
    pub without: Option<Id>,
    /// The new master password; none keeps the old one.
    pub master: Option<Passphrase>,
    /// What the slots cost.
    pub price: Price,
    /// Whether the back-ups are deleted that only the old key opens.
    pub delete_old_backups: bool,
}

/// What was done.
pub struct Renewed {
    /// What the new key could not take along.
    pub rekeyed: Rekeyed,
    /// What became of the new recovery code.
    pub kit: Option<Shown>,
}

/// Tries at another slot's password, at a terminal.
const TRIES: usize = 3;

/// Gives the vault its new key and saves it.
///
/// # Errors
/// Exit 7 where no master password would open the vault any more, or a person does not want to lose a slot.
pub fn run(context: &mut Context, unlocked: Unlocked, renewal: Renewal) -> Result<Renewed, Failure> {
    let Unlocked { mut session, mut vault, passphrase, key_file } = unlocked;
    let Renewal { kit, without, master, price, delete_old_backups } = renewal;
    let there = session.key_slots(&vault);
    let removed = there.iter().find(|key| Some(key.id) == without).map(|key| key.name.clone());
    let is_new_password = master.is_some();
    if is_new_password && delete_old_backups {
        backup::refuse_newer(&session, &vault)?;
    }
    let master = master.as_ref().unwrap_or(&passphrase);
    let (mut slots, rest) = session.own_slots(&vault, &passphrase, key_file.as_ref(), master)?;
    slots.retain(|new| without.is_none() || new.replaces != without);
    let mut others: Vec<(&KeySlot, Passphrase)> = Vec::new();
    let mut lost: Vec<&KeySlot> = Vec::new();
    for key in rest.iter().filter(|key| Some(key.id) != without) {
        if key.kind() == SlotKind::Passphrase
            && let Some(password) =
                other_password(context, key, |password| session.opens_slot(key, password, None))?
        {
            others.push((key, password));
        } else {
            lost.push(key);
        }
    }
    let recovery = there.iter().find(|key| key.kind() == SlotKind::Recovery && Some(key.id) != without);
    consent(context, &lost)?;
    let kit = match (kit, recovery) {
        (Some(delivery), Some(key)) => Some((NewKit::make(delivery, &session)?, key.id)),
        _ => None,
    };
    for (key, password) in &others {
        let secret = SlotSecret::Passphrase(password);
        slots.push(NewSlot { name: key.name.clone(), secret, replaces: Some(key.id) });
    }
    slots.extend(kit.as_ref().map(|(kit, id)| kit.slot(*id)));
    let rekeyed = session.rekey(&mut vault, &slots, price, now());
    let mut rekeyed = rekeyed.inspect_err(|_| kit.iter().for_each(|(kit, _)| kit.withdraw()))?;
    if let Some(removed) = removed {
        rekeyed.dropped.retain(|name| !name.starts_with(&format!("{removed} (")));
    }
    let kit = kit.map(|(kit, _)| kit.hand_over(context)).transpose()?;
    if is_new_password {
        backup::offer_to_delete_old(context, &session, &vault, delete_old_backups)?;
    }
    Ok(Renewed { rekeyed, kit })
}

/// The password of a slot that the master password does not open; none drops it.
fn other_password(
    context: &mut Context,
    key: &KeySlot,
    opens: impl Fn(&Passphrase) -> Result<bool, crate::format::FormatError>,
) -> Result<Option<Passphrase>, Failure> {
    let question = format!("Password of {:?} (empty to drop it)", key.name);
    for _ in 0..TRIES {
        match context.second_password(&question)? {
            Some(password) if opens(&password)? => return Ok(Some(password)),
            Some(_) if context.can_ask() && !context.has_password_option() => {
                note("That does not open it; try again.");
            }
            Some(_) => {
                return Err(Failure::new(Exit::WrongSecret, format!("wrong password for {:?}", key.name))
                    .hint("Nothing was changed. An empty line drops that slot."));
            }
            None => return Ok(None),
        }
    }
    Err(Failure::new(Exit::WrongSecret, format!("wrong password for {:?}", key.name))
        .hint("Nothing was changed."))
}

/// Asks a person before slots are dropped; scripts are told afterwards.
fn consent(context: &Context, lost: &[&KeySlot]) -> Result<(), Failure> {
    if lost.is_empty() || !context.can_ask() {
        return Ok(());
    }
    let names: Vec<&str> = lost.iter().map(|key| key.name.as_str()).collect();
    let question = format!("These will no longer open the vault: {}. Go on?", names.join(", "));
    if prompt::consent(&question)? {
        return Ok(());
    }
    let hint = "Nothing was changed. A key file is named with --key-file.";
    Err(Failure::new(Exit::Failed, "cancelled").hint(hint))
}

/// Says what was done.
///
/// # Errors
/// As [`output::done`].
pub fn report(context: &Context, said: &str, done: Renewed) -> Result<(), Failure> {
    let Renewed { rekeyed: Rekeyed { dropped, unreadable }, kit } = done;
    for name in &dropped {
        note(&format!("No longer opens the vault, since its secret was not at hand: {name}"));
    }
    if unreadable > 0 {
        note(&format!("{unreadable} damaged values did not open before either, and were kept as they are."));
    }
    if let (false, Some(page)) = (context.json, kit.as_ref().and_then(|kit| kit.page.as_ref())) {
        note(&page_words(page));
    }
    // Not a tree of JSON, which would keep the code in strings that nobody wipes.
    if context.json { output::json(&Report { dropped, unreadable, kit }) } else { output::text(said) }
}

#[derive(Serialize)]
struct Report {
    dropped: Vec<String>,
    unreadable: usize,
    kit: Option<Shown>,
}
