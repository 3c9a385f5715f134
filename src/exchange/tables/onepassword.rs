//! 1Password's CSV, which is another one in each version.

use super::super::Outcome;
use super::draft::{Cells, Draft};
use super::{Column, Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::kinds::{self, FieldKind};

/// Columns of 6 and 7, which have one for every field that any entry has.
const WIDE: [Column; 17] = [
    column(&["title"], Role::Title),
    column(&["username"], Role::Username),
    column(&["password"], Role::Password),
    column(&["url", "website"], Role::Url),
    column(&["urls", "additional urls"], Role::Urls(',')),
    column(&["notes", "notesPlain"], Role::Note),
    column(&["one-time password", "otp", "otpauth"], Role::Totp),
    column(&["tags"], Role::Tags(',')),
    column(&["favorite", "favourite"], Role::Favourite),
    column(&["archived"], Role::Flag),
    column(&["ainfo"], Role::Special),
    column(&["scope"], Role::Special),
    column(&["autosubmit"], Role::Special),
    column(&["uuid"], Role::Field(FieldKind::Text)),
    column(
        &["ccnum", "number", "cvv", "verification number", "pin", "secret key", "master-password"],
        Role::Field(FieldKind::Hidden),
    ),
    column(&["reminder answer"], Role::Field(FieldKind::Hidden)),
    column(&["type", "category"], Role::Special),
];

/// The format: 8, 7 of Windows and of Mac, 6, and 4.
pub static ONEPASSWORD: Tables = Tables(&[
    Table {
        columns: &[
            column(&["Title"], Role::Title),
            column(&["Url"], Role::Url),
            column(&["Username"], Role::Username),
            column(&["Password"], Role::Password),
            column(&["OTPAuth"], Role::Totp),
            column(&["Favorite"], Role::Favourite),
            column(&["Archived"], Role::Flag),
            column(&["Tags"], Role::Tags(';')),
            column(&["Notes"], Role::Note),
        ],
        required: &["Title", "Url", "Username", "Password", "Favorite", "Archived", "Tags"],
        ..PLAIN
    },
    Table {
        columns: &WIDE,
        required: &["uuid", "title", "scope", "autosubmit"],
        open: true,
        decorated: true,
        finish: Some(wide),
        ..PLAIN
    },
    Table {
        columns: &[
            column(&["title"], Role::Title),
            column(&["notes"], Role::Note),
            column(&["username"], Role::Username),
            column(&["password"], Role::Password),
            column(&["url"], Role::Url),
        ],
        required: &["title", "notes", "username", "password", "url"],
        in_order: true,
        ..PLAIN
    },
]);

/// The kinds of its types; any other is kept as a field.
const TYPES: [(&str, &str); 10] = [
    ("Login", kinds::LOGIN),
    ("Password", kinds::LOGIN),
    ("Secure Note", kinds::NOTE),
    ("Credit Card", "card"),
    ("Identity", "identity"),
    ("Bank Account", "bank-account"),
    ("Software License", "software-license"),
    ("Server", "server"),
    ("Database", "database"),
    ("Passport", "passport"),
];

/// What every entry says of itself.
const USUAL: &str = "Default";

fn wide(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    for value in [cells.get("type"), cells.get("category")] {
        match TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(value)) {
            Some((_, kind)) => draft.item.kind = (*kind).to_owned(),
            None => draft.keep_as("type", FieldKind::Text, value),
        }
    }
    let ainfo = cells.get("ainfo");
    if ainfo != draft.item.username {
        draft.keep("ainfo", ainfo);
    }
    for name in ["scope", "autosubmit"] {
        let value = cells.get(name);
        if !value.eq_ignore_ascii_case(USUAL) {
            draft.keep_as(name, FieldKind::Text, value);
        }
    }
    None
}
