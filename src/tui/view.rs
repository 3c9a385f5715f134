//! Draws the model. Looks at nothing else, and changes nothing.
//!
//! Of the list only the lines in sight are looked up, so that a vault of 100,000 entries is drawn like one of ten.

mod account;
mod columns;
mod detail;
mod dialog;
mod entrance;
mod export;
mod form;
mod generator;
mod health;
mod import;
mod keys;
mod list;
mod pen;
mod status;
mod text;
mod walk;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::layout;
use super::model::open::{Focus, Open};
use super::model::{Layer, Model, Screen};
use super::theme::Role;
use pen::Pen;

/// Draws all of it, and puts the terminal's own cursor where the keys go.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let mut pen = Pen::new(frame.buffer_mut(), model.theme);
    let size = (pen.width(), pen.height());
    let cursor = if layout::is_tiny(size) { tiny(model, &mut pen) } else { whole(model, &mut pen) };
    let area = frame.area();
    if let Some(cursor) = cursor.filter(|cursor| area.contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
}

fn whole(model: &Model, pen: &mut Pen<'_>) -> Option<Position> {
    let area = pen.area();
    let places = layout::of((area.width, area.height), focus(model));
    let above = Rect { height: places.status.y, ..area };
    let mut cursor = match &model.screen {
        Screen::Wizard(wizard) => entrance::wizard(model, wizard, &mut pen.within(above)),
        Screen::Locked(locked) => entrance::locked(model, locked, &mut pen.within(above)),
        Screen::Open(open) => opened(model, open, &places, pen),
    };
    for layer in &model.layers {
        let mut pen = pen.within(above);
        cursor = match layer {
            Layer::Help(help) => dialog::help(model, help, &mut pen),
            Layer::Form(form) => form::form(form, &mut pen),
            Layer::Generator(generator) => generator::generator(generator, &mut pen),
            Layer::History(history) => dialog::history(model, history, &mut pen),
            Layer::Forgot(forgot) => account::forgot(model, forgot, &mut pen),
            Layer::Codes(codes) => account::codes(model, codes, &mut pen),
            Layer::Paste(paste) => account::paste(model, paste, &mut pen),
            Layer::Pick(pick) => dialog::pick(model, pick, &mut pen),
            Layer::Chooser(chooser) => dialog::chooser(chooser, &mut pen),
            Layer::Confirm(confirm) => dialog::confirm(confirm, &mut pen),
            Layer::Ask(ask) => keys::ask(model, ask, &mut pen),
            Layer::Kit(kit) => keys::kit(kit, &mut pen),
            Layer::Kept(kept) => walk::kept(model, kept, &mut pen),
            Layer::WorkList(list) => walk::work_list(model, list, &mut pen),
            Layer::Walk(walking) => walk::walk(model, walking, &mut pen),
            Layer::Health(health) => health::health(model, health, &mut pen),
            Layer::Import(importing) => import::import(model, importing, &mut pen),
            Layer::Export(exporting) => export::export(model, exporting, &mut pen),
        };
    }
    status::problem(model, &mut pen.within(above));
    status::status(model, &mut pen.within(places.status));
    if let Some(hints) = places.hints {
        status::hints(model, &mut pen.within(hints));
    }
    cursor
}

fn opened(model: &Model, open: &Open, places: &layout::Layout, pen: &mut Pen<'_>) -> Option<Position> {
    let search = list::search(model, open, &mut pen.within(places.search));
    if let Some(rule) = places.rule {
        let mut pen = pen.within(rule);
        let sign = pen.signs().horizontal;
        pen.line(0, sign, Role::Border);
    }
    if let Some(border) = places.border {
        let mut pen = pen.within(border);
        let sign = pen.signs().vertical;
        pen.column(0, sign, Role::Border);
    }
    let line = places.list.and_then(|place| list::list(open, &mut pen.within(place)));
    let field = places.detail.and_then(|place| detail::detail(model, open, &mut pen.within(place)));
    match open.focus {
        Focus::Search => search,
        Focus::List => line,
        Focus::Detail => field,
    }
}

/// One line of text, where there is room for no more. The keys work all the same.
fn tiny(model: &Model, pen: &mut Pen<'_>) -> Option<Position> {
    let words = match (model.layers.last(), &model.screen) {
        (Some(Layer::Confirm(confirm)), _) => confirm.question.as_str(),
        (Some(Layer::Form(_)), _) => "Form",
        (Some(Layer::Paste(_)), _) => "Paste the codes",
        (Some(Layer::Ask(ask)), _) => ask.task.title(),
        (Some(_), _) => "Esc: back",
        (None, Screen::Wizard(_)) => "No vault yet",
        (None, Screen::Locked(locked)) if locked.working.is_some() => "Opening",
        (None, Screen::Locked(_)) => "Locked: master password",
        (None, Screen::Open(open)) => open.chosen().map_or("Nothing found", |entry| entry.title()),
    };
    let notice = model.notice.as_ref().map(|notice| notice.text.as_str()).filter(|_| pen.height() > 1);
    pen.text(0, 0, words, Role::Text);
    pen.text(0, 1, notice.unwrap_or_default(), Role::Text);
    None
}

fn focus(model: &Model) -> Focus {
    model.open().map_or(Focus::Search, |open| open.focus)
}

/// A pen for a dialog in the middle of the area, framed where there is room for a frame.
fn dialog(pen: &mut Pen<'_>, columns: u16, rows: u16, title: &str) -> (Rect, bool) {
    let area = pen.area();
    if area.width < 30 || area.height < 8 {
        pen.clear();
        pen.text(0, 0, title, Role::Title);
        let inner = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        return (inner, false);
    }
    let (width, height) =
        (columns.saturating_add(4).min(area.width), rows.saturating_add(2).min(area.height));
    let outer =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    let mut outer = pen.within(outer);
    let inner = outer.frame(title).area();
    (inner, true)
}

/// The position of a column and row of a pen on the screen.
fn at(pen: &Pen<'_>, x: u16, y: u16) -> Option<Position> {
    let area = pen.area();
    (x < area.width && y < area.height).then(|| Position { x: area.x + x, y: area.y + y })
}
