//! `doctor`: how well the vault is kept, and how well this system keeps secrets. It needs no password, changes
//! nothing, and says with each finding what to do.
//!
//! It fails, with the exit status of opening it, only where the vault itself is not intact. What could be better
//! is no failure of a check that was asked for.

mod machine;
mod vault;

use serde::Serialize;

use super::context::Context;
use super::output;
use crate::report::{Exit, Failure};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As it should be.
    Ok,
    /// It could be better.
    Note,
    /// Something is wrong.
    Wrong,
}

/// One check: what was found, and what to do about it.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    found: String,
    advice: Option<String>,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Ok, found: found.into(), advice: None }
    }

    fn note(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Note, found: found.into(), advice: Some(advice.into()) }
    }

    fn wrong(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state: State::Wrong, ..Self::note(name, found, advice) }
    }
}

/// Looks at everything and prints it.
///
/// # Errors
/// Exit 6 where the vault is there and not intact.
pub fn run(context: &mut Context) -> Result<(), Failure> {
    let mut checks = vault::checks(context);
    checks.extend(machine::checks());
    let is_intact = !checks.iter().any(|check| check.name == vault::NAME && check.state == State::Wrong);
    if context.json {
        let is_well = checks.iter().all(|check| check.state == State::Ok);
        output::json(&serde_json::json!({ "well": is_well, "intact": is_intact, "checks": checks }))?;
    } else {
        output::text(&told(&checks))?;
    }
    if is_intact {
        return Ok(());
    }
    Err(Failure::new(Exit::BadVault, "the vault is not intact").hint("What to do is said above."))
}

/// A line for each check, what is wrong first, with the advice below it.
fn told(checks: &[Check]) -> String {
    let mut lines = Vec::new();
    for (state, sign) in [(State::Wrong, "WRONG"), (State::Note, "note "), (State::Ok, "ok   ")] {
        for check in checks.iter().filter(|check| check.state == state) {
            lines.push(format!("{sign}  {:<11}  {}", check.name, crate::printable::line(&check.found)));
            let advice = check.advice.iter();
            lines.extend(
                advice.map(|advice| format!("       {:<11}  -> {}", "", crate::printable::line(advice))),
            );
        }
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    lines.push(match (count(State::Wrong), count(State::Note)) {
        (0, 0) => "All is well.".to_owned(),
        (wrong, notes) => format!("{wrong} wrong, {notes} that could be better."),
    });
    lines.join("\n")
}
