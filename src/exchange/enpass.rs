//! Enpass's JSON: folders, and items whose fields are all of one list, each with a type.
//!
//! Of an item nothing is dropped but how it was laid out: icon, order, sections and ids of fields, their own times.
//! A built-in field that was renamed keeps its label in the custom field "labels".

use std::collections::HashMap;

use super::draft::{Draft, read_each};
use super::json::tree::{self, Object, text_of};
use super::{Each, ImportError, Importer, Skip, Unlock, base64};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::kinds::{self, FieldKind};

/// The format.
pub struct Enpass;

/// Most folders in one another.
const MOST_DEPTH: usize = 64;
/// What Enpass itself calls fields that have a place of their own here.
const USUAL_LABELS: [&str; 19] = [
    "Username",
    "User name",
    "Login",
    "E-mail",
    "Email",
    "Password",
    "Website",
    "URL",
    "One-time code",
    "TOTP",
    "Cardholder",
    "Name",
    "Type",
    "Number",
    "CVC",
    "CVV",
    "Expiry",
    "Expiry date",
    "Expiration date",
];

impl Importer for Enpass {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        let has = |key: &str| keys.iter().any(|known| known == key);
        let is_enpass = |name: &[u8]| memchr::memmem::find(source, name).is_some();
        has("items") && !has("encrypted") && is_enpass(b"\"template_type\"")
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut top = Object::whole(source)?;
        let folders = folders(top.objects("folders"));
        let _ = read_each(top.list("items"), each, |item| read_item(item, &folders));
        Ok(())
    }
}

/// Paths of folders by their ids.
fn folders(objects: Vec<Object<'_>>) -> HashMap<String, String> {
    let names: HashMap<String, (String, String)> = objects
        .into_iter()
        .map(|mut one| (one.text("uuid"), (one.text("title"), one.text("parent_uuid"))))
        .collect();
    let path = |id: &String| {
        let mut path = Vec::new();
        let mut next = names.get(id);
        while let Some((title, parent)) = next.filter(|_| path.len() < MOST_DEPTH) {
            path.push(title.as_str());
            next = names.get(parent);
        }
        folder::join(path.into_iter().rev())
    };
    names.keys().map(|id| (id.clone(), path(id))).collect()
}

fn read_item(json: &str, folders: &HashMap<String, String>) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let category = source.text("category");
    let mut draft = Draft::of(match category.as_str() {
        "login" | "password" | "" => kinds::LOGIN,
        "creditcard" => "card",
        "identity" => "identity",
        "note" => kinds::NOTE,
        "license" => "software-license",
        _ => kinds::CUSTOM,
    });
    if draft.item.kind == kinds::CUSTOM {
        draft.keep_text("category", &category);
    }
    draft.item.title = source.text("title");
    draft.item.note = source.secret("note");
    draft.item.favourite = source.flag("favorite");
    draft.item.trashed = source.flag("trashed");
    if source.flag("archived") {
        draft.keep_text("archived", "yes");
    }
    let uuid = source.text("uuid");
    draft.item.id = uuid.parse().ok();
    if draft.item.id.is_none() {
        draft.keep_text("uuid", &uuid);
    }
    draft.item.created = seconds(source.number("createdAt"));
    draft.item.modified = seconds(source.number("updated_at"));
    let mut paths = source.texts("folders").into_iter();
    for id in paths.by_ref() {
        match folders.get(&id) {
            Some(path) if draft.item.folder.is_empty() => draft.item.folder = path.clone(),
            Some(path) => draft.keep_text("folder", path),
            None => draft.keep_text("folder", &id),
        }
    }
    let (mut mails, mut labels) = (Vec::new(), Vec::new());
    for mut field in source.objects("fields") {
        let (kind, label) = (field.text("type"), field.text("label"));
        if field.peek("value").is_some_and(|value| !tree::is_nothing(value)) {
            labels.push((kind.clone(), label.clone()));
        }
        add_field(field, &kind, label, &mut mails, &mut draft);
    }
    for (label, mail) in mails {
        match mail.expose_str().filter(|_| draft.item.username.is_empty()) {
            Some(text) => draft.item.username = text.to_owned(),
            None => draft.usual(&label, FieldKind::Text, Some(mail)),
        }
    }
    keep_labels(labels, &mut draft);
    for file in source.objects("attachments") {
        add_file(file, &mut draft);
    }
    // What Enpass shows below the title is the user name, or the like.
    let subtitle = source.secret("subtitle").filter(|text| !text.same_as(draft.item.username.as_bytes()));
    let is_shown = |text: &Secret| draft.item.fields.iter().any(|field| field.value.same_as(text.expose()));
    draft.keep("subtitle", FieldKind::Text, subtitle.filter(|text| !is_shown(text)));
    for key in ["icon", "auto_submit", "template_type"] {
        source.take(key);
    }
    draft.sort_history();
    draft.keep_rest("", source);
    Ok(draft)
}

fn seconds(number: Option<i64>) -> Option<Timestamp> {
    u64::try_from(number?).ok().map(Timestamp::from_seconds)
}

/// Keeps labels that a user gave to fields with a place of their own, one a line.
fn keep_labels(labels: Vec<(String, String)>, draft: &mut Draft) {
    let is_usual = |label: &String| label.is_empty() || USUAL_LABELS.iter().any(|usual| label == usual);
    let names = draft.names();
    let lost = labels.into_iter().filter(|(_, label)| !is_usual(label) && !names.contains(label.as_str()));
    let lines: Vec<String> = lost.map(|(kind, label)| format!("{kind}: {label}")).collect();
    draft.keep_text("labels", &lines.join("\n"));
}

fn add_field(
    mut field: Object<'_>,
    kind: &str,
    label: String,
    mails: &mut Vec<(String, Secret)>,
    draft: &mut Draft,
) {
    let (is_sensitive, is_deleted) = (field.flag("sensitive"), field.flag("deleted"));
    let value = field.secret("value");
    for mut past in field.objects("history") {
        let time = seconds(past.number("updated_at"));
        match kind {
            "password" => draft.past_password(past.secret("value"), time),
            _ => draft.keep(&format!("{label} (earlier)"), FieldKind::Hidden, past.secret("value")),
        }
        draft.keep_rest("history", past);
    }
    for key in ["order", "uid", "updated_at", "value_updated_at"] {
        field.take(key);
    }
    draft.keep_rest("field", field);
    let Some(value) = value else { return };
    match kind {
        _ if is_deleted => draft.keep(&format!("{label} (deleted)"), FieldKind::Hidden, Some(value)),
        "username" => draft.username(&label, Some(value)),
        "password" => draft.password(&label, Some(value)),
        "email" => mails.push((label, value)),
        "url" => draft.url(text_of(&value)),
        "totp" => draft.totp(&label, Some(value)),
        "ccNumber" => draft.field("Number", FieldKind::Hidden, value),
        "ccName" => draft.field("Name on Card", FieldKind::Text, value),
        "ccCvc" => draft.field("Security Code", FieldKind::Hidden, value),
        "ccExpiry" => draft.field("Expiration Date", FieldKind::Date, value),
        "ccType" => draft.field("Type", FieldKind::Text, value),
        "date" => draft.field(&label, FieldKind::Date, value),
        "pin" | "ccPin" => draft.field(&label, FieldKind::Hidden, value),
        _ if is_sensitive => draft.field(&label, FieldKind::Hidden, value),
        _ => draft.field(&label, FieldKind::Text, value),
    }
}

fn add_file(mut file: Object<'_>, draft: &mut Draft) {
    let name = file.text("name");
    match file.peek("data").and_then(tree::plain).and_then(|data| base64::decode(data.expose())) {
        Some(content) => {
            draft.attach(&name, content);
            // A name says what the file is; where it does not, the type does.
            let layout = ["data", "order", "updated_at", "uuid", "kind"];
            let known = if name.contains('.') { layout.len() } else { layout.len() - 1 };
            for key in layout.into_iter().take(known) {
                file.take(key);
            }
        }
        None => draft.keep_text("file", &name),
    }
    draft.keep_rest("file", file);
}
