//! A folder of pass on the screen, as gpg answers; gpg itself is played here.

use std::sync::Arc;

use super::import::{Folder, screens};
use super::*;
use crate::exchange::pass::{FileProblem, Tree, TreeFile};
use crate::session::ImportFile;
use crate::session::tree;
use crate::tui::effect::ImportTask;
use crate::tui::message::ImportStage;
use crate::tui::model::import::Step;

/// A folder of three files was named, and is being decrypted.
fn named(folder: &Folder, size: (u16, u16)) -> Play {
    for name in ["a.gpg", "b.gpg", "c.gpg"] {
        folder.file(name, "sealed");
    }
    let mut play = Play::with(vec![], size);
    play.keys("Esc I").text(folder.0.to_str().unwrap()).keys("Enter");
    let ticket = play.import_job().ticket;
    let found = Arc::new(tree::Folder::find(&folder.0).unwrap());
    let stage = ImportStage::Folder(Arc::new(ImportFile::folder(&folder.0)), found);
    play.send(Message::Imported { ticket, result: Ok(Box::new(stage)) });
    play
}

fn tree() -> Tree {
    let file = |name: &str, content| TreeFile { path: vec![name.to_owned()], content };
    let secret = |text: &str| Ok(Secret::copy_of(text.as_bytes()));
    Tree {
        files: vec![
            file("a", secret("sentinel-1\nlogin: ada\n")),
            file("b", secret("sentinel-2\n")),
            file("c.gpg", Err(FileProblem::NoKey)),
        ],
    }
}

/// Whether the step that runs is to name only what wants a passphrase; answers it.
fn decrypts(play: &mut Play, stage: ImportStage) -> bool {
    let job = play.import_job();
    let ImportTask::Decrypt(_, is_given_up) = job.task else { panic!("another step") };
    play.send(Message::Progressed { ticket: job.ticket, done: 1, of: None });
    assert!(play.shows("33 %") || play.model.size.1 < 8, "{}", play.screen());
    play.send(Message::Imported { ticket: job.ticket, result: Ok(Box::new(stage)) });
    is_given_up
}

fn asked(play: &mut Play, result: Result<bool, Failure>) {
    let at = play.effects.iter().position(|effect| matches!(effect, Effect::AskGpg(_))).unwrap();
    let Effect::AskGpg(asking) = play.effects.remove(at) else { unreachable!() };
    play.effects.clear();
    play.send(Message::GpgAsked { ticket: asking.ticket, result });
    assert!(matches!(play.effects.first(), Some(Effect::ComeBack)));
}

#[test]
fn a_folder_whose_key_is_open_comes_in() {
    let folder = Folder::new();
    let mut play = named(&folder, (80, 24));
    assert!(play.shows("gpg decrypts") && play.shows("0 %"), "{}", play.screen());
    assert!(!decrypts(&mut play, ImportStage::Decrypted(tree())));
    play.imports();
    assert!(play.shows("2 new, 1 cannot be read.") && play.shows("gpg has no key"), "{}", play.screen());
    assert!(play.shows("a folder of pass or gopass") && !play.shows("sentinel"));
    play.keys("Enter").imports();
    assert!(play.shows("2 added") && !play.shows("x overwrites"), "{}", play.screen());
    assert_eq!(play.titles(), ["a", "b"]);
}

#[test]
fn the_screen_is_left_to_gpg_where_its_key_wants_a_passphrase() {
    let folder = Folder::new();
    let locked = |size| {
        let mut play = named(&folder, size);
        decrypts(&mut play, ImportStage::KeyWanted(1));
        assert_eq!(play.importing().step, Step::Gpg);
        play
    };
    insta::assert_snapshot!("folder_gpg", screens(locked));
    let mut play = locked((80, 24));
    play.keys("Enter");
    assert!(play.effects.iter().any(|effect| matches!(effect, Effect::Conceal)), "nothing stays readable");
    // It takes its time, and what it was told goes on without a question.
    play.wait(30);
    asked(&mut play, Ok(true));
    assert!(!decrypts(&mut play, ImportStage::Decrypted(tree())));
    play.imports();
    assert!(play.shows("2 new"), "{}", play.screen());

    let mut play = locked((80, 24));
    play.keys("Enter");
    asked(&mut play, Err(Failure::new(Exit::Failed, "cancelled in gpg's dialogue")));
    assert!(play.shows("ancelled in gpg's dialogue") && play.importing().step == Step::Gpg);
    play.keys("Enter");
    // A wrong one: no question is asked again, the files are named.
    asked(&mut play, Ok(false));
    assert!(decrypts(&mut play, ImportStage::Decrypted(tree())));

    let mut play = locked((40, 12));
    play.keys("Enter");
    asked(&mut play, Ok(true));
    decrypts(&mut play, ImportStage::KeyWanted(1));
    assert!(play.shows("keeps no passphrase") && play.shows("tresor import FOLDER"), "{}", play.screen());
    play.keys("Esc");
    assert_eq!(play.importing().step, Step::File);
}

#[test]
fn a_lock_while_gpg_asks_takes_the_screen_back_locked() {
    let folder = Folder::new();
    let mut play = named(&folder, (80, 24));
    decrypts(&mut play, ImportStage::KeyWanted(0));
    play.keys("Enter").wait(301);
    assert!(play.model.open().is_none(), "nobody pressed a key for five minutes");
    asked(&mut play, Ok(true));
    assert!(play.model.layers.is_empty() && play.model.open().is_none());
}

#[test]
fn esc_cancels_and_what_is_none_is_told() {
    let folder = Folder::new();
    let mut play = named(&folder, (80, 24));
    let job = play.import_job();
    play.keys("Esc");
    assert!(job.stop.load(std::sync::atomic::Ordering::Relaxed) && play.importing().step == Step::File);
    let empty = Folder::new();
    play.keys("Ctrl-U").text(empty.0.to_str().unwrap()).keys("Enter").imports();
    assert!(play.shows("none of pass or gopass"), "{}", play.screen());
}
