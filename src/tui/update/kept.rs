//! The passwords that were generated: showing, copying and deleting them.

use crate::vault::Id;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::model::dialog::{Confirm, Then};
use super::super::model::open::{Revealed, Subject};
use super::super::model::walk::Kept;
use super::super::model::{Layer, Model, later};
use super::entrance::sentence;
use super::list::moved;
use super::saving;

/// Opens the list, where a vault is open.
pub(super) fn open(model: &mut Model) {
    if let Some(open) = model.open_mut() {
        open.revealed = None;
        model.layers.push(Layer::Kept(Kept { chosen: 0 }));
    }
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let last = model.open().map_or(0, |open| open.vault.generated().len()).saturating_sub(1);
    let chosen = chosen(model);
    match (action, chosen) {
        (Action::Cancel, _) => {
            model.layers.pop();
            hide(model);
        }
        (Action::Reveal, Some(id)) => reveal(model, id),
        (Action::CopyField, Some(id)) => copy(model, id, out),
        (Action::Forget, Some(id)) => ask(model, "Delete this generated password for good?", Some(id)),
        (Action::ForgetAll, Some(_)) => ask(model, "Delete all generated passwords for good?", None),
        _ => {
            if let Some(Layer::Kept(kept)) = model.layers.last_mut() {
                kept.chosen = moved(action, kept.chosen, last, page);
            }
            hide(model);
        }
    }
}

fn chosen(model: &Model) -> Option<Id> {
    let Some(Layer::Kept(kept)) = model.layers.last() else { return None };
    model.open()?.vault.generated().get(kept.chosen).map(|one| one.id)
}

fn hide(model: &mut Model) {
    if let Some(open) = model.open_mut() {
        open.revealed = None;
    }
}

fn ask(model: &mut Model, question: &str, id: Option<Id>) {
    let question = question.to_owned();
    model.layers.push(Layer::Confirm(Confirm { question, then: Then::ForgetGenerated(id) }));
}

fn reveal(model: &mut Model, id: Id) {
    let until = later(model.now, model.settings.reveal_for);
    let Some(open) = model.open_mut() else { return };
    if open.revealed.take().is_some() {
        return;
    }
    let Some(one) = open.vault.generated_one(id) else { return };
    match open.session.reveal(one.value) {
        Ok(value) => open.revealed = Some(Revealed { id, subject: Subject::Generated, value, until }),
        Err(error) => model.complain(sentence(&error.to_string())),
    }
}

fn copy(model: &mut Model, id: Id, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let Some(one) = open.vault.generated_one(id) else { return };
    match open.session.reveal(one.value) {
        Ok(value) => {
            out.push(Effect::Copy { value, what: "generated password".to_owned() });
            if !one.is_used {
                saving::edit(model, "", |edit| edit.generated_used(id), out);
            }
        }
        Err(error) => model.complain(sentence(&error.to_string())),
    }
}

/// Deletes one for good, or all.
pub(super) fn forget(model: &mut Model, id: Option<Id>, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let all = || open.vault.generated().iter().map(|one| one.id).collect();
    let ids: Vec<Id> = id.map_or_else(all, |id| vec![id]);
    let forget = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
        ids.iter().for_each(|id| edit.forget_generated(*id));
        Ok(())
    };
    if saving::edit(model, "", forget, out).is_none() {
        return;
    }
    hide(model);
    let left = model.open().map_or(0, |open| open.vault.generated().len());
    if let Some(Layer::Kept(kept)) = model.layers.last_mut() {
        kept.chosen = kept.chosen.min(left.saturating_sub(1));
    }
    model.say("Deleted for good; back-ups still hold what was there");
}
