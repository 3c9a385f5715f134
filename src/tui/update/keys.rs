//! The menu of keys, the questions of its tasks, and the recovery code that comes of them.

use std::path::PathBuf;

use crate::format::{Passphrase, RecoveryCode};
use crate::kit;
use crate::report::{Failure, sentence};
use crate::session::KitStatus;
use crate::strength::Score;
use crate::vault::Id;

use super::super::action::Action;
use super::super::effect::{Effect, KeyChange};
use super::super::message::{KeyEnd, Renewed};
use super::super::model::dialog::{Choice, Chooser};
use super::super::model::keys::{Ask, KIT_FOR, Kit, Step, Task, Working};
use super::super::model::open::Open;
use super::super::model::{Layer, Model, Screen, later};
use super::saving;

/// What can be done with what opens the vault.
pub(super) fn menu(model: &mut Model) {
    let Some(open) = model.open() else { return };
    let kit = open.session.kit_status(&open.vault);
    let mut choices = vec![
        (Task::Passwd.title().to_owned(), Choice::Keys(Task::Passwd)),
        (
            match kit {
                KitStatus::Made { .. } => "Make a new recovery kit",
                _ => Task::MakeKit.title(),
            }
            .to_owned(),
            Choice::Keys(Task::MakeKit),
        ),
    ];
    choices.extend(match kit {
        KitStatus::Made { .. } => Some((Task::TestKit.title().to_owned(), Choice::Keys(Task::TestKit))),
        KitStatus::None => Some((Task::DeclineKit.title().to_owned(), Choice::Keys(Task::DeclineKit))),
        KitStatus::Declined => None,
    });
    choices.push((Task::Rekey.title().to_owned(), Choice::Keys(Task::Rekey)));
    model.layers.push(Layer::Chooser(Chooser::new("Keys of the vault", choices)));
}

/// Begins a task of the menu.
pub(super) fn begin(model: &mut Model, task: Task, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    if open.session.is_read_only() {
        return model
            .complain("A later version of tresor wrote this vault: it can be read here, not changed");
    }
    if task != Task::DeclineKit {
        return model.layers.push(Layer::Ask(Box::new(Ask::new(task))));
    }
    let declined = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
        edit.put_setting(crate::vault::tag::Tag::KIT_DECLINED, vec![1])
    };
    if saving::edit(model, "", declined, out).is_some() {
        model.say("No recovery kit will be offered");
    }
}

/// Asks for the recovery code, over the lock.
pub(super) fn recover(model: &mut Model) {
    if matches!(&model.screen, Screen::Locked(locked) if locked.working.is_none()) {
        model.layers.push(Layer::Ask(Box::new(Ask::new(Task::Recover))));
    }
}

/// Does what a key asks for at a question.
pub(super) fn ask(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let now = model.now;
    let unsaved = model.open().is_some_and(|open| open.saving.is_due() || open.saving.running.is_some());
    let ticket = model.saves;
    let Some(Layer::Ask(ask)) = model.layers.last_mut() else { return };
    if ask.working.is_some() {
        return;
    }
    match action {
        Action::Cancel => {
            model.layers.pop();
        }
        Action::Accept if unsaved => {
            ask.problem = Some("The last changes are not saved yet; try again when they are.".to_owned());
        }
        Action::Accept => {
            let is_all = answer(ask);
            if is_all {
                ask.working = Some(Working { ticket, since: now });
                out.push(Effect::ChangeKeys(change(ask, ticket)));
                model.saves += 1;
            }
        }
        _ => {}
    }
}

/// Takes an answer: the next question, a problem, or the last of what the task needs. Whether that was it.
fn answer(ask: &mut Ask) -> bool {
    ask.problem = None;
    match ask.step {
        Step::Old if ask.secret.is_empty() => ask.problem = Some("Type the master password.".to_owned()),
        Step::Old if ask.task == Task::Passwd => ask.step = Step::New,
        Step::Old => return true,
        Step::Code => match RecoveryCode::parse(&ask.secret.secret()) {
            Ok(_) if ask.task == Task::Recover => ask.step = Step::New,
            Ok(_) => return true,
            Err(error) => ask.problem = Some(format!("{}.", sentence(&error.to_string()))),
        },
        Step::New => match Passphrase::new(&ask.new.secret()) {
            Ok(_) if is_weak(ask) && !ask.warned => {
                ask.warned = true;
                ask.problem = Some(
                    "Whoever gets at the file can guess this. Type a better one, or press Enter again to take it."
                        .to_owned(),
                );
            }
            Ok(_) => ask.step = Step::Again,
            Err(error) => ask.problem = Some(format!("{}.", sentence(&error.to_string()))),
        },
        Step::Again if !ask.new.secret().same_as(ask.again.secret().expose()) => {
            ask.new.set("");
            ask.again.set("");
            ask.judge();
            ask.step = Step::New;
            ask.problem = Some("That was not the same. Choose once more.".to_owned());
        }
        Step::Again => return true,
    }
    false
}

fn change(ask: &mut Ask, ticket: u64) -> KeyChange {
    ask.again.set("");
    KeyChange { ticket, task: ask.task, secret: ask.secret.take(), new: ask.new.take() }
}

fn is_weak(ask: &Ask) -> bool {
    ask.strength.as_ref().is_some_and(|strength| strength.score < Score::Strong)
}

/// The question that this is the answer to; none where it is gone, as after a lock.
fn working(model: &mut Model, ticket: u64) -> Option<&mut Ask> {
    model.layers.iter_mut().find_map(|layer| match layer {
        Layer::Ask(ask) if ask.working.is_some_and(|working| working.ticket == ticket) => Some(&mut **ask),
        _ => None,
    })
}

/// The keys were changed, or were not. What comes after a lock is dropped: a lock that opened by itself would
/// be none.
pub(super) fn renewed(model: &mut Model, end: KeyEnd<Box<Renewed>>, out: &mut Vec<Effect>) {
    let Some(ask) = working(model, end.ticket) else { return renewed_late(model, end.result) };
    let renewed = match end.result {
        Ok(renewed) => *renewed,
        Err(failure) => return ask.restart(sentence(&failure.to_string())),
    };
    let Renewed { task, opened, code, dropped } = renewed;
    model.layers.clear();
    model.last_key = model.now;
    let (session, vault, catalog) = (opened.session, opened.vault, opened.catalog);
    model.screen = Screen::Open(Box::new(Open::new(session, vault, catalog)));
    out.push(Effect::Conceal);
    model.say(match task {
        Task::Passwd | Task::Recover => "The master password is changed, and the vault has a new key",
        Task::MakeKit => "The recovery kit is made",
        _ => "The vault has a new key",
    });
    if !dropped.is_empty() {
        model.complain(format!("No longer opens the vault: {}", dropped.join(", ")));
    }
    if let Some(code) = code {
        show(model, code);
    }
}

/// Tells what came of a change of keys that was asked for before the lock.
fn renewed_late(model: &mut Model, result: Result<Box<Renewed>, Failure>) {
    let told = match result {
        Ok(renewed) => {
            let done = match renewed.task {
                Task::Passwd | Task::Recover => "The new master password opens the vault from now on",
                Task::MakeKit => "A recovery kit was made",
                _ => "The vault has a new key",
            };
            match renewed.code {
                Some(_) => format!("{done}. Its new recovery code was not shown: make another kit (K)"),
                None => done.to_owned(),
            }
        }
        Err(failure) => format!("The keys were not changed: {failure}"),
    };
    match &mut model.screen {
        // It stays there until something is typed.
        Screen::Locked(locked) if locked.working.is_none() => locked.problem = Some(format!("{told}.")),
        _ => model.complain(told),
    }
}

/// A recovery code was tried.
pub(super) fn tested(model: &mut Model, end: KeyEnd<Id>, out: &mut Vec<Effect>) {
    let Some(ask) = working(model, end.ticket) else { return };
    let id = match end.result {
        Ok(id) => id,
        Err(failure) => return ask.restart(sentence(&failure.to_string())),
    };
    model.layers.retain(|layer| !matches!(layer, Layer::Ask(_)));
    let now = model.now.0.to_le_bytes().to_vec();
    let note = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
        use crate::vault::tag::{Kind, Tag};
        edit.put(Kind::SLOT, id, Tag::SLOT_TESTED, None, 0, now)
    };
    if saving::edit(model, "", note, out).is_some() {
        model.say("The code opens the vault");
    }
}

/// Shows a recovery code.
pub(super) fn show(model: &mut Model, code: RecoveryCode) {
    let until = later(model.now, KIT_FOR);
    model.layers.push(Layer::Kit(Box::new(Kit::new(code, until))));
}

/// Does what a key asks for at a recovery code.
pub(super) fn kit(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let now = model.now;
    let name = model
        .open()
        .map(|open| open.session.path().file_name().unwrap_or_default().to_string_lossy().into_owned());
    let Some(Layer::Kit(shown)) = model.layers.last_mut() else { return };
    match (&mut shown.file, action) {
        (Some(_), Action::Cancel) => shown.file = None,
        (Some(file), Action::Accept) => {
            let path = PathBuf::from(file.text().trim());
            if !path.as_os_str().is_empty() {
                let page = kit::page(&shown.code, &name.unwrap_or_default(), now);
                out.push(Effect::SavePage { page, path });
            }
            shown.file = None;
        }
        (None, Action::Save) => shown.ask_file(now),
        (None, Action::Accept | Action::Cancel) => close(model, out),
        _ => {}
    }
}

/// The page was saved, or was not.
pub(super) fn page_saved(model: &mut Model, result: Result<PathBuf, Failure>) {
    let saved = result.map(|path| path.display().to_string()).map_err(|failure| failure.to_string());
    if let Some(Layer::Kit(shown)) = model.layers.last_mut() {
        shown.saved = Some(saved);
    } else if let Ok(path) = saved {
        model.say(format!("The page is {path}: print it and delete it"));
    }
}

/// Ends what is shown when it has had its time.
pub(super) fn expire(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    if model.layers.iter().any(|layer| matches!(layer, Layer::Kit(kit) if now >= kit.until)) {
        model.layers.retain(|layer| !matches!(layer, Layer::Kit(_)));
        out.push(Effect::Conceal);
        model.say("The recovery code is hidden; K tries it or makes another one");
    }
}

fn close(model: &mut Model, out: &mut Vec<Effect>) {
    model.layers.pop();
    out.push(Effect::Conceal);
}
