//! The generator: turning the recipe, and using what it made.

use crate::config::asked_for;
use crate::generate::Recipe;
use crate::report::Failure;
use crate::secret::Secret;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::model::entrance::Step;
use super::super::model::form::Role;
use super::super::model::generator::{Generator, Purpose};
use super::super::model::{Layer, Model, Screen, later};
use super::form;
use super::list::moved;

/// Opens it, over a form for the field that is being typed in.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    let purpose = match (model.layers.last(), &model.screen) {
        (Some(Layer::Generator(_)), _) => return,
        (Some(Layer::Form(form)), _) if !form.on_name && !form::is_on_link(model) => Purpose::Field,
        (None, Screen::Wizard(wizard)) if wizard.step == Step::Password => Purpose::Master,
        (_, Screen::Open(_)) => Purpose::Copy,
        _ => return,
    };
    let mut generator = Generator::new(purpose, &model.known.profiles);
    if let Some(Layer::Form(form)) = model.layers.last()
        && form.row().is_some_and(|row| row.role == Role::Password)
    {
        let asked = asked_for(&model.known.sites, form.urls().iter().map(String::as_str));
        generator = generator.for_site(asked).as_remembered(&form.recipe);
    }
    if matches!(model.layers.last(), Some(Layer::Form(form)) if form.is_in_answer()) {
        generator = generator.for_answer();
    }
    out.push(Effect::Generate(generator.recipe()));
    model.layers.push(Layer::Generator(generator));
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    let last = generator.knobs().len().saturating_sub(1);
    match action {
        Action::Again => {}
        Action::Less => generator.turn(false),
        Action::More => generator.turn(true),
        Action::Toggle => {
            if generator.is_turned() {
                return;
            }
            generator.turn(true);
        }
        Action::NextProfile => {
            if !generator.next_profile() {
                model.complain("There are no saved recipes: `tresor generate --save-profile` makes one");
                return;
            }
        }
        Action::Accept => return accept(model, out),
        Action::Cancel => {
            model.layers.pop();
            return;
        }
        _ => {
            generator.choose(moved(action, generator.chosen, last, last));
            return;
        }
    }
    out.push(Effect::Generate(generator.recipe()));
}

/// A secret was generated, or was not.
pub(super) fn generated(model: &mut Model, result: Result<Secret, Failure>) {
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    match result {
        Ok(value) => generator.value = Some(value),
        Err(failure) => {
            generator.value = None;
            model.complain(super::entrance::sentence(&failure.to_string()));
        }
    }
}

fn accept(model: &mut Model, out: &mut Vec<Effect>) {
    let until = later(model.now, model.settings.reveal_for);
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    let (Some(value), purpose) = (generator.value.take(), generator.purpose) else { return };
    // What a person chose is kept for the next change; what was found without a word is found again.
    let recipe = generator.is_chosen.then(|| generator.recipe().to_string());
    let recipe = recipe.filter(|text| Recipe::parse(text).is_ok());
    model.layers.pop();
    match (purpose, model.layers.last_mut()) {
        (Purpose::Field, Some(Layer::Form(form))) => {
            form.problem = None;
            if form.row().is_some_and(|row| row.role == Role::Password) {
                form.chosen_recipe = recipe;
            }
            if let (Some(editor), Some(text)) = (form.editor_mut(), value.expose_str()) {
                editor.set(text);
            }
            form.shown_until = Some(until);
            if let Screen::Open(open) = &model.screen {
                form.judge(&open.session, &open.vault, &model.known.sites);
            }
        }
        (Purpose::Master, _) => {
            if let (Screen::Wizard(wizard), Some(text)) = (&mut model.screen, value.expose_str()) {
                wizard.problem = None;
                wizard.password.set(text);
                wizard.judge();
            }
        }
        _ => out.push(Effect::Copy { value, what: "generated password".to_owned() }),
    }
}
