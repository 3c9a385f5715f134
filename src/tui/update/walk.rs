//! Changing one password at its site. What was made is saved before it is copied, and only a yes makes it current
//! ([`crate::rotate`]).

use std::sync::Arc;

use crate::config::asked_for;
use crate::generate::Recipe;
use crate::report::Failure;
use crate::rotate::{self, Step, Walk};
use crate::secret::Secret;
use crate::session::Unreadable;
use crate::sites::Sites;
use crate::vault::edit::{Change, Edit};
use crate::vault::{Entry, Id};

use super::super::action::Action;
use super::super::effect::{Effect, Make};
use super::super::fields::Which;
use super::super::message::MadeEnd;
use super::super::model::open::{Open, Revealed, Subject};
use super::super::model::walk::Walking;
use super::super::model::{Layer, Model, Screen, later};
use super::entrance::sentence;
use super::list::title_of;
use super::{copying, saving};

/// Begins the change of an entry's password; says why, where it has none to change. Whether it was begun.
pub(super) fn begin(model: &mut Model, id: Id) -> bool {
    let (Screen::Open(open), known) = (&mut model.screen, &model.known.sites) else { return false };
    let Some(entry) = open.vault.entry(id) else { return false };
    let page = rotate::change_page(&entry.urls(), |host| known.change_page(host).map(str::to_owned));
    let title = title_of(entry.title());
    match Walk::begin(&entry, page) {
        Ok(walk) => {
            open.revealed = None;
            model.layers.push(Layer::Walk(Box::new(Walking::new(walk))));
            true
        }
        Err(error) => {
            model.say(format!("{title}: {error}"));
            false
        }
    }
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let Some(walking) = walking(model) else { return };
    match action {
        Action::No => close(model),
        // What is on its way comes first: a second key must not make a second one.
        _ if walking.is_busy() => {}
        Action::GoOn => match walking.walk.step() {
            Step::Page => open_page(model, out),
            Step::Old => copy_old(model, out),
            Step::New if has_new(model) => copy_new(model, out),
            Step::New => make(model, out),
            Step::Answer => copy_new(model, out),
        },
        Action::OpenPage => open_page(model, out),
        Action::CopyPage => copy_page(model, out),
        Action::CopyOld => copy_old(model, out),
        Action::CopyNew => copy_new(model, out),
        Action::CopyUsername => copy_username(model, out),
        Action::Reveal => reveal(model),
        Action::Again => make(model, out),
        Action::Yes => confirm(model, out),
        Action::DropPending => drop_pending(model, out),
        _ => {}
    }
}

/// Copies what is on the disk now, and ends a walk whose entry was deleted.
pub(super) fn settle(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(at) = model.layers.iter().position(|layer| matches!(layer, Layer::Walk(_))) else { return };
    let Some(Layer::Walk(walking)) = model.layers.get(at) else { return };
    let (id, waits) = (walking.walk.id(), walking.waits);
    let Some(open) = model.open() else { return };
    if !open.vault.entry(id).is_some_and(|entry| entry.is_live()) {
        model.layers.truncate(at);
        return model
            .complain("The entry was deleted meanwhile. What was made for it is in H of the generator");
    }
    let Some(edit) = waits else { return };
    let (is_saved, has_failed) = (open.saving.is_saved(edit), open.saving.has_failed(edit));
    if !is_saved && !has_failed {
        return;
    }
    let new = open.vault.entry(id).map(|entry| (title_of(entry.title()), new_value(open, model)));
    if let Some(Layer::Walk(walking)) = model.layers.get_mut(at) {
        walking.waits = None;
        if is_saved {
            walking.walk.did(Step::New);
        }
    }
    match new {
        _ if has_failed => {
            let why = model.open().and_then(|open| open.saving.failed.clone()).unwrap_or_default();
            model.complain(format!("NOT saved, and so not copied: {why}. Enter tries again"));
        }
        Some((title, Some(Ok(value)))) => {
            out.push(Effect::Copy { value, what: format!("new password of {title}") });
        }
        Some((_, Some(Err(error)))) => model.complain(sentence(&error.to_string())),
        _ => {}
    }
}

/// A new password was made, or was not. Nobody has seen it yet.
pub(super) fn made(model: &mut Model, end: MadeEnd, out: &mut Vec<Effect>) {
    let is_awaited = |walking: &mut Walking| walking.making.take_if(|ticket| *ticket == end.ticket).is_some();
    let Some(walking) = walking_mut(model) else { return };
    if !is_awaited(walking) {
        return;
    }
    let id = walking.walk.id();
    let new = match end.result {
        Ok(new) => new,
        Err(failure) => return model.complain(format!("No new password: {failure}")),
    };
    let Some(entry) = model.open().and_then(|open| open.vault.entry(id)) else { return };
    let (made_for, recipe) = (rotate::made_for(&entry), end.recipe);
    // No step of its own: the yes is one.
    let keep = |edit: &mut Edit<'_, '_>| rotate::make_pending(edit, id, new, &made_for, &recipe);
    if let Some(kept) = saving::edit(model, "", keep, out) {
        if let Some(open) = model.open_mut() {
            saving::refresh(open, id);
        }
        if let Some(walking) = walking_mut(model) {
            walking.walk.holds(kept);
        }
        copy_new(model, out);
    }
}

/// The browser took the page, or it did not.
pub(super) fn page_opened(model: &mut Model, result: Result<(), Failure>) {
    if let Err(failure) = result {
        model.complain(format!("{}. O copies the address", sentence(&failure.to_string())));
    }
}

fn walking(model: &Model) -> Option<&Walking> {
    model
        .layers
        .iter()
        .find_map(|layer| if let Layer::Walk(walking) = layer { Some(&**walking) } else { None })
}

fn walking_mut(model: &mut Model) -> Option<&mut Walking> {
    let mut layers = model.layers.iter_mut();
    layers.find_map(|layer| if let Layer::Walk(walking) = layer { Some(&mut **walking) } else { None })
}

fn entry(model: &Model) -> Option<Entry<'_>> {
    model.open()?.vault.entry(walking(model)?.walk.id())
}

fn did(model: &mut Model, step: Step) {
    if let Some(walking) = walking_mut(model) {
        walking.walk.did(step);
    }
}

fn close(model: &mut Model) {
    let is_pending = entry(model).is_some_and(|entry| entry.pending_password().is_some());
    model.layers.pop();
    if let Some(open) = model.open_mut() {
        open.revealed = None;
    }
    if is_pending {
        model.say("The old one stays; the new one is pending (w)");
    }
}

fn open_page(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(page) = walking(model).and_then(|walking| walking.walk.page().cloned()) else {
        return model.say("The entry has no address of the web");
    };
    if !model.settings.opens_pages {
        return copy_page(model, out);
    }
    model.say(format!("Opening {}", page.address));
    out.push(Effect::OpenPage(page));
    did(model, Step::Page);
}

fn copy_page(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(page) = walking(model).and_then(|walking| walking.walk.page().cloned()) else {
        return model.say("The entry has no address of the web");
    };
    let value = Secret::from_text(page.address);
    out.push(Effect::Copy { value, what: "address of the page".to_owned() });
    did(model, Step::Page);
}

fn copy_username(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = entry(model) else { return };
    let what = format!("user name of {}", title_of(entry.title()));
    match entry.username() {
        "" => model.say("The entry has no user name"),
        name => out.push(Effect::Copy { value: Secret::copy_of(name.as_bytes()), what }),
    }
}

fn copy_old(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = entry(model) else { return };
    let (id, what) = (entry.id(), format!("old password of {}", title_of(entry.title())));
    let old = entry.password().and_then(|old| model.open().map(|open| open.session.reveal(old)));
    match old {
        Some(Ok(value)) => {
            out.push(Effect::Copy { value, what });
            copying::note_use(model, id, out);
            did(model, Step::Old);
        }
        Some(Err(error)) => {
            model.complain(sentence(&error.to_string()));
            did(model, Step::Old);
        }
        None => model.say("The entry has no password yet"),
    }
}

/// Has a new password made that was never used, whatever is pending.
fn make(model: &mut Model, out: &mut Vec<Effect>) {
    let recipe = match entry(model).map(|entry| recipe_for(&entry, &model.known.sites)) {
        Some(Ok(recipe)) => recipe,
        Some(Err(reason)) => return model.complain(reason),
        None => return,
    };
    let ticket = model.saves;
    model.saves += 1;
    let Some(open) = model.open() else { return };
    let (session, vault) = (Arc::clone(&open.session), Arc::clone(&open.vault));
    out.push(Effect::MakeUnused(Make { session, vault, recipe, ticket }));
    if let Some(walking) = walking_mut(model) {
        walking.making = Some(ticket);
    }
}

/// The recipe that a person chose for the entry, else what its site asks for, else the usual one.
fn recipe_for(entry: &Entry<'_>, sites: &Sites) -> Result<Recipe, String> {
    if !entry.policy().is_empty() {
        let kept = Recipe::parse(entry.policy());
        return kept
            .map_err(|error| format!("The recipe that is kept for this entry cannot be read: {error}"));
    }
    let asked = asked_for(sites, entry.urls());
    Ok(asked.map_or_else(Recipe::default, |asked| Recipe::Password(asked.rule.for_site())))
}

/// Copies the new password as soon as it is on the disk.
fn copy_new(model: &mut Model, out: &mut Vec<Effect>) {
    if !has_new(model) {
        return model.say("There is no new password yet: Enter makes one");
    }
    saving::save_if_due(model, out);
    let Some(edits) = model.open().map(|open| open.saving.edits) else { return };
    if let Some(walking) = walking_mut(model) {
        walking.waits = Some(edits);
    }
}

fn has_new(model: &Model) -> bool {
    let new = walking(model).zip(model.open());
    new.is_some_and(|(walking, open)| walking.walk.new_password(&open.vault).is_some())
}

fn new_value(open: &Open, model: &Model) -> Option<Result<Secret, Unreadable>> {
    let new = walking(model)?.walk.new_password(&open.vault)?;
    Some(open.session.reveal(new))
}

fn reveal(model: &mut Model) {
    let until = later(model.now, model.settings.reveal_for);
    let new = model.open().and_then(|open| new_value(open, model));
    let Some(id) = walking(model).map(|walking| walking.walk.id()) else { return };
    let Some(open) = model.open_mut() else { return };
    if open.revealed.take().is_some() {
        return;
    }
    match new {
        // Shown only once it is on the disk, as it is copied.
        Some(Ok(_)) if open.saving.is_due() => model.say("The new password is being saved"),
        Some(Ok(value)) => {
            open.revealed = Some(Revealed { id, subject: Subject::Field(Which::Pending), value, until });
        }
        Some(Err(error)) => model.complain(sentence(&error.to_string())),
        None => model.say("There is no new password yet: Enter makes one"),
    }
}

/// The site took it.
fn confirm(model: &mut Model, out: &mut Vec<Effect>) {
    let new = match model.open().and_then(|open| new_value(open, model)) {
        Some(Ok(new)) => new,
        Some(Err(error)) => return model.complain(sentence(&error.to_string())),
        None => return model.say("There is no new password yet: Enter makes one"),
    };
    let Some(entry) = entry(model) else { return };
    let (id, title) = (entry.id(), title_of(entry.title()));
    let pending = entry.pending_password().and_then(|value| model.open()?.session.reveal(value).ok());
    let is_pending = pending.is_some_and(|pending| pending.same_as(new.expose()));
    let made = walking(model).and_then(|walking| walking.walk.made());
    let change = |edit: &mut Edit<'_, '_>| {
        rotate::confirm(edit, id, new, is_pending)?;
        made.map_or(Ok(()), |made| edit.generated_used(made))
    };
    if saving::edit(model, &format!("password of {title}"), change, out).is_some() {
        model.layers.pop();
        if let Some(open) = model.open_mut() {
            open.revealed = None;
            saving::refresh(open, id);
        }
        model.say(format!("{title} has its new password; z brings the old one back"));
    }
}

fn drop_pending(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = entry(model) else { return };
    let (id, title) = (entry.id(), title_of(entry.title()));
    if entry.pending_password().is_none() {
        return model.say("No new password is pending");
    }
    let change = |edit: &mut Edit<'_, '_>| edit.change(id, Change::PendingPassword(None));
    if saving::edit(model, &format!("pending password of {title}"), change, out).is_some() {
        model.layers.pop();
        if let Some(open) = model.open_mut() {
            open.revealed = None;
            saving::refresh(open, id);
        }
        model.say("Dropped; it stays among the generated passwords");
    }
}
