//! Random bytes as an argument: the system's generator in the program, a fixed one in vectors and tests.

use thiserror::Error;

/// A source of random bytes.
pub trait Random {
    /// Fills `out` entirely.
    ///
    /// # Errors
    /// [`RandomError`] where the source has none to give; nothing may then be sealed or generated.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError>;
}

/// The system gave no random bytes.
#[derive(Debug, Error)]
#[error("the system's random generator failed")]
pub struct RandomError;

/// The operating system's generator (getrandom(2) on Linux).
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }
}

/// `N` random bytes.
///
/// # Errors
/// As [`Random::fill`].
pub fn array<const N: usize>(random: &mut dyn Random) -> Result<[u8; N], RandomError> {
    let mut out = [0; N];
    random.fill(&mut out)?;
    Ok(out)
}

/// A number in `0..bound`, each equally likely: draws are rejected rather than folded, so there is no
/// modulo bias.
///
/// # Errors
/// As [`Random::fill`]. `bound` 0 gives 0.
pub fn below(random: &mut dyn Random, bound: u32) -> Result<u32, RandomError> {
    if bound == 0 {
        return Ok(0);
    }
    let fair = u32::MAX - u32::MAX % bound;
    loop {
        let draw = u32::from_le_bytes(array(random)?);
        if draw < fair {
            return Ok(draw % bound);
        }
    }
}

/// A fixed sequence for vectors and tests: the same seed gives the same bytes on every machine. No security.
#[derive(Debug, Clone)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Random for SeededRandom {
    // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for chunk in out.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            for (out, byte) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *out = byte;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_stays_below_and_reaches_all() {
        let mut random = SeededRandom::new(1);
        let mut seen = [0_u32; 7];
        for _ in 0..7000 {
            seen[below(&mut random, 7).unwrap() as usize] += 1;
        }
        assert!(seen.iter().all(|count| (800..1200).contains(count)), "{seen:?}");
        assert_eq!(below(&mut random, 0).unwrap(), 0);
        assert_eq!(below(&mut random, 1).unwrap(), 0);
    }
}
