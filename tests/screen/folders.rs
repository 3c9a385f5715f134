//! A folder of pass in the real program, by a real gpg whose own dialogue asks for the passphrase on the same terminal.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::moving::{World, types_path};
use super::person::{CTRL_C, ENTER};

const KEY: &str = "ada@example.com";

fn gpg(home: &Path, program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", home).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

#[test]
fn gpg_asks_on_the_terminal_and_the_screen_comes_back() {
    let has = |program: &str| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if !has("gpg") || !has("pinentry-curses") {
        let _ = writeln!(io::stderr(), "SKIPPED: there is no gpg with a dialogue for terminals");
        return;
    }
    let world = World::new();
    let home = world.home.path();
    fs::DirBuilder::new().mode(0o700).create(home.join(".gnupg")).unwrap();
    fs::write(home.join(".gnupg/gpg-agent.conf"), "pinentry-program /usr/bin/pinentry-curses\n").unwrap();
    let mut key = vec!["--batch", "--pinentry-mode", "loopback", "--passphrase", "open me"];
    key.extend(["--quick-generate-key", KEY, "default", "default", "never"]);
    gpg(home, "gpg", &key, b"");
    fs::create_dir_all(home.join("store/Mail")).unwrap();
    for (name, content) in [("Mail/ada.gpg", "sentinel-one\n"), ("shop.gpg", "sentinel-two\nlogin: ann\n")] {
        let sealed = gpg(
            home,
            "gpg",
            &["--batch", "--trust-model", "always", "-r", KEY, "--encrypt"],
            content.as_bytes(),
        );
        fs::write(home.join("store").join(name), sealed).unwrap();
    }
    // The agent that made the key knows its passphrase.
    gpg(home, "gpgconf", &["--kill", "all"], b"");
    let mut person = world.opens();
    person.types("I");
    person.sees("Which file?");
    types_path(&mut person, "~/store");
    person.sees("wants its passphrase");
    // Cancelled in gpg's own dialogue; Ctrl-C does nothing to the screen behind it.
    person.types(ENTER);
    person.sees("Passphrase:");
    person.no_longer_sees("Import");
    person.types(CTRL_C);
    person.types("\t\t\r");
    person.sees("ancelled in gpg's dialogue");
    assert!(world.titles().is_empty());
    // Typed there: every letter goes to gpg, and none to the screen behind it.
    person.types(ENTER);
    person.sees("Passphrase:");
    person.types("open me");
    person.types(ENTER);
    person.sees("2 new.");
    person.types(ENTER);
    person.sees("2 added.");
    person.no_longer_sees("saving");
    assert_eq!(world.titles(), ["ada", "shop"]);
    let screens = String::from_utf8_lossy(&person.bytes()).into_owned();
    assert!(!screens.contains("sentinel") && !screens.contains("open me"), "no secret was drawn");
    person.types(ENTER);
    person.no_longer_sees("2 added.");
    person.types("q");
    assert!(person.leaves());
    gpg(home, "gpgconf", &["--kill", "all"], b"");
}
