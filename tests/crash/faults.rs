//! One operation of a save fails, whichever it is and however: the error says so, the file is old or new, "saved" is
//! said only of what is there, and after the next save nothing is left beside the vault.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use tresor::crypto::kdf::Cost;
use tresor::session::{Session, SessionError};
use tresor::store::StoreError;
use tresor::time::Timestamp;
use tresor::vault::Vault;

use crate::figures::quick_or_long;
use crate::model::{Fault, Image, Model, Refuses};
use crate::vaults::{OTHER_STATE, STATE, VAULT, add, beside, create, empty, open, pass, titles, with_old};

const EINTR: i32 = 4;
const EIO: i32 = 5;
const ENOSPC: i32 = 28;

const FAULTS: [Fault; 6] = [
    Fault::Error(EIO),
    Fault::Late(EIO),
    Fault::Short,
    Fault::Error(ENOSPC),
    Fault::Error(EINTR),
    Fault::Late(EINTR),
];

const FULL: Refuses = Refuses {
    exchange: false,
    rename_new: false,
    link: false,
    rename_across: false,
    sync: false,
    sync_dir: false,
};
const NO_EXCHANGE: Refuses = Refuses { exchange: true, rename_new: true, ..FULL };
const NOTHING: Refuses = Refuses { link: true, rename_across: true, ..NO_EXCHANGE };

type Saving<'s> = &'s dyn Fn(&mut Session, &mut Vault) -> Result<(), SessionError>;

fn save(session: &mut Session, vault: &mut Vault) -> Result<(), SessionError> {
    session.save(vault, Timestamp(5)).map(|_| ())
}

fn rekey(session: &mut Session, vault: &mut Vault) -> Result<(), SessionError> {
    session.change_passphrase(vault, &pass("two"), Cost::READER_FLOOR, Timestamp(5)).map(|_| ())
}

/// Fails every operation of a save that adds `new`, in every way. Gives which operations there were.
fn fail_each(
    start: &Image,
    refuses: Refuses,
    must: &[&str],
    prepare: &dyn Fn(&Model),
    saving: Saving<'_>,
) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for fault in FAULTS.into_iter().take(quick_or_long(3, FAULTS.len())) {
        for number in 1.. {
            let model = Model::of(start, refuses);
            let (mut session, mut vault) = open(&model, STATE, "one").unwrap();
            add(&session, &mut vault, "new");
            prepare(&model);
            let at = model.calls().len() + number;
            model.fail(at, fault);
            let done = saving(&mut session, &mut vault);
            let calls = model.calls();
            if calls.len() < at {
                assert!(number > 20, "so few operations: {calls:?}");
                break;
            }
            seen.insert(calls[at - 1]);
            let what = format!("{fault:?} of {} ({number}), {done:?}, {refuses:?}", calls[at - 1]);
            check_error(&done, fault, &what);
            check_now(&model, start, &done, &must[..1], &what);
            // The same session may go on, and says itself what is saved then.
            add(&session, &mut vault, "after");
            session.save(&mut vault, Timestamp(9)).unwrap_or_else(|error| panic!("{what}: {error}"));
            let there = there(&model, &what);
            for title in must.iter().chain(&["new", "after"]) {
                assert!(there.contains(&(*title).to_owned()), "{what}: {title} is not in {there:?}");
            }
            let left = beside(&model.image());
            assert!(left.is_empty(), "{what}: left behind: {left:?}");
        }
    }
    seen
}

fn check_error(done: &Result<(), SessionError>, fault: Fault, what: &str) {
    match done {
        Ok(()) => {}
        Err(SessionError::Store(StoreError::Io { source, .. })) => {
            let (Fault::Error(errno) | Fault::Late(errno)) = fault else {
                panic!("{what}: no error to tell")
            };
            assert_eq!(source.kind(), io::Error::from_raw_os_error(errno).kind(), "{what}");
        }
        Err(error) => panic!("{what}: another error: {error}"),
    }
}

fn check_now(model: &Model, start: &Image, done: &Result<(), SessionError>, must: &[&str], what: &str) {
    let vault = |image: &Image| image[Path::new(VAULT)].as_ref().unwrap().bytes.clone();
    if vault(&model.image()) == vault(start) {
        assert!(done.is_err(), "{what}: said to be saved");
        return;
    }
    let there = there(model, what);
    let is_new = there.contains(&"new".to_owned());
    assert!(is_new || done.is_err(), "{what}: said to be saved");
    for title in must {
        assert!(there.contains(&(*title).to_owned()), "{what}: {title} is not in {there:?}");
    }
}

fn there(model: &Model, what: &str) -> Vec<String> {
    let opened = open(model, STATE, "one").or_else(|_| open(model, STATE, "two"));
    let (_, vault) = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
    titles(&vault)
}

#[test]
fn whichever_operation_of_a_save_fails_the_file_is_old_or_new() {
    let start = with_old();
    let seen = fail_each(&start, FULL, &["old"], &|_| (), &save);
    for call in
        ["open lock", "lock", "list", "create", "write", "sync", "seek", "read", "exchange", "sync dir"]
    {
        assert!(seen.contains(call), "{call} is never failed: {seen:?}");
    }
    let seen = fail_each(&start, NO_EXCHANGE, &["old"], &|_| (), &save);
    assert!(seen.contains("link") && seen.contains("rename"), "{seen:?}");
    fail_each(&start, NOTHING, &["old"], &|_| (), &save);
    fail_each(&start, FULL, &["old"], &|_| (), &rekey);
}

#[test]
fn whichever_operation_of_a_merging_save_fails_nothing_of_the_others_is_lost() {
    let start = with_old();
    // Another installation saves before this one, or in the middle of its save.
    for call in [None, Some("exchange"), Some("open lock")] {
        let beside_another = |model: &Model| {
            let (other, mut theirs) = open(model, OTHER_STATE, "one").unwrap();
            add(&other, &mut theirs, "theirs");
            let mut act = move || {
                other.save(&mut theirs, Timestamp(4)).unwrap();
            };
            match call {
                None => act(),
                Some(call) => model.before_next(call, act),
            }
        };
        fail_each(&start, FULL, &["old", "theirs"], &beside_another, &save);
    }
}

#[test]
fn whichever_operation_of_a_making_fails_there_is_a_vault_or_none() {
    for refuses in [FULL, NO_EXCHANGE, NOTHING] {
        for fault in FAULTS.into_iter().take(quick_or_long(3, FAULTS.len())) {
            for number in 1.. {
                let model = Model::of(&empty(), refuses);
                model.fail(number, fault);
                let made = create(&model);
                let calls = model.calls();
                if calls.len() < number {
                    break;
                }
                let what = format!("{fault:?} of {} ({number}), {refuses:?}", calls[number - 1]);
                let is_there = model.image().contains_key(Path::new(VAULT));
                assert!(is_there || made.is_err(), "{what}: said to be made");
                check_error(&made.map(|_| ()), fault, &what);
                if !is_there {
                    create(&model).unwrap_or_else(|error| panic!("{what}: {error}"));
                }
                let (session, mut vault) =
                    open(&model, STATE, "one").unwrap_or_else(|error| panic!("{what}: {error}"));
                add(&session, &mut vault, "first");
                session.save(&mut vault, Timestamp(3)).unwrap_or_else(|error| panic!("{what}: {error}"));
                let left = beside(&model.image());
                assert!(left.is_empty(), "{what}: left behind: {left:?}");
            }
        }
    }
}
