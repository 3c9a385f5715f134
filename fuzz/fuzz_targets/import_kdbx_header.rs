//! Any bytes as the plain header of a database, whose costs are bounded; nothing is derived.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::exchange::keepass::header::{Header, KDBX, MAGIC};

fuzz_target!(|data: &[u8]| {
    let _ = Header::read(data);
    let _ = Header::read(&[MAGIC, KDBX, data].concat());
});
