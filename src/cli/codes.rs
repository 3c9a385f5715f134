//! `codes`: an account's back-up codes. A code is ticked off and saved before it is given out, so that none is
//! given twice.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::context::{Context, now, save};
use super::{args, copy, output};
use crate::account::backup_codes::{self, BackupCode, MOST, Tally};
use crate::account::{self, name, quoted};
use crate::clipboard::{Clipboard, Environment};
use crate::printable;
use crate::report::{Exit, Failure, note};
use crate::secret::Secret;
use crate::session::Session;
use crate::vault::edit::Change;
use crate::vault::tag::Tag;
use crate::vault::{Entry, Id, Vault};

/// Lists codes, adds some, gives out the next one, or ticks some off.
///
/// # Errors
/// Exit 4 where there is no such code, 2 where standard input has none.
pub fn run(context: &mut Context, given: &args::Codes) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let id = context.find(&vault, &given.query)?;
    let mut place = Place { session, vault, id };
    if given.add {
        let text = context.rest("the back-up codes")?;
        return place.add(&text, given.replace, context.json);
    }
    if given.next {
        let clear_after = given.copy.then_some(context.config.clear_after);
        return place.next(clear_after, context.json);
    }
    match (given.used.as_slice(), given.unused.as_slice()) {
        ([], []) => place.list(given.reveal, context.json),
        (used, []) => place.tick(used, true, context.json),
        (_, unused) => place.tick(unused, false, context.json),
    }
}

/// One entry of an open vault.
struct Place {
    session: Session,
    vault: Vault,
    id: Id,
}

impl Place {
    fn entry(&self) -> Result<Entry<'_>, Failure> {
        self.vault.entry(self.id).ok_or_else(|| Failure::new(Exit::NoSuchEntry, "the entry is gone"))
    }

    fn list(&self, reveal: bool, as_json: bool) -> Result<(), Failure> {
        let entry = self.entry()?;
        let (codes, tally) = (backup_codes::of(&entry), backup_codes::tally(&entry));
        let value = |code: &BackupCode<'_>| -> Result<Option<String>, Failure> {
            if !reveal {
                return Ok(None);
            }
            Ok(Some(self.session.reveal(code.value)?.expose_str().unwrap_or_default().to_owned()))
        };
        let values = codes.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        if as_json {
            let codes = codes.iter().zip(values);
            let codes = codes
                .map(|(code, value)| json!({ "number": code.number, "used": code.is_used, "code": value }));
            let mut json = self.json(tally)?;
            put(&mut json, "codes", Json::Array(codes.collect()));
            return output::json(&json);
        }
        if codes.is_empty() {
            note(&format!("{} has no back-up codes.", name(&entry)));
            note(&format!("`tresor codes {} --add` takes them from standard input.", self.query()?));
            return Ok(());
        }
        let line = |(code, value): (&BackupCode<'_>, Option<String>)| {
            let shown = value.unwrap_or_else(|| "********".to_owned());
            let state = if code.is_used { "  used" } else { "" };
            format!("{:>4}  {}{state}", code.number, printable::line(&shown))
        };
        let lines: Vec<String> = codes.iter().zip(values).map(line).collect();
        output::text(&lines.join("\n"))?;
        note(&format!("{} of {}", tally.words(), name(&entry)));
        self.warn_if_low(tally)
    }

    /// Adds the codes of a text, in the place of those there are if that is asked for.
    fn add(&mut self, text: &Secret, replace: bool, as_json: bool) -> Result<(), Failure> {
        let mut read = backup_codes::read(text.expose_str().unwrap_or_default());
        let entry = self.entry()?;
        let there = backup_codes::of(&entry);
        let kept: &[BackupCode<'_>] = if replace { &[] } else { &there };
        let mut known = Vec::with_capacity(kept.len());
        for code in kept {
            // One that cannot be opened is kept, and no reason to take no others.
            known.extend(self.session.reveal(code.value).ok());
        }
        read.without(&known);
        let doubles = read.doubles;
        check(&read.codes, doubles, kept.len())?;
        let added = read.codes.len();
        let first = kept.iter().map(|code| code.number).max().unwrap_or_default().saturating_add(1);
        let removed: Vec<Id> =
            if replace { there.iter().map(|code| code.field).collect() } else { Vec::new() };
        let label = format!("back-up codes of {}", entry.title());
        let id = self.id;
        self.session.edit(&mut self.vault, now(), &label, |edit| {
            removed.iter().try_for_each(|field| edit.change(id, Change::RemoveField(*field)))?;
            edit.change(id, Change::Fields(backup_codes::fields(read.codes, first)))
        })?;
        save(&self.session, &mut self.vault)?;
        let entry = self.entry()?;
        let tally = backup_codes::tally(&entry);
        let mut json = self.json(tally)?;
        put(&mut json, "added", json!(added));
        put(&mut json, "doubles", json!(doubles));
        put(&mut json, "left_out_lines", json!(read.left_out));
        let codes = if added == 1 { "back-up code" } else { "back-up codes" };
        output::done(
            as_json,
            &format!("Added {added} {codes} to {}: {}", name(&entry), tally.words()),
            &json,
        )?;
        left_out(&read.left_out, doubles);
        Ok(())
    }

    /// Gives out the next code that is left.
    fn next(&mut self, clear_after: Option<Duration>, as_json: bool) -> Result<(), Failure> {
        let (number, code) = loop {
            let entry = self.entry()?;
            let (field, number, code) = self.next_left(&entry)?;
            let title = entry.title().to_owned();
            let (ticked, is_use_due) = (times_ticked(&entry, field), copy::is_use_due(&entry, now()));
            let (id, now) = (self.id, now());
            let label = format!("back-up code {number} of {title} used");
            self.session.edit(&mut self.vault, now, &label, |edit| {
                edit.change(id, Change::TickedOff { field, used: true })?;
                if is_use_due { edit.change(id, Change::LastUsed(now)) } else { Ok(()) }
            })?;
            save(&self.session, &mut self.vault)?;
            // Where another program has ticked off the same one meanwhile, it has given it out as well.
            if times_ticked(&self.entry()?, field) == ticked + 1 {
                break (number, code);
            }
        };
        let entry = self.entry()?;
        let tally = backup_codes::tally(&entry);
        let undo = || {
            format!(
                "It is ticked off: `tresor codes {} --unused {number}` takes that back.",
                self.query_or_id()
            )
        };
        if let Some(clear_after) = clear_after {
            let copied = Clipboard::open(Environment::from_process()).copy(&code, clear_after, now());
            let ticket = copied.map_err(|error| Failure::from(error).hint(undo()))?;
            let (to, of, seconds) = (ticket.backend(), name(&entry), clear_after.as_secs());
            let line = format!("Copied back-up code {number} of {of} to the {to}; cleared in {seconds} s");
            note(&line);
        } else if !as_json {
            output::value(&code).map_err(|failure| failure.hint(undo()))?;
        }
        if as_json {
            let mut json = self.json(tally)?;
            put(&mut json, "number", json!(number));
            if clear_after.is_none() {
                put(&mut json, "code", json!(code.expose_str().unwrap_or_default()));
            }
            output::json(&json).map_err(|failure| failure.hint(undo()))?;
        }
        note(&format!("{} of {}", tally.words(), name(&entry)));
        self.warn_if_low(tally)
    }

    /// The next code that is left and can be opened.
    fn next_left(&self, entry: &Entry<'_>) -> Result<(Id, usize, Secret), Failure> {
        let codes = backup_codes::of(entry).into_iter().filter(|code| !code.is_used);
        let mut unreadable = None;
        for code in codes {
            match self.session.reveal(code.value) {
                Ok(value) => return Ok((code.field, code.number, value)),
                Err(error) => unreadable = Some(error),
            }
        }
        if let Some(error) = unreadable {
            return Err(error.into());
        }
        let (of, tally) = (name(entry), backup_codes::tally(entry));
        let message = if tally.total == 0 {
            format!("{of} has no back-up codes")
        } else {
            format!("all {} back-up codes of {of} are used", tally.total)
        };
        Err(Failure::new(Exit::NoSuchEntry, message).hint(self.make_new()?))
    }

    fn tick(&mut self, numbers: &[usize], used: bool, as_json: bool) -> Result<(), Failure> {
        let entry = self.entry()?;
        let codes = backup_codes::of(&entry);
        let mut fields = Vec::with_capacity(numbers.len());
        for number in numbers {
            let code = codes.iter().find(|code| code.number == *number);
            let missing = || {
                Failure::new(Exit::NoSuchEntry, format!("{} has no back-up code {number}", name(&entry)))
                    .hint(format!("Nothing was changed. {} has them by number.", self.list_command()))
            };
            fields.push(code.ok_or_else(missing)?.field);
        }
        let state = if used { "used" } else { "not used" };
        let what = match numbers {
            [number] => format!("back-up code {number}"),
            numbers => format!("{} back-up codes", numbers.len()),
        };
        let (label, id) = (format!("{what} of {} {state}", entry.title()), self.id);
        self.session.edit(&mut self.vault, now(), &label, |edit| {
            fields.iter().try_for_each(|field| edit.change(id, Change::TickedOff { field: *field, used }))
        })?;
        save(&self.session, &mut self.vault)?;
        let entry = self.entry()?;
        let tally = backup_codes::tally(&entry);
        let line = format!("Noted: {what} of {} {state}; {}", name(&entry), tally.words());
        output::done(as_json, &line, &self.json(tally)?)?;
        self.warn_if_low(tally)
    }

    fn json(&self, tally: Tally) -> Result<Json, Failure> {
        let entry = self.entry()?;
        Ok(json!({
            "id": entry.id().to_string(),
            "title": entry.title(),
            "username": entry.username(),
            "left": tally.left,
            "total": tally.total,
        }))
    }

    fn warn_if_low(&self, tally: Tally) -> Result<(), Failure> {
        if tally.is_low() {
            note(&self.make_new()?);
        }
        Ok(())
    }

    fn make_new(&self) -> Result<String, Failure> {
        Ok(format!(
            "Have the site make new ones, and put them in the place of these: `tresor codes {} --add --replace`.",
            self.query()?
        ))
    }

    fn list_command(&self) -> String {
        format!("`tresor codes {}`", self.query_or_id())
    }

    fn query(&self) -> Result<String, Failure> {
        Ok(quoted(&account::query(&self.vault, &self.entry()?)))
    }

    fn query_or_id(&self) -> String {
        self.query().unwrap_or_else(|_| self.id.to_string())
    }
}

/// Whether there is something to add, and room for it.
fn check(codes: &[Secret], doubles: usize, there: usize) -> Result<(), Failure> {
    if codes.is_empty() && doubles > 0 {
        return Err(Failure::usage("these back-up codes are there already").hint("Nothing was changed."));
    }
    if codes.is_empty() {
        return Err(Failure::usage("there is no back-up code on standard input").hint(
            "Nothing was changed. One on each line is read, numbered or not, behind the master password.",
        ));
    }
    if codes.len() + there > MOST {
        return Err(Failure::usage(format!("an entry holds at most {MOST} back-up codes"))
            .hint("Nothing was changed."));
    }
    Ok(())
}

/// Says what of a text was not taken.
fn left_out(lines: &[usize], doubles: usize) {
    if doubles > 0 {
        note(&format!("Left out, being there already: {doubles}."));
    }
    let numbers: Vec<String> = lines.iter().take(10).map(usize::to_string).collect();
    let more = if lines.len() > 10 { ", ..." } else { "" };
    if !lines.is_empty() {
        note(&format!("Left out, being no codes: line {}{more}.", numbers.join(", ")));
    }
}

/// How often a code was ticked off, by whomever.
fn times_ticked(entry: &Entry<'_>, field: Id) -> usize {
    let cells = entry.record().cells_of(Tag::TICKED_OFF, Some(field)).iter();
    cells.filter(|cell| !cell.is_emptied() && !cell.is_removed()).count()
}

fn put(json: &mut Json, key: &str, value: Json) {
    if let Json::Object(map) = json {
        map.insert(key.to_owned(), value);
    }
}
