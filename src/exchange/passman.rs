//! Passman's JSON: a list of credentials, with their files in base 64.

use super::draft::{Draft, read_each};
use super::json::tree::{self, Object, text_of};
use super::{Each, ImportError, Importer, Remark, Skip, Unlock, authenticator, base64};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::kinds::FieldKind;

/// The format.
pub struct Passman;

impl Importer for Passman {
    fn recognises(&self, source: &[u8]) -> bool {
        let keys = tree::first_keys(source);
        ["label", "description", "password", "custom_fields"]
            .iter()
            .all(|key| keys.iter().any(|known| known == key))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let _ = read_each(tree::whole_list(source)?, each, read_credential);
        Ok(())
    }
}

fn read_credential(json: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let mut draft = Draft::default();
    draft.item.title = source.text("label");
    draft.item.note = source.secret("description");
    draft.username("username", source.secret("username"));
    draft.username("email", source.secret("email"));
    draft.password("password", source.secret("password"));
    draft.url(source.text("url"));
    let guid = source.text("guid");
    draft.item.id = guid.replace('-', "").parse().ok();
    if draft.item.id.is_none() {
        draft.keep_text("guid", &guid);
    }
    draft.item.created = moment(source.number("created"));
    draft.item.modified = moment(source.number("changed"));
    draft.item.upkeep.expiry = moment(source.number("expire_time"));
    if let Some(time) = moment(source.number("delete_time")) {
        draft.item.trashed = true;
        draft.keep("delete_time", FieldKind::Date, Some(Secret::from_text(time.to_string())));
    }
    add_tags(&mut source, &mut draft);
    add_code(source.object("otp"), &mut draft);
    source.objects("custom_fields").into_iter().for_each(|field| add_field(field, &mut draft));
    source.objects("files").into_iter().for_each(|file| add_file(file, &mut draft));
    let password = draft.item.password.as_ref();
    let repeated = source.peek("password_repeat").and_then(tree::plain);
    if repeated.is_some_and(|text| password.is_some_and(|password| password.same_as(text.expose()))) {
        source.take("password_repeat");
    }
    // Where it stood in its program, and whose it was.
    for key in ["credential_id", "user_id", "vault_id", "set_share_acl", "unshared"] {
        source.take(key);
    }
    for key in ["renew_interval", "hidden"] {
        if source.peek(key) == Some("0") {
            source.take(key);
        }
    }
    draft.keep_rest("", source);
    Ok(draft)
}

/// Seconds since 1970; 0 says that there is none.
fn moment(seconds: Option<i64>) -> Option<Timestamp> {
    u64::try_from(seconds?).ok().filter(|seconds| *seconds > 0).map(Timestamp::from_seconds)
}

/// Tags are texts, or objects with one.
fn add_tags(source: &mut Object<'_>, draft: &mut Draft) {
    let mut tags = source.texts("tags");
    for mut tag in source.objects("tags") {
        tags.push(tag.text("text"));
        draft.keep_rest("tags", tag);
    }
    draft.item.tags = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
}

/// The address of a code as it was read from a picture, else its parts.
fn add_code(mut code: Object<'_>, draft: &mut Draft) {
    let mut picture = code.object("qr_uri");
    let address = picture.secret("qrData").filter(|text| text.expose().starts_with(b"otpauth://"));
    // The picture itself.
    picture.take("image");
    draft.keep_rest("otp.qr_uri", picture);
    if let Some(address) = address {
        let told = authenticator::unescaped(&text_of(&address));
        for key in ["secret", "type", "issuer", "label", "algorithm", "digits", "period", "counter"] {
            let part = code.secret(key).filter(|part| !told.contains(&text_of(part)));
            draft.keep(&format!("otp.{key}"), FieldKind::Hidden, part);
        }
        draft.totp("otp", Some(address));
    } else if let Some(key) = code.secret("secret") {
        let [issuer, label, kind] = ["issuer", "label", "type"].map(|key| code.text(key));
        let settings = ["algorithm", "digits", "period", "counter"];
        let is_bare = [&issuer, &label, &kind].iter().all(|part| part.is_empty());
        if is_bare && settings.iter().all(|key| code.peek(key).is_none()) {
            draft.totp("otp", Some(key));
        } else {
            authenticator::add_code(draft, &kind, Some(key), [&issuer, &label], &mut code);
        }
    }
    draft.keep_rest("otp", code);
}

fn add_field(mut field: Object<'_>, draft: &mut Draft) {
    let (label, kind) = (field.text("label"), field.text("field_type"));
    if kind == "file" {
        let mut file = field.object("value");
        // One that is not in the export has an object without its content, and is kept as that.
        if let Some(content) = content(&mut file) {
            let name = file.text("filename");
            draft.attach(if name.is_empty() { &label } else { &name }, content);
            draft.keep_text(&label, &name);
        }
        draft.keep_rest(&label, file);
    }
    let is_secret = field.flag("secret") || kind == "password";
    let value = field.secret("value");
    match kind.as_str() {
        "otp" => draft.totp(&label, value),
        _ if is_secret => draft.usual(&label, FieldKind::Hidden, value),
        _ => draft.usual(&label, FieldKind::Text, value),
    }
    draft.keep_rest("custom_fields", field);
}

fn add_file(mut file: Object<'_>, draft: &mut Draft) {
    let name = file.text("filename");
    match content(&mut file) {
        Some(content) => draft.attach(&name, content),
        None => {
            draft.keep_text("file", &name);
            draft.remarks.push(Remark::MissingFile(name));
        }
    }
    // Numbers of its own, and what the content says too.
    for key in ["file_id", "guid", "size", "mimetype", "created", "$$hashKey"] {
        file.take(key);
    }
    draft.keep_rest("files", file);
}

/// The bytes of a file, in base 64 or a data URI of it.
fn content(file: &mut Object<'_>) -> Option<Secret> {
    let key = ["file_data", "data", "content"].into_iter().find(|key| file.peek(key).is_some())?;
    let text = file.peek(key).and_then(tree::plain)?;
    let comma = text.expose().iter().position(|byte| *byte == b',').map_or(0, |comma| comma + 1);
    let start = if text.expose().starts_with(b"data:") { comma } else { 0 };
    let content = base64::decode(text.expose().get(start..).unwrap_or_default())?;
    file.take(key);
    Some(content)
}
