//! Any bytes as the XML of a database.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

fuzz_target!(|data: &[u8]| import::check("keepass-xml", data));
