//! `init` and `passwd`: a new vault, a new master password.

use super::args::Costs;
use super::context::{Context, now};
use super::output;
use crate::crypto::kdf::Cost;
use crate::format::{FormatError, Passphrase};
use crate::report::{Exit, Failure};
use crate::session::{Session, cost_policy};
use crate::store::{StoreError, disk};
use crate::strength;

/// Makes a vault.
///
/// # Errors
/// Exit 7 where one is there, or for costs out of bounds.
pub fn init(context: &mut Context, costs: &Costs) -> Result<(), Failure> {
    let cost = cost(costs, Cost::DEFAULT)?;
    if disk::is_taken(&context.vault) {
        return Err(StoreError::Exists(context.vault.clone()).into());
    }
    let passphrase = context.new_password("New master password")?;
    judge(&passphrase);
    let (session, _) = Session::create(&context.vault, &context.state, &passphrase, cost, now())?;
    output::text(&format!("Made the vault {}", session.path().display()))
}

/// Changes the master password, and with it the key of the vault.
///
/// # Errors
/// Exit 3 where the old one is wrong; the vault is then as it was.
pub fn passwd(context: &mut Context, costs: &Costs) -> Result<(), Failure> {
    let (mut session, mut vault) = context.open()?;
    let cost = cost(costs, cost_policy(&vault))?;
    let passphrase = context.new_password("New master password")?;
    judge(&passphrase);
    let dropped = session.change_passphrase(&mut vault, &passphrase, cost, now())?;
    for name in dropped {
        eprintln!("No longer opens the vault, since its secret was not at hand: {name}");
    }
    output::text("Changed the master password. Back-ups and copies made before still open with the old one.")
}

/// Costs within the format's bounds and not below what a command writes.
fn cost(costs: &Costs, base: Cost) -> Result<Cost, Failure> {
    let memory = costs.kdf_memory.map_or(base.memory_kib(), |mib| mib.saturating_mul(1024));
    let passes = costs.kdf_passes.unwrap_or(base.passes());
    let lanes = costs.kdf_lanes.unwrap_or(base.lanes());
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
        eprintln!(
            "This master password is {}{reason}. `tresor generate --words 5` makes a strong one.",
            strength.score
        );
    }
}
