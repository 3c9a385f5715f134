//! `init` and `info`: a new vault, its costs, its files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::home::{Home, PASSWORD};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Every file and folder under `folder`.
fn all(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], all(&path)].concat() } else { vec![path] })
        .collect()
}

#[test]
fn init_makes_a_private_vault_with_the_costs_asked_for() {
    let home = Home::empty();
    let (out, err) =
        home.run(&["init", "--kdf-memory", "64", "--kdf-passes", "4", "--kdf-lanes", "2"]).both();
    assert_eq!(out, format!("Made the vault {}\n", home.vault().display()));
    assert_eq!(err, "", "a strong password needs no remark");
    home.add("a", "b", &[]);
    for path in [all(&home.path("data")), all(&home.path("state"))].concat() {
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    let info = home.run(&["info", "--json"]).json();
    let costs = ["kdf_memory_mib", "kdf_passes", "kdf_lanes"].map(|key| info[key].as_u64().unwrap());
    assert_eq!(costs, [64, 4, 2]);
}

#[test]
fn the_default_cost_is_256_mib_4_lanes_and_3_passes_or_more() {
    let home = Home::empty();
    home.run(&["--json", "init"]).ok();
    let header = home.bytes();
    let number = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
    assert_eq!([number(260), number(268)], [256 * 1024, 4]);
    assert!((3..=24).contains(&number(264)), "{} passes", number(264));
}

#[test]
fn a_weak_password_is_remarked_on_and_taken() {
    let home = Home::empty();
    let (_, err) = home.fed("password1\n", &["--password-stdin", "init", "--kdf-memory", "64"]).both();
    assert!(err.contains("weak") && err.contains("tresor generate --words 5"), "{err}");
}

#[test]
fn init_writes_over_nothing() {
    let home = Home::new();
    home.run(&["init"]).fails(7, "exists already\nIt was not touched.");
    for name in ["file", "folder/x", "link"] {
        home.write("folder/x", "mine");
        home.write("file", "mine");
        let _ = std::os::unix::fs::symlink("nowhere", home.path("link"));
        home.run(&["--vault", name, "init"]).fails(7, "exists already");
    }
    home.run(&["--vault", "folder", "init"]).fails(7, "exists already");
    assert_eq!(fs::read(home.path("file")).unwrap(), b"mine");
    assert!(fs::symlink_metadata(home.path("link")).unwrap().is_symlink() && !home.path("nowhere").exists());
    // It is refused before a password is asked for.
    home.fed("", &["init", "--no-input"]).fails(7, "exists already");
}

#[test]
fn costs_out_of_bounds_are_refused_and_nothing_is_made() {
    let home = Home::empty();
    for costs in [
        &["--kdf-memory", "63"][..],
        &["--kdf-memory", "0"],
        &["--kdf-memory", "4097"],
        &["--kdf-memory", "4194304"],
        &["--kdf-memory", "18446744073709551615"],
        &["--kdf-passes", "2"],
        &["--kdf-passes", "0"],
        &["--kdf-passes", "1025"],
        &["--kdf-passes", "4294967299"],
        &["--kdf-lanes", "0"],
        &["--kdf-lanes", "17"],
        &["--kdf-memory", "4096", "--kdf-passes", "5"],
    ] {
        let err = home.run(&[&["init"], costs].concat()).fails(7, "");
        assert!(err.contains("64 MiB") && err.contains("3"), "{costs:?}: what is possible is said: {err}");
        assert!(!home.vault().exists() && !home.path("state").exists(), "{costs:?}");
    }
    for costs in [["--kdf-memory", "-1"], ["--kdf-memory", "much"], ["--kdf-lanes", "1.5"]] {
        home.run(&[&["init"], &costs[..]].concat()).fails(2, costs[1]);
    }
}

#[test]
fn info_says_what_the_vault_is() {
    let home = Home::new();
    home.add("a", "b", &[]);
    home.add("c", "d", &[]);
    home.run(&["rm", "c"]).ok();
    let info = home.run(&["info", "--json"]).json();
    let mut keys: Vec<&str> = info.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "entries",
        "format",
        "generation",
        "kdf_lanes",
        "kdf_memory_mib",
        "kdf_passes",
        "keys",
        "path",
        "read_only",
        "saved",
        "seen",
        "size",
        "trashed",
        "vault_id",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&info["entries"], &info["trashed"]), (&1.into(), &1.into()));
    assert_eq!(info["generation"], 4, "each save is one");
    assert_eq!(info["size"], home.bytes().len());
    assert_eq!(info["keys"].as_array().unwrap().len(), 1);
    let text = home.run(&["info"]).ok();
    assert!(
        text.contains("Argon2id, 8 MiB, 1 passes, 1 lanes") && text.contains("1, and 1 in the trash"),
        "{text}"
    );
    home.fed("wrong\n", &["--password-stdin", "info"]).fails(3, "wrong master password");
}

#[test]
fn a_vault_may_be_anywhere() {
    let home = Home::empty();
    let place = home.path("new folder/deep/v.tresor");
    let named = place.to_str().unwrap();
    home.run(&["--vault", named, "init", "--kdf-memory", "64"]).ok();
    assert_eq!((mode(&place), mode(place.parent().unwrap())), (0o600, 0o700));
    let input = format!("{PASSWORD}\n");
    home.fed(input, &["ls", "--password-stdin", "--vault", named]).ok();
    home.write("file", "");
    let under = home.path("file/v");
    home.run(&["--vault", under.to_str().unwrap(), "init", "--kdf-memory", "64"]).fails(1, "file");
}
