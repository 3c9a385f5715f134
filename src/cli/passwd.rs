//! `passwd` and `rekey`: a new master password, a new vault key.

use serde_json::json;

use super::args::{Costs, KitOptions, Passwd};
use super::context::{Context, Unlocked, now, save};
use super::init::{judge, price};
use super::kit::Delivery;
use super::output;
use super::renewal::{self, Renewal};
use crate::format::slot::SlotKind;
use crate::report::{Failure, note};

/// Changes the master password, and with it the key of the vault.
///
/// # Errors
/// Exit 3 where the old one is wrong; the vault is then as it was.
pub fn run(context: &mut Context, passwd: &Passwd) -> Result<(), Failure> {
    let path = context.vault.clone();
    let unlocked = context.unlock(&path)?;
    if passwd.keep_vault_key {
        return rewrap(context, unlocked, &passwd.costs);
    }
    let price = price(&passwd.costs, Some(&unlocked.vault))?;
    let kit = delivery(context, &unlocked, &passwd.kit)?;
    let master = context.replacement_password()?;
    judge(&master);
    let renewal = Renewal {
        kit,
        without: None,
        master: Some(master),
        price,
        delete_old_backups: passwd.delete_old_backups,
    };
    let done = renewal::run(context, unlocked, renewal)?;
    let said = "Changed the master password. Back-ups and copies made before still open with the old one.";
    renewal::report(context, said, done)
}

/// Gives the vault a new key; the master password stays.
///
/// # Errors
/// As [`run`].
pub fn rekey(context: &mut Context, costs: &Costs, kit: &KitOptions) -> Result<(), Failure> {
    let path = context.vault.clone();
    let unlocked = context.unlock(&path)?;
    let price = price(costs, Some(&unlocked.vault))?;
    let kit = delivery(context, &unlocked, kit)?;
    let renewal = Renewal { kit, without: None, master: None, price, delete_old_backups: false };
    let done = renewal::run(context, unlocked, renewal)?;
    renewal::report(context, "The vault has a new key; the master password is the same.", done)
}

/// Where the new code of a kit goes, if there is one that is to stay.
///
/// # Errors
/// As [`Delivery::of`].
pub fn delivery(
    context: &Context,
    unlocked: &Unlocked,
    options: &KitOptions,
) -> Result<Option<Delivery>, Failure> {
    let slots = unlocked.session.key_slots(&unlocked.vault);
    if options.no_kit || !slots.iter().any(|key| key.kind() == SlotKind::Recovery) {
        return Ok(None);
    }
    Delivery::of(context, options).map(Some)
}

/// The new password around the same key, for the slots that the old one opens.
fn rewrap(context: &mut Context, unlocked: Unlocked, costs: &Costs) -> Result<(), Failure> {
    let Unlocked { mut session, mut vault, passphrase, key_file } = unlocked;
    let price = price(costs, Some(&vault))?;
    let master = context.replacement_password()?;
    judge(&master);
    let (slots, rest) = session.own_slots(&vault, &passphrase, key_file.as_ref(), &master)?;
    let stay = rest.iter().filter(|key| key.kind() == SlotKind::PassphraseAndKeyFile).map(|key| &key.name);
    session.rewrap(&mut vault, &slots, price, now())?;
    save(&session, &mut vault)?;
    note(
        "The key of the vault is the same: who has an old copy of the file and the old password can read every \
        later file too. Without --keep-vault-key that is not so.",
    );
    for name in stay {
        note(&format!("Opens with the password that it had, since its key file was not named: {name}"));
    }
    let said = "Changed the master password, not the key of the vault.";
    output::done(context.json, said, &json!({ "dropped": [], "unreadable": 0, "kit": null }))
}
