//! Back-up codes: the list that a site gives out once, each good for one sign-in without the phone. Each is a
//! hidden custom field called "Back-up code 1", "Back-up code 2" and so on, with tag 28 once it was used.

use crate::secret::Secret;
use crate::vault::entry::{Field, Value};
use crate::vault::item::ItemField;
use crate::vault::kinds::FieldKind;
use crate::vault::{Entry, Id};

/// Most codes of one entry. Sites give out ten.
pub const MOST: usize = 1000;
/// With so many left it is time for new ones.
pub const FEW: usize = 2;
/// Least and most characters of a code.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=64;

/// A back-up code of an entry.
#[derive(Debug, Clone, Copy)]
pub struct BackupCode<'v> {
    /// Its field.
    pub field: Id,
    /// Its number, from its label; by its place where that has none.
    pub number: usize,
    /// Whether it was used.
    pub is_used: bool,
    /// The code, sealed.
    pub value: Value<'v>,
}

/// How many are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Not yet used.
    pub left: usize,
    /// In all.
    pub total: usize,
}

impl Tally {
    /// "7 of 10 left".
    pub fn words(self) -> String {
        format!("{} of {} left", self.left, self.total)
    }

    /// Whether there are codes, and so few that the person should hear of it.
    pub fn is_low(self) -> bool {
        self.total > 0 && self.left <= FEW
    }
}

/// What was read of a pasted text.
#[derive(Debug, Default)]
pub struct Read {
    /// The codes, in order, none twice.
    pub codes: Vec<Secret>,
    /// Numbers of the lines in which there was none, counted from 1; empty ones do not count.
    pub left_out: Vec<usize>,
    /// How many stood there a second time.
    pub doubles: usize,
}

impl Read {
    /// Leaves out those that are known.
    pub fn without(&mut self, known: &[Secret]) {
        let before = self.codes.len();
        self.codes.retain(|code| !known.iter().any(|known| known.same_as(code.expose())));
        self.doubles += before - self.codes.len();
    }
}

/// The label of a code.
pub fn label(number: usize) -> String {
    format!("Back-up code {number}")
}

/// Whether a custom field is a back-up code.
pub fn is_code(field: &Field<'_>) -> bool {
    field.kind == FieldKind::Hidden && number_in(field.label).is_some()
}

/// The codes of an entry, in order.
pub fn of<'v>(entry: &Entry<'v>) -> Vec<BackupCode<'v>> {
    let fields = entry.fields().into_iter().filter(is_code);
    let code = |(place, field): (usize, Field<'v>)| BackupCode {
        field: field.id,
        number: number_in(field.label).flatten().unwrap_or(place + 1),
        is_used: field.ticked_off,
        value: field.value,
    };
    fields.enumerate().map(code).collect()
}

/// How many of an entry's codes are left.
pub fn tally(entry: &Entry<'_>) -> Tally {
    let codes = of(entry);
    Tally { left: codes.iter().filter(|code| !code.is_used).count(), total: codes.len() }
}

/// The custom fields that new codes become, counted from `first`.
pub fn fields(codes: Vec<Secret>, first: usize) -> Vec<ItemField> {
    let field = |(value, number)| ItemField {
        name: label(number),
        kind: FieldKind::Hidden,
        value,
        ticked_off: false,
    };
    codes.into_iter().zip(first..).map(field).collect()
}

/// The number in a label, if it is the label of a code; the inner one is none where it has no number.
fn number_in(label: &str) -> Option<Option<usize>> {
    let label = label.trim().to_lowercase();
    let names = ["back-up code", "backup code", "recovery code"];
    let rest = names.iter().find_map(|name| label.strip_prefix(name))?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start_matches([' ', '#', '.']);
    match rest {
        "" => Some(None),
        digits if digits.len() < 7 => digits.parse().ok().map(Some),
        _ => None,
    }
}

/// Reads the codes from what a site shows: one on each line, numbered or not, or several beside one another.
/// What looks like a sentence is left out. More than [`MOST`] are not read to the end.
///
/// A code may hold single blanks in groups (`1234 5678`); two blanks or a tab part one code from the next.
pub fn read(text: &str) -> Read {
    let mut read = Read::default();
    let has_sign = |code: &str| code.contains(|letter: char| letter.is_ascii_digit() || letter == '-');
    let found: Vec<(usize, Vec<&str>)> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| (at + 1, codes_in(line)))
        .collect();
    // Codes of letters alone are rare: beside others, such a word is a heading.
    let are_signed = found.iter().any(|(_, codes)| codes.iter().any(|code| has_sign(code)));
    for (line, codes) in found {
        let before = read.codes.len() + read.doubles;
        for code in codes.into_iter().filter(|code| !are_signed || has_sign(code)) {
            if read.codes.iter().any(|known| known.same_as(code.as_bytes())) {
                read.doubles += 1;
            } else {
                read.codes.push(Secret::copy_of(code.as_bytes()));
            }
        }
        if read.codes.len() + read.doubles == before {
            read.left_out.push(line);
        }
        if read.codes.len() > MOST {
            break;
        }
    }
    read
}

/// The codes of one line.
fn codes_in(line: &str) -> Vec<&str> {
    let mut codes = Vec::new();
    for cell in line.split('\t').flat_map(|part| part.split("  ")) {
        let cell = without_mark(cell.trim());
        let groups = || cell.split(' ').filter(|group| !group.is_empty());
        let is_code = |code: &str| {
            let letters = code.chars().filter(|letter| letter.is_ascii_alphanumeric()).count();
            LENGTHS.contains(&code.chars().count())
                && letters >= 4
                && code.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_ ".contains(letter))
        };
        // Groups of a code are short and alike; codes beside one another are long, or have a hyphen each.
        let are_codes = groups().count() > 1 && groups().all(|group| group.len() >= 6 || group.contains('-'));
        if are_codes && groups().all(is_code) {
            codes.extend(groups());
        } else if is_code(cell) && !is_sentence(cell) {
            codes.push(cell);
        }
    }
    codes
}

/// Without the number or bullet before a code: `1.`, `2)`, `#3`, `(4)`, `-`, `[ ]`, or a number and a blank.
fn without_mark(cell: &str) -> &str {
    let bare = cell.trim_start_matches(['-', '*', '•', '·', '□', '☐', '✓', '[', ']', '(', '#', ' ']);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = bare.split_at_checked(digits).unwrap_or((bare, ""));
    if number.is_empty() || number.len() > 4 {
        return bare;
    }
    if let Some(rest) = rest.strip_prefix(['.', ')', ':']) {
        return rest.trim_start_matches([')', ' ']);
    }
    let first = rest.split_whitespace().next().unwrap_or_default();
    // `1 abcd-efgh`, but not `12 34 56 78`.
    if rest.starts_with(' ') && number.len() <= 3 && first.len() > number.len() + 1 {
        rest.trim_start()
    } else {
        bare
    }
}

/// Words, rather than the groups of a code: two or more of letters alone, of different lengths.
fn is_sentence(cell: &str) -> bool {
    let words: Vec<&str> = cell.split_whitespace().collect();
    let are_letters = words.iter().all(|word| word.chars().all(|letter| letter.is_ascii_alphabetic()));
    let are_alike = words.iter().all(|word| Some(word.len()) == words.first().map(|first| first.len()));
    words.len() > 8 || (words.len() > 1 && are_letters && !are_alike)
}
