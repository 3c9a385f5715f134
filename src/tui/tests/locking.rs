//! Everything that locks, with the clock as an argument.

use super::*;

fn shown() -> Play {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc r");
    assert!(play.shows("kV7#"));
    play
}

#[track_caller]
fn is_locked(play: &mut Play, why: &str) {
    assert!(play.model.open().is_none());
    assert_eq!(play.notice(), why);
    assert!(play.asked().contains(&"conceal"));
    assert!(!play.shows("kV7#") && !play.shows("GitHub"));
}

#[test]
fn a_machine_that_slept_is_locked() {
    let mut play = shown();
    play.send(Message::Slept);
    is_locked(&mut play, "Locked: the machine was asleep");
}

#[test]
fn a_clock_that_jumps_either_way_locks() {
    for (name, to) in [("on", start().plus_millis(10_000)), ("back", Timestamp(start().0 - 10_000))] {
        // Whatever it is that is told first.
        for message in [Message::Tick, Message::key("y".parse().unwrap()), Message::ClipboardReplaced] {
            let mut play = shown();
            play.now = to;
            play.send(message);
            assert!(play.copies.is_empty(), "{name}: the key reached the vault");
            is_locked(&mut play, "Locked: the clock has jumped, as after sleep");
        }
    }
    let mut play = shown();
    play.now = play.now.plus_millis(9_999);
    play.send(Message::Tick);
    assert!(play.model.open().is_some(), "a busy machine is not an unlocked one that slept");
}

#[test]
fn stopping_locks_first() {
    for stop in [Message::Stop, Message::key(Key::ctrl('z'))] {
        let mut play = shown();
        play.send(stop);
        let asked = play.asked();
        let at = |name| asked.iter().position(|asked| *asked == name).unwrap();
        assert!(at("conceal") < at("suspend") && play.model.open().is_none(), "{asked:?}");
    }
    // Stopped by a signal that no program can see.
    let mut play = shown();
    play.send(Message::Resumed);
    is_locked(&mut play, "Locked: the program was stopped");
}

#[test]
fn a_half_typed_master_password_does_not_stay_while_it_is_stopped() {
    let mut play = Play::locked((80, 24));
    play.text("half").keys("Ctrl-Z");
    let Screen::Locked(locked) = &play.model.screen else { panic!("not locked") };
    assert!(locked.password.is_empty());
}

#[test]
fn another_window_locks_where_that_is_wished() {
    let mut play = shown();
    play.send(Message::FocusLost);
    assert!(play.model.open().is_some());
    play.model.settings.lock_on_focus_loss = true;
    play.send(Message::FocusLost);
    is_locked(&mut play, "Locked: another window is in use");
}

#[test]
fn an_open_vault_is_looked_after_twice_a_second() {
    assert!(shown().model.still_for().unwrap() <= Duration::from_millis(500));
}
