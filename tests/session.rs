//! Vault files on a real disk: made, opened, saved beside another program, given another password.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use tresor::crypto::kdf::Cost;
use tresor::exchange::{self, ImportError, Unlock};
use tresor::format::{Credentials, FormatError, Passphrase};
use tresor::secret::Secret;
use tresor::session::{Choice, Import, Locked, Session, SessionError, Source};
use tresor::store::StoreError;
use tresor::time::Timestamp;
use tresor::vault::Vault;
use tresor::vault::edit::Edit;
use tresor::vault::entry::Value;
use tresor::vault::item::Item;
use tresor::vault::tag::{Kind, SEALED, Tag};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tresor-session-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn vault(&self) -> PathBuf {
        self.0.join("data/vault.tresor")
    }

    fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    fn create(&self) -> (Session, Vault) {
        let cost = Cost::READER_FLOOR;
        Session::create(&self.vault(), &self.state(), &pass("one"), cost, Timestamp(1)).unwrap()
    }

    fn open(&self, passphrase: &str) -> Result<(Session, Vault), SessionError> {
        let locked = Locked::read_once(&self.vault(), &self.state())?;
        locked.unlock(&Credentials::Passphrase(&pass(passphrase), None))
    }
}

impl Folder {
    /// What is on the disk, to a device that remembers nothing of it.
    fn open_anew(&self) -> (Session, Vault) {
        let locked = Locked::read_once(&self.vault(), &self.0.join("new")).unwrap();
        locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap()
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

fn add(session: &Session, vault: &mut Vault, title: &str) {
    let password = Some(Secret::copy_of(title.to_uppercase().as_bytes()));
    let item = Item { title: title.to_owned(), password, ..Item::default() };
    session.edit(vault, Timestamp(2), "add", |edit| edit.add(&item)).unwrap();
}

fn contents(session: &Session, vault: &Vault) -> Vec<(String, String)> {
    let mut all: Vec<_> = vault
        .entries()
        .map(|entry| {
            let password = session.reveal(entry.password().unwrap()).unwrap();
            (entry.title().to_owned(), password.expose_str().unwrap().to_owned())
        })
        .collect();
    all.sort();
    all
}

fn pairs(titles: &[&str]) -> Vec<(String, String)> {
    titles.iter().map(|title| ((*title).to_owned(), title.to_uppercase())).collect()
}

#[test]
fn what_is_saved_is_there_and_private() {
    let folder = Folder::new("saved");
    let (session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    session.save(&mut vault, Timestamp(3)).unwrap();
    let (session, vault) = folder.open("one").unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["a"]));
    assert_eq!(vault.generation(), 2);
    assert!(matches!(folder.open("two"), Err(SessionError::Format(FormatError::WrongSecret))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.vault()), 0o600);
        assert_eq!(mode(folder.vault().parent().unwrap().to_owned()), 0o700);
    }
    let beside: Vec<_> = fs::read_dir(folder.vault().parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1, "no temporary file is left");
    let again =
        Session::create(&folder.vault(), &folder.state(), &pass("x"), Cost::READER_FLOOR, Timestamp(1));
    assert!(matches!(again, Err(SessionError::Store(StoreError::Exists(_)))));
}

#[test]
fn two_programs_on_one_file_lose_nothing() {
    let folder = Folder::new("two");
    let (one, mut a) = folder.create();
    let (two, mut b) = folder.open("one").unwrap();
    for round in 0..5 {
        add(&one, &mut a, &format!("one {round}"));
        one.save(&mut a, Timestamp(3)).unwrap();
        add(&two, &mut b, &format!("two {round}"));
        assert!(two.save(&mut b, Timestamp(3)).unwrap().merged);
    }
    let (session, vault) = folder.open("one").unwrap();
    assert_eq!(contents(&session, &vault).len(), 10);
}

/// A program that shows a vault hands to each save what it shows, which may lack what an earlier save merged.
#[test]
fn edits_of_one_moment_in_two_programs_are_two_edits() {
    let folder = Folder::new("moment");
    let (session, mut vault) = folder.create();
    let (other, mut theirs) = folder.open("one").unwrap();
    add(&session, &mut vault, "mine");
    add(&other, &mut theirs, "theirs");
    other.save(&mut theirs, Timestamp(3)).unwrap();
    assert!(session.save(&mut vault, Timestamp(3)).unwrap().merged);
    // The last step is one of the two, not both.
    assert!(session.undo(&mut vault, Timestamp(4)).unwrap().is_some());
    let left = vault.entries().filter(|entry| entry.is_live()).count();
    assert_eq!(left, 1);
}

#[test]
fn what_one_save_merged_is_in_the_next_whatever_it_is_given() {
    let folder = Folder::new("based");
    let (one, mut shown) = folder.create();
    let (two, mut b) = folder.open("one").unwrap();
    add(&two, &mut b, "other");
    two.save(&mut b, Timestamp(3)).unwrap();
    add(&one, &mut shown, "first");
    assert!(one.save(&mut shown.clone(), Timestamp(3)).unwrap().merged);
    add(&one, &mut shown, "second");
    let mut given = shown.clone();
    assert!(!one.save(&mut given, Timestamp(4)).unwrap().merged, "no other program has saved since");
    assert_eq!(contents(&one, &given), pairs(&["first", "other", "second"]));
    let (session, vault) = folder.open_anew();
    assert_eq!(contents(&session, &vault), pairs(&["first", "other", "second"]));
}

/// The same where the file was put back meanwhile to what it was before: what is remembered still has it all.
#[test]
fn what_one_save_merged_is_in_the_next_after_a_rollback() {
    let folder = Folder::new("based-older");
    let (one, mut shown) = folder.create();
    let older = fs::read(folder.vault()).unwrap();
    let (two, mut b) = folder.open("one").unwrap();
    add(&two, &mut b, "other");
    two.save(&mut b, Timestamp(3)).unwrap();
    add(&one, &mut shown, "first");
    assert!(one.save(&mut shown.clone(), Timestamp(3)).unwrap().merged);
    fs::write(folder.vault(), older).unwrap();
    add(&one, &mut shown, "second");
    one.save(&mut shown.clone(), Timestamp(4)).unwrap();
    let (session, vault) = folder.open_anew();
    assert_eq!(contents(&session, &vault), pairs(&["first", "other", "second"]));
}

#[test]
fn a_new_password_is_a_new_key_and_keeps_everything() {
    let folder = Folder::new("passwd");
    let (mut session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    session.save(&mut vault, Timestamp(3)).unwrap();
    let (late, mut late_vault) = folder.open("one").unwrap();
    session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4)).unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["a"]));
    add(&session, &mut vault, "b");
    session.save(&mut vault, Timestamp(5)).unwrap();
    assert!(folder.open("one").is_err());
    let (session, vault) = folder.open("two").unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["a", "b"]));
    add(&late, &mut late_vault, "late");
    assert!(matches!(late.save(&mut late_vault, Timestamp(6)), Err(SessionError::OtherKey)));
    let (session, vault) = folder.open("two").unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["a", "b"]), "a failed save changed nothing");
}

#[test]
fn a_damaged_value_does_not_stand_in_the_way_of_a_new_password() {
    let folder = Folder::new("damaged-value");
    let (mut session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    add(&session, &mut vault, "b");
    let (of, to) = {
        let mut entries = vault.entries();
        (entries.next().unwrap().id(), entries.next().unwrap().id())
    };
    // The password of one entry put into another opens nowhere.
    let Some(Value::Sealed(_, moved)) = vault.entry(of).unwrap().password() else { panic!() };
    let moved = moved.to_vec();
    let put = |edit: &mut Edit<'_, '_>| edit.put(Kind::ENTRY, to, Tag::PASSWORD, None, SEALED, moved);
    session.edit(&mut vault, Timestamp(3), "", put).unwrap();
    session.save(&mut vault, Timestamp(3)).unwrap();
    let done = session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4)).unwrap();
    assert_eq!((done.unreadable, done.dropped.len()), (1, 0));
    let (session, vault) = folder.open("two").unwrap();
    assert!(session.reveal(vault.entry(of).unwrap().password().unwrap()).is_ok());
    assert!(session.reveal(vault.entry(to).unwrap().password().unwrap()).is_err());
}

#[test]
fn a_vault_whose_slot_records_are_lost_keeps_its_slots() {
    let folder = Folder::new("slots");
    let (session, mut vault) = folder.create();
    drop(session);
    let (session, _) = folder.open("one").unwrap();
    let slot = vault.records_of(Kind::SLOT)[0].clone();
    session
        .edit(&mut vault, Timestamp(3), "", |edit| {
            edit.empty(&slot);
            Ok(())
        })
        .unwrap();
    add(&session, &mut vault, "a");
    session.save(&mut vault, Timestamp(3)).unwrap();
    let (session, vault) = folder.open("one").unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["a"]));
}

#[test]
fn a_copy_may_have_another_password() {
    let folder = Folder::new("copy");
    let (session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    for (passphrase, expected) in [(None, "one"), (Some(pass("copy")), "copy")] {
        let copy = session.copy(&vault, passphrase.as_ref(), Timestamp(4)).unwrap();
        let path = folder.0.join(format!("{expected}.tresor"));
        fs::write(&path, copy).unwrap();
        let locked = Locked::read_once(&path, &folder.state()).unwrap();
        let (session, vault) = locked.unlock(&Credentials::Passphrase(&pass(expected), None)).unwrap();
        assert_eq!(contents(&session, &vault), pairs(&["a"]));
    }
}

#[test]
fn back_ups_are_bounded_and_a_damaged_vault_names_one() {
    let folder = Folder::new("backup");
    let (session, mut vault) = folder.create();
    for round in 0..13 {
        add(&session, &mut vault, &format!("{round}"));
        session.save(&mut vault, Timestamp(3)).unwrap();
    }
    assert_eq!(session.all_backups().len(), 10);
    let mut bytes = fs::read(folder.vault()).unwrap();
    bytes[50_000] ^= 1;
    fs::write(folder.vault(), &bytes).unwrap();
    let Err(SessionError::Damaged { backup: Some(backup), .. }) = folder.open("one") else { panic!() };
    fs::copy(backup, folder.vault()).unwrap();
    let (session, vault) = folder.open("one").unwrap();
    assert_eq!(
        contents(&session, &vault).len(),
        13,
        "what the back-up lacks comes from the copy of what was seen"
    );
}

#[test]
fn a_symbolic_link_is_written_through() {
    let folder = Folder::new("link");
    let (session, mut vault) = folder.create();
    let link = folder.0.join("link.tresor");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.vault(), &link).unwrap();
    drop(session);
    let locked = Locked::read_once(&link, &folder.state()).unwrap();
    let (session, _) = locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap();
    add(&session, &mut vault, "a");
    session.save(&mut vault, Timestamp(3)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(folder.open("one").unwrap().1.entries().len(), 1);
}

#[test]
fn odd_files_are_no_vaults() {
    let folder = Folder::new("odd");
    let at = |name: &str| Locked::read_once(&folder.0.join(name), &folder.state());
    assert!(matches!(at("none"), Err(SessionError::NoVault(_))));
    assert!(matches!(at(""), Err(SessionError::Store(StoreError::NotAFile(_)))));
    fs::write(folder.0.join("text"), "hello").unwrap();
    assert!(matches!(at("text"), Err(SessionError::Format(FormatError::NotAVault))));
    let (session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    fs::write(folder.vault(), "").unwrap();
    assert!(session.save(&mut vault, Timestamp(3)).is_err(), "what is no vault is not written over");
    assert!(matches!(
        Locked::read_once(std::path::Path::new("/dev/zero"), &folder.state()),
        Err(SessionError::Store(StoreError::NotAFile(_)))
    ));
}

#[test]
fn what_a_killed_save_left_is_taken_in_and_removed() {
    let folder = Folder::new("killed");
    let (session, mut vault) = folder.create();
    let before = fs::read(folder.vault()).unwrap();
    let (other, mut theirs) = folder.open("one").unwrap();
    add(&other, &mut theirs, "written whole");
    other.save(&mut theirs, Timestamp(3)).unwrap();
    let after = fs::read(folder.vault()).unwrap();
    fs::write(folder.vault(), before).unwrap();

    let lock = fs::read_to_string(session.backups().with_file_name("lock")).unwrap();
    let beside = |name: String| folder.vault().with_file_name(format!(".vault.tresor.saving-{name}"));
    let ours = |name: &str| beside(format!("{lock}-{name}"));
    let foreign = Folder::new("killed-foreign");
    let _ = foreign.create();
    fs::write(ours("whole"), &after).unwrap();
    fs::write(ours("torn"), &after[..5000]).unwrap();
    fs::write(ours("empty"), "").unwrap();
    fs::copy(foreign.vault(), ours("foreign")).unwrap();
    // Under another lock somebody may be writing it now.
    fs::write(beside("0123456789abcdef-other".to_owned()), &after[..5000]).unwrap();

    add(&session, &mut vault, "saved");
    session.save(&mut vault, Timestamp(4)).unwrap();
    let (session, vault) = folder.open("one").unwrap();
    assert_eq!(contents(&session, &vault), pairs(&["saved", "written whole"]));
    let left = [ours("whole"), ours("torn"), ours("empty")].into_iter().filter(|path| path.exists());
    assert_eq!(left.collect::<Vec<_>>(), Vec::<PathBuf>::new());
    assert!(ours("foreign").exists() && beside("0123456789abcdef-other".to_owned()).exists());
}

#[test]
fn who_comes_second_makes_no_vault_and_leaves_nothing() {
    let folder = Folder::new("race");
    let start = std::sync::Barrier::new(4);
    let made: Vec<bool> = std::thread::scope(|scope| {
        let make = || {
            start.wait();
            let made = Session::create(
                &folder.vault(),
                &folder.state(),
                &pass("one"),
                Cost::READER_FLOOR,
                Timestamp(1),
            );
            match made {
                Ok(_) => true,
                Err(SessionError::Store(StoreError::Exists(_))) => false,
                Err(error) => panic!("{error}"),
            }
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    assert!(folder.open("one").is_ok());
    assert_eq!(fs::read_dir(folder.state()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.vault().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn whatever_is_wrong_with_the_file_its_back_up_is_named() {
    let folder = Folder::new("named");
    let (session, mut vault) = folder.create();
    add(&session, &mut vault, "a");
    session.save(&mut vault, Timestamp(3)).unwrap();
    let intact = fs::read(folder.vault()).unwrap();
    let backup_of = |bytes: &[u8]| {
        fs::write(folder.vault(), bytes).unwrap();
        match folder.open("one") {
            Err(SessionError::Damaged { source, backup }) => (source, backup),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("opened"),
        }
    };
    let state = session.all_backups()[0].path.parent().unwrap().parent().unwrap().to_owned();
    let mut files = fs::read_dir(state).unwrap().map(|entry| entry.unwrap().path());
    let newest = files.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("seen-"));
    assert!(newest.is_some());
    // Nothing of the file tells which vault it was: its place does.
    for bytes in [&b""[..], b"hello", &intact[..20]] {
        let (source, backup) = backup_of(bytes);
        assert!(matches!(source, FormatError::NotAVault | FormatError::Damaged(_)), "{source}");
        assert_eq!(backup, newest, "{source}");
    }
    let mut tampered = intact.clone();
    tampered[50_000] ^= 1;
    let digest = tresor::crypto::derive::sha256(&[&tampered[..96], &tampered[128..]]);
    tampered[96..128].copy_from_slice(&digest);
    assert!(matches!(backup_of(&tampered), (FormatError::Tampered, Some(_))));
    // Elsewhere a file that is no vault is just that.
    fs::write(folder.0.join("text"), "hello").unwrap();
    let elsewhere = Locked::read_once(&folder.0.join("text"), &folder.state());
    assert!(matches!(elsewhere, Err(SessionError::Format(FormatError::NotAVault))));
}

/// Opens the vault as another installation would, which shares no lock with this one.
fn elsewhere(folder: &Folder, state: &str) -> (Session, Vault) {
    let locked = Locked::read(&folder.vault(), &folder.0.join(state)).unwrap();
    locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap()
}

#[test]
fn programs_that_share_no_lock_settle_and_lose_nothing() {
    let folder = Folder::new("no-lock");
    drop(folder.create());
    let start = std::sync::Barrier::new(3);
    std::thread::scope(|scope| {
        for writer in ["a", "b", "c"] {
            let (folder, start) = (&folder, &start);
            scope.spawn(move || {
                let (session, mut vault) = elsewhere(folder, writer);
                start.wait();
                for round in 0..20 {
                    add(&session, &mut vault, &format!("{writer}{round}"));
                    session.save(&mut vault, Timestamp(3)).unwrap();
                }
            });
        }
    });
    assert_eq!(folder.open("one").unwrap().1.entries().len(), 60);
    assert_eq!(fs::read_dir(folder.vault().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_new_password_outlasts_those_who_still_save_under_the_old_one() {
    for round in 0..8 {
        let folder = Folder::new(&format!("outlasts-{round}"));
        let (mut session, mut vault) = folder.create();
        let start = std::sync::Barrier::new(3);
        std::thread::scope(|scope| {
            for writer in ["a", "b"] {
                let (folder, start) = (&folder, &start);
                scope.spawn(move || {
                    let (session, mut vault) = elsewhere(folder, writer);
                    start.wait();
                    for round in 0.. {
                        add(&session, &mut vault, &format!("{writer}{round}"));
                        match session.save(&mut vault, Timestamp(3)) {
                            Ok(_) => assert!(round < 1000, "nobody is told of the new key"),
                            Err(SessionError::OtherKey) => break,
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            start.wait();
            session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4)).unwrap();
        });
        assert!(folder.open("two").is_ok(), "the new password opens");
        assert!(folder.open("one").is_err(), "the old one does not");
    }
}

#[test]
fn a_ninth_key_that_merging_brings_is_named_and_nothing_is_saved() {
    use tresor::crypto::random::SystemRandom;
    use tresor::format::RecoveryCode;
    use tresor::session::{NewSlot, SlotSecret};
    let folder = Folder::new("ninth");
    let (one, mut a) = folder.create();
    let (two, mut b) = folder.open("one").unwrap();
    let add = |session: &Session, vault: &mut Vault, name: &str| {
        let code = RecoveryCode::generate(&mut SystemRandom).unwrap();
        let slot = NewSlot { name: name.to_owned(), secret: SlotSecret::Recovery(&code), replaces: None };
        session.add_slot(vault, &slot, Cost::READER_FLOOR, Timestamp(5)).map(drop)
    };
    for number in 2..=8 {
        add(&one, &mut a, &format!("of one {number}")).unwrap();
    }
    assert!(matches!(add(&one, &mut a, "ninth"), Err(SessionError::SlotsFull)));
    one.save(&mut a, Timestamp(6)).unwrap();
    let before = fs::read(folder.vault()).unwrap();
    add(&two, &mut b, "of two").unwrap();
    let Err(SessionError::TooManySlots(names)) = two.save(&mut b, Timestamp(7)) else { panic!("saved") };
    assert_eq!(names.len(), 9);
    assert!(names.contains(&"of two".to_owned()) && names.contains(&"of one 8".to_owned()));
    assert!(fs::read(folder.vault()).unwrap() == before);
}

#[test]
fn an_import_that_is_cancelled_or_fails_late_changes_nothing() {
    let folder = Folder::new("import");
    let (session, mut vault) = folder.create();
    add(&session, &mut vault, "mine");
    let before = contents(&session, &vault);
    let csv = "name,url,username,password\na,https://a.example,u,1\nb,https://b.example,u,2\n";
    let tresor_json =
        r#"{"format":"tresor","version":1,"entries":[{"title":"a"},{"title":"b"},{"title":"c" "#;
    let import = |vault: &mut Vault, format: &str, source: &str, rows: usize| {
        let (format, unlock) = (exchange::named(format).unwrap(), Unlock::default());
        let mut import = Import {
            label: "import",
            dry_run: false,
            choose: &mut |_| Choice::Both,
            restore: &mut |_| false,
            progress: &mut |seen| {
                if seen < rows { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        };
        let source = Source::Foreign(format, source.as_bytes(), &unlock);
        session.import(vault, &source, &mut import, Timestamp(5)).map(|report| report.rows.len())
    };
    assert!(matches!(import(&mut vault, "chrome-csv", csv, 2), Err(SessionError::Cancelled)));
    assert_eq!(contents(&session, &vault), before);
    let late = import(&mut vault, "json", tresor_json, usize::MAX);
    assert!(matches!(late, Err(SessionError::Import(ImportError::DamagedJson { .. }))), "{late:?}");
    assert_eq!(contents(&session, &vault), before);
    assert_eq!(import(&mut vault, "chrome-csv", csv, usize::MAX).unwrap(), 2);
    assert_eq!(contents(&session, &vault).len(), 3);
    assert!(session.undo(&mut vault, Timestamp(6)).unwrap().is_some());
    let live: Vec<&str> =
        vault.entries().filter(|entry| entry.is_live()).map(|entry| entry.title()).collect();
    assert_eq!(live, ["mine"], "one step");
}
