//! `audit`: what is wrong in the vault, the worst first, and which of it is to be ignored.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use super::args::{Audit as Asked, AuditAction};
use super::context::{Context, now, save};
use super::output;
use super::progress::Progress;
use super::recipe::told_sites;
use crate::audit::{Audit, Finding, Kind, Terms, name_of};
use crate::config::min_len;
use crate::printable;
use crate::report::{Exit, Failure, note};
use crate::session::Session;
use crate::vault::Vault;
use crate::vault::edit::Change;

/// Columns of a bar.
const BAR: usize = 20;
/// Entries between two signs of life.
const SHOWN_EVERY: usize = 64;

/// Audits the vault, or ignores one of its findings.
///
/// # Errors
/// Exit 1 where the list of breached passwords cannot be used. Something found is no error, and exit status 9.
pub fn run(context: &mut Context, asked: Asked) -> Result<ExitCode, Failure> {
    match asked.action {
        None => audit(context, &asked),
        Some(AuditAction::Ignore { query, kind, reason }) => except(context, &query, kind, Some(reason)),
        Some(AuditAction::Unignore { query, kind }) => except(context, &query, kind, None),
    }
}

/// A finding in JSON: never a secret.
#[derive(Serialize)]
struct Found<'a> {
    id: String,
    title: &'a str,
    kind: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<&'a str>,
}

fn audit(context: &mut Context, asked: &Asked) -> Result<ExitCode, Failure> {
    let (session, vault) = context.open()?;
    let breached = asked.breached.as_deref().or(context.config.breached.as_deref());
    let audit = of(context, &session, &vault, breached)?;
    let shown: Vec<&Finding> =
        audit.findings.iter().filter(|finding| asked.all || finding.ignored.is_none()).collect();
    for id in &audit.unreadable {
        let name = vault.entry(*id).map(|entry| name_of(&entry)).unwrap_or_default();
        note(&format!("The password of {name} cannot be opened, and was not judged."));
    }
    if context.json {
        let found = shown.iter().map(|finding| Found {
            id: finding.id.to_string(),
            title: vault.entry(finding.id).map_or("", |entry| entry.title()),
            kind: finding.kind.name(),
            detail: &finding.detail,
            ignored: finding.ignored.as_deref(),
        });
        output::json(&found.collect::<Vec<_>>())?;
    } else {
        output::text(&report(&vault, &audit, &shown).join("\n"))?;
    }
    let exit = if audit.counted().next().is_some() { Exit::Found as u8 } else { 0 };
    Ok(ExitCode::from(exit))
}

/// Audits, and shows how far it is.
///
/// # Errors
/// Exit 1 where the list of breached passwords cannot be used.
pub fn of(
    context: &Context,
    session: &Session,
    vault: &Vault,
    breached: Option<&Path>,
) -> Result<Audit, Failure> {
    let sites = told_sites();
    let terms = Terms {
        now: now(),
        old_after: context.config.old_after,
        min_len: &|host| min_len(&sites, host),
        same_login: &|one, other| sites.same_login(one, other),
    };
    let mut progress = Progress::new("Looked at", "entries", SHOWN_EVERY);
    let audited = session.audit(vault, &terms, breached, &mut |done, of| {
        progress.show(done, of);
        true
    });
    progress.end();
    Ok(audited?.unwrap_or_default())
}

/// The score with its bar, how many of each kind, then each kind with what to do and its entries.
fn report(vault: &Vault, audit: &Audit, shown: &[&Finding]) -> Vec<String> {
    let score = audit.score() as usize;
    let wrong = audit.worst_first().len();
    let mut lines = vec![
        format!("Score       {} {score} of 100", bar(score, 100)),
        format!("Entries     {} {wrong} of {} with a finding", bar(wrong, audit.entries), audit.entries),
    ];
    for kind in Kind::ALL {
        let count = audit.count(kind);
        if count > 0 {
            lines.push(format!("{:<11} {} {count}", kind.name(), bar(count, audit.entries)));
        }
    }
    for kind in Kind::ALL {
        let mut found = shown.iter().filter(|finding| finding.kind == kind).peekable();
        if found.peek().is_none() {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("{}: {}", kind.name(), kind.advice()));
        lines.extend(found.map(|finding| {
            let name = vault.entry(finding.id).map(|entry| name_of(&entry)).unwrap_or_default();
            let ignored = finding.ignored.as_ref().map(|reason| format!(" (ignored: {reason})"));
            let line = format!("  {name}: {}{}", finding.detail, ignored.unwrap_or_default());
            printable::line(&line).into_owned()
        }));
    }
    lines.push(String::new());
    let ignored = audit.findings.len() - audit.counted().count();
    if ignored > 0 && shown.len() < audit.findings.len() {
        let what = if ignored == 1 { "finding is" } else { "findings are" };
        lines.push(format!("{ignored} {what} ignored; --all shows what and why."));
    }
    if !audit.has_breaches {
        lines.push("Not looked up in a list of breached passwords: --breached names one.".to_owned());
    }
    if wrong == 0 {
        lines.push("Nothing is wrong.".to_owned());
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// A part of a whole; something of it shows where there is something.
fn bar(part: usize, of: usize) -> String {
    let full = (part * BAR).div_ceil(of.max(1)).min(BAR);
    let full = if part < of { full.min(BAR - 1) } else { full };
    format!("[{}{}]", "#".repeat(full), "-".repeat(BAR - full))
}

/// Ignores a kind of finding of an entry for a reason, or no longer.
fn except(
    context: &mut Context,
    query: &str,
    kind: String,
    reason: Option<String>,
) -> Result<ExitCode, Failure> {
    if reason.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Failure::usage("the reason is empty").hint("Nothing was changed."));
    }
    let (session, mut vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let Some(entry) = vault.entry(id) else { return Ok(ExitCode::SUCCESS) };
    let (title, name) = (entry.title().to_owned(), name_of(&entry));
    let (label, line) = match &reason {
        Some(reason) => {
            let line = format!("Ignored from now on: {name} is {kind} ({reason})");
            (format!("{kind} of {name} ignored"), line)
        }
        None => (format!("{kind} of {name} counts again"), format!("Counts again: {name} is {kind}")),
    };
    let json = json!({ "id": id.to_string(), "title": title, "kind": kind, "ignored": reason });
    let change = Change::Except { kind, reason };
    session.edit(&mut vault, now(), &label, |edit| edit.change(id, change))?;
    save(&session, &mut vault)?;
    output::done(context.json, &line, &json)?;
    Ok(ExitCode::SUCCESS)
}
