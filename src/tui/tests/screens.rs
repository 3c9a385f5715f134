//! Screens as they are drawn, at four sizes.

use super::*;

const SIZES: [(u16, u16); 4] = [(20, 5), (40, 12), (80, 24), (132, 43)];

/// The screens of a play at each size.
fn screens(make: impl Fn((u16, u16)) -> Play) -> String {
    let mut text = String::new();
    for (columns, rows) in SIZES {
        text += &format!("== {columns}x{rows}\n{}", make((columns, rows)).screen());
    }
    text
}

fn sample(size: (u16, u16), keys: &str) -> Play {
    let mut play = Play::sample(size);
    play.keys(keys);
    play
}

#[test]
fn list() {
    insta::assert_snapshot!(screens(|size| sample(size, "")));
}

#[test]
fn search() {
    insta::assert_snapshot!(screens(|size| {
        let mut play = Play::sample(size);
        play.text("git").keys("Down Enter");
        play
    }));
}

#[test]
fn detail() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc j j j j j j j j Enter j r")));
}

#[test]
fn form() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc j j j j j j j j e Tab Tab")));
}

#[test]
fn history() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc j j j j j j j j H")));
}

#[test]
fn generator() {
    insta::assert_snapshot!(screens(|size| sample(size, "Ctrl-G")));
}

#[test]
fn help() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc ?")));
}

#[test]
fn choosing() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc f Down")));
}

#[test]
fn picking() {
    insta::assert_snapshot!(screens(|size| sample(size, "Esc j j j j j j j j Y Down")));
}

#[test]
fn locked() {
    insta::assert_snapshot!(screens(|size| {
        let mut play = Play::locked(size);
        play.text("wrong").keys("Enter");
        let failure =
            Failure::from(crate::session::SessionError::from(crate::format::FormatError::WrongSecret));
        play.send(Message::Opened(Err(failure)));
        play.text("ri");
        play
    }));
}

#[test]
fn first_start() {
    insta::assert_snapshot!(screens(Play::wizard));
    insta::assert_snapshot!(screens(|size| {
        let mut play = Play::wizard(size);
        play.keys("Enter").text("P@ssw0rd");
        play
    }));
}

#[test]
fn recovery_kit() {
    insta::assert_snapshot!(screens(|size| {
        let mut play = Play::sample(size);
        super::keys::show_kit(&mut play);
        play
    }));
}

#[test]
fn key_questions() {
    insta::assert_snapshot!(screens(|size| {
        let mut play = sample(size, "Esc K Enter");
        play.text("old").keys("Enter").text("P@ssw0rd");
        play
    }));
    insta::assert_snapshot!(screens(|size| {
        let mut play = Play::locked(size);
        play.keys("Ctrl-R").text("0000 11112");
        play
    }));
}

#[test]
fn colours_are_never_the_only_sign() {
    // The same text is drawn with and without colours; nothing is told by a style alone.
    for keys in ["", "Esc *", "Esc d", "Esc e", "Esc j j j j j j j j H"] {
        let coloured = sample((80, 24), keys);
        let mut plain = sample((80, 24), keys);
        plain.model.theme = Theme::of(Colours::None, Charset::Unicode);
        assert_eq!(coloured.screen(), plain.screen());
        let marks =
            coloured.screen().lines().filter(|line| line.starts_with('>') || line.contains("│ >")).count();
        assert!(marks >= 1, "the chosen line has a mark: {keys}\n{}", coloured.screen());
    }
}

#[test]
fn without_unicode_no_sign_is_drawn_that_is_not_ascii() {
    for keys in ["", "Esc e", "Esc H", "Ctrl-G", "Esc ?"] {
        let mut play =
            Play::with(vec![login("GitHub", "ada", "pw"), login(&"long ".repeat(30), "x", "y")], (80, 24));
        play.model.theme = Theme::of(Colours::None, Charset::Ascii);
        play.keys(keys);
        assert!(play.screen().is_ascii(), "{}", play.screen());
    }
}
