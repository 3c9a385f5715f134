//! Values that other programs have damaged on the way out: escaped for HTML (`&amp;` for `&`), or UTF-8 read as
//! CP-1252 (`Ã¤` for `ä`). They are found, shown with what they would become, and repaired only if told so:
//! a password may well hold `&amp;`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use zeroize::Zeroizing;

use super::source::byte;
use super::{Each, ImportError, Importer, Load, Outcome, Place, Remark, Row, Unlock};
use crate::secret::Secret;
use crate::vault::item::Item;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Escaped for HTML.
    Html,
    /// UTF-8 read as CP-1252.
    Mojibake,
}

impl Damage {
    /// Both, in the order in which they are repaired.
    pub const ALL: [Self; 2] = [Self::Mojibake, Self::Html];

    /// Its public name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Mojibake => "mojibake",
        }
    }

    /// The first part of `text` that is damaged.
    fn part(self, text: &str) -> &str {
        let part = match self {
            Self::Html => text.match_indices('&').find_map(|(at, _)| {
                let (_, len) = entity(text.get(at + 1..)?)?;
                text.get(at..=at + len)
            }),
            Self::Mojibake => text.split(|letter: char| letter.is_ascii()).find(|part| !part.is_empty()),
        };
        part.unwrap_or_default()
    }

    /// `text` as it was before; none where it does not look damaged in this way.
    pub fn repaired(self, text: &str) -> Option<Zeroizing<String>> {
        match self {
            Self::Html => unescape_html(text),
            Self::Mojibake => as_utf8(text),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "escaped for HTML (&amp; for &)",
            Self::Mojibake => "letters in the wrong encoding (Ã¤ for ä)",
        })
    }
}

/// A value that looks damaged, with everything masked that need not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Where its entry stands.
    pub place: Place,
    /// Which value.
    pub field: String,
    /// It as it is, and as it would be. Hostile text.
    pub values: [String; 2],
}

/// What looks damaged in one way.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How many values.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Examples of each damage.
const MOST_EXAMPLES: usize = 5;

/// What looks damaged in `source`. `progress` sees where each row stands, and may break it off: what was found so far
/// is given then.
///
/// # Errors
/// As `importer`.
pub fn find(
    importer: &dyn Importer,
    source: &[u8],
    unlock: &Unlock,
    progress: &mut dyn FnMut(Place) -> ControlFlow<()>,
) -> Result<BTreeMap<Damage, Finding>, ImportError> {
    let mut found: BTreeMap<Damage, Finding> = BTreeMap::new();
    importer.read(source, unlock, &mut |row| {
        if let Outcome::Item(mut item, _) = row.outcome {
            each_value(&mut item, &mut |field, is_secret, text| {
                for damage in Damage::ALL {
                    let Some(repaired) = damage.repaired(text) else { continue };
                    let finding = found.entry(damage).or_default();
                    finding.count += 1;
                    if finding.examples.len() < MOST_EXAMPLES {
                        let values = shown(damage, text, &repaired, is_secret);
                        finding.examples.push(Example { place: row.place, field: field.to_owned(), values });
                    }
                }
                None
            });
        }
        progress(row.place)
    })?;
    Ok(found)
}

/// Reads as another importer does, and repairs.
pub struct Repairing<'i> {
    /// The other.
    pub importer: &'i dyn Importer,
    /// What is repaired.
    pub damages: &'i [Damage],
}

impl Importer for Repairing<'_> {
    fn recognises(&self, source: &[u8]) -> bool {
        self.importer.recognises(source)
    }

    fn is_encrypted(&self, source: &[u8]) -> bool {
        self.importer.is_encrypted(source)
    }

    fn load(&self, source: &[u8]) -> Result<Option<Load>, ImportError> {
        self.importer.load(source)
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        self.importer.read(source, unlock, &mut |Row { place, outcome }| {
            let outcome = match outcome {
                Outcome::Item(mut item, mut remarks) => {
                    self.repair(&mut item, &mut remarks);
                    Outcome::Item(item, remarks)
                }
                other => other,
            };
            each(Row { place, outcome })
        })
    }
}

impl Repairing<'_> {
    fn repair(&self, item: &mut Item, remarks: &mut Vec<Remark>) {
        each_value(item, &mut |field, _, text| {
            let mut repaired: Option<Zeroizing<String>> = None;
            for damage in Damage::ALL.iter().filter(|damage| self.damages.contains(damage)) {
                let now = repaired.as_ref().map_or(text, |text| text.as_str());
                repaired = damage.repaired(now).or(repaired);
            }
            if repaired.is_some() {
                remarks.push(Remark::Mended(field.to_owned()));
            }
            repaired
        });
    }
}

/// What a value becomes.
type Change<'c> = dyn FnMut(&str, bool, &str) -> Option<Zeroizing<String>> + 'c;

/// Hands the name of every value, whether it is a secret, and its text to `change`.
fn each_value(item: &mut Item, change: &mut Change<'_>) {
    let named = [("title", &mut item.title), ("username", &mut item.username), ("folder", &mut item.folder)];
    let urls = item.urls.iter_mut().map(|url| ("url", url));
    let tags = item.tags.iter_mut().map(|tag| ("tag", tag));
    for (name, text) in named.into_iter().chain(urls).chain(tags) {
        if let Some(new) = change(name, false, text) {
            new.as_str().clone_into(text);
        }
    }
    let named = [("password", &mut item.password), ("note", &mut item.note), ("totp", &mut item.totp)];
    let named = named.into_iter().filter_map(|(name, secret)| Some((name, true, secret.as_mut()?)));
    let fields =
        item.fields.iter_mut().map(|field| (field.name.as_str(), field.kind.is_secret(), &mut field.value));
    for (name, is_secret, secret) in named.chain(fields) {
        if let Some(new) = secret.expose_str().and_then(|text| change(name, is_secret, text)) {
            *secret = Secret::copy_of(new.as_bytes());
        }
    }
}

/// Letters shown of a value that is no secret.
const MOST_SHOWN: usize = 60;
/// Letters shown of the part that changes.
const MOST_CHANGED: usize = 12;

/// A value before and after. Of a secret only the first part that changes is shown, and neither how much
/// stands around it nor how often it changes.
fn shown(damage: Damage, before: &str, after: &str, is_secret: bool) -> [String; 2] {
    if !is_secret {
        return [before, after].map(|text| text.chars().take(MOST_SHOWN).collect());
    }
    let part: String = damage.part(before).chars().take(MOST_CHANGED).collect();
    let becomes = damage.repaired(&part).map_or_else(|| "?".to_owned(), |text| text.to_string());
    [part, becomes].map(|part| format!("…{part}…"))
}

/// Entities that exports use.
const ENTITIES: [(&str, char); 7] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("#039", '\''),
];

/// `text` with entities made letters, once; none where there are none.
pub fn unescape_html(text: &str) -> Option<Zeroizing<String>> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let (mut rest, mut found) = (text, false);
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        match entity(after) {
            Some((letter, len)) => {
                plain.push(letter);
                rest = after.get(len..).unwrap_or_default();
                found = true;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    found.then_some(plain)
}

/// The letter of the entity at the start of `text`, and its length with the semicolon.
fn entity(text: &str) -> Option<(char, usize)> {
    let (name, _) = text.get(..text.floor_char_boundary(10)).unwrap_or(text).split_once(';')?;
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let named = || ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter);
    let letter = number.and_then(char::from_u32).filter(|letter| *letter != '\0').or_else(named)?;
    Some((letter, name.len() + 1))
}

/// The text whose UTF-8 was read as CP-1252; none where that cannot be.
fn as_utf8(text: &str) -> Option<Zeroizing<String>> {
    if text.is_ascii() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    for letter in text.chars() {
        bytes.push(byte(letter)?);
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> Option<String> {
        Damage::Html.repaired(text).map(|text| text.to_string())
    }

    #[test]
    fn entities() {
        assert_eq!(html("a&amp;b&lt;&gt;&quot;&#39;&#x27;&#039;").as_deref(), Some("a&b<>\"'''"));
        assert_eq!(html("&amp;amp;").as_deref(), Some("&amp;"), "once");
        for text in [
            "a&b",
            "a & b;",
            "&lt",
            "&unknown;",
            "&#0;",
            "&#xD800;",
            "&#99999999;",
            "&;",
            "&é;",
            "https://x/?a=1&lt=2",
        ] {
            assert_eq!(html(text), None, "{text}");
        }
    }

    #[test]
    fn letters_in_the_wrong_encoding() {
        let mojibake = |text: &str| Damage::Mojibake.repaired(text).map(|text| text.to_string());
        assert_eq!(mojibake("PÃ¤sse â‚¬").as_deref(), Some("Pässe €"));
        for text in ["ä", "abc", "é🙂", "Ã", "Ã¤ and ä"] {
            assert_eq!(mojibake(text), None, "{text}");
        }
    }

    #[test]
    fn of_a_secret_only_the_part_that_changes_is_shown() {
        let before = "s3cret&amp;more&lt;x";
        let after = html(before).unwrap();
        assert_eq!(shown(Damage::Html, before, &after, true), ["…&amp;…", "…&…"]);
        assert_eq!(shown(Damage::Mojibake, "s3cretÃ¤more", "s3cretämore", true), ["…Ã¤…", "…ä…"]);
        assert_eq!(shown(Damage::Html, before, &after, false), [before, after.as_str()]);
    }
}
