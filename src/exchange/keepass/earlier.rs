//! What this program put into an entry's custom data before it used [`super::super::carried`]: only read, so that
//! databases from then come back whole.
//!
//! A line of `NAME=DIGEST` between blanks, then an entry of docs/json-format.md; a piece of it is put back where
//! what KeePass shows of it is still what was written. Exact times stood on their own.

use std::fmt::Write as _;
use std::mem::swap;
use std::ops::ControlFlow;

use super::super::json;
use super::super::{Outcome, Row};
use super::entry::Times;
use crate::crypto::derive::sha256;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::Item;

/// The key of exact times: milliseconds since 1970, in the order of [`Times::all_mut`], `-` for none.
pub const TIMES_KEY: &str = "tresor times";

/// A piece: its name, and what swaps it between two items.
type Piece = (&'static str, fn(&mut Item, &mut Item));

static PIECES: [Piece; 18] = [
    ("title", |one, other| swap(&mut one.title, &mut other.title)),
    ("username", |one, other| swap(&mut one.username, &mut other.username)),
    ("password", |one, other| swap(&mut one.password, &mut other.password)),
    ("urls", |one, other| swap(&mut one.urls, &mut other.urls)),
    ("notes", |one, other| swap(&mut one.note, &mut other.note)),
    ("totp", |one, other| swap(&mut one.totp, &mut other.totp)),
    ("folder", |one, other| swap(&mut one.folder, &mut other.folder)),
    ("tags", |one, other| swap(&mut one.tags, &mut other.tags)),
    ("kind", |one, other| swap(&mut one.kind, &mut other.kind)),
    ("favorite", |one, other| swap(&mut one.favourite, &mut other.favourite)),
    ("fields", |one, other| swap(&mut one.fields, &mut other.fields)),
    ("history", |one, other| swap(&mut one.history, &mut other.history)),
    ("attachments", |one, other| swap(&mut one.attachments, &mut other.attachments)),
    ("passkeys", |one, other| swap(&mut one.passkeys, &mut other.passkeys)),
    ("created", |one, other| swap(&mut one.created, &mut other.created)),
    ("modified", |one, other| swap(&mut one.modified, &mut other.modified)),
    ("last_used", |one, other| swap(&mut one.last_used, &mut other.last_used)),
    ("upkeep", |one, other| swap(&mut one.upkeep, &mut other.upkeep)),
];

/// Puts back what was put aside, piece by piece. Whether `kept` has that form.
pub fn restore(kept: &Secret, item: &mut Item) -> bool {
    let Some((line, entry)) = kept.expose_str().and_then(|text| text.split_once('\n')) else { return false };
    let mut kept = None;
    let read = json::read::read(entry.as_bytes(), &mut |row: Row| {
        if let Outcome::Item(entry, _) = row.outcome {
            kept = Some(*entry);
        }
        ControlFlow::Break(())
    });
    let (Ok(()), Some(mut kept)) = (read, kept) else { return false };
    for (name, digest) in line.split(' ').filter_map(|pair| pair.split_once('=')) {
        let piece = PIECES.iter().find(|(known, _)| *known == name);
        if let Some((_, swap)) = piece.filter(|(_, swap)| digest_of(*swap, item) == digest) {
            swap(item, &mut kept);
        }
    }
    true
}

/// The digest of a piece as our JSON has it; the item is as before.
fn digest_of(swap: fn(&mut Item, &mut Item), item: &mut Item) -> String {
    let mut only = Item::default();
    swap(item, &mut only);
    let mut text = zeroize::Zeroizing::new(Vec::new());
    // Memory takes all.
    let _ = json::write::entry(&only, &mut *text);
    swap(item, &mut only);
    let mut hex = String::new();
    sha256(&[&text]).iter().take(8).for_each(|byte| _ = write!(hex, "{byte:02x}"));
    hex
}

/// Takes exact times over, each where it is within the second that KeePass knows.
pub fn exact(times: &mut Times, text: &Secret) {
    let exact = text.expose_str().unwrap_or_default().split(' ').map(|time| time.parse().ok().map(Timestamp));
    for (time, exact) in times.all_mut().into_iter().zip(exact) {
        if let (Some(time), Some(exact)) = (time, exact)
            && time.seconds() == exact.seconds()
        {
            *time = exact;
        }
    }
}
