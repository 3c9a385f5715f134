//! The entry of a mailbox: who recovers an account gets a message, and must be able to read it.

use super::facts;
use crate::host::{Host, Target};
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
    let mailbox = Mailbox::of(address)?;
    let others = vault.entries().filter(|entry| entry.id() != but && entry.is_live());
    let ranked = others.filter_map(|entry| mailbox.rank(&entry).map(|rank| (rank, entry)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, entry)| entry)
}

/// Whether an entry is that of the mailbox of this address.
pub fn is_of(entry: &Entry<'_>, address: &str) -> bool {
    Mailbox::of(address).is_some_and(|mailbox| mailbox.rank(entry).is_some())
}

/// A mailbox that is looked for.
struct Mailbox {
    address: String,
    /// The part before the `@`.
    who: String,
    /// Sites where it is read.
    sites: Vec<Target>,
}

impl Mailbox {
    fn of(address: &str) -> Option<Self> {
        let address = address.trim().to_lowercase();
        let (who, domain) = facts::address(&address)?;
        let read_at = READ_AT.iter().filter(|(_, domains)| domains.contains(&domain)).map(|(site, _)| *site);
        let hosts = std::iter::once(domain).chain(read_at).filter_map(Host::parse);
        Some(Self { who: who.to_owned(), sites: hosts.map(Target::new).collect(), address })
    }

    /// How well an entry fits, the least best; none where it does not.
    fn rank(&self, entry: &Entry<'_>) -> Option<u8> {
        let user = entry.username().trim().to_lowercase();
        let is_whole = user == self.address;
        if !is_whole && user != self.who {
            return None;
        }
        if is_whole && entry.kind_name() == "email-account" {
            return Some(0);
        }
        let urls = entry.urls();
        let is_read = self.sites.iter().any(|site| urls.iter().any(|url| site.closeness(url).is_some()));
        is_read.then_some(if is_whole { 1 } else { 2 })
    }
}
