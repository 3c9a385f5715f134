//! The names in a folder, for a path that is being typed: so many, and no more are looked at.

use std::fs;
use std::path::Path;

use super::super::complete::{Listing, Name, may_be, split};
use super::vault::typed_path;

/// Most names that are looked at, and that are given.
const MOST_SEEN: usize = 100_000;
const MOST: usize = 1000;

/// The names that go on with what was typed; none where there is no such folder. Those that no keyboard types, and
/// those that are no text, are left out.
pub(in crate::tui) fn names(typed: &str) -> Listing {
    let (folder, stem) = split(typed);
    let folder = if folder.is_empty() { Path::new(".").to_owned() } else { typed_path(Path::new(folder)) };
    let Ok(mut entries) = fs::read_dir(&folder) else { return Listing::default() };
    let mut listing = Listing::default();
    for entry in entries.by_ref().take(MOST_SEEN).flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !may_be(&name, stem) || name.chars().any(char::is_control) {
            continue;
        }
        if listing.names.len() == MOST {
            listing.is_cut = true;
            return listing;
        }
        listing.names.push(Name { name, is_folder: entry.path().is_dir() });
    }
    listing.is_cut = entries.next().is_some();
    listing
}
