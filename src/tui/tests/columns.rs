//! A table of unknown shape on the screen: its columns are named, looked at, imported, and remembered.

use std::path::Path;

use super::import::{Folder, screens};
use super::*;
use crate::config::Maps;
use crate::exchange::tables::mapping::Mapping;
use crate::tui::model::columns::Columns;
use crate::tui::model::import::Step;
use crate::tui::perform::import::Around;

const TABLE: &str = "Shelf,Who,Code word,Where,Colour\n\
    Mail,ada,sentinel-1,https://mail.example,green\n\
    Shop,ann,sentinel-2,https://shop.example,\n";

impl Play {
    fn columns(&self) -> &Columns {
        self.importing().columns.as_ref().unwrap_or_else(|| panic!("no columns:\n{}", self.screen()))
    }

    fn targets(&self) -> Vec<Option<&'static str>> {
        self.columns().all.iter().map(|column| column.target).collect()
    }
}

fn named(path: &Path, size: (u16, u16)) -> Play {
    let mut play = Play::with(vec![], size);
    play.imports_from(path);
    play
}

#[test]
fn as_it_is_drawn() {
    let folder = Folder::new();
    let path = folder.file("shelf.csv", TABLE);
    let play = |size, keys: &str| {
        let mut play = named(&path, size);
        play.keys(keys).imports();
        assert!(!play.shows("sentinel"), "{}", play.screen());
        play
    };
    insta::assert_snapshot!("columns", screens(|size| play(size, "l j l l j l l l")));
    insta::assert_snapshot!("columns_choose", screens(|size| play(size, "Space p a s s")));
    insta::assert_snapshot!("columns_name", screens(|size| play(size, "l s m y")));
    insta::assert_snapshot!("columns_preview", screens(|size| play(size, "l j l l j l l l Enter")));
    let mut colourless = play((40, 12), "l j l l");
    colourless.model.theme = Theme::of(Colours::None, Charset::Ascii);
    assert!(colourless.shows("> username     Who"), "{}", colourless.screen());
}

#[test]
fn what_a_column_holds_is_said_and_comes_in() {
    let folder = Folder::new();
    let mut play = named(&folder.file("shelf.csv", TABLE), (80, 24));
    assert_eq!(play.importing().step, Step::Columns);
    play.keys("Enter");
    assert!(play.shows("Say what at least one column holds"), "{}", play.screen());
    play.keys("Space").text("title").keys("Enter j Space").text("user").keys("Enter j Space").text("passw");
    play.keys("Enter j l l l l");
    let said = [Some("title"), Some("username"), Some("password"), Some("url"), None];
    assert_eq!(play.targets(), said);
    assert!(play.shows("Mail") && play.shows("https://mail.example") && !play.shows("sentinel"));
    play.keys("Enter").imports();
    assert!(play.shows("2 new.") && play.shows("kept as custom field \"Colour\""), "{}", play.screen());
    // Back to what was said, and on.
    play.keys("Esc");
    assert_eq!((play.importing().step, play.targets()), (Step::Columns, said.to_vec()));
    play.keys("Enter").imports().keys("Enter").imports();
    assert!(play.shows("2 added."), "{}", play.screen());
    assert!(play.shows("x overwrites and removes it") || play.open().session.is_in_memory());
    assert_eq!(play.titles(), ["Mail", "Shop"]);
    let open = play.open();
    let entry = open.vault.entries().find(|entry| entry.title() == "Mail").unwrap();
    assert_eq!(entry.username(), "ada");
    let password = open.session.reveal(entry.password().unwrap()).unwrap();
    assert_eq!(password.expose_str(), Some("sentinel-1"));
}

#[test]
fn a_secret_shows_when_asked_for_and_not_for_long() {
    let folder = Folder::new();
    let mut play = named(&folder.file("shelf.csv", TABLE), (80, 24));
    play.keys("j j");
    assert!(!play.shows("sentinel") && !play.shows("Mail"), "nothing is said of any column yet");
    play.keys("r");
    assert!(play.shows("sentinel-1") && !play.shows("Mail"), "{}", play.screen());
    play.keys("r");
    assert!(!play.shows("sentinel"));
    play.keys("r j");
    assert!(!play.shows("sentinel") && !play.shows("https"), "another column is not shown with it");
    play.keys("k r").wait(10);
    assert!(!play.shows("sentinel"), "its time is over");
    play.keys("r Ctrl-L");
    assert!(!play.shows("sentinel") && play.model.layers.is_empty());
}

#[test]
fn what_was_said_is_remembered_in_the_file_of_the_command() {
    let folder = Folder::new();
    let path = folder.file("shelf.csv", TABLE);
    let maps = Maps::within(folder.0.join("maps"));
    let around = Around { state: Path::new(""), maps: &maps };
    let mut play = named(&path, (80, 24));
    play.keys("l j j l l l s").text("../up").keys("Enter");
    assert!(play.shows("Letters, digits"), "{}", play.screen());
    play.keys("Ctrl-U").text("shelf").keys("Enter").imports_around(around);
    assert!(play.notice().contains("import --map shelf"), "{}", play.notice());
    let known = Mapping::parse("title=Shelf,password=Code word").unwrap();
    assert_eq!(maps.all(), [("shelf".to_owned(), known)]);
    // The same shape again is known by itself; another one is not taken for it.
    maps.save("two", &Mapping::parse("note=colour").unwrap()).unwrap();
    maps.save("other", &Mapping::parse("title=Nowhere").unwrap()).unwrap();
    let mut play = Play::with(vec![], (80, 24));
    play.keys("Esc I").text(path.to_str().unwrap()).keys("Enter").imports_around(around);
    assert_eq!(play.targets(), [Some("title"), None, Some("password"), None, None]);
    assert_eq!(play.columns().known_as.as_deref(), Some("shelf"), "{}", play.screen());
    play.keys("m");
    assert!(play.shows("two") && !play.shows("other"));
    play.text("two").keys("Enter");
    assert_eq!(play.targets(), [None, None, None, None, Some("note")]);
}

#[test]
fn a_table_without_a_header_is_known_by_places() {
    let folder = Folder::new();
    let path = folder.file("bare.csv", "Mail;ada;sentinel-1\nShop;ann;sentinel-2\n");
    let mut play = named(&path, (80, 24));
    play.keys("1").imports();
    assert!(play.shows("The first line is an entry") && play.shows("#3"), "{}", play.screen());
    play.keys("l j l l j l l l Enter").imports();
    assert!(play.shows("2 new.") && play.shows("Mail/ada"), "{}", play.screen());
    play.keys("Esc 1").imports();
    assert!(play.shows("The first line names"), "{}", play.screen());
}

#[test]
fn usual_names_are_understood_and_two_of_a_name_go_together() {
    let folder = Folder::new();
    let path = folder.file("known.csv", "Site,Login,Password,Extra,extra\nMail,ada,sentinel,1,2\n");
    let mut play = named(&path, (80, 24));
    assert_eq!(play.targets()[1..3], [Some("username"), Some("password")]);
    assert!(!play.shows("sentinel"));
    play.keys("G Space").text("tags").keys("Enter");
    assert_eq!(play.targets()[3..], [Some("tags"), Some("tags")]);
    assert_eq!(play.columns().mapping().unwrap().text().matches("xtra").count(), 1);
}

#[test]
fn any_table_can_be_named_and_hostile_ones_are_harmless() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", "name,url,username,password,note\nMail,,ada,sentinel,\n");
    let mut play = named(&path, (80, 24));
    assert_eq!(play.importing().step, Step::Preview);
    play.keys("f").text("table: you say").keys("Enter").imports();
    assert_eq!(play.targets().iter().flatten().count(), 5, "{}", play.screen());
    let mut labels = "\u{1b}[2J,\u{202E}x,=1+1".to_owned();
    (0..100).for_each(|number| labels += &format!(",c{number}"));
    let path = folder.file("wide.csv", format!("{labels}\n\u{1b}]52;c;A\u{7},\u{202E}y,z\n"));
    for size in [(20, 5), (40, 12), (80, 24)] {
        let mut play = named(&path, size);
        assert_eq!(play.columns().all.len(), 103);
        for keys in ["l", "j", "l", "r", "G", "Space", "Esc", "s", "Esc", "g g", "Enter", "Esc"] {
            play.keys(keys).imports();
            super::hostile::assert_harmless(&play);
        }
        play.keys("Esc");
        assert_eq!(play.importing().step, Step::File);
        assert!(play.importing().columns.is_none());
    }
}
