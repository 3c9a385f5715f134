//! The first start and the lock.

use ratatui::layout::Position;

use super::super::model::Model;
use super::super::model::entrance::{KitAnswer, Locked, Start, Step, Wizard};
use super::super::theme::Role;
use super::pen::Pen;
use super::{dialog, text};
use crate::strength::{Score, Strength};
use crate::time::Timestamp;

const COLUMNS: u16 = 66;
const CAPS_LOCK: &str = "Caps Lock is on";

/// The question that is asked.
pub fn wizard(model: &Model, wizard: &Wizard, pen: &mut Pen<'_>) -> Option<Position> {
    let (number, of) = wizard.progress();
    let (inner, _) = dialog(pen, COLUMNS, 13, &format!("tresor: first start, {number} of {of}"));
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    if let Some(since) = wizard.working {
        working(model, since, "Making the vault", pen, 1);
        return None;
    }
    // Where there is little room, what is wrong matters more than what was asked.
    let words = match &wizard.problem {
        Some(_) if pen.height() < 12 => String::new(),
        _ => question(model, wizard.step),
    };
    let y = if words.is_empty() { 0 } else { text::paragraph(pen, 0, 0, &words, Role::Text) + 1 };
    let (below, cursor) = match wizard.step {
        Step::Start => {
            choice(pen, y, wizard.start == Start::Empty, "With an empty vault");
            choice(pen, y + 1, wizard.start == Start::Import, "With what another password manager exported");
            (y + 3, None)
        }
        Step::Kit => {
            for (answer, row) in KitAnswer::ALL.into_iter().zip(y..) {
                choice(pen, row, wizard.kit == answer, answer.words());
            }
            (y + 4, None)
        }
        Step::Password => {
            let cursor = text::masked(pen, 2, y, &wizard.password);
            (strength(pen, y + 1, wizard.strength.as_ref()) + 1, cursor)
        }
        Step::Repeat => (y + 2, text::masked(pen, 2, y, &wizard.repeat)),
    };
    if wizard.step != Step::Start {
        pen.text(0, y, ">", Role::Key);
    }
    let is_blind = matches!(wizard.step, Step::Password | Step::Repeat);
    if model.caps_lock && is_blind && wizard.problem.is_none() {
        pen.text(2, below, CAPS_LOCK, Role::Warning);
    }
    problem(pen, below, wizard.problem.as_deref());
    cursor
}

fn question(model: &Model, step: Step) -> String {
    match step {
        Step::Start => format!("There is no vault at {} yet. How do you want to begin?", model.name),
        Step::Password => {
            "Choose a master password. It alone opens the vault: nobody can bring it back. Four or \
                           more uncommon words are strong, and easier to type than signs; Ctrl-G draws some."
                .to_owned()
        }
        Step::Repeat => "The same master password once more.".to_owned(),
        Step::Kit => {
            "Nobody can bring back a forgotten master password. A recovery kit can: a code on paper \
                      that opens the vault. Make one?"
                .to_owned()
        }
    }
}

/// The lock.
pub fn locked(model: &Model, locked: &Locked, pen: &mut Pen<'_>) -> Option<Position> {
    let (inner, _) = dialog(pen, COLUMNS, 7, "tresor: locked");
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    pen.text(0, 0, &model.name, Role::Dim);
    if let Some(since) = locked.working {
        working(model, since, "Opening", pen, 2);
        return None;
    }
    let x = pen.text(0, 2, "Master password: ", Role::Label);
    let cursor = text::masked(pen, x, 2, &locked.password);
    let wait = Some(locked.wait(model.now)).filter(|seconds| *seconds > 0);
    let wait = wait.map(|seconds| format!("Enter waits {seconds} s"));
    let caps = model.caps_lock.then(|| CAPS_LOCK.to_owned());
    let words: Vec<String> = caps.into_iter().chain(wait).collect();
    pen.text(0, 3, &words.join("; "), Role::Warning);
    problem(pen, 4, locked.problem.as_deref());
    cursor
}

/// That it goes on, and for how long already.
pub(super) fn working(model: &Model, since: Timestamp, what: &str, pen: &mut Pen<'_>, y: u16) {
    let tenths = model.now.millis_since(since) / 100;
    let dots = ".".repeat(usize::try_from(tenths / 3 % 4).unwrap_or(0));
    pen.text(0, y, &format!("{what} {}.{} s {dots}", tenths / 10, tenths % 10), Role::Text);
}

/// A word, a bar, the reason, and what would help.
pub(super) fn strength(pen: &mut Pen<'_>, y: u16, strength: Option<&Strength>) -> u16 {
    let Some(strength) = strength else { return y + 1 };
    let role = match strength.score {
        Score::VeryWeak | Score::Weak => Role::Problem,
        Score::Fair => Role::Warning,
        Score::Strong | Score::VeryStrong => Role::Good,
    };
    let full = u16::from(strength.score.number()) * 4 + 4;
    pen.bar(2, y, 20, full, role);
    pen.text(24, y, &strength.words(), role);
    pen.text(2, y + 1, &strength.remark(), Role::Dim);
    y + 2
}

fn choice(pen: &mut Pen<'_>, y: u16, chosen: bool, words: &str) {
    pen.text(0, y, if chosen { "> (x)" } else { "  ( )" }, Role::Key);
    pen.text(6, y, words, if chosen { Role::Title } else { Role::Text });
}

pub(super) fn problem(pen: &mut Pen<'_>, y: u16, problem: Option<&str>) {
    let Some(problem) = problem else { return };
    pen.text(0, y, "!", Role::Problem);
    text::paragraph(pen, 2, y, problem, Role::Problem);
}
