//! Vaults with something wrong in them, and what an audit says of each.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::crypto::random::SeededRandom;
use crate::session::Session;
use crate::vault::edit::Change;
use crate::vault::item::Item;

const DAY: u64 = 24 * 3600 * 1000;
const STRONG: [&str; 4] = ["xK9#mQ2vL8pW", "7tR!fZ4cBw0q", "Jd4%hS6yNe1u", "gV3&kP5aXo8z"];

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T12:00:00Z").unwrap()
}

fn login(title: &str, username: &str, url: &str, password: &str) -> Item {
    let urls = if url.is_empty() { Vec::new() } else { vec![url.to_owned()] };
    Item {
        title: title.to_owned(),
        username: username.to_owned(),
        urls,
        password: Some(Secret::copy_of(password.as_bytes())),
        ..Item::default()
    }
}

struct World {
    session: Session,
    vault: Vault,
    ids: Vec<Id>,
}

impl World {
    fn of(items: Vec<Item>) -> Self {
        let (session, mut vault) = Session::in_memory().unwrap();
        let add =
            |edit: &mut crate::vault::edit::Edit<'_, '_>| items.iter().map(|item| edit.add(item)).collect();
        let ids = session.edit(&mut vault, Timestamp(now().0 - DAY), "", add).unwrap();
        Self { session, vault, ids }
    }

    fn change(&mut self, number: usize, at: Timestamp, change: Change) -> &mut Self {
        let id = self.ids[number];
        self.session.edit(&mut self.vault, at, "", |edit| edit.change(id, change)).unwrap();
        self
    }

    fn audit_with(&self, breached: Option<LookUp<'_, String>>) -> Result<Option<Audit>, AuditError<String>> {
        let terms = Terms {
            now: now(),
            old_after: Some(730),
            min_len: &|host| (host == "long.example.com").then_some(16),
            same_login: &|a, b| a.contains("shop.example.") && b.contains("shop.example."),
        };
        // A `LookUp` of another lifetime is another type.
        let mut list = breached;
        let mut look_up = |password: &Secret| list.as_mut().map_or(Ok(None), |list| list(password));
        let seal = self.session.seal();
        Audit::of(&self.vault, seal, &terms, Some(&mut look_up), &mut SeededRandom::new(3), &mut |_, _| true)
    }

    fn audit(&self) -> Audit {
        self.audit_with(None).unwrap().unwrap()
    }

    /// Kinds and particulars of what counts of an entry.
    fn of_entry(&self, number: usize) -> Vec<(Kind, String)> {
        let audit = self.audit();
        let mine = audit.counted().filter(|finding| finding.id == self.ids[number]);
        mine.map(|finding| (finding.kind, finding.detail.clone())).collect()
    }
}

#[track_caller]
fn says(found: &[(Kind, String)], kind: Kind, words: &str) {
    let [(found_kind, detail)] = found else { panic!("{found:?}") };
    assert_eq!(*found_kind, kind);
    assert!(detail.contains(words), "{detail}");
}

#[test]
fn nothing_is_wrong_with_a_good_vault() {
    let world = World::of(vec![
        login("GitHub", "octavia", "https://github.com", STRONG[0]),
        login("Router", "admin", "http://192.168.0.1", STRONG[1]),
        Item { title: "A note".to_owned(), kind: "note".to_owned(), ..Item::default() },
        Item { trashed: true, ..login("Old", "octavia", "http://example.com", "password") },
    ]);
    let audit = world.audit();
    assert_eq!(audit.findings, []);
    assert_eq!((audit.score(), audit.entries, audit.passwords), (100, 3, 2));
    assert_eq!(World::of(Vec::new()).audit().score(), 100);
}

#[test]
fn weak_by_what_the_vault_says_of_its_owner() {
    let mut identity = Item { title: "Me".to_owned(), kind: "identity".to_owned(), ..Item::default() };
    identity.push_field("Last Name", crate::vault::kinds::FieldKind::Text, "Zwiebelfisch");
    let world = World::of(vec![
        identity,
        login("A", "", "https://a.example.com", "Zwiebelfisch7"),
        login("B", "", "https://b.example.com", "123qwerty"),
        login("C", "", "https://long.example.com/x", STRONG[0]),
        login("D", "", "", ""),
    ]);
    says(&world.of_entry(1), Kind::Weak, "holds a word of this entry");
    says(&world.of_entry(2), Kind::Weak, "walks along the keyboard");
    says(&world.of_entry(3), Kind::Weak, "the site asks for 16 characters");
    assert_eq!(world.of_entry(4), []);
}

#[test]
fn reused_is_between_accounts_and_duplicate_within_one() {
    let world = World::of(vec![
        login("GitHub", "octavia", "https://github.com/login", STRONG[0]),
        login("GitHub again", "Octavia ", "https://www.github.com", STRONG[0]),
        login("Forum", "octavia", "https://forum.example.com", STRONG[0]),
        login("Shop", "o", "https://shop.example.org", STRONG[1]),
        login("Shop, other country", "o", "https://www.shop.example.net", STRONG[1]),
        login("Wi-Fi", "", "", STRONG[2]),
        login("wi-fi", "", "", STRONG[2]),
        login("GitHub of work", "berg", "https://github.com", STRONG[3]),
    ]);
    let audit = world.audit();
    let kinds = |number: usize| -> Vec<Kind> {
        audit.findings.iter().filter(|it| it.id == world.ids[number]).map(|it| it.kind).collect()
    };
    assert_eq!(kinds(0), [Kind::Reused, Kind::Duplicate]);
    assert_eq!(kinds(2), [Kind::Reused]);
    assert_eq!(kinds(7), []);
    // One login for both shops, and one network with two notes of it.
    for number in 3..7 {
        assert_eq!(kinds(number), [Kind::Duplicate], "{number}");
    }
    assert_eq!(world.of_entry(2)[0].1, "same password as GitHub/octavia and 1 more");
}

#[test]
fn similar_names_the_others() {
    let world = World::of(vec![
        login("A", "a", "", "Zwiebelfisch-Tanne-77"),
        login("B", "b", "", "zwiebelfisch-tanne-2026!"),
        login("C", "c", "", "Zwiebelfisch-Tanne-77"),
        login("D", "d", "", STRONG[0]),
    ]);
    says(&world.of_entry(1), Kind::Similar, "differs little from the password of A/a and 1 more");
    let first = world.of_entry(0);
    assert_eq!(first.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::Reused, Kind::Similar]);
    assert_eq!(first[1].1, "differs little from the password of B/b");
    assert_eq!(world.of_entry(3), []);
}

#[test]
fn dates() {
    let at = |days: i64| Timestamp(now().0.saturating_add_signed(days * DAY as i64));
    let mut world =
        World::of((0..6).map(|n| login(&format!("E{n}"), "", "", &format!("{n}{}", STRONG[0]))).collect());
    // Each differs from the next by one character, which is not what this is about.
    let of_dates = |world: &World, number| -> Vec<(Kind, String)> {
        world.of_entry(number).into_iter().filter(|(kind, _)| *kind != Kind::Similar).collect()
    };
    world.change(0, now(), Change::Expiry(Some(at(-10))));
    says(&of_dates(&world, 0), Kind::Expired, "expired on 2026-11-13");
    world.change(1, now(), Change::Expiry(Some(at(20))));
    says(&of_dates(&world, 1), Kind::Due, "expires on 2026-12-13");
    world.change(2, now(), Change::Expiry(Some(at(31))));
    assert_eq!(of_dates(&world, 2), []);
    world.change(3, now(), Change::Reminder(Some(1)));
    says(&of_dates(&world, 3), Kind::Due, "to be changed every day; set on 2026-11-22");
    world.change(4, now(), Change::Reminder(Some(2)));
    assert_eq!(of_dates(&world, 4), []);
}

#[test]
fn a_password_is_as_old_as_the_import_says() {
    let years_ago = Timestamp(now().0 - 800 * DAY);
    let mut world = World::of(vec![
        Item { modified: Some(years_ago), ..login("Imported", "", "", STRONG[0]) },
        Item { created: Some(years_ago), ..login("Made long ago", "", "", STRONG[1]) },
    ]);
    says(&world.of_entry(0), Kind::Old, "set on 2024-09-14, 2 years ago");
    assert_eq!(world.of_entry(1), []);
    world.change(0, now(), Change::Password(Some(Secret::copy_of(STRONG[2].as_bytes()))));
    assert_eq!(world.of_entry(0), []);
}

#[test]
fn breached_with_its_count() {
    let counts: BTreeMap<&str, u64> = [(STRONG[0], 3_861_493), (STRONG[1], 1), (STRONG[2], 0)].into();
    let world = World::of(STRONG.iter().map(|password| login("x", "", "", password)).collect());
    let mut seen = Vec::new();
    let mut list = |password: &Secret| -> Result<Option<u64>, String> {
        let text = password.expose_str().unwrap().to_owned();
        seen.push(text.clone());
        Ok(counts.get(text.as_str()).copied())
    };
    let audit = world.audit_with(Some(&mut list)).unwrap().unwrap();
    let details: Vec<&str> = audit.findings.iter().map(|finding| finding.detail.as_str()).collect();
    let expected = ["seen 3,861,493 times in breaches", "seen once in breaches", "seen in breaches"];
    assert_eq!(details, expected, "the worst first");
    assert_eq!(seen.len(), 4);
    let mut broken = |_: &Secret| Err("cut off".to_owned());
    assert!(matches!(world.audit_with(Some(&mut broken)), Err(AuditError::Breaches(_))));
}

#[test]
fn an_exception_counts_until_the_password_is_changed() {
    let at = |minutes: u64| Timestamp(now().0 - DAY + minutes * 60_000);
    let mut world = World::of(vec![login("PIN of the door", "", "http://door.example.com", "4711")]);
    let except =
        |reason: Option<&str>| Change::Except { kind: "weak".to_owned(), reason: reason.map(str::to_owned) };
    let counted = |world: &World| world.of_entry(0).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(counted(&world), [Kind::Weak, Kind::Http]);
    world.change(0, at(1), except(Some("the lock takes four digits")));
    assert_eq!(counted(&world), [Kind::Http]);
    let audit = world.audit();
    let ignored = audit.findings.iter().find_map(|finding| finding.ignored.as_deref());
    assert_eq!((ignored, audit.findings.len(), audit.score()), (Some("the lock takes four digits"), 2, 60));
    // Another title is nothing that it was said of; another password is.
    world.change(0, at(2), Change::Title("Door".to_owned()));
    assert_eq!(counted(&world), [Kind::Http]);
    world.change(0, at(3), Change::Password(Some(Secret::copy_of(b"4712"))));
    assert_eq!(counted(&world), [Kind::Weak, Kind::Http]);
    // The same reason said again counts again.
    world.change(0, at(4), except(Some("the lock takes four digits")));
    assert_eq!(counted(&world), [Kind::Http]);
    world.change(0, at(5), except(None));
    assert_eq!(counted(&world), [Kind::Weak, Kind::Http]);
}

#[test]
fn the_worst_comes_first_and_the_score_falls_with_it() {
    let world = World::of(vec![
        login("Fine", "", "", STRONG[0]),
        login("Page", "", "http://a.example.com", STRONG[1]),
        login("Weak", "", "", "kitten1987x"),
        login("Weaker", "", "http://b.example.com", "password"),
    ]);
    let audit = world.audit();
    let ranked: Vec<Id> = audit.worst_first().iter().map(|ranked| ranked.id).collect();
    assert_eq!(ranked, [world.ids[3], world.ids[2], world.ids[1]]);
    assert_eq!(audit.worst_first()[0], Ranked { id: world.ids[3], worst: Kind::Weak, others: 1 });
    assert_eq!(audit.score(), (400 - 90 - 90 - 40) / 4);
    assert_eq!((audit.count(Kind::Weak), audit.count(Kind::Http), audit.count(Kind::Old)), (2, 2, 0));
}

#[test]
fn it_stops_when_it_is_told_to() {
    let world = World::of(STRONG.iter().map(|password| login("x", "", "", password)).collect());
    let terms = Terms { now: now(), old_after: None, min_len: &|_| None, same_login: &|_, _| false };
    let mut heard = Vec::new();
    let mut go_on = |done, of| {
        heard.push((done, of));
        done < 2
    };
    let seal = world.session.seal();
    let audited =
        Audit::of::<String>(&world.vault, seal, &terms, None, &mut SeededRandom::new(1), &mut go_on).unwrap();
    assert_eq!(audited, None);
    assert_eq!(heard, [(0, 4), (1, 4), (2, 4)]);
}

#[test]
fn kinds_have_their_names() {
    let names = ["breached", "weak", "reused", "similar", "http", "expired", "due", "old", "duplicate"];
    assert_eq!(Kind::ALL.map(Kind::name), names);
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
        assert!(kind.advice().ends_with('.') && (1..=100).contains(&kind.weight()));
    }
    assert!(Kind::ALL.is_sorted() && Kind::ALL.is_sorted_by_key(|kind| std::cmp::Reverse(kind.weight())));
}

/// Thousands of entries with one password cost no more than thousands with passwords of their own.
#[test]
fn many_of_one_password() {
    let many = |n: usize| login(&format!("E{n}"), &n.to_string(), "", "kitten1987");
    let mut items: Vec<Item> = (0..2000).map(many).collect();
    items.extend((0..50).map(|n| login(&format!("S{n}"), "s", "", &format!("kitten{n}"))));
    let audit = World::of(items).audit();
    assert_eq!((audit.count(Kind::Reused), audit.count(Kind::Similar)), (2000, 2050));
    assert!(audit.findings.iter().all(|finding| finding.detail.len() < 200));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Reuse is found exactly where two accounts have the same password, and no password is ever told.
    #[test]
    fn reuse_is_found_exactly(passwords in proptest::collection::vec("[ab]{1,3}-sentinel-[0-9]", 1..20)) {
        let items = passwords.iter().enumerate().map(|(n, it)| login(&format!("E{n}"), "u", "", it)).collect();
        let world = World::of(items);
        let audit = world.audit();
        for (number, password) in passwords.iter().enumerate() {
            let expected = passwords.iter().filter(|other| *other == password).count() > 1;
            let found = audit.findings.iter().any(|it| it.id == world.ids[number] && it.kind == Kind::Reused);
            prop_assert_eq!(found, expected);
        }
        let told = format!("{audit:?}");
        prop_assert!(!told.contains("sentinel"));
    }
}
