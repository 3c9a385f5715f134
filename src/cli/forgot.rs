//! `forgot`: all that helps to get back into an account, in one place. Answers and older passwords only on
//! request.

use serde_json::{Value as Json, json};

use super::context::Context;
use super::{output, recipe};
use crate::account::recovery::Missing;
use crate::account::{Account, End, Recovery, name, query, quoted};
use crate::printable;
use crate::report::Failure;
use crate::session::Session;
use crate::vault::entry::Value;
use crate::vault::{Entry, Vault};

/// Shows it.
///
/// # Errors
/// Exit 4 and 5 as the query finds, 6 where a value cannot be opened that is to be shown.
pub fn run(context: &mut Context, given: &str, reveal: bool) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let id = context.find(&vault, given)?;
    let Some(entry) = vault.entry(id) else { return Ok(()) };
    let sites = recipe::told_sites();
    let recovery = Recovery::of(&vault, entry, &sites);
    let page = Page { session: &session, vault: &vault, recovery: &recovery, reveal };
    if context.json {
        return output::json(&page.json()?);
    }
    output::text(&page.text()?)
}

struct Page<'p> {
    session: &'p Session,
    vault: &'p Vault,
    recovery: &'p Recovery<'p>,
    reveal: bool,
}

impl Page<'_> {
    fn text(&self) -> Result<String, Failure> {
        let mut lines = Vec::new();
        for (number, account) in self.recovery.accounts.iter().enumerate() {
            if number > 0 {
                lines.push(String::new());
            }
            lines.push(name(&account.entry));
            for (label, value) in self.facts(number, account)? {
                lines.push(format!("  {:<17} {}", printable::line(&label), printable::line(&value)));
            }
            if account.is_bare() {
                lines.push("  Nothing is written down for this account.".to_owned());
            }
            lines.push("  What to do".to_owned());
            for (number, step) in self.recovery.steps(self.vault, number).iter().enumerate() {
                lines.push(format!("  {:>3}. {}", number + 1, printable::line(step)));
            }
            lines.extend(self.to_add(account));
        }
        Ok(lines.join("\n"))
    }

    /// What is known, each with its label.
    fn facts(&self, number: usize, account: &Account<'_>) -> Result<Vec<(String, String)>, Failure> {
        let mut facts = Vec::new();
        let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
        if let Some(site) = account.site {
            fact("Site", site.to_owned());
        }
        if !account.entry.username().is_empty() {
            fact("User name", account.entry.username().to_owned());
        }
        if let Some(other) = self.signs_in_with(number, account) {
            fact("Signs in with", other);
        }
        if let Some(email) = account.email.filter(|_| !account.email_is_username) {
            fact("Recovery e-mail", email.to_owned());
        }
        if let Some(mailbox) = &account.mailbox {
            fact("Its mailbox", name(mailbox));
        }
        if let Some(phone) = account.phone {
            fact("Recovery phone", phone.to_owned());
        }
        if account.codes.total > 0 {
            fact("Back-up codes", account.codes.words());
        }
        if account.entry.otp().is_some() {
            fact("One-time codes", "made here".to_owned());
        }
        for question in &account.questions {
            fact("Question", question.label.to_owned());
            fact("  answer", self.secret(question.value)?.unwrap_or_else(|| "********".to_owned()));
        }
        for past in &account.older {
            let value = self.secret(past.value)?.unwrap_or_else(|| "********".to_owned());
            fact("Older password", format!("{value}  set on {}", past.time.day()));
        }
        Ok(facts)
    }

    fn signs_in_with(&self, number: usize, account: &Account<'_>) -> Option<String> {
        account.entry.signs_in_with()?;
        let trouble = match self.recovery.end {
            End::Trashed if number + 2 == self.recovery.accounts.len() => ", in the trash",
            End::Circle if number + 1 == self.recovery.accounts.len() => {
                "one of those above: round in a circle"
            }
            End::Gone if number + 1 == self.recovery.accounts.len() => "an entry that was deleted for good",
            _ => "",
        };
        let behind = self.recovery.behind(number).map(|other| name(&other.entry)).unwrap_or_default();
        Some(format!("{behind}{trouble}"))
    }

    /// How to write down what is missing.
    fn to_add(&self, account: &Account<'_>) -> Vec<String> {
        let missing = account.missing();
        if missing.is_empty() || account.leans_on_another() {
            return Vec::new();
        }
        let words: Vec<&str> = missing.iter().map(|missing| missing.words()).collect();
        let query = quoted(&query(self.vault, &account.entry));
        let mut lines = vec![format!("  Not written down: {}.", words.join(", "))];
        lines.extend(missing.iter().map(|missing| format!("    {}", command(*missing, &query))));
        lines
    }

    fn secret(&self, value: Value<'_>) -> Result<Option<String>, Failure> {
        if !self.reveal {
            return Ok(None);
        }
        Ok(Some(self.session.reveal(value)?.expose_str().unwrap_or_default().to_owned()))
    }

    fn json(&self) -> Result<Json, Failure> {
        let mut accounts = Vec::new();
        for (number, account) in self.recovery.accounts.iter().enumerate() {
            accounts.push(self.account_json(number, account)?);
        }
        let first = self.recovery.accounts.first().map(|account| account.entry);
        let ends = match self.recovery.end {
            End::Reached => "reached",
            End::Trashed => "trash",
            End::Gone => "gone",
            End::Circle => "circle",
        };
        Ok(json!({
            "id": first.map(|entry| entry.id().to_string()),
            "title": first.map(|entry| entry.title()),
            "username": first.map(|entry| entry.username()),
            "accounts": accounts,
            "signs_in_with_ends": ends,
        }))
    }

    fn account_json(&self, number: usize, account: &Account<'_>) -> Result<Json, Failure> {
        let mut questions = Vec::new();
        for question in &account.questions {
            questions.push(json!({ "question": question.label, "answer": self.secret(question.value)? }));
        }
        let mut older = Vec::new();
        for past in &account.older {
            older.push(json!({ "set": past.time.to_string(), "password": self.secret(past.value)? }));
        }
        let named = |entry: &Entry<'_>| json!({ "id": entry.id().to_string(), "title": entry.title(), "username": entry.username() });
        let missing: Vec<&str> = account.missing().iter().map(|missing| missing.name()).collect();
        Ok(json!({
            "id": account.entry.id().to_string(),
            "title": account.entry.title(),
            "username": account.entry.username(),
            "url": account.site,
            "change_page": account.change_page,
            "has_password": account.entry.password().is_some(),
            "has_totp": account.entry.otp().is_some(),
            "signs_in_with": account.entry.signs_in_with().map(|id| id.to_string()),
            "recovery_email": account.email,
            "recovery_email_is_username": account.email.is_some() && account.email_is_username,
            "recovery_email_is_own_mailbox": account.email_is_own,
            "mailbox": account.mailbox.as_ref().map(named),
            "recovery_phone": account.phone,
            "questions": questions,
            "backup_codes": { "left": account.codes.left, "total": account.codes.total },
            "older_passwords": older,
            "steps": self.recovery.steps(self.vault, number),
            "missing": missing,
        }))
    }
}

/// The command that writes down what is missing.
fn command(missing: Missing, query: &str) -> String {
    match missing {
        Missing::Site => format!("tresor edit {query} --set url=https://..."),
        Missing::Email => format!("tresor edit {query} --set '{}=...'", crate::account::EMAIL),
        Missing::Phone => format!("tresor edit {query} --set '{}=...'", crate::account::PHONE),
        Missing::BackupCodes => format!("tresor codes {query} --add"),
    }
}
