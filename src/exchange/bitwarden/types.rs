//! Where the members of Bitwarden's typed items live in an entry: one table for reading and writing.

use crate::vault::kinds::FieldKind;

/// A type of item.
pub struct ItemType {
    /// Its number.
    pub number: i64,
    /// Public name of our kind.
    pub kind: &'static str,
    /// The key of the object with its members.
    pub key: &'static str,
    /// Members that are custom fields here: key, label, kind.
    pub members: &'static [(&'static str, &'static str, FieldKind)],
}

const TEXT: FieldKind = FieldKind::Text;
const HIDDEN: FieldKind = FieldKind::Hidden;

/// Label of a card's expiry, which Bitwarden keeps as month and year.
pub const EXPIRY: &str = "Expiration Date";

/// The types, but for logins (1) and notes (2), which have no members of this sort.
#[rustfmt::skip] // a table
pub static TYPES: [ItemType; 3] = [
    ItemType { number: 3, kind: "card", key: "card", members: &[
        ("cardholderName", "Name on Card", TEXT), ("brand", "Type", TEXT), ("number", "Number", HIDDEN),
        ("code", "Security Code", HIDDEN),
    ] },
    ItemType { number: 4, kind: "identity", key: "identity", members: &[
        ("title", "Title", TEXT), ("firstName", "First Name", TEXT), ("middleName", "Middle Name", TEXT),
        ("lastName", "Last Name", TEXT), ("company", "Company", TEXT), ("address1", "Address 1", TEXT),
        ("address2", "Address 2", TEXT), ("address3", "Address 3", TEXT), ("city", "City / Town", TEXT),
        ("state", "State", TEXT), ("postalCode", "Zip / Postal Code", TEXT), ("country", "Country", TEXT),
        ("email", "Email Address", TEXT), ("phone", "Phone", TEXT), ("ssn", "Social Security Number", HIDDEN),
        ("passportNumber", "Passport Number", HIDDEN), ("licenseNumber", "License Number", HIDDEN),
    ] },
    ItemType { number: 5, kind: "ssh-key", key: "sshKey", members: &[
        ("privateKey", "Private Key", HIDDEN), ("publicKey", "Public Key", TEXT),
        ("keyFingerprint", "Fingerprint", TEXT),
    ] },
];

/// `YYYY-MM` of a card's month and year; nothing where they are not that.
pub fn expiry(month: &str, year: &str) -> Option<String> {
    let month: u8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let is_year = year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit());
    is_year.then(|| format!("{year}-{month:02}"))
}

/// Month and year of what [`expiry`] makes, and of nothing else.
pub fn month_and_year(text: &str) -> Option<(String, String)> {
    let (year, month) = text.split_once('-')?;
    let month = month.strip_prefix('0').unwrap_or(month);
    (expiry(month, year)?.as_str() == text).then(|| (month.to_owned(), year.to_owned()))
}
