//! The questions of an export, what the format cannot hold, how far it is, and where the file is.

use ratatui::layout::Position;

use super::super::model::Model;
use super::super::model::export::{Entries, Exporting, Looked, Step, Target};
use super::super::theme::Role;
use super::entrance::problem;
use super::import::{asked, names, progress};
use super::pen::Pen;
use super::{at, dialog, text};

const COLUMNS: u16 = 66;
/// Columns of the name of a format.
const NAME: u16 = 26;
/// From this many columns on, what it is stands beside it.
const WIDE: u16 = 56;
/// Names of entries that are told of each loss.
const MOST_TITLES: usize = 5;

/// Draws it all, as much as there is room for. Gives the cursor's place.
pub fn export(model: &Model, exporting: &Exporting, pen: &mut Pen<'_>) -> Option<Position> {
    let area = pen.area();
    let rows =
        if exporting.step == Step::Format || exporting.step == Step::Losses { area.height } else { 13 };
    let (inner, _) = dialog(pen, COLUMNS, rows, "Export");
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    if let Some(doing) = &exporting.run {
        let what = if doing.of.is_some() { "Writing" } else { "Looking at every entry" };
        progress(model, doing, what, "Esc cancels, and leaves no file.", pen);
        return None;
    }
    match exporting.step {
        Step::Format => formats(exporting, pen),
        Step::Entries => entries(model, exporting, pen),
        Step::File => {
            let words = match exporting.target() {
                Some(target) if target.is_encrypted() => "Where to? The file is encrypted.",
                _ => {
                    "Where to? The file holds every password readable. A folder that is not there is made for you \
                     alone."
                }
            };
            let y = question(exporting, words, "Where to?", pen);
            names(pen, y + 1, exporting.problem.as_ref(), &exporting.names);
            text::field(pen, 2, y, &exporting.path, Role::Field)
        }
        Step::Losses => losses(exporting, pen),
        Step::Password => {
            let y = question(exporting, password_question(exporting), password_in_short(exporting), pen);
            text::masked(pen, 2, y, &exporting.password)
        }
        Step::Again => {
            let y = question(exporting, "The same password once more.", "Once more:", pen);
            text::masked(pen, 2, y, &exporting.again)
        }
        Step::Done => {
            done(exporting, pen);
            None
        }
    }
}

/// A question, and the row for its answer.
fn question(exporting: &Exporting, words: &str, short: &str, pen: &mut Pen<'_>) -> u16 {
    let y = asked(pen, words, short, exporting.problem.is_some());
    pen.text(0, y, ">", Role::Key);
    problem(pen, y + 2, exporting.problem.as_deref());
    y
}

fn password_question(exporting: &Exporting) -> &'static str {
    match exporting.target() {
        Some(target) if target.exporter.is_none() => {
            "A password for the copy; none for the vault's own ways to open it."
        }
        Some(target) if target.is_encrypted() => "A password for the file. Without it nobody reads it.",
        _ => {
            "The file holds every password readable to anyone who gets at it. Type the master password once more to \
             write it."
        }
    }
}

fn password_in_short(exporting: &Exporting) -> &'static str {
    match exporting.target() {
        Some(target) if target.is_encrypted() => "Its password:",
        _ => "Master password:",
    }
}

/// What can be written, encrypted ones first. Where there is no room beside the names, what the chosen one is stands
/// below.
fn formats(exporting: &Exporting, pen: &mut Pen<'_>) -> Option<Position> {
    let first = u16::from(pen.height() > 4);
    if first > 0 {
        pen.text(0, 0, "As what? Encrypted ones first.", Role::Text);
    }
    let beside = pen.width() >= WIDE;
    let below = if beside { 0 } else { 1 + u16::from(pen.height() > 6) };
    let room = usize::from(pen.height().saturating_sub(first + below)).max(1);
    let top = (exporting.target + 1).saturating_sub(room);
    let mut cursor = None;
    for ((number, target), y) in exporting.targets.iter().enumerate().skip(top).take(room).zip(first..) {
        let is_chosen = number == exporting.target;
        if is_chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(pen, 0, y);
        }
        pen.text_in(2, y, NAME, target.name, if is_chosen { Role::Title } else { Role::Text });
        if beside {
            pen.text(NAME + 3, y, &words_for(target), Role::Dim);
        }
    }
    if let Some(target) = exporting.target().filter(|_| !beside) {
        let last = pen.height().saturating_sub(1);
        pen.text(0, last, &words_for(target), Role::Label);
    }
    cursor
}

fn words_for(target: &Target) -> String {
    if target.is_encrypted() { format!("encrypted: {}", target.title) } else { target.title.to_owned() }
}

/// Which entries, and whether for a spreadsheet.
fn entries(model: &Model, exporting: &Exporting, pen: &mut Pen<'_>) -> Option<Position> {
    let mut cursor = None;
    let mut y = 0;
    let listed = exporting.listed.as_ref().map_or(0, |listed| listed.len());
    for (number, option) in exporting.options().into_iter().enumerate() {
        let is_chosen = number == exporting.chosen;
        let (mark, words) = match option {
            Entries::All => (radio(!exporting.is_listed), "The whole vault".to_owned()),
            Entries::Listed => (radio(exporting.is_listed), format!("What is listed now: {listed}")),
            Entries::Safe => {
                let words =
                    "Safe to open in a spreadsheet: a ' before values that it would compute".to_owned();
                (if exporting.is_safe { "[x]" } else { "[ ]" }, words)
            }
        };
        if is_chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(pen, 0, y);
        }
        pen.text(2, y, mark, Role::Key);
        y = text::paragraph(pen, 6, y, &words, if is_chosen { Role::Title } else { Role::Text });
    }
    let keys = model.keymap.keys_for(model.contexts(), super::super::action::Action::Toggle);
    text::paragraph(pen, 0, y + 1, &format!("{keys} chooses, Enter goes on."), Role::Dim);
    cursor
}

fn radio(is_on: bool) -> &'static str {
    if is_on { "(x)" } else { "( )" }
}

/// What the format cannot hold, and where the file would go.
fn losses(exporting: &Exporting, pen: &mut Pen<'_>) -> Option<Position> {
    let (Some(looked), Some(target)) = (&exporting.looked, exporting.target()) else { return None };
    let told = told(looked, target);
    let columns = pen.width();
    let lines: Vec<(&str, Role)> = told
        .iter()
        .flat_map(|(words, role)| text::wrapped(words, columns).into_iter().map(|line| (line, *role)))
        .collect();
    let rows = usize::from(pen.height()).max(1);
    let fits = lines.len() <= rows;
    let room = if fits { rows } else { rows.saturating_sub(1).max(1) };
    let top = exporting.chosen.min(lines.len().saturating_sub(room));
    let is_last = top + room >= lines.len();
    for ((line, role), y) in lines.into_iter().skip(top).take(room).zip(0..) {
        pen.text(0, y, line, role);
    }
    if !fits && !is_last {
        pen.text(0, pen.height().saturating_sub(1), "j: more below", Role::Key);
    }
    None
}

fn told(looked: &Looked, target: &Target) -> Vec<(String, Role)> {
    let entries = if looked.count == 1 { "entry" } else { "entries" };
    let mut told = vec![(format!("{} {entries}, as {}, to", looked.count, target.title), Role::Title)];
    told.push((looked.path.display().to_string(), Role::Text));
    if looked.is_taken {
        let words = "! The file that is there is replaced, once the new one is whole.".to_owned();
        told.push((words, Role::Warning));
    }
    told.push((String::new(), Role::Text));
    if !target.is_encrypted() {
        told.push((
            "! It will hold every password readable to anyone who gets at it.".to_owned(),
            Role::Warning,
        ));
    }
    if let Some(program) = looked.synced_by {
        let words =
            format!("! The folder seems to be synced by {program}: what is there leaves this machine.");
        told.push((words, Role::Warning));
    }
    if looked.losses.is_empty() {
        told.push(("Nothing is lost: the format holds all of it.".to_owned(), Role::Good));
        return told;
    }
    told.push(("What the format cannot hold as it is:".to_owned(), Role::Label));
    for loss in looked.losses.all() {
        let names: Vec<&str> = loss.titles.iter().take(MOST_TITLES).map(String::as_str).collect();
        let more = if loss.count > MOST_TITLES as u64 { ", ..." } else { "" };
        told.push((format!("- {}: {} ({}{more})", loss.kind, loss.count, names.join(", ")), Role::Text));
    }
    told
}

fn done(exporting: &Exporting, pen: &mut Pen<'_>) {
    let (Some(written), Some(target)) = (&exporting.written, exporting.target()) else { return };
    let y = text::paragraph(pen, 0, 0, "Written, for you alone (mode 0600):", Role::Good);
    let mut y = text::paragraph(pen, 0, y, &written.path.display().to_string(), Role::Text) + 1;
    if !target.is_encrypted() {
        let words = "It holds every password readable: remove it once it has done its work.";
        y = text::paragraph(pen, 0, y, words, Role::Warning) + 1;
    }
    if !written.unreadable.is_empty() {
        let words =
            format!("! These values could not be opened and are missing: {}", written.unreadable.join(", "));
        text::paragraph(pen, 0, y, &words, Role::Problem);
    }
}
