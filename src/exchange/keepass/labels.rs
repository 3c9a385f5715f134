//! Labels of custom fields for what KeePass knows about an entry and this program does not: the importer
//! makes such fields where something is not the default, the exporter puts them back in their place.

use super::super::{base64, carried};
use super::earlier;

/// The number of one of KeePass's own pictures.
pub const ICON: &str = "KeePass icon";
/// A picture, as a data URI.
pub const ICON_IMAGE: &str = "KeePass icon image";
/// Keystrokes for a window, whose title follows.
pub const AUTO_TYPE_FOR: &str = "KeePass auto-type for ";
/// What a program has added, whose key follows.
pub const CUSTOM_DATA: &str = "KeePass data ";
/// An element of a later version, whose name follows.
pub const OTHER: &str = "KeePass ";

/// An element of an entry, its label, and its default beside emptiness.
pub const ELEMENTS: [(&str, &str, &str); 5] = [
    ("IconID", ICON, "0"),
    ("ForegroundColor", "KeePass foreground colour", ""),
    ("BackgroundColor", "KeePass background colour", ""),
    ("OverrideURL", "KeePass override URL", ""),
    ("QualityCheck", "KeePass quality check", "True"),
];

/// The same for what stands within `AutoType`.
pub const AUTO_TYPE: [(&str, &str, &str); 3] = [
    ("Enabled", "KeePass auto-type", "True"),
    ("DataTransferObfuscation", "KeePass auto-type obfuscation", "0"),
    ("DefaultSequence", "KeePass auto-type sequence", ""),
];

/// The label for what is not the default.
fn of(table: &[(&str, &'static str, &str)], name: &str, value: &[u8]) -> Option<Option<&'static str>> {
    let (_, label, default) = table.iter().find(|(element, ..)| *element == name)?;
    let is_default = value.is_empty() || value.eq_ignore_ascii_case(default.as_bytes());
    Some(Some(*label).filter(|_| !is_default))
}

/// The label for an element of an entry, unless it holds the default.
pub fn of_element(name: &str, value: &[u8]) -> Option<String> {
    match of(&ELEMENTS, name, value) {
        Some(label) => label.map(str::to_owned),
        None => Some(format!("{OTHER}{name}")).filter(|_| !value.trim_ascii().is_empty()),
    }
}

/// The same for an element within `AutoType`.
pub fn of_auto_type(name: &str, value: &[u8]) -> Option<&'static str> {
    of(&AUTO_TYPE, name, value).flatten()
}

/// The picture that a data URI holds, in base 64.
pub fn picture(uri: &[u8]) -> Option<&[u8]> {
    let data = uri.strip_prefix(b"data:image/png;base64,").filter(|data| !data.is_empty())?;
    base64::decode(data).map(|_| data)
}

/// The element of an entry, or of its `AutoType`, that a label stands for.
pub fn element_of(table: &'static [(&str, &str, &str)], label: &str) -> Option<&'static str> {
    table.iter().find(|(_, known, _)| *known == label).map(|(element, ..)| *element)
}

/// Whether the exporter puts a field of this label and value in a place of its own. A value that others would
/// stumble over stays a custom field.
pub fn has_place(label: &str, value: &[u8]) -> bool {
    if let Some(key) = label.strip_prefix(CUSTOM_DATA) {
        return !matches!(key, "" | carried::NAME | earlier::TIMES_KEY | "_LAST_MODIFIED");
    }
    let is_truth = || matches!(value, b"True" | b"False");
    match element_of(&ELEMENTS, label).or(element_of(&AUTO_TYPE, label)) {
        Some("IconID") => value.len() < 3 && !value.is_empty() && value.iter().all(u8::is_ascii_digit),
        Some("ForegroundColor" | "BackgroundColor") => {
            let digits = value.strip_prefix(b"#").unwrap_or_default();
            digits.len() == 6 && digits.iter().all(u8::is_ascii_hexdigit)
        }
        Some("QualityCheck" | "Enabled") => is_truth(),
        Some("DataTransferObfuscation") => matches!(value, b"0" | b"1"),
        Some(_) => true,
        None => label.starts_with(AUTO_TYPE_FOR) || label == ICON_IMAGE && picture(value).is_some(),
    }
}
