//! Recipes as text, both ways. The language is that of the HTML attribute `passwordrules`
//! (<https://developer.apple.com/password-rules/>), so that a site's rule is a recipe as it stands:
//!
//! ```text
//! minlength: 8; maxlength: 20; required: lower; required: digit, [-!#]; allowed: upper; max-consecutive: 2
//! ```
//!
//! What it cannot say has properties of its own: `forbidden`, `first` and `last` take classes and sets as `allowed`
//! does, with one class more, `look-alikes`. `words: 6`, `syllables: 4` and `pattern: [ddyddy]` are the other kinds of
//! recipe; words and syllables go with `list`, `separator`, `capitals` and `number`.
//!
//! As published, a set ends at its first `]`, which is in the set if another one follows; a `-` counts only at its
//! beginning; what is not printable ASCII is passed over. Of a property that is given twice the stricter one holds, and
//! a set that is required twice is required of two characters. Unlike there, a class that nobody knows is an error,
//! since a password made without it would be refused.

use std::fmt::{self, Display, Write};

use thiserror::Error;

use super::Recipe;
use super::chars::Chars;
use super::list::List;
use super::passphrase::Passphrase;
use super::password::Password;
use super::pattern::Pattern;

/// A text that is no recipe.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TextError {
    #[error("the rule has {len} bytes: at most {} are read", Recipe::MAX_TEXT)]
    TooLong { len: usize },
    #[error("the rule is empty")]
    Empty,
    #[error("a control character in the rule")]
    Control,
    #[error("{found:?} is no property with a value, as \"minlength: 8\" is")]
    NoProperty { found: String },
    #[error("{property} takes a whole number, not {found:?}")]
    NotANumber { property: String, found: String },
    #[error(
        "{found:?} is no class of characters: lower, upper, digit, special, ascii-printable, unicode or [...]"
    )]
    NoClass { found: String },
    #[error("a set that begins with [ does not end")]
    OpenSet,
    #[error("{property} has no value")]
    NoValue { property: String },
    #[error("{found:?} is not yes or no")]
    NotYesOrNo { found: String },
    #[error("{found:?} is no word list: eff-long, eff-short, eff-distinct or [file]")]
    NoList { found: String },
    #[error("{property} does not go with {with}")]
    DoesNotGoWith { property: String, with: &'static str },
}

/// A property as it stands in the text.
struct Property<'a> {
    name: String,
    value: &'a str,
}

impl Recipe {
    /// The longest text that is read, in bytes.
    pub const MAX_TEXT: usize = 4096;

    /// Reads a recipe.
    ///
    /// # Errors
    /// [`TextError`]. Whether anything meets the recipe is another question, which [`Recipe::entropy_bits`] answers.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.len() > Self::MAX_TEXT {
            return Err(TextError::TooLong { len: text.len() });
        }
        if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r')) {
            return Err(TextError::Control);
        }
        let properties = properties(text)?;
        let has = |name: &str| properties.iter().any(|property| property.name == name);
        let recipe = if has("pattern") {
            Self::Pattern(pattern(&properties)?)
        } else if has("words") || has("syllables") {
            Self::Passphrase(passphrase(&properties)?)
        } else {
            Self::Password(password(&properties)?)
        };
        Ok(recipe)
    }
}

/// The properties, split where no set is open.
fn properties(text: &str) -> Result<Vec<Property<'_>>, TextError> {
    let mut properties = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find([':', ';']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.trim();
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let Some(after) = after.strip_prefix(':').filter(|_| is_name) else {
            if name.is_empty() && after.starts_with(';') {
                rest = after.get(1..).unwrap_or_default().trim_start();
                continue;
            }
            return Err(TextError::NoProperty { found: excerpt(rest) });
        };
        let len = value_len(after)?;
        let value = after.get(..len).unwrap_or_default().trim();
        let name = name.to_ascii_lowercase();
        if value.is_empty() {
            return Err(TextError::NoValue { property: name });
        }
        properties.push(Property { name, value });
        rest = after.get(len + 1..).unwrap_or_default().trim_start();
    }
    if properties.is_empty() { Err(TextError::Empty) } else { Ok(properties) }
}

/// Bytes before the `;` that ends a value.
fn value_len(text: &str) -> Result<usize, TextError> {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        match rest.find(['[', ';']) {
            None => return Ok(text.len()),
            Some(found) if rest.get(found..).is_some_and(|rest| rest.starts_with(';')) => {
                return Ok(at + found);
            }
            Some(found) => at += found + set_len(rest.get(found..).unwrap_or_default())?,
        }
    }
    Ok(text.len())
}

/// Bytes of the set that `text` begins with, brackets and all.
fn set_len(text: &str) -> Result<usize, TextError> {
    let end = text.find(']').ok_or(TextError::OpenSet)? + 1;
    Ok(end + usize::from(text.get(end..).is_some_and(|rest| rest.starts_with(']'))))
}

fn password(properties: &[Property<'_>]) -> Result<Password, TextError> {
    let mut password = Password::default();
    let stricter = |known: Option<usize>, new: usize, choose: fn(usize, usize) -> usize| {
        Some(known.map_or(new, |known| choose(known, new)))
    };
    for property in properties {
        let value = property.value;
        match property.name.as_str() {
            "minlength" => password.min = stricter(password.min, number(property)?, usize::max),
            "maxlength" => password.max = stricter(password.max, number(property)?, usize::min),
            "max-consecutive" => {
                password.max_consecutive = stricter(password.max_consecutive, number(property)?, usize::min);
            }
            "required" => password.require(classes(value)?),
            "allowed" => password.allowed = Some(password.allowed.unwrap_or_default() | classes(value)?),
            "forbidden" => password.forbidden = password.forbidden | classes(value)?,
            "first" => password.first = Some(password.first.unwrap_or(Chars::ALL) & classes(value)?),
            "last" => password.last = Some(password.last.unwrap_or(Chars::ALL) & classes(value)?),
            "list" | "separator" | "capitals" | "number" => {
                return Err(TextError::DoesNotGoWith { property: property.name.clone(), with: "characters" });
            }
            _ => password.unknown.push(format!("{}: {value}", property.name)),
        }
    }
    Ok(password)
}

fn passphrase(properties: &[Property<'_>]) -> Result<Passphrase, TextError> {
    let has_syllables = properties.iter().any(|property| property.name == "syllables");
    let mut passphrase = if has_syllables { Passphrase::pronounceable(1) } else { Passphrase::default() };
    for property in properties {
        let value = property.value;
        match (property.name.as_str(), has_syllables) {
            ("words", false) | ("syllables", true) => passphrase.words = number(property)?,
            ("list", false) => passphrase.list = list(value)?,
            ("separator", _) => passphrase.separator = bracketed(value)?.to_owned(),
            ("capitals", _) => passphrase.capitalised = yes_or_no(value)?,
            ("number", _) => passphrase.number = yes_or_no(value)?,
            (other, _) => {
                let with = if has_syllables { "syllables" } else { "words" };
                return Err(TextError::DoesNotGoWith { property: other.to_owned(), with });
            }
        }
    }
    Ok(passphrase)
}

fn pattern(properties: &[Property<'_>]) -> Result<Pattern, TextError> {
    match properties {
        [only] => Ok(Pattern { mask: bracketed(only.value)?.to_owned() }),
        several => {
            let other = several.iter().find(|property| property.name != "pattern").or(several.first());
            let property = other.map(|property| property.name.clone()).unwrap_or_default();
            Err(TextError::DoesNotGoWith { property, with: "a pattern" })
        }
    }
}

fn number(property: &Property<'_>) -> Result<usize, TextError> {
    let value = property.value;
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        let (property, found) = (property.name.clone(), excerpt(value));
        return Err(TextError::NotANumber { property, found });
    }
    // What does not fit is too many in any case.
    Ok(value.parse().unwrap_or(usize::MAX))
}

fn yes_or_no(value: &str) -> Result<bool, TextError> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(TextError::NotYesOrNo { found: excerpt(value) }),
    }
}

fn list(value: &str) -> Result<List, TextError> {
    if value.starts_with('[') {
        return Ok(List::file(bracketed(value)?));
    }
    List::named(value).ok_or_else(|| TextError::NoList { found: excerpt(value) })
}

/// What stands between brackets, or the value as it is.
fn bracketed(value: &str) -> Result<&str, TextError> {
    if !value.starts_with('[') {
        return if value.contains(['[', ']']) { Err(TextError::OpenSet) } else { Ok(value) };
    }
    if set_len(value)? != value.len() {
        return Err(TextError::OpenSet);
    }
    Ok(value.get(1..value.len() - 1).unwrap_or_default())
}

/// Classes and sets with commas between them.
fn classes(value: &str) -> Result<Chars, TextError> {
    let mut all = Chars::NONE;
    let mut rest = value;
    loop {
        let end = if rest.starts_with('[') { set_len(rest)? } else { rest.find(',').unwrap_or(rest.len()) };
        let (class, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        all = all | self::class(class.trim())?;
        let after = after.trim_start();
        match after.strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if after.is_empty() => return Ok(all),
            None => return Err(TextError::NoClass { found: excerpt(after) }),
        }
    }
}

fn class(text: &str) -> Result<Chars, TextError> {
    if let Some(set) = text.strip_prefix('[') {
        let set = set.get(..set.len().saturating_sub(1)).unwrap_or_default().as_bytes();
        let (is_dash, dash) = (set.first() == Some(&b'-'), Chars::of(b"-"));
        return Ok((Chars::of(set) - dash) | if is_dash { dash } else { Chars::NONE });
    }
    match text.to_ascii_lowercase().as_str() {
        "lower" => Ok(Chars::LOWER),
        "upper" => Ok(Chars::UPPER),
        "digit" => Ok(Chars::DIGIT),
        "special" => Ok(Chars::SPECIAL),
        // Characters that are not on every keyboard would lock a person out who has to type one.
        "ascii-printable" | "unicode" => Ok(Chars::VISIBLE),
        "look-alikes" => Ok(Chars::LOOK_ALIKES),
        _ => Err(TextError::NoClass { found: excerpt(text) }),
    }
}

/// As much of a stranger's text as an error repeats.
fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password(password) => password.fmt(f),
            Self::Passphrase(passphrase) => passphrase.fmt(f),
            Self::Pattern(pattern) => write!(f, "pattern: [{}]", pattern.mask),
        }
    }
}

impl Display for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        let mut number = |name: &str, number: Option<usize>| {
            parts.extend(number.map(|number| format!("{name}: {number}")));
        };
        number("minlength", self.min);
        number("maxlength", self.max);
        number("max-consecutive", self.max_consecutive);
        for needed in &self.required {
            parts.extend(vec![format!("required: {}", Set(needed.of)); needed.least]);
        }
        let mut set = |name: &str, set: Option<Chars>| {
            parts.extend(set.map(|set| format!("{name}: {}", Set(set))));
        };
        set("allowed", self.allowed);
        set("forbidden", Some(self.forbidden).filter(|set| !set.is_empty()));
        set("first", self.first);
        set("last", self.last);
        parts.extend(self.unknown.iter().cloned());
        f.write_str(&parts.join("; "))
    }
}

impl Display for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |on: bool| if on { "yes" } else { "no" };
        match &self.list {
            List::Syllables => write!(f, "syllables: {}", self.words)?,
            list => write!(f, "words: {}; list: {list}", self.words)?,
        }
        write!(f, "; separator: [{}]", self.separator)?;
        write!(f, "; capitals: {}; number: {}", yes(self.capitalised), yes(self.number))
    }
}

/// Classes and what is left.
struct Set(Chars);

impl Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes = [
            ("ascii-printable", Chars::VISIBLE),
            ("lower", Chars::LOWER),
            ("upper", Chars::UPPER),
            ("digit", Chars::DIGIT),
            ("special", Chars::SPECIAL),
            ("look-alikes", Chars::LOOK_ALIKES),
        ];
        let mut rest = self.0;
        let mut separator = "";
        for (name, class) in classes {
            if rest.holds(class) {
                write!(f, "{separator}{name}")?;
                (rest, separator) = (rest - class, ", ");
            }
        }
        if rest.is_empty() && !separator.is_empty() {
            return Ok(());
        }
        let [dash, bracket] = [b"-", b"]"].map(|one| Chars::of(one));
        let middle: String = (rest - dash - bracket).iter().map(char::from).collect();
        write!(f, "{separator}[")?;
        [dash, bracket]
            .iter()
            .zip(["-", ""])
            .filter(|(set, _)| rest.holds(**set))
            .try_for_each(|(_, text)| f.write_str(text))?;
        f.write_str(&middle)?;
        if rest.holds(bracket) {
            f.write_char(']')?;
        }
        f.write_char(']')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn password(text: &str) -> Password {
        match Recipe::parse(text) {
            Ok(Recipe::Password(password)) => password,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn sets_end_as_published() {
        for (set, expected) in [
            ("[!#]", "!#"),
            ("[-!]", "-!"),
            ("[!-#]", "!#"),
            ("[]]", "]"),
            ("[a[]]", "[]a"),
            ("[;:,]", ",:;"),
            ("[\\]]", "\\]"),
            ("[ äß§a]", " a"),
            ("[]", ""),
            ("[aa]", "a"),
        ] {
            assert_eq!(
                password(&format!("allowed: {set};")).allowed,
                Some(Chars::of(expected.as_bytes())),
                "{set}"
            );
        }
    }

    #[test]
    fn properties_are_read_as_published() {
        let rule = password(
            " MinLength : 8;maxlength: 20;\n required: lower, [-];;required:DIGIT; allowed: upper; allowed: unicode; max-consecutive: 2",
        );
        assert_eq!((rule.min, rule.max, rule.max_consecutive), (Some(8), Some(20), Some(2)));
        assert_eq!(rule.required.len(), 2);
        assert_eq!(rule.required[0].of, Chars::LOWER | Chars::of(b"-"));
        assert_eq!(rule.allowed, Some(Chars::VISIBLE));
        // The stricter of two; a set that is required twice; what is not known is kept.
        let rule = password(
            "minlength: 8; minlength: 9; maxlength: 20; maxlength: 12; required: digit; required: digit; x-later: [;] 5",
        );
        assert_eq!((rule.min, rule.max, rule.required[0].least), (Some(9), Some(12), 2));
        assert_eq!(rule.unknown, ["x-later: [;] 5"]);
        assert!(rule.counted().is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, what) in [
            ("", "empty"),
            (" ; ;", "empty"),
            ("minlength", "no property"),
            ("minlength; 8", "no property"),
            ("min length: 8", "no property"),
            ("minlength: ", "no value"),
            ("minlength: -1", "whole number"),
            ("minlength: 8 9", "whole number"),
            ("minlength: ٣", "whole number"),
            ("maxlength: 0x10", "whole number"),
            ("required: klingon", "\"klingon\" is no class"),
            ("required: lower,", "no class"),
            ("required: lower upper", "no class"),
            ("required: [a] [b]", "no class"),
            ("required: [abc", "does not end"),
            ("allowed: [abc; minlength: 8", "does not end"),
            ("x-new: [", "does not end"),
            ("minlength: 8\0", "control character"),
            ("required: [\u{1b}[2J]", "control character"),
            ("words: 5; minlength: 8", "minlength does not go with words"),
            ("words: 5; syllables: 5", "does not go"),
            ("syllables: 5; list: eff-long", "list does not go with syllables"),
            ("words: 5; list: klingon", "no word list"),
            ("words: 5; capitals: perhaps", "yes or no"),
            ("words: 5; x-new: 1", "x-new does not go"),
            ("pattern: [dd]; minlength: 4", "minlength does not go with a pattern"),
            ("separator: [-]", "does not go with characters"),
        ] {
            let error = Recipe::parse(text).unwrap_err().to_string();
            assert!(error.contains(what), "{text}: {error}");
        }
        let long = "required: digit;".repeat(1000);
        assert_eq!(Recipe::parse(&long), Err(TextError::TooLong { len: 16_000 }));
        // As many as fit are read; that they cannot be counted is said at once.
        let many: String = (b'!'..=b'~')
            .filter(|byte| !b"[];-".contains(byte))
            .map(|byte| format!("required:[{}];", char::from(byte)))
            .collect();
        assert!(password(&many).counted().is_err());
    }

    #[test]
    fn recipes_go_through_their_text() {
        for text in [
            "minlength: 8; maxlength: 20; max-consecutive: 2; required: digit; required: digit; allowed: lower, upper",
            "allowed: ascii-printable; forbidden: look-alikes; first: lower, upper; last: [-!]]",
            "required: [-+]; required: special; allowed: [ ]; x-new: 5",
            "words: 5; list: eff-short; separator: [ · ]; capitals: yes; number: no",
            "words: 5; list: [/home/a b/list.txt]; separator: []; capitals: no; number: yes",
            "syllables: 7; separator: [-]; capitals: no; number: no",
            "pattern: [dd;: ddy{2}]",
        ] {
            let recipe = Recipe::parse(text).unwrap();
            assert_eq!(recipe.to_string(), text);
        }
        let usual = Recipe::default();
        assert_eq!(Recipe::parse(&usual.to_string()), Ok(usual));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(minlength|maxlength|required|allowed|words|pattern|forbidden|[a-z-]{0,3})?[:;\\[\\]\\-a-z0-9, äx]{0,20}(; ?(required|allowed|first|separator): ?[\\[\\]\\-a-z, ;:]{0,12}){0,3}") {
            if let Ok(recipe) = Recipe::parse(&text) {
                let again = Recipe::parse(&recipe.to_string());
                prop_assert!(again == Ok(recipe.clone()) || recipe.to_string().is_empty(), "{} {:?}", recipe, again);
                let _ = recipe.entropy_bits();
            }
        }
    }
}
