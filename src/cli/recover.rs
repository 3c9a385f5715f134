//! `recover`: the way back in for who has forgotten the master password. The recovery code opens the vault, and a
//! new master password and a new key take the place of all there was.

use super::args::Recover;
use super::context::{Context, now};
use super::init::{judge, price};
use super::kit::{Delivery, NewKit, open_with_code};
use super::renewal::{self, Renewed};
use crate::format::slot::SlotKind;
use crate::report::Failure;
use crate::session::{MASTER, NewSlot, SlotSecret};

/// Opens with the code and changes the master password.
///
/// # Errors
/// Exit 3 where the code opens nothing; the vault is as it was.
pub fn run(context: &mut Context, recover: &Recover) -> Result<(), Failure> {
    let key_file = context.key_file()?;
    // Before the code is typed: that there is nowhere for the new one to go is known already.
    let delivery = if recover.kit.no_kit { None } else { Some(Delivery::of(context, &recover.kit)?) };
    let ((mut session, mut vault), _) = open_with_code(context, &recover.code)?;
    let price = price(&recover.costs, Some(&vault))?;
    let there = session.key_slots(&vault);
    let master = context.password_after_code(recover.code.code_stdin)?;
    judge(&master);
    let kit = delivery.map(|delivery| NewKit::make(delivery, &session)).transpose()?;
    let first = |kind| there.iter().find(|key| key.kind() == kind);
    let alone = first(SlotKind::Passphrase);
    let with_file = first(SlotKind::PassphraseAndKeyFile).zip(key_file.as_ref());
    let mut slots: Vec<NewSlot<'_>> = Vec::new();
    if let Some((key, file)) = with_file {
        let secret = SlotSecret::PassphraseAndKeyFile(&master, file);
        slots.push(NewSlot { name: key.name.clone(), secret, replaces: Some(key.id) });
    }
    // Two factors stay two where the key file is at hand; where it is lost, the password alone has to do.
    if alone.is_some() || with_file.is_none() {
        let (name, replaces) =
            alone.map_or((MASTER.to_owned(), None), |key| (key.name.clone(), Some(key.id)));
        slots.push(NewSlot { name, secret: SlotSecret::Passphrase(&master), replaces });
    }
    if let (Some(kit), Some(key)) = (&kit, first(SlotKind::Recovery)) {
        slots.push(kit.slot(key.id));
    }
    let rekeyed = session.rekey(&mut vault, &slots, price, now());
    let rekeyed = rekeyed.inspect_err(|_| kit.iter().for_each(NewKit::withdraw))?;
    let kit = kit.map(|kit| kit.hand_over(context)).transpose()?;
    let said =
        "The vault has a new master password and a new key. The old recovery code opens nothing any more.";
    renewal::report(context, said, Renewed { rekeyed, kit })
}
