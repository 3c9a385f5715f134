//! tresor: an encrypted local password manager.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::unreachable
    )
)]

pub mod crypto;
pub mod exchange;
pub mod format;
pub mod merge;
pub mod secret;
pub mod time;
pub mod vault;
