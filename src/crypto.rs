//! The only user of cipher crates: random bytes, Argon2id, XChaCha20-Poly1305, and every derivation of the
//! format with its label; beside them what foreign formats want. Nothing here knows a file or an entry.

pub mod aead;
pub mod backup;
pub mod breach;
pub mod derive;
pub mod foreign;
pub mod kdbx;
pub mod kdf;
pub mod otp_mac;
pub mod random;
