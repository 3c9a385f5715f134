//! The fields of the chosen entry.

use ratatui::layout::Position;

use super::super::fields::{self, FieldValue, Shown};
use super::super::model::Model;
use super::super::model::open::{CodeState, Focus, Open, Subject};
use super::super::theme::Role;
use super::pen::{Pen, width};
use super::{at, text};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::Entry;
use crate::vault::entry::{State, UNREADABLE, Value};
use crate::vault::reminder::Reminders;

/// Columns of a label, at most.
const LABEL: u16 = 18;

/// Draws title, fields, times. Gives the place of the chosen field.
pub fn detail(model: &Model, open: &Open, pen: &mut Pen<'_>) -> Option<Position> {
    let entry = open.chosen()?;
    let mark = if entry.is_favourite() { "* " } else { "" };
    let x = pen.text(1, 0, mark, Role::Warning);
    let title = if entry.title().is_empty() { "(no title)" } else { entry.title() };
    let end = pen.text(x, 0, title, Role::Title);
    let kind = entry.kind().map_or(entry.kind_name(), |kind| kind.title);
    pen.text(end + 2, 0, if entry.state() == State::Trash { "in the trash" } else { kind }, Role::Dim);

    let fields = fields::of(&entry);
    let labels = fields.iter().map(|field| width(&field.label)).max().unwrap_or(0).min(LABEL);
    let label = labels.min(pen.width() / 3);
    let columns = pen.width().saturating_sub(label + 5);
    let focused = open.focus == Focus::Detail;
    let drawing = Drawing { model, open, entry: &entry, label, columns };
    let heights: Vec<u16> = fields
        .iter()
        .zip(0..)
        .map(|(field, at)| drawing.height(field, focused && at == open.field))
        .collect();
    let above = if pen.height() < 6 { 1 } else { 2 };
    let first = first_in_sight(&heights, open.field, pen.height().saturating_sub(above));
    let (mut y, mut cursor) = (above, None);
    for (number, field) in fields.iter().enumerate().skip(first) {
        let chosen = focused && number == open.field;
        drawing.field(field, chosen, pen, y);
        if chosen {
            cursor = at(pen, 0, y);
        }
        y += heights.get(number).copied().unwrap_or(1);
    }
    times(model, open, &entry, pen, y + 1);
    cursor
}

struct Drawing<'d> {
    model: &'d Model,
    open: &'d Open,
    entry: &'d Entry<'d>,
    label: u16,
    columns: u16,
}

impl Drawing<'_> {
    fn height(&self, field: &Shown<'_>, chosen: bool) -> u16 {
        let lines = match (&field.value, self.revealed(field)) {
            (_, Some(secret)) => text::broken(secret.expose_str().unwrap_or(UNREADABLE), self.columns).len(),
            (FieldValue::Plain(value), None) if chosen => text::broken(value, self.columns).len(),
            _ => 1,
        };
        u16::try_from(lines).unwrap_or(u16::MAX)
    }

    fn field(&self, field: &Shown<'_>, chosen: bool, pen: &mut Pen<'_>, y: u16) {
        if chosen {
            pen.text(0, y, ">", Role::Key);
        }
        pen.text_in(2, y, self.label, &field.label, if chosen { Role::Key } else { Role::Label });
        let x = self.label + 4;
        if let Some(secret) = self.revealed(field) {
            let lines = text::broken(secret.expose_str().unwrap_or(UNREADABLE), self.columns);
            for (line, y) in lines.into_iter().zip(y..pen.height()) {
                pen.text(x, y, line, Role::Secret);
            }
            return;
        }
        match &field.value {
            FieldValue::Plain(value) if chosen => {
                for (line, y) in text::broken(value, self.columns).into_iter().zip(y..pen.height()) {
                    pen.text(x, y, line, Role::Text);
                }
            }
            FieldValue::Plain(value) => {
                pen.text(x, y, value, Role::Text);
            }
            FieldValue::Otp(_) if self.has_code(field) => self.code(pen, x, y),
            FieldValue::Masked(Value::Unreadable) | FieldValue::Otp(Value::Unreadable) => {
                pen.text(x, y, UNREADABLE, Role::Problem);
            }
            FieldValue::Masked(_) | FieldValue::Otp(_) => {
                let mask = pen.signs().mask;
                pen.text(x, y, mask, Role::Dim);
            }
        }
    }

    fn revealed(&self, field: &Shown<'_>) -> Option<&Secret> {
        self.open.is_revealed(self.entry.id(), Subject::Field(field.which))
    }

    fn has_code(&self, field: &Shown<'_>) -> bool {
        let code = self.open.code.as_ref();
        code.is_some_and(|code| code.id == self.entry.id() && code.which == field.which)
    }

    /// The code in two halves, the seconds that it is good for, and the same as a bar.
    fn code(&self, pen: &mut Pen<'_>, x: u16, y: u16) {
        let Some(code) = &self.open.code else { return };
        match &code.state {
            CodeState::Running { text, until, period } => {
                let text = text.expose_str().unwrap_or_default();
                let (first, second) = text.split_at_checked(text.len().div_ceil(2)).unwrap_or((text, ""));
                let x = pen.text(x, y, first, Role::Secret);
                let x = pen.text(x + 1, y, second, Role::Secret);
                let left = until.millis_since(self.model.now).div_ceil(1000);
                let role = if left <= 5 { Role::Warning } else { Role::Dim };
                let x = pen.text(x + 2, y, &format!("{left:>2} s "), role);
                let full = (left * 10).div_ceil(u64::from(*period).max(1)).min(10);
                pen.bar(x, y, 10, u16::try_from(full).unwrap_or(10), role);
            }
            CodeState::Counted(counter) => {
                pen.text(x, y, &format!("by counter, at {counter}; t gives the next"), Role::Dim);
            }
            CodeState::Broken(error) => {
                pen.text(x, y, &format!("! {error}"), Role::Problem);
            }
            CodeState::Unreadable => {
                pen.text(x, y, UNREADABLE, Role::Problem);
            }
        }
    }
}

/// The first field to draw so that the chosen one is in sight.
pub(super) fn first_in_sight(heights: &[u16], chosen: usize, room: u16) -> usize {
    let mut first = chosen.min(heights.len());
    let mut used = heights.get(first).copied().unwrap_or(0);
    while let Some(height) = first.checked_sub(1).and_then(|before| heights.get(before)) {
        used = used.saturating_add(*height);
        if used > room {
            break;
        }
        first -= 1;
    }
    first
}

fn times(model: &Model, open: &Open, entry: &Entry<'_>, pen: &mut Pen<'_>, y: u16) {
    let mut words = format!("changed {}", day(entry.modified()));
    if entry.created() != entry.modified() {
        words += &format!(", made {}", day(entry.created()));
    }
    if let Some(used) = entry.last_used() {
        words += &format!(", used {}", day(used));
    }
    let old = entry.history().len();
    if old > 0 {
        words += &format!("; H: {old} older values");
    }
    let y = text::paragraph(pen, 2, y, &words, Role::Dim);
    let reminders = Reminders::of(&open.vault);
    if let Some((due, (interval, _))) = reminders.due(entry).zip(reminders.interval(entry)) {
        let (verb, role) = if model.now >= due { ("was", Role::Warning) } else { ("is", Role::Dim) };
        let words = format!("a new password {interval}; the next {verb} due on {}", day(due));
        text::paragraph(pen, 2, y, &words, role);
    }
}

/// The day of a moment, in UTC.
pub fn day(moment: Timestamp) -> String {
    moment.day()
}
