//! KeePassXC (and KeePassX 2) and KeePass 1 as CSV.

use super::super::Outcome;
use super::super::keepass::labels::ICON;
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, Unit, column};
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::item::Item;
use crate::vault::kinds::FieldKind;

/// The group that all others are in.
pub const ROOT: &str = "Root";

/// KeePassXC; KeePassX 2 and KeePassXC before 2.4 end with the notes.
pub static KEEPASSXC: Tables = Tables(&[Table {
    columns: &[
        column(&["Group"], Role::Folder("/")),
        column(&["Title"], Role::Title),
        column(&["Username"], Role::Username),
        column(&["Password"], Role::Password),
        column(&["URL"], Role::Url),
        column(&["Notes"], Role::Note),
        column(&["TOTP"], Role::Totp),
        column(&["Icon"], Role::Special),
        column(&["Last Modified"], Role::Modified(Unit::Rfc3339)),
        column(&["Created"], Role::Created(Unit::Rfc3339)),
    ],
    required: &["Group", "Title", "Username", "Password", "URL", "Notes"],
    finish: Some(keepassxc),
    ..PLAIN
}]);

fn keepassxc(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let names = folder::split(&draft.item.folder);
    if names.first().is_some_and(|name| name == ROOT) {
        draft.item.folder = folder::join(names.iter().skip(1).map(String::as_str));
    }
    // The key, which entries have without anybody's choice, is number 0.
    draft.keep_as(ICON, FieldKind::Text, Some(cells.get("Icon")).filter(|icon| *icon != "0").unwrap_or(""));
    None
}

/// KeePass 1, where `\` and `"` stand behind a `\`.
pub static KEEPASS1: Tables = Tables(&[Table {
    columns: &[
        column(&["Account"], Role::Title),
        column(&["Login Name"], Role::Username),
        column(&["Password"], Role::Password),
        column(&["Web Site"], Role::Url),
        column(&["Comments"], Role::Note),
    ],
    required: &["Account", "Login Name", "Password", "Web Site", "Comments"],
    finish: Some(keepass1),
    ..PLAIN
}]);

/// Takes the escapes out of a row, unless one `\` of it is none.
fn keepass1(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let Item { title, username, password, urls, note, .. } = &mut draft.item;
    if cells.all().all(is_escaped) {
        for text in [title, username].into_iter().chain(urls) {
            let plain = unescaped(text);
            if let Some(plain) = plain.expose_str() {
                plain.clone_into(text);
            }
        }
        for secret in [password, note].into_iter().flatten() {
            *secret = unescaped(secret.expose_str().unwrap_or_default());
        }
    }
    None
}

fn is_escaped(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && !matches!(bytes.next(), Some(b'\\' | b'"')) {
            return false;
        }
    }
    true
}

fn unescaped(text: &str) -> Secret {
    let mut plain = Secret::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.append(before.as_bytes());
        let (letter, after) = after.split_at(after.len().min(1));
        plain.append(letter.as_bytes());
        rest = after;
    }
    plain.append(rest.as_bytes());
    plain
}
