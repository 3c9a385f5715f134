//! The recovery kit and the changes of keys, key by key.

use super::super::effect::KeyChange;
use super::super::message::{KeyEnd, Renewed};
use super::super::model::keys::Task;
use super::*;
use crate::format::RecoveryCode;
use crate::kit::lines_of;
use crate::vault::Id;
use crate::vault::tag::Tag;

const NEW: &str = "new correct horse battery staple";

fn code() -> RecoveryCode {
    RecoveryCode::generate(&mut SeededRandom::new(5)).unwrap()
}

fn shows_code(play: &Play) -> bool {
    lines_of(&code()).iter().all(|line| play.shows(line.expose_str().unwrap()))
}

/// The answer to a change of keys.
fn renewed(change: &KeyChange, code: Option<RecoveryCode>, dropped: &[&str]) -> Message {
    let (session, vault, catalog) = opened(demo::items());
    let keys = KeyNews::default();
    let opened = Opened { session, vault, catalog, keys, warning: None, conflicts: 0, due: 0 };
    let dropped = dropped.iter().map(|name| (*name).to_owned()).collect();
    let renewed = Renewed { task: change.task, opened, code, dropped };
    Message::Renewed(KeyEnd { ticket: change.ticket, result: Ok(Box::new(renewed)) })
}

fn asked(play: &mut Play) -> KeyChange {
    let Some(Effect::ChangeKeys(change)) = play.effects.pop() else { panic!("no change of keys") };
    change
}

/// Makes a kit from the menu.
pub fn show_kit(play: &mut Play) {
    play.keys("Esc K Down Enter").text("old").keys("Enter");
    let change = asked(play);
    play.send(renewed(&change, Some(code()), &[]));
}

#[test]
fn the_master_password_is_changed_from_the_menu() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc K");
    assert!(
        play.shows("Change the master password") && play.shows("Make a recovery kit"),
        "{}",
        play.screen()
    );
    play.keys("Enter Enter");
    assert!(play.shows("! Type the master password"));
    play.text("old").keys("Enter").text(NEW);
    assert!(play.shows("very strong") && !play.shows("horse"), "{}", play.screen());
    play.keys("Enter").text("other").keys("Enter");
    assert!(play.shows("! That was not the same"));
    play.text(NEW).keys("Enter").text(NEW).keys("Enter");
    let change = asked(&mut play);
    assert_eq!(
        (change.task, change.secret.expose(), change.new.expose()),
        (Task::Passwd, &b"old"[..], NEW.as_bytes())
    );
    assert!(play.shows("Working on it"));
    play.text("x").keys("Enter Esc");
    assert!(play.asked().is_empty() && play.shows("Working on it"), "it is not done twice");
    play.send(renewed(&change, None, &[]));
    assert!(play.model.layers.is_empty() && play.notice().contains("master password is changed"));
    assert_eq!(play.asked(), ["conceal"]);
}

#[test]
fn a_failure_asks_anew_and_keeps_nothing_that_was_typed() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc K Enter").text("wrong").keys("Enter").text(NEW).keys("Enter").text(NEW).keys("Enter");
    let ticket = asked(&mut play).ticket;
    let result = Err(Failure::new(Exit::WrongSecret, "wrong master password"));
    play.send(Message::Renewed(KeyEnd { ticket, result }));
    assert!(play.shows("! Wrong master password") && play.shows("as it is now"), "{}", play.screen());
    let Some(super::super::model::Layer::Ask(ask)) = play.model.layers.last() else { panic!("no question") };
    assert!(ask.secret.is_empty() && ask.new.is_empty() && ask.again.is_empty());
    play.keys("Esc");
    assert!(play.model.layers.is_empty());
}

#[test]
fn a_weak_new_password_is_taken_at_the_second_enter() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc K Enter").text("old").keys("Enter").text("hunter2").keys("Enter");
    assert!(play.shows("! Whoever gets at the file can guess this"));
    play.keys("Enter");
    assert!(play.shows("The same once more"));
}

#[test]
fn nothing_is_begun_while_changes_are_unsaved() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.keys("Esc *").keys("K Enter").text("old").keys("Enter");
    play.effects.clear();
    assert!(play.shows("! The last changes are not saved yet"), "{}", play.screen());
}

#[test]
fn a_code_is_shown_with_its_qr_code_saved_and_hidden() {
    let mut play = Play::sample((80, 24));
    show_kit(&mut play);
    assert!(shows_code(&play) && play.shows("▀"), "{}", play.screen());
    play.effects.clear();
    play.keys("s");
    assert!(play.shows("Save the page where?") && play.shows("tresor-recovery-kit-2026-11-23.html"));
    play.keys("Ctrl-U").text("kit.html").keys("Enter");
    let Some(Effect::SavePage { page, path }) = play.effects.pop() else { panic!("no page") };
    assert_eq!(path.to_str(), Some("kit.html"));
    assert!(page.expose_str().unwrap().contains(lines_of(&code())[0].expose_str().unwrap()));
    play.send(Message::PageSaved(Err(Failure::new(Exit::Refused, "kit.html exists already"))));
    assert!(play.shows("! Not saved: kit.html exists") && shows_code(&play));
    play.send(Message::PageSaved(Ok("kit.html".into())));
    assert!(play.shows("Saved: kit.html"), "{}", play.screen());
    play.keys("Enter");
    assert!(!shows_code(&play) && !play.shows("▀"));
    assert_eq!(play.asked(), ["conceal"]);
}

#[test]
fn a_code_is_hidden_after_its_time_and_by_the_lock() {
    let mut play = Play::sample((80, 24));
    show_kit(&mut play);
    play.wait(179);
    assert!(shows_code(&play));
    play.effects.clear();
    play.wait(1);
    assert!(!shows_code(&play));
    assert_eq!(play.asked(), ["conceal"]);
    show_kit(&mut play);
    play.effects.clear();
    play.keys("Ctrl-L");
    assert!(!shows_code(&play) && play.model.layers.is_empty());
    assert_eq!(play.asked(), ["conceal"]);
}

#[test]
fn where_there_is_no_room_the_text_is_shown_and_says_so() {
    for size in [(40, 12), (40, 24), (80, 24), (132, 43), (34, 30)] {
        let mut play = Play::sample(size);
        show_kit(&mut play);
        let screen = play.screen();
        assert!(shows_code(&play), "{size:?}\n{screen}");
        assert!(screen.contains('▀') || screen.contains("The QR code needs"), "{size:?}\n{screen}");
    }
    let mut play = Play::sample((80, 24));
    play.model.theme = Theme::of(Colours::None, Charset::Ascii);
    show_kit(&mut play);
    assert!(play.screen().is_ascii() && shows_code(&play), "{}", play.screen());
}

#[test]
fn without_colours_light_is_the_colour_of_text() {
    let mut coloured = Play::sample((80, 24));
    let mut plain = Play::sample((80, 24));
    plain.model.theme = Theme::of(Colours::None, Charset::Unicode);
    show_kit(&mut coloured);
    show_kit(&mut plain);
    // The quiet zone's corner: empty where the background is light, full where it is not.
    let corner = |play: &Play| play.terminal().backend().buffer()[(1, 1)].clone();
    assert_eq!((corner(&coloured).symbol(), corner(&plain).symbol()), (" ", "█"));
    assert_eq!(corner(&coloured).bg, ratatui::style::Color::White);
}

#[test]
fn the_lock_opens_with_the_code_and_asks_for_a_new_password() {
    let mut play = Play::locked((80, 24));
    assert!(play.shows("Ctrl-R recover"), "the footer says so: {}", play.screen());
    play.keys("Ctrl-R").text("0000").keys("Enter");
    assert!(play.shows("! A recovery code is nine groups"), "{}", play.screen());
    play.keys("Ctrl-U").text("0000-000U").keys("Enter");
    assert!(play.shows("! Group 2"), "{}", play.screen());
    let text = code().text();
    play.keys("Ctrl-U").text(text.expose_str().unwrap());
    assert!(!play.shows(lines_of(&code())[0].expose_str().unwrap()), "it is not shown as it is typed");
    play.keys("Enter").text(NEW).keys("Enter").text(NEW).keys("Enter");
    let change = asked(&mut play);
    assert_eq!((change.task, change.secret.expose()), (Task::Recover, text.expose()));
    play.send(renewed(&change, Some(code()), &["key file (master password and key file)"]));
    assert!(play.model.open().is_some() && shows_code(&play));
    assert!(play.notice().contains("No longer opens the vault: key file"));
}

#[test]
fn a_change_that_ends_after_a_lock_opens_nothing_and_shows_no_code() {
    for lock in ["Ctrl-L", "Ctrl-Z"] {
        let mut play = Play::sample((80, 24));
        play.keys("Esc K").text("new key").keys("Enter").text("old").keys("Enter");
        let change = asked(&mut play);
        play.keys(lock);
        assert!(play.model.open().is_none());
        play.keys("Ctrl-R");
        play.send(renewed(&change, Some(code()), &[]));
        assert!(play.model.open().is_none() && !shows_code(&play), "{}", play.screen());
        // Nor while the question at the lock is being worked at.
        play.text(code().text().expose_str().unwrap()).keys("Enter").text(NEW).keys("Enter");
        play.text(NEW).keys("Enter");
        asked(&mut play);
        play.send(renewed(&change, Some(code()), &[]));
        assert!(play.model.open().is_none() && !shows_code(&play), "{}", play.screen());
        assert!(play.shows("Working on it"));
    }
}

#[test]
fn a_change_that_ends_after_a_lock_is_told_there() {
    for size in [(80, 24), (40, 20)] {
        let mut play = Play::sample(size);
        play.keys("Esc K").text("new key").keys("Enter").text("old").keys("Enter");
        let change = asked(&mut play);
        play.send(Message::Slept);
        play.send(renewed(&change, Some(code()), &[]));
        play.wait(60);
        assert!(play.shows("! The vault has a new key") && play.shows("(K)"), "{}", play.screen());
        assert!(play.model.open().is_none() && !shows_code(&play));
    }
}

#[test]
fn help_over_the_question_does_not_hide_the_code() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc K").text("new key").keys("Enter").text("old").keys("Enter");
    let change = asked(&mut play);
    play.keys("F1");
    play.send(renewed(&change, Some(code()), &[]));
    assert!(shows_code(&play), "{}", play.screen());
}

#[test]
fn a_drill_is_noted_and_a_failed_one_said() {
    let mut play = Play::sample((80, 24));
    let id = Id([9; 16]);
    let open = play.model.open_mut().unwrap();
    let slot = NewSlotOf::recovery(&open.session);
    open.session.edit(Arc::make_mut(&mut open.vault), start(), "", |edit| slot(edit, id)).unwrap();
    play.keys("Esc K").text("try");
    assert!(play.shows("Try the recovery code"), "{}", play.screen());
    play.keys("Enter").text(code().text().expose_str().unwrap()).keys("Enter");
    let change = asked(&mut play);
    assert_eq!(change.task, Task::TestKit);
    let failure = Failure::new(Exit::WrongSecret, "this recovery code does not open the vault");
    play.send(Message::CodeTested(KeyEnd { ticket: change.ticket, result: Err(failure) }));
    assert!(play.shows("! This recovery code does not open"), "{}", play.screen());
    play.text(code().text().expose_str().unwrap()).keys("Enter");
    let ticket = asked(&mut play).ticket;
    play.send(Message::CodeTested(KeyEnd { ticket: change.ticket, result: Ok(id) }));
    assert!(play.shows("Working on it"), "the answer of another trial is none of this one");
    play.send(Message::CodeTested(KeyEnd { ticket, result: Ok(id) }));
    assert!(play.model.layers.is_empty() && play.notice().contains("The code opens the vault"));
    let vault = &play.open().vault;
    let record = vault.record(crate::vault::tag::Kind::SLOT, id).unwrap();
    assert!(vault.current(record, Tag::SLOT_TESTED, None).is_some());
}

/// The record of a recovery slot.
struct NewSlotOf;

impl NewSlotOf {
    fn recovery(
        session: &Session,
    ) -> impl FnOnce(&mut crate::vault::edit::Edit<'_, '_>, Id) -> Result<(), crate::vault::edit::EditError>
    {
        let keys = crate::format::Keys::generate(session.vault_id(), &mut SeededRandom::new(1)).unwrap();
        let (key, id) = (keys.vault_key(), session.vault_id());
        let slot = crate::format::Slot::for_recovery(key, id, &code(), &mut SeededRandom::new(2)).unwrap();
        move |edit, id| {
            let bytes = slot.bytes().to_vec();
            edit.put(crate::vault::tag::Kind::SLOT, id, Tag::SLOT_BYTES, None, 0, bytes)
        }
    }
}

#[test]
fn a_kit_is_declined_from_the_menu() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc K").text("want no").keys("Enter");
    assert_eq!(play.notice(), "No recovery kit will be offered");
    assert_eq!(play.open().vault.setting(Tag::KIT_DECLINED), Some(&[1][..]));
    play.keys("K");
    assert!(!play.shows("Want no recovery kit") && play.shows("Make a recovery kit"));
}

#[test]
fn much_memory_is_asked_about_and_no_keeps_nothing() {
    let mut play = Play::locked((80, 24));
    play.text("secret").keys("Enter");
    assert_eq!(play.asked(), ["unlock"]);
    let asks = || Message::CostAsked("It takes much. Go on?".to_owned(), Secret::copy_of(b"secret"));
    play.send(asks());
    assert!(play.shows("It takes much"), "{}", play.screen());
    play.keys("n");
    let Screen::Locked(locked) = &play.model.screen else { panic!("not locked") };
    assert!(locked.held.is_none() && locked.working.is_none() && play.asked().is_empty());
    play.text("secret").keys("Enter");
    play.effects.clear();
    play.send(asks());
    play.keys("y");
    assert_eq!(play.asked(), ["unlock at any cost"]);
    assert!(play.shows("Opening"));
}

#[test]
fn an_offer_and_a_raised_cost_are_said_at_unlock() {
    let mut play = Play::locked((80, 24));
    play.text("secret").keys("Enter");
    let (session, vault, catalog) = opened(demo::items());
    let keys = KeyNews { offers_kit: true, ..KeyNews::default() };
    play.send(Message::Opened(Ok(Box::new(Opened {
        session,
        vault,
        catalog,
        keys,
        warning: None,
        conflicts: 0,
        due: 0,
    }))));
    assert!(play.notice().contains("no recovery kit"), "{}", play.notice());
}
