//! One-time codes as authenticators export them: lists of addresses ([`uris`], with Google Authenticator's
//! [`migration`]) and the JSON of Aegis, andOTP and FreeOTP. Each code becomes an entry of its own: its issuer is
//! the title, its account the user name, and the `otpauth://` address says all that decides the codes.

pub mod aegis;
pub mod andotp;
pub mod freeotp;
pub mod migration;
pub mod sealed;
pub mod uris;

use std::fmt::Write as _;

use super::draft::Draft;
use super::json::tree::Object;
use crate::secret::Secret;

/// What an address says of a code besides its key; empty text says nothing.
#[derive(Debug, Default)]
pub struct Settings {
    /// Who runs the account.
    pub issuer: String,
    /// The account, perhaps with the issuer and a colon before it.
    pub label: String,
    /// `SHA1` and the like.
    pub algorithm: String,
    /// Length of a code.
    pub digits: String,
    /// Seconds for which a code holds.
    pub period: String,
    /// Number of the next code by counter.
    pub counter: String,
}

/// Which codes an address can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By time.
    Totp,
    /// By counter.
    Hotp,
    /// By time, in Steam's letters.
    Steam,
}

impl Kind {
    /// The kind of this name, in any case. Where nothing is said they are by time.
    fn named(name: &str) -> Option<Self> {
        let kinds = [("", Self::Totp), ("totp", Self::Totp), ("hotp", Self::Hotp), ("steam", Self::Steam)];
        kinds.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, kind)| kind)
    }
}

/// An entry of this name.
fn draft(issuer: &str, label: &str) -> Draft {
    let (title, account) = match label.split_once(':') {
        Some((before, account)) if issuer.is_empty() || issuer == before => (before, account.trim_start()),
        _ => (issuer, label),
    };
    let mut draft = Draft::default();
    draft.item.title = if title.is_empty() { account } else { title }.to_owned();
    draft.item.username = account.to_owned();
    draft
}

/// The `otpauth://` address of a code with this key in base32.
fn uri(kind: Kind, key: &Secret, settings: &Settings) -> Secret {
    let Settings { issuer, label, algorithm, digits, period, counter } = settings;
    let kind_name = if kind == Kind::Hotp { "hotp" } else { "totp" };
    let mut start = format!("otpauth://{kind_name}/");
    if !issuer.is_empty() && !label.strip_prefix(issuer.as_str()).is_some_and(|rest| rest.starts_with(':')) {
        escape(issuer, &mut start);
        start.push(':');
    }
    escape(label, &mut start);
    start.push_str("?secret=");
    let mut end = String::new();
    let algorithm = algorithm.to_ascii_uppercase();
    // Of codes by time a counter says nothing, and most write that it is 0.
    let counter = if kind != Kind::Hotp && counter == "0" { "" } else { counter };
    for (name, value) in [
        ("issuer", issuer.as_str()),
        ("algorithm", &algorithm),
        ("digits", digits),
        ("period", period),
        ("counter", counter),
        ("encoder", if kind == Kind::Steam { "steam" } else { "" }),
    ] {
        if !value.is_empty() {
            let _ = write!(end, "&{name}=");
            escape(value, &mut end);
        }
    }
    // Of a key nothing but its letters: a parameter that stands in it decides nothing.
    let mut letters = Secret::with_capacity(3 * key.len());
    for byte in key.expose().iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=') {
        let mut letter = String::new();
        escape_byte(*byte, &mut letter);
        letters.append(letter.as_bytes());
    }
    Secret::concat(&[start.as_bytes(), letters.expose(), end.as_bytes()])
}

/// Takes what decides a code out of an object and gives it to the entry. A kind that no address can say is kept
/// as fields, like the rest of such an object.
pub(super) fn add_code(
    draft: &mut Draft,
    kind: &str,
    key: Option<Secret>,
    names: [&str; 2],
    source: &mut Object<'_>,
) {
    let Some(kind) = Kind::named(kind) else {
        draft.keep_text("type", kind);
        draft.keep("secret", crate::vault::kinds::FieldKind::Hidden, key);
        return;
    };
    let algorithm = ["algo", "algorithm"].map(|name| source.text(name)).concat();
    let [issuer, label] = names.map(str::to_owned);
    let (digits, period) = (source.text("digits"), source.text("period"));
    let settings = Settings { issuer, label, algorithm, digits, period, counter: source.text("counter") };
    draft.totp("totp", key.map(|key| uri(kind, &key, &settings)));
}

/// Writes text for an address: what is not unreserved by RFC 3986, section 2.3, becomes `%XX`.
fn escape(text: &str, out: &mut String) {
    text.bytes().for_each(|byte| escape_byte(byte, out));
}

fn escape_byte(byte: u8, out: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        out.push(char::from(byte));
    } else {
        let _ = write!(out, "%{byte:02X}");
    }
}

/// The text that was written for an address. A `%` without two digits stands for itself.
pub(super) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_says_all() {
        let settings = |issuer: &str, label: &str| Settings {
            issuer: issuer.to_owned(),
            label: label.to_owned(),
            algorithm: "sha256".to_owned(),
            digits: "8".to_owned(),
            period: String::new(),
            counter: "7".to_owned(),
        };
        let uri = |settings| uri(Kind::Hotp, &Secret::copy_of(b"gezd gnbv=="), &settings);
        let expected =
            "otpauth://hotp/A%26B:ann?secret=gezdgnbv&issuer=A%26B&algorithm=SHA256&digits=8&counter=7";
        assert_eq!(uri(settings("A&B", "ann")).expose_str(), Some(expected));
        let expected = "otpauth://hotp/A%3Aann?secret=gezdgnbv&issuer=A&algorithm=SHA256&digits=8&counter=7";
        assert_eq!(uri(settings("A", "A:ann")).expose_str(), Some(expected));
        let hostile = super::uri(Kind::Totp, &Secret::copy_of(b"GE&period=1"), &Settings::default());
        assert_eq!(hostile.expose_str(), Some("otpauth://totp/?secret=GE%26period1"));
    }

    #[test]
    fn names() {
        let name = |issuer, label| {
            let item = draft(issuer, label).item;
            (item.title, item.username)
        };
        let is = |title: &str, username: &str| (title.to_owned(), username.to_owned());
        assert_eq!(name("A", "ann"), is("A", "ann"));
        assert_eq!(name("", "A: ann"), is("A", "ann"));
        assert_eq!(name("A", "A:ann"), is("A", "ann"));
        assert_eq!(name("A", "B:ann"), is("A", "B:ann"));
        assert_eq!(name("", "ann"), is("ann", "ann"));
    }

    proptest! {
        #[test]
        fn escaped_and_back(text: String) {
            let mut escaped = String::new();
            escape(&text, &mut escaped);
            prop_assert!(escaped.is_ascii());
            prop_assert_eq!(unescaped(&escaped), text);
        }
    }
}
