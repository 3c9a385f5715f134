//! Several accounts at one site, and what helps who forgot a password.

use super::*;
use crate::account::backup_codes;
use crate::vault::Id;
use crate::vault::edit::Change;
use crate::vault::entry::State;
use crate::vault::kinds::FieldKind;

fn several() -> Vec<Item> {
    let mut items = vec![
        login("GitHub", "anna.maria.long.name@example.com", "1"),
        login("GitHub", "anna.maria.long.name@example.org", "2"),
        login("github", "ben", "3"),
        login("Bank", "anna", "4"),
    ];
    for item in &mut items {
        item.urls.push("https://github.com/login".to_owned());
    }
    items
}

#[test]
fn accounts_with_one_title_are_told_apart_on_every_screen() {
    for size in [(20, 5), (24, 8), (40, 12), (60, 14), (80, 24), (132, 43)] {
        let mut play = Play::with(several(), size);
        play.keys("Esc G");
        let screen = play.screen();
        let list =
            |line: &str| line.split('│').next().unwrap().trim_start_matches(['>', ' ']).trim_end().to_owned();
        let rows: Vec<String> =
            screen.lines().map(list).filter(|line| line.starts_with(['g', 'G'])).collect();
        let different: std::collections::BTreeSet<&String> = rows.iter().collect();
        assert!(
            rows.len() >= 3.min(usize::from(size.1) - 3) && different.len() == rows.len(),
            "{size:?}\n{screen}"
        );
    }
}

/// A shop with everything, the mailbox and the account that it may sign in with.
fn shop() -> Vec<Item> {
    let mut shop = login("Shop", "anna", "now");
    shop.urls.push("https://shop.example/login".to_owned());
    shop.push_field("Recovery e-mail", FieldKind::Text, "anna@post.example");
    shop.push_field("Recovery phone", FieldKind::Text, "+49 30 1234");
    shop.push_field("First pet?", FieldKind::Question, "Rex 7");
    for (number, code) in ["aaaa-1111", "bbbb-2222", "cccc-3333"].into_iter().enumerate() {
        shop.push_field(&backup_codes::label(number + 1), FieldKind::Hidden, code);
    }
    let time = Timestamp::parse("2020-01-01T00:00:00Z").unwrap();
    let value = Secret::copy_of(b"0lder-pw");
    shop.history.push(crate::vault::item::PastValue { field: "password".to_owned(), value, time });
    let mut mail = login("Webmail", "anna@post.example", "mailpw");
    mail.urls.push("https://webmail.post.example".to_owned());
    let bare = Item { title: "Forum".to_owned(), ..Item::default() };
    vec![shop, mail, bare]
}

fn id_of(play: &Play, title: &str) -> Id {
    play.open().vault.entries().find(|entry| entry.title() == title).unwrap().id()
}

/// Has an entry sign in with another one.
fn link(play: &mut Play, from: &str, to: &str) {
    let (from, to) = (id_of(play, from), id_of(play, to));
    change(play, from, Change::SignsInWith(Some(to)));
}

fn change(play: &mut Play, id: Id, change: Change) {
    let now = play.now;
    let open = play.model.open_mut().unwrap();
    let vault = Arc::make_mut(&mut open.vault);
    open.session.edit(vault, now, "", |edit| edit.change(id, change)).unwrap();
    open.list(Facet::All);
}

#[test]
fn the_page_has_everything_and_shows_one_secret_at_a_time() {
    let mut play = Play::with(shop(), (100, 40));
    play.text("shop").keys("Esc F");
    for words in [
        "I forgot",
        "Shop, anna",
        "https://shop.example/login",
        "anna@post.example",
        "Webmail, anna@post.example",
        "+49 30 1234",
        "3 of 3 left",
        "First pet?",
        "Password of 2020-01-01",
        "What to do",
        "your mailbox is the entry",
    ] {
        assert!(play.shows(words), "{words}\n{}", play.screen());
    }
    for secret in ["Rex 7", "0lder-pw", "now", "aaaa"] {
        assert!(!play.screen().split_whitespace().any(|word| word == secret), "{secret}\n{}", play.screen());
    }
    // To the answer: title, site, user, e-mail, mailbox, phone, codes, answer.
    play.keys("j j j j j j j r");
    assert!(
        play.shows("Rex 7") && play.shows("capital Romeo  Echo  X-ray  space  seven"),
        "{}",
        play.screen()
    );
    play.keys("j");
    assert!(!play.shows("Rex 7"), "going on masks it");
    play.keys("r");
    assert!(play.shows("0lder-pw") && !play.shows("Rex 7"));
    play.wait(10);
    assert!(!play.shows("hyphen"), "masked after its time");
    play.keys("Enter");
    assert_eq!(play.copies, [("Password of 2020-01-01 of Shop, anna".to_owned(), "0lder-pw".to_owned())]);
    play.keys("r Esc");
    assert!(play.model.layers.is_empty() && play.open().revealed.is_none());
}

#[test]
fn the_page_leads_to_the_mailbox_and_back() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("sho").keys("Esc F j j j j Enter");
    assert_eq!((play.chosen().as_str(), play.model.layers.len()), ("Webmail/anna@post.example", 0));
    play.keys("Esc");
    assert_eq!((play.chosen().as_str(), play.open().query.text()), ("Shop/anna", "sho"));
    play.keys("Esc");
    assert_eq!(play.open().query.text(), "", "the way back is gone, and Esc clears the search");
}

#[test]
fn an_entry_without_anything_says_what_would_help() {
    for size in [(20, 5), (40, 12), (80, 24)] {
        let mut play = Play::with(shop(), size);
        play.text("forum").keys("Esc F");
        play.keys("G");
        for _ in 0..6 {
            play.screen();
            play.keys("k");
        }
        play.keys("g g");
        if size.0 >= 40 {
            assert!(
                play.shows("Nothing is written down") && play.shows("Forgot password?"),
                "{}",
                play.screen()
            );
        }
        play.keys("e");
        assert!(matches!(play.model.layers.last(), Some(super::super::model::Layer::Form(_))));
    }
}

#[test]
fn signing_in_with_another_is_followed_by_one_key_and_back() {
    let mut play = Play::with(shop(), (100, 24));
    link(&mut play, "Forum", "Webmail");
    play.text("forum").keys("Esc");
    assert!(play.shows("Signs in with") && play.shows("Webmail, anna@post.example"), "{}", play.screen());
    play.keys("y");
    assert_eq!(play.notice(), "Forum signs in with Webmail, anna@post.example; J goes there");
    assert!(play.copies.is_empty());
    play.keys("J");
    assert_eq!(play.chosen(), "Webmail/anna@post.example");
    play.keys("J");
    assert_eq!((play.chosen().as_str(), play.open().query.text()), ("Forum/", "forum"));
    play.keys("Enter Enter");
    assert_eq!(play.chosen(), "Webmail/anna@post.example", "in the fields Enter follows it");
    play.keys("Esc");
    assert_eq!(play.chosen(), "Forum/");
    play.keys("F");
    assert!(play.shows("Sign in with Webmail, anna@post.example"), "{}", play.screen());
}

#[test]
fn sign_ins_that_lead_nowhere_are_told() {
    let mut play = Play::with(shop(), (150, 24));
    link(&mut play, "Forum", "Webmail");
    link(&mut play, "Webmail", "Forum");
    play.text("forum").keys("Esc");
    assert!(play.shows("round in a circle"), "{}", play.screen());
    play.keys("J J J J J F Esc");
    let webmail = id_of(&play, "Webmail");
    change(&mut play, webmail, Change::State(State::Trash));
    play.keys("/ Ctrl-U").text("forum").keys("Esc");
    assert!(play.shows("(! in the trash)"), "{}", play.screen());
    play.keys("J");
    assert_eq!(play.chosen(), "Webmail/anna@post.example", "also in the trash");
    play.keys("Esc");
    assert_eq!(play.chosen(), "Forum/");
    // Purged on another device, and merged.
    change(&mut play, webmail, Change::State(State::Gone));
    play.keys("J");
    assert_eq!(
        (play.chosen().as_str(), play.notice()),
        ("Forum/", "The entry it signs in with was deleted for good.")
    );
    play.keys("F");
    assert!(play.shows("deleted for good"), "{}", play.screen());
    play.keys("Esc K Esc").text("").keys("J");
}

#[test]
fn codes_are_given_once_saved_and_ticked_off() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("shop").keys("Esc");
    assert!(play.shows("Back-up codes") && play.shows("3 of 3 left") && !play.shows("Back-up code 1"));
    play.saves = None;
    play.keys("b Enter");
    assert!(play.copies.is_empty(), "not before it is on the disk");
    assert!(play.shows("2 of 3 left") && play.shows("used"), "{}", play.screen());
    let Some(Effect::Save(save)) = play.effects.pop() else { panic!() };
    let result = Ok((Arc::clone(&save.vault), Saved::default()));
    play.saves = Some(Ok(()));
    play.send(Message::Saved(Box::new(SaveEnd { ticket: save.ticket, result })));
    assert_eq!(play.copies, [("back-up code 1 of Shop, anna".to_owned(), "aaaa-1111".to_owned())]);
    play.keys("Enter");
    assert_eq!(play.copies[1].1, "bbbb-2222", "the next one that is left");
    play.keys("k Enter");
    assert_eq!((play.copies.len(), play.notice()), (2, "Back-up code 2 is used; Space takes that back"));
    assert!(play.shows("1 of 3 left: make new ones"));
    play.keys("Space");
    assert_eq!(play.notice(), "Back-up code 2 not used: 2 of 3 left");
    play.keys("r");
    assert!(play.shows("bbbb-2222"));
    play.keys("j");
    assert!(!play.shows("bbbb-2222"));
    play.keys("Esc z z");
    assert_eq!(play.notice(), "Undid: back-up code 2 of Shop used");
}

#[test]
fn a_failed_save_gives_no_code() {
    let mut play = Play::with(shop(), (80, 24));
    play.saves = Some(Err("the disk is full".to_owned()));
    play.text("shop").keys("Esc b Enter");
    assert!(play.copies.is_empty() && play.notice().contains("NOT saved"), "{}", play.notice());
}

#[test]
fn a_block_of_codes_is_pasted_at_once() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("forum").keys("Esc b");
    assert!(play.shows("There are none yet"));
    play.keys("a")
        .paste("Your codes, keep them:\n1. 1111 2222   3. 5555 6666\n2. 3333 4444   4. 7777 8888\n");
    assert!(play.shows("4 codes; no code in 1 line") && play.shows("5555 6666"), "{}", play.screen());
    play.wait(10);
    assert!(!play.shows("5555"), "masked after its time");
    play.keys("Esc");
    assert!(play.shows("lose what was pasted?"));
    play.keys("n Ctrl-S");
    assert!(play.shows("4 of 4 left") && play.notice().starts_with("Added 4"), "{}", play.screen());
    play.keys("a").paste("1111 2222\n").keys("Ctrl-S");
    assert_eq!(play.notice(), "These are there already");
    play.keys("Tab").paste("9999 0000\n").keys("Ctrl-S");
    assert!(play.shows("2 of 2 left"), "{}", play.screen());
    play.keys("Esc");
    let entry = play.open().chosen().unwrap();
    assert_eq!(backup_codes::tally(&entry).total, 2);
    play.keys("e");
    assert!(!play.shows("Back-up"), "they are no lines of the form");
    play.keys("Esc z z");
    assert_eq!(backup_codes::tally(&play.open().chosen().unwrap()).total, 0);
}

#[test]
fn a_thousand_codes_do_no_harm() {
    let mut play = Play::with(shop(), (40, 12));
    let many: String = (0..1000).map(|number| format!("{number}. {:08}\n", number * 7919)).collect();
    play.text("forum").keys("Esc b a").paste(&many).keys("Ctrl-S");
    assert!(play.shows("1000 of 1000 left"), "{}", play.screen());
    play.keys("G r k Space Esc Enter j F Esc");
    play.keys("b a").paste("12345678\n").keys("Ctrl-S");
    assert_eq!(play.notice(), "An entry holds at most 1000 back-up codes");
}

#[test]
fn the_form_sets_whom_an_entry_signs_in_with() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("forum").keys("Esc e Ctrl-N").text("signs").keys("Enter").text("webm").keys("Enter");
    assert!(play.shows("Webmail, anna@post.example"), "{}", play.screen());
    play.keys("Ctrl-S");
    assert_eq!(play.notice(), "Changed: sign-in of Forum");
    assert_eq!(play.open().chosen().unwrap().signs_in_with(), Some(id_of(&play, "Webmail")));
    // Typing on the line chooses anew; what signs in with this entry is not offered.
    link(&mut play, "Shop", "Forum");
    play.keys("e Tab Tab Tab Tab Tab").text("s");
    assert!(play.shows("Signs in with") && !play.shows("Shop, anna"), "{}", play.screen());
    play.keys("Esc Ctrl-X Ctrl-S");
    assert_eq!(play.open().chosen().unwrap().signs_in_with(), None);
    play.keys("z");
    assert_eq!(play.notice(), "Undid: sign-in of Forum");
}

#[test]
fn the_form_takes_recovery_data_and_makes_up_answers() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("forum").keys("Esc e Ctrl-N").text("recovery e").keys("Enter");
    play.text("me@post.example")
        .keys("Ctrl-N")
        .text("question")
        .keys("Enter")
        .text("Pet?")
        .keys("Tab Ctrl-G");
    assert!(play.shows("words") && play.shows("52 bits"), "{}", play.screen());
    play.keys("Enter Ctrl-S");
    let entry = play.open().chosen().unwrap();
    let fields = entry.fields();
    assert_eq!(
        (fields[0].label, fields[1].label, fields[1].kind),
        ("Recovery e-mail", "Pet?", FieldKind::Question)
    );
    let answer = play.open().session.reveal(fields[1].value).unwrap();
    assert_eq!(answer.expose_str().unwrap().split(' ').count(), 4);
    play.keys("F");
    assert!(play.shows("Recovery e-mail") && play.shows("Pet?"));
}

#[test]
fn the_kind_of_an_entry_is_changed_in_the_form() {
    let mut play = Play::with(shop(), (80, 24));
    play.text("shop").keys("Esc e Ctrl-N").text("kind").keys("Enter").text("server").keys("Enter");
    assert!(play.shows("Hostname") && play.shows("https://shop.example/login"), "{}", play.screen());
    play.keys("Ctrl-S");
    assert_eq!(play.notice(), "Changed: kind of Shop");
    let entry = play.open().chosen().unwrap();
    assert_eq!((entry.kind_name(), entry.urls().len(), entry.fields().len()), ("server", 1, 6));
    play.keys("z");
    assert_eq!(play.open().chosen().unwrap().kind_name(), "login");
}

fn hostile_item(hostile: &str) -> Item {
    let mut item = login(hostile, hostile, "pw");
    item.push_field(hostile, FieldKind::Question, hostile);
    item.push_field("Recovery e-mail", FieldKind::Text, &format!("{hostile}@post.example"));
    item.push_field("Back-up code 1", FieldKind::Hidden, hostile);
    item
}

#[test]
fn hostile_questions_drive_nothing_and_small_screens_hold() {
    let hostile = "q\u{1b}]0;pwn\u{7}\u{202e}x\u{9b}2J";
    for size in [(1, 1), (19, 4), (20, 5), (40, 12), (80, 24), (200, 60)] {
        let mut play = Play::with(vec![hostile_item(hostile)], size);
        play.keys("Esc F");
        for _ in 0..14 {
            play.keys("r");
            let screen = play.screen();
            assert_eq!(crate::printable::lines(&screen), screen, "{size:?}");
            play.keys("j");
        }
        play.keys("b r");
        let screen = play.screen();
        assert_eq!(crate::printable::lines(&screen), screen, "{size:?}");
        play.keys("a").paste(hostile).keys("Ctrl-S");
        let screen = play.screen();
        assert_eq!(crate::printable::lines(&screen), screen, "{size:?}");
    }
}

#[test]
fn locking_closes_all_of_it() {
    for keys in ["F r", "b r", "b a"] {
        let mut play = Play::with(shop(), (80, 24));
        play.text("shop").keys("Esc").keys(keys).keys("Ctrl-L");
        assert!(play.model.layers.is_empty() && play.model.open().is_none());
    }
}

fn screens(items: fn() -> Vec<Item>, keys: &str) -> String {
    let mut text = String::new();
    for (columns, rows) in [(20, 5), (40, 12), (80, 24)] {
        let mut play = Play::with(items(), (columns, rows));
        play.text("shop").keys("Esc").keys(keys);
        text += &format!("== {columns}x{rows}\n{}", play.screen());
    }
    text
}

#[test]
fn as_they_are_drawn() {
    insta::assert_snapshot!(screens(shop, "F"));
    insta::assert_snapshot!(screens(shop, "F j j j j j j j r"));
    insta::assert_snapshot!(screens(shop, "b Space"));
    insta::assert_snapshot!(screens(several, "/ Ctrl-U Esc"));
}
