//! A table of facts as text: one a line, so that a damaged line spoils nothing but itself.
//!
//! ```text
//! # remarks begin with a cross
//! rule  example.com  minlength: 8; maxlength: 20; required: digit
//! page  example.com  https://example.com/account/password
//! login example.com example.org
//! ```
//!
//! `rule` says which passwords the host and all below it take, `page` where the password is changed, `login` that one
//! user name and password signs in at all of them. Of two facts of one kind for a host the first holds.

use std::collections::BTreeMap;
use std::fmt::Write;

use url::Url;

use crate::host::Host;

/// Facts by host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    rules: BTreeMap<String, String>,
    pages: BTreeMap<String, String>,
    logins: Vec<Vec<String>>,
    /// Places in `logins`.
    logins_of: BTreeMap<String, Vec<usize>>,
}

/// A line that says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub reason: String,
}

impl Table {
    /// The longest text that is read, in bytes.
    pub const MAX_LEN: usize = 8 << 20;
    /// The longest line in bytes.
    const MAX_LINE: usize = 16 << 10;
    /// The most facts.
    const MAX_FACTS: usize = 100_000;
    /// The most hosts with one login.
    const MAX_GROUP: usize = 1000;

    /// Reads a table as far as it can be read. `check` says whether a rule can be read.
    pub fn parse(text: &str, check: &dyn Fn(&str) -> Result<(), String>) -> (Self, Vec<Problem>) {
        let (mut table, mut problems) = (Self::default(), Vec::new());
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(reason) = table.take(line, check) {
                problems.push(Problem { line: at + 1, reason });
            }
        }
        (table, problems)
    }

    fn take(&mut self, line: &str, check: &dyn Fn(&str) -> Result<(), String>) -> Result<(), String> {
        if line.len() > Self::MAX_LINE {
            return Err(format!("it has more than {} bytes", Self::MAX_LINE));
        }
        let (kind, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim_start();
        let (host, fact) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match kind {
            "rule" => self.add_rule(host, fact.trim(), check),
            "page" => self.add_page(host, fact.trim()),
            "login" => self.add_login(rest.split_whitespace()),
            other => Err(format!("{:?} is not rule, page or login", excerpt(other))),
        }
    }

    /// Adds which passwords a host takes.
    ///
    /// # Errors
    /// Why not, in words, as of the next two.
    pub fn add_rule(
        &mut self,
        host: &str,
        text: &str,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        self.has_room()?;
        let host = host_of_table(host)?;
        let text = text.trim().replace(['\n', '\r', '\t'], " ");
        check(&text)?;
        self.rules.entry(host).or_insert(text);
        Ok(())
    }

    /// Adds where a host's password is changed.
    ///
    /// # Errors
    /// See [`Table::add_rule`].
    pub fn add_page(&mut self, host: &str, page: &str) -> Result<(), String> {
        self.has_room()?;
        let host = host_of_table(host)?;
        let is_page = page.len() <= 2048
            && !page.contains(|letter: char| letter.is_whitespace() || letter.is_control())
            && Url::parse(page).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        if !is_page {
            return Err(format!("{:?} is no address of a page", excerpt(page)));
        }
        self.pages.entry(host).or_insert_with(|| page.to_owned());
        Ok(())
    }

    /// Adds that one login is for all these hosts.
    ///
    /// # Errors
    /// See [`Table::add_rule`].
    pub fn add_login<'a>(&mut self, hosts: impl Iterator<Item = &'a str>) -> Result<(), String> {
        self.has_room()?;
        let mut group = hosts.take(Self::MAX_GROUP + 1).map(host_of_table).collect::<Result<Vec<_>, _>>()?;
        group.sort_unstable();
        group.dedup();
        if !(2..=Self::MAX_GROUP).contains(&group.len()) {
            return Err(format!("a login that is shared has 2 to {} different hosts", Self::MAX_GROUP));
        }
        for host in &group {
            self.logins_of.entry(host.clone()).or_default().push(self.logins.len());
        }
        self.logins.push(group);
        Ok(())
    }

    fn has_room(&self) -> Result<(), String> {
        let facts = self.rules.len() + self.pages.len() + self.logins.len();
        if facts < Self::MAX_FACTS { Ok(()) } else { Err(format!("there are {facts} facts already")) }
    }

    /// The rule of this very name.
    pub fn rule(&self, name: &str) -> Option<&str> {
        self.rules.get(name).map(String::as_str)
    }

    /// The page of this very name.
    pub fn page(&self, name: &str) -> Option<&str> {
        self.pages.get(name).map(String::as_str)
    }

    /// The groups that this very name is in.
    pub fn logins(&self, name: &str) -> impl Iterator<Item = &Vec<String>> {
        self.logins_of.get(name).into_iter().flatten().filter_map(|at| self.logins.get(*at))
    }

    /// All rules.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().map(|(host, text)| (host.as_str(), text.as_str()))
    }

    /// All pages.
    pub fn pages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pages.iter().map(|(host, page)| (host.as_str(), page.as_str()))
    }

    /// All groups.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.logins
    }

    /// The text that [`Table::parse`] reads.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (kind, facts) in [("rule", &self.rules), ("page", &self.pages)] {
            for (host, fact) in facts {
                let _ = writeln!(text, "{kind} {host} {fact}");
            }
        }
        for group in &self.logins {
            let _ = writeln!(text, "login {}", group.join(" "));
        }
        text
    }
}

/// The one form of a host that facts can be kept under: a registrable domain or below, or a suffix such as `gov.br`
/// that is a site too; what is said of that goes for it alone.
fn host_of_table(host: &str) -> Result<String, String> {
    let named = host.split(['/', ':', '@', '?', '#', '\\']).next() == Some(host);
    match Host::parse(host).filter(|_| named) {
        Some(Host::Domain(name)) if psl::domain_str(&name).is_some() || name.contains('.') => Ok(name),
        Some(Host::Domain(name)) => Err(format!("{name} is a public suffix: many sites end so")),
        _ => Err(format!("{:?} is no host", excerpt(host))),
    }
}

/// As much of a stranger's text as is repeated.
fn excerpt(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(_: &str) -> Result<(), String> {
        Ok(())
    }

    #[test]
    fn a_table_goes_through_its_text() {
        let text = "rule a.example minlength: 8; required: [-#!]\nrule b.example maxlength: 9\n\
                    page a.example https://a.example/p?a=b#c\nlogin a.example b.example\n";
        let (table, problems) = Table::parse(text, &any);
        assert_eq!((problems.len(), table.to_text().as_str()), (0, text));
        assert_eq!(table.logins("b.example").count(), 1);
    }

    #[test]
    fn a_damaged_line_spoils_nothing_but_itself() {
        let long = format!("rule a.example {}", "x".repeat(Table::MAX_LINE));
        let many = format!("login {}", (0..1001).map(|at| format!("a{at}.example ")).collect::<String>());
        for (line, reason) in [
            ("ruel a.example minlength: 8", "not rule, page or login"),
            ("rule", "no host"),
            ("rule uk minlength: 8", "public suffix"),
            ("rule com minlength: 8", "public suffix"),
            ("rule 127.0.0.1 minlength: 8", "no host"),
            ("rule [::1] minlength: 8", "no host"),
            ("rule https://a.example/ minlength: 8", "no host"),
            ("rule a.example", "empty"),
            ("page a.example javascript:alert(1)", "no address of a page"),
            ("page a.example https://a.example/a b", "no address of a page"),
            ("page a.example", "no address of a page"),
            ("login a.example", "2 to 1000"),
            ("login a.example A.example", "2 to 1000"),
            ("\0\u{1b}[2J", "not rule"),
            (&long, "more than"),
            (&many, "2 to 1000"),
        ] {
            let check = |text: &str| if text.is_empty() { Err("empty".to_owned()) } else { Ok(()) };
            let text =
                format!("# head\nrule ok.example minlength: 8\n{line}\nrule also.example minlength: 9\n");
            let (table, problems) = Table::parse(&text, &check);
            assert_eq!((table.rules().count(), problems.len()), (2, 1), "{line:.80}");
            assert_eq!(problems[0].line, 3);
            assert!(problems[0].reason.contains(reason), "{:?}", problems[0]);
        }
    }

    #[test]
    fn of_two_facts_the_first_holds() {
        let (table, _) = Table::parse("rule a.example minlength: 8\nrule a.example minlength: 9", &any);
        assert_eq!(table.rule("a.example"), Some("minlength: 8"));
    }
}
