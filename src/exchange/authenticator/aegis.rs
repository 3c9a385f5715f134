//! Aegis's JSON: entries in a database, each with its groups by id. The database may be encrypted, see [`super::sealed`].

use std::collections::HashMap;

use super::super::draft::{Draft, read_each};
use super::super::json::tree::{self, Object};
use super::super::{Each, ImportError, Importer, Load, Remark, Skip, Unlock, base64};
use super::sealed::AegisBackup;
use super::{add_code, draft};

/// The format.
pub struct Aegis;

impl Importer for Aegis {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["version", "header", "db"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn is_encrypted(&self, source: &[u8]) -> bool {
        Object::whole(source).is_ok_and(|top| is_sealed(&top))
    }

    fn load(&self, source: &[u8]) -> Result<Option<Load>, ImportError> {
        // Within its bounds it is nothing to ask about.
        AegisBackup::take(&mut Object::whole(source)?).map(|_| None)
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut top = Object::whole(source)?;
        if is_sealed(&top) {
            let password = unlock.password.as_ref().ok_or(ImportError::NoPassword)?;
            let plain = AegisBackup::take(&mut top)?.open(password)?;
            return Database(Object::whole(plain.expose())?).read(each);
        }
        Database(top.object("db")).read(each)
    }
}

fn is_sealed(top: &Object<'_>) -> bool {
    top.peek("db").is_some_and(|db| db.starts_with('"'))
}

/// What there is besides the header.
struct Database<'s>(Object<'s>);

impl Database<'_> {
    fn read(self, each: &mut Each<'_>) -> Result<(), ImportError> {
        let Self(mut db) = self;
        let groups = db.objects("groups").into_iter().map(|mut one| (one.text("uuid"), one.text("name")));
        let groups: HashMap<String, String> = groups.collect();
        if db.peek("entries").is_none() {
            return Err(ImportError::NoItems);
        }
        let _ = read_each(db.list("entries"), each, |entry| read_entry(entry, &groups));
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
