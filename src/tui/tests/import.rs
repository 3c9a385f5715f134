//! The import on the screen, its steps done as the thread does them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use super::*;
use crate::crypto::kdf::Cost;
use crate::format::Passphrase;
use crate::tui::effect::ImportJob;
use crate::tui::message::ImportStage;
use crate::tui::model::Layer;
use crate::tui::model::import::{Counts, Importing, Step};
use crate::tui::perform::import::run;

const SIZES: [(u16, u16); 3] = [(20, 5), (40, 12), (80, 24)];

/// As a browser writes it: a value escaped for HTML, an entry without a name, and a row that ends in a quote.
const BROWSER: &str = "name,url,username,password,note\n\
    GitHub,https://github.com/login,octavia,sentinel&amp;x,\n\
    Shop,https://shop.example.com/,ann,sentinel-2,a note\n\
    ,https://nowhere.example/,bob,sentinel-3,\n\
    Broken,https://b.example/,\"sentinel";

/// A folder of its own, removed when dropped.
pub(super) struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("tresor-tui-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Play {
    fn importing(&self) -> &Importing {
        match self.model.layers.iter().find(|layer| matches!(layer, Layer::Import(_))) {
            Some(Layer::Import(importing)) => importing,
            _ => panic!("no import:\n{}", self.screen()),
        }
    }

    /// The step that was asked for last.
    fn import_job(&mut self) -> ImportJob {
        let at = self.effects.iter().position(|effect| matches!(effect, Effect::Import(_)));
        let Effect::Import(job) = self.effects.remove(at.expect("no step was asked for")) else {
            unreachable!()
        };
        job
    }

    /// Does the steps that were asked for, and those that they ask for.
    fn imports(&mut self) -> &mut Self {
        while self.effects.iter().any(|effect| matches!(effect, Effect::Import(_))) {
            let job = self.import_job();
            self.does(job);
        }
        self
    }

    fn does(&mut self, job: ImportJob) {
        let ticket = job.ticket;
        let (tell, told) = mpsc::channel();
        let result = run(job, Path::new(""), &tell);
        told.try_iter().for_each(|message| self.send(message));
        self.send(Message::Imported { ticket, result });
    }

    /// Names a file, and comes to the first question about it.
    fn imports_from(&mut self, path: &Path) -> &mut Self {
        self.keys("Esc I").text(path.to_str().unwrap()).keys("Enter").imports()
    }

    fn titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self
            .open()
            .vault
            .entries()
            .filter(|entry| entry.is_live())
            .map(|e| e.title().to_owned())
            .collect();
        titles.sort();
        titles
    }
}

fn screens(make: impl Fn((u16, u16)) -> Play) -> String {
    SIZES.map(|size| format!("== {}x{}\n{}", size.0, size.1, make(size).screen())).concat()
}

#[test]
fn as_it_is_drawn() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", BROWSER);
    let play = |size, keys: &[&str]| {
        let mut play = Play::with(vec![login("Shop", "ann", "sentinel-2")], size);
        play.imports_from(&path);
        for keys in keys {
            play.keys(keys).imports();
        }
        assert!(!play.shows("sentinel"), "{}", play.screen());
        play
    };
    insta::assert_snapshot!(
        "import_file",
        screens(|size| {
            let mut play = Play::sample(size);
            play.keys("Esc I").text("~/Downloads/chrome.csv");
            play
        })
    );
    insta::assert_snapshot!("import_repair", screens(|size| play(size, &[])));
    insta::assert_snapshot!("import_preview", screens(|size| play(size, &["y"])));
    insta::assert_snapshot!("import_done", screens(|size| play(size, &["n", "Enter"])));
    let mut colourless = play((40, 12), &["y"]);
    colourless.model.theme = Theme::of(Colours::None, Charset::Ascii);
    assert!(colourless.shows("> ! bad row"), "{}", colourless.screen());
}

#[test]
fn a_browsers_table_comes_in_and_one_undo_takes_it_back() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", BROWSER);
    let mut play = Play::with(vec![login("Mail", "ada", "x")], (80, 24));
    play.imports_from(&path);
    assert!(play.shows("1 value looks escaped for HTML") && play.shows("&amp;… -> …&…"), "{}", play.screen());
    play.keys("y").imports();
    assert_eq!(play.importing().step, Step::Preview);
    assert!(play.shows("3 new, 1 cannot be read."), "{}", play.screen());
    assert!(play.shows("Line 5: a quote is opened and never closed"), "the bad row is named first");
    assert_eq!(play.titles(), ["Mail"], "nothing was changed by looking");
    play.keys("Enter").imports();
    assert!(play.shows("3 added, 1 could not be read.") && play.shows("keep the file"), "{}", play.screen());
    play.keys("x").imports();
    assert!(path.exists(), "a row of it is not in the vault");
    play.keys("Enter");
    assert!(play.model.layers.is_empty());
    assert_eq!(play.titles(), ["GitHub", "Mail", "Shop", "nowhere.example"]);
    let entry = play.open().vault.entries().find(|entry| entry.title() == "GitHub").unwrap();
    let password = play.open().session.reveal(entry.password().unwrap()).unwrap();
    assert_eq!(password.expose_str(), Some("sentinel&x"), "repaired");
    play.keys("z");
    assert_eq!(play.titles(), ["Mail"]);
    // What is in the trash since is offered, and left there unless it is wanted.
    play.imports_from(&path).keys("y").imports();
    assert!(play.shows("3 in the trash, 1 cannot be read."), "{}", play.screen());
    insta::assert_snapshot!("import_trashed", play.screen());
    play.keys("Enter");
    assert!(play.model.layers.is_empty() && play.notice().contains("left there"), "{}", play.notice());
    play.imports_from(&path).keys("y").imports().keys("T T j t t Enter").imports();
    assert!(play.shows("2 taken out of the trash, 1 left in the trash, 1 could not"), "{}", play.screen());
    play.keys("Enter z");
    assert_eq!(play.titles(), ["Mail"], "one undo");
    play.imports_from(&path).keys("y").imports().keys("T Enter").imports().keys("Enter");
    assert_eq!(play.titles(), ["GitHub", "Mail", "Shop", "nowhere.example"]);
    // The same file again adds nothing.
    play.imports_from(&path).keys("y").imports();
    assert!(play.shows("3 already there, 1 cannot be read."), "{}", play.screen());
    play.keys("Enter");
    assert!(play.model.layers.is_empty() && play.notice().contains("nothing was changed"));
}

#[test]
fn esc_cancels_at_any_point_and_nothing_is_changed() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", BROWSER);
    // How many steps are done before the Esc: reading, looking, the question, looking again, the edit.
    for steps in 0..4 {
        let mut play = Play::with(vec![login("Mail", "ada", "x")], (80, 24));
        let before = Arc::clone(&play.open().vault);
        play.keys("Esc I").text(path.to_str().unwrap()).keys("Enter");
        for step in 0..steps {
            let job = play.import_job();
            play.does(job);
            match step {
                1 => play.keys("n"),
                2 => play.keys("Enter"),
                _ => &mut play,
            };
        }
        let job = play.import_job();
        assert!(play.shows("Esc cancels"), "{steps}: {}", play.screen());
        assert!(play.model.is_at_work());
        play.keys("Esc");
        assert!(job.stop.load(Ordering::Relaxed));
        let ticket = job.ticket;
        let result = run(job, Path::new(""), &mpsc::channel().0);
        // Where rows are handed over one at a time, it stops at the first.
        assert!(steps < 2 || result.is_err(), "{steps}");
        play.send(Message::Imported { ticket, result });
        assert!(Arc::ptr_eq(&before, &play.open().vault) && play.open().saving.edits == 0, "{steps}");
        assert!(!play.shows("Reading") && play.importing().run.is_none());
        play.keys("Esc");
        assert!(play.model.layers.is_empty(), "{steps}: {}", play.screen());
        assert_eq!(play.titles(), ["Mail"]);
    }
}

#[test]
fn an_end_that_comes_after_esc_or_a_lock_changes_nothing() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", BROWSER);
    for key in ["Esc", "Ctrl-L"] {
        let mut play = Play::with(vec![login("Mail", "ada", "x")], (80, 24));
        play.imports_from(&path).keys("y").imports().keys("Enter");
        let mut job = play.import_job();
        let (ticket, stop) = (job.ticket, std::mem::take(&mut job.stop));
        let result = run(job, Path::new(""), &mpsc::channel().0);
        assert!(result.is_ok(), "it was done before it was told to stop");
        play.keys(key);
        assert!(stop.load(Ordering::Relaxed));
        play.send(Message::Imported { ticket, result });
        assert!(!play.shows("GitHub") || key == "Esc", "{}", play.screen());
        if key == "Esc" {
            assert_eq!((play.titles(), play.open().saving.edits), (vec!["Mail".to_owned()], 0));
            assert!(play.notice().contains("nothing was imported"));
        } else {
            assert!(play.model.open().is_none() && play.model.layers.is_empty());
        }
    }
}

#[test]
fn a_vault_that_changed_meanwhile_is_not_written_over() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", BROWSER);
    let mut play = Play::with(vec![login("Mail", "ada", "x")], (80, 24));
    play.imports_from(&path).keys("y").imports().keys("Enter");
    let job = play.import_job();
    // What another program did comes in.
    let other = Arc::new(Vault::clone(&play.open().vault));
    play.model.open_mut().unwrap().vault = other;
    play.does(job);
    assert!(play.shows("The vault was changed meanwhile"), "{}", play.screen());
    assert_eq!(play.titles(), ["Mail"]);
    play.keys("Enter").imports();
    assert!(play.shows("3 added"), "and it can be tried again");
}

#[test]
fn entries_that_differ_are_updated_kept_beside_or_left() {
    let folder = Folder::new();
    let mut table = "name,url,username,password,note\n".to_owned();
    for number in 1..=3 {
        table += &format!("Site {number},,ada,sentinel-new-{number},\n");
    }
    let path = folder.file("chrome.csv", table);
    let items =
        || (1..=3).map(|n| login(&format!("Site {n}"), "ada", &format!("sentinel-old-{n}"))).collect();
    let passwords = |play: &Play| {
        let open = play.open();
        let one = |entry: crate::vault::Entry<'_>| {
            let password = open.session.reveal(entry.password().unwrap()).unwrap();
            let past = entry.history().len();
            format!(
                "{} {} {past}",
                entry.title(),
                password.expose_str().unwrap().trim_start_matches("sentinel-")
            )
        };
        let mut all: Vec<String> = open.vault.entries().filter(|entry| entry.is_live()).map(one).collect();
        all.sort();
        all
    };
    let mut play = Play::with(items(), (80, 24));
    play.imports_from(&path);
    assert!(play.shows("3 differ from the vault's."), "{}", play.screen());
    assert!(play.shows("keep both") && play.shows("differs: password") && play.shows("u update"));
    insta::assert_snapshot!("import_changed", play.screen());
    // One by one: the cursor goes on to the next that differs.
    play.keys("u b s Enter").imports();
    assert_eq!(passwords(&play), ["Site 1 new-1 1", "Site 2 new-2 0", "Site 2 old-2 0", "Site 3 old-3 0"]);
    assert!(play.shows("1 added, 1 updated, 1 left as they are."), "{}", play.screen());
    play.keys("Enter z");
    assert_eq!(passwords(&play), ["Site 1 old-1 1", "Site 2 old-2 0", "Site 3 old-3 0"], "one undo");
    for (key, counts) in [
        ("U", Counts { updated: 3, ..Counts::default() }),
        ("B", Counts { added: 3, ..Counts::default() }),
        ("S", Counts { left: 3, ..Counts::default() }),
    ] {
        let mut play = Play::with(items(), (80, 24));
        play.imports_from(&path).keys("u").keys(key).keys("Enter").imports();
        assert_eq!(play.importing().rows.counts, counts, "{key}");
        assert!(!play.shows("sentinel"));
    }
}

#[test]
fn an_encrypted_file_asks_for_its_password_until_it_is_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bitwarden/pbkdf2.json");
    for size in SIZES {
        let mut play = Play::with(vec![], size);
        play.imports_from(&path);
        assert_eq!(play.importing().step, Step::Password);
        play.keys("Enter");
        assert!(play.importing().problem.is_some(), "an empty one is none");
        play.text("wrong-sentinel").keys("Enter");
        assert!(play.importing().run.is_some());
        play.imports();
        assert_eq!(play.importing().step, Step::Password);
        assert!(play.shows("Wrong password") || size.1 < 9, "{}", play.screen());
        assert!(!play.shows("sentinel") && play.importing().password.is_empty());
        play.text("correct horse é").keys("Enter").imports();
        assert_eq!(play.importing().step, Step::Preview, "{}", play.screen());
        assert!(play.importing().rows.counts.added > 0);
        play.keys("Enter").imports();
        assert!(!play.importing().done.unwrap().is_removable, "an encrypted one may stay");
    }
}

#[test]
fn what_a_derivation_takes_is_told_before_it_is_paid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bitwarden/pbkdf2.json");
    for size in SIZES {
        let mut play = Play::with(vec![], size);
        play.imports_from(&path);
        let plan = play.importing().plan.clone().unwrap();
        play.keys("Esc Enter");
        let ticket = play.import_job().ticket;
        let demand = Some("opening this file takes about 90 s here".to_owned());
        play.send(Message::Imported { ticket, result: Ok(Box::new(ImportStage::Locked(plan, demand))) });
        assert_eq!(play.importing().step, Step::Password);
        assert!(play.shows("90 s") || size.1 < 12, "{}", play.screen());
        play.keys("Esc Esc");
        assert!(play.model.layers.is_empty() && play.asked().is_empty());
    }
}

#[test]
fn a_folder_is_left_to_the_command() {
    let folder = Folder::new();
    let mut play = Play::with(vec![], (80, 24));
    play.imports_from(&folder.0);
    assert!(play.shows("This is a folder") && play.shows("tresor import FOLDER"), "{}", play.screen());
}

#[test]
fn what_the_content_does_not_tell_is_asked_for() {
    let folder = Folder::new();
    let path = folder.file("table.csv", "shelf,colour\nkitchen,green\n");
    let mut play = Play::with(vec![], (80, 24));
    play.imports_from(&path);
    assert!(play.shows("What kind of file is it?") && play.shows("json: tresor's own JSON"));
    play.keys("Esc");
    assert!(play.shows("table of another shape") && play.shows("shelf"), "{}", play.screen());
    // Keeper's table has no header.
    let path = folder.file("keeper.csv", "Work,Mail,ada,sentinel,https://mail.example.com,a note,\n");
    let mut play = Play::with(vec![], (80, 24));
    play.imports_from(&path).text("keeper-csv").keys("Enter").imports();
    assert_eq!(play.importing().rows.counts.added, 1, "{}", play.screen());
    assert!(play.shows("Mail/ada") && play.shows("Keeper CSV"));
    // Another one, and back to the first question where that fails.
    play.keys("f").text("kdbx").keys("Enter").imports();
    assert!(play.importing().problem.is_some() || play.importing().step == Step::Password);
}

#[test]
fn what_is_no_file_is_told() {
    let mut play = Play::with(vec![], (40, 12));
    play.keys("Esc I Enter");
    assert!(play.shows("Type the path"));
    play.text("/nowhere/at/all.csv").keys("Enter").imports();
    assert!(
        play.shows("No such file") || play.shows("not found") || play.shows("Cannot"),
        "{}",
        play.screen()
    );
    assert_eq!(play.importing().path.text(), "/nowhere/at/all.csv", "what was typed stays");
    play.keys("Esc");
    assert!(play.model.layers.is_empty());
}

#[test]
fn progress_is_that_of_the_rows() {
    let folder = Folder::new();
    let mut table = "name,url,username,password,note\n".to_owned();
    (0..2000).for_each(|number| table += &format!("Site {number},,ada,pw-{number},\n"));
    let path = folder.file("many.csv", table);
    let mut play = Play::with(vec![], (80, 24));
    play.imports_from(&path).keys("Enter");
    assert!(play.shows("Importing") && play.shows("0 %"));
    let job = play.import_job();
    let ticket = job.ticket;
    let (tell, told) = mpsc::channel();
    let result = run(job, Path::new(""), &tell);
    let mut seen = Vec::new();
    for message in told.try_iter() {
        play.send(message);
        seen.extend((0..=100).filter(|percent| play.shows(&format!(" {percent} %"))));
    }
    assert!(seen.len() >= 7 && seen.is_sorted() && *seen.last().unwrap() > 80, "{seen:?}");
    play.send(Message::Progressed { ticket: ticket - 1, done: 1 });
    play.send(Message::Imported { ticket, result });
    assert_eq!(play.open().vault.entries().count(), 2000);
}

#[test]
fn the_plain_file_goes_only_once_its_entries_are_on_the_disk() {
    let folder = Folder::new();
    let path = folder.file("chrome.csv", "name,url,username,password,note\nMail,,ada,sentinel,\n");
    let passphrase = Passphrase::new(&Secret::copy_of(b"one")).unwrap();
    let (vault, state) = (folder.0.join("v.tresor"), folder.0.join("state"));
    let (session, vault) =
        Session::create(&vault, &state, &passphrase, Cost::READER_FLOOR, Timestamp(1)).unwrap();
    let catalog = Catalog::of(&vault, Facet::All);
    let mut play = Play::new(Screen::Open(Box::new(Open::new(session, vault, catalog))), (80, 24));
    play.saves = None;
    play.imports_from(&path).keys("Enter").imports();
    assert!(play.shows("x overwrites and removes it"), "{}", play.screen());
    play.keys("x");
    assert!(play.notice().contains("not saved yet") && path.exists());
    let at = play.effects.iter().position(|effect| matches!(effect, Effect::Save(_))).unwrap();
    play.saves = Some(Ok(()));
    let save = play.effects.remove(at);
    play.answer(save);
    play.keys("x");
    assert!(play.shows("Overwriting cannot promise"), "{}", play.screen());
    play.keys("n");
    assert!(path.exists());
    play.keys("x y").imports();
    assert!(!path.exists() && play.notice().contains("Overwritten and removed"), "{}", play.notice());
    assert!(!play.shows("x overwrites"));
    // The sample is not on the disk, and takes no file away.
    let path = folder.file("chrome.csv", "name,url,username,password,note\nMail,,ada,sentinel,\n");
    let mut play = Play::with(vec![], (80, 24));
    play.imports_from(&path).keys("Enter").imports().keys("x y").imports();
    assert!(path.exists());
}

#[test]
fn hostile_names_are_harmless() {
    let folder = Folder::new();
    let mut table = "name,url,username,password,note,\u{1b}[31mextra\n".to_owned();
    for (number, text) in
        ["\u{1b}]52;c;AAAA\u{7}", "\u{202E}moc\u{202C}", "a\u{301}\u{301} zalgo"].iter().enumerate()
    {
        table += &format!("{text},,{text}{number},pw&amp;{text},,{text}\n");
    }
    let path = folder.file("\u{1b}[2Jchrome.csv", table);
    for size in SIZES {
        let mut play = Play::with(vec![], size);
        play.imports_from(&path);
        for keys in ["Esc", "Enter", "y", "j", "f", "Esc", "Enter", "j"] {
            play.keys(keys).imports();
            super::hostile::assert_harmless(&play);
        }
    }
}
