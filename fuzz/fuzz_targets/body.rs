//! Any bytes as a body. What is read is written back byte for byte, shows all its entries, and merges with itself
//! to itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::format::body;
use tresor::merge::merge;
use tresor::vault::{Id, Vault};
use zeroize::Zeroizing;

fuzz_target!(|data: &[u8]| {
    let Ok(parts) = body::decode(data, 0, u64::MAX) else { return };
    let vault = parts.into_vault(1, Zeroizing::new(data.to_vec()));
    assert_eq!(encoded(&vault), data);
    assert_eq!(encoded(&merge(&vault, &vault)), data);
    for entry in vault.entries() {
        let _ = (entry.state(), entry.title(), entry.urls(), entry.tags(), entry.fields(), entry.history());
        let _ = (entry.attachments(), entry.created(), entry.modified(), entry.last_used());
    }
    let _ = (vault.steps(), vault.undoable(Id([1; 16])).is_some(), vault.redoable(Id([1; 16])).is_some());
});

fn encoded(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    body::encode(vault, &mut bytes);
    bytes
}
