//! Edits, undo, and what happens when a save does not work.

use super::*;

fn fail(play: &mut Play, reason: &str) {
    play.saves = Some(Err(reason.to_owned()));
}

#[test]
fn trash_undo_redo() {
    let mut play = Play::sample((80, 24));
    let all = play.open().hits.len();
    play.text("router").keys("Esc d");
    assert!(play.open().hits.is_empty());
    assert_eq!(play.notice(), "Router is in the trash; z brings it back");
    play.keys("Esc");
    assert_eq!(play.open().hits.len(), all - 1);
    play.keys("z");
    assert_eq!((play.notice(), play.open().hits.len()), ("Undid: Router to the trash", all));
    play.keys("Z");
    assert_eq!((play.notice(), play.open().hits.len()), ("Did again: Router to the trash", all - 1));
    play.keys("z z");
    assert_eq!(play.notice(), "There is nothing to undo");
    play.keys("Z Z");
    assert_eq!(play.notice(), "There is nothing to do again");
}

#[test]
fn favourites() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Esc *");
    assert!(play.shows(">*Router") && play.open().chosen().unwrap().is_favourite());
    play.keys("*");
    assert!(!play.open().chosen().unwrap().is_favourite());
}

#[test]
fn a_failed_save_is_told_kept_and_tried_again() {
    let mut play = Play::sample((80, 24));
    fail(&mut play, "cannot write /x: no space left on device");
    play.text("router").keys("Esc *");
    assert!(play.shows("! NOT saved: cannot write /x: no space left"), "{}", play.screen());
    play.wait(30);
    assert!(play.shows("! NOT SAVED"), "it stays on the screen");
    play.keys("q");
    assert!(play.asked().is_empty() && play.shows("could not be saved"));
    play.keys("n");
    play.saves = Some(Ok(()));
    play.keys("*");
    assert_eq!(play.open().saving.edits, play.open().saving.saved);
    assert!(!play.shows("NOT SAVED"));
    play.keys("q");
    assert_eq!(play.asked(), ["quit"]);
}

#[test]
fn a_long_problem_is_read_in_full() {
    let mut play = Play::sample((80, 24));
    let reason = "cannot write /home/someone/with/a/long/path/vault.tresor: no space left on device; the end";
    fail(&mut play, reason);
    play.text("router").keys("Esc *");
    for word in reason.split(' ') {
        assert!(play.shows(word), "{word}\n{}", play.screen());
    }
    assert!(play.shows("! NOT SAVED") && !play.shows("lose"), "it is no question, and has no focus");
}

#[test]
fn edits_during_a_save_are_in_the_next_one() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc * d Esc");
    let Some(Effect::Save(first)) = play.effects.pop() else { panic!("no save") };
    assert!(play.effects.is_empty(), "one at a time");
    let on_disk = Arc::clone(&first.vault);
    play.send(Message::Saved(Box::new(SaveEnd {
        ticket: first.ticket,
        result: Ok((on_disk, Saved::default())),
    })));
    let Some(Effect::Save(second)) = play.effects.pop() else { panic!("no second save") };
    assert!(second.vault.entries().any(|entry| entry.title() == "Router" && !entry.is_live()));
    let saved = Arc::clone(&second.vault);
    play.send(Message::Saved(Box::new(SaveEnd {
        ticket: second.ticket,
        result: Ok((saved, Saved::default())),
    })));
    assert!(play.effects.is_empty() && !play.open().saving.is_due());
}

#[test]
fn locking_saves_what_no_running_save_holds() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc * d Ctrl-L");
    assert_eq!(play.asked(), ["save", "save", "conceal"]);
    let result = Err(Failure::new(Exit::Failed, "disk full"));
    play.send(Message::Saved(Box::new(SaveEnd { ticket: 1, result })));
    assert!(play.shows("! The last changes before the lock were NOT saved: disk full"));
}

#[test]
fn quitting_saves_what_no_running_save_holds() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc * d q");
    let Some(Effect::Save(last)) = play.effects.iter().rfind(|effect| matches!(effect, Effect::Save(_)))
    else {
        panic!("no save")
    };
    assert!(last.vault.entries().any(|entry| entry.title() == "Router" && !entry.is_live()));
    assert_eq!(play.asked(), ["save", "save", "quit"]);
}

#[test]
fn quitting_a_form_saves_what_no_running_save_holds() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc * * e").text("x").keys("Ctrl-C");
    assert!(play.shows("lose what was typed in the form"), "{}", play.screen());
    play.keys("y");
    assert_eq!(play.asked(), ["save", "save", "quit"]);
}

#[test]
fn a_save_from_before_the_lock_is_not_taken_for_one_of_now() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc * Ctrl-L");
    let Some(Effect::Save(old)) = play.effects.drain(..).find(|effect| matches!(effect, Effect::Save(_)))
    else {
        panic!("no save")
    };
    play.send(opened_message(demo::items()));
    play.text("router").keys("Esc *");
    play.send(Message::Saved(Box::new(SaveEnd {
        ticket: old.ticket,
        result: Ok((old.vault, Saved::default())),
    })));
    assert!(play.open().saving.running.is_some() && play.open().saving.is_due());
}

#[test]
fn a_disk_that_cannot_exchange_files_is_told_of_once() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc *");
    for is_told in [true, false] {
        let Some(Effect::Save(save)) = play.effects.pop() else { panic!("no save") };
        let saved = Saved { has_gap: true, ..Saved::default() };
        let result = Ok((Arc::clone(&save.vault), saved));
        play.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
        let notice = "Saved. Safe for one device at a time here";
        assert_eq!(play.notice() == notice, is_told, "{}", play.notice());
        play.keys("*");
    }
}

#[test]
fn what_another_program_changed_shows_up() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.text("router").keys("Esc *");
    let Some(Effect::Save(save)) = play.effects.pop() else { panic!("no save") };
    let mut vault = Vault::clone(&save.vault);
    save.session.edit(&mut vault, play.now, "", |edit| edit.add(&login("Router 2", "x", "y"))).unwrap();
    play.send(Message::Saved(Box::new(SaveEnd {
        ticket: save.ticket,
        result: Ok((Arc::new(vault), Saved { merged: true, ..Saved::default() })),
    })));
    assert!(play.shows("Router 2") && play.notice().contains("another program"));
    assert_eq!(play.chosen(), "Router/admin");
}

#[test]
fn copying_notes_the_day_without_a_step_to_undo() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Enter");
    let used = play.open().chosen().unwrap().last_used().unwrap();
    assert_eq!(used.to_string(), "2026-11-23T00:00:00Z");
    let edits = play.open().saving.edits;
    play.keys("Enter Esc z");
    assert_eq!((play.open().saving.edits, play.notice()), (edits, "There is nothing to undo"));
}

#[test]
fn a_value_of_the_history_is_brought_back() {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc H");
    assert!(play.shows("History of GitHub") && !play.shows("qX3!vT8"));
    play.keys("r");
    assert!(play.shows("qX3!vT8#nB5&yK1^"));
    play.keys("j");
    assert!(!play.shows("qX3!vT8"));
    play.keys("y");
    assert_eq!(play.copies, [("old password of GitHub, ada-m".to_owned(), "Spring2024!".to_owned())]);
    play.keys("R r");
    assert!(play.shows("Spring2024!") && play.model.layers.is_empty());
    play.keys("z r");
    assert!(play.shows("kV7#mQ2tLx9"));
}

#[test]
fn copies_beside_the_vault_are_told_of_and_merged_on_request() {
    for size in [(80, 24), (40, 20)] {
        let mut play = Play::locked(size);
        let (session, vault, catalog) = opened(demo::items());
        let keys = KeyNews::default();
        let news = Opened { session, vault, catalog, warning: None, conflicts: 2, keys, due: 0 };
        play.send(Message::Opened(Ok(Box::new(news))));
        assert!(play.shows("2 conflicting copies of this vault"), "{}", play.screen());
        assert!(play.notice().ends_with("M in the list merges them"), "{}", play.notice());
        play.saves = None;
        play.effects.clear();
        play.keys("Esc M");
        let Some(Effect::Save(save)) = play.effects.pop() else { panic!("no save") };
        assert!(save.copies);
        let result = Ok((Arc::clone(&save.vault), Saved { merged: true, ..Saved::default() }));
        play.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
        assert_eq!(play.notice(), "Merged what was new in the copies; each is a back-up now");
        play.keys("M");
        assert_eq!(play.notice(), "There is no copy to merge beside the vault");
        assert!(play.effects.is_empty() && !play.open().saving.is_due());
    }
    let mut play = Play::sample((80, 24));
    play.model.open_mut().unwrap().conflicts = 1;
    play.saves = Some(Ok(()));
    play.text("router").keys("Esc M");
    assert_eq!(play.notice(), "The copies are under another key: `tresor merge` asks for its password");
}
