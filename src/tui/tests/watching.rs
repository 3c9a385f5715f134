//! What other programs do to the file of the open vault.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::crypto::kdf::Cost;
use crate::format::{Credentials, Passphrase};
use crate::session::Locked as LockedFile;

struct Folder(PathBuf);

impl Folder {
    /// A folder with a vault of the sample's entries in it, and the screen open on it.
    fn open(name: &str) -> (Self, Play) {
        let folder = Self(std::env::temp_dir().join(format!("tresor-watch-{}-{name}", std::process::id())));
        let _ = fs::remove_dir_all(&folder.0);
        fs::create_dir_all(&folder.0).unwrap();
        let (session, mut vault) = Session::create(
            &folder.vault(),
            &folder.0.join("here"),
            &pass("one"),
            Cost::READER_FLOOR,
            start(),
        )
        .unwrap();
        let items = demo::items();
        let add = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
            items.iter().try_for_each(|item| edit.add(item).map(drop))
        };
        session.edit(&mut vault, start(), "", add).unwrap();
        session.save(&mut vault, start()).unwrap();
        let catalog = Catalog::of(&vault, Facet::All);
        let play = Play::new(Screen::Open(Box::new(Open::new(session, vault, catalog))), (80, 24));
        (folder, play)
    }

    fn vault(&self) -> PathBuf {
        self.0.join("vault.tresor")
    }

    /// What another program, or another device, has open.
    fn elsewhere(&self) -> (Session, Vault) {
        let locked = LockedFile::read_once(&self.vault(), &self.0.join("there")).unwrap();
        locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap()
    }

    /// What is on the disk, to a device that remembers nothing of it.
    fn on_disk(&self) -> Vault {
        let locked = LockedFile::read_once(&self.vault(), &self.0.join("new")).unwrap();
        locked.unlock(&Credentials::Passphrase(&pass("one"), None)).unwrap().1
    }

    fn add(&self, titles: &[&str]) {
        let (session, mut vault) = self.elsewhere();
        let items: Vec<Item> = titles.iter().map(|title| login(title, "x", "y")).collect();
        let add = |edit: &mut crate::vault::edit::Edit<'_, '_>| {
            items.iter().try_for_each(|item| edit.add(item).map(drop))
        };
        session.edit(&mut vault, start(), "add", add).unwrap();
        session.save(&mut vault, start()).unwrap();
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

/// Saves as the program does.
fn save(play: &mut Play) {
    while let Some(at) = play.effects.iter().position(|effect| matches!(effect, Effect::Save(_))) {
        let Effect::Save(save) = play.effects.remove(at) else { return };
        let mut vault = Vault::clone(&save.vault);
        let saved = save.session.save(&mut vault, play.now).unwrap();
        let result = Ok((Arc::new(vault), saved));
        play.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
    }
}

#[test]
fn a_change_on_the_disk_is_merged_and_told() {
    let (folder, mut play) = Folder::open("merged");
    play.saves = None;
    play.wait(3);
    assert_eq!(play.notice(), "");
    play.text("router").keys("Esc *");
    save(&mut play);
    folder.add(&["Router 2", "Router 3"]);
    assert!(!play.shows("Router 2"));
    play.wait(1);
    assert_eq!(play.notice(), "Another program changed the vault: 2 entries merged");
    assert!(play.shows("Router 2") && play.shows("Router 3"));
    assert_eq!(play.chosen(), "Router/admin", "what was chosen stays chosen");
    play.keys("z");
    assert!(play.notice().starts_with("Undid: ") && !play.open().chosen().unwrap().is_favourite());
    play.keys("z");
    assert_eq!(play.notice(), "Undid: add, made on another device", "what others did comes last");
    save(&mut play);
    assert_eq!(
        folder.elsewhere().1.entries().filter(|entry| entry.is_live()).count(),
        play.open().catalog.len()
    );
}

#[test]
fn a_half_typed_form_is_not_disturbed() {
    let (folder, mut play) = Folder::open("form");
    play.saves = None;
    play.text("router").keys("Esc e").text(" at home");
    let before = play.screen();
    folder.add(&["Another"]);
    play.wait(1);
    assert!(play.notice().contains("1 entry merged"));
    let after = play.screen();
    let form = |screen: &str| screen.lines().take(20).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(form(&before), form(&after));
    play.keys("Ctrl-S");
    save(&mut play);
    let there = folder.elsewhere().1;
    let titles: Vec<&str> = there.entries().map(|entry| entry.title()).collect();
    assert!(
        titles.contains(&"Another") && titles.iter().any(|title| title.ends_with(" at home")),
        "{titles:?}"
    );
}

#[test]
fn an_older_file_is_named_and_nothing_is_lost() {
    let (folder, mut play) = Folder::open("older");
    play.saves = None;
    let old = fs::read(folder.vault()).unwrap();
    play.text("router").keys("Esc *");
    save(&mut play);
    fs::write(folder.vault(), old).unwrap();
    play.wait(1);
    assert!(play.notice().starts_with("This vault file is older than what this device saw last"));
    assert!(play.open().chosen().unwrap().is_favourite());
    play.wait(5);
    play.keys("*");
    play.keys("*");
    save(&mut play);
    assert!(folder.elsewhere().1.entries().any(|entry| entry.title() == "Router" && entry.is_favourite()));
}

#[test]
fn another_key_locks() {
    let (folder, mut play) = Folder::open("key");
    let (mut session, mut vault) = folder.elsewhere();
    session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, start()).unwrap();
    play.wait(1);
    assert!(play.model.open().is_none());
    assert!(play.shows("another key"), "{}", play.screen());
    play.wait(5);
    assert!(play.asked().iter().all(|name| *name != "look"), "nothing while locked");
}

#[test]
fn a_file_that_is_being_written_is_waited_for() {
    let (folder, mut play) = Folder::open("torn");
    let whole = fs::read(folder.vault()).unwrap();
    fs::write(folder.vault(), &whole[..9000]).unwrap();
    play.wait(2);
    assert_eq!(play.notice(), "");
    fs::write(folder.vault(), &whole).unwrap();
    play.wait(1);
    assert_eq!(play.notice(), "");
    fs::remove_file(folder.vault()).unwrap();
    play.wait(4);
    assert_eq!(play.notice(), "The vault file on the disk is gone; what is open here is whole");
}

#[test]
fn what_is_edited_while_a_look_runs_is_kept() {
    let (folder, mut play) = Folder::open("late");
    play.saves = None;
    folder.add(&["Meanwhile"]);
    play.now = play.now.plus_millis(2000);
    let mut effects = update(&mut play.model, Message::Tick, play.now);
    let Some(Effect::Look(look)) = effects.pop() else { panic!("no look") };
    let noticed = look.session.look(&look.vault);
    play.text("router").keys("Esc *");
    play.send(Message::Looked(Box::new(LookEnd { ticket: look.ticket, noticed })));
    assert!(!play.shows("Meanwhile") && play.open().chosen().unwrap().is_favourite());
    save(&mut play);
    assert!(play.notice().contains("what another program had changed"));
    let all = folder.elsewhere().1;
    assert!(all.entries().any(|entry| entry.title() == "Meanwhile"));
    assert!(all.entries().any(|entry| entry.title() == "Router" && entry.is_favourite()));
}

#[test]
fn what_a_save_merged_outlives_the_failure_of_the_next() {
    let (folder, mut play) = Folder::open("failed");
    play.saves = None;
    play.text("router").keys("Esc *");
    folder.add(&["From other"]);
    play.keys("*");
    let Some(Effect::Save(first)) = play.effects.pop() else { panic!("no save") };
    let mut vault = Vault::clone(&first.vault);
    let saved = first.session.save(&mut vault, play.now).unwrap();
    assert!(saved.merged);
    play.send(Message::Saved(Box::new(SaveEnd {
        ticket: first.ticket,
        result: Ok((Arc::new(vault), saved)),
    })));
    let Some(Effect::Save(second)) = play.effects.pop() else { panic!("no second save") };
    let result = Err(Failure::new(Exit::Failed, "disk full"));
    play.send(Message::Saved(Box::new(SaveEnd { ticket: second.ticket, result })));
    play.keys("*");
    save(&mut play);
    let there = folder.on_disk();
    assert!(there.entries().any(|entry| entry.title() == "From other"));
    assert!(there.entries().any(|entry| entry.title() == "Router" && entry.is_favourite()));
    play.keys("Esc Esc").keys("/ Ctrl-U").text("from other");
    assert_eq!(play.chosen(), "From other/x", "it is listed: {}", play.screen());
}

#[test]
fn a_lock_before_a_save_is_told_loses_nothing_of_what_it_merged() {
    let (folder, mut play) = Folder::open("untold");
    play.saves = None;
    play.text("router").keys("Esc *");
    folder.add(&["From other"]);
    let Some(Effect::Save(first)) = play.effects.pop() else { panic!("no save") };
    assert!(first.session.save(&mut Vault::clone(&first.vault), play.now).unwrap().merged);
    drop(first);
    play.keys("d Ctrl-L");
    save(&mut play);
    let there = folder.on_disk();
    assert!(there.entries().any(|entry| entry.title() == "From other"));
    assert!(there.entries().any(|entry| entry.title() == "Router" && !entry.is_live()));
}

#[test]
fn the_watch_does_not_lock_in_the_middle_of_a_change_of_keys() {
    let (folder, mut play) = Folder::open("own");
    let (mut session, mut vault) = folder.elsewhere();
    play.keys("Esc K").text("new key").keys("Enter").text("one").keys("Enter");
    assert_eq!(play.asked(), ["change keys"]);
    session.change_passphrase(&mut vault, &pass("one"), Cost::READER_FLOOR, start()).unwrap();
    play.wait(3);
    assert!(play.model.open().is_some() && play.shows("Working on it"), "{}", play.screen());
    let wait = play.model.still_for().unwrap();
    assert!(wait >= Duration::from_millis(100), "no look is waited for: {wait:?}");
}

#[test]
fn a_look_that_ends_during_a_change_of_keys_is_of_no_account() {
    let (folder, mut play) = Folder::open("crossed");
    let (mut session, mut vault) = folder.elsewhere();
    play.keys("Esc K").text("new key").keys("Enter").text("one");
    play.now = play.now.plus_millis(2000);
    let mut effects = update(&mut play.model, Message::Tick, play.now);
    let Some(Effect::Look(look)) = effects.pop() else { panic!("no look") };
    play.keys("Enter");
    session.change_passphrase(&mut vault, &pass("one"), Cost::READER_FLOOR, start()).unwrap();
    let noticed = look.session.look(&look.vault);
    play.send(Message::Looked(Box::new(LookEnd { ticket: look.ticket, noticed })));
    assert!(play.model.open().is_some() && play.shows("Working on it"), "{}", play.screen());
}

#[test]
fn a_file_from_before_a_change_of_the_key_is_asked_about() {
    let mut play = Play::locked((80, 24));
    play.text("old").keys("Enter");
    assert_eq!(play.asked(), ["unlock"]);
    play.send(Message::OlderKey);
    assert!(play.shows("from before the vault's key was"), "{}", play.screen());
    play.keys("n");
    assert!(play.asked().is_empty());
    play.text("old").keys("Enter");
    play.send(Message::OlderKey);
    play.keys("y");
    assert_eq!(play.asked(), ["unlock", "accept older key"]);
    assert!(play.notice().contains("once more"));
}
