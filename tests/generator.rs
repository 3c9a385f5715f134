//! Generated passwords over many draws: every symbol of every set is as likely as any other.

mod figures;

use figures::{figure, quick_or_long};
use tresor::crypto::random::SeededRandom;
use tresor::generate::{Password, Recipe};

/// Pearson's chi-square over every set of classes, with and without look-alikes; p of each within 0.001 and 0.999.
/// The generator is seeded: what is measured is the way from bits to symbols, and the result is always the same.
#[test]
fn every_symbol_is_as_likely_as_any_other() {
    let symbols = quick_or_long(200_000_u64, 100_000_000);
    let mut random = SeededRandom::new(2026);
    let mut extremes = (1.0_f64, 0.0_f64);
    let mut sets = 0;
    for set in 1..32_u8 {
        let [lower, upper, digits, symbol, no_look_alikes] = [0, 1, 2, 3, 4].map(|bit| set >> bit & 1 == 1);
        if !(lower || upper || digits || symbol) {
            continue;
        }
        let one_of_each = false;
        let recipe = Recipe::Password(Password {
            length: 1000,
            lower,
            upper,
            digits,
            symbols: symbol,
            no_look_alikes,
            one_of_each,
        });
        let mut counts = [0_u64; 256];
        for _ in 0..symbols / 1000 {
            for byte in recipe.generate(&mut random).unwrap().expose() {
                counts[usize::from(*byte)] += 1;
            }
        }
        let p = p_value(&counts.into_iter().filter(|count| *count > 0).collect::<Vec<u64>>());
        assert!((0.001..0.999).contains(&p), "{recipe:?}: p = {p}");
        extremes = (extremes.0.min(p), extremes.1.max(p));
        sets += 1;
    }
    let (least, greatest) = extremes;
    figure("generator", &format!("{sets} sets of {symbols} symbols, p from {least:.3} to {greatest:.3}"));
}

#[test]
fn the_measure_notices_a_bias() {
    let even = vec![1_000_u64; 70];
    assert!(p_value(&even) > 0.999, "too even");
    let folded: Vec<u64> = (0..70).map(|at| if at < 46 { 1_172 } else { 781 }).collect();
    assert!(p_value(&folded) < 0.001, "256 modulo 70");
}

/// The probability of a chi-square at least so great, by the approximation of Wilson and Hilferty (1931), which
/// is good to three digits from nine degrees of freedom on.
fn p_value(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let chi_square: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
    let freedom = counts.len() as f64 - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    let normal = ((chi_square / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    upper_tail(normal)
}

/// The normal distribution's upper tail, by Abramowitz and Stegun 26.2.17: within 7.5e-8.
fn upper_tail(x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - upper_tail(-x);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum: f64 = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum
}
