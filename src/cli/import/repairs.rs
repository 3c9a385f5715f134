//! Values that another program damaged: shown, and repaired where that was asked for or is agreed to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::args::{Import, Repair};
use super::super::context::Context;
use super::Told;
use crate::exchange::repair::{self, Damage, Finding};
use crate::printable;
use crate::prompt;
use crate::report::{Failure, note};

/// What looks damaged, in JSON.
#[derive(Serialize)]
pub struct Damaged {
    damage: &'static str,
    count: u64,
    repaired: bool,
    examples: Vec<Example>,
}

#[derive(Serialize)]
struct Example {
    place: String,
    field: String,
    is: String,
    would_be: String,
}

/// What is to be repaired: as the option says; without it what is agreed to at the terminal, and nothing where
/// there is none.
///
/// # Errors
/// Where the terminal fails.
pub fn chosen(
    context: &Context,
    arguments: &Import,
    found: BTreeMap<Damage, Finding>,
    told: &mut Told,
) -> Result<Vec<Damage>, Failure> {
    let mut chosen = Vec::new();
    for (damage, finding) in found {
        show(damage, &finding);
        let repaired = match arguments.repair {
            Some(Repair::All) => true,
            Some(Repair::Html) => damage == Damage::Html,
            Some(Repair::Mojibake) => damage == Damage::Mojibake,
            Some(Repair::None) => false,
            None if arguments.dry_run || !context.can_ask() => {
                note(&format!("They are not changed; --repair={} repairs them.", damage.name()));
                false
            }
            None => prompt::consent("Repair them?")?,
        };
        if repaired {
            chosen.push(damage);
        }
        let example = |example: repair::Example| {
            let [is, would_be] = example.values;
            Example { place: example.place.to_string(), field: example.field, is, would_be }
        };
        let examples = finding.examples.into_iter().map(example).collect();
        told.damaged.push(Damaged { damage: damage.name(), count: finding.count, repaired, examples });
    }
    Ok(chosen)
}

fn show(damage: Damage, finding: &Finding) {
    let values = if finding.count == 1 { "value looks" } else { "values look" };
    note(&format!("{} {values} {damage}", finding.count));
    for example in &finding.examples {
        let [is, would_be] = example.values.each_ref().map(|text| printable::line(text).into_owned());
        note(&format!("  {}, {}: {is} -> {would_be}", example.place, printable::line(&example.field)));
    }
}
