//! Text in several lines, and lines that are typed in.

use ratatui::layout::Position;
use unicode_segmentation::UnicodeSegmentation;

use super::super::editor::Editor;
use super::super::theme::Role;
use super::at;
use super::pen::{Pen, width};

/// The pieces of `text` that fit into lines of `columns`, broken at line ends and wherever a line is full.
/// Slices, not copies: the text may be a secret.
pub fn broken(text: &str, columns: u16) -> Vec<&str> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (mut start, mut used) = (0, 0_u16);
        for (at, cluster) in line.grapheme_indices(true) {
            let wide = width(cluster);
            if used > 0 && used.saturating_add(wide) > columns {
                lines.push(line.get(start..at).unwrap_or_default());
                (start, used) = (at, 0);
            }
            used = used.saturating_add(wide);
        }
        lines.push(line.get(start..).unwrap_or_default());
    }
    lines
}

/// As [`broken`], but between words where there is a blank to break at.
pub fn wrapped(text: &str, columns: u16) -> Vec<&str> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let (mut start, mut at, mut used) = (0, 0, 0_u16);
        for piece in line.split_inclusive(char::is_whitespace) {
            if used > 0 && used.saturating_add(width(piece.trim_end())) > columns {
                lines.extend(broken(line.get(start..at).unwrap_or_default().trim_end(), columns));
                (start, used) = (at, 0);
            }
            used = used.saturating_add(width(piece));
            at += piece.len();
        }
        lines.extend(broken(line.get(start..).unwrap_or_default().trim_end(), columns));
    }
    lines
}

/// Draws text in as many lines as it takes, between words, to the end of the area. Gives the row behind it.
pub fn paragraph(pen: &mut Pen<'_>, x: u16, y: u16, words: &str, role: Role) -> u16 {
    let mut y = y;
    for line in wrapped(words, pen.width().saturating_sub(x)) {
        pen.text(x, y, line, role);
        y = y.saturating_add(1);
    }
    y
}

/// As [`paragraph`], from a column on to one before the end.
pub fn paragraph_in(pen: &mut Pen<'_>, x: u16, y: u16, words: &str, role: Role) -> u16 {
    let mut y = y;
    for line in wrapped(words, pen.width().saturating_sub(x + 1)) {
        pen.text(x, y, line, role);
        y = y.saturating_add(1);
    }
    y
}

/// Draws the line that is typed in, scrolled so that the cursor is in sight. Gives the cursor's place.
pub fn field(pen: &mut Pen<'_>, x: u16, y: u16, editor: &Editor, role: Role) -> Option<Position> {
    let (_, column) = editor.position();
    let room = usize::from(pen.width().saturating_sub(x)).max(1);
    let skip = (column + 1).saturating_sub(room);
    pen.text_from(x, y, skip, editor.text(), role);
    let cursor = u16::try_from(column - skip).unwrap_or(u16::MAX);
    at(pen, x.saturating_add(cursor), y)
}

/// Draws the sign that stands for a secret, if there is one. Gives the place behind it.
pub fn masked(pen: &mut Pen<'_>, x: u16, y: u16, editor: &Editor) -> Option<Position> {
    let mask = if editor.is_empty() { "" } else { pen.signs().mask };
    let end = pen.text(x, y, mask, Role::Text);
    at(pen, end, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_where_they_are_full() {
        assert_eq!(broken("abcdef\n\nx", 4), ["abcd", "ef", "", "x"]);
        assert_eq!(broken("漢字漢", 5), ["漢字", "漢"]);
        assert_eq!(broken("漢", 1), ["漢"]);
        assert_eq!(broken("", 9), [""]);
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrapped("incomprehensible", 6), ["incomp", "rehens", "ible"]);
        assert_eq!(wrapped("a\nb", 9), ["a", "b"]);
        assert_eq!(wrapped("to print. It", 8), ["to", "print.", "It"], "a stop stays at its word");
        assert_eq!(wrapped("a verylongword b", 6), ["a", "verylo", "ngword", "b"]);
        assert_eq!(wrapped("", 9), [""]);
    }
}
