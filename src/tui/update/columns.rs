//! A table of unknown shape: the user says what its columns hold, and may have that remembered.

use std::sync::Arc;

use crate::config::Maps;
use crate::exchange::Unlock;
use crate::exchange::tables::mapping::{Mapping, TARGETS};
use crate::report::sentence;

use super::super::action::Action;
use super::super::effect::{Effect, ImportTask};
use super::super::layout;
use super::super::model::columns::{Columns, Table};
use super::super::model::dialog::{Choice, Chooser};
use super::super::model::import::{Importing, Origin, Plan, Step};
use super::super::model::{Layer, Model, later};
use super::import::{begin, choose_format, importing};
use super::list::moved;

/// What a column holds that nothing is said about.
pub(in crate::tui) const CUSTOM: &str = "custom field";

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = layout::page(model);
    let until = later(model.now, model.settings.reveal_for);
    let Some(importing) = importing(model) else { return };
    let Some(columns) = &mut importing.columns else { return };
    importing.problem = None;
    match action {
        Action::Cancel => importing.restart(None),
        Action::Accept => look(model, out),
        Action::Assign => choose_target(model),
        Action::Recall => choose_map(model),
        Action::Remember => importing.step = Step::MapName,
        Action::Formats => choose_format(model),
        Action::FirstLine => {
            let (file, headerless) = (Arc::clone(&columns.file), !columns.headerless);
            begin(model, ImportTask::Columns(file, headerless), None, out);
        }
        Action::Less | Action::More => columns.assign(columns.neighbour(action == Action::Less)),
        Action::Reveal => columns.shown_until = columns.shown_until.is_none().then_some(until),
        action => {
            columns.chosen = moved(action, columns.chosen, columns.all.len().saturating_sub(1), page);
            columns.shown_until = None;
        }
    }
}

/// The columns of a table were read.
pub(super) fn read(importing: &mut Importing, table: Table) {
    importing.columns = Some(Columns::new(table));
    importing.step = Step::Columns;
}

/// Asks what would come of it.
fn look(model: &mut Model, out: &mut Vec<Effect>) {
    let Some((mapping, file)) = said(model) else { return };
    let origin = Origin::Mapped(Arc::new(mapping));
    let plan = Plan { file, origin, unlock: Arc::new(Unlock::default()), rows: None, repairs: None };
    if let Some(importing) = importing(model) {
        importing.repairs.clear();
        importing.findings.clear();
        importing.choices = Default::default();
    }
    begin(model, ImportTask::Look(plan, None), None, out);
}

/// What was said; where nothing was, that is told.
fn said(model: &mut Model) -> Option<(Mapping, Arc<crate::session::ImportFile>)> {
    let importing = importing(model)?;
    let columns = importing.columns.as_ref()?;
    match columns.mapping() {
        Ok(mapping) => Some((mapping, Arc::clone(&columns.file))),
        Err(_) => {
            importing.problem = Some("Say what at least one column holds.".to_owned());
            None
        }
    }
}

fn choose_target(model: &mut Model) {
    let custom = (CUSTOM.to_owned(), Choice::ImportColumn(None));
    let targets = TARGETS.iter().map(|(name, _)| ((*name).to_owned(), Choice::ImportColumn(Some(name))));
    let choices = targets.chain([custom]).collect();
    model.layers.push(Layer::Chooser(Chooser::new("What does the column hold?", choices)));
}

fn choose_map(model: &mut Model) {
    let Some(importing) = importing(model) else { return };
    let Some(columns) = &importing.columns else { return };
    let names = columns.remembered.iter().enumerate();
    let choices: Vec<(String, Choice)> =
        names.map(|(number, (name, _))| (name.clone(), Choice::ImportMap(number))).collect();
    if choices.is_empty() {
        importing.problem = Some("Nothing is remembered of such a table.".to_owned());
    } else {
        model.layers.push(Layer::Chooser(Chooser::new("As remembered", choices)));
    }
}

/// The user says what the chosen column holds.
pub(super) fn assigned(model: &mut Model, target: Option<&'static str>) {
    if let Some(columns) = importing(model).and_then(|importing| importing.columns.as_mut()) {
        columns.assign(target);
    }
}

/// The user takes what is remembered.
pub(super) fn recalled(model: &mut Model, number: usize) {
    if let Some(columns) = importing(model).and_then(|importing| importing.columns.as_mut()) {
        columns.recall(number);
    }
}

/// The name to remember it by was typed.
pub(super) fn named(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    let Some(columns) = &importing.columns else { return };
    let name = columns.name.text().to_owned();
    if !Maps::is_name(&name) {
        importing.problem = Some("Letters, digits, - and _, at most 64.".to_owned());
        return;
    }
    importing.step = Step::Columns;
    let Some((mapping, _)) = said(model) else { return };
    if Mapping::parse(&mapping.text()).as_ref() != Ok(&mapping) {
        let problem = "The name of a column cannot be written down, and nothing is remembered.";
        if let Some(importing) = self::importing(model) {
            importing.problem = Some(sentence(problem));
        }
        return;
    }
    begin(model, ImportTask::Remember(name, mapping), None, out);
}

/// It is remembered.
pub(super) fn remembered(model: &mut Model, name: String, mapping: Mapping) {
    let Some(columns) = importing(model).and_then(|importing| importing.columns.as_mut()) else { return };
    columns.name.set("");
    columns.known_as = Some(name.clone());
    columns.remembered.retain(|(known, _)| *known != name);
    columns.remembered.push((name.clone(), mapping));
    model.say(format!("Remembered: {name}; `tresor import --map {name}` knows it too"));
}
