//! Help, history, choosing, questions.

use crate::secret::Secret;
use crate::session::Unreadable;
use crate::vault::Id;
use crate::vault::entry::Value;
use crate::vault::kinds;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::fields;
use super::super::layout;
use super::super::model::dialog::{Choice, Chooser, Confirm, Then};
use super::super::model::form::{Form, NewField};
use super::super::model::open::{Revealed, Subject};
use super::super::model::{Layer, Model, Screen, later};
use super::list::{moved, title_of};
use super::{copying, entrance, keys, saving};
use crate::tui::catalog::Facet;

/// Does what a key asks for in the topmost dialog.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let pick_last = pick_count(model).saturating_sub(1);
    let past_last = past_count(model).saturating_sub(1);
    let Some(layer) = model.layers.last_mut() else { return };
    match (layer, action) {
        (Layer::Confirm(confirm), Action::Yes) => {
            let then = confirm.then;
            model.layers.pop();
            super::go_on(model, then, out);
        }
        (Layer::Confirm(_), Action::No) | (_, Action::Cancel) => {
            close(model);
        }
        (Layer::Chooser(_), Action::Accept) => choose(model, out),
        (Layer::Chooser(chooser), action) => {
            let last = chooser.matching().len().saturating_sub(1);
            chooser.chosen = moved(action, chooser.chosen, last, page);
        }
        (Layer::Pick(pick), Action::Accept) => {
            let chosen = pick.chosen;
            picked(model, chosen, out);
        }
        (Layer::Pick(pick), action) => pick.chosen = moved(action, pick.chosen, pick_last, page),
        (Layer::Help(help), action) => help.top = moved(action, help.top, usize::from(u16::MAX), page),
        (Layer::History(_), Action::RestoreValue) => restore(model, out),
        (Layer::History(_), Action::Reveal) => reveal_past(model),
        (Layer::History(_), Action::CopyField) => copy_past(model, out),
        (Layer::History(history), action) => {
            history.chosen = moved(action, history.chosen, past_last, page);
            if let Some(open) = model.open_mut() {
                open.revealed = None;
            }
        }
        _ => {}
    }
}

/// Asks before it ends the program, where something would be lost.
pub(super) fn quit(model: &mut Model, out: &mut Vec<Effect>) {
    let asked = matches!(model.layers.last(), Some(Layer::Confirm(Confirm { then: Then::Quit, .. })));
    let is_typed = |layer: &Layer| match layer {
        Layer::Form(form) => form.is_dirty(),
        Layer::Paste(paste) => !paste.text.is_empty(),
        _ => false,
    };
    let form = model.layers.iter().any(is_typed);
    let unsaved = model.open().filter(|open| open.saving.is_due() && open.saving.running.is_none());
    let question = match unsaved {
        Some(open) => {
            let reason = open.saving.failed.clone().unwrap_or_default();
            Some(format!("The last changes could not be saved ({reason}). Quit and lose them?"))
        }
        None if form => Some("Quit and lose what was typed in the form?".to_owned()),
        None => None,
    };
    match question {
        Some(question) if !asked => {
            model.layers.push(Layer::Confirm(Confirm { question, then: Then::Quit }));
        }
        _ => super::end(model, out),
    }
}

/// A letter in the list of fields copies that field.
pub(super) fn pick_letter(model: &mut Model, letter: char, out: &mut Vec<Effect>) {
    let number =
        u32::from(letter).checked_sub(u32::from('a')).and_then(|number| usize::try_from(number).ok());
    if let Some(number) = number.filter(|number| *number < pick_count(model).min(26)) {
        picked(model, number, out);
    }
}

fn close(model: &mut Model) {
    model.layers.pop();
    match &mut model.screen {
        Screen::Open(open) => open.revealed = None,
        Screen::Locked(locked) => locked.held = None,
        Screen::Wizard(_) => {}
    }
}

fn choose(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Chooser(chooser)) = model.layers.last() else { return };
    let Some(choice) = chooser.matching().get(chooser.chosen).map(|(_, choice)| choice.clone()) else {
        return;
    };
    model.layers.pop();
    match choice {
        Choice::Facet(facet) => {
            if let Some(open) = model.open_mut() {
                open.list(facet);
            }
        }
        Choice::Kind(name) => {
            let folder = match model.open().map(|open| open.catalog.facet()) {
                Some(Facet::Folder(path)) => path.clone(),
                _ => String::new(),
            };
            if let Some(kind) = kinds::named(name) {
                model.layers.push(Layer::Form(Box::new(Form::new(kind, &folder))));
            }
        }
        Choice::ImportFormat(name) => super::import::format_chosen(model, name, out),
        Choice::ImportTable => super::import::table_chosen(model, out),
        Choice::ImportColumn(target) => super::columns::assigned(model, target),
        Choice::ImportMap(number) => super::columns::recalled(model, number),
        Choice::Keys(task) => keys::begin(model, task, out),
        Choice::Field(NewField::SignsInWith) => super::form::choose_link(model),
        Choice::Field(NewField::Kind) => {
            let kinds = kinds::KINDS.iter();
            let choices = kinds.map(|kind| (kind.title.to_owned(), Choice::FormKind(kind.name))).collect();
            model.layers.push(Layer::Chooser(Chooser::new("Make it a", choices)));
        }
        Choice::FormKind(name) => {
            if let (Some(Layer::Form(form)), Some(kind)) = (model.layers.last_mut(), kinds::named(name)) {
                form.make(kind);
            }
        }
        Choice::SignsInWith(target) => {
            if let Some(Layer::Form(form)) = model.layers.last_mut() {
                form.sign_in_with(target);
            }
        }
        Choice::Field(field) => {
            if let Some(Layer::Form(form)) = model.layers.last_mut() {
                form.add(field);
            }
        }
    }
}

fn pick_count(model: &Model) -> usize {
    let Some(Layer::Pick(pick)) = model.layers.last() else { return 0 };
    let entry = model.open().and_then(|open| open.vault.entry(pick.id));
    entry.map_or(0, |entry| fields::of(&entry).len())
}

fn picked(model: &mut Model, number: usize, out: &mut Vec<Effect>) {
    let Some(Layer::Pick(pick)) = model.layers.pop() else { return };
    let entry = model.open().and_then(|open| open.vault.entry(pick.id));
    let which = entry.and_then(|entry| fields::of(&entry).get(number).map(|field| field.which));
    if let Some(which) = which {
        copying::field(model, which, out);
    }
}

fn past_count(model: &Model) -> usize {
    let Some(Layer::History(history)) = model.layers.last() else { return 0 };
    let entry = model.open().and_then(|open| open.vault.entry(history.id));
    entry.map_or(0, |entry| entry.history().len())
}

fn restore(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::History(history)) = model.layers.last() else { return };
    let (id, chosen) = (history.id, history.chosen);
    let Some(entry) = model.open().and_then(|open| open.vault.entry(id)) else { return };
    let title = title_of(entry.title());
    let Some(past) = entry.history().into_iter().rev().nth(chosen) else { return };
    let (tag, field, time, name) = (past.tag, past.field, past.time, past.name.to_owned());
    let label = format!("{name} of {title} brought back");
    let change = |edit: &mut crate::vault::edit::Edit<'_, '_>| edit.restore_past(id, tag, field, time);
    if saving::edit(model, &label, change, out).is_some() {
        close(model);
        if let Some(open) = model.open_mut() {
            saving::refresh(open, id);
        }
        model.say(format!("The {name} of {title} is what it was before; z undoes this"));
    }
}

/// The value of the history that the cursor is on, opened.
fn past_value(model: &Model) -> Option<(Id, usize, String, Result<Secret, Unreadable>)> {
    let Some(Layer::History(history)) = model.layers.last() else { return None };
    let open = model.open()?;
    let entry = open.vault.entry(history.id)?;
    let past = entry.history().into_iter().rev().nth(history.chosen)?;
    let what = format!("old {} of {}", past.name, crate::account::name(&entry));
    let is_hidden = matches!(past.value, Value::Sealed(..));
    let number = if is_hidden { history.chosen } else { usize::MAX };
    Some((history.id, number, what, open.session.reveal(past.value)))
}

fn reveal_past(model: &mut Model) {
    let until = later(model.now, model.settings.reveal_for);
    let opened = past_value(model);
    let Some(open) = model.open_mut() else { return };
    if open.revealed.take().is_some() {
        return;
    }
    match opened {
        Some((_, usize::MAX, ..)) | None => {}
        Some((id, number, _, Ok(value))) => {
            open.revealed = Some(Revealed { id, subject: Subject::Past(number), value, until });
        }
        Some((.., Err(error))) => model.complain(entrance::sentence(&error.to_string())),
    }
}

fn copy_past(model: &mut Model, out: &mut Vec<Effect>) {
    match past_value(model) {
        Some((_, _, what, Ok(value))) => out.push(Effect::Copy { value, what }),
        Some((.., Err(error))) => model.complain(entrance::sentence(&error.to_string())),
        None => {}
    }
}
