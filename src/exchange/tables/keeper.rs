//! Keeper, which writes no header: seven columns, and pairs of label and value behind them.

use super::super::Outcome;
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::kinds::FieldKind;

/// The format, which only the user can tell.
pub static KEEPER: Tables = Tables(&[Table {
    columns: &[
        column(&["folder"], Role::Folder("\\")),
        column(&["title"], Role::Title),
        column(&["login"], Role::Username),
        column(&["password"], Role::Password),
        column(&["url"], Role::Url),
        column(&["notes"], Role::Note),
        column(&["shared folder"], Role::Folder("\\")),
    ],
    required: &["folder", "title"],
    headerless: true,
    goes_on: true,
    finish: Some(finish),
    ..PLAIN
}]);

/// Label of a one-time code.
const CODE: &str = "TFC:Keeper";

fn finish(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let mut more = cells.beyond();
    while let Some(label) = more.next() {
        let Some(value) = more.next() else {
            draft.keep("field", label);
            break;
        };
        match label {
            "" => draft.keep("field", value),
            CODE => draft.put(Role::Totp, label, value),
            "Website Address" => draft.put(Role::Url, label, value),
            _ if label.starts_with("Hidden Field") => {
                draft.keep_as(label, FieldKind::Hidden, value);
            }
            _ => draft.keep(label, value),
        }
    }
    None
}
