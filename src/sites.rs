//! What is known of sites: which passwords they take, where the password is changed, which of them share one login.
//!
//! Facts stand in tables: one comes with the program, and the user's own beat it. A host is found by its own name or
//! that of a domain above it, down to the registrable domain and never to a public suffix; in one table the longest name
//! decides. The rules are text here; [`generate`](mod@crate::generate) reads them. Nothing is asked over a network.

mod import;
mod table;

use crate::host::Host;

pub use import::{Imported, MAX_FILE, Refused, import};
pub use table::{Problem, Table};

/// The table that comes with the program.
const BUILT_IN: &str = include_str!("../assets/sites.txt");

/// All that is known.
#[derive(Debug, Default)]
pub struct Sites {
    /// The one that beats the others last.
    tables: Vec<(Source, Table)>,
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The table of the program.
    BuiltIn,
    /// What the user imported.
    Imported,
    /// What the user wrote.
    Own,
}

impl Source {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BuiltIn => "the built-in table",
            Self::Imported => "your imported table",
            Self::Own => "your own table",
        }
    }

    /// For `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Imported => "imported",
            Self::Own => "own",
        }
    }
}

/// Which passwords a site takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRule {
    /// The name that the rule is kept under: the host itself, or a domain above it.
    pub host: String,
    /// The rule, in the language of the attribute `passwordrules`.
    pub text: String,
    /// The table that it stands in.
    pub source: Source,
}

impl Sites {
    /// The table that comes with the program.
    pub fn built_in() -> Self {
        // A test sees to it that there is no problem with it.
        let (table, _) = Table::parse(BUILT_IN, &|_| Ok(()));
        Self { tables: vec![(Source::BuiltIn, table)] }
    }

    /// With another table, which beats those that are there.
    #[must_use]
    pub fn with(mut self, source: Source, table: Table) -> Self {
        self.tables.push((source, table));
        self
    }

    /// With a table that the user wrote.
    #[must_use]
    pub fn with_user(self, table: Table) -> Self {
        self.with(Source::Own, table)
    }

    /// Which passwords the site takes; `host` may be a URL.
    pub fn rule(&self, host: &str) -> Option<SiteRule> {
        self.find(host, |table, name| table.rule(name)).map(|(source, host, text)| SiteRule {
            host,
            text: text.to_owned(),
            source,
        })
    }

    /// The page where its password is changed; `host` may be a URL.
    pub fn change_page(&self, host: &str) -> Option<&str> {
        self.find(host, |table, name| table.page(name)).map(|(_, _, page)| page)
    }

    /// The other sites where the same user name and password sign in; `host` may be a URL.
    pub fn shared_logins(&self, host: &str) -> Vec<&str> {
        let names = names(host);
        let mut shared: Vec<&str> = Vec::new();
        for (_, table) in self.tables.iter().rev() {
            for name in &names {
                shared.extend(table.logins(name).flatten().map(String::as_str));
            }
        }
        shared.retain(|other| !names.iter().any(|name| name == other));
        shared.sort_unstable();
        shared.dedup();
        shared
    }

    /// Whether one user name and password signs in at both; each may be a URL. So it is at hosts of one registrable
    /// domain.
    pub fn same_login(&self, one: &str, other: &str) -> bool {
        let (Some(one_host), Some(other_host)) = (Host::parse(one), Host::parse(other)) else { return false };
        if one_host.site() == other_host.site() {
            return true;
        }
        let others = names(other);
        self.shared_logins(one).iter().any(|shared| others.iter().any(|name| name == shared))
    }

    /// The first thing that is known of the host: by the table first, then by the longest name.
    fn find<'a, T>(
        &'a self,
        host: &str,
        look: impl Fn(&'a Table, &str) -> Option<T>,
    ) -> Option<(Source, String, T)> {
        let names = names(host);
        self.tables.iter().rev().find_map(|(source, table)| {
            names.iter().find_map(|name| look(table, name).map(|found| (*source, name.clone(), found)))
        })
    }
}

/// The name of a host and those above it, the longest first, down to the registrable domain; of a public suffix its own
/// alone. None for an address, or what is no host.
fn names(host: &str) -> Vec<String> {
    let Some(Host::Domain(name)) = Host::parse(host) else { return Vec::new() };
    let registrable = psl::domain_str(&name).unwrap_or(&name).to_owned();
    let mut names = Vec::new();
    let mut rest = name.as_str();
    while rest.len() >= registrable.len() {
        names.push(rest.to_owned());
        match rest.split_once('.') {
            Some((_, above)) => rest = above,
            None => break,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Password, Recipe};

    fn table(text: &str) -> Table {
        let (table, problems) = Table::parse(text, &|_| Ok(()));
        assert_eq!(problems, []);
        table
    }

    fn sites(text: &str) -> Sites {
        Sites::default().with(Source::BuiltIn, table(text))
    }

    #[test]
    fn every_built_in_rule_makes_passwords() {
        let readable = |text: &str| Recipe::parse(text).map(drop).map_err(|error| error.to_string());
        let (table, problems) = Table::parse(BUILT_IN, &readable);
        assert_eq!(problems, []);
        let mut hosts = std::collections::BTreeSet::new();
        for (host, text) in table.rules() {
            let Ok(Recipe::Password(rule)) = Recipe::parse(text) else { panic!("{host}: {text}") };
            let bits = Recipe::Password(rule.for_site()).entropy_bits().unwrap();
            assert!(bits > 15.0, "{host}: {bits}");
            assert_eq!(rule.to_string(), text, "{host}: in the one form that a rule has");
            hosts.insert(host);
        }
        hosts.extend(table.pages().map(|(host, _)| host));
        assert!((60..200).contains(&hosts.len()), "{}", hosts.len());
    }

    #[test]
    fn aliexpress_takes_6_to_20_letters_and_digits() {
        let rule = Sites::built_in().rule("https://login.aliexpress.com/x").unwrap();
        assert_eq!((rule.host.as_str(), rule.source), ("aliexpress.com", Source::BuiltIn));
        let Ok(Recipe::Password(Password { min, max, allowed, required, .. })) = Recipe::parse(&rule.text)
        else {
            panic!()
        };
        use crate::generate::Chars;
        assert_eq!((min, max, required.len()), (Some(6), Some(20), 0));
        assert_eq!(allowed, Some(Chars::LOWER | Chars::UPPER | Chars::DIGIT));
    }

    #[test]
    fn the_longest_name_decides_and_the_users_table_before_it() {
        let sites = sites("rule ea.com minlength: 8\nrule signin.ea.com minlength: 9\n");
        let min =
            |sites: &Sites, host: &str| sites.rule(host).map(|rule| (rule.host, rule.text, rule.source));
        let found = |host: &str, text: &str, source| Some((host.to_owned(), text.to_owned(), source));
        assert_eq!(min(&sites, "ea.com"), found("ea.com", "minlength: 8", Source::BuiltIn));
        assert_eq!(min(&sites, "www.ea.com"), found("ea.com", "minlength: 8", Source::BuiltIn));
        assert_eq!(min(&sites, "a.signin.EA.com."), found("signin.ea.com", "minlength: 9", Source::BuiltIn));
        let sites = sites.with_user(table("rule ea.com minlength: 30"));
        assert_eq!(min(&sites, "signin.ea.com"), found("ea.com", "minlength: 30", Source::Own));
    }

    #[test]
    fn what_is_no_site_of_the_table_finds_nothing() {
        let sites = sites(
            "rule example.co.uk minlength: 8\nrule gov.br minlength: 7\nrule b\u{fc}cher.example minlength: 9",
        );
        for host in [
            "co.uk",
            "uk",
            "receita.gov.br",
            "other.co.uk",
            "evilexample.co.uk",
            "example.co.uk.evil.com",
            "127.0.0.1",
            "[::1]",
            "",
            "a b",
            "localhost",
        ] {
            assert_eq!(sites.rule(host), None, "{host}");
        }
        assert!(sites.rule("https://gov.br/").is_some(), "a suffix that is a site too");
        for host in [
            "bücher.example",
            "BÜCHER.example",
            "www.xn--bcher-kva.example",
            "https://bücher.example:8443/login",
        ] {
            assert_eq!(sites.rule(host).map(|rule| rule.text).as_deref(), Some("minlength: 9"), "{host}");
        }
    }

    #[test]
    fn shared_logins_and_pages() {
        let sites = sites(
            "login apple.com icloud.com\nlogin google.com youtube.com\npage apple.com https://account.apple.com/\n",
        );
        assert!(sites.same_login("www.apple.com", "https://icloud.com/mail"));
        assert!(sites.same_login("icloud.com", "apple.com") && sites.same_login("a.nike.com", "nike.com"));
        assert!(!sites.same_login("apple.com", "youtube.com") && !sites.same_login("", "apple.com"));
        assert!(!sites.same_login("a.github.io", "b.github.io") && !sites.same_login("co.uk", "a.co.uk"));
        assert_eq!(sites.shared_logins("mail.icloud.com"), ["apple.com"]);
        assert_eq!(sites.change_page("id.apple.com"), Some("https://account.apple.com/"));
        assert_eq!(sites.change_page("icloud.com"), None);
    }
}
