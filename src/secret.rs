//! Secrets as a type: bytes in locked memory that are wiped when dropped, redacted when printed,
//! and reached through one greppable accessor, [`Secret::expose`].
//!
//! A `Secret` is short-lived by intent: it is neither `Clone` nor `Serialize`, and what the vault holds of a
//! secret is ciphertext. The memory comes from [`pages`]. What libraries and functions leave behind of a secret
//! that they work on is overwritten by [`heap`] and [`stack`]. [`pages`] and [`heap`] are the files that may use
//! `unsafe`.

pub mod heap;
pub mod pages;
pub mod stack;

use std::fmt;
use std::ops::Range;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use pages::Slot;

/// Secret bytes of a length that may grow up to a capacity fixed at creation, so that no edit ever
/// reallocates and leaves a copy behind.
pub struct Secret {
    slot: Slot,
    len: usize,
}

impl Secret {
    /// An empty secret with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { slot: Slot::zeroed(capacity), len: 0 }
    }

    /// `len` zero bytes, to be filled through [`Secret::expose_mut`].
    pub fn zeroed(len: usize) -> Self {
        Self { slot: Slot::zeroed(len), len }
    }

    /// A copy of `bytes`; wiping the original is the caller's business.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self::concat(&[bytes])
    }

    /// All `parts`, one after another.
    pub fn concat(parts: &[&[u8]]) -> Self {
        let mut secret = Self::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            secret.append(part);
        }
        secret
    }

    /// Takes over `bytes`, wiping the vector.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::copy_of(&Zeroizing::new(bytes))
    }

    /// Takes over `text`, wiping the string.
    pub fn from_text(text: String) -> Self {
        Self::from_bytes(text.into_bytes())
    }

    /// The plain bytes.
    pub fn expose(&self) -> &[u8] {
        self.slot.bytes().get(..self.len).unwrap_or_default()
    }

    /// The plain bytes, to be written to.
    pub fn expose_mut(&mut self) -> &mut [u8] {
        let len = self.len;
        self.slot.bytes_mut().get_mut(..len).unwrap_or_default()
    }

    /// The plain text, or nothing where the bytes are not UTF-8.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(self.expose()).ok()
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that still fit.
    pub fn room(&self) -> usize {
        self.slot.bytes().len() - self.len
    }

    /// A second copy, in locked memory of its own.
    pub fn duplicate(&self) -> Self {
        Self::copy_of(self.expose())
    }

    /// Compares in constant time (for equal lengths).
    pub fn same_as(&self, other: &[u8]) -> bool {
        self.expose().ct_eq(other).into()
    }

    /// Puts `text` in at byte `at`. Returns whether there was room; if not, nothing changed.
    pub fn insert(&mut self, at: usize, text: &[u8]) -> bool {
        if text.len() > self.room() || at > self.len {
            return false;
        }
        let end = self.len + text.len();
        if let Some(area) = self.slot.bytes_mut().get_mut(at..end) {
            area.copy_within(..area.len() - text.len(), text.len());
            if let Some(gap) = area.get_mut(..text.len()) {
                gap.copy_from_slice(text);
            }
        }
        self.len = end;
        true
    }

    /// Puts `text` at the end. Returns whether there was room; if not, nothing changed.
    pub fn append(&mut self, text: &[u8]) -> bool {
        self.insert(self.len, text)
    }

    /// Takes the bytes of `range` out.
    pub fn remove(&mut self, range: Range<usize>) {
        if range.start > range.end || range.end > self.len {
            return;
        }
        let len = self.len;
        if let Some(area) = self.slot.bytes_mut().get_mut(range.start..len) {
            let gone = range.end - range.start;
            area.copy_within(gone.., 0);
            let kept = area.len() - gone;
            area.get_mut(kept..).unwrap_or_default().zeroize();
            self.len = range.start + kept;
        }
    }

    /// Shortens to `len` bytes, wiping the rest.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.remove(len..self.len);
        }
    }

    /// Wipes all of it; the capacity stays.
    pub fn clear(&mut self) {
        self.truncate(0);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_stay_within_the_capacity() {
        let mut secret = Secret::with_capacity(8);
        assert!(secret.append(b"abcd") && secret.insert(2, b"XY"));
        assert_eq!(secret.expose(), b"abXYcd");
        assert!(!secret.append(b"toolong"));
        secret.remove(1..3);
        assert_eq!(secret.expose_str(), Some("aYcd"));
        secret.clear();
        assert!(secret.is_empty() && secret.append(b"12345678"));
    }

    #[test]
    fn is_never_printed() {
        assert_eq!(format!("{:?}", Secret::copy_of(b"hunter2")), "Secret(..)");
    }

    #[test]
    fn comes_in_any_size() {
        for len in [0, 1, 63, 64, 65, 4096, 4097, 100_000] {
            let mut secret = Secret::zeroed(len);
            assert_eq!(secret.len(), len);
            assert!(secret.expose().iter().all(|byte| *byte == 0));
            secret.expose_mut().fill(7);
        }
    }
}
