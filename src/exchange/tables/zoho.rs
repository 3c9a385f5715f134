//! Zoho Vault: its own table, whose `SecretData` is lines, and the one that other programs read.

use super::super::Outcome;
use super::draft::{Cells, Draft, labelled_lines};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::folder;
use crate::vault::kinds::FieldKind;

/// The format.
pub static ZOHO: Tables = Tables(&[
    Table {
        columns: &[
            column(&["Secret Name"], Role::Title),
            column(&["Description"], Role::Field(FieldKind::Text)),
            column(&["Secret URL"], Role::Urls(',')),
            column(&["SecretData"], Role::Special),
            column(&["Notes"], Role::Note),
            column(&["CustomData"], Role::Lines(":")),
            column(&["Tags"], Role::Tags(',')),
            column(&["Classification"], Role::Special),
            column(&["Favorite"], Role::Favourite),
            column(&["login_totp", "TOTP"], Role::Totp),
            column(&["ChamberName"], Role::Special),
        ],
        required: &["Secret Name", "Secret URL", "SecretData", "Notes"],
        finish: Some(vault),
        ..PLAIN
    },
    Table {
        columns: &[
            column(&["Secret Name"], Role::Title),
            column(&["Secret URL"], Role::Url),
            column(&["Notes"], Role::Note),
        ],
        required: &["Secret Name", "Secret URL", "Notes"],
        goes_on: true,
        finish: Some(general),
        ..PLAIN
    },
]);

/// What an entry is called that is nothing special.
const USUAL: [&str; 2] = ["Web Account", "P"];

fn vault(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    for (label, value) in
        labelled_lines(cells.get("SecretData"), ":").into_iter().filter(|(_, value)| !value.is_empty())
    {
        match label {
            "SecretType" if USUAL.contains(&value) => {}
            "User Name" => draft.put(Role::Username, label, value),
            "Password" => draft.put(Role::Password, label, value),
            _ => draft.keep(label, value),
        }
    }
    let class = Some(cells.get("Classification")).filter(|class| !USUAL.contains(class));
    draft.keep_as("Classification", FieldKind::Text, class.unwrap_or_default());
    draft.item.folder = folder::join(cells.get("ChamberName").split(['\n', '\r']));
    None
}

/// User name and password stand behind the header.
fn general(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    for (index, text) in cells.beyond().enumerate().filter(|(_, text)| !text.is_empty()) {
        match index {
            0 => draft.put(Role::Username, "username", text),
            1 => draft.put(Role::Password, "password", text),
            more => draft.keep_as(&format!("column {}", more + 4), FieldKind::Hidden, text),
        }
    }
    None
}
