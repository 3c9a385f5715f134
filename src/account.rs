//! An entry as an account at a site: how its person signs in, what helps who forgot the password, and what it
//! is called beside others of the same site.
//!
//! Pure: reads the vault, opens no secret but those it is given, and knows neither file nor clock.

pub mod backup_codes;
mod chain;
mod facts;
mod mailbox;
pub mod recovery;
pub mod spelling;

use crate::printable;
use crate::search::resolve;
use crate::vault::{Entry, Vault};

pub use backup_codes::{BackupCode, Tally};
pub use chain::{Chain, End, would_go_round};
pub use facts::{EMAIL, PHONE};
pub use recovery::{Account, Recovery, answer_recipe};

/// What an account is called within a sentence: the title, and the user name where there is one; one line that
/// drives no terminal.
pub fn name(entry: &Entry<'_>) -> String {
    let title = if entry.title().is_empty() { "(no title)" } else { entry.title() };
    match entry.username() {
        "" => printable::line(title).into_owned(),
        username => printable::line(&format!("{title}, {username}")).into_owned(),
    }
}

/// The shortest query that finds this entry and no other, in use or in the trash as this one is: its title,
/// `title/username`, or its id. What cannot be typed as it is shown is never given.
pub fn query(vault: &Vault, entry: &Entry<'_>) -> String {
    let (account, state) = (format!("{}/{}", entry.title(), entry.username()), entry.state());
    let finds_it = |query: &str| {
        let can_be_typed = printable::line(query) == query && query.trim() == query;
        let found = resolve(query, vault.entries().filter(|other| other.state() == state)).found;
        can_be_typed && matches!(found.as_slice(), [one] if one.document.id() == entry.id())
    };
    let named = [entry.title().to_owned(), account].into_iter().find(|query| finds_it(query));
    named.unwrap_or_else(|| entry.id().to_string())
}

/// A query as it is typed in a shell: in quotes where it needs them.
pub fn quoted(query: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "@%+=:,./_-".contains(letter);
    if !query.is_empty() && !query.starts_with('-') && query.chars().all(is_plain) {
        return query.to_owned();
    }
    // clap takes what begins with a hyphen for an option; an id or a longer query does not.
    format!("'{}'", query.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
