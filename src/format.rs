//! The vault file, version 1, as docs/format.md specifies it: bytes to a vault and back.
//!
//! Reading is in an order that uses nothing before it is checked: [`Header::read`] needs no password,
//! [`unlock`] takes a checked header and gives the keys, [`open`] takes those and gives the vault. What may
//! only happen after a check takes a value that only the check makes. This layer touches no disk.

pub mod body;
pub mod derivation;
pub mod error;
pub mod header;
pub mod key_file;
pub mod keys;
pub mod passphrase;
pub mod payload;
pub mod recovery;
pub mod slot;

pub use derivation::Derivation;
pub use error::FormatError;
pub use header::Header;
pub use key_file::KeyFile;
pub use keys::Keys;
pub use passphrase::Passphrase;
pub use payload::Inner;
pub use recovery::RecoveryCode;
pub use slot::{Credentials, Slot, unlock};

use zeroize::Zeroizing;

use crate::crypto::random::Random;
use crate::crypto::{aead, derive};
use crate::vault::Vault;

/// Bytes of the header.
pub const HEADER_LEN: usize = 4096;
/// A payload's plaintext is a multiple of this many bytes, so that the file's size tells little.
pub const SIZE_STEP: usize = 64 * 1024;
/// Most steps of a payload: 512 MiB.
pub const MAX_STEPS: usize = 8192;
/// Most bytes of a vault file of version 1.
pub const MAX_FILE_LEN: usize = HEADER_LEN + SIZE_STEP * MAX_STEPS + aead::TAG_LEN;

/// What is made of a reserved byte that is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reserved {
    /// It breaks the format.
    Refused,
    /// A later minor version knows what it means.
    Ignored,
}

/// A vault that was read, with what its file says about it.
#[derive(Debug)]
pub struct Opened {
    /// The content.
    pub vault: Vault,
    /// Generation, writer and parents of this file.
    pub inner: Inner,
    /// Written by a later minor version, or holds what this version must not rewrite.
    pub read_only: bool,
}

/// Whether a file with this header is under these keys, by its commitment; nothing is decrypted.
pub fn is_under(header: &Header, keys: &Keys) -> bool {
    let (_, commit) = derive::payload_keys(keys.vault_key(), &header.vault_id().0, &header.payload_nonce());
    derive::same(&commit, &header.payload_commit())
}

/// Decrypts and reads a whole file, in place: nothing is used before all of it is verified.
///
/// # Errors
/// [`FormatError::KeyMismatch`] and [`FormatError::Tampered`] where the payload is not the one that this key
/// and this header belong to, [`FormatError::Malformed`] where it is, and still breaks the format.
pub fn open(mut file: Zeroizing<Vec<u8>>, header: &Header, keys: &Keys) -> Result<Opened, FormatError> {
    let nonce = header.payload_nonce();
    let (payload_key, commit) = derive::payload_keys(keys.vault_key(), &header.vault_id().0, &nonce);
    if !derive::same(&commit, &header.payload_commit()) {
        return Err(FormatError::KeyMismatch);
    }
    let aad = header.aad();
    let (text, tag) = file
        .get_mut(HEADER_LEN..)
        .and_then(|payload| payload.split_last_chunk_mut::<{ aead::TAG_LEN }>())
        .ok_or(FormatError::Damaged("the payload is missing"))?;
    aead::open_in_place(payload_key.expose(), &nonce, &aad, text, tag).map_err(|_| FormatError::Tampered)?;
    let end = HEADER_LEN + text.len();
    let (inner, parts) = read_text(file.get(HEADER_LEN..end).unwrap_or_default(), header.reserved())?;
    let read_only = header.is_of_later_minor() || parts.has_unknown_critical_tag();
    let vault = parts.into_vault(inner.generation, file);
    Ok(Opened { vault, inner, read_only })
}

/// Reads a payload's plaintext, which lies behind a header in the buffer that values are looked up in.
fn read_text(text: &[u8], reserved: Reserved) -> Result<(Inner, body::Parts), FormatError> {
    let (inner, body) = payload::read(text, reserved)?;
    let start = payload::INNER_LEN;
    let parts = body::decode(
        text.get(start..start + body).unwrap_or_default(),
        HEADER_LEN + start,
        inner.generation,
    )?;
    Ok((inner, parts))
}

/// Writes a whole file: `slots` into the header, the vault encrypted under `keys` behind it.
///
/// The payload is at least `least_size` bytes long. What was encoded is decoded again and compared before it
/// is encrypted.
///
/// # Errors
/// [`FormatError::TooLarge`] beyond 512 MiB, [`FormatError::Random`], [`FormatError::Malformed`] where the
/// vault is not what the format allows (more records than it holds, say), and [`FormatError::NotReadBack`] if
/// this program wrote what it would read as something else.
pub fn seal(
    vault: &Vault,
    keys: &Keys,
    slots: &[Slot],
    inner: &Inner,
    least_size: usize,
    random: &mut dyn Random,
) -> Result<Vec<u8>, FormatError> {
    let body_len = body::encoded_len(vault);
    let text_len = payload::padded_len(payload::INNER_LEN + body_len, least_size)?;
    let mut file = Zeroizing::new(Vec::with_capacity(HEADER_LEN + text_len + aead::TAG_LEN));
    file.resize(HEADER_LEN, 0);
    file.extend_from_slice(&inner.to_bytes(body_len as u64));
    body::encode(vault, &mut file);
    file.resize(HEADER_LEN + text_len, 0);
    let (inner_again, parts) = read_text(file.get(HEADER_LEN..).unwrap_or_default(), Reserved::Refused)?;
    if inner_again != *inner || !parts.says_the_same(vault, &file) {
        return Err(FormatError::NotReadBack);
    }
    drop(parts);

    let entropy: [u8; 32] = crate::crypto::random::array(random)?;
    let text = file.get_mut(HEADER_LEN..).unwrap_or_default();
    let nonce = derive::hedged_nonce(keys.nonce_key(), &[&entropy, text]);
    let (payload_key, commit) = derive::payload_keys(keys.vault_key(), &keys.vault_id().0, &nonce);
    let mut header = Header::new(keys.vault_id(), text_len + aead::TAG_LEN, nonce, commit, slots)?;
    let tag = aead::seal_in_place(payload_key.expose(), &nonce, &header.aad(), text);
    file.extend_from_slice(&tag);
    header.set_digest(file.get(HEADER_LEN..).unwrap_or_default());
    if let Some(head) = file.first_chunk_mut::<HEADER_LEN>() {
        *head = *header.bytes();
    }
    // All of it is ciphertext now.
    Ok(std::mem::take(&mut *file))
}
