//! A folder of pass or gopass: gpg decrypts its files without asking anybody, beside the screen. Where its key wants a
//! passphrase, the screen is left to gpg for as long as that takes, if the user says so.

use std::sync::Arc;

use crate::exchange::Unlock;
use crate::report::{Failure, sentence};
use crate::session::ImportFile;
use crate::session::tree::Folder;

use super::super::effect::{Asking, Effect, ImportTask};
use super::super::model::Model;
use super::super::model::import::{GpgFolder, Importing, Origin, Plan, Step};
use super::super::model::run::{Run, Working};
use super::import::{begin, importing};
use super::work;

/// The folder was found.
pub(super) fn found(model: &mut Model, file: Arc<ImportFile>, folder: Arc<Folder>, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    importing.folder = Some(GpgFolder { file, folder, wanted: 0, asked: None, is_given_up: false });
    decrypt(model, out);
}

/// Has all of it decrypted.
fn decrypt(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(of) = importing(model).and_then(|importing| importing.folder.as_ref()) else { return };
    let (folder, is_given_up, count) = (Arc::clone(&of.folder), of.is_given_up, of.folder.count());
    begin(model, ImportTask::Decrypt(folder, is_given_up), Some(count), out);
}

/// All of it is decrypted, as far as it can be: it is looked at as any other file.
pub(super) fn decrypted(model: &mut Model, tree: crate::exchange::pass::Tree, out: &mut Vec<Effect>) {
    let Some(importing) = importing(model) else { return };
    let Some(file) = importing.folder.take().map(|folder| folder.file) else { return };
    importing.step = Step::File;
    let origin = Origin::Folder(Arc::new(tree));
    let plan = Plan { file, origin, unlock: Arc::new(Unlock::default()), rows: None, repairs: None };
    importing.plan = Some(plan.clone());
    begin(model, ImportTask::Look(plan, None), None, out);
}

/// The key of this file wants a passphrase.
pub(super) fn key_wanted(model: &mut Model, number: usize) {
    let Some(importing) = importing(model) else { return };
    if let Some(folder) = &mut importing.folder {
        folder.wanted = number;
        if folder.asked == Some(number) {
            importing.problem =
                Some("gpg keeps no passphrase here, and would ask for every file.".to_owned());
        }
        importing.step = Step::Gpg;
    }
}

/// Leaves the screen to gpg.
pub(super) fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    let run = Run::new(&mut model.saves);
    let ticket = run.ticket;
    let Some(importing) = importing(model) else { return };
    let Some(of) = &importing.folder else { return };
    let asking = Asking { folder: Arc::clone(&of.folder), number: of.wanted, ticket };
    importing.run = Some(Working::new(run, now, None));
    out.extend([Effect::Conceal, Effect::AskGpg(asking)]);
}

/// gpg is done with asking. Its agent keeps the passphrase for a while, so that all goes on without a question; where
/// it does not, what cannot be opened is named with its files.
pub(super) fn asked(model: &mut Model, ticket: u64, result: Result<bool, Failure>, out: &mut Vec<Effect>) {
    out.push(Effect::ComeBack);
    let now = model.now;
    let Some(importing) = work::waiting::<Importing>(model, ticket) else { return };
    importing.run = None;
    let Some(folder) = &mut importing.folder else { return };
    match result {
        Ok(is_open) => {
            // Whoever typed a passphrase was there all the time.
            folder.asked = Some(folder.wanted);
            folder.is_given_up = !is_open;
            model.last_key = now;
            decrypt(model, out);
        }
        Err(failure) => importing.problem = Some(sentence(&failure.to_string())),
    }
}
