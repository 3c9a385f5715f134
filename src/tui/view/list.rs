//! The search box and the list.

use ratatui::layout::{Position, Rect};

use super::super::catalog::Facet;
use super::super::fields;
use super::super::model::Model;
use super::super::model::open::{Focus, Open};
use super::super::theme::Role;
use super::pen::Pen;
use super::{at, text};
use crate::search::How;
use crate::vault::Entry;

/// What is typed, and how many entries it finds.
pub fn search(model: &Model, open: &Open, pen: &mut Pen<'_>) -> Option<Position> {
    let (found, all) = (open.hits.len(), open.catalog.len());
    let facet = open.catalog.facet();
    let count = match (open.query.is_empty(), open.hits.how()) {
        (true, _) => format!("{all}"),
        (false, How::Fuzzy) if found > 0 => format!("{found} of {all}, none exact"),
        (false, _) => format!("{found} of {all}"),
    };
    let end = pen.width().saturating_sub(1);
    let half = pen.width() / 2;
    let before = if *facet == Facet::All { model.name.clone() } else { format!("[{}]", facet.title()) };
    let mut start = pen.text_to(end, 0, &count, Role::Dim);
    let room = half.saturating_sub(end - start + 2);
    if room >= 8 {
        let wide = super::pen::width(&before).min(room);
        let shown = start.saturating_sub(wide + 2);
        // Which entries these are matters more than which vault it is.
        if *facet != Facet::All || wide == super::pen::width(&before) {
            pen.text_in(shown, 0, wide, &before, Role::Dim);
            start = shown;
        }
    }
    let focused = open.focus == Focus::Search;
    pen.text(1, 0, "/", if focused { Role::Key } else { Role::Dim });
    let area = pen.area();
    let room = Rect { width: start.saturating_sub(1), ..area };
    let mut pen = pen.within(room);
    if open.query.is_empty() && !focused {
        pen.text(3, 0, "to search", Role::Dim);
    }
    text::field(&mut pen, 3, 0, &open.query, if focused { Role::Title } else { Role::Text })
}

/// The lines in sight. Gives the place of the chosen one.
pub fn list(open: &Open, pen: &mut Pen<'_>) -> Option<Position> {
    if open.hits.is_empty() {
        let words = match (open.catalog.is_empty(), open.catalog.facet()) {
            (true, Facet::All) => "Nothing here yet. Esc, then a adds an entry.",
            (true, _) => "Nothing here. Esc shows all entries.",
            (false, _) => "Nothing found. Every word must be in title, user, URL, folder or tag.",
        };
        text::paragraph(pen, 1, 0, words, Role::Dim);
        return None;
    }
    for y in 0..pen.height() {
        let rank = open.top + usize::from(y);
        let Some(entry) = open.line(rank) else { break };
        line(&entry, rank == open.chosen, pen, y);
        if rank == open.chosen {
            pen.style_row(y, if open.focus == Focus::Detail { Role::Marked } else { Role::Chosen });
        }
    }
    let y = u16::try_from(open.chosen.checked_sub(open.top)?).ok()?;
    at(pen, 0, y)
}

/// One entry: title first, then user name and place as there is room.
fn line(entry: &Entry<'_>, chosen: bool, pen: &mut Pen<'_>, y: u16) {
    if chosen {
        pen.text(0, y, ">", Role::Text);
    }
    if entry.is_favourite() {
        pen.text(1, y, "*", Role::Warning);
    }
    let room = pen.width().saturating_sub(3);
    let (title, user) = match room {
        0..24 => (room, 0),
        24..50 => (room * 11 / 20, room - room * 11 / 20),
        _ => (room * 2 / 5, room * 3 / 10),
    };
    let name = if entry.title().is_empty() { "(no title)" } else { entry.title() };
    pen.text_in(2, y, title.saturating_sub(1), name, Role::Text);
    if user == 0 {
        return;
    }
    let urls = entry.urls();
    let host = urls.first().map_or("", |url| fields::host(url));
    let kind = || entry.kind().map_or(entry.kind_name(), |kind| kind.title);
    let place = if entry.folder().is_empty() { host } else { entry.folder() };
    let second = [entry.username(), host].into_iter().find(|text| !text.is_empty()).unwrap_or_else(kind);
    // On the chosen line dim would show as another background.
    let dim = if chosen { Role::Text } else { Role::Dim };
    pen.text_in(2 + title, y, user.saturating_sub(1), second, dim);
    pen.text_in(2 + title + user, y, room - title - user, place, dim);
}
