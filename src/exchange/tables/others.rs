//! Tables of programs that need a line or two.

use super::super::Outcome;
use super::cell_json;
use super::draft::{Cells, Draft, folder_of};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::kinds::{self, FieldKind};

/// Buttercup: groups and entries are rows, and every custom field is a column.
pub static BUTTERCUP: Tables = Tables(&[Table {
    columns: &[
        column(&["!type"], Role::Special),
        column(&["!group_id"], Role::Special),
        column(&["!group_name"], Role::Special),
        column(&["!group_parent"], Role::Special),
        column(&["title"], Role::Title),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["URL"], Role::Url),
        column(&["id"], Role::Field(FieldKind::Text)),
        column(&["Notes", "note"], Role::Note),
        column(&["one time password"], Role::Totp),
    ],
    required: &["!group_id", "!group_name", "title", "username", "password"],
    open: true,
    finish: Some(buttercup),
    ..PLAIN
}]);

/// Most bytes of a path of groups: parents name parents, and a hostile file doubles them.
const MOST_PATH: usize = 4 << 10;

fn buttercup(cells: &Cells<'_>, draft: &mut Draft, groups: &mut Groups) -> Option<Outcome> {
    let (id, name) = (cells.get("!group_id"), cells.get("!group_name"));
    if cells.get("!type") == "group" {
        let parent = groups.get(cells.get("!group_parent")).map(String::as_str).unwrap_or_default();
        let mut names = folder::split(parent);
        names.push(name.to_owned());
        let path = folder::join(names.iter().map(String::as_str));
        if path.len() < MOST_PATH {
            groups.insert(id.to_owned(), path.clone());
        }
        return Some(Outcome::Folder(path));
    }
    // Before groups were rows, each entry named its own.
    draft.item.folder = match groups.get(id) {
        Some(path) => path.clone(),
        None => folder_of(name, "/"),
    };
    None
}

/// Synology C2.
pub static SYNOLOGY: Tables = Tables(&[Table {
    columns: &[
        column(&["Display_Name"], Role::Title),
        column(&["Login_Username"], Role::Username),
        column(&["Login_Password"], Role::Password),
        column(&["Login_URLs"], Role::Urls(',')),
        column(&["Login_TOTP"], Role::Totp),
        column(&["Notes"], Role::Note),
        column(&["Favorite"], Role::Favourite),
    ],
    required: &["Display_Name", "Login_Username", "Login_Password", "Login_URLs"],
    open: true,
    ..PLAIN
}]);

/// SafeInCloud.
pub static SAFEINCLOUD: Tables = Tables(&[Table {
    columns: &[
        column(&["Title"], Role::Title),
        column(&["Login"], Role::Username),
        column(&["Password"], Role::Password),
        column(&["URL", "Website"], Role::Url),
        column(&["Notes"], Role::Note),
        column(&["OTP", "One-time password"], Role::Totp),
    ],
    required: &["Title", "Login", "Password", "URL", "Notes"],
    ..PLAIN
}]);

/// Myki.
pub static MYKI: Tables = Tables(&[Table {
    columns: &[
        column(&["nickname"], Role::Title),
        column(&["url"], Role::Url),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["additionalInfo"], Role::Note),
        column(&["twofaSecret"], Role::Totp),
        column(&["status"], Role::Field(FieldKind::Text)),
        column(&["tags"], Role::Tags(',')),
    ],
    required: &["nickname", "url", "username", "password", "additionalInfo", "twofaSecret"],
    ..PLAIN
}]);

/// Padlock.
pub static PADLOCK: Tables = Tables(&[Table {
    columns: &[
        column(&["name"], Role::Title),
        column(&["tags", "category"], Role::Tags(',')),
        column(&["url"], Role::Url),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["notes"], Role::Note),
    ],
    required: &["name", "tags", "username", "password"],
    ..PLAIN
}]);

/// Password Gorilla, whose groups are joined as Password Safe does it.
pub static GORILLA: Tables = Tables(&[Table {
    columns: &[
        column(&["uuid"], Role::Field(FieldKind::Text)),
        column(&["group"], Role::Folder(".")),
        column(&["title"], Role::Title),
        column(&["url"], Role::Url),
        column(&["user"], Role::Username),
        column(&["password"], Role::Password),
        column(&["notes"], Role::Note),
    ],
    required: &["uuid", "group", "title", "user", "password"],
    ..PLAIN
}]);

/// Universal Password Manager, which writes no header: only the user can tell it.
pub static UPM: Tables = Tables(&[Table {
    columns: &[
        column(&["account"], Role::Title),
        column(&["user id"], Role::Username),
        column(&["password"], Role::Password),
        column(&["url"], Role::Url),
        column(&["notes"], Role::Note),
    ],
    required: &["account", "user id", "password"],
    headerless: true,
    ..PLAIN
}]);

/// Enpass: a title, pairs of label and value, and the note in the last cell.
pub static ENPASS: Tables = Tables(&[Table {
    columns: &[
        column(&["Title"], Role::Special),
        column(&["Field"], Role::Special),
        column(&["Value"], Role::Special),
        column(&["........."], Role::Special),
        column(&["Note"], Role::Special),
    ],
    required: &["Title", "Field", "Value", "Note"],
    goes_on: true,
    finish: Some(enpass),
    ..PLAIN
}]);

fn enpass(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let mut texts: Vec<&str> = cells.all().collect();
    if texts.len() == 2 {
        draft.item.kind = kinds::NOTE.to_owned();
    }
    // Title, pairs and note make an even number; a row of an odd one ends without a note.
    let note = if texts.len().is_multiple_of(2) { texts.pop().unwrap_or_default() } else { "" };
    let mut texts = texts.into_iter();
    draft.put(Role::Title, "Title", texts.next().unwrap_or_default());
    while let (Some(label), value) = (texts.next(), texts.next().unwrap_or_default()) {
        let role = match label.trim_start_matches('*').to_ascii_lowercase().as_str() {
            _ if value.is_empty() => continue,
            "username" => Role::Username,
            "e-mail" | "email" if draft.item.username.is_empty() => Role::Username,
            "password" => Role::Password,
            "url" | "website" => Role::Url,
            "totp" | "one-time code" => Role::Totp,
            _ => {
                draft.keep(label, value);
                continue;
            }
        };
        draft.put(role, label, value);
    }
    if !note.is_empty() {
        draft.put(Role::Note, "Note", note);
    }
    None
}

/// Passpack: tags and further fields are JSON in JSON.
pub static PASSPACK: Tables = Tables(&[Table {
    columns: &[
        column(&["Entry Name"], Role::Title),
        column(&["URL"], Role::Url),
        column(&["User ID"], Role::Username),
        column(&["Password"], Role::Password),
        column(&["Notes"], Role::Note),
        column(&["Shared Notes"], Role::Field(FieldKind::Hidden)),
        column(&["Tags"], Role::Special),
        column(&["Extra Fields"], Role::Special),
        column(&["Email"], Role::Field(FieldKind::Text)),
    ],
    required: &["Entry Name", "URL", "User ID", "Password"],
    finish: Some(passpack),
    ..PLAIN
}]);

fn passpack(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    for (name, key) in [("Tags", "tags"), ("Extra Fields", "extraFields")] {
        let text = cells.get(name);
        let members = cell_json::object(text);
        let list = members.as_ref().and_then(|members| members.iter().find(|(known, _)| known == key));
        let Some(list) = list.and_then(|(_, value)| cell_json::list(value.get())) else {
            draft.keep(name, text);
            continue;
        };
        for value in list {
            let inner = cell_json::text(value);
            let inner = inner.expose_str().unwrap_or_default();
            let tag = cell_json::object(inner).and_then(|members| cell_json::member(&members, "tag"));
            match (tag.as_ref().and_then(Secret::expose_str), serde_json::from_str(inner)) {
                (Some(tag), _) => draft.item.tags.push(tag.to_owned()),
                (None, Ok(field)) => cell_json::keep(draft, name, field, 0),
                (None, Err(_)) => draft.keep(name, inner),
            }
        }
    }
    None
}

/// Passman: tags in brackets, custom fields and files as JSON.
pub static PASSMAN: Tables = Tables(&[Table {
    columns: &[
        column(&["label"], Role::Title),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["email"], Role::Field(FieldKind::Text)),
        column(&["description"], Role::Note),
        column(&["tags"], Role::Special),
        column(&["url"], Role::Url),
        column(&["custom_fields"], Role::Special),
        column(&["files"], Role::Special),
    ],
    required: &["label", "username", "password", "description", "custom_fields"],
    finish: Some(passman),
    ..PLAIN
}]);

fn passman(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let tags = cells.get("tags");
    let inner = tags.strip_prefix('[').and_then(|tags| tags.strip_suffix(']')).unwrap_or(tags);
    if !inner.is_empty() {
        draft.put(Role::Tags(','), "tags", inner);
    }
    for name in ["custom_fields", "files"] {
        let text = cells.get(name);
        match serde_json::from_str(text) {
            Ok(json) => cell_json::keep(draft, name, json, 0),
            Err(_) => draft.keep_as(name, FieldKind::Hidden, text),
        }
    }
    None
}
