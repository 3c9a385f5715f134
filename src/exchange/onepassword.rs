//! 1Password's own exports: 1PUX, a zip of JSON and files, and 1PIF, JSON line by line. What both share is here:
//! sections of fields, and where those of each category live.
//!
//! Of an item nothing is dropped but how it was laid out (ids and order of fields, keyboards, strength meters).

pub mod categories;
pub mod pif;
pub mod pux;

use super::draft::Draft;
use super::json::tree::{Object, any, is_nothing, plain, text_of};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::Id;
use crate::vault::kinds::FieldKind;
use categories::Home;

/// A moment of so many seconds since 1970.
fn seconds(number: i64) -> Option<Timestamp> {
    u64::try_from(number).ok().map(Timestamp::from_seconds)
}

/// The day of such a moment.
fn day(json: &str) -> Option<Secret> {
    let time = seconds(json.parse().ok()?)?.to_string();
    time.get(..10).map(|day| Secret::copy_of(day.as_bytes()))
}

/// `202706` as `2027-06`.
fn month(json: &str) -> Option<Secret> {
    let (year, month) = json.trim_matches('"').split_at_checked(4)?;
    let is_month = month.len() == 2 && year.bytes().chain(month.bytes()).all(|digit| digit.is_ascii_digit());
    is_month.then(|| Secret::from_text(format!("{year}-{month}")))
}

/// An id of 16 bytes: 26 digits of base 32 in small letters (1PUX), or 32 hexadecimal ones (1PIF).
fn id(text: &str) -> Option<Id> {
    if text.len() == 32 {
        return text.parse().ok();
    }
    let mut bits = 0_u128;
    let (last, digits) = text.as_bytes().split_last().filter(|_| text.len() == 26)?;
    let value = |digit: u8| match digit {
        b'a'..=b'z' => Some(u128::from(digit - b'a')),
        b'2'..=b'7' => Some(u128::from(digit - b'2' + 26)),
        _ => None,
    };
    for digit in digits {
        bits = bits << 5 | value(*digit)?;
    }
    // 130 bits for 128: two of the last digit say nothing.
    Some(Id((bits << 3 | value(*last)? >> 2).to_be_bytes()))
}

/// The values of an object in one line: a postal address.
fn joined(json: &str) -> Option<Secret> {
    let mut object = Object::read(json).ok()?;
    let usual = ["street", "city", "zip", "state", "country"].map(|key| object.secret(key));
    let others = object.rest().filter(|(_, value)| !is_nothing(value)).map(|(_, value)| any(value));
    let values: Vec<Secret> = usual.into_iter().flatten().chain(others).collect();
    let commas = std::iter::once(&b""[..]).chain(std::iter::repeat(&b", "[..]));
    let parts: Vec<&[u8]> = commas.zip(&values).flat_map(|(comma, value)| [comma, value.expose()]).collect();
    Some(Secret::concat(&parts)).filter(|text| !text.is_empty())
}

/// A value of a field in a section, by what it is called there.
fn value(kind: &str, json: &str) -> (FieldKind, Option<Secret>) {
    let text = || plain(json).filter(|text| !text.is_empty());
    match kind {
        "concealed" | "creditCardNumber" | "pin" => (FieldKind::Hidden, text()),
        "totp" => (FieldKind::Totp, text()),
        "date" => (FieldKind::Date, day(json).or_else(text)),
        "monthYear" => (FieldKind::Date, month(json).or_else(text)),
        "url" | "URL" => (FieldKind::Url, text()),
        "string" | "phone" | "menu" | "gender" | "creditCardType" | "cctype" | "reference" | "email"
        | "address" => (FieldKind::Text, text().or_else(|| joined(json))),
        _ => (FieldKind::Hidden, Some(any(json)).filter(|_| !is_nothing(json))),
    }
}

/// Puts a field where its category has it, or among the custom fields.
fn add(
    draft: &mut Draft,
    category: &str,
    section: &str,
    id: &str,
    title: &str,
    kind: FieldKind,
    value: Secret,
) {
    let name = match (section, if title.is_empty() { id } else { title }) {
        ("", name) => name.to_owned(),
        (section, name) => format!("{section}: {name}"),
    };
    match categories::home(category, id) {
        Some(Home::Username) => draft.username(&name, Some(value)),
        Some(Home::Password) => draft.password(&name, Some(value)),
        Some(Home::Field(label)) => draft.field(label, kind, value),
        None if kind == FieldKind::Totp => draft.totp(&name, Some(value)),
        None => draft.field(&name, kind, value),
    }
}

/// Adds the fields of a web form.
fn add_form(draft: &mut Draft, fields: Vec<Object<'_>>) {
    for mut field in fields {
        let (designation, name, kind) =
            (field.text("designation"), field.text("name"), field.text("fieldType"));
        let kind = if kind.is_empty() { field.text("type") } else { kind };
        let id = field.text("id");
        let value = field.secret("value");
        match designation.as_str() {
            "username" => draft.username("username", value),
            "password" => draft.password("password", value),
            _ => {
                let kind = if kind == "P" { FieldKind::Hidden } else { FieldKind::Text };
                draft.usual(if name.is_empty() { &id } else { &name }, kind, value);
            }
        }
        draft.keep_rest("field", field);
    }
}

/// Adds passwords that were replaced.
fn add_history(draft: &mut Draft, history: Vec<Object<'_>>) {
    for mut past in history {
        let time = past.number("time").and_then(seconds);
        draft.past_password(past.secret("value"), time);
        draft.keep_rest("passwordHistory", past);
    }
    draft.sort_history();
}

/// The name of a section, unless it only repeats the category.
fn section_name(section: &mut Object<'_>) -> String {
    section.take("name");
    let title = section.secret("title").as_ref().map(text_of).unwrap_or_default();
    if title == "Credit Card Fields" { String::new() } else { title }
}
