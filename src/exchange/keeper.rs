//! Keeper's JSON: records of templates, whose fields stand under keys of `$type:label:number`, and the folders that
//! are shared with others; in older exports a bare list of records. Folders nest by `\`, and `\\` is one in a name.
//!
//! Of a record nothing is dropped but the order of its fields (`schema`).

mod fields;

use super::cxf::id_of;
use super::draft::{Draft, read_each};
use super::json::tree::{self, Object};
use super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock, without_bom};
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::kinds;

/// The format.
pub struct Keeper;

impl Importer for Keeper {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        let has = |key: &str| keys.iter().any(|known| known == key);
        has("records") && (has("shared_folders") || keys.len() == 1) || is_bare(source)
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        if without_bom(source).trim_ascii_start().starts_with(b"[") {
            let _ = read_each(tree::whole_list(source)?, each, read_record);
            return Ok(());
        }
        let mut top = Object::whole(source)?;
        if top.peek("records").and_then(tree::list).is_none() {
            return Err(ImportError::NoItems);
        }
        if read_each(top.list("records"), each, read_record).is_break() {
            return Ok(());
        }
        for shared in top.list("shared_folders") {
            let outcome = Object::read(shared).map_or_else(Outcome::Skipped, read_shared_folder);
            if each(Row { place: Place::TopLevel, outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Whether it is a list of records and nothing around it, as older exports are.
fn is_bare(source: &[u8]) -> bool {
    let keys = tree::first_keys(source);
    let has = |key: &str| keys.iter().any(|known| known == key);
    has("title") && has("login") && (has("login_url") || has("custom_fields") || has("$type"))
}

/// Keeper's templates, and our kinds. There are more, which say what they are in a field.
const KINDS: [(&str, &str); 17] = [
    ("", kinds::LOGIN),
    ("login", kinds::LOGIN),
    ("general", kinds::LOGIN),
    ("encryptedNotes", kinds::NOTE),
    ("bankCard", "card"),
    ("bankAccount", "bank-account"),
    ("address", "address"),
    ("contact", "identity"),
    ("passport", "passport"),
    ("driverLicense", "drivers-license"),
    ("ssnCard", "social-security"),
    ("healthInsurance", "health-insurance"),
    ("membership", "membership"),
    ("softwareLicense", "software-license"),
    ("databaseCredentials", "database"),
    ("serverCredentials", "server"),
    ("wifiCredentials", "wifi"),
];

fn read_record(json: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let template = source.text("$type");
    let kind = KINDS.iter().find(|(known, _)| *known == template).map(|(_, kind)| *kind);
    let kind = kind.or((template == "sshKeys").then_some("ssh-key"));
    let mut draft = Draft::of(kind.unwrap_or(kinds::CUSTOM));
    if kind.is_none() {
        draft.keep_text("$type", &template);
    }
    draft.item.title = source.text("title");
    draft.username("login", source.secret("login"));
    draft.password("password", source.secret("password"));
    draft.url(source.text("login_url"));
    draft.item.note = source.secret("notes");
    let modified = source.number("last_modified").and_then(|seconds| u64::try_from(seconds).ok());
    draft.item.modified = modified.map(Timestamp::from_seconds);
    let uid = source.text("uid");
    draft.item.id = id_of(&uid);
    if draft.item.id.is_none() {
        draft.keep_text("uid", &uid);
    }
    add_folders(source.objects("folders"), &mut draft);
    for (key, value) in source.object("custom_fields").rest() {
        fields::add(&key, value, &mut draft);
    }
    source.take("schema");
    draft.keep_rest("", source);
    Ok(draft)
}

/// The first place of a record is its folder.
fn add_folders(places: Vec<Object<'_>>, draft: &mut Draft) {
    for (mut place, number) in places.into_iter().zip(1..) {
        let names = [place.text("shared_folder"), place.text("folder")].map(|path| names(&path)).concat();
        let path = folder::join(names.iter().map(String::as_str));
        if number == 1 {
            draft.item.folder = path;
        } else {
            draft.keep_text("folder", &path);
        }
        draft.keep_rest("folders", place);
    }
}

/// Who may do what in a shared folder becomes a note in it.
fn read_shared_folder(mut shared: Object<'_>) -> Outcome {
    let names = names(&shared.text("path"));
    let path = folder::join(names.iter().map(String::as_str));
    shared.take("uid");
    let mut draft = Draft::of(kinds::NOTE);
    draft.item.title = names.last().cloned().unwrap_or_default();
    draft.item.folder = path.clone();
    draft.keep_rest("shared", shared);
    if draft.remarks.is_empty() { Outcome::Folder(path) } else { draft.finish() }
}

/// The names of a path.
fn names(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\\' && letters.next_if_eq(&'\\').is_none() {
            names.push(String::new());
        } else if let Some(name) = names.last_mut() {
            name.push(letter);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_nest_by_backslashes() {
        assert_eq!(names("Work\\a/b\\\\c\\d"), ["Work", "a/b\\c", "d"]);
        assert_eq!(names("\\\\\\x\\"), ["\\", "x"]);
        assert!(names("").is_empty());
    }
}
