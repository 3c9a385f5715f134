//! Saving when things go wrong: a model disk that loses power or fails at every operation, and the real program under
//! injected faults and `kill -9`.

mod faults;
#[path = "../figures/mod.rs"]
mod figures;
mod model;
mod other_keys;
mod power_cut;
mod states;
mod vaults;
