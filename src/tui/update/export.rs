//! An export: what, as what, where to, what is lost by it, and the password; a thread looks and writes.

use std::collections::HashSet;
use std::sync::Arc;

use crate::format::Passphrase;
use crate::report::{Exit, Failure, sentence};
use crate::vault::Id;

use super::super::action::Action;
use super::super::catalog::Facet;
use super::super::effect::{Effect, ExportJob, ExportTask};
use super::super::layout;
use super::super::message::ExportStage;
use super::super::model::dialog::{Confirm, Then};
use super::super::model::export::{Entries, Exporting, Step, Target};
use super::super::model::open::Open;
use super::super::model::run::{Run, Working};
use super::super::model::{Layer, Model};
use super::list::moved;
use super::work;

/// Asks for the format.
pub(super) fn open(model: &mut Model) {
    let Some(open) = model.open_mut() else { return };
    open.revealed = None;
    let exporting = Exporting::new(listed(open).map(Arc::new));
    model.layers.push(Layer::Export(Box::new(exporting)));
}

/// The entries that are listed, where those are not all.
fn listed(open: &Open) -> Option<HashSet<Id>> {
    if open.query.is_empty() && *open.catalog.facet() == Facet::All {
        return None;
    }
    Some((0..open.hits.len()).filter_map(|rank| open.catalog.id(&open.hits, rank)).collect())
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let now = model.now;
    let Some(exporting) = exporting(model) else { return };
    let targets = exporting.targets.len().saturating_sub(1);
    let options = exporting.options();
    match (exporting.step, action) {
        (_, Action::Cancel) if exporting.run.is_some() => {
            exporting.run = None;
            model.say("Cancelled: no file was written");
        }
        _ if exporting.run.is_some() => {}
        (Step::Done, Action::Accept | Action::Cancel) | (Step::Format, Action::Cancel) => {
            work::close::<Exporting>(model)
        }
        (_, Action::Cancel) => back(exporting),
        (Step::Format, Action::Accept) => {
            exporting.problem = None;
            exporting.chosen = 0;
            exporting.suggest(now);
            exporting.step = if exporting.options().is_empty() { Step::File } else { Step::Entries };
        }
        (Step::Format, action) => exporting.target = moved(action, exporting.target, targets, page),
        (Step::Entries, Action::Toggle) => toggle(exporting, &options),
        (Step::Entries, Action::Accept) => {
            // Enter takes what the cursor is on, where one of several is to be chosen.
            if !matches!(options.get(exporting.chosen), Some(Entries::Safe)) {
                toggle(exporting, &options);
            }
            exporting.step = Step::File;
        }
        (Step::Entries, action) => {
            exporting.chosen = moved(action, exporting.chosen, options.len().saturating_sub(1), 1);
        }
        (Step::File, Action::Accept) if exporting.path.text().trim().is_empty() => {
            exporting.problem = Some("Type where the file is to be.".to_owned());
        }
        (Step::File, Action::Accept) => {
            exporting.replaces = false;
            begin(model, ExportTask::Look, None, out);
        }
        (Step::Losses, Action::Accept) => exporting.step = Step::Password,
        (Step::Losses, action) => exporting.chosen = moved(action, exporting.chosen, usize::MAX, page),
        (Step::Password | Step::Again, Action::Accept) => password(model, out),
        _ => {}
    }
}

/// The file that is there may be replaced.
pub(super) fn replace(model: &mut Model) {
    if let Some(exporting) = exporting(model).filter(|exporting| exporting.looked.is_some()) {
        exporting.replaces = true;
        exporting.step = Step::Losses;
    }
}

fn exporting(model: &mut Model) -> Option<&mut Exporting> {
    work::find(model)
}

/// One question back; a password that was typed is forgotten.
fn back(exporting: &mut Exporting) {
    exporting.problem = None;
    exporting.password.set("");
    exporting.again.set("");
    exporting.chosen = 0;
    exporting.step = match exporting.step {
        Step::File if !exporting.options().is_empty() => Step::Entries,
        Step::Format | Step::Entries | Step::File => Step::Format,
        Step::Losses => Step::File,
        Step::Password | Step::Again | Step::Done => Step::Losses,
    };
}

fn toggle(exporting: &mut Exporting, options: &[Entries]) {
    match options.get(exporting.chosen) {
        Some(Entries::All) => exporting.is_listed = false,
        Some(Entries::Listed) => exporting.is_listed = true,
        Some(Entries::Safe) => exporting.is_safe = !exporting.is_safe,
        None => {}
    }
}

/// Takes a password: one for the file is typed twice.
fn password(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(exporting) = exporting(model) else { return };
    exporting.problem = None;
    let is_new = exporting.target().is_some_and(Target::is_encrypted);
    let is_copy = exporting.target().is_some_and(|target| target.exporter.is_none());
    let is_empty = exporting.password.is_empty();
    let bad = if is_copy && is_empty { None } else { Passphrase::new(&exporting.password.secret()).err() };
    match exporting.step {
        Step::Password if is_empty && !is_copy => {
            exporting.problem = Some("Type the password.".to_owned());
        }
        Step::Password if bad.is_some() => {
            exporting.problem = bad.map(|error| format!("{}.", sentence(&error.to_string())));
        }
        Step::Password if is_new && !is_empty => exporting.step = Step::Again,
        Step::Again if !exporting.password.secret().same_as(exporting.again.secret().expose()) => {
            exporting.password.set("");
            exporting.again.set("");
            exporting.step = Step::Password;
            exporting.problem = Some("That was not the same. Choose once more.".to_owned());
        }
        _ => {
            exporting.again.set("");
            let password = exporting.password.take();
            let count = exporting.looked.as_ref().map(|looked| looked.count);
            begin(model, ExportTask::Write(password), count, out);
        }
    }
}

/// Asks for a step of it.
fn begin(model: &mut Model, task: ExportTask, of: Option<usize>, out: &mut Vec<Effect>) {
    let now = model.now;
    let run = Run::new(&mut model.saves);
    let (ticket, stop) = (run.ticket, Arc::clone(&run.stop));
    let Some(open) = model.open() else { return };
    let (session, vault) = (Arc::clone(&open.session), Arc::clone(&open.vault));
    let Some(exporting) = exporting(model) else { return };
    let Some(plan) = exporting.plan() else { return };
    exporting.problem = None;
    exporting.run = Some(Working::new(run, now, of));
    out.push(Effect::Export(ExportJob { session, vault, stop, ticket, plan, task }));
}

/// A step of it ended. What comes after a lock, or after it was cancelled, is dropped.
pub(super) fn ended(model: &mut Model, ticket: u64, result: Result<Box<ExportStage>, Failure>) {
    let Some(exporting) = work::waiting::<Exporting>(model, ticket) else { return };
    exporting.run = None;
    exporting.chosen = 0;
    match result.map(|stage| *stage) {
        Ok(ExportStage::Looked(looked)) => {
            let taken = looked.is_taken.then(|| looked.path.display().to_string());
            exporting.looked = Some(looked);
            match taken {
                None => exporting.step = Step::Losses,
                Some(path) => {
                    let question =
                        format!("{path} is there already. Replace it, once what is exported is whole?");
                    model.layers.push(Layer::Confirm(Confirm { question, then: Then::ReplaceFile }));
                }
            }
        }
        Ok(ExportStage::Written(written)) => {
            exporting.written = Some(written);
            exporting.step = Step::Done;
        }
        Err(failure) => {
            exporting.problem = Some(sentence(&failure.to_string()));
            exporting.step = match failure.exit {
                Exit::WrongSecret => Step::Password,
                _ => Step::File,
            };
        }
    }
}
