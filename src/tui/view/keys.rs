//! The questions of a change of keys, and a recovery code that fills the screen.

use ratatui::layout::Position;

use super::super::model::Model;
use super::super::model::keys::{Ask, Kit, Step, Task};
use super::super::theme::Role;
use super::entrance::{problem, strength, working};
use super::pen::Pen;
use super::{dialog, text};
use crate::kit::{Qr, lines_of};

const COLUMNS: u16 = 66;
/// Columns of a line of the code.
const CODE: u16 = 14;
/// Between QR code and text.
const GAP: u16 = 2;

/// The question that is asked.
pub fn ask(model: &Model, ask: &Ask, pen: &mut Pen<'_>) -> Option<Position> {
    let (inner, _) = dialog(pen, COLUMNS, 12, ask.task.title());
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    if let Some(doing) = ask.working {
        working(model, doing.since, "Working on it", pen, 1);
        return None;
    }
    // Where there is little room, what is wrong matters more than what was asked.
    let words = if ask.problem.is_some() && pen.height() < 11 { "" } else { question(ask) };
    let y = if words.is_empty() { 0 } else { text::paragraph(pen, 0, 0, words, Role::Text) + 1 };
    let (below, cursor) = match ask.step {
        Step::Old => (y + 2, text::masked(pen, 2, y, &ask.secret)),
        Step::Code => (y + 2, groups(pen, y, ask)),
        Step::New => {
            let cursor = text::masked(pen, 2, y, &ask.new);
            (strength(pen, y + 1, ask.strength.as_ref()) + 1, cursor)
        }
        Step::Again => (y + 2, text::masked(pen, 2, y, &ask.again)),
    };
    pen.text(0, y, ">", Role::Key);
    problem(pen, below, ask.problem.as_deref());
    cursor
}

fn question(ask: &Ask) -> &'static str {
    match (ask.step, ask.task) {
        (Step::Old, Task::Passwd) => "The master password as it is now.",
        (Step::Old, Task::Rekey) => {
            "Copies and back-ups made before can then not be used to read later files. The master password stays. \
             Type it:"
        }
        (Step::Old, _) => {
            "A code on paper that opens the vault when the master password is forgotten. A code made before opens \
             nothing any more. Type the master password:"
        }
        (Step::Code, Task::Recover) => {
            "The 36 letters and digits of the recovery code. Capitals, blanks and hyphens do not matter."
        }
        (Step::Code, _) => "Type the recovery code from your paper. Nothing is changed by it.",
        (Step::New, _) => {
            "The new master password. Four or more uncommon words are strong, and easier to type than signs."
        }
        (Step::Again, _) => "The same once more.",
    }
}

/// How much of a code is typed, in groups of four, and nothing of what it is.
fn groups(pen: &mut Pen<'_>, y: u16, ask: &Ask) -> Option<Position> {
    let typed = ask.secret.text().bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-').count();
    let (mut x, mask) = (2, pen.signs().mask);
    let sign = mask.chars().next().map_or(1, char::len_utf8);
    for at in 0..typed.min(36) {
        if at > 0 && at % 4 == 0 {
            x += 1;
        }
        x = pen.text(x, y, mask.get(..sign).unwrap_or_default(), Role::Text);
    }
    super::at(pen, x, y)
}

/// The code, its QR code where there is room, and what to do with them.
pub fn kit(kit: &Kit, pen: &mut Pen<'_>) -> Option<Position> {
    pen.clear();
    pen.text(1, 0, "Recovery code", Role::Title);
    let qr = kit.qr.as_ref().filter(|_| pen.signs().has_blocks);
    let beside = pen.width() >= 1 + Qr::COLUMNS + GAP + CODE + 6 && pen.height() > Qr::ROWS;
    let below = pen.width() > Qr::COLUMNS && pen.height() >= Qr::ROWS + 6;
    let x = if beside && qr.is_some() { 1 + Qr::COLUMNS + GAP } else { 1 };
    let mut y = 1;
    for line in lines_of(&kit.code) {
        pen.text(x, y, line.expose_str().unwrap_or_default(), Role::Secret);
        y += 1;
    }
    match qr {
        Some(qr) if beside => pen.qr(1, 1, qr),
        Some(qr) if below && !beside => {
            pen.qr(1, y, qr);
            y += Qr::ROWS;
        }
        _ => {
            let rows = Qr::ROWS + 6;
            let words = format!("The QR code needs {} columns and {rows} rows.", Qr::COLUMNS + 1);
            y = text::paragraph_in(pen, x, y, &words, Role::Dim);
        }
    }
    if beside {
        y += 1;
    }
    if let Some(file) = &kit.file {
        y = text::paragraph_in(pen, x, y, "Save the page where? It will be readable text.", Role::Text);
        return text::field(&mut pen.right_of(x), 0, y, file, Role::Field);
    }
    let words = match &kit.saved {
        None => {
            "Write it down, or save a page to print. It opens the vault without the master password: keep it \
                 where it cannot be lost, and not beside the computer."
                .to_owned()
        }
        Some(Ok(path)) => format!("Print it and delete it, it is readable text. Saved: {path}"),
        Some(Err(error)) => format!("! Not saved: {error}"),
    };
    text::paragraph_in(pen, x, y, &words, Role::Text);
    None
}
