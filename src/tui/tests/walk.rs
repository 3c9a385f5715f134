//! What was generated is never lost, and a password is changed in six keys: whatever ends it, the old one stays
//! current until the site has taken the new one.

use super::*;
use crate::tui::model::Layer;
use crate::vault::Entry;
use crate::vault::edit::Change;
use crate::vault::entry::Value;

const OLD: &str = "the old one";

/// One entry with an address and a password of two years and more ago, open in the list.
fn one(size: (u16, u16)) -> Play {
    let mut item = login("Shop", "ada", OLD);
    item.urls.push("https://shop.example.com/login".to_owned());
    item.modified = Timestamp::parse("2023-05-01T00:00:00Z");
    let mut play = Play::with(vec![item], size);
    play.keys("Esc");
    play
}

impl Play {
    fn password(&self) -> String {
        self.plain(|entry| entry.password())
    }

    fn pending(&self) -> String {
        self.plain(|entry| entry.pending_password())
    }

    fn plain(&self, value: impl for<'v> Fn(&Entry<'v>) -> Option<Value<'v>>) -> String {
        let open = self.open();
        let entry = open.vault.entries().next().unwrap();
        let secret = value(&entry).map(|value| open.session.reveal(value).unwrap());
        secret.map(|secret| secret.expose_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn generated(&self) -> Vec<String> {
        let open = self.open();
        let all = open.vault.generated();
        let plain = all.iter().map(|one| open.session.reveal(one.value).unwrap());
        plain.map(|secret| secret.expose_str().unwrap().to_owned()).collect()
    }

    /// Answers the save that waits.
    fn save_ends(&mut self, result: Result<(), &str>) {
        let at = self.effects.iter().position(|effect| matches!(effect, Effect::Save(_))).expect("no save");
        let Effect::Save(save) = self.effects.remove(at) else { unreachable!() };
        let result = match result {
            Ok(()) => Ok((Arc::clone(&save.vault), Saved::default())),
            Err(reason) => Err(Failure::new(Exit::Failed, reason)),
        };
        self.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
    }
}

#[test]
fn a_password_is_changed_in_six_keys() {
    let mut play = one((80, 24));
    play.keys("W");
    assert!(play.shows("Shop/ada") && play.shows("not changed since 2023-05-01"), "{}", play.screen());
    play.keys("Enter Enter");
    assert_eq!(play.pages, ["https://shop.example.com/.well-known/change-password"]);
    play.keys("Enter Enter");
    assert_eq!((play.password().as_str(), play.pending().len()), (OLD, 20));
    let new = play.pending();
    let copies: Vec<(&str, &str)> =
        play.copies.iter().map(|(what, value)| (what.as_str(), value.as_str())).collect();
    assert_eq!(copies, [("old password of Shop", OLD), ("new password of Shop", new.as_str())]);
    play.keys("y");
    assert_eq!((play.password(), play.pending()), (new.clone(), String::new()));
    assert_eq!(play.generated(), std::slice::from_ref(&new));
    assert!(play.shows("Looking at every password"), "{}", play.screen());
    play.keys("Esc z");
    assert_eq!((play.password(), play.pending()), (OLD.to_owned(), new), "one step");
}

#[test]
fn whatever_ends_it_the_old_one_stays_and_the_new_one_is_pending() {
    for end in ["n", "Esc", "q", "Ctrl-L"] {
        let mut play = one((80, 24));
        play.keys("w Enter Enter Enter").keys("c").keys(end);
        if end == "Ctrl-L" {
            assert!(play.model.open().is_none() && play.shows("Master password"));
            assert!(play.copies.iter().any(|(what, _)| what == "new password of Shop"));
            continue;
        }
        assert_eq!((play.password().as_str(), play.pending().len()), (OLD, 20), "{end}");
        assert_eq!(play.generated(), [play.pending()]);
        assert_eq!(play.copies.len(), 3, "copied twice when asked");
        assert!(play.shows("New, pending"), "shown on the entry: {}", play.screen());
        let pending = play.pending();
        play.keys("w y");
        assert_eq!((play.password(), play.pending()), (pending, String::new()), "a later yes is as good");
    }
}

#[test]
fn nothing_is_copied_or_shown_before_it_is_on_the_disk() {
    let mut play = one((80, 24));
    play.saves = None;
    play.keys("w Enter Enter");
    play.save_ends(Ok(())); // the day of use
    play.keys("Enter");
    let new = play.pending();
    assert!(!play.copies.iter().any(|(_, value)| *value == new), "not yet");
    play.keys("r c y Enter g");
    assert!(!play.shows(&new) && play.password() == OLD, "nothing is done to it meanwhile");
    play.save_ends(Err("the disk is full"));
    assert!(!play.copies.iter().any(|(_, value)| *value == new));
    assert!(play.notice().contains("not copied: the disk is full"), "{}", play.notice());
    play.keys("Enter");
    assert_eq!(play.pending(), new, "it is the same one that is tried again");
    play.save_ends(Ok(()));
    assert_eq!(play.copies.last().unwrap().1, new);
    play.keys("y");
    assert_eq!(play.password(), new);
}

#[test]
fn a_reminder_is_shown_on_the_entry() {
    let mut play = one((80, 24));
    assert!(!play.shows("a new password every"), "{}", play.screen());
    let words =
        [(180, "every 180 days; the next was due on 2023-10-28"), (3650, "the next is due on 2033-04-28")];
    for (days, words) in words {
        let open = play.model.open_mut().unwrap();
        let vault = Arc::make_mut(&mut open.vault);
        open.session.edit(vault, start(), "", |edit| edit.remind_everywhere(Some(days))).unwrap();
        assert!(play.resize(120, 24).shows(words), "{}", play.screen());
    }
}

#[test]
fn without_a_browser_the_address_is_copied() {
    let mut play = one((80, 24));
    play.model.settings.opens_pages = false;
    play.keys("w");
    assert!(play.shows("Copy https://shop.example.com"), "{}", play.screen());
    play.keys("Enter");
    assert!(play.pages.is_empty());
    assert_eq!(play.copies[0].1, "https://shop.example.com/.well-known/change-password");
    play.model.settings.opens_pages = true;
    play.keys("o O u p");
    assert_eq!(
        (play.pages.len(), play.copies[1].1.as_str(), play.copies[2].1.as_str()),
        (1, &*play.copies[0].1, "ada")
    );
    play.send(Message::PageOpened(Err(Failure::new(Exit::Failed, "cannot run xdg-open"))));
    assert_eq!(play.notice(), "Cannot run xdg-open. O copies the address");
}

#[test]
fn an_entry_without_address_or_password_has_fewer_steps() {
    let mut play = Play::with(vec![login("Bare", "", "")], (80, 24));
    play.keys("Esc w Enter");
    assert_eq!(play.pending().len(), 20, "the first step is the new one: {}", play.screen());
    play.keys("o p u y");
    assert_eq!(play.password(), play.generated()[0]);
    let mut play = Play::with(
        vec![Item { kind: "note".to_owned(), title: "A note".to_owned(), ..Item::default() }],
        (80, 24),
    );
    play.keys("Esc w");
    assert_eq!(play.notice(), "A note: the entry has no password to change");
    assert!(play.model.layers.is_empty());
}

#[test]
fn another_one_and_a_dropped_one_stay_among_the_generated() {
    let mut play = one((80, 24));
    play.keys("w Enter Enter Enter");
    let first = play.pending();
    play.keys("g");
    let second = play.pending();
    assert_ne!(first, second);
    play.keys("x");
    assert_eq!((play.password().as_str(), play.pending().as_str()), (OLD, ""));
    let mut kept = play.generated();
    kept.sort();
    let mut both = vec![first, second.clone()];
    both.sort();
    assert_eq!(kept, both);
    play.keys("z");
    assert_eq!(play.pending(), second, "dropping it is a step too");
}

#[test]
fn what_another_device_made_pending_does_not_become_what_the_yes_is_about() {
    let mut play = one((80, 24));
    play.keys("w Enter Enter Enter");
    let mine = play.pending();
    let open = play.model.open_mut().unwrap();
    let id = open.vault.entries().next().unwrap().id();
    let theirs = Change::PendingPassword(Some(Secret::copy_of(b"theirs")));
    open.session.edit(Arc::make_mut(&mut open.vault), start(), "", |edit| edit.change(id, theirs)).unwrap();
    play.keys("y");
    assert_eq!((play.password(), play.pending()), (mine, "theirs".to_owned()));
}

#[test]
fn an_entry_that_is_deleted_meanwhile_ends_it() {
    let mut play = one((80, 24));
    play.keys("w Enter Enter Enter");
    let made = play.pending();
    let open = play.model.open_mut().unwrap();
    let id = open.vault.entries().next().unwrap().id();
    open.session.edit(Arc::make_mut(&mut open.vault), start(), "", |edit| edit.purge(id)).unwrap();
    play.send(Message::Tick);
    assert!(play.model.layers.is_empty() && play.notice().contains("deleted meanwhile"), "{}", play.notice());
    assert_eq!(play.generated(), [made]);
}

#[test]
fn the_list_goes_on_with_the_next_one_and_leaves_out_what_is_skipped() {
    let items = ["A", "B", "C"].map(|title| {
        let modified = Timestamp::parse("2020-01-01T00:00:00Z");
        Item { modified, ..login(title, "", OLD) }
    });
    let mut play = Play::with(items.into(), (80, 24));
    play.keys("Esc W j");
    let titles = |play: &Play| {
        let Some(Layer::WorkList(list)) = play.model.layers.last() else { panic!("no list") };
        let title = |id| play.open().vault.entry(id).unwrap().title().to_owned();
        (list.tasks.iter().map(|task| title(task.id)).collect::<Vec<_>>(), list.chosen)
    };
    let (before, _) = titles(&play);
    play.keys("Enter Enter Enter y");
    let (after, chosen) = titles(&play);
    assert_eq!((after.len(), &after[chosen]), (2, &before[2]));
    play.keys("s");
    assert_eq!(titles(&play), (vec![before[0].clone()], 0));
    play.keys("Enter Enter Enter n");
    assert_eq!(titles(&play).0, [before[0].clone()], "no: it stays");
    assert!(play.shows("a new password is pending"), "{}", play.screen());
}

#[test]
fn the_list_takes_what_an_audit_finds_and_asks_again_after_a_change() {
    let items = [
        ("Good", "xK9#mQ2vL8pW"),
        ("Weak", "sunshine"),
        ("A", "Zwiebel%fisch-17"),
        ("B", "Zwiebel%fisch-17"),
    ];
    let items = items.map(|(title, password)| {
        let modified = Timestamp::parse("2026-11-01T00:00:00Z");
        Item { modified, ..login(title, "", password) }
    });
    let mut play = Play::with(items.into(), (100, 24));
    play.keys("Esc W");
    assert!(play.shows("Looking at every password"), "{}", play.screen());
    play.answer_audit();
    assert!(play.shows("> Weak") && play.shows("same password as B"), "{}", play.screen());
    assert!(!play.shows("Good") && !play.shows("sunshine"), "{}", play.screen());
    play.wait(1);
    play.keys("j Enter Enter Enter y");
    let job = play.effects.iter().find_map(|effect| match effect {
        Effect::Audit(job) => Some(Arc::clone(&job.stop)),
        _ => None,
    });
    assert!(
        play.shows("so far") && !play.shows("same password as B"),
        "its password is new: {}",
        play.screen()
    );
    play.answer_audit();
    assert!(play.shows("Weak") && !play.shows("same password as"), "{}", play.screen());
    play.keys("Esc W Esc");
    assert!(job.is_some() && play.model.layers.is_empty());
    let Some(Effect::Audit(job)) = play.effects.pop() else { panic!("no audit") };
    assert!(job.stop.load(std::sync::atomic::Ordering::Relaxed), "nobody waits for it");
    play.keys("W").send(Message::Audited { ticket: 0, result: Ok(None) });
    let Some(Effect::Audit(job)) = play.effects.pop() else { panic!("no audit") };
    play.send(Message::Audited {
        ticket: job.ticket,
        result: Err(Failure::new(Exit::Failed, "the list is cut")),
    });
    assert!(play.notice().contains("not listed: the list is cut"), "{}", play.notice());
}

impl Play {
    /// Runs the audit that was asked for last.
    fn answer_audit(&mut self) {
        let at =
            self.effects.iter().rposition(|effect| matches!(effect, Effect::Audit(_))).expect("no audit");
        let Effect::Audit(job) = self.effects.remove(at) else { unreachable!() };
        let terms = crate::audit::Terms::new(self.now, Some(730));
        let audit = job.session.audit(&job.vault, &terms, None, &mut |_, _| true).unwrap();
        self.send(Message::Audited { ticket: job.ticket, result: Ok(audit) });
    }
}

#[test]
fn reminders_are_said_once_when_it_opens() {
    let mut play = Play::locked((80, 24));
    play.text("secret").keys("Enter");
    play.effects.clear();
    let mut opened = opened_message(demo::items());
    if let Message::Opened(Ok(opened)) = &mut opened {
        opened.due = 3;
    }
    play.send(opened);
    assert_eq!(play.notice(), "3 passwords are due: W in the list shows them");
    play.wait(10);
    assert_eq!(play.notice(), "");
}

#[test]
fn what_is_generated_is_kept_before_it_is_shown() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.keys("Ctrl-G");
    let made = play.generated()[0].clone();
    assert!(!play.shows(&made), "{}", play.screen());
    play.keys("+ + r");
    assert_eq!(play.generated().len(), 1, "one at a time");
    play.save_ends(Ok(()));
    assert!(play.shows(&made), "{}", play.screen());
    let next = play.generated()[0].clone();
    assert_eq!((play.generated().len(), next.len()), (2, 22), "as the recipe is now");
    play.save_ends(Err("the disk is full"));
    assert!(
        play.shows(&next) && play.shows("! NOT kept in the vault: the disk is full"),
        "{}",
        play.screen()
    );
    play.keys("Esc");
    assert_eq!(play.generated().len(), 2, "kept although nothing was done with them");
}

#[test]
fn enter_may_come_before_it_is_kept() {
    let mut play = Play::sample((80, 24));
    play.saves = None;
    play.keys("Ctrl-G Enter");
    assert!(play.copies.is_empty());
    play.save_ends(Ok(()));
    assert_eq!(play.copies[0].1, play.generated()[0]);
    assert!(play.model.layers.is_empty());
}

#[test]
fn what_was_made_for_a_form_outlives_its_cancelling() {
    let mut play = one((80, 24));
    play.keys("e Tab Tab Ctrl-G Enter Esc y");
    assert!(play.model.layers.is_empty() && play.password() == OLD);
    let open = play.open();
    let all = open.vault.generated();
    assert_eq!((all[0].made_for, all[0].entry, all[0].is_used), ("Shop/ada", open.chosen_id(), false));
    play.keys("e Tab Tab Ctrl-G Enter Ctrl-S");
    let used = play.open().vault.generated().iter().find(|one| one.is_used).map(|one| one.id).unwrap();
    let value = play.open().vault.generated_one(used).unwrap().value;
    assert_eq!(play.open().session.reveal(value).unwrap().expose_str(), Some(play.password().as_str()));
}

#[test]
fn generated_passwords_are_shown_copied_and_deleted() {
    let mut play = one((80, 24));
    play.keys("Ctrl-G r H");
    assert!(play.shows("Generated passwords") && play.shows("2026-11-23 12:00"), "{}", play.screen());
    let all = play.generated();
    assert!(all.iter().all(|one| !play.shows(one)));
    play.keys("r");
    assert!(play.shows(&all[0]), "{}", play.screen());
    play.wait(11);
    assert!(!play.shows(&all[0]));
    play.keys("j Enter");
    assert_eq!(play.copies[0].1, all[1]);
    play.keys("d n");
    assert_eq!(play.generated().len(), 2);
    play.keys("d y");
    assert_eq!(play.generated(), [all[0].clone()]);
    play.keys("D y");
    assert!(play.generated().is_empty() && play.shows("Nothing was generated"), "{}", play.screen());
}

#[test]
fn screens_of_a_change() {
    for size in [(40, 12), (80, 24)] {
        let mut play = one(size);
        play.keys("W");
        let mut screens = play.screen();
        play.keys("Enter");
        screens += &play.screen();
        play.keys("Enter Enter Enter");
        let new = play.pending();
        screens += &play.screen().replace(&new, "********************");
        insta::assert_snapshot!(format!("change_{}", size.0), screens);
        play.resize(20, 5).resize(10, 1).resize(80, 24);
        play.keys("y");
        assert_eq!(play.password(), new);
    }
}
