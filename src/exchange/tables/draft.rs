//! One row as an entry, in the making.

use super::super::csv_text::{Cell, CellText};
use super::super::lastpass::notes::kind_by_label;
use super::super::{NO_NAME, Outcome, Remark, untitled};
use super::header::Header;
use super::{Finish, Groups, Role, Unit};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::folder;
use crate::vault::item::Item;
use crate::vault::kinds::FieldKind;

/// The cells of a row as text.
pub struct Cells<'r> {
    header: &'r Header<'r>,
    texts: Vec<CellText<'r>>,
}

impl Cells<'_> {
    /// The text of the column of this name (in lower case), empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let at = self.header.labels.iter().position(|label| label.eq_ignore_ascii_case(name));
        at.map_or("", |at| self.at(at))
    }

    /// The text at this place.
    pub fn at(&self, at: usize) -> &str {
        self.texts.get(at).map_or("", CellText::as_str)
    }

    /// The texts behind the last column.
    pub fn beyond(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().skip(self.header.roles.len()).map(CellText::as_str)
    }

    /// All texts, in order.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.texts.iter().map(CellText::as_str)
    }

    /// Whether no column holds anything.
    pub fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.as_str().is_empty())
    }
}

/// An entry and what is to be said about it.
#[derive(Default)]
pub struct Draft {
    /// The entry.
    pub item: Item,
    /// How it was read.
    pub remarks: Vec<Remark>,
}

/// What a row is.
pub fn outcome(
    header: &Header<'_>,
    cells: &[Cell],
    finish: Option<Finish>,
    groups: &mut Groups,
    remark: Option<Remark>,
) -> Outcome {
    let texts = cells.iter().map(|cell| header.text.text(*cell)).collect();
    let cells = Cells { header, texts };
    if cells.is_blank() {
        return Outcome::Blank;
    }
    let mut draft = Draft { remarks: Vec::from_iter(remark), ..Draft::default() };
    for at in 0..cells.texts.len() {
        let text = cells.at(at);
        match header.roles.get(at) {
            _ if text.is_empty() => {}
            Some(Some(role)) => draft.put(*role, &header.label(at), text),
            None if header.goes_on => {}
            Some(None) | None => draft.keep(&header.label(at), text),
        }
    }
    if let Some(outcome) = finish.and_then(|finish| finish(&cells, &mut draft, groups)) {
        return outcome;
    }
    draft.into_outcome(header.has_titles())
}

impl Draft {
    /// Puts the text of a column of this role and name where it belongs; as a custom field where something
    /// else is there already, or it is not what it should be.
    pub fn put(&mut self, role: Role, label: &str, text: &str) {
        let put = match role {
            Role::Title => set_text(&mut self.item.title, text),
            Role::Username => set_text(&mut self.item.username, text),
            Role::Password => set_secret(&mut self.item.password, text),
            Role::Note => set_secret(&mut self.item.note, text),
            Role::Totp => set_secret(&mut self.item.totp, text),
            Role::Url => push(&mut self.item.urls, [text]),
            Role::Urls(joint) => push(&mut self.item.urls, urls_of(text, joint)),
            Role::Tags(joint) => push(&mut self.item.tags, text.split(joint).map(str::trim)),
            Role::Folder(joint) => set_text(&mut self.item.folder, &folder_of(text, joint)),
            Role::Favourite => flag(text).map(|on| self.item.favourite = on).is_some(),
            Role::Created(unit) => set_time(&mut self.item.created, unit, text),
            Role::Modified(unit) => set_time(&mut self.item.modified, unit, text),
            Role::Used(unit) => set_time(&mut self.item.last_used, unit, text),
            Role::Field(kind) => return self.keep_as(label, kind, text),
            Role::Flag => flag(text) == Some(false),
            Role::Usual(label, kind) => {
                self.item.push_field(label, kind, text);
                true
            }
            Role::Lines(between) => return self.lines(text, between),
            Role::Told | Role::Special => true,
        };
        if !put {
            let kind = match role {
                Role::Password | Role::Note => FieldKind::Hidden,
                Role::Totp => FieldKind::Totp,
                _ => FieldKind::Text,
            };
            self.keep_as(label, kind, text);
        }
        let is_one_line = !matches!(role, Role::Note | Role::Special | Role::Told);
        if let Some(what) = one_line(role).filter(|_| is_one_line && text.contains(['\n', '\r'])) {
            self.remarks.push(Remark::LineBreak(what));
        }
    }

    /// Keeps what has no home; its label tells whether it is a secret.
    pub fn keep(&mut self, label: &str, text: &str) {
        self.keep_as(label, kind_by_label(label), text);
    }

    /// Keeps what has no home, unless it is empty.
    pub fn keep_as(&mut self, label: &str, kind: FieldKind, text: &str) {
        if !text.is_empty() {
            self.item.push_field(label, kind, text);
            self.remarks.push(Remark::KeptAsField(label.to_owned()));
        }
    }

    fn lines(&mut self, text: &str, between: &str) {
        for (label, value) in labelled_lines(text, between) {
            self.item.push_field(label, kind_by_label(label), value);
        }
    }

    /// The finished entry, with a title; where the table has none at all, the site is the title.
    fn into_outcome(mut self, has_titles: bool) -> Outcome {
        if self.item.title.is_empty() {
            let url = self.item.urls.first().map(String::as_str);
            self.item.title = untitled(url, if has_titles { &self.item.username } else { "" });
            if self.item.title == NO_NAME && !self.item.username.is_empty() {
                self.item.title.clone_from(&self.item.username);
            }
            if has_titles {
                self.remarks.push(Remark::Untitled);
            }
        }
        Outcome::of(self.item, self.remarks)
    }
}

/// Lines of a label and a value with `between` between them; a line without a label goes on with the value
/// before. Text before the first label has none.
pub fn labelled_lines<'t>(text: &'t str, between: &str) -> Vec<(&'t str, &'t str)> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    let mut at = 0;
    let line_break = if text.contains('\n') { '\n' } else { '\r' };
    for line in text.split_inclusive(line_break) {
        let end = at + line.trim_end_matches('\n').trim_end_matches('\r').len();
        match (line.find(between).filter(|label| *label > 0), found.last_mut()) {
            (Some(label), _) => found.push((at, at + label, end)),
            (None, Some(last)) => last.2 = end,
            (None, None) => found.push((at, at, end)),
        }
        at += line.len();
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let skip = |label: usize, start: usize| if label > start { label + between.len() } else { label };
    let fields =
        found.into_iter().map(|(start, label, end)| (part(start, label), part(skip(label, start), end)));
    fields.filter(|(label, value)| !label.is_empty() || !value.is_empty()).collect()
}

/// Sets a text that is not set yet, or the same.
fn set_text(place: &mut String, text: &str) -> bool {
    if place.is_empty() {
        text.clone_into(place);
    }
    place == text
}

fn set_secret(place: &mut Option<Secret>, text: &str) -> bool {
    place.get_or_insert_with(|| Secret::copy_of(text.as_bytes())).same_as(text.as_bytes())
}

fn push<'t>(list: &mut Vec<String>, texts: impl IntoIterator<Item = &'t str>) -> bool {
    for text in texts {
        if !text.is_empty() && !list.iter().any(|known| known == text) {
            list.push(text.to_owned());
        }
    }
    true
}

/// Below this a number is one of seconds (until the year 5138), from it on of milliseconds (since 1973).
const MOST_SECONDS: u64 = 100_000_000_000;

fn set_time(place: &mut Option<Timestamp>, unit: Unit, text: &str) -> bool {
    let number = || text.parse::<u64>().ok().filter(|number| *number < 1 << 53);
    let time = match unit {
        Unit::Seconds => number().map(Timestamp::from_seconds),
        Unit::Millis => number().map(Timestamp),
        Unit::Rfc3339 => Timestamp::parse(text),
        Unit::Any => Timestamp::parse(text).or_else(|| {
            let number = number()?;
            Some(if number < MOST_SECONDS { Timestamp::from_seconds(number) } else { Timestamp(number) })
        }),
    };
    *place = time.or(*place);
    time.is_some()
}

/// What says yes or no.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "y" => Some(true),
        "" | "0" | "false" | "no" | "n" => Some(false),
        _ => None,
    }
}

/// The URLs of a list. A piece that cannot be one is the rest of the one before it, which had the joint in it.
pub fn urls_of(text: &str, joint: char) -> Vec<&str> {
    let mut urls: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for piece in text.split(joint) {
        let end = at + piece.len();
        match urls.last_mut() {
            Some(last) if !may_be_url(piece.trim()) => last.1 = end,
            _ => urls.push((at, end)),
        }
        at = end + joint.len_utf8();
    }
    urls.into_iter().map(|(start, end)| text.get(start..end).unwrap_or_default().trim()).collect()
}

fn may_be_url(text: &str) -> bool {
    let has_scheme = text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    });
    let is_host = || text.contains('.') && !text.contains(['=', '&', ' ', '?']);
    has_scheme || is_host()
}

/// The path of a folder whose names are joined by `joint`.
pub fn folder_of(text: &str, joint: &str) -> String {
    if joint.is_empty() { folder::join([text]) } else { folder::join(text.split(joint)) }
}

/// What a value is called that has one line in its own program.
fn one_line(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Title => "the name",
        Role::Username => "the user name",
        Role::Password => "the password",
        Role::Totp => "the one-time code's secret",
        Role::Url => "the URL",
        Role::Folder(_) => "the folder",
        _ => return None,
    })
}
