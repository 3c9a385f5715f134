//! Items as rows of LastPass CSV. First an item is reduced to what LastPass holds, and each step that loses
//! something says so. Then its row is read back as the importer reads it: what still differs is a loss too,
//! so none is ever silent.

use std::io::{self, Write};

use super::super::csv_text::write_cell;
use super::super::known::same;
use super::super::loss::{LossKind, Losses, append_lines, without_past};
use super::{Entry, NOTE_URL, Outcome, notes};
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::{self, FieldKind, Home};
use notes::Slot;

/// Columns of the web export.
const HEADER: &[u8] = b"url,username,password,totp,extra,name,grouping,fav\r\n";

/// Writes all `items` but those in the trash.
pub fn write(items: &mut dyn Iterator<Item = Item>, out: &mut dyn Write) -> io::Result<Losses> {
    let mut losses = Losses::default();
    out.write_all(HEADER)?;
    for mut item in items {
        if item.trashed {
            losses.add(LossKind::Trashed, &item.title);
            continue;
        }
        let mut lost = reduce(&mut item);
        let row = ExportRow::of(&mut item, &mut lost);
        lost.extend(row.differences(&mut item));
        lost.sort_unstable();
        lost.dedup();
        lost.into_iter().for_each(|kind| losses.add(kind, &item.title));
        row.write(&item, out)?;
    }
    Ok(losses)
}

/// Takes out of an item, or moves into its note, what no LastPass entry holds.
fn reduce(item: &mut Item) -> Vec<LossKind> {
    let mut lost = without_past(item);
    if [item.created.take(), item.modified.take(), item.last_used.take()].iter().any(Option::is_some) {
        lost.push(LossKind::Times);
    }
    if item.kind.is_empty() {
        item.kind = kinds::LOGIN.to_owned();
    }
    if kinds::named(&item.kind).is_none() {
        lost.push(LossKind::Kind);
        let kind = std::mem::replace(&mut item.kind, kinds::CUSTOM.to_owned());
        let value = Secret::from_text(kind);
        item.fields.insert(
            0,
            ItemField { name: notes::NOTE_TYPE.to_owned(), kind: FieldKind::Text, value, ticked_off: false },
        );
    }
    let mut lines: Vec<(String, Secret)> = Vec::new();
    item.urls.retain(|url| !url.is_empty());
    let held = usize::from(item.kind == kinds::LOGIN || has_home(item, Home::Url));
    for url in item.urls.drain(held.min(item.urls.len())..) {
        lines.push(("URL".to_owned(), Secret::from_text(url)));
        lost.push(LossKind::Urls);
    }
    item.tags.retain(|tag| !tag.is_empty());
    if !item.tags.is_empty() {
        lines.push(("Tags".to_owned(), Secret::from_text(item.tags.join(", "))));
        item.tags.clear();
        lost.push(LossKind::Tags);
    }
    if !is_typed(item) {
        for field in item.fields.drain(..) {
            lines.push((field.name, field.value));
            lost.push(LossKind::Fields);
        }
    }
    append_lines(item, &lines);
    lost
}

/// Whether an item is written as a typed note.
fn is_typed(item: &Item) -> bool {
    ![kinds::LOGIN, kinds::NOTE].contains(&item.kind.as_str())
}

fn has_home(item: &Item, home: Home) -> bool {
    kinds::named(&item.kind).is_some_and(|kind| kind.fields.iter().any(|field| field.home == home))
}

/// The values of a row that are not as they are in the item.
struct ExportRow {
    url: String,
    username: String,
    password: Option<Secret>,
    extra: Option<Secret>,
    grouping: String,
}

impl ExportRow {
    /// The row of a reduced item. Its custom fields are put in the order in which they will be read.
    fn of(item: &mut Item, lost: &mut Vec<LossKind>) -> Self {
        let duplicate = |secret: &Option<Secret>| secret.as_ref().map(Secret::duplicate);
        let names = folder::split(&item.folder);
        let mut row = Self {
            url: item.urls.first().cloned().unwrap_or_default(),
            username: item.username.clone(),
            password: duplicate(&item.password),
            extra: None,
            grouping: names.join("\\"),
        };
        if item.kind != kinds::LOGIN {
            row.url = String::from_utf8_lossy(NOTE_URL).into_owned();
        }
        if !is_typed(item) {
            row.extra = duplicate(&item.note);
            return row;
        }
        let note_type = notes::note_type(item);
        let slots = notes::slots(item, &note_type);
        if !slots.is_sorted() {
            lost.push(LossKind::FieldOrder);
        }
        let mut fields: Vec<(Slot, ItemField)> = slots.into_iter().zip(item.fields.drain(..)).collect();
        fields.retain(|(slot, field)| !matches!(slot, Slot::Usual(_)) || !field.value.is_empty());
        fields.sort_by_key(|(slot, _)| *slot);
        let kind = kinds::named(&item.kind);
        for (_, field) in &mut fields {
            let read_as = notes::field_kind(kind, &field.name);
            if std::mem::replace(&mut field.kind, read_as) != read_as {
                lost.push(LossKind::FieldKinds);
            }
        }
        let (slots, fields): (Vec<Slot>, Vec<ItemField>) = fields.into_iter().unzip();
        item.fields = fields;
        row.extra = Some(notes::write(item, &note_type, &slots));
        if has_home(item, Home::Username) {
            row.username.clear();
        }
        if has_home(item, Home::Password) {
            row.password = None;
        }
        row
    }

    fn entry<'r>(&'r self, item: &'r Item) -> Entry<'r> {
        let text =
            |secret: &'r Option<Secret>| secret.as_ref().and_then(Secret::expose_str).unwrap_or_default();
        Entry {
            url: &self.url,
            username: &self.username,
            password: text(&self.password),
            totp: text(&item.totp),
            extra: text(&self.extra),
            name: &item.title,
            grouping: &self.grouping,
            fav: if item.favourite { "1" } else { "0" },
        }
    }

    /// What reading the row makes different from the item that it is to hold.
    fn differences(&self, item: &mut Item) -> Vec<LossKind> {
        let entry = self.entry(item);
        if let Some(Outcome::Folder(_) | Outcome::Blank) = entry.without_item() {
            return vec![LossKind::Misread];
        }
        let mut read = entry.item(&mut Vec::new());
        let mut lost = Vec::new();
        if folder::normal(&item.folder) != read.folder {
            lost.push(LossKind::Folder);
            read.folder.clone_from(&item.folder);
        }
        if item.title != read.title {
            lost.push(LossKind::Title);
            read.title.clone_from(&item.title);
        }
        if !same(item, &read) {
            lost.push(LossKind::Misread);
        }
        lost
    }

    fn write(&self, item: &Item, out: &mut dyn Write) -> io::Result<()> {
        let Entry { url, username, password, totp, extra, name, grouping, fav } = self.entry(item);
        for cell in [url, username, password, totp, extra, name, grouping] {
            write_cell(cell.as_bytes(), out)?;
            out.write_all(b",")?;
        }
        out.write_all(fav.as_bytes())?;
        out.write_all(b"\r\n")
    }
}
