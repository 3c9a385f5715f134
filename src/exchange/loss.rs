//! What a format cannot hold: counted by kind, with a few titles, and told before anything is relied on.

use std::fmt;

use crate::secret::Secret;
use crate::vault::item::Item;

/// Titles kept for each kind of loss; the count goes on.
const MOST_TITLES: usize = 20;

/// What was not written, or not as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// Entries in the trash: left out.
    Trashed,
    /// Custom fields: written as lines of the note.
    Fields,
    /// URLs beyond the first: written as lines of the note.
    Urls,
    /// Tags: written as a line of the note.
    Tags,
    /// Values that were replaced: left out.
    History,
    /// Files: left out.
    Attachments,
    /// When an entry was made, changed and used: left out.
    Times,
    /// That a field is hidden, a date, a URL: left out.
    FieldKinds,
    /// The order of fields: changed.
    FieldOrder,
    /// The folder: written in another way, or left out.
    Folder,
    /// The kind of entry: written as another.
    Kind,
    /// The title: would be read as another.
    Title,
    /// Bytes that are not text: replaced.
    NotText,
    /// Recipe, reminder, expiry, pending password, what it signs in with, marks of used codes, exceptions of
    /// audits: left out.
    Upkeep,
    /// Passkeys: left out.
    Passkeys,
    /// What has no place there: kept in a value that only this program reads back.
    Carried,
    /// That it is a favourite: left out.
    Favourite,
    /// One-time codes: written as a line of the note.
    Totp,
    /// Values that a spreadsheet would take for formulas: written with a `'` before them, because that was
    /// asked for.
    Guarded,
    /// Text that the format itself gives another meaning: written, and read back in another way.
    Misread,
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trashed => "entries in the trash: left out",
            Self::Fields => "custom fields: written as lines of the note",
            Self::Urls => "further URLs: written as lines of the note",
            Self::Tags => "tags: written as a line of the note",
            Self::History => "earlier values: left out",
            Self::Attachments => "files: left out",
            Self::Times => "dates of creation, change and use: left out",
            Self::FieldKinds => "kinds of custom fields: left out",
            Self::FieldOrder => "order of custom fields: changed",
            Self::Folder => "folder: written in another way",
            Self::Kind => "kind of entry: written as another",
            Self::Title => "title: read back as another",
            Self::NotText => "values that are not text: damaged",
            Self::Upkeep => "recipes, reminders, pending passwords and the like: left out",
            Self::Passkeys => "passkeys: left out",
            Self::Carried => {
                "what the format has no place for: in a hidden field that only this program reads back"
            }
            Self::Favourite => "favourites: left out",
            Self::Totp => "one-time codes: written as a line of the note",
            Self::Guarded => "values changed for a spreadsheet, with a ' before them",
            Self::Misread => "text that the format reads in another way",
        })
    }
}

/// One kind of loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What.
    pub kind: LossKind,
    /// How many entries.
    pub count: u64,
    /// Titles of the first of them, at most 20. Hostile text.
    pub titles: Vec<String>,
}

/// All that an export could not hold.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Losses(Vec<Loss>);

impl Losses {
    /// Each kind once, sorted.
    pub fn all(&self) -> &[Loss] {
        &self.0
    }

    /// Whether everything was held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts a loss of one entry.
    pub fn add(&mut self, kind: LossKind, title: &str) {
        let at = match self.0.binary_search_by_key(&kind, |loss| loss.kind) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, Loss { kind, count: 0, titles: Vec::new() });
                at
            }
        };
        if let Some(loss) = self.0.get_mut(at) {
            loss.count += 1;
            if loss.titles.len() < MOST_TITLES {
                loss.titles.push(title.to_owned());
            }
        }
    }
}

/// Takes out of an item what no table of logins holds. Its dates stay.
pub fn without_past(item: &mut Item) -> Vec<LossKind> {
    let mut lost = Vec::new();
    if without_bytes(item) {
        lost.push(LossKind::NotText);
    }
    if !std::mem::take(&mut item.history).is_empty() {
        lost.push(LossKind::History);
    }
    let ticked_off = item.fields.iter().any(|field| field.ticked_off);
    item.fields.iter_mut().for_each(|field| field.ticked_off = false);
    if !std::mem::take(&mut item.upkeep).is_none() || ticked_off {
        lost.push(LossKind::Upkeep);
    }
    if !std::mem::take(&mut item.passkeys).is_empty() {
        lost.push(LossKind::Passkeys);
    }
    if !std::mem::take(&mut item.attachments).is_empty() {
        lost.push(LossKind::Attachments);
    }
    lost
}

/// Adds lines of a label and a value to the end of the note.
pub fn append_lines(item: &mut Item, lines: &[(String, Secret)]) {
    let mut parts: Vec<&[u8]> =
        item.note.iter().map(Secret::expose).filter(|note| !note.is_empty()).collect();
    for (label, value) in lines {
        if !parts.is_empty() {
            parts.push(b"\n");
        }
        parts.extend([label.as_bytes(), b": ", value.expose()]);
    }
    let note = Secret::concat(&parts);
    item.note = Some(note).filter(|note| !note.is_empty());
}

/// Makes every value of an item text, with U+FFFD for bytes that are none. Whether there were any.
pub fn without_bytes(item: &mut Item) -> bool {
    let singles =
        [&mut item.password, &mut item.note, &mut item.totp, &mut item.upkeep.pending].into_iter().flatten();
    let fields = item.fields.iter_mut().map(|field| &mut field.value);
    let past = item.history.iter_mut().map(|past| &mut past.value);
    let passkeys = item.passkeys.iter_mut();
    let mut found = false;
    for secret in
        singles.chain(fields).chain(past).chain(passkeys).filter(|secret| secret.expose_str().is_none())
    {
        *secret = Secret::from_text(String::from_utf8_lossy(secret.expose()).into_owned());
        found = true;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_on_when_titles_end() {
        let mut losses = Losses::default();
        assert!(losses.is_empty());
        losses.add(LossKind::Tags, "a");
        (0..30).for_each(|_| losses.add(LossKind::Trashed, "b"));
        let counts: Vec<_> = losses.all().iter().map(|l| (l.kind, l.count, l.titles.len())).collect();
        assert_eq!(counts, [(LossKind::Trashed, 30, MOST_TITLES), (LossKind::Tags, 1, 1)]);
    }
}
