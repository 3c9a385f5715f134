//! The first start and the lock.

use crate::format::Passphrase;
use crate::layout;
pub(super) use crate::report::sentence;
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::strength::Score;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::keymap::Context;
use super::super::message::{KeyNews, Opened};
use super::super::model::dialog::{Confirm, Then};
use super::super::model::entrance::{KitAnswer, Start, Step, Wizard};
use super::super::model::open::Open;
use super::super::model::{Layer, Model, Screen};

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let now = model.now;
    match &mut model.screen {
        Screen::Wizard(wizard) if wizard.working.is_none() => match action {
            Action::Accept => {
                if let Some(effect) = answer(wizard) {
                    wizard.working = Some(now);
                    out.push(effect);
                }
            }
            Action::Cancel => back(wizard),
            Action::MoveUp | Action::MoveDown if wizard.step == Step::Start => {
                wizard.start = if wizard.start == Start::Empty { Start::Import } else { Start::Empty };
            }
            Action::MoveUp if wizard.step == Step::Kit => wizard.kit = neighbour(wizard.kit, 2),
            Action::MoveDown if wizard.step == Step::Kit => wizard.kit = neighbour(wizard.kit, 1),
            _ => {}
        },
        Screen::Locked(_) if action == Action::UseCode => super::keys::recover(model),
        Screen::Locked(locked) if locked.working.is_none() && action == Action::Accept => {
            if locked.wait(now) > 0 {
                return;
            }
            locked.hint = layout::hint(locked.password.text());
            locked.working = Some(now);
            locked.problem = None;
            out.push(Effect::Unlock(locked.password.take()));
        }
        _ => {}
    }
}

/// Takes an answer: the next question, a problem, or the making of the vault.
fn answer(wizard: &mut Wizard) -> Option<Effect> {
    wizard.problem = None;
    match wizard.step {
        Step::Start => wizard.step = Step::Password,
        Step::Password => match Passphrase::new(&wizard.password.secret()) {
            Ok(_) if is_weak(wizard) && !wizard.warned => {
                wizard.warned = true;
                wizard.problem = Some(
                    "Whoever gets at the file can guess this. Type a better one, or press Enter again to take it."
                        .to_owned(),
                );
            }
            Ok(_) => wizard.step = Step::Repeat,
            Err(error) => wizard.problem = Some(format!("{}.", sentence(&error.to_string()))),
        },
        Step::Repeat if !wizard.password.secret().same_as(wizard.repeat.secret().expose()) => {
            wizard.repeat.set("");
            wizard.problem =
                Some("That is not the same. Type it once more, or press Esc to choose anew.".to_owned());
        }
        Step::Repeat => {
            wizard.repeat.set("");
            wizard.step = Step::Kit;
        }
        Step::Kit => {
            return Some(Effect::Create { password: wizard.password.secret(), kit: wizard.kit });
        }
    }
    None
}

/// The answer so many places further down, round and round.
fn neighbour(answer: KitAnswer, by: usize) -> KitAnswer {
    let at = KitAnswer::ALL.iter().position(|known| *known == answer).unwrap_or(0);
    KitAnswer::ALL.into_iter().cycle().nth(at + by).unwrap_or(answer)
}

/// Opening the vault takes much of this machine: asks for consent, and keeps the password for it.
pub(super) fn cost_asked(model: &mut Model, question: String, password: Secret) {
    let Screen::Locked(locked) = &mut model.screen else { return };
    locked.working = None;
    locked.forget();
    locked.held = Some(password);
    model.layers.push(Layer::Confirm(Confirm { question, then: Then::AcceptCost }));
}

/// The user consents to it.
pub(super) fn cost_accepted(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    let Screen::Locked(locked) = &mut model.screen else { return };
    if let Some(password) = locked.held.take() {
        locked.working = Some(now);
        out.push(Effect::UnlockAtAnyCost(password));
    }
}

fn is_weak(wizard: &Wizard) -> bool {
    wizard.strength.as_ref().is_some_and(|strength| strength.score < Score::Strong)
}

fn back(wizard: &mut Wizard) {
    wizard.problem = None;
    wizard.step = match wizard.step {
        Step::Start | Step::Password => Step::Start,
        Step::Repeat | Step::Kit => {
            wizard.repeat.set("");
            wizard.password.set("");
            wizard.judge();
            Step::Password
        }
    };
}

/// Says what there is to be said of the keys of a vault just opened, and shows the code of a new kit.
fn key_news(model: &mut Model, news: KeyNews, out: &mut Vec<Effect>) {
    if let Some(code) = news.code {
        super::keys::show(model, code);
    }
    if news.offers_kit {
        model.say("There is no recovery kit: who forgets the master password loses all. K makes one");
    }
    if let (Some(raised), Some(open)) = (news.raised, model.open_mut()) {
        open.saving.edits += 1;
        model.say(format!("Guessing at the master password costs {} from now on", raised.to_words()));
        super::saving::save_if_due(model, out);
    }
}

/// What is said of copies that a sync program put beside the vault.
fn copies_beside(count: usize, model: &Model) -> Option<String> {
    let key = model.keymap.keys_for(&[Context::Commands], Action::MergeCopies);
    match count {
        0 => None,
        1 => Some(format!("A conflicting copy of this vault lies beside it: {key} in the list merges it")),
        _ => Some(format!(
            "{count} conflicting copies of this vault lie beside it: {key} in the list merges them"
        )),
    }
}

/// What is told of reminders: once for each time that the vault is unlocked.
fn reminder(due: usize, model: &Model) -> Option<String> {
    let key = model.keymap.keys_for(&[Context::Commands], Action::WorkList);
    match due {
        0 => None,
        1 => Some(format!("1 password is due: {key} in the list shows it")),
        _ => Some(format!("{due} passwords are due: {key} in the list shows them")),
    }
}

/// A vault was opened or made, or was not.
pub(super) fn opened(model: &mut Model, result: Result<Box<Opened>, Failure>, out: &mut Vec<Effect>) {
    if model.open().is_some() {
        return;
    }
    match result {
        Ok(opened) => {
            let Opened { session, vault, catalog, keys, warning, conflicts, due } = *opened;
            model.last_key = model.now;
            model.notice = None;
            model.layers.clear();
            let told = session.findings().iter().map(ToString::to_string);
            let told = told.chain(copies_beside(conflicts, model));
            let mut warnings: Vec<String> = told.chain(warning.map(str::to_owned)).collect();
            let reminder = reminder(due, model);
            if !warnings.is_empty() {
                warnings.extend(reminder.clone());
            }
            let mut open = Box::new(Open::new(session, vault, catalog));
            open.conflicts = conflicts;
            let open = Screen::Open(open);
            let before = std::mem::replace(&mut model.screen, open);
            if matches!(&before, Screen::Wizard(Wizard { start: Start::Import, .. })) {
                super::import::open(model);
            }
            if !warnings.is_empty() {
                model.complain(warnings.join(" "));
            } else if let Some(reminder) = reminder {
                model.say(reminder);
            }
            key_news(model, keys, out);
            // What was typed before was drawn over, not overwritten.
            out.push(Effect::Conceal);
            if let Screen::Locked(locked) = &before {
                locked.ahead.iter().for_each(|key| super::typed(model, *key, out));
            }
        }
        Err(failure) => match &mut model.screen {
            Screen::Locked(locked) => {
                locked.working = None;
                locked.forget();
                let mut problem = sentence(&failure.to_string());
                if failure.exit == Exit::WrongSecret {
                    locked.failed(model.now);
                    locked.guessing = true;
                    if let Some(hint) = locked.hint {
                        // Instead of the failure's own, which knows less.
                        problem =
                            format!("{}. The file itself is intact. {hint}", sentence(&failure.message));
                    }
                }
                locked.problem = Some(problem);
            }
            Screen::Wizard(wizard) => {
                wizard.working = None;
                wizard.step = Step::Password;
                wizard.problem = Some(sentence(&failure.to_string()));
            }
            Screen::Open(_) => {}
        },
    }
}

/// Stops guessing: the person types on.
pub(super) fn guess_no_more(model: &mut Model, out: &mut Vec<Effect>) {
    if let Screen::Locked(locked) = &mut model.screen
        && std::mem::take(&mut locked.guessing)
    {
        out.push(Effect::StopGuessing);
    }
}

/// The wrong password would have been right with another setting of the keyboard.
pub(super) fn guessed(model: &mut Model, setting: &str) {
    if let Screen::Locked(locked) = &mut model.screen
        && std::mem::take(&mut locked.guessing)
    {
        locked.problem = Some(format!("What you typed would be right {setting}. Type it once more."));
    }
}

/// The file is from before a change of the vault's key: it is opened only if the user says so.
pub(super) fn older_key(model: &mut Model) {
    let Screen::Locked(locked) = &mut model.screen else { return };
    locked.working = None;
    locked.forget();
    let question = "This vault file is from before the vault's key was changed: a sync program, a back-up, or \
        someone who knows the old password put it there. What this device saw last is kept. Open this one all \
        the same?";
    let confirm = Confirm { question: question.to_owned(), then: Then::TakeOlderKey };
    model.layers.push(Layer::Confirm(confirm));
}
