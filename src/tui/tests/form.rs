//! Adding and editing, with the generator at hand, and the first start.

use super::super::model::entrance::KitAnswer;
use super::*;
use crate::format::RecoveryCode;
use crate::vault::entry::Value;
use crate::vault::kinds::FieldKind;

fn secret(play: &Play, value: Option<Value<'_>>) -> String {
    let Some(value) = value else { return String::new() };
    play.open().session.reveal(value).unwrap().expose_str().unwrap().to_owned()
}

#[test]
fn an_entry_is_added_with_a_generated_password() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc a").text("login").keys("Enter");
    play.text("New site").keys("Tab").text("me").keys("Tab Ctrl-G");
    assert!(play.shows("122 bits"));
    play.keys("Enter");
    assert!(play.model.layers.len() == 1);
    play.keys("Tab").text("https://new.example");
    play.keys("Ctrl-S");
    assert_eq!((play.notice(), play.chosen().as_str()), ("Added: New site", "New site/me"));
    let entry = play.open().chosen().unwrap();
    assert_eq!(entry.urls(), ["https://new.example"]);
    assert_eq!(secret(&play, entry.password()).len(), 20);
    play.keys("z");
    assert_eq!(play.notice(), "Undid: new entry New site");
}

#[test]
fn an_added_entry_is_chosen_though_the_search_would_not_find_it() {
    // Ids are random: sooner or later it takes the place of the one that was found.
    for _ in 0..40 {
        let mut play = Play::sample((80, 24));
        play.text("router").keys("Esc a").text("login").keys("Enter");
        play.text("Elsewhere").keys("Ctrl-S");
        assert_eq!(play.chosen(), "Elsewhere/");
    }
}

#[test]
fn a_password_typed_in_the_form_is_masked() {
    let mut play = Play::sample((80, 24));
    play.text("ada-m").keys("Esc e Tab Tab");
    assert!(!play.shows("kV7#"));
    play.keys("Ctrl-U").text("typed-in-secret");
    assert!(!play.shows("typed"));
    play.keys("Ctrl-R");
    assert!(play.shows("typed-in-secret"));
    play.wait(10);
    assert!(!play.shows("typed"));
    play.keys("Ctrl-R Tab");
    assert!(!play.shows("typed"), "leaving the field masks it");
    play.keys("Ctrl-S");
    assert_eq!(play.notice(), "Changed: password of GitHub");
    let entry = play.open().chosen().unwrap();
    assert_eq!(secret(&play, entry.password()), "typed-in-secret");
    assert_eq!(entry.history().len(), 3);
}

#[test]
fn saving_what_was_not_changed_changes_nothing() {
    for title in ["ada-m", "credit", "alarm", "passport", "orders", "wi-fi", "nas", "bücher"] {
        let mut play = Play::sample((80, 24));
        play.text(title).keys("Esc e Ctrl-S");
        assert_eq!(play.open().saving.edits, 0, "{title}");
        play.keys("e Esc");
        assert!(play.model.layers.is_empty(), "{title}: not dirty");
    }
}

#[test]
fn custom_fields_are_added_renamed_and_removed() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Esc e Ctrl-N").text("hidden").keys("Enter");
    play.text("PIN").keys("Tab").text("0007").keys("Ctrl-S");
    let fields = play.open().chosen().unwrap().fields();
    assert_eq!((fields[0].label, fields[0].kind), ("PIN", FieldKind::Hidden));
    assert_eq!(secret(&play, Some(fields[0].value)), "0007");
    assert!(!play.shows("0007"));
    play.keys("e").keys("Tab Tab Tab Tab Tab Ctrl-U").text("Door").keys("Ctrl-S");
    assert_eq!(play.open().chosen().unwrap().fields()[0].label, "Door");
    play.keys("e").keys("Tab Tab Tab Tab Tab Tab Ctrl-X Ctrl-S");
    assert!(play.open().chosen().unwrap().fields().is_empty());
    assert_eq!(play.notice(), "Changed: Door of Router");
    play.keys("z");
    assert_eq!(play.open().chosen().unwrap().fields().len(), 1);
}

#[test]
fn several_urls() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Esc e Ctrl-N").text("another").keys("Enter");
    play.text("https://two.example").keys("Ctrl-S");
    assert_eq!(play.open().chosen().unwrap().urls(), ["http://192.168.0.1/", "https://two.example"]);
    play.keys("e Tab Tab Tab Ctrl-X Ctrl-S");
    assert_eq!(play.open().chosen().unwrap().urls(), ["https://two.example"]);
    assert_eq!(play.notice(), "Changed: URL of Router");
}

#[test]
fn tags_folder_and_a_note_of_several_lines() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Esc e Shift-Tab");
    play.text("first").keys("Enter").text("second").keys("Up").text("!");
    assert!(play.shows("first!") && play.shows("second"));
    play.wait(10);
    assert!(!play.shows("first!"), "what is not being typed is masked");
    play.keys("Up").text(", attic").keys("Up").text("/Cellar").keys("Ctrl-S");
    let entry = play.open().chosen().unwrap();
    assert_eq!(secret(&play, entry.note()), "first!\nsecond");
    assert_eq!((entry.tags(), entry.folder()), (vec!["network", "attic"], "Home/Cellar"));
}

#[test]
fn a_dirty_form_asks_before_it_closes() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc e").text("x").keys("Esc");
    assert!(play.shows("lose what was typed?"));
    play.keys("n").text("y");
    assert_eq!(play.model.layers.len(), 1);
    play.keys("Esc y");
    assert!(play.model.layers.is_empty());
    assert_eq!(play.open().saving.edits, 0);
}

#[test]
fn what_cannot_be_saved_says_why_and_keeps_what_was_typed() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc a Enter").keys("Tab").text("user").keys("Ctrl-S");
    assert!(play.shows("! An entry has a title") && play.shows("user"));
    play.text("T").keys("Tab Tab Tab Tab").text("not base32!").keys("Ctrl-S");
    assert!(play.shows("! The one-time code secret is not base32"), "{}", play.screen());
    play.keys("Ctrl-U").text("JBSWY3DPEHPK3PXP").keys("Ctrl-S");
    assert_eq!(play.notice(), "Added: T");
}

#[test]
fn a_title_is_made_from_the_url() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc a Enter Tab Tab Tab").text("https://www.some.example/x").keys("Ctrl-S");
    assert_eq!(play.notice(), "Added: some.example");
}

#[test]
fn other_kinds_have_their_own_fields() {
    let mut play = Play::sample((80, 40));
    play.keys("Esc a").text("card").keys("Enter");
    for label in ["Name on Card", "Number", "Security Code", "Expiration Date", "Note"] {
        assert!(play.shows(label), "{label}");
    }
    play.text("My card").keys("Tab Tab Tab").text("4111").keys("Ctrl-S y");
    assert_eq!(play.copies, [("Number of My card".to_owned(), "4111".to_owned())]);
    assert!(!play.shows("4111"));
}

#[test]
fn a_paste_goes_into_the_field_whole() {
    let mut play = Play::sample((80, 24));
    play.text("router").keys("Esc e Tab Tab Ctrl-U").paste("pasted secret\n").keys("Ctrl-S");
    assert_eq!(secret(&play, play.open().chosen().unwrap().password()), "pasted secret");
    let mut play = Play::locked((80, 24));
    play.paste("correct horse\r\n").keys("Enter");
    let Some(Effect::Unlock(password)) = play.effects.pop() else { panic!("no unlock") };
    assert_eq!(password.expose_str(), Some("correct horse"));
}

#[test]
fn the_generator_is_turned() {
    let mut play = Play::sample((80, 24));
    play.keys("Ctrl-G");
    let first = play.screen();
    play.keys("r");
    assert_ne!(play.screen(), first);
    play.keys("Right Right");
    assert!(play.shows("22"));
    play.keys("Up Right");
    assert!(play.shows("words") && play.shows("78 bits"), "{}", play.screen());
    play.keys("Enter");
    let (what, words) = &play.copies[0];
    assert_eq!((what.as_str(), words.split('-').count()), ("generated password", 6));
    play.keys("Ctrl-G Down Space Down Space Down Space Down Space");
    assert!(play.shows("! No kind of character") || play.shows("no kind of character"));
    play.keys("Enter Esc");
    assert_eq!(play.copies.len(), 1);
}

#[test]
fn a_first_start_asks_four_questions() {
    let mut play = Play::wizard((80, 24));
    assert!(play.shows("1 of 4"));
    play.keys("Enter").text("short");
    assert!(play.shows("weak"));
    assert!(!play.shows("short"));
    play.text(" correct horse battery staple");
    assert!(play.shows("very strong"), "{}", play.screen());
    play.keys("Enter").text("other").keys("Enter");
    assert!(play.shows("! That is not the same"));
    play.text("short correct horse battery staple").keys("Enter");
    assert!(play.shows("4 of 4") && play.shows("> (x) Now"), "{}", play.screen());
    play.keys("Up Down Down").keys("Enter");
    let Some(Effect::Create { password, kit }) = play.effects.pop() else { panic!("no vault") };
    assert_eq!(kit, KitAnswer::Later);
    assert_eq!(password.expose_str(), Some("short correct horse battery staple"));
    assert!(play.shows("Making the vault"));
    play.send(opened_message(Vec::new()));
    assert!(play.shows("Nothing here yet"));
}

#[test]
fn a_weak_master_password_is_taken_at_the_second_enter() {
    let mut play = Play::wizard((80, 24));
    play.keys("Enter").text("hunter2").keys("Enter");
    assert!(play.shows("! Whoever gets at the file can guess this") && play.shows("2 of 4"));
    play.resize(40, 12);
    assert!(play.shows("Enter again to take it"), "{}", play.screen());
    play.resize(80, 24);
    play.text("!").keys("Enter");
    assert!(play.shows("2 of 4"), "another one is judged anew");
    play.keys("Enter");
    assert!(play.shows("3 of 4"));
}

#[test]
fn a_master_password_can_be_drawn() {
    let mut play = Play::wizard((80, 24));
    play.keys("Ctrl-G");
    assert!(play.model.layers.is_empty(), "not at the first question");
    play.keys("Enter Ctrl-G");
    assert!(play.shows("Write it down") && play.shows("78 bits"));
    play.keys("Enter");
    let Screen::Wizard(wizard) = &play.model.screen else { panic!("no first start") };
    assert_eq!(wizard.password.text().split('-').count(), 6);
    play.keys("Enter");
    assert!(play.shows("3 of 4"));
}

#[test]
fn a_first_start_imports_by_the_wizard_of_key_i() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bitwarden/pbkdf2.json");
    let password = "correct horse battery staple";
    for size in [(40, 12), (80, 24)] {
        let mut play = Play::wizard(size);
        play.keys("Down Enter").text(password).keys("Enter").text(password).keys("Enter Enter");
        let Some(Effect::Create { kit: KitAnswer::Now, .. }) = play.effects.pop() else { panic!("no vault") };
        play.send(Message::Opened(Err(Failure::new(Exit::Failed, "cannot write"))));
        assert!(play.shows("! Cannot write"), "{}", play.screen());
        play.keys("Enter").text(password).keys("Enter Enter");
        play.effects.clear();
        let Message::Opened(Ok(mut opened)) = opened_message(Vec::new()) else { panic!("not opened") };
        opened.keys.code = Some(RecoveryCode::generate(&mut SeededRandom::new(1)).unwrap());
        play.send(Message::Opened(Ok(opened)));
        // The code of the kit first; then the file, its password and all that the import asks for.
        assert!(!play.shows("Which file?"), "{}", play.screen());
        play.keys("Enter");
        assert!(play.shows("Which file?"), "{}", play.screen());
        play.text(path.to_str().unwrap()).keys("Enter").imports();
        assert!(play.shows("This is encrypted"), "{}", play.screen());
        play.text("correct horse é").keys("Enter").imports().keys("Enter").imports();
        assert!(play.shows("added"), "{}", play.screen());
    }
    let mut play = Play::wizard((80, 24));
    play.keys("Down Up Enter").text(password).keys("Enter").text(password).keys("Enter Enter");
    play.send(opened_message(Vec::new()));
    assert!(play.model.layers.is_empty(), "with an empty vault nothing is asked");
}

#[test]
fn an_empty_master_password_is_refused() {
    let mut play = Play::wizard((80, 24));
    play.keys("Enter Enter");
    assert!(play.shows("! The master password is empty"));
    assert!(play.asked().is_empty());
}

#[test]
fn the_strength_of_a_password_shows_while_it_is_typed() {
    let mut play =
        Play::with(vec![login("Forum", "ada", "used-already-17"), login("Shop", "", "")], (80, 24));
    play.text("shop").keys("Esc e Tab Tab");
    assert!(!play.shows("weak"));
    play.text("123qwerty");
    assert!(play.shows("  weak") && play.shows("it walks along the keyboard"), "{}", play.screen());
    play.keys("Ctrl-U").text("Shopping99");
    assert!(play.shows("weak"));
    play.keys("Ctrl-U").text("used-already-17");
    assert!(play.shows("another entry has the same password"), "{}", play.screen());
    play.keys("Tab");
    assert!(!play.shows("same password"), "only while it is typed");
    play.keys("Shift-Tab Ctrl-U").text("xK9#mQ2vL8pW");
    assert!(play.shows("very strong"));
    play.keys("Ctrl-U");
    assert!(!play.shows("strong"));
    play.keys("Ctrl-U").text("abc").keys("Tab").text("https://aliexpress.com").keys("Shift-Tab").text("d");
    assert!(play.shows("the site asks for 6 characters"), "{}", play.screen());
    play.keys("Tab Ctrl-U Shift-Tab");
    // What is generated is judged as well, and one's own password is not one of another entry.
    play.keys("Ctrl-G Enter");
    assert!(play.shows("very strong"));
    let mut play = Play::with(vec![login("Forum", "ada", "used-already-17")], (40, 12));
    play.keys("Esc e Tab Tab Ctrl-U").text("used-already-17");
    assert!(!play.shows("another entry"), "{}", play.screen());
    assert!(play.shows("█"), "{}", play.screen());
}
