//! Any bytes as what a device remembers of a vault. What is read is written back byte for byte, and two lists of
//! those who saved join to one that covers both, in either order.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::session::seen::{self, Memory, Record};
use tresor::vault::Writer;

fuzz_target!(|data: &[u8]| {
    let Ok(memory) = Memory::read(data) else { return };
    assert_eq!(memory.to_bytes(), data);
    let records: Vec<&Record> = memory.others([0; 16]).chain(memory.live([0; 16])).chain(memory.latest()).collect();
    for pair in records.windows(2) {
        let [one, other] = pair else { continue };
        let (one, other) = (lasting(one), lasting(other));
        let both = seen::join(&one, &other);
        assert_eq!(both, seen::join(&other, &one));
        assert!(seen::covers(&both, &one) && seen::covers(&both, &other));
        let _ = (seen::compare(&one, &other), seen::compare(&both, &one).has_all());
    }
});

/// Those who saved, each once, as a vault that was read lists them.
fn lasting(record: &Record) -> Vec<Writer> {
    let mut writers = record.writers();
    writers.dedup_by_key(|writer| writer.id);
    writers
}
