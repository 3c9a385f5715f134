//! Items as rows of a table. First an item is reduced to what the table's columns hold, and each step that
//! loses something says so. Then its row is read back as the importer reads it: what still differs is a loss
//! too, so none is ever silent.

use std::io::{self, Write};
use std::ops::ControlFlow;

use zeroize::Zeroizing;

use super::super::csv_text::{CsvText, write_cell};
use super::super::known::same;
use super::super::loss::{LossKind, Losses, append_lines, without_past};
use super::super::{Exporter, Fresh, Outcome};
use super::header::Header;
use super::{Role, Tables, Unit, bitwarden, browsers, keepass, onepassword, read};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::item::Item;
use crate::vault::kinds;

/// Writes the first table of a program, which is the present one.
pub struct TableWriter {
    tables: &'static Tables,
    /// The columns that are written, as the program spells them.
    names: &'static [&'static str],
    /// How it says that an entry is a favourite, and that it is none.
    flags: [&'static str; 2],
    /// The column that says what a row is: of a login, and of a secure note.
    kinds: Option<[&'static str; 2]>,
    /// The folder that all others are in.
    root: &'static str,
    safe: Option<&'static Self>,
}

const CHROME_BARE: TableWriter = TableWriter {
    tables: &browsers::CHROME,
    names: &["name", "url", "username", "password", "note"],
    flags: ["", ""],
    kinds: None,
    root: "",
    safe: None,
};
const BITWARDEN_BARE: TableWriter = TableWriter {
    tables: &bitwarden::BITWARDEN,
    names: &[
        "folder",
        "favorite",
        "type",
        "name",
        "notes",
        "fields",
        "reprompt",
        "login_uri",
        "login_username",
        "login_password",
        "login_totp",
    ],
    flags: ["1", ""],
    kinds: Some(["login", "note"]),
    root: "",
    safe: None,
};
const ONEPASSWORD_BARE: TableWriter = TableWriter {
    tables: &onepassword::ONEPASSWORD,
    names: &["Title", "Url", "Username", "Password", "OTPAuth", "Favorite", "Archived", "Tags", "Notes"],
    flags: ["true", "false"],
    kinds: None,
    root: "",
    safe: None,
};
const KEEPASSXC_BARE: TableWriter = TableWriter {
    tables: &keepass::KEEPASSXC,
    names: &[
        "Group",
        "Title",
        "Username",
        "Password",
        "URL",
        "Notes",
        "TOTP",
        "Icon",
        "Last Modified",
        "Created",
    ],
    flags: ["", ""],
    kinds: None,
    root: keepass::ROOT,
    safe: None,
};

/// Chrome and what is built on it.
pub static CHROME: TableWriter = TableWriter { safe: Some(&CHROME_SAFE), ..CHROME_BARE };
static CHROME_SAFE: TableWriter = CHROME_BARE;
/// Bitwarden.
pub static BITWARDEN: TableWriter = TableWriter { safe: Some(&BITWARDEN_SAFE), ..BITWARDEN_BARE };
static BITWARDEN_SAFE: TableWriter = BITWARDEN_BARE;
/// 1Password 8.
pub static ONEPASSWORD: TableWriter = TableWriter { safe: Some(&ONEPASSWORD_SAFE), ..ONEPASSWORD_BARE };
static ONEPASSWORD_SAFE: TableWriter = ONEPASSWORD_BARE;
/// KeePassXC.
pub static KEEPASSXC: TableWriter = TableWriter { safe: Some(&KEEPASSXC_SAFE), ..KEEPASSXC_BARE };
static KEEPASSXC_SAFE: TableWriter = KEEPASSXC_BARE;

impl Exporter for TableWriter {
    fn spreadsheet_safe(&self) -> Option<&'static dyn Exporter> {
        self.safe.map(|safe| safe as &dyn Exporter)
    }

    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        _: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        let mut losses = Losses::default();
        let first_line = self.names.join(",") + "\r\n";
        out.write_all(first_line.as_bytes())?;
        let no_table = || io::Error::other("the table has no columns");
        let table = self.tables.0.first().ok_or_else(no_table)?;
        let header = Header::find(CsvText::new(first_line.as_bytes()), table, false).ok_or_else(no_table)?;
        for mut item in items {
            if item.trashed {
                losses.add(LossKind::Trashed, &item.title);
                continue;
            }
            let mut lost = self.reduce(&header, &mut item);
            let mut row = Zeroizing::new(Vec::new());
            self.write_row(&header, &item, false, &mut *row)?;
            lost.extend(differences(&item, read_back(&header, table.finish, &row)));
            // Without a guarded brother it is the one that guards.
            if self.safe.is_none() {
                let mut guarded = Zeroizing::new(Vec::new());
                self.write_row(&header, &item, true, &mut *guarded)?;
                if guarded != row {
                    lost.push(LossKind::Guarded);
                    row = guarded;
                }
            }
            lost.sort_unstable();
            lost.dedup();
            lost.into_iter().for_each(|kind| losses.add(kind, &item.title));
            out.write_all(&row)?;
        }
        Ok(losses)
    }
}

impl TableWriter {
    /// Takes out of an item, or moves into its note, what the columns do not hold.
    fn reduce(&self, header: &Header<'_>, item: &mut Item) -> Vec<LossKind> {
        let mut lost = without_past(item);
        let has = |wanted: fn(&Role) -> bool| header.roles.iter().flatten().any(wanted);
        let mut lines: Vec<(String, Secret)> = Vec::new();
        let mut line = |label: &str, value: String| lines.push((label.to_owned(), Secret::from_text(value)));
        if item.kind.is_empty() {
            item.kind = kinds::LOGIN.to_owned();
        }
        if item.kind != kinds::LOGIN && (item.kind != kinds::NOTE || self.kinds.is_none()) {
            line("Kind", std::mem::replace(&mut item.kind, kinds::LOGIN.to_owned()));
            lost.push(LossKind::Kind);
        }
        item.urls.retain(|url| !url.is_empty());
        let held = if has(|role| matches!(role, Role::Urls(_))) { item.urls.len() } else { 1 };
        for url in item.urls.drain(held.min(item.urls.len())..) {
            line("URL", url);
            lost.push(LossKind::Urls);
        }
        item.tags.retain(|tag| !tag.is_empty());
        if !item.tags.is_empty() && !has(|role| matches!(role, Role::Tags(_))) {
            line("Tags", std::mem::take(&mut item.tags).join(", "));
            lost.push(LossKind::Tags);
        }
        item.folder = folder::normal(&item.folder);
        if !item.folder.is_empty() && !has(|role| matches!(role, Role::Folder(_))) {
            line("Folder", std::mem::take(&mut item.folder));
            lost.push(LossKind::Folder);
        }
        if item.favourite && !has(|role| *role == Role::Favourite) {
            item.favourite = false;
            lost.push(LossKind::Favourite);
        }
        let mut secret_lines: Vec<(String, Secret)> = Vec::new();
        item.totp.take_if(|code| code.is_empty());
        if !has(|role| *role == Role::Totp)
            && let Some(code) = item.totp.take()
        {
            secret_lines.push(("TOTP".to_owned(), code));
            lost.push(LossKind::Totp);
        }
        if !has(|role| matches!(role, Role::Lines(_))) && !item.fields.is_empty() {
            secret_lines.extend(item.fields.drain(..).map(|field| (field.name, field.value)));
            lost.push(LossKind::Fields);
        }
        lines.append(&mut secret_lines);
        if !lines.is_empty() {
            append_lines(item, &lines);
        }
        lost
    }

    fn write_row(
        &self,
        header: &Header<'_>,
        item: &Item,
        guard: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (at, (role, name)) in header.roles.iter().zip(self.names).enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            let cell = self.cell(role.unwrap_or(Role::Told), name, item);
            let first = cell.expose().first().filter(|_| guard);
            match first {
                Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => {
                    write_cell(Secret::concat(&[b"'", cell.expose()]).expose(), out)?;
                }
                _ => write_cell(cell.expose(), out)?,
            }
        }
        out.write_all(b"\r\n")
    }

    /// The text of a cell.
    fn cell(&self, role: Role, name: &str, item: &Item) -> Secret {
        let open = |text: &str| Secret::copy_of(text.as_bytes());
        let secret = |secret: &Option<Secret>| secret.as_ref().map_or_else(|| open(""), Secret::duplicate);
        let joined = |texts: &[String], joint: char| Secret::from_text(texts.join(&String::from(joint)));
        let [yes, no] = self.flags;
        match role {
            Role::Title => open(&item.title),
            Role::Username => open(&item.username),
            Role::Password => secret(&item.password),
            Role::Note => secret(&item.note),
            Role::Totp => secret(&item.totp),
            Role::Url => open(item.urls.first().map_or("", String::as_str)),
            Role::Urls(joint) => joined(&item.urls, joint),
            Role::Tags(joint) => joined(&item.tags, joint),
            Role::Folder(joint) => {
                let names = folder::split(&item.folder);
                let root = Some(self.root).filter(|root| !root.is_empty());
                let names: Vec<&str> = root.into_iter().chain(names.iter().map(String::as_str)).collect();
                Secret::from_text(names.join(joint))
            }
            Role::Favourite => open(if item.favourite { yes } else { no }),
            Role::Flag => open(no),
            Role::Created(unit) => open(&moment(item.created, unit)),
            Role::Modified(unit) => open(&moment(item.modified, unit)),
            Role::Used(unit) => open(&moment(item.last_used, unit)),
            Role::Lines(between) => {
                let mut parts: Vec<&[u8]> = Vec::new();
                for field in &item.fields {
                    if !parts.is_empty() {
                        parts.push(b"\n");
                    }
                    parts.extend([field.name.as_bytes(), between.as_bytes(), field.value.expose()]);
                }
                Secret::concat(&parts)
            }
            Role::Special if name == "type" => {
                let [login, note] = self.kinds.unwrap_or_default();
                open(if item.kind == kinds::NOTE { note } else { login })
            }
            Role::Special | Role::Told | Role::Field(_) | Role::Usual(..) => open(""),
        }
    }
}

fn moment(time: Option<Timestamp>, unit: Unit) -> String {
    let Some(time) = time else { return String::new() };
    match unit {
        Unit::Seconds => time.seconds().to_string(),
        Unit::Millis => time.0.to_string(),
        Unit::Rfc3339 | Unit::Any => time.to_string(),
    }
}

/// What the importer makes of a row.
fn read_back(header: &Header<'_>, finish: Option<super::Finish>, row: &[u8]) -> Option<Item> {
    let header = Header {
        text: CsvText::new(row),
        roles: header.roles.clone(),
        labels: header.labels.clone(),
        end: 0,
        line: 1,
        ..*header
    };
    let mut found = Vec::new();
    read(&header, finish, &mut |row| {
        found.push(row.outcome);
        ControlFlow::Continue(())
    });
    match (found.pop(), found.is_empty()) {
        (Some(Outcome::Item(item, _)), true) => Some(*item),
        _ => None,
    }
}

/// What reading makes different from the item that was written.
fn differences(item: &Item, read: Option<Item>) -> Vec<LossKind> {
    let Some(mut read) = read else { return vec![LossKind::Misread] };
    let mut lost = Vec::new();
    let times = |item: &Item| [item.created, item.modified, item.last_used];
    if times(item) != times(&read) {
        lost.push(LossKind::Times);
    }
    if item.title != read.title {
        lost.push(LossKind::Title);
        read.title.clone_from(&item.title);
    }
    if item.folder != read.folder {
        lost.push(LossKind::Folder);
        read.folder.clone_from(&item.folder);
    }
    let mut other_kinds = false;
    if item.fields.len() == read.fields.len() {
        for (field, read) in item.fields.iter().zip(&mut read.fields) {
            other_kinds |= std::mem::replace(&mut read.kind, field.kind) != field.kind;
        }
    }
    if !same(item, &read) {
        lost.push(LossKind::Misread);
    } else if other_kinds {
        lost.push(LossKind::FieldKinds);
    }
    lost
}
