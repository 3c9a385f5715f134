//! `recover`: the way back in for who has forgotten the master password. The recovery code opens the vault, and a
//! new master password and a new key take the place of all there was.

use super::args::Recover;
use super::backup;
use super::context::{Context, now};
use super::init::{judge, price};
use super::kit::{Delivery, NewKit, open_with_code};
use super::renewal::{self, Renewed};
use crate::report::Failure;

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
    let master = context.password_after_code(recover.code.code_stdin)?;
    judge(&master);
    let kit = delivery.map(|delivery| NewKit::make(delivery, &session)).transpose()?;
    let code = kit.as_ref().map(|kit| &kit.code);
    let slots = session.slots_after_recovery(&vault, &master, key_file.as_ref(), code);
    let rekeyed = session.rekey(&mut vault, &slots, price, now());
    let rekeyed = rekeyed.inspect_err(|_| kit.iter().for_each(NewKit::withdraw))?;
    let kit = kit.map(|kit| kit.hand_over(context)).transpose()?;
    backup::offer_to_delete_old(context, &session, &vault, false)?;
    let said =
        "The vault has a new master password and a new key. The old recovery code opens nothing any more.";
    renewal::report(context, said, Renewed { rekeyed, kit })
}
