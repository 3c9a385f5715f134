//! What KeePass has no place for, in an entry's custom data, so that our importer finds it again: exact times,
//! and pieces of an item that came back from KeePass's fields in another shape.
//!
//! A piece is put back only where what KeePass shows of it is still what was written: whoever changes an entry
//! in another program is believed.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::super::json;
use super::super::{Outcome, Row};
use super::entry::Times;
use crate::crypto::derive::sha256;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::item::Item;

/// The key of pieces: a line of `NAME=DIGEST` between blanks, then an entry of docs/json-format.md.
pub const KEY: &str = "tresor";
/// The key of exact times: milliseconds since 1970, in the order of [`Times::all_mut`], `-` for none.
pub const TIMES_KEY: &str = "tresor times";

/// What is compared, and put back, as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The title.
    Title,
    /// The user name.
    Username,
    /// The password.
    Password,
    /// URLs.
    Urls,
    /// The note.
    Note,
    /// The one-time code.
    Totp,
    /// The folder.
    Folder,
    /// Tags.
    Tags,
    /// The kind.
    Kind,
    /// Whether it is a favourite.
    Favourite,
    /// Custom fields.
    Fields,
    /// Older values.
    History,
    /// Files.
    Attachments,
    /// Passkeys.
    Passkeys,
    /// When it was made.
    Created,
    /// When it was changed.
    Modified,
    /// When it was used.
    LastUsed,
    /// All else.
    Upkeep,
}

impl Piece {
    const ALL: [(Self, &'static str); 18] = [
        (Self::Title, "title"),
        (Self::Username, "username"),
        (Self::Password, "password"),
        (Self::Urls, "urls"),
        (Self::Note, "notes"),
        (Self::Totp, "totp"),
        (Self::Folder, "folder"),
        (Self::Tags, "tags"),
        (Self::Kind, "kind"),
        (Self::Favourite, "favorite"),
        (Self::Fields, "fields"),
        (Self::History, "history"),
        (Self::Attachments, "attachments"),
        (Self::Passkeys, "passkeys"),
        (Self::Created, "created"),
        (Self::Modified, "modified"),
        (Self::LastUsed, "last_used"),
        (Self::Upkeep, "upkeep"),
    ];

    fn swap(self, one: &mut Item, other: &mut Item) {
        use std::mem::swap;
        match self {
            Self::Title => swap(&mut one.title, &mut other.title),
            Self::Username => swap(&mut one.username, &mut other.username),
            Self::Password => swap(&mut one.password, &mut other.password),
            Self::Urls => swap(&mut one.urls, &mut other.urls),
            Self::Note => swap(&mut one.note, &mut other.note),
            Self::Totp => swap(&mut one.totp, &mut other.totp),
            Self::Folder => swap(&mut one.folder, &mut other.folder),
            Self::Tags => swap(&mut one.tags, &mut other.tags),
            Self::Kind => swap(&mut one.kind, &mut other.kind),
            Self::Favourite => swap(&mut one.favourite, &mut other.favourite),
            Self::Fields => swap(&mut one.fields, &mut other.fields),
            Self::History => swap(&mut one.history, &mut other.history),
            Self::Attachments => swap(&mut one.attachments, &mut other.attachments),
            Self::Passkeys => swap(&mut one.passkeys, &mut other.passkeys),
            Self::Created => swap(&mut one.created, &mut other.created),
            Self::Modified => swap(&mut one.modified, &mut other.modified),
            Self::LastUsed => swap(&mut one.last_used, &mut other.last_used),
            Self::Upkeep => swap(&mut one.upkeep, &mut other.upkeep),
        }
    }

    /// A digest of the piece as our JSON has it; the item is as before.
    fn digest(self, item: &mut Item) -> String {
        let mut only = Item::default();
        self.swap(item, &mut only);
        let mut text = Vec::new();
        // Memory takes all.
        let _ = json::write::entry(&only, &mut text);
        self.swap(item, &mut only);
        let mut hex = String::new();
        sha256(&[&text]).iter().take(8).for_each(|byte| _ = write!(hex, "{byte:02x}"));
        hex
    }
}

/// What is to be put aside of `item`, which reads back as `shown`. The item is left without it.
pub fn aside(item: &mut Item, shown: &mut Item) -> Option<Secret> {
    let mut line = String::new();
    let mut kept = Item::default();
    for (piece, name) in Piece::ALL {
        let digest = piece.digest(shown);
        if digest != piece.digest(item) {
            let _ = write!(line, "{}{name}={digest}", if line.is_empty() { "" } else { " " });
            piece.swap(item, &mut kept);
        }
    }
    if line.is_empty() {
        return None;
    }
    let mut text = zeroize::Zeroizing::new(line.into_bytes());
    text.push(b'\n');
    let _ = json::write::write(&mut std::iter::once(kept), &mut *text);
    Some(Secret::copy_of(&text))
}

/// Puts back what was put aside, piece by piece, where KeePass's side of it was not changed.
pub fn restore(kept: &Secret, item: &mut Item) {
    let Some((line, entry)) = kept.expose_str().and_then(|text| text.split_once('\n')) else { return };
    let mut kept = None;
    let read = json::read::read(entry.as_bytes(), &mut |row: Row| {
        if let Outcome::Item(entry, _) = row.outcome {
            kept = Some(*entry);
        }
        ControlFlow::Break(())
    });
    let (Ok(()), Some(mut kept)) = (read, kept) else { return };
    for (name, digest) in line.split(' ').filter_map(|pair| pair.split_once('=')) {
        let piece = Piece::ALL.iter().find(|(_, known)| *known == name);
        if let Some((piece, _)) = piece.filter(|(piece, _)| piece.digest(item) == digest) {
            piece.swap(item, &mut kept);
        }
    }
}

/// Times to the millisecond, where they are more than those of KeePass.
pub fn times_text(mut times: Times) -> Option<String> {
    let times = times.all_mut();
    if times.iter().all(|time| time.is_none_or(|time| time.0 % 1000 == 0)) {
        return None;
    }
    let shown = times.map(|time| time.map_or("-".to_owned(), |time| time.0.to_string()));
    Some(shown.join(" "))
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
