//! Any bytes as an archive: of 1Password, of Bitwarden, of other exports.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

fuzz_target!(|data: &[u8]| ["1pux", "bitwarden-zip", "zip"].iter().for_each(|format| import::check(format, data)));
