//! What should change, one change step by step, and the passwords that were generated.

use ratatui::layout::Position;

use super::super::fields::Which;
use super::super::model::Model;
use super::super::model::open::Subject;
use super::super::model::walk::{Kept, Walking, WorkList};
use super::super::theme::Role;
use super::pen::Pen;
use super::{at, dialog, text};
use crate::rotate::{self, Step};
use crate::vault::entry::{UNREADABLE, Value};

/// What should change, worst first, each with its reasons.
pub fn work_list(model: &Model, list: &WorkList, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let area = pen.area();
    let is_running = list.run.is_some();
    let title = if is_running { "What should change, so far" } else { "What should change" };
    let (inner, _) = dialog(pen, area.width.min(96), area.height.min(20), title);
    let mut pen = pen.within(inner);
    if list.tasks.is_empty() {
        let words = if is_running { "Looking at every password" } else { "Nothing should change." };
        pen.text(0, 0, words, Role::Good);
        return None;
    }
    let room = usize::from(pen.height()).max(1);
    let top = (list.chosen + 1).saturating_sub(room);
    let name_columns = (pen.width() / 2).min(36);
    let mut cursor = None;
    for ((task, number), y) in list.tasks.iter().zip(0_usize..).skip(top).take(room).zip(0..) {
        let Some(entry) = open.vault.entry(task.id) else { continue };
        let chosen = number == list.chosen;
        if chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        let role = if chosen { Role::Title } else { Role::Text };
        pen.text_in(2, y, name_columns, &rotate::made_for(&entry), role);
        let reasons: Vec<String> = task.reasons.iter().map(ToString::to_string).collect();
        pen.text(name_columns + 4, y, &reasons.join(", "), Role::Dim);
    }
    cursor
}

/// The steps of a change, those that are done ticked off, and what the keys do at the next one.
pub fn walk(model: &Model, walking: &Walking, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let entry = open.vault.entry(walking.walk.id())?;
    let (inner, _) = dialog(pen, 64, 13, &format!("Change the password of {}", rotate::made_for(&entry)));
    let mut pen = pen.within(inner);
    let is_pending = entry.pending_password().is_some();
    let page = match walking.walk.page() {
        Some(page) if model.settings.opens_pages => format!("Open {}", page.address),
        Some(page) => format!("Copy {}", page.address),
        None => "No page is known: go to where it is changed".to_owned(),
    };
    let new = match (walking.is_busy(), is_pending) {
        (true, _) => "Making a new password, and saving it as pending",
        (false, true) => "Copy the new password, which is pending",
        (false, false) => "Make a new password, save it as pending, copy it",
    };
    let steps = [
        (Step::Page, page.as_str()),
        (Step::Old, "Copy the old password"),
        (Step::New, new),
        (Step::Answer, "Did the site take the new password? y or n"),
    ];
    let (mut y, mut cursor, mut is_done) = (0, None, true);
    for (step, words) in steps {
        let is_next = step == walking.walk.step();
        is_done &= !is_next;
        if is_next {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        pen.text(2, y, if is_done { "[x]" } else { "[ ]" }, Role::Label);
        let role = if is_next { Role::Title } else { Role::Text };
        y = text::paragraph(&mut pen.right_of(6), 0, y, words, role);
    }
    y += 1;
    if let Some(secret) = open.is_revealed(entry.id(), Subject::Field(Which::Pending)) {
        for line in text::broken(secret.expose_str().unwrap_or(UNREADABLE), pen.width()) {
            pen.text(0, y, line, Role::Secret);
            y += 1;
        }
    }
    let words = match is_pending {
        true => {
            "The old password stays current until you say yes. Wherever you stop, the new one stays pending."
        }
        false => "Enter does the next step. The old password stays current until you say yes.",
    };
    text::paragraph(&mut pen, 0, y, words, Role::Dim);
    cursor
}

/// The passwords that were generated, newest first.
pub fn kept(model: &Model, kept: &Kept, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let area = pen.area();
    let (inner, _) = dialog(pen, area.width.min(90), area.height.min(20), "Generated passwords");
    let mut pen = pen.within(inner);
    let all = open.vault.generated();
    if all.is_empty() {
        pen.text(0, 0, "Nothing was generated yet.", Role::Dim);
        return None;
    }
    let room = usize::from(pen.height()).max(1);
    let top = (kept.chosen + 1).saturating_sub(room);
    let mut cursor = None;
    for ((one, number), y) in all.iter().zip(0_usize..).skip(top).take(room).zip(0..) {
        if number == kept.chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        let time = one.created.to_string();
        let time = time.get(..16).unwrap_or(&time).replace('T', " ");
        pen.text(2, y, &time, Role::Label);
        pen.text(19, y, if one.is_used { "used" } else { "" }, Role::Dim);
        let x = 24;
        if let Some(secret) = open.is_revealed(one.id, Subject::Generated) {
            pen.text(x, y, secret.expose_str().unwrap_or(UNREADABLE), Role::Secret);
            continue;
        }
        let made_for = if one.made_for.is_empty() { "(nothing said)" } else { one.made_for };
        let (words, role) = match one.value {
            Value::Unreadable => (UNREADABLE, Role::Problem),
            _ => (made_for, Role::Text),
        };
        pen.text(x, y, words, role);
    }
    cursor
}
