//! What was given to the site when the account was made: e-mail address and phone number. They are custom
//! fields with well-known labels, which is how they come from other managers and survive in all formats.

use crate::vault::Entry;
use crate::vault::entry::Value;

/// The label of the field that holds the e-mail address, as this program writes it.
pub const EMAIL: &str = "Recovery e-mail";
/// The label of the field that holds the phone number.
pub const PHONE: &str = "Recovery phone";

/// Labels in lower case that mean the same, the first that an entry has counting.
const EMAILS: [&str; 5] = ["recovery e-mail", "recovery email", "e-mail", "email", "email address"];
const PHONES: [&str; 5] = ["recovery phone", "phone", "phone number", "mobile phone", "mobile"];

/// The e-mail address that is written down for an account.
pub fn email<'v>(entry: &Entry<'v>) -> Option<&'v str> {
    labelled(entry, &EMAILS)
}

/// The phone number that is written down for an account.
pub fn phone<'v>(entry: &Entry<'v>) -> Option<&'v str> {
    labelled(entry, &PHONES)
}

/// An e-mail address in its parts: who, and at which domain.
pub fn address(text: &str) -> Option<(&str, &str)> {
    let (who, domain) = text.trim().rsplit_once('@')?;
    let is_domain = domain.contains('.') && !domain.contains(char::is_whitespace);
    (!who.is_empty() && is_domain).then_some((who, domain))
}

fn labelled<'v>(entry: &Entry<'v>, labels: &[&str]) -> Option<&'v str> {
    let fields = entry.fields();
    labels.iter().find_map(|label| {
        fields.iter().find_map(|field| match field.value {
            Value::Text(text) if !text.is_empty() && field.label.to_lowercase() == *label => Some(text),
            _ => None,
        })
    })
}
