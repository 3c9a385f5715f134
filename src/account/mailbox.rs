//! The entry of a mailbox: who recovers an account gets a message, and must be able to read it.

use super::facts;
use crate::search::host::{Host, Target};
use crate::vault::{Entry, Id, Vault};

/// Sites where the mail of a domain is read that is not named after them.
const READ_AT: [(&str, &[&str]); 9] = [
    ("google.com", &["gmail.com", "googlemail.com"]),
    ("live.com", &["outlook.com", "hotmail.com", "msn.com", "outlook.de", "hotmail.co.uk"]),
    ("outlook.com", &["live.com", "hotmail.com", "msn.com"]),
    ("microsoft.com", &["outlook.com", "live.com", "hotmail.com", "msn.com"]),
    ("icloud.com", &["me.com", "mac.com"]),
    ("apple.com", &["icloud.com", "me.com", "mac.com"]),
    ("mail.ru", &["bk.ru", "list.ru", "inbox.ru", "internet.ru"]),
    ("yandex.ru", &["ya.ru", "yandex.com"]),
    ("proton.me", &["protonmail.com", "pm.me"]),
];

/// The entry in use of the mailbox of this address, other than `but`: one of the kind e-mail account, else one
/// of the site where that mail is read, with this address or the part before the `@` as user name.
pub fn of<'v>(vault: &'v Vault, address: &str, but: Id) -> Option<Entry<'v>> {
    let (who, domain) = facts::address(address)?;
    let target = Host::parse(domain).map(Target::new);
    let reads = |entry: &Entry<'_>| {
        entry.urls().into_iter().any(|url| {
            let is_site = |domain: &str| {
                Host::parse(domain).is_some_and(|host| Target::new(host).closeness(url).is_some())
            };
            let is_own = target.as_ref().is_some_and(|target| target.closeness(url).is_some());
            is_own || READ_AT.iter().any(|(site, domains)| domains.contains(&domain) && is_site(site))
        })
    };
    let rank = |entry: &Entry<'_>| {
        let user = entry.username().trim().to_lowercase();
        let is_whole = user == address.trim().to_lowercase();
        let is_mail = entry.kind_name() == "email-account";
        match () {
            () if !is_whole && user != who.to_lowercase() => None,
            () if is_mail && is_whole => Some(0),
            () if is_whole && reads(entry) => Some(1),
            () if reads(entry) => Some(2),
            () => None,
        }
    };
    let others = vault.entries().filter(|entry| entry.id() != but && entry.is_live());
    others
        .filter_map(|entry| rank(&entry).map(|rank| (rank, entry)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, entry)| entry)
}
