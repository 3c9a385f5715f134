//! NordPass: folders as rows, cards and identities in the same table, JSON in cells.

use super::super::Outcome;
use super::cell_json;
use super::draft::{Cells, Draft, folder_of};
use super::{Groups, PLAIN, Role, Table, Tables, column};
use crate::secret::Secret;
use crate::vault::kinds::FieldKind::{Date, Hidden, Text};
use crate::vault::kinds::{self, FieldKind};

/// The format; older ones have neither types, custom fields, further URLs nor PINs.
pub static NORDPASS: Tables = Tables(&[Table {
    columns: &[
        column(&["name"], Role::Title),
        column(&["url"], Role::Url),
        column(&["additional_urls"], Role::Special),
        column(&["username"], Role::Username),
        column(&["password"], Role::Password),
        column(&["note"], Role::Note),
        column(&["cardholdername"], Role::Usual("Name on Card", Text)),
        column(&["cardnumber"], Role::Usual("Number", Hidden)),
        column(&["cvc"], Role::Usual("Security Code", Hidden)),
        column(&["pin"], Role::Usual("PIN", Hidden)),
        column(&["expirydate"], Role::Usual("Expiration Date", Date)),
        column(&["zipcode"], Role::Usual("Zip / Postal Code", Text)),
        column(&["folder"], Role::Folder("/")),
        column(&["full_name"], Role::Usual("Name", Text)),
        column(&["phone_number"], Role::Usual("Phone", Text)),
        column(&["email"], Role::Usual("Email Address", Text)),
        column(&["address1"], Role::Usual("Address 1", Text)),
        column(&["address2"], Role::Usual("Address 2", Text)),
        column(&["city"], Role::Usual("City / Town", Text)),
        column(&["country"], Role::Usual("Country", Text)),
        column(&["state"], Role::Usual("State", Text)),
        column(&["type"], Role::Special),
        column(&["custom_fields"], Role::Special),
        column(&["totp", "otp"], Role::Totp),
    ],
    required: &["name", "url", "username", "password", "note", "cardholdername", "cardnumber", "folder"],
    finish: Some(finish),
    ..PLAIN
}]);

fn finish(cells: &Cells<'_>, draft: &mut Draft, _: &mut Groups) -> Option<Outcome> {
    let kind = match cells.get("type") {
        "" => guessed(cells),
        known => known,
    };
    let is_bare = cells.all().filter(|text| !text.is_empty()).count() <= 2;
    match kind {
        "folder" if is_bare => return Some(Outcome::Folder(folder_of(cells.get("name"), "/"))),
        "password" | "login" => {}
        "note" => draft.item.kind = kinds::NOTE.to_owned(),
        "credit_card" => draft.item.kind = "card".to_owned(),
        "identity" => draft.item.kind = "address".to_owned(),
        other => draft.keep_as("type", FieldKind::Text, other),
    }
    let more = cells.get("additional_urls");
    match cell_json::list(more) {
        Some(urls) => {
            let urls: Vec<Secret> = urls.into_iter().map(cell_json::text).collect();
            for url in urls.iter().filter_map(Secret::expose_str) {
                draft.put(Role::Url, "url", url);
            }
        }
        None => draft.keep_as("additional_urls", FieldKind::Text, more),
    }
    let custom = cells.get("custom_fields");
    match serde_json::from_str(custom) {
        Ok(json) => cell_json::keep(draft, "custom_fields", json, 0),
        Err(_) => draft.keep_as("custom_fields", FieldKind::Hidden, custom),
    }
    None
}

/// What a row of an older export is, which does not say.
fn guessed<'n>(cells: &Cells<'_>) -> &'n str {
    let has = |names: &[&str]| names.iter().any(|name| !cells.get(name).is_empty());
    match () {
        () if has(&["url", "username", "password"]) => "password",
        () if has(&["cardnumber", "cardholdername", "cvc"]) => "credit_card",
        () if has(&["full_name", "phone_number", "email", "address1"]) => "identity",
        () if has(&["note"]) => "note",
        () if cells.all().filter(|text| !text.is_empty()).count() == 1 && has(&["name"]) => "folder",
        () => "password",
    }
}
