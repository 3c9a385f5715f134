//! Aegis's JSON in plain: entries in a database, each with its groups by id. An encrypted one is refused with what
//! to do, since its password would have to be told to another program.

use std::collections::HashMap;

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Place, Remark, Row, Skip, Unlock, base64};
use super::{add_code, draft};

/// The format.
pub struct Aegis;

const ENCRYPTED: ImportError = ImportError::Encrypted {
    program: "Aegis",
    advice: "export again in Aegis with encryption switched off, and remove that file afterwards",
};

impl Importer for Aegis {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["version", "header", "db"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut top = Object::whole(source)?;
        if top.peek("db").is_some_and(|db| db.starts_with('"')) {
            return Err(ENCRYPTED);
        }
        let mut db = top.object("db");
        let groups = db.objects("groups").into_iter().map(|mut one| (one.text("uuid"), one.text("name")));
        let groups: HashMap<String, String> = groups.collect();
        if db.peek("entries").is_none() {
            return Err(ImportError::NoItems);
        }
        for (entry, number) in db.list("entries").into_iter().zip(1..) {
            let outcome = outcome(|| read_entry(entry, &groups));
            if each(Row { place: Place::Entry(number), outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_entry(json: &str, groups: &HashMap<String, String>) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let (issuer, account, kind) = (source.text("issuer"), source.text("name"), source.text("type"));
    let mut draft = draft(&issuer, &account);
    let mut info = source.object("info");
    let key = info.secret("secret");
    add_code(&mut draft, &kind, key, [&issuer, &account], &mut info);
    draft.keep_rest("info", info);
    let uuid = source.text("uuid");
    draft.item.id = uuid.replace('-', "").parse().ok();
    if draft.item.id.is_none() {
        draft.keep_text("uuid", &uuid);
    }
    draft.item.note = source.secret("note");
    draft.item.favourite = source.flag("favorite");
    let named = source.texts("groups").into_iter().map(|id| groups.get(&id).cloned().unwrap_or(id));
    let mut tags: Vec<String> = named.collect();
    // Before there could be several there was one, by its name.
    tags.push(source.text("group"));
    draft.item.tags = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
    add_icon(&mut source, &mut draft);
    draft.keep_rest("", source);
    Ok(draft)
}

fn add_icon(source: &mut Object<'_>, draft: &mut Draft) {
    let picture = source.peek("icon").and_then(tree::plain).and_then(|icon| base64::decode(icon.expose()));
    let Some(picture) = picture else { return };
    source.take("icon");
    // A digest of the picture.
    source.take("icon_hash");
    let name = match source.text("icon_mime").as_str() {
        "image/svg+xml" => "icon.svg",
        "image/png" => "icon.png",
        "image/jpeg" => "icon.jpg",
        _ => "icon",
    };
    draft.remarks.push(Remark::KeptAsFile(name.to_owned()));
    draft.attach(name, picture);
}
