//! The one way in which text gets into a cell. Every character is made harmless here, cut to its place, and put
//! where it belongs by its width, so that no text can drive the terminal or break the layout.
//!
//! Text is put in cluster by cluster and nowhere copied whole: what is drawn may be a secret.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::theme::{Role, Signs, Theme};
use crate::kit::Qr;
use crate::printable;

/// Draws within an area of the screen, in coordinates of that area. What is outside is left out.
pub struct Pen<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
    theme: &'static Theme,
}

impl<'b> Pen<'b> {
    /// A pen for all of `buffer`.
    pub fn new(buffer: &'b mut Buffer, theme: &'static Theme) -> Self {
        let area = *buffer.area();
        Self { buffer, area, theme }
    }

    /// A pen for a part of the screen, in the screen's coordinates.
    pub fn within(&mut self, area: Rect) -> Pen<'_> {
        let area = area.intersection(*self.buffer.area());
        Pen { buffer: self.buffer, area, theme: self.theme }
    }

    /// Columns.
    pub fn width(&self) -> u16 {
        self.area.width
    }

    /// Rows.
    pub fn height(&self) -> u16 {
        self.area.height
    }

    /// Where it draws, on the screen.
    pub fn area(&self) -> Rect {
        self.area
    }

    /// The signs of the theme.
    pub fn signs(&self) -> &'static Signs {
        &self.theme.signs
    }

    /// Puts text at column `x` of row `y`, cut at the end of the area. Gives the column behind it.
    pub fn text(&mut self, x: u16, y: u16, text: &str, role: Role) -> u16 {
        self.text_in(x, y, self.area.width.saturating_sub(x), text, role)
    }

    /// Puts text into `width` columns, marking where it is cut. Gives the column behind it.
    pub fn text_in(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let style = self.theme.style(role);
        let room = width.min(self.area.width.saturating_sub(x));
        if y >= self.area.height || room == 0 {
            return x;
        }
        let end = x + room;
        let mut at = x;
        // Where the mark goes if it must be cut: behind the last cluster that leaves a column for it.
        let mut cut = x;
        for cluster in text.graphemes(true) {
            let next = at.saturating_add(cluster_width(cluster));
            if next > end {
                self.put(cut, y, self.theme.signs.cut, style);
                (cut + 1..end).for_each(|rest| self.put(rest, y, " ", style));
                return end;
            }
            self.cluster(at, y, cluster, style);
            at = next;
            if at < end {
                cut = at;
            }
        }
        at
    }

    /// Puts text so that it ends at column `end`. Gives the column where it starts.
    pub fn text_to(&mut self, end: u16, y: u16, text: &str, role: Role) -> u16 {
        let start = end.saturating_sub(width(text));
        self.text_in(start, y, end - start, text, role);
        start
    }

    /// Puts the part of a text that is in sight when `skip` columns are left of it.
    pub fn text_from(&mut self, x: u16, y: u16, skip: usize, text: &str, role: Role) {
        let style = self.theme.style(role);
        let mut column = 0_usize;
        for cluster in text.graphemes(true) {
            let wide = usize::from(cluster_width(cluster));
            if let Some(at) = column.checked_sub(skip).and_then(|at| u16::try_from(at).ok()) {
                let at = x.saturating_add(at);
                if at.saturating_add(cluster_width(cluster)) > self.area.width {
                    return;
                }
                self.cluster(at, y, cluster, style);
            }
            column += wide;
        }
    }

    /// Draws a bar of `cells` columns, `full` of them full. Gives the column behind it.
    pub fn bar(&mut self, x: u16, y: u16, cells: u16, full: u16, role: Role) -> u16 {
        let [on, off] = self.theme.signs.bar;
        let style = self.theme.style(role);
        let end = x.saturating_add(cells);
        (x..end).for_each(|at| self.put(at, y, if at - x < full { on } else { off }, style));
        end
    }

    /// Draws a QR code in half blocks. Without colours its light modules are in the colour of text, which is right
    /// where that is lighter than the background.
    pub fn qr(&mut self, x: u16, y: u16, qr: &Qr) {
        let style = self.theme.style(Role::Qr);
        for row in 0..Qr::ROWS {
            for column in 0..Qr::COLUMNS {
                let half = qr.half(column, row);
                let sign = if style.bg.is_some() { half.in_dark() } else { half.in_light() };
                self.put(x.saturating_add(column), y.saturating_add(row), sign, style);
            }
        }
    }

    /// The columns from `x` on.
    pub fn right_of(&mut self, x: u16) -> Pen<'_> {
        let x = x.min(self.area.width);
        let area = Rect { x: self.area.x + x, width: self.area.width - x, ..self.area };
        self.within(area)
    }

    /// Fills a row with a sign.
    pub fn line(&mut self, y: u16, sign: &'static str, role: Role) {
        let style = self.theme.style(role);
        (0..self.area.width).for_each(|x| self.put(x, y, sign, style));
    }

    /// Fills a column with a sign.
    pub fn column(&mut self, x: u16, sign: &'static str, role: Role) {
        let style = self.theme.style(role);
        (0..self.area.height).for_each(|y| self.put(x, y, sign, style));
    }

    /// Gives a row a style, leaving its text.
    pub fn style_row(&mut self, y: u16, role: Role) {
        if y < self.area.height {
            let row = Rect { y: self.area.y + y, height: 1, ..self.area };
            self.buffer.set_style(row, self.theme.style(role));
        }
    }

    /// Empties the area.
    pub fn clear(&mut self) {
        (0..self.area.height).for_each(|y| self.line(y, " ", Role::Text));
    }

    /// Draws a frame along the edge, and gives a pen for what is in it.
    pub fn frame(&mut self, title: &str) -> Pen<'_> {
        let Signs { horizontal, vertical, corners, .. } = &self.theme.signs;
        let (right, bottom) = (self.area.width.saturating_sub(1), self.area.height.saturating_sub(1));
        self.clear();
        self.line(0, horizontal, Role::Border);
        self.line(bottom, horizontal, Role::Border);
        self.column(0, vertical, Role::Border);
        self.column(right, vertical, Role::Border);
        let style = self.theme.style(Role::Border);
        let places = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
        for ((x, y), corner) in places.into_iter().zip(corners) {
            self.put(x, y, corner, style);
        }
        if self.area.width > 6 {
            let end = self.text_in(3, 0, self.area.width - 6, title, Role::Title);
            self.put(2, 0, " ", Style::new());
            self.put(end, 0, " ", Style::new());
        }
        let inner = Rect {
            x: self.area.x + 2,
            y: self.area.y + 1,
            width: self.area.width.saturating_sub(4),
            height: self.area.height.saturating_sub(2),
        };
        self.within(inner)
    }

    /// Puts a cluster, harmless, into a cell and the one that a wide cluster takes besides.
    fn cluster(&mut self, x: u16, y: u16, cluster: &str, style: Style) {
        if cluster.chars().all(|letter| printable::mark(letter) == letter) {
            if cluster.width() == 0 {
                // A mark with nothing to stand on.
                self.put(x, y, "\u{FFFD}", style);
            } else {
                self.put(x, y, cluster, style);
            }
            return;
        }
        let (mut at, mut bytes) = (x, [0; 4]);
        for letter in cluster.chars().map(visible) {
            self.put(at, y, letter.encode_utf8(&mut bytes), style);
            at = at.saturating_add(letter_width(letter));
        }
    }

    fn put(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if x < self.area.width && y < self.area.height {
            let (x, y) = (self.area.x + x, self.area.y + y);
            let room = usize::from(self.area.right().saturating_sub(x));
            if let Some(left) = x.checked_sub(1).and_then(|left| self.buffer.cell_mut((left, y)))
                && left.symbol().width() > 1
            {
                // Half of a wide character would hide what is drawn over its other half.
                left.set_symbol(" ");
            }
            self.buffer.set_stringn(x, y, symbol, room, style);
        }
    }
}

/// Columns that a text takes.
pub fn width(text: &str) -> u16 {
    text.graphemes(true).map(cluster_width).fold(0, u16::saturating_add)
}

/// Columns that a cluster takes once it is harmless; of one that is not, each character stands alone.
fn cluster_width(cluster: &str) -> u16 {
    if cluster.chars().all(|letter| printable::mark(letter) == letter) {
        u16::try_from(cluster.width().max(1)).unwrap_or(u16::MAX)
    } else {
        cluster.chars().map(visible).map(letter_width).fold(0, u16::saturating_add)
    }
}

/// The mark for a character that stands alone: one that joins others has nothing to be seen of.
fn visible(letter: char) -> char {
    let mark = printable::mark(letter);
    if mark.width().unwrap_or(0) == 0 { char::REPLACEMENT_CHARACTER } else { mark }
}

fn letter_width(letter: char) -> u16 {
    if letter.width() == Some(2) { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Charset, Colours};

    fn drawn(width: u16, draw: impl FnOnce(&mut Pen<'_>)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
        draw(&mut Pen::new(&mut buffer, Theme::of(Colours::None, Charset::Unicode)));
        buffer.content().iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn text_is_cut_with_a_mark() {
        let text = |width, text: &str| {
            drawn(width, |pen| {
                pen.text(0, 0, text, Role::Text);
            })
        };
        assert_eq!(text(6, "GitHub"), "GitHub");
        assert_eq!(text(5, "GitHub"), "GitH…");
        assert_eq!(text(1, "GitHub"), "…");
        assert_eq!(text(0, "GitHub"), "");
        assert_eq!(text(4, "漢字漢"), "漢 … ", "a wide character is not halved");
        assert_eq!(text(5, "漢字漢"), "漢 字 …");
    }

    #[test]
    fn nothing_harmful_gets_into_a_cell() {
        let shown = drawn(20, |pen| {
            pen.text(0, 0, "a\u{1b}[31m\u{202E}b\r\nc\u{9b}", Role::Text);
        });
        assert_eq!(shown.trim_end(), "a␛[31m\u{FFFD}b␍␊c\u{FFFD}");
    }

    #[test]
    fn a_mark_without_a_letter_is_seen() {
        assert_eq!(
            drawn(3, |pen| {
                pen.text(0, 0, "\u{301}a", Role::Text);
            })
            .trim_end(),
            "\u{FFFD}a"
        );
    }

    #[test]
    fn it_draws_within_its_area_only() {
        let shown = drawn(8, |pen| {
            let mut part = pen.within(Rect::new(2, 0, 3, 9));
            part.text(0, 0, "abcdef", Role::Text);
            part.text(0, 3, "below", Role::Text);
            part.text(9, 0, "beside", Role::Text);
        });
        assert_eq!(shown, "  ab…   ");
    }

    #[test]
    fn a_long_line_is_seen_around_its_cursor() {
        assert_eq!(drawn(3, |pen| pen.text_from(0, 0, 2, "a漢bcdef", Role::Text)), " bc");
    }
}
