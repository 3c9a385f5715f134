//! Zip archives as other programs export them: stored or deflated files, looked up by name. Read from untrusted
//! bytes, so everything that the directory claims is checked before it is used, and an archive that has
//! anything odd is refused as a whole: links, encryption, names that lead elsewhere, entries that overlap or
//! that grow out of proportion. Nothing is ever written to a disk.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use thiserror::Error;

use crate::secret::Secret;

/// Most entries.
const MOST_ENTRIES: usize = 20_000;
/// Most bytes of one file, and of all together, before they are compressed.
const MOST_BYTES: u64 = 512 << 20;
/// Most bytes that one byte may grow to, above the first MiB.
const MOST_GROWTH: u64 = 200;
const FREE_GROWTH: u64 = 1 << 20;

/// What is wrong with an archive.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the messages
pub enum ZipError {
    #[error("damaged zip archive")]
    Damaged,
    #[error("the zip archive has more than 20000 files")]
    TooMany,
    #[error("the zip archive is more than 512 MiB when unpacked")]
    TooLarge,
    #[error("the zip archive grows out of all proportion when unpacked")]
    Bomb,
    #[error("a file name in the zip archive leads out of it")]
    BadName,
    #[error("a name stands twice in the zip archive")]
    Repeated,
    #[error("the zip archive holds a link")]
    Link,
    #[error("the zip archive is encrypted; unpack it and pack it again without a password")]
    Encrypted,
    #[error("the zip archive is packed in a way that is not understood")]
    Method,
    #[error("files overlap in the zip archive")]
    Overlap,
}

/// An archive whose directory is sound.
pub struct Zip<'s> {
    entries: Vec<Entry<'s>>,
}

/// A file in an archive.
pub struct Entry<'s> {
    /// Its name, with `/` between folders.
    pub name: &'s str,
    packed: &'s [u8],
    len: usize,
    is_deflated: bool,
    crc: u32,
}

/// Whether `source` starts as an archive does.
pub fn is_zip(source: &[u8]) -> bool {
    source.starts_with(b"PK\x03\x04")
}

impl<'s> Zip<'s> {
    /// Reads the directory. Nothing is unpacked.
    ///
    /// # Errors
    /// [`ZipError`].
    pub fn open(source: &'s [u8]) -> Result<Self, ZipError> {
        let end = end_record(source).ok_or(ZipError::Damaged)?;
        let mut directory =
            Bytes { rest: source.get(end.start..end.start + end.len).ok_or(ZipError::Damaged)? };
        if end.count > MOST_ENTRIES {
            return Err(ZipError::TooMany);
        }
        let mut entries = Vec::with_capacity(end.count);
        let mut places: Vec<(usize, usize)> = vec![(end.start, source.len())];
        let mut total = 0;
        for _ in 0..end.count {
            let header = Header::read(&mut directory)?;
            total += u64::from(header.len);
            if total > MOST_BYTES {
                return Err(ZipError::TooLarge);
            }
            if u64::from(header.len) > u64::from(header.packed_len) * MOST_GROWTH + FREE_GROWTH {
                return Err(ZipError::Bomb);
            }
            let (packed, place) = header.content(source).ok_or(ZipError::Damaged)?;
            places.push(place);
            if !header.name.ends_with('/') {
                let (len, is_deflated) = (header.len as usize, header.method == 8);
                entries.push(Entry { name: header.name, packed, len, is_deflated, crc: header.crc });
            }
        }
        places.sort_unstable();
        if places.iter().zip(places.iter().skip(1)).any(|(one, next)| one.1 > next.0) {
            return Err(ZipError::Overlap);
        }
        let mut names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        if names.iter().zip(names.iter().skip(1)).any(|(one, next)| one == next) {
            return Err(ZipError::Repeated);
        }
        Ok(Self { entries })
    }

    /// The files, in the order of the directory.
    pub fn entries(&self) -> &[Entry<'s>] {
        &self.entries
    }

    /// The file of this name.
    pub fn named(&self, name: &str) -> Option<&Entry<'s>> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

impl Entry<'_> {
    /// The content, unpacked into locked memory and checked.
    ///
    /// # Errors
    /// [`ZipError::Damaged`] where it is not what the directory says.
    pub fn content(&self) -> Result<Secret, ZipError> {
        if !self.is_deflated {
            let is_right = self.packed.len() == self.len && crc32(self.packed) == self.crc;
            return is_right.then(|| Secret::copy_of(self.packed)).ok_or(ZipError::Damaged);
        }
        let mut content = Secret::zeroed(self.len);
        let mut state = Box::<DecompressorOxide>::default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, _, written) = decompress(&mut state, self.packed, content.expose_mut(), 0, flags);
        let is_right =
            status == TINFLStatus::Done && written == self.len && crc32(content.expose()) == self.crc;
        is_right.then_some(content).ok_or(ZipError::Damaged)
    }
}

/// What stands at the end of an archive: where its directory is.
struct End {
    count: usize,
    start: usize,
    len: usize,
}

/// The record whose comment ends where the file does.
fn end_record(source: &[u8]) -> Option<End> {
    const LEN: usize = 22;
    let last = source.len().checked_sub(LEN)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find_map(|at| {
        let mut bytes = Bytes { rest: source.get(at..)?.strip_prefix(b"PK\x05\x06")? };
        let (disk, directory_disk) = (bytes.u16()?, bytes.u16()?);
        let (here, count) = (bytes.u16()?, usize::from(bytes.u16()?));
        let (len, start) = (bytes.u32()? as usize, bytes.u32()? as usize);
        let comment = usize::from(bytes.u16()?);
        let is_end =
            comment == bytes.rest.len() && disk == 0 && directory_disk == 0 && usize::from(here) == count;
        (is_end && start.checked_add(len)? <= at).then_some(End { count, start, len })
    })
}

/// An entry of the directory.
struct Header<'s> {
    name: &'s str,
    method: u16,
    crc: u32,
    packed_len: u32,
    len: u32,
    at: usize,
}

impl<'s> Header<'s> {
    fn read(directory: &mut Bytes<'s>) -> Result<Self, ZipError> {
        let (header, flags, attributes, system) = Self::fields(directory).ok_or(ZipError::Damaged)?;
        // Bit 0: encrypted; bit 6: strongly; bit 13: the directory too.
        if flags & 0x2041 != 0 {
            return Err(ZipError::Encrypted);
        }
        // The upper half are the rights of Unix, of whatever system it says it is; 0o12 is a link.
        if attributes >> 28 == 0o12 && matches!(system, 3 | 19) {
            return Err(ZipError::Link);
        }
        if !matches!(header.method, 0 | 8) {
            return Err(ZipError::Method);
        }
        if [header.packed_len, header.len].contains(&u32::MAX) {
            return Err(ZipError::TooLarge);
        }
        let leads_out = |part: &str| part == "..";
        let name = header.name;
        let is_bad = name.starts_with('/') || name.contains(['\\', '\0']) || name.get(1..2) == Some(":");
        if is_bad || name.split('/').any(leads_out) {
            return Err(ZipError::BadName);
        }
        Ok(header)
    }

    fn fields(directory: &mut Bytes<'s>) -> Option<(Self, u16, u32, u8)> {
        directory.rest = directory.rest.strip_prefix(b"PK\x01\x02")?;
        let [_, system] = directory.u16()?.to_le_bytes();
        directory.u16()?;
        let (flags, method) = (directory.u16()?, directory.u16()?);
        directory.u32()?;
        let (crc, packed_len, len) = (directory.u32()?, directory.u32()?, directory.u32()?);
        let (name_len, extra, comment) = (directory.u16()?, directory.u16()?, directory.u16()?);
        directory.u16()?;
        directory.u16()?;
        let attributes = directory.u32()?;
        let at = directory.u32()? as usize;
        let name = std::str::from_utf8(directory.take(usize::from(name_len))?).ok()?;
        directory.take(usize::from(extra) + usize::from(comment))?;
        Some((Self { name, method, crc, packed_len, len, at }, flags, attributes, system))
    }

    /// The packed bytes behind the entry's own header, which must be of the same name, and the place of both.
    fn content(&self, source: &'s [u8]) -> Option<(&'s [u8], (usize, usize))> {
        let mut bytes = Bytes { rest: source.get(self.at..)?.strip_prefix(b"PK\x03\x04")? };
        bytes.take(22)?;
        let (name_len, extra) = (bytes.u16()?, bytes.u16()?);
        let name = bytes.take(usize::from(name_len))?;
        bytes.take(usize::from(extra))?;
        let packed = bytes.take(self.packed_len as usize)?;
        let end = source.len() - bytes.rest.len();
        (name == self.name.as_bytes()).then_some((packed, (self.at, end)))
    }
}

/// Bytes that are taken from the front.
struct Bytes<'s> {
    rest: &'s [u8],
}

impl<'s> Bytes<'s> {
    fn take(&mut self, len: usize) -> Option<&'s [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

/// CRC-32 (ISO 3309), reflected, a byte at a time by a table.
fn crc32(bytes: &[u8]) -> u32 {
    static TABLE: [u32; 256] = table();
    !bytes.iter().fold(!0, |crc, byte| {
        let entry = TABLE.get(usize::from(crc as u8 ^ byte)).copied().unwrap_or(0);
        crc >> 8 ^ entry
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut crc, mut bit) = (index as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        if let Some((_, rest)) = table.split_at_mut_checked(index)
            && let Some(entry) = rest.first_mut()
        {
            *entry = crc;
        }
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests;
