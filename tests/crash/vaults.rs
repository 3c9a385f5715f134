//! Vaults on a model disk.

use std::path::{Path, PathBuf};

use tresor::crypto::kdf::Cost;
use tresor::format::{Credentials, Passphrase};
use tresor::secret::Secret;
use tresor::session::{Locked, Session, SessionError};
use tresor::time::Timestamp;
use tresor::vault::Vault;
use tresor::vault::item::Item;

use crate::model::{Image, Model};

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

pub fn open(model: &Model, state: &str, passphrase: &str) -> Result<(Session, Vault), SessionError> {
    let locked = Locked::read_once_on(model.disk(), Path::new(VAULT), Path::new(state))?;
    locked.unlock(&Credentials::Passphrase(&pass(passphrase), None))
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
