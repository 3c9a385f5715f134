//! `init` and `passwd`: a new vault, a new master password.

use serde_json::json;

use super::args::Costs;
use super::context::{Context, now};
use super::{backup, output};
use crate::crypto::kdf::Cost;
use crate::format::{FormatError, Passphrase};
use crate::report::{Exit, Failure, note};
use crate::session::{Rekeyed, Session, cost_policy};
use crate::store::{StoreError, file};
use crate::strength;

/// Makes a vault.
///
/// # Errors
/// Exit 7 where one is there, or for costs out of bounds.
pub fn init(context: &mut Context, costs: &Costs) -> Result<(), Failure> {
    let cost = cost(costs, Cost::DEFAULT)?;
    if file::is_taken(&context.vault) {
        return Err(StoreError::Exists(context.vault.clone()).into());
    }
    let passphrase = context.new_password()?;
    judge(&passphrase);
    let (session, _) = Session::create(&context.vault, &context.state, &passphrase, cost, now())?;
    let path = session.path().display().to_string();
    output::done(context.json, &format!("Made the vault {path}"), &json!({ "path": path }))
}

/// Changes the master password, and with it the key of the vault.
///
/// # Errors
/// Exit 3 where the old one is wrong; the vault is then as it was.
pub fn passwd(context: &mut Context, costs: &Costs) -> Result<(), Failure> {
    let (mut session, mut vault) = context.open()?;
    let cost = cost(costs, cost_policy(&vault))?;
    let passphrase = context.replacement_password()?;
    judge(&passphrase);
    let Rekeyed { dropped, unreadable } = session.change_passphrase(&mut vault, &passphrase, cost, now())?;
    for name in &dropped {
        note(&format!("No longer opens the vault, since its secret was not at hand: {name}"));
    }
    if unreadable > 0 {
        note(&format!("{unreadable} damaged values did not open before either, and were kept as they are."));
    }
    backup::offer_to_delete_old(context, &session, false)?;
    let said = "Changed the master password. Back-ups and copies made before still open with the old one.";
    output::done(context.json, said, &json!({ "dropped": dropped, "unreadable": unreadable }))
}

/// Costs within the format's bounds and not below what a command writes.
fn cost(costs: &Costs, base: Cost) -> Result<Cost, Failure> {
    // What does not fit is out of bounds as well.
    let given = |cost: Option<u64>, unit: u64, base| {
        cost.map_or(base, |cost| u32::try_from(cost.saturating_mul(unit)).unwrap_or(u32::MAX))
    };
    let memory = given(costs.kdf_memory, 1024, base.memory_kib());
    let passes = given(costs.kdf_passes, 1, base.passes());
    let lanes = given(costs.kdf_lanes, 1, base.lanes());
    let cost = Cost::new(memory, passes, lanes).map_err(FormatError::from)?;
    if costs.kdf_memory.is_some() || costs.kdf_passes.is_some() {
        let floor = Cost::COMMAND_FLOOR;
        if cost.is_below(floor) {
            let message = format!("{} MiB and {passes} passes are too cheap to guess at", memory / 1024);
            return Err(Failure::new(Exit::Refused, message).hint("At least 64 MiB and 3 passes."));
        }
    }
    Ok(cost)
}

/// Says what a weak master password risks; the choice stays with the person.
fn judge(passphrase: &Passphrase) {
    let text = std::str::from_utf8(passphrase.expose()).unwrap_or_default();
    let strength = strength::estimate(text, &[]);
    if strength.score.number() < 3 {
        let reason = strength.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        note(&format!(
            "This master password is {}{reason}. `tresor generate --words 5` makes a strong one.",
            strength.score
        ));
    }
}
