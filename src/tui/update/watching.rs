//! What other programs do to the file of an open vault is noticed, merged and told. Nothing that is half-typed
//! changes by it: a form writes what it changes when it is saved.

use std::sync::Arc;

use crate::session::seen::Standing;
use crate::session::watch::{Changed, Noticed};

use super::super::effect::{Effect, Look};
use super::super::message::LookEnd;
use super::super::model::Model;
use super::super::model::open::Running;

/// Looks in a row that must find no whole vault before it is told: a sync may be writing it.
const PATIENCE: u32 = 4;

/// Asks for a look at the file, once in a while.
pub(super) fn look_if_due(model: &mut Model, out: &mut Vec<Effect>) {
    if model.is_at_work() {
        // It would find the key that is being made here, or change what is being imported into.
        return;
    }
    let (now, ticket) = (model.now, model.saves);
    let Some(open) = model.open_mut() else { return };
    // A clock that was set back must not stop the watch.
    if !open.look_at().is_some_and(|at| now >= at || now < open.watch.at) {
        return;
    }
    open.watch.at = now;
    open.watch.running = Some(Running { ticket, edits: open.saving.edits });
    out.push(Effect::Look(Look {
        session: Arc::clone(&open.session),
        vault: Arc::clone(&open.vault),
        ticket,
    }));
    model.saves += 1;
}

/// A look ended.
pub(super) fn looked(model: &mut Model, end: LookEnd, out: &mut Vec<Effect>) {
    let is_ours = model.is_at_work();
    let Some(open) = model.open_mut() else { return };
    let Some(running) = open.watch.running.take_if(|running| running.ticket == end.ticket) else { return };
    let is_late = open.saving.edits != running.edits || open.saving.running.is_some();
    match end.noticed {
        // It may be what is being done here; the next look tells.
        _ if is_ours => {}
        Noticed::Nothing => open.watch.failed = 0,
        // The save of what was edited meanwhile looks for itself.
        Noticed::Changed(_) if is_late => {}
        Noticed::Changed(changed) => take(model, *changed),
        Noticed::OtherKey => {
            super::lock(model, out);
            model.complain(
                "Locked: the vault was given another key, here or on another device. Its new master password \
                 opens it.",
            );
        }
        Noticed::Damaged | Noticed::Gone => {
            open.watch.failed = open.watch.failed.saturating_add(1);
            if open.watch.failed == PATIENCE {
                let what = if matches!(end.noticed, Noticed::Gone) { "is gone" } else { "is damaged" };
                model.complain(format!("The vault file on the disk {what}; what is open here is whole"));
            }
        }
    }
}

fn take(model: &mut Model, changed: Changed) {
    let Some(open) = model.open_mut() else { return };
    open.watch.failed = 0;
    let (entries, standing) = (changed.entries, changed.standing);
    let told: Vec<String> = changed.findings.iter().map(ToString::to_string).collect();
    open.vault = Arc::new(open.session.take(changed));
    open.code = None;
    open.list(open.catalog.facet().clone());
    let merged = match entries {
        0 => "Another program saved the vault; nothing here is different".to_owned(),
        1 => "Another program changed the vault: 1 entry merged".to_owned(),
        many => format!("Another program changed the vault: {many} entries merged"),
    };
    match told.is_empty() {
        true => model.say(merged),
        false if entries > 0 && standing != Standing::Older => {
            model.complain(format!("{merged}. {}", told.join(" ")));
        }
        false => model.complain(told.join(" ")),
    }
}
