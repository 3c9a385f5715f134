//! Any bytes as each of the smaller formats of JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

fuzz_target!(|data: &[u8]| ["1pif", "enpass-json", "proton-json"].iter().for_each(|format| import::check(format, data)));
