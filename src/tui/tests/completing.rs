//! Tab in a path.

use std::fs;

use super::import::Folder;
use super::*;
use crate::tui::complete::{Listing, Name};
use crate::tui::model::Layer;

fn typed(play: &Play) -> String {
    match play.model.layers.last() {
        Some(Layer::Import(importing)) => importing.path.text().to_owned(),
        Some(Layer::Export(exporting)) => exporting.path.text().to_owned(),
        _ => panic!("no path:\n{}", play.screen()),
    }
}

#[test]
fn tab_completes_a_path_and_names_what_it_may_be() {
    let folder = Folder::new();
    let home = folder.0.to_str().unwrap().to_owned();
    for name in ["chrome.csv", "chromium.csv", ".hidden.csv", "a\u{1b}[2Jb", "x\u{202E}vsc.csv"] {
        folder.file(name, "");
    }
    fs::create_dir(folder.0.join("Down loads")).unwrap();
    folder.file("Down loads/one.csv", "");
    for size in [(20, 5), (40, 12), (80, 24)] {
        for key in ["I", "E Enter"] {
            let mut play = Play::with(vec![], size);
            play.keys("Esc").keys(key).keys("Ctrl-U").text(&format!("{home}/c")).keys("Tab");
            assert_eq!(typed(&play), format!("{home}/chrom"), "{key}");
            assert!(play.shows("chrome.csv  chromium.csv") || size.0 < 40, "{}", play.screen());
            play.text("e").keys("Tab");
            assert_eq!(typed(&play), format!("{home}/chrome.csv"));
            assert!(!play.shows("chromium"));
            play.keys("Ctrl-U").text(&format!("{home}/D")).keys("Tab Tab");
            assert_eq!(typed(&play), format!("{home}/Down loads/one.csv"), "into the folder");
            play.keys("Ctrl-U").text(&format!("{home}/.")).keys("Tab");
            assert_eq!(typed(&play), format!("{home}/.hidden.csv"));
            play.keys("Ctrl-U").text(&format!("{home}/")).keys("Tab");
            assert!(!play.shows("hidden") && !play.shows("2Jb"), "{}", play.screen());
            super::hostile::assert_harmless(&play);
            play.keys("Ctrl-U").text(&format!("{home}/nothing")).keys("Tab");
            assert!(play.shows("No name there") || size.1 < 8, "{}", play.screen());
            play.keys("Ctrl-U").text("/nowhere/at/all/").keys("Tab");
            assert_eq!(typed(&play), "/nowhere/at/all/");
        }
    }
}

#[test]
fn a_home_is_known_and_a_late_answer_is_dropped() {
    let mut play = Play::with(vec![], (40, 12));
    play.keys("Esc I").text("~").keys("Tab");
    assert!(typed(&play).starts_with("~/") || typed(&play) == "~");
    play.keys("Ctrl-U").text("/x");
    let name = Name { name: "xyz".to_owned(), is_folder: false };
    let listing = Listing { names: vec![name], is_cut: false };
    play.send(Message::Listed { typed: "/".to_owned(), listing: listing.clone() });
    assert_eq!(typed(&play), "/x");
    play.send(Message::Listed { typed: "/x".to_owned(), listing: listing.clone() });
    assert_eq!(typed(&play), "/xyz");
    play.keys("Esc");
    play.send(Message::Listed { typed: "/xyz".to_owned(), listing });
    assert!(play.model.layers.is_empty());
}

#[test]
fn many_names_are_not_all_looked_at() {
    let folder = Folder::new();
    (0..1200).for_each(|number| drop(folder.file(&format!("many-{number}"), "")));
    let listing = super::super::perform::listing::names(&format!("{}/many", folder.0.display()));
    assert!(listing.is_cut && listing.names.len() == 1000);
    let mut play = Play::with(vec![], (80, 24));
    play.keys("Esc I").text(&format!("{}/m", folder.0.display())).keys("Tab");
    assert!(typed(&play).ends_with("/m") && play.shows("type more of it"), "{}", play.screen());
    assert!(play.shows("more"), "{}", play.screen());
}
