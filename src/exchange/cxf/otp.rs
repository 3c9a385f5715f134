//! One-time codes: CXF keeps the parts that an entry has as a URI.

use serde::Serialize;
use url::Url;

use super::super::draft::Draft;
use super::super::json::tree::Object;
use crate::secret::Secret;

/// A `totp` credential.
#[derive(Serialize)]
pub struct Totp {
    r#type: &'static str,
    secret: String,
    period: u32,
    digits: u8,
    algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
}

const PERIOD: u32 = 30;
const DIGITS: u8 = 6;
const ALGORITHM: &str = "sha1";

impl Totp {
    /// The parts of an `otpauth://totp/` URI, or of a bare secret in base 32; none of anything else.
    pub fn of(text: &str) -> Option<Self> {
        let mut totp = Self {
            r#type: "totp",
            secret: String::new(),
            period: PERIOD,
            digits: DIGITS,
            algorithm: ALGORITHM.to_owned(),
            username: None,
            issuer: None,
        };
        if !text.contains(':') {
            totp.secret = text.to_owned();
            return is_base32(text).then_some(totp);
        }
        let url = Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "otpauth" && url.host_str() == Some("totp"))?;
        for (key, value) in url.query_pairs() {
            match &*key {
                "secret" => totp.secret = value.into_owned(),
                "period" => totp.period = value.parse().ok()?,
                "digits" => totp.digits = value.parse().ok()?,
                "algorithm" => totp.algorithm = value.to_ascii_lowercase(),
                "issuer" => totp.issuer = Some(value.into_owned()),
                _ => {}
            }
        }
        let pair =
            format!("label={}", url.path().trim_start_matches('/').replace('+', "%2B").replace('&', "%26"));
        let label = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, label)| label.into_owned());
        let label = label.unwrap_or_default();
        let name = label.split_once(':').map_or(label.as_str(), |(_, name)| name).trim();
        totp.username = Some(name.to_owned()).filter(|name| !name.is_empty());
        is_base32(&totp.secret).then_some(totp)
    }
}

fn is_base32(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'2'..=b'7' | b'=' | b' ' | b'-');
    !text.is_empty() && text.bytes().all(is_digit)
}

/// Takes the parts out of a credential: a bare secret where nothing else is said, else a URI.
pub fn take(credential: &mut Object<'_>, draft: &mut Draft) {
    let Some(secret) = credential.secret("secret") else { return };
    let (period, digits) = (credential.text("period"), credential.text("digits"));
    let algorithm = credential.text("algorithm");
    let (username, issuer) = (credential.text("username"), credential.text("issuer"));
    let is_usual = |text: &str, usual: &str| text.is_empty() || text.eq_ignore_ascii_case(usual);
    let is_bare = is_usual(&period, &PERIOD.to_string())
        && is_usual(&digits, &DIGITS.to_string())
        && is_usual(&algorithm, ALGORITHM)
        && username.is_empty()
        && issuer.is_empty();
    if is_bare {
        return draft.totp("totp", Some(secret));
    }
    let label = if issuer.is_empty() { username } else { format!("{issuer}:{username}") };
    let Ok(mut url) = Url::parse("otpauth://totp/") else { return };
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&label);
    }
    let pairs = [
        ("secret", secret.expose_str().unwrap_or_default()),
        ("issuer", &issuer),
        ("algorithm", &algorithm.to_ascii_uppercase()),
        ("digits", &digits),
        ("period", &period),
    ];
    url.query_pairs_mut().extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    draft.totp("totp", Some(Secret::from_text(url.into())));
}
