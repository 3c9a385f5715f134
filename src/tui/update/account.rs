//! The page "I forgot", back-up codes, and going to the entry that another one names.

use crate::account::backup_codes::{self, MOST};
use crate::account::{Chain, name};
use crate::secret::Secret;
use crate::vault::Id;
use crate::vault::edit::{Change, Edit};

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::fields::Which;
use super::super::layout;
use super::super::model::account::{Codes, Content, Forgot, Leads, Line, Paste};
use super::super::model::dialog::{Confirm, Then};
use super::super::model::form::Form;
use super::super::model::open::{After, Open, Revealed, Subject};
use super::super::model::{Layer, Model, later};
use super::entrance::sentence;
use super::list::moved;
use super::{copying, saving};

/// Opens the page for the chosen entry.
pub(super) fn open_forgot(model: &mut Model) {
    let Some(open) = model.open_mut() else { return };
    let Some(id) = open.chosen_id() else { return };
    open.revealed = None;
    model.layers.push(Layer::Forgot(Forgot { id, chosen: 0 }));
}

/// Opens the back-up codes of the chosen entry.
pub(super) fn open_codes(model: &mut Model) {
    if let Some(id) = model.open().and_then(Open::chosen_id) {
        codes_of(model, id);
    }
}

fn codes_of(model: &mut Model, id: Id) {
    let Some(open) = model.open_mut() else { return };
    let Some(codes) = open.vault.entry(id).map(|entry| Codes::new(&entry)) else { return };
    open.revealed = None;
    model.layers.push(Layer::Codes(codes));
}

/// Goes to the entry that the chosen one signs in with, or back from there.
pub(super) fn jump(model: &mut Model) {
    let Some(open) = model.open_mut() else { return };
    let Some(entry) = open.chosen() else { return };
    let Some(target) = entry.signs_in_with() else {
        let name = name(&entry);
        if !open.jump_back() {
            model.say(format!("{name} signs in with no other entry"));
        }
        return;
    };
    let trouble = Chain::of(entry.vault(), &entry).and_then(|chain| chain.trouble()).unwrap_or_default();
    if !open.jump(target) {
        model.complain(trouble);
    }
}

/// Does what a key asks for on the page.
pub(super) fn forgot(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let lines = forgot_lines(model);
    let Some(Layer::Forgot(forgot)) = model.layers.last_mut() else { return };
    let (id, line) = (forgot.id, lines.get(forgot.chosen));
    match action {
        Action::Follow => follow(model, line, out),
        Action::Reveal => {
            if let Some((id, subject)) = line.and_then(secret_of) {
                reveal(model, id, subject);
            } else if let Some(open) = model.open_mut() {
                open.revealed = None;
                model.say("There is nothing hidden here");
            }
        }
        Action::BackupCodes => codes_of(model, line.map_or(id, |line| line.id)),
        Action::Edit => {
            let Some(open) = model.open_mut() else { return };
            let Some(entry) = open.vault.entry(line.map_or(id, |line| line.id)) else { return };
            let form = Form::edit(&open.session, &entry);
            open.revealed = None;
            model.layers.push(Layer::Form(Box::new(form)));
        }
        Action::Cancel => close(model),
        _ => {
            forgot.chosen = moved(action, forgot.chosen, lines.len().saturating_sub(1), page);
            mask(model);
        }
    }
}

fn forgot_lines(model: &Model) -> Vec<Line> {
    match (model.layers.last(), model.open()) {
        (Some(Layer::Forgot(forgot)), Some(open)) => forgot.lines(open, &model.known.sites),
        _ => Vec::new(),
    }
}

fn secret_of(line: &Line) -> Option<(Id, Subject)> {
    match line.content {
        Content::Secret(subject) => Some((line.id, subject)),
        _ => None,
    }
}

/// Copies what a line says, or goes where it leads.
fn follow(model: &mut Model, line: Option<&Line>, out: &mut Vec<Effect>) {
    let Some(line) = line else { return };
    match line.leads {
        Leads::Nowhere => {}
        Leads::Codes => codes_of(model, line.id),
        Leads::Entry(id) => {
            close(model);
            if let Some(open) = model.open_mut() {
                open.jump(id);
            }
        }
        Leads::Clipboard => {
            let Some(open) = model.open() else { return };
            let of = open.vault.entry(line.id).map(|entry| name(&entry)).unwrap_or_default();
            let value = match &line.content {
                Content::Fact(text) => Ok(Secret::copy_of(text.as_bytes())),
                Content::Secret(subject) => match open.opened(line.id, *subject) {
                    Some(value) => value,
                    None => return,
                },
                _ => return,
            };
            match value {
                Ok(value) => out.push(Effect::Copy { value, what: format!("{} of {of}", line.label) }),
                Err(error) => model.complain(sentence(&error.to_string())),
            }
        }
    }
}

/// Shows a secret for a while, or masks it.
fn reveal(model: &mut Model, id: Id, subject: Subject) {
    let until = later(model.now, model.settings.reveal_for);
    let Some(open) = model.open_mut() else { return };
    let was_shown = open.revealed.take().is_some_and(|shown| (shown.id, shown.subject) == (id, subject));
    if was_shown {
        return;
    }
    match open.opened(id, subject) {
        Some(Ok(value)) => open.revealed = Some(Revealed { id, subject, value, until }),
        Some(Err(error)) => model.complain(sentence(&error.to_string())),
        None => {}
    }
}

fn mask(model: &mut Model) {
    if let Some(open) = model.open_mut() {
        open.revealed = None;
    }
}

fn close(model: &mut Model) {
    model.layers.pop();
    mask(model);
}

/// Does what a key asks for in the list of codes.
pub(super) fn codes(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let Some(Layer::Codes(codes)) = model.layers.last() else { return };
    let (id, chosen) = (codes.id, codes.chosen);
    let Some(entry) = model.open().and_then(|open| open.vault.entry(id)) else { return close(model) };
    let all = backup_codes::of(&entry);
    let code = all.get(chosen).map(|code| (code.field, code.number, code.is_used));
    let last = all.len().saturating_sub(1);
    match (action, code) {
        (Action::Add, _) => model.layers.push(Layer::Paste(Box::new(Paste::new(id)))),
        (Action::CopyField, Some((_, number, true))) => {
            model.say(format!("Back-up code {number} is used; Space takes that back"));
        }
        (Action::CopyField, Some((field, number, false))) => use_code(model, id, field, number, out),
        (Action::TickOff, Some((field, number, is_used))) => {
            tick(model, id, field, number, !is_used, out);
        }
        (Action::Reveal, Some((field, ..))) => reveal(model, id, Subject::Field(Which::Custom(field))),
        (Action::Cancel, _) => close(model),
        _ => {
            let to = moved(action, chosen, last, page);
            if let Some(Layer::Codes(codes)) = model.layers.last_mut() {
                codes.chosen = to;
            }
            mask(model);
        }
    }
}

/// Ticks a code off, and copies it once that is on the disk: a crash in between would give it twice.
fn use_code(model: &mut Model, id: Id, field: Id, number: usize, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let Some(entry) = open.vault.entry(id) else { return };
    let what = format!("back-up code {number} of {}", name(&entry));
    match open.opened(id, Subject::Field(Which::Custom(field))) {
        Some(Ok(value)) => {
            if tick(model, id, field, number, true, out)
                && let Some(open) = model.open_mut()
            {
                let edit = open.saving.edits;
                open.saving.after = Some(After { edit, value, what });
                copying::note_use(model, id, out);
            }
        }
        Some(Err(error)) => model.complain(sentence(&error.to_string())),
        None => {}
    }
}

/// Ticks a code off as used, or takes that back. Whether that was possible.
fn tick(model: &mut Model, id: Id, field: Id, number: usize, used: bool, out: &mut Vec<Effect>) -> bool {
    let Some(entry) = model.open().and_then(|open| open.vault.entry(id)) else { return false };
    let state = if used { "used" } else { "not used" };
    let label = format!("back-up code {number} of {} {state}", entry.title());
    let change = |edit: &mut Edit<'_, '_>| edit.change(id, Change::TickedOff { field, used });
    let done = saving::edit(model, &label, change, out).is_some();
    if done && let Some(open) = model.open_mut() {
        open.revealed = None;
        saving::refresh(open, id);
        let entry = open.vault.entry(id);
        let (next, tally) = entry.map(|entry| (Codes::new(&entry), backup_codes::tally(&entry))).unzip();
        if let (true, Some(Layer::Codes(codes)), Some(next)) = (used, model.layers.last_mut(), next) {
            codes.chosen = next.chosen;
        }
        model.say(format!("Back-up code {number} {state}: {}", tally.unwrap_or_default().words()));
    }
    done
}

/// Does what a key asks for while codes are pasted.
pub(super) fn paste(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let until = later(model.now, model.settings.reveal_for);
    let page = layout::page(model);
    let Some(Layer::Paste(paste)) = model.layers.last_mut() else { return };
    match action {
        Action::Toggle => paste.replaces = !paste.replaces,
        Action::RevealField => paste.shown_until = paste.shown_until.is_none().then_some(until),
        Action::MoveUp => drop(paste.text.up(1)),
        Action::MoveDown => drop(paste.text.down(1)),
        Action::PageUp => drop(paste.text.up(page)),
        Action::PageDown => drop(paste.text.down(page)),
        Action::Cancel if !paste.text.is_empty() => {
            let question = "Close this and lose what was pasted?".to_owned();
            model.layers.push(Layer::Confirm(Confirm { question, then: Then::DiscardForm }));
        }
        Action::Cancel => close(model),
        Action::Save => add_codes(model, out),
        _ => {}
    }
}

fn add_codes(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Paste(paste)) = model.layers.last() else { return };
    let (id, replaces) = (paste.id, paste.replaces);
    let mut read = backup_codes::read(paste.text.text());
    let Some(open) = model.open() else { return };
    let Some(entry) = open.vault.entry(id) else { return };
    let there = backup_codes::of(&entry);
    let kept = if replaces { &[] } else { there.as_slice() };
    let known: Vec<Secret> = kept.iter().filter_map(|code| open.session.reveal(code.value).ok()).collect();
    read.without(&known);
    if read.codes.is_empty() {
        let words = if read.doubles > 0 { "These are there already" } else { "There is no code in it" };
        return model.complain(words);
    }
    if read.codes.len() + kept.len() > MOST {
        return model.complain(format!("An entry holds at most {MOST} back-up codes"));
    }
    let (added, left_out, doubles) = (read.codes.len(), read.left_out.len(), read.doubles);
    let first = kept.iter().map(|code| code.number).max().unwrap_or_default().saturating_add(1);
    let gone: Vec<Id> = if replaces { there.iter().map(|code| code.field).collect() } else { Vec::new() };
    let label = format!("back-up codes of {}", entry.title());
    let change = |edit: &mut Edit<'_, '_>| {
        gone.iter().try_for_each(|field| edit.change(id, Change::RemoveField(*field)))?;
        edit.change(id, Change::Fields(backup_codes::fields(read.codes, first)))
    };
    if saving::edit(model, &label, change, out).is_none() {
        return;
    }
    close(model);
    if let Some(open) = model.open_mut() {
        saving::refresh(open, id);
        let next = open.vault.entry(id).map(|entry| Codes::new(&entry));
        if let (Some(Layer::Codes(codes)), Some(next)) = (model.layers.last_mut(), next) {
            *codes = next;
        }
    }
    let mut words =
        if added == 1 { "Added 1 back-up code".to_owned() } else { format!("Added {added} back-up codes") };
    if doubles > 0 {
        words += &format!("; {doubles} there already");
    }
    if left_out > 0 {
        words += &format!("; lines without a code: {left_out}");
    }
    model.say(words);
}
