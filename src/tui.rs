//! The terminal screen: `tresor` alone.
//!
//! ```text
//!  / git oct_                                           2 of 25    search box: typing filters at once
//! ──────────────────────────────────────┬───────────────────────
//! > GitHub            octavia           │ GitHub                   list, best match first; fields of the
//!   GitHub (work)     octavia.b         │  Username  octavia       chosen entry beside it where there is
//!                                       │  Password  ••••••••      room
//! ──────────────────────────────────────┴───────────────────────
//!  Copied: password of GitHub                 [X11 clipboard 17 s]  what was done, what is in the clipboard
//!  Enter copy password  Esc list  F1 help                           what the keys do here
//! ```
//!
//! [`update`] changes the [`model`] for a [`message`] and asks for [`effect`]s; [`view`](mod@view) draws the
//! model. Neither does I/O, and neither knows a time but that of the message. [`perform`] does what is asked
//! for and answers with messages; there is one loop, and no loop within it. What keys do is data: [`action`]
//! says what can be done, [`keymap`] by which keys.

use std::path::PathBuf;

use crate::clipboard::Environment;
use crate::config::Config;
use crate::format::KeyFile;

pub use perform::run;

pub mod action;
pub mod catalog;
pub mod complete;
pub mod decode;
pub mod editor;
pub mod effect;
pub mod fields;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod message;
pub mod model;
pub mod perform;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;

#[cfg(test)]
mod tests;

/// What the screen is started with.
pub struct Options {
    /// The vault.
    pub source: Source,
    /// The settings.
    pub config: Config,
    /// The key file, where the vault wants one.
    pub key_file: Option<KeyFile>,
    /// What the clipboard needs to know.
    pub environment: Environment,
}

/// Where the vault is.
pub enum Source {
    /// In a file, or to be made there.
    File {
        /// The file.
        vault: PathBuf,
        /// What this installation remembers.
        state: PathBuf,
    },
    /// In memory: the sample, of which nothing is written.
    Sample,
}
