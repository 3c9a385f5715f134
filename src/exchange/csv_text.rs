//! Comma-separated text (RFC 4180) as it is met in the wild: records by the letter of the standard, and cells
//! of lines that break it. Cells are places in the source, so nothing is copied before it is needed.
//!
//! A line ends with LF, CR LF, CR CR LF (CR LF written through a text mode) or CR. There is no judgement here
//! about what a broken record means; that is for the format that knows its columns.

use memchr::memchr;

use super::{Remark, Skip};
use crate::secret::Secret;

/// Most cells of a record; more than any real file has, and what bounds the work on a hostile one.
pub const MOST_CELLS: usize = 128;

/// Where the text of a cell lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Offset of its first byte, behind the opening quote if there is one.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// Whether it stood in quotes, so that `""` in it means `"`.
    pub quoted: bool,
}

/// A row as cells, or why there are none.
#[derive(Debug)]
pub struct Cells {
    /// The line it starts on, from 1.
    pub line: u64,
    /// Its cells, at least one; fewer than the header's where it ends early, more where it has more.
    pub cells: Result<Vec<Cell>, Skip>,
    /// How it was mended.
    pub remark: Option<Remark>,
}

impl Cell {
    /// The text from the start of `first` to the end of `last` as it was written: what was one cell before
    /// its commas were taken for the ends of cells.
    pub fn across(first: Self, last: Self) -> Self {
        let outside = |cell: Self| usize::from(cell.quoted);
        Self { start: first.start - outside(first), end: last.end + outside(last), quoted: false }
    }
}

/// A record by the letter of the standard.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// Offset behind its last cell, before the line break.
    pub end: usize,
}

/// Why there is no record by the letter of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A quote within a cell that is not quoted, or text behind a closing quote.
    StrayQuote,
    /// The source ends within quotes.
    Unclosed,
    /// More than [`MOST_CELLS`].
    TooManyCells,
}

/// The text of a cell, in locked memory where taking out doubled quotes made a copy.
pub enum CellText<'s> {
    /// As it stands in the source.
    AsWritten(&'s str),
    /// With doubled quotes made single.
    Unescaped(Secret),
}

impl CellText<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AsWritten(text) => text,
            Self::Unescaped(secret) => secret.expose_str().unwrap_or_default(),
        }
    }
}

/// The text of a file.
#[derive(Debug, Clone, Copy)]
pub struct CsvText<'s> {
    bytes: &'s [u8],
    delimiter: u8,
}

impl<'s> CsvText<'s> {
    /// Over all of `bytes`, in any encoding that keeps ASCII bytes to ASCII letters.
    pub fn new(bytes: &'s [u8]) -> Self {
        Self { bytes, delimiter: b',' }
    }

    /// The same text with cells that end at another letter: `;` where the decimal sign is a comma, a tab.
    pub fn delimited(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes from `start` to `end`; none outside the source.
    pub fn slice(&self, start: usize, end: usize) -> &'s [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The text of a cell, empty where it is not UTF-8 (which is asked of the whole record first).
    pub fn text(&self, cell: Cell) -> CellText<'s> {
        let written = std::str::from_utf8(self.slice(cell.start, cell.end)).unwrap_or_default();
        if !cell.quoted || !written.contains("\"\"") {
            return CellText::AsWritten(written);
        }
        let mut text = Secret::with_capacity(written.len());
        let mut rest = written;
        while let Some((before, after)) = rest.split_once("\"\"") {
            text.append(before.as_bytes());
            text.append(b"\"");
            rest = after;
        }
        text.append(rest.as_bytes());
        CellText::Unescaped(text)
    }

    /// Bytes of the line break at `at`, zero if there is none.
    pub fn break_len(&self, at: usize) -> usize {
        match self.bytes.get(at..).unwrap_or_default() {
            [b'\r', b'\r', b'\n', ..] => 3,
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        }
    }

    /// Offset of the end of the line that `at` is on, before its break.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len())
    }

    /// Line breaks between `start` and `end`.
    pub fn breaks(&self, start: usize, end: usize) -> u64 {
        let (mut at, mut count) = (start, 0);
        loop {
            at = self.line_end(at);
            if at >= end {
                return count;
            }
            at += self.break_len(at);
            count += 1;
        }
    }

    /// The record that starts at `start`.
    ///
    /// # Errors
    /// A [`Flaw`] where the text there is no record by the letter of the standard.
    pub fn record(&self, start: usize) -> Result<Record, Flaw> {
        let mut cells = Vec::with_capacity(8);
        let mut at = start;
        loop {
            if cells.len() == MOST_CELLS {
                return Err(Flaw::TooManyCells);
            }
            let cell = match self.bytes.get(at) {
                Some(b'"') => self.quoted_cell(at + 1)?,
                _ => self.plain_cell(at)?,
            };
            cells.push(cell);
            at = cell.end + usize::from(cell.quoted);
            match self.bytes.get(at) {
                Some(byte) if *byte == self.delimiter => at += 1,
                Some(b'\r' | b'\n') | None => return Ok(Record { cells, end: at }),
                Some(_) => return Err(Flaw::StrayQuote),
            }
        }
    }

    fn quoted_cell(&self, start: usize) -> Result<Cell, Flaw> {
        let mut at = start;
        loop {
            let quote = memchr(b'"', self.bytes.get(at..).unwrap_or_default()).ok_or(Flaw::Unclosed)?;
            at += quote;
            if self.bytes.get(at + 1) != Some(&b'"') {
                return Ok(Cell { start, end: at, quoted: true });
            }
            at += 2;
        }
    }

    fn plain_cell(&self, start: usize) -> Result<Cell, Flaw> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'"') || *byte == self.delimiter;
        let len = rest.iter().position(ends);
        let end = start + len.unwrap_or(rest.len());
        if self.bytes.get(end) == Some(&b'"') {
            return Err(Flaw::StrayQuote);
        }
        Ok(Cell { start, end, quoted: false })
    }

    /// The cells between `start` and `end`, line breaks and all, if quotes may stand anywhere: a cell is
    /// quoted where it starts with a quote and a quote before a comma or the end closes it; any other quote
    /// is part of the text. Nothing for more than [`MOST_CELLS`].
    pub fn loose_cells(&self, start: usize, end: usize, strays: Strays) -> Option<Vec<Cell>> {
        let mut cells = Vec::with_capacity(8);
        let mut at = start;
        // Where no quote closes however far, none further on does: one search to the end is enough.
        let mut may_close = true;
        loop {
            if cells.len() == MOST_CELLS {
                return None;
            }
            let quoted = may_close && at < end && self.bytes.get(at) == Some(&b'"');
            let closing = if quoted { self.closing_quote(at + 1, end, strays) } else { None };
            may_close &= !quoted || closing.is_some() || strays == Strays::BeforeComma;
            let cell = match closing {
                Some(close) => Cell { start: at + 1, end: close, quoted: true },
                None => {
                    let len = memchr(self.delimiter, self.slice(at, end)).unwrap_or(end - at);
                    Cell { start: at, end: at + len, quoted: false }
                }
            };
            cells.push(cell);
            at = cell.end + usize::from(cell.quoted);
            if at >= end {
                return Some(cells);
            }
            at += 1;
        }
    }

    fn closing_quote(&self, start: usize, mut end: usize, strays: Strays) -> Option<usize> {
        let mut at = start;
        loop {
            at += memchr(b'"', self.slice(at, end))?;
            match self.bytes.get(at + 1).filter(|_| at + 1 < end) {
                None => return Some(at),
                Some(byte) if *byte == self.delimiter => return Some(at),
                Some(b'"') => at += 2,
                Some(_) => {
                    at += 1;
                    if strays == Strays::BeforeComma {
                        end = at + memchr(self.delimiter, self.slice(at, end)).unwrap_or(end - at);
                    }
                }
            }
        }
    }
}

/// How far a quoted cell goes on behind a quote that should have been doubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strays {
    /// Not beyond the next comma: `"hello" he said,` is text that starts with a quote.
    BeforeComma,
    /// To the next quote that can close it: `"he said "hi, you" and left",` is one cell.
    Anywhere,
}

/// Writes `text` as a cell: in quotes where it needs them, and never changed.
pub fn write_cell(text: &[u8], out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let needs_quotes = text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
        || text.first().is_some_and(u8::is_ascii_whitespace)
        || text.last().is_some_and(u8::is_ascii_whitespace);
    if !needs_quotes {
        return out.write_all(text);
    }
    out.write_all(b"\"")?;
    for (index, piece) in text.split(|byte| *byte == b'"').enumerate() {
        if index > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(piece)?;
    }
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str, cells: &[Cell]) -> Vec<String> {
        let text = CsvText::new(source.as_bytes());
        cells.iter().map(|cell| text.text(*cell).as_str().to_owned()).collect()
    }

    fn strict(source: &str) -> Result<Vec<String>, Flaw> {
        CsvText::new(source.as_bytes()).record(0).map(|record| texts(source, &record.cells))
    }

    fn loose(source: &str, strays: Strays) -> Vec<String> {
        texts(source, &CsvText::new(source.as_bytes()).loose_cells(0, source.len(), strays).unwrap())
    }

    #[test]
    fn records_by_the_letter() {
        assert_eq!(strict("a,\"b,\"\"c\"\"\nd\",\r\nnext").unwrap(), ["a", "b,\"c\"\nd", ""]);
        assert_eq!(strict("").unwrap(), [""]);
        assert_eq!(strict("a\"b,c"), Err(Flaw::StrayQuote));
        assert_eq!(strict("\"a\"b,c"), Err(Flaw::StrayQuote));
        assert_eq!(strict("a,\"b\"\"\nc"), Err(Flaw::Unclosed));
        assert_eq!(strict(&",".repeat(MOST_CELLS)), Err(Flaw::TooManyCells));
    }

    #[test]
    fn quotes_where_none_may_stand() {
        for strays in [Strays::BeforeComma, Strays::Anywhere] {
            assert_eq!(loose("test\"\n\ntest\",(\"),,0", strays), ["test\"\n\ntest\"", "(\")", "", "0"]);
            assert_eq!(loose("\"He said \"hi\" to me\",Name", strays), ["He said \"hi\" to me", "Name"]);
            assert_eq!(loose("\"hello,Name", strays), ["\"hello", "Name"]);
            assert_eq!(loose("\"\",\"\"\"\",", strays), ["", "\"", ""]);
        }
        let quote_first = "\"hello\" he said,Name,\"x\"";
        assert_eq!(loose(quote_first, Strays::BeforeComma), ["\"hello\" he said", "Name", "x"]);
        let commas_within = "\"a \"b, c\" d\",Name";
        assert_eq!(loose(commas_within, Strays::Anywhere), ["a \"b, c\" d", "Name"]);
    }

    #[test]
    fn every_kind_of_line_break_is_one() {
        let text = CsvText::new(b"a\nb\r\nc\r\r\nd\re\r\r\rf");
        assert_eq!(text.breaks(0, text.len()), 7);
        assert_eq!((text.line_end(0), text.break_len(1), text.break_len(3)), (1, 1, 2));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_by_another_reader_too(
            rows in proptest::collection::vec(proptest::collection::vec("[a-c,\"\r\n é]{0,6}", 2..5), 1..5)
        ) {
            let mut bytes = Vec::new();
            for row in &rows {
                for (index, cell) in row.iter().enumerate() {
                    if index > 0 {
                        bytes.push(b',');
                    }
                    write_cell(cell.as_bytes(), &mut bytes).unwrap();
                }
                bytes.extend(b"\r\n");
            }
            let source = String::from_utf8(bytes.clone()).unwrap();
            let text = CsvText::new(&bytes);
            let (mut at, mut found) = (0, Vec::new());
            while at < text.len() {
                let record = text.record(at).unwrap();
                prop_assert_eq!(&text.loose_cells(at, record.end, Strays::BeforeComma).unwrap(), &record.cells);
                found.push(texts(&source, &record.cells));
                at = record.end + text.break_len(record.end);
            }
            prop_assert_eq!(&found, &rows);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..]);
            let other: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(other, rows);
        }

        #[test]
        fn no_text_is_lost_or_made_up(source in "[ab,\"\r\n]{0,30}") {
            let text = CsvText::new(source.as_bytes());
            for strays in [Strays::BeforeComma, Strays::Anywhere] {
                let cells = text.loose_cells(0, text.len(), strays).unwrap();
                let all = Cell::across(cells[0], cells[cells.len() - 1]);
                prop_assert_eq!((all.start, all.end), (0, text.len()));
                for pair in cells.windows(2) {
                    prop_assert_eq!(Cell::across(pair[0], pair[0]).end + 1, Cell::across(pair[1], pair[1]).start);
                }
            }
        }
    }
}
