//! The health of a vault: what is wrong with its passwords, pages and dates, the worst first, and what to do.
//!
//! Secrets are opened one at a time, and each is wiped before the next: what is kept of one is what was found, and
//! keyed hashes by which equal and similar passwords meet ([`likeness`]). Entries in the trash are left out. A
//! finding that a person has given a reason for ignoring stands apart and does not count, until what it is about
//! is changed ([`Kind::about`]).
//!
//! Pure: the time, randomness and the list of breached passwords are arguments; nothing is read or asked.

mod account;
mod address;
mod dates;
mod kind;
mod known;
mod likeness;
mod owner;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashMap;

use thiserror::Error;
use zeroize::Zeroizing;

pub use kind::Kind;
pub use known::KnownPasswords;
pub use owner::Owner;

use crate::crypto::derive::Key;
use crate::crypto::random::{Random, RandomError, array};
use crate::secret::{Secret, stack};
use crate::strength::{Circumstances, weakness};
use crate::time::Timestamp;
use crate::vault::entry::Value;
use crate::vault::reminder::Reminders;
use crate::vault::seal::Seal;
use crate::vault::{Entry, Id, Vault};
use likeness::{Class, Likeness};

/// Other entries that a finding names.
const NAMED: usize = 3;

/// Something that is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The entry.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// The particulars in words; never a password.
    pub detail: String,
    /// Why it is to be ignored, where somebody said so.
    pub ignored: Option<String>,
    /// How bad it is among those of its kind; the worst has the greatest.
    extent: u64,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// When it was begun.
    pub now: Timestamp,
    /// All of it, the worst first; what is ignored too.
    pub findings: Vec<Finding>,
    /// Entries that were looked at.
    pub entries: usize,
    /// Those of them that have a password.
    pub passwords: usize,
    /// Entries whose password cannot be opened, and was not judged.
    pub unreadable: Vec<Id>,
    /// Whether the passwords were looked up in a list of breached ones.
    pub has_breaches: bool,
}

/// What is asked of an audit.
pub struct Terms<'a> {
    /// This moment.
    pub now: Timestamp,
    /// Days after which a password is old; none means never.
    pub old_after: Option<u32>,
    /// The fewest characters that the site of a host takes.
    pub min_len: &'a dyn Fn(&str) -> Option<usize>,
    /// Whether two hosts share one login, so that one password for both is no reuse.
    pub same_login: &'a dyn Fn(&str, &str) -> bool,
}

impl Terms<'_> {
    /// Terms that know no site.
    pub fn new(now: Timestamp, old_after: Option<u32>) -> Self {
        Self { now, old_after, min_len: &|_| None, same_login: &|_, _| false }
    }
}

/// A list of breached passwords: how often one was seen, 0 where that is not told.
pub type LookUp<'a, E> = &'a mut (dyn FnMut(&Secret) -> Result<Option<u64>, E> + 'a);

/// Why there is no audit.
#[derive(Debug, Error)]
pub enum AuditError<E> {
    /// The list of breached passwords cannot be used.
    #[error(transparent)]
    Breaches(E),
    /// Fail closed: without randomness there is no key for the hashes.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Audit {
    /// Looks at every entry in use. `go_on` hears how many are done, and of how many; where it says no, there is no
    /// audit.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn of<'a, E>(
        vault: &'a Vault,
        seal: &'a dyn Seal,
        terms: &'a Terms<'a>,
        breached: Option<LookUp<'a, E>>,
        random: &mut dyn Random,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Self>, AuditError<E>> {
        let done = Run::new(vault, seal, terms, breached, random)?.finish(go_on);
        // Hashes and estimates had parts of passwords in their variables.
        stack::wipe();
        done
    }

    /// What counts: all that is not ignored.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.ignored.is_none())
    }

    /// How many findings of a kind count.
    pub fn count(&self, kind: Kind) -> usize {
        self.counted().filter(|finding| finding.kind == kind).count()
    }

    /// 0 to 100: the mean over all entries, each of which has 100 points less the [`Kind::weight`] of its worst
    /// finding. Rounded down, so that 100 says that nothing was found.
    pub fn score(&self) -> u32 {
        let lost: u64 = self.worst_first().iter().map(|ranked| u64::from(ranked.worst.weight())).sum();
        let entries = self.entries.max(1) as u64;
        u32::try_from((100 * entries).saturating_sub(lost) / entries).unwrap_or_default()
    }

    /// The entries that something counts of, the worst first: by the worst finding, then by how many there are.
    pub fn worst_first(&self) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = Vec::new();
        let mut places: HashMap<Id, usize> = HashMap::new();
        for finding in self.counted() {
            let place = *places.entry(finding.id).or_insert(ranked.len());
            match ranked.get_mut(place) {
                Some(known) => known.others += 1,
                // The findings are in order, so that an entry's first is its worst.
                None => ranked.push(Ranked { id: finding.id, worst: finding.kind, others: 0 }),
            }
        }
        ranked.sort_by_key(|ranked| (ranked.worst, Reverse(ranked.others)));
        ranked
    }
}

/// An entry among those that something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// Which one.
    pub id: Id,
    /// The worst of it.
    pub worst: Kind,
    /// How many other findings there are.
    pub others: usize,
}

/// An audit that goes on.
struct Run<'a, E> {
    vault: &'a Vault,
    seal: &'a dyn Seal,
    terms: &'a Terms<'a>,
    breached: Option<LookUp<'a, E>>,
    owner: Owner<'a>,
    reminders: Reminders,
    likeness: Likeness,
    /// Entries with a password, and which.
    holders: Vec<(Entry<'a>, Class)>,
    audit: Audit,
}

impl<'a, E> Run<'a, E> {
    fn new(
        vault: &'a Vault,
        seal: &'a dyn Seal,
        terms: &'a Terms<'a>,
        breached: Option<LookUp<'a, E>>,
        random: &mut dyn Random,
    ) -> Result<Self, RandomError> {
        let likeness = Likeness::new(Key::copy_of(&array(random)?));
        let audit = Audit { now: terms.now, has_breaches: breached.is_some(), ..Audit::default() };
        let owner = Owner::of(vault);
        let reminders = Reminders::of(vault);
        Ok(Self { vault, seal, terms, breached, owner, reminders, likeness, holders: Vec::new(), audit })
    }

    fn finish(mut self, go_on: &mut dyn FnMut(usize, usize) -> bool) -> Result<Option<Audit>, AuditError<E>> {
        let mut entries: Vec<Entry<'_>> = self.vault.entries().filter(Entry::is_live).collect();
        // Where one of several entries is named, it is the same one each time.
        entries.sort_by_cached_key(|entry| (entry.title().to_lowercase(), entry.username().to_lowercase()));
        self.audit.entries = entries.len();
        for (done, entry) in entries.iter().enumerate() {
            if !go_on(done, entries.len()) {
                return Ok(None);
            }
            self.look_at(*entry).map_err(AuditError::Breaches)?;
        }
        self.compare();
        let mut audit = self.audit;
        audit.passwords = self.holders.len();
        audit.findings.sort_by(|a, b| {
            let title = |finding: &Finding| self.vault.entry(finding.id).map_or("", |entry| entry.title());
            let rank = |finding: &Finding| (finding.kind, Reverse(finding.extent));
            rank(a).cmp(&rank(b)).then_with(|| title(a).cmp(title(b))).then_with(|| a.id.cmp(&b.id))
        });
        Ok(Some(audit))
    }

    fn look_at(&mut self, entry: Entry<'a>) -> Result<(), E> {
        if let Some(host) = entry.urls().into_iter().find_map(address::insecure_host) {
            self.found(&entry, Kind::Http, format!("http://{host} is reached without encryption"), 0);
        }
        for (kind, detail, extent) in dates::of(&entry, self.terms, &self.reminders) {
            self.found(&entry, kind, detail, extent);
        }
        let Some(value) = entry.password() else { return Ok(()) };
        let opened = match value {
            Value::Sealed(place, sealed) => self.seal.open(place, sealed).ok(),
            Value::Text(text) => Some(Secret::copy_of(text.as_bytes())),
            Value::Unreadable => None,
        };
        match opened {
            Some(password) => self.judge(entry, &password),
            None => {
                self.audit.unreadable.push(entry.id());
                Ok(())
            }
        }
    }

    /// What the one password that is open says by itself.
    fn judge(&mut self, entry: Entry<'a>, password: &Secret) -> Result<(), E> {
        let own_words = self.owner.words_for(&entry);
        let hosts = account::hosts_of(&entry);
        let min_len = hosts.iter().filter_map(|host| (self.terms.min_len)(host)).max();
        let circumstances = Circumstances { own_words: &own_words, min_len, is_reused: false };
        let text = Zeroizing::new(String::from_utf8_lossy(password.expose()).into_owned());
        if let Some(strength) = weakness(&text, &circumstances) {
            let why = strength.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default();
            let extent = 1000_u64.saturating_sub((strength.guesses_log10 * 10.0) as u64);
            self.found(&entry, Kind::Weak, format!("{}{why}", strength.words()), extent);
        }
        if let Some(breached) = &mut self.breached
            && let Some(count) = breached(password)?
        {
            let detail = match count {
                0 => "seen in breaches".to_owned(),
                1 => "seen once in breaches".to_owned(),
                count => format!("seen {} times in breaches", with_commas(count)),
            };
            self.found(&entry, Kind::Breached, detail, count);
        }
        let class = self.likeness.add(password.expose(), &[entry.title(), entry.username()]);
        self.holders.push((entry, class));
        Ok(())
    }

    /// What the passwords say of one another.
    fn compare(&mut self) {
        let none = Likeness::new(Key::copy_of(&[0; 32]));
        let likeness = std::mem::replace(&mut self.likeness, none);
        let mut classes: Vec<Vec<Entry<'a>>> = vec![Vec::new(); likeness.classes()];
        for (entry, class) in &self.holders {
            if let Some(members) = classes.get_mut(*class) {
                members.push(*entry);
            }
        }
        for members in classes.iter().filter(|members| members.len() > 1) {
            self.compare_same(members);
        }
        let mut groups: HashMap<Class, Vec<Class>> = HashMap::new();
        for (class, group) in likeness.groups().into_iter().enumerate() {
            groups.entry(group).or_default().push(class);
        }
        for group in groups.values().filter(|group| group.len() > 1) {
            self.compare_similar(&classes, group);
        }
    }

    /// Entries with the same password: those of one account are duplicates, those of several reuse it.
    fn compare_same(&mut self, members: &[Entry<'a>]) {
        let accounts = account::grouped(members, self.terms.same_login);
        let heads: Vec<Entry<'a>> = accounts.iter().filter_map(|account| account.first().copied()).collect();
        for (number, account) in accounts.iter().enumerate() {
            for entry in account {
                if account.len() > 1 {
                    let others = account.iter().filter(|other| other.id() != entry.id());
                    let others = named(others.copied(), account.len() - 1);
                    let detail = format!("same site, user name and password as {others}");
                    self.found(entry, Kind::Duplicate, detail, account.len() as u64);
                }
                if heads.len() > 1 {
                    let others = heads.iter().enumerate().filter(|(other, _)| *other != number);
                    let others = named(others.map(|(_, head)| *head), members.len() - account.len());
                    self.found(
                        entry,
                        Kind::Reused,
                        format!("same password as {others}"),
                        members.len() as u64,
                    );
                }
            }
        }
    }

    /// Passwords that are alike: each entry hears of those that have another one of the group.
    fn compare_similar(&mut self, classes: &[Vec<Entry<'a>>], group: &[Class]) {
        let members = |class: &Class| classes.get(*class).map(Vec::as_slice).unwrap_or_default();
        let all: usize = group.iter().map(|class| members(class).len()).sum();
        for class in group {
            for entry in members(class) {
                let others = group.iter().filter(|other| *other != class);
                let others = others.filter_map(|other| members(other).first().copied());
                let others = named(others, all - members(class).len());
                let detail = format!("differs little from the password of {others}");
                self.found(entry, Kind::Similar, detail, all as u64);
            }
        }
    }

    fn found(&mut self, entry: &Entry<'_>, kind: Kind, detail: String, extent: u64) {
        let ignored = entry.exception(kind.name(), kind.about()).map(str::to_owned);
        self.audit.findings.push(Finding { id: entry.id(), kind, detail, ignored, extent });
    }
}

/// The first of `others`, of which there are `count`, by their names.
fn named<'a>(others: impl Iterator<Item = Entry<'a>>, count: usize) -> String {
    let names: Vec<String> = others.take(NAMED).map(|entry| name_of(&entry)).collect();
    match count - names.len().min(count) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// What an entry is called where there is one line for it: title, and user name.
pub fn name_of(entry: &Entry<'_>) -> String {
    match (entry.title(), entry.username()) {
        ("", "") => "(no title)".to_owned(),
        (title, "") => title.to_owned(),
        (title, username) => format!("{title}/{username}"),
    }
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let mut text = String::with_capacity(places + places / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (places - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
