//! JSON in a cell, as fields of an entry. What is not understood is kept as the text that it is.

use serde_json::value::RawValue;

use super::super::json::read::{any, members};
use super::draft::Draft;
use crate::secret::Secret;
use crate::vault::kinds::FieldKind;

/// Most levels that are taken apart; what is deeper is kept as JSON.
const MOST_LEVELS: usize = 4;

/// The members of an object in order; none where it is no object, or has a key twice.
pub fn object(json: &str) -> Option<Vec<(String, &RawValue)>> {
    members(serde_json::from_str(json).ok()?).ok()
}

/// The values of a list.
pub fn list(json: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json).ok()
}

/// A value as text: that of a string, the JSON of anything else.
pub fn text(value: &RawValue) -> Secret {
    any(value.get())
}

/// The value of this key as text.
pub fn member(members: &[(String, &RawValue)], key: &str) -> Option<Secret> {
    let (_, value) = members.iter().find(|(known, _)| known == key)?;
    Some(text(value)).filter(|text| !text.is_empty())
}

/// Keeps every value in `json` that is not empty as a custom field, and lists of custom fields as those.
pub fn keep(draft: &mut Draft, label: &str, json: &RawValue, levels: usize) {
    let inner = Some(json.get()).filter(|_| levels < MOST_LEVELS);
    if let Some(members) = inner.and_then(object) {
        if !keep_field(draft, &members) {
            for (key, value) in members {
                keep(draft, if key.is_empty() { label } else { &key }, value, levels + 1);
            }
        }
    } else if let Some(values) = inner.and_then(list) {
        values.into_iter().for_each(|value| keep(draft, label, value, levels + 1));
    } else {
        let value = text(json);
        draft.keep(label, value.expose_str().unwrap_or_default());
    }
}

/// Keeps an object that is a custom field: a label, a type and a value. Whether it is one.
fn keep_field(draft: &mut Draft, members: &[(String, &RawValue)]) -> bool {
    let of = |keys: [&str; 3]| keys.into_iter().find_map(|key| member(members, key));
    let label = of(["label", "fieldName", "name"]);
    let data = members.iter().find(|(key, _)| key == "data");
    let content = data.and_then(|(_, data)| object(data.get()));
    let content = content.and_then(|inner| member(&inner, "content").or_else(|| member(&inner, "totpUri")));
    let plain_data = || data.filter(|(_, data)| data.get().starts_with('"')).map(|(_, data)| text(data));
    let known = ["label", "fieldName", "name", "type", "field_type", "secret", "data", "value"];
    if label.is_none() || !members.iter().all(|(key, _)| known.contains(&key.as_str())) {
        return false;
    }
    let value = content.or_else(plain_data).or_else(|| member(members, "value"));
    let says = |key: &str, words: &[&str]| {
        member(members, key).is_some_and(|kind| words.iter().any(|word| kind.same_as(word.as_bytes())))
    };
    let is_hidden = says("type", &["hidden", "password"]) || says("secret", &["true"]);
    let kind = match () {
        () if is_hidden || says("field_type", &["password"]) => FieldKind::Hidden,
        () if says("type", &["totp"]) => FieldKind::Totp,
        () if says("type", &["date"]) => FieldKind::Date,
        () => FieldKind::Text,
    };
    let text =
        |secret: &Option<Secret>| secret.as_ref().and_then(Secret::expose_str).unwrap_or_default().to_owned();
    let value = zeroize::Zeroizing::new(text(&value));
    draft.keep_as(&text(&label), kind, &value);
    true
}
