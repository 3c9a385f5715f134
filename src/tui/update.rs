//! What a message changes, and what it asks of the world. Pure but for the ids of new records, which a
//! session draws and no screen shows.

mod account;
mod columns;
mod completing;
mod copying;
mod dialog;
mod entrance;
mod export;
mod folder;
mod form;
mod generator;
mod health;
mod import;
mod kept;
mod keys;
mod list;
mod saving;
mod walk;
mod watching;
mod work;
mod worklist;

pub(super) use columns::CUSTOM;

use crate::secret::Secret;
use crate::time::Timestamp;

use super::action::Action;
use super::decode::kitty;
use super::editor::Editor;
use super::effect::Effect;
use super::key::Key;
use super::keymap::Meaning;
use super::message::Message;
use super::model::dialog::{Help, Then};
use super::model::entrance::Locked;
use super::model::export::Exporting;
use super::model::import::Importing;
use super::model::{Layer, Model, Screen, later};

/// Milliseconds between two messages from which on the machine was asleep, the program stopped, or the clock set.
/// While a vault is open a message comes every half second.
const GAP: u64 = 10_000;

/// Handles a message that came at `now`.
pub fn update(model: &mut Model, message: Message, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    let out = &mut effects;
    let gap = now.millis_since(model.now).max(model.now.millis_since(now));
    model.now = now;
    if gap >= GAP && model.open().is_some() {
        // Whatever it is that comes: without the lock first it might be a key that somebody else pressed.
        lock(model, out);
        model.say("Locked: the clock has jumped, as after sleep");
        if matches!(message, Message::Key(_) | Message::Paste(_)) {
            return effects;
        }
    }
    let has_slept = matches!(message, Message::Key(_) | Message::Paste(_) | Message::Tick | Message::Resumed);
    if has_slept && model.lock_at().is_some_and(|at| now >= at) {
        // A key that comes after the time, as after the machine slept, must not reach the vault either.
        lock(model, out);
        model.say("Locked: no key was pressed for a while");
        return effects;
    }
    match message {
        Message::Key(key) => typed(model, *key, out),
        Message::Paste(text) => {
            entrance::guess_no_more(model, out);
            pasted(model, &text);
        }
        Message::Resized(columns, rows) => model.size = (columns, rows),
        Message::Tick => {}
        Message::Stop => act(model, Action::Suspend, out),
        Message::Resumed => {
            model.begun.clear();
            lock_because(model, "the program was stopped", out);
            out.push(Effect::Retake);
        }
        Message::Slept => lock_because(model, "the machine was asleep", out),
        Message::CapsLock(is_on) => model.caps_lock = is_on,
        Message::KeyboardTells(flags) => {
            // The first answer comes before anything is switched on; the next ones say whether that was done.
            let is_first = model.tells_in_full.is_none();
            model.tells_in_full = Some(is_first || flags & kitty::NEEDED == kitty::NEEDED);
        }
        Message::FocusLost => {
            if model.settings.lock_on_focus_loss {
                lock_because(model, "another window is in use", out);
            }
        }
        Message::Terminate => end(model, out),
        Message::Opened(result) => entrance::opened(model, result, out),
        Message::Guessed(setting) => entrance::guessed(model, setting),
        Message::CostAsked(question, password) => entrance::cost_asked(model, question, password),
        Message::Renewed(end) => keys::renewed(model, end, out),
        Message::CodeTested(end) => keys::tested(model, end, out),
        Message::PageSaved(result) => keys::page_saved(model, result),
        Message::Saved(end) => saving::saved(model, *end, out),
        Message::Looked(end) => watching::looked(model, *end, out),
        Message::OlderKey => entrance::older_key(model),
        Message::Generated(result) => generator::generated(model, result, out),
        Message::Made(end) => walk::made(model, end, out),
        Message::PageOpened(result) => walk::page_opened(model, result),
        Message::AuditProgressed { ticket, done, of } => health::progressed(model, ticket, done, of),
        Message::Audited { ticket, result } => health::audited(model, ticket, result),
        Message::Progressed { ticket, done, of } => {
            work::progressed::<Importing>(model, ticket, done, of);
            work::progressed::<Exporting>(model, ticket, done, of);
        }
        Message::Imported { ticket, result } => import::ended(model, ticket, result, out),
        Message::Exported { ticket, result } => export::ended(model, ticket, result),
        Message::GpgAsked { ticket, result } => folder::asked(model, ticket, result, out),
        Message::Listed { typed, listing } => completing::listed(model, &typed, &listing),
        Message::Copied(result) => copying::copied(model, result),
        Message::ClipboardCleared(result) => copying::cleared(model, result),
        Message::ClipboardReplaced => copying::replaced(model),
    }
    expire(model, out);
    watching::look_if_due(model, out);
    generator::settle(model, out);
    walk::settle(model, out);
    worklist::settle(model, out);
    list::settle(model);
    effects
}

fn typed(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    model.last_key = model.now;
    entrance::guess_no_more(model, out);
    model.begun.push(key);
    let meaning = model.keymap.meaning(model.contexts(), &model.begun);
    if let Some(locked) = opening(model)
        && !matches!(meaning, Meaning::Action(Action::QuitNow | Action::Suspend | Action::Help))
    {
        locked.keep(key);
        model.begun.clear();
        return;
    }
    match meaning {
        Meaning::Begun => {}
        Meaning::Action(action) => {
            model.begun.clear();
            act(model, action, out);
        }
        Meaning::Nothing => {
            let alone = model.begun.len() == 1;
            model.begun.clear();
            match key.typed() {
                Some(letter) if alone => letter_typed(model, letter, out),
                _ => {}
            }
        }
    }
}

/// The lock, while the vault is being opened.
fn opening(model: &mut Model) -> Option<&mut Locked> {
    match &mut model.screen {
        Screen::Locked(locked) if locked.working.is_some() && model.layers.is_empty() => Some(locked),
        _ => None,
    }
}

fn letter_typed(model: &mut Model, letter: char, out: &mut Vec<Effect>) {
    if matches!(model.layers.last(), Some(Layer::Pick(_))) {
        dialog::pick_letter(model, letter, out);
        return;
    }
    if form::is_on_link(model) {
        form::pick_link(model, letter);
        return;
    }
    let mut bytes = [0; 4];
    if let Some(editor) = editor_mut(model) {
        editor.insert(letter.encode_utf8(&mut bytes));
        edited(model);
    }
}

fn pasted(model: &mut Model, text: &Secret) {
    model.last_key = model.now;
    model.begun.clear();
    let Some(editor) = editor_mut(model) else { return };
    let Some(text) = text.expose_str() else {
        model.complain("What was pasted is not UTF-8 text");
        return;
    };
    let fits = editor.insert(text);
    if fits {
        edited(model);
    } else {
        model.complain("That is too long to be pasted here");
    }
}

/// The text that takes what is typed.
fn editor_mut(model: &mut Model) -> Option<&mut Editor> {
    match (model.layers.last_mut(), &mut model.screen) {
        (Some(Layer::Help(help)), _) => Some(&mut help.filter),
        (Some(Layer::Form(form)), _) => form.editor_mut(),
        (Some(Layer::Paste(paste)), _) => Some(&mut paste.text),
        (Some(Layer::Chooser(chooser)), _) => Some(&mut chooser.filter),
        (Some(Layer::Ask(ask)), _) => ask.editor_mut(),
        (Some(Layer::Kit(kit)), _) => kit.file.as_mut(),
        (Some(Layer::Health(health)), _) => health.reason.as_mut(),
        (Some(Layer::Import(importing)), _) => importing.editor_mut(),
        (Some(Layer::Export(exporting)), _) => exporting.editor_mut(),
        (Some(_), _) => None,
        (None, Screen::Wizard(wizard)) => wizard.editor_mut(),
        (None, Screen::Locked(locked)) => locked.working.is_none().then_some(&mut locked.password),
        (None, Screen::Open(open)) => {
            Some(&mut open.query).filter(|_| open.focus == super::model::open::Focus::Search)
        }
    }
}

/// What follows from a text that was changed.
fn edited(model: &mut Model) {
    match (model.layers.last_mut(), &mut model.screen) {
        (Some(Layer::Help(help)), _) => help.top = 0,
        (Some(Layer::Chooser(chooser)), _) => chooser.chosen = 0,
        (Some(Layer::Ask(ask)), _) => {
            ask.problem = None;
            ask.judge();
        }
        (Some(Layer::Form(form)), screen) => {
            form.problem = None;
            if form.is_in_note() {
                // Several lines cannot be typed blindly: they show while they are being typed.
                form.shown_until = Some(later(model.now, model.settings.reveal_for));
            }
            if let Screen::Open(open) = screen {
                form.judge(&open.session, &open.vault, &model.known.sites);
            }
        }
        (Some(Layer::Paste(paste)), _) => {
            paste.count();
            paste.shown_until = Some(later(model.now, model.settings.reveal_for));
        }
        (Some(Layer::Import(importing)), _) => {
            importing.problem = None;
            importing.names.clear();
        }
        (Some(Layer::Export(exporting)), _) => {
            exporting.problem = None;
            exporting.names.clear();
        }
        (Some(_), _) => {}
        (None, Screen::Wizard(wizard)) => {
            wizard.problem = None;
            wizard.judge();
        }
        (None, Screen::Locked(locked)) => locked.problem = None,
        (None, Screen::Open(open)) => open.search(),
    }
}

/// Does what a key asks for.
fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    match action {
        Action::Help => {
            let contexts = model.contexts();
            if !matches!(model.layers.last(), Some(Layer::Help(_))) {
                model.layers.push(Layer::Help(Help::new(contexts)));
            }
        }
        Action::QuitNow => dialog::quit(model, out),
        Action::Lock => {
            if model.open().is_some() {
                lock(model, out);
                model.say("Locked");
            }
        }
        Action::Suspend => {
            // Stopped, the program could not lock when its time comes.
            match &mut model.screen {
                Screen::Open(_) => lock_because(model, "the program was stopped", out),
                Screen::Locked(locked) => locked.password.set(""),
                Screen::Wizard(_) => {}
            }
            if !out.iter().any(|effect| matches!(effect, Effect::Conceal)) {
                out.push(Effect::Conceal);
            }
            out.push(Effect::Suspend);
        }
        Action::Redraw => out.push(Effect::Conceal),
        Action::Generate => generator::open(model, out),
        Action::WipeClipboard => copying::wipe(model, out),
        Action::Undo => saving::undo(model, out),
        Action::Redo => saving::redo(model, out),
        Action::Complete => completing::ask(model, out),
        Action::MergeCopies => saving::merge_copies(model, out),
        _ if in_text(model, action) => {}
        _ => match (model.layers.last(), &model.screen) {
            (Some(Layer::Form(_)), _) => form::act(model, action, out),
            (Some(Layer::Generator(_)), _) => generator::act(model, action, out),
            (Some(Layer::Forgot(_)), _) => account::forgot(model, action, out),
            (Some(Layer::Codes(_)), _) => account::codes(model, action, out),
            (Some(Layer::Paste(_)), _) => account::paste(model, action, out),
            (Some(Layer::Ask(_)), _) => keys::ask(model, action, out),
            (Some(Layer::Kit(_)), _) => keys::kit(model, action, out),
            (Some(Layer::Kept(_)), _) => kept::act(model, action, out),
            (Some(Layer::WorkList(_)), _) => worklist::act(model, action, out),
            (Some(Layer::Walk(_)), _) => walk::act(model, action, out),
            (Some(Layer::Health(_)), _) => health::act(model, action, out),
            (Some(Layer::Import(_)), _) => import::act(model, action, out),
            (Some(Layer::Export(_)), _) => export::act(model, action, out),
            (Some(_), _) => dialog::act(model, action, out),
            (None, Screen::Open(_)) => list::act(model, action, out),
            (None, _) => entrance::act(model, action, out),
        },
    }
}

/// Moves in the text that is typed in, or deletes. Whether that was it.
fn in_text(model: &mut Model, action: Action) -> bool {
    let Some(editor) = editor_mut(model) else { return false };
    match action {
        Action::CursorLeft => editor.left(),
        Action::CursorRight => editor.right(),
        Action::CursorHome => editor.home(),
        Action::CursorEnd => editor.end(),
        Action::DeleteBefore => editor.delete_before(),
        Action::DeleteAt => editor.delete_at(),
        Action::DeleteWord => editor.delete_word(),
        Action::DeleteToStart => editor.delete_to_start(),
        Action::DeleteToEnd => editor.delete_to_end(),
        Action::NewLine => {
            editor.insert("\n");
        }
        _ => return false,
    }
    let moves = [Action::CursorLeft, Action::CursorRight, Action::CursorHome, Action::CursorEnd];
    if !moves.contains(&action) {
        edited(model);
    }
    true
}

/// Locks, if a vault is open, and says why.
fn lock_because(model: &mut Model, why: &str, out: &mut Vec<Effect>) {
    if model.open().is_some() {
        lock(model, out);
        model.say(format!("Locked: {why}"));
    }
}

/// Ends the program: what is not saved is saved first. Where that fails it is told once the screen is gone.
fn end(model: &mut Model, out: &mut Vec<Effect>) {
    saving::save_the_rest(model, out);
    out.push(Effect::Quit);
}

/// Locks: what is not saved is saved first, and all that was open is dropped.
fn lock(model: &mut Model, out: &mut Vec<Effect>) {
    saving::save_the_rest(model, out);
    model.layers.clear();
    model.begun.clear();
    model.notice = None;
    if let Some(copied) = &mut model.copied {
        // A title is not to be read while the vault is locked.
        copied.what = "a value".to_owned();
    }
    model.screen = Screen::Locked(Locked::default());
    out.push(Effect::Conceal);
}

/// Ends what has had its time.
fn expire(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    model.notice.take_if(|notice| now >= notice.until);
    if let Some(open) = model.open_mut() {
        open.revealed.take_if(|revealed| now >= revealed.until);
    }
    for layer in &mut model.layers {
        match layer {
            Layer::Form(form) => drop(form.shown_until.take_if(|until| now >= *until)),
            Layer::Paste(paste) => drop(paste.shown_until.take_if(|until| now >= *until)),
            Layer::Import(importing) => {
                if let Some(columns) = &mut importing.columns {
                    columns.shown_until.take_if(|until| now >= *until);
                }
            }
            _ => {}
        }
    }
    keys::expire(model, out);
    copying::expire(model, out);
}

/// Does what a question that was answered with yes is about.
fn go_on(model: &mut Model, then: Then, out: &mut Vec<Effect>) {
    match then {
        Then::Quit => end(model, out),
        Then::AcceptCost => entrance::cost_accepted(model, out),
        Then::ForgetGenerated(id) => kept::forget(model, id, out),
        Then::ReplaceFile => export::replace(model),
        Then::EraseSource => import::erase(model, out),
        Then::DiscardForm => {
            model.layers.pop();
        }
        Then::TakeOlderKey => {
            out.push(Effect::AcceptOlderKey);
            model.say("Type its master password once more");
        }
    }
}
