//! Help, history, choosing, questions.

use ratatui::layout::Position;

use super::super::fields;
use super::super::model::Model;
use super::super::model::dialog::{Chooser, Confirm, Help, History, Pick};
use super::super::model::open::Subject;
use super::super::theme::Role;
use super::detail::day;
use super::pen::{Pen, width};
use super::{at, dialog, text};
use crate::vault::entry::{UNREADABLE, Value};

/// The keys that work where it was asked for.
pub fn help(model: &Model, help: &Help, pen: &mut Pen<'_>) -> Option<Position> {
    let mut lines: Vec<(String, &str)> = Vec::new();
    let filter = help.filter.text().to_lowercase();
    for context in help.contexts {
        let found = model.keymap.lines(*context).into_iter().filter(|(action, keys)| {
            let line = format!("{keys} {}", action.says()).to_lowercase();
            filter.split_whitespace().all(|word| line.contains(word))
        });
        let found: Vec<(String, &str)> = found.map(|(action, keys)| (keys, action.says())).collect();
        if !found.is_empty() {
            lines.push((String::new(), context.title()));
            lines.extend(found);
        }
    }
    let area = pen.area();
    let (inner, _) = dialog(pen, 72, area.height, "Keys; type to search");
    let mut pen = pen.within(inner);
    let keys = lines.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0).min(pen.width() / 2);
    let room = usize::from(pen.height().saturating_sub(1)).max(1);
    let top = help.top.min(lines.len().saturating_sub(room));
    for ((name, says), y) in lines.iter().skip(top).take(room).zip(1..) {
        if name.is_empty() {
            pen.text(0, y, says, Role::Title);
        } else {
            pen.text_in(2, y, keys, name, Role::Key);
            pen.text(keys + 4, y, says, Role::Text);
        }
    }
    pen.text(0, 0, "/", Role::Key);
    text::field(&mut pen, 2, 0, &help.filter, Role::Field)
}

/// What the fields were before, the latest first.
pub fn history(model: &Model, history: &History, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let entry = open.vault.entry(history.id)?;
    let area = pen.area();
    let title = format!("History of {}", entry.title());
    let past = entry.history();
    let (inner, _) = dialog(pen, area.width.min(90), area.height.min(20), &title);
    let mut pen = pen.within(inner);
    if past.is_empty() {
        pen.text(0, 0, "Nothing was changed yet.", Role::Dim);
        return None;
    }
    let names = past.iter().map(|past| width(past.name)).max().unwrap_or(0).min(pen.width() / 3);
    let room = usize::from(pen.height()).max(1);
    let top = (history.chosen + 1).saturating_sub(room);
    let mut cursor = None;
    for ((number, past), y) in past.iter().rev().enumerate().skip(top).take(room).zip(0..) {
        let chosen = number == history.chosen;
        if chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        pen.text(2, y, &day(past.time), Role::Dim);
        pen.text_in(14, y, names, past.name, if chosen { Role::Key } else { Role::Label });
        let x = 16 + names;
        match (past.value, open.is_revealed(entry.id(), Subject::Past(number))) {
            (Value::Text(words), _) => {
                pen.text(x, y, words, Role::Text);
            }
            (Value::Sealed(..), Some(secret)) => {
                pen.text(x, y, secret.expose_str().unwrap_or(UNREADABLE), Role::Secret);
            }
            (Value::Sealed(..), None) => {
                let mask = pen.signs().mask;
                pen.text(x, y, mask, Role::Dim);
            }
            (Value::Unreadable, _) => {
                pen.text(x, y, UNREADABLE, Role::Problem);
            }
        }
    }
    cursor
}

/// The fields, each with its letter.
pub fn pick(model: &Model, pick: &Pick, pen: &mut Pen<'_>) -> Option<Position> {
    let entry = model.open()?.vault.entry(pick.id)?;
    let fields = fields::of(&entry);
    let rows = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    let (inner, _) = dialog(pen, 58, rows.max(1), "Copy which field?");
    let mut pen = pen.within(inner);
    let room = usize::from(pen.height()).max(1);
    let top = (pick.chosen + 1).saturating_sub(room);
    let mut cursor = None;
    for ((field, letter), number) in fields.iter().zip('a'..='z').zip(0_usize..).skip(top).take(room) {
        let y = u16::try_from(number - top).unwrap_or(u16::MAX);
        if number == pick.chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        let mut bytes = [0; 4];
        pen.text(2, y, letter.encode_utf8(&mut bytes), Role::Key);
        pen.text_in(5, y, 18, &field.label, Role::Label);
        match &field.value {
            fields::FieldValue::Plain(value) => {
                pen.text(25, y, value, Role::Dim);
            }
            _ => {
                let mask = pen.signs().mask;
                pen.text(25, y, mask, Role::Dim);
            }
        }
    }
    cursor
}

/// What there is to choose from.
pub fn chooser(chooser: &Chooser, pen: &mut Pen<'_>) -> Option<Position> {
    let matching = chooser.matching();
    let rows = u16::try_from(chooser.choices.len()).unwrap_or(u16::MAX).saturating_add(1);
    let (inner, _) = dialog(pen, 50, rows, chooser.title);
    let mut pen = pen.within(inner);
    let room = usize::from(pen.height().saturating_sub(1)).max(1);
    let top = (chooser.chosen + 1).saturating_sub(room);
    for ((number, (name, _)), y) in matching.iter().enumerate().skip(top).take(room).zip(1..) {
        let chosen = number == chooser.chosen;
        pen.text(0, y, if chosen { ">" } else { "" }, Role::Key);
        pen.text(2, y, name, if chosen { Role::Title } else { Role::Text });
    }
    if matching.is_empty() {
        pen.text(2, 1, "Nothing is called that.", Role::Dim);
    }
    pen.text(0, 0, "/", Role::Key);
    text::field(&mut pen, 2, 0, &chooser.filter, Role::Field)
}

/// A question.
pub fn confirm(confirm: &Confirm, pen: &mut Pen<'_>) -> Option<Position> {
    let columns = 58.min(pen.width().saturating_sub(4));
    let lines = text::wrapped(&confirm.question, columns).len();
    let rows = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2);
    let (inner, _) = dialog(pen, columns, rows, "Please answer");
    let mut pen = pen.within(inner);
    text::paragraph(&mut pen, 0, 0, &confirm.question, Role::Text);
    let y = rows.saturating_sub(1).min(pen.height().saturating_sub(1));
    let x = pen.text(0, y, "y", Role::Key);
    let x = pen.text(x, y, " yes   ", Role::Text);
    let x = pen.text(x, y, "n", Role::Key);
    pen.text(x, y, " no", Role::Text);
    None
}
