//! Power cuts at every point of every kind of save: whatever of the un-synced changes is on the disk then, the vault
//! opens as old or new, the next save brings everything that was said to be saved, and leaves nothing beside it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tresor::crypto::kdf::Cost;
use tresor::session::Session;
use tresor::time::Timestamp;
use tresor::vault::Vault;

use crate::figures::{figure, quick_or_long};
use crate::model::{Content, Image, Model, Op, Refuses};
use crate::states;
use crate::vaults::{OTHER_STATE, STATE, VAULT, add, beside, create, empty, open, pass, titles, with_old};

/// What was done, as far as a person knows: changes of the model's log are numbered, and so this is.
#[derive(Default)]
struct Story {
    /// From this change on the title may be there; from that one on it must be.
    tried: BTreeMap<String, usize>,
    acknowledged: BTreeMap<String, usize>,
    /// From this change on there is a vault at its path; from that one on only the new password opens.
    made: usize,
    rekeyed: Option<(usize, Option<usize>)>,
}

/// A disk, and what is done on it.
struct Play {
    name: &'static str,
    model: Model,
    refuses: Refuses,
    story: Arc<Mutex<Story>>,
}

impl Play {
    fn new(name: &'static str, start: &Image, refuses: Refuses) -> Self {
        Self { name, model: Model::of(start, refuses), refuses, story: Arc::default() }
    }

    /// Adds an entry and saves.
    fn save(&self, session: &Session, vault: &mut Vault, title: &str) {
        save(&self.model, &self.story, session, vault, title);
    }

    /// Checks every state that a cut may leave at every point; gives how many there are.
    fn check(&self, start: &Image, recoveries: usize) -> usize {
        let log = self.model.log();
        let story = self.story.lock().unwrap();
        let mut verdicts: HashMap<u64, Option<Opened>> = HashMap::new();
        let mut seen: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        let (mut kinds, mut more) = (BTreeMap::new(), Vec::new());
        let mut count = 0;
        for cut in 0..=log.len() {
            states::after(start, &log, cut, &mut |state| {
                count += 1;
                let hash = state.get(Path::new(VAULT)).map_or(0, |content| content.as_ref().unwrap().hash);
                let opened = verdicts.entry(hash).or_insert_with(|| Opened::of(&state));
                let told = story.judge(opened.as_ref(), cut).map_err(|why| format!("{}: {why}", self.name));
                told.unwrap_or_else(|why| {
                    panic!("after {cut} of {:#?}\n{why}\n{}", log_of(&log), show(&state))
                });
                // What counts for the next save is the state and what is to be there.
                let must = story.acknowledged.values().filter(|at| **at <= cut).count();
                let may = story.tried.values().filter(|at| **at <= cut).count();
                let known = seen.entry(hash_of(&state)).or_default();
                if !known.contains(&(must, may)) {
                    known.push((must, may));
                    match kinds.entry((kind_of(&state), must, may)) {
                        Entry::Vacant(kind) => drop(kind.insert((state, cut))),
                        Entry::Occupied(_) => more.push((state, cut)),
                    }
                }
            });
        }
        // One state of each kind is saved to, and some more.
        let different = kinds.len() + more.len();
        let kinds = spread(kinds.into_values().collect(), recoveries);
        let more = spread(more, recoveries - kinds.len());
        for (state, cut) in kinds.iter().chain(&more) {
            let told = story.recover(state, *cut, self.refuses);
            told.unwrap_or_else(|why| {
                panic!("{}: after {cut} of {:#?}\n{why}\n{}", self.name, log_of(&log), show(state))
            });
        }
        let saved = kinds.len() + more.len();
        println!("{}: {count} states, {different} different, {saved} saved to", self.name);
        count
    }
}

fn save(model: &Model, story: &Mutex<Story>, session: &Session, vault: &mut Vault, title: &str) {
    story.lock().unwrap().tried.insert(title.to_owned(), model.log().len());
    add(session, vault, title);
    session.save(vault, Timestamp(3)).unwrap();
    story.lock().unwrap().acknowledged.insert(title.to_owned(), model.log().len());
}

/// A vault that opened.
struct Opened {
    titles: Vec<String>,
    is_new_key: bool,
}

impl Opened {
    fn of(state: &Image) -> Option<Self> {
        let model = Model::of(state, Refuses::default());
        ["one", "two"].iter().find_map(|passphrase| {
            let (_, vault) = open(&model, STATE, passphrase).ok()?;
            Some(Self { titles: titles(&vault), is_new_key: *passphrase == "two" })
        })
    }
}

impl Story {
    /// Whether a vault is what the one at its path may be.
    fn judge(&self, opened: Option<&Opened>, cut: usize) -> Result<(), String> {
        let Some(opened) = opened else {
            return if cut < self.made { Ok(()) } else { Err("no vault opens".to_owned()) };
        };
        let unknown = |title: &&String| self.tried.get(*title).is_none_or(|at| *at > cut);
        if let Some(title) = opened.titles.iter().find(unknown) {
            return Err(format!("{title} is from nowhere"));
        }
        match self.rekeyed {
            Some((from, _)) if opened.is_new_key && cut < from => Err("the new key comes early".to_owned()),
            Some((_, Some(from))) if !opened.is_new_key && cut >= from => Err("the old key opens".to_owned()),
            _ => Ok(()),
        }
    }

    /// Saves on top of a state, and looks for everything that is to be there.
    fn recover(&self, state: &Image, cut: usize, refuses: Refuses) -> Result<(), String> {
        let model = Model::of(state, refuses);
        let opened = Opened::of(state);
        let passphrase = if opened.as_ref().is_some_and(|opened| opened.is_new_key) { "two" } else { "one" };
        if opened.is_none() {
            create(&model).map_err(|error| format!("no new vault: {error}"))?;
        }
        // Each installation takes in what it has left itself.
        for state_dir in [STATE, OTHER_STATE] {
            let (session, mut vault) =
                open(&model, state_dir, passphrase).map_err(|error| error.to_string())?;
            add(&session, &mut vault, "after");
            session.save(&mut vault, Timestamp(9)).map_err(|error| format!("no next save: {error}"))?;
        }
        let (_, vault) = open(&model, STATE, passphrase).map_err(|error| error.to_string())?;
        let titles = titles(&vault);
        let is_lost = |(title, at): &(&String, &usize)| **at <= cut && !titles.contains(title);
        if let Some((title, _)) = self.acknowledged.iter().find(is_lost) {
            return Err(format!("{title} is lost"));
        }
        let left = beside(&model.image());
        if left.is_empty() { Ok(()) } else { Err(format!("left behind: {left:?}")) }
    }
}

fn hash_of(state: &Image) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (path, content) in state {
        path.hash(&mut hasher);
        content.as_ref().map(|content| content.hash).hash(&mut hasher);
    }
    hasher.finish()
}

/// Which names there are, and which files are torn. The clock of edits may be anything.
fn kind_of(state: &Image) -> Vec<(PathBuf, bool)> {
    let is_torn = |content: &Option<Arc<Content>>| content.as_ref().is_some_and(|content| content.is_torn);
    let others = state.iter().filter(|(path, _)| !path.ends_with("ticks"));
    others.map(|(path, content)| (path.clone(), is_torn(content))).collect()
}

/// So many of them, from all along.
fn spread<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let step = all.len().div_ceil(most.max(1)).max(1);
    all.into_iter().step_by(step).take(most).collect()
}

fn show(state: &Image) -> String {
    let line = |(path, content): (&PathBuf, &Option<Arc<Content>>)| match content {
        None => format!("{}/\n", path.display()),
        Some(content) => format!("{} {} {:x}\n", path.display(), content.bytes.len(), content.hash),
    };
    state.iter().map(line).collect()
}

fn log_of(log: &[Op]) -> Vec<String> {
    let words = |op: &Op| match op {
        Op::Write { file, at, bytes } => format!("write {file} at {at}: {}", bytes.len()),
        op => format!("{op:?}"),
    };
    log.iter().enumerate().map(|(at, op)| format!("{at} {}", words(op))).collect()
}

fn of_old(name: &'static str, start: &Image, refuses: Refuses) -> (Play, Session, Vault) {
    let play = Play::new(name, start, refuses);
    play.story.lock().unwrap().tried.insert("old".to_owned(), 0);
    play.story.lock().unwrap().acknowledged.insert("old".to_owned(), 0);
    let (session, vault) = open(&play.model, STATE, "one").unwrap();
    (play, session, vault)
}

fn creating(refuses: Refuses) -> usize {
    let play = Play::new("create", &empty(), refuses);
    play.story.lock().unwrap().made = usize::MAX;
    let (session, mut vault) = create(&play.model).unwrap();
    play.story.lock().unwrap().made = play.model.log().len();
    play.save(&session, &mut vault, "first");
    play.check(&empty(), recoveries())
}

fn replacing(start: &Image, refuses: Refuses) -> usize {
    let (play, session, mut vault) = of_old("replace", start, refuses);
    play.save(&session, &mut vault, "new");
    play.save(&session, &mut vault, "newer");
    play.check(start, recoveries())
}

fn merging(start: &Image, refuses: Refuses, guest_before: Option<&'static str>) -> usize {
    let (play, session, mut vault) = of_old("merge", start, refuses);
    let (other, mut theirs) = open(&play.model, OTHER_STATE, "one").unwrap();
    match guest_before {
        None => play.save(&other, &mut theirs, "theirs"),
        Some(call) => {
            let (model, story) = (play.model.clone(), play.story.clone());
            play.model.before_next(call, move || save(&model, &story, &other, &mut theirs, "theirs"));
        }
    }
    play.save(&session, &mut vault, "new");
    assert!(play.story.lock().unwrap().acknowledged.contains_key("theirs"), "the other has saved");
    play.check(start, recoveries())
}

fn rekeying(start: &Image) -> usize {
    let (play, mut session, mut vault) = of_old("re-key", start, Refuses::default());
    play.story.lock().unwrap().rekeyed = Some((play.model.log().len(), None));
    session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(4)).unwrap();
    let at = play.model.log().len();
    play.story.lock().unwrap().rekeyed = Some((0, Some(at)));
    play.save(&session, &mut vault, "new");
    play.check(start, recoveries())
}

fn taking_in(start: &Image) -> usize {
    // What a save has left that was killed before the exchange.
    let model = Model::of(start, Refuses::default());
    let (session, mut vault) = open(&model, STATE, "one").unwrap();
    add(&session, &mut vault, "left over");
    session.save(&mut vault, Timestamp(3)).unwrap();
    let mut start = start.clone();
    let lock = start.iter().find(|(path, _)| path.ends_with("lock")).unwrap().1.clone().unwrap();
    let name = format!(".vault.tresor.saving-{}-0", str::from_utf8(&lock.bytes).unwrap());
    start.insert(Path::new(VAULT).with_file_name(name), model.image()[Path::new(VAULT)].clone());
    let (play, session, mut vault) = of_old("left over", &start, Refuses::default());
    play.story.lock().unwrap().tried.insert("left over".to_owned(), 0);
    play.save(&session, &mut vault, "new");
    play.check(&start, recoveries())
}

fn recoveries() -> usize {
    quick_or_long(10, 2000)
}

#[test]
fn whatever_a_power_cut_leaves_opens_and_loses_nothing() {
    let start = with_old();
    let full = Refuses::default();
    let no_exchange = Refuses { exchange: true, rename_new: true, ..full };
    let nothing = Refuses { link: true, rename_across: true, ..no_exchange };
    let mut states = 0;
    for refuses in [full, no_exchange, nothing] {
        states += creating(refuses) + replacing(&start, refuses) + merging(&start, refuses, None);
    }
    states += merging(&start, full, Some("exchange"));
    states += rekeying(&start) + taking_in(&start);
    figure("power-cut", &format!("{states} of {states} states open as old or new (100 %)"));
}

/// That the check finds something where there is something to be found.
#[test]
#[should_panic(expected = "no vault opens")]
fn a_disk_that_lies_about_files_is_found_out() {
    replacing(&with_old(), Refuses { sync: true, ..Refuses::default() });
}

#[test]
#[should_panic(expected = "is lost")]
fn a_disk_that_lies_about_names_is_found_out() {
    replacing(&with_old(), Refuses { sync_dir: true, ..Refuses::default() });
}
