//! The outside of a KDBX 4.1 file while it is written: the header, and what follows in blocks, each encrypted
//! and authenticated when it is full.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::super::{Fresh, Unlock};
use super::header::{ARGON2ID, CIPHERS, KDBX, MAGIC, field};
use super::key::{Keys, composites};
use super::write::{Settings, no_randomness};
use crate::crypto::derive::sha256;
use crate::crypto::kdbx::{BLOCK_LEN, Encryptor, hmac_sha256};
use crate::crypto::kdf::{Argon2Kind, ForeignCost};
use crate::crypto::random::array;

/// Bytes of a block, as others write it.
const BLOCK: usize = 1 << 20;

/// Takes plain bytes and writes the file.
pub struct Sealer<'o> {
    out: &'o mut dyn Write,
    keys: Keys,
    encryptor: Encryptor,
    is_padded: bool,
    block: Zeroizing<Vec<u8>>,
    index: u64,
}

impl<'o> Sealer<'o> {
    /// Pays for the key derivation and writes the header.
    ///
    /// # Errors
    /// As `out`, and where there is no password, no randomness or no memory.
    pub fn new(settings: Settings, fresh: &mut Fresh<'_>, out: &'o mut dyn Write) -> io::Result<Self> {
        let Settings { cipher, memory_kib, passes, lanes } = settings;
        let password = fresh.password.filter(|password| !password.is_empty());
        let password = password.ok_or_else(|| io::Error::other("the database wants a password"))?;
        let unlock = Unlock { password: Some(password.duplicate()), key_file: None };
        let composite = composites(&unlock).map_err(io::Error::other)?.pop();
        let composite = composite.ok_or_else(|| io::Error::other("the database wants a password"))?;
        let master_seed: [u8; 32] = array(fresh.random).map_err(no_randomness)?;
        let salt: [u8; 32] = array(fresh.random).map_err(no_randomness)?;
        let iv: [u8; BLOCK_LEN] = array(fresh.random).map_err(no_randomness)?;
        let iv = iv.get(..cipher.iv_len()).unwrap_or_default();
        let cost = ForeignCost::new(Argon2Kind::Id, 0x13, memory_kib.into(), passes.into(), lanes);
        let cost = cost.map_err(io::Error::other)?;
        let transformed = cost.derive(composite.expose(), &salt).map_err(io::Error::other)?;
        let keys = Keys::of(&master_seed, &transformed);
        let id = CIPHERS.iter().find(|(known, _)| *known == cipher).map(|(_, id)| *id).unwrap_or_default();
        let mut header = [MAGIC, KDBX, &[1, 0, 4, 0]].concat();
        for (kind, value) in [
            (field::CIPHER, &id[..]),
            (field::COMPRESSION, &1_u32.to_le_bytes()),
            (field::MASTER_SEED, &master_seed),
            (field::IV, iv),
            (field::KDF, &derivation(settings, &salt)),
            (field::END, b"\r\n\r\n"),
        ] {
            header.push(kind);
            push_stretch(&mut header, value);
        }
        out.write_all(&header)?;
        out.write_all(&sha256(&[&header]))?;
        out.write_all(&hmac_sha256(keys.mac_key(u64::MAX).expose(), &[&header]))?;
        let encryptor = Encryptor::new(cipher, keys.cipher.expose(), iv);
        let encryptor = encryptor.ok_or_else(|| io::Error::other("no such cipher"))?;
        let block = Zeroizing::new(Vec::with_capacity(BLOCK));
        Ok(Self { out, keys, encryptor, is_padded: cipher.is_padded(), block, index: 0 })
    }

    /// Writes what is left, and the end.
    ///
    /// # Errors
    /// As the output.
    pub fn finish(mut self) -> io::Result<()> {
        if self.is_padded {
            let padding = BLOCK_LEN - self.block.len() % BLOCK_LEN;
            self.block.extend(std::iter::repeat_n(u8::try_from(padding).unwrap_or_default(), padding));
        }
        if !self.block.is_empty() {
            self.put()?;
        }
        self.put()
    }

    /// Writes the block, and starts the next.
    fn put(&mut self) -> io::Result<()> {
        self.encryptor.apply(&mut self.block);
        let size = u32::try_from(self.block.len()).unwrap_or_default().to_le_bytes();
        let key = self.keys.mac_key(self.index);
        let mac = hmac_sha256(key.expose(), &[&self.index.to_le_bytes(), &size, &self.block]);
        self.out.write_all(&mac)?;
        self.out.write_all(&size)?;
        self.out.write_all(&self.block)?;
        self.block.clear();
        self.index += 1;
        Ok(())
    }
}

impl Write for Sealer<'_> {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        let room = BLOCK - self.block.len();
        let taken = plain.get(..plain.len().min(room)).unwrap_or_default();
        self.block.extend_from_slice(taken);
        if self.block.len() == BLOCK {
            self.put()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The parameters of Argon2id as a variant dictionary.
fn derivation(settings: Settings, salt: &[u8; 32]) -> Vec<u8> {
    let memory = u64::from(settings.memory_kib) * 1024;
    let mut dictionary = vec![0, 1];
    for (kind, name, value) in [
        (0x42, "$UUID", &ARGON2ID[..]),
        (0x42, "S", salt),
        (0x04, "P", &settings.lanes.to_le_bytes()),
        (0x05, "M", &memory.to_le_bytes()),
        (0x05, "I", &u64::from(settings.passes).to_le_bytes()),
        (0x04, "V", &0x13_u32.to_le_bytes()),
    ] {
        dictionary.push(kind);
        push_stretch(&mut dictionary, name.as_bytes());
        push_stretch(&mut dictionary, value);
    }
    dictionary.push(0);
    dictionary
}

fn push_stretch(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or_default().to_le_bytes());
    out.extend_from_slice(bytes);
}
