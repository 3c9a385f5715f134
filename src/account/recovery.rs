//! "I forgot": all that the vault knows that helps to get back into an account, in one place, and what to do
//! with it, step by step. It follows whom the account signs in with. Secrets stay sealed here.

use super::{Chain, End, Tally, backup_codes, facts, mailbox, name, query, quoted};
use crate::generate::{Passphrase, Recipe};
use crate::sites::Sites;
use crate::vault::entry::{Field, Past};
use crate::vault::kinds::FieldKind;
use crate::vault::tag::Tag;
use crate::vault::{Entry, Vault};

/// What helps to get back into an account.
#[derive(Debug, Clone)]
pub struct Recovery<'v> {
    /// The account that was asked for, and behind it those that it signs in with.
    pub accounts: Vec<Account<'v>>,
    /// How that chain ends; [`End::Reached`] too where there is none.
    pub end: End,
}

/// What is known about one account.
#[derive(Debug, Clone)]
pub struct Account<'v> {
    /// Its entry.
    pub entry: Entry<'v>,
    /// The e-mail address that a message goes to: the one written down, else a user name that is one.
    pub email: Option<&'v str>,
    /// Whether that address is only the user name.
    pub email_is_username: bool,
    /// Whether that is the mailbox of this very account, which then cannot help.
    pub email_is_own: bool,
    /// The entry of that mailbox.
    pub mailbox: Option<Entry<'v>>,
    /// The phone number.
    pub phone: Option<&'v str>,
    /// Questions, and their answers.
    pub questions: Vec<Field<'v>>,
    /// How many back-up codes are left.
    pub codes: Tally,
    /// Passwords that were replaced, the latest first.
    pub older: Vec<Past<'v>>,
    /// The site's address.
    pub site: Option<&'v str>,
    /// The page where the site has the password changed, where that is known.
    pub change_page: Option<String>,
}

/// Something that is not written down and would help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Missing {
    Site,
    Email,
    Phone,
    BackupCodes,
}

impl Missing {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Site => "the site's address",
            Self::Email => "the e-mail address it was registered with",
            Self::Phone => "the phone number it was registered with",
            Self::BackupCodes => "its back-up codes",
        }
    }

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Site => "url",
            Self::Email => "recovery_email",
            Self::Phone => "recovery_phone",
            Self::BackupCodes => "backup_codes",
        }
    }
}

impl<'v> Recovery<'v> {
    /// For the account of `entry`, with what is known of `sites`.
    pub fn of(vault: &'v Vault, entry: Entry<'v>, sites: &Sites) -> Self {
        let chain = Chain::of(vault, &entry);
        let end = chain.as_ref().map_or(End::Reached, |chain| chain.end);
        let others = chain.map(|chain| chain.entries).unwrap_or_default();
        let entries = std::iter::once(entry).chain(others);
        Self { accounts: entries.map(|entry| Account::of(vault, entry, sites)).collect(), end }
    }

    /// The account that is signed in to behind the one of this number.
    pub fn behind(&self, number: usize) -> Option<&Account<'v>> {
        self.accounts.get(number + 1)
    }

    /// What to do about the account of this number, one sentence for each step.
    pub fn steps(&self, vault: &Vault, number: usize) -> Vec<String> {
        let Some(account) = self.accounts.get(number) else { return Vec::new() };
        let is_linked = account.entry.signs_in_with().is_some();
        let mut steps = Vec::new();
        if let Some(other) = self.behind(number) {
            let other = name(&other.entry);
            steps.push(format!(
                "Sign in with {other}: the site has a button for it. Who forgot that one finds it below."
            ));
        } else if is_linked {
            steps.push(
                Chain::of(vault, &account.entry)
                    .and_then(|chain| chain.trouble())
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        if account.leans_on_another() {
            return steps;
        }
        steps.extend(account.steps(vault));
        steps
    }
}

impl<'v> Account<'v> {
    fn of(vault: &'v Vault, entry: Entry<'v>, sites: &Sites) -> Self {
        let written = facts::email(&entry);
        let username = Some(entry.username()).filter(|name| facts::address(name).is_some());
        let email = written.or(username);
        let mut older: Vec<Past<'v>> =
            entry.history().into_iter().filter(|past| past.tag == Tag::PASSWORD).collect();
        older.reverse();
        Self {
            entry,
            email,
            email_is_username: written.is_none(),
            email_is_own: email.is_some_and(|address| mailbox::is_of(&entry, address)),
            mailbox: email.and_then(|address| mailbox::of(vault, address, entry.id())),
            phone: facts::phone(&entry),
            questions: questions(&entry),
            codes: backup_codes::tally(&entry),
            older,
            site: entry.urls().first().copied(),
            change_page: entry.urls().iter().find_map(|url| sites.change_page(url)).map(str::to_owned),
        }
    }

    /// What is not written down and would help.
    pub fn missing(&self) -> Vec<Missing> {
        let none = [
            (self.site.is_none(), Missing::Site),
            (facts::email(&self.entry).is_none(), Missing::Email),
            (self.phone.is_none(), Missing::Phone),
            (self.codes.total == 0, Missing::BackupCodes),
        ];
        none.into_iter().filter_map(|(is_missing, what)| is_missing.then_some(what)).collect()
    }

    /// Whether it has no password of its own: another account is signed in to.
    pub fn leans_on_another(&self) -> bool {
        self.entry.signs_in_with().is_some() && self.entry.password().is_none()
    }

    /// Whether nothing at all is written down that helps.
    pub fn is_bare(&self) -> bool {
        let nothing = self.entry.signs_in_with().is_none()
            && self.email.is_none()
            && self.phone.is_none()
            && self.questions.is_empty();
        nothing && self.codes.total == 0 && self.older.is_empty() && self.site.is_none()
    }

    fn steps(&self, vault: &Vault) -> Vec<String> {
        let mut steps = Vec::new();
        if self.entry.password().is_some() {
            steps.push(
                "The password is in the vault: if the site refuses it, it was changed elsewhere.".to_owned(),
            );
        }
        if !self.older.is_empty() {
            let count = count(self.older.len(), "older password is", "older passwords are");
            steps.push(format!("Try the older ones: {count} kept here, the latest first."));
        }
        steps.push(match self.site {
            Some(site) => format!("Open {site} and look for \"Forgot password?\" where one signs in."),
            None => "Open the site and look for \"Forgot password?\" where one signs in.".to_owned(),
        });
        if let Some(page) = &self.change_page {
            steps.push(format!("Still signed in somewhere? There {page} sets a new password."));
        }
        if let Some(email) = self.email {
            let guess = if self.email_is_username { "probably goes" } else { "goes" };
            let mailbox = match &self.mailbox {
                Some(mailbox) => {
                    format!("your mailbox is the entry {}", quoted(&query(vault, mailbox)))
                }
                None => "no entry here is that mailbox".to_owned(),
            };
            steps.push(match self.email_is_own {
                true => format!("A message to {email} would be in this very mailbox: another way is needed."),
                false => format!("The site's message {guess} to {email}; {mailbox}."),
            });
        }
        if let Some(phone) = self.phone {
            steps.push(format!("Or it sends a code to {phone}."));
        }
        if !self.questions.is_empty() {
            let count = count(self.questions.len(), "answer is", "answers are");
            steps.push(format!("If it asks a question: {count} written down here."));
        }
        if self.entry.otp().is_some() {
            steps.push("If it asks for a one-time code: this entry makes them.".to_owned());
        }
        if self.codes.left > 0 {
            steps.push(format!("Without that, a back-up code does: {}.", self.codes.words()));
        }
        steps.push("Then write the new password down here.".to_owned());
        steps
    }
}

/// The questions of an entry, with their answers.
pub fn questions<'v>(entry: &Entry<'v>) -> Vec<Field<'v>> {
    entry.fields().into_iter().filter(|field| field.kind == FieldKind::Question).collect()
}

/// How an answer is made up: four words with blanks, 51 bits, which can be read out on the phone. Whoever knows
/// the person does not know them.
pub fn answer_recipe() -> Recipe {
    Recipe::Passphrase(Passphrase { words: 4, separator: " ".to_owned(), ..Passphrase::default() })
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
