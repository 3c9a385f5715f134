//! The import of a file: each answer asks for the next step, which a thread does. The vault is changed when the
//! last of them is told, all at once, and only if it is still the one that was imported into.

use std::sync::Arc;

use crate::exchange::{self, FORMATS, ImportError, Unlock};
use crate::report::{Exit, Failure, sentence};
use crate::session::{Choice as Decision, ImportFile, Status};
use crate::store::erase::NO_PROMISE;

use super::super::action::Action;
use super::super::effect::{Effect, ImportJob, ImportTask};
use super::super::layout;
use super::super::message::{ImportStage, Taken};
use super::super::model::dialog::{Choice, Chooser, Confirm, Then};
use super::super::model::import::{Done, Importing, Origin, Plan, Rows, Step};
use super::super::model::run::{Run, Working};
use super::super::model::{Layer, Model};
use super::list::moved;
use super::saving;

/// Asks for the file.
pub(super) fn open(model: &mut Model) {
    let Some(open) = model.open_mut() else { return };
    open.revealed = None;
    if open.session.is_read_only() {
        return model
            .complain("A later version of tresor wrote this vault: it can be read here, not changed");
    }
    model.layers.push(Layer::Import(Box::default()));
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let Some(importing) = importing(model) else { return };
    match (importing.step, action) {
        (_, Action::Cancel) if importing.run.is_some() => cancel(model),
        _ if importing.run.is_some() => {}
        (Step::File, Action::Cancel) => close(model),
        (Step::Password | Step::KeyFile | Step::Repair(_), Action::Cancel) => importing.restart(None),
        (Step::Preview, Action::Cancel) => {
            close(model);
            model.say("Nothing was imported");
        }
        (Step::Done, Action::Accept | Action::Cancel) => close(model),
        (Step::File | Step::Password | Step::KeyFile, Action::Accept) => answered(model, out),
        (Step::Password, Action::MoveDown) if importing.takes_key_file() => importing.step = Step::KeyFile,
        (Step::KeyFile, Action::MoveDown | Action::MoveUp) => importing.step = Step::Password,
        (Step::Password, Action::MoveUp) if importing.takes_key_file() => importing.step = Step::KeyFile,
        (Step::Repair(at), Action::Yes | Action::No) => repair(model, at, action == Action::Yes, out),
        (Step::Preview, Action::Import) => take(model, out),
        (Step::Preview, Action::Formats) => choose_format(model),
        (Step::Preview, Action::Update) => decide(importing, Decision::Update, false),
        (Step::Preview, Action::KeepBoth) => decide(importing, Decision::Both, false),
        (Step::Preview, Action::LeaveIt) => decide(importing, Decision::Skip, false),
        (Step::Preview, Action::UpdateAll) => decide(importing, Decision::Update, true),
        (Step::Preview, Action::KeepBothAll) => decide(importing, Decision::Both, true),
        (Step::Preview, Action::LeaveAll) => decide(importing, Decision::Skip, true),
        (Step::Preview, Action::TakeOut) => take_out(importing),
        (Step::Preview, Action::TakeAllOut) => take_all_out(importing),
        (Step::Done, Action::RemoveFile) => offer_removal(model),
        (Step::Preview | Step::Done, action) => {
            let last = importing.rows.len().saturating_sub(1);
            importing.chosen = moved(action, importing.chosen, last, page);
        }
        _ => {}
    }
}

fn importing(model: &mut Model) -> Option<&mut Importing> {
    model.layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Import(importing) => Some(&mut **importing),
        _ => None,
    })
}

fn close(model: &mut Model) {
    model.layers.retain(|layer| !matches!(layer, Layer::Import(_)));
}

/// Stops what is being done; nothing has been changed by it.
fn cancel(model: &mut Model) {
    let Some(importing) = importing(model) else { return };
    importing.run = None;
    match importing.step {
        Step::Preview => model.say("Cancelled: nothing was imported"),
        Step::Done => {}
        _ => importing.restart(None),
    }
}

fn answered(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    importing.problem = None;
    match importing.step {
        Step::File if importing.typed().as_os_str().is_empty() => {
            importing.problem = Some("Type the path of the file.".to_owned());
        }
        Step::File => {
            let path = importing.typed();
            begin(model, ImportTask::Read(path), None, out);
        }
        _ if importing.password.is_empty() && importing.key_file.is_empty() => {
            importing.problem = Some("Type the password of the file.".to_owned());
        }
        _ => {
            let Some(plan) = importing.plan.clone() else { return };
            let key_file = importing.key_file.text().trim().into();
            let password = importing.password.take();
            begin(model, ImportTask::Look(plan, Some((password, key_file))), None, out);
        }
    }
}

/// Asks for a step of it.
fn begin(model: &mut Model, task: ImportTask, of: Option<usize>, out: &mut Vec<Effect>) {
    let now = model.now;
    let run = Run::new(&mut model.saves);
    let (ticket, stop) = (run.ticket, Arc::clone(&run.stop));
    let Some(open) = model.open() else { return };
    let (session, vault) = (Arc::clone(&open.session), Arc::clone(&open.vault));
    let Some(importing) = importing(model) else { return };
    importing.problem = None;
    importing.run = Some(Working::new(run, now, of));
    out.push(Effect::Import(ImportJob { session, vault, stop, ticket, task }));
}

fn repair(model: &mut Model, at: usize, yes: bool, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    if let Some((damage, _)) = importing.findings.get(at).filter(|_| yes) {
        importing.repairs.push(*damage);
    }
    if at + 1 < importing.findings.len() {
        importing.step = Step::Repair(at + 1);
        return;
    }
    let Some(plan) = importing.plan.clone() else { return };
    let plan = Plan { repairs: Some(importing.repairs.clone()), ..plan };
    begin(model, ImportTask::Look(plan, None), None, out);
}

/// What is done with the chosen entry that differs, or with all of them.
fn decide(importing: &mut Importing, choice: Decision, all: bool) {
    if all {
        importing.choices.own.clear();
        importing.choices.all = choice;
    } else if let Some((row, line)) = importing.rows.line(importing.chosen)
        && matches!(line.status, Status::Updated(_))
    {
        importing.choices.own.insert(row, choice);
        // To the next one that is to be decided on.
        let next = importing.rows.line(importing.chosen + 1);
        if next.is_some_and(|(_, line)| matches!(line.status, Status::Updated(_))) {
            importing.chosen += 1;
        }
    }
}

/// Whether the chosen entry is taken out of the trash, the other way round; and on to the next that is there.
fn take_out(importing: &mut Importing) {
    let Importing { rows, choices, chosen, .. } = importing;
    let is_in_trash = |line| rows.line(line).filter(|(_, row)| row.status == Status::Restored);
    let Some((row, _)) = is_in_trash(*chosen) else { return };
    if !choices.restored.remove(&row) {
        choices.restored.insert(row);
    }
    *chosen += usize::from(is_in_trash(*chosen + 1).is_some());
}

/// All of them are taken out; once they are, none is.
fn take_all_out(importing: &mut Importing) {
    let Importing { rows, choices, .. } = importing;
    if choices.restored.len() == rows.counts.restored {
        choices.restored.clear();
    } else {
        choices.restored = rows.in_trash().collect();
    }
}

fn take(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let is_unsaved = open.saving.is_due() || open.saving.running.is_some();
    let facet = open.catalog.facet().clone();
    let Some(importing) = importing(model) else { return };
    let counts = importing.rows.counts;
    if counts.added + counts.updated + importing.choices.restored.len() == 0 {
        let words = match counts.restored {
            0 => "Nothing new in it: nothing was changed",
            _ => "Nothing new in it; what is in the trash was left there",
        };
        close(model);
        return model.say(words);
    }
    if is_unsaved {
        return model.complain("The last changes are not saved yet; try again when they are");
    }
    let Some(plan) = importing.plan.clone() else { return };
    let (choices, total) = (importing.choices.clone(), importing.rows.total());
    begin(model, ImportTask::Take { plan, choices, facet }, Some(total), out);
}

/// Asks what kind of file it is.
fn choose_format(model: &mut Model) {
    let readable = FORMATS.iter().filter(|format| format.importer.is_some());
    let choices = readable
        .map(|format| (format!("{}: {}", format.name, format.title), Choice::ImportFormat(format.name)));
    model.layers.push(Layer::Chooser(Chooser::new("What kind of file is it?", choices.collect())));
}

/// The user says what kind of file it is.
pub(super) fn format_chosen(model: &mut Model, name: &str, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    let (Some(format), Some(plan)) = (exchange::named(name), &importing.plan) else { return };
    let plan = Plan {
        file: Arc::clone(&plan.file),
        origin: Origin::Format(format),
        unlock: Arc::default(),
        repairs: None,
    };
    importing.repairs.clear();
    importing.findings.clear();
    begin(model, ImportTask::Look(plan, None), None, out);
}

/// How far it is.
pub(super) fn progressed(model: &mut Model, ticket: u64, done: usize) {
    if let Some(working) = waiting(model, ticket).and_then(|importing| importing.run.as_mut()) {
        working.done = done;
    }
}

/// The import that waits for this.
fn waiting(model: &mut Model, ticket: u64) -> Option<&mut Importing> {
    importing(model).filter(|importing| importing.run.as_ref().is_some_and(|run| run.run.ticket == ticket))
}

/// A step of it ended. What comes after a lock, or after it was cancelled, is dropped.
pub(super) fn ended(
    model: &mut Model,
    ticket: u64,
    result: Result<Box<ImportStage>, Failure>,
    out: &mut Vec<Effect>,
) {
    let Some(importing) = waiting(model, ticket) else { return };
    importing.run = None;
    match result.map(|stage| *stage) {
        Err(failure) => failed(importing, &failure),
        Ok(ImportStage::Read(plan)) => {
            importing.plan = Some(plan.clone());
            begin(model, ImportTask::Look(plan, None), None, out);
        }
        Ok(ImportStage::Unknown(file, error)) => unknown(model, file, &error),
        Ok(ImportStage::Locked(plan, demand)) => {
            importing.plan = Some(plan);
            importing.demand = demand;
            importing.step = Step::Password;
        }
        Ok(ImportStage::Damaged(plan, findings)) => {
            importing.plan = Some(plan);
            importing.findings = findings;
            importing.step = Step::Repair(0);
        }
        Ok(ImportStage::Previewed(plan, rows)) => {
            importing.plan = Some(plan);
            show(importing, rows);
            importing.choices = Default::default();
            importing.step = Step::Preview;
        }
        Ok(ImportStage::Taken(taken)) => taken_in(model, *taken, out),
        Ok(ImportStage::Erased(path)) => {
            importing.done = importing.done.map(|done| Done { is_removable: false, ..done });
            model.say(format!("Overwritten and removed: {path}"));
        }
    }
}

fn show(importing: &mut Importing, rows: Rows) {
    importing.rows = rows;
    importing.chosen = 0;
}

fn failed(importing: &mut Importing, failure: &Failure) {
    let problem = sentence(&failure.to_string());
    let was_asked = matches!(importing.step, Step::Password | Step::KeyFile);
    match importing.step {
        _ if was_asked && failure.exit == Exit::WrongSecret => {
            importing.step = Step::Password;
            importing.problem = Some(problem);
        }
        // What is shown there still holds.
        Step::Preview | Step::Done => importing.problem = Some(problem),
        _ => importing.restart(Some(problem)),
    }
}

/// The content does not tell what it is.
fn unknown(model: &mut Model, file: Arc<ImportFile>, error: &ImportError) {
    let Some(importing) = importing(model) else { return };
    importing.plan = FORMATS.first().map(|format| Plan {
        file,
        origin: Origin::Format(format),
        unlock: Arc::new(Unlock::default()),
        repairs: None,
    });
    importing.problem = Some(match error {
        ImportError::UnknownColumns { .. } => {
            format!("{}. `tresor import --map` says what each column holds.", sentence(&error.to_string()))
        }
        error => format!("{}.", sentence(&error.to_string())),
    });
    choose_format(model);
}

/// It is in the vault, if that is still the one that it was imported into.
fn taken_in(model: &mut Model, taken: Taken, out: &mut Vec<Effect>) {
    let Taken { base, vault, catalog, rows } = taken;
    let counts = rows.counts;
    let Some(open) = model.open_mut() else { return };
    if !Arc::ptr_eq(&base, &open.vault) {
        if let Some(importing) = importing(model) {
            importing.problem =
                Some("The vault was changed meanwhile, and nothing was imported. Try again.".to_owned());
        }
        return;
    }
    let is_change = counts.added + counts.updated + counts.restored > 0;
    let mut edit = None;
    if is_change {
        let chosen = open.chosen_id();
        open.vault = Arc::new(vault);
        open.catalog = catalog;
        open.code = None;
        open.search_again(chosen);
        open.saving.edits += 1;
        edit = Some(open.saving.edits);
    }
    let is_kept = open.session.is_in_memory();
    let Some(importing) = importing(model) else { return };
    let is_plain = importing.plan.as_ref().is_some_and(|plan| match &plan.origin {
        Origin::Format(_) => plan.unlock.password.is_none() && plan.unlock.key_file.is_none(),
        Origin::Vault(_) => false,
    });
    let is_all_in = counts.skipped + counts.left + counts.trashed == 0;
    if let Some(file) = importing.plan.as_mut().and_then(|plan| Arc::get_mut(&mut plan.file)) {
        file.let_go();
    }
    importing.done = Some(Done { edit, is_removable: is_plain && is_all_in && !is_kept });
    importing.step = Step::Done;
    show(importing, rows);
    saving::save_if_due(model, out);
}

/// Asks whether the file is to be overwritten and removed. Not before what was in it is on the disk.
fn offer_removal(model: &mut Model) {
    let Some(open) = model.open() else { return };
    let (saved, failed) = (open.saving.saved, open.saving.failed.is_some());
    let Some(importing) = importing(model) else { return };
    let (Some(done), Some(plan)) = (importing.done.filter(|done| done.is_removable), &importing.plan) else {
        return;
    };
    if failed || done.edit.is_some_and(|edit| saved < edit) {
        return model.complain("The vault is not saved yet: the file stays until it is");
    }
    let question = format!("Overwrite and remove {}? {NO_PROMISE}", plan.file.path().display());
    model.layers.push(Layer::Confirm(Confirm { question, then: Then::EraseSource }));
}

/// Has it overwritten and removed.
pub(super) fn erase(model: &mut Model, out: &mut Vec<Effect>) {
    let plan = importing(model).and_then(|importing| importing.plan.as_ref());
    if let Some(file) = plan.map(|plan| Arc::clone(&plan.file)) {
        begin(model, ImportTask::Erase(file), None, out);
    }
}
