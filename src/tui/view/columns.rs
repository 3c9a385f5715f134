//! The columns of a table of unknown shape, what each holds, and the first value in it where that is no secret.

use ratatui::layout::Position;

use super::super::keymap::Context;
use super::super::model::Model;
use super::super::model::columns::{Column, Columns};
use super::super::model::import::Importing;
use super::super::theme::Role;
use super::super::update::CUSTOM;
use super::entrance::problem;
use super::pen::Pen;
use super::{at, text};
use crate::exchange::tables::mapping::Mapping;

/// Columns of what a column holds.
const TARGET: u16 = 12;
/// Fewer columns than this have no room for first values.
const NARROW: u16 = 34;
/// Columns of the name of one, at most.
const LABEL: u16 = 24;

/// Draws them. Gives the cursor's place.
pub(super) fn columns(model: &Model, importing: &Importing, pen: &mut Pen<'_>) -> Option<Position> {
    let columns = importing.columns.as_ref()?;
    let mut y = heading(model, columns, pen);
    if let Some(problem) = &importing.problem {
        pen.text(0, y, "!", Role::Problem);
        y = text::paragraph(pen, 2, y, problem, Role::Problem);
    }
    y += u16::from(pen.height() > 14);
    let room = pen.height().saturating_sub(y).max(1);
    let top = (columns.chosen + 1).saturating_sub(usize::from(room));
    let mut cursor = None;
    for ((number, column), y) in columns.all.iter().enumerate().skip(top).take(usize::from(room)).zip(y..) {
        let is_chosen = number == columns.chosen;
        if is_chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(pen, 0, y);
        }
        draw(column, is_chosen, is_chosen && columns.shown_until.is_some(), pen, y);
    }
    cursor
}

fn heading(model: &Model, columns: &Columns, pen: &mut Pen<'_>) -> u16 {
    if pen.height() < 7 {
        return 0;
    }
    let known = columns.known_as.as_ref().map(|name| format!(" As remembered: {name}.")).unwrap_or_default();
    let shape =
        if columns.headerless { "The first line is an entry." } else { "The first line names the columns." };
    let words = format!("{}: what do its columns hold? {shape}{known}", columns.file.name());
    let mut y = text::paragraph(pen, 0, 0, &words, Role::Text);
    if pen.height() > 14 {
        let key = |action| model.keymap.keys_for(&[Context::Columns], action);
        use super::super::action::Action as A;
        let words = format!(
            "{}, {} change it, {} chooses. {}: the first line is an entry, or not. What is not said becomes a custom \
             field.",
            key(A::Less),
            key(A::More),
            key(A::Assign),
            key(A::FirstLine),
        );
        y = text::paragraph(pen, 0, y, &words, Role::Dim);
    }
    y
}

/// What it holds, its name, and the first value in it.
fn draw(column: &Column, is_chosen: bool, is_shown: bool, pen: &mut Pen<'_>, y: u16) {
    let (target, role) = column.target.map_or((CUSTOM, Role::Dim), |target| (target, Role::Good));
    // Where there is no room for three, the first value is left out; at its asking it stands for the name.
    let is_narrow = pen.width() < NARROW;
    let target_wide = if is_narrow { pen.width() / 3 } else { TARGET };
    pen.text_in(2, y, target_wide, target, role);
    let x = target_wide + 3;
    let rest = pen.width().saturating_sub(x);
    let wide = if is_narrow { rest } else { (rest / 2).min(LABEL) };
    let x = match is_narrow {
        true if is_shown => x,
        _ => {
            pen.text_in(x, y, wide, &column.label, if is_chosen { Role::Title } else { Role::Text })
                .max(x + wide)
                + 1
        }
    };
    let example = column.example.expose_str().unwrap_or_default();
    if column.is_open() {
        pen.text(x, y, example, Role::Dim);
    } else if is_shown {
        pen.text(x, y, example, Role::Secret);
    } else if !example.is_empty() {
        let mask = pen.signs().mask;
        pen.text(x, y, mask, Role::Dim);
    }
}

/// Asks for the name to remember it by.
pub(super) fn name(columns: &Columns, wrong: Option<&str>, pen: &mut Pen<'_>) -> Option<Position> {
    let words = "Remember this by which name? One of the same name is replaced.";
    let y = super::import::asked(pen, words, "By which name?", wrong.is_some());
    pen.text(0, y, ">", Role::Key);
    problem(pen, y + 2, wrong);
    let said = columns.mapping().as_ref().map(Mapping::text).unwrap_or_default();
    let room = usize::from(pen.height().saturating_sub(y + 4));
    for (line, y) in said.lines().take(if wrong.is_some() { 0 } else { room }).zip(y + 2..) {
        pen.text(2, y, line, Role::Dim);
    }
    text::field(pen, 2, y, &columns.name, Role::Field)
}
