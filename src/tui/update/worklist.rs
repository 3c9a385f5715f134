//! The list of what should change.

use crate::audit::Audit;
use crate::report::{Failure, sentence};
use crate::rotate::{self, Terms};
use crate::vault::Id;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::model::form::Form;
use super::super::model::walk::WorkList;
use super::super::model::{Layer, Model, Screen};
use super::list::moved;
use super::{health, walk};

/// Opens it with what is known at once, and asks for an audit, which may know more.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(of) = state(model) else { return };
    let run = health::begin(model, out);
    let list = WorkList { tasks: Vec::new(), chosen: 0, skipped: Vec::new(), of, run, audit: None };
    model.layers.push(Layer::WorkList(Box::new(list)));
    list_again(model);
}

/// What an audit found is listed. Where there is none, what is known without is.
pub(super) fn audited(model: &mut Model, ticket: u64, result: Result<Option<Audit>, Failure>) {
    let list = work_list(&mut model.layers);
    let waits = |list: &&mut WorkList| list.run.as_ref().is_some_and(|run| run.ticket == ticket);
    let Some(list) = list.filter(waits) else { return };
    list.run = None;
    match result {
        Ok(audit) => list.audit = audit.or(list.audit.take()),
        Err(failure) => model.complain(sentence(&format!("weak passwords are not listed: {failure}"))),
    }
    list_again(model);
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, _out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let Some(Layer::WorkList(list)) = model.layers.last_mut() else { return };
    let chosen = list.tasks.get(list.chosen).map(|task| task.id);
    match (action, chosen) {
        (Action::Walk, Some(id)) => change(model, id),
        (Action::Skip, Some(id)) => {
            list.skipped.push(id);
            list.tasks.retain(|task| task.id != id);
            list.chosen = list.chosen.min(list.tasks.len().saturating_sub(1));
        }
        (Action::Cancel, _) => {
            model.layers.pop();
        }
        _ => {
            let last = list.tasks.len().saturating_sub(1);
            list.chosen = moved(action, list.chosen, last, page);
        }
    }
}

/// Changes the password; what has none, a card, is edited.
fn change(model: &mut Model, id: Id) {
    if walk::begin(model, id) {
        return;
    }
    let Some(open) = model.open_mut() else { return };
    let Some(entry) = open.vault.entry(id) else { return };
    let form = Form::edit(&open.session, &entry);
    open.revealed = None;
    model.layers.push(Layer::Form(Box::new(form)));
}

/// Computes it anew where the vault has changed and it is in front: what is done leaves it, and the next one is chosen.
pub(super) fn settle(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::WorkList(list)) = model.layers.last() else { return };
    let Some(of) = state(model).filter(|of| *of != list.of) else { return };
    // Another account may have had the password that was changed.
    let run = health::begin(model, out);
    if let Some(Layer::WorkList(list)) = model.layers.last_mut() {
        (list.of, list.run) = (of, run);
    }
    list_again(model);
}

fn state(model: &Model) -> Option<(u64, u64)> {
    model.open().map(|open| (open.saving.edits, open.vault.generation()))
}

fn list_again(model: &mut Model) {
    let (now, old_after) = (model.now, model.settings.old_after);
    let (Screen::Open(open), Some(list)) = (&model.screen, work_list(&mut model.layers)) else { return };
    let terms = Terms { now, old_after, audit: list.audit.as_ref() };
    let mut tasks = rotate::work_list(&open.vault, &terms);
    tasks.retain(|task| !list.skipped.contains(&task.id));
    let chosen = list.tasks.get(list.chosen).map(|task| task.id);
    let place = tasks.iter().position(|task| Some(task.id) == chosen);
    list.chosen = place.unwrap_or(list.chosen).min(tasks.len().saturating_sub(1));
    list.tasks = tasks;
}

fn work_list(layers: &mut [Layer]) -> Option<&mut WorkList> {
    layers.iter_mut().find_map(|layer| match layer {
        Layer::WorkList(list) => Some(&mut **list),
        _ => None,
    })
}
