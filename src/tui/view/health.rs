//! The audit: its score, how many findings of each kind, the findings, and what to do about the chosen one.

use ratatui::layout::{Position, Rect};

use super::super::model::Model;
use super::super::model::health::{Health, State};
use super::super::theme::Role;
use super::pen::{Pen, width};
use super::{at, dialog, text};
use crate::audit::{Audit, Finding, Kind, name_of};
use crate::report::sentence;

/// Columns of the kinds.
const KIND: u16 = 10;
/// Columns of a bar, at most.
const BAR: u16 = 20;
/// Columns of a name where the particulars stand beside it.
const NAME: u16 = 28;
/// From this many columns on they do.
const WIDE: u16 = 76;
/// Lines for the chosen finding.
const BELOW: u16 = 5;

/// Draws it all, as much as there is room for. Gives the cursor's place.
pub fn health(model: &Model, health: &Health, pen: &mut Pen<'_>) -> Option<Position> {
    let area = pen.area();
    let (inner, _) = dialog(pen, area.width.min(110), area.height, "Audit");
    let mut pen = pen.within(inner);
    let pen = &mut pen;
    match &health.state {
        State::Running(done, of) => {
            let percent = if *of == 0 { 0 } else { done * 100 / of };
            pen.bar(0, 1, BAR, part(*done, *of, BAR), Role::Good);
            pen.text(BAR + 2, 1, &format!("{percent} %"), Role::Text);
            pen.text(0, 0, "Looking at every entry", Role::Text);
            None
        }
        State::Failed(why) => {
            pen.text(0, 0, "!", Role::Problem);
            text::paragraph(pen, 2, 0, why, Role::Problem);
            None
        }
        State::Done(audit) => done(model, health, audit, pen),
    }
}

fn done(model: &Model, health: &Health, audit: &Audit, pen: &mut Pen<'_>) -> Option<Position> {
    let y = summary(audit, pen);
    let lines = health.lines();
    let below = if pen.height() >= y + BELOW + 3 { BELOW } else { 2.min(pen.height() / 3) };
    let room = pen.height().saturating_sub(y + below);
    let top = (health.chosen + 1).saturating_sub(usize::from(room));
    let mut cursor = None;
    for ((number, finding), y) in lines.iter().enumerate().skip(top).take(usize::from(room)).zip(y..) {
        let is_chosen = number == health.chosen;
        if is_chosen {
            cursor = at(pen, 0, y);
        }
        line(model, finding, is_chosen, pen, y);
    }
    let area = pen.area();
    let panel = Rect { y: area.bottom().saturating_sub(below), height: below, ..area };
    let mut panel = pen.within(panel);
    if let Some(reason) = &health.reason {
        panel.text(0, 0, "Why is it to be ignored?", Role::Label);
        panel.text(0, 1, ">", Role::Key);
        return text::field(&mut panel, 2, 1, reason, Role::Field);
    }
    match health.chosen() {
        Some(finding) => particulars(finding, &mut panel),
        None => {
            panel.text(0, 0, "Nothing is wrong.", Role::Good);
        }
    }
    cursor
}

/// Score, and a bar or a number for each kind that was found. Gives the row behind it.
fn summary(audit: &Audit, pen: &mut Pen<'_>) -> u16 {
    let score = audit.score();
    let role = match score {
        0..50 => Role::Problem,
        50..80 => Role::Warning,
        _ => Role::Good,
    };
    let wide = BAR.min(pen.width().saturating_sub(KIND + 12));
    pen.text(0, 0, "Score", Role::Title);
    let full = part(score as usize, 100, wide);
    let x = pen.bar(KIND, 0, wide, full, role);
    pen.text(x + 1, 0, &format!("{score} of 100"), role);
    let found: Vec<(Kind, usize)> =
        Kind::ALL.into_iter().map(|kind| (kind, audit.count(kind))).filter(|(_, count)| *count > 0).collect();
    let rows = u16::try_from(found.len()).unwrap_or(u16::MAX);
    if pen.height() >= rows + BELOW + 8 {
        for ((kind, count), y) in found.iter().zip(1..) {
            pen.text(0, y, kind.name(), Role::Label);
            let x = pen.bar(KIND, y, wide, part(*count, audit.entries, wide), Role::Text);
            pen.text(x + 1, y, &count.to_string(), Role::Text);
        }
        return rows + 2;
    }
    let words: Vec<String> = found.iter().map(|(kind, count)| format!("{} {count}", kind.name())).collect();
    text::paragraph_in(pen, 0, 1, &words.join(", "), Role::Dim) + u16::from(pen.height() > 14)
}

fn line(model: &Model, finding: &Finding, is_chosen: bool, pen: &mut Pen<'_>, y: u16) {
    if is_chosen {
        pen.text(0, y, ">", Role::Key);
    }
    let entry = model.open().and_then(|open| open.vault.entry(finding.id));
    let name = entry.map(|entry| name_of(&entry)).unwrap_or_default();
    let (kind, role) = match (&finding.ignored, is_chosen) {
        (Some(_), _) => ("ignored", Role::Dim),
        (None, true) => (finding.kind.name(), Role::Title),
        (None, false) => (finding.kind.name(), Role::Text),
    };
    pen.text_in(2, y, KIND, kind, if finding.ignored.is_some() { Role::Dim } else { Role::Label });
    let x = KIND + 3;
    if pen.width() < WIDE {
        pen.text(x, y, &name, role);
        return;
    }
    pen.text_in(x, y, NAME, &name, role);
    pen.text(x + NAME.max(width(&name).min(NAME)) + 2, y, &finding.detail, Role::Dim);
}

/// What was found, and what to do about it.
fn particulars(finding: &Finding, pen: &mut Pen<'_>) {
    let said = sentence(&finding.detail);
    let y = text::paragraph_in(pen, 0, 1.min(pen.height().saturating_sub(2)), &said, Role::Text);
    let advice = match &finding.ignored {
        Some(reason) => format!("Ignored: {reason}"),
        None => finding.kind.advice().to_owned(),
    };
    text::paragraph_in(pen, 0, y, &advice, Role::Label);
}

/// Columns of a part; something of it shows where there is something.
fn part(part: usize, of: usize, columns: u16) -> u16 {
    let wide = usize::from(columns);
    let full = (part * wide).div_ceil(of.max(1)).min(wide);
    let full = if part < of { full.min(wide.saturating_sub(1)) } else { full };
    u16::try_from(full).unwrap_or(columns)
}
