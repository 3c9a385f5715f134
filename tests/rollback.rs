//! Older and forked vault files put in a vault's place: each is named, and nothing that was ever saved is lost.
//! What this device remembers is attacked too.

mod figures;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tresor::crypto::kdf::Cost;
use tresor::crypto::random::{Random, SeededRandom};
use tresor::format::{Credentials, Passphrase};
use tresor::secret::Secret;
use tresor::session::seen::Standing;
use tresor::session::{Finding, Locked, Session, SessionError};
use tresor::time::Timestamp;
use tresor::vault::edit::Change;
use tresor::vault::item::Item;
use tresor::vault::tag::Tag;
use tresor::vault::{Id, Vault};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tresor-rollback-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn vault(&self) -> PathBuf {
        self.0.join("vault.tresor")
    }

    fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    fn create(&self) -> (Session, Vault) {
        let cost = Cost::READER_FLOOR;
        Session::create(&self.vault(), &self.state(), &pass("one"), cost, Timestamp(1000)).unwrap()
    }

    fn open(&self) -> (Session, Vault) {
        open(&self.vault(), &self.state(), "one").unwrap()
    }

    /// What is remembered of the only vault.
    fn remembered(&self) -> PathBuf {
        fs::read_dir(self.state()).unwrap().next().unwrap().unwrap().path()
    }

    /// The copy of the last file seen.
    fn copy(&self) -> PathBuf {
        let files = fs::read_dir(self.remembered()).unwrap().map(|entry| entry.unwrap().path());
        let is_copy = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("seen-");
        files.into_iter().find(is_copy).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn pass(text: &str) -> Passphrase {
    Passphrase::new(&Secret::copy_of(text.as_bytes())).unwrap()
}

fn open(path: &Path, state: &Path, passphrase: &str) -> Result<(Session, Vault), SessionError> {
    Locked::read_once(path, state)?.unlock(&Credentials::Passphrase(&pass(passphrase), None))
}

fn add(session: &Session, vault: &mut Vault, title: &str) -> Id {
    let password = Some(Secret::copy_of(title.to_uppercase().as_bytes()));
    let item = Item { title: title.to_owned(), password, ..Item::default() };
    session.edit(vault, Timestamp(2000), "add", |edit| edit.add(&item)).unwrap()
}

fn saved(session: &Session, vault: &mut Vault, title: &str) -> Vec<u8> {
    add(session, vault, title);
    session.save(vault, Timestamp(3000)).unwrap();
    fs::read(session.path()).unwrap()
}

fn titles(vault: &Vault) -> Vec<String> {
    let mut titles: Vec<String> = vault.entries().map(|entry| entry.title().to_owned()).collect();
    titles.sort();
    titles
}

fn names(session: &Session) -> Vec<&'static str> {
    session.findings().iter().map(Finding::name).collect()
}

/// All files of a folder, with their content.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut tree = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tree.extend(self::tree(&path));
        } else {
            tree.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    tree
}

/// A device that edits at random, and all that it ever said to be saved.
struct History {
    random: SeededRandom,
    clock: u64,
    /// Every password that an entry ever had.
    told: Vec<(Id, String)>,
}

impl History {
    fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes) % bound
    }

    /// One to three edits, and a save.
    fn edit(&mut self, session: &Session, vault: &mut Vault) {
        for _ in 0..1 + self.below(3) {
            self.clock += 1 + self.below(5000);
            let now = Timestamp(self.clock);
            let secret = format!("{:016x}", self.below(u64::MAX));
            let ids: Vec<Id> = vault.entries().map(|entry| entry.id()).collect();
            let id = match self.below(3) {
                0 if !ids.is_empty() => {
                    let id = ids[self.below(ids.len() as u64) as usize];
                    let change = Change::Password(Some(Secret::copy_of(secret.as_bytes())));
                    session.edit(vault, now, "password", |edit| edit.change(id, change)).unwrap();
                    id
                }
                _ => {
                    let password = Some(Secret::copy_of(secret.as_bytes()));
                    let item = Item { title: format!("entry {}", self.clock), password, ..Item::default() };
                    session.edit(vault, now, "add", |edit| edit.add(&item)).unwrap()
                }
            };
            self.told.push((id, secret));
        }
        session.save(vault, Timestamp(self.clock)).unwrap();
    }

    /// How many of the passwords are neither an entry's password nor in its history.
    fn lost(&self, session: &Session, vault: &Vault) -> usize {
        let mut kept: BTreeMap<Id, Vec<String>> = BTreeMap::new();
        for entry in vault.entries() {
            let past =
                entry.history().into_iter().filter(|past| past.tag == Tag::PASSWORD).map(|past| past.value);
            let values = entry.password().into_iter().chain(past);
            let plain = |value| session.reveal(value).unwrap().expose_str().unwrap().to_owned();
            kept.insert(entry.id(), values.map(plain).collect());
        }
        let is_lost = |(id, secret): &&(Id, String)| !kept.get(id).is_some_and(|kept| kept.contains(secret));
        self.told.iter().filter(is_lost).count()
    }
}

#[test]
fn old_versions_and_forks_are_named_and_lose_nothing() {
    let rounds = figures::quick_or_long(20, 100);
    let folder = Folder::new("replay");
    let (session, mut vault) = folder.create();
    let mut history = History { random: SeededRandom::new(7), clock: 10_000, told: Vec::new() };
    let mut versions = Vec::new();
    for _ in 0..5 {
        history.edit(&session, &mut vault);
        versions.push(fs::read(folder.vault()).unwrap());
    }
    drop((session, vault));
    let (mut older, mut forked, mut named, mut lost) = (0, 0, 0, 0);
    for round in 0..rounds {
        // What is in the vault's place now may be a rollback already; it is another one in any case.
        let version = versions[history.below(versions.len() as u64 - 1) as usize].clone();
        let expected = if history.below(2) == 0 {
            fs::write(folder.vault(), version).unwrap();
            older += 1;
            Standing::Older
        } else {
            // Another device goes on from there, and a sync program brings what it made of it.
            let elsewhere = folder.0.join("elsewhere.tresor");
            fs::write(&elsewhere, version).unwrap();
            let (session, mut vault) =
                open(&elsewhere, &folder.0.join(format!("state {round}")), "one").unwrap();
            assert_eq!(session.standing(), Standing::First);
            for _ in 0..1 + history.below(3) {
                history.edit(&session, &mut vault);
            }
            fs::copy(&elsewhere, folder.vault()).unwrap();
            forked += 1;
            Standing::Forked
        };
        // Each look tells it, until a save holds both.
        for _ in 0..2 {
            let (session, vault) = folder.open();
            let finding = session.findings().first();
            let is_named = match expected {
                Standing::Older => matches!(finding, Some(Finding::OlderFile { whole: true, .. })),
                _ => matches!(finding, Some(Finding::ForkedFile { whole: true, .. })),
            };
            named += usize::from(is_named && session.standing() == expected);
            lost += history.lost(&session, &vault);
        }
        if expected == Standing::Forked || history.below(2) == 0 {
            let (session, mut vault) = folder.open();
            history.edit(&session, &mut vault);
            versions.push(fs::read(folder.vault()).unwrap());
            let (session, vault) = folder.open();
            assert_eq!((session.standing(), names(&session)), (Standing::Same, vec![]), "round {round}");
            lost += history.lost(&session, &vault);
            // The file alone has it all: a device that remembers nothing finds it there.
            let (session, vault) = open(&folder.vault(), &folder.0.join("nothing"), "one").unwrap();
            lost += history.lost(&session, &vault);
            fs::remove_dir_all(folder.0.join("nothing")).unwrap();
        }
    }
    assert_eq!((named, lost), (2 * rounds, 0));
    assert!(older > 0 && forked > 0);
    let edits = history.told.len();
    let words =
        format!("{rounds} of {rounds} named ({older} old versions, {forked} forks), 0 of {edits} edits lost");
    figures::figure("rollback", &words);
}

#[test]
fn what_is_newer_is_taken_without_a_word() {
    let folder = Folder::new("newer");
    let (session, mut vault) = folder.create();
    let first = saved(&session, &mut vault, "a");
    assert_eq!((folder.open().0.standing(), folder.open().0.findings().len()), (Standing::Same, 0));
    // Another device saves twice; the file that comes names none of what was seen as its parent.
    let (other, mut theirs) = open(&folder.vault(), &folder.0.join("other"), "one").unwrap();
    saved(&other, &mut theirs, "b");
    let newest = saved(&other, &mut theirs, "c");
    let (session, vault) = folder.open();
    assert_eq!((session.standing(), names(&session)), (Standing::Newer, vec![]));
    assert_eq!(titles(&vault), ["a", "b", "c"]);
    assert_eq!(folder.open().0.standing(), Standing::Same, "and is what was seen now");
    assert_eq!(fs::read(folder.copy()).unwrap(), newest);
    // That other device's changes are not lost by a rollback either, though nothing was saved here.
    fs::write(folder.vault(), first).unwrap();
    let (session, vault) = folder.open();
    assert_eq!((session.standing(), titles(&vault).len()), (Standing::Older, 3));
    let words = session.findings()[0].to_string();
    assert!(
        words.starts_with(
            "This vault file is older than what this device saw last (saved 1970-01-01 00:00 UTC)"
        )
    );
    assert!(words.contains("Nothing is lost"), "{words}");
}

#[test]
fn two_installations_of_one_writer_lose_nothing() {
    let folder = Folder::new("clone");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let clone = folder.0.join("clone");
    fs::create_dir_all(clone.join(folder.remembered().file_name().unwrap())).unwrap();
    for (path, bytes) in tree(&folder.remembered()) {
        if path.parent() == Some(&folder.remembered()) {
            fs::write(clone.join(path.strip_prefix(folder.state()).unwrap()), bytes).unwrap();
        }
    }
    let there = folder.0.join("there.tresor");
    fs::copy(folder.vault(), &there).unwrap();
    // The state was cloned too, place and all: what is done there is done as the same writer.
    fs::rename(folder.vault(), folder.0.join("away")).unwrap();
    let (other, mut theirs) = open(&there, &clone, "one").unwrap();
    fs::rename(folder.0.join("away"), folder.vault()).unwrap();
    saved(&session, &mut vault, "here");
    saved(&other, &mut theirs, "there");
    fs::copy(&there, folder.vault()).unwrap();
    let (session, mut vault) = folder.open();
    assert_eq!(session.standing(), Standing::Forked);
    assert_eq!(titles(&vault), ["a", "here", "there"]);
    session.save(&mut vault, Timestamp(4000)).unwrap();
    assert_eq!(folder.open().0.standing(), Standing::Same);
}

/// What is made of a file; none where it is removed.
type Damage = fn(&[u8]) -> Option<Vec<u8>>;

#[test]
fn a_damaged_memory_is_told_and_never_in_the_way() {
    let folder = Folder::new("damaged");
    let (session, mut vault) = folder.create();
    let older = saved(&session, &mut vault, "a");
    let newest = saved(&session, &mut vault, "b");
    let dir = folder.remembered();
    let whole = tree(&dir);
    let damages: [Damage; 6] = [
        |_| None,
        |_| Some(Vec::new()),
        |bytes| Some(bytes[..bytes.len() / 2].to_vec()),
        |bytes| {
            let mut flipped = bytes.to_vec();
            let at = bytes.len() - 3;
            flipped[at] ^= 1;
            Some(flipped)
        },
        |bytes| Some([bytes, &[0]].concat()),
        |bytes| Some(vec![0xff; bytes.len()]),
    ];
    for file in [&newest, &older] {
        for name in ["seen", "device", folder.copy().file_name().unwrap().to_str().unwrap()] {
            for (number, damage) in damages.iter().enumerate() {
                fs::remove_dir_all(&dir).unwrap();
                fs::create_dir_all(dir.join("backups")).unwrap();
                whole.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
                match damage(&whole[&dir.join(name)]) {
                    None => fs::remove_file(dir.join(name)).unwrap(),
                    Some(bytes) => fs::write(dir.join(name), bytes).unwrap(),
                }
                fs::write(folder.vault(), file).unwrap();
                let (session, mut vault) = folder.open();
                let names = names(&session);
                let is_copy = name.starts_with("seen-");
                let is_old = file == &older;
                let context = format!("{name}, damage {number}, old {is_old}: {names:?}");
                // The content of a copy is not read while the file is what was seen; a writer that is gone is a new one.
                let unread = is_copy && !is_old && number == 3;
                let harmless = name == "device" && number == 0;
                if !is_old && !unread && !harmless {
                    let is_told = |name: &&str| name.starts_with("state-") || *name == "other-machine";
                    assert!(names.iter().any(is_told), "{context}");
                }
                assert_eq!(names.contains(&"older-file"), is_old, "{context}");
                let expected = if is_old && is_copy { 1 } else { 2 };
                assert_eq!(titles(&vault).len(), expected, "{context}");
                if is_old && is_copy {
                    assert!(
                        session.findings().iter().any(|finding| finding.to_string().contains("NOT all here"))
                    );
                }
                // The next save mends it.
                add(&session, &mut vault, "c");
                session.save(&mut vault, Timestamp(5000)).unwrap();
                let (session, _) = folder.open();
                assert_eq!(
                    (session.standing(), self::names(&session)),
                    (Standing::Same, vec![]),
                    "{context}"
                );
            }
        }
    }
}

#[test]
fn a_state_of_another_machine_gives_a_new_writer() {
    let folder = Folder::new("machine");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let before = vault.writers().len();
    let device = folder.remembered().join("device");
    let mut bytes = fs::read(&device).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&device, bytes).unwrap();
    let (session, mut vault) = folder.open();
    assert_eq!(names(&session), ["other-machine"]);
    saved(&session, &mut vault, "b");
    let (session, vault) = folder.open();
    assert_eq!((vault.writers().len(), names(&session)), (before + 1, vec![]));
}

/// Makes the state folder what it was before it kept anything that was seen.
fn as_before(folder: &Folder) {
    let dir = folder.remembered();
    let device = fs::read(dir.join("device")).unwrap();
    fs::write(dir.join("device"), [&[1], &device[1..25]].concat()).unwrap();
    fs::remove_file(dir.join("seen")).unwrap();
    fs::remove_file(folder.copy()).unwrap();
}

#[test]
fn the_state_of_an_earlier_version_is_gone_on_with() {
    let folder = Folder::new("earlier");
    let (session, mut vault) = folder.create();
    let older = saved(&session, &mut vault, "a");
    saved(&session, &mut vault, "b");
    as_before(&folder);
    let (session, mut vault) = folder.open();
    assert_eq!((session.standing(), names(&session)), (Standing::First, vec![]));
    let newest = saved(&session, &mut vault, "c");
    assert_eq!(vault.writers().len(), 1, "it is the same writer");
    // How far it got was known then already.
    as_before(&folder);
    fs::write(folder.vault(), older).unwrap();
    let (session, mut vault) = folder.open();
    assert_eq!(session.findings(), [Finding::OlderFile { seen: None, whole: false }]);
    saved(&session, &mut vault, "d");
    assert_eq!(vault.writers().len(), 2, "what it does not know of it must not write as the same");
    drop(newest);
}

#[test]
fn a_file_from_before_a_change_of_the_key_is_taken_on_request_only() {
    let folder = Folder::new("older-key");
    let (mut session, mut vault) = folder.create();
    let old = saved(&session, &mut vault, "a");
    session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4000)).unwrap();
    let new = saved(&session, &mut vault, "b");
    assert_eq!(
        fs::read_dir(folder.remembered())
            .unwrap()
            .filter(|entry| { entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("seen-") })
            .count(),
        1,
        "the old password opens no copy any more"
    );
    fs::write(folder.vault(), &old).unwrap();
    assert!(matches!(open(&folder.vault(), &folder.state(), "two"), Err(SessionError::OtherSlots)));
    let refused = open(&folder.vault(), &folder.state(), "one");
    let Err(SessionError::OlderKey { kept: Some(kept) }) = refused.map(drop) else { panic!("not refused") };
    assert_eq!(fs::read(&kept).unwrap(), new, "what was seen last is at hand");
    let before = tree(&folder.state());
    let accepted = || {
        let locked = Locked::read_once(&folder.vault(), &folder.state()).unwrap().accept_older_key();
        locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap()
    };
    let (session, mut vault) = accepted();
    assert_eq!((names(&session), titles(&vault)), (vec!["older-key"], vec!["a".to_owned()]));
    assert_eq!(tree(&folder.state()), before, "to look at it changes nothing");
    // Gone on with, it is the vault again; what was seen after it stays.
    saved(&session, &mut vault, "c");
    let (session, _) = folder.open();
    assert_eq!((session.standing(), names(&session)), (Standing::Same, vec![]));
    assert_eq!(fs::read(&kept).unwrap(), new);
    fs::write(folder.vault(), &new).unwrap();
    let (session, vault) = open(&folder.vault(), &folder.state(), "two").unwrap();
    assert_eq!(titles(&vault), ["a", "b"]);
    assert!(names(&session).contains(&"key-changed"), "{:?}", names(&session));
}

#[test]
fn a_key_that_was_changed_on_another_device_is_told() {
    let folder = Folder::new("key-changed");
    let (session, mut vault) = folder.create();
    let common = saved(&session, &mut vault, "a");
    let (mut other, mut theirs) = open(&folder.vault(), &folder.0.join("other"), "one").unwrap();
    // Here something is saved that the other device never sees.
    saved(&session, &mut vault, "b");
    fs::write(folder.vault(), &common).unwrap();
    other.change_passphrase(&mut theirs, &pass("two"), Cost::READER_FLOOR, Timestamp(4000)).unwrap();
    for _ in 0..2 {
        let (session, vault) = open(&folder.vault(), &folder.state(), "two").unwrap();
        assert_eq!(titles(&vault), ["a"]);
        let [Finding::KeyChanged { kept: Some(kept) }] = session.findings() else {
            panic!("{:?}", session.findings())
        };
        let (_, kept) = open(kept, &folder.0.join("nothing"), "one").unwrap();
        assert_eq!(titles(&kept), ["a", "b"]);
    }
    fs::write(folder.vault(), &common).unwrap();
    assert!(matches!(open(&folder.vault(), &folder.state(), "one"), Err(SessionError::OlderKey { .. })));
    // Without the records the name of the copy still tells of another key.
    fs::remove_file(folder.remembered().join("seen")).unwrap();
    let copies: Vec<PathBuf> = tree(&folder.remembered()).into_keys().collect();
    let old = copies
        .iter()
        .find(|path| fs::read(path).unwrap() != common && path.to_str().unwrap().contains("seen-"));
    assert!(old.is_some());
}

#[test]
fn a_back_up_opened_by_its_name_changes_nothing() {
    let folder = Folder::new("by-name");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let old = saved(&session, &mut vault, "b");
    saved(&session, &mut vault, "c");
    let newest = session.all_backups().into_iter().next().unwrap().path;
    let copy = folder.0.join("copy.tresor");
    fs::write(&copy, &old).unwrap();
    let exported = folder.0.join("exported.tresor");
    fs::write(&exported, session.copy(&vault, Some(&pass("three")), Timestamp(4000)).unwrap()).unwrap();
    let before = tree(&folder.state());
    for (path, passphrase) in [(&newest, "one"), (&copy, "one"), (&exported, "three")] {
        let (session, vault) = open(path, &folder.state(), passphrase).unwrap();
        assert_eq!(names(&session), ["copy"], "{}", path.display());
        assert_eq!(titles(&vault).len(), if passphrase == "one" { 2 } else { 3 });
        let locked = Locked::read_once(path, &folder.state()).unwrap().by_name();
        let (session, _) = locked.unlock(&Credentials::Passphrase(&pass(passphrase), None)).unwrap();
        assert!(session.findings().is_empty());
    }
    assert_eq!(tree(&folder.state()), before);
    // Written to, it is no more the vault than before.
    let (session, mut copied) = open(&copy, &folder.state(), "one").unwrap();
    saved(&session, &mut copied, "d");
    let (session, vault) = folder.open();
    assert_eq!((session.standing(), names(&session), titles(&vault).len()), (Standing::Same, vec![], 3));
    assert_eq!(session.all_backups().len(), 3);
}

#[test]
fn a_vault_that_was_moved_is_still_the_vault() {
    let folder = Folder::new("moved");
    let (session, mut vault) = folder.create();
    let old = saved(&session, &mut vault, "a");
    saved(&session, &mut vault, "b");
    let moved = folder.0.join("moved.tresor");
    fs::rename(folder.vault(), &moved).unwrap();
    let (session, mut vault) = open(&moved, &folder.state(), "one").unwrap();
    assert_eq!((session.standing(), names(&session)), (Standing::Same, vec![]));
    saved(&session, &mut vault, "c");
    fs::write(&moved, &old).unwrap();
    let (session, vault) = open(&moved, &folder.state(), "one").unwrap();
    assert_eq!((names(&session), titles(&vault).len()), (vec!["older-file"], 3));
}

#[test]
fn a_write_to_a_copy_does_not_make_the_vault_a_copy() {
    let folder = Folder::new("written-copy");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let copy = folder.0.join("copy.tresor");
    fs::copy(folder.vault(), &copy).unwrap();
    let (session, mut copied) = open(&copy, &folder.state(), "one").unwrap();
    let copy_of_one = saved(&session, &mut copied, "on-usb");
    let (session, mut vault) = folder.open();
    assert_eq!((session.standing(), names(&session)), (Standing::Same, vec![]));
    let old = saved(&session, &mut vault, "at-home");
    saved(&session, &mut vault, "at-home-2");
    fs::write(folder.vault(), old).unwrap();
    let (session, vault) = folder.open();
    assert_eq!(
        (names(&session), titles(&vault)),
        (vec!["older-file"], vec!["a".to_owned(), "at-home".to_owned(), "at-home-2".to_owned()])
    );
    // The copy is guarded too, and has nothing of the vault.
    let (session, mut copied) = open(&copy, &folder.state(), "one").unwrap();
    assert_eq!((names(&session), titles(&copied)), (vec!["copy"], vec!["a".to_owned(), "on-usb".to_owned()]));
    saved(&session, &mut copied, "on-usb-2");
    fs::write(&copy, copy_of_one).unwrap();
    let (session, copied) = open(&copy, &folder.state(), "one").unwrap();
    assert_eq!((names(&session), titles(&copied).len()), (vec!["copy", "older-file"], 3));
}

#[test]
fn a_vault_that_was_out_of_reach_is_still_guarded() {
    let folder = Folder::new("out-of-reach");
    let (session, mut vault) = folder.create();
    let old = saved(&session, &mut vault, "a");
    let newest = saved(&session, &mut vault, "b");
    let copy = folder.0.join("copy.tresor");
    fs::rename(folder.vault(), &copy).unwrap();
    let (session, mut copied) = open(&copy, &folder.state(), "one").unwrap();
    saved(&session, &mut copied, "c");
    fs::write(folder.vault(), old).unwrap();
    let (session, vault) = folder.open();
    assert_eq!((names(&session), titles(&vault).len()), (vec!["copy", "older-file"], 2));
    fs::write(folder.vault(), newest).unwrap();
    let (session, mut vault) = folder.open();
    assert_eq!(names(&session), ["copy"]);
    // With the other one gone it is still measured by what was seen of it.
    let older = saved(&session, &mut vault, "d");
    saved(&session, &mut vault, "e");
    fs::remove_file(&copy).unwrap();
    fs::write(folder.vault(), older).unwrap();
    let (session, vault) = folder.open();
    assert!(names(&session).contains(&"older-file"), "{:?}", names(&session));
    assert_eq!(titles(&vault), ["a", "b", "d", "e"]);
    // An old password opens nothing of it in the state folder once it is changed.
    let (mut session, mut vault) = folder.open();
    session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4000)).unwrap();
    drop(session);
    assert_eq!(names(&open(&folder.vault(), &folder.state(), "two").unwrap().0).len(), 0);
}

#[test]
fn an_export_with_its_own_password_does_not_shut_anyone_out() {
    let folder = Folder::new("export");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let exported = folder.0.join("exported.tresor");
    fs::write(&exported, session.copy(&vault, Some(&pass("three")), Timestamp(4000)).unwrap()).unwrap();
    let before = tree(&folder.state());
    let away = folder.0.join("away");
    fs::rename(folder.vault(), &away).unwrap();
    let (session, _) = open(&exported, &folder.state(), "three").unwrap();
    assert_eq!(names(&session), ["copy"]);
    assert_eq!(tree(&folder.state()), before, "a look changes nothing");
    let (session, mut copied) = open(&exported, &folder.state(), "three").unwrap();
    saved(&session, &mut copied, "b");
    fs::rename(&away, folder.vault()).unwrap();
    let (session, vault) = folder.open();
    assert_eq!((session.standing(), names(&session), titles(&vault).len()), (Standing::Same, vec![], 1));
    assert_eq!(titles(&open(&exported, &folder.state(), "three").unwrap().1), ["a", "b"]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_vaults_place_does_not_make_an_old_file_a_copy() {
    let folder = Folder::new("symlink");
    let (session, mut vault) = folder.create();
    let old = saved(&session, &mut vault, "a");
    saved(&session, &mut vault, "b");
    for target in [folder.0.join("old.tresor"), folder.remembered().join("backups/0000000000.tresor")] {
        fs::write(&target, &old).unwrap();
        fs::remove_file(folder.vault()).unwrap();
        std::os::unix::fs::symlink(&target, folder.vault()).unwrap();
        let (session, vault) = folder.open();
        assert_eq!((names(&session), titles(&vault).len()), (vec!["older-file"], 2), "{}", target.display());
    }
}

#[test]
fn what_cut_short_saves_have_left_is_merged_when_the_vault_is_opened() {
    let folder = Folder::new("left-over");
    let (session, mut vault) = folder.create();
    let before = saved(&session, &mut vault, "a");
    let (other, mut theirs) = open(&folder.vault(), &folder.0.join("other"), "one").unwrap();
    let left = saved(&other, &mut theirs, "left");
    fs::write(folder.vault(), &before).unwrap();
    let lock = fs::read_to_string(folder.remembered().join("lock")).unwrap();
    let beside = |name: &str| folder.0.join(format!(".vault.tresor.saving-{name}"));
    let foreign = Folder::new("left-over-foreign");
    foreign.create();
    fs::write(beside(&format!("{lock}-whole")), &left).unwrap();
    fs::write(beside(&format!("{lock}-torn")), &left[..5000]).unwrap();
    fs::copy(foreign.vault(), beside(&format!("{lock}-foreign"))).unwrap();
    fs::write(beside("0123456789abcdef-other"), &left[..5000]).unwrap();
    let (session, mut vault) = folder.open();
    let mut names = names(&session);
    names.sort_unstable();
    assert_eq!(names, ["left-over-kept", "left-over-kept", "left-over-merged"]);
    assert_eq!(titles(&vault), ["a", "left"]);
    saved(&session, &mut vault, "b");
    assert!(!beside(&format!("{lock}-whole")).exists() && beside(&format!("{lock}-foreign")).exists());
    assert_eq!(titles(&folder.open().1), ["a", "b", "left"]);
}

#[cfg(unix)]
#[test]
fn what_is_remembered_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("private");
    let (session, mut vault) = folder.create();
    saved(&session, &mut vault, "a");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.state()), 0o700);
    assert_eq!(mode(&folder.remembered()), 0o700);
    for path in tree(&folder.remembered()).into_keys() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
