//! The audit on the screen.

use super::*;
use crate::audit::Terms;
use crate::tui::effect::AuditJob;
use crate::tui::model::open::Focus;
use crate::tui::model::{Layer, health::State};

fn items() -> Vec<Item> {
    let mut forum = login("Forum", "", "Zwiebel%fisch-17-sentinel");
    forum.urls = vec!["http://forum.example.com/login".to_owned()];
    vec![
        login("Good", "octavia", "xK9#mQ2vL8pW-sentinel"),
        login("Weak", "ada", "sentinel"),
        forum,
        login("Shop", "ada", "Zwiebel%fisch-17-sentinel"),
    ]
}

/// A vault with findings, the audit asked for.
fn asked(size: (u16, u16)) -> (Play, AuditJob) {
    let mut play = Play::with(items(), size);
    play.keys("Esc A");
    let job = play.effects.iter().position(|effect| matches!(effect, Effect::Audit(_)));
    let Effect::Audit(job) = play.effects.remove(job.unwrap()) else { unreachable!() };
    (play, job)
}

/// The same, done.
fn audited(size: (u16, u16)) -> Play {
    let (mut play, job) = asked(size);
    let terms = Terms::new(play.now, Some(730));
    let audit = job.session.audit(&job.vault, &terms, None, &mut |_, _| true).unwrap();
    play.send(Message::Audited { ticket: job.ticket, result: Ok(audit) });
    play
}

#[test]
fn progress_then_findings_the_worst_first() {
    let (mut play, job) = asked((80, 24));
    assert!(play.shows("Looking at every entry") && play.shows("0 %"));
    play.send(Message::AuditProgressed { ticket: job.ticket, done: 2, of: 4 });
    assert!(play.shows("50 %"));
    let play = audited((80, 24));
    insta::assert_snapshot!(play.screen());
    assert!(!play.shows("sentinel"));
}

#[test]
fn forty_columns_and_no_colour_and_little_room() {
    let play = audited((40, 24));
    insta::assert_snapshot!(play.screen());
    for size in [(20, 5), (24, 8), (30, 9), (40, 12), (60, 10), (140, 50)] {
        let mut play = audited(size);
        play.keys("j j j j j").keys("i");
        play.screen();
        play.keys("Esc G k");
        assert!(play.shows(">") || size.0 <= 24 || size.1 <= 9, "{size:?}\n{}", play.screen());
    }
    let mut play = audited((80, 24));
    play.model.theme = Theme::of(Colours::None, Charset::Ascii);
    assert!(play.shows("####") && play.shows("> weak"), "{}", play.screen());
}

#[test]
fn enter_goes_to_the_entry_whatever_was_filtered() {
    let mut play = Play::with(items(), (80, 24));
    play.text("good").keys("Esc A");
    let Some(Effect::Audit(job)) = play.effects.pop() else { panic!("no audit") };
    let audit = job.session.audit(&job.vault, &Terms::new(play.now, None), None, &mut |_, _| true).unwrap();
    play.send(Message::Audited { ticket: job.ticket, result: Ok(audit) });
    play.keys("j Enter");
    assert!(play.model.layers.is_empty());
    assert_eq!((play.chosen().as_str(), play.open().focus), ("Forum/", Focus::Detail));
    play.keys("Esc A Esc");
    assert!(play.model.layers.is_empty());
}

#[test]
fn a_finding_is_ignored_for_a_reason_and_counts_again() {
    let mut play = audited((80, 24));
    play.keys("i");
    assert!(play.shows("Why is it to be ignored?"));
    play.keys("Enter");
    assert!(play.notice().contains("Say why"));
    // Letters are the reason, and do nothing else.
    play.text("qij, the door").keys("Enter");
    assert_eq!(play.notice(), "weak: Weak/ada is ignored");
    assert_eq!(
        play.open().vault.entries().flat_map(|entry| entry.exceptions()).next(),
        Some(("weak", "qij, the door"))
    );
    play.keys("G");
    assert!(play.shows("Ignored: qij, the door"), "{}", play.screen());
    play.keys("i");
    assert_eq!(play.notice(), "weak: Weak/ada counts again");
    assert!(play.open().vault.entries().all(|entry| entry.exceptions().is_empty()));
    play.keys("i").text("half").keys("Esc");
    assert!(!play.shows("Why is it") && !play.model.layers.is_empty());
    play.keys("q z");
    assert_eq!(play.open().vault.entries().flat_map(|entry| entry.exceptions()).count(), 1, "undone");
}

#[test]
fn a_lock_stops_it_and_drops_everything() {
    let (mut play, job) = asked((80, 24));
    play.keys("Ctrl-L");
    assert!(play.model.open().is_none() && play.model.layers.is_empty());
    assert!(job.stop.load(std::sync::atomic::Ordering::Relaxed));
    assert_eq!(Arc::strong_count(&job.vault), 1, "the job has the only one");
    let audit = job.session.audit(&job.vault, &Terms::new(play.now, None), None, &mut |_, _| true).unwrap();
    play.send(Message::Audited { ticket: job.ticket, result: Ok(audit) });
    assert!(play.model.layers.is_empty() && !play.shows("weak") && !play.shows("Shop"));
    // Closed by a key, it stops as well; what comes late goes nowhere.
    let (mut play, job) = asked((80, 24));
    play.keys("Esc");
    assert!(job.stop.load(std::sync::atomic::Ordering::Relaxed));
    play.keys("A");
    play.send(Message::Audited { ticket: job.ticket, result: Ok(Some(crate::audit::Audit::default())) });
    let Some(Layer::Health(health)) = play.model.layers.last() else { panic!("no audit") };
    assert!(matches!(health.state, State::Running(..)));
}

#[test]
fn what_failed_is_told() {
    let (mut play, job) = asked((80, 24));
    let failure = Failure::new(Exit::Failed, "pwned.txt: the file is empty");
    play.send(Message::Audited { ticket: job.ticket, result: Err(failure) });
    assert!(play.shows("! Pwned.txt: the file is empty"));
    play.keys("j i Enter G Esc");
    assert!(play.model.layers.is_empty());
}

#[test]
fn an_empty_vault_and_a_good_one() {
    for items in [Vec::new(), vec![login("Good", "", "xK9#mQ2vL8pW-sentinel")]] {
        let mut play = Play::with(items, (80, 24));
        play.keys("Esc A");
        let Some(Effect::Audit(job)) = play.effects.pop() else { panic!("no audit") };
        let audit =
            job.session.audit(&job.vault, &Terms::new(play.now, None), None, &mut |_, _| true).unwrap();
        play.send(Message::Audited { ticket: job.ticket, result: Ok(audit) });
        assert!(play.shows("100 of 100") && play.shows("Nothing is wrong."));
        play.keys("i Enter j G");
        assert!(play.shows("Nothing is wrong."));
    }
}
