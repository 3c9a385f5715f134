//! The form.

use ratatui::layout::Position;

use super::super::model::form::{Form, Name, Role as Field, Row};
use super::super::theme::Role;
use super::entrance::strength;
use super::pen::{Pen, width};
use super::{at, dialog, text};
use crate::vault::kinds;

/// Columns of a name, at most.
const NAME: u16 = 20;
/// Lines that say how strong a password is.
const METER: u16 = 2;
/// Lines of a note, at least.
const NOTE: u16 = 3;

/// Draws the lines that are in sight. Gives the cursor's place.
pub fn form(form: &Form, pen: &mut Pen<'_>) -> Option<Position> {
    let kind = kinds::named(&form.kind).map_or(form.kind.as_str(), |kind| kind.title);
    let title = match form.target {
        None => format!("New: {kind}"),
        Some(_) => format!("Edit: {}", form.text(Field::Title)),
    };
    let area = pen.area();
    let (inner, _) = dialog(pen, area.width.min(100), area.height, &title);
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    let problem = u16::from(form.problem.is_some());
    let room = pen.height().saturating_sub(problem);
    if let Some(problem) = &form.problem {
        let y = pen.height().saturating_sub(1);
        pen.text(0, y, &format!("! {problem}"), Role::Problem);
    }
    let names = form.rows.iter().map(|row| width(row.name())).max().unwrap_or(0);
    let name = names.clamp(8, NAME).min(pen.width() / 3);
    let lines = u16::try_from(form.rows.len()).unwrap_or(u16::MAX);
    let meter = if form.strength().is_some() { METER } else { 0 };
    let note = room.saturating_sub(lines.saturating_sub(1) + meter).max(NOTE.min(room));
    let height = |row: &Row| match row.role {
        Field::Note => note,
        Field::Password if form.strength().is_some() => 1 + METER,
        _ => 1,
    };
    let above: u16 = form.rows.iter().take(form.focus).map(height).sum();
    let needed = above.saturating_add(form.row().map_or(1, height));
    let mut skip = needed.saturating_sub(room);
    let (mut y, mut cursor) = (0, None);
    for (number, row) in form.rows.iter().enumerate() {
        let tall = height(row);
        if skip >= tall {
            skip -= tall;
            continue;
        }
        let focused = number == form.focus;
        let place = ratatui::layout::Rect { height: room.min(y + tall), ..pen.area() };
        let mut part = pen.within(place);
        let found = line(form, row, focused, name, &mut part, y);
        cursor = cursor.or(found);
        if focused && form.strength().is_some() {
            strength(&mut part, y + 1, form.strength());
        }
        y += tall;
        if y >= room {
            break;
        }
    }
    cursor
}

fn line(form: &Form, row: &Row, focused: bool, name: u16, pen: &mut Pen<'_>, y: u16) -> Option<Position> {
    let mut cursor = None;
    if focused {
        pen.text(0, y, ">", Role::Key);
    }
    let on_name = focused && form.on_name;
    match &row.name {
        Name::Typed(editor, _) => {
            let area = pen.area();
            let mut part = pen.within(ratatui::layout::Rect { width: (name + 2).min(area.width), ..area });
            if on_name {
                cursor = text::field(&mut part, 2, y, editor, Role::Field);
            } else if editor.is_empty() {
                part.text(2, y, "(name)", Role::Dim);
            } else {
                part.text(2, y, editor.text(), Role::Label);
            }
        }
        Name::Fixed(words) => {
            pen.text_in(2, y, name, words, if focused { Role::Key } else { Role::Label });
        }
    }
    let x = name + 4;
    let on_value = focused && !on_name;
    if row.role == Field::SignsInWith {
        let words = if row.value.is_empty() { "" } else { form.link.as_str() };
        let end = pen.text(x, y, words, if on_value { Role::Field } else { Role::Text });
        if on_value {
            pen.text(end + u16::from(end > x) * 2, y, "type to choose; Ctrl-X takes it out", Role::Dim);
            return at(pen, x, y);
        }
        return cursor;
    }
    if row.role == Field::Note && on_value && form.shown_until.is_some() {
        return note(row, pen, x, y);
    }
    if row.role.is_secret() && !(on_value && form.shown_until.is_some()) {
        let behind = text::masked(pen, x, y, &row.value);
        return if on_value { behind } else { cursor };
    }
    if !on_value {
        pen.text(x, y, row.value.text(), Role::Text);
        return cursor;
    }
    let role = if row.role.is_secret() { Role::Secret } else { Role::Field };
    text::field(pen, x, y, &row.value, role)
}

/// The lines of a note around the cursor.
fn note(row: &Row, pen: &mut Pen<'_>, x: u16, y: u16) -> Option<Position> {
    let room = usize::from(pen.height().saturating_sub(y)).max(1);
    let (line, column) = row.value.position();
    let wide = usize::from(pen.width().saturating_sub(x)).max(1);
    let top = (line + 1).saturating_sub(room);
    let skip = (column + 1).saturating_sub(wide);
    for (words, y) in row.value.text().split('\n').skip(top).take(room).zip(y..) {
        pen.text_from(x, y, skip, words, Role::Text);
    }
    let row = u16::try_from(line - top).unwrap_or(u16::MAX);
    let column = u16::try_from(column - skip).unwrap_or(u16::MAX);
    at(pen, x.saturating_add(column), y.saturating_add(row))
}
