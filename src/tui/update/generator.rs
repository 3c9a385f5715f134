//! The generator: turning the recipe, and using what it made.

use crate::config::asked_for;
use crate::generate::Recipe;
use crate::report::Failure;
use crate::secret::Secret;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::model::entrance::Step;
use super::super::model::form::Role;
use super::super::model::generator::{Generator, Purpose, Waiting};
use super::super::model::{Layer, Model, Screen, later};
use super::form;
use super::list::moved;
use super::{kept, saving};

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
    model.layers.push(Layer::Generator(Box::new(generator)));
}

/// Does what a key asks for.
pub(super) fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    let last = generator.knobs().len().saturating_sub(1);
    generator.keeping.accept = false;
    match action {
        Action::Kept => return kept::open(model),
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
    if generator.keeping.waiting.is_some() {
        // One save at a time: what nobody would see is not made.
        generator.keeping.again = true;
    } else {
        out.push(Effect::Generate(generator.recipe()));
    }
}

/// A secret was generated, or was not. Where a vault is open it is shown once it is kept in it.
pub(super) fn generated(model: &mut Model, result: Result<Secret, Failure>, out: &mut Vec<Effect>) {
    let is_open = model.open().is_some();
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    match result {
        Ok(_) if generator.keeping.waiting.is_some() => generator.keeping.again = true,
        Ok(value) if is_open && generator.purpose != Purpose::Master => keep(model, value, out),
        Ok(value) => generator.value = Some(value),
        Err(failure) => {
            generator.value = None;
            model.complain(super::entrance::sentence(&failure.to_string()));
        }
    }
}

/// Puts it into the vault, among the generated passwords, with what it is for.
fn keep(model: &mut Model, value: Secret, out: &mut Vec<Effect>) {
    let Some(Layer::Generator(generator)) = model.layers.last() else { return };
    let recipe = generator.recipe().to_string();
    let form = model.layers.iter().rev().find_map(|layer| match layer {
        Layer::Form(form) => Some(form),
        _ => None,
    });
    let (made_for, entry) = form.map_or_else(Default::default, |form| (form.made_for(), form.target));
    let kept = saving::edit(model, "", |edit| edit.keep_generated(&value, &made_for, entry, &recipe), out);
    let edit = model.open().map(|open| open.saving.edits).unwrap_or_default();
    let why = model.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    match kept {
        Some(id) => generator.keeping.waiting = Some(Waiting { edit, id, value }),
        None => generator.show(value, None, Some(why)),
    }
}

/// Shows what is kept by now. What could not be kept is shown as well, and said to be so: who makes a password wants
/// one, also where the disk is full.
pub(super) fn settle(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(at) = model.layers.iter().position(|layer| matches!(layer, Layer::Generator(_))) else { return };
    let Screen::Open(open) = &model.screen else { return };
    let Some(Layer::Generator(generator)) = model.layers.get_mut(at) else { return };
    let saving = &open.saving;
    let is_over = |waiting: &mut Waiting| saving.is_saved(waiting.edit) || saving.has_failed(waiting.edit);
    let Some(Waiting { edit, id, value }) = generator.keeping.waiting.take_if(is_over) else { return };
    let failed = if saving.is_saved(edit) { None } else { saving.failed.clone() };
    generator.show(value, Some(id), failed);
    if std::mem::take(&mut generator.keeping.again) {
        out.push(Effect::Generate(generator.recipe()));
    }
    if generator.keeping.accept && at + 1 == model.layers.len() {
        accept(model, out);
    }
}

fn accept(model: &mut Model, out: &mut Vec<Effect>) {
    let until = later(model.now, model.settings.reveal_for);
    let Some(Layer::Generator(generator)) = model.layers.last_mut() else { return };
    let (Some(value), purpose) = (generator.value.take(), generator.purpose) else {
        // On its way to the disk: it is taken then.
        generator.keeping.accept = generator.recipe().entropy_bits().is_ok();
        return;
    };
    let kept = generator.keeping.id;
    // What a person chose is kept for the next change; what was found without a word is found again.
    let recipe = generator.is_chosen.then(|| generator.recipe().to_string());
    let recipe = recipe.filter(|text| Recipe::parse(text).is_ok());
    model.layers.pop();
    match (purpose, model.layers.last_mut()) {
        (Purpose::Field, Some(Layer::Form(form))) => {
            form.problem = None;
            form.generated.extend(kept.map(|id| (id, value.duplicate())));
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
        _ => {
            out.push(Effect::Copy { value, what: "generated password".to_owned() });
            if let Some(id) = kept {
                saving::edit(model, "", |edit| edit.generated_used(id), out);
            }
        }
    }
}
