//! One-time codes as KeePass's world spells them: an `otp` URI (KeePassXC, KeeWeb, Strongbox), KeeOtp's
//! `key=...&step=...`, `TOTP Seed` and `TOTP Settings` (Tray TOTP, older KeePassXC), `TimeOtp-*` and
//! `HmacOtp-*` (KeePass itself). Each becomes the text that [`crate::vault::item::Item::totp`] takes.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::super::base32;
use super::entry::Entry;
use super::xml::decoded;
use crate::secret::Secret;

/// The name under which KeePassXC and most others keep a URI.
pub const OTP: &str = "otp";
const SEED: &str = "TOTP Seed";
const SETTINGS: &str = "TOTP Settings";
/// Each of KeePass's own spellings of a secret, behind `TimeOtp-Secret` or `HmacOtp-Secret`.
const SPELLINGS: [&str; 4] = ["", "-Hex", "-Base32", "-Base64"];

/// What beside the key decides the codes; what is empty is the default.
#[derive(Default)]
struct Settings<'e> {
    algorithm: &'e str,
    digits: &'e str,
    period: &'e str,
    counter: Option<&'e str>,
}

/// Whether a text of this name belongs to a one-time code.
pub fn is_code(name: &str) -> bool {
    [OTP, SEED, SETTINGS].contains(&name) || name.starts_with("TimeOtp-") || name.starts_with("HmacOtp-")
}

/// The one-time code of an entry, and the names of the texts that are wholly in it.
pub fn read(entry: &Entry) -> (Option<Secret>, Vec<&str>) {
    [of_uri, of_seed, of_keepass].iter().find_map(|read| read(entry)).map_or((None, Vec::new()), |found| {
        let (code, taken) = found;
        (Some(code), taken)
    })
}

type Found<'e> = Option<(Secret, Vec<&'e str>)>;

fn given<'e>(entry: &'e Entry, name: &str) -> Option<&'e str> {
    entry.string(name).and_then(Secret::expose_str).map(str::trim).filter(|text| !text.is_empty())
}

fn of_uri(entry: &Entry) -> Found<'_> {
    let text = given(entry, OTP)?;
    let part = |name: &str| {
        let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let code = match part("key") {
        // KeeOtp.
        Some(key) if !text.contains("://") => {
            let by_counter = part("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hotp"));
            let settings = Settings {
                algorithm: part("otpHashMode").unwrap_or_default(),
                digits: part("size").unwrap_or_default(),
                period: part("step").unwrap_or_default(),
                counter: by_counter.then(|| part("counter").unwrap_or("0")),
            };
            let key = Zeroizing::new(key.replace("%3d", "").replace("%3D", ""));
            uri(&key, &settings)
        }
        _ => Secret::copy_of(text.as_bytes()),
    };
    Some((code, vec![OTP]))
}

fn of_seed(entry: &Entry) -> Found<'_> {
    let seed = given(entry, SEED)?;
    let Some(text) = given(entry, SETTINGS) else {
        return Some((Secret::copy_of(seed.as_bytes()), vec![SEED]));
    };
    let parts: Vec<&str> = text.split(';').map(str::trim).collect();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match parts[..] {
        [period, digits, ..] if is_number(period) && (is_number(digits) || digits == "S") => {
            let code = uri(seed, &Settings { period, digits, ..Settings::default() });
            // A third part is the address of a clock.
            let taken = if parts.len() == 2 { vec![SEED, SETTINGS] } else { vec![SEED] };
            Some((code, taken))
        }
        _ => Some((Secret::copy_of(seed.as_bytes()), vec![SEED])),
    }
}

fn of_keepass(entry: &Entry) -> Found<'_> {
    let of_kind = |kind: &str| {
        let named = |rest: &str| {
            let name = format!("{kind}{rest}");
            entry.strings.iter().find(|string| string.name == name)
        };
        let (secret, spelling) = SPELLINGS.iter().find_map(|spelling| {
            let string = named(&format!("Secret{spelling}")).filter(|string| !string.value.is_empty());
            string.map(|string| (string, *spelling))
        })?;
        let key = base32_of(secret.value.expose(), spelling)?;
        let mut taken = vec![secret.name.as_str()];
        let mut part = |rest: &str| {
            let string = named(rest)?;
            taken.push(&string.name);
            string.value.expose_str().map(str::trim)
        };
        let settings = match kind {
            "TimeOtp-" => Settings {
                algorithm: part("Algorithm").unwrap_or_default(),
                digits: part("Length").unwrap_or_default(),
                period: part("Period").unwrap_or_default(),
                counter: None,
            },
            _ => Settings { counter: Some(part("Counter").unwrap_or("0")), ..Settings::default() },
        };
        Some((uri(key.expose_str()?, &settings), taken))
    };
    ["TimeOtp-", "HmacOtp-"].into_iter().find_map(of_kind)
}

/// The shortest text that says it all: the key alone, or an `otpauth://` URI.
fn uri(key: &str, settings: &Settings<'_>) -> Secret {
    let Settings { algorithm, digits, period, counter } = *settings;
    let mut more = String::new();
    let is_default = |value: &str, default: &str| value.is_empty() || value == default;
    if !is_default(period, "30") {
        let _ = write!(more, "&period={period}");
    }
    if digits == "S" {
        more.push_str("&encoder=steam");
    } else if !is_default(digits, "6") {
        let _ = write!(more, "&digits={digits}");
    }
    let algorithm = algorithm.strip_prefix("HMAC-").unwrap_or(algorithm).replace('-', "");
    if !algorithm.is_empty() && !algorithm.eq_ignore_ascii_case("SHA1") {
        let _ = write!(more, "&algorithm={algorithm}");
    }
    let kind: &[u8] = match counter {
        Some(counter) => {
            let _ = write!(more, "&counter={counter}");
            b"otpauth://hotp/?secret="
        }
        None => b"otpauth://totp/?secret=",
    };
    if more.is_empty() {
        return Secret::copy_of(key.as_bytes());
    }
    let letters = key.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    let key = Zeroizing::new(letters.collect::<Vec<u8>>());
    Secret::concat(&[kind, &key, more.as_bytes()])
}

/// What the writer puts where others look for a URI.
pub fn uri_of(code: &Secret) -> Secret {
    let text = code.expose_str().unwrap_or_default().trim();
    if text.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("otpauth://")) {
        return code.duplicate();
    }
    let (key, encoder) = match text.get(..8).filter(|start| start.eq_ignore_ascii_case("steam://")) {
        Some(_) => (text.get(8..).unwrap_or_default(), "&encoder=steam"),
        None => (text, ""),
    };
    let letters = key.bytes().filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'-'));
    let key = Zeroizing::new(letters.collect::<Vec<u8>>());
    Secret::concat(&[b"otpauth://totp/?secret=", &key, b"&period=30&digits=6", encoder.as_bytes()])
}

/// A key as base32, from one of KeePass's own spellings.
fn base32_of(text: &[u8], spelling: &str) -> Option<Secret> {
    match spelling {
        "-Base32" => Some(Secret::copy_of(text.trim_ascii())),
        "-Base64" => Some(base32::encode(decoded(text)?.expose())),
        "-Hex" => Some(base32::encode(super::key::unhex(text.trim_ascii())?.expose())),
        _ => Some(base32::encode(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Named;
    use super::*;

    fn read_from(strings: &[(&str, &str)]) -> (String, Vec<String>) {
        let named = |(name, value): &(&str, &str)| Named {
            name: (*name).to_owned(),
            value: Secret::copy_of(value.as_bytes()),
            is_protected: true,
        };
        let entry = Entry { strings: strings.iter().map(named).collect(), ..Entry::default() };
        let (code, taken) = read(&entry);
        let code = code.map_or(String::new(), |code| code.expose_str().unwrap().to_owned());
        (code, taken.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn all_spellings() {
        let cases: [(&[(&str, &str)], &str); 14] = [
            (&[("otp", "otpauth://totp/a?secret=ABCD")], "otpauth://totp/a?secret=ABCD"),
            (&[("otp", "steam://ABCD")], "steam://ABCD"),
            (&[("otp", "key=JBSW%3d&size=8&step=60")], "otpauth://totp/?secret=JBSW&period=60&digits=8"),
            (&[("otp", "key=JBSW")], "JBSW"),
            (&[("otp", "key=JBSW&type=Hotp&counter=7")], "otpauth://hotp/?secret=JBSW&counter=7"),
            (&[("TOTP Seed", "jbsw y3dp")], "jbsw y3dp"),
            (&[("TOTP Seed", "jbsw y3dp"), ("TOTP Settings", "30;6")], "jbsw y3dp"),
            (
                &[("TOTP Seed", "jb sw"), ("TOTP Settings", "30;S")],
                "otpauth://totp/?secret=jbsw&encoder=steam",
            ),
            (
                &[("TOTP Seed", "jb"), ("TOTP Settings", "60;8")],
                "otpauth://totp/?secret=jb&period=60&digits=8",
            ),
            (&[("TimeOtp-Secret-Base32", "JBSW")], "JBSW"),
            (&[("TimeOtp-Secret", "foobar")], "MZXW6YTBOI"),
            (&[("TimeOtp-Secret-Hex", "666f6f626172")], "MZXW6YTBOI"),
            (
                &[
                    ("TimeOtp-Secret-Base64", "Zm9vYmFy"),
                    ("TimeOtp-Length", "8"),
                    ("TimeOtp-Algorithm", "HMAC-SHA-256"),
                ],
                "otpauth://totp/?secret=MZXW6YTBOI&digits=8&algorithm=SHA256",
            ),
            (
                &[("HmacOtp-Counter", "3"), ("HmacOtp-Secret", "fooba")],
                "otpauth://hotp/?secret=MZXW6YTB&counter=3",
            ),
        ];
        for (strings, expected) in cases {
            let (code, taken) = read_from(strings);
            assert_eq!(code, expected);
            assert_eq!(taken.len(), strings.len());
        }
    }

    #[test]
    fn what_is_not_in_the_code_is_not_taken() {
        let clock = [("TOTP Seed", "jb"), ("TOTP Settings", "60;6;https://clock.example")];
        assert_eq!(read_from(&clock).1, ["TOTP Seed"]);
        let (code, taken) = read_from(&[("TOTP Seed", "jb"), ("TOTP Settings", "often")]);
        assert_eq!((code.as_str(), taken), ("jb", vec!["TOTP Seed".to_owned()]));
        let both = [("otp", "otpauth://totp/?secret=AA"), ("TimeOtp-Secret", "b")];
        assert_eq!(read_from(&both).1, ["otp"]);
        assert_eq!(read_from(&[("TimeOtp-Secret-Hex", "zz"), ("otp", " ")]), (String::new(), Vec::new()));
    }
}
