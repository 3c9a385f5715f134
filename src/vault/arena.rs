//! The bytes that cells point to: the decrypted payload as it was read, and behind it what was added since.
//! Nothing is copied per cell, and all of it is wiped when dropped.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Where a value lies in an [`Arena`]: offset and length in bytes. A payload is at most 512 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Bytes.
    pub len: u32,
}

/// Values by [`Span`].
#[derive(Default, Clone)]
pub struct Arena {
    base: Zeroizing<Vec<u8>>,
    added: Vec<u8>,
}

impl Arena {
    /// An arena over bytes that were read.
    pub fn over(base: Zeroizing<Vec<u8>>) -> Self {
        Self { base, added: Vec::new() }
    }

    /// The bytes of a span, none if it lies outside.
    pub fn bytes(&self, span: Span) -> &[u8] {
        let (start, len) = (span.start as usize, span.len as usize);
        let (area, start) = match start.checked_sub(self.base.len()) {
            Some(start) => (self.added.as_slice(), start),
            None => (self.base.as_slice(), start),
        };
        area.get(start..start.saturating_add(len)).unwrap_or_default()
    }

    /// Makes room for `bytes` more, so that they are added without being moved.
    pub fn reserve(&mut self, bytes: usize) {
        let wanted = self.added.len() + bytes;
        if wanted > self.added.capacity() {
            // Grown by hand: a vector that grows itself would leave its old bytes behind.
            let mut larger = Vec::with_capacity(wanted);
            larger.extend_from_slice(&self.added);
            self.added.zeroize();
            self.added = larger;
        }
    }

    /// Keeps a copy of `bytes`.
    pub fn add(&mut self, bytes: &[u8]) -> Span {
        if self.added.len() + bytes.len() > self.added.capacity() {
            self.reserve(bytes.len().max(self.added.capacity()).max(4096));
        }
        let start = self.base.len() + self.added.len();
        self.added.extend_from_slice(bytes);
        Span {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        self.added.zeroize();
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arena({} + {} bytes)", self.base.len(), self.added.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_both_parts() {
        let mut arena = Arena::over(Zeroizing::new(b"title".to_vec()));
        let spans: Vec<Span> = (0..2000).map(|n: u32| arena.add(&n.to_le_bytes())).collect();
        assert_eq!(arena.bytes(Span { start: 1, len: 3 }), b"itl");
        for (n, span) in spans.iter().enumerate() {
            assert_eq!(arena.bytes(*span), (n as u32).to_le_bytes());
        }
        assert_eq!(arena.bytes(Span { start: 3, len: 9 }), b"");
        assert_eq!(arena.bytes(Span { start: u32::MAX, len: u32::MAX }), b"");
    }
}
