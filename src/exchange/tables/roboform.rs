//! RoboForm: fields in cells behind the header, and a `'` before what a spreadsheet would take for a formula.

use super::super::Outcome;
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::kinds::{self, FieldKind};

/// The format; older ones have no `MatchUrl`, and other fields.
pub static ROBOFORM: Tables = Tables(&[Table {
    columns: &[
        column(&["Name"], Role::Special),
        column(&["Url"], Role::Special),
        column(&["MatchUrl"], Role::Special),
        column(&["Login"], Role::Special),
        column(&["Pwd"], Role::Special),
        column(&["Note"], Role::Special),
        column(&["Folder"], Role::Special),
        column(&["RfFieldsV2", "Rf_fields"], Role::Special),
    ],
    required: &["Name", "Url", "Login", "Pwd", "Note", "Folder"],
    goes_on: true,
    finish: Some(finish),
    ..PLAIN
}]);

const ROLES: [(&str, Role); 7] = [
    ("Name", Role::Title),
    ("Url", Role::Url),
    ("MatchUrl", Role::Url),
    ("Login", Role::Username),
    ("Pwd", Role::Password),
    ("Note", Role::Note),
    ("Folder", Role::Folder("/")),
];

fn finish(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    for (name, role) in ROLES {
        let text = unguarded(cells.get(name));
        if !text.is_empty() {
            draft.put(role, name, text);
        }
    }
    let has_login =
        [cells.get("Url"), cells.get("Login"), cells.get("Pwd")].iter().any(|text| !text.is_empty());
    if !has_login && draft.item.note.is_some() {
        draft.item.kind = kinds::NOTE.to_owned();
    }
    let told = [cells.get("Login"), cells.get("Pwd")];
    let fields = cells.get("RfFieldsV2").len() + cells.get("Rf_fields").len();
    let first = Some([cells.get("RfFieldsV2"), cells.get("Rf_fields")].concat()).filter(|_| fields > 0);
    let first = first.map(zeroize::Zeroizing::new);
    for field in
        first.iter().map(|first| first.as_str()).chain(cells.beyond()).filter(|field| !field.is_empty())
    {
        let Some((label, kind, value)) = parts(field) else {
            draft.keep("field", field);
            continue;
        };
        let is_code = label.eq_ignore_ascii_case("TOTP KEY");
        match unguarded(value) {
            _ if told.contains(&value) => {}
            value if is_code => draft.put(Role::Totp, label, value),
            value if kind == "pwd" => draft.keep_as(label, FieldKind::Hidden, value),
            value => draft.keep(label, value),
        }
    }
    None
}

/// Label, type and value: `label$,,,type,value`, or `label$:type:value` in older files.
fn parts(field: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = field.split_once('$')?;
    let (kind, value) = match rest.strip_prefix(",,,") {
        Some(rest) => rest.split_once(',')?,
        None => rest.strip_prefix(':')?.split_once(':')?,
    };
    Some((label, kind, value))
}

/// The text without the guard, which stands before `=`, `+`, `-`, `@` and before a `'` of its own.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\''])).unwrap_or(text)
}
