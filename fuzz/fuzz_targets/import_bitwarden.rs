//! Any bytes as an import of the format `bitwarden-json`.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

fuzz_target!(|data: &[u8]| import::check("bitwarden-json", data));
