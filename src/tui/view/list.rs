//! The search box and the list.

use std::collections::{BTreeMap, HashMap};

use ratatui::layout::{Position, Rect};

use super::super::catalog::Facet;
use super::super::fields;
use super::super::model::Model;
use super::super::model::open::{Focus, Open};
use super::super::theme::Role;
use super::pen::{Pen, width};
use super::{at, text};
use crate::host::{Host, Site};
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
        let wide = width(&before).min(room);
        let shown = start.saturating_sub(wide + 2);
        // Which entries these are matters more than which vault it is.
        if *facet != Facet::All || wide == width(&before) {
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
            (true, Facet::All) => "Nothing here yet. Esc, then a adds an entry, I imports a file.",
            (true, _) => "Nothing here. Esc shows all entries.",
            (false, _) => "Nothing found. Every word must be in title, user, URL, folder or tag.",
        };
        text::paragraph(pen, 1, 0, words, Role::Dim);
        return None;
    }
    let siblings = Siblings::of(open, usize::from(pen.height()));
    for y in 0..pen.height() {
        let rank = open.top + usize::from(y);
        let Some(entry) = open.line(rank) else { break };
        line(&entry, siblings.has(&entry), rank == open.chosen, pen, y);
        if rank == open.chosen {
            pen.style_row(y, if open.focus == Focus::Detail { Role::Marked } else { Role::Chosen });
        }
    }
    let y = u16::try_from(open.chosen.checked_sub(open.top)?).ok()?;
    at(pen, 0, y)
}

/// Titles and sites that more than one line in sight has, or the lines just beyond.
struct Siblings {
    titles: BTreeMap<String, usize>,
    sites: HashMap<Site, usize>,
}

/// Whether there is another account like this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alike {
    No,
    /// At the same site.
    Site,
    /// With the same title.
    Title,
}

impl Siblings {
    fn of(open: &Open, rows: usize) -> Self {
        let mut siblings = Self { titles: BTreeMap::new(), sites: HashMap::new() };
        let ranks = open.top.saturating_sub(1)..open.top.saturating_add(rows + 1);
        for entry in ranks.filter_map(|rank| open.line(rank)) {
            *siblings.titles.entry(entry.title().to_lowercase()).or_default() += 1;
            if let Some(site) = site(&entry) {
                *siblings.sites.entry(site).or_default() += 1;
            }
        }
        siblings
    }

    fn has(&self, entry: &Entry<'_>) -> Alike {
        let same_title = self.titles.get(&entry.title().to_lowercase()).is_some_and(|count| *count > 1);
        let same_site = || site(entry).and_then(|site| self.sites.get(&site)).is_some_and(|count| *count > 1);
        match same_title {
            true => Alike::Title,
            false if same_site() => Alike::Site,
            false => Alike::No,
        }
    }
}

fn site(entry: &Entry<'_>) -> Option<Site> {
    Some(Host::parse(entry.urls().first()?)?.site())
}

/// One entry: title first, then user name and place as there is room. Of several accounts alike the user name
/// tells which is which: it takes what room there is, and is cut in the middle.
fn line(entry: &Entry<'_>, alike: Alike, chosen: bool, pen: &mut Pen<'_>, y: u16) {
    if chosen {
        pen.text(0, y, ">", Role::Text);
    }
    if entry.is_favourite() {
        pen.text(1, y, "*", Role::Warning);
    }
    let room = pen.width().saturating_sub(3);
    let name = if entry.title().is_empty() { "(no title)" } else { entry.title() };
    let (mut title, mut user) = match room {
        0..24 => (room, 0),
        24..50 => (room * 11 / 20, room - room * 11 / 20),
        _ => (room * 2 / 5, room * 3 / 10),
    };
    let needed = width(entry.username()).saturating_add(1);
    if alike != Alike::No && needed > user.max(1) {
        let least = if alike == Alike::Title { (room / 5).max(4) } else { title.min(room / 2) };
        title = title.min(width(name) + 1).min(room.saturating_sub(needed)).max(least.min(room));
        user = room - title;
    }
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
    let last = room - title - user;
    let wide = user.saturating_sub(1);
    if alike == Alike::No {
        pen.text_in(2 + title, y, wide, second, dim);
    } else {
        text_cut_within(pen, 2 + title, y, wide, second, dim);
    }
    pen.text_in(2 + title + user, y, last, place, dim);
}

/// Puts text into `wide` columns; one that is longer shows its start and its end.
fn text_cut_within(pen: &mut Pen<'_>, x: u16, y: u16, wide: u16, text: &str, role: Role) {
    let whole = width(text);
    if whole <= wide || wide < 8 {
        pen.text_in(x, y, wide, text, role);
        return;
    }
    let head = wide / 2;
    let tail = wide - head;
    pen.text_in(x, y, head, text, role);
    let area = pen.area();
    let mut pen =
        pen.within(Rect { x: area.x, y: area.y, width: (x + wide).min(area.width), height: area.height });
    pen.text_from(x + head, y, usize::from(whole - tail), text, role);
}
