//! `verify`, and vaults that are none, damaged, tampered with, too new, or too dear to open: exit 6 or 7, said
//! which, with the back-up that is intact.

use std::fs;
use std::path::Path;

use tresor::crypto::derive::sha256;

use crate::home::Home;

/// A home with two saves, so that there is a back-up.
fn home() -> Home {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home
}

fn with_digest(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = sha256(&[&bytes[..96], &bytes[128..]]);
    bytes[96..128].copy_from_slice(&digest);
    bytes
}

/// Puts a number into the first key slot.
pub fn with_cost(bytes: &[u8], memory: u32, passes: u32, lanes: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, number) in [(260, memory), (264, passes), (268, lanes)] {
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    with_digest(bytes)
}

#[test]
fn verify_says_what_it_could_check() {
    let home = home();
    let place = home.vault().display().to_string();
    for without in [&["verify"][..], &["verify", "--no-input"], &["verify", &place, "--no-input"]] {
        let (out, err) = home.fed("", without).both();
        assert!(
            out.contains("intact") && out.contains("Without the password the content was not checked"),
            "{out}"
        );
        assert!(err.is_empty(), "{err}");
    }
    assert_eq!(home.run(&["verify"]).ok(), format!("{place} is intact: every value opens\n"));
    let json = home.fed("", &["verify", "--json", "--no-input"]).json();
    assert_eq!((&json["intact"], &json["opened"]), (&true.into(), &false.into()));
    let json = home.run(&["verify", "--json"]).json();
    let mut keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["damaged", "intact", "keys", "opened", "path", "seen"]);
    assert_eq!((&json["intact"], &json["opened"]), (&true.into(), &true.into()));
    home.fed("wrong\n", &["--password-stdin", "verify"]).fails(3, "wrong master password");
}

#[test]
fn verify_takes_another_file() {
    let home = home();
    let backup = newest(&home);
    fs::write(home.vault(), "no vault").unwrap();
    home.fed("", &["verify", &backup, "--no-input"]).ok();
    home.run(&["verify", &backup]).ok();
    home.write("text", "hello");
    home.fed("", &["verify", "text", "--no-input"]).fails(6, "this is not a tresor vault");
}

/// The copy of what was seen last.
fn newest(home: &Home) -> String {
    let files = fs::read_dir(home.state()).unwrap().map(|entry| entry.unwrap().path().display().to_string());
    files.into_iter().find(|path| path.contains("/seen-")).unwrap()
}

#[test]
fn a_damaged_vault_is_said_to_be_and_its_back_up_named() {
    let home = home();
    let (intact, backup) = (home.bytes(), newest(&home));
    let flipped = |at: usize| {
        let mut bytes = intact.clone();
        bytes[at] ^= 4;
        bytes
    };
    let mut cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "not a tresor vault"),
        (b"url,username,password\n".to_vec(), "not a tresor vault"),
        (vec![0; 100_000], "not a tresor vault"),
        ([&intact[..], b"x"].concat(), "damaged"),
    ];
    cases.extend([0, 7].map(|at| (flipped(at), "not a tresor vault")));
    cases.extend(
        [12, 16, 32, 40, 64, 96, 127, 128, 255, 256, 300, 4095, 4096, 50_000, 69_647]
            .map(|at| (flipped(at), "damaged")),
    );
    cases.extend([1, 7].map(|len| (intact[..len].to_vec(), "not a tresor vault")));
    cases.extend(
        [8, 9, 10, 11, 12, 31, 32, 96, 128, 4095, 4096, 4097, 60_000, 69_647]
            .map(|len| (intact[..len].to_vec(), "damaged")),
    );
    for (bytes, what) in &cases {
        fs::write(home.vault(), bytes).unwrap();
        let err = home.fed("", &["verify", "--no-input"]).fails(6, what);
        assert!(err.contains("Nothing was changed.") && err.contains(&backup), "{err}");
    }
    // What is said is enough to go on.
    fs::copy(&backup, home.vault()).unwrap();
    home.run(&["add", "b"]).ok();
}

#[test]
fn no_command_changes_a_vault_that_is_damaged() {
    let home = home();
    let backup = newest(&home);
    let mut bytes = home.bytes();
    bytes[50_000] ^= 1;
    fs::write(home.vault(), bytes).unwrap();
    for command in [&["ls"][..], &["add", "x"], &["passwd"]] {
        let err = home.run(command).fails(6, "damaged: its checksum is wrong");
        assert!(err.contains(&backup), "{err}");
    }
    home.run(&["init"]).fails(7, "exists already");
}

#[test]
fn without_a_back_up_that_is_said() {
    let home = Home::new();
    fs::write(home.vault(), &home.bytes()[..5000]).unwrap();
    let err = home.fed("", &["verify", "--no-input"]).fails(6, "damaged");
    assert!(err.contains("No back-up of it is intact here"), "{err}");
}

#[test]
fn a_vault_that_was_tampered_with_is_detected() {
    let home = home();
    let intact = home.bytes();
    for (at, what) in [
        (64, "do not belong together"),
        (50_000, "tampered"),
        (4096, "tampered"),
        (12, "breaks the format"),
        (130, "breaks the format"),
        (400, "slot"),
    ] {
        let mut bytes = intact.clone();
        bytes[at] ^= 1;
        fs::write(home.vault(), with_digest(bytes)).unwrap();
        let err = home.run(&["get", "a"]).fails(6, what);
        assert!(err.contains("Nothing was changed.") && err.contains(&newest(&home)), "{at}: {err}");
    }
}

#[test]
fn a_vault_of_a_later_version_is_left_alone() {
    let home = home();
    let mut bytes = home.bytes();
    bytes[8] = 2;
    fs::write(home.vault(), with_digest(bytes)).unwrap();
    for command in [&["ls"][..], &["verify"], &["add", "x"]] {
        let err = home.run(command).fails(6, "format version 2");
        assert!(err.contains("A newer tresor opens it."), "{err}");
    }
}

#[test]
fn hostile_costs_are_refused_before_any_memory_is_taken() {
    let home = home();
    let intact = home.bytes();
    for (memory, passes, lanes) in [
        (u32::MAX, 3, 4),
        (4_194_305, 3, 4),
        (65_536, 0, 4),
        (65_536, u32::MAX, 4),
        (65_536, 1025, 4),
        (65_536, 3, 0),
        (65_536, 3, 17),
        (65_536, 3, u32::MAX),
        (4_194_304, 5, 4),
        (8191, 3, 4),
        (0, 0, 0),
    ] {
        fs::write(home.vault(), with_cost(&intact, memory, passes, lanes)).unwrap();
        for command in [&["ls"][..], &["verify"]] {
            let err = limited(&home, "-v 150000", command).fails(7, "key derivation cost too");
            assert!(err.contains("Nothing was computed"), "{err}");
        }
    }
}

#[test]
fn a_derivation_that_finds_no_memory_is_an_error() {
    let home = home();
    fs::write(home.vault(), with_cost(&home.bytes(), 4 << 20, 4, 4)).unwrap();
    limited(&home, "-v 300000", &["ls"]).fails(7, "--accept-cost");
    limited(&home, "-v 300000", &["--accept-cost", "ls"]).fails(1, "4096 MiB of memory");
}

#[test]
fn a_large_file_that_is_no_vault_is_refused_without_reading_it() {
    let home = Home::new();
    for len in [400 << 20, 600 << 20] {
        fs::File::create(home.path("large")).unwrap().set_len(len).unwrap();
        limited(&home, "-v 150000", &["verify", "large"]).fails(6, "not a tresor vault");
    }
    // One that begins as a vault is wanted whole, and there is no room for it.
    fs::write(home.path("large"), b"\x89TRS\r\n\x1a\n\x01\0").unwrap();
    fs::OpenOptions::new().write(true).open(home.path("large")).unwrap().set_len(400 << 20).unwrap();
    limited(&home, "-v 150000", &["verify", "large"]).fails(1, "cannot read large: out of memory");
}

/// Runs under a limit of `ulimit`, with the password.
pub fn limited(home: &Home, limit: &str, arguments: &[&str]) -> crate::home::Done {
    let mut shell = home.command("sh");
    let program = env!("CARGO_BIN_EXE_tresor");
    assert!(Path::new(program).is_absolute());
    shell
        .args(["-c", &format!("ulimit {limit} && exec \"$0\" --password-stdin \"$@\""), program])
        .args(arguments);
    home.finish(shell, format!("{}\n", crate::home::PASSWORD))
}
