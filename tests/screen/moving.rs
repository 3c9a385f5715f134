//! Moving in and out in the real program: a browser's table in, a cancelled export, an export, and the file gone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tresor::crypto::kdf::Cost;
use tresor::format::{Credentials, Passphrase};
use tresor::secret::Secret;
use tresor::session::{Locked, Session};
use tresor::time::Timestamp;

use super::person::{ENTER, ESC, Home, Person};

const MASTER: &str = "correct horse";
const TABLE: &str = "name,url,username,password,note\n\
    Mail,https://mail.example.com/,ada,sentinel-one,\n\
    Shop,https://shop.example.com/,ann,sentinel-two,\"two\nlines\"\n";

pub struct World {
    pub home: Home,
    vault: PathBuf,
    state: PathBuf,
}

impl World {
    pub fn new() -> Self {
        let home = Home::new(20);
        let state = home.path().join(".local/state/tresor");
        let vault = home.path().join(".local/share/tresor/vault.tresor");
        fs::create_dir_all(vault.parent().unwrap()).unwrap();
        Session::create(&vault, &state, &passphrase(), Cost::READER_FLOOR, Timestamp(1)).unwrap();
        Self { home, vault, state }
    }

    /// Titles of the entries that are on the disk.
    pub fn titles(&self) -> Vec<String> {
        let locked = Locked::read(&self.vault, &self.state).unwrap();
        let passphrase = passphrase();
        let (_, vault) = locked.unlock(&Credentials::Passphrase(&passphrase, None)).unwrap();
        let live = vault.entries().filter(|entry| entry.is_live());
        let mut titles: Vec<String> = live.map(|entry| entry.title().to_owned()).collect();
        titles.sort();
        titles
    }

    pub fn opens(&self) -> Person {
        let mut person = Person::starts(&self.home, &[], None);
        person.sees("Master password:");
        person.types(MASTER);
        person.types(ENTER);
        person.sees("Esc list");
        person.types(ESC);
        person.sees("/ search");
        person
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new(&Secret::copy_of(MASTER.as_bytes())).unwrap()
}

#[test]
fn a_table_of_unknown_shape_by_its_columns() {
    let world = World::new();
    let table = world.home.path().join("shelf.csv");
    fs::write(&table, "Shelf,Who,Code word\nMail,ada,sentinel-one\n").unwrap();
    let mut person = world.opens();
    person.types("I");
    person.sees("Which file?");
    person.types("~/sh\t");
    person.sees("~/shelf.csv");
    person.types(ENTER);
    person.sees("what do its columns hold?");
    person.types(" title\r");
    person.sees("> title ");
    person.types("j user\r");
    person.sees("> username ");
    person.types("jlll");
    person.sees("> password ");
    person.types("s");
    person.sees("by which name?");
    person.types("shelf\r");
    person.sees("Remembered: shelf");
    let remembered = fs::read_to_string(world.home.path().join(".config/tresor/maps/shelf")).unwrap();
    assert_eq!(remembered, "title=Shelf\nusername=Who\npassword=Code word\n");
    person.types(ENTER);
    person.sees("1 new.");
    person.types(ENTER);
    person.sees("1 added.");
    person.no_longer_sees("saving");
    assert_eq!(world.titles(), ["Mail"]);
    assert!(!String::from_utf8_lossy(&person.bytes()).contains("sentinel"));
    person.types("\x1bq");
}

pub fn types_path(person: &mut Person, path: &str) {
    person.types("\x15");
    person.types(path);
    person.types(ENTER);
}

#[test]
fn in_by_the_wizard_and_out_again() {
    let world = World::new();
    let table = world.home.path().join("Chrome Passwords.csv");
    fs::write(&table, TABLE).unwrap();
    let mut person = world.opens();

    // Esc at the preview: nothing was changed, the file is there.
    person.types("I");
    person.sees("Which file?");
    types_path(&mut person, "~/Chrome Passwords.csv");
    person.sees("2 new.");
    person.types(ESC);
    person.sees("Nothing was imported");
    assert!(world.titles().is_empty());

    person.types("I");
    person.sees("Which file?");
    types_path(&mut person, "~/Chrome Passwords.csv");
    person.sees("2 new.");
    person.types(ENTER);
    person.sees("2 added.");
    person.no_longer_sees("saving");
    assert_eq!(world.titles(), ["Mail", "Shop"], "saved before the file may go");
    person.types("x");
    person.sees("cannot promise");
    person.types("y");
    person.sees("Overwritten and removed");
    assert!(!table.exists());
    person.types(ENTER);
    person.no_longer_sees("2 added.");

    // Out: not where everybody reads, not with a wrong password, then well.
    let open = world.home.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    person.types("E");
    person.sees("As what?");
    person.types("jjj");
    person.sees("> json");
    person.types(ENTER);
    person.sees("~/tresor-export/");
    types_path(&mut person, "~/open/all.json");
    person.sees("very user of this machine");
    types_path(&mut person, "~/mine/all.json");
    person.sees("2 entries, as tresor's own JSON");
    person.types(ENTER);
    person.sees("Type the master password once more");
    person.types("wrong horse\r");
    person.sees("Wrong master password");
    assert!(!world.home.path().join("mine").exists());
    person.types(MASTER);
    person.types(ENTER);
    person.sees("mode 0600");
    let written = world.home.path().join("mine/all.json");
    assert_eq!(fs::metadata(&written).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&written).unwrap();
    assert!(text.contains("sentinel-one") && text.contains("two\\nlines"), "{text}");
    person.types(ENTER);
    person.no_longer_sees("mode 0600");

    // The same file again is asked about; it is replaced by a no less private one.
    fs::write(&written, "older").unwrap();
    fs::set_permissions(&written, fs::Permissions::from_mode(0o644)).unwrap();
    person.types("Ejjj");
    person.sees("> json");
    person.types(ENTER);
    person.sees("~/tresor-export/");
    types_path(&mut person, "~/mine/all.json");
    person.sees("y yes");
    person.types("n");
    person.no_longer_sees("y yes");
    person.types(ENTER);
    person.sees("y yes");
    person.types("y");
    person.sees("once the new one is whole");
    person.types(ENTER);
    person.sees("Type the master password once more");
    assert_eq!(fs::read_to_string(&written).unwrap(), "older");
    person.types(MASTER);
    person.types(ENTER);
    person.sees("mode 0600");
    assert_eq!(fs::read_to_string(&written).unwrap().matches("sentinel-one").count(), 1);
    assert_eq!(fs::metadata(&written).unwrap().permissions().mode() & 0o777, 0o600);
    person.types(ENTER);
    person.no_longer_sees("mode 0600");

    // One undo takes the import back; done again, the own export has nothing new.
    person.types("z");
    person.sees("Undid: import of Chrome Passwords.csv");
    person.no_longer_sees("saving");
    assert!(world.titles().is_empty());
    person.types("Z");
    person.sees("Did again");
    person.no_longer_sees("saving");
    person.types("I");
    person.sees("Which file?");
    types_path(&mut person, "~/mine/all.json");
    person.sees("2 already there.");
    person.types(ENTER);
    person.sees("nothing was changed");
    assert_eq!(world.titles(), ["Mail", "Shop"]);
    person.types("q");
    assert!(person.leaves());
    let screens = String::from_utf8_lossy(&person.bytes()).into_owned();
    assert!(!screens.contains("sentinel") && !screens.contains(MASTER), "no secret was drawn");
}
