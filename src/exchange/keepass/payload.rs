//! The encrypted part of a KDBX file as one stream of plain bytes, decrypted and unpacked while it is read.
//!
//! Version 4 authenticates its blocks before they are decrypted, and all of them are checked first, so that
//! damage is told before anything is handed on. Version 3 can only be checked from within: its first bytes
//! tell a wrong key, the digests of its blocks tell damage.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use zeroize::Zeroizing;

use super::super::ImportError;
use super::bytes::Bytes;
use super::error::KeePassError;
use super::header::Header;
use super::key::Keys;
use crate::crypto::derive::{same, sha256};
use crate::crypto::kdbx::{BLOCK_LEN, Decryptor, hmac_sha256};

/// Bytes that are decrypted at once.
const CHUNK: usize = 64 * 1024;
/// Bytes that any database may unpack to, and how many times its size if that is more.
const MOST_UNPACKED: u64 = 64 << 20;
const MOST_RATIO: u64 = 100;

/// The plain bytes inside.
pub type Plain<'s> = Box<dyn Read + 's>;

/// Opens the part of `source` behind its header.
///
/// # Errors
/// [`ImportError::WrongPassword`] where the keys do not fit, [`KeePassError::Damaged`].
pub fn open<'s>(source: &'s [u8], header: &Header<'s>, keys: &Keys) -> Result<Plain<'s>, ImportError> {
    let payload = source.get(header.bytes.len()..).unwrap_or_default();
    let packed: Plain<'s> = match &header.version_3 {
        Some(version_3) => {
            let mut plain = Decrypted::new(header, keys, payload.len(), std::iter::once(payload))?;
            let mut start = Zeroizing::new([0; 32]);
            let is_right = plain.read_exact(&mut *start).is_ok() && same(&*start, version_3.start);
            if !is_right {
                return Err(ImportError::WrongPassword);
            }
            Box::new(Hashed {
                blocks: plain,
                most: payload.len(),
                index: 0,
                block: Zeroizing::default(),
                at: 0,
            })
        }
        None => {
            let (blocks, len) = authenticated(payload, header, keys)?;
            Box::new(Decrypted::new(header, keys, len, blocks)?)
        }
    };
    if !header.is_compressed {
        return Ok(packed);
    }
    let most = MOST_UNPACKED.max(MOST_RATIO.saturating_mul(payload.len() as u64));
    Ok(Box::new(bounded(GzDecoder::new(packed), most)))
}

/// `reader`, which fails behind `most` bytes.
pub fn bounded<R: Read>(reader: R, most: u64) -> impl Read {
    Bounded { reader, most, left: most }
}

struct Bounded<R> {
    reader: R,
    most: u64,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.reader.read(out)?;
        match self.left.checked_sub(len as u64) {
            Some(left) => self.left = left,
            None => return Err(KeePassError::Bomb { most: self.most }.into_io()),
        }
        Ok(len)
    }
}

/// The blocks of version 4 and their length in all, after the header and each of them were found whole:
/// `SHA-256(header) || HMAC(header) || (HMAC || u32 length || bytes)*`, the last of them empty.
fn authenticated<'s>(
    payload: &'s [u8],
    header: &Header<'_>,
    keys: &Keys,
) -> Result<(Blocks<'s>, usize), ImportError> {
    const SHORT: KeePassError = KeePassError::Damaged("it ends early");
    let mut rest = Bytes(payload);
    let digest = rest.take(32).ok_or(SHORT)?;
    let mac = rest.take(32).ok_or(SHORT)?;
    if digest != sha256(&[header.bytes]) {
        return Err(KeePassError::Damaged("its header was changed").into());
    }
    let mac_of = |index: u64, parts: &[&[u8]]| hmac_sha256(keys.mac_key(index).expose(), parts);
    if !same(mac, &mac_of(u64::MAX, &[header.bytes])) {
        return Err(ImportError::WrongPassword);
    }
    let blocks = Blocks(rest);
    let mut len = 0;
    for index in 0_u64.. {
        let mac = rest.take(32).ok_or(SHORT)?;
        let block = rest.stretch().ok_or(SHORT)?;
        let size = u32::try_from(block.len()).unwrap_or_default().to_le_bytes();
        if !same(mac, &mac_of(index, &[&index.to_le_bytes(), &size, block])) {
            return Err(KeePassError::Damaged("a block of it was changed").into());
        }
        len += block.len();
        if block.is_empty() {
            break;
        }
    }
    Ok((blocks, len))
}

/// The blocks of version 4, one after another, once they were checked.
struct Blocks<'s>(Bytes<'s>);

impl<'s> Iterator for Blocks<'s> {
    type Item = &'s [u8];

    fn next(&mut self) -> Option<&'s [u8]> {
        self.0.take(32)?;
        self.0.stretch().filter(|block| !block.is_empty())
    }
}

/// Pieces of ciphertext as one plain text.
struct Decrypted<'s, I> {
    pieces: I,
    piece: &'s [u8],
    /// Bytes of ciphertext that were not decrypted yet.
    left: usize,
    decryptor: Decryptor,
    is_padded: bool,
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
    end: usize,
}

impl<'s, I: Iterator<Item = &'s [u8]>> Decrypted<'s, I> {
    fn new(header: &Header<'_>, keys: &Keys, len: usize, pieces: I) -> Result<Self, KeePassError> {
        let decryptor = Decryptor::new(header.cipher, keys.cipher.expose(), header.iv);
        let decryptor = decryptor.ok_or(KeePassError::Damaged("its vector is of the wrong size"))?;
        let is_padded = header.cipher.is_padded();
        if is_padded && (len == 0 || !len.is_multiple_of(BLOCK_LEN)) {
            return Err(KeePassError::Damaged("it ends early"));
        }
        let chunk = Zeroizing::new(vec![0; CHUNK.min(len)]);
        Ok(Self { pieces, piece: &[], left: len, decryptor, is_padded, chunk, at: 0, end: 0 })
    }

    /// Decrypts the next chunk. Both kinds of length are multiples of a block.
    fn fill(&mut self) -> io::Result<()> {
        let len = self.left.min(CHUNK);
        let chunk = self.chunk.get_mut(..len).unwrap_or_default();
        let mut gap = &mut *chunk;
        while !gap.is_empty() {
            if self.piece.is_empty() {
                self.piece = self.pieces.next().ok_or(io::ErrorKind::UnexpectedEof)?;
            }
            let read = self.piece.read(gap)?;
            gap = gap.get_mut(read..).unwrap_or_default();
        }
        self.decryptor.apply(chunk);
        self.left -= len;
        let padding = match chunk.last() {
            Some(padding) if self.is_padded && self.left == 0 => usize::from(*padding),
            _ => 0,
        };
        let is_padding = |bytes: &[u8]| bytes.iter().all(|byte| usize::from(*byte) == padding);
        let end = len.checked_sub(padding).filter(|_| padding <= BLOCK_LEN);
        let end = end.filter(|end| chunk.get(*end..).is_some_and(is_padding));
        let end = end.filter(|_| padding > 0 || !self.is_padded || self.left > 0);
        (self.at, self.end) = (0, end.ok_or(KeePassError::Damaged("its end is torn").into_io())?);
        Ok(())
    }
}

impl<'s, I: Iterator<Item = &'s [u8]>> Read for Decrypted<'s, I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.end && self.left > 0 {
            self.fill()?;
        }
        let len = self.chunk.get(self.at..self.end).unwrap_or_default().read(out)?;
        self.at += len;
        Ok(len)
    }
}

/// The blocks of version 3 inside the plain text: `u32 index || SHA-256 || u32 length || bytes`, the last of
/// them empty.
struct Hashed<R> {
    blocks: R,
    /// No block is longer than the payload.
    most: usize,
    index: u32,
    block: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<R: Read> Hashed<R> {
    /// Reads the next block; an empty one is the last.
    fn fill(&mut self) -> io::Result<()> {
        let damaged = |what| KeePassError::Damaged(what).into_io();
        let mut head = [0; 40];
        self.blocks.read_exact(&mut head)?;
        let mut rest = Bytes(&head);
        let index = rest.u32().unwrap_or_default();
        let digest = rest.take(32).unwrap_or_default();
        let len = rest.u32().and_then(|len| usize::try_from(len).ok()).filter(|len| *len <= self.most);
        let len = len.ok_or_else(|| damaged("a block of it is too long"))?;
        self.block.resize(len, 0);
        self.at = 0;
        self.blocks.read_exact(&mut self.block)?;
        let is_whole = if len == 0 { digest == [0; 32] } else { digest == sha256(&[&self.block]) };
        if index != self.index || !is_whole {
            return Err(damaged("a block of it was changed"));
        }
        self.index = self.index.wrapping_add(1);
        Ok(())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let is_over = self.index > 0 && self.block.is_empty();
        if self.at == self.block.len() && !is_over {
            self.fill()?;
        }
        let len = self.block.get(self.at..).unwrap_or_default().read(out)?;
        self.at += len;
        Ok(len)
    }
}
