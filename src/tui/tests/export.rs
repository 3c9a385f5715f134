//! The export on the screen, its steps done as the thread does them.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use super::import::Folder;
use super::*;
use crate::exchange::{LossKind, Losses};
use crate::tui::effect::ExportJob;
use crate::tui::message::ExportStage;
use crate::tui::model::Layer;
use crate::tui::model::export::{Exporting, Looked, Step};
use crate::tui::perform::export::run;

const SIZES: [(u16, u16); 3] = [(20, 5), (40, 12), (80, 24)];

impl Play {
    fn exporting(&self) -> &Exporting {
        match self.model.layers.last() {
            Some(Layer::Export(exporting)) => exporting,
            _ => panic!("no export:\n{}", self.screen()),
        }
    }

    fn export_job(&mut self) -> ExportJob {
        let at = self.effects.iter().position(|effect| matches!(effect, Effect::Export(_)));
        let Effect::Export(job) = self.effects.remove(at.expect("no step was asked for")) else {
            unreachable!()
        };
        job
    }

    fn exports(&mut self) -> &mut Self {
        while self.effects.iter().any(|effect| matches!(effect, Effect::Export(_))) {
            let job = self.export_job();
            let ticket = job.ticket;
            let (tell, told) = mpsc::channel();
            let result = run(job, None, &tell);
            told.try_iter().for_each(|message| self.send(message));
            self.send(Message::Exported { ticket, result });
        }
        self
    }

    /// Chooses a format by its name.
    fn exports_as(&mut self, name: &str) -> &mut Self {
        self.keys("E");
        let at = self.exporting().targets.iter().position(|target| target.name == name).unwrap();
        for _ in 0..at {
            self.keys("j");
        }
        self.keys("Enter")
    }

    /// Types where to, in the place of what is suggested.
    fn to(&mut self, path: &Path) -> &mut Self {
        self.keys("Ctrl-U").text(path.to_str().unwrap()).keys("Enter").exports()
    }
}

fn items() -> Vec<Item> {
    let mut tagged = login("Shop", "ann", "sentinel-2");
    tagged.tags = vec!["buy".to_owned()];
    vec![login("Mail", "ada", "=sentinel-1"), tagged]
}

fn open_play(size: (u16, u16)) -> Play {
    let mut play = Play::with(items(), size);
    play.keys("Esc");
    play
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn as_it_is_drawn() {
    let screens = |make: &dyn Fn(&mut Play)| {
        SIZES
            .map(|size| {
                let mut play = open_play(size);
                make(&mut play);
                assert!(!play.shows("sentinel"));
                format!("== {}x{}\n{}", size.0, size.1, play.screen())
            })
            .concat()
    };
    insta::assert_snapshot!(
        "export_format",
        screens(&|play| {
            play.keys("E j");
        })
    );
    insta::assert_snapshot!(
        "export_entries",
        screens(&|play| {
            play.keys("/").text("mail").keys("Esc").exports_as("chrome-csv").keys("j Space");
        })
    );
    insta::assert_snapshot!(
        "export_file",
        screens(&|play| {
            play.exports_as("json");
        })
    );
    let looked = |play: &mut Play| {
        play.exports_as("json").keys("Enter");
        let ticket = play.export_job().ticket;
        let mut losses = Losses::default();
        ["Mail", "Shop", "\u{1b}[31mred"].iter().for_each(|title| losses.add(LossKind::History, title));
        losses.add(LossKind::Tags, "Shop");
        let path = "/home/ada/tresor-export/2026-11-23.json".into();
        let looked = Looked { path, count: 2, losses, is_taken: false, synced_by: Some("Dropbox") };
        play.send(Message::Exported { ticket, result: Ok(Box::new(ExportStage::Looked(looked))) });
    };
    insta::assert_snapshot!("export_losses", screens(&looked));
    insta::assert_snapshot!(
        "export_password",
        screens(&|play| {
            looked(play);
            play.keys("Enter").text("sentinel");
        })
    );
}

#[test]
fn a_plain_file_wants_the_master_password_and_is_for_its_user_alone() {
    let folder = Folder::new();
    let path = folder.0.join("new/passwords.csv");
    let mut play = open_play((80, 24));
    play.exports_as("chrome-csv").keys("Enter");
    assert!(play.exporting().path.text().ends_with("/tresor-export/2026-11-23.csv"));
    play.to(&path);
    assert_eq!(play.exporting().step, Step::Losses, "{}", play.screen());
    assert!(play.shows("readable to anyone who gets at it") && play.shows("tags") && play.shows("(Shop)"));
    assert!(!path.parent().unwrap().exists(), "nothing is made before it is written");
    play.keys("Enter Enter");
    assert!(play.shows("Type the password."));
    play.text("anything").keys("Enter").exports();
    assert_eq!(play.exporting().step, Step::Done, "{}", play.screen());
    assert!(play.shows("mode 0600") && play.shows("remove it once"), "{}", play.screen());
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("Mail,,ada,=sentinel-1") && text.contains("sentinel-2"), "{text}");
    play.keys("Enter");
    assert!(play.model.layers.is_empty());
}

#[test]
fn a_wrong_master_password_writes_nothing() {
    let folder = Folder::new();
    let path = folder.0.join("new/passwords.csv");
    let mut play = open_play((80, 24));
    play.exports_as("json").to(&path).keys("Enter").text("wrong").keys("Enter");
    let ticket = play.export_job().ticket;
    let failure = Failure::new(Exit::WrongSecret, "wrong master password").hint("Nothing was written.");
    play.send(Message::Exported { ticket, result: Err(failure) });
    assert_eq!(play.exporting().step, Step::Password);
    assert!(play.shows("Wrong master password") && play.exporting().password.is_empty());
    play.text("right").keys("Enter").exports();
    assert_eq!(play.exporting().step, Step::Done);
}

#[test]
fn what_is_listed_and_what_a_spreadsheet_would_compute() {
    let folder = Folder::new();
    let path = folder.0.join("new/passwords.csv");
    let mut play = open_play((80, 24));
    play.keys("/").text("mail").keys("Esc").exports_as("chrome-csv");
    assert!(play.shows("What is listed now: 1"), "{}", play.screen());
    play.keys("j Space j Space Enter").to(&path);
    assert!(play.shows("1 entry, as Chrome"), "{}", play.screen());
    assert!(play.shows("for a spreadsheet"));
    play.keys("Enter").text("x").keys("Enter").exports();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("'=sentinel-1") && !text.contains("Shop"), "{text}");
}

#[test]
fn refused_where_a_file_is_and_where_everybody_reads() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    for size in SIZES {
        let mut play = open_play(size);
        play.exports_as("json").to(&folder.0.join("passwords.json"));
        assert_eq!(play.exporting().step, Step::File);
        assert!(play.exporting().problem.as_ref().unwrap().contains("very user of this machine"), "{size:?}");
        assert!(play.shows("!"), "{}", play.screen());
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_there_is_replaced_on_request_once_the_new_one_is_whole() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
    for size in SIZES {
        let taken = folder.file("taken.json", "mine");
        let mut play = open_play(size);
        play.exports_as("json").to(&taken);
        assert!(play.shows("is there already") || play.shows("Replace") || size.1 < 8, "{}", play.screen());
        play.keys("n");
        assert_eq!(play.exporting().step, Step::File, "another name can be typed");
        play.keys("Enter").exports().keys("y");
        assert_eq!(play.exporting().step, Step::Losses);
        assert!(play.shows("once the new one is whole") || size.1 < 12, "{}", play.screen());
        // Cancelled, it is as it was; nothing is left beside it.
        play.keys("Enter").text("x").keys("Enter");
        let job = play.export_job();
        play.keys("Esc");
        assert!(job.stop.load(Ordering::Relaxed) && run(job, None, &mpsc::channel().0).is_err());
        assert_eq!(fs::read(&taken).unwrap(), b"mine");
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        play.text("x").keys("Enter").exports();
        assert!(fs::read_to_string(&taken).unwrap().contains("sentinel-1"), "{}", play.screen());
        assert_eq!((mode(&taken), fs::read_dir(&folder.0).unwrap().count()), (0o600, 1));
    }
    // A yes is for one name: another one is asked about again.
    let other = folder.file("other.json", "mine too");
    let mut play = open_play((80, 24));
    play.exports_as("json").to(&folder.0.join("taken.json")).keys("y Esc").to(&other);
    assert!(play.shows("other.json is there already"), "{}", play.screen());
    play.keys("n").to(&folder.0);
    assert!(play.exporting().problem.as_ref().unwrap().contains("no file is there"), "{}", play.screen());
    // One that comes to be there meanwhile was not asked about.
    let late = folder.0.join("late.json");
    play.to(&late).keys("Enter").text("x").keys("Enter");
    fs::write(&late, "theirs").unwrap();
    play.exports();
    assert_eq!(fs::read(&late).unwrap(), b"theirs");
    assert!(play.exporting().problem.as_ref().unwrap().contains("not touched"), "{}", play.screen());
}

#[test]
fn an_encrypted_file_wants_its_password_twice() {
    let folder = Folder::new();
    let path = folder.0.join("safe.json");
    let mut play = open_play((80, 24));
    play.exports_as("bitwarden-json-encrypted").to(&path).keys("Enter");
    assert!(play.shows("A password for the file"));
    play.text("one two three").keys("Enter").text("one two").keys("Enter");
    assert!(play.shows("That was not the same") && !path.exists());
    play.text("one two three").keys("Enter").text("one two three").keys("Enter").exports();
    assert!(play.shows("mode 0600") && !play.shows("remove it once"), "{}", play.screen());
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("passwordProtected") && !text.contains("sentinel"));
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn esc_cancels_and_leaves_no_file() {
    let folder = Folder::new();
    let path = folder.0.join("new/passwords.csv");
    let mut play = open_play((80, 24));
    play.exports_as("json").to(&path).keys("Enter").text("x").keys("Enter");
    let job = play.export_job();
    let ticket = job.ticket;
    assert!(play.shows("Writing") && play.shows("Esc cancels, and leaves no file"));
    play.send(Message::Progressed { ticket, done: 1, of: None });
    assert!(play.shows("50 %"), "{}", play.screen());
    play.keys("Esc");
    assert!(job.stop.load(Ordering::Relaxed) && play.notice().contains("no file was written"));
    let result = run(job, None, &mpsc::channel().0);
    assert!(result.is_err() && !path.exists());
    play.send(Message::Exported { ticket, result });
    assert_eq!(play.exporting().step, Step::Password);
    // A lock does the same.
    play.text("x").keys("Enter");
    let job = play.export_job();
    play.keys("Ctrl-L");
    assert!(play.model.layers.is_empty() && job.stop.load(Ordering::Relaxed));
    assert!(run(job, None, &mpsc::channel().0).is_err() && !path.exists());
}
