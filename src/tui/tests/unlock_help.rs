//! What the lock says of a wrong password, and how it slows down who tries.

use super::*;

fn wrong() -> Message {
    Message::Opened(Err(Failure::new(Exit::WrongSecret, "that is not the master password")))
}

/// Types a password that is wrong.
fn tries(play: &mut Play, password: &str) {
    play.text(password).keys("Enter");
    play.send(wrong());
}

#[test]
fn a_wrong_password_asks_about_the_keyboard() {
    let mut play = Play::locked((80, 24));
    tries(&mut play, "geheim");
    assert!(play.shows("That is not the master password") && !play.shows("Caps") && !play.shows("layout"));
    tries(&mut play, "GEHEIM!");
    assert!(
        play.shows("Caps Lock on?") && play.shows("intact") && !play.shows("GEHEIM"),
        "{}",
        play.screen()
    );
    let mut play = Play::locked((40, 12));
    tries(&mut play, "пароль");
    assert!(play.shows("Cyrillic") && !play.shows("пароль"));
}

#[test]
fn what_it_was_meant_to_be_is_told_unless_one_types_on() {
    let mut play = Play::locked((80, 24));
    tries(&mut play, "gfhjkm");
    play.send(Message::Guessed("with a Russian keyboard layout"));
    assert!(play.shows("What you typed would be right with a Russian keyboard layout."));
    tries(&mut play, "gfhjkm");
    play.asked();
    play.text("x");
    assert_eq!(play.asked(), ["stop guessing"]);
    play.send(Message::Guessed("with a Russian keyboard layout"));
    assert!(!play.shows("Russian"), "it came too late");
}

#[test]
fn from_the_fourth_wrong_password_on_it_waits() {
    let mut play = Play::locked((80, 24));
    for _ in 0..3 {
        tries(&mut play, "x");
        assert!(!play.shows("Enter waits"));
    }
    for seconds in [1, 2, 4, 8, 16, 30, 30] {
        play.asked();
        tries(&mut play, "x");
        assert!(play.shows(&format!("Enter waits {seconds} s")), "{}", play.screen());
        assert!(play.model.still_for().is_some_and(|time| time <= Duration::from_secs(1)));
        play.asked();
        play.text("y").keys("Enter Ctrl-U");
        assert_eq!(play.asked(), ["stop guessing"], "nothing is tried before its time");
        play.wait(seconds - 1);
        assert!(play.shows("Enter waits 1 s"));
        play.wait(1);
        assert!(!play.shows("Enter waits"));
    }
}

#[test]
fn caps_lock_is_shown_where_the_terminal_tells() {
    for mut play in [Play::locked((80, 24)), Play::locked((40, 12))] {
        assert!(!play.model.wants_keys_in_full(), "nobody knows yet whether it can");
        play.send(Message::KeyboardTells(0));
        assert!(play.model.wants_keys_in_full());
        play.send(Message::KeyboardTells(29));
        assert!(play.model.wants_keys_in_full());
        play.send(Message::CapsLock(true));
        assert!(play.shows("Caps Lock is on"));
        play.send(Message::CapsLock(false));
        assert!(!play.shows("Caps Lock"));
        // It said that it can, and does not.
        play.send(Message::KeyboardTells(1));
        assert!(!play.model.wants_keys_in_full());
    }
    let mut play = Play::sample((80, 24));
    play.send(Message::KeyboardTells(0));
    assert!(!play.model.wants_keys_in_full(), "an open vault needs no more than keys");
    let mut play = Play::wizard((80, 24));
    play.keys("Enter").text("blind");
    play.send(Message::CapsLock(true));
    assert!(play.shows("Caps Lock is on"));
}
