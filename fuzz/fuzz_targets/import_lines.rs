//! Any bytes as a list of one-time codes, and as a decrypted file of pass or gopass.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::exchange::pass::secret;
use tresor::secret::Secret;

mod import;

fuzz_target!(|data: &[u8]| {
    import::check("otpauth", data);
    for name in ["name", "name.b64"] {
        let _ = secret::read(name, &Secret::copy_of(data)).finish();
    }
});
