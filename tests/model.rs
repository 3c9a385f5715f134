//! The model's laws: what is sealed opens again, edits and undo lose nothing, and merging is a union.

mod figures;

use figures::{figure, quick_or_long};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tresor::compare::compare;
use tresor::crypto::kdf::Cost;
use tresor::crypto::random::{Random, SeededRandom};
use tresor::format::{self, Header, Inner, Keys, Passphrase, Slot};
use tresor::merge::merge;
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::edit::{Author, Change, EditError};
use tresor::vault::entry::{State, Value};
use tresor::vault::item::{Item, PastValue};
use tresor::vault::kinds::FieldKind;
use tresor::vault::seal::Seal;
use tresor::vault::tag::Tag;
use tresor::vault::{Id, Vault};
use zeroize::Zeroizing;

/// A device with a clock and a random generator of its own.
struct Device {
    keys: Keys,
    random: SeededRandom,
    writer: Id,
    now: u64,
}

impl Device {
    fn new(number: u8) -> Self {
        let keys = Keys::generate(Id([7; 16]), &mut SeededRandom::new(1)).unwrap();
        Self {
            keys,
            random: SeededRandom::new(u64::from(number) + 100),
            writer: Id([number; 16]),
            now: 1_000_000,
        }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Author<'_>) -> Result<T, EditError>) -> T {
        let random = &mut self.random;
        let mut new_id = || {
            let mut id = [0; 16];
            random.fill(&mut id).map_err(|_| EditError::NoRandomness)?;
            Ok(Id(id))
        };
        self.now += 1000;
        let now = Timestamp(self.now);
        act(&mut Author { seal: &self.keys, new_id: &mut new_id, writer: self.writer, now }).unwrap()
    }

    fn add(&mut self, vault: &mut Vault, item: &Item) -> Id {
        self.with(|author| vault.edit(author, "add", |edit| edit.add(item)))
    }

    fn change(&mut self, vault: &mut Vault, id: Id, change: Change) {
        self.with(|author| vault.edit(author, "change", |edit| edit.change(id, change)));
    }

    fn save(&self, vault: &mut Vault) {
        let generation = vault.generation() + 1;
        vault.saved_by(generation, self.writer, Timestamp(self.now));
    }

    fn plain(&self, value: Option<Value<'_>>) -> String {
        match value {
            Some(Value::Sealed(place, bytes)) => {
                self.keys.open(place, bytes).unwrap().expose_str().unwrap().to_owned()
            }
            Some(Value::Text(text)) => text.to_owned(),
            Some(Value::Unreadable) => panic!("unreadable"),
            None => String::new(),
        }
    }
}

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::copy_of(text.as_bytes()))
}

fn encoded(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    format::body::encode(vault, &mut bytes);
    bytes
}

fn github() -> Item {
    let mut item = Item {
        title: "GitHub".to_owned(),
        username: "octo".to_owned(),
        password: secret("old"),
        urls: vec!["https://github.com".to_owned(), "https://gist.github.com".to_owned()],
        folder: "/Work/".to_owned(),
        tags: vec!["code".to_owned(), "2fa".to_owned()],
        created: Some(Timestamp(500)),
        modified: Some(Timestamp(600)),
        ..Item::default()
    };
    item.push_field("PIN", FieldKind::Hidden, "1234");
    item.push_field("Plan", FieldKind::Text, "pro");
    let past = |field: &str, value: &str, time| PastValue {
        field: field.to_owned(),
        value: Secret::copy_of(value.as_bytes()),
        time: Timestamp(time),
    };
    item.history = vec![past("password", "older", 100), past("PIN", "0000", 200), past("gone", "x", 300)];
    item
}

#[test]
fn an_item_becomes_an_entry_and_its_changes_history() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    {
        let entry = vault.entry(id).unwrap();
        assert_eq!((entry.title(), entry.username(), entry.folder()), ("GitHub", "octo", "Work"));
        assert_eq!(entry.urls(), ["https://github.com", "https://gist.github.com"]);
        assert_eq!(entry.tags(), ["code", "2fa"]);
        assert_eq!((entry.created(), entry.modified()), (Timestamp(500), Timestamp(600)));
        let fields: Vec<_> =
            entry.fields().iter().map(|f| (f.label, f.kind, device.plain(Some(f.value)))).collect();
        assert_eq!(
            fields,
            [("PIN", FieldKind::Hidden, "1234".to_owned()), ("Plan", FieldKind::Text, "pro".to_owned())]
        );
        let history: Vec<_> =
            entry.history().iter().map(|p| (p.name, device.plain(Some(p.value)), p.time.0)).collect();
        assert_eq!(
            history,
            [
                ("password", "older".to_owned(), 100),
                ("PIN", "0000".to_owned(), 200),
                ("gone", "x".to_owned(), 300)
            ]
        );
    }
    device.change(&mut vault, id, Change::Password(secret("new")));
    device.change(
        &mut vault,
        id,
        Change::Urls(vec!["https://gist.github.com".to_owned(), "https://x.y".to_owned()]),
    );
    let entry = vault.entry(id).unwrap();
    assert_eq!(device.plain(entry.password()), "new");
    assert_eq!(entry.urls(), ["https://gist.github.com", "https://x.y"]);
    assert_eq!(entry.modified(), Timestamp(device.now));
    let names: Vec<_> = entry.history().iter().map(|past| past.name).collect();
    assert_eq!(names, ["password", "PIN", "gone", "password", "url"]);
    let (tag, field, time) = {
        let old = entry.history()[3];
        (old.tag, old.field, old.time)
    };
    device.with(|author| vault.edit(author, "restore", |edit| edit.restore_past(id, tag, field, time)));
    assert_eq!(device.plain(vault.entry(id).unwrap().password()), "old");
}

#[test]
fn writing_what_is_there_already_writes_nothing() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    let before = encoded(&vault);
    for change in [
        Change::Title("GitHub".to_owned()),
        Change::Password(secret("old")),
        Change::Urls(vec!["https://github.com".to_owned(), "https://gist.github.com".to_owned()]),
        Change::Note(None),
        Change::State(State::Live),
    ] {
        device.change(&mut vault, id, change);
    }
    assert_eq!(encoded(&vault), before);
}

#[test]
fn upkeep_is_set_and_taken_away() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    let other = device.add(&mut vault, &Item::default());
    let set_at = device.now;
    let code = vault.entry(id).unwrap().fields()[0].id;
    let except = |kind: &str, reason: Option<&str>| Change::Except {
        kind: kind.to_owned(),
        reason: reason.map(str::to_owned),
    };
    let before = |vault: &Vault| {
        let entry = vault.entry(id).unwrap();
        let upkeep = (entry.expiry(), entry.policy().to_owned(), entry.reminder(), entry.signs_in_with());
        let exceptions = entry.exceptions().into_iter().map(|(kind, reason)| format!("{kind}:{reason}"));
        (upkeep, exceptions.collect::<Vec<_>>(), entry.fields()[0].ticked_off)
    };
    let nothing = ((None, String::new(), None, None), Vec::new(), false);
    assert_eq!(before(&vault), nothing);
    for change in [
        Change::Expiry(Some(Timestamp(9))),
        Change::Policy("pin: 4".to_owned()),
        Change::PendingPassword(secret("pending")),
        Change::Reminder(Some(90)),
        Change::SignsInWith(Some(other)),
        Change::TickedOff { field: code, used: true },
        except("old", Some("first")),
        except("old", Some("cannot be changed")),
        except("weak", Some("")),
    ] {
        device.change(&mut vault, id, change);
    }
    let all = (Some(Timestamp(9)), "pin: 4".to_owned(), Some(90), Some(other));
    let excepted = vec!["old:cannot be changed".to_owned(), "weak:".to_owned()];
    assert_eq!(before(&vault), (all, excepted, true));
    let entry = vault.entry(id).unwrap();
    assert_eq!(device.plain(entry.pending_password()), "pending");
    assert!(entry.password_set().unwrap() <= Timestamp(set_at), "the password is as it was");
    for change in [
        Change::Expiry(None),
        Change::Policy(String::new()),
        Change::PendingPassword(None),
        Change::Reminder(None),
        Change::SignsInWith(None),
        Change::TickedOff { field: code, used: false },
        except("old", None),
        except("weak", None),
        except("reused", None),
    ] {
        device.change(&mut vault, id, change);
    }
    assert_eq!(before(&vault), nothing);
    assert!(vault.entry(id).unwrap().pending_password().is_none());
}

#[test]
fn undo_and_redo_walk_through_every_state() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    let texts = ["a", "b", "c"];
    for text in texts {
        device.change(&mut vault, id, Change::Password(secret(text)));
        device.save(&mut vault);
    }
    let undone = |device: &mut Device, vault: &mut Vault| {
        device.with(|author| vault.undo(author)).map(|step| step.label)
    };
    let password = |device: &Device, vault: &Vault| device.plain(vault.entry(id).unwrap().password());
    for expected in ["b", "a", "old"] {
        assert_eq!(undone(&mut device, &mut vault), Some("change".to_owned()));
        assert_eq!(password(&device, &vault), expected);
        device.save(&mut vault);
    }
    assert_eq!(undone(&mut device, &mut vault), Some("add".to_owned()));
    assert_eq!(vault.entry(id).unwrap().state(), State::Trash);
    assert_eq!(device.with(|author| vault.undo(author)), None);
    for _ in 0..4 {
        assert!(device.with(|author| vault.redo(author)).is_some());
    }
    assert_eq!((password(&device, &vault).as_str(), vault.entry(id).unwrap().state()), ("c", State::Live));
    assert_eq!(device.with(|author| vault.redo(author)), None);
    assert!(device.with(|author| vault.undo(author)).is_some());
    device.change(&mut vault, id, Change::Username("other".to_owned()));
    assert_eq!(device.with(|author| vault.redo(author)), None, "an edit ends what could be done again");
}

#[test]
fn purging_leaves_no_value() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    device.with(|author| vault.edit(author, "", |edit| edit.purge(id)));
    let entry = vault.entry(id).unwrap();
    assert_eq!(entry.state(), State::Gone);
    assert!(entry.history().is_empty() && entry.title().is_empty());
    assert!(!encoded(&vault).windows(6).any(|window| window == b"GitHub"));
}

#[test]
fn a_deletion_does_not_beat_an_edit_it_had_not_seen() {
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    let mut a = Vault::new();
    let id = one.add(&mut a, &github());
    one.save(&mut a);
    let mut b = merge(&a, &Vault::new());
    one.with(|author| a.edit(author, "", |edit| edit.purge(id)));
    two.change(&mut b, id, Change::Password(secret("edited elsewhere")));
    let merged = merge(&a, &b);
    let entry = merged.entry(id).unwrap();
    assert_eq!((entry.state(), two.plain(entry.password())), (State::Trash, "edited elsewhere".to_owned()));
    assert_eq!(entry.title(), "", "what was deleted stays deleted");
}

#[test]
fn a_file_holds_all_of_it() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    let id = device.add(&mut vault, &github());
    vault.saved_by(1, device.writer, Timestamp(device.now));
    let mut random = SeededRandom::new(9);
    let passphrase = Passphrase::new(&secret("correct horse").unwrap()).unwrap();
    let slot = Slot::for_passphrase(
        device.keys.vault_key(),
        device.keys.vault_id(),
        &passphrase,
        None,
        Cost::READER_FLOOR,
        &mut random,
    )
    .unwrap();
    let inner = Inner { generation: 1, writer: device.writer, ..Inner::default() };
    let file = format::seal(&vault, &device.keys, &[slot], &inner, 0, &mut random).unwrap();
    assert_eq!(file.len(), 4096 + 65536 + 16);
    let none = Inner { generation: 0, ..inner };
    assert!(format::seal(&vault, &device.keys, &[slot], &none, 0, &mut random).is_err());
    let header = Header::read(&file, file.len() as u64).unwrap();
    let given = format::Credentials::Passphrase(&passphrase, None);
    let (keys, index) = format::unlock(&header, &given).unwrap();
    assert_eq!((index, keys.vk_id()), (0, device.keys.vk_id()));
    let opened = format::open(Zeroizing::new(file), &header, &keys).unwrap();
    assert_eq!(opened.inner, inner);
    assert_eq!(encoded(&opened.vault), encoded(&vault));
    assert_eq!(device.plain(opened.vault.entry(id).unwrap().password()), "old");
}

/// Edits by three devices from one common state, merged in any order.
#[derive(Debug, Clone)]
enum Act {
    Add(u8),
    Password(u8, u8),
    Title(u8, u8),
    Tags(u8, u8),
    Trash(u8),
    Purge(u8),
    Undo,
    Save,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        any::<u8>().prop_map(Act::Add),
        any::<(u8, u8)>().prop_map(|(at, to)| Act::Password(at, to)),
        any::<(u8, u8)>().prop_map(|(at, to)| Act::Title(at, to)),
        any::<(u8, u8)>().prop_map(|(at, to)| Act::Tags(at, to)),
        any::<u8>().prop_map(Act::Trash),
        any::<u8>().prop_map(Act::Purge),
        Just(Act::Undo),
        Just(Act::Save),
    ];
    proptest::collection::vec(act, 0..12)
}

fn run(device: &mut Device, vault: &mut Vault, acts: &[Act]) {
    for act in acts {
        let ids: Vec<Id> = vault.entries().map(|entry| entry.id()).collect();
        let pick = |at: u8| ids.get(usize::from(at) % ids.len().max(1)).copied();
        let change = match act {
            Act::Add(n) => {
                let item =
                    Item { title: format!("new {n}"), password: secret(&format!("{n}")), ..Item::default() };
                device.add(vault, &item);
                None
            }
            Act::Password(at, to) => pick(*at).map(|id| (id, Change::Password(secret(&to.to_string())))),
            Act::Title(at, to) => pick(*at).map(|id| (id, Change::Title(to.to_string()))),
            Act::Tags(at, to) => pick(*at).map(|id| (id, Change::Tags(vec![to.to_string(), "x".to_owned()]))),
            Act::Trash(at) => pick(*at).map(|id| (id, Change::State(State::Trash))),
            Act::Purge(at) => pick(*at).map(|id| (id, Change::State(State::Gone))),
            Act::Undo => {
                device.with(|author| vault.undo(author));
                None
            }
            Act::Save => {
                device.save(vault);
                None
            }
        };
        if let Some((id, change)) = change {
            let label = if matches!(change, Change::State(State::Gone)) { "" } else { "change" };
            device.with(|author| vault.edit(author, label, |edit| edit.change(id, change)));
        }
    }
}

#[test]
fn merging_is_a_union() {
    let cases = quick_or_long(300, 1_000_000);
    // A long run takes another beginning each time; a failure prints what it failed with.
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let four = (acts(), acts(), acts(), acts());
    let result = TestRunner::new(config).run(&four, |(first, one, two, three)| {
        let mut base = Vault::new();
        let mut device = Device::new(1);
        device.add(&mut base, &github());
        run(&mut device, &mut base, &first);
        device.save(&mut base);
        let states = [(2, &one), (3, &two), (4, &three)].map(|(number, acts)| {
            let mut vault = merge(&base, &Vault::new());
            run(&mut Device::new(number), &mut vault, acts);
            vault
        });
        holds_for(&states)
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    figure("merge-laws", &format!("{cases} cases, 0 violations"));
}

fn holds_for([a, b, c]: &[Vault; 3]) -> Result<(), TestCaseError> {
    let all = encoded(&merge(&merge(a, b), c));
    prop_assert_eq!(&all, &encoded(&merge(a, &merge(b, c))), "associative");
    prop_assert_eq!(&all, &encoded(&merge(c, &merge(b, a))), "commutative");
    prop_assert_eq!(encoded(&merge(a, a)), encoded(a), "idempotent");
    let merged = merge(&merge(a, b), c);
    prop_assert_eq!(&all, &encoded(&merge(&merged, b)), "absorbs");
    let parts = format::body::decode(&all, 0, u64::MAX);
    prop_assert!(parts.is_ok(), "the format holds it: {:?}", parts.err());
    for vault in [a, b, c] {
        for record in vault.records() {
            for cell in record.cells.iter().filter(|cell| !cell.is_emptied()) {
                let kept = merged.record(record.kind, record.id).unwrap();
                let found = kept.cells_of(cell.tag, cell.field).iter().any(|other| {
                    merged.stamp(other) == vault.stamp(cell)
                        && (other.is_emptied() || merged.value(other) == vault.value(cell))
                });
                prop_assert!(found, "every value is there, or was deleted for good");
            }
        }
    }
    Ok(())
}

#[test]
fn tags_of_secrets_are_always_sealed() {
    let (mut device, mut vault) = (Device::new(1), Vault::new());
    device.add(&mut vault, &github());
    for record in vault.records() {
        for cell in &record.cells {
            assert!(cell.is_sealed() || cell.value.len == 0 || !cell.tag.is_always_sealed());
        }
    }
    let pin = vault.entries().next().unwrap().record().cells_tagged(Tag::FIELD_VALUE).to_vec();
    assert!(pin.iter().any(|cell| cell.is_sealed()) && pin.iter().any(|cell| !cell.is_sealed()));
}

#[test]
fn custom_fields_stay_in_the_order_they_were_added() {
    let field = |name: &str| Change::Field {
        id: None,
        name: name.to_owned(),
        kind: FieldKind::Text,
        value: Secret::copy_of(b"x"),
    };
    for seed in 0..20 {
        let mut device = Device::new(seed);
        let mut vault = Vault::new();
        let id = device.add(&mut vault, &Item::default());
        // One, then three at once, then one again: ids are random, and those of one edit share its stamp.
        for names in [&["a"][..], &["b", "c", "d"], &["e"]] {
            device.with(|author| {
                vault.edit(author, "fields", |edit| {
                    names.iter().try_for_each(|name| edit.change(id, field(name)))
                })
            });
        }
        let labels: Vec<&str> =
            vault.entry(id).unwrap().fields().into_iter().map(|field| field.label).collect();
        assert_eq!(labels, ["a", "b", "c", "d", "e"], "seed {seed}");
    }
}

#[test]
fn undo_takes_back_what_this_device_did_and_only_then_what_others_did() {
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    let mut a = Vault::new();
    let id = one.add(&mut a, &github());
    one.save(&mut a);
    let mut b = merge(&a, &Vault::new());
    one.change(&mut a, id, Change::Username("mine".to_owned()));
    two.change(&mut b, id, Change::Password(secret("theirs")));
    two.save(&mut b);
    two.change(&mut b, id, Change::Title("theirs".to_owned()));
    two.save(&mut b);
    let mut vault = merge(&a, &b);
    let undo = |device: &mut Device, vault: &mut Vault| device.with(|author| vault.undo(author)).unwrap();
    let words = |vault: &Vault| {
        let entry = vault.entry(id).unwrap();
        (entry.title().to_owned(), entry.username().to_owned(), entry.state())
    };
    let step = undo(&mut one, &mut vault);
    assert_eq!((step.is_own, step.written, step.to_string().as_str()), (true, 1, "change"));
    assert_eq!(words(&vault), ("theirs".to_owned(), "octo".to_owned(), State::Live));
    assert!(undo(&mut one, &mut vault).is_own, "the making of the entry");
    assert_eq!(words(&vault).2, State::Trash);
    let step = undo(&mut one, &mut vault);
    assert_eq!((step.is_own, step.to_string().as_str()), (false, "change, made on another device"));
    assert_eq!(words(&vault).0, "GitHub");
    // Redo goes the same way back.
    for title in ["theirs", "theirs", "theirs"] {
        device_redoes(&mut one, &mut vault);
        assert_eq!(words(&vault).0, title);
    }
    assert_eq!(words(&vault), ("theirs".to_owned(), "mine".to_owned(), State::Live));
    assert!(one.with(|author| vault.redo(author)).is_none());
}

fn device_redoes(device: &mut Device, vault: &mut Vault) {
    assert!(device.with(|author| vault.redo(author)).is_some());
}

#[test]
fn what_was_changed_since_a_step_stays_and_that_is_said() {
    let (mut one, mut two) = (Device::new(1), Device::new(2));
    let mut a = Vault::new();
    let id = one.add(&mut a, &github());
    one.save(&mut a);
    one.change(&mut a, id, Change::Username("mine".to_owned()));
    one.save(&mut a);
    let mut b = merge(&a, &Vault::new());
    two.change(&mut b, id, Change::Username("theirs".to_owned()));
    two.save(&mut b);
    let mut vault = merge(&a, &b);
    let step = one.with(|author| vault.undo(author)).unwrap();
    assert_eq!((step.written, step.kept), (0, 1));
    assert_eq!(step.to_string(), "change; it had been changed since, and stays as it is");
    assert_eq!(vault.entry(id).unwrap().username(), "theirs");
}

/// What an entry says now, by title, whatever was there before.
fn says(device: &Device, vault: &Vault) -> Vec<String> {
    let live = vault.entries().filter(|entry| entry.is_live());
    let mut said: Vec<String> = live
        .map(|entry| {
            let fields = entry
                .fields()
                .into_iter()
                .map(|field| format!("{}={}", field.label, device.plain(Some(field.value))));
            format!(
                "{} {} {} {} {:?} {:?} {:?}",
                entry.id(),
                entry.title(),
                entry.username(),
                device.plain(entry.password()),
                entry.urls(),
                entry.tags(),
                fields.collect::<Vec<_>>()
            )
        })
        .collect();
    said.sort();
    said
}

#[test]
fn going_back_gives_what_was_said_then_and_one_undo_what_is_said_now() {
    let cases = quick_or_long(300, 100_000);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(acts(), acts(), acts()), |(first, second, elsewhere)| {
        let (mut device, mut now) = (Device::new(1), Vault::new());
        device.add(&mut now, &github());
        run(&mut device, &mut now, &first);
        device.save(&mut now);
        let then = now.clone();
        run(&mut device, &mut now, &second);
        // Another device has gone its own way, and both are together.
        let mut other = merge(&then, &Vault::new());
        let mut second = Device::new(2);
        run(&mut second, &mut other, &elsewhere);
        second.save(&mut other);
        let mut now = merge(&now, &other);
        let before = says(&device, &now);
        let was = now.clone();
        device.with(|author| now.edit(author, "back", |edit| edit.set_back(&then)));
        prop_assert_eq!(says(&device, &now), says(&device, &then), "what it said then");
        prop_assert!(
            merge(&was, &now).records().len() == now.records().len()
                && encoded(&merge(&was, &now)) == encoded(&now),
            "nothing is taken away"
        );
        // The other device, which had not seen it, follows.
        prop_assert_eq!(says(&device, &merge(&other, &now)), says(&device, &then), "others follow");
        let again = compare(&then, &now);
        let differs = again
            .entries
            .iter()
            .filter(|change| now.entries().any(|e| e.is_live() && e.id().to_string() == change.id));
        prop_assert!(
            differs.clone().all(|change| change.fields.is_empty()),
            "{:?}",
            differs.collect::<Vec<_>>()
        );
        if encoded(&was) != encoded(&now) {
            let step = device.with(|author| now.undo(author));
            prop_assert_eq!(step.map(|step| step.label), Some("back".to_owned()));
        }
        prop_assert_eq!(says(&device, &now), before, "one undo");
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn what_differs_is_told_without_any_secret() {
    let (mut device, mut before) = (Device::new(1), Vault::new());
    let id = device.add(&mut before, &github());
    let other = device.add(&mut before, &Item { title: "Router".to_owned(), ..Item::default() });
    let third = device.add(&mut before, &Item { title: "Old".to_owned(), ..Item::default() });
    device.save(&mut before);
    assert!(compare(&before, &before).is_empty());
    let mut after = before.clone();
    let pin = before.entry(id).unwrap().fields()[0].id;
    for change in [
        Change::Password(secret("hunter2hunter2")),
        Change::Urls(vec!["https://x.y".to_owned()]),
        Change::Favourite(true),
        Change::RemoveField(pin),
        Change::Attach { name: "key.pem".to_owned(), content: Secret::copy_of(b"hunter2hunter2") },
        Change::LastUsed(Timestamp(77)),
    ] {
        device.change(&mut after, id, change);
    }
    device.change(&mut after, other, Change::State(State::Trash));
    device.with(|author| after.edit(author, "", |edit| edit.purge(third)));
    device.add(&mut after, &Item { title: "New".to_owned(), username: "me".to_owned(), ..Item::default() });
    let lines = compare(&before, &after).lines();
    assert_eq!(
        lines,
        [
            "changed: password, url, PIN, attachments, favourite of GitHub/octo",
            "new: New/me",
            "deleted for good: Old",
            "to the trash: Router",
        ]
    );
    assert!(!format!("{:?}", compare(&before, &after)).contains("hunter2"));
    let back = compare(&after, &before).lines();
    assert_eq!(back[1..], ["deleted for good: New/me", "back: Old", "back: Router"]);
    // A value that loses against a later one joins the history.
    let (mut late, mut copy) = (Device::new(2), before.clone());
    late.change(&mut copy, id, Change::Password(secret("late")));
    device.save(&mut after);
    device.change(&mut after, id, Change::Password(secret("later")));
    assert_eq!(
        compare(&after, &merge(&after, &copy)).lines(),
        ["changed: history of password of GitHub/octo"]
    );
}
