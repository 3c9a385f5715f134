//! Backups under a password, opened to the JSON that they hold.
//!
//! Aegis: slots that each keep one master key, under scrypt of a password or a key that never left the phone; the
//! master key opens the database. andOTP: rounds of PBKDF2 (4 bytes, big endian), salt (12), nonce (12), text and
//! tag (16); an early version had neither rounds nor salt, and took the SHA-256 of the password for the key.

use super::super::base64;
use super::super::json::tree::Object;
use super::super::{ImportError, Load};
use crate::crypto::aead::TagMismatch;
use crate::crypto::backup::{self, NONCE_LEN, ScryptCost, TAG_LEN};
use crate::secret::Secret;

/// The type of slots under a password.
const PASSWORD_SLOT: i64 = 1;
const SALT_LEN: usize = 12;
/// Most rounds of PBKDF2, some ten seconds.
const MOST_ROUNDS: u32 = 10_000_000;
/// What andOTP itself chooses among.
const USUAL_ROUNDS: std::ops::RangeInclusive<u32> = 140_000..=160_000;

/// An encrypted backup of Aegis.
pub struct AegisBackup {
    slots: Vec<Slot>,
    nonce: Vec<u8>,
    tag: Vec<u8>,
    database: Secret,
}

/// The master key under a password.
struct Slot {
    cost: ScryptCost,
    salt: Vec<u8>,
    nonce: Vec<u8>,
    tag: Vec<u8>,
    key: Vec<u8>,
}

impl AegisBackup {
    /// The backup that these members at the top level are.
    ///
    /// # Errors
    /// [`ImportError::TooCostly`], where all slots together are; [`ImportError::DamagedEncryption`], also where
    /// none has a password.
    pub fn take(top: &mut Object<'_>) -> Result<Self, ImportError> {
        const DAMAGED: ImportError = ImportError::DamagedEncryption;
        let mut header = top.object("header");
        let mut params = header.object("params");
        let (nonce, tag) = (hex(&mut params, "nonce")?, hex(&mut params, "tag")?);
        let database = top.secret("db").and_then(|db| base64::decode(db.expose())).ok_or(DAMAGED)?;
        let mut slots = Vec::new();
        let mut work = 0;
        for mut slot in header.objects("slots") {
            if slot.number("type") != Some(PASSWORD_SLOT) {
                continue;
            }
            let slot = Slot::take(&mut slot)?;
            work += slot.cost.work();
            if work > ScryptCost::MAX_WORK {
                return Err(ImportError::TooCostly);
            }
            slots.push(slot);
        }
        if slots.is_empty() { Err(DAMAGED) } else { Ok(Self { slots, nonce, tag, database }) }
    }

    /// The database in plain.
    ///
    /// # Errors
    /// [`ImportError::WrongPassword`]; [`ImportError::DamagedEncryption`] where a slot opens and the rest does not.
    pub fn open(self, password: &Secret) -> Result<Secret, ImportError> {
        let key = self.slots.iter().find_map(|slot| slot.open(password).ok());
        let key = key.ok_or(ImportError::WrongPassword)?;
        backup::open(&key, &self.nonce, self.database, &self.tag).map_err(|_| ImportError::DamagedEncryption)
    }
}

impl Slot {
    fn take(slot: &mut Object<'_>) -> Result<Self, ImportError> {
        // A number that is too great for its type is too great a cost.
        let mut number = |key| slot.take(key).map(|json| json.parse::<u64>().unwrap_or(u64::MAX));
        let [n, r, p] = ["n", "r", "p"].map(|key| number(key).ok_or(ImportError::DamagedEncryption));
        let small = |cost: u64| u32::try_from(cost).unwrap_or(u32::MAX);
        let cost = ScryptCost::new(n?, small(r?), small(p?)).ok_or(ImportError::TooCostly)?;
        let mut params = slot.object("key_params");
        Ok(Self {
            cost,
            salt: hex(slot, "salt")?,
            nonce: hex(&mut params, "nonce")?,
            tag: hex(&mut params, "tag")?,
            key: hex(slot, "key")?,
        })
    }

    fn open(&self, password: &Secret) -> Result<Secret, TagMismatch> {
        let wrapper = backup::scrypt(password.expose(), &self.salt, self.cost);
        backup::open(&wrapper, &self.nonce, Secret::copy_of(&self.key), &self.tag)
    }
}

fn hex(object: &mut Object<'_>, key: &str) -> Result<Vec<u8>, ImportError> {
    let text = object.text(key);
    let byte = |pair: &[u8; 2]| {
        let digits = std::str::from_utf8(pair).ok().filter(|_| pair.iter().all(u8::is_ascii_hexdigit));
        digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.filter(|_| rest.is_empty()).ok_or(ImportError::DamagedEncryption)
}

/// Whether a file looks like an encrypted backup of andOTP: nothing tells it but the number of rounds.
pub fn is_andotp(source: &[u8]) -> bool {
    let is_long_enough = source.len() > size_of::<u32>() + SALT_LEN + NONCE_LEN + TAG_LEN;
    is_long_enough && rounds(source).is_some_and(|(rounds, _)| USUAL_ROUNDS.contains(&rounds))
}

/// What opening an encrypted backup of andOTP takes; none where it has no rounds.
pub fn andotp_load(source: &[u8]) -> Option<Load> {
    rounds(source).map(|(rounds, _)| Load::Pbkdf2 { rounds })
}

/// The JSON of an encrypted backup of andOTP, of either form: the tag tells which it is.
///
/// # Errors
/// [`ImportError::WrongPassword`].
pub fn open_andotp(source: &[u8], password: &Secret) -> Result<Secret, ImportError> {
    let newer = rounds(source).and_then(|(rounds, rest)| {
        let (salt, rest) = rest.split_at_checked(SALT_LEN)?;
        open(&backup::pbkdf2_sha1(password.expose(), salt, rounds), rest)
    });
    let older = || open(&backup::digest(password.expose()), source);
    newer.or_else(older).ok_or(ImportError::WrongPassword)
}

/// The rounds that a file begins with, where they are within bounds, and the rest.
fn rounds(source: &[u8]) -> Option<(u32, &[u8])> {
    let (rounds, rest) = source.split_first_chunk()?;
    Some((u32::from_be_bytes(*rounds), rest)).filter(|(rounds, _)| (1..=MOST_ROUNDS).contains(rounds))
}

/// Nonce, text and tag.
fn open(key: &Secret, sealed: &[u8]) -> Option<Secret> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
    let (text, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_LEN)?)?;
    backup::open(key, nonce, Secret::copy_of(text), tag).ok()
}
