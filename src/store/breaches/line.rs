//! Lines of a list of breached passwords: `HASH:COUNT`, and the search among lines in memory.

use std::cmp::Ordering;

use thiserror::Error;

use super::Flaw;

/// What is wrong with a line.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LineError {
    #[error("this is no list of hashes: a line is not `HASH:COUNT`")]
    NotAHash,
    #[error("the hash has {0} digits; SHA-1 has 40, NTLM has 32, and in range files 5 less")]
    Digits(usize),
    #[error("a line is longer than a hash and a count can be")]
    TooLong,
}

/// Bytes of a line, at most.
pub const MAX_LINE: usize = 128;

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'b> {
    /// Hex digits, capital or small.
    pub digits: &'b [u8],
    /// How often it was seen; none where it is not told.
    pub count: Option<u64>,
}

impl<'b> Line<'b> {
    /// Reads a line without its LF, of a hash of `digits` hex digits.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn parse(line: &'b [u8], digits: usize) -> Result<Self, LineError> {
        let line = Self::parse_any(line)?;
        if line.digits.len() == digits { Ok(line) } else { Err(LineError::Digits(line.digits.len())) }
    }

    fn parse_any(line: &'b [u8]) -> Result<Self, LineError> {
        if line.len() > MAX_LINE {
            return Err(LineError::TooLong);
        }
        let line = line.trim_ascii_end();
        let (digits, count) = match line.iter().position(|byte| *byte == b':') {
            None => (line, None),
            Some(at) => {
                let (digits, count) = line.split_at(at);
                let count = std::str::from_utf8(count).ok().and_then(|count| count.strip_prefix(':'));
                let count = count.filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
                (digits, Some(count.and_then(|count| count.parse().ok()).ok_or(LineError::NotAHash)?))
            }
        };
        let is_hash = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
        if is_hash { Ok(Self { digits, count }) } else { Err(LineError::NotAHash) }
    }

    /// How this hash stands to one in capital digits.
    pub fn cmp(&self, other: &[u8]) -> Ordering {
        compare(self.digits, other)
    }

    /// What a look-up answers for it: filled-up ranges have hashes that were never seen.
    pub fn answer(&self) -> Option<u64> {
        match self.count {
            Some(0) => None,
            count => Some(count.unwrap_or(0)),
        }
    }
}

/// Compares hex digits, capital or small.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_uppercase).cmp(b.iter().map(u8::to_ascii_uppercase))
}

/// Digits of the hash in the first line of a list.
///
/// # Errors
/// [`Flaw::Empty`], [`Flaw::Line`].
pub fn digits_of_first(content: &[u8]) -> Result<usize, Flaw> {
    if content.trim_ascii().is_empty() {
        return Err(Flaw::Empty);
    }
    let first = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = Line::parse_any(first).map_err(|error| Flaw::Line { at: 0, error })?;
    Ok(first.digits.len())
}

/// The lines of a piece that begins a line and ends one, with where each begins; `at` is where the piece does.
/// Blank lines are left out.
pub fn lines(content: &[u8], at: u64) -> impl Iterator<Item = (u64, &[u8])> {
    let mut next = at;
    let lines = content.split(|byte| *byte == b'\n').map(move |line| {
        let start = next;
        next += line.len() as u64 + 1;
        (start, line)
    });
    lines.filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// Looks for `wanted` among lines that begin at byte `at`, and checks that all of them are in order.
///
/// # Errors
/// [`Flaw::Line`], [`Flaw::Unordered`].
pub fn find(content: &[u8], at: u64, digits: usize, wanted: &[u8]) -> Result<Option<u64>, Flaw> {
    let (mut last, mut found): (Option<&[u8]>, _) = (None, None);
    for (at, line) in lines(content, at) {
        let line = Line::parse(line, digits).map_err(|error| Flaw::Line { at, error })?;
        if last.is_some_and(|last| compare(last, line.digits) == Ordering::Greater) {
            return Err(Flaw::Unordered(at));
        }
        if line.cmp(wanted) == Ordering::Equal && found.is_none() {
            found = line.answer();
        }
        last = Some(line.digits);
    }
    Ok(found)
}
