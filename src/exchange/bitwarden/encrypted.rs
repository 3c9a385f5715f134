//! Bitwarden's JSON under a password of the file's own: costs and salt in the clear, then a check value and the
//! plain export, each encrypted. The check value is verified before anything else is believed.

use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use super::super::base64::{self, Base64};
use super::super::json::tree::{self, Object};
use super::super::{Each, Exporter, Fresh, ImportError, Importer, Load, Losses, Unlock};
use super::{read, write};
use crate::crypto::foreign::{Keys, argon2id_of_digest, pbkdf2};
use crate::crypto::kdf::Cost;
use crate::crypto::random::array;
use crate::secret::Secret;
use crate::vault::item::Item;

/// The format.
pub struct Encrypted;

const CHECK: &str = "encKeyValidation_DO_NOT_EDIT";
/// Most rounds of PBKDF2, some ten seconds; Bitwarden's own limit is 2,000,000.
const MOST_ROUNDS: u32 = 10_000_000;
/// What a new file costs: Bitwarden's default for Argon2id. Memory in MiB.
const MEMORY_MIB: u32 = 64;
const PASSES: u32 = 3;
const LANES: u32 = 4;

impl Importer for Encrypted {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["encrypted", "passwordProtected"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn is_encrypted(&self, _: &[u8]) -> bool {
        true
    }

    fn load(&self, source: &[u8]) -> Result<Option<Load>, ImportError> {
        Ok(Some(match Derivation::take(&mut Object::whole(source)?)? {
            Derivation::Pbkdf2 { rounds, .. } => Load::Pbkdf2 { rounds },
            Derivation::Argon2id { cost, .. } => {
                Load::Argon2 { memory_kib: cost.memory_kib(), passes: cost.passes() }
            }
        }))
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let password = unlock.password.as_ref().ok_or(ImportError::NoPassword)?;
        let mut file = Object::whole(source)?;
        let derivation = Derivation::take(&mut file)?;
        let check = Envelope::read(&file.text(CHECK))?;
        let data = Envelope::read_secret(file.secret("data").ok_or(ImportError::DamagedEncryption)?)?;
        let keys = Keys::stretched(&derivation.derive(password)?);
        check.open(&keys).ok_or(ImportError::WrongPassword)?;
        let plain = data.open(&keys).ok_or(ImportError::DamagedEncryption)?;
        read::read(plain.expose(), &mut |_, _| (), each)
    }
}

impl Exporter for Encrypted {
    fn is_encrypted(&self) -> bool {
        true
    }

    fn losses(&self, items: &mut dyn Iterator<Item = Item>, _: &mut Fresh<'_>) -> io::Result<Losses> {
        write::write(items, &mut io::sink())
    }

    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        fresh: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        let password = fresh.password.ok_or_else(|| io::Error::other("a password is wanted"))?;
        let mut plain = Zeroizing::new(Vec::new());
        let losses = write::write(items, &mut *plain)?;
        let mut random = || array::<16>(fresh.random).map_err(io::Error::other);
        let salt = Base64(&random()?).to_string();
        let cost = Cost::new(MEMORY_MIB * 1024, PASSES, LANES).map_err(io::Error::other)?;
        let derivation = Derivation::Argon2id { salt: salt.clone(), cost };
        let keys = Keys::stretched(&derivation.derive(password).map_err(io::Error::other)?);
        let check = random()?;
        let file = FileJson {
            encrypted: true,
            password_protected: true,
            salt: &salt,
            kdf_type: 1,
            kdf_iterations: PASSES,
            kdf_memory: MEMORY_MIB,
            kdf_parallelism: LANES,
            check: Envelope::seal(&keys, random()?, &check).text(),
            data: Envelope::seal(&keys, random()?, &plain).text(),
        };
        serde_json::to_writer(out, &file)?;
        Ok(losses)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileJson<'f> {
    encrypted: bool,
    password_protected: bool,
    salt: &'f str,
    kdf_type: u8,
    kdf_iterations: u32,
    kdf_memory: u32,
    kdf_parallelism: u32,
    #[serde(rename = "encKeyValidation_DO_NOT_EDIT")]
    check: String,
    data: String,
}

/// How the key is made, within bounds.
enum Derivation {
    Pbkdf2 { salt: String, rounds: u32 },
    Argon2id { salt: String, cost: Cost },
}

impl Derivation {
    fn take(file: &mut Object<'_>) -> Result<Self, ImportError> {
        let salt = file.text("salt");
        // A number that is too great for its type is too great a cost.
        let mut number = |key| file.take(key).map(|json| json.parse().unwrap_or(u32::MAX));
        let rounds = number("kdfIterations").unwrap_or(0);
        match number("kdfType") {
            Some(0) if rounds > MOST_ROUNDS => Err(ImportError::TooCostly),
            Some(0) if rounds > 0 => Ok(Self::Pbkdf2 { salt, rounds }),
            Some(1) => {
                let memory = number("kdfMemory").unwrap_or(0).saturating_mul(1024);
                let cost = Cost::new(memory, rounds, number("kdfParallelism").unwrap_or(0));
                Ok(Self::Argon2id { salt, cost: cost.map_err(|_| ImportError::TooCostly)? })
            }
            _ => Err(ImportError::DamagedEncryption),
        }
    }

    fn derive(&self, password: &Secret) -> Result<Secret, ImportError> {
        match self {
            Self::Pbkdf2 { salt, rounds } => Ok(pbkdf2(password.expose(), salt.as_bytes(), *rounds)),
            Self::Argon2id { salt, cost } => argon2id_of_digest(password.expose(), salt.as_bytes(), *cost)
                .map_err(|_| ImportError::TooCostly),
        }
    }
}

/// An encrypted text: `2.`, then vector, ciphertext and tag in base 64, `|` between them.
struct Envelope {
    iv: Secret,
    bytes: Secret,
    tag: Secret,
}

impl Envelope {
    fn read(text: &str) -> Result<Self, ImportError> {
        let parts = || {
            let mut parts = text.strip_prefix("2.")?.split('|').map(|part| base64::decode(part.as_bytes()));
            let envelope = Self { iv: parts.next()??, bytes: parts.next()??, tag: parts.next()?? };
            parts.next().is_none().then_some(envelope)
        };
        parts().ok_or(ImportError::DamagedEncryption)
    }

    fn read_secret(text: Secret) -> Result<Self, ImportError> {
        Self::read(text.expose_str().unwrap_or_default())
    }

    fn seal(keys: &Keys, iv: [u8; 16], text: &[u8]) -> Self {
        let (bytes, tag) = keys.seal(&iv, text);
        Self { iv: Secret::copy_of(&iv), bytes, tag: Secret::copy_of(&tag) }
    }

    fn text(&self) -> String {
        let Self { iv, bytes, tag } = self;
        format!("2.{}|{}|{}", Base64(iv.expose()), Base64(bytes.expose()), Base64(tag.expose()))
    }

    fn open(self, keys: &Keys) -> Option<Secret> {
        keys.open(self.iv.expose(), self.bytes, self.tag.expose()).ok()
    }
}
