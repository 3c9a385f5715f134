//! HMAC with the three hashes of one-time codes (RFC 2104, FIPS 180-4).
//!
//! For [`crate::otp`] alone: the format of the vault derives with SHA-256 only (`derive`).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroize;

use crate::secret::Secret;

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacHash {
    /// SHA-1, which as a MAC is not broken, and which nearly all sites use.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// HMAC(key, message): 20, 32 or 64 bytes. A key of any length.
pub fn hmac(hash: MacHash, key: &[u8], message: &[u8]) -> Secret {
    match hash {
        MacHash::Sha1 => tag::<Hmac<Sha1>>(key, message),
        MacHash::Sha256 => tag::<Hmac<Sha256>>(key, message),
        MacHash::Sha512 => tag::<Hmac<Sha512>>(key, message),
    }
}

fn tag<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Secret {
    // An HMAC takes keys of any length, so there is no error to report.
    let Ok(mac) = M::new_from_slice(key) else { return Secret::zeroed(M::output_size()) };
    let mut bytes = mac.chain_update(message).finalize().into_bytes();
    let tag = Secret::copy_of(&bytes);
    bytes.as_mut_slice().zeroize();
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_longer_than_a_block() {
        // RFC 4231, section 4.7; the same for SHA-1 by Python's hmac.
        let tags = [
            (MacHash::Sha1, "90d0dace1c1bdc957339307803160335bde6df2b"),
            (MacHash::Sha256, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            (
                MacHash::Sha512,
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                 6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ),
        ];
        for (hash, expected) in tags {
            let tag = hmac(hash, &[0xAA; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
            let hex: String = tag.expose().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expected);
        }
    }
}
