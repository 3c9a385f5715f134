//! The measured figures of `docs/reliability.md`: how often a proof is repeated, and what it gave.
//!
//! A plain `cargo test` repeats a proof a few times; with `TRESOR_LONG` set it is repeated as often as the figure
//! asks for. `TRESOR_FIGURES` names a folder where each proof leaves what it measured, for
//! `docs/reliability.py` to collect.
#![allow(dead_code)]

use std::env;
use std::fs;
use std::path::PathBuf;

/// How often a proof is repeated: `quick`, or `long` where `TRESOR_LONG` is set.
pub fn quick_or_long<N>(quick: N, long: N) -> N {
    if env::var_os("TRESOR_LONG").is_some() { long } else { quick }
}

/// Writes down what was measured for a row of the table, in words: "557,184 of 557,184". Called once, at the
/// end of the proof, when all of it held.
pub fn figure(row: &str, measured: &str) {
    println!("{row}: {measured}");
    if let Some(dir) = env::var_os("TRESOR_FIGURES").map(PathBuf::from) {
        fs::create_dir_all(&dir).expect("the folder of the figures");
        fs::write(dir.join(row), measured).expect("a figure");
    }
}
