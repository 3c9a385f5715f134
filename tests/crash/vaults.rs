//! Vaults on a model disk.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tresor::crypto::kdf::Cost;
use tresor::crypto::random::SystemRandom;
use tresor::format::slot::SlotKind;
use tresor::format::{Credentials, Inner, Keys, Passphrase, RecoveryCode, Slot, seal};
use tresor::secret::Secret;
use tresor::session::{Locked, Session, SessionError};
use tresor::time::Timestamp;
use tresor::vault::item::Item;
use tresor::vault::{Id, Vault};

use crate::model::{Content, Image, Model, Refuses};

pub const VAULT: &str = "/data/tresor/vault.tresor";
pub const STATE: &str = "/state/tresor";
/// Of another installation, which shares no lock with the first.
pub const OTHER_STATE: &str = "/other/tresor";

/// A disk with the folders that a home has.
pub fn empty() -> Image {
    ["/data", "/state", "/other"].iter().map(|dir| (PathBuf::from(dir), None)).collect()
}

pub fn pass(text: &str) -> Passphrase {
    Passphrase::new(&Secret::copy_of(text.as_bytes())).unwrap()
}

pub fn create(model: &Model) -> Result<(Session, Vault), SessionError> {
    let (path, state) = (Path::new(VAULT), Path::new(STATE));
    Session::create_on(model.disk(), path, state, &pass("one"), Cost::READER_FLOOR, Timestamp(1))
}

/// Opens by the recovery code where there is one, since that costs no time, or else by the password.
pub fn open(model: &Model, state: &str, passphrase: &str) -> Result<(Session, Vault), SessionError> {
    let locked = Locked::read_once_on(model.disk(), Path::new(VAULT), Path::new(state))?;
    let has_code = locked.header().slots().iter().any(|slot| slot.kind() == SlotKind::Recovery);
    if has_code && passphrase == "one" {
        return locked.unlock(&Credentials::Recovery(code()));
    }
    locked.unlock(&Credentials::Passphrase(&pass(passphrase), None))
}

fn code() -> &'static RecoveryCode {
    static CODE: OnceLock<RecoveryCode> = OnceLock::new();
    CODE.get_or_init(|| RecoveryCode::generate(&mut SystemRandom).unwrap())
}

/// A disk with a vault that has `old` in it and was saved twice.
pub fn with_old() -> Image {
    let keys = Keys::generate(Id([7; 16]), &mut SystemRandom).unwrap();
    let slot = Slot::for_recovery(keys.vault_key(), keys.vault_id(), code(), &mut SystemRandom).unwrap();
    let inner = Inner {
        generation: 1,
        writer: Id([8; 16]),
        parent: [0; 32],
        saved_at: Timestamp(1),
        other_parent: [0; 32],
    };
    let file = seal(&Vault::new(), &keys, &[slot], &inner, 0, &mut SystemRandom).unwrap();
    let mut image = empty();
    image.insert(Path::new(VAULT).parent().unwrap().to_owned(), None);
    image.insert(PathBuf::from(VAULT), Some(Content::of(file, false)));
    let model = Model::of(&image, Refuses::default());
    let (session, mut vault) = open(&model, STATE, "one").unwrap();
    add(&session, &mut vault, "old");
    session.save(&mut vault, Timestamp(2)).unwrap();
    model.image()
}

pub fn add(session: &Session, vault: &mut Vault, title: &str) {
    let password = Some(Secret::copy_of(title.to_uppercase().as_bytes()));
    let item = Item { title: title.to_owned(), password, ..Item::default() };
    session.edit(vault, Timestamp(2), "add", |edit| edit.add(&item)).unwrap();
}

pub fn titles(vault: &Vault) -> Vec<String> {
    vault.entries().map(|entry| entry.title().to_owned()).collect()
}

/// What is beside the vault.
pub fn beside(image: &Image) -> Vec<PathBuf> {
    let vault = Path::new(VAULT);
    let is_beside = |path: &&PathBuf| path.parent() == vault.parent() && *path != vault;
    image.keys().filter(is_beside).cloned().collect()
}
