//! `init`: a new vault; and what a master password costs to guess at.

use serde_json::json;

use super::args::Costs;
use super::context::{Context, now};
use super::output;
use crate::crypto::kdf::Cost;
use crate::format::{FormatError, Passphrase};
use crate::report::{Exit, Failure, note};
use crate::session::{Price, Session, cost_policy};
use crate::store::{StoreError, file};
use crate::strength;
use crate::vault::Vault;

/// Makes a vault.
///
/// # Errors
/// Exit 7 where one is there, or for costs out of bounds.
pub fn init(context: &mut Context, costs: &Costs) -> Result<(), Failure> {
    if file::is_taken(&context.vault) {
        return Err(StoreError::Exists(context.vault.clone()).into());
    }
    let price = price(costs, None)?;
    let passphrase = context.new_password()?;
    judge(&passphrase);
    let (session, _) = Session::create_priced(&context.vault, &context.state, &passphrase, price, now())?;
    let path = session.path().display().to_string();
    output::done(context.json, &format!("Made the vault {path}"), &json!({ "path": path }))?;
    if context.can_ask() {
        note("Nobody can bring back a forgotten master password. `tresor kit make` makes a recovery kit.");
    }
    Ok(())
}

/// What slots cost: what is asked for, within the format's bounds and not below what a command writes; else the
/// policy of the vault that is there, or as many passes as this machine does in a second.
///
/// # Errors
/// Exit 7 out of bounds.
pub fn price(costs: &Costs, vault: Option<&Vault>) -> Result<Price, Failure> {
    if costs.kdf_memory.is_none() && costs.kdf_passes.is_none() && costs.kdf_lanes.is_none() {
        return Ok(vault.map_or_else(Price::for_new_vault, Price::of)?);
    }
    let base = vault.map_or(Cost::DEFAULT, cost_policy);
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
    Ok(Price::Asked(cost))
}

/// Says what a weak master password risks; the choice stays with the person.
pub fn judge(passphrase: &Passphrase) {
    let text = std::str::from_utf8(passphrase.expose()).unwrap_or_default();
    let strength = strength::estimate(text, &[]);
    if strength.score.number() < 3 {
        let reason = strength.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default();
        note(&format!(
            "This master password is {}{reason}. `tresor generate --words 5` makes a strong one.",
            strength.words()
        ));
    }
}
