//! What a foreign format has no home for, carried through it: one value that only this program reads back, so
//! that an export read again is the same entry.
//!
//! The writer reads back what it wrote, and carries those members of our own JSON that came out otherwise. Each
//! goes with a digest of what it was read back as; on the way in it replaces that and nothing else. So what was
//! edited in the other program stays as it was edited there.

use zeroize::Zeroizing;

use super::Remark;
use super::json::tree::Object;
use super::json::{read, write};
use crate::crypto::derive::{Key, hmac_sha256};
use crate::secret::Secret;
use crate::vault::item::{Item, ItemField};
use crate::vault::kinds::FieldKind;

/// What the value is called in the other program.
pub const NAME: &str = "tresor";
/// Members that are not worth a field where the other program has set them anew, as it does at each change.
const TIMES: [&str; 4] = ["created", "modified", "last_used", "expires"];
/// A value that carries nothing.
pub const NOTHING: &str = "{}";

/// What `item` has that was `read_back` otherwise; none where they are the same.
pub fn difference(item: &Item, read_back: &Item) -> Option<Secret> {
    let (item, read_back) = (own_json(item), own_json(read_back));
    let mut found = Object::read(text(&read_back)).ok()?;
    let mut carried: Vec<Secret> = Vec::new();
    let mut carry = |key: &str, is: &str, was: &str| {
        let head = format!("\"{key}\":{{\"was\":\"{}\",\"is\":", digest(was));
        carried.push(Secret::concat(&[head.as_bytes(), is.as_bytes(), b"}"]));
    };
    for (key, is) in Object::read(text(&item)).ok()?.rest() {
        let was = found.take(&key).unwrap_or_default();
        if was != is {
            carry(&key, is, was);
        }
    }
    found.rest().for_each(|(key, was)| carry(&key, "null", was));
    (!carried.is_empty()).then(|| object(&carried))
}

/// Whether `value` could be what [`difference`] makes.
pub fn is_carried(value: &Secret) -> bool {
    let members = value.expose_str().and_then(|json| Object::read(json).ok());
    members.is_some_and(|members| {
        members
            .rest()
            .all(|(_, member)| Object::read(member).is_ok_and(|member| member.peek("was").is_some()))
    })
}

/// Puts what was carried back in; the rest, which does not fit `item` any more, becomes a custom field, and is told.
pub fn restore(item: &mut Item, carried: &Secret, remarks: &mut Vec<Remark>) {
    let left = match restored(item, carried) {
        Some((restored, left)) => {
            *item = restored;
            left
        }
        None => Some(carried.duplicate()),
    };
    if let Some(value) = left {
        remarks.push(Remark::KeptAsField(NAME.to_owned()));
        item.fields.push(ItemField {
            name: NAME.to_owned(),
            kind: FieldKind::Hidden,
            value,
            ticked_off: false,
        });
    }
}

fn restored(item: &Item, carried: &Secret) -> Option<(Item, Option<Secret>)> {
    let own = own_json(item);
    let mut found = Object::read(text(&own)).ok()?;
    let (mut taken, mut left): (Vec<Secret>, Vec<Secret>) = (Vec::new(), Vec::new());
    for (key, member) in Object::read(carried.expose_str()?).ok()?.rest() {
        let mut change = Object::read(member).ok()?;
        let name = serde_json::to_string(&key).ok()?;
        if change.text("was") == digest(found.peek(&key).unwrap_or_default()) {
            found.take(&key);
            let is = change.take("is").unwrap_or("null");
            taken.push(Secret::concat(&[name.as_bytes(), b":", is.as_bytes()]));
        } else if !TIMES.contains(&key.as_str()) {
            left.push(Secret::concat(&[name.as_bytes(), b":", member.as_bytes()]));
        }
    }
    for (key, value) in found.rest() {
        let name = serde_json::to_string(&key).ok()?;
        taken.push(Secret::concat(&[name.as_bytes(), b":", value.as_bytes()]));
    }
    let item = read::entry(object(&taken).expose_str()?, &mut Vec::new()).ok()?;
    Some((item, Some(object(&left)).filter(|_| !left.is_empty())))
}

/// An object of these members.
fn object(members: &[Secret]) -> Secret {
    let mut parts: Vec<&[u8]> = vec![b"{"];
    for (at, member) in members.iter().enumerate() {
        parts.extend([if at == 0 { &b""[..] } else { b"," }, member.expose()]);
    }
    parts.push(b"}");
    Secret::concat(&parts)
}

fn own_json(item: &Item) -> Zeroizing<Vec<u8>> {
    let mut json = Zeroizing::new(Vec::new());
    // Writing to memory does not fail; an empty text is no object, and nothing is then carried.
    let _ = write::entry(item, &mut *json);
    json
}

fn text(json: &[u8]) -> &str {
    std::str::from_utf8(json).unwrap_or_default()
}

/// Tells a value of the file from another one; the file has the value itself beside it.
pub fn digest(json: &str) -> String {
    let digest = hmac_sha256(&Key::copy_of(&[0; 32]), &[json.as_bytes()]);
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
