//! `sites`: what is known of a site, and taking over what others have collected.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{output, recipe};
use crate::config::{Places, save_imported, site_rule, usable};
use crate::generate::{Chars, Password};
use crate::report::{Exit, Failure, note};
use crate::sites::{Imported, MAX_FILE, import};
use crate::store::{StoreError, read_private};

/// The most refusals that are told a person one by one.
const MOST_TOLD: usize = 20;

/// Says what is known of a site.
///
/// # Errors
/// Exit 4 where nothing is.
pub fn show(as_json: bool, host: &str) -> Result<(), Failure> {
    let sites = recipe::told_sites();
    let (rule, page, shared) = (sites.rule(host), sites.change_page(host), sites.shared_logins(host));
    if rule.is_none() && page.is_none() && shared.is_empty() {
        return Err(Failure::new(Exit::NoSuchEntry, format!("nothing is known of {host:?}"))
            .hint("`tresor sites import DIR` takes over what others have collected."));
    }
    let mut lines = Vec::new();
    let mut json = json!({ "host": host, "change_page": page, "shared_logins": shared });
    if let (Some(rule), Some(object)) = (rule, json.as_object_mut()) {
        let password = site_rule(&rule.text);
        lines.push(match &password {
            Ok(password) => format!("{}: {}", rule.host, words(password)),
            Err(error) => format!("{}: the rule cannot be read: {error}", rule.host),
        });
        lines.push(format!("Rule: {} ({})", rule.text, rule.source.words()));
        object.insert("matched".to_owned(), rule.host.into());
        object.insert("rule".to_owned(), rule.text.into());
        object.insert("table".to_owned(), rule.source.name().into());
        if let Ok(password) = password {
            object.extend(bounds(&password));
        }
    }
    lines.extend(page.map(|page| format!("Change the password at {page}")));
    if !shared.is_empty() {
        lines.push(format!("One login with {}", shared.join(", ")));
    }
    output::said(as_json, &lines, &json)
}

fn bounds(password: &Password) -> serde_json::Map<String, Value> {
    let alphabet = password.alphabet();
    let classes: Vec<&str> =
        CLASSES.iter().filter(|(_, all)| alphabet.holds(*all)).map(|(name, _)| *name).collect();
    let bits = password.for_site().counted().ok().map(|counted| counted.entropy_bits());
    let bounds = json!({
        "min_length": password.min,
        "max_length": password.max,
        "max_consecutive": password.max_consecutive,
        "classes": classes,
        "characters": alphabet.iter().map(char::from).collect::<String>(),
        "required": password.required.iter().map(|needed| json!({
            "characters": needed.of.iter().map(char::from).collect::<String>(), "at_least": needed.least,
        })).collect::<Vec<Value>>(),
        "bits": bits,
    });
    match bounds {
        Value::Object(bounds) => bounds,
        _ => serde_json::Map::new(),
    }
}

const CLASSES: [(&str, Chars); 4] =
    [("lower", Chars::LOWER), ("upper", Chars::UPPER), ("digit", Chars::DIGIT), ("special", Chars::SPECIAL)];

/// A rule in words: "6 to 20 characters; small letters, capital letters and digits".
fn words(rule: &Password) -> String {
    let length = match (rule.min, rule.max) {
        (Some(min), Some(max)) if min == max => format!("{min} characters"),
        (Some(min), Some(max)) => format!("{min} to {max} characters"),
        (Some(min), None) => format!("at least {min} characters"),
        (None, Some(max)) => format!("at most {max} characters"),
        (None, None) => "any length".to_owned(),
    };
    let mut parts = vec![length];
    for needed in &rule.required {
        parts.push(format!("at least {} of {}", needed.least, set(needed.of, " or ")));
    }
    let is_silent = rule.required.is_empty() && rule.allowed.is_none();
    match rule.allowed {
        Some(allowed) if rule.required.is_empty() => parts.push(format!("only {}", set(allowed, ", "))),
        Some(allowed) => parts.push(format!("also {}", set(allowed, ", "))),
        None if is_silent => parts.push("which characters is not known".to_owned()),
        None => parts.push("nothing else".to_owned()),
    }
    parts.extend(rule.max_consecutive.map(|most| match most {
        1 => "no character twice in a row".to_owned(),
        most => format!("no more than {most} of a character in a row"),
    }));
    parts.join("; ")
}

fn set(chars: Chars, between: &str) -> String {
    let names = [
        ("all visible characters", Chars::VISIBLE),
        ("small letters", Chars::LOWER),
        ("capital letters", Chars::UPPER),
        ("digits", Chars::DIGIT),
    ];
    let mut rest = chars;
    let mut said = Vec::new();
    for (name, class) in names {
        if rest.holds(class) {
            said.push(name.to_owned());
            rest = rest - class;
        }
    }
    if rest.holds(Chars::BLANK) && rest != Chars::BLANK {
        rest = rest - Chars::BLANK;
        said.push("the blank".to_owned());
    }
    match rest {
        Chars::NONE => {}
        Chars::BLANK => said.push("the blank".to_owned()),
        signs => said.push(signs.iter().map(char::from).collect()),
    }
    said.join(between)
}

/// Takes over the files of a folder.
///
/// # Errors
/// Exit 1 where none of the files is there or can be read; nothing is changed then.
pub fn take_over(as_json: bool, dir: &Path) -> Result<ExitCode, Failure> {
    let places = Places::of_this_user()?;
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for name in Imported::FILES {
        match read_private(&dir.join(name), MAX_FILE) {
            Ok(bytes) => files.push((name, bytes)),
            Err(error) => unreadable.push((name, error)),
        }
    }
    if files.is_empty() {
        let is_missing = unreadable.iter().all(|(_, error)| StoreError::is_not_found(error));
        let first = unreadable.into_iter().next().map(|(_, error)| error.to_string()).unwrap_or_default();
        let said = if is_missing {
            format!("none of {} is in {}", Imported::FILES.join(", "), dir.display())
        } else {
            first
        };
        return Err(
            Failure::new(Exit::Failed, said).hint("Nothing was imported, and what was known is as it was.")
        );
    }
    let given: Vec<(&'static str, &[u8])> =
        files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let imported = import(&given, &usable);
    let table = &imported.table;
    let [rules, pages, groups] = [table.rules().count(), table.pages().count(), table.groups().len()];
    if rules + pages + groups == 0 {
        let first = imported.refused.first().map(|refused| format!("{}: {}", refused.file, refused.reason));
        return Err(Failure::new(
            Exit::Failed,
            first.unwrap_or_else(|| "there is nothing in these files".to_owned()),
        )
        .hint("Nothing was imported, and what was known is as it was."));
    }
    save_imported(&places, table)?;
    let mut refused: Vec<Value> = unreadable
        .iter()
        .map(|(name, error)| json!({ "file": name, "what": "", "reason": error.to_string() }))
        .collect();
    refused.extend(
        imported
            .refused
            .iter()
            .map(|refused| json!({ "file": refused.file, "what": refused.what, "reason": refused.reason })),
    );
    tell(&refused);
    let json = json!({ "rules": rules, "pages": pages, "shared_logins": groups, "refused": refused });
    let line = format!("Imported {rules} rules, {pages} pages and {groups} shared logins");
    output::done(as_json, &line, &json)?;
    Ok(ExitCode::from(if refused.is_empty() { 0 } else { Exit::Partly as u8 }))
}

fn tell(refused: &[Value]) {
    for one in refused.iter().take(MOST_TOLD) {
        let part = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let what = if part("what").is_empty() { String::new() } else { format!(", {}", part("what")) };
        note(&format!("Left out: {}{what}: {}", part("file"), part("reason")));
    }
    if refused.len() > MOST_TOLD {
        note(&format!("{} more were left out; --json names all.", refused.len() - MOST_TOLD));
    }
}
