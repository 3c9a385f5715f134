//! Which entries are of one account: the same user name at the same site. A site is a registrable domain, or
//! several that share one login; an entry without a URL is at the place that its title names.

use std::collections::HashMap;

use crate::search::host::Host;
use crate::vault::Entry;

/// Sites with one password and one user name between which a shared login is looked for, at most: each pair is a
/// question.
const MAX_SITES: usize = 32;

/// The hosts of an entry's URLs, in their one form.
pub fn hosts_of(entry: &Entry<'_>) -> Vec<String> {
    let hosts = entry.urls().into_iter().filter_map(Host::parse);
    hosts
        .map(|host| match host {
            Host::Domain(name) | Host::App(name) => name,
            Host::Address(address) => address.to_string(),
        })
        .collect()
}

/// The entries by account, in the order of the first of each.
pub fn grouped<'a>(entries: &[Entry<'a>], same_login: &dyn Fn(&str, &str) -> bool) -> Vec<Vec<Entry<'a>>> {
    let mut accounts: Vec<Vec<Entry<'a>>> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    let mut sites: HashMap<String, Vec<(String, usize)>> = HashMap::new();
    for entry in entries {
        let user = entry.username().trim().to_lowercase();
        let places = places_of(entry);
        let seen = places.iter().find_map(|(site, _)| known.get(&(user.clone(), site.clone())).copied());
        let mine = sites.entry(user.clone()).or_default();
        let shared = || {
            let hosts = || places.iter().filter_map(|(_, host)| host.as_deref());
            let shares = |other: &str| hosts().any(|host| same_login(host, other));
            mine.iter().take(MAX_SITES).find(|(other, _)| shares(other)).map(|(_, account)| *account)
        };
        let account = seen.or_else(shared).unwrap_or(accounts.len());
        match accounts.get_mut(account) {
            Some(members) => members.push(*entry),
            None => accounts.push(vec![*entry]),
        }
        mine.extend(places.iter().filter_map(|(_, host)| host.clone().map(|host| (host, account))));
        for (site, _) in places {
            known.entry((user.clone(), site)).or_insert(account);
        }
    }
    accounts
}

/// Where an entry is: sites, with a host of each; its title where it has no URL.
fn places_of(entry: &Entry<'_>) -> Vec<(String, Option<String>)> {
    let hosts = entry.urls().into_iter().filter_map(Host::parse);
    let mut places: Vec<(String, Option<String>)> = hosts
        .map(|host| {
            let name = match &host {
                Host::Domain(name) => Some(name.clone()),
                _ => None,
            };
            (format!("{:?}", host.site()), name)
        })
        .collect();
    if places.is_empty() {
        places.push((format!("title {}", entry.title().trim().to_lowercase()), None));
    }
    places
}
