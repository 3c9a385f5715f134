//! tresor: an encrypted local password manager.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::unreachable,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod cli;
pub mod clipboard;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod exchange;
pub mod format;
pub mod generate;
pub mod hardening;
pub mod merge;
pub mod otp;
pub mod printable;
pub mod prompt;
pub mod report;
pub mod search;
pub mod secret;
pub mod session;
pub mod store;
pub mod strength;
pub mod time;
pub mod tui;
pub mod vault;
