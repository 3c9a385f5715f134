//! The header: 4096 bytes, every field at a constant offset. Reading it needs no password; a value of
//! [`Header`] has passed every check that can be made without one.

use std::fmt;

use super::error::FormatError;
use super::slot::Slot;
use super::{HEADER_LEN, MAX_FILE_LEN, MAX_STEPS, Reserved, SIZE_STEP};
use crate::crypto::{aead, derive};
use crate::vault::Id;

/// The first bytes of every vault. As in PNG, text-mode transfer breaks them.
pub const MAGIC: [u8; 8] = *b"\x89TRS\r\n\x1a\n";
/// The version of the format that is read and written.
pub const MAJOR: u16 = 1;
const MINOR: u16 = 0;

const VAULT_ID: usize = 16;
const PAYLOAD_LEN: usize = 32;
const PAYLOAD_NONCE: usize = 40;
const PAYLOAD_COMMIT: usize = 64;
const FILE_DIGEST: usize = 96;
const RESERVED: usize = 128;
const SLOTS: usize = 256;
/// Slots of a header.
pub const SLOT_COUNT: usize = 8;

/// A header that was checked, or one to be written.
#[derive(Clone)]
pub struct Header {
    bytes: Box<[u8; HEADER_LEN]>,
    slots: Vec<Slot>,
}

impl Header {
    /// Checks all that needs no password: magic, version, lengths, digest, slots and their costs, in this
    /// order. `file` is the whole file or, if it is longer than version 1 allows, its beginning; `len` is
    /// its length in bytes.
    ///
    /// # Errors
    /// [`FormatError::NotAVault`], [`FormatError::TooNew`], [`FormatError::Damaged`],
    /// [`FormatError::Malformed`], [`FormatError::Cost`], in that order.
    pub fn read(file: &[u8], len: u64) -> Result<Self, FormatError> {
        let after_magic = file.strip_prefix(&MAGIC).ok_or(FormatError::NotAVault)?;
        let cut_short = FormatError::Damaged("the file is cut short");
        let Some(major) = after_magic.first_chunk().copied().map(u16::from_le_bytes) else {
            return Err(cut_short);
        };
        let too_large = len > MAX_FILE_LEN as u64;
        // Of another major version only the digest's place is known, not the header's length.
        if major != MAJOR && (too_large || digest_holds(file)) {
            return Err(FormatError::TooNew { major });
        }
        let Some((header, payload)) = file.split_first_chunk() else { return Err(cut_short) };
        let header = Self { bytes: Box::new(*header), slots: Vec::new() };
        if too_large || len != file.len() as u64 || header.payload_len() != Some(payload.len()) {
            return Err(FormatError::Damaged("its length is wrong"));
        }
        if !digest_holds(file) {
            return Err(FormatError::Damaged("its checksum is wrong"));
        }
        if header.u32(12) as usize != HEADER_LEN {
            return Err(FormatError::Malformed("header length"));
        }
        let reserved = header.bytes.get(RESERVED..SLOTS).unwrap_or_default();
        if header.reserved() == Reserved::Refused && reserved.iter().any(|byte| *byte != 0) {
            return Err(FormatError::Malformed("reserved bytes of the header"));
        }
        header.with_slots()
    }

    /// Bytes of a file that hold the vault's id.
    pub const ID_LEN: usize = VAULT_ID + 16;

    /// A header to be written; its digest is still missing.
    pub(super) fn new(
        vault_id: Id,
        payload_len: usize,
        nonce: [u8; 24],
        commit: [u8; 32],
        slots: &[Slot],
    ) -> Result<Self, FormatError> {
        if slots.len() > SLOT_COUNT {
            return Err(FormatError::TooManySlots(slots.len()));
        }
        let mut bytes = Box::new([0; HEADER_LEN]);
        let mut put = |at: usize, value: &[u8]| {
            if let Some(place) = bytes.get_mut(at..at + value.len()) {
                place.copy_from_slice(value);
            }
        };
        put(0, &MAGIC);
        put(8, &MAJOR.to_le_bytes());
        put(10, &MINOR.to_le_bytes());
        put(12, &(HEADER_LEN as u32).to_le_bytes());
        put(VAULT_ID, &vault_id.0);
        put(PAYLOAD_LEN, &(payload_len as u64).to_le_bytes());
        put(PAYLOAD_NONCE, &nonce);
        put(PAYLOAD_COMMIT, &commit);
        for (index, slot) in slots.iter().enumerate() {
            put(SLOTS + index * Slot::LEN, slot.bytes());
        }
        Self { bytes, slots: Vec::new() }.with_slots()
    }

    /// The vault's id as the first [`Self::ID_LEN`] bytes of a file say it, which nothing has verified: enough to
    /// choose where to look, also for a file that is damaged.
    pub fn id_in(head: &[u8]) -> Option<Id> {
        head.get(VAULT_ID..Self::ID_LEN)?.try_into().ok().map(Id)
    }

    /// The vault's permanent random id.
    pub fn vault_id(&self) -> Id {
        Id(self.array(VAULT_ID))
    }

    /// All eight slots, empty ones too.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Those of the slots that are in use, in their order.
    pub fn used_slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| !slot.is_empty())
    }

    /// Digest of the whole file: the name of this state of the vault.
    pub fn digest(&self) -> [u8; 32] {
        self.array(FILE_DIGEST)
    }

    /// Whether a later minor version wrote the file: it opens, read-only.
    pub fn is_of_later_minor(&self) -> bool {
        self.u16(10) > MINOR
    }

    pub(super) fn reserved(&self) -> Reserved {
        if self.is_of_later_minor() { Reserved::Ignored } else { Reserved::Refused }
    }

    pub(super) fn payload_nonce(&self) -> [u8; 24] {
        self.array(PAYLOAD_NONCE)
    }

    pub(super) fn payload_commit(&self) -> [u8; 32] {
        self.array(PAYLOAD_COMMIT)
    }

    pub(super) fn bytes(&self) -> &[u8; HEADER_LEN] {
        &self.bytes
    }

    /// header[0..96] || header[128..4096], the associated data of the payload.
    pub(super) fn aad(&self) -> Vec<u8> {
        let (before, after) = self.around_digest();
        [before, after].concat()
    }

    pub(super) fn set_digest(&mut self, payload: &[u8]) {
        let (before, after) = self.around_digest();
        let digest = derive::sha256(&[before, after, payload]);
        if let Some(place) = self.bytes.get_mut(FILE_DIGEST..RESERVED) {
            place.copy_from_slice(&digest);
        }
    }

    fn with_slots(mut self) -> Result<Self, FormatError> {
        let slots = self.bytes.get(SLOTS..).unwrap_or_default().chunks_exact(Slot::LEN);
        let reserved = self.reserved();
        self.slots = slots.map(|bytes| Slot::parse(bytes, reserved)).collect::<Result<_, _>>()?;
        super::slot::check_all(&self.slots)?;
        Ok(self)
    }

    /// The payload's length in bytes; none where it is not a whole number of steps within the bounds.
    fn payload_len(&self) -> Option<usize> {
        let len = usize::try_from(u64::from_le_bytes(self.array(PAYLOAD_LEN))).ok()?;
        let text = len.checked_sub(aead::TAG_LEN)?;
        let steps = text / SIZE_STEP;
        (text % SIZE_STEP == 0 && (1..=MAX_STEPS).contains(&steps)).then_some(len)
    }

    fn around_digest(&self) -> (&[u8], &[u8]) {
        let before = self.bytes.get(..FILE_DIGEST).unwrap_or_default();
        (before, self.bytes.get(RESERVED..).unwrap_or_default())
    }

    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.array(at))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.array(at))
    }
}

/// Whether the digest is that of the whole file, which so far may be of any version.
fn digest_holds(file: &[u8]) -> bool {
    let parts = (file.get(..FILE_DIGEST), file.get(FILE_DIGEST..RESERVED), file.get(RESERVED..));
    let (Some(before), Some(digest), Some(after)) = parts else { return false };
    derive::same(&derive::sha256(&[before, after]), digest)
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}, {} slots)", self.vault_id(), self.used_slots().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_may_have_a_shorter_header() {
        let mut file = [&MAGIC[..], &[2], &[0; 290]].concat();
        assert!(matches!(Header::read(&file, file.len() as u64), Err(FormatError::Damaged(_))));
        let digest = derive::sha256(&[&file[..FILE_DIGEST], &file[RESERVED..]]);
        file[FILE_DIGEST..RESERVED].copy_from_slice(&digest);
        assert!(matches!(Header::read(&file, file.len() as u64), Err(FormatError::TooNew { major: 2 })));
        for len in 0..file.len() {
            assert!(!matches!(
                Header::read(&file[..len], len as u64),
                Ok(_) | Err(FormatError::TooNew { .. })
            ));
        }
    }
}
