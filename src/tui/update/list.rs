//! The search box, the list, and the fields of the chosen entry.

use crate::vault::edit::Change;
use crate::vault::entry::State;
use crate::vault::kinds::KINDS;

use super::super::action::Action;
use super::super::catalog::Facet;
use super::super::effect::Effect;
use super::super::fields;
use super::super::layout;
use super::super::model::dialog::{Choice, Chooser, History, Pick};
use super::super::model::form::Form;
use super::super::model::open::{Focus, Open, Revealed, Subject};
use super::super::model::{Layer, Model, later};
use super::{account, copying, dialog, export, health, import, keys, saving, walk, worklist};

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let Some(open) = model.open_mut() else { return };
    match action {
        Action::ToSearch => open.focus = Focus::Search,
        Action::ToList => open.focus = Focus::List,
        Action::OpenDetail if open.chosen_id().is_some() => open.focus = Focus::Detail,
        Action::CloseDetail | Action::ClearFilter if open.jump_back() => {}
        Action::CloseDetail => open.focus = Focus::List,
        Action::NextPane => {
            open.focus = if open.focus == Focus::Detail { Focus::List } else { Focus::Detail };
        }
        Action::ClearFilter => clear_filter(open),
        Action::Facet => {
            let facets = Facet::all_of(&open.vault).into_iter();
            let choices = facets.map(|facet| (facet.title(), Choice::Facet(facet))).collect();
            model.layers.push(Layer::Chooser(Chooser::new("Show only", choices)));
        }
        Action::Add => {
            let choices = KINDS.iter().map(|kind| (kind.title.to_owned(), Choice::Kind(kind.name))).collect();
            model.layers.push(Layer::Chooser(Chooser::new("Add", choices)));
        }
        Action::Audit => health::open(model, out),
        Action::Import => import::open(model),
        Action::Export => export::open(model),
        Action::Keys => keys::menu(model),
        Action::Back if open.focus == Focus::Detail => open.focus = Focus::List,
        Action::Back => dialog::quit(model, out),
        Action::CopyMain => copying::main(model, out),
        Action::CopyUsername => copying::username(model, out),
        Action::CopyCode => copying::code(model, out),
        Action::CopyUrl => copying::url(model, out),
        Action::CopyField => {
            if let Some(which) = chosen_field(open) {
                copying::field(model, which, out);
            }
        }
        Action::PickField => {
            if let Some(id) = open.chosen_id() {
                model.layers.push(Layer::Pick(Pick { id, chosen: 0 }));
            }
        }
        Action::Reveal => reveal(model),
        Action::Edit => {
            if let Some(entry) = open.chosen() {
                let form = Form::edit(&open.session, &entry);
                open.revealed = None;
                model.layers.push(Layer::Form(Box::new(form)));
            }
        }
        Action::History => {
            if let Some(id) = open.chosen_id() {
                open.revealed = None;
                model.layers.push(Layer::History(History { id, chosen: 0 }));
            }
        }
        Action::WorkList => worklist::open(model, out),
        Action::Walk => {
            if let Some(id) = open.chosen_id() {
                walk::begin(model, id);
            }
        }
        Action::Forgot => account::open_forgot(model),
        Action::BackupCodes => account::open_codes(model),
        Action::Jump => account::jump(model),
        Action::Trash => to_state(model, State::Trash, out),
        Action::Restore => to_state(model, State::Live, out),
        Action::Favourite => favourite(model, out),
        _ => motion(open, action, page),
    }
}

fn motion(open: &mut Open, action: Action, page: usize) {
    let in_detail = open.focus == Focus::Detail;
    let (at, last) = if in_detail {
        (open.field, open.chosen().map_or(0, |entry| fields::of(&entry).len()).saturating_sub(1))
    } else {
        (open.chosen, open.hits.len().saturating_sub(1))
    };
    let to = moved(action, at, last, page);
    if in_detail { open.field = to } else { open.choose(to) }
}

/// Where a motion leads from `at`, of 0 to `last`.
pub(super) fn moved(action: Action, at: usize, last: usize, page: usize) -> usize {
    let page = page.max(1);
    let to = match action {
        Action::MoveUp => at.saturating_sub(1),
        Action::MoveDown => at.saturating_add(1),
        Action::PageUp => at.saturating_sub(page),
        Action::PageDown => at.saturating_add(page),
        Action::HalfPageUp => at.saturating_sub(page.div_ceil(2)),
        Action::HalfPageDown => at.saturating_add(page.div_ceil(2)),
        Action::GoToTop => 0,
        Action::GoToBottom => last,
        _ => at,
    };
    to.min(last)
}

/// Keeps the chosen line on the screen and the code of the chosen entry at hand.
pub(super) fn settle(model: &mut Model) {
    let rows = layout::list_rows(model.size);
    let now = model.now;
    let Some(open) = model.open_mut() else { return };
    let last_top = open.hits.len().saturating_sub(rows);
    let first_top = (open.chosen + 1).saturating_sub(rows);
    open.top = open.top.clamp(first_top, open.chosen.max(first_top)).min(last_top);
    open.refresh_code(now);
}

fn clear_filter(open: &mut Open) {
    if !open.query.is_empty() {
        let id = open.chosen_id();
        open.query.set("");
        open.search_again(id);
    } else if *open.catalog.facet() != Facet::All {
        open.list(Facet::All);
    }
}

/// The field that the cursor of the detail pane is on.
fn chosen_field(open: &Open) -> Option<fields::Which> {
    let entry = open.chosen()?;
    fields::of(&entry).get(open.field).map(|field| field.which)
}

/// Shows a secret of the chosen entry for a while, or masks it: the field that the cursor is on, or the main
/// secret where the cursor is in the list.
fn reveal(model: &mut Model) {
    let until = later(model.now, model.settings.reveal_for);
    let has_detail = layout::of(model.size, Focus::List).detail.is_some();
    let Some(open) = model.open_mut() else { return };
    if open.revealed.take().is_some() {
        return;
    }
    let Some(entry) = open.chosen() else { return };
    let which = match open.focus {
        Focus::Detail => chosen_field(open),
        _ => fields::main_secret(&entry),
    };
    let field = which.and_then(|which| fields::find(&entry, which)).filter(|field| field.value.is_secret());
    let Some(field) = field else {
        model.say("There is nothing hidden here");
        return;
    };
    let (id, subject) = (entry.id(), Subject::Field(field.which));
    match open.value_of(&entry, field.which) {
        Some(Ok(value)) => {
            let place = fields::of(&entry).iter().position(|other| other.which == field.which);
            open.revealed = Some(Revealed { id, subject, value, until });
            open.field = place.unwrap_or(open.field);
            if !has_detail {
                open.focus = Focus::Detail;
            }
        }
        Some(Err(error)) => model.complain(super::entrance::sentence(&error.to_string())),
        None => {}
    }
}

fn to_state(model: &mut Model, state: State, out: &mut Vec<Effect>) {
    let Some(open) = model.open() else { return };
    let Some(entry) = open.chosen() else { return };
    let (id, title) = (entry.id(), title_of(entry.title()));
    if entry.state() == state {
        let already = if state == State::Live { "is not in the trash" } else { "is in the trash already" };
        model.say(format!("{title} {already}"));
        return;
    }
    let (label, done) = match state {
        State::Live => (format!("{title} out of the trash"), "is back from the trash"),
        _ => (format!("{title} to the trash"), "is in the trash; z brings it back"),
    };
    let change = |edit: &mut crate::vault::edit::Edit<'_, '_>| edit.change(id, Change::State(state));
    if saving::edit(model, &label, change, out).is_some() {
        if let Some(open) = model.open_mut() {
            saving::refresh(open, id);
            if open.focus == Focus::Detail {
                open.focus = Focus::List;
            }
        }
        model.say(format!("{title} {done}"));
    }
}

fn favourite(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = model.open().and_then(Open::chosen) else { return };
    let (id, title, wanted) = (entry.id(), title_of(entry.title()), !entry.is_favourite());
    let label = if wanted { format!("{title} as a favourite") } else { format!("{title} as no favourite") };
    let change = |edit: &mut crate::vault::edit::Edit<'_, '_>| edit.change(id, Change::Favourite(wanted));
    if saving::edit(model, &label, change, out).is_some() {
        if let Some(open) = model.open_mut() {
            saving::refresh(open, id);
        }
        model.say(if wanted {
            format!("* {title} is a favourite")
        } else {
            format!("{title} is no favourite")
        });
    }
}

/// The title, or a word for having none.
pub(super) fn title_of(title: &str) -> String {
    if title.is_empty() { "(no title)".to_owned() } else { title.to_owned() }
}
