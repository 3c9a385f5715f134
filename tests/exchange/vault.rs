//! Imports into a vault: a second one adds nothing.

use super::*;
use tresor::crypto::random::Random;
use tresor::exchange::{Known, Opened, Verdict};
use tresor::format::Keys;
use tresor::vault::Vault;
use tresor::vault::edit::{Author, Change, EditError};
use tresor::vault::entry::State;

struct Home {
    keys: Keys,
    random: SeededRandom,
    vault: Vault,
    now: u64,
}

impl Home {
    fn new() -> Self {
        let keys = Keys::generate(Id([7; 16]), &mut SeededRandom::new(1)).unwrap();
        Self { keys, random: SeededRandom::new(2), vault: Vault::new(), now: 1_700_000_000_000 }
    }

    fn edit<T>(
        &mut self,
        make: impl FnOnce(&mut tresor::vault::edit::Edit<'_, '_>) -> Result<T, EditError>,
    ) -> T {
        let random = &mut self.random;
        let mut new_id = || {
            let mut id = [0; 16];
            random.fill(&mut id).map_err(|_| EditError::NoRandomness)?;
            Ok(Id(id))
        };
        self.now += 1000;
        let now = Timestamp(self.now);
        let mut author = Author { seal: &self.keys, new_id: &mut new_id, writer: Id([1; 16]), now };
        self.vault.edit(&mut author, "import", make).unwrap()
    }

    fn opened(&self) -> Vec<Item> {
        let entries = self.vault.entries().filter(|entry| entry.state() != State::Gone);
        let opened = entries.map(|entry| Opened::of(entry, &self.keys));
        opened.inspect(|opened| assert!(opened.unreadable.is_empty())).map(|opened| opened.item).collect()
    }

    fn import(&mut self, format: &str, source: &[u8]) -> Vec<Verdict> {
        let mut known = Known::new(&mut self.random).unwrap();
        for item in self.opened() {
            known.learn(&item);
        }
        let mut items = items(format, source);
        let verdicts: Vec<Verdict> = items.iter_mut().map(|item| known.judge(item)).collect();
        for (item, verdict) in items.iter().zip(&verdicts) {
            if *verdict != Verdict::Known {
                self.edit(|edit| edit.add(item));
            }
        }
        verdicts
    }

    fn import_twice(&mut self, format: &str, source: &[u8]) {
        let first = self.import(format, source);
        assert!(!first.is_empty() && first.iter().all(|verdict| *verdict != Verdict::Known));
        let entries = self.vault.entries().len();
        let second = self.import(format, source);
        assert_eq!(second, vec![Verdict::Known; first.len()]);
        assert_eq!(self.vault.entries().len(), entries);
    }
}

/// Imports a source twice into a new vault; the second time adds nothing.
pub fn import_twice(format: &str, source: &[u8]) {
    Home::new().import_twice(format, source);
}

/// The same for a source in which something is skipped.
pub fn import_twice_tolerant(format: &str, source: &[u8]) {
    let item = |row: Row| if let Outcome::Item(item, _) = row.outcome { Some(*item) } else { None };
    let items: Vec<Item> = rows(format, source).unwrap().into_iter().filter_map(item).collect();
    let again: Vec<Item> = rows(format, source).unwrap().into_iter().filter_map(item).collect();
    let mut home = Home::new();
    for item in &items {
        home.edit(|edit| edit.add(item));
    }
    let mut known = Known::new(&mut home.random).unwrap();
    for item in home.opened() {
        known.learn(&item);
    }
    assert!(!items.is_empty());
    for mut item in again {
        assert_eq!(known.judge(&mut item), Verdict::Known, "{}", shown(&item));
    }
}

const SOURCES: [&str; 3] = [
    include_str!("../fixtures/lastpass/web.csv"),
    include_str!("../fixtures/lastpass/types.csv"),
    include_str!("../fixtures/lastpass/fields.csv"),
];

#[test]
fn a_second_import_adds_nothing() {
    for source in SOURCES {
        import_twice("lastpass-csv", source.as_bytes());
    }
}

#[test]
fn rows_that_are_equal_are_all_added_once() {
    let source = "url,username,password,extra,name,grouping,fav\nhttps://a,u,p,,A,,0\nhttps://a,u,p,,A,,0\n";
    let mut home = Home::new();
    home.import_twice("lastpass-csv", source.as_bytes());
    assert_eq!(home.vault.entries().len(), 2);
    let one_more = format!("{source}https://a,u,p,,A,,0\n");
    assert_eq!(home.import("lastpass", one_more.as_bytes()), [Verdict::Known, Verdict::Known, Verdict::New]);
}

#[test]
fn what_was_thrown_away_does_not_come_back() {
    let mut home = Home::new();
    home.import_twice("lastpass-csv", SOURCES[1].as_bytes());
    let id = home.vault.entries().next().unwrap().id();
    home.edit(|edit| edit.change(id, Change::State(State::Trash)));
    assert!(
        home.import("lastpass-csv", SOURCES[1].as_bytes()).iter().all(|verdict| *verdict == Verdict::Known)
    );
}

#[test]
fn json_brings_a_whole_vault_back() {
    let mut home = Home::new();
    SOURCES.iter().for_each(|source| home.import_twice("lastpass-csv", source.as_bytes()));
    let id = home.vault.entries().next().unwrap().id();
    home.edit(|edit| edit.change(id, Change::Password(secret("changed"))));
    home.edit(|edit| {
        edit.change(id, Change::Attach { name: "f".to_owned(), content: Secret::copy_of(b"\x00\xFF") })
    });
    home.edit(|edit| edit.change(id, Change::State(State::Trash)));
    let (file, losses) = exported("json", home.opened());
    assert!(losses.is_empty());
    assert!(home.import("json", &file).iter().all(|verdict| *verdict == Verdict::Known));
    let mut other = Home::new();
    other.import_twice("json", &file);
    let (again, _) = exported("json", other.opened());
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(file.clone()).unwrap());
    other.edit(|edit| edit.change(id, Change::Title("renamed".to_owned())));
    let verdicts = other.import("json", &file);
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::NewId).count(), 1);
}

#[test]
fn what_cannot_be_opened_is_named() {
    let mut home = Home::new();
    let mut item = Item { title: "T".to_owned(), password: secret("pw"), ..Item::default() };
    item.push_field("PIN", FieldKind::Hidden, "1");
    item.push_field("Plain", FieldKind::Text, "2");
    item.attachments.push(Attachment { name: "file".to_owned(), content: Secret::copy_of(b"x") });
    home.edit(|edit| edit.add(&item));
    let other = Keys::generate(Id([8; 16]), &mut SeededRandom::new(9)).unwrap();
    let opened = Opened::of(home.vault.entries().next().unwrap(), &other);
    assert_eq!(opened.unreadable, ["password", "PIN", "file"]);
    assert_eq!((opened.item.title.as_str(), opened.item.fields.len()), ("T", 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_item_is_known_again(items in proptest::collection::vec(any_item(), 1..4)) {
        let (file, _) = exported("json", items.iter().map(copy));
        import_twice("json", &file);
    }
}
