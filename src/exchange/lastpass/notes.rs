//! Typed notes: `NoteType:X`, then `Label:value` lines, then `Notes:` and the rest of the text. Labels of the
//! types that LastPass has are those of [`kinds`]; any other type is a custom one.
//!
//! Which line starts a field is a guess where values have line breaks: within a value that may have several
//! lines (a key, an address) only a label that the type has and that has not come yet; elsewhere any `Label:`.
//! Whatever is guessed, every character of the text has its home in a field, and [`export`] reads back what
//! it writes to know what it lost.
//!
//! [`export`]: super::export

use std::collections::HashSet;

use crate::secret::Secret;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::{self, EntryKind, FieldKind, Home, UsualField};

/// Names of LastPass's types and the kinds they are; of several for one kind the first is the one written.
pub static TYPES: [(&str, &str); 19] = [
    ("Address", "address"),
    ("Bank Account", "bank-account"),
    ("Credit Card", "card"),
    ("American Express", "card"),
    ("Mastercard", "card"),
    ("VISA", "card"),
    ("Database", "database"),
    ("Driver's License", "drivers-license"),
    ("Email Account", "email-account"),
    ("Health Insurance", "health-insurance"),
    ("Instant Messenger", "instant-messenger"),
    ("Insurance", "insurance"),
    ("Membership", "membership"),
    ("Passport", "passport"),
    ("Server", "server"),
    ("Social Security", "social-security"),
    ("Software License", "software-license"),
    ("SSH Key", "ssh-key"),
    ("Wi-Fi Password", "wifi"),
];

/// Label of the custom field that holds a type's name where the kind does not tell it.
pub const NOTE_TYPE: &str = "NoteType";
/// Label of the custom field that holds the language of the labels.
pub const LANGUAGE: &str = "Language";
/// The type of a custom note that has no name.
const CUSTOM_TYPE: &str = "Custom";
/// What starts the note proper.
const NOTES: &str = "Notes";

/// Most bytes of a label that a type does not have.
const MOST_LABEL: usize = 100;
/// Most fields of one note.
const MOST_FIELDS: usize = 500;

/// Whether the text of a secure note is a typed one.
pub fn is_typed(text: &str) -> bool {
    text.strip_prefix(NOTE_TYPE).is_some_and(|rest| rest.starts_with(':'))
}

/// The kind of a type.
pub fn kind_of(note_type: &str) -> &'static str {
    let wanted = note_type.trim();
    let lastpass = TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, kind)| *kind);
    let own = || {
        kinds::named(note_type)
            .map(|kind| kind.name)
            .filter(|kind| ![kinds::LOGIN, kinds::NOTE].contains(kind))
    };
    lastpass.or_else(own).unwrap_or(kinds::CUSTOM)
}

/// The type that is written for a kind.
pub fn type_of(kind: &str) -> &str {
    if kind == kinds::CUSTOM {
        return CUSTOM_TYPE;
    }
    TYPES.iter().find(|(_, known)| *known == kind).map_or(kind, |(name, _)| name)
}

/// The usual field of this label.
pub fn usual(kind: Option<&'static EntryKind>, label: &str) -> Option<&'static UsualField> {
    kind?.fields.iter().find(|field| field.label == label)
}

/// What a field of this label holds, where the kind does not say: LastPass does not export it, so a label that
/// speaks of a secret makes one.
pub fn kind_by_label(label: &str) -> FieldKind {
    const SECRET: [&str; 9] = [
        "password",
        "passwort",
        "passphrase",
        "passcode",
        "secret",
        "private key",
        "security code",
        "cvv",
        "token",
    ];
    let label = label.to_lowercase();
    let is_pin =
        label.split(|letter: char| !letter.is_alphanumeric()).any(|word| matches!(word, "pin" | "cvc"));
    if is_pin || SECRET.iter().any(|word| label.contains(word)) { FieldKind::Hidden } else { FieldKind::Text }
}

/// The kind that reading gives a custom field of this label.
pub fn field_kind(kind: Option<&'static EntryKind>, label: &str) -> FieldKind {
    match usual(kind, label).map(|field| field.home) {
        Some(Home::Custom(kind)) => kind,
        _ => kind_by_label(label),
    }
}

/// Whether a value of this label may have several lines in LastPass.
fn has_lines(label: &str) -> bool {
    label.ends_with(" Key") || label.contains("Address") && label != "Email Address"
}

/// Whether LastPass writes this for a date that is not set.
fn is_no_date(value: &str) -> bool {
    matches!(value, "," | ",,")
}

/// A field that is being read.
struct Open<'t> {
    label: &'t str,
    usual: Option<&'static UsualField>,
    start: usize,
    end: usize,
}

/// Reads a typed note into kind, fields and note of `item`.
pub fn read(text: &str, item: &mut Item) {
    let break_at = text.find('\n').or_else(|| text.find('\r'));
    let line_break = if text.contains('\n') { '\n' } else { '\r' };
    // Every line of a note in a file with CR LF ends so; in any other file a CR is part of the value.
    let strips_cr = break_at
        .is_some_and(|at| line_break == '\n' && text.get(..at).is_some_and(|line| line.ends_with('\r')));
    let end_of = |line: &str| {
        let line = line.strip_suffix(line_break).unwrap_or(line);
        if strips_cr { line.trim_end_matches('\r').len() } else { line.len() }
    };
    let mut lines = text.split_inclusive(line_break);
    let first = lines.next().unwrap_or_default();
    let note_type = first.get(NOTE_TYPE.len() + 1..end_of(first)).unwrap_or_default();
    item.kind = kind_of(note_type).to_owned();
    if note_type != type_of(&item.kind) {
        item.push_field(NOTE_TYPE, FieldKind::Text, note_type);
    }
    let kind = kinds::named(&item.kind);
    let mut reading = Reading { text, kind, item, open: None, seen: Vec::new(), armour_ends: 0 };
    let mut at = first.len();
    for line in lines {
        let line_end = at + end_of(line);
        if reading.line(at, line_end) {
            return;
        }
        at += line.len();
    }
    reading.close();
}

struct Reading<'t, 'i> {
    text: &'t str,
    kind: Option<&'static EntryKind>,
    item: &'i mut Item,
    open: Option<Open<'t>>,
    seen: Vec<&'t str>,
    armour_ends: usize,
}

impl<'t> Reading<'t, '_> {
    /// Takes in a line; whether it was the last before the note proper, which is then read.
    fn line(&mut self, start: usize, end: usize) -> bool {
        let line = self.text.get(start..end).unwrap_or_default();
        let (label, value) = match line.split_once(':') {
            Some((label, value)) => (label, Some(value)),
            None => (line, None),
        };
        if let (NOTES, Some(value)) = (label, value) {
            self.close();
            let text = self.text.get(end - value.len()..).unwrap_or_default();
            let breaks = ["\r\r\n", "\r\n", "\n", "\r"];
            let note = breaks.iter().find_map(|line_break| text.strip_prefix(line_break)).unwrap_or(text);
            self.item.note = super::secret(note);
            return true;
        }
        let usual = usual(self.kind, label).filter(|_| value.is_some() && !self.seen.contains(&label));
        let starts = |value: &&str| usual.is_some() || self.starts_field(label, value, start);
        match (value.filter(starts), &mut self.open) {
            (Some(value), _) => {
                self.close();
                self.seen.push(label);
                self.open = Some(Open { label, usual, start: end - value.len(), end });
            }
            (None, Some(open)) => open.end = end,
            (None, None) => self.open = Some(Open { label: "Text", usual: None, start, end }),
        }
        self.skip_armour(line, start);
        false
    }

    /// Whether a line with a label that the kind does not have starts a field rather than going on with one.
    fn starts_field(&self, label: &str, value: &str, start: usize) -> bool {
        let goes_on = self.open.as_ref().is_some_and(|open| open.usual.is_some() && has_lines(open.label));
        let is_label = !label.is_empty() && label.len() <= MOST_LABEL && !value.starts_with("//");
        !goes_on && is_label && start >= self.armour_ends && self.seen.len() < MOST_FIELDS
    }

    /// Lines of a key in PEM have colons and are no fields.
    fn skip_armour(&mut self, line: &str, start: usize) {
        const END: &str = "-----END ";
        if start >= self.armour_ends && line.contains("-----BEGIN ") {
            let rest = self.text.get(start..).unwrap_or_default();
            self.armour_ends = rest.find(END).map_or(start, |len| start + len + END.len());
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let value = self.text.get(open.start..open.end).unwrap_or_default();
        let Some(usual) = open.usual else {
            self.item.push_field(open.label, field_kind(self.kind, open.label), value);
            return;
        };
        match usual.home {
            _ if value.is_empty() => {}
            Home::Username => self.item.username = value.to_owned(),
            Home::Password => self.item.password = super::secret(value),
            Home::Url => self.item.urls = vec![value.to_owned()],
            Home::Custom(FieldKind::Date) if is_no_date(value) => {}
            Home::Custom(kind) => self.item.push_field(open.label, kind, value),
        }
    }
}

/// Where a custom field stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// It is the name of the type, in the first line.
    Type,
    /// In the second line.
    Language,
    /// In the line of the label that the kind has at this place.
    Usual(usize),
    /// Behind the labels of the kind.
    Other,
}

/// The name of an item's type: that in its custom field, if it is another name for its kind.
pub fn note_type(item: &Item) -> String {
    let field = item.fields.iter().find(|field| field.name == NOTE_TYPE);
    let given = field.and_then(|field| field.value.expose_str());
    let is_type = |given: &&str| kind_of(given) == item.kind && *given != type_of(&item.kind);
    given.filter(is_type).unwrap_or(type_of(&item.kind)).to_owned()
}

/// Where each custom field of an item stands. Of several with one label the first has the usual place.
pub fn slots(item: &Item, note_type: &str) -> Vec<Slot> {
    let usual = kinds::named(&item.kind).map(|kind| kind.fields).unwrap_or_default();
    let mut seen = HashSet::new();
    let slot = |field: &ItemField| {
        if !seen.insert(field.name.clone()) {
            return Slot::Other;
        }
        let place =
            usual.iter().position(|usual| usual.label == field.name && matches!(usual.home, Home::Custom(_)));
        match (field.name.as_str(), place) {
            (NOTE_TYPE, _) if note_type != type_of(&item.kind) => Slot::Type,
            (LANGUAGE, _) => Slot::Language,
            (_, Some(place)) => Slot::Usual(place),
            _ => Slot::Other,
        }
    };
    item.fields.iter().map(slot).collect()
}

/// The text of an item as a typed note, with each of its custom fields at its slot.
pub fn write(item: &Item, note_type: &str, slots: &[Slot]) -> Secret {
    let placed = || slots.iter().zip(&item.fields);
    let at =
        |wanted: Slot| placed().find(|(slot, _)| **slot == wanted).map(|(_, field)| field.value.expose());
    let mut lines: Vec<(&str, &[u8])> = vec![(NOTE_TYPE, note_type.as_bytes())];
    lines.extend(at(Slot::Language).map(|value| (LANGUAGE, value)));
    let usual = kinds::named(&item.kind).map(|kind| kind.fields).unwrap_or_default();
    for (place, field) in usual.iter().enumerate() {
        let value = match field.home {
            Home::Username => Some(item.username.as_bytes()),
            Home::Password => item.password.as_ref().map(Secret::expose),
            Home::Url => item.urls.first().map(String::as_bytes),
            Home::Custom(_) => at(Slot::Usual(place)),
        };
        lines.push((field.label, value.unwrap_or_default()));
    }
    let others = placed().filter(|(slot, _)| **slot == Slot::Other);
    lines.extend(others.map(|(_, field)| (field.name.as_str(), field.value.expose())));
    let mut parts: Vec<&[u8]> = Vec::new();
    for (label, value) in lines {
        parts.extend([label.as_bytes(), b":", value, b"\n"]);
    }
    parts.extend([NOTES.as_bytes(), b":"]);
    let note = item.note.as_ref().map(Secret::expose).unwrap_or_default();
    // Reading takes one line break off, as the note may begin on the next line.
    if matches!(note.first(), Some(b'\n' | b'\r')) {
        parts.push(b"\n");
    }
    parts.push(note);
    Secret::concat(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Item {
        let mut item = Item::default();
        read(text, &mut item);
        item
    }

    fn fields(item: &Item) -> Vec<(&str, FieldKind, &str)> {
        let fields = item.fields.iter();
        fields.map(|field| (field.name.as_str(), field.kind, field.value.expose_str().unwrap())).collect()
    }

    fn note(item: &Item) -> &str {
        item.note.as_ref().map_or("", |note| note.expose_str().unwrap())
    }

    #[test]
    fn types_are_kinds() {
        for (at, (name, kind)) in TYPES.iter().enumerate() {
            assert!(kinds::named(kind).is_some(), "{kind}");
            assert_eq!(kind_of(name), *kind);
            assert_eq!(kind_of(type_of(kind)), *kind);
            assert!(TYPES[..at].iter().all(|(other, _)| other != name));
        }
        for kind in &kinds::KINDS {
            let is_typed = ![kinds::LOGIN, kinds::NOTE].contains(&kind.name);
            assert_eq!(kind_of(type_of(kind.name)) == kind.name, is_typed, "{}", kind.name);
        }
        assert_eq!((kind_of("visa"), kind_of("Custom_12"), kind_of("")), ("card", "custom", "custom"));
    }

    #[test]
    fn a_key_keeps_its_lines() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nabc:def\n-----END RSA PRIVATE KEY-----";
        let text = format!(
            "NoteType:SSH Key\nLanguage:en-US\nBit Strength:2048\nPassphrase:\nPrivate Key:{key}\nPublic Key:ssh-rsa \
             AAAA a@b\nDate:,,\nNotes:\nfirst\nHostname:no field"
        );
        let item = item(&text);
        assert_eq!(item.kind, "ssh-key");
        assert_eq!(fields(&item)[2], ("Private Key", FieldKind::Hidden, key));
        assert_eq!(fields(&item)[3], ("Public Key", FieldKind::Text, "ssh-rsa AAAA a@b"));
        assert_eq!((fields(&item).len(), note(&item)), (4, "first\nHostname:no field"));
        let custom = self::item(&format!("NoteType:Custom_1\nKey material:{key}\nmy pin:1\nempty:\nNotes:"));
        assert_eq!(
            fields(&custom),
            [
                ("NoteType", FieldKind::Text, "Custom_1"),
                ("Key material", FieldKind::Text, key),
                ("my pin", FieldKind::Hidden, "1"),
                ("empty", FieldKind::Text, "")
            ]
        );
    }

    #[test]
    fn no_line_is_lost() {
        let item = item(
            "NoteType:Server\r\nloose\r\nHostname:h\r\nIP:1\r\nHostname:again\r\nhttp://x\r\n\r\nUsername:u\r\nNotes: a\r\n b",
        );
        assert_eq!(
            fields(&item),
            [
                ("Text", FieldKind::Text, "loose"),
                ("Hostname", FieldKind::Text, "h"),
                ("IP", FieldKind::Text, "1"),
                ("Hostname", FieldKind::Text, "again\r\nhttp://x\r\n"),
            ]
        );
        assert_eq!((item.username.as_str(), note(&item)), ("u", " a\r\n b"));
    }

    #[test]
    fn a_hostile_note_has_few_fields() {
        let item = item(&format!("NoteType:x{}", "\na:".repeat(100_000)));
        assert_eq!(item.fields.len(), MOST_FIELDS + 1);
        assert!(self::item(&format!("NoteType:x\n{}:v", "l".repeat(MOST_LABEL + 1))).fields.len() == 2);
        assert_eq!(self::item("NoteType:").kind, "custom");
    }
}
