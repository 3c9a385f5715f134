//! Saving, beside others and against odds: no acknowledged change is lost, and nothing is left behind.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::damage::limited;
use crate::figures::quick_or_long;
use crate::home::{Home, PASSWORD};

pub fn titles(home: &Home) -> Vec<String> {
    home.listed(&[]).iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
}

/// The names beside the vault, which should be its own alone.
pub fn beside(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.vault().parent().unwrap()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_held_lock_is_waited_for() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    let lock = fs::File::open(home.state().join("lock")).unwrap();
    lock.lock().unwrap();
    let start = Instant::now();
    if quick_or_long(false, true) {
        home.run(&["add", "b"]).fails(1, "another tresor has been saving this vault for 30 seconds");
        assert!((30..40).contains(&start.elapsed().as_secs()));
    }
    let release = Duration::from_millis(700);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(release);
            lock.unlock().unwrap();
        });
        let start = Instant::now();
        home.run(&["add", "b"]).ok();
        assert!(start.elapsed() >= release);
    });
    assert_eq!(titles(&home), ["a", "b"]);
}

#[test]
fn of_several_who_make_a_vault_one_does() {
    let home = Home::empty();
    let statuses: Vec<Option<i32>> = thread::scope(|scope| {
        let make = || home.run(&["init", "--kdf-memory", "64"]).code();
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == Some(0)).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, Some(0 | 7))), "{statuses:?}");
    home.run(&["ls"]).ok();
    home.state();
    assert_eq!(beside(&home), ["vault.tresor"]);
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_changes_nothing() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    let err = limited(&home, "-f 16", &["add", "b"]).fails(1, "cannot write");
    assert!(err.contains("The vault on the disk is whole."), "{err}");
    limited(&home, "-f 16", &["passwd"]).fails(2, "");
    limited(&home, "-f 16", &["export", "copy", "--to", "vault"]).fails(1, "cannot write");
    assert_eq!(beside(&home), ["vault.tresor"]);
    assert!(!home.path("copy").exists());
    let empty = Home::empty();
    limited(&empty, "-f 16", &["init", "--kdf-memory", "64"]).fails(1, "cannot write");
    assert!(beside(&empty).is_empty());
}

#[test]
fn memory_that_may_not_be_locked_is_used_all_the_same() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    assert_eq!(limited(&home, "-l 0", &["get", "a"]).ok(), "pw\n");
}

#[test]
fn folders_and_files_that_refuse_are_named() {
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let home = Home::new();
    home.add("a", "pw", &[]);
    // Root is refused nothing, so that it has to be somebody else there.
    let nobody = 65_534;
    let is_root = chown(home.vault(), Some(nobody), Some(nobody)).is_ok();
    let program = home.path("tresor");
    fs::copy(env!("CARGO_BIN_EXE_tresor"), &program).unwrap();
    if is_root {
        let mut paths = vec![home.path("")];
        while let Some(path) = paths.pop() {
            chown(&path, Some(nobody), Some(nobody)).unwrap();
            if path.is_dir() {
                paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
    }
    let run = |arguments: &[&str]| {
        let mut command = home.command(&program);
        command.arg("--password-stdin").args(arguments);
        if is_root {
            command.uid(nobody).gid(nobody);
        }
        home.finish(command, format!("{PASSWORD}\n"))
    };
    let with_mode = |path: &std::path::Path, mode: u32, then: &dyn Fn()| {
        let before = fs::metadata(path).unwrap().permissions();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        then();
        fs::set_permissions(path, before).unwrap();
    };
    with_mode(home.vault().parent().unwrap(), 0o500, &|| {
        assert_eq!(run(&["get", "a"]).ok(), "pw\n");
        let err = run(&["add", "b"]).fails(1, "cannot create");
        assert!(
            err.contains("The vault on the disk is whole. Check its owner and its permissions."),
            "{err}"
        );
    });
    with_mode(&home.vault(), 0o000, &|| {
        for command in [&["ls"][..], &["verify"], &["add", "b"]] {
            run(command).fails(1, "cannot open");
        }
    });
    for mode in [0o500, 0o000] {
        with_mode(&home.path("state/tresor"), mode, &|| {
            assert_eq!(run(&["get", "a"]).ok(), "pw\n");
        });
    }
    with_mode(&home.path("state/tresor"), 0o000, &|| {
        let err = run(&["add", "b"]).fails(1, "state");
        assert!(err.contains("Check its owner and its permissions."), "{err}");
    });
    run(&["add", "b"]).ok();
}
