//! Entries of the vault as documents.

use super::Document;
use crate::time::Timestamp;
use crate::vault::Entry;

impl Document for Entry<'_> {
    fn id(&self) -> [u8; 16] {
        Entry::id(self).0
    }
    fn title(&self) -> &str {
        Entry::title(self)
    }
    fn username(&self) -> &str {
        Entry::username(self)
    }
    fn urls(&self) -> impl Iterator<Item = &str> {
        Entry::urls(self).into_iter()
    }
    fn folder(&self) -> &str {
        Entry::folder(self)
    }
    fn tags(&self) -> impl Iterator<Item = &str> {
        Entry::tags(self).into_iter()
    }
    fn favourite(&self) -> bool {
        self.is_favourite()
    }
    fn recent(&self) -> Timestamp {
        self.last_used().unwrap_or_default().max(self.modified())
    }
}
