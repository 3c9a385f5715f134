//! Every derivation of the format, with its label: nobody else writes one. The formulas are those of
//! docs/format.md, "Keys"; a label is its ASCII bytes and one zero byte.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::secret::Secret;

const SLOT: &[u8] = b"tresor/slot/1\0";
const WRAP: &[u8] = b"tresor/wrap/1\0";
const KEY_FILE: &[u8] = b"tresor/keyfile/1\0";
const RECOVERY: &[u8] = b"tresor/recovery/1\0";
const VK_ID: &[u8] = b"tresor/vkid/1\0";
const FIELD: &[u8] = b"tresor/field/1\0";
const NONCE: &[u8] = b"tresor/nonce/1\0";
const STATE: &[u8] = b"tresor/state/1\0";
const PAYLOAD: &[u8] = b"tresor/payload/1\0";

/// A 32-byte key in locked memory.
pub struct Key(Secret);

impl Key {
    /// Copies 32 bytes; shorter or longer input is a fault of this program.
    pub fn copy_of(bytes: &[u8; 32]) -> Self {
        Self(Secret::copy_of(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        // A `Key` is made from 32 bytes only; the constant keeps this free of panics.
        const NONE: &[u8; 32] = &[0; 32];
        self.0.expose().first_chunk().unwrap_or(NONE)
    }

    /// The bytes, to be filled.
    fn expose_mut(&mut self) -> &mut [u8] {
        self.0.expose_mut()
    }

    fn zeroed() -> Self {
        Self(Secret::zeroed(32))
    }

    /// A second copy in locked memory.
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// HKDF-Expand(prk, all of `info`) of the length of `out`, which is at most 255 * 32 bytes.
fn expand(prk: &[u8], info: &[&[u8]], out: &mut [u8]) {
    let done = Hkdf::<Sha256>::from_prk(prk).ok().and_then(|hkdf| hkdf.expand_multi_info(info, out).ok());
    debug_assert!(done.is_some(), "a PRK of 32 bytes and at most 64 bytes of output");
}

/// 64 bytes of HKDF-Expand as a key and a public value or a second key.
fn expand_pair(prk: &[u8], info: &[&[u8]]) -> (Key, Secret) {
    let mut okm = Secret::zeroed(64);
    expand(prk, info, okm.expose_mut());
    let mut first = Key::zeroed();
    let (left, right) = okm.expose().split_at(32);
    first.expose_mut().copy_from_slice(left);
    (first, Secret::copy_of(right))
}

fn array32(bytes: &[u8]) -> [u8; 32] {
    bytes.first_chunk().copied().unwrap_or_default()
}

/// kek (32) || kek_commit (32) = HKDF-Expand(HKDF-Extract(wrap_salt, ikm), "tresor/slot/1" || vault_id || slot[0..48], 64)
pub fn slot_keys(
    ikm: &[&[u8]],
    wrap_salt: &[u8; 16],
    vault_id: &[u8; 16],
    slot_head: &[u8],
) -> (Key, [u8; 32]) {
    let ikm = Secret::concat(ikm);
    let (_, hkdf) = Hkdf::<Sha256>::extract(Some(wrap_salt), ikm.expose());
    let mut okm = Secret::zeroed(64);
    let done = hkdf.expand_multi_info(&[SLOT, vault_id, slot_head], okm.expose_mut());
    debug_assert!(done.is_ok(), "64 bytes of output");
    let (kek, commit) = okm.expose().split_at(32);
    (Key::copy_of(&array32(kek)), array32(commit))
}

/// aad = "tresor/wrap/1" || vault_id || slot[0..80] || slot[152..480]
pub fn wrap_aad(vault_id: &[u8; 16], slot_head: &[u8], extra: &[u8]) -> Vec<u8> {
    [WRAP, vault_id, slot_head, extra].concat()
}

/// The public name of a vault key: HKDF-Expand(VK, "tresor/vkid/1" || vault_id, 16)
pub fn vk_id(vault_key: &Key, vault_id: &[u8; 16]) -> [u8; 16] {
    let mut id = [0; 16];
    expand(vault_key.expose(), &[VK_ID, vault_id], &mut id);
    id
}

/// field_key (32) || field_nonce_key (32) = HKDF-Expand(VK, "tresor/field/1" || vault_id, 64)
pub fn field_keys(vault_key: &Key, vault_id: &[u8; 16]) -> (Key, Key) {
    let (field, nonce) = expand_pair(vault_key.expose(), &[FIELD, vault_id]);
    (field, Key::copy_of(&array32(nonce.expose())))
}

/// nonce_key = HKDF-Expand(VK, "tresor/nonce/1" || vault_id, 32)
pub fn nonce_key(vault_key: &Key, vault_id: &[u8; 16]) -> Key {
    let mut key = Key::zeroed();
    expand(vault_key.expose(), &[NONCE, vault_id], key.expose_mut());
    key
}

/// state_key = HKDF-Expand(VK, "tresor/state/1" || vault_id, 32)
pub fn state_key(vault_key: &Key, vault_id: &[u8; 16]) -> Key {
    let mut key = Key::zeroed();
    expand(vault_key.expose(), &[STATE, vault_id], key.expose_mut());
    key
}

/// payload_key (32) || payload_commit (32) = HKDF-Expand(VK, "tresor/payload/1" || vault_id || payload_nonce, 64)
pub fn payload_keys(vault_key: &Key, vault_id: &[u8; 16], payload_nonce: &[u8; 24]) -> (Key, [u8; 32]) {
    let (key, commit) = expand_pair(vault_key.expose(), &[PAYLOAD, vault_id, payload_nonce]);
    (key, array32(commit.expose()))
}

/// "tresor/field/1" || vault_id || record id || u16 tag || field (16 zero bytes where there is none)
pub fn field_aad(vault_id: &[u8; 16], record: &[u8; 16], tag: u16, field: Option<&[u8; 16]>) -> [u8; 65] {
    let mut aad = [0; 65];
    let parts: [&[u8]; 5] = [FIELD, vault_id, record, &tag.to_le_bytes(), field.unwrap_or(&[0; 16])];
    for (out, byte) in aad.iter_mut().zip(parts.into_iter().flatten()) {
        *out = *byte;
    }
    aad
}

/// HMAC-SHA-256(key, all `parts`)[0..24], the nonce of a payload or a field.
pub fn hedged_nonce(key: &Key, parts: &[&[u8]]) -> [u8; 24] {
    hmac_sha256(key, parts).first_chunk().copied().unwrap_or_default()
}

/// HMAC-SHA-256 (RFC 2104) of all `parts`.
pub fn hmac_sha256(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    // A MAC takes keys of any length, so there is no error to report.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256 of all `parts`.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// key_file_key of a key file made by this program: SHA-256("tresor/keyfile/1" || 01 || 32 bytes)
pub fn made_key_file_key(bytes: &[u8; 32]) -> Key {
    Key::copy_of(&sha256(&[KEY_FILE, &[1], bytes]))
}

/// key_file_key of any other file: SHA-256("tresor/keyfile/1" || 00 || content)
pub fn plain_key_file_key(content: &[u8]) -> Key {
    Key::copy_of(&sha256(&[KEY_FILE, &[0], content]))
}

/// SHA-256("tresor/recovery/1" || code), whose first 20 bits check a typed recovery code.
pub fn recovery_check(code: &[u8; 20]) -> [u8; 32] {
    sha256(&[RECOVERY, code])
}

/// Compares public values that come from secrets in constant time.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
