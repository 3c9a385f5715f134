//! Any bytes as each of the smaller formats of JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

const FORMATS: [&str; 9] = [
    "1pif", "enpass-json", "proton-json", "keeper-json", "passman-json", "dashlane-json", "aegis-json", "andotp-json",
    "freeotp-json",
];

fuzz_target!(|data: &[u8]| FORMATS.iter().for_each(|format| import::check(format, data)));
