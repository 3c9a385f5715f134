//! The last two lines: what was done, what is in the clipboard, what the keys do here.

use ratatui::layout::Rect;

use super::super::action::Action;
use super::super::catalog::Facet;
use super::super::model::export::Step;
use super::super::model::{Layer, Model, Notice, Tone};
use super::super::theme::Role;
use super::pen::{Pen, width};
use super::text;
use crate::account::backup_codes;

/// A problem that is too long for its line, in as many as it takes above that.
pub fn problem(model: &Model, pen: &mut Pen<'_>) {
    let Some(notice) = model.notice.as_ref().filter(|notice| notice.tone == Tone::Problem) else { return };
    let lines = text::wrapped(&notice.text, pen.width().saturating_sub(4));
    if fits(notice, pen.width(), model) {
        return;
    }
    let rows = u16::try_from(lines.len() + 1).unwrap_or(u16::MAX).min(pen.height());
    let area = pen.area();
    let mut pen = pen.within(Rect { y: area.bottom() - rows, height: rows, ..area });
    let sign = pen.signs().horizontal;
    pen.clear();
    pen.line(0, sign, Role::Border);
    pen.text(1, 1, "!", Role::Problem);
    for (line, y) in lines.into_iter().zip(1..) {
        pen.text(3, y, line, Role::Problem);
    }
}

/// Whether the status line has room for all of it, and for what else is to be said there.
fn fits(notice: &Notice, columns: u16, model: &Model) -> bool {
    let rest = if model.copied.is_some() { 34 } else { 16 };
    width(&notice.text) + rest < columns
}

/// What was done, and what is in the clipboard.
pub fn status(model: &Model, pen: &mut Pen<'_>) {
    let mut end = pen.width().saturating_sub(1);
    if let Some(copied) = &model.copied {
        let left = copied.deadline.millis_since(model.now).div_ceil(1000);
        let words =
            if pen.width() >= 60 { format!("[{}: {left} s]", copied.backend) } else { format!("[{left} s]") };
        end = pen.text_to(end, 0, &words, Role::Warning).saturating_sub(1);
    }
    if let Some(open) = model.open() {
        let words = match (&open.saving.failed, open.saving.running) {
            (Some(_), None) => "! NOT SAVED",
            (_, Some(_)) => "saving",
            _ => "",
        };
        let role = if open.saving.failed.is_some() { Role::Problem } else { Role::Dim };
        end = pen.text_to(end, 0, words, role).saturating_sub(1);
    }
    let keys: Vec<String> = model.begun.iter().map(ToString::to_string).collect();
    if !keys.is_empty() {
        // Only the start of a sequence of the table gets here, never what is typed into a text.
        pen.text_in(1, 0, end.saturating_sub(1), &format!("{} ...", keys.join(" ")), Role::Dim);
    } else if let Some(notice) = &model.notice {
        if notice.tone == Tone::Problem && !fits(notice, pen.width(), model) {
            return;
        }
        let x = if notice.tone == Tone::Problem { pen.text(1, 0, "! ", Role::Problem) } else { 1 };
        let role = if notice.tone == Tone::Problem { Role::Problem } else { Role::Good };
        pen.text_in(x, 0, end.saturating_sub(x), &notice.text, role);
    } else if let Some(copied) = &model.copied {
        pen.text_in(1, 0, end.saturating_sub(1), &format!("Copied: {}", copied.what), Role::Text);
    }
}

/// What the keys do here, as many as fit, and always how to see the others.
pub fn hints(model: &Model, pen: &mut Pen<'_>) {
    let contexts = model.contexts();
    let help = model.keymap.keys_for(contexts, Action::Help);
    let wide = width(&help) + 1 + width(Action::Help.word());
    let end = pen.width().saturating_sub(1);
    let start = end.saturating_sub(wide);
    let x = pen.text(start, 0, &help, Role::Key);
    pen.text(x + 1, 0, Action::Help.word(), Role::Dim);
    let mut said = vec![Action::Help];
    let mut x = 1;
    for binding in contexts.iter().flat_map(|context| model.keymap.of(*context)) {
        let action = binding.action;
        if action.word().is_empty() || said.contains(&action) || !is_of_use(model, action) {
            continue;
        }
        said.push(action);
        let keys = binding.keys_named();
        let next = x + width(&keys) + 1 + width(action.word()) + 2;
        if next > start {
            break;
        }
        let after = pen.text(x, 0, &keys, Role::Key);
        pen.text(after + 1, 0, action.word(), Role::Dim);
        x = next;
    }
}

/// Whether an action is worth a place in the footer as things are.
fn is_of_use(model: &Model, action: Action) -> bool {
    let Some(open) = model.open() else { return action != Action::Lock && action != Action::Generate };
    let in_trash = *open.catalog.facet() == Facet::Trash;
    if let Some(Layer::Import(importing)) = model.layers.last() {
        return match action {
            Action::Update | Action::KeepBoth | Action::LeaveIt => importing.rows.counts.updated > 0,
            Action::TakeOut => importing.rows.counts.restored > 0,
            Action::RemoveFile => importing.done.is_some_and(|done| done.is_removable),
            Action::Lock | Action::Generate => false,
            _ => true,
        };
    }
    if let Some(Layer::Export(exporting)) = model.layers.last() {
        return match action {
            Action::Toggle => exporting.step == Step::Entries,
            Action::Lock | Action::Generate => false,
            _ => true,
        };
    }
    match action {
        Action::CopyCode => open.code.is_some(),
        Action::BackupCodes if model.layers.is_empty() => {
            open.chosen().is_some_and(|entry| backup_codes::tally(&entry).total > 0)
        }
        Action::Restore => in_trash,
        Action::MergeCopies => open.conflicts > 0,
        Action::Trash => !in_trash,
        Action::CopyMain
        | Action::OpenDetail
        | Action::Edit
        | Action::History
        | Action::Forgot
        | Action::PickField => !open.hits.is_empty(),
        _ => true,
    }
}
