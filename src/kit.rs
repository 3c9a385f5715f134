//! The recovery kit: the way back in for who has forgotten the master password. A recovery code as text, as a QR
//! code and as a page to print, and the dates on which the program offers to make one.
//!
//! What is drawn here is the code, and so a secret: it stays in locked memory, and who asked for it decides
//! where it is shown.

pub mod offer;
pub mod page;
pub mod qr;

pub use page::page;
pub use qr::Qr;

use crate::format::RecoveryCode;
use crate::secret::Secret;

/// Groups of the code in one line of it.
const GROUPS: usize = 3;
/// Bytes of a group and the blank behind it.
const GROUP: usize = 5;

/// The code's nine groups in three lines of three.
pub fn lines_of(code: &RecoveryCode) -> [Secret; 3] {
    let text = code.text();
    [0, 1, 2].map(|line| {
        let start = line * GROUPS * GROUP;
        let end = (start + GROUPS * GROUP - 1).min(text.len());
        Secret::copy_of(text.expose().get(start..end).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    #[test]
    fn three_lines_are_the_code() {
        let code = RecoveryCode::generate(&mut SeededRandom::new(1)).unwrap();
        let lines = lines_of(&code);
        assert!(lines.iter().all(|line| line.len() == 14));
        let joined = Secret::concat(&[lines[0].expose(), b" ", lines[1].expose(), b" ", lines[2].expose()]);
        assert!(joined.same_as(code.text().expose()));
    }
}
