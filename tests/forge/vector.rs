//! The shapes of the vectors' JSON files (tests/vectors/README.md). An unknown key is an error.

use serde::{Deserialize, Serialize};

/// A whole file, made from a base by changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileVector {
    pub name: String,
    pub base: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The file's length as the system tells it, where the file is too long to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Content, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
    /// Instead of a secret the key itself: no slot is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_key: Option<String>,
    /// Index of the slot that opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<usize>,
    pub expect: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Overwrites.
    Put {
        at: usize,
        hex: String,
    },
    /// Takes bytes out.
    Remove {
        at: usize,
        len: usize,
    },
    /// Cuts to this length.
    Truncate(usize),
    Append(String),
    /// Overwrites with bytes of another base.
    Copy {
        at: usize,
        of: String,
        from: usize,
        len: usize,
    },
    /// Computes file_digest.
    FixDigest,
}

/// A payload: inner header, body, and what follows it instead of the first zeros.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayloadVector {
    pub name: String,
    /// All 128 bytes; without it a right one of generation 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<String>,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    pub expect: String,
}

/// What a person typed, or a pipe gave.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretVector {
    pub name: String,
    /// Bytes, in hexadecimal.
    pub given: String,
    /// Whether it is a line from a pipe.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub line: bool,
    /// What it is for the derivation in hexadecimal, or the error.
    pub expect: String,
}

/// A sealed value at a place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldVector {
    pub name: String,
    pub vault_key: String,
    pub vault_id: String,
    pub record: String,
    pub tag: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    pub value: String,
    /// The secret in hexadecimal, which seals to this value; or the error.
    pub expect: String,
}

/// The length of a plaintext.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeVector {
    pub name: String,
    /// 128 + body_len.
    pub content: u64,
    /// Of the settings.
    pub least: u64,
    /// Bytes, or the error.
    pub expect: String,
}

/// A derivation of section 5.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyVector {
    pub name: String,
    pub vault_key: String,
    pub vault_id: String,
    /// For the payload's key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_nonce: Option<String>,
    pub expect: String,
}

/// Two bodies, or two bases, and what both are together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeVector {
    pub name: String,
    pub a: String,
    pub b: String,
    /// The body; of bases the name of the one that has it.
    pub expect: String,
}
