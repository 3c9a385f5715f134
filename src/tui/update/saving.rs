//! Edits, undo, and getting them onto the disk. An edit shows at once and is saved in the background; edits
//! made during a save are saved by the next one, merged with what the first one put on the disk.

use std::sync::Arc;

use crate::session::{Saved, Session};
use crate::time::Timestamp;
use crate::vault::edit::{Edit, EditError};
use crate::vault::undo::Retraced;
use crate::vault::{Id, Vault};

use super::super::effect::{Effect, Save};
use super::super::message::SaveEnd;
use super::super::model::Model;
use super::super::model::open::{After, Open, Running};

/// Makes an edit of one entry and has it saved. Gives what `make` gave; a failure is told to the user.
pub(super) fn edit<T>(
    model: &mut Model,
    label: &str,
    make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>,
    out: &mut Vec<Effect>,
) -> Option<T> {
    let now = model.now;
    let open = model.open_mut()?;
    if open.session.is_read_only() {
        model.complain("A later version of tresor wrote this vault: it can be read here, not changed");
        return None;
    }
    let made = open.session.edit(Arc::make_mut(&mut open.vault), now, label, make);
    match made {
        Ok(made) => {
            open.saving.edits += 1;
            save_if_due(model, out);
            Some(made)
        }
        Err(error) => {
            model.complain(format!("Nothing was changed: {error}"));
            None
        }
    }
}

/// Lists an entry as it is now, and keeps the chosen one chosen.
pub(super) fn refresh(open: &mut Open, id: Id) {
    let chosen = open.chosen_id();
    open.catalog.refresh(&open.vault, id);
    open.search_again(chosen);
}

/// Takes the last change back.
pub(super) fn undo(model: &mut Model, out: &mut Vec<Effect>) {
    step(model, Session::undo, "Undid", "There is nothing to undo", out);
}

/// Does the undone change again.
pub(super) fn redo(model: &mut Model, out: &mut Vec<Effect>) {
    step(model, Session::redo, "Did again", "There is nothing to do again", out);
}

/// Merges the copies that a sync program put beside the vault, by a save.
pub(super) fn merge_copies(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(open) = model.open_mut() else { return };
    if open.session.is_read_only() {
        return;
    }
    if open.conflicts == 0 {
        return model.say("There is no copy to merge beside the vault");
    }
    open.saving.copies = true;
    save_if_due(model, out);
}

type Step = fn(&Session, &mut Vault, Timestamp) -> Result<Option<Retraced>, EditError>;

fn step(model: &mut Model, step: Step, done: &str, nothing: &str, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(open) = model.open_mut() else { return };
    if open.session.is_read_only() {
        return;
    }
    match step(&open.session, Arc::make_mut(&mut open.vault), now) {
        Ok(Some(step)) => {
            open.saving.edits += 1;
            open.revealed = None;
            open.list(open.catalog.facet().clone());
            model.say(format!("{done}: {step}"));
            save_if_due(model, out);
        }
        Ok(None) => model.say(nothing),
        Err(error) => model.complain(format!("Nothing was changed: {error}")),
    }
}

/// Starts a save, if there is something to save and none is running.
pub(super) fn save_if_due(model: &mut Model, out: &mut Vec<Effect>) {
    if model.open().is_some_and(|open| open.saving.is_due() && open.saving.running.is_none()) {
        start(model, out);
    }
}

/// Before all is dropped: starts a save of what no running save holds.
pub(super) fn save_the_rest(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let held = open.saving.running.map_or(open.saving.saved, |running| running.edits);
    if held < open.saving.edits {
        start(model, out);
    }
}

fn start(model: &mut Model, out: &mut Vec<Effect>) {
    let ticket = model.saves;
    model.saves += 1;
    let Some(open) = model.open_mut() else { return };
    open.saving.running = Some(Running { ticket, edits: open.saving.edits });
    let (session, vault) = (Arc::clone(&open.session), Arc::clone(&open.vault));
    let copies = std::mem::take(&mut open.saving.copies);
    open.saving.merging = copies;
    out.push(Effect::Save(Save { session, vault, copies, ticket }));
}

/// A save ended.
pub(super) fn saved(model: &mut Model, end: SaveEnd, out: &mut Vec<Effect>) {
    let running = model.open().and_then(|open| open.saving.running);
    let running = running.filter(|running| running.ticket == end.ticket);
    let (Some(running), Some(open)) = (running, model.open_mut()) else {
        // Of a vault that was locked meanwhile.
        if let Err(failure) = end.result {
            model.complain(format!("The last changes before the lock were NOT saved: {failure}"));
        }
        return;
    };
    open.saving.running = None;
    let copies = std::mem::take(&mut open.saving.merging);
    match end.result {
        Ok((vault, Saved { merged, has_gap })) => {
            let recovered = open.saving.failed.take().is_some();
            let is_news = has_gap && !std::mem::replace(&mut open.saving.has_gap, has_gap);
            open.saving.saved = running.edits;
            if copies {
                open.conflicts = 0;
            }
            open.saving.has_news |= merged;
            // An edit that was made meanwhile is not in what was saved; the session merges both at the next save.
            if !open.saving.is_due() {
                open.vault = vault;
                if std::mem::take(&mut open.saving.has_news) {
                    open.list(open.catalog.facet().clone());
                }
            }
            let on_disk = open.saving.saved;
            if let Some(After { value, what, .. }) = open.saving.after.take_if(|after| after.edit <= on_disk)
            {
                out.push(Effect::Copy { value, what });
            }
            if copies && merged {
                model.say("Merged what was new in the copies; each is a back-up now");
            } else if copies {
                model.complain("The copies are under another key: `tresor merge` asks for its password");
            } else if merged {
                model.say("Saved, together with what another program had changed");
            } else if is_news {
                model.complain("Saved. Safe for one device at a time here");
            } else if recovered {
                model.say("Saved");
            }
            save_if_due(model, out);
        }
        Err(failure) => {
            open.saving.after = None;
            open.saving.failed = Some(failure.message.clone());
            model.complain(format!("NOT saved: {failure}"));
        }
    }
}
