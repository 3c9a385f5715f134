//! Completing the path that is typed: the names in its folder are asked for, and what comes of them is put in.

use super::super::complete::{Listing, complete};
use super::super::editor::Editor;
use super::super::effect::Effect;
use super::super::model::{Layer, Model, export, import};

/// A path that is typed.
struct Field<'f> {
    editor: &'f mut Editor,
    names: &'f mut Vec<String>,
    problem: &'f mut Option<String>,
}

fn field(model: &mut Model) -> Option<Field<'_>> {
    match model.layers.last_mut()? {
        Layer::Import(importing) if importing.run.is_none() => {
            let editor = match importing.step {
                import::Step::File => &mut importing.path,
                import::Step::KeyFile => &mut importing.key_file,
                _ => return None,
            };
            Some(Field { editor, names: &mut importing.names, problem: &mut importing.problem })
        }
        Layer::Export(exporting) if exporting.run.is_none() && exporting.step == export::Step::File => {
            let (editor, names, problem) =
                (&mut exporting.path, &mut exporting.names, &mut exporting.problem);
            Some(Field { editor, names, problem })
        }
        _ => None,
    }
}

/// Asks for the names.
pub(super) fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    if let Some(field) = field(model) {
        out.push(Effect::List(field.editor.text().to_owned()));
    }
}

/// The names are there. Where something else was typed meanwhile they are of no use.
pub(super) fn listed(model: &mut Model, typed: &str, listing: &Listing) {
    let Some(field) = field(model).filter(|field| field.editor.text() == typed) else { return };
    *field.problem = None;
    field.names.clear();
    match complete(typed, listing) {
        None => *field.problem = Some("No name there begins like that.".to_owned()),
        Some(done) => {
            field.editor.set(&done.text);
            *field.names = done.names;
            if listing.is_cut {
                *field.problem = Some("There are more names than are looked at: type more of it.".to_owned());
            }
        }
    }
}
