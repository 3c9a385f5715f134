//! Generated passwords over many draws: every symbol of every set is as likely as any other.

mod figures;

use std::collections::BTreeMap;

use figures::{figure, quick_or_long};
use tresor::crypto::random::SeededRandom;
use tresor::generate::{Mix, Password, Pattern, Recipe};

/// Pearson's chi-square over every set of classes, with and without look-alikes; p of each within 0.001 and 0.999.
/// The generator is seeded: what is measured is the way from bits to symbols, and the result is always the same.
#[test]
fn every_symbol_is_as_likely_as_any_other() {
    let symbols = quick_or_long(100_000_u64, 100_000_000);
    let mut random = SeededRandom::new(2026);
    let mut extremes = (1.0_f64, 0.0_f64);
    let mut sets = 0;
    for set in 1..32_u8 {
        let [lower, upper, digits, symbol, no_look_alikes] = [0, 1, 2, 3, 4].map(|bit| set >> bit & 1 == 1);
        if !(lower || upper || digits || symbol) {
            continue;
        }
        let recipe = Mix { length: 100, lower, upper, digits, symbols: symbol, no_look_alikes, least: 0 };
        let counted = Password::from(recipe).counted().unwrap();
        let mut counts = [0_u64; 256];
        for _ in 0..symbols / 100 {
            for byte in counted.generate(&mut random).unwrap().expose() {
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

/// The kinds that are not plain characters: where every place of a text is drawn from one set, each symbol of each
/// place; where the recipe is small, each whole text, of which there are exactly as many as its entropy says.
#[test]
fn the_other_kinds_are_as_even() {
    let symbols = quick_or_long(100_000_u64, 100_000_000);
    let mut random = SeededRandom::new(2027);
    let mut values = Vec::new();
    let mask = "dluascvyCVY".to_owned();
    let places = places(&Recipe::Pattern(Pattern { mask }), symbols, &mut random);
    values.extend(places.into_iter().filter(|counts| counts.len() > 1).map(|counts| p_value(&counts)));
    for (text, count) in [
        ("minlength: 3; maxlength: 3; required: [ab]; required: [cde]; max-consecutive: 1", 66),
        ("minlength: 2; maxlength: 4; allowed: [abcd]; first: [ab]; last: [cd]; max-consecutive: 2", 76),
        ("minlength: 4; maxlength: 4; required: [ab]; required: [ab]; required: [xyz]; allowed: [12]", 600),
        ("minlength: 2; maxlength: 2; required: digit; allowed: [!#$]", 160),
        ("maxlength: 3; minlength: 3; allowed: digit", 1000),
        ("syllables: 1; separator: []", 1120),
        ("words: 1; list: eff-short; separator: []", 1296),
        ("pattern: [vd]", 50),
    ] {
        let recipe = Recipe::parse(text).unwrap();
        let wholes = wholes(&recipe, symbols / 4, &mut random);
        let expected = recipe.entropy_bits().unwrap().exp2().round() as usize;
        assert_eq!(wholes.len(), expected, "{text}: each of them came");
        assert_eq!(expected, count, "{text}: as counted by hand");
        let counts: Vec<u64> = wholes.into_values().collect();
        values.push(p_value(&counts));
    }
    let (least, greatest) =
        values.iter().fold((1.0_f64, 0.0_f64), |(least, greatest), p| (least.min(*p), greatest.max(*p)));
    assert!(least > 0.001 && greatest < 0.9995, "{values:?}");
    let kinds = values.len();
    figure(
        "generator-kinds",
        &format!("{kinds} counts of {symbols} symbols, p from {least:.3} to {greatest:.3}"),
    );
}

/// How often each symbol came at each place.
fn places(recipe: &Recipe, symbols: u64, random: &mut SeededRandom) -> Vec<Vec<u64>> {
    let mut counts: Vec<BTreeMap<u8, u64>> = Vec::new();
    let mut drawn = 0;
    while drawn < symbols {
        let secret = recipe.generate(random).unwrap();
        counts.resize_with(secret.len(), BTreeMap::new);
        for (byte, counts) in secret.expose().iter().zip(&mut counts) {
            *counts.entry(*byte).or_default() += 1;
        }
        drawn += secret.len() as u64;
    }
    counts.into_iter().map(|counts| counts.into_values().collect()).collect()
}

/// How often each text came.
fn wholes(recipe: &Recipe, texts: u64, random: &mut SeededRandom) -> BTreeMap<Vec<u8>, u64> {
    let mut counts = BTreeMap::new();
    let counted = match recipe {
        Recipe::Password(password) => Some(password.counted().unwrap()),
        _ => None,
    };
    for _ in 0..texts {
        let secret = match &counted {
            Some(counted) => counted.generate(random),
            None => recipe.generate(random),
        };
        *counts.entry(secret.unwrap().expose().to_vec()).or_default() += 1;
    }
    counts
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
