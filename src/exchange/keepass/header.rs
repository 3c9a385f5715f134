//! The outer header of a KDBX file, which is plain: version, cipher, key derivation with its costs, seeds.
//!
//! Costs are bounded here, before anything is derived. Source: <https://keepass.info/help/kb/kdbx.html>.

use super::super::Load;
use super::bytes::Bytes;
use super::error::KeePassError;
use crate::crypto::kdbx::Cipher;
use crate::crypto::kdf::{Argon2Kind, ForeignCost};

/// The first bytes of every database.
pub const MAGIC: &[u8] = b"\x03\xD9\xA2\x9A";
/// What follows in a KDBX file.
pub const KDBX: &[u8] = b"\x67\xFB\x4B\xB5";
/// What follows in a database of KeePass 1.
const KEEPASS_1: &[u8] = b"\x65\xFB\x4B\xB5";
/// Most rounds of AES-KDF that are paid: some 30 seconds.
pub const MOST_ROUNDS: u64 = 1 << 30;

/// Kinds of outer header fields.
pub mod field {
    #![allow(missing_docs)] // the names in the format's description
    pub const END: u8 = 0;
    pub const COMMENT: u8 = 1;
    pub const CIPHER: u8 = 2;
    pub const COMPRESSION: u8 = 3;
    pub const MASTER_SEED: u8 = 4;
    pub const TRANSFORM_SEED: u8 = 5;
    pub const TRANSFORM_ROUNDS: u8 = 6;
    pub const IV: u8 = 7;
    pub const STREAM_KEY: u8 = 8;
    pub const STREAM_START: u8 = 9;
    pub const STREAM: u8 = 10;
    pub const KDF: u8 = 11;
    pub const CUSTOM_DATA: u8 = 12;
}

/// Each cipher's id.
pub const CIPHERS: [(Cipher, [u8; 16]); 3] = [
    (Cipher::Aes256, 0x31C1F2E6BF714350BE5805216AFC5AFF_u128.to_be_bytes()),
    (Cipher::Twofish, 0xAD68F29F576F4BB9A36AD47AF965346C_u128.to_be_bytes()),
    (Cipher::ChaCha20, 0xD6038A2B8B6F4CB5A524339A31DBB59A_u128.to_be_bytes()),
];

const ARGON2D: [u8; 16] = 0xEF636DDF8C29444B91F7A9A403E30A0C_u128.to_be_bytes();
/// The id of Argon2id.
pub const ARGON2ID: [u8; 16] = 0x9E298B1956DB4773B23DFC3EC6F0A1E6_u128.to_be_bytes();
const AES_KDF: [u8; 16] = 0xC9D9F39A628A4460BF740D08C18A4FEA_u128.to_be_bytes();
/// The same under another id, as KeePassXC writes it into KDBX 4.
const AES_KDF_4: [u8; 16] = 0x7C02BB8279A74AC0927D114A00648238_u128.to_be_bytes();

/// What is said before the encrypted part.
#[derive(Debug)]
pub struct Header<'s> {
    /// All of it, as it stands.
    pub bytes: &'s [u8],
    /// What the payload is encrypted with.
    pub cipher: Cipher,
    /// Whether the payload is compressed.
    pub is_compressed: bool,
    /// What the keys are salted with.
    pub master_seed: &'s [u8],
    /// The cipher's initialisation vector.
    pub iv: &'s [u8],
    /// How the key is derived.
    pub kdf: Kdf<'s>,
    /// What version 3 says here, and version 4 inside.
    pub version_3: Option<Version3<'s>>,
    /// Names and values that programs have added, in plain.
    pub custom_data: Vec<(&'s str, Value<'s>)>,
}

/// What only version 3 has in its outer header.
#[derive(Debug)]
pub struct Version3<'s> {
    /// Which stream hides values.
    pub stream: u32,
    /// Its key.
    pub stream_key: &'s [u8],
    /// What the payload begins with, under the right key.
    pub start: &'s [u8],
}

/// A key derivation within bounds.
#[derive(Debug)]
pub enum Kdf<'s> {
    /// AES in rounds.
    Aes {
        /// Its key.
        seed: [u8; 32],
        /// How often.
        rounds: u64,
    },
    /// Argon2.
    Argon2 {
        /// What it costs.
        cost: ForeignCost,
        /// At least 8 bytes.
        salt: &'s [u8],
    },
}

/// A value of a variant dictionary, where it is of a type that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'s> {
    /// A number without sign, of 4 or 8 bytes, or a truth.
    Number(u64),
    /// A number with sign.
    Signed(i64),
    /// Text.
    Text(&'s str),
    /// Bytes.
    Bytes(&'s [u8]),
}

impl<'s> Header<'s> {
    /// Reads the header at the front of a file.
    ///
    /// # Errors
    /// [`KeePassError`].
    pub fn read(source: &'s [u8]) -> Result<Self, KeePassError> {
        const SHORT: KeePassError = KeePassError::Damaged("its header ends early");
        let mut rest = Bytes(source);
        if rest.take(4) != Some(MAGIC) {
            return Err(KeePassError::Damaged("it does not begin as a database"));
        }
        match rest.take(4).ok_or(SHORT)? {
            KDBX => {}
            KEEPASS_1 => return Err(KeePassError::KeePass1),
            _ => return Err(KeePassError::Unknown("a format")),
        }
        let minor = rest.u16().ok_or(SHORT)?;
        let major = rest.u16().ok_or(SHORT)?;
        if !matches!((major, minor), (3, _) | (4, 0..=1)) {
            return Err(KeePassError::Version { major, minor });
        }
        let mut fields = Fields::default();
        loop {
            let kind = rest.u8().ok_or(SHORT)?;
            let value = match major {
                3 => rest.u16().and_then(|len| rest.take(usize::from(len))),
                _ => rest.stretch(),
            };
            let value = value.ok_or(SHORT)?;
            if kind == field::END {
                break;
            }
            fields.add(kind, value)?;
        }
        let len = source.len() - rest.0.len();
        fields.header(source.get(..len).unwrap_or_default(), major)
    }
}

/// The fields as they stand, each at most once.
#[derive(Default)]
struct Fields<'s>([Option<&'s [u8]>; 13]);

impl<'s> Fields<'s> {
    /// A kind that is not known may change what all else means, so it is refused.
    fn add(&mut self, kind: u8, value: &'s [u8]) -> Result<(), KeePassError> {
        let place = self.0.get_mut(usize::from(kind)).ok_or(KeePassError::Unknown("a header field"))?;
        if place.replace(value).is_some() && kind != field::COMMENT {
            return Err(KeePassError::Damaged("a header field stands twice"));
        }
        Ok(())
    }

    fn value(&self, kind: u8) -> Result<&'s [u8], KeePassError> {
        let value = self.0.get(usize::from(kind)).copied().flatten();
        value.ok_or(KeePassError::Damaged("a header field is missing"))
    }

    fn number(&self, kind: u8) -> Result<u32, KeePassError> {
        let value = self.value(kind)?.try_into().map(u32::from_le_bytes);
        value.map_err(|_| KeePassError::Damaged("a number in its header is of the wrong size"))
    }

    fn header(&self, bytes: &'s [u8], major: u16) -> Result<Header<'s>, KeePassError> {
        let id = self.value(field::CIPHER)?;
        let cipher = CIPHERS.iter().find(|(_, known)| known == id);
        let (cipher, _) = *cipher.ok_or(KeePassError::Unknown("a cipher"))?;
        let (kdf, version_3) = if major == 3 {
            let seed = self.value(field::TRANSFORM_SEED)?;
            let rounds = self.value(field::TRANSFORM_ROUNDS)?.try_into().map(u64::from_le_bytes);
            let rounds =
                rounds.map_err(|_| KeePassError::Damaged("a number in its header is of the wrong size"))?;
            let version_3 = Version3 {
                stream: self.number(field::STREAM)?,
                stream_key: self.value(field::STREAM_KEY)?,
                start: self.value(field::STREAM_START)?,
            };
            (Kdf::aes(seed, rounds)?, Some(version_3))
        } else {
            (Kdf::read(&dictionary(self.value(field::KDF)?)?)?, None)
        };
        let custom_data = self.value(field::CUSTOM_DATA).map_or(Ok(Vec::new()), dictionary)?;
        let iv = self.value(field::IV)?;
        if iv.len() != cipher.iv_len() {
            return Err(KeePassError::Damaged("its initialisation vector is of the wrong size"));
        }
        Ok(Header {
            bytes,
            cipher,
            is_compressed: match self.number(field::COMPRESSION)? {
                0 => false,
                1 => true,
                _ => return Err(KeePassError::Unknown("a compression")),
            },
            master_seed: self.value(field::MASTER_SEED)?,
            iv,
            kdf,
            version_3,
            custom_data,
        })
    }
}

impl<'s> Kdf<'s> {
    /// What it takes.
    pub fn load(&self) -> Load {
        match self {
            Self::Aes { rounds, .. } => Load::AesKdf { rounds: *rounds },
            Self::Argon2 { cost, .. } => {
                Load::Argon2 { memory_kib: cost.memory_kib(), passes: cost.passes() }
            }
        }
    }

    fn aes(seed: &[u8], rounds: u64) -> Result<Self, KeePassError> {
        if rounds > MOST_ROUNDS {
            return Err(KeePassError::Rounds { rounds, most: MOST_ROUNDS });
        }
        let seed = seed.try_into().map_err(|_| KeePassError::Damaged("its seed is of the wrong size"))?;
        Ok(Self::Aes { seed, rounds })
    }

    fn read(dictionary: &[(&'s str, Value<'s>)]) -> Result<Self, KeePassError> {
        let value = |name: &str| dictionary.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let bytes = |name: &str| match value(name) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(KeePassError::Damaged("the key derivation lacks a parameter")),
        };
        let number = |name: &str| match value(name) {
            Some(Value::Number(number)) => Ok(number),
            _ => Err(KeePassError::Damaged("the key derivation lacks a parameter")),
        };
        let id = bytes("$UUID")?;
        let kind = if id == AES_KDF || id == AES_KDF_4 {
            return Self::aes(bytes("S")?, number("R")?);
        } else if id == ARGON2D {
            Argon2Kind::D
        } else if id == ARGON2ID {
            Argon2Kind::Id
        } else {
            return Err(KeePassError::Unknown("a key derivation"));
        };
        let is_given = |name| matches!(value(name), Some(Value::Bytes(bytes)) if !bytes.is_empty());
        if is_given("K") || is_given("A") {
            return Err(KeePassError::Unknown("a secret of its key derivation"));
        }
        let small = |name| u32::try_from(number(name)?).or(Ok::<_, KeePassError>(u32::MAX));
        let cost = ForeignCost::new(kind, small("V")?, number("M")? / 1024, number("I")?, small("P")?)?;
        let salt = bytes("S")?;
        if salt.len() < 8 {
            return Err(KeePassError::Damaged("its salt is too short"));
        }
        Ok(Self::Argon2 { cost, salt })
    }
}

/// A variant dictionary: typed values behind names.
fn dictionary(source: &[u8]) -> Result<Vec<(&str, Value<'_>)>, KeePassError> {
    const DAMAGED: KeePassError = KeePassError::Damaged("a dictionary in its header cannot be read");
    let mut rest = Bytes(source);
    if rest.u16().ok_or(DAMAGED)? >> 8 != 1 {
        return Err(KeePassError::Unknown("a dictionary"));
    }
    let mut entries = Vec::new();
    loop {
        let kind = rest.u8().ok_or(DAMAGED)?;
        if kind == 0 {
            return Ok(entries);
        }
        let name = rest.stretch().and_then(|name| std::str::from_utf8(name).ok()).ok_or(DAMAGED)?;
        let bytes = rest.stretch().ok_or(DAMAGED)?;
        let value = match kind {
            0x04 => bytes.try_into().ok().map(|bytes| Value::Number(u64::from(u32::from_le_bytes(bytes)))),
            0x05 => bytes.try_into().ok().map(|bytes| Value::Number(u64::from_le_bytes(bytes))),
            0x08 => bytes.first().map(|byte| Value::Number(u64::from(*byte != 0))),
            0x0C => bytes.try_into().ok().map(|bytes| Value::Signed(i64::from(i32::from_le_bytes(bytes)))),
            0x0D => bytes.try_into().ok().map(|bytes| Value::Signed(i64::from_le_bytes(bytes))),
            0x18 => std::str::from_utf8(bytes).ok().map(Value::Text),
            0x42 => Some(Value::Bytes(bytes)),
            _ => None,
        };
        entries.push((name, value.ok_or(DAMAGED)?));
    }
}
