//! The page "I forgot", back-up codes, and pasting them.

use ratatui::layout::Position;

use super::super::fields::Which;
use super::super::model::Model;
use super::super::model::account::{Codes, Content, Forgot, Leads, Line, Paste};
use super::super::model::open::{Open, Subject};
use super::super::theme::Role;
use super::pen::{Pen, width};
use super::{at, dialog, text};
use crate::account::{backup_codes, name, spelling};
use crate::secret::Secret;
use crate::vault::entry::UNREADABLE;

/// Columns of a label, at most.
const LABEL: u16 = 24;
/// Columns between the words of a spelled text.
const GAP: u16 = 2;

/// All that helps to get back into an account. Gives the place of the chosen line.
pub fn forgot(model: &Model, forgot: &Forgot, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let lines = forgot.lines(open, &model.known.sites);
    let area = pen.area();
    let (inner, _) = dialog(pen, area.width.min(96), area.height, "I forgot");
    let mut pen = pen.within(inner);
    let labels = lines.iter().map(|line| width(&line.label)).max().unwrap_or(0).min(LABEL);
    let page = Page { open, label: labels.min(pen.width() * 2 / 5), columns: pen.width() };
    let heights: Vec<u16> = lines.iter().map(|line| page.height(line)).collect();
    let chosen = forgot.chosen.min(lines.len().saturating_sub(1));
    let (mut y, mut cursor) = (0, None);
    let first = super::detail::first_in_sight(&heights, chosen, pen.height());
    for (number, line) in lines.iter().enumerate().skip(first) {
        if y >= pen.height() {
            break;
        }
        if number == chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        page.line(line, number == chosen, &mut pen, y);
        y += heights.get(number).copied().unwrap_or(1);
    }
    cursor
}

struct Page<'p> {
    open: &'p Open,
    label: u16,
    columns: u16,
}

impl Page<'_> {
    /// Where values start.
    fn value(&self) -> u16 {
        self.label + 4
    }

    fn room(&self) -> u16 {
        self.columns.saturating_sub(self.value())
    }

    fn height(&self, line: &Line) -> u16 {
        let lines = match &line.content {
            Content::Title(_) => 1,
            Content::Fact(words) => text::broken(words, self.room()).len(),
            Content::Step(_, words) => text::wrapped(words, self.columns.saturating_sub(6)).len(),
            Content::Remark(words) => text::wrapped(words, self.columns.saturating_sub(2)).len(),
            Content::Secret(subject) => match self.open.is_revealed(line.id, *subject) {
                None => 1,
                Some(secret) => {
                    let value = text::broken(plain(secret), self.room()).len();
                    value + usize::from(spell(&mut None, plain(secret), 2, 0, self.columns))
                }
            },
        };
        u16::try_from(lines).unwrap_or(u16::MAX)
    }

    fn line(&self, line: &Line, chosen: bool, pen: &mut Pen<'_>, y: u16) {
        let role = if chosen { Role::Key } else { Role::Label };
        pen.text_in(2, y, self.label, &line.label, role);
        match &line.content {
            Content::Title(words) => {
                pen.text(2, y, words, Role::Title);
            }
            Content::Fact(words) => {
                let end = self.lines(pen, y, text::broken(words, self.room()), Role::Text);
                if chosen && !matches!(line.leads, Leads::Nowhere | Leads::Clipboard) {
                    pen.text(end + 1, y, ">", Role::Key);
                }
            }
            Content::Step(number, words) => {
                pen.text(2, y, &format!("{number}."), Role::Key);
                let mut y = y;
                for line in text::wrapped(words, self.columns.saturating_sub(6)) {
                    pen.text(6, y, line, Role::Text);
                    y = y.saturating_add(1);
                }
            }
            Content::Remark(words) => {
                text::paragraph(pen, 2, y, words, Role::Dim);
            }
            Content::Secret(subject) => match self.open.is_revealed(line.id, *subject) {
                None => {
                    let mask = pen.signs().mask;
                    pen.text(self.value(), y, mask, Role::Dim);
                }
                Some(secret) => {
                    let lines = text::broken(plain(secret), self.room());
                    let below = y.saturating_add(u16::try_from(lines.len()).unwrap_or(u16::MAX));
                    self.lines(pen, y, lines, Role::Secret);
                    spell(&mut Some(pen), plain(secret), 2, below, self.columns);
                }
            },
        }
    }

    fn lines(&self, pen: &mut Pen<'_>, y: u16, lines: Vec<&str>, role: Role) -> u16 {
        let mut end = self.value();
        for (line, y) in lines.into_iter().zip(y..pen.height().max(y)) {
            end = pen.text(self.value(), y, line, role);
        }
        end
    }
}

fn plain(secret: &Secret) -> &str {
    secret.expose_str().unwrap_or(UNREADABLE)
}

/// Spells a text for reading it out, if there is a pen, and gives how many lines that takes. The words are
/// fixed ones: no copy of the text is made.
fn spell(pen: &mut Option<&mut Pen<'_>>, text: &str, x: u16, y: u16, columns: u16) -> u16 {
    let (mut at, mut row) = (x, 0_u16);
    for ((start, letter), spelled) in text.char_indices().zip(spelling::spelled(text)) {
        let alone = text.get(start..start + letter.len_utf8()).unwrap_or_default();
        let words = if spelled.word.is_empty() { alone } else { spelled.word };
        let capital = if spelled.is_capital { "capital " } else { "" };
        let wide = width(words) + width(capital);
        if at > x && at.saturating_add(wide) > columns {
            (at, row) = (x, row.saturating_add(1));
        }
        if let Some(pen) = pen {
            let place = pen.text(at, y.saturating_add(row), capital, Role::Dim);
            pen.text(place, y.saturating_add(row), words, Role::Secret);
        }
        at = at.saturating_add(wide + GAP);
    }
    if text.is_empty() { 0 } else { row + 1 }
}

/// The back-up codes of an account, with those that are used marked.
pub fn codes(model: &Model, codes: &Codes, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let entry = open.vault.entry(codes.id)?;
    let all = backup_codes::of(&entry);
    let tally = backup_codes::tally(&entry);
    let rows = u16::try_from(all.len()).unwrap_or(u16::MAX).saturating_add(3);
    let title = format!("Back-up codes of {}", name(&entry));
    let (inner, _) = dialog(pen, 58, rows, &title);
    let mut pen = pen.within(inner);
    if all.is_empty() {
        text::paragraph(&mut pen, 0, 0, "There are none yet. a adds those that the site shows.", Role::Text);
        return None;
    }
    let role = if tally.is_low() { Role::Warning } else { Role::Dim };
    let end = pen.text(0, 0, &tally.words(), role);
    if tally.is_low() {
        pen.text(end, 0, ": make new ones at the site, a adds them", role);
    }
    let room = usize::from(pen.height().saturating_sub(1)).max(1);
    let chosen = codes.chosen.min(all.len() - 1);
    let top = (chosen + 1).saturating_sub(room);
    let mut cursor = None;
    for ((number, code), y) in all.iter().enumerate().skip(top).take(room).zip(1..) {
        if number == chosen {
            pen.text(0, y, ">", Role::Key);
            cursor = at(&pen, 0, y);
        }
        pen.text(2, y, if code.is_used { "[x]" } else { "[ ]" }, Role::Text);
        pen.text_to(11, y, &code.number.to_string(), Role::Label);
        let subject = Subject::Field(Which::Custom(code.field));
        let end = match open.is_revealed(codes.id, subject) {
            Some(secret) => pen.text(13, y, plain(secret), Role::Secret),
            None => {
                let mask = pen.signs().mask;
                pen.text(13, y, mask, Role::Dim)
            }
        };
        pen.text(end + 2, y, if code.is_used { "used" } else { "" }, Role::Dim);
    }
    cursor
}

/// Codes that are being pasted.
pub fn paste(model: &Model, paste: &Paste, pen: &mut Pen<'_>) -> Option<Position> {
    let open = model.open()?;
    let entry = open.vault.entry(paste.id)?;
    let area = pen.area();
    let (inner, _) = dialog(pen, 64, area.height, &format!("Back-up codes of {}", name(&entry)));
    let mut pen = pen.within(inner);
    let words = "Paste them as the site shows them, then Ctrl-S.";
    let y = text::paragraph(&mut pen, 0, 0, words, Role::Dim);
    let (codes, left_out) = paste.counted;
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let mut counted = count(codes, "code");
    if left_out > 0 {
        counted += &format!("; no code in {}", count(left_out, "line"));
    }
    pen.text(0, y, &counted, Role::Title);
    let there = backup_codes::tally(&entry).total;
    let mut y = y + 1;
    if there > 0 {
        let mark = if paste.replaces { "[x]" } else { "[ ]" };
        pen.text(0, y, &format!("Tab {mark} in the place of the {there} there are"), Role::Text);
        y += 1;
    }
    let room = usize::from(pen.height().saturating_sub(y)).max(1);
    if paste.shown_until.is_none() {
        let mask = if paste.text.is_empty() { "" } else { pen.signs().mask };
        let end = pen.text(0, y, mask, Role::Dim);
        return at(&pen, end, y);
    }
    let (line, column) = paste.text.position();
    let top = (line + 1).saturating_sub(room);
    let skip = (column + 1).saturating_sub(usize::from(pen.width()).max(1));
    for (words, y) in paste.text.text().split('\n').skip(top).take(room).zip(y..) {
        pen.text_from(0, y, skip, words, Role::Secret);
    }
    let row = u16::try_from(line - top).unwrap_or(u16::MAX);
    at(&pen, u16::try_from(column - skip).unwrap_or(u16::MAX), y.saturating_add(row))
}
