//! The `otpauth://` URI (Google Authenticator's "Key Uri Format"), with what KeePassXC and others add to it
//! for Steam.
//!
//! It is read by hand, not with the `url` crate, since that copies the secret into ordinary memory and does
//! not say where the counter stands. Names and values are without regard to case; unknown parameters and the
//! label are passed over. A `#` is a character like any other: these addresses have no fragment.

use std::ops::Range;

use crate::crypto::otp_mac::MacHash;
use crate::secret::Secret;

use super::{
    DEFAULT_DIGITS, DEFAULT_PERIOD, Factor, Format, MAX_PERIOD, Otp, OtpError, Parameter, STEAM_LENGTH,
    base32,
};

impl Parameter {
    const ALL: [Self; 7] = [
        Self::Secret,
        Self::Issuer,
        Self::Algorithm,
        Self::Digits,
        Self::Period,
        Self::Counter,
        Self::Encoder,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Issuer => "issuer",
            Self::Algorithm => "algorithm",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Counter => "counter",
            Self::Encoder => "encoder",
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| name.eq_ignore_ascii_case(parameter.name().as_bytes()))
    }
}

/// An `otpauth://` URI, taken apart but not yet understood.
pub(super) struct Uri<'a> {
    text: &'a [u8],
    /// `totp`, `hotp` or `steam`, in any case.
    kind: &'a [u8],
    /// Each known parameter, at most once, and where its value stands in `text`.
    values: Vec<(Parameter, Range<usize>)>,
}

impl<'a> Uri<'a> {
    /// Takes `text` apart, which begins with `otpauth://`.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, OtpError> {
        let query = text.iter().position(|byte| *byte == b'?').map_or(text.len(), |mark| mark + 1);
        let path = text.get(b"otpauth://".len()..query).unwrap_or_default();
        let kind = path.split(|byte| matches!(byte, b'/' | b'?')).next().unwrap_or_default();
        let mut values: Vec<(Parameter, Range<usize>)> = Vec::new();
        let mut start = query;
        for pair in text.get(query..).unwrap_or_default().split(|byte| *byte == b'&') {
            let end = start + pair.len();
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            if let Some(parameter) = Parameter::named(unescaped(name)?.expose()) {
                if values.iter().any(|(known, _)| *known == parameter) {
                    return Err(OtpError::Duplicate { parameter });
                }
                values.push((parameter, (start + name.len() + 1).min(end)..end));
            }
            start = end + 1;
        }
        Ok(Self { text, kind, values })
    }

    /// What the URI means.
    pub(super) fn otp(&self) -> Result<Otp, OtpError> {
        let by_counter = self.kind.eq_ignore_ascii_case(b"hotp");
        let steam_kind = self.kind.eq_ignore_ascii_case(b"steam");
        if !(by_counter || steam_kind || self.kind.eq_ignore_ascii_case(b"totp")) {
            return Err(OtpError::UnknownKind);
        }
        let secret = self.value(Parameter::Secret)?.ok_or(OtpError::MissingSecret)?;
        Ok(Otp {
            key: base32::decode(secret.expose())?,
            hash: self.hash()?,
            format: if steam_kind || self.is_steam()? { Format::Steam } else { self.decimal()? },
            factor: if by_counter { self.counter()? } else { self.period()? },
        })
    }

    /// `whole`, in which this URI stands between blanks, with another counter. Where there was none, it
    /// becomes the last parameter.
    pub(super) fn with_counter(&self, whole: &[u8], counter: u64) -> Secret {
        let digits = counter.to_string();
        let before = whole.len() - whole.trim_ascii_start().len();
        let end = before + self.text.len();
        let (name, range): (&[u8], _) = match self.place(Parameter::Counter) {
            Some(range) => (b"", before + range.start..before + range.end),
            None => (b"&counter=", end..end),
        };
        let head = whole.get(..range.start).unwrap_or_default();
        let tail = whole.get(range.end..).unwrap_or_default();
        Secret::concat(&[head, name, digits.as_bytes(), tail])
    }

    /// Steam is said by an encoder, by digits of `s` (KeePassXC's older settings), or by five digits and
    /// its name as the issuer.
    fn is_steam(&self) -> Result<bool, OtpError> {
        if let Some(encoder) = self.value(Parameter::Encoder)? {
            let known = encoder.expose().eq_ignore_ascii_case(b"steam");
            return if known { Ok(true) } else { Err(OtpError::UnknownEncoder) };
        }
        let Some(digits) = self.value(Parameter::Digits)? else { return Ok(false) };
        let five = STEAM_LENGTH.to_string();
        let issuer = self.value(Parameter::Issuer)?;
        let issued_by_steam = issuer.is_some_and(|name| name.expose().eq_ignore_ascii_case(b"steam"));
        Ok(digits.expose().eq_ignore_ascii_case(b"s")
            || issued_by_steam && digits.expose() == five.as_bytes())
    }

    fn decimal(&self) -> Result<Format, OtpError> {
        let digits = self.number(Parameter::Digits)?.unwrap_or(u64::from(DEFAULT_DIGITS));
        match u32::try_from(digits) {
            Ok(digits @ 6..=8) => Ok(Format::Decimal { digits }),
            _ => Err(OtpError::DigitsOutOfBounds { digits }),
        }
    }

    fn period(&self) -> Result<Factor, OtpError> {
        let period = self.number(Parameter::Period)?.unwrap_or(u64::from(DEFAULT_PERIOD));
        match u32::try_from(period) {
            Ok(period @ 1..=MAX_PERIOD) => Ok(Factor::Time { period }),
            _ => Err(OtpError::PeriodOutOfBounds { period }),
        }
    }

    /// The format demands a counter; where it is missing, no code has been given yet.
    fn counter(&self) -> Result<Factor, OtpError> {
        Ok(Factor::Counter(self.number(Parameter::Counter)?.unwrap_or(0)))
    }

    /// SHA1 is also written SHA-1, HmacSHA1 and HMAC-SHA-1.
    fn hash(&self) -> Result<MacHash, OtpError> {
        let Some(value) = self.value(Parameter::Algorithm)? else { return Ok(MacHash::Sha1) };
        let mut name = value.expose().to_ascii_uppercase();
        name.retain(|byte| *byte != b'-');
        match name.strip_prefix(b"HMAC").unwrap_or(&name) {
            b"SHA1" => Ok(MacHash::Sha1),
            b"SHA256" => Ok(MacHash::Sha256),
            b"SHA512" => Ok(MacHash::Sha512),
            _ => Err(OtpError::UnknownAlgorithm),
        }
    }

    fn number(&self, parameter: Parameter) -> Result<Option<u64>, OtpError> {
        let Some(value) = self.value(parameter)? else { return Ok(None) };
        let digits = value.expose_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|text| text.parse().ok());
        number.map(Some).ok_or(OtpError::NotANumber { parameter })
    }

    fn value(&self, parameter: Parameter) -> Result<Option<Secret>, OtpError> {
        let raw = self.place(parameter).map(|range| self.text.get(range).unwrap_or_default());
        raw.map(unescaped).transpose()
    }

    fn place(&self, parameter: Parameter) -> Option<Range<usize>> {
        self.values.iter().find(|(known, _)| *known == parameter).map(|(_, range)| range.clone())
    }
}

/// `text` with its percent-encoding undone (RFC 3986, section 2.1), and `+` as the blank that forms mean by
/// it.
fn unescaped(text: &[u8]) -> Result<Secret, OtpError> {
    let mut plain = Secret::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => (nibble(*high)? << 4 | nibble(*low)?, after),
            (b'%', _) => return Err(OtpError::BadEscape),
            (b'+', after) => (b' ', after),
            (byte, after) => (*byte, after),
        };
        plain.append(&[byte]);
        rest = after;
    }
    Ok(plain)
}

fn nibble(digit: u8) -> Result<u8, OtpError> {
    let value = char::from(digit).to_digit(16).ok_or(OtpError::BadEscape)?;
    u8::try_from(value).map_err(|_| OtpError::BadEscape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn otp(text: &str) -> Result<Otp, OtpError> {
        Uri::read(text.as_bytes())?.otp()
    }

    #[test]
    fn defaults_and_stated_values() {
        let plain = otp("otpauth://totp/L?secret=GE").unwrap();
        assert_eq!((plain.hash, plain.key.expose()), (MacHash::Sha1, &b"1"[..]));
        assert_eq!(plain.format, Format::Decimal { digits: 6 });
        assert_eq!(plain.factor, Factor::Time { period: 30 });

        let stated = otp("otpauth://HOTP?Digits=7&period=x&ALGORITHM=sha256&Counter=12&secret=%67%65&issuer");
        let stated = stated.unwrap();
        assert_eq!((stated.hash, stated.key.expose()), (MacHash::Sha256, &b"1"[..]));
        assert_eq!(stated.format, Format::Decimal { digits: 7 });
        assert_eq!(stated.factor, Factor::Counter(12));
    }

    #[test]
    fn algorithms_by_all_their_names() {
        for (name, hash) in [
            ("sha1", MacHash::Sha1),
            ("SHA-1", MacHash::Sha1),
            ("HmacSHA256", MacHash::Sha256),
            ("HMAC-SHA-512", MacHash::Sha512),
        ] {
            assert_eq!(otp(&format!("otpauth://totp/L?secret=GE&algorithm={name}")).unwrap().hash, hash);
        }
    }

    #[test]
    fn a_label_may_be_anything() {
        for label in ["", "/", "/a#b", "/%zz", "/a&secret=MY", "/\u{202e}\u{1b}[2J", "/steam:s"] {
            let otp = otp(&format!("otpauth://totp{label}?secret=GE&issuer=C#&image=http://x/?a=b")).unwrap();
            assert_eq!(otp.key.expose(), b"1", "{label}");
            assert_eq!(otp.format, Format::Decimal { digits: 6 });
        }
    }

    #[test]
    fn blanks_in_every_spelling() {
        assert_eq!(otp("otpauth://totp/L?secret=mzxw+6y%20tb-O%49").unwrap().key.expose(), b"foobar");
    }

    #[test]
    fn a_bad_address_is_refused() {
        use Parameter::*;
        for (text, expected) in [
            ("otpauth://", OtpError::UnknownKind),
            ("otpauth://motp/L?secret=GE", OtpError::UnknownKind),
            ("otpauth://totp/L", OtpError::MissingSecret),
            ("otpauth://totp/L?issuer=secret", OtpError::MissingSecret),
            ("otpauth://totp/L?secret=", OtpError::Empty),
            ("otpauth://totp/L?secret", OtpError::Empty),
            ("otpauth://totp/L?secret=G1", OtpError::NotBase32 { position: 2 }),
            ("otpauth://totp/L?secret=GEZ", OtpError::IncompleteBase32 { characters: 3 }),
            ("otpauth://totp/L?secret=GE%", OtpError::BadEscape),
            ("otpauth://totp/L?secret=GE%4", OtpError::BadEscape),
            ("otpauth://totp/L?secret=%+1GE", OtpError::BadEscape),
            ("otpauth://totp/L?secret=GE&secret=GE", OtpError::Duplicate { parameter: Secret }),
            ("otpauth://totp/L?secret=GE&%53ecret=MY", OtpError::Duplicate { parameter: Secret }),
            ("otpauth://totp/L?secret=GE&period=30&period=60", OtpError::Duplicate { parameter: Period }),
            ("otpauth://totp/L?secret=GE&algorithm=MD5", OtpError::UnknownAlgorithm),
            ("otpauth://totp/L?secret=GE&algorithm=", OtpError::UnknownAlgorithm),
            ("otpauth://totp/L?secret=GE&encoder=yandex", OtpError::UnknownEncoder),
            ("otpauth://totp/L?secret=GE&digits=0", OtpError::DigitsOutOfBounds { digits: 0 }),
            ("otpauth://totp/L?secret=GE&digits=5", OtpError::DigitsOutOfBounds { digits: 5 }),
            ("otpauth://totp/L?secret=GE&digits=9", OtpError::DigitsOutOfBounds { digits: 9 }),
            (
                "otpauth://totp/L?secret=GE&digits=4294967302",
                OtpError::DigitsOutOfBounds { digits: 4_294_967_302 },
            ),
            ("otpauth://totp/L?secret=GE&digits=s6", OtpError::NotANumber { parameter: Digits }),
            ("otpauth://totp/L?secret=GE&digits=%FF", OtpError::NotANumber { parameter: Digits }),
            ("otpauth://totp/L?secret=GE&period=0", OtpError::PeriodOutOfBounds { period: 0 }),
            ("otpauth://totp/L?secret=GE&period=86401", OtpError::PeriodOutOfBounds { period: 86_401 }),
            (
                "otpauth://totp/L?secret=GE&period=1000000000",
                OtpError::PeriodOutOfBounds { period: 1_000_000_000 },
            ),
            ("otpauth://totp/L?secret=GE&period=-30", OtpError::NotANumber { parameter: Period }),
            ("otpauth://totp/L?secret=GE&period=%2B30", OtpError::NotANumber { parameter: Period }),
            ("otpauth://totp/L?secret=GE&period=", OtpError::NotANumber { parameter: Period }),
            (
                "otpauth://hotp/L?secret=GE&counter=18446744073709551616",
                OtpError::NotANumber { parameter: Counter },
            ),
            ("otpauth://hotp/L?secret=GE&counter", OtpError::NotANumber { parameter: Counter }),
        ] {
            assert_eq!(otp(text).unwrap_err(), expected, "{text}");
        }
    }

    const PIECES: [&str; 16] = [
        "counter=5",
        "counter=%38",
        "Counter=0",
        "counter",
        "digits=8",
        "digits=s",
        "period=60",
        "period=0",
        "issuer=Steam",
        "encoder=steam",
        "algorithm=SHA512",
        "x=%zz",
        "%zz",
        "",
        "=",
        "secret=",
    ];

    proptest::proptest! {
        #[test]
        fn the_counter_moves_by_one_or_the_text_is_refused(
            kind in proptest::sample::select(vec!["totp/", "hotp/L", "HOTP", "steam/a:b"]),
            pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..4),
            blanks in "[ \\t\\n]{0,2}",
        ) {
            let text = format!("{blanks}otpauth://{kind}?secret=GEZDGNBV&{}{blanks}", pieces.join("&"));
            let text = crate::secret::Secret::from_text(text);
            if let Some(counter) = Otp::parse(&text).ok().and_then(|otp| otp.counter()) {
                let next = Otp::advanced(&text).unwrap();
                let after = Otp::parse(&next).unwrap();
                assert_eq!((after.counter(), after.key.expose()), (Some(counter + 1), &b"12345"[..]));
            } else {
                assert!(Otp::advanced(&text).is_err());
            }
        }

        #[test]
        fn no_text_panics(text in "(otpauth://|steam://)?[th]otp[/?](secret|[=&%?/]|[A-Z2-7]{0,9}|.){0,20}") {
            let text = crate::secret::Secret::from_text(text);
            if let Ok(otp) = Otp::parse(&text) {
                otp.code(crate::time::Timestamp(u64::MAX));
            }
            let _ = Otp::advanced(&text);
        }
    }
}
