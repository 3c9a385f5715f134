//! The form: an entry's fields as lines that are typed in, and the changes that they amount to.

mod other;
mod row;

use crate::account::{self, Chain, backup_codes};
use crate::audit::{KnownPasswords, Owner};
use crate::config::min_len;
use crate::otp::Otp;
use crate::secret::Secret;
use crate::session::Session;
use crate::sites::Sites;
use crate::strength::{self, Circumstances, Strength};
use crate::time::Timestamp;
use crate::vault::edit::Change;
use crate::vault::entry::Value;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::{self, EntryKind, FieldKind, Home};
use crate::vault::{Entry, Id, Vault};

use super::super::editor::{Editor, Shape};
use super::super::fields;
pub use row::{Name, NewField, Role, Row};
use row::{day_of, usual};

/// The form.
pub struct Form {
    /// The entry that is edited; none for a new one.
    pub target: Option<Id>,
    /// Public name of the kind.
    pub kind: String,
    /// The lines.
    pub rows: Vec<Row>,
    /// The line that has the keys.
    pub focus: usize,
    /// Whether its name has them, rather than its value.
    pub on_name: bool,
    /// Until when the focused secret is shown.
    pub shown_until: Option<Timestamp>,
    /// By which recipe the entry's password was made, where a person chose it.
    pub recipe: String,
    /// By which one it is made now, where a person chose it.
    pub chosen_recipe: Option<String>,
    /// Why it was not saved.
    pub problem: Option<String>,
    /// What was generated for it, with its id among the generated passwords.
    pub generated: Vec<(Id, Secret)>,
    /// How strong the password is that is being typed.
    strength: Option<Strength>,
    /// The passwords of the other entries, and words of the vault's owner, once they were needed.
    known: Option<(KnownPasswords, Vec<String>)>,
    /// Whom the entry signs in with, in words.
    pub link: String,
    /// The kind that the entry has.
    kind_before: String,
    /// Custom fields taken out, with their names.
    removed: Vec<(Id, String)>,
    lost_url: bool,
}

impl Form {
    /// An empty form for a new entry, in `folder`.
    pub fn new(kind: &'static EntryKind, folder: &str) -> Self {
        let mut rows = vec![Row::fixed(Role::Title, "Title", "")];
        rows.extend(kind.fields.iter().map(|field| usual(field.label, field.home)));
        if kind.name == kinds::LOGIN {
            rows.push(Row::fixed(Role::Otp, "One-time code", ""));
        }
        let mut form = Self::of(None, kind.name, rows);
        form.finish(folder, "", Secret::with_capacity(0));
        form
    }

    /// The form of an entry. What cannot be opened or is no text has no line, and stays as it is.
    pub fn edit(session: &Session, entry: &Entry<'_>) -> Self {
        let opened = |value: Option<Value<'_>>| match value {
            None => Some(Secret::with_capacity(0)),
            Some(value) => session.reveal(value).ok().filter(|text| text.expose_str().is_some()),
        };
        let kind = entry.kind();
        let mut rows = vec![Row::fixed(Role::Title, "Title", entry.title())];
        let mut urls = entry.urls().into_iter();
        // Back-up codes have a list of their own.
        let mut custom: Vec<_> =
            entry.fields().into_iter().filter(|field| !backup_codes::is_code(field)).collect();
        let (mut has_username, mut has_password) = (false, false);
        for field in kind.map(|kind| kind.fields).unwrap_or_default() {
            let name = || Name::Fixed(field.label.to_owned());
            match field.home {
                Home::Username => {
                    has_username = true;
                    rows.push(Row::fixed(Role::Username, field.label, entry.username()));
                }
                Home::Password => {
                    has_password = true;
                    rows.extend(opened(entry.password()).map(|it| Row::new(Role::Password, name(), it)));
                }
                Home::Url => rows.push(Row::fixed(Role::Url, field.label, urls.next().unwrap_or_default())),
                Home::Custom(usual_kind) => {
                    match custom.iter().position(|known| known.label == field.label) {
                        Some(at) => {
                            let known = custom.remove(at);
                            let role = Role::Custom(Some(known.id), known.kind);
                            rows.extend(opened(Some(known.value)).map(|it| Row::new(role, name(), it)));
                        }
                        None => rows.push(usual(field.label, Home::Custom(usual_kind))),
                    }
                }
            }
        }
        if !has_username && !entry.username().is_empty() {
            rows.push(Row::fixed(Role::Username, "Username", entry.username()));
        }
        if !has_password && entry.password().is_some() {
            let name = Name::Fixed("Password".to_owned());
            rows.extend(opened(entry.password()).map(|it| Row::new(Role::Password, name, it)));
        }
        rows.extend(urls.map(|url| Row::fixed(Role::Url, "URL", url)));
        if entry.kind_name() == kinds::LOGIN || entry.otp().is_some() {
            let name = Name::Fixed("One-time code".to_owned());
            rows.extend(opened(entry.otp()).map(|it| Row::new(Role::Otp, name, it)));
        }
        if let Some(id) = entry.signs_in_with() {
            rows.push(Row::fixed(Role::SignsInWith, "Signs in with", &id.to_string()));
        }
        for field in custom {
            rows.extend(
                opened(Some(field.value)).map(|it| Row::custom(Some(field.id), field.kind, field.label, it)),
            );
        }
        if let Some(day) = entry.expiry() {
            rows.push(Row::fixed(Role::Expiry, "Expires", &day.day()));
        }
        let mut form = Self::of(Some(entry.id()), entry.kind_name(), rows);
        form.recipe = entry.policy().to_owned();
        let direct = Chain::of(entry.vault(), entry).map(|chain| chain.direct().map(account::name));
        form.link = direct.flatten().unwrap_or_else(|| "an entry that is gone".to_owned());
        match opened(entry.note()) {
            Some(note) => form.finish(entry.folder(), &entry.tags().join(", "), note),
            None => {
                form.finish(entry.folder(), &entry.tags().join(", "), Secret::with_capacity(0));
                form.rows.pop();
            }
        }
        form
    }

    fn of(target: Option<Id>, kind: &str, rows: Vec<Row>) -> Self {
        Self {
            target,
            kind: kind.to_owned(),
            rows,
            focus: 0,
            on_name: false,
            shown_until: None,
            recipe: String::new(),
            chosen_recipe: None,
            problem: None,
            generated: Vec::new(),
            strength: None,
            known: None,
            link: String::new(),
            kind_before: kind.to_owned(),
            removed: Vec::new(),
            lost_url: false,
        }
    }

    fn finish(&mut self, folder: &str, tags: &str, note: Secret) {
        self.rows.push(Row::fixed(Role::Folder, "Folder", folder));
        self.rows.push(Row::fixed(Role::Tags, "Tags", tags));
        self.rows.push(Row::new(Role::Note, Name::Fixed("Note".to_owned()), note));
    }

    /// The line that has the keys.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.focus)
    }

    /// Whether a note of several lines is being typed.
    pub fn is_in_note(&self) -> bool {
        self.row().is_some_and(|row| row.value.shape() == Shape::Lines)
    }

    /// Whether the answer to a security question is being typed.
    pub fn is_in_answer(&self) -> bool {
        self.row().is_some_and(|row| matches!(row.role, Role::Custom(_, FieldKind::Question)))
    }

    /// The text that is being typed.
    pub fn editor_mut(&mut self) -> Option<&mut Editor> {
        let on_name = self.on_name;
        let row = self.rows.get_mut(self.focus).filter(|row| row.role != Role::SignsInWith)?;
        Some(match &mut row.name {
            Name::Typed(editor, _) if on_name => editor,
            _ => &mut row.value,
        })
    }

    /// To the next line, or the value behind a name.
    pub fn next(&mut self) {
        if self.on_name {
            self.on_name = false;
            return;
        }
        self.go_to((self.focus + 1) % self.rows.len().max(1));
        self.on_name = self.row().is_some_and(|row| matches!(row.name, Name::Typed(..)));
    }

    /// To the previous line, or the name before a value.
    pub fn previous(&mut self) {
        if !self.on_name && self.row().is_some_and(|row| matches!(row.name, Name::Typed(..))) {
            self.on_name = true;
            return;
        }
        self.go_to(self.focus.checked_sub(1).unwrap_or(self.rows.len().saturating_sub(1)));
    }

    /// To a line's value; what was shown is masked.
    pub fn go_to(&mut self, line: usize) {
        self.focus = line.min(self.rows.len().saturating_sub(1));
        self.on_name = false;
        self.shown_until = None;
        self.strength = None;
    }

    /// Adds a line behind those of its sort, and goes there.
    pub fn add(&mut self, field: NewField) {
        let row = match field {
            NewField::Url => Row::fixed(Role::Url, "URL", ""),
            NewField::Otp => Row::fixed(Role::Otp, "One-time code", ""),
            NewField::Username => Row::fixed(Role::Username, "Username", ""),
            NewField::Password => Row::fixed(Role::Password, "Password", ""),
            NewField::Expiry => Row::fixed(Role::Expiry, "Expires", ""),
            NewField::Custom(kind) => Row::custom(None, kind, "", Secret::with_capacity(0)),
            NewField::Known(label) => Row::custom(None, FieldKind::Text, label, Secret::with_capacity(0)),
            NewField::SignsInWith => Row::fixed(Role::SignsInWith, "Signs in with", ""),
            NewField::Kind => return,
        };
        let same = self.rows.iter().rposition(|known| known.role == row.role);
        let end = self.rows.iter().position(|known| known.role == Role::Folder).unwrap_or(self.rows.len());
        let at = match field {
            NewField::Custom(_) | NewField::Known(_) => end,
            _ => same.map_or(end, |at| at + 1),
        };
        self.on_name = false;
        self.rows.insert(at, row);
        self.go_to(at);
        self.on_name = matches!(field, NewField::Custom(_));
    }

    /// Lines that can be added: of those that an entry has once, what is not there yet.
    pub fn addable(&self) -> Vec<(String, NewField)> {
        let has = |role: Role| self.rows.iter().any(|row| row.role == role);
        let once = [
            ("User name", NewField::Username, Role::Username),
            ("Password", NewField::Password, Role::Password),
            ("One-time code", NewField::Otp, Role::Otp),
            ("The day it expires", NewField::Expiry, Role::Expiry),
        ];
        let mut fields = vec![
            ("Another URL".to_owned(), NewField::Url),
            ("Signs in with another entry".to_owned(), NewField::SignsInWith),
        ];
        let is_there = |label: &str| self.rows.iter().any(|row| row.name().eq_ignore_ascii_case(label));
        let known = [account::EMAIL, account::PHONE].into_iter().filter(|label| !is_there(label));
        fields.extend(known.map(|label| (label.to_owned(), NewField::Known(label))));
        fields.extend(
            once.into_iter().filter(|(_, _, role)| !has(*role)).map(|(name, new, _)| (name.to_owned(), new)),
        );
        let names =
            ["Text", "Hidden text", "Date", "Web address", "One-time code of its own", "Question and answer"];
        fields.extend(
            names
                .into_iter()
                .zip(FieldKind::ALL)
                .map(|(name, kind)| (name.to_owned(), NewField::Custom(kind))),
        );
        fields.push(("Another kind of entry".to_owned(), NewField::Kind));
        fields
    }

    /// Takes the focused line out, or empties it if it is one that entries have once.
    pub fn remove(&mut self) {
        let Some(row) = self.rows.get_mut(self.focus) else { return };
        let is_typed = matches!(row.name, Name::Typed(..));
        if !is_typed && row.role != Role::Url {
            row.value.set("");
            return;
        }
        match row.role {
            Role::Custom(Some(id), _) => self.removed.push((id, row.name().to_owned())),
            Role::Url => self.lost_url |= !row.before.is_empty(),
            _ => {}
        }
        self.rows.remove(self.focus);
        self.go_to(self.focus);
    }

    /// Judges the password that is being typed, by what the form says, the vault says of its owner, whether another
    /// entry has it, and what its site takes.
    pub fn judge(&mut self, session: &Session, vault: &Vault, sites: &Sites) {
        let Some(row) = self.rows.get(self.focus).filter(|row| row.role == Role::Password) else { return };
        let password = row.value.text();
        if password.is_empty() {
            self.strength = None;
            return;
        }
        if self.known.is_none() {
            let words = Owner::of(vault).words().iter().map(|word| (*word).to_owned()).collect();
            self.known = session.known_passwords(vault, self.target).map(|known| (known, words));
        }
        let is_plain = |row: &&Row| !row.role.is_secret() && !row.value.is_empty();
        let mut own_words: Vec<&str> =
            self.rows.iter().filter(is_plain).map(|row| row.value.text()).collect();
        own_words.extend(self.known.iter().flat_map(|(_, words)| words.iter().map(String::as_str)));
        let is_reused = self.known.as_ref().is_some_and(|(known, _)| known.has(password.as_bytes()));
        let urls = self.rows.iter().filter(|row| row.role == Role::Url);
        let min_len = urls.filter_map(|row| min_len(sites, row.value.text())).max();
        let circumstances = Circumstances { own_words: &own_words, min_len, is_reused };
        self.strength = Some(strength::judge(password, &circumstances));
    }

    /// How strong the password is, while it is typed.
    pub fn strength(&self) -> Option<&Strength> {
        let on_password = self.row().is_some_and(|row| row.role == Role::Password && !row.value.is_empty());
        self.strength.as_ref().filter(|_| on_password)
    }

    /// Whether closing it would lose something.
    pub fn is_dirty(&self) -> bool {
        self.kind != self.kind_before
            || self.lost_url
            || !self.removed.is_empty()
            || self.rows.iter().any(Row::is_changed)
    }

    /// Whether it can be saved; if not, says why and goes to the line.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&mut self) -> Result<(), String> {
        let title = self.text(Role::Title);
        if title.trim().is_empty() && self.text(Role::Url).is_empty() {
            self.go_to(0);
            return Err("an entry has a title".to_owned());
        }
        let bad = self.rows.iter().enumerate().find_map(|(at, row)| {
            let makes_codes = matches!(row.role, Role::Otp | Role::Custom(_, FieldKind::Totp));
            if makes_codes && row.is_changed() && !row.value.is_empty() {
                let error = Otp::parse(&row.value.secret()).err()?;
                return Some((at, error.to_string()));
            }
            if row.role == Role::Expiry && row.is_changed() && day_of(row).is_none() && !row.value.is_empty()
            {
                return Some((at, "a day is like 2027-05-31, or a month like 2027-05".to_owned()));
            }
            let nameless =
                matches!(row.role, Role::Custom(..)) && row.name().is_empty() && !row.value.is_empty();
            nameless.then(|| (at, "a field of your own has a name".to_owned()))
        });
        match bad {
            None => Ok(()),
            Some((at, problem)) => {
                self.go_to(at);
                Err(problem)
            }
        }
    }

    /// What a new entry is to hold.
    pub fn item(&self) -> Item {
        let mut item = Item { kind: self.kind.clone(), title: self.title(), ..Item::default() };
        item.urls = self.urls();
        item.tags = self.tags();
        item.folder = self.text(Role::Folder).to_owned();
        item.username = self.text(Role::Username).to_owned();
        for row in self.rows.iter().filter(|row| !row.value.is_empty()) {
            let secret = row.value.secret();
            match row.role {
                Role::Password => item.password = Some(secret),
                Role::Otp => item.totp = Some(secret),
                Role::Note => item.note = Some(secret),
                Role::Expiry => item.upkeep.expiry = day_of(row),
                Role::SignsInWith => item.upkeep.signs_in_with = row.value.text().parse().ok(),
                Role::Custom(_, kind) => {
                    item.fields.push(ItemField {
                        name: row.name().to_owned(),
                        kind,
                        value: secret,
                        ticked_off: false,
                    });
                }
                _ => {}
            }
        }
        if item.password.is_some() {
            item.upkeep.policy = self.chosen_recipe.clone().unwrap_or_default();
        }
        item
    }

    /// What is to be changed of the entry.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = self.removed.iter().map(|(id, _)| Change::RemoveField(*id)).collect();
        if self.kind != self.kind_before {
            changes.push(Change::Kind(self.kind.clone()));
        }
        let changed = |role: Role| self.rows.iter().any(|row| row.role == role && row.is_changed());
        if changed(Role::Url) || self.lost_url {
            changes.push(Change::Urls(self.urls()));
        }
        for row in self.rows.iter().filter(|row| row.is_changed()) {
            let secret = Some(row.value.secret()).filter(|secret| !secret.is_empty());
            changes.push(match row.role {
                Role::Title => Change::Title(self.title()),
                Role::Username => Change::Username(row.value.text().to_owned()),
                Role::Folder => Change::Folder(row.value.text().to_owned()),
                Role::Tags => Change::Tags(self.tags()),
                Role::Password => Change::Password(secret),
                Role::Otp => Change::Otp(secret),
                Role::Note => Change::Note(secret),
                Role::Expiry => Change::Expiry(day_of(row)),
                Role::SignsInWith => Change::SignsInWith(row.value.text().parse().ok()),
                Role::Url => continue,
                Role::Custom(id, kind) => match (id, secret) {
                    (Some(id), None) => Change::RemoveField(id),
                    (id, Some(value)) => Change::Field { id, name: row.name().to_owned(), kind, value },
                    (None, None) => continue,
                },
            });
        }
        if let Some(recipe) = self.chosen_recipe.as_ref().filter(|recipe| **recipe != self.recipe)
            && changed(Role::Password)
        {
            changes.push(Change::Policy(recipe.clone()));
        }
        changes
    }

    /// What the step is called: "password of GitHub".
    pub fn label(&self) -> String {
        let title = self.title();
        if self.target.is_none() {
            return format!("new entry {title}");
        }
        let rows = self.rows.iter().filter(|row| row.is_changed());
        let mut names: Vec<&str> = rows.map(|row| row.role.spoken().unwrap_or(row.name())).collect();
        names.extend(self.removed.iter().map(|(_, name)| name.as_str()));
        names.extend(self.lost_url.then_some("URL"));
        names.extend((self.kind != self.kind_before).then_some("kind"));
        names.dedup();
        match names.as_slice() {
            [name] => format!("{name} of {title}"),
            names => format!("{} fields of {title}", names.len()),
        }
    }

    /// The title, or the host of the first URL where there is none.
    pub fn title(&self) -> String {
        let title = self.text(Role::Title);
        if title.trim().is_empty() { fields::host(self.text(Role::Url)).to_owned() } else { title.to_owned() }
    }

    /// What is generated for it, in words: title and user name.
    pub fn made_for(&self) -> String {
        match (self.title(), self.text(Role::Username)) {
            (title, "") => title,
            (title, username) if title.is_empty() => username.to_owned(),
            (title, username) => format!("{title}/{username}"),
        }
    }

    /// Those that were generated for it and are in it.
    pub fn taken(&self) -> Vec<Id> {
        let is_in = |secret: &Secret| self.rows.iter().any(|row| secret.same_as(row.value.text().as_bytes()));
        self.generated.iter().filter(|(_, secret)| is_in(secret)).map(|(id, _)| *id).collect()
    }

    /// The text of the first line of a role.
    pub fn text(&self, role: Role) -> &str {
        self.rows.iter().find(|row| row.role == role).map_or("", |row| row.value.text())
    }

    /// The addresses as they are typed.
    pub fn urls(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|row| row.role == Role::Url);
        rows.map(|row| row.value.text().trim().to_owned()).filter(|url| !url.is_empty()).collect()
    }

    fn tags(&self) -> Vec<String> {
        let tags = self.text(Role::Tags).split(',').map(str::trim);
        tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    }
}
