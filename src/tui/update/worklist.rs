//! The list of what should change.

use crate::rotate::{self, Task};
use crate::vault::Id;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::model::form::Form;
use super::super::model::walk::WorkList;
use super::super::model::{Layer, Model};
use super::list::moved;
use super::walk;

/// Opens it.
pub(super) fn open(model: &mut Model) {
    let Some((tasks, of)) = tasks(model, &[]) else { return };
    if tasks.is_empty() {
        return model.say("Nothing should change");
    }
    model.layers.push(Layer::WorkList(WorkList { tasks, chosen: 0, skipped: Vec::new(), of }));
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
pub(super) fn settle(model: &mut Model) {
    let Some(Layer::WorkList(list)) = model.layers.last() else { return };
    if state(model) == Some(list.of) {
        return;
    }
    let Some((tasks, of)) = tasks(model, &list.skipped) else { return };
    let Some(Layer::WorkList(list)) = model.layers.last_mut() else { return };
    let chosen = list.tasks.get(list.chosen).map(|task| task.id);
    let place = tasks.iter().position(|task| Some(task.id) == chosen);
    list.chosen = place.unwrap_or(list.chosen).min(tasks.len().saturating_sub(1));
    (list.tasks, list.of) = (tasks, of);
}

fn state(model: &Model) -> Option<(u64, u64)> {
    model.open().map(|open| (open.saving.edits, open.vault.generation()))
}

fn tasks(model: &Model, skipped: &[Id]) -> Option<(Vec<Task>, (u64, u64))> {
    let open = model.open()?;
    let mut tasks = rotate::work_list(&open.vault, model.now);
    tasks.retain(|task| !skipped.contains(&task.id));
    Some((tasks, state(model)?))
}
