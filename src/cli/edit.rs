//! `edit`: changes of one entry, all of them or none.

use serde_json::json;

use super::args::Edit;
use super::context::{Context, now, save};
use super::field::{self, Name, no_kind};
use super::{output, recipe};
use crate::account;
use crate::crypto::random::SystemRandom;
use crate::generate::GenerateError;
use crate::otp::Otp;
use crate::report::{Failure, note};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::edit::Change;
use crate::vault::kinds::{self, FieldKind};
use crate::vault::{Entry, Id, Vault};

/// Changes an entry.
///
/// # Errors
/// Exit 2 where a secret is given as an argument, nothing is to be changed, or it is not clear to what.
pub fn run(context: &mut Context, given: &Edit) -> Result<(), Failure> {
    let set = checked(given)?;
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, &given.query)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    let title = entry.title().to_owned();
    let mut changed: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
    let link = given.signs_in_with.as_deref().map(|target| link(context, &vault, id, target)).transpose()?;
    let mut changes = plain_changes(entry, &set)?;
    for name in &given.set_stdin {
        let value = match Name::of(name) {
            Name::Note => context.rest(name)?,
            _ => context.next_line(name)?,
        };
        changes.push(secret_change(entry, name, value)?);
        changed.push(name);
    }
    if given.generate {
        // An address that is set at the same time is that of the new password's site.
        let set_urls = set.iter().filter(|(name, _)| Name::of(name) == Name::Url).map(|(_, url)| *url);
        let mut urls: Vec<&str> = set_urls.collect();
        if urls.is_empty() {
            urls = entry.urls();
        }
        let chosen = recipe::for_entry(&given.recipe, entry.policy(), &urls)?;
        changes.push(Change::Password(Some(chosen.generate()?)));
        let remembered = chosen.remembered();
        if !remembered.is_empty() && remembered != entry.policy() {
            changes.push(Change::Policy(remembered));
        }
        changed.push("password");
    }
    changes.extend(link.map(Change::SignsInWith));
    changed.extend(given.signs_in_with.as_ref().map(|_| "signs-in-with"));
    for question in &given.question {
        let answer = match given.generate_answer {
            true => account::answer_recipe().generate(&mut SystemRandom)?,
            false => context.next_line("the answer")?,
        };
        changes.push(answer_change(entry, question, answer)?);
        changed.push(question);
    }
    changed.dedup(); // several URLs or tags are one change
    let label = format!("{} of {title}", changed.join(", "));
    session.edit(&mut vault, now(), &label, |edit| {
        changes.into_iter().try_for_each(|change| edit.change(id, change))
    })?;
    save(&session, &mut vault)?;
    if given.generate_answer {
        let bits = account::answer_recipe().entropy_bits().map_err(GenerateError::from)?;
        note(&format!("Answers were made up, of {bits:.0} bits each: `tresor forgot --reveal` shows them."));
    }
    let json = json!({ "id": id.to_string(), "title": title, "changed": changed });
    output::done(context.json, &format!("Changed {label}"), &json)
}

/// The pairs of `--set`, where all that is given makes sense before any password is asked for.
fn checked(given: &Edit) -> Result<Vec<(&str, &str)>, Failure> {
    recipe::only_with(&given.recipe, given.generate)?;
    let pair = |set| str::split_once(set, '=').filter(|(name, _)| !name.trim().is_empty());
    let pairs =
        given.set.iter().map(|set| pair(set).ok_or_else(|| unclear(format!("{set:?} is not NAME=VALUE"))));
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    if let Some((name, _)) = pairs.iter().find(|(name, _)| Name::of(name).is_secret()) {
        return Err(refused(name));
    }
    let from_stdin: Vec<Name<'_>> = given.set_stdin.iter().map(|name| Name::of(name)).collect();
    if from_stdin.iter().rev().skip(1).any(|name| *name == Name::Note) {
        return Err(unclear("the note is all that is left of standard input: name it last".to_owned()));
    }
    let mut named: Vec<Name<'_>> = Vec::new();
    for name in pairs.iter().map(|(name, _)| Name::of(name)) {
        if !(name.is_list() && named.contains(&name)) {
            named.push(name);
        }
    }
    named.extend(from_stdin);
    if given.generate {
        named.push(Name::Password);
    }
    let has_more = given.signs_in_with.is_some() || !given.question.is_empty();
    if named.is_empty() && !has_more {
        return Err(Failure::usage("nothing to change").hint("Give --set, --set-stdin or --generate."));
    }
    check_questions(given)?;
    let twice =
        named.iter().enumerate().find(|(at, name)| named.iter().take(*at).any(|other| other == *name));
    match twice {
        Some((_, name)) => Err(unclear(format!("{name} is given twice"))),
        None => Ok(pairs),
    }
}

/// Questions have words, stand once each, and answers on standard input of their own.
fn check_questions(given: &Edit) -> Result<(), Failure> {
    let questions = &given.question;
    if questions.iter().any(|question| question.trim().is_empty()) {
        return Err(unclear("the question is empty".to_owned()));
    }
    let is_twice =
        |(at, question): (usize, &String)| questions.iter().take(at).any(|other| other == question);
    if questions.iter().enumerate().any(is_twice) {
        return Err(unclear("a question is given twice".to_owned()));
    }
    let has_note = given.set_stdin.iter().any(|name| Name::of(name) == Name::Note);
    if has_note && !questions.is_empty() && !given.generate_answer {
        return Err(unclear(
            "the note is all that is left of standard input, and answers are to follow".to_owned(),
        ));
    }
    Ok(())
}

/// The entry that `query` names for signing in with; none for `none`.
fn link(context: &Context, vault: &Vault, id: Id, query: &str) -> Result<Option<Id>, Failure> {
    if query == "none" {
        return Ok(None);
    }
    let target = context.find(vault, query)?;
    if account::would_go_round(vault, id, target) {
        let title = vault.entry(target).map(|entry| account::name(&entry)).unwrap_or_default();
        let message = match target == id {
            true => "an entry does not sign in with itself".to_owned(),
            false => format!("{title} signs in with this entry already: it would go round in a circle"),
        };
        return Err(unclear(message));
    }
    Ok(Some(target))
}

/// The answer to a question; an empty one removes it.
fn answer_change(entry: Entry<'_>, question: &str, answer: Secret) -> Result<Change, Failure> {
    let known = field::custom(entry, question).filter(|known| known.kind == FieldKind::Question);
    match known {
        Some(known) if answer.is_empty() => Ok(Change::RemoveField(known.id)),
        None if answer.is_empty() => Err(unclear(format!("there is no question {question:?} to remove"))),
        known => Ok(Change::Field {
            id: known.map(|known| known.id),
            name: known.map_or(question, |known| known.label).to_owned(),
            kind: FieldKind::Question,
            value: answer,
        }),
    }
}

fn unclear(message: String) -> Failure {
    Failure::usage(message).hint("Nothing was changed.")
}

fn refused(name: &str) -> Failure {
    Failure::usage(format!("{name} is a secret, and arguments are seen by other programs"))
        .hint(format!("Nothing was changed. Give it on standard input: --set-stdin {name:?}"))
}

/// What a name stands for where it is written: a pending password comes of `rotate` alone, and a field of the entry's
/// own may bear the name of its expiry.
fn meant<'n>(entry: Entry<'_>, name: &'n str) -> Name<'n> {
    match Name::of(name) {
        Name::Pending => Name::Custom(name),
        Name::Expires if field::custom(entry, name).is_some() => Name::Custom(name),
        other => other,
    }
}

/// A day; none where it is empty.
fn day(text: &str) -> Result<Option<Timestamp>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Timestamp::parse_day(text);
    day.map(Some)
        .ok_or_else(|| unclear(format!("{text:?} is not a day such as 2027-05-31, or a month, 2027-05")))
}

/// Changes from `--set`. URLs and tags given several times make a list.
fn plain_changes(entry: Entry<'_>, set: &[(&str, &str)]) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let (mut urls, mut tags): (Option<Vec<String>>, Option<Vec<String>>) = (None, None);
    for (name, value) in set {
        let text = (*value).to_owned();
        match meant(entry, name) {
            Name::Title if value.trim().is_empty() => return Err(unclear("the title is empty".to_owned())),
            Name::Title => changes.push(Change::Title(text)),
            Name::Username => changes.push(Change::Username(text)),
            Name::Folder => changes.push(Change::Folder(text)),
            Name::Url => urls.get_or_insert_default().push(text),
            Name::Tag => tags.get_or_insert_default().push(text),
            Name::Kind if kinds::named(value).is_some() => changes.push(Change::Kind(text)),
            Name::Kind => return Err(no_kind(value)),
            Name::Custom("favorite" | "favourite") => match *value {
                "true" => changes.push(Change::Favourite(true)),
                "false" => changes.push(Change::Favourite(false)),
                _ => return Err(unclear("a favourite is true or false".to_owned())),
            },
            Name::Password | Name::Note | Name::Totp => return Err(refused(name)),
            Name::Expires => changes.push(Change::Expiry(day(value)?)),
            Name::Pending => {}
            Name::Custom(label) => match field::custom(entry, label) {
                Some(known) if known.kind.is_secret() => return Err(refused(name)),
                Some(known) if value.is_empty() => changes.push(Change::RemoveField(known.id)),
                None if value.is_empty() => {
                    return Err(unclear(format!("there is no field {label:?} to remove")));
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
    Ok(match meant(entry, name) {
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
            let mut changes = plain_changes(entry, &[(name, value.expose_str().unwrap_or_default())])?;
            changes.pop().ok_or_else(|| Failure::usage("nothing to change"))?
        }
    })
}
