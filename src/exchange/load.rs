//! What opening an encrypted source takes of this machine, told before it is paid.

/// One key derivation. All that is named here is within bounds: what is out of them is no load but an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Argon2.
    Argon2 {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over it.
        passes: u32,
    },
    /// AES-KDF of KeePass.
    AesKdf {
        /// Its rounds.
        rounds: u64,
    },
    /// PBKDF2 with HMAC-SHA-256, or HMAC-SHA-1, which is somewhat quicker.
    Pbkdf2 {
        /// Its rounds.
        rounds: u32,
    },
}
