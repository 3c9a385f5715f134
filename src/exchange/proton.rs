//! Proton Pass's JSON: vaults by id, and items by type. It comes alone or in a zip ([`super::archive`]).

use super::draft::{Draft, outcome};
use super::json::tree::{self, Object, plain, text_of};
use super::{Each, ImportError, Importer, Place, Row, Skip, Unlock};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::kinds::{self, FieldKind};

/// The format.
pub struct Proton;

/// The state of an item that was thrown away.
const TRASHED: i64 = 2;

impl Importer for Proton {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::keys(source);
        ["encrypted", "vaults"].iter().all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut top = Object::whole(source)?;
        if top.flag("encrypted") {
            return Err(ImportError::AccountRestricted);
        }
        let mut number = 0;
        for (_, json) in top.object("vaults").rest() {
            let Ok(mut vault) = Object::read(json) else { return Err(ImportError::NoItems) };
            let path = folder::join([vault.text("name").as_str()]);
            for item in vault.list("items") {
                number += 1;
                let outcome = outcome(|| read_item(item, &path));
                if each(Row { place: Place::Entry(number), outcome }).is_break() {
                    return Ok(());
                }
            }
            let about = Draft::about_folder(&path, vault.secret("description"));
            if about
                .is_some_and(|draft| each(Row { place: Place::TopLevel, outcome: draft.finish() }).is_break())
            {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn read_item(json: &str, folder: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let mut data = source.object("data");
    let kind = data.text("type");
    let mut draft = Draft::of(match kind.as_str() {
        "login" | "alias" | "" => kinds::LOGIN,
        "note" => kinds::NOTE,
        "creditCard" => "card",
        "identity" => "identity",
        "wifi" => "wifi",
        "sshKey" => "ssh-key",
        _ => kinds::CUSTOM,
    });
    if kind == "alias" || draft.item.kind == kinds::CUSTOM {
        draft.keep_text("type", &kind);
    }
    draft.item.folder = folder.to_owned();
    draft.item.favourite = source.flag("pinned");
    match source.number("state") {
        Some(TRASHED) => draft.item.trashed = true,
        Some(1) | None => {}
        Some(state) => draft.keep_text("state", &state.to_string()),
    }
    let seconds = |number: Option<i64>| u64::try_from(number?).ok().map(Timestamp::from_seconds);
    draft.item.created = seconds(source.number("createTime"));
    draft.item.modified = seconds(source.number("modifyTime"));
    let mut metadata = data.object("metadata");
    draft.item.title = metadata.text("name");
    draft.item.note = metadata.secret("note");
    let alias = source.secret("aliasEmail");
    draft.username("aliasEmail", alias);
    add_content(data.object("content"), &mut draft);
    for field in data.objects("extraFields") {
        add_field(field, &mut draft);
    }
    // Ids of its own, and how it counts.
    for key in ["itemId", "shareId", "contentFormatVersion", "shareCount"] {
        source.take(key);
    }
    metadata.take("itemUuid");
    draft.keep_rest("metadata", metadata);
    draft.keep_rest("", data);
    draft.keep_rest("", source);
    Ok(draft)
}

fn add_content(mut content: Object<'_>, draft: &mut Draft) {
    let (email, username) = (content.secret("itemEmail"), content.secret("itemUsername"));
    draft.username("username", username);
    draft.username("email", email);
    draft.password("password", content.secret("password"));
    draft.totp("totp", content.secret("totpUri"));
    content.texts("urls").into_iter().for_each(|url| draft.url(url));
    let passkeys = content.list("passkeys").into_iter();
    draft.item.passkeys.extend(passkeys.map(|json| Secret::copy_of(json.as_bytes())));
    let usual = [
        ("cardholderName", "Name on Card", FieldKind::Text),
        ("number", "Number", FieldKind::Hidden),
        ("verificationNumber", "Security Code", FieldKind::Hidden),
        ("pin", "PIN", FieldKind::Hidden),
        ("expirationDate", "Expiration Date", FieldKind::Date),
        ("firstName", "First Name", FieldKind::Text),
        ("middleName", "Middle Name", FieldKind::Text),
        ("lastName", "Last Name", FieldKind::Text),
        ("email", "Email Address", FieldKind::Text),
        ("phoneNumber", "Phone", FieldKind::Text),
        ("ssid", "SSID", FieldKind::Text),
        ("privateKey", "Private Key", FieldKind::Hidden),
        ("publicKey", "Public Key", FieldKind::Text),
    ];
    for (key, label, kind) in usual {
        draft.usual(label, kind, content.secret(key));
    }
    for mut section in content.objects("sections") {
        let name = section.text("sectionName");
        for mut field in section.objects("sectionFields") {
            let label = field.text("fieldName");
            draft.keep_text("section", &format!("{name}: {label}"));
            add_named(&label, field, draft);
        }
        draft.keep_rest("section", section);
    }
    // The many other lines of an identity are text.
    for (key, json) in content.rest().filter(|(_, json)| !tree::is_nothing(json)) {
        match plain(json) {
            Some(text) => draft.field(&key, FieldKind::Text, text),
            None => draft.keep(&key, FieldKind::Hidden, Some(tree::any(json))),
        }
    }
}

fn add_field(mut field: Object<'_>, draft: &mut Draft) {
    let label = field.text("fieldName");
    add_named(&label, field, draft);
}

fn add_named(label: &str, mut field: Object<'_>, draft: &mut Draft) {
    let kind = field.secret("type").as_ref().map(text_of).unwrap_or_default();
    let mut data = field.object("data");
    match kind.as_str() {
        "totp" => draft.totp(label, data.secret("totpUri")),
        "text" => draft.usual(label, FieldKind::Text, data.secret("content")),
        "timestamp" => draft.usual(label, FieldKind::Date, data.secret("timestamp")),
        _ => draft.usual(label, FieldKind::Hidden, data.secret("content")),
    }
    draft.keep_rest(label, data);
    draft.keep_rest(label, field);
}
