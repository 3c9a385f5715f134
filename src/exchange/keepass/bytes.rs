//! Numbers and stretches off the front of a slice: nothing is believed before its bytes are there.

/// What is left of a slice.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'s>(pub &'s [u8]);

impl<'s> Bytes<'s> {
    /// The next `len` bytes; none where there are fewer.
    pub fn take(&mut self, len: usize) -> Option<&'s [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    /// One byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// A number of two bytes, little-endian.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// A number of four bytes, little-endian.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A stretch that stands behind its length in four bytes.
    pub fn stretch(&mut self) -> Option<&'s [u8]> {
        let len = usize::try_from(self.u32()?).ok()?;
        self.take(len)
    }
}
