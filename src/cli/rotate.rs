//! `rotate`: what should change, and the change of one password at its site, asked for step by step at a terminal or
//! in single steps by a script. [`crate::rotate`] says what comes when; nothing secret is printed.

use std::env;

use serde::Serialize;
use serde_json::json;

use super::args::{RecipeOptions, Rotate};
use super::context::{Context, now, save};
use super::{audit, copy, output, recipe};
use crate::browser::Browser;
use crate::crypto::random::SystemRandom;
use crate::printable;
use crate::prompt::{self, PromptError};
use crate::report::{Exit, Failure, note};
use crate::rotate::{self, Page, Step, Walk};
use crate::secret::Secret;
use crate::session::Session;
use crate::vault::edit::Change;
use crate::vault::{Entry, Id, Vault};

/// What `rotate --json` says of an entry that should change.
#[derive(Serialize)]
struct Listed {
    id: String,
    title: String,
    username: String,
    page: Option<String>,
    reasons: Vec<ListedReason>,
}

#[derive(Serialize)]
struct ListedReason {
    kind: &'static str,
    detail: String,
}

/// Lists what should change, or changes one.
///
/// # Errors
/// Exit 2 where there is nobody to ask and no step is named, 4 and 5 as the query finds, 4 where the entry has no
/// password, or none that is pending.
pub fn run(context: &mut Context, given: &Rotate) -> Result<(), Failure> {
    let Some(query) = given.query.as_deref() else { return list(context) };
    let is_step = given.start || given.confirm || given.drop;
    if !is_step && (context.json || !context.can_ask()) {
        return Err(Failure::usage("which step, where there is nobody to ask?")
            .hint("Nothing was changed. Give --start, --confirm or --drop."));
    }
    let (session, vault) = context.open()?;
    let id = context.find(&vault, query)?;
    let mut change = OneChange { session, vault, id };
    if given.confirm {
        change.confirm(context)
    } else if given.drop {
        change.drop(context)
    } else if given.start {
        change.start(context)
    } else {
        change.walk(context)
    }
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let breached = context.config.breached.as_deref();
    let audit = match audit::of(context, &session, &vault, breached) {
        // The rest of the list is of use without what strangers know.
        Err(failure) if breached.is_some() => {
            note(&format!("Breached passwords are not listed: {failure}"));
            audit::of(context, &session, &vault, None)?
        }
        audited => audited?,
    };
    let terms = rotate::Terms { now: now(), old_after: context.config.old_after, audit: Some(&audit) };
    let tasks = rotate::work_list(&vault, &terms);
    let lines = tasks.iter().filter_map(|task| {
        let entry = vault.entry(task.id)?;
        let reason =
            |reason: &rotate::Reason| ListedReason { kind: reason.kind(), detail: reason.to_string() };
        Some(Listed {
            id: task.id.to_string(),
            title: entry.title().to_owned(),
            username: entry.username().to_owned(),
            page: page_of(&entry).map(|page| page.address),
            reasons: task.reasons.iter().map(reason).collect(),
        })
    });
    let lines: Vec<Listed> = lines.collect();
    if context.json {
        return output::json(&lines);
    }
    for line in &lines {
        let reasons: Vec<&str> = line.reasons.iter().map(|reason| reason.detail.as_str()).collect();
        let name =
            if line.username.is_empty() { &line.title } else { &format!("{}/{}", line.title, line.username) };
        output::text(&format!("{}  {}", printable::line(name), reasons.join(", ")))?;
    }
    if lines.is_empty() {
        note("Nothing should change.");
    }
    Ok(())
}

fn page_of(entry: &Entry<'_>) -> Option<Page> {
    let sites = recipe::told_sites();
    rotate::change_page(&entry.urls(), |host| sites.change_page(host).map(str::to_owned))
}

/// The change of one entry's password.
struct OneChange {
    session: Session,
    vault: Vault,
    id: Id,
}

impl OneChange {
    fn entry(&self) -> Result<Entry<'_>, Failure> {
        self.vault.entry(self.id).ok_or_else(|| rotate::NoWalk::NotLive.into())
    }

    fn title(&self) -> String {
        self.vault.entry(self.id).map(|entry| entry.title().to_owned()).unwrap_or_default()
    }

    fn pending(&self) -> Result<Option<Secret>, Failure> {
        let pending = self.entry()?.pending_password();
        Ok(pending.map(|value| self.session.reveal(value)).transpose()?)
    }

    /// Makes a new password and saves it as pending.
    fn make(&mut self) -> Result<(), Failure> {
        let entry = self.entry()?;
        let made_for = rotate::made_for(&entry);
        let chosen = recipe::for_entry(&RecipeOptions::default(), entry.policy(), &entry.urls())?;
        let (recipe, text) = (&chosen.recipe, chosen.recipe.to_string());
        let new = rotate::make_unused(&self.vault, self.session.seal(), recipe, &mut SystemRandom)?;
        let id = self.id;
        self.session.edit(&mut self.vault, now(), "", |edit| {
            rotate::make_pending(edit, id, new, &made_for, &text).map(drop)
        })?;
        save(&self.session, &mut self.vault)?;
        Ok(())
    }

    /// The step of a script: a pending password, unless there is one.
    fn start(&mut self, context: &Context) -> Result<(), Failure> {
        let entry = self.entry()?;
        let page = page_of(&entry).map(|page| page.address);
        Walk::begin(&entry, None)?;
        let is_new = entry.pending_password().is_none();
        if is_new {
            self.make()?;
        }
        let line = match is_new {
            true => format!("A new password of {} is pending; the old one stays current", self.title()),
            false => format!("A new password of {} is pending already", self.title()),
        };
        let json = json!({
            "id": self.id.to_string(), "title": self.title(), "page": page, "pending": true, "made": is_new,
        });
        output::done(context.json, &line, &json)
    }

    fn confirm(&mut self, context: &Context) -> Result<(), Failure> {
        let new = self.pending()?.ok_or_else(|| self.nothing_pending())?;
        self.make_current(new, true)?;
        let line = format!("The new password of {} is current; the old one is in its history", self.title());
        output::done(
            context.json,
            &line,
            &json!({ "id": self.id.to_string(), "title": self.title(), "confirmed": true }),
        )
    }

    fn make_current(&mut self, new: Secret, is_pending: bool) -> Result<(), Failure> {
        let (id, label) = (self.id, format!("password of {}", self.title()));
        self.session
            .edit(&mut self.vault, now(), &label, |edit| rotate::confirm(edit, id, new, is_pending))?;
        save(&self.session, &mut self.vault)?;
        Ok(())
    }

    fn drop(&mut self, context: &Context) -> Result<(), Failure> {
        if self.entry()?.pending_password().is_none() {
            return Err(self.nothing_pending());
        }
        let (id, label) = (self.id, format!("pending password of {}", self.title()));
        let change = Change::PendingPassword(None);
        self.session.edit(&mut self.vault, now(), &label, |edit| edit.change(id, change))?;
        save(&self.session, &mut self.vault)?;
        let line =
            format!("Dropped the pending password of {}; `tresor generated` still has it", self.title());
        output::done(
            context.json,
            &line,
            &json!({ "id": self.id.to_string(), "title": self.title(), "dropped": true }),
        )
    }

    fn nothing_pending(&self) -> Failure {
        Failure::new(Exit::NoSuchEntry, format!("{:?} has no pending password", self.title()))
            .hint("Nothing was changed. `tresor rotate` with --start makes one.")
    }

    /// All steps, asked for one after another.
    fn walk(&mut self, context: &Context) -> Result<(), Failure> {
        let entry = self.entry()?;
        let mut walk = Walk::begin(&entry, page_of(&entry))?;
        note(&format!(
            "The password of {}. Enter goes on, s leaves a step out, q stops.",
            rotate::made_for(&entry)
        ));
        loop {
            let done = match walk.step() {
                Step::Page => self.open_page(context, &mut walk),
                Step::Old => self.copy_old(context, &mut walk),
                Step::New => self.copy_new(context, &mut walk),
                Step::Answer => self.answer(context),
            };
            match done {
                Ok(Next::Go) => {}
                Ok(Next::Done) => return Ok(()),
                Ok(Next::Stop) => break,
                Err(failure) if failure.message == PromptError::Cancelled.to_string() => break,
                Err(failure) => {
                    self.say_what_is();
                    return Err(failure);
                }
            }
        }
        self.say_what_is();
        Ok(())
    }

    fn open_page(&self, context: &Context, walk: &mut Walk) -> Result<Next, Failure> {
        let Some(page) = walk.page().cloned() else { return Ok(Next::Go) };
        let browser = Browser::of(context.config.browser.as_deref(), |name| env::var_os(name));
        let verb = if browser.is_some() { "opens" } else { "copies" };
        let answer = prompt::answer(&format!("Enter {verb} {} (c copies it)", page.address))?;
        match (answer.as_str(), browser) {
            ("q", _) => return Ok(Next::Stop),
            ("s", _) => {}
            ("", Some(browser)) => match browser.open(&page.address) {
                Ok(()) => {}
                Err(error) => note(&format!("{error}. The address is {}", page.address)),
            },
            _ => copy_or_say(&Secret::from_text(page.address.clone()), "the page's address", context),
        }
        walk.did(Step::Page);
        Ok(Next::Go)
    }

    fn copy_old(&self, context: &Context, walk: &mut Walk) -> Result<Next, Failure> {
        match prompt::answer("Enter copies the old password")?.as_str() {
            "q" => return Ok(Next::Stop),
            "s" => {}
            _ => {
                if let Some(old) = self.entry()?.password() {
                    copy_or_say(
                        &self.session.reveal(old)?,
                        &format!("old password of {}", self.title()),
                        context,
                    );
                }
            }
        }
        walk.did(Step::Old);
        Ok(Next::Go)
    }

    fn copy_new(&mut self, context: &Context, walk: &mut Walk) -> Result<Next, Failure> {
        let has_one = self.entry()?.pending_password().is_some();
        let question = match has_one {
            true => "Enter copies the new password that is pending (m makes another)",
            false => "Enter makes a new password, keeps it as pending, and copies it",
        };
        let answer = prompt::answer(question)?;
        if answer == "q" {
            return Ok(Next::Stop);
        }
        if !has_one || answer == "m" {
            self.make()?;
        }
        if answer != "s" {
            self.copy_pending(context)?;
        }
        walk.did(Step::New);
        Ok(Next::Go)
    }

    fn copy_pending(&self, context: &Context) -> Result<(), Failure> {
        if let Some(new) = self.pending()? {
            copy_or_say(&new, &format!("new password of {}", self.title()), context);
        }
        Ok(())
    }

    fn answer(&mut self, context: &Context) -> Result<Next, Failure> {
        match prompt::answer("Did the site take the new password? (y, n, or c to copy it again)")?.as_str() {
            "y" | "yes" => {
                self.confirm(context)?;
                Ok(Next::Done)
            }
            "n" | "no" | "q" => Ok(Next::Stop),
            _ => {
                self.copy_pending(context)?;
                Ok(Next::Go)
            }
        }
    }

    /// Where it stands when it ends before the site's yes.
    fn say_what_is(&self) {
        let is_pending = self.vault.entry(self.id).is_some_and(|entry| entry.pending_password().is_some());
        note(match is_pending {
            true => {
                "The old password stays current. The new one is pending: `tresor rotate` goes on with it."
            }
            false => "The old password stays current.",
        });
    }
}

/// What follows a step.
enum Next {
    Go,
    Stop,
    Done,
}

/// What cannot be copied does not end the change: it can be had by other commands.
fn copy_or_say(value: &Secret, what: &str, context: &Context) {
    if let Err(failure) = copy::value(value, what, context.config.clear_after) {
        note(&format!("{what}: {failure}"));
    }
}
