//! A master password typed on a keyboard that is set otherwise: the real program says so.

use std::fs;

use tresor::crypto::kdf::Cost;
use tresor::format::Passphrase;
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::time::Timestamp;

use super::person::{ENTER, Home, Person};

#[test]
fn a_password_in_another_layout_is_recognised() {
    let home = Home::new(20);
    let (path, state) =
        (home.path().join(".local/share/tresor/vault.tresor"), home.path().join(".local/state/tresor"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let passphrase = Passphrase::new(&Secret::copy_of(b"correct horse")).unwrap();
    Session::create(&path, &state, &passphrase, Cost::READER_FLOOR, Timestamp(1)).unwrap();

    let mut person = Person::starts(&home, &[], None);
    for (typed, told) in [
        ("сщккусе рщкыу", "right with a US (QWERTY) keyboard layout"),
        ("CORRECT HORSE", "right with Caps Lock the other way round"),
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
    person.types("ЧЧЧ\r");
    person.sees("Cyrillic letters");
    person.types("correct horse\r");
    assert!(person.leaves());
}
