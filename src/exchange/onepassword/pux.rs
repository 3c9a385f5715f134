//! 1PUX: a zip of `export.data` and `files/<document id>__<name>`.

use super::super::draft::{Draft, outcome};
use super::super::json::tree::{Object, is_nothing, plain};
use super::super::zip::{Entry, Zip, is_zip};
use super::super::{Each, ImportError, Importer, Outcome, Place, Remark, Row, Skip, Unlock};
use super::{add, add_form, add_history, categories, id, seconds, section_name, value};
use crate::secret::Secret;
use crate::vault::folder;
use crate::vault::kinds::{self, FieldKind};

/// The format.
pub struct Pux;

const DATA: &str = "export.data";
const FILES: &str = "files/";

impl Importer for Pux {
    fn recognises(&self, source: &[u8]) -> bool {
        is_zip(source) && Zip::open(source).is_ok_and(|zip| zip.named(DATA).is_some())
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let zip = Zip::open(source)?;
        let data = zip.named(DATA).ok_or(ImportError::UnknownFormat)?.content()?;
        let mut files = Files::of(&zip);
        let mut accounts = Object::whole(data.expose())?.objects("accounts");
        let is_one = accounts.len() < 2;
        let mut number = 0;
        for account in &mut accounts {
            let name = if is_one { String::new() } else { account.object("attrs").text("accountName") };
            for mut vault in account.objects("vaults") {
                let path = folder::join([name.as_str(), vault.object("attrs").text("name").as_str()]);
                for item in vault.list("items") {
                    number += 1;
                    let outcome = outcome(|| read_item(item, &path, &mut files));
                    if each(Row { place: Place::Entry(number), outcome }).is_break() {
                        return Ok(());
                    }
                }
            }
        }
        for name in files.unused() {
            let outcome = Outcome::Skipped(Skip::UnknownFile { name });
            if each(Row { place: Place::TopLevel, outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The files of the archive, and which of them an item has.
struct Files<'z, 's> {
    files: Vec<(&'z Entry<'s>, bool)>,
}

impl<'z, 's> Files<'z, 's> {
    fn of(zip: &'z Zip<'s>) -> Self {
        let files = zip.entries().iter().filter(|entry| entry.name.starts_with(FILES));
        Self { files: files.map(|entry| (entry, false)).collect() }
    }

    /// The file of a document.
    fn take(&mut self, document: &str) -> Option<&'z Entry<'s>> {
        let is_it = |entry: &Entry<'_>| {
            let name = entry.name.strip_prefix(FILES).and_then(|name| name.strip_prefix(document));
            name.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.']))
        };
        let (entry, used) = self.files.iter_mut().find(|(entry, _)| !document.is_empty() && is_it(entry))?;
        *used = true;
        Some(*entry)
    }

    fn unused(self) -> impl Iterator<Item = String> {
        self.files.into_iter().filter(|(_, used)| !used).map(|(entry, _)| entry.name.to_owned())
    }
}

fn read_item(json: &str, folder: &str, files: &mut Files<'_, '_>) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let number = source.text("categoryUuid");
    let category = categories::named(&number);
    let mut draft = Draft::of(category.map_or(kinds::CUSTOM, |category| category.kind));
    match category {
        Some(category) => category.name.iter().for_each(|name| draft.keep_text("category", name)),
        None => draft.keep_text("category", &number),
    }
    let uuid = source.text("uuid");
    draft.item.id = id(&uuid);
    if draft.item.id.is_none() {
        draft.keep_text("uuid", &uuid);
    }
    draft.item.folder = folder.to_owned();
    draft.item.favourite = source.number("favIndex").is_some_and(|index| index != 0);
    draft.item.created = source.number("createdAt").and_then(seconds);
    draft.item.modified = source.number("updatedAt").and_then(seconds);
    match source.text("state").as_str() {
        "" | "active" => {}
        "trashed" | "deleted" => draft.item.trashed = true,
        state => draft.keep_text("state", state),
    }
    draft.item.trashed |= source.flag("trashed");
    add_overview(source.object("overview"), &mut draft);
    add_details(source.object("details"), &number, files, &mut draft);
    draft.keep_rest("", source);
    Ok(draft)
}

fn add_overview(mut overview: Object<'_>, draft: &mut Draft) {
    draft.item.title = overview.text("title");
    draft.url(overview.text("url"));
    for mut url in overview.objects("urls") {
        let (address, label) = (url.text("url"), url.text("label"));
        if !matches!(label.as_str(), "" | "website") {
            draft.keep_text("URL label", &format!("{label}: {address}"));
        }
        draft.url(address);
        url.take("mode");
        draft.keep_rest("urls", url);
    }
    draft.item.tags = overview.texts("tags");
    // What 1Password computes of an item: its strength, its icon, the line below its title.
    for key in ["ps", "pbe", "pgrng", "icons", "subtitle", "ainfo"] {
        overview.take(key);
    }
    let ignored = overview.object("watchtowerExclusions");
    let ignored: Vec<String> =
        ignored.rest().filter(|(_, json)| !is_nothing(json)).map(|(key, _)| key).collect();
    draft.keep_text("watchtowerExclusions", &ignored.join(", "));
    draft.keep_rest("overview", overview);
}

fn add_details(mut details: Object<'_>, category: &str, files: &mut Files<'_, '_>, draft: &mut Draft) {
    add_form(draft, details.objects("loginFields"));
    draft.password("password", details.secret("password"));
    draft.item.note = details.secret("notesPlain");
    for mut section in details.objects("sections") {
        let name = section_name(&mut section);
        for field in section.objects("fields") {
            add_field(field, category, &name, files, draft);
        }
        section.take("hideAddAnotherField");
        draft.keep_rest("section", section);
    }
    let document = details.object("documentAttributes");
    add_file(document, files, draft);
    add_history(draft, details.objects("passwordHistory"));
    draft.keep_rest("details", details);
}

fn add_field(
    mut field: Object<'_>,
    category: &str,
    section: &str,
    files: &mut Files<'_, '_>,
    draft: &mut Draft,
) {
    let (title, id) = (field.text("title"), field.text("id"));
    // How it is laid out, and typed in.
    for key in [
        "indexAtSource",
        "guarded",
        "multiline",
        "dontGenerate",
        "inputTraits",
        "clipboardFilter",
        "placeholder",
    ] {
        field.take(key);
    }
    let mut values = field.object("value");
    let file = values.object("file");
    if !file.is_empty() {
        add_file(file, files, draft);
    }
    let key = values.object("sshKey");
    if !key.is_empty() {
        add_key(key, draft);
    }
    let mut email = values.object("email");
    let address = email.secret("email_address");
    if let Some(address) = address {
        add(draft, category, section, &id, &title, FieldKind::Text, address);
    }
    draft.keep_rest("email", email);
    for (kind, json) in values.rest() {
        let (kind, value) = value(&kind, json);
        if let Some(value) = value {
            add(draft, category, section, &id, &title, kind, value);
        }
    }
    draft.keep_rest("field", field);
}

fn add_key(mut key: Object<'_>, draft: &mut Draft) {
    let private = key.secret("privateKey");
    let mut metadata = key.object("metadata");
    let other = metadata.secret("privateKey");
    let differs = |one: &Secret| private.as_ref().is_none_or(|private| !private.same_as(one.expose()));
    let other = other.filter(differs);
    draft.usual("Private Key", FieldKind::Hidden, private);
    draft.keep("Private Key", FieldKind::Hidden, other);
    draft.usual("Public Key", FieldKind::Text, metadata.secret("publicKey"));
    draft.usual("Fingerprint", FieldKind::Text, metadata.secret("fingerprint"));
    let kind = metadata.take("keyType");
    let kind = kind.and_then(|json| plain(json).or_else(|| Some(super::any(json))));
    draft.usual("Format", FieldKind::Text, kind);
    draft.keep_rest("sshKey", metadata);
    draft.keep_rest("sshKey", key);
}

fn add_file(mut file: Object<'_>, files: &mut Files<'_, '_>, draft: &mut Draft) {
    if file.is_empty() {
        return;
    }
    let (name, document) = (file.text("fileName"), file.text("documentId"));
    file.take("decryptedSize");
    match files.take(&document) {
        Some(entry) => draft.attach_entry_as(&name, entry),
        None => {
            draft.remarks.push(Remark::MissingFile(name.clone()));
            draft.keep_text("file", &format!("{name} {document}"));
        }
    }
    draft.keep_rest("file", file);
}
