//! Browsers: Chrome and what is built on it, Firefox, Safari and Apple's Passwords.

use super::{PLAIN, Role, Table, Tables, Unit, column};
use crate::vault::kinds::FieldKind;

/// Chrome, Edge, Brave, Opera, Vivaldi; older ones have no notes.
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
