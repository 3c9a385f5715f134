//! One-time codes: TOTP (RFC 6238), HOTP (RFC 4226) and Steam's, from the text that an entry holds, which is
//! an `otpauth://` or `steam://` URI or a bare secret in base32.
//!
//! The text is read at each use and stays as it was given; only the counter of an HOTP URI is ever
//! rewritten ([`Otp::advanced`]). There is no clock here, and nothing is stored.

mod base32;
mod uri;

use std::fmt;

use thiserror::Error;

use crate::crypto::otp_mac::{MacHash, hmac};
use crate::secret::Secret;
use crate::time::Timestamp;

use uri::Uri;

/// The longest text that is read, in bytes: far more than a label, an issuer and a key of 64 bytes need.
const MAX_TEXT: usize = 8 * 1024;
/// Seconds that a code holds where nothing is said, and always for Steam (RFC 6238, section 5.2).
const DEFAULT_PERIOD: u32 = 30;
/// The longest period in seconds: a day.
const MAX_PERIOD: u32 = 86_400;
/// Digits of a code where nothing is said.
const DEFAULT_DIGITS: u32 = 6;
/// Characters of a code of Steam, and what they are: no vowels, and nothing that looks like something else.
const STEAM_LENGTH: usize = 5;
const STEAM_ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// What makes the codes of one account.
#[derive(Debug)]
pub struct Otp {
    key: Secret,
    hash: MacHash,
    format: Format,
    factor: Factor,
}

/// What a code is computed from beside the key: the moving factor of RFC 4226.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    /// The number of periods since 1970, each of this many seconds.
    Time { period: u32 },
    /// The number of codes given so far.
    Counter(u64),
}

/// How a code is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// 6 to 8 digits.
    Decimal { digits: u32 },
    /// Five characters of [`STEAM_ALPHABET`].
    Steam,
}

/// One code.
#[derive(Debug)]
pub struct Code {
    /// 6 to 8 digits, or Steam's five characters.
    pub text: Secret,
    /// Seconds, at least 1, until the code is no longer the current one; none where it is by counter.
    pub seconds_left: Option<u32>,
    /// Seconds for which each code holds; none where it is by counter.
    pub period: Option<u32>,
}

/// A parameter of an `otpauth://` URI that decides the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// The key in base32.
    Secret,
    /// Who runs the account; decides only whether five digits mean Steam.
    Issuer,
    /// SHA1, SHA256 or SHA512.
    Algorithm,
    /// Length of a code.
    Digits,
    /// Seconds for which a code holds.
    Period,
    /// Number of the next code of HOTP.
    Counter,
    /// `steam` for Steam's codes.
    Encoder,
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that makes no codes. Holds nothing of the text.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum OtpError {
    /// Nothing but blanks, or a URI with an empty secret.
    #[error("the one-time code secret is empty")]
    Empty,
    /// More than 8 KiB.
    #[error("a one-time code secret of {bytes} bytes: at most {MAX_TEXT}")]
    TooLong { bytes: usize },
    /// A character that is not of base32 (RFC 4648, section 6), counted from 1 within the secret.
    #[error("the one-time code secret is not base32: character {position} is none of A to Z and 2 to 7")]
    NotBase32 { position: usize },
    /// A number of characters that no bytes have in base32: one is missing or too many.
    #[error("the one-time code secret is not base32: no secret has {characters} characters")]
    IncompleteBase32 { characters: usize },
    /// A URI, but neither `otpauth://` nor `steam://`.
    #[error("not a one-time code: the address must begin with otpauth:// or steam://")]
    UnknownScheme,
    /// `otpauth://` with something other than totp, hotp or steam.
    #[error("unknown kind of one-time code: known are totp, hotp and steam")]
    UnknownKind,
    /// `%` without two hexadecimal digits after it.
    #[error("a percent sign without two hexadecimal digits in the one-time code address")]
    BadEscape,
    /// A parameter is there twice, so that readers would disagree.
    #[error("the one-time code address has {parameter} twice")]
    Duplicate { parameter: Parameter },
    /// No parameter `secret`.
    #[error("the one-time code address has no secret")]
    MissingSecret,
    /// None of SHA1, SHA256, SHA512.
    #[error("unknown one-time code algorithm: known are SHA1, SHA256 and SHA512")]
    UnknownAlgorithm,
    /// An encoder other than `steam`.
    #[error("unknown one-time code encoder: known is steam")]
    UnknownEncoder,
    /// Not decimal digits, or 2^64 and more.
    #[error("{parameter} of the one-time code is not a number, or far too large")]
    NotANumber { parameter: Parameter },
    /// Outside 6 to 8.
    #[error("one-time codes of {digits} digits: they have 6 to 8")]
    DigitsOutOfBounds { digits: u64 },
    /// Outside 1 second to a day.
    #[error("one-time codes of {period} seconds: they hold 1 to {MAX_PERIOD}")]
    PeriodOutOfBounds { period: u64 },
    /// The counter cannot move on: these codes are by time, or no URI holds it.
    #[error("the one-time code has no counter to move on")]
    NoCounter,
    /// The counter is at its end, 2^64 - 1.
    #[error("the counter of the one-time code is used up")]
    CounterUsedUp,
}

impl Otp {
    /// Reads the text of an entry. A bare secret, in any case and with blanks, hyphens or padding or without,
    /// is TOTP with SHA-1, 6 digits and 30 seconds.
    ///
    /// # Errors
    /// [`OtpError`] where the text is not that, or a number of it is out of bounds.
    pub fn parse(text: &Secret) -> Result<Self, OtpError> {
        let text = bounded(text)?;
        let (key, format) = match Scheme::of(text) {
            Scheme::Otpauth => return Uri::read(text)?.otp(),
            Scheme::Unknown => return Err(OtpError::UnknownScheme),
            Scheme::Steam(secret) => (base32::decode(secret)?, Format::Steam),
            Scheme::None => (base32::decode(text)?, Format::Decimal { digits: DEFAULT_DIGITS }),
        };
        Ok(Self { key, hash: MacHash::Sha1, format, factor: Factor::Time { period: DEFAULT_PERIOD } })
    }

    /// The code at `now`, or that of the stored counter.
    pub fn code(&self, now: Timestamp) -> Code {
        let Factor::Time { period } = self.factor else { return self.counted_code() };
        let (step, left) = time_step(now, period);
        Code { text: self.text(step), seconds_left: Some(left), period: Some(period) }
    }

    /// The code of the period after that of `now`; its `seconds_left` count to its own end. None for codes by
    /// counter, where the next one is that of [`Otp::advanced`].
    pub fn next_code(&self, now: Timestamp) -> Option<Code> {
        let Factor::Time { period } = self.factor else { return None };
        let (step, left) = time_step(now, period);
        let text = self.text(step.saturating_add(1));
        Some(Code { text, seconds_left: Some(left + period), period: Some(period) })
    }

    /// The counter of HOTP, whose code [`Otp::code`] gives; none for codes by time.
    pub fn counter(&self) -> Option<u64> {
        match self.factor {
            Factor::Time { .. } => None,
            Factor::Counter(counter) => Some(counter),
        }
    }

    /// The text of an HOTP entry with its counter moved on by one, to be stored before a code is shown, so
    /// that no code is given twice. Every other byte stays.
    ///
    /// # Errors
    /// [`OtpError::NoCounter`] for codes by time, [`OtpError::CounterUsedUp`], or as [`Otp::parse`].
    pub fn advanced(text: &Secret) -> Result<Secret, OtpError> {
        let counter = Self::parse(text)?.counter().ok_or(OtpError::NoCounter)?;
        let next = counter.checked_add(1).ok_or(OtpError::CounterUsedUp)?;
        Ok(Uri::read(bounded(text)?)?.with_counter(text.expose(), next))
    }

    fn counted_code(&self) -> Code {
        Code { text: self.text(self.counter().unwrap_or_default()), seconds_left: None, period: None }
    }

    /// The code of one moving factor: Truncate(HMAC(K, C)), RFC 4226, section 5.3.
    fn text(&self, factor: u64) -> Secret {
        let tag = hmac(self.hash, self.key.expose(), &factor.to_be_bytes());
        self.format.write(truncated(tag.expose()))
    }
}

impl Format {
    fn write(self, mut number: u32) -> Secret {
        match self {
            Self::Decimal { digits } => {
                let mut text = Secret::zeroed(digits as usize);
                for place in text.expose_mut().iter_mut().rev() {
                    *place = b'0' + (number % 10) as u8;
                    number /= 10;
                }
                text
            }
            Self::Steam => {
                let mut text = Secret::zeroed(STEAM_LENGTH);
                for place in text.expose_mut() {
                    let at = number as usize % STEAM_ALPHABET.len();
                    *place = STEAM_ALPHABET.get(at).copied().unwrap_or_default();
                    number /= STEAM_ALPHABET.len() as u32;
                }
                text
            }
        }
    }
}

/// What the text begins with.
enum Scheme<'a> {
    Otpauth,
    /// With what follows.
    Steam(&'a [u8]),
    Unknown,
    None,
}

impl<'a> Scheme<'a> {
    fn of(text: &'a [u8]) -> Self {
        let Some(colon) = text.windows(3).position(|three| three == b"://") else { return Self::None };
        let (scheme, rest) = text.split_at(colon);
        if scheme.eq_ignore_ascii_case(b"otpauth") {
            Self::Otpauth
        } else if scheme.eq_ignore_ascii_case(b"steam") {
            Self::Steam(rest.get(3..).unwrap_or_default())
        } else {
            Self::Unknown
        }
    }
}

/// The text without the blanks around it, if it is not too long.
fn bounded(text: &Secret) -> Result<&[u8], OtpError> {
    if text.len() > MAX_TEXT {
        return Err(OtpError::TooLong { bytes: text.len() });
    }
    Ok(text.expose().trim_ascii())
}

/// The number of the period that `now` is in, and the seconds until its end, 1 to `period`.
fn time_step(now: Timestamp, period: u32) -> (u64, u32) {
    let period = u64::from(period.max(1));
    let left = period - now.seconds() % period;
    (now.seconds() / period, u32::try_from(left).unwrap_or_default())
}

/// 31 bits of the tag, from where its last four bits point to.
fn truncated(tag: &[u8]) -> u32 {
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0F);
    let four = tag.get(offset..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    u32::from_be_bytes(four) & 0x7FFF_FFFF
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "12345678901234567890", the key of both RFCs.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn otp(text: &str) -> Result<Otp, OtpError> {
        Otp::parse(&Secret::copy_of(text.as_bytes()))
    }

    fn code_at(text: &str, seconds: u64) -> String {
        let code = otp(text).unwrap().code(Timestamp::from_seconds(seconds));
        code.text.expose_str().unwrap().to_owned()
    }

    fn advanced(text: &str) -> Result<String, OtpError> {
        Otp::advanced(&Secret::copy_of(text.as_bytes())).map(|text| text.expose_str().unwrap().to_owned())
    }

    #[test]
    fn vectors_of_rfc_4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        let mut text = format!("otpauth://hotp/Label?secret={KEY}&counter=0");
        for (counter, expected) in (0..).zip(codes) {
            assert_eq!(code_at(&text, 1_234_567), expected);
            assert_eq!(otp(&text).unwrap().counter(), Some(counter));
            text = advanced(&text).unwrap();
        }
        // Beyond the RFC: the end of the counter, by Python's hmac.
        assert_eq!(code_at(&format!("otpauth://hotp/L?secret={KEY}&counter={}", u64::MAX), 0), "094451");
    }

    #[test]
    fn vectors_of_rfc_6238() {
        const SHA256_KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
        const SHA512_KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
            GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA";
        let seconds = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
        for (algorithm, key, codes) in [
            ("SHA1", KEY, ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]),
            ("SHA256", SHA256_KEY, ["46119246", "68084774", "67062674", "91819424", "90698825", "77737706"]),
            ("SHA512", SHA512_KEY, ["90693936", "25091201", "99943326", "93441116", "38618901", "47863826"]),
        ] {
            let text = format!("otpauth://totp/Label?secret={key}&algorithm={algorithm}&digits=8");
            for (seconds, code) in seconds.into_iter().zip(codes) {
                assert_eq!(code_at(&text, seconds), code, "{algorithm} at {seconds}");
                let shorter = text.replace("digits=8", "digits=7");
                assert_eq!(code_at(&shorter, seconds), code[1..], "{algorithm} at {seconds}");
            }
        }
    }

    #[test]
    fn steam() {
        // By Python's hmac: five times the next of the 26 characters, the lowest first.
        let codes = [
            (0, "GG5F5"),
            (59, "PV9M4"),
            (1_111_111_109, "PY4YB"),
            (1_234_567_890, "VHHQY"),
            (2_000_000_000, "9N776"),
            (20_000_000_000, "R5DMB"),
        ];
        for text in [
            format!("steam://{KEY}"),
            format!("STEAM://{}", KEY.to_lowercase()),
            format!("otpauth://totp/Steam:me?secret={KEY}&period=30&digits=5&issuer=Steam&encoder=steam"),
            format!("otpauth://totp/me?secret={KEY}&encoder=steam"),
            format!("otpauth://totp/me?secret={KEY}&issuer=Steam&digits=5"),
            format!("otpauth://totp/me?secret={KEY}&issuer=Steam&digits=s&period=30"),
            format!("otpauth://steam/Steam:me?secret={KEY}&issuer=Steam"),
        ] {
            for (seconds, code) in codes {
                assert_eq!(code_at(&text, seconds), code, "{text} at {seconds}");
            }
        }
    }

    #[test]
    fn bare_secrets() {
        for text in [
            KEY.to_owned(),
            KEY.to_lowercase(),
            " gezd gnbv-gy3t qojq GEZD GNBV GY3T QOJQ \n".to_owned(),
            format!("{KEY}===="),
        ] {
            assert_eq!(code_at(&text, 59), "287082", "{text:?}");
        }
    }

    #[test]
    fn a_code_says_how_long_it_holds() {
        let otp = otp(&format!("otpauth://totp/L?secret={KEY}&period=60&digits=8")).unwrap();
        for (millis, left) in [(0, 60), (999, 60), (1_000, 59), (59_999, 1), (60_000, 60)] {
            let (now, later) = (Timestamp(millis), Timestamp(millis + 60_000));
            let (code, next) = (otp.code(now), otp.next_code(now).unwrap());
            assert_eq!((code.seconds_left, code.period), (Some(left), Some(60)));
            assert_eq!((next.seconds_left, next.period), (Some(left + 60), Some(60)));
            assert_eq!(next.text.expose(), otp.code(later).text.expose());
            assert_ne!(next.text.expose(), code.text.expose());
        }
        // The end of time is no end of the program.
        assert_eq!(otp.code(Timestamp(u64::MAX)).text.len(), 8);
        assert!(otp.next_code(Timestamp(u64::MAX)).is_some());
    }

    #[test]
    fn a_code_by_counter_has_no_time() {
        let otp = otp(&format!("otpauth://hotp/L?secret={KEY}&counter=1&period=0")).unwrap();
        let code = otp.code(Timestamp(5));
        assert_eq!((code.seconds_left, code.period), (None, None));
        assert!(otp.next_code(Timestamp(5)).is_none());
    }

    #[test]
    fn the_counter_moves_and_nothing_else_does() {
        for (before, after) in [
            (
                "otpauth://hotp/A%20b?secret=GE&counter=9&x=%zz",
                "otpauth://hotp/A%20b?secret=GE&counter=10&x=%zz",
            ),
            (
                " OTPAUTH://HOTP/counter=4?COUNTER=0&Secret=ge \n",
                " OTPAUTH://HOTP/counter=4?COUNTER=1&Secret=ge \n",
            ),
            ("otpauth://hotp/L?%63ounter=%30%31&secret=GE", "otpauth://hotp/L?%63ounter=2&secret=GE"),
            ("\totpauth://hotp/L?secret=GE\n", "\totpauth://hotp/L?secret=GE&counter=1\n"),
        ] {
            assert_eq!(advanced(before).as_deref(), Ok(after));
        }
        let last = format!("otpauth://hotp/L?secret=GE&counter={}", u64::MAX);
        assert_eq!(advanced(&last), Err(OtpError::CounterUsedUp));
        for text in [KEY, "steam://GE", "otpauth://totp/L?secret=GE&counter=1"] {
            assert_eq!(advanced(text), Err(OtpError::NoCounter), "{text}");
        }
    }

    #[test]
    fn what_is_no_one_time_code_is_refused() {
        for (text, expected) in [
            ("", OtpError::Empty),
            (" \n", OtpError::Empty),
            ("steam://", OtpError::Empty),
            ("hunter2!", OtpError::NotBase32 { position: 8 }),
            ("steam://GE1", OtpError::NotBase32 { position: 3 }),
            ("https://example.com/?secret=GE", OtpError::UnknownScheme),
            ("otpauth-migration://offline?data=GE", OtpError::UnknownScheme),
        ] {
            assert_eq!(otp(text).unwrap_err(), expected, "{text:?}");
        }
        let long = "A".repeat(MAX_TEXT + 1);
        assert_eq!(otp(&long).unwrap_err(), OtpError::TooLong { bytes: MAX_TEXT + 1 });
        assert!(otp(&long[1..]).is_ok());
    }

    #[test]
    fn is_never_printed() {
        let otp = otp(&format!("otpauth://hotp/L?secret={KEY}")).unwrap();
        let printed = format!("{otp:?} {:?}", otp.code(Timestamp(0)));
        assert_eq!(printed.matches("Secret(..)").count(), 2, "{printed}");
        assert!(!printed.contains("49, 50") && !printed.contains("755224"), "{printed}");
    }
}
