//! Where things are on a screen of a given size. Used to draw, and to know how far a page is.

use ratatui::layout::Rect;

use super::model::Model;
use super::model::open::Focus;

/// From this many columns on the fields are beside the list.
const BESIDE: u16 = 80;
/// Under this many columns or rows there is room for one line of text only.
const LEAST: (u16, u16) = (20, 5);

/// The parts of the screen of an open vault. One that there is no room for is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The search box.
    pub search: Rect,
    /// The line under it.
    pub rule: Option<Rect>,
    /// The list.
    pub list: Option<Rect>,
    /// The line between list and fields.
    pub border: Option<Rect>,
    /// The fields of the chosen entry.
    pub detail: Option<Rect>,
    /// What was done, what is in the clipboard.
    pub status: Rect,
    /// What the keys do.
    pub hints: Option<Rect>,
}

/// Whether there is room for one line of text only.
pub fn is_tiny((columns, rows): (u16, u16)) -> bool {
    columns < LEAST.0 || rows < LEAST.1
}

/// The parts of a screen.
pub fn of((columns, rows): (u16, u16), focus: Focus) -> Layout {
    let roomy = rows >= 8;
    let line = |y: u16| Rect { x: 0, y, width: columns, height: 1 };
    let top = if roomy { 2 } else { 1 };
    let bottom = if roomy { 2 } else { 1 };
    let body = Rect { x: 0, y: top, width: columns, height: rows.saturating_sub(top + bottom) };
    let (list, border, detail) = if columns >= BESIDE {
        let width = (columns * 9 / 20).clamp(36, 72);
        let rest = columns - width - 1;
        let border = Rect { x: width, width: 1, ..body };
        (Some(Rect { width, ..body }), Some(border), Some(Rect { x: width + 1, width: rest, ..body }))
    } else if focus == Focus::Detail {
        (None, None, Some(body))
    } else {
        (Some(body), None, None)
    };
    Layout {
        search: line(0),
        rule: roomy.then(|| line(1)),
        list,
        border,
        detail,
        status: line(rows.saturating_sub(bottom)),
        hints: roomy.then(|| line(rows - 1)),
    }
}

/// Lines of the list.
pub fn list_rows(size: (u16, u16)) -> usize {
    let list = of(size, Focus::List).list.map_or(0, |list| list.height);
    usize::from(list).max(1)
}

/// How many lines a page has where the keys are.
pub fn page(model: &Model) -> usize {
    let rows = list_rows(model.size);
    let inset = if model.layers.is_empty() { 1 } else { 4 };
    rows.saturating_sub(inset).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_within_the_screen_and_apart() {
        for columns in 0..140 {
            for rows in 0..40 {
                for focus in [Focus::List, Focus::Detail] {
                    let layout = of((columns, rows), focus);
                    let parts = [Some(layout.search), layout.rule, layout.list, layout.border, layout.detail]
                        .into_iter()
                        .chain([Some(layout.status), layout.hints]);
                    let parts: Vec<Rect> = parts.flatten().filter(|part| part.area() > 0).collect();
                    for (at, part) in parts.iter().enumerate() {
                        let fits = part.right() <= columns && part.bottom() <= rows;
                        assert!(fits || is_tiny((columns, rows)), "{columns}x{rows} {part:?}");
                        let apart = parts.iter().skip(at + 1).all(|other| !part.intersects(*other));
                        assert!(apart || is_tiny((columns, rows)), "{columns}x{rows} {part:?}");
                    }
                }
            }
        }
    }
}
