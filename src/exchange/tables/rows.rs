//! The rows of a table. A record by the letter of the standard is taken as it is; a line with stray quotes is
//! mended where it has exactly as many cells as the header, and anything else is named by its line.
//!
//! A row with more cells than the header is taken only where every cell of it stands in quotes: a comma that
//! was never quoted would have shifted the rest, and a wrong password is worse than none.

use super::super::csv_text::{Cell, Cells, CsvText, Flaw, Strays};
use super::super::{MOST_BYTES, Remark, Skip};
use super::header::Header;

/// Most times that a quote without an end is searched for its end; after that the rest is one bad row.
const MOST_UNCLOSED: u32 = 32;

/// All rows behind a header.
pub struct Rows<'s> {
    text: CsvText<'s>,
    columns: usize,
    needed: usize,
    goes_on: bool,
    at: usize,
    line: u64,
    unclosed: u32,
}

impl<'s> Rows<'s> {
    /// The rows behind `header`.
    pub fn behind(header: &Header<'s>) -> Self {
        let (text, columns, needed) = (header.text, header.roles.len(), header.needed);
        let (goes_on, at, line) = (header.goes_on, header.end, header.line);
        Self { text, columns, needed, goes_on, at, line, unclosed: 0 }
    }

    /// What is made of cells by the letter of the standard that end at `end`.
    fn judged(&self, cells: Vec<Cell>, end: usize) -> (Result<Vec<Cell>, Skip>, Option<Remark>) {
        let longest = cells.iter().map(|cell| cell.end - cell.start).max().unwrap_or_default();
        if longest > 2 * MOST_BYTES {
            return (Err(Skip::TooLong { field: "a value", len: longest }), None);
        }
        let is_empty = |cell: &Cell| cell.start == cell.end;
        let more = cells.get(self.columns..).unwrap_or_default();
        if !self.goes_on
            && !more.iter().all(is_empty)
            && cells.iter().any(|cell| !cell.quoted && !is_empty(cell))
        {
            return (Err(Skip::TooManyColumns), None);
        }
        let is_cut_off = end == self.text.len() && self.text.break_len(end.saturating_sub(1)) == 0;
        match cells.len() {
            1 if self.columns > 1 && !cells.iter().all(is_empty) => (Err(Skip::NotARow), None),
            len if len < self.needed || len < self.columns && is_cut_off && !self.goes_on => {
                (Ok(cells), Some(Remark::Short))
            }
            _ => (Ok(cells), None),
        }
    }

    /// A line that is no record: its cells, if there are as many as in the header.
    fn mended(&self, eol: usize) -> Option<Vec<Cell>> {
        [Strays::BeforeComma, Strays::Anywhere]
            .into_iter()
            .filter_map(|strays| self.text.loose_cells(self.at, eol, strays))
            .find(|cells| cells.len() == self.columns && self.columns > 1)
    }

    /// Offset of the first line behind `eol` that is a whole row, or the end.
    fn next_row(&mut self, eol: usize) -> usize {
        let mut at = eol;
        while self.unclosed < MOST_UNCLOSED {
            at += self.text.break_len(at);
            if at >= self.text.len() {
                break;
            }
            match self.text.record(at) {
                Ok(record) if record.cells.len() == self.columns => return at,
                Err(Flaw::Unclosed) => self.unclosed += 1,
                _ => {}
            }
            at = self.text.line_end(at);
        }
        self.text.len()
    }
}

impl Iterator for Rows<'_> {
    type Item = Cells;

    fn next(&mut self) -> Option<Cells> {
        loop {
            match self.text.break_len(self.at) {
                0 => break,
                len => (self.at, self.line) = (self.at + len, self.line + 1),
            }
        }
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let eol = self.text.line_end(start);
        let (end, (cells, remark)) = match self.text.record(start) {
            Ok(record) => (record.end, self.judged(record.cells, record.end)),
            Err(Flaw::TooManyCells) => (eol, (Err(Skip::TooManyColumns), None)),
            Err(Flaw::StrayQuote) => match self.mended(eol) {
                Some(cells) => (eol, (self.judged(cells, eol).0, Some(Remark::Repaired))),
                None => (eol, (Err(Skip::NotARow), None)),
            },
            Err(Flaw::Unclosed) => {
                self.unclosed += 1;
                (self.next_row(eol), (Err(Skip::Unclosed), None))
            }
        };
        self.line += self.text.breaks(start, end);
        self.at = end;
        let is_text = std::str::from_utf8(self.text.slice(start, end)).is_ok();
        let cells = if is_text { cells } else { Err(Skip::NotUtf8) };
        Some(Cells { line, cells, remark })
    }
}
