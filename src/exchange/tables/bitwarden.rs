//! Bitwarden's CSV: of a person, of an organisation, and without `reprompt` as it was before.

use super::super::Outcome;
use super::draft::{Cells, Draft, folder_of};
use super::{Column, Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::kinds::{self, FieldKind};

/// The columns from `type` on.
const COLUMNS: [Column; 12] = [
    column(&["folder"], Role::Folder("/")),
    column(&["favorite"], Role::Favourite),
    column(&["type"], Role::Special),
    column(&["name"], Role::Title),
    column(&["notes"], Role::Note),
    column(&["fields"], Role::Lines(": ")),
    column(&["reprompt"], Role::Flag),
    column(&["archivedDate"], Role::Field(FieldKind::Date)),
    column(&["login_uri"], Role::Urls(',')),
    column(&["login_username"], Role::Username),
    column(&["login_password"], Role::Password),
    column(&["login_totp"], Role::Totp),
];

/// The format.
pub static BITWARDEN: Tables = Tables(&[
    Table {
        columns: &COLUMNS,
        required: &["folder", "type", "name", "login_uri", "login_username", "login_password"],
        finish: Some(finish),
        ..PLAIN
    },
    Table {
        columns: &[
            column(&["collections"], Role::Special),
            column(&["type"], Role::Special),
            column(&["name"], Role::Title),
            column(&["notes"], Role::Note),
            column(&["fields"], Role::Lines(": ")),
            column(&["reprompt"], Role::Flag),
            column(&["archivedDate"], Role::Field(FieldKind::Date)),
            column(&["login_uri"], Role::Urls(',')),
            column(&["login_username"], Role::Username),
            column(&["login_password"], Role::Password),
            column(&["login_totp"], Role::Totp),
        ],
        required: &["collections", "type", "name", "login_uri", "login_username", "login_password"],
        finish: Some(finish),
        ..PLAIN
    },
]);

fn finish(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    match cells.get("type") {
        "" | "login" => {}
        "note" => draft.item.kind = kinds::NOTE.to_owned(),
        other => draft.keep_as("type", FieldKind::Text, other),
    }
    // An entry of an organisation may be in several collections: the first is its folder.
    let collections = cells.get("collections");
    let first = collections.split(',').next().unwrap_or_default();
    if !collections.is_empty() {
        draft.item.folder = folder_of(first, "/");
    }
    if first != collections {
        draft.keep_as("collections", FieldKind::Text, collections);
    }
    None
}
