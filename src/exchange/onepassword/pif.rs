//! 1PIF: one item of JSON after another, a line of asterisks behind each.

use std::collections::HashMap;

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{Object, keys};
use super::super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock, without_bom};
use super::{add, add_form, add_history, categories, id, seconds, section_name, value};
use crate::vault::folder;
use crate::vault::kinds;

/// The format.
pub struct Pif;

const MARK: &str = "***5642bee8-a5ff-11dc-8314-0800200c9a66***";
const FOLDER: &str = "system.folder.Regular";

impl Importer for Pif {
    fn recognises(&self, source: &[u8]) -> bool {
        let first = source.split(|byte| *byte == b'\n').next().unwrap_or_default();
        keys(first).iter().any(|key| key == "typeName")
            && memchr::memmem::find(source, MARK.as_bytes()).is_some()
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let text = std::str::from_utf8(without_bom(source)).map_err(|_| ImportError::UnknownFormat)?;
        let lines =
            || text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty() && *line != MARK);
        let mut folders = HashMap::new();
        for (line, _) in lines().filter(|(line, _)| line.contains(FOLDER)) {
            let Ok(mut one) = Object::read(line) else { continue };
            if one.text("typeName") == FOLDER {
                folders.insert(one.text("uuid"), folder::join([one.text("title").as_str()]));
            }
        }
        for (line, number) in lines() {
            let outcome = match Object::read(line) {
                Ok(mut one) if one.peek("typeName") == Some("\"system.folder.Regular\"") => {
                    Outcome::Folder(folders.get(&one.text("uuid")).cloned().unwrap_or_default())
                }
                Ok(one) => outcome(|| Ok(read_item(one, &folders))),
                Err(skip) => Outcome::Skipped(if line.starts_with('{') { skip } else { Skip::NotAnObject }),
            };
            if each(Row { place: Place::Line(number), outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_item(mut source: Object<'_>, folders: &HashMap<String, String>) -> Draft {
    let type_name = source.text("typeName");
    let category = categories::named(&type_name);
    let mut draft = Draft::of(category.map_or(kinds::CUSTOM, |category| category.kind));
    match category {
        Some(category) => category.name.iter().for_each(|name| draft.keep_text("category", name)),
        None => draft.keep_text("category", &type_name),
    }
    let uuid = source.text("uuid");
    draft.item.id = id(&uuid);
    if draft.item.id.is_none() {
        draft.keep_text("uuid", &uuid);
    }
    draft.item.title = source.text("title");
    draft.item.created = source.number("createdAt").and_then(seconds);
    draft.item.modified = source.number("updatedAt").and_then(seconds);
    draft.item.trashed = source.flag("trashed");
    draft.item.favourite = source.number("faveIndex").is_some_and(|index| index != 0);
    let folder = source.text("folderUuid");
    match folders.get(&folder) {
        Some(path) => draft.item.folder = path.clone(),
        None => draft.keep_text("folderUuid", &folder),
    }
    let mut open = source.object("openContents");
    draft.item.tags = open.texts("tags");
    draft.item.favourite |= open.number("faveIndex").is_some_and(|index| index != 0);
    draft.keep_rest("openContents", open);
    draft.url(source.text("location"));
    let mut contents = source.object("secureContents");
    for mut url in contents.objects("URLs") {
        draft.url(url.text("url"));
        url.take("label");
        draft.keep_rest("URLs", url);
    }
    add_form(&mut draft, contents.objects("fields"));
    draft.password("password", contents.secret("password"));
    draft.item.note = contents.secret("notesPlain");
    for mut section in contents.objects("sections") {
        let name = section_name(&mut section);
        for mut field in section.objects("fields") {
            let (kind, id, title) = (field.text("k"), field.text("n"), field.text("t"));
            let kind = if id.starts_with("TOTP_") { "totp" } else { &kind };
            let found = field.take("v").map(|json| value(kind, json));
            if let Some((kind, Some(value))) = found {
                add(&mut draft, &type_name, &name, &id, &title, kind, value);
            }
            // How it is laid out, and typed in.
            field.take("a");
            field.take("inputTraits");
            draft.keep_rest("field", field);
        }
        draft.keep_rest("section", section);
    }
    add_history(&mut draft, contents.objects("passwordHistory"));
    draft.keep_rest("secureContents", contents);
    for key in ["contentsHash", "locationKey", "securityLevel", "keyID"] {
        source.take(key);
    }
    draft.keep_rest("", source);
    draft
}
