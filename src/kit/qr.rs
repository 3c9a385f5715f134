//! The recovery code as a QR code (ISO/IEC 18004): version 2 at error correction M, its 36 letters and digits in
//! alphanumeric mode, so that every reader gives them as they are. With the quiet zone of four modules that
//! readers want it is 33 modules wide, and in half blocks 33 columns by 17 rows.

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

use crate::format::RecoveryCode;
use crate::secret::Secret;

/// Light modules around the code.
const QUIET: usize = 4;
const VERSION: Version = Version::new(2);

/// Modules of a code, row by row, the quiet zone with them. They are a secret as the code is.
pub struct Qr {
    side: usize,
    /// One byte for each module, 1 for a dark one.
    modules: Secret,
}

/// What a character cell shows of two modules, one above the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Both light.
    Light,
    /// Both dark.
    Dark,
    /// The upper one is dark.
    Upper,
    /// The lower one is dark.
    Lower,
}

impl Qr {
    /// Columns, and modules of a side.
    pub const COLUMNS: u16 = 33;
    /// Rows of half blocks.
    pub const ROWS: u16 = 17;

    /// Draws a code. The library computes within memory that is given to it and wiped here.
    pub fn of(code: &RecoveryCode) -> Option<Self> {
        let text = code.text();
        let letters = Secret::concat(&text.expose().split(|byte| *byte == b' ').collect::<Vec<_>>());
        let mut scratch = Secret::zeroed(VERSION.buffer_len());
        let mut drawn = Secret::zeroed(VERSION.buffer_len());
        let qr = QrCode::encode_text(
            letters.expose_str()?,
            scratch.expose_mut(),
            drawn.expose_mut(),
            QrCodeEcc::Medium,
            VERSION,
            VERSION,
            None,
            false,
        )
        .ok()?;
        let side = usize::try_from(qr.size()).ok()? + 2 * QUIET;
        let mut modules = Secret::zeroed(side * side);
        for (at, module) in modules.expose_mut().iter_mut().enumerate() {
            let place = |at: usize| i32::try_from(at).unwrap_or(0) - QUIET as i32;
            // Outside of the code every module is light.
            *module = u8::from(qr.get_module(place(at % side), place(at / side)));
        }
        Some(Self { side, modules })
    }

    /// Modules of a side, the quiet zone with them.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; those outside are light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.modules.expose().get(y * self.side + x) == Some(&1)
    }

    /// What the character cell in this column and row shows.
    pub fn half(&self, column: u16, row: u16) -> Half {
        let (x, y) = (usize::from(column), usize::from(row) * 2);
        match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
            (false, false) => Half::Light,
            (true, true) => Half::Dark,
            (true, false) => Half::Upper,
            (false, true) => Half::Lower,
        }
    }
}

impl Half {
    /// The character for it, where light is the colour of text and dark that of the background: so it is right
    /// on a dark terminal without any colour.
    pub fn in_light(self) -> &'static str {
        match self {
            Self::Light => "█",
            Self::Dark => " ",
            Self::Upper => "▄",
            Self::Lower => "▀",
        }
    }

    /// The character for it, where dark is the colour of text.
    pub fn in_dark(self) -> &'static str {
        match self {
            Self::Light => " ",
            Self::Dark => "█",
            Self::Upper => "▀",
            Self::Lower => "▄",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    fn qr() -> Qr {
        Qr::of(&RecoveryCode::generate(&mut SeededRandom::new(1)).unwrap()).unwrap()
    }

    #[test]
    fn it_is_as_large_as_it_says() {
        let qr = qr();
        assert_eq!(qr.side(), usize::from(Qr::COLUMNS));
        assert_eq!(qr.side().div_ceil(2), usize::from(Qr::ROWS));
    }

    #[test]
    fn finders_stand_in_three_corners_within_a_quiet_zone() {
        let qr = qr();
        for at in 0..33 {
            for edge in (0..4).chain(29..33) {
                assert!(!qr.is_dark(at, edge) && !qr.is_dark(edge, at));
            }
        }
        for (left, top) in [(4, 4), (22, 4), (4, 22)] {
            for at in 0..7 {
                assert!(qr.is_dark(left + at, top) && qr.is_dark(left, top + at));
            }
            assert!(!qr.is_dark(left + 1, top + 1) && qr.is_dark(left + 3, top + 3));
        }
    }

    #[test]
    fn half_blocks_say_what_the_modules_are() {
        let qr = qr();
        for row in 0..Qr::ROWS {
            for column in 0..Qr::COLUMNS {
                let (x, y) = (usize::from(column), usize::from(row) * 2);
                let half = qr.half(column, row);
                let upper = matches!(half, Half::Upper | Half::Dark);
                let lower = matches!(half, Half::Lower | Half::Dark);
                assert_eq!((upper, lower), (qr.is_dark(x, y), qr.is_dark(x, y + 1)));
            }
        }
    }
}
