//! Proton Pass: cards and identities stand as JSON in the note.

use super::super::Outcome;
use super::cell_json;
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, Unit, column};
use crate::secret::Secret;
use crate::vault::kinds::{self, FieldKind};

/// The format; older ones have no `email`, or no `vault`.
pub static PROTON: Tables = Tables(&[Table {
    columns: &[
        column(&["type"], Role::Special),
        column(&["name"], Role::Title),
        column(&["url"], Role::Urls(',')),
        column(&["email"], Role::Special),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["note"], Role::Special),
        column(&["totp"], Role::Totp),
        column(&["createTime"], Role::Created(Unit::Seconds)),
        column(&["modifyTime"], Role::Modified(Unit::Seconds)),
        column(&["vault"], Role::Folder("")),
    ],
    required: &["type", "name", "url", "username", "password", "note", "totp", "createTime", "modifyTime"],
    finish: Some(finish),
    ..PLAIN
}]);

/// What a card's JSON calls the fields that a card usually has.
const CARD: [(&str, &str, FieldKind); 5] = [
    ("cardholderName", "Name on Card", FieldKind::Text),
    ("number", "Number", FieldKind::Hidden),
    ("verificationNumber", "Security Code", FieldKind::Hidden),
    ("expirationDate", "Expiration Date", FieldKind::Date),
    ("pin", "PIN", FieldKind::Hidden),
];

fn finish(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    // An e-mail address is the user name where there is no other.
    draft.put(Role::Username, "email", cells.get("email"));
    let note = cells.get("note");
    match cells.get("type") {
        "" | "login" => draft.put(Role::Note, "note", note),
        "note" => {
            draft.item.kind = kinds::NOTE.to_owned();
            draft.put(Role::Note, "note", note);
        }
        "creditCard" => {
            draft.item.kind = "card".to_owned();
            content(draft, note);
        }
        "identity" => {
            draft.item.kind = "identity".to_owned();
            content(draft, note);
        }
        other => {
            draft.keep_as("type", FieldKind::Text, other);
            content(draft, note);
        }
    }
    None
}

/// The fields of the JSON in a note; a note that is none is a note.
fn content(draft: &mut Draft, note: &str) {
    let Some(members) = cell_json::object(note) else {
        return draft.put(Role::Note, "note", note);
    };
    for (key, value) in members {
        let text = cell_json::text(value);
        let known = CARD.iter().find(|(name, _, _)| *name == key && draft.item.kind == "card");
        match (key.as_str(), known, text.expose_str().unwrap_or_default()) {
            (_, _, "" | "[]") => {}
            ("cardType", _, "0") => {}
            ("note", _, text) => draft.put(Role::Note, "note", text),
            (_, Some((_, label, kind)), text) => draft.put(Role::Usual(label, *kind), label, text),
            (key, None, _) => cell_json::keep(draft, key, value, 0),
        }
    }
    if draft.item.note.as_ref().is_some_and(Secret::is_empty) {
        draft.item.note = None;
    }
}
