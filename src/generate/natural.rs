//! Whole numbers of any size, as far as counting strings and drawing one of so many takes them.
//!
//! The number of a drawn string says which it is, so all of them are wiped.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use crate::crypto::random::{Random, RandomError};

/// A draw is below the bound at least every other time: so many misses have a probability of 2^-256, and mean
/// that the generator is stuck.
const MAX_TRIES: usize = 256;

/// A whole number: 64 bits a limb, the least first, none of zeros at the end.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Natural(Zeroizing<Vec<u64>>);

impl Natural {
    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds `factor` times `other`.
    pub fn add_product(&mut self, other: &Self, factor: u64) {
        if factor == 0 || other.is_zero() {
            return;
        }
        let len = self.0.len().max(other.0.len());
        self.0.resize(len, 0);
        let mut carry = 0_u128;
        for (at, limb) in self.0.iter_mut().enumerate() {
            if carry == 0 && at >= other.0.len() {
                break;
            }
            let more = other.0.get(at).copied().unwrap_or(0);
            carry += u128::from(*limb) + u128::from(more) * u128::from(factor);
            *limb = carry as u64;
            carry >>= 64;
        }
        if carry > 0 {
            self.0.push(carry as u64);
        }
    }

    /// Takes `divisor` away as often as it is in it, at most `most` times; how often that was. Zero is in it any
    /// number of times. `most` is below 2^20.
    pub fn take(&mut self, divisor: &Self, most: u64) -> u64 {
        if divisor.is_zero() {
            return most;
        }
        // Floating point is wrong by far less than one, where the quotient is not above `most` anyway.
        let ((upper, upper_limbs), (lower, lower_limbs)) = (self.leading(), divisor.leading());
        let quotient = upper / lower * ((upper_limbs - lower_limbs) * 64.0).exp2();
        let mut taken = (quotient as u64).saturating_sub(1).min(most);
        self.subtract_product(divisor, taken);
        while taken < most && *self >= *divisor {
            self.subtract_product(divisor, 1);
            taken += 1;
        }
        taken
    }

    /// Subtracts `factor` times `other`, which is not more than this.
    fn subtract_product(&mut self, other: &Self, factor: u64) {
        let mut borrow = 0_u128;
        for (at, limb) in self.0.iter_mut().enumerate() {
            if borrow == 0 && at >= other.0.len() {
                break;
            }
            let less = u128::from(other.0.get(at).copied().unwrap_or(0)) * u128::from(factor) + borrow;
            let (rest, under) = limb.overflowing_sub(less as u64);
            *limb = rest;
            borrow = (less >> 64) + u128::from(under);
        }
        self.trim();
    }

    /// Its logarithm to the base of two; minus infinity for zero.
    pub fn log2(&self) -> f64 {
        let (leading, limbs) = self.leading();
        leading.log2() + 64.0 * limbs
    }

    /// `x * 2^(64 * y)`, from the greatest two limbs.
    fn leading(&self) -> (f64, f64) {
        let mut top = self.0.iter().rev();
        let (first, second) = (top.next().copied().unwrap_or(0), top.next().copied().unwrap_or(0));
        let limbs = self.0.len().saturating_sub(1) as f64;
        (first as f64 + second as f64 / 64_f64.exp2(), limbs)
    }

    /// A number below this one, each equally likely: draws of as many bits as it has, thrown away where they are
    /// not below it.
    ///
    /// # Errors
    /// As [`Random::fill`]; also for a zero, and where no draw is below it.
    pub fn draw_below(&self, random: &mut dyn Random) -> Result<Self, RandomError> {
        let Some(top) = self.0.last() else { return Err(RandomError) };
        let mask = u64::MAX >> top.leading_zeros();
        let mut bytes = Zeroizing::new(vec![0; self.0.len() * 8]);
        for _ in 0..MAX_TRIES {
            random.fill(&mut bytes)?;
            let limbs =
                bytes.chunks_exact(8).map(|limb| u64::from_le_bytes(limb.try_into().unwrap_or_default()));
            let mut drawn = Self(Zeroizing::new(limbs.collect()));
            if let Some(top) = drawn.0.last_mut() {
                *top &= mask;
            }
            drawn.trim();
            if drawn < *self {
                return Ok(drawn);
            }
        }
        Err(RandomError)
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl From<u64> for Natural {
    fn from(number: u64) -> Self {
        let mut natural = Self(Zeroizing::new(vec![number]));
        natural.trim();
        natural
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    fn natural(number: u128) -> Natural {
        let mut natural = Natural(Zeroizing::new(vec![number as u64, (number >> 64) as u64]));
        natural.trim();
        natural
    }

    fn power(base: u64, exponent: usize) -> Natural {
        (0..exponent).fold(Natural::from(1), |number, _| {
            let mut next = Natural::default();
            next.add_product(&number, base);
            next
        })
    }

    #[test]
    fn agrees_with_numbers_of_128_bits() {
        let mut random = SeededRandom::new(11);
        let mut wide = |bits: u32| {
            let mut bytes = [0; 16];
            random.fill(&mut bytes).unwrap();
            u128::from_le_bytes(bytes) >> (128 - bits)
        };
        for round in 0..20_000_u32 {
            let (a, b) = (wide(1 + round % 120), wide(1 + round % 117));
            let factor = wide(1 + round % 7) as u64;
            let mut sum = natural(a);
            sum.add_product(&natural(b), factor);
            assert!(sum == natural(a + b * u128::from(factor)));
            assert_eq!(natural(a).cmp(&natural(b)), a.cmp(&b));
            let mut rest = sum;
            let whole = a + b * u128::from(factor);
            let expected =
                whole.checked_div(b).map_or(95, |times| u64::try_from(times).unwrap_or(95).min(95));
            assert_eq!(rest.take(&natural(b), 95), expected);
            assert!(rest == natural(whole - b * u128::from(expected)));
        }
    }

    #[test]
    fn takes_exactly_at_the_edges_of_large_numbers() {
        let large = power(94, 1023);
        for times in 0..=94 {
            let mut exact = Natural::default();
            exact.add_product(&large, times);
            let mut below = exact.clone();
            assert_eq!((exact.take(&large, 94), exact.is_zero()), (times, true));
            if times > 0 {
                below.subtract_product(&Natural::from(1), 1);
                assert_eq!(below.take(&large, 94), times - 1);
            }
        }
        assert!((power(94, 1024).log2() - 1024.0 * 94_f64.log2()).abs() < 1e-8);
        assert_eq!(Natural::from(0).log2(), f64::NEG_INFINITY);
    }

    #[test]
    fn draws_are_below_and_reach_all() {
        let mut random = SeededRandom::new(12);
        let mut seen = [0_u32; 5];
        for _ in 0..5000 {
            let drawn = Natural::from(5).draw_below(&mut random).unwrap();
            seen[(0..5).find(|number| drawn == Natural::from(*number)).unwrap() as usize] += 1;
        }
        assert!(seen.iter().all(|count| (880..1120).contains(count)), "{seen:?}");
        assert!(Natural::from(1).draw_below(&mut random).unwrap().is_zero());
        assert!(Natural::default().draw_below(&mut random).is_err());
        let bound = power(94, 100);
        assert!((0..100).all(|_| bound.draw_below(&mut random).unwrap() < bound));
    }
}
