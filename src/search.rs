//! Finding entries: the ranked search behind the search box ([`index`]), the command line's QUERY
//! ([`lookup`]), and the hosts and sites that both must not confuse ([`host`](mod@host)).
//!
//! Pure: no I/O, no clock, and never a secret, since a [`Document`] has no way to give one. Titles, user
//! names and addresses are private all the same, so every copy of them that is kept here is wiped when
//! dropped. (What the URL parser copies for the length of one comparison is not.)

pub mod index;
pub mod lookup;

mod entries;
mod fold;
mod fuzzy;
mod haystack;
mod rank;
#[cfg(test)]
mod sample;

use crate::time::Timestamp;

pub use crate::host;
pub use index::{Hits, How, Index};
pub use lookup::{Found, Lookup, Rule, resolve};

/// What is searched of one entry. A trait and not a struct, so that a look-up over 100,000 entries reads
/// only the fields it needs.
pub trait Document {
    /// The entry's id.
    fn id(&self) -> [u8; 16];
    /// Its title.
    fn title(&self) -> &str;
    /// Its user name, empty if none.
    fn username(&self) -> &str;
    /// Its addresses, as they were typed.
    fn urls(&self) -> impl Iterator<Item = &str>;
    /// Its folder, a path joined by `/`, empty if none.
    fn folder(&self) -> &str;
    /// Its tags.
    fn tags(&self) -> impl Iterator<Item = &str>;
    /// Whether it is a favourite; among equally good matches those come first.
    fn favourite(&self) -> bool;
    /// When it was last used or changed; among equals the latest comes first.
    fn recent(&self) -> Timestamp;
}

impl<D: Document + ?Sized> Document for &D {
    fn id(&self) -> [u8; 16] {
        (**self).id()
    }
    fn title(&self) -> &str {
        (**self).title()
    }
    fn username(&self) -> &str {
        (**self).username()
    }
    fn urls(&self) -> impl Iterator<Item = &str> {
        (**self).urls()
    }
    fn folder(&self) -> &str {
        (**self).folder()
    }
    fn tags(&self) -> impl Iterator<Item = &str> {
        (**self).tags()
    }
    fn favourite(&self) -> bool {
        (**self).favourite()
    }
    fn recent(&self) -> Timestamp {
        (**self).recent()
    }
}
