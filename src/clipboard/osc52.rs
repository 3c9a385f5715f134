//! OSC 52: the escape sequence that asks a terminal to set its clipboard (xterm's control sequences,
//! "Manipulate Selection Data"). This file makes the bytes and writes nothing.
//!
//! The sequence cannot be answered: whether the terminal obeyed is not known, and what the clipboard holds
//! later cannot be compared, only emptied. The terminal's own clipboard history sees the value, as there is no
//! hint to keep it away.

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

const SET: &[u8] = b"\x1b]52;c;";
const END: &[u8] = b"\x07";
const STRING_TERMINATOR: &[u8] = b"\x1b\\";

/// Bytes that GNU screen passes on in one go; its buffer was 256 bytes for long.
const SCREEN_PIECE: usize = 240;

/// What lies between the program and the terminal that is to understand the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Multiplexer {
    /// Nothing.
    None,
    /// tmux, perhaps on another machine. It obeys the bare sequence with `set-clipboard on` and the wrapped one
    /// with `allow-passthrough on`; by default (3.3 and later) neither. Both are sent. With `set-clipboard on`
    /// it also keeps the value among its paste buffers, where an empty set does not reach it.
    Tmux,
    /// GNU screen, which passes wrapped pieces on.
    Screen,
}

/// The sequence that sets the clipboard to `value`.
pub fn set_sequence(value: &Secret, multiplexer: Multiplexer) -> Secret {
    let length = SET.len() + value.len().div_ceil(3) * 4 + END.len();
    let mut sequence = Secret::with_capacity(length);
    sequence.append(SET);
    append_base64(&mut sequence, value.expose());
    sequence.append(END);
    wrapped(sequence, multiplexer)
}

/// The sequence that empties the clipboard. It holds no secret; it is made by the same road, so that it arrives
/// where the value did.
pub fn clear_sequence(multiplexer: Multiplexer) -> Secret {
    set_sequence(&Secret::with_capacity(0), multiplexer)
}

fn wrapped(sequence: Secret, multiplexer: Multiplexer) -> Secret {
    match multiplexer {
        Multiplexer::None => sequence,
        Multiplexer::Tmux => {
            // Every escape inside is doubled; there is one, at the start.
            let doubled: &[&[u8]] =
                &[sequence.expose(), b"\x1bPtmux;\x1b", sequence.expose(), STRING_TERMINATOR];
            Secret::concat(doubled)
        }
        Multiplexer::Screen => {
            let pieces = sequence.expose().chunks(SCREEN_PIECE);
            let mut out = Secret::with_capacity(sequence.len() + pieces.len() * 4);
            for piece in pieces {
                out.append(b"\x1bP");
                out.append(piece);
                out.append(STRING_TERMINATOR);
            }
            out
        }
    }
}

/// Base64 (RFC 4648, section 4, padded), straight into locked memory: a library would return a `String`.
fn append_base64(out: &mut Secret, bytes: &[u8]) {
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let symbols = [18, 12, 6, 0].map(|shift| symbol(bits >> shift & 63));
        let kept = group.len() + 1;
        out.append(symbols.get(..kept).unwrap_or_default());
        out.append(b"==".get(..4 - kept).unwrap_or_default());
    }
}

fn symbol(six_bits: u32) -> u8 {
    let base = |first: u8, offset: u32| first.wrapping_add(six_bits.wrapping_sub(offset) as u8);
    match six_bits {
        0..26 => base(b'A', 0),
        26..52 => base(b'a', 26),
        52..62 => base(b'0', 52),
        62 => b'+',
        _ => b'/',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(value: &[u8], multiplexer: Multiplexer) -> Vec<u8> {
        set_sequence(&Secret::copy_of(value), multiplexer).expose().to_vec()
    }

    #[test]
    fn base64_as_in_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            let expected = format!("\x1b]52;c;{encoded}\x07");
            assert_eq!(sequence(plain.as_bytes(), Multiplexer::None), expected.as_bytes());
        }
    }

    #[test]
    fn every_symbol_in_its_place() {
        // Six bits counting from 0 to 63 spell the alphabet.
        let bits: Vec<u8> =
            (0..64_u32).flat_map(|n| (0..6).rev().map(move |bit| (n >> bit & 1) as u8)).collect();
        let bytes: Vec<u8> =
            bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
        let expected = b"\x1b]52;c;ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\x07";
        assert_eq!(sequence(&bytes, Multiplexer::None), expected);
    }

    #[test]
    fn clearing_is_an_empty_set() {
        assert_eq!(clear_sequence(Multiplexer::None).expose(), b"\x1b]52;c;\x07");
    }

    #[test]
    fn tmux_gets_the_bare_and_the_wrapped_one() {
        assert_eq!(
            sequence(b"foo", Multiplexer::Tmux),
            b"\x1b]52;c;Zm9v\x07\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\"
        );
    }

    #[test]
    fn screen_gets_pieces_that_join_to_the_sequence() {
        for len in [0, 1, 170, 180, 5000] {
            let wrapped = sequence(&vec![b'x'; len], Multiplexer::Screen);
            let mut joined = Vec::new();
            let mut rest = wrapped.as_slice();
            while !rest.is_empty() {
                let inside = rest.strip_prefix(b"\x1bP").unwrap();
                let end = inside.windows(2).position(|pair| pair == STRING_TERMINATOR).unwrap();
                assert!(end <= SCREEN_PIECE);
                joined.extend_from_slice(&inside[..end]);
                rest = &inside[end + 2..];
            }
            assert_eq!(joined, sequence(&vec![b'x'; len], Multiplexer::None));
        }
    }
}
