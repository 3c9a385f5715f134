//! A vault of a hundred random passwords, and every secret that belongs to it.

use std::fs;

use tresor::crypto::derive;
use tresor::crypto::kdf::{self, Cost};
use tresor::crypto::random::{Random, SystemRandom};
use tresor::format::{self, Credentials, Header, Passphrase};
use tresor::secret::Secret;
use tresor::session::Session;
use tresor::time::Timestamp;
use tresor::vault::edit::Edit;
use tresor::vault::item::Item;

use super::person::Home;
use super::scan::Needles;

/// Where the header has the payload's nonce (docs/format.md).
const PAYLOAD_NONCE: usize = 40;
/// Passwords in the vault.
pub const ENTRIES: usize = 100;

/// The vault's secrets by name: `master`, `keys` (several), `password 0` to `password 99`, and those that are
/// told later.
pub struct Secrets {
    pub master: String,
    texts: Vec<(String, String)>,
    keys: Vec<Vec<u8>>,
}

impl Secrets {
    /// Makes the vault in `home`, and everything in it.
    pub fn new(home: &Home) -> Self {
        let master = random_text(30);
        let (path, state) =
            (home.path().join(".local/share/tresor/vault.tresor"), home.path().join(".local/state/tresor"));
        let passphrase = Passphrase::new(&Secret::copy_of(master.as_bytes())).unwrap();
        let now = Timestamp(1_700_000_000_000);
        let (session, mut vault) =
            Session::create(&path, &state, &passphrase, Cost::READER_FLOOR, now).unwrap();
        let mut texts = vec![("master".to_owned(), master.clone())];
        for number in 0..ENTRIES {
            let text = random_text(24);
            let item = Item {
                kind: "login".to_owned(),
                title: format!("site{number:03}"),
                username: format!("person{number}"),
                password: Some(Secret::copy_of(text.as_bytes())),
                ..Item::default()
            };
            let add = |edit: &mut Edit<'_, '_>| edit.add(&item).map(drop);
            session.edit(&mut vault, now, "", add).unwrap();
            texts.push((format!("password {number}"), text));
        }
        session.save(&mut vault, now).unwrap();
        let mut secrets = Self { master, texts, keys: Vec::new() };
        secrets.reads_keys(home);
        secrets
    }

    /// Those of a vault that the program makes: the master password, random and not yet used.
    pub fn of_a_new_vault() -> Self {
        let master = random_text(30);
        Self { texts: vec![("master".to_owned(), master.clone())], master, keys: Vec::new() }
    }

    /// Takes the keys of the file as it is now.
    pub fn reads_keys(&mut self, home: &Home) {
        let file = fs::read(home.path().join(".local/share/tresor/vault.tresor")).unwrap();
        let header = Header::read(&file, file.len() as u64).unwrap();
        let passphrase = Passphrase::new(&Secret::copy_of(self.master.as_bytes())).unwrap();
        let (keys, slot) = format::unlock(&header, &Credentials::Passphrase(&passphrase, None)).unwrap();
        let (vault_key, id) = (keys.vault_key(), keys.vault_id().0);
        let (field, nonce) = derive::field_keys(vault_key, &id);
        let payload_nonce = file[PAYLOAD_NONCE..PAYLOAD_NONCE + 24].try_into().unwrap();
        let (payload, _) = derive::payload_keys(vault_key, &id, &payload_nonce);
        let others =
            [derive::nonce_key(vault_key, &id), derive::state_key(vault_key, &id), field, nonce, payload];
        self.keys = [vault_key].into_iter().chain(&others).map(|key| key.expose().to_vec()).collect();
        // Of the slot that opened: what Argon2id gives, and the key that the vault key is wrapped with.
        let (cost, slot) = (header.slots()[slot].cost().unwrap(), header.slots()[slot].bytes());
        let salt: [u8; 16] = slot[16..32].try_into().unwrap();
        let derived = kdf::argon2id(passphrase.expose(), &salt, cost).unwrap();
        let wrap_salt = slot[32..48].try_into().unwrap();
        let (kek, _) = derive::slot_keys(&[derived.expose()], &wrap_salt, &id, &slot[..48]);
        self.keys.extend([derived.expose().to_vec(), kek.expose().to_vec()]);
    }

    /// The text of that name.
    pub fn of(&self, name: &str) -> &str {
        &self.texts.iter().find(|(known, _)| known == name).unwrap().1
    }

    /// Looks for another text from now on.
    pub fn add(&mut self, name: &str, text: &str) {
        self.texts.push((name.to_owned(), text.to_owned()));
    }

    /// What looks for all but these.
    pub fn needles_but(&self, names: &[&str]) -> Needles {
        self.needles(|name| !names.contains(&name))
    }

    /// What looks for this alone.
    pub fn needles_of(&self, only: &str) -> Needles {
        self.needles(|name| name == only)
    }

    fn needles(&self, wanted: impl Fn(&str) -> bool) -> Needles {
        let mut needles = Needles::default();
        for (name, text) in self.texts.iter().filter(|(name, _)| wanted(name)) {
            needles.text(name, text);
            if name == "master"
                || name.starts_with("code")
                || name == "new master"
                || matches!(name.as_str(), "password 42" | "password 7" | "new" | "generated")
            {
                needles.spread(name, text);
            }
        }
        if wanted("keys") {
            self.keys.iter().for_each(|key| needles.bytes("keys", key));
        }
        needles
    }
}

/// Letters, digits and signs, each drawn evenly.
pub fn random_text(letters: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%&+=?@";
    let mut text = String::new();
    let mut byte = [0];
    while text.len() < letters {
        SystemRandom.fill(&mut byte).unwrap();
        if let Some(letter) = ALPHABET.get(usize::from(byte[0])) {
            text.push(char::from(*letter));
        }
    }
    text
}
