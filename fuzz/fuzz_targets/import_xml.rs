//! Any bytes as each format of XML.

#![no_main]

use libfuzzer_sys::fuzz_target;

mod import;

const FORMATS: [&str; 3] = ["keepass-xml", "keepassx-xml", "safeincloud-xml"];

fuzz_target!(|data: &[u8]| FORMATS.iter().for_each(|format| import::check(format, data)));
