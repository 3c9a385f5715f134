//! The first line of a table: which cells hold what.

use super::super::csv_text::{CsvText, Record};
use super::super::without_bom;
use super::{Column, Role, Table};

/// What cells may end at; the first that fits is taken.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Most bytes of a first line.
const MOST_BYTES: usize = 64 << 10;

/// The columns of a file.
#[derive(Clone)]
pub struct Header<'s> {
    /// The text that they stand in.
    pub text: CsvText<'s>,
    /// What each column holds; none where no table knows it.
    pub roles: Vec<Option<Role>>,
    /// The name of each column as it stands in the file.
    pub labels: Vec<String>,
    /// How many columns a row needs at least.
    pub needed: usize,
    /// Whether rows go on behind the last column.
    pub goes_on: bool,
    /// Offset of the first row.
    pub end: usize,
    /// The line that it is on.
    pub line: u64,
}

impl<'s> Header<'s> {
    /// The first line, where it is that of `table`; with unknown columns only where it is `open`.
    pub fn find(text: CsvText<'s>, table: &Table, open: bool) -> Option<Self> {
        if table.headerless {
            return None;
        }
        DELIMITERS.into_iter().find_map(|delimiter| {
            let line = FirstLine::read(text.delimited(delimiter))?;
            line.into_header(table).filter(|header| open || !header.roles.contains(&None))
        })
    }

    /// No first line at all: the columns of `table` in their order.
    pub fn by_place(text: CsvText<'s>, table: &Table) -> Option<Self> {
        let first = FirstLine::read(text)?;
        let labels: Vec<String> = table.columns.iter().map(label_of).collect();
        let roles = table.columns.iter().map(|column| Some(column.role)).collect();
        let needed = table.required.len();
        Some(Self { text, roles, labels, needed, goes_on: table.goes_on, end: first.start, line: first.line })
    }

    /// The first line of any table, its columns' roles as `roles` gives them; where it has none, columns are
    /// called `#1`, `#2`, and so on.
    pub fn mapped<E>(
        text: CsvText<'s>,
        headerless: bool,
        roles: impl FnOnce(&[String]) -> Result<Vec<Option<Role>>, E>,
    ) -> Result<Option<Self>, E> {
        let lines = DELIMITERS.into_iter().filter_map(|delimiter| FirstLine::read(text.delimited(delimiter)));
        // The first of equals, where `max_by_key` gives the last.
        let Some(first) = lines.rev().max_by_key(|line| line.labels.len()) else { return Ok(None) };
        let by_place = || (1..=first.labels.len()).map(|number| format!("#{number}")).collect();
        let labels: Vec<String> = if headerless { by_place() } else { first.labels.clone() };
        let roles = roles(&labels)?;
        let needed = roles.iter().rposition(Option::is_some).map_or(1, |last| last + 1);
        let (end, line) = match headerless {
            true => (first.start, first.line),
            false => (first.end, first.line + first.text.breaks(first.start, first.end)),
        };
        Ok(Some(Self { text: first.text, roles, labels, needed, goes_on: false, end, line }))
    }

    /// Whether there is a column for titles: an entry without one is then worth a word.
    pub fn has_titles(&self) -> bool {
        self.roles.contains(&Some(Role::Title))
    }

    /// The name of the column at `at`.
    pub fn label(&self, at: usize) -> String {
        let label = self.labels.get(at).filter(|label| !label.is_empty()).cloned();
        label.unwrap_or_else(|| format!("column {}", at + 1))
    }
}

/// The columns of `source` where it looks like a table, though of no known shape.
pub fn unknown(source: &[u8]) -> Option<Vec<String>> {
    let text = CsvText::new(without_bom(source));
    let lines = DELIMITERS.into_iter().filter_map(|delimiter| FirstLine::read(text.delimited(delimiter)));
    let labels = lines.max_by_key(|line| line.labels.len())?.labels;
    (labels.len() > 1).then_some(labels)
}

/// The first line that is not blank.
struct FirstLine<'s> {
    text: CsvText<'s>,
    labels: Vec<String>,
    start: usize,
    end: usize,
    line: u64,
}

impl<'s> FirstLine<'s> {
    fn read(text: CsvText<'s>) -> Option<Self> {
        let (mut start, mut line) = (0, 1);
        while text.break_len(start) > 0 {
            (start, line) = (start + text.break_len(start), line + 1);
        }
        let whole = text.line_end(start) - start <= MOST_BYTES && start < text.len();
        let Record { cells, end } =
            text.record(start).ok().filter(|record| whole && record.end - start <= MOST_BYTES)?;
        let label = |cell| text.text(cell).as_str().trim().to_owned();
        let mut labels: Vec<String> = cells.into_iter().map(label).collect();
        while labels.len() > 1 && labels.last().is_some_and(String::is_empty) {
            labels.pop();
        }
        Some(Self { text, labels, start, end, line })
    }

    fn into_header(self, table: &Table) -> Option<Header<'s>> {
        let named =
            |label: &String| if table.decorated { undecorated(label).to_owned() } else { label.clone() };
        let labels: Vec<String> = self.labels.iter().map(named).collect();
        let column = |label: &String| table.columns.iter().find(|column| is_name(column, label));
        let columns: Vec<Option<&Column>> = labels.iter().map(column).collect();
        let has = |name: &&str| columns.iter().flatten().any(|column| is_name(column, name));
        let is_this = |(column, own): (&Option<&Column>, &Column)| *column == Some(own);
        let in_order = columns.len() == table.columns.len() && columns.iter().zip(table.columns).all(is_this);
        if !table.required.iter().all(has) || table.in_order && !in_order {
            return None;
        }
        let is_required = |column: &&Option<&Column>| {
            column.is_some_and(|column| table.required.iter().any(|name| is_name(column, name)))
        };
        let last = columns.iter().rposition(|column| is_required(&column)).unwrap_or_default();
        Some(Header {
            text: self.text,
            roles: columns.iter().map(|column| column.map(|column| column.role)).collect(),
            line: self.line + self.text.breaks(self.start, self.end),
            labels,
            // Where rows go on, the header does not say how long they are.
            needed: if table.goes_on { 2 } else { last + 1 },
            goes_on: table.goes_on,
            end: self.end,
        })
    }
}

fn is_name(column: &Column, label: &str) -> bool {
    column.names.iter().any(|name| name.eq_ignore_ascii_case(label))
}

/// The name in `label(id)` or `1: LABEL`.
fn undecorated(label: &str) -> &str {
    let label = match label.split_once(": ") {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => label,
    };
    match label.strip_suffix(')').and_then(|label| label.rsplit_once('(')) {
        Some((name, _)) if !name.is_empty() => name.trim_end(),
        _ => label,
    }
}

fn label_of(column: &Column) -> String {
    column.names.first().copied().unwrap_or_default().to_owned()
}
