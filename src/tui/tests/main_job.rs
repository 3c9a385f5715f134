//! Unlock, find, copy, clear, lock.

use super::*;

#[test]
fn unlock_type_enter_copies_the_password() {
    let mut play = Play::locked((80, 24));
    play.text("secret").keys("Enter");
    let Some(Effect::Unlock(password)) = play.effects.pop() else { panic!("no unlock") };
    assert_eq!(password.expose_str(), Some("secret"));
    assert!(play.shows("Opening"));
    play.send(opened_message(demo::items()));
    play.text("ada priv").keys("Enter");
    assert_eq!(play.copies, [("password of GitHub, ada-private".to_owned(), "t4Zw!9cKfE#2sHq7".to_owned())]);
    assert_eq!(play.notice(), "Copied: password of GitHub, ada-private");
    assert!(play.shows("X11 clipboard: 20 s"));
}

#[test]
fn a_wrong_password_says_so_and_asks_again() {
    let mut play = Play::locked((80, 24));
    play.text("wrong").keys("Enter");
    let failure = Failure::from(crate::session::SessionError::from(crate::format::FormatError::WrongSecret));
    play.send(Message::Opened(Err(failure)));
    assert!(play.shows("! Wrong master password"), "{}", play.screen());
    play.text("r");
    assert!(!play.shows("! Wrong"));
    play.keys("Enter");
    assert_eq!(play.asked(), ["unlock", "stop guessing", "unlock"]);
}

#[test]
fn what_is_typed_while_it_opens_goes_to_the_search_box() {
    let mut play = Play::locked((80, 24));
    play.text("secret").keys("Enter").text("ada priv").keys("Enter");
    play.send(opened_message(demo::items()));
    assert_eq!(play.open().query.text(), "ada priv");
    assert_eq!(play.copies.len(), 1);
    let mut play = Play::locked((80, 24));
    play.text("wrong").keys("Enter").text("ada priv").keys("Enter");
    play.send(Message::Opened(Err(Failure::new(Exit::WrongSecret, "wrong master password"))));
    assert_eq!(play.asked(), ["unlock"], "it is not taken for another try");
    let Screen::Locked(locked) = &play.model.screen else { panic!("not locked") };
    assert!(locked.password.is_empty() && locked.ahead.is_empty());
}

#[test]
fn every_word_must_match_and_the_best_comes_first() {
    let mut play = Play::sample((80, 24));
    play.text("mail");
    assert_eq!(play.chosen(), "Mail/ada.meyer@mail.example");
    play.text(" shop");
    assert_eq!(play.chosen(), "Online shop/ada.meyer@mail.example");
    assert_eq!(play.open().hits.len(), 1);
    play.text(" zzz");
    assert!(play.open().hits.is_empty() && play.shows("Nothing found"));
    play.keys("Enter y");
    assert!(play.copies.is_empty());
}

#[test]
fn arrows_move_in_the_search_box_and_escape_keeps_the_filter() {
    let mut play = Play::sample((80, 24));
    play.text("git").keys("Down");
    assert_eq!(play.chosen(), "GitHub/ada-private");
    play.keys("Esc u");
    assert_eq!(play.copies, [("user name of GitHub, ada-private".to_owned(), "ada-private".to_owned())]);
    assert_eq!(play.open().hits.len(), 3);
    play.keys("Esc");
    assert_eq!(play.open().hits.len(), play.open().catalog.len());
    assert_eq!(play.chosen(), "GitHub/ada-private", "the chosen entry stays chosen");
    play.keys("Esc Esc Esc");
    assert!(play.asked().is_empty(), "Esc never quits");
    play.keys("/").text("nas");
    assert_eq!(play.chosen(), "NAS/ada");
}

#[test]
fn in_the_search_box_letters_are_text() {
    let mut play = Play::sample((80, 24));
    play.text("qdXz?");
    assert_eq!(play.open().query.text(), "qdXz?");
    assert!(play.asked().is_empty() && play.model.layers.is_empty());
}

#[test]
fn codes_are_copied_the_next_one_if_this_one_ends_soon() {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc t");
    let (what, first) = play.copies[0].clone();
    assert_eq!((what.as_str(), first.len()), ("code of GitHub, ada-m", 6));
    play.wait(26).keys("t");
    let (what, next) = play.copies[1].clone();
    assert_eq!(what, "next code of GitHub, ada-m");
    assert_ne!(first, next);
    play.wait(3).keys("t");
    assert_eq!(play.copies[2], ("code of GitHub, ada-m".to_owned(), next));
}

#[test]
fn a_code_by_counter_is_given_once_it_is_on_the_disk() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("vpn").keys("Esc t");
    assert!(play.copies.is_empty());
    let Some(Effect::Save(save)) = play.effects.pop() else { panic!("no save") };
    let result = Ok((Arc::clone(&save.vault), Saved::default()));
    play.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
    assert_eq!(play.copies.len(), 1);
    play.saves = Some(Ok(()));
    play.keys("t");
    assert_ne!(play.copies[0].1, play.copies[1].1);
    play.saves = Some(Err("disk full".to_owned()));
    play.keys("t");
    assert_eq!(play.copies.len(), 2, "not saved, not given");
}

#[test]
fn any_field_is_copied_by_its_letter() {
    let mut play = Play::sample((80, 24));
    play.text("passport").keys("Esc Y");
    assert!(play.shows("Copy which field?"));
    play.text("d");
    assert_eq!(play.copies, [("Number of Passport".to_owned(), "C01X00T47".to_owned())]);
    assert!(play.model.layers.is_empty());
    play.keys("y");
    assert_eq!(play.copies[1].1, "C01X00T47", "the number is what a passport has for a password");
}

#[test]
fn the_clipboard_is_cleared_at_its_time() {
    let mut play = Play::sample((80, 24));
    play.keys("Enter").wait(19);
    assert!(play.asked().is_empty() && play.shows("1 s"));
    play.wait(1);
    assert_eq!(play.asked(), ["clear"]);
    assert!(play.model.copied.is_none());
}

#[test]
fn a_second_copy_counts_from_its_own_time() {
    let mut play = Play::sample((80, 24));
    play.keys("Enter").wait(15);
    play.keys("Enter").wait(15);
    assert!(play.asked().is_empty() && play.model.copied.is_some());
    play.wait(5);
    assert_eq!(play.asked(), ["clear"]);
}

#[test]
fn the_clipboard_is_wiped_by_key_and_its_loss_is_told() {
    let mut play = Play::sample((80, 24));
    play.keys("Enter Esc X");
    assert_eq!((play.asked(), play.notice()), (vec!["clear"], "The clipboard is clear"));
    play.keys("X");
    assert!(play.asked().is_empty());
    play.keys("y");
    play.send(Message::ClipboardReplaced);
    assert!(play.model.copied.is_none() && play.notice().contains("something else"));
    play.send(Message::Copied(Err(Failure::new(Exit::Failed, "the X11 clipboard does not answer"))));
    assert!(play.shows("! NOT copied: the X11 clipboard does not answer"));
}

#[test]
fn a_revealed_secret_is_masked_after_its_time() {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc");
    assert!(!play.shows("kV7#mQ2tLx9"));
    play.keys("r");
    assert!(play.shows("kV7#mQ2tLx9!pRz4Wd8&"));
    play.wait(9);
    assert!(play.shows("kV7#mQ2tLx9"));
    play.wait(1);
    assert!(!play.shows("kV7#mQ2tLx9"));
    play.keys("r r");
    assert!(!play.shows("kV7#mQ2tLx9"), "the same key hides it");
    play.keys("Esc r j");
    assert!(!play.shows("kV7#mQ2tLx9") && play.open().revealed.is_none());
}

#[test]
fn locking_drops_everything() {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc y r e Ctrl-L").wait(7);
    assert!(matches!(play.model.screen, Screen::Locked(_)) && play.model.layers.is_empty());
    assert_eq!(play.asked(), ["conceal"]);
    assert!(!play.shows("GitHub") && !play.shows("ada") && play.shows("Copied: a value"));
}

#[test]
fn it_locks_when_idle_and_when_the_machine_slept() {
    let mut play = Play::sample((80, 24));
    play.wait(200).keys("Down").wait(299);
    assert!(play.model.open().is_some());
    play.wait(1);
    assert!(matches!(play.model.screen, Screen::Locked(_)));
    let mut play = Play::sample((80, 24));
    play.now = play.now.plus_millis(3_600_000);
    play.keys("Enter");
    assert!(
        matches!(play.model.screen, Screen::Locked(_)),
        "the key after the sleep does not reach the vault"
    );
    assert!(play.copies.is_empty());
}

#[test]
fn quitting() {
    let mut play = Play::sample((80, 24));
    play.keys("Ctrl-C");
    assert_eq!(play.asked(), ["quit"]);
    play.keys("Esc q");
    assert_eq!(play.asked(), ["quit"]);
    play.keys("Enter q");
    assert!(play.asked().is_empty(), "from the fields q goes back to the list");
    play.keys("a Enter").text("half");
    play.keys("Ctrl-C");
    assert!(play.shows("Quit and lose what was typed"));
    play.keys("Enter");
    assert!(play.asked().is_empty() && play.shows("half"), "Enter is the safe answer");
    play.keys("Ctrl-C y");
    assert_eq!(play.asked(), ["quit"]);
    play.send(Message::Terminate);
    assert_eq!(play.asked(), ["quit"], "a signal asks nothing");
}

#[test]
fn facets_narrow_the_list() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc f").text("trash").keys("Enter");
    assert_eq!((play.chosen().as_str(), play.open().hits.len()), ("Old forum/ada1999", 1));
    assert!(play.shows("[Trash]"));
    play.keys("R");
    assert!(play.open().hits.is_empty() && play.notice().contains("back from the trash"));
    play.keys("Esc f").text("work/co").keys("Enter");
    assert!(play.shows("[Folder: Work/Code]"));
    assert_eq!(play.open().hits.len(), 3);
    play.keys("Esc");
    assert!(!play.shows("[Folder"));
}
