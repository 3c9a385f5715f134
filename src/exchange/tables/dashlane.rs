//! Dashlane: a table for each kind of entry, and an older one without a header.

use super::super::Outcome;
use super::draft::{Cells, Draft};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::vault::kinds;
use crate::vault::kinds::FieldKind::{self, Date, Hidden, Text};

/// The format.
pub static DASHLANE: Tables = Tables(&[CREDENTIALS, PAYMENTS, IDS, SECURE_NOTES, PERSONAL_INFO, HEADERLESS]);

const CREDENTIALS: Table = Table {
    columns: &[
        column(&["username"], Role::Username),
        column(&["username2"], Role::Field(Text)),
        column(&["username3"], Role::Field(Text)),
        column(&["title"], Role::Title),
        column(&["password"], Role::Password),
        column(&["note"], Role::Note),
        column(&["url"], Role::Url),
        column(&["category"], Role::Folder("")),
        column(&["otpUrl", "otpSecret", "otp"], Role::Totp),
    ],
    required: &["username", "username2", "title", "password", "note", "url"],
    ..PLAIN
};

const PAYMENTS: Table = Table {
    columns: &[
        column(&["type"], Role::Special),
        column(&["account_name"], Role::Special),
        column(&["account_holder"], Role::Special),
        column(&["cc_number"], Role::Usual("Number", Hidden)),
        column(&["code"], Role::Usual("Security Code", Hidden)),
        column(&["expiration_month"], Role::Special),
        column(&["expiration_year"], Role::Special),
        column(&["routing_number"], Role::Usual("Routing Number", Text)),
        column(&["account_number"], Role::Usual("Account Number", Hidden)),
        column(&["country"], Role::Usual("Country", Text)),
        column(&["issuing_bank"], Role::Usual("Bank Name", Text)),
        column(&["note"], Role::Note),
        column(&["name"], Role::Title),
    ],
    required: &["type", "account_name", "account_holder", "cc_number", "account_number"],
    finish: Some(payment),
    ..PLAIN
};

fn payment(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let (holder, name) = (cells.get("account_holder"), cells.get("account_name"));
    let is_card = !matches!(cells.get("type"), "bank") && cells.get("account_number").is_empty();
    draft.item.kind = if is_card { "card" } else { "bank-account" }.to_owned();
    let is_known = matches!(cells.get("type"), "payment_card" | "credit_card" | "card" | "bank");
    if !is_known {
        draft.keep_as("type", FieldKind::Text, cells.get("type"));
    }
    for (label, value) in [("Name on Card", holder), ("account_name", name)] {
        let label = match (is_card, holder.is_empty()) {
            (true, true) => "Name on Card",
            (false, _) if label == "Name on Card" => "account_holder",
            _ => label,
        };
        draft.put(Role::Usual(label, FieldKind::Text), label, value);
    }
    draft.item.fields.retain(|field| !field.value.is_empty());
    let (month, year) = (cells.get("expiration_month"), cells.get("expiration_year"));
    let both =
        if month.is_empty() || year.is_empty() { [year, month].concat() } else { format!("{year}-{month}") };
    if !both.is_empty() {
        draft.item.push_field("Expiration Date", FieldKind::Date, &both);
    }
    if draft.item.title.is_empty() {
        draft.item.title =
            [name, cells.get("issuing_bank")].into_iter().find(|text| !text.is_empty())?.to_owned();
    }
    None
}

const IDS: Table = Table {
    columns: &[
        column(&["type"], Role::Special),
        column(&["number"], Role::Usual("Number", Hidden)),
        column(&["name"], Role::Usual("Name", Text)),
        column(&["issue_date"], Role::Usual("Issued Date", Date)),
        column(&["expiration_date"], Role::Usual("Expiration Date", Date)),
        column(&["place_of_issue"], Role::Usual("Place of Issue", Text)),
        column(&["state"], Role::Usual("State", Text)),
    ],
    required: &["type", "number", "name", "issue_date", "expiration_date"],
    finish: Some(identity_paper),
    ..PLAIN
};

fn identity_paper(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let kind = cells.get("type");
    draft.item.kind = match kind {
        "passport" => "passport",
        "license" | "driver_license" | "drivers_license" => "drivers-license",
        "social_security" => "social-security",
        _ => kinds::CUSTOM,
    }
    .to_owned();
    if draft.item.kind == kinds::CUSTOM {
        draft.keep_as("type", FieldKind::Text, kind);
    }
    let title = [kind, cells.get("name")].into_iter().filter(|text| !text.is_empty());
    draft.item.title = title.collect::<Vec<_>>().join(" ");
    None
}

const SECURE_NOTES: Table = Table {
    columns: &[
        column(&["title"], Role::Title),
        column(&["note"], Role::Note),
        column(&["category"], Role::Folder("")),
    ],
    required: &["title", "note"],
    finish: Some(secure_note),
    ..PLAIN
};

fn secure_note(_: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    draft.item.kind = kinds::NOTE.to_owned();
    None
}

const PERSONAL_INFO: Table = Table {
    columns: &[
        column(&["type"], Role::Field(Text)),
        column(&["title"], Role::Usual("Title", Text)),
        column(&["first_name"], Role::Usual("First Name", Text)),
        column(&["middle_name"], Role::Usual("Middle Name", Text)),
        column(&["last_name"], Role::Usual("Last Name", Text)),
        column(&["login"], Role::Username),
        column(&["date_of_birth"], Role::Usual("Birthday", Date)),
        column(&["place_of_birth"], Role::Field(Text)),
        column(&["email"], Role::Usual("Email Address", Text)),
        column(&["email_type"], Role::Field(Text)),
        column(&["item_name"], Role::Title),
        column(&["phone_number"], Role::Usual("Phone", Text)),
        column(&["address"], Role::Usual("Address 1", Text)),
        column(&["country"], Role::Usual("Country", Text)),
        column(&["state"], Role::Usual("State", Text)),
        column(&["city"], Role::Usual("City / Town", Text)),
        column(&["zip"], Role::Usual("Zip / Postal Code", Text)),
        column(&["url"], Role::Url),
    ],
    required: &["type", "first_name", "last_name", "date_of_birth", "item_name"],
    open: true,
    finish: Some(personal_info),
    ..PLAIN
};

fn personal_info(_: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    draft.item.kind = "address".to_owned();
    None
}

/// As it was long ago.
const HEADERLESS: Table = Table {
    columns: &[
        column(&["title"], Role::Title),
        column(&["url"], Role::Url),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["note"], Role::Note),
    ],
    required: &["title"],
    headerless: true,
    ..PLAIN
};
