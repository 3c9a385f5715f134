//! What Google Authenticator shows as a QR code to move to another device: `offline?data=` and base 64 of a
//! message in protocol buffers, several codes in one. What is not known of a message is passed over, as its
//! format wants it: ids of the batch, and how many there are.

use std::ops::ControlFlow;

use super::super::draft::outcome;
use super::super::{Each, Outcome, Place, Row, Skip, base32, base64};
use super::{Kind, Settings, draft, unescaped, uri};
use crate::secret::Secret;

/// The field of a message that is a code; it comes once for each.
const CODE: u64 = 1;

/// Hands on every code of an address, given without its scheme.
pub fn read(rest: &str, place: Place, each: &mut Each<'_>) -> ControlFlow<()> {
    let Some(message) = message(rest) else {
        return each(Row { place, outcome: Outcome::Skipped(Skip::DamagedCodes) });
    };
    for field in Fields(message.expose()) {
        let outcome = match field {
            Some((CODE, Value::Bytes(code))) => outcome(|| read_code(code)),
            Some(_) => continue,
            None => Outcome::Skipped(Skip::DamagedCodes),
        };
        each(Row { place, outcome })?;
    }
    ControlFlow::Continue(())
}

fn message(rest: &str) -> Option<Secret> {
    let (_, query) = rest.split_once('?')?;
    let data = query.split('&').find_map(|pair| pair.strip_prefix("data="))?;
    // A plus may stand there as it is.
    let mut text =
        zeroize::Zeroizing::new(unescaped(data).replace('-', "+").replace('_', "/").replace(' ', "+"));
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    base64::decode(text.as_bytes()).filter(|message| !message.is_empty())
}

fn read_code(message: &[u8]) -> Result<super::super::draft::Draft, Skip> {
    let (mut key, mut settings, mut kind) = (Secret::with_capacity(0), Settings::default(), Kind::Totp);
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Skip::NotUtf8);
    for field in Fields(message) {
        match field.ok_or(Skip::DamagedCodes)? {
            (1, Value::Bytes(bytes)) => key = base32::encode(bytes),
            (2, Value::Bytes(bytes)) => settings.label = text(bytes)?,
            (3, Value::Bytes(bytes)) => settings.issuer = text(bytes)?,
            (4, Value::Number(number)) => {
                let names = ["", "SHA1", "SHA256", "SHA512", "MD5"];
                let name = usize::try_from(number).ok().and_then(|number| names.get(number));
                settings.algorithm = (*name.ok_or(Skip::DamagedCodes)?).to_owned();
            }
            (5, Value::Number(2)) => settings.digits = "8".to_owned(),
            (5, Value::Number(1)) => settings.digits = "6".to_owned(),
            (6, Value::Number(1)) => kind = Kind::Hotp,
            (7, Value::Number(number)) => settings.counter = number.to_string(),
            _ => {}
        }
    }
    if key.is_empty() {
        return Err(Skip::NotACode);
    }
    let mut draft = draft(&settings.issuer, &settings.label);
    draft.totp("totp", Some(uri(kind, &key, &settings)));
    Ok(draft)
}

enum Value<'m> {
    Number(u64),
    Bytes(&'m [u8]),
    /// Of a width that no field here has.
    Other,
}

/// The fields of a message: number and value; none once, where it is damaged.
struct Fields<'m>(&'m [u8]);

impl<'m> Iterator for Fields<'m> {
    type Item = Option<(u64, Value<'m>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'m> Fields<'m> {
    fn field(&mut self) -> Option<(u64, Value<'m>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(len)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    fn take(&mut self, len: usize) -> Option<&'m [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// Seven bits a byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = *self.take(1)? else { return None };
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}
