//! Bitwarden's items as entries.

use std::collections::{HashMap, HashSet};

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{self, Object, text_of};
use super::super::{Each, ImportError, Outcome, Place, Remark, Row, Skip};
use super::types::{EXPIRY, TYPES, expiry};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::kinds::{self, FieldKind};
use crate::vault::{Id, folder};

/// What is added to an item besides what its JSON says: its files, where they came along. Given its id.
pub type Enrich<'a> = dyn FnMut(&str, &mut Draft) + 'a;

/// Hands on every item of a plain export.
///
/// # Errors
/// [`ImportError`] where it is none as a whole.
pub fn read(source: &[u8], enrich: &mut Enrich<'_>, each: &mut Each<'_>) -> Result<(), ImportError> {
    let mut top = Object::whole(source)?;
    if top.flag("encrypted") {
        return Err(ImportError::AccountRestricted);
    }
    top.peek("items").filter(|items| items.starts_with('[')).ok_or(ImportError::NoItems)?;
    let items = top.list("items");
    let mut folders = Folders::take(&mut top);
    for (key, _) in top.rest() {
        let outcome = Outcome::Skipped(Skip::UnknownKey { key });
        if each(Row { place: Place::TopLevel, outcome }).is_break() {
            return Ok(());
        }
    }
    for (item, number) in items.into_iter().zip(1..) {
        let outcome = outcome(|| read_item(item, &mut folders, enrich));
        if each(Row { place: Place::Entry(number), outcome }).is_break() {
            return Ok(());
        }
    }
    for outcome in folders.unused() {
        if each(Row { place: Place::TopLevel, outcome }).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// Folders, or the collections of an organisation, by id.
#[derive(Default)]
pub struct Folders {
    paths: HashMap<String, String>,
    used: HashSet<String>,
}

impl Folders {
    fn take(top: &mut Object<'_>) -> Self {
        let mut folders = Self::default();
        for mut one in top.objects("folders").into_iter().chain(top.objects("collections")) {
            folders.add(one.text("id"), &one.text("name"));
        }
        folders
    }

    /// Learns a folder.
    pub fn add(&mut self, id: String, name: &str) {
        self.paths.insert(id, path(name));
    }

    fn path(&mut self, id: &str) -> Option<String> {
        let path = self.paths.get(id)?.clone();
        self.used.insert(id.to_owned());
        Some(path)
    }

    /// Those without an item.
    fn unused(self) -> impl Iterator<Item = Outcome> {
        let mut unused: Vec<String> =
            self.paths.into_iter().filter(|(id, _)| !self.used.contains(id)).map(|(_, path)| path).collect();
        unused.sort_unstable();
        unused.into_iter().map(Outcome::Folder)
    }
}

/// The path of a folder, which Bitwarden nests by `/` in its name.
pub fn path(name: &str) -> String {
    folder::join(name.split('/'))
}

/// Reads one item.
///
/// # Errors
/// [`Skip`] where it is no object, or a key stands twice.
pub fn read_item(json: &str, folders: &mut Folders, enrich: &mut Enrich<'_>) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let mut draft = Draft::default();
    let id = source.text("id");
    draft.item.id = uuid(&id);
    if draft.item.id.is_none() {
        draft.keep_text("id", &id);
    }
    draft.item.title = source.text("name");
    draft.item.note = source.secret("notes");
    draft.item.favourite = source.flag("favorite");
    add_times(&mut source, &mut draft);
    add_folder(&mut source, folders, &mut draft);
    add_type(&mut source, &mut draft);
    let mut fields = source.objects("fields");
    if let Some(last) = fields.last_mut().filter(|field| field.peek("type") == Some("1")) {
        let value = last.peek("value").and_then(tree::plain);
        if last
            .peek("name")
            .and_then(tree::plain)
            .zip(value)
            .is_some_and(|(name, value)| draft.carry(&text_of(&name), &value))
        {
            fields.pop();
        }
    }
    for field in fields {
        add_field(field, &mut draft);
    }
    for mut past in source.objects("passwordHistory") {
        let time = past.parsed("lastUsedDate", Timestamp::parse);
        draft.past_password(past.secret("password"), time);
        draft.keep_rest("passwordHistory", past);
    }
    draft.sort_history();
    if source.peek("reprompt") == Some("0") {
        source.take("reprompt");
    }
    if source.peek("object") == Some("\"item\"") {
        source.take("object");
    }
    draft.keep_rest("", source);
    enrich(&id, &mut draft);
    Ok(draft)
}

/// Bitwarden's ids are UUIDs, which are 16 bytes as ours are.
fn uuid(text: &str) -> Option<Id> {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    (groups == [8, 4, 4, 4, 12]).then(|| text.replace('-', "").parse().ok())?
}

fn add_times(source: &mut Object<'_>, draft: &mut Draft) {
    draft.item.created = source.parsed("creationDate", Timestamp::parse);
    draft.item.modified = source.parsed("revisionDate", Timestamp::parse);
    if let Some(deleted) = source.parsed("deletedDate", |text| Some(text.to_owned())) {
        draft.item.trashed = true;
        // Where it was thrown away last of all, the date says nothing more.
        if Timestamp::parse(&deleted).is_none_or(|time| Some(time) != draft.item.modified) {
            draft.keep("deletedDate", FieldKind::Date, Some(Secret::from_text(deleted)));
        }
    }
    draft.keep("archivedDate", FieldKind::Date, source.secret("archivedDate"));
}

fn add_folder(source: &mut Object<'_>, folders: &mut Folders, draft: &mut Draft) {
    let mut ids = vec![source.text("folderId")];
    ids.extend(source.texts("collectionIds"));
    let mut is_filed = false;
    for id in ids.into_iter().filter(|id| !id.is_empty()) {
        match folders.path(&id) {
            Some(path) if !is_filed => {
                draft.item.folder = path;
                is_filed = true;
            }
            Some(path) => draft.keep_text("collection", &path),
            None => draft.keep_text("folderId", &id),
        }
    }
}

fn add_type(source: &mut Object<'_>, draft: &mut Draft) {
    let number = source.number("type");
    let typed = TYPES.iter().find(|known| Some(known.number) == number);
    let kind = match (number, typed) {
        (_, Some(typed)) => typed.kind,
        (Some(1), _) => kinds::LOGIN,
        (Some(2), _) => kinds::NOTE,
        (Some(other), _) => {
            draft.keep_text("type", &other.to_string());
            kinds::CUSTOM
        }
        (None, _) => kinds::LOGIN,
    };
    draft.item.kind = kind.to_owned();
    add_login(source.object("login"), draft);
    if let Some(typed) = typed {
        let mut members = source.object(typed.key);
        for (key, label, kind) in typed.members {
            draft.usual(label, *kind, members.secret(key));
        }
        match typed.kind {
            "card" => add_expiry(&mut members, draft),
            "identity" => draft.username("username", members.secret("username")),
            _ => {}
        }
        draft.keep_rest(typed.key, members);
    }
    let mut note = source.object("secureNote");
    if note.peek("type") == Some("0") {
        note.take("type");
    }
    draft.keep_rest("secureNote", note);
}

fn add_login(mut login: Object<'_>, draft: &mut Draft) {
    draft.username("username", login.secret("username"));
    draft.password("password", login.secret("password"));
    draft.totp("totp", login.secret("totp"));
    for mut uri in login.objects("uris") {
        let url = uri.text("uri");
        if let Some(number) = uri.number("match") {
            let names = ["domain", "host", "starts with", "exact", "regular expression", "never"];
            let name = usize::try_from(number).ok().and_then(|number| names.get(number));
            let name = name.map_or_else(|| number.to_string(), |name| (*name).to_owned());
            draft.keep_text("match", &format!("{name}: {url}"));
        }
        draft.url(url);
        draft.keep_rest("uris", uri);
    }
    let passkeys = login.list("fido2Credentials");
    draft.item.passkeys.extend(passkeys.into_iter().map(|json| Secret::copy_of(json.as_bytes())));
    draft.keep_rest("login", login);
}

fn add_expiry(card: &mut Object<'_>, draft: &mut Draft) {
    let (month, year) = (card.secret("expMonth"), card.secret("expYear"));
    let plain = |part: &Option<Secret>| part.as_ref().map(text_of).unwrap_or_default();
    match expiry(&plain(&month), &plain(&year)) {
        Some(date) => draft.field(EXPIRY, FieldKind::Date, Secret::from_text(date)),
        None => {
            draft.keep("expMonth", FieldKind::Text, month);
            draft.keep("expYear", FieldKind::Text, year);
        }
    }
}

fn add_field(mut field: Object<'_>, draft: &mut Draft) {
    let name = field.text("name");
    let value = field.take("value").map_or_else(|| Secret::with_capacity(0), tree::any);
    let kind = match field.number("type") {
        Some(0 | 2) => FieldKind::Text,
        Some(3) => {
            // It shows another field of the item, by number.
            let number = field.text("linkedId");
            draft.remarks.push(Remark::KeptAsField(name.clone()));
            draft.field(&name, FieldKind::Text, Secret::from_text(format!("linked to {number}")));
            return draft.keep_rest("fields", field);
        }
        _ => FieldKind::Hidden,
    };
    draft.field(&name, kind, value);
    draft.keep_rest("fields", field);
}
