//! `edit`: changes of one entry, all of them or none.

use super::args::Edit;
use super::context::{Context, now};
use super::field::{self, Name};
use super::{output, recipe};
use crate::crypto::random::SystemRandom;
use crate::otp::Otp;
use crate::prompt::PromptError;
use crate::report::Failure;
use crate::secret::Secret;
use crate::vault::Entry;
use crate::vault::edit::Change;
use crate::vault::kinds::{self, FieldKind};

/// Changes an entry.
///
/// # Errors
/// Exit 2 where a secret is given as an argument, or nothing is to be changed.
pub fn run(context: &mut Context, given: &Edit) -> Result<(), Failure> {
    let set = given
        .set
        .iter()
        .map(|set| set.split_once('=').ok_or_else(|| Failure::usage(format!("{set:?} is not NAME=VALUE"))));
    let set = set.collect::<Result<Vec<_>, _>>()?;
    if set.is_empty() && given.set_stdin.is_empty() && !given.generate {
        return Err(Failure::usage("nothing to change").hint("Give --set, --set-stdin or --generate."));
    }
    if let Some((name, _)) = set.iter().find(|(name, _)| Name::of(name).is_secret()) {
        return Err(refused(name));
    }
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, &given.query)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    let title = entry.title().to_owned();
    let mut changed: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
    let mut changes = plain_changes(entry, &set)?;
    for name in &given.set_stdin {
        let value = match Name::of(name) {
            Name::Note => context.stdin.rest()?,
            _ => context.next_line()?.ok_or(PromptError::Ended("a value"))?,
        };
        changes.push(secret_change(entry, name, value)?);
        changed.push(name);
    }
    if given.generate {
        changes.push(Change::Password(Some(recipe::of(&given.recipe).generate(&mut SystemRandom)?)));
        changed.push("password");
    }
    let label = format!("{} of {title}", changed.join(", "));
    session.edit(&mut vault, now(), &label, |edit| {
        changes.into_iter().try_for_each(|change| edit.change(id, change))
    })?;
    session.save(&mut vault, now())?;
    output::text(&format!("Changed {label}"))
}

fn refused(name: &str) -> Failure {
    Failure::usage(format!("{name} is a secret, and arguments are seen by other programs"))
        .hint(format!("Nothing was changed. Give it on standard input: --set-stdin {name:?}"))
}

/// Changes from `--set`. URLs and tags given several times make a list.
fn plain_changes(entry: Entry<'_>, set: &[(&str, &str)]) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let (mut urls, mut tags): (Option<Vec<String>>, Option<Vec<String>>) = (None, None);
    for (name, value) in set {
        let text = (*value).to_owned();
        match Name::of(name) {
            Name::Title => changes.push(Change::Title(text)),
            Name::Username => changes.push(Change::Username(text)),
            Name::Folder => changes.push(Change::Folder(text)),
            Name::Url => urls.get_or_insert_default().push(text),
            Name::Tag => tags.get_or_insert_default().push(text),
            Name::Kind if kinds::named(value).is_some() => changes.push(Change::Kind(text)),
            Name::Kind => return Err(Failure::usage(format!("there is no kind {value:?}"))),
            Name::Custom("favorite" | "favourite") => match *value {
                "true" => changes.push(Change::Favourite(true)),
                "false" => changes.push(Change::Favourite(false)),
                _ => return Err(Failure::usage("a favourite is true or false")),
            },
            Name::Password | Name::Note | Name::Totp => return Err(refused(name)),
            Name::Custom(label) => match field::custom(entry, label) {
                Some(known) if known.kind.is_secret() => return Err(refused(name)),
                Some(known) if value.is_empty() => changes.push(Change::RemoveField(known.id)),
                None if value.is_empty() => {
                    return Err(Failure::usage(format!("there is no field {label:?} to remove")));
                }
                known => changes.push(Change::Field {
                    id: known.map(|known| known.id),
                    name: known.map_or(label, |known| known.label).to_owned(),
                    kind: known.map_or(FieldKind::Text, |known| known.kind),
                    value: Secret::from_text(text),
                }),
            },
        }
    }
    changes.extend(urls.map(Change::Urls));
    changes.extend(tags.map(Change::Tags));
    Ok(changes)
}

/// A change from standard input; a custom field that is not there yet is made as a hidden one.
fn secret_change(entry: Entry<'_>, name: &str, value: Secret) -> Result<Change, Failure> {
    let text = |value: &Secret| -> Result<String, Failure> {
        let text =
            value.expose_str().ok_or_else(|| Failure::usage(format!("the {name} is not UTF-8 text")))?;
        Ok(text.to_owned())
    };
    text(&value)?;
    Ok(match Name::of(name) {
        Name::Password => Change::Password(Some(value)),
        Name::Note => Change::Note(Some(value)),
        Name::Totp => {
            if !value.is_empty() {
                Otp::parse(&value)?;
            }
            Change::Otp(Some(value))
        }
        Name::Custom(label) if !matches!(label, "favorite" | "favourite") => {
            match field::custom(entry, label) {
                Some(known) if value.is_empty() => Change::RemoveField(known.id),
                known => Change::Field {
                    id: known.map(|known| known.id),
                    name: known.map_or(label, |known| known.label).to_owned(),
                    kind: known.map_or(FieldKind::Hidden, |known| known.kind),
                    value,
                },
            }
        }
        _ => {
            let text = text(&value)?;
            let mut changes = plain_changes(entry, &[(name, &text)])?;
            changes.pop().ok_or_else(|| Failure::usage("nothing to change"))?
        }
    })
}
