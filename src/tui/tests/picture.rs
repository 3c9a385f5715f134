//! The README's picture, drawn from the screen itself: `TRESOR_WRITE_DOCS=1 cargo test picture` draws it anew.

use std::path::Path;
use std::{env, fs};

use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::*;

const CELL: (f32, f32) = (9.0, 19.0);
const MARGIN: f32 = 14.0;

#[test]
fn the_readme_shows_the_screen_as_it_is() {
    let mut play = Play::sample((80, 24));
    play.text("git").keys("Down Enter").wait(4);
    let svg = svg(&play.terminal());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screen.svg");
    if env::var_os("TRESOR_WRITE_DOCS").is_some() {
        fs::write(&path, &svg).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == svg, "assets/screen.svg is out of date: TRESOR_WRITE_DOCS=1 cargo test picture");
}

fn svg(terminal: &Terminal<TestBackend>) -> String {
    let buffer = terminal.backend().buffer();
    let (columns, rows) = (f32::from(buffer.area.width), f32::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2.0 * MARGIN, rows * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"15\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1d1f28\"/>\n"
    );
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let (mut front, mut back) = (colour(cell.fg, "#d8dae5"), colour(cell.bg, "#1d1f28"));
            if cell.modifier.contains(Modifier::REVERSED) {
                std::mem::swap(&mut front, &mut back);
            }
            let (left, top) = (MARGIN + f32::from(x) * CELL.0, MARGIN + f32::from(y) * CELL.1);
            if back != "#1d1f28" {
                svg += &format!(
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"{back}\"/>\n",
                    CELL.0, CELL.1
                );
            }
            let symbol = cell.symbol();
            if symbol.trim().is_empty() {
                continue;
            }
            let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            let faint = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
            let span = symbol.width() as f32 * CELL.0;
            svg += &format!(
                "<text x=\"{left}\" y=\"{}\" textLength=\"{span}\" fill=\"{front}\"{weight}{faint}>{}</text>\n",
                top + 14.0,
                symbol.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
            );
        }
    }
    svg + "</svg>\n"
}

/// The palette's colours on a dark terminal.
fn colour(colour: Color, reset: &'static str) -> &'static str {
    match colour {
        Color::Black => "#1d1f28",
        Color::Red | Color::LightRed => "#f37f97",
        Color::Green | Color::LightGreen => "#5adecd",
        Color::Yellow | Color::LightYellow => "#f2a272",
        Color::Blue | Color::LightBlue => "#8897f4",
        Color::Magenta | Color::LightMagenta => "#c574dd",
        Color::Cyan | Color::LightCyan => "#79e6f3",
        Color::Gray | Color::White => "#fdfdfd",
        Color::DarkGray => "#8a8fa8",
        _ => reset,
    }
}
