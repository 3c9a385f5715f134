//! A text that is being typed, one line or several, in locked memory whatever it is: what is typed into a
//! search box may be a password typed into the wrong window. The cursor moves by grapheme clusters, which are
//! what a person takes for one character.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use unicode_width::UnicodeWidthStr;

use crate::secret::Secret;

/// Bytes of a line that has no other bound.
pub const LINE: usize = 4096;
const FIRST_ROOM: usize = 64;

/// Whether a text may have line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One line.
    Line,
    /// Any number of lines.
    Lines,
}

/// A text with a cursor. The text is always UTF-8, the cursor always between two grapheme clusters.
pub struct Editor {
    text: Secret,
    cursor: usize,
    most: usize,
    shape: Shape,
}

impl Editor {
    /// An empty line of at most `most` bytes.
    pub fn line(most: usize) -> Self {
        Self { text: Secret::with_capacity(FIRST_ROOM), cursor: 0, most, shape: Shape::Line }
    }

    /// An empty text of at most `most` bytes.
    pub fn lines(most: usize) -> Self {
        Self { shape: Shape::Lines, ..Self::line(most) }
    }

    /// The same with `text` in it, the cursor behind it. A line that holds line ends already keeps them.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.set(text);
        self
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.text.expose_str().unwrap_or_default()
    }

    /// A copy in locked memory.
    pub fn secret(&self) -> Secret {
        self.text.duplicate()
    }

    /// What was typed; the editor is empty then.
    pub fn take(&mut self) -> Secret {
        self.cursor = 0;
        std::mem::replace(&mut self.text, Secret::with_capacity(FIRST_ROOM))
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cursor, in bytes.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// One line or several.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Replaces all of the text.
    pub fn set(&mut self, text: &str) {
        let room = text.len().max(FIRST_ROOM);
        self.text = Secret::with_capacity(room);
        self.text.append(text.as_bytes());
        self.cursor = text.len();
    }

    /// Puts text in at the cursor, as typed or pasted: line ends become blanks in a line and LF in several,
    /// those at the end of a paste into a line are dropped, and so are other control characters. Returns
    /// whether there was room.
    pub fn insert(&mut self, text: &str) -> bool {
        let text = if self.shape == Shape::Line { text.trim_end_matches(['\r', '\n']) } else { text };
        let mut cleaned = Secret::with_capacity(text.len());
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let letter = match letter {
                '\r' if letters.peek() == Some(&'\n') => continue,
                '\r' | '\n' if self.shape == Shape::Line => ' ',
                '\r' => '\n',
                '\n' | '\t' if self.shape == Shape::Lines => letter,
                _ if letter.is_control() => continue,
                _ => letter,
            };
            cleaned.append(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if self.text.len() + cleaned.len() > self.most {
            return false;
        }
        if self.text.room() < cleaned.len() {
            let mut larger = Secret::with_capacity((self.text.len() + cleaned.len()) * 2);
            larger.append(self.text.expose());
            self.text = larger;
        }
        self.text.insert(self.cursor, cleaned.expose());
        // What was typed may join what is around it into one cluster.
        self.cursor = boundary_from(self.text(), self.cursor + cleaned.len());
        true
    }

    /// One cluster to the left.
    pub fn left(&mut self) {
        self.cursor = self.before();
    }

    /// One cluster to the right.
    pub fn right(&mut self) {
        self.cursor = self.after();
    }

    /// To the start of the line.
    pub fn home(&mut self) {
        self.cursor = self.line_start();
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.cursor = self.line_end();
    }

    /// To the end of the text.
    pub fn to_end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Up so many lines, staying in the column as far as the line has it. Returns whether it moved.
    pub fn up(&mut self, lines: usize) -> bool {
        self.go_to_line(self.position().0.checked_sub(lines.max(1)))
    }

    /// Down so many lines. Returns whether it moved.
    pub fn down(&mut self, lines: usize) -> bool {
        let (line, last) = (self.position().0, self.text().matches('\n').count());
        self.go_to_line(if line == last { None } else { Some((line + lines.max(1)).min(last)) })
    }

    /// Deletes the cluster before the cursor.
    pub fn delete_before(&mut self) {
        self.delete(self.before(), self.cursor);
    }

    /// Deletes the cluster at the cursor.
    pub fn delete_at(&mut self) {
        self.delete(self.cursor, self.after());
    }

    /// Deletes the word before the cursor and the blanks behind it.
    pub fn delete_word(&mut self) {
        let start = self.line_start();
        let before = self.text().get(start..self.cursor).unwrap_or_default();
        let word = before
            .trim_end_matches(char::is_whitespace)
            .trim_end_matches(|letter: char| !letter.is_whitespace());
        self.delete(start + word.len(), self.cursor);
    }

    /// Deletes to the start of the line.
    pub fn delete_to_start(&mut self) {
        self.delete(self.line_start(), self.cursor);
    }

    /// Deletes to the end of the line.
    pub fn delete_to_end(&mut self) {
        self.delete(self.cursor, self.line_end());
    }

    /// Line and column (in cells) of the cursor.
    pub fn position(&self) -> (usize, usize) {
        let before = self.text().get(..self.cursor).unwrap_or_default();
        let line = before.matches('\n').count();
        (line, width(before.rsplit('\n').next().unwrap_or_default()))
    }

    fn go_to_line(&mut self, line: Option<usize>) -> bool {
        let Some(line) = line else { return false };
        let (_, column) = self.position();
        let text = self.text.expose_str().unwrap_or_default();
        let start = match line {
            0 => 0,
            _ => text.match_indices('\n').nth(line - 1).map_or(text.len(), |(at, _)| at + 1),
        };
        let rest = text.get(start..).unwrap_or_default();
        let mut at = start;
        let mut cells = 0;
        for cluster in rest.split('\n').next().unwrap_or_default().graphemes(true) {
            cells += width(cluster);
            if cells > column {
                break;
            }
            at += cluster.len();
        }
        self.cursor = at;
        true
    }

    fn delete(&mut self, start: usize, end: usize) {
        self.text.remove(start..end);
        self.cursor = boundary_from(self.text(), start.min(self.text.len()));
    }

    fn before(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor.prev_boundary(self.text(), 0).ok().flatten().unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor.next_boundary(self.text(), 0).ok().flatten().unwrap_or(self.text.len())
    }

    fn line_start(&self) -> usize {
        let before = self.text().get(..self.cursor).unwrap_or_default();
        before.rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        let after = self.text().get(self.cursor..).unwrap_or_default();
        after.find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }
}

/// The first boundary between clusters that is not before `at`.
fn boundary_from(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
        _ => at,
    }
}

fn width(text: &str) -> usize {
    text.graphemes(true).map(|cluster| if cluster == "\t" { 1 } else { cluster.width() }).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WOMAN_AT_COMPUTER: &str = "👩\u{200D}💻";

    #[test]
    fn a_cluster_is_one_character() {
        let mut editor = Editor::line(100);
        for piece in ["a", "e", "\u{301}", WOMAN_AT_COMPUTER, "漢"] {
            assert!(editor.insert(piece));
        }
        editor.left();
        editor.delete_before();
        assert_eq!(editor.text(), "ae\u{301}漢");
        editor.left();
        editor.delete_at();
        assert_eq!((editor.text(), editor.position()), ("a漢", (0, 1)));
        editor.end();
        assert_eq!(editor.position(), (0, 3));
    }

    #[test]
    fn a_paste_into_a_line_stays_a_line() {
        let mut editor = Editor::line(100);
        editor.insert("a\r\nb\x1b[31m\n\n");
        assert_eq!(editor.text(), "a b[31m");
        let mut editor = Editor::lines(100);
        editor.insert("a\r\nb\rc\td\x07\n");
        assert_eq!(editor.text(), "a\nb\nc\td\n");
    }

    #[test]
    fn what_does_not_fit_is_not_taken_in_part() {
        let mut editor = Editor::line(5);
        assert!(editor.insert("abc") && !editor.insert("def") && editor.insert("de"));
        assert_eq!(editor.text(), "abcde");
    }

    #[test]
    fn it_grows() {
        let mut editor = Editor::lines(1 << 20);
        for _ in 0..1000 {
            assert!(editor.insert("0123456789\n"));
        }
        assert_eq!(editor.text().len(), 11_000);
        assert_eq!(editor.take().len(), 11_000);
        assert!(editor.is_empty() && editor.cursor() == 0);
    }

    #[test]
    fn words_and_lines_are_deleted() {
        let mut editor = Editor::line(100).with("one two  ");
        editor.delete_word();
        assert_eq!(editor.text(), "one ");
        editor.home();
        editor.delete_to_end();
        assert_eq!(editor.text(), "");
        let mut editor = Editor::lines(100).with("one\ntwo three");
        editor.delete_to_start();
        assert_eq!(editor.text(), "one\n");
    }

    #[test]
    fn up_and_down_keep_the_column() {
        let mut editor = Editor::lines(100).with("abcdef\nab\n漢字漢字");
        assert_eq!(editor.position(), (2, 8));
        assert!(editor.up(1));
        assert_eq!(editor.position(), (1, 2));
        assert!(editor.up(1) && !editor.up(1));
        editor.right();
        assert_eq!(editor.position(), (0, 3));
        assert!(editor.down(5) && !editor.down(1));
        assert_eq!(editor.position(), (2, 2), "not into the middle of a wide character");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn the_cursor_is_always_between_clusters(
            pieces in proptest::collection::vec("[a\u{301}\u{200D}👩💻漢🇩🇪\n \t]{0,4}", 1..6),
            moves in proptest::collection::vec(0_u8..13, 0..30),
            many in any::<bool>(),
        ) {
            let mut editor = if many { Editor::lines(40) } else { Editor::line(40) };
            let mut pieces = pieces.iter().cycle();
            for step in moves {
                match step {
                    0 => editor.left(), 1 => editor.right(), 2 => editor.home(), 3 => editor.end(),
                    4 => { editor.up(1); } 5 => { editor.down(2); } 6 => editor.delete_before(),
                    7 => editor.delete_at(), 8 => editor.delete_word(), 9 => editor.delete_to_start(),
                    10 => editor.delete_to_end(),
                    _ => { editor.insert(pieces.next().unwrap()); }
                }
                let text = editor.text();
                prop_assert!(text.len() <= 40);
                let mut bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
                bounds.push(text.len());
                prop_assert!(bounds.contains(&editor.cursor()), "{:?} {}", text, editor.cursor());
            }
        }
    }
}
