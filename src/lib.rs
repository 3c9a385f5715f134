//! tresor: an encrypted local password manager.
//!
//! A vault is one file ([`format`](mod@format), docs/format.md). In memory it is a [`vault`] of cells that are never changed,
//! only added to: the greatest stamp of a field is its value, the others are its history, and two states
//! [`merge`] to their union. Secrets in it are ciphertext; one is opened at a time, into a [`secret::Secret`].
//!
//! A look-up: [`session::Locked`] reads the file and checks all that needs no password; unlocking it gives a
//! [`session::Session`] and the vault; [`search`] finds the entry; the session reveals one value; [`clipboard`] holds and
//! clears it. A change: `Session::edit` adds cells, `Session::save` replaces the file through [`store`].
//!
//! [`cli`] and [`tui`] are two faces of that, and do not know each other. docs/architecture.md has the layers.
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

pub mod account;
pub mod audit;
pub mod browser;
pub mod cli;
pub mod clipboard;
pub mod clock;
pub mod compare;
pub mod config;
pub mod crypto;
pub mod demo;
pub mod exchange;
pub mod format;
pub mod generate;
pub mod gpg;
pub mod hardening;
pub mod host;
pub mod kit;
pub mod layout;
pub mod merge;
pub mod otp;
pub mod printable;
pub mod prompt;
pub mod report;
pub mod rotate;
pub mod search;
pub mod secret;
pub mod session;
pub mod sites;
pub mod store;
pub mod strength;
pub mod time;
pub mod tui;
pub mod vault;
