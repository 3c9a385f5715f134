//! A master password typed on a keyboard that is set otherwise: the real program says so.

use std::fs;
use std::thread;
use std::time::Duration;

use tresor::crypto::kdf::Cost;
use tresor::format::Passphrase;
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::time::Timestamp;

use super::person::{ENTER, Home, Person};

/// A home with a vault that `correct horse` opens.
fn with_vault() -> Home {
    let home = Home::new(20);
    let (path, state) =
        (home.path().join(".local/share/tresor/vault.tresor"), home.path().join(".local/state/tresor"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let passphrase = Passphrase::new(&Secret::copy_of(b"correct horse")).unwrap();
    Session::create(&path, &state, &passphrase, Cost::READER_FLOOR, Timestamp(1)).unwrap();
    home
}

#[test]
fn a_password_in_another_layout_is_recognised() {
    let home = with_vault();
    let mut person = Person::starts(&home, &[], None);
    for (typed, told) in [
        ("сщккусе рщкыу", "right with a US (QWERTY) keyboard"),
        ("CORRECT HORSE", "right with Caps Lock the other way"),
        ("cottecy", "Wrong master password. The file itself is intact"),
    ] {
        person.sees("Master password:");
        person.types(typed);
        person.types(ENTER);
        person.sees(told);
    }
    person.types("\x03");
    assert!(person.leaves());

    // The same at the prompt of a command.
    let mut person = Person::starts(&home, &["ls"], None);
    person.sees("Master password:");
    person.types("CORRECT HORSE\r");
    person.sees("What you typed would be right with Caps Lock the other way round.");
    thread::sleep(Duration::from_millis(500));
    person.types("ЧЧЧ\r");
    person.sees("Cyrillic letters");
    thread::sleep(Duration::from_millis(500));
    person.types("correct horse\r");
    assert!(person.leaves());
}

#[test]
fn caps_lock_is_told_by_a_terminal_that_knows() {
    let soon = Duration::from_secs(5);
    let home = with_vault();
    let mut person = Person::starts(&home, &[], None);
    // The test is the terminal: it knows the kitty keyboard protocol.
    assert!(person.receives(b"\x1b[?u", soon));
    person.types("\x1b[?0u");
    assert!(person.receives(b"\x1b[>29u\x1b[?u", soon));
    person.types("\x1b[?29u");
    person.types("\x1b[120;65;88u");
    person.sees("Caps Lock is on");
    person.types("\x1b[127u");
    person.no_longer_sees("Caps Lock is on");
    for letter in "correct horse".bytes() {
        person.types(&format!("\x1b[{letter};;{letter}u"));
    }
    person.types("\x1b[13u");
    person.sees("Nothing here yet");
    assert!(person.receives(b"\x1b[<u", soon), "an open vault is used with keys as ever");
    person.types("\x03");
    assert!(person.leaves());

    // One that answers and then does nothing is not asked again.
    let mut person = Person::starts(&home, &[], None);
    assert!(person.receives(b"\x1b[?u", soon));
    person.types("\x1b[?0u");
    assert!(person.receives(b"\x1b[>29u\x1b[?u", soon));
    person.types("\x1b[?0u");
    assert!(person.receives(b"\x1b[<u", soon));
    person.sees("Master password:");
    person.types("\x03");
    assert!(person.leaves());
}
