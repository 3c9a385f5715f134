//! The generator.

use ratatui::layout::Position;

use super::super::model::generator::{Generator, Knob, Purpose};
use super::super::theme::Role;
use super::pen::Pen;
use super::{at, dialog, text};
use crate::generate::guessing::ATTACKERS;

/// Columns from which on values stand apart from their names.
const WIDE: u16 = 48;
/// Rows from which on there is room for who guesses how long.
const ROOMY: u16 = 13;

/// Draws what was made, how strong it is, and the recipe.
pub fn generator(generator: &Generator, pen: &mut Pen<'_>) -> Option<Position> {
    let title = match generator.purpose {
        Purpose::Field => "Generate: Enter puts it into the field",
        Purpose::Copy => "Generate: Enter copies it",
        Purpose::Master => "Write it down until you know it; Enter takes it",
    };
    let (inner, _) = dialog(pen, 58, 17, title);
    let mut pen = pen.within(inner);
    let mut y = 0;
    if let Some(text) = generator.value.as_ref().and_then(|value| value.expose_str()) {
        for line in text::broken(text, pen.width()).into_iter().take(3) {
            pen.text(0, y, line, Role::Secret);
            y += 1;
        }
    }
    y = y.max(1);
    match generator.recipe().entropy_bits() {
        Ok(bits) => {
            pen.text(0, y, &format!("{bits:.0} bits: {}", spoken(bits)), Role::Dim);
            let is_roomy = pen.height() >= ROOMY;
            for attacker in ATTACKERS.iter().filter(|_| is_roomy) {
                y += 1;
                pen.text(0, y, &format!("{}: {}", attacker.short, attacker.words(bits)), Role::Dim);
            }
        }
        Err(error) => {
            pen.text(0, y, &format!("! {error}"), Role::Problem);
        }
    }
    y += 1;
    if let Some(reason) = &generator.keeping.failed {
        y = text::paragraph(&mut pen, 0, y, &format!("! NOT kept in the vault: {reason}"), Role::Problem);
    }
    y += 1;
    let mut cursor = None;
    let room = pen.height().saturating_sub(y);
    let skip = (u16::try_from(generator.chosen).unwrap_or(0) + 1).saturating_sub(room);
    for (knob, number) in generator.knobs().iter().zip(0_u16..).skip(usize::from(skip)) {
        let at_y = y + number - skip;
        let chosen = usize::from(number) == generator.chosen;
        let (name, value) = generator.line(*knob);
        if chosen {
            pen.text(0, at_y, ">", Role::Key);
            cursor = at(&pen, 0, at_y);
        }
        pen.text(2, at_y, name, if chosen { Role::Key } else { Role::Label });
        let x = match (knob, pen.width()) {
            (Knob::Sort, _) => 11,
            (_, ..WIDE) => 21,
            _ => 26,
        };
        pen.text(x, at_y, &value, Role::Text);
    }
    cursor
}

/// What so many bits withstand, in words; guesses of 10^12 a second, which a large attacker has.
fn spoken(bits: f64) -> &'static str {
    match bits {
        ..50.0 => "weak, guessed within minutes",
        ..70.0 => "fair, guessed within years at most",
        ..100.0 => "strong",
        _ => "beyond any guessing",
    }
}
