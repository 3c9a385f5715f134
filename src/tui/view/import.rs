//! The questions of an import, what would come of it, how far it is, and what came of it. No value of an entry is
//! drawn here: a title and a user name say which it is.

use ratatui::layout::{Position, Rect};

use super::super::model::Model;
use super::super::model::import::{Choices, Counts, Importing, Origin, Step};
use super::super::model::run::Working;
use super::super::theme::Role;
use super::entrance::{problem, working};
use super::pen::{Pen, width};
use super::{at, dialog, text};
use crate::report::sentence;
use crate::session::{Choice, ImportedRow, Status};

const COLUMNS: u16 = 66;
/// Columns of what becomes of a row.
const STATUS: u16 = 9;
/// Lines for the chosen row.
const BELOW: u16 = 4;
/// Columns of a bar, at most.
const BAR: u16 = 40;

/// Draws it all, as much as there is room for. Gives the cursor's place.
pub fn import(model: &Model, importing: &Importing, pen: &mut Pen<'_>) -> Option<Position> {
    let area = pen.area();
    let is_list = matches!(importing.step, Step::Preview | Step::Done) && importing.run.is_none();
    let (columns, rows) = if is_list { (area.width.min(110), area.height) } else { (COLUMNS, 13) };
    let title = match importing.step {
        Step::Preview if is_list => "Import: what would come of it",
        Step::Done if is_list => "Import: done",
        _ => "Import",
    };
    let (inner, _) = dialog(pen, columns, rows, title);
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    if let Some(doing) = &importing.run {
        let what = match importing.step {
            Step::Preview => "Importing",
            Step::Done => "Overwriting",
            _ => "Reading",
        };
        progress(model, doing, what, "Nothing is changed before the end: Esc cancels.", pen);
        return None;
    }
    match importing.step {
        Step::File | Step::Password | Step::KeyFile => question(importing, pen),
        Step::Repair(number) => repair(importing, number, pen),
        Step::Preview | Step::Done => list(importing, pen),
    }
}

/// How far a work is: a bar and a percentage where that is known, else for how long it takes already.
pub(super) fn progress(model: &Model, doing: &Working, what: &str, calm: &str, pen: &mut Pen<'_>) {
    working(model, doing.since, what, pen, 0);
    let mut y = 1;
    if let Some(of) = doing.of.filter(|of| *of > 0) {
        let done = doing.done.min(of);
        let wide = BAR.min(pen.width().saturating_sub(8));
        let full = u16::try_from(done * usize::from(wide) / of).unwrap_or(wide);
        let x = pen.bar(0, y, wide, full, Role::Good);
        pen.text(x + 1, y, &format!("{} %", done * 100 / of), Role::Text);
        y += 1;
    } else if doing.done > 0 {
        pen.text(0, y, &format!("{} so far", doing.done), Role::Text);
        y += 1;
    }
    text::paragraph(pen, 0, y + 1, calm, Role::Dim);
}

fn question(importing: &Importing, pen: &mut Pen<'_>) -> Option<Position> {
    let words = match importing.step {
        Step::File => {
            "Which file? What another password manager or a browser exported, a KeePass database, or another vault. It is \
             told by its content, and only read."
                .to_owned()
        }
        _ => {
            let origin = importing.plan.as_ref().map_or("file", |plan| plan.origin.title());
            let demand = importing.demand.as_ref().map(|demand| format!(" {}.", sentence(demand)));
            format!("This is encrypted ({origin}).{} Its password:", demand.unwrap_or_default())
        }
    };
    let short = if importing.step == Step::File { "Which file?" } else { "Its password:" };
    let y = asked(pen, &words, short, importing.problem.is_some());
    if importing.step == Step::File {
        pen.text(0, y, ">", Role::Key);
        problem(pen, y + 2, importing.problem.as_deref());
        return text::field(pen, 2, y, &importing.path, Role::Field);
    }
    let is_password = importing.step == Step::Password;
    pen.text(0, y, if is_password { ">" } else { "" }, Role::Key);
    let password = text::masked(pen, 2, y, &importing.password);
    let mut below = y + 2;
    let mut key_file = None;
    if importing.takes_key_file() {
        pen.text(2, y + 1, "Key file, if it has one (Tab):", Role::Label);
        pen.text(0, y + 2, if is_password { "" } else { ">" }, Role::Key);
        key_file = text::field(pen, 2, y + 2, &importing.key_file, Role::Field);
        below = y + 4;
    }
    problem(pen, below, importing.problem.as_deref());
    if is_password { password } else { key_file }
}

/// Draws a question: all of it, or in short where there is little room, or nothing where what is wrong is to be said
/// there. Gives the row for the answer.
pub(super) fn asked(pen: &mut Pen<'_>, words: &str, short: &str, is_wrong: bool) -> u16 {
    let height = pen.height();
    let lines = text::wrapped(words, pen.width()).len();
    let words = match usize::from(height) {
        room if room >= lines + 2 + if is_wrong { 4 } else { 0 } => words,
        room if room >= 3 && !is_wrong => short,
        _ => return 0,
    };
    let y = text::paragraph(pen, 0, 0, words, Role::Text);
    y + u16::from(height > y + 2)
}

/// What looks damaged in one way, with what it would become.
fn repair(importing: &Importing, number: usize, pen: &mut Pen<'_>) -> Option<Position> {
    let (damage, finding) = importing.findings.get(number)?;
    let values = if finding.count == 1 { "value looks" } else { "values look" };
    let words = format!("{} {values} {damage}. Repair?", finding.count);
    let mut y = text::paragraph(pen, 0, 0, &words, Role::Title);
    let last = pen.height().saturating_sub(1);
    for example in &finding.examples {
        if y + 1 >= last {
            break;
        }
        let [is, would_be] = &example.values;
        pen.text(1, y, &format!("{}, {}", example.place, example.field), Role::Dim);
        pen.text(3, y + 1, &format!("{is} -> {would_be}"), Role::Text);
        y += 2;
    }
    let x = pen.text(0, last, "y", Role::Key);
    let x = pen.text(x, last, " repair   ", Role::Text);
    let x = pen.text(x, last, "n", Role::Key);
    pen.text(x, last, " leave as it is", Role::Text);
    None
}

/// The rows, what of each becomes, and more about the chosen one.
fn list(importing: &Importing, pen: &mut Pen<'_>) -> Option<Position> {
    let is_done = importing.step == Step::Done;
    let mut y = 0;
    if pen.height() > 8 && !is_done {
        y = heading(importing, pen, y);
    }
    y = text::paragraph(pen, 0, y, &counts_in_words(importing.rows.counts, is_done), Role::Title);
    if let Some(problem) = &importing.problem {
        pen.text(0, y, "!", Role::Problem);
        y = text::paragraph(pen, 2, y, problem, Role::Problem);
    } else if let Some(advice) = advice(importing).filter(|_| pen.height() > 8) {
        y = text::paragraph(pen, 0, y, &advice, Role::Label);
    }
    y += u16::from(pen.height() > 14);
    let below = if pen.height() >= y + BELOW + 3 { BELOW } else { pen.height() / 4 };
    let room = pen.height().saturating_sub(y + below);
    let top = (importing.chosen + 1).saturating_sub(usize::from(room));
    let mut cursor = None;
    for (line, y) in (top..).take(usize::from(room)).zip(y..) {
        let Some((number, row)) = importing.rows.line(line) else { break };
        let is_chosen = line == importing.chosen;
        if is_chosen {
            cursor = at(pen, 0, y);
        }
        let status = status(row, number, (!is_done).then_some(&importing.choices));
        draw(row, status, is_chosen, pen, y);
    }
    let area = pen.area();
    let panel = Rect { y: area.bottom().saturating_sub(below), height: below, ..area };
    if let Some((_, row)) = importing.rows.line(importing.chosen) {
        particulars(row, &mut pen.within(panel));
    }
    cursor
}

/// The file, what it is, and what was done to read it.
fn heading(importing: &Importing, pen: &mut Pen<'_>, y: u16) -> u16 {
    let Some(plan) = &importing.plan else { return y };
    let mut words = format!("{}: {}", plan.file.name(), plan.origin.title());
    if matches!(plan.origin, Origin::Format(_)) {
        words += " (f: it is another)";
    }
    let mut y = text::paragraph(pen, 0, y, &words, Role::Text);
    for conversion in plan.file.conversions() {
        y = text::paragraph(pen, 0, y, &format!("{}.", sentence(&conversion.to_string())), Role::Dim);
    }
    y
}

fn counts_in_words(counts: Counts, is_done: bool) -> String {
    let Counts { added, known, updated, left, restored, trashed, skipped } = counts;
    let all: &[(usize, &str)] = if is_done {
        &[
            (added, "added"),
            (updated, "updated"),
            (left, "left as they are"),
            (restored, "taken out of the trash"),
            (trashed, "left in the trash"),
            (known - trashed, "were there"),
            (skipped, "could not be read"),
        ]
    } else {
        &[
            (added, "new"),
            (updated, "differ from the vault's"),
            (restored, "in the trash"),
            (known, "already there"),
            (skipped, "cannot be read"),
        ]
    };
    let some: Vec<String> =
        all.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if some.is_empty() { "There is no entry in it.".to_owned() } else { some.join(", ") + "." }
}

/// What can be done now.
fn advice(importing: &Importing) -> Option<String> {
    let counts = importing.rows.counts;
    match (importing.step, importing.done) {
        (Step::Preview, _) if counts.updated + counts.restored > 0 => {
            let mut words = Vec::new();
            if counts.updated > 0 {
                words.push(
                    "Of those that differ: u updates, b keeps both, s leaves the vault's. U, B, S: all of them.",
                );
            }
            if counts.restored > 0 {
                words.push("Of those in the trash: t takes it out, T all of them.");
            }
            Some(words.join(" "))
        }
        (Step::Done, Some(done)) => {
            let mut words = String::new();
            if done.edit.is_some() {
                words += "One undo (z in the list) takes all of it back. ";
            }
            let name = importing.plan.as_ref().map(|plan| plan.file.name()).unwrap_or_default();
            if done.is_removable {
                words += &format!("{name} still holds every password readable: x overwrites and removes it.");
            } else if counts.skipped + counts.left + counts.trashed > 0 {
                words += &format!("Not all of {name} is in the vault: keep the file.");
            }
            Some(words).filter(|words| !words.is_empty())
        }
        _ => None,
    }
}

fn draw(row: &ImportedRow, status: (&str, Role), is_chosen: bool, pen: &mut Pen<'_>, y: u16) {
    if is_chosen {
        pen.text(0, y, ">", Role::Key);
    }
    pen.text_in(2, y, STATUS, status.0, status.1);
    let name = match (row.title.as_str(), row.username.as_str()) {
        ("", "") => row.place.to_string(),
        (title, "") => title.to_owned(),
        (title, username) => format!("{title}/{username}"),
    };
    let name_role = if is_chosen { Role::Title } else { Role::Text };
    let end = pen.text(STATUS + 3, y, &name, name_role);
    let said = remarks(row).first().cloned().unwrap_or_default();
    let room = pen.width().saturating_sub(end + 2);
    if room >= 12.min(width(&said)) {
        pen.text_in(end + 2, y, room, &said, Role::Dim);
    }
}

/// What becomes of a row by these choices, or, without them, what became of it.
fn status(row: &ImportedRow, number: usize, choices: Option<&Choices>) -> (&'static str, Role) {
    let takes_out = choices.is_none_or(|choices| choices.restored.contains(&number));
    match (&row.status, choices.map(|choices| choices.of(number))) {
        (Status::Added, Some(_)) => ("new", Role::Good),
        (Status::Added, None) => ("added", Role::Good),
        (Status::Known | Status::NoEntry, _) => ("there", Role::Dim),
        (Status::Restored, Some(_)) if takes_out => ("take out", Role::Warning),
        (Status::Restored, None) => ("taken out", Role::Good),
        (Status::Restored | Status::Trashed, _) => ("in trash", Role::Warning),
        (Status::Updated(_), Some(Choice::Update)) => ("update", Role::Warning),
        (Status::Updated(_), Some(Choice::Both)) => ("keep both", Role::Warning),
        (Status::Updated(_), Some(Choice::Skip)) => ("leave", Role::Warning),
        (Status::Updated(_), None) => ("updated", Role::Good),
        (Status::Left(_), _) => ("left", Role::Warning),
        (Status::Skipped(_), _) => ("! bad row", Role::Problem),
    }
}

/// What is to be said of a row.
fn remarks(row: &ImportedRow) -> Vec<String> {
    let of_status = match &row.status {
        Status::Skipped(reason) => Some(reason.to_string()),
        Status::Updated(fields) | Status::Left(fields) => Some(format!("differs: {}", fields.join(", "))),
        _ => None,
    };
    of_status.into_iter().chain(row.remarks.iter().map(ToString::to_string)).collect()
}

/// All that is to be said of the chosen row.
fn particulars(row: &ImportedRow, pen: &mut Pen<'_>) {
    let place = sentence(&row.place.to_string());
    let said = remarks(row);
    let words = if said.is_empty() { place } else { format!("{place}: {}", said.join("; ")) };
    text::paragraph(pen, 0, u16::from(pen.height() > 2), &words, Role::Label);
}
