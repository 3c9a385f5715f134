//! Browsers: Chrome and what is built on it, Firefox, Safari and Apple's Passwords.

use super::super::{Outcome, Remark};
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, Unit, column};
use crate::vault::kinds::FieldKind;

/// Chrome, Edge, Brave, Opera, Vivaldi; older ones have no notes, and end a row before an empty one.
pub static CHROME: Tables = Tables(&[Table {
    columns: &[
        column(&["name"], Role::Title),
        column(&["url"], Role::Url),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["note"], Role::Note),
    ],
    required: &["name", "url", "username", "password"],
    ..PLAIN
}]);

/// Firefox, which has no titles; times in milliseconds.
pub static FIREFOX: Tables = Tables(&[Table {
    columns: &[
        column(&["url", "hostname"], Role::Url),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["httpRealm"], Role::Field(FieldKind::Text)),
        column(&["formActionOrigin", "formSubmitURL"], Role::Special),
        column(&["guid"], Role::Field(FieldKind::Text)),
        column(&["timeCreated"], Role::Created(Unit::Millis)),
        column(&["timeLastUsed"], Role::Used(Unit::Millis)),
        column(&["timePasswordChanged"], Role::Modified(Unit::Millis)),
    ],
    required: &["url", "username", "password", "httpRealm", "formActionOrigin"],
    finish: Some(firefox),
    ..PLAIN
}]);

/// What the browser keeps for itself stands under this.
const OWN_ACCOUNT: &str = "chrome://";

fn firefox(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let form = [cells.get("formActionOrigin"), cells.get("formSubmitURL")].concat();
    // A form that goes to its own site says nothing.
    if !draft.item.urls.contains(&form) {
        draft.keep_as("formActionOrigin", FieldKind::Url, &form);
    }
    if draft.item.urls.iter().any(|url| url.starts_with(OWN_ACCOUNT)) {
        draft.remarks.push(Remark::BrowsersOwn);
    }
    None
}

/// Safari and Apple's Passwords; older ones have neither notes nor codes.
pub static APPLE: Tables = Tables(&[Table {
    columns: &[
        column(&["Title"], Role::Title),
        column(&["URL"], Role::Url),
        column(&["Username"], Role::Username),
        column(&["Password"], Role::Password),
        column(&["Notes"], Role::Note),
        column(&["OTPAuth"], Role::Totp),
    ],
    required: &["Title", "URL", "Username", "Password"],
    ..PLAIN
}]);
