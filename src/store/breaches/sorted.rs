//! A file of lines in order of their hashes, of any size: a look-up reads some blocks of it.
//!
//! Hashes are spread evenly, so that a look-up goes where its hash should stand (interpolation), which takes some
//! four reads in 40 GB; every third step halves what is left instead, so that lines which are spread otherwise take
//! at most three times the reads of a binary search. A step goes to a byte, and the first whole line behind it is
//! the first that counts. Each step checks that its lines are in order, and between those known already.

use std::cmp::Ordering;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use super::line::{Line, LineError, MAX_LINE, compare, digits_of_first, find, lines};
use super::{Flaw, SourceError};
use crate::crypto::breach::BreachHash;

/// Bytes that are read at once.
const BLOCK: u64 = 4096;
/// What is left of the file is searched line by line from here on.
const FEW: u64 = 2 * BLOCK;
/// Places that are looked at when the file is opened.
const SAMPLES: u64 = 64;

/// The file.
pub struct Sorted<R> {
    source: R,
    len: u64,
    digits: usize,
}

/// Where the line must begin that is looked for: from `low` on, before `high`, both beginnings of lines; with the
/// hashes of the line before `low` and of that at `high`.
struct Bracket {
    low: u64,
    high: u64,
    before: Vec<u8>,
    at_high: Vec<u8>,
}

impl<R: Read + Seek> Sorted<R> {
    /// Looks at a file of `len` bytes: its first and last line, and the order of a sample.
    ///
    /// # Errors
    /// [`Flaw`], or the source's.
    pub fn open(source: R, len: u64) -> Result<(Self, BreachHash), SourceError> {
        if len == 0 {
            return Err(Flaw::Empty.into());
        }
        let mut file = Self { source, len, digits: 0 };
        let head = file.read(0, BLOCK.min(len))?;
        file.digits = digits_of_first(&head)?;
        let hash = BreachHash::of_digits(file.digits).ok_or(LineError::Digits(file.digits));
        let hash = hash.map_err(|error| Flaw::Line { at: 0, error })?;
        file.check_end(&head)?;
        file.check_sample()?;
        Ok((file, hash))
    }

    /// How often the hash `wanted` (capital hex digits) was seen; none where it is not there, 0 where the file does
    /// not tell how often.
    ///
    /// # Errors
    /// As [`Sorted::open`].
    pub fn count(&mut self, wanted: &[u8]) -> Result<Option<u64>, SourceError> {
        let mut bracket = Bracket { low: 0, high: self.len, before: Vec::new(), at_high: Vec::new() };
        let mut step = 0;
        while bracket.high - bracket.low > FEW {
            step += 1;
            let at = bracket.place_for(wanted, step);
            let block = self.read(at, BLOCK)?;
            let (start, piece) = whole_lines(at, &block)?;
            let mut all = lines(piece, start);
            let Some(first) = all.next() else { return Err(too_long(at).into()) };
            let last = all.last().unwrap_or(first);
            let first =
                Line::parse(first.1, self.digits).map_err(|error| Flaw::Line { at: first.0, error })?;
            let last = Line::parse(last.1, self.digits).map_err(|error| Flaw::Line { at: last.0, error })?;
            if !bracket.holds(first.digits) || !bracket.holds(last.digits) {
                return Err(Flaw::Unordered(start).into());
            }
            if first.cmp(wanted) == Ordering::Greater {
                (bracket.high, bracket.at_high) = (start, first.digits.to_vec());
            } else if last.cmp(wanted) == Ordering::Less {
                (bracket.low, bracket.before) = (start + piece.len() as u64, last.digits.to_vec());
            } else {
                return Ok(find(piece, start, self.digits, wanted)?);
            }
        }
        let rest = self.read(bracket.low, bracket.high - bracket.low)?;
        Ok(find(&rest, bracket.low, self.digits, wanted)?)
    }

    /// That the last line is whole: what was cut off within a hash, or before a count that the first line has, is
    /// noticed here.
    fn check_end(&mut self, head: &[u8]) -> Result<(), SourceError> {
        let from = self.len.saturating_sub(BLOCK);
        let tail = self.read(from, self.len - from)?;
        let parsed = |line: Option<&[u8]>| {
            line.and_then(|line| Line::parse(line, self.digits).ok().map(|line| line.count))
        };
        let first = parsed(head.split(|byte| *byte == b'\n').next());
        let text = tail.trim_ascii_end();
        let Some(last) = parsed(text.rsplit(|byte| *byte == b'\n').next()) else {
            let is_text = text.iter().all(|byte| byte.is_ascii_hexdigit() || b":\r\n ".contains(byte));
            let error = if is_text { Flaw::Cut } else { Flaw::Line { at: from, error: LineError::NotAHash } };
            return Err(error.into());
        };
        let lost_count = first.is_some_and(|first| first.is_some()) && last.is_none();
        if lost_count { Err(Flaw::Cut.into()) } else { Ok(()) }
    }

    /// That lines all over the file are in order.
    fn check_sample(&mut self) -> Result<(), SourceError> {
        if self.len <= FEW {
            let all = self.read(0, self.len)?;
            find(&all, 0, self.digits, b"")?;
            return Ok(());
        }
        let mut last: Vec<u8> = Vec::new();
        for sample in 0..SAMPLES {
            // In steps that overflow nothing, for a file may be called 2^63 bytes long.
            let at = (self.len - BLOCK) / (SAMPLES - 1) * sample;
            let block = self.read(at, BLOCK)?;
            let (start, piece) =
                if at == 0 { whole_lines_from_start(&block)? } else { whole_lines(at, &block)? };
            find(piece, start, self.digits, b"")?;
            let mut all = lines(piece, start);
            let Some((first_at, first)) = all.next() else { return Err(too_long(at).into()) };
            let first =
                Line::parse(first, self.digits).map_err(|error| Flaw::Line { at: first_at, error })?;
            if compare(first.digits, &last) == Ordering::Less {
                return Err(Flaw::Unordered(start).into());
            }
            last = first.digits.to_vec();
        }
        Ok(())
    }

    fn read(&mut self, at: u64, len: u64) -> Result<Vec<u8>, SourceError> {
        let len = len.min(self.len.saturating_sub(at));
        let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
        self.source.seek(SeekFrom::Start(at))?;
        self.source.read_exact(&mut bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => SourceError::Flaw(Flaw::Shorter(at)),
            _ => SourceError::Io(error),
        })?;
        Ok(bytes)
    }
}

impl Bracket {
    /// The byte to look at next: where `wanted` should stand, or the middle; always one after `low`, with a whole
    /// block before `high`.
    fn place_for(&self, wanted: &[u8], step: u32) -> u64 {
        let span = self.high - self.low;
        let (low, high) = (number(&self.before, 0), number(&self.at_high, u64::MAX));
        let place = if step.is_multiple_of(3) || high <= low {
            span / 2
        } else {
            let part = u128::from(number(wanted, 0).clamp(low, high) - low) * u128::from(span);
            let place = part / u128::from(high - low);
            u64::try_from(place).unwrap_or(span).saturating_sub(BLOCK / 2)
        };
        self.low + place.clamp(1, span - BLOCK)
    }

    fn holds(&self, digits: &[u8]) -> bool {
        compare(&self.before, digits) != Ordering::Greater
            && (self.at_high.is_empty() || compare(digits, &self.at_high) != Ordering::Greater)
    }
}

/// The first 64 bits of a hash; of none, `otherwise`.
fn number(digits: &[u8], otherwise: u64) -> u64 {
    let first = digits.get(..16).and_then(|digits| std::str::from_utf8(digits).ok());
    first.and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(otherwise)
}

/// The whole lines of a block that was read at `at`, somewhere in a line, and where the first of them begins.
fn whole_lines(at: u64, block: &[u8]) -> Result<(u64, &[u8]), Flaw> {
    let cut = block.iter().take(MAX_LINE + 1).position(|byte| *byte == b'\n');
    let Some(cut) = cut else { return Err(too_long_or_none(at, block)) };
    let (start, rest) = (cut + 1, block.get(cut + 1..).unwrap_or_default());
    let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else {
        return Err(too_long_or_none(at, block));
    };
    Ok((at + start as u64, rest.get(..=end).unwrap_or_default()))
}

fn whole_lines_from_start(block: &[u8]) -> Result<(u64, &[u8]), Flaw> {
    let Some(end) = block.iter().rposition(|byte| *byte == b'\n') else {
        return Err(too_long_or_none(0, block));
    };
    Ok((0, block.get(..=end).unwrap_or_default()))
}

/// Where no line ends: long lines, or no lines of text at all.
fn too_long_or_none(at: u64, block: &[u8]) -> Flaw {
    let is_text = block.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    if is_text { too_long(at) } else { Flaw::Line { at, error: LineError::NotAHash } }
}

fn too_long(at: u64) -> Flaw {
    Flaw::Line { at, error: LineError::TooLong }
}
