//! What the program and its holder say to each other over two pipes.
//!
//! The program sends a [`Request`] of at most 17 bytes (bincode, integers of fixed size), then the value as it
//! is; later, perhaps, one byte [`CLEAR`]. The holder answers in single bytes, [`Answer`]. The end of the
//! program's pipe means nothing: to copy, quit and paste is normal use.

use std::io::Read;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::osc52::Multiplexer;
use crate::secret::Secret;

/// Longest value that is copied, in bytes.
pub const MAX_VALUE: usize = 1 << 20;
/// Longest value that goes to a terminal, in bytes: terminals drop sequences of more than about 100,000.
pub const MAX_TERMINAL_VALUE: usize = 64 << 10;
/// Longest time before clearing.
pub const MAX_CLEAR_AFTER: Duration = Duration::from_secs(3600);

/// Asks the holder to clear before its time.
pub(super) const CLEAR: u8 = b'x';

/// Raised with every change of what follows, so that a program replaced while it runs is refused by its
/// successor rather than misread.
const VERSION: u8 = 1;

/// Where the value is to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    /// The one display named in the holder's environment.
    Display,
    /// The terminal that is the holder's standard error.
    Terminal(Multiplexer),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    version: u8,
    pub place: Place,
    clear_after_ms: u32,
    /// Bytes of the value that follows; 0 only asks whether the display answers.
    value_len: u32,
}

/// What the holder says, each a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Answer {
    /// The value is where it should be, and will be cleared.
    Ready = b'r',
    /// The clipboard no longer holds it.
    Cleared = b'c',
    /// The request was not understood.
    Malformed = b'm',
    /// The system refused to protect or detach the holder.
    Unprotected = b'p',
    /// The display or terminal cannot be had.
    Unreachable = b'u',
    /// Another program keeps the clipboard.
    NotTaken = b'n',
}

impl Request {
    pub fn probe() -> Self {
        Self { version: VERSION, place: Place::Display, clear_after_ms: 0, value_len: 0 }
    }

    /// Nothing where either is out of bounds.
    pub fn hold(place: Place, clear_after: Duration, value_len: usize) -> Option<Self> {
        let clear_after_ms = u32::try_from(clear_after.as_millis()).ok()?;
        let value_len = u32::try_from(value_len).ok()?;
        Some(Self { version: VERSION, place, clear_after_ms, value_len }).filter(Self::is_sound)
    }

    pub fn encode(&self) -> Vec<u8> {
        // Integers and unit enums always encode; an empty request would be refused by the holder.
        bincode::serde::encode_to_vec(self, Self::config()).unwrap_or_default()
    }

    /// Reads a request and its value, unbuffered, so that no copy of the value is left in a buffer.
    pub fn read(input: &mut impl Read) -> Result<(Self, Secret), Answer> {
        let request: Self =
            bincode::serde::decode_from_std_read(input, Self::config()).map_err(|_| Answer::Malformed)?;
        if !request.is_sound() {
            return Err(Answer::Malformed);
        }
        let mut value = Secret::zeroed(usize::try_from(request.value_len).unwrap_or_default());
        input.read_exact(value.expose_mut()).map_err(|_| Answer::Malformed)?;
        Ok((request, value))
    }

    /// Whether it only asks if the display answers.
    pub fn is_probe(&self) -> bool {
        self.value_len == 0
    }

    pub fn clear_after(&self) -> Duration {
        Duration::from_millis(self.clear_after_ms.into())
    }

    fn is_sound(&self) -> bool {
        self.version == VERSION
            && self.clear_after() <= MAX_CLEAR_AFTER
            && usize::try_from(self.value_len).is_ok_and(|len| len <= MAX_VALUE)
    }

    fn config() -> impl bincode::config::Config {
        bincode::config::standard().with_fixed_int_encoding().with_limit::<32>()
    }
}

impl Answer {
    const ALL: [Self; 6] =
        [Self::Ready, Self::Cleared, Self::Malformed, Self::Unprotected, Self::Unreachable, Self::NotTaken];

    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| *answer as u8 == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Place = Place::Terminal(Multiplexer::Screen);

    fn read(mut bytes: &[u8]) -> Result<(Request, Secret), Answer> {
        Request::read(&mut bytes)
    }

    #[test]
    fn there_and_back() {
        for place in [Place::Display, TERMINAL] {
            let request = Request::hold(place, Duration::from_secs(20), 7).unwrap();
            let (same, value) = read(&[request.encode().as_slice(), b"hunter2x"].concat()).unwrap();
            assert_eq!((same, value.expose()), (request, b"hunter2".as_slice()));
            assert_eq!(same.clear_after(), Duration::from_secs(20));
        }
        assert!(read(&Request::probe().encode()).unwrap().1.is_empty());
    }

    #[test]
    fn bounds_hold_on_both_sides() {
        let longest = Request::hold(TERMINAL, MAX_CLEAR_AFTER, MAX_VALUE).unwrap();
        assert!(longest.encode().len() <= 17);
        assert_eq!(Request::hold(TERMINAL, MAX_CLEAR_AFTER, MAX_VALUE + 1), None);
        assert_eq!(Request::hold(TERMINAL, Duration::MAX, 1), None);
        let excessive = [
            Request { value_len: u32::MAX, ..longest },
            Request { value_len: MAX_VALUE as u32 + 1, ..longest },
            Request { clear_after_ms: u32::MAX, ..longest },
            Request { version: VERSION + 1, ..longest },
        ];
        for request in excessive {
            assert_eq!(read(&request.encode()).unwrap_err(), Answer::Malformed);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let request = Request::hold(TERMINAL, Duration::from_secs(1), 3).unwrap().encode();
        for len in 0..request.len() {
            assert_eq!(read(&request[..len]).unwrap_err(), Answer::Malformed);
        }
        // The value is cut short.
        assert_eq!(read(&[&request, b"ab".as_slice()].concat()).unwrap_err(), Answer::Malformed);
        assert_eq!(read(&[0xff; 64]).unwrap_err(), Answer::Malformed);
    }

    #[test]
    fn answers_are_told_apart() {
        for answer in Answer::ALL {
            assert_eq!(Answer::from_byte(answer as u8), Some(answer));
        }
        assert_eq!(Answer::from_byte(0), None);
    }
}
