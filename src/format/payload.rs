//! The payload's frame: an inner header, the body, and zeros up to a size that says little.

use super::error::FormatError;
use super::{MAX_STEPS, Reserved, SIZE_STEP};
use crate::time::Timestamp;
use crate::vault::Id;

/// Bytes of the inner header.
pub const INNER_LEN: usize = 128;
const MAGIC: [u8; 4] = *b"TRSP";
const VERSION: u16 = 1;
/// So that counting on from a file cannot overflow.
const MAX_GENERATION: u64 = (1 << 63) - 1;

/// What a file says about itself, inside the encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inner {
    /// 1 for the first save, then one more than the greatest of what went into it.
    pub generation: u64,
    /// The installation that saved it.
    pub writer: Id,
    /// Digest of the file that this one replaced, zero for the first.
    pub parent: [u8; 32],
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Digest of the other file of a merge, or zero.
    pub other_parent: [u8; 32],
}

impl Inner {
    pub(super) fn to_bytes(self, body_len: u64) -> [u8; INNER_LEN] {
        let mut bytes = [0; INNER_LEN];
        let fields: [&[u8]; 9] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &[0; 2],
            &body_len.to_le_bytes(),
            &self.generation.to_le_bytes(),
            &self.writer.0,
            &self.parent,
            &self.saved_at.0.to_le_bytes(),
            &self.other_parent,
        ];
        for (place, byte) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *place = *byte;
        }
        bytes
    }
}

/// Reads the frame of a decrypted payload: the inner header, and the length of the body behind it.
///
/// # Errors
/// [`FormatError::Malformed`].
pub(super) fn read(text: &[u8], reserved: Reserved) -> Result<(Inner, usize), FormatError> {
    let malformed = || FormatError::Malformed("the inner header");
    let inner: &[u8; INNER_LEN] = text.first_chunk().ok_or_else(malformed)?;
    let mut rest = inner.as_slice();
    let mut take = |len: usize| {
        let (field, after) = rest.split_at_checked(len).unwrap_or((&[], &[]));
        rest = after;
        field
    };
    let frame_is_right = take(4) == MAGIC && take(2) == VERSION.to_le_bytes();
    let mut zero = take(2) == [0; 2];
    let body_len = number(take(8));
    let read = Inner {
        generation: number(take(8)),
        writer: Id(take(16).try_into().unwrap_or_default()),
        parent: take(32).try_into().unwrap_or_default(),
        saved_at: Timestamp(number(take(8))),
        other_parent: take(32).try_into().unwrap_or_default(),
    };
    zero &= take(16) == [0; 16];
    let counts = (1..=MAX_GENERATION).contains(&read.generation);
    if !frame_is_right || !counts || !(zero || reserved == Reserved::Ignored) {
        return Err(malformed());
    }
    let after = text.get(INNER_LEN..).unwrap_or_default();
    let body_len = usize::try_from(body_len).ok().filter(|len| *len <= after.len()).ok_or_else(malformed)?;
    if after.get(body_len..).unwrap_or_default().iter().any(|byte| *byte != 0) {
        return Err(FormatError::Malformed("padding that is not zero"));
    }
    Ok((read, body_len))
}

/// P(n): Padmé (Nikitin et al., Reducing Metadata Leakage from Encrypted Files, PETS 2019) rounded up to whole
/// steps, or `least` if that is more. At most 12 % is added, and all sizes up to it look alike.
///
/// # Errors
/// [`FormatError::TooLarge`].
pub fn padded_len(n: usize, least: usize) -> Result<usize, FormatError> {
    let wanted = padme(n).max(least.min(SIZE_STEP * MAX_STEPS)).max(1).next_multiple_of(SIZE_STEP);
    // Rounding may pass the bound where the content itself still fits.
    let len = wanted.min(SIZE_STEP * MAX_STEPS);
    if n > len { Err(FormatError::TooLarge) } else { Ok(len) }
}

fn padme(n: usize) -> usize {
    let Some(e) = n.checked_ilog2() else { return n };
    let Some(log_e) = e.checked_ilog2() else { return n };
    n.next_multiple_of(1 << (e - (log_e + 1).min(e)))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_in_steps() {
        assert_eq!(padded_len(0, 0).unwrap(), SIZE_STEP);
        assert_eq!(padded_len(SIZE_STEP, 0).unwrap(), SIZE_STEP);
        assert_eq!(padded_len(SIZE_STEP + 1, 0).unwrap(), 2 * SIZE_STEP);
        assert_eq!(padded_len(100, 1_000_000).unwrap(), 16 * SIZE_STEP);
        // 2^25 < 40,000,000 < 2^26: e = 25, s = 5, so a multiple of 2^20.
        assert_eq!(padded_len(40_000_000, 0).unwrap(), 40_894_464);
        assert!(padded_len(SIZE_STEP * MAX_STEPS, 0).is_ok());
        assert!(padded_len(SIZE_STEP * MAX_STEPS + 1, 0).is_err());
    }

    #[test]
    fn the_inner_header_is_read_as_written() {
        let inner = Inner {
            generation: 7,
            writer: Id([1; 16]),
            parent: [2; 32],
            saved_at: Timestamp(3),
            other_parent: [4; 32],
        };
        let mut text = inner.to_bytes(5).to_vec();
        text.extend([9; 5]);
        text.extend([0; 11]);
        assert_eq!(read(&text, Reserved::Refused).unwrap(), (inner, 5));
        for at in [0, 4, 6, 120, 133] {
            let mut wrong = text.clone();
            wrong[at] ^= 0x80;
            assert!(read(&wrong, Reserved::Refused).is_err(), "{at}");
            assert_eq!(read(&wrong, Reserved::Ignored).is_ok(), [6, 120].contains(&at), "{at}");
        }
    }
}
