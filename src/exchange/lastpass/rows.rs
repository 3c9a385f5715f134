//! The rows of a LastPass export, also where it was written with broken quoting: LastPass has written notes
//! with line breaks, commas and quotes as they are.
//!
//! A record by the letter of the standard that has as many cells as the header is taken as it is. Any other
//! is mended only if one reading fits: the table ends with `fav`, which is `0` or `1`, so a line that ends
//! with `,0` or `,1` ends a row; only `extra` and `name` may have swallowed line breaks and commas. Where a
//! comma may belong to the user name or the password, the row is named and skipped: a wrong password is worse
//! than none. What is skipped is at most what stands before the next line that starts like a row.

use super::super::csv_text::{Cell, Cells, CsvText, Flaw, Strays};
use super::super::{Remark, Skip};

/// Most bytes in which the end of a broken row is looked for: what an entry can hold of one value.
const MOST_MENDED: usize = super::super::MOST_BYTES;

/// Most line ends that are tried as the end of a broken row.
const MOST_ENDS: usize = 16;

/// The shape of the table, as the header tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// How many columns.
    pub columns: usize,
    /// Where `extra` stands, if the header is exactly one that LastPass writes: before it stand URL, user
    /// name, password (and one-time code), behind it name, grouping and fav.
    pub extra: Option<usize>,
    /// Whether the column before `extra` is the one-time code.
    pub has_totp: bool,
}

/// All rows behind the header.
pub struct Rows<'s> {
    text: CsvText<'s>,
    shape: Shape,
    at: usize,
    line: u64,
    /// Between these offsets no line starts like a row; at the second one does, or it is the end.
    start_ahead: (usize, usize),
    /// Between these offsets no line ends like a row; at the second one does, or it is the end.
    mark_ahead: (usize, usize),
}

impl<'s> Rows<'s> {
    /// The rows of `text` from `at`, which is on line `line`.
    pub fn new(text: CsvText<'s>, shape: Shape, at: usize, line: u64) -> Self {
        Self { text, shape, at, line, start_ahead: (1, 0), mark_ahead: (1, 0) }
    }

    fn mend(&mut self, flaw: Option<Flaw>, record: Option<Vec<Cell>>) -> Mended {
        let eol = self.text.line_end(self.at);
        if flaw == Some(Flaw::Unclosed) && self.is_cut_off() && self.next_start(eol) == self.text.len() {
            return Mended { end: self.text.len(), cells: Err(Skip::Unclosed), remark: None };
        }
        let loose = |strays| self.text.loose_cells(self.at, eol, strays);
        let (Some(cells), Some(other)) = (loose(Strays::BeforeComma), loose(Strays::Anywhere)) else {
            return Mended { end: eol, cells: Err(Skip::TooManyColumns), remark: None };
        };
        for cells in [&cells, &other] {
            if self.shape.is_marked_row(self.text, cells) {
                return Mended { end: eol, cells: Ok(cells.clone()), remark: Some(Remark::Repaired) };
            }
        }
        if self.shape.extra.is_some_and(|extra| cells.len() > extra)
            && let Some(mended) = self.joined(eol)
        {
            return mended;
        }
        if flaw == Some(Flaw::Unclosed) {
            let end = self.next_start(eol);
            return Mended { end, cells: Err(Skip::Unclosed), remark: None };
        }
        let repaired = flaw.map(|_| Remark::Repaired);
        let (end, cells) = match record {
            Some(record) => (record.last().map_or(eol, |cell| cell.end + usize::from(cell.quoted)), record),
            None => (eol, cells),
        };
        let (cells, remark) = match cells.len() {
            len if len > self.shape.columns => (self.shape.too_long(self.text, cells), repaired),
            len if len == self.shape.columns => (Ok(cells), repaired),
            _ if self.shape.may_be_short(self.text, &cells) => (Ok(cells), repaired.or(Some(Remark::Short))),
            _ => (Err(Skip::NotARow), None),
        };
        Mended { end, cells, remark }
    }

    /// The row that starts here and goes on over line breaks that should have been in quotes. Nothing where
    /// no line ends it before the next one starts; ambiguous where one may, and no reading fits.
    fn joined(&mut self, eol: usize) -> Option<Mended> {
        let stop = self.next_start(eol).min(self.at + MOST_MENDED);
        let mut end = self.next_mark(self.at);
        let mut refused = None;
        for _ in 0..MOST_ENDS {
            if end > stop || !self.ends_row(end) {
                break;
            }
            for strays in [Strays::BeforeComma, Strays::Anywhere] {
                let Some(cells) = self.text.loose_cells(self.at, end, strays) else { continue };
                if let Some(cells) = self.shape.regrouped(self.text, &cells) {
                    return Some(Mended { end, cells: Ok(cells), remark: Some(Remark::Repaired) });
                }
                if cells.len() > self.shape.columns {
                    refused = refused.or(Some(end));
                }
            }
            end = match self.text.break_len(end) {
                0 => break,
                next => self.next_mark(end + next),
            };
        }
        refused.map(|end| Mended { end, cells: Err(Skip::AmbiguousCommas), remark: None })
    }

    /// Offset of the first line from the end of line `eol` on that starts like a row.
    fn next_start(&mut self, eol: usize) -> usize {
        let from = eol + self.text.break_len(eol);
        let (known_from, known) = self.start_ahead;
        if !(known_from..=known).contains(&from) {
            let mut at = from;
            while at < self.text.len() && !self.shape.starts_row(self.text, at) {
                let end = self.text.line_end(at);
                at = end + self.text.break_len(end);
            }
            self.start_ahead = (from, at);
        }
        self.start_ahead.1
    }

    /// Whether the source ends without a line break, as one does that was cut off.
    fn is_cut_off(&self) -> bool {
        self.text.break_len(self.text.len().saturating_sub(1)) == 0
    }

    /// Whether the line that ends at `end` ends like a row.
    fn ends_row(&self, end: usize) -> bool {
        matches!(self.text.slice(end.saturating_sub(2), end), b",0" | b",1")
    }

    /// Offset of the end of the first line, `from`'s or later, that ends like a row.
    fn next_mark(&mut self, from: usize) -> usize {
        let (known_from, known) = self.mark_ahead;
        if !(known_from..=known).contains(&from) {
            let mut end = self.text.line_end(from);
            while end < self.text.len() && !self.ends_row(end) {
                end = self.text.line_end(end + self.text.break_len(end));
            }
            self.mark_ahead = (from, end);
        }
        self.mark_ahead.1
    }
}

/// What was made of a record that is not as it should be.
struct Mended {
    end: usize,
    cells: Result<Vec<Cell>, Skip>,
    remark: Option<Remark>,
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
        let mended = match self.text.record(start) {
            Ok(record) if self.shape.is_row(self.text, &record.cells) => {
                Mended { end: record.end, cells: Ok(record.cells), remark: None }
            }
            Ok(record) => self.mend(None, Some(record.cells)),
            Err(flaw) => self.mend(Some(flaw), None),
        };
        self.line += self.text.breaks(start, mended.end);
        self.at = mended.end;
        let is_text = std::str::from_utf8(self.text.slice(start, mended.end)).is_ok();
        let cells = if is_text { mended.cells } else { Err(Skip::NotUtf8) };
        Some(Cells { line, cells, remark: mended.remark })
    }
}

impl Shape {
    /// Whether a record by the letter of the standard is a whole row: the right number of cells, the last of
    /// which is what LastPass writes there; or that and empty cells behind it.
    fn is_row(&self, text: CsvText<'_>, cells: &[Cell]) -> bool {
        let Some((row, more)) = cells.split_at_checked(self.columns) else { return false };
        let is_empty = |cell: &Cell| cell.start == cell.end;
        match (self.extra, row.last()) {
            (Some(_), Some(fav)) if is_fav(text, *fav) => more.iter().all(is_empty),
            (Some(_), Some(fav)) => more.is_empty() && is_empty(fav),
            _ => more.is_empty(),
        }
    }

    /// Whether cells of a broken line are a whole row, which its last cell must show.
    fn is_marked_row(&self, text: CsvText<'_>, cells: &[Cell]) -> bool {
        let marked = cells.last().is_some_and(|cell| is_fav(text, *cell));
        cells.len() == self.columns && (self.extra.is_none() || marked)
    }

    /// Whether the line at `at` starts like a row: enough cells before the first line break that a row may
    /// have, the first of which may be a URL; or all of them.
    fn starts_row(&self, text: CsvText<'_>, at: usize) -> bool {
        let Some(cells) = text.loose_cells(at, text.line_end(at), Strays::BeforeComma) else { return false };
        let begins = self.extra.is_some_and(|extra| cells.len() > extra);
        begins && may_be_url(text, cells.first()) || self.is_marked_row(text, &cells)
    }

    /// A short row has at least a user name, and a URL or none. (A line of a note that lost its row is
    /// neither.)
    fn may_be_short(&self, text: CsvText<'_>, cells: &[Cell]) -> bool {
        cells.len() > 1 && (self.extra.is_none() || may_be_url(text, cells.first()))
    }

    /// A row with more cells than the header: they are kept where those before show that none is shifted.
    fn too_long(&self, text: CsvText<'_>, cells: Vec<Cell>) -> Result<Vec<Cell>, Skip> {
        let last = self.columns.checked_sub(1).and_then(|last| cells.get(last));
        let is_whole = self.extra.is_some() && last.is_some_and(|fav| is_fav(text, *fav));
        if is_whole { Ok(cells) } else { Err(Skip::TooManyColumns) }
    }

    /// Cells that end like a row, as the cells that they are parts of: the last two are grouping and fav, the
    /// first ones are certain or there is no answer, and what is between is `extra` and `name`, of which a
    /// note is the likelier to have commas. Line breaks stand in the note alone.
    fn regrouped(&self, text: CsvText<'_>, cells: &[Cell]) -> Option<Vec<Cell>> {
        let certain =
            |extra: &usize| cells.len() == self.columns || self.front_is_certain(text, cells, *extra);
        let (front, rest) = cells.split_at_checked(self.extra.filter(certain)?)?;
        let [middle @ .., grouping, fav] = rest else { return None };
        let (note, name) = match middle {
            [note, name @ ..] if note.quoted => (*note, Cell::across(*name.first()?, *name.last()?)),
            [note @ .., name] => (Cell::across(*note.first()?, *note.last()?), *name),
            [] => return None,
        };
        let row = [front, &[note, name, *grouping, *fav]].concat();
        let in_one_line = |(_, cell): (usize, &Cell)| text.breaks(cell.start, cell.end) == 0;
        let others = row.iter().enumerate().filter(|(at, _)| Some(*at) != self.extra);
        (self.is_marked_row(text, &row) && others.into_iter().all(in_one_line)).then_some(row)
    }

    /// Whether no comma can have stood in the URL, user name or password: they are empty, or the note stands
    /// in quotes where it should, or shifting the cells would make something a one-time code that is none.
    fn front_is_certain(&self, text: CsvText<'_>, cells: &[Cell], extra: usize) -> bool {
        let Some((front, rest)) = cells.split_at_checked(extra) else { return false };
        let Some(note) = rest.first() else { return false };
        let is_empty = |cell: &Cell| cell.start == cell.end;
        let is_note = front.first().is_some_and(|url| text.slice(url.start, url.end) == super::NOTE_URL);
        if note.quoted || front.iter().skip(usize::from(is_note)).all(is_empty) {
            return true;
        }
        let excess = cells.len().saturating_sub(self.columns);
        let mut shifted = rest.iter().take(excess);
        let is_code = front.last().is_some_and(|code| may_be_code(text, code));
        self.has_totp && is_code && shifted.all(|cell| !may_be_code(text, cell))
    }
}

fn is_fav(text: CsvText<'_>, cell: Cell) -> bool {
    matches!(text.slice(cell.start, cell.end), b"0" | b"1")
}

/// Nothing, something with a scheme, or a host name.
fn may_be_url(text: CsvText<'_>, cell: Option<&Cell>) -> bool {
    let url = cell.map(|cell| text.slice(cell.start, cell.end)).unwrap_or_default();
    let has_scheme = memchr::memmem::find(url, b":/").is_some();
    let is_host = url.contains(&b'.') && !url.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b':');
    url.is_empty() || has_scheme || is_host
}

/// Nothing, a URI, or something like base 32.
fn may_be_code(text: CsvText<'_>, cell: &Cell) -> bool {
    let code = text.slice(cell.start, cell.end);
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'=');
    let is_code = code.len() >= 8 && code.iter().all(letter);
    code.is_empty() || is_code || memchr::memmem::find(code, b"://").is_some()
}
