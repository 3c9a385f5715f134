//! JSON of other programs: the members of an object are taken by key, each as what the reader wants it to be,
//! and what nobody took is there at the end and becomes custom fields. So nothing is lost by being unknown.
//!
//! A value is looked at when it is taken, not before: the source is scanned without recursion, and memory is
//! used for one entry at a time.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::{ImportError, Skip, without_bom};
use super::text::unescape;
use crate::secret::Secret;

/// Most keys at the top level that a format is told by.
const MOST_KEYS: usize = 64;

/// Members of an object that were not taken yet, in order. None is null.
#[derive(Debug, Default)]
pub struct Object<'s> {
    members: Vec<(String, &'s str)>,
}

impl<'s> Object<'s> {
    /// The object that is the whole source.
    ///
    /// # Errors
    /// [`ImportError::Empty`], [`ImportError::DamagedJson`], [`ImportError::RepeatedKey`],
    /// [`ImportError::ForeignJson`] where it is no object.
    pub fn whole(source: &'s [u8]) -> Result<Self, ImportError> {
        let source = without_bom(source);
        if source.trim_ascii().is_empty() {
            return Err(ImportError::Empty);
        }
        let members =
            serde_json::from_slice::<Members<'s>>(source).map_err(|error| match error.classify() {
                serde_json::error::Category::Data => ImportError::ForeignJson,
                _ => ImportError::DamagedJson { line: error.line(), column: error.column() },
            })?;
        Self::of(members).map_err(|_| ImportError::RepeatedKey)
    }

    /// The object that `json` is.
    ///
    /// # Errors
    /// [`Skip::NotAnObject`], [`Skip::RepeatedKey`].
    pub fn read(json: &'s str) -> Result<Self, Skip> {
        Self::of(serde_json::from_str(json).map_err(|_| Skip::NotAnObject)?)
    }

    fn of(members: Members<'s>) -> Result<Self, Skip> {
        if members.are_ambiguous() {
            return Err(Skip::RepeatedKey);
        }
        let members = members.0.into_iter().map(|(key, value)| (key, value.get()));
        Ok(Self { members: members.filter(|(_, value)| *value != "null").collect() })
    }

    /// The value of `key` as it stands, which stays where it is.
    pub fn peek(&self, key: &str) -> Option<&'s str> {
        self.members.iter().find(|(known, _)| known == key).map(|(_, value)| *value)
    }

    /// Takes the value of `key` as it stands.
    pub fn take(&mut self, key: &str) -> Option<&'s str> {
        let at = self.members.iter().position(|(known, _)| known == key)?;
        Some(self.members.remove(at).1)
    }

    /// Takes the value of `key` if `read` makes something of it.
    fn take_as<T>(&mut self, key: &str, read: impl FnOnce(&'s str) -> Option<T>) -> Option<T> {
        let value = read(self.peek(key)?)?;
        self.take(key);
        Some(value)
    }

    /// Takes a text or a number, none where it is empty.
    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        self.take_as(key, plain).filter(|text| !text.is_empty())
    }

    /// Takes a text or a number that is no secret, empty where there is none.
    pub fn text(&mut self, key: &str) -> String {
        self.secret(key).as_ref().map(text_of).unwrap_or_default()
    }

    /// Takes a text if `read` makes something of it.
    pub fn parsed<T>(&mut self, key: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.take_as(key, |json| read(unescape(json)?.expose_str()?))
    }

    /// Takes a whole number.
    pub fn number(&mut self, key: &str) -> Option<i64> {
        self.take_as(key, |json| json.parse().ok())
    }

    /// Takes true, false, 1 or 0.
    pub fn flag(&mut self, key: &str) -> bool {
        let read = |json: &str| match json {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        self.take_as(key, read).unwrap_or(false)
    }

    /// Takes an object, an empty one where there is none.
    pub fn object(&mut self, key: &str) -> Object<'s> {
        self.take_as(key, |json| Object::read(json).ok()).unwrap_or_default()
    }

    /// Takes a list of anything, as it stands.
    pub fn list(&mut self, key: &str) -> Vec<&'s str> {
        self.take_as(key, list).unwrap_or_default()
    }

    /// Takes a list of objects. Where one of them is none, the whole list stays.
    pub fn objects(&mut self, key: &str) -> Vec<Object<'s>> {
        let objects = |json| list(json)?.into_iter().map(|value| Object::read(value).ok()).collect();
        self.take_as(key, objects).unwrap_or_default()
    }

    /// Takes a list of texts. Where one of them is none, the whole list stays.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        let texts = |json| list(json)?.into_iter().map(|value| plain(value).as_ref().map(text_of)).collect();
        self.take_as(key, texts).unwrap_or_default()
    }

    /// Whether everything was taken.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What nobody took.
    pub fn rest(self) -> impl Iterator<Item = (String, &'s str)> {
        self.members.into_iter()
    }
}

/// The values of the list that is the whole source, as they stand.
///
/// # Errors
/// [`ImportError::Empty`], [`ImportError::DamagedJson`], [`ImportError::NoItems`] where it is no list.
pub fn whole_list(source: &[u8]) -> Result<Vec<&str>, ImportError> {
    let source = without_bom(source);
    if source.trim_ascii().is_empty() {
        return Err(ImportError::Empty);
    }
    let values: Vec<&RawValue> = serde_json::from_slice(source).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => ImportError::NoItems,
        _ => ImportError::DamagedJson { line: error.line(), column: error.column() },
    })?;
    Ok(values.into_iter().map(RawValue::get).collect())
}

/// The keys of the first object of a source that is a list, as [`keys`].
pub fn first_keys(source: &[u8]) -> Vec<String> {
    let source = without_bom(source).trim_ascii_start();
    source.strip_prefix(b"[").map(keys).unwrap_or_default()
}

/// The values of a list, as they stand.
pub fn list(json: &str) -> Option<Vec<&str>> {
    let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(values.into_iter().map(RawValue::get).collect())
}

/// A text or a number as text.
pub fn plain(json: &str) -> Option<Secret> {
    match json.as_bytes().first()? {
        b'"' => unescape(json),
        b'-' | b'0'..=b'9' => Some(Secret::copy_of(json.as_bytes())),
        _ => None,
    }
}

/// Any value as text: that of a string, the JSON of anything else.
pub fn any(json: &str) -> Secret {
    unescape(json).unwrap_or_else(|| Secret::copy_of(json.as_bytes()))
}

/// Whether a value says nothing: false, or an empty text, list or object.
pub fn is_nothing(json: &str) -> bool {
    let inside = json.trim_ascii();
    let inner = inside.get(1..inside.len().saturating_sub(1)).unwrap_or_default();
    matches!(inside, "false" | "null" | "\"\"")
        || inside.starts_with(['[', '{']) && inner.trim_ascii().is_empty()
}

/// A secret that is no secret, as text.
pub fn text_of(secret: &Secret) -> String {
    secret.expose_str().unwrap_or_default().to_owned()
}

/// The keys at the top level of a source, as far as it can be read: also of one that is damaged, so that its
/// reader can say where. At most 64; none where it is no object.
pub fn keys(source: &[u8]) -> Vec<String> {
    struct Keys<'k>(&'k mut Vec<String>);
    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                self.0.push(key);
                if self.0.len() == MOST_KEYS {
                    return Err(A::Error::custom("enough"));
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let source = without_bom(source).trim_ascii_start();
    let mut keys = Vec::new();
    if source.starts_with(b"{") {
        // What stands behind damage is not a key that counts.
        let _ = serde_json::Deserializer::from_slice(source).deserialize_map(Keys(&mut keys));
    }
    keys
}

/// The members of an object, in order, their values not looked at yet.
pub struct Members<'s>(pub Vec<(String, &'s RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(String, &RawValue)> = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

impl Members<'_> {
    /// Whether a key stands twice, so that it is not clear which value is meant.
    pub fn are_ambiguous(&self) -> bool {
        let mut keys: Vec<&str> = self.0.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys.iter().zip(keys.iter().skip(1)).any(|(one, next)| one == next)
    }
}
