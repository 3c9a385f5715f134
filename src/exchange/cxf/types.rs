//! Where the members of CXF's typed credentials live in an entry: one table for reading and writing.

use crate::vault::kinds::FieldKind;

/// A type of credential.
pub struct CredentialType {
    /// Its name.
    pub name: &'static str,
    /// Public name of our kind.
    pub kind: &'static str,
    /// Members that are custom fields here: key, label, kind.
    pub members: &'static [(&'static str, &'static str, FieldKind)],
    /// The member that is the entry's password.
    pub password: Option<&'static str>,
    /// Whether an entry of the kind is written as this.
    pub is_written: bool,
}

const TEXT: FieldKind = FieldKind::Text;
const HIDDEN: FieldKind = FieldKind::Hidden;
const DATE: FieldKind = FieldKind::Date;

/// The types, but for those that have no members of this sort.
#[rustfmt::skip] // a table
pub static TYPES: [CredentialType; 9] = [
    CredentialType { name: "credit-card", kind: "card", password: None, is_written: true, members: &[
        ("number", "Number", HIDDEN), ("fullName", "Name on Card", TEXT), ("cardType", "Type", TEXT),
        ("verificationNumber", "Security Code", HIDDEN), ("pin", "PIN", HIDDEN), ("expiryDate", "Expiration Date", DATE),
        ("validFrom", "Start Date", DATE),
    ] },
    CredentialType { name: "address", kind: "address", password: None, is_written: true, members: &[
        ("streetAddress", "Address 1", TEXT), ("postalCode", "Zip / Postal Code", TEXT), ("city", "City / Town", TEXT),
        ("territory", "State", TEXT), ("country", "Country", TEXT), ("tel", "Phone", TEXT),
    ] },
    CredentialType { name: "person-name", kind: "identity", password: None, is_written: true, members: &[
        ("title", "Title", TEXT), ("given", "First Name", TEXT), ("given2", "Middle Name", TEXT), ("surname", "Last Name", TEXT),
    ] },
    CredentialType { name: "wifi", kind: "wifi", password: Some("passphrase"), is_written: true, members: &[
        ("ssid", "SSID", TEXT), ("networkSecurityType", "Encryption", TEXT),
    ] },
    CredentialType { name: "api-key", kind: "api-key", password: None, is_written: true, members: &[
        ("key", "Key", HIDDEN), ("keyType", "Type", TEXT), ("validFrom", "Start Date", DATE),
        ("expiryDate", "Expiration Date", DATE),
    ] },
    CredentialType { name: "drivers-license", kind: "drivers-license", password: None, is_written: true, members: &[
        ("licenseNumber", "Number", HIDDEN), ("fullName", "Name", TEXT), ("birthDate", "Date of Birth", DATE),
        ("expiryDate", "Expiration Date", DATE), ("territory", "State", TEXT), ("country", "Country", TEXT),
        ("licenseClass", "License Class", TEXT),
    ] },
    CredentialType { name: "passport", kind: "passport", password: None, is_written: true, members: &[
        ("passportNumber", "Number", HIDDEN), ("passportType", "Type", TEXT), ("issuingCountry", "Country", TEXT),
        ("fullName", "Name", TEXT), ("sex", "Sex", TEXT), ("nationality", "Nationality", TEXT),
        ("birthDate", "Date of Birth", DATE), ("issueDate", "Issued Date", DATE), ("expiryDate", "Expiration Date", DATE),
    ] },
    CredentialType { name: "identity-document", kind: "custom", password: None, is_written: false, members: &[
        ("documentNumber", "Number", HIDDEN), ("fullName", "Name", TEXT), ("birthDate", "Date of Birth", DATE),
        ("issueDate", "Issued Date", DATE), ("expiryDate", "Expiration Date", DATE),
    ] },
    // A private key here is text as ssh-keygen writes it, which CXF's is not: only read.
    CredentialType { name: "ssh-key", kind: "ssh-key", password: None, is_written: false, members: &[
        ("keyType", "Format", TEXT), ("privateKey", "Private Key", HIDDEN), ("keyComment", "Comment", TEXT),
        ("creationDate", "Date", DATE),
    ] },
];

/// The kind of a custom field of this type.
pub fn field_kind(field_type: &str) -> FieldKind {
    match field_type {
        "concealed-string" => HIDDEN,
        "date" | "year-month" => DATE,
        _ => TEXT,
    }
}

/// The type of a custom field of this kind and value.
pub fn field_type(kind: FieldKind, value: &str) -> &'static str {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let lengths: Vec<usize> = value.split('-').filter(|part| is_digits(part)).map(str::len).collect();
    match (kind, lengths.as_slice()) {
        (FieldKind::Date, [4, 2, 2]) => "date",
        (FieldKind::Date, [4, 2]) => "year-month",
        (kind, _) if kind.is_secret() => "concealed-string",
        _ => "string",
    }
}
