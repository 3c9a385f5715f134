//! CXF's items as entries.

use std::collections::HashMap;

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{Object, any, is_nothing, plain};
use super::super::{Each, ImportError, Place, Remark, Row, Skip, carried};
use super::types::{TYPES, field_kind};
use super::{id_of, otp};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::kinds::{self, FieldKind};

/// Folders of items by their ids: each item may be in several.
pub type Collections = HashMap<String, Vec<String>>;

/// Most collections in one another: each is read once for every one around it.
const MOST_DEPTH: usize = 32;

/// Hands on every item of every account.
///
/// # Errors
/// [`ImportError`] where the source is no such file as a whole.
pub fn read(source: &[u8], each: &mut Each<'_>) -> Result<(), ImportError> {
    let mut top = Object::whole(source)?;
    if let Some(version) = top.object("version").number("major").filter(|major| *major > 1) {
        return Err(ImportError::TooNew { version: version.unsigned_abs() });
    }
    top.peek("accounts").filter(|accounts| accounts.starts_with('[')).ok_or(ImportError::NoItems)?;
    let mut number = 0;
    for mut account in top.objects("accounts") {
        let (collections, about) = collections(account.objects("collections"))?;
        for item in account.list("items") {
            number += 1;
            let outcome = outcome(|| read_item(item, &collections));
            if each(Row { place: Place::Entry(number), outcome }).is_break() {
                return Ok(());
            }
        }
        for draft in about.into_iter().chain(about_account(account)) {
            if each(Row { place: Place::TopLevel, outcome: draft.finish() }).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The account itself, where it says whose it is or has what nobody knows, as a note.
fn about_account(mut account: Object<'_>) -> Option<Draft> {
    let mut draft = Draft::of(kinds::NOTE);
    account.take("id");
    draft.username("username", account.secret("username"));
    draft.usual("email", FieldKind::Text, account.secret("email"));
    draft.keep("full name", FieldKind::Text, account.secret("fullName"));
    draft.keep_rest("", account);
    let says = !draft.item.username.is_empty() || !draft.names().is_empty();
    draft.item.title = "(account)".to_owned();
    says.then_some(draft)
}

/// Which items are where, and what the collections say about themselves.
fn collections(objects: Vec<Object<'_>>) -> Result<(Collections, Vec<Draft>), ImportError> {
    let mut found = Collections::new();
    let mut about = Vec::new();
    let mut left: Vec<(Object<'_>, String, usize)> =
        objects.into_iter().map(|object| (object, String::new(), 1)).collect();
    while let Some((mut collection, parent, depth)) = left.pop() {
        if depth > MOST_DEPTH {
            return Err(ImportError::TooDeep);
        }
        let path = path(&parent, &collection.text("title"));
        about.extend(Draft::about_folder(&path, collection.secret("subtitle")));
        for mut item in collection.objects("items") {
            found.entry(item.text("item")).or_default().push(path.clone());
        }
        let inner = collection.objects("subCollections").into_iter();
        left.extend(inner.map(|inner| (inner, path.clone(), depth + 1)));
    }
    found.values_mut().for_each(|paths| paths.sort_unstable());
    Ok((found, about))
}

/// The path of a collection, whose title may be a path too.
pub fn path(parent: &str, title: &str) -> String {
    let path = folder::join(title.split('/'));
    if parent.is_empty() { path } else { format!("{parent}/{path}") }
}

/// Reads one item.
///
/// # Errors
/// [`Skip`] where it is no object, or a key stands twice.
pub fn read_item(json: &str, collections: &Collections) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let mut draft = Draft::default();
    let id = source.text("id");
    draft.item.id = id_of(&id);
    if draft.item.id.is_none() {
        draft.keep_text("id", &id);
    }
    let mut paths = collections.get(&id).into_iter().flatten();
    draft.item.folder = paths.next().cloned().unwrap_or_default();
    paths.for_each(|path| draft.keep_text("collection", path));
    draft.item.title = source.text("title");
    draft.item.favourite = source.flag("favorite");
    draft.item.created = moment(&mut source, "creationAt");
    draft.item.modified = moment(&mut source, "modifiedAt");
    draft.item.tags = source.texts("tags");
    let mut scope = source.object("scope");
    scope.texts("urls").into_iter().for_each(|url| draft.url(url));
    draft.keep_rest("scope", scope);
    let credentials = source.list("credentials").into_iter();
    let found: Vec<&str> = credentials.filter_map(|json| add_credential(json, &mut draft)).collect();
    // A login with a card in it is a login.
    let typed = found.iter().find(|kind| ![kinds::LOGIN, kinds::NOTE].contains(kind));
    let kind = match typed {
        _ if found.contains(&kinds::LOGIN) => kinds::LOGIN,
        Some(typed) => typed,
        None if found.contains(&kinds::NOTE) => kinds::NOTE,
        None => kinds::CUSTOM,
    };
    draft.item.kind = kind.to_owned();
    add_extensions(&mut source, &mut draft);
    draft.keep("subtitle", FieldKind::Text, source.secret("subtitle"));
    draft.keep_rest("", source);
    Ok(draft)
}

/// Whole seconds; one before 1970 stays where it is, and is kept.
fn moment(source: &mut Object<'_>, key: &str) -> Option<Timestamp> {
    let seconds: u64 = source.peek(key)?.parse().ok()?;
    source.take(key);
    Some(Timestamp::from_seconds(seconds))
}

fn add_extensions(source: &mut Object<'_>, draft: &mut Draft) {
    for json in source.list("extensions") {
        let data = || {
            let mut extension = Object::read(json).ok()?;
            (extension.text("name") == carried::NAME).then(|| extension.secret("data"))?
        };
        if !data().is_some_and(|data| draft.carry(carried::NAME, &data)) {
            draft.keep("extension", FieldKind::Hidden, Some(any(json)));
        }
    }
}

/// Adds a credential, and says which kind of entry it makes.
fn add_credential(json: &str, draft: &mut Draft) -> Option<&'static str> {
    let Ok(mut credential) = Object::read(json) else {
        draft.keep("credential", FieldKind::Hidden, Some(any(json)));
        return None;
    };
    let name = credential.text("type");
    let typed = TYPES.iter().find(|known| known.name == name);
    let kind = match name.as_str() {
        "basic-auth" => {
            let (username, password) =
                (value(&mut credential, "username"), value(&mut credential, "password"));
            draft.username("username", username);
            draft.password("password", password);
            Some(kinds::LOGIN)
        }
        "totp" => {
            otp::take(&mut credential, draft);
            Some(kinds::LOGIN)
        }
        "passkey" => {
            // As it stands, so that nothing of it is lost.
            draft.item.passkeys.push(Secret::copy_of(json.as_bytes()));
            return Some(kinds::LOGIN);
        }
        "note" => {
            match value(&mut credential, "content") {
                Some(note) if draft.item.note.is_none() => draft.item.note = Some(note),
                another => draft.keep("note", FieldKind::Hidden, another),
            }
            Some(kinds::NOTE)
        }
        "file" => {
            // Its bytes are never in the JSON: the protocol sends them beside it, encrypted. What is told of the
            // file is kept.
            let name = credential.text("name");
            draft.keep_text("file.name", &name);
            draft.remarks.push(Remark::MissingFile(name));
            None
        }
        "custom-fields" => {
            let section = credential.text("label");
            for field in credential.objects("fields") {
                add_field(field, &section, draft);
            }
            None
        }
        _ => typed.map(|typed| typed.kind),
    };
    if let Some(typed) = typed {
        for (key, label, kind) in typed.members {
            let found = value(&mut credential, key);
            draft.usual(label, *kind, found);
        }
        let password = typed.password.and_then(|key| value(&mut credential, key));
        draft.password("passphrase", password);
        let (username, url) = (value(&mut credential, "username"), value(&mut credential, "url"));
        draft.username("username", username);
        draft.url(url.and_then(|url| url.expose_str().map(str::to_owned)).unwrap_or_default());
    }
    draft.keep_rest(&name, credential);
    kind
}

/// The value of an editable field, or a plain one. What else is known of the field stays.
fn value(credential: &mut Object<'_>, key: &str) -> Option<Secret> {
    let json = credential.peek(key)?;
    if let Some(value) = plain(json) {
        credential.take(key);
        return Some(value).filter(|value| !value.is_empty());
    }
    let mut field = Object::read(json).ok()?;
    let value = field.secret("value");
    field.take("id");
    field.take("fieldType");
    if field.rest().all(|(_, json)| is_nothing(json)) {
        credential.take(key);
    }
    value
}

fn add_field(mut field: Object<'_>, section: &str, draft: &mut Draft) {
    let (label, kind) = (field.text("label"), field_kind(&field.text("fieldType")));
    let label = if section.is_empty() { label } else { format!("{section}: {label}") };
    field.take("id");
    let value = field.take("value").map_or_else(|| Secret::with_capacity(0), any);
    draft.field(&label, kind, value);
    draft.keep_rest("field", field);
}
