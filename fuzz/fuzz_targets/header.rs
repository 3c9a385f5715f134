//! Any header over a payload of one step, as it is and with what a random change breaks first made right again:
//! magic, lengths, digest. Nothing may panic, and no header may ask for more than the format allows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::crypto::derive;
use tresor::format::{HEADER_LEN, Header, SIZE_STEP};

fuzz_target!(|data: &[u8]| {
    let _ = Header::read(data, data.len() as u64);
    let mut file = data.to_vec();
    file.resize(HEADER_LEN + SIZE_STEP + 16, 0);
    file[..12].copy_from_slice(b"\x89TRS\r\n\x1a\n\x01\0\0\0");
    file[32..40].copy_from_slice(&(SIZE_STEP as u64 + 16).to_le_bytes());
    let digest = derive::sha256(&[&file[..96], &file[128..]]);
    file[96..128].copy_from_slice(&digest);
    if let Ok(header) = Header::read(&file, file.len() as u64) {
        for slot in header.slots() {
            if let Ok(cost) = slot.cost() {
                assert!(cost.memory_kib() <= 4 * 1024 * 1024 && cost.passes() <= 1024 && cost.lanes() <= 16);
            }
        }
    }
});
