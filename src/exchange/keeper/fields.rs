//! The fields of Keeper's records: `$type:label:number` and a text, a number, an object of parts, or a list of
//! these; in older exports a label and a text.

use super::super::draft::Draft;
use super::super::json::tree::{Object, any, is_nothing, list, plain, text_of};
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::kinds::FieldKind;

const TEXT: FieldKind = FieldKind::Text;
const HIDDEN: FieldKind = FieldKind::Hidden;
const DATE: FieldKind = FieldKind::Date;

/// Label of a one-time code in older exports.
const OLD_CODE: &str = "TFC:Keeper";

/// A day in milliseconds.
const DAY: u64 = 24 * 3600 * 1000;

/// Parts of values that are objects: type, part, label, kind.
#[rustfmt::skip] // a table
const PARTS: [(&str, &str, &str, FieldKind); 20] = [
    ("host", "hostName", "Hostname", TEXT), ("host", "port", "Port", TEXT),
    ("name", "first", "First Name", TEXT), ("name", "middle", "Middle Name", TEXT),
    ("name", "last", "Last Name", TEXT),
    ("address", "street1", "Address 1", TEXT), ("address", "street2", "Address 2", TEXT),
    ("address", "city", "City / Town", TEXT), ("address", "state", "State", TEXT),
    ("address", "zip", "Zip / Postal Code", TEXT), ("address", "country", "Country", TEXT),
    ("paymentCard", "cardNumber", "Number", HIDDEN), ("paymentCard", "cardSecurityCode", "Security Code", HIDDEN),
    ("paymentCard", "cardExpirationDate", "Expiration Date", DATE),
    ("bankAccount", "accountType", "Account Type", TEXT), ("bankAccount", "routingNumber", "Routing Number", TEXT),
    ("bankAccount", "accountNumber", "Account Number", HIDDEN),
    ("keyPair", "publicKey", "Public Key", TEXT), ("keyPair", "privateKey", "Private Key", HIDDEN),
    ("phone", "number", "Phone", TEXT),
];

/// Values of one part: type, label in Keeper's templates, label here, kind.
#[rustfmt::skip] // a table
const FIELDS: [(&str, &str, &str, FieldKind); 14] = [
    ("text", "cardholderName", "Name on Card", TEXT), ("text", "company", "Company", TEXT),
    ("text", "type", "Type", TEXT), ("date", "dateIssued", "Issued Date", DATE),
    ("accountNumber", "passportNumber", "Number", HIDDEN), ("accountNumber", "dlNumber", "Number", HIDDEN),
    ("accountNumber", "identityNumber", "Number", HIDDEN), ("licenseNumber", "", "License Key", HIDDEN),
    ("birthDate", "", "Date of Birth", DATE), ("expirationDate", "", "Expiration Date", DATE),
    ("password", "passphrase", "Passphrase", HIDDEN), ("date", "", "Date", DATE), ("email", "", "Email Address", TEXT), ("pinCode", "", "PIN", HIDDEN),
];

/// Adds what stands under a key.
pub fn add(key: &str, json: &str, draft: &mut Draft) {
    let (kind, label) = match key.strip_prefix('$') {
        Some(rest) => rest.split_once(':').map_or((rest, ""), |(kind, label)| (kind, unnumbered(label))),
        None if key == OLD_CODE => ("oneTimeCode", ""),
        None => ("text", key),
    };
    match list(json) {
        Some(values) => values.into_iter().for_each(|value| add_value(kind, label, value, draft)),
        None => add_value(kind, label, json, draft),
    }
}

/// A label without the number that tells it from others of the same name.
fn unnumbered(label: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    label.rsplit_once(':').filter(|(_, number)| is_number(number)).map_or(label, |(label, _)| label)
}

fn add_value(kind: &str, label: &str, json: &str, draft: &mut Draft) {
    if is_nothing(json) {
        return;
    }
    if let Ok(parts) = Object::read(json) {
        return add_parts(kind, label, parts, draft);
    }
    let name = if label.is_empty() { kind } else { label };
    let value = plain(json).unwrap_or_else(|| any(json));
    match kind {
        "oneTimeCode" => draft.totp(name, Some(value)),
        "url" if label.is_empty() => draft.url(text_of(&value)),
        "url" => draft.field(name, FieldKind::Url, value),
        "login" => draft.username(name, Some(value)),
        "password" if label.is_empty() => draft.password(name, Some(value)),
        "note" if draft.item.note.is_none() => draft.item.note = Some(value),
        _ => {
            let known = FIELDS.iter().find(|(known, in_keeper, ..)| (*known, *in_keeper) == (kind, label));
            let (name, field_kind) = match known {
                Some((.., name, kind)) => (*name, *kind),
                None if kind == "accountNumber" && label.is_empty() => account_number(&draft.item.kind),
                None => (name, kind_of(kind)),
            };
            let value = if field_kind == DATE { date(json).unwrap_or(value) } else { value };
            draft.field(name, field_kind, value);
        }
    }
}

fn add_parts(kind: &str, label: &str, mut parts: Object<'_>, draft: &mut Draft) {
    if kind == "securityQuestion" {
        let (question, answer) = (parts.text("question"), parts.secret("answer"));
        draft.field(&question, FieldKind::Question, answer.unwrap_or_else(|| Secret::with_capacity(0)));
    }
    if kind == "passkey" {
        // As it stands: what signs in is not to be taken apart.
        let json = parts.rest().map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key)));
        let json = json.collect::<Vec<_>>().join(",");
        return draft.item.passkeys.push(Secret::from_text(format!("{{{json}}}")));
    }
    let named = |name: &str| if label.is_empty() { name.to_owned() } else { format!("{label}: {name}") };
    for (_, part, name, field_kind) in PARTS.iter().filter(|(known, ..)| *known == kind) {
        draft.usual(&named(name), *field_kind, parts.secret(part));
    }
    let path = if label.is_empty() { kind } else { label };
    draft.keep_rest(path, parts);
}

/// What an account number is called in an entry of this kind.
fn account_number(kind: &str) -> (&'static str, FieldKind) {
    match kind {
        "membership" => ("Membership Number", TEXT),
        "health-insurance" => ("Policy Number", HIDDEN),
        "passport" | "drivers-license" | "social-security" => ("Number", HIDDEN),
        _ => ("Account Number", HIDDEN),
    }
}

fn kind_of(kind: &str) -> FieldKind {
    match kind {
        "text" | "multiline" | "email" | "phone" | "accountType" | "groupNumber" => TEXT,
        "date" | "birthDate" | "expirationDate" => DATE,
        _ => HIDDEN,
    }
}

/// Milliseconds since 1970: a day where they are one in UTC, else the moment, whose day depends on where one is.
fn date(json: &str) -> Option<Secret> {
    let time: u64 = json.parse().ok()?;
    let text = if time.is_multiple_of(DAY) { Timestamp(time).day() } else { Timestamp(time).to_string() };
    // Further away than a moment can be written it stays a number.
    (Timestamp::parse(&Timestamp(time).to_string()) == Some(Timestamp(time))).then(|| Secret::from_text(text))
}
