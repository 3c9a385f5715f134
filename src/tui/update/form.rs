//! The form: moving in it, and saving what it says.

use crate::account;
use crate::vault::Entry;
use crate::vault::edit::Edit;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::model::dialog::{Choice, Chooser, Confirm, Then};
use super::super::model::form::Role;
use super::super::model::{Layer, Model, later};
use super::{entrance, list, saving};
use crate::tui::layout;

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let until = later(model.now, model.settings.reveal_for);
    let page = layout::page(model);
    let Some(Layer::Form(form)) = model.layers.last_mut() else { return };
    let in_note = form.is_in_note();
    match action {
        Action::NextField => form.next(),
        Action::PreviousField => form.previous(),
        Action::MoveUp | Action::PageUp if in_note => {
            let lines = if action == Action::PageUp { page } else { 1 };
            if !form.editor_mut().is_some_and(|editor| editor.up(lines)) && action == Action::MoveUp {
                form.previous();
            }
        }
        Action::MoveDown | Action::PageDown if in_note => {
            let lines = if action == Action::PageDown { page } else { 1 };
            if !form.editor_mut().is_some_and(|editor| editor.down(lines)) && action == Action::MoveDown {
                form.next();
            }
        }
        Action::RevealField => {
            let is_secret = !form.on_name && form.row().is_some_and(|row| row.role.is_secret());
            form.shown_until = (is_secret && form.shown_until.is_none()).then_some(until);
        }
        Action::AddField => {
            let choices =
                form.addable().into_iter().map(|(name, field)| (name, Choice::Field(field))).collect();
            model.layers.push(Layer::Chooser(Chooser::new("Add a field", choices)));
        }
        Action::RemoveField => form.remove(),
        Action::Cancel if form.is_dirty() => {
            let question = "Close the form and lose what was typed?".to_owned();
            model.layers.push(Layer::Confirm(Confirm { question, then: Then::DiscardForm }));
        }
        Action::Cancel => {
            model.layers.pop();
        }
        Action::Save => save(model, out),
        _ => {}
    }
}

/// Whether the line that has the keys names another entry, which is chosen and not typed.
pub(super) fn is_on_link(model: &Model) -> bool {
    let form = if let Some(Layer::Form(form)) = model.layers.last() { form } else { return false };
    form.row().is_some_and(|row| row.role == Role::SignsInWith)
}

/// Has an entry chosen that the one in the form signs in with, among those that have this letter.
pub(super) fn pick_link(model: &mut Model, letter: char) {
    choose_link(model);
    if let Some(Layer::Chooser(chooser)) = model.layers.last_mut() {
        chooser.filter.insert(letter.encode_utf8(&mut [0; 4]));
    }
}

/// Has an entry chosen that the one in the form signs in with; not one that signs in with it.
pub(super) fn choose_link(model: &mut Model) {
    let (Some(Layer::Form(form)), Some(open)) = (model.layers.last(), model.open()) else { return };
    let own = form.target;
    let fits = |entry: &Entry<'_>| {
        let is_free = own.is_none_or(|own| !account::would_go_round(&open.vault, own, entry.id()));
        entry.is_live() && is_free
    };
    let mut choices: Vec<(String, Choice)> = open
        .vault
        .entries()
        .filter(fits)
        .map(|entry| {
            let name = account::name(&entry);
            (name.clone(), Choice::SignsInWith(Some((entry.id(), name))))
        })
        .collect();
    choices.sort_by_cached_key(|(name, _)| name.to_lowercase());
    choices.insert(0, ("(no other: it has a password of its own)".to_owned(), Choice::SignsInWith(None)));
    model.layers.push(Layer::Chooser(Chooser::new("Signs in with", choices)));
}

fn save(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Form(mut form)) = model.layers.pop() else { return };
    if let Err(problem) = form.check() {
        form.problem = Some(entrance::sentence(&problem));
        model.layers.push(Layer::Form(form));
        return;
    }
    if !form.is_dirty() {
        return;
    }
    let label = form.label();
    let edited = |edit: &mut Edit<'_, '_>| {
        form.taken().into_iter().try_for_each(|id| edit.generated_used(id))?;
        match form.target {
            None => edit.add(&form.item()),
            Some(id) => {
                form.changes().into_iter().try_for_each(|change| edit.change(id, change)).map(|()| id)
            }
        }
    };
    let Some(id) = saving::edit(model, &label, edited, out) else {
        // What was typed is not lost with the edit.
        form.problem = model.notice.as_ref().map(|notice| notice.text.clone());
        model.layers.push(Layer::Form(form));
        return;
    };
    let is_new = form.target.is_none();
    if let Some(open) = model.open_mut() {
        open.revealed = None;
        open.catalog.refresh(&open.vault, id);
        open.search_again(Some(id));
        if is_new && open.catalog.rank(&open.hits, id).is_none() {
            open.query.set("");
            open.search_again(Some(id));
        }
    }
    model.say(format!(
        "{}: {}",
        if is_new { "Added" } else { "Changed" },
        list::title_of(&label_tail(&label, is_new))
    ));
}

/// What the notice calls a step: a new entry by its title.
fn label_tail(label: &str, is_new: bool) -> String {
    if is_new { label.trim_start_matches("new entry ").to_owned() } else { label.to_owned() }
}
