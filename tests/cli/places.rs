//! Where the vault is: `--vault`, TRESOR_VAULT, config.toml, the platform's place; and what stands there.

use std::fs;
use std::os::unix::fs::symlink;

use crate::home::{Done, Home, PASSWORD};

/// Runs with more of an environment.
fn run(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Done {
    let mut program = home.command(env!("CARGO_BIN_EXE_tresor"));
    for (name, value) in variables {
        if *value == "-" {
            program.env_remove(name)
        } else {
            program.env(name, value)
        };
    }
    program.arg("--password-stdin").args(arguments);
    home.finish(program, format!("{PASSWORD}\n"))
}

/// A second vault with an entry that bears its name.
fn other(home: &Home, name: &str) -> String {
    let path = home.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(home.vault(), &path).unwrap();
    let path = path.to_str().unwrap().to_owned();
    home.run(&["--vault", &path, "add", name]).ok();
    path
}

#[test]
fn an_option_before_the_environment_before_the_configuration_before_the_usual_place() {
    let home = Home::new();
    let [option, variable, configured] = ["option", "variable", "configured"].map(|name| other(&home, name));
    let ls = |variables: &[(&str, &str)], arguments: &[&str]| {
        run(&home, variables, &[&["ls"], arguments].concat())
            .ok()
            .split('\t')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(ls(&[], &[]), "");
    home.write("config/tresor/config.toml", format!("vault = {configured:?}\n"));
    assert_eq!(ls(&[], &[]), "configured");
    assert_eq!(ls(&[("TRESOR_VAULT", &variable)], &[]), "variable");
    assert_eq!(ls(&[("TRESOR_VAULT", &variable)], &["--vault", &option]), "option");
    assert_eq!(ls(&[("TRESOR_VAULT", "")], &[]), "configured", "an empty variable names none");
    assert_eq!(ls(&[], &["--vault", "option"]), "option", "a relative path is from here");
}

#[test]
fn the_usual_place_follows_home_and_xdg() {
    let home = Home::empty();
    for (variables, place) in [
        (&[("XDG_DATA_HOME", "-")][..], ".local/share/tresor/vault.tresor"),
        (&[("XDG_DATA_HOME", "relative")], ".local/share/tresor/vault.tresor"),
        (&[], "data/tresor/vault.tresor"),
    ] {
        let err = run(&home, variables, &["ls"]).fails(6, "there is no vault at");
        assert!(err.contains(home.path(place).to_str().unwrap()), "{err}");
        assert!(err.contains("tresor init"), "the way to make one is said: {err}");
    }
}

#[test]
fn a_configuration_that_is_wrong_is_named_and_nothing_is_guessed() {
    let home = Home::new();
    for (text, what) in [
        (&b"nonsense"[..], "config.toml is not a valid configuration"),
        (b"banana = 1", "unknown field `banana`"),
        (b"clear-after = 0", "clear-after = 0"),
        (b"lock-after = 999999", "lock-after = 999999"),
        (b"vault = \"~/vault.tresor\"", "whole path"),
        (b"vault = \"\"", "whole path"),
        (b"\xff", "not UTF-8"),
    ] {
        home.write("config/tresor/config.toml", text);
        let err = home.run(&["ls"]).fails(2, what);
        assert!(err.contains("Correct the file, or remove it"), "{err}");
    }
    home.fed("", &["generate"]).ok();
    fs::remove_file(home.path("config/tresor/config.toml")).unwrap();
    fs::create_dir(home.path("config/tresor/config.toml")).unwrap();
    home.run(&["ls"]).fails(2, "not a regular file");
}

#[test]
fn a_link_is_followed_and_written_through() {
    let home = Home::new();
    fs::rename(home.vault(), home.path("real")).unwrap();
    symlink(home.path("real"), home.vault()).unwrap();
    home.add("a", "pw", &[]);
    home.given("new one 4711 tisch\n", &["passwd"]).ok();
    assert!(fs::symlink_metadata(home.vault()).unwrap().is_symlink());
    assert!(fs::symlink_metadata(home.path("real")).unwrap().is_file());
    home.fed("new one 4711 tisch\n", &["--password-stdin", "get", "a"]).ok();
    assert_eq!(fs::read_dir(home.path("data/tresor")).unwrap().count(), 1);
}

#[test]
fn what_is_no_file_is_no_vault() {
    let home = Home::new();
    assert!(home.command("mkfifo").arg("pipe").status().unwrap().success());
    symlink("loop", home.path("loop")).unwrap();
    symlink("nowhere", home.path("dangling")).unwrap();
    for place in [".", "/dev/zero", "/dev/null", "pipe"] {
        for command in [&["ls"][..], &["add", "x"], &["verify"], &["passwd"]] {
            home.run(&[&["--vault", place], command].concat()).fails(6, "is not a regular file");
        }
    }
    for place in ["none", "dangling", "folder/none"] {
        for command in [&["ls"][..], &["add", "x"], &["verify"], &["passwd"], &["info"]] {
            home.run(&[&["--vault", place], command].concat()).fails(6, "there is no vault at");
        }
    }
    home.run(&["--vault", "loop", "ls"]).fails(1, "cannot open loop");
    home.run(&["verify", "none"]).fails(6, "Check the name.");
}

#[test]
fn a_state_folder_that_cannot_be_used_leaves_reading_possible() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    fs::remove_dir_all(home.path("state")).unwrap();
    home.write("state", "a file");
    assert_eq!(home.run(&["get", "a"]).ok(), "pw\n");
    home.run(&["ls"]).ok();
    home.run(&["verify"]).ok();
    let err = home.run(&["add", "b"]).fails(1, "cannot make the folder");
    assert!(err.contains("The vault on the disk is whole.") && err.contains("Check the name"), "{err}");
    let new = home.path("new");
    home.run(&["--vault", new.to_str().unwrap(), "init", "--kdf-memory", "64"])
        .fails(1, "cannot make the folder");
    assert!(!new.exists());
}
