//! The audit: asked for, told of, and what is done about a finding.

use std::sync::Arc;

use crate::audit::{Audit, Kind, name_of};
use crate::report::{Failure, sentence};
use crate::vault::Id;
use crate::vault::edit::Change;

use super::super::action::Action;
use super::super::catalog::Facet;
use super::super::effect::{AuditJob, Effect};
use super::super::layout;
use super::super::model::health::{Health, State};
use super::super::model::open::Focus;
use super::super::model::run::Run;
use super::super::model::{Layer, Model};
use super::list::moved;
use super::{saving, worklist};

/// Asks for an audit, and shows that it runs.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(run) = begin(model, out) else { return };
    if let Some(open) = model.open_mut() {
        open.revealed = None;
    }
    model.layers.push(Layer::Health(Box::new(Health::new(run))));
}

/// Begins one.
pub(super) fn begin(model: &mut Model, out: &mut Vec<Effect>) -> Option<Run> {
    let run = Run::new(&mut model.saves);
    let open = model.open()?;
    let (session, vault) = (Arc::clone(&open.session), Arc::clone(&open.vault));
    out.push(Effect::Audit(AuditJob { session, vault, stop: Arc::clone(&run.stop), ticket: run.ticket }));
    Some(run)
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let Some(Layer::Health(health)) = model.layers.last_mut() else { return };
    let last = health.lines().len().saturating_sub(1);
    match (&health.reason, action) {
        (Some(_), Action::Cancel) => health.reason = None,
        (Some(reason), Action::Accept) => {
            let reason = reason.text().trim().to_owned();
            if reason.is_empty() {
                model.complain("Say why, so that it is known later");
            } else {
                except(model, Some(reason), out);
            }
        }
        (Some(_), _) => {}
        (None, Action::Cancel) => {
            model.layers.pop();
        }
        (None, Action::GoToEntry) => go_to_entry(model),
        (None, Action::Ignore) => match health.chosen().map(|finding| finding.ignored.is_some()) {
            Some(true) => except(model, None, out),
            Some(false) => health.ask_reason(),
            None => {}
        },
        (None, action) => health.chosen = moved(action, health.chosen, last, page),
    }
}

/// How far an audit is.
pub(super) fn progressed(model: &mut Model, ticket: u64, done: usize, of: usize) {
    if let Some(health) = waiting(model, ticket) {
        health.state = State::Running(done, of);
    }
}

/// An audit ended. What comes after a lock, or after its screen was closed, is dropped.
pub(super) fn audited(model: &mut Model, ticket: u64, result: Result<Option<Audit>, Failure>) {
    match (waiting(model, ticket), result) {
        (Some(health), Ok(Some(audit))) => health.state = State::Done(audit),
        (Some(health), Err(failure)) => health.state = State::Failed(sentence(&failure.to_string())),
        (Some(_), Ok(None)) => {}
        (None, result) => worklist::audited(model, ticket, result),
    }
}

fn waiting(model: &mut Model, ticket: u64) -> Option<&mut Health> {
    model.layers.iter_mut().find_map(|layer| match layer {
        Layer::Health(health) if health.run.ticket == ticket => Some(&mut **health),
        _ => None,
    })
}

/// The finding that the cursor is on.
fn chosen(model: &Model) -> Option<(Id, Kind)> {
    let Some(Layer::Health(health)) = model.layers.last() else { return None };
    health.chosen().map(|finding| (finding.id, finding.kind))
}

/// Shows the fields of the entry that the cursor is on, whatever the list was filtered to.
fn go_to_entry(model: &mut Model) {
    let Some((id, _)) = chosen(model) else { return };
    model.layers.pop();
    let Some(open) = model.open_mut() else { return };
    open.query.set("");
    if *open.catalog.facet() != Facet::All {
        open.list(Facet::All);
    }
    open.search_again(Some(id));
    if open.chosen_id() == Some(id) {
        open.focus = Focus::Detail;
    } else {
        model.say("This entry is there no longer");
    }
}

/// Ignores the finding that the cursor is on for a reason, or no longer.
fn except(model: &mut Model, reason: Option<String>, out: &mut Vec<Effect>) {
    let Some((id, kind)) = chosen(model) else { return };
    let entry = model.open().and_then(|open| open.vault.entry(id));
    let Some(name) = entry.map(|entry| name_of(&entry)) else { return };
    let (label, said) = match reason {
        Some(_) => (format!("{} of {name} ignored", kind.name()), "is ignored"),
        None => (format!("{} of {name} counts again", kind.name()), "counts again"),
    };
    let change = Change::Except { kind: kind.name().to_owned(), reason: reason.clone() };
    if saving::edit(model, &label, |edit| edit.change(id, change), out).is_none() {
        return;
    }
    if let Some(Layer::Health(health)) = model.layers.last_mut() {
        health.reason = None;
        health.except(id, kind, reason.as_deref());
    }
    model.say(format!("{}: {name} {said}", kind.name()));
}
