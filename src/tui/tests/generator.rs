//! The generator over a form and by itself: what a site asks for, saved recipes, every kind.

use super::*;
use crate::generate::Recipe;

#[test]
fn the_generator_knows_the_site_of_the_form() {
    let mut play = Play::sample((40, 24));
    play.keys("Esc a").text("login").keys("Enter");
    play.text("My shop").keys("Tab Tab Ctrl-G");
    assert!(play.shows("characters"), "no site yet: {}", play.screen());
    play.keys("Esc Tab");
    play.text("https://www.aliexpress.com/login");
    play.keys("Shift-Tab Ctrl-G");
    assert!(play.shows("as aliexpress.com asks") && play.shows("20"), "{}", play.screen());
    play.keys("Down Right");
    assert!(play.shows("20"), "it takes no more");
    play.keys("Left Left Enter Ctrl-S");
    let id = play.open().chosen_id().unwrap();
    let entry = play.open().vault.entry(id).unwrap();
    let made = play.open().session.reveal(entry.password().unwrap()).unwrap();
    let made = made.expose_str().unwrap();
    assert!(made.len() == 18 && made.chars().all(|c| c.is_ascii_alphanumeric()), "{made}");
    assert!(entry.policy().contains("maxlength: 18"), "what a person turned is kept: {}", entry.policy());
    play.keys("e Tab Tab Ctrl-G");
    assert!(play.shows("as the last time"), "{}", play.screen());
    play.keys("Right");
    assert!(play.shows("as aliexpress.com asks"), "{}", play.screen());
}

#[test]
fn saved_recipes_are_one_key_away() {
    let mut play = Play::sample((40, 24));
    play.keys("Ctrl-G p");
    assert!(play.shows("no saved recipes"), "{}", play.screen());
    for (name, text) in
        [("bank", "minlength: 6; maxlength: 6; required: digit"), ("work", "words: 4; separator: [+]")]
    {
        play.model.known.profiles.set(name, Recipe::parse(text).unwrap()).unwrap();
    }
    play.keys("Esc Ctrl-G p");
    assert!(play.shows("profile bank") && play.shows("20 bits: weak"), "{}", play.screen());
    play.keys("p");
    assert!(play.shows("profile work") && play.shows("52 bits"), "{}", play.screen());
    play.keys("p");
    assert!(play.shows("characters"), "{}", play.screen());
    play.keys("Ctrl-G p Enter");
    assert_eq!(play.copies[0].1.len(), 6);
}

#[test]
fn every_kind_is_turned_to_and_says_how_long_it_withstands() {
    let mut play = Play::sample((40, 24));
    play.keys("Ctrl-G Up");
    for kind in ["characters", "words", "syllables", "a pattern", "digits (PIN)"] {
        assert!(play.shows(kind), "{kind}: {}", play.screen());
        assert!(play.shows("Online 100/h:") && play.shows("Fast hash 10^11/s:"), "{kind}: {}", play.screen());
        play.keys("Right");
    }
    play.keys("Down Down Down Down Down Down Down Right Right Right Right");
    assert!(play.shows("At least of each") && play.shows("5"), "{}", play.screen());
    play.keys("Right Up Up Up Up Up Up Left Left Left");
    assert!(play.shows("! 17 characters cannot hold the 24"), "{}", play.screen());
}
