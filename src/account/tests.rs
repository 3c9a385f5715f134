//! Accounts in a vault in memory.

use super::*;
use crate::secret::Secret;
use crate::session::Session;
use crate::sites::Sites;
use crate::time::Timestamp;
use crate::vault::edit::{Change, Edit, EditError};
use crate::vault::entry::State;
use crate::vault::item::{Item, PastValue};
use crate::vault::kinds::FieldKind;
use crate::vault::{Id, Vault};

struct World {
    session: Session,
    vault: Vault,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let (session, vault) = Session::in_memory().unwrap();
        Self { session, vault, now: Timestamp::parse("2026-11-23T12:00:00Z").unwrap() }
    }

    fn edit<T>(&mut self, make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>) -> T {
        self.now = self.now.plus_millis(1);
        self.session.edit(&mut self.vault, self.now, "", make).unwrap()
    }

    fn add(&mut self, item: Item) -> Id {
        self.edit(|edit| edit.add(&item))
    }

    fn login(&mut self, title: &str, username: &str, url: &str) -> Id {
        let urls = Some(url.to_owned()).filter(|url| !url.is_empty()).into_iter().collect();
        let password = Some(Secret::copy_of(b"pw"));
        self.add(Item {
            title: title.to_owned(),
            username: username.to_owned(),
            urls,
            password,
            ..Item::default()
        })
    }

    fn link(&mut self, from: Id, to: Id) {
        self.edit(|edit| edit.change(from, Change::SignsInWith(Some(to))));
    }

    fn entry(&self, id: Id) -> Entry<'_> {
        self.vault.entry(id).unwrap()
    }

    fn steps(&self, id: Id) -> Vec<String> {
        Recovery::of(&self.vault, self.entry(id), &Sites::default()).steps(&self.vault, 0)
    }
}

#[test]
fn a_chain_is_followed_to_its_end_whatever_that_is() {
    let mut world = World::new();
    let [a, b, c] = ["A", "B", "C"].map(|title| world.login(title, "", ""));
    assert!(Chain::of(&world.vault, &world.entry(a)).is_none());
    world.link(a, b);
    world.link(b, c);
    let of = |world: &World, id| {
        let chain = Chain::of(&world.vault, &world.entry(id)).unwrap();
        (chain.entries.iter().map(|entry| entry.title().to_owned()).collect::<Vec<_>>().concat(), chain.end)
    };
    assert_eq!(of(&world, a), ("BC".to_owned(), End::Reached));
    assert!(would_go_round(&world.vault, c, a) && would_go_round(&world.vault, a, a));
    assert!(!would_go_round(&world.vault, a, c));
    // What two devices did, merged.
    world.link(c, a);
    assert_eq!(of(&world, a), ("BC".to_owned(), End::Circle));
    world.link(c, c);
    assert_eq!(of(&world, a), ("BC".to_owned(), End::Circle));
    world.edit(|edit| edit.change(c, Change::State(State::Trash)));
    assert_eq!(of(&world, a), ("BC".to_owned(), End::Trashed));
    world.edit(|edit| edit.purge(c));
    assert_eq!(of(&world, a), ("B".to_owned(), End::Gone));
    world.link(b, Id([7; 16]));
    assert_eq!(of(&world, a), ("B".to_owned(), End::Gone));
}

#[test]
fn the_query_that_is_named_finds_that_entry_and_no_other() {
    let mut world = World::new();
    let mut ids = vec![
        world.login("GitHub", "anna", ""),
        world.login("GitHub", "ben", ""),
        world.login("Bank", "anna", ""),
        world.login("", "", ""),
        world.login("Twice", "same", ""),
        world.login("Twice", "same", ""),
        world.login("a\u{202e}b", "", ""),
        world.login(" blank", "x", ""),
    ];
    for id in &ids {
        let query = query(&world.vault, &world.entry(*id));
        let found = resolve(&query, world.vault.entries()).found;
        assert!(found.len() == 1 && found[0].document.id() == *id, "{query}");
        assert_eq!(printable::line(&query), query);
    }
    let of = |id: Id| query(&world.vault, &world.entry(id));
    assert_eq!([of(ids[0]), of(ids[1]), of(ids[2])], ["GitHub/anna", "GitHub/ben", "Bank"]);
    assert_eq!(of(ids.pop().unwrap()), ids_text(&world, " blank"));
    assert_eq!(quoted("Bob's \"shop\""), r#"'Bob'\''s "shop"'"#);
    assert_eq!(
        [quoted("GitHub/anna"), quoted("a b"), quoted("$x"), quoted("-x"), quoted("")],
        ["GitHub/anna", "'a b'", "'$x'", "'-x'", "''"]
    );
}

fn ids_text(world: &World, title: &str) -> String {
    world.vault.entries().find(|entry| entry.title() == title).unwrap().id().to_string()
}

#[test]
fn the_mailbox_is_the_one_of_that_address() {
    let mut world = World::new();
    let shop = world.login("Shop", "anna@gmail.com", "https://shop.example");
    world.login("Other shop", "anna@gmail.com", "https://mail.example");
    let found = |world: &World| {
        let recovery = Recovery::of(&world.vault, world.entry(shop), &Sites::default());
        recovery.accounts[0].mailbox.map(|entry| entry.title().to_owned()).unwrap_or_default()
    };
    assert_eq!(found(&world), "", "another shop is no mailbox");
    world.login("Google", "Anna", "https://accounts.google.com/");
    assert_eq!(found(&world), "Google", "the part before the @ at the right site");
    world.login("Google 2", "ANNA@gmail.com", "https://mail.google.com/");
    assert_eq!(found(&world), "Google 2");
    let google = world.vault.entries().find(|entry| entry.title() == "Google 2").unwrap();
    assert!(Recovery::of(&world.vault, google, &Sites::default()).accounts[0].email_is_own);
    let steps = Recovery::of(&world.vault, google, &Sites::default()).steps(&world.vault, 0).join("\n");
    assert!(steps.contains("this very mailbox: another way is needed"), "{steps}");
    let kind = "email-account".to_owned();
    let post =
        Item { title: "Post".to_owned(), username: "anna@gmail.com".to_owned(), kind, ..Item::default() };
    let post = world.add(post);
    assert_eq!(found(&world), "Post");
    world.edit(|edit| edit.change(post, Change::State(State::Trash)));
    assert_eq!(found(&world), "Google 2");
    let mut own = Item { title: "Own".to_owned(), username: "ivan".to_owned(), ..Item::default() };
    own.push_field("recovery EMAIL", FieldKind::Text, "ivan@post.example.org");
    let own = world.add(own);
    world.login("Webmail", "ivan", "https://webmail.example.org/login");
    let recovery = Recovery::of(&world.vault, world.entry(own), &Sites::default());
    assert_eq!(recovery.accounts[0].mailbox.unwrap().title(), "Webmail");
    assert!(!recovery.accounts[0].email_is_username);
}

#[test]
fn steps_say_what_is_there_and_nothing_else() {
    let mut world = World::new();
    let bare = world.add(Item { title: "Bare".to_owned(), ..Item::default() });
    let recovery = Recovery::of(&world.vault, world.entry(bare), &Sites::default());
    assert!(recovery.accounts[0].is_bare());
    assert_eq!(recovery.accounts[0].missing().len(), 4);
    assert_eq!(world.steps(bare).len(), 2);
    let mut item =
        Item { title: "Shop".to_owned(), username: "anna@mail.example".to_owned(), ..Item::default() };
    item.password = Some(Secret::copy_of(b"now"));
    item.totp = Some(Secret::copy_of(b"JBSWY3DPEHPK3PXP"));
    item.urls.push("https://shop.example/".to_owned());
    item.push_field(PHONE, FieldKind::Text, "+49 30 1234");
    item.push_field("First pet?", FieldKind::Question, "Rex");
    for number in 1..=3 {
        item.push_field(&backup_codes::label(number), FieldKind::Hidden, "abcd-efgh");
    }
    let time = Timestamp::parse("2020-01-01T00:00:00Z").unwrap();
    item.history.push(PastValue { field: "password".to_owned(), value: Secret::copy_of(b"old"), time });
    let shop = world.add(item);
    let steps = world.steps(shop).join("\n");
    for words in [
        "1 older password",
        "https://shop.example/",
        "probably goes to anna@mail.example",
        "+49 30 1234",
        "1 answer is",
        "one-time code",
        "3 of 3 left",
    ] {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    for secret in ["Rex", "old\n", "abcd-efgh", "now\n"] {
        assert!(!steps.contains(secret), "{secret}: {steps}");
    }
}

#[test]
fn an_account_without_a_password_of_its_own_leads_to_the_one_that_has_it() {
    let mut world = World::new();
    let google = world.login("Google", "anna@gmail.com", "https://google.com");
    let shop = world.add(Item { title: "Shop".to_owned(), ..Item::default() });
    world.link(shop, google);
    let recovery = Recovery::of(&world.vault, world.entry(shop), &Sites::default());
    assert_eq!((recovery.accounts.len(), recovery.end), (2, End::Reached));
    let steps = recovery.steps(&world.vault, 0);
    assert_eq!(steps.len(), 1);
    assert!(steps[0].contains("Google, anna@gmail.com"), "{steps:?}");
    assert!(recovery.steps(&world.vault, 1).len() > 2);
    world.edit(|edit| edit.purge(google));
    assert!(world.steps(shop)[0].contains("deleted for good"), "{:?}", world.steps(shop));
}

fn read(text: &str) -> Vec<String> {
    let codes = backup_codes::read(text).codes;
    codes.iter().map(|code| code.expose_str().unwrap().to_owned()).collect()
}

#[test]
fn codes_are_read_as_sites_show_them() {
    for (text, codes) in [
        ("abcd-efgh\nijkl-mnop\n", vec!["abcd-efgh", "ijkl-mnop"]),
        ("1. abcd-efgh\r\n2. ijkl-mnop", vec!["abcd-efgh", "ijkl-mnop"]),
        (" 1) 12345678\n10) 87654321", vec!["12345678", "87654321"]),
        (
            "1. 1234 5678    6. 9876 5432\n2. 1111 2222    7. 3333 4444",
            vec!["1234 5678", "9876 5432", "1111 2222", "3333 4444"],
        ),
        (
            "abcd-efgh ijkl-mnop\nqrst-uvwx yzab-cdef",
            vec!["abcd-efgh", "ijkl-mnop", "qrst-uvwx", "yzab-cdef"],
        ),
        ("12345678 87654321", vec!["12345678", "87654321"]),
        ("1 a1b2c3d4\n2 e5f6a7b8", vec!["a1b2c3d4", "e5f6a7b8"]),
        ("12 34 56 78", vec!["12 34 56 78"]),
        ("- [ ] abcd1234\n* efgh5678\n☐ ijkl9012", vec!["abcd1234", "efgh5678", "ijkl9012"]),
        ("0000 1111", vec!["0000 1111"]),
        ("a1b2c3\ta4b5c6\td7e8f9", vec!["a1b2c3", "a4b5c6", "d7e8f9"]),
        ("GitHub backup codes:\nKeep these safe!\n\nSecret\n1a2b3-c4d5e\n", vec!["1a2b3-c4d5e"]),
        ("qwerty\nasdfgh", vec!["qwerty", "asdfgh"]),
        ("", vec![]),
        ("Nothing here, really.", vec![]),
        ("x\n1\n22\n\u{202e}1234-5678\n", vec![]),
    ] {
        assert_eq!(read(text), codes, "{text:?}");
    }
    let read = backup_codes::read("Codes for you, Anna:\n1234-5678\n\n1234-5678\nand so on\n");
    assert_eq!((read.codes.len(), read.doubles, read.left_out), (1, 1, vec![1, 5]));
}

#[test]
fn codes_are_told_from_other_fields_and_counted() {
    let mut world = World::new();
    let mut item = Item { title: "Shop".to_owned(), ..Item::default() };
    for label in ["Back-up code 2", "backup code", "BACKUP CODES #7", "Back-up code of the bike", "PIN"] {
        item.push_field(label, FieldKind::Hidden, "1234");
    }
    item.push_field("Back-up code 9", FieldKind::Text, "no secret");
    let id = world.add(item);
    let codes = backup_codes::of(&world.entry(id));
    assert_eq!(codes.iter().map(|code| code.number).collect::<Vec<_>>(), [2, 2, 7]);
    let field = codes[0].field;
    world.edit(|edit| edit.change(id, Change::TickedOff { field, used: true }));
    let tally = backup_codes::tally(&world.entry(id));
    assert_eq!((tally.words(), tally.is_low()), ("2 of 3 left".to_owned(), true));
    assert!(!Tally::default().is_low());
}

#[test]
fn a_thousand_codes_are_added_at_once() {
    let mut world = World::new();
    let id = world.login("Shop", "", "");
    let text: String = (0..1000).map(|number| format!("{number}. {:08}\n", number * 7919)).collect();
    let codes = backup_codes::read(&text);
    assert_eq!((codes.codes.len(), codes.left_out.len()), (1000, 0));
    world.edit(|edit| edit.change(id, Change::Fields(backup_codes::fields(codes.codes, 1))));
    let tally = backup_codes::tally(&world.entry(id));
    assert_eq!(tally.words(), "1000 of 1000 left");
    let numbers: Vec<usize> = backup_codes::of(&world.entry(id)).iter().map(|code| code.number).collect();
    assert!(numbers.is_sorted());
}
