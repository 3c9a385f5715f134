//! To the clipboard, and out of it again.

use crate::account::{self, Chain};
use crate::otp::Otp;
use crate::report::Failure;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::Id;
use crate::vault::edit::{Change, Edit};
use crate::vault::kinds::FieldKind;

use super::super::effect::Effect;
use super::super::fields::{self, Which};
use super::super::message::Copied;
use super::super::model::Model;
use super::super::model::open::{After, Open};
use super::entrance::sentence;
use super::saving;

/// A code with fewer seconds left than this is passed over for the next one.
const TOO_SHORT: u32 = 5;
const DAY: u64 = 24 * 3600 * 1000;

/// Copies the password of the chosen entry, or what is its like.
pub(super) fn main(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    match fields::main_secret(&entry) {
        Some(which) => field(model, which, out),
        None => nothing(model, "password"),
    }
}

/// Copies the user name.
pub(super) fn username(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    if entry.username().is_empty() {
        nothing(model, "user name");
    } else {
        field(model, Which::Username, out);
    }
}

/// Copies the first URL.
pub(super) fn url(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    if entry.urls().is_empty() {
        nothing(model, "URL");
    } else {
        field(model, Which::Url(0), out);
    }
}

/// Copies a field of the chosen entry: of a one-time code's the code. Another entry is gone to instead.
pub(super) fn field(model: &mut Model, which: Which, out: &mut Vec<Effect>) {
    match which {
        Which::SignsInWith => return super::account::jump(model),
        Which::BackupCodes => return super::account::open_codes(model),
        _ => {}
    }
    let Some(open) = model.open() else { return };
    let Some(entry) = open.chosen() else { return };
    let Some(shown) = fields::find(&entry, which) else { return };
    if matches!(shown.value, fields::FieldValue::Otp(_)) {
        code_of(model, which, out);
        return;
    }
    let id = entry.id();
    let what = format!("{} of {}", fields::spoken(&shown), account::name(&entry));
    match open.value_of(&entry, which) {
        Some(Ok(value)) => {
            out.push(Effect::Copy { value, what });
            note_use(model, id, out);
        }
        Some(Err(error)) => model.complain(sentence(&error.to_string())),
        None => {}
    }
}

/// Copies a one-time code of the chosen entry.
pub(super) fn code(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    match fields::otp(&entry) {
        Some(which) => code_of(model, which, out),
        None => nothing(model, "one-time code"),
    }
}

fn code_of(model: &mut Model, which: Which, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(open) = model.open() else { return };
    let Some(entry) = open.chosen() else { return };
    let (id, name) = (entry.id(), account::name(&entry));
    let text = match open.value_of(&entry, which) {
        Some(Ok(text)) => text,
        Some(Err(error)) => return model.complain(sentence(&error.to_string())),
        None => return,
    };
    let otp = match Otp::parse(&text) {
        Ok(otp) => otp,
        Err(error) => return model.complain(sentence(&error.to_string())),
    };
    let code = otp.code(now);
    match code.seconds_left {
        Some(left) => {
            let next = if left < TOO_SHORT { otp.next_code(now) } else { None };
            let what = if next.is_some() { "next code" } else { "code" };
            let value = next.unwrap_or(code).text;
            out.push(Effect::Copy { value, what: format!("{what} of {name}") });
            note_use(model, id, out);
        }
        None => counted(model, id, which, &text, code.text, out),
    }
}

/// A code by counter: the counter moves on, and only once that is on the disk is the code given.
fn counted(model: &mut Model, id: Id, which: Which, text: &Secret, value: Secret, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    let account = account::name(&entry);
    let advanced = match Otp::advanced(text) {
        Ok(advanced) => advanced,
        Err(error) => return model.complain(sentence(&error.to_string())),
    };
    let change = match which {
        Which::Custom(field) => {
            let fields = entry.fields();
            let Some(known) = fields.iter().find(|known| known.id == field) else { return };
            let name = known.label.to_owned();
            Change::Field { id: Some(field), name, kind: FieldKind::Totp, value: advanced }
        }
        _ => Change::Otp(Some(advanced)),
    };
    // No step of its own: undoing it would give the same code twice.
    if saving::edit(model, "", |edit: &mut Edit<'_, '_>| edit.change(id, change), out).is_some()
        && let Some(open) = model.open_mut()
    {
        let edit = open.saving.edits;
        open.saving.after = Some(After { edit, value, what: format!("code of {account}") });
    }
}

/// Notes the day on which a value of an entry was last copied.
pub(super) fn note_use(model: &mut Model, id: Id, out: &mut Vec<Effect>) {
    let today = Timestamp(model.now.0 / DAY * DAY);
    let Some(open) = model.open() else { return };
    let last = open.vault.entry(id).and_then(|entry| entry.last_used());
    if last.is_some_and(|last| last >= today) || open.session.is_read_only() {
        return;
    }
    let change = |edit: &mut Edit<'_, '_>| edit.change(id, Change::LastUsed(today));
    if saving::edit(model, "", change, out).is_some()
        && let Some(open) = model.open_mut()
    {
        open.catalog.refresh(&open.vault, id);
    }
}

/// Clears the clipboard before its time.
pub(super) fn wipe(model: &mut Model, out: &mut Vec<Effect>) {
    if model.copied.is_some() {
        out.push(Effect::ClearClipboard);
    } else {
        model.say("Nothing of ours is in the clipboard");
    }
}

/// Clears what has had its time; sees whether the rest is still there.
pub(super) fn expire(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.copied {
        Some(copied) if model.now >= copied.deadline => {
            model.copied = None;
            out.push(Effect::ClearClipboard);
        }
        Some(_) => out.push(Effect::CheckClipboard),
        None => {}
    }
}

/// A value was copied, or was not.
pub(super) fn copied(model: &mut Model, result: Result<Copied, Failure>) {
    match result {
        Ok(copied) => {
            model.say(format!("Copied: {}", copied.what));
            model.copied = Some(copied);
        }
        Err(failure) => model.complain(format!("NOT copied: {failure}")),
    }
}

/// The clipboard was cleared, or may not have been.
pub(super) fn cleared(model: &mut Model, result: Result<(), Failure>) {
    model.copied = None;
    match result {
        Ok(()) => model.say("The clipboard is clear"),
        Err(failure) => model.complain(format!("The clipboard may NOT be clear: {failure}")),
    }
}

/// Another program has copied something.
pub(super) fn replaced(model: &mut Model) {
    if model.copied.take().is_some() {
        model.say("The clipboard holds something else now");
    }
}

fn nothing(model: &mut Model, what: &str) {
    let with = model.open().and_then(Open::chosen).filter(|_| what == "password");
    let with = with.and_then(|entry| Some((account::name(&entry), Chain::of(entry.vault(), &entry)?)));
    if let Some((name, chain)) = with {
        let other = chain.direct().map_or_else(|| "an entry that is gone".to_owned(), account::name);
        return model.say(format!("{name} signs in with {other}; J goes there"));
    }
    let name = model.open().and_then(Open::chosen).map(|entry| account::name(&entry)).unwrap_or_default();
    model.say(format!("{name} has no {what}"));
}
