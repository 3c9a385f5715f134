//! A vault as this version writes it, by the program's own edits: every kind of entry with its usual fields,
//! custom fields, history, trash, attachments, undo and redo.

use tresor::crypto::kdf::Cost;
use tresor::crypto::random::{Random, SeededRandom, array};
use tresor::format::{self, Inner, KeyFile, Keys, Passphrase, RecoveryCode, Slot};
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::edit::{Author, Change, Edit, EditError};
use tresor::vault::entry::State;
use tresor::vault::item::{Attachment, Item, PastValue};
use tresor::vault::kinds::{FieldKind, Home, KINDS};
use tresor::vault::seal::{Place, Seal};
use tresor::vault::tag::{Kind, SEALED, Tag};
use tresor::vault::{Id, Vault};

pub const PASSWORD: &str = "opens for ever";

/// The file, and the keys it is under.
pub fn everything() -> (Vec<u8>, Keys) {
    let mut random = SeededRandom::new(2026);
    let vault_id = Id(array(&mut random).unwrap());
    let keys = Keys::generate(vault_id, &mut random).unwrap();
    let slots = slots(&keys, &mut random);
    let mut desk = Desk { keys, random, vault: Vault::new(), now: 1_795_435_200_000 };
    let ids = desk.add_every_kind();
    desk.save();
    desk.change_things(&ids);
    desk.add_other_records(&slots, ids[0]);
    desk.save();
    let inner = Inner {
        generation: desk.vault.generation(),
        writer: WRITER,
        parent: [0x99; 32],
        saved_at: Timestamp(desk.now),
        other_parent: [0; 32],
    };
    let file = format::seal(&desk.vault, &desk.keys, &slots, &inner, 0, &mut desk.random).unwrap();
    (file, desk.keys)
}

const WRITER: Id = Id([0xA1; 16]);

fn secret(text: &str) -> Secret {
    Secret::copy_of(text.as_bytes())
}

fn slots(keys: &Keys, random: &mut SeededRandom) -> [Slot; 3] {
    let passphrase = Passphrase::new(&secret(PASSWORD)).unwrap();
    let (key, id, cost) = (keys.vault_key(), keys.vault_id(), Cost::READER_FLOOR);
    let key_file = KeyFile::read(&KeyFile::line_of(&[0xAB; 32])).unwrap();
    let code = RecoveryCode::generate(random).unwrap();
    [
        Slot::for_passphrase(key, id, &passphrase, None, cost, random).unwrap(),
        Slot::for_passphrase(key, id, &passphrase, Some(&key_file), cost, random).unwrap(),
        Slot::for_recovery(key, id, &code, random).unwrap(),
    ]
}

/// Someone who edits a vault.
struct Desk {
    keys: Keys,
    random: SeededRandom,
    vault: Vault,
    now: u64,
}

impl Desk {
    fn as_author<T>(&mut self, act: impl FnOnce(&mut Vault, &mut Author<'_>) -> Result<T, EditError>) -> T {
        let random = &mut self.random;
        let mut new_id = || {
            let mut id = [0; 16];
            random.fill(&mut id).map_err(|_| EditError::NoRandomness)?;
            Ok(Id(id))
        };
        self.now += 60_000;
        let now = Timestamp(self.now);
        let mut author = Author { seal: &self.keys, new_id: &mut new_id, writer: WRITER, now };
        act(&mut self.vault, &mut author).unwrap()
    }

    fn edit<T>(&mut self, label: &str, make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>) -> T {
        self.as_author(|vault, author| vault.edit(author, label, make))
    }

    fn change(&mut self, label: &str, id: Id, change: Change) {
        self.edit(label, |edit| edit.change(id, change));
    }

    fn save(&mut self) {
        let generation = self.vault.generation() + 1;
        self.vault.saved_by(generation, WRITER, Timestamp(self.now));
    }

    /// One entry of each kind, with a value in each of its usual fields.
    fn add_every_kind(&mut self) -> Vec<Id> {
        let entries = KINDS.iter().enumerate().map(|(number, kind)| {
            let mut item = Item {
                kind: kind.name.to_owned(),
                title: format!("{} · Łódź 貓", kind.title),
                folder: if number % 2 == 0 { "Work/TCP\\/IP".to_owned() } else { String::new() },
                tags: vec![format!("kind {number}"), "all".to_owned()],
                note: Some(secret(&format!("Note of {}\nsecond line", kind.name))),
                favourite: number % 3 == 0,
                created: Some(Timestamp(1_500_000_000_000 + number as u64)),
                modified: Some(Timestamp(1_600_000_000_000 + number as u64)),
                ..Item::default()
            };
            for field in kind.fields {
                let value = format!("{} of {}", field.label, kind.name);
                match field.home {
                    Home::Username => item.username = value,
                    Home::Password => item.password = Some(secret(&value)),
                    Home::Url => item.urls.push(format!("https://{}.example/login", kind.name)),
                    Home::Custom(field_kind) => item.push_field(field.label, field_kind, &value),
                }
            }
            if number == 0 {
                complete(&mut item);
            }
            let label = format!("added {}", kind.title);
            self.edit(&label, |edit| edit.add(&item))
        });
        entries.collect()
    }

    fn change_things(&mut self, ids: &[Id]) {
        let login = ids[0];
        for text in ["second", "third"] {
            self.change("password of Login", login, Change::Password(Some(secret(text))));
            self.save();
        }
        self.change("title of Login", login, Change::Title("GitHub \u{202e}\u{1f511}".to_owned()));
        self.change(
            "URLs of Login",
            login,
            Change::Urls(vec!["https://b.example".to_owned(), "https://c.example".to_owned()]),
        );
        self.change("tags of Login", login, Change::Tags(vec!["2fa".to_owned()]));
        let field = self.vault.entry(login).unwrap().fields()[0].id;
        self.change("removed a field of Login", login, Change::RemoveField(field));
        self.change("used Login", login, Change::LastUsed(Timestamp(self.now)));
        self.change("trashed Card", ids[2], Change::State(State::Trash));
        self.edit("", |edit| edit.purge(ids[3]));
        self.change("note of Address", ids[4], Change::Note(None));
        self.save();
        // Three steps back, one forth.
        for _ in 0..3 {
            self.as_author(|vault, author| vault.undo(author));
        }
        self.as_author(|vault, author| vault.redo(author));
    }

    /// Settings, slots, a device, a template, a generated value, a saved search, a replaced key.
    fn add_other_records(&mut self, slots: &[Slot], entry: Id) {
        let now = self.now.to_le_bytes().to_vec();
        let cost = [8192_u32, 1, 1].map(u32::to_le_bytes).concat();
        let generated = Id([0x61; 16]);
        let place = Place { record: generated, tag: Tag::GENERATED_VALUE, field: None };
        let sealed = self.keys.seal(place, b"generated-Pa55word");
        let slot_bytes: Vec<Vec<u8>> = slots.iter().map(|slot| slot.bytes().to_vec()).collect();
        self.edit("", |edit| {
            edit.put_setting(Tag::COST_POLICY, cost)?;
            edit.put_setting(Tag::LEAST_SIZE, 0_u64.to_le_bytes().to_vec())?;
            edit.put_setting(Tag::BACKUP_COUNT, vec![10, 0])?;
            edit.put_setting(Tag::KIT_DECLINED, vec![0])?;
            for (number, bytes) in slot_bytes.into_iter().enumerate() {
                let id = Id([0x10 + number as u8; 16]);
                edit.put(Kind::SLOT, id, Tag::TITLE, None, 0, format!("slot {number}").into_bytes())?;
                edit.put(Kind::SLOT, id, Tag::CREATED, None, 0, now.clone())?;
                edit.put(Kind::SLOT, id, Tag::SLOT_BYTES, None, 0, bytes)?;
            }
            let field = Some(Id([0x51; 16]));
            for (kind, id, tag, field, flags, value) in [
                (Kind::DEVICE, WRITER, Tag::TITLE, None, 0, b"laptop".to_vec()),
                (Kind::DEVICE, WRITER, Tag::PROGRAM, None, 0, b"0.1.0".to_vec()),
                (Kind::TEMPLATE, Id([0x41; 16]), Tag::TITLE, None, 0, b"Locker".to_vec()),
                (Kind::TEMPLATE, Id([0x41; 16]), Tag::FIELD_LABEL, field, 0, b"Number".to_vec()),
                (Kind::TEMPLATE, Id([0x41; 16]), Tag::FIELD_KIND, field, 0, vec![1]),
                (Kind::GENERATED, generated, Tag::GENERATED_VALUE, None, SEALED, sealed),
                (Kind::GENERATED, generated, Tag::GENERATED_FOR, None, 0, b"github.com".to_vec()),
                (Kind::GENERATED, generated, Tag::GENERATED_ENTRY, None, 0, entry.0.to_vec()),
                (Kind::SAVED_SEARCH, Id([0x71; 16]), Tag::TITLE, None, 0, b"work".to_vec()),
                (Kind::SAVED_SEARCH, Id([0x71; 16]), Tag::QUERY, None, 0, b"folder:Work".to_vec()),
                (Kind::REPLACED_KEY, Id([0x81; 16]), Tag::OLD_VK_ID, None, 0, vec![7; 16]),
                (Kind::REPLACED_KEY, Id([0x81; 16]), Tag::REPLACED_AT, None, 0, now),
            ] {
                edit.put(kind, id, tag, field, flags, value)?;
            }
            Ok(())
        });
    }
}

/// The login gets everything that an entry can hold.
fn complete(item: &mut Item) {
    item.urls.push("https://second.example".to_owned());
    item.totp = Some(secret("otpauth://totp/Example:a?secret=JBSWY3DPEHPK3PXP&issuer=Example"));
    item.last_used = Some(Timestamp(1_700_000_000_000));
    for kind in FieldKind::ALL {
        item.push_field(&format!("Custom {}", kind.name()), kind, &format!("value of {}", kind.name()));
    }
    let past = |field: &str, value: &str, time| PastValue {
        field: field.to_owned(),
        value: secret(value),
        time: Timestamp(time),
    };
    item.history = vec![
        past("password", "before the import", 1_400_000_000_000),
        past("Custom hidden", "0000", 1_450_000_000_000),
        past("a field that is gone", "x", 1_460_000_000_000),
        past("url", "http://old.example", 1_470_000_000_000),
    ];
    let content: Vec<u8> = (0..3000_u32).map(|n| (n * n / 7) as u8).collect();
    item.attachments = vec![
        Attachment { name: "id_ed25519.pub".to_owned(), content: Secret::copy_of(&content) },
        Attachment { name: "leer.txt".to_owned(), content: secret("") },
    ];
}
