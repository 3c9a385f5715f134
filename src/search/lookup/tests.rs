//! Look-ups against a table over the invented vault, and by rule.

use std::cell::Cell;

use proptest::prelude::*;

use super::super::sample::{Entry, vault};
use super::*;
use crate::time::Timestamp;

fn found(entries: &[Entry], query: &str) -> (Option<Rule>, Vec<usize>) {
    let lookup = resolve(query, entries.iter());
    for found in &lookup.found {
        assert_eq!(found.document, &entries[found.position]);
    }
    (lookup.rule, lookup.found.iter().map(|found| found.position).collect())
}

#[test]
fn table_of_queries() {
    use Rule::{Account, AccountIgnoringCase, Host, Id, Site, Title, TitleIgnoringCase, Words};
    let table: [(&str, Option<Rule>, &[usize]); 67] = [
        // Ids.
        ("03030303030303030303030303030303", Some(Id), &[3]),
        ("0a0A0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a", Some(Id), &[10]),
        (" 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a ", Some(Id), &[10]),
        ("ffffffffffffffffffffffffffffffff", None, &[]),
        ("0a0a0a0a", None, &[]),
        // Titles.
        ("GitHub", Some(Title), &[1, 0]),
        ("github", Some(TitleIgnoringCase), &[1, 0]),
        ("Amazon", Some(Title), &[10, 9]),
        ("Home Bank", Some(Title), &[13]),
        ("NAS", Some(Title), &[19]),
        ("nas", Some(TitleIgnoringCase), &[19]),
        ("0815", Some(Title), &[42]),
        ("BÜCHERSTUBE KÖLN", Some(TitleIgnoringCase), &[8]),
        ("bu\u{308}cherstube ko\u{308}ln", Some(TitleIgnoringCase), &[8]),
        ("почта", Some(TitleIgnoringCase), &[35]),
        // Accounts.
        ("GitHub/octavia", Some(Account), &[0]),
        ("GitHub/octavia-private", Some(Account), &[1]),
        ("github/Octavia", Some(AccountIgnoringCase), &[0]),
        ("Amazon/office@initrode.example", Some(Account), &[10]),
        ("AC/DC fan club", Some(Title), &[34]),
        ("AC/DC fan club/angus/young", Some(Account), &[34]),
        ("ac/dc FAN club/angus/YOUNG", Some(AccountIgnoringCase), &[34]),
        ("Wi-Fi at home/", Some(Account), &[21]),
        ("/untitled", Some(Account), &[41]),
        ("ПОЧТА/октавия", Some(AccountIgnoringCase), &[35]),
        ("GitHub/nobody", None, &[]),
        // Hosts and URLs.
        ("github.com", Some(Host), &[1, 0]),
        ("https://github.com/anything?at=all#x", Some(Host), &[1, 0]),
        ("gist.github.com", Some(Site), &[1, 0]),
        ("example.com", Some(Host), &[28]),
        ("EXAMPLE.COM.", Some(Host), &[28]),
        ("login.example.com", Some(Host), &[30]),
        ("https://www.example.com/", Some(Host), &[29]),
        ("other.example.com", Some(Site), &[30, 29, 28]),
        ("example.co.uk", Some(Site), &[27]),
        ("https://login.example.co.uk/x", Some(Host), &[27]),
        ("evil-example.com", Some(Host), &[31]),
        ("example.net", Some(Site), &[40]),
        ("evil.net", Some(Site), &[32]),
        ("ample.com", None, &[]),
        ("co.uk", None, &[]),
        ("octavia.github.io", Some(Host), &[25]),
        ("nobody.github.io", None, &[]),
        ("github.io", None, &[]),
        ("google.com", Some(Site), &[5, 7, 6]),
        ("mail.google.com", Some(Host), &[5]),
        ("amazon.com", Some(Site), &[43, 11]),
        ("amazon.de", Some(Site), &[10]),
        ("homebank.example", Some(Host), &[13]),
        ("192.168.0.1", Some(Host), &[17]),
        ("http://192.168.0.20/", Some(Host), &[18]),
        ("192.168.0.2", None, &[]),
        ("[fd00::20]", Some(Host), &[19]),
        ("fd00:0:0::20", Some(Host), &[19]),
        ("localhost:8080", Some(Host), &[20]),
        ("nas.lan", Some(Host), &[19]),
        ("android://other@com.netflix.mediaclient/", Some(Host), &[23]),
        ("bücherstube.example", Some(Site), &[8]),
        ("https://unknown.example.zz/", None, &[]),
        // Words.
        ("enterprise", Some(Words), &[2]),
        ("octavia git", Some(Words), &[3, 1, 0, 25]),
        ("zurich", Some(Words), &[37]),
        ("broken.url", Some(Words), &[33]),
        ("htts:/broken.url", Some(Words), &[33]),
        ("o.berg", Some(Words), &[2]),
        ("gthub", None, &[]),
        ("xyzzy github", None, &[]),
    ];
    let entries = vault();
    let mut wrong = Vec::new();
    for (query, rule, positions) in table {
        let result = found(&entries, query);
        if result != (rule, positions.to_vec()) {
            wrong.push(format!("{query:?}: {result:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_earlier_rule_wins_wherever_its_entry_stands() {
    let mut entries = [
        Entry::new("by words abba", "", &[], "", &[]),
        Entry::new("ABBA.com", "", &["https://www.abba.com"], "", &[]),
        Entry::new("abba.com", "", &["https://abba.com"], "", &[]),
        Entry::new("x", "", &["https://abba.com"], "", &[]),
        Entry::new("a", "b", &[], "", &[]),
        Entry::new("a/b", "", &[], "", &[]),
    ];
    assert_eq!(found(&entries, "abba.com"), (Some(Rule::Title), vec![2]));
    assert_eq!(found(&entries, "Abba.com"), (Some(Rule::TitleIgnoringCase), vec![1, 2]));
    assert_eq!(found(&entries, "https://abba.com"), (Some(Rule::Host), vec![2, 3]));
    assert_eq!(found(&entries, "a/b"), (Some(Rule::Title), vec![5]));
    entries.reverse();
    assert_eq!(found(&entries, "abba.com"), (Some(Rule::Title), vec![3]));
    assert_eq!(found(&entries, "a/b"), (Some(Rule::Title), vec![0]));
}

#[test]
fn blank_queries_find_nothing() {
    let entries = vault();
    for query in ["", " ", "\n\t", "\u{301}", "\u{202e}", "\0"] {
        assert_eq!(found(&entries, query), (None, vec![]), "{query:?}");
    }
}

#[test]
fn hostile_queries_end() {
    let entries = vault();
    for piece in ["a", "a/", "a.", "\u{301}", "\u{202e}", "\0", "é", "https://", "ü.", "@", "-", "0"] {
        let (rule, _) = found(&entries, &piece.repeat(10_000));
        assert_eq!(rule, None, "{piece:?}");
    }
}

/// A document that counts how often it is asked for more than its title.
struct Watched<'a>(&'a Entry, &'a Cell<usize>);

impl Watched<'_> {
    fn count(&self) -> &Entry {
        self.1.set(self.1.get() + 1);
        self.0
    }
}

impl Document for Watched<'_> {
    fn id(&self) -> [u8; 16] {
        self.0.id
    }
    fn title(&self) -> &str {
        &self.0.title
    }
    fn username(&self) -> &str {
        self.count().username()
    }
    fn urls(&self) -> impl Iterator<Item = &str> {
        self.count().urls()
    }
    fn folder(&self) -> &str {
        self.count().folder()
    }
    fn tags(&self) -> impl Iterator<Item = &str> {
        self.count().tags()
    }
    fn favourite(&self) -> bool {
        self.0.favourite
    }
    fn recent(&self) -> Timestamp {
        Timestamp(self.0.recent)
    }
}

#[test]
fn a_title_is_found_by_titles_alone() {
    let (entries, asked) = (vault(), Cell::new(0));
    let lookup = resolve("Home Bank", entries.iter().map(|entry| Watched(entry, &asked)));
    assert_eq!((lookup.rule, lookup.found.len(), asked.get()), (Some(Rule::Title), 1, 0));
}

proptest! {
    #[test]
    fn every_account_can_be_named(title in "[ab/ÄÉ][ab/ÄÉ ]{0,3}", username in "[ab/é]{0,4}") {
        let entries = [Entry::titled("~"), Entry::new(&title, &username, &[], "", &[])];
        let account = format!("{title}/{username}");
        prop_assert_eq!(found(&entries, &account), (Some(Rule::Account), vec![1]));
        let (rule, positions) = found(&entries, &account.to_uppercase());
        prop_assert!(rule.is_some_and(|rule| rule <= Rule::AccountIgnoringCase) && positions == [1]);
        let id = Entry { id: [7; 16], ..entries[1].clone() };
        prop_assert_eq!(found(&[id], &"07".repeat(16)).0, Some(Rule::Id));
    }
}
