//! Argon2id with bounded costs: a number from a file is checked here before a byte is allocated for it.

use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;

use crate::secret::Secret;
use crate::secret::pages::KdfMemory;

/// What one guess at a master password costs: Argon2id's memory in KiB, passes and lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A cost outside the format's bounds (docs/format.md, "Costs").
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CostError {
    /// So high that it would only exhaust this machine.
    #[error("key derivation cost too high: {memory_kib} KiB, {passes} passes, {lanes} lanes")]
    #[allow(missing_docs)]
    TooHigh { memory_kib: u32, passes: u32, lanes: u32 },
    /// So low that no version of this program wrote it.
    #[error("key derivation cost too low: {memory_kib} KiB, {passes} passes, {lanes} lanes")]
    #[allow(missing_docs)]
    TooLow { memory_kib: u32, passes: u32, lanes: u32 },
}

impl Cost {
    /// What `init` gives: 256 MiB, 3 passes, 4 lanes.
    pub const DEFAULT: Self = Self { memory_kib: 256 * 1024, passes: 3, lanes: 4 };
    /// The least that a command writes: the second recommendation of RFC 9106.
    pub const COMMAND_FLOOR: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
    /// The least that a reader accepts. For tests; no command writes it.
    pub const READER_FLOOR: Self = Self { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

    const MAX_MEMORY_KIB: u32 = 4 * 1024 * 1024;
    const MAX_PASSES: u32 = 1024;
    const MAX_LANES: u32 = 16;
    /// Memory times passes, in KiB: 16 GiB-passes.
    const MAX_WORK_KIB: u64 = 16 * 1024 * 1024;

    /// A cost within the bounds of the format.
    ///
    /// # Errors
    /// [`CostError`] outside them.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        let work = u64::from(memory_kib) * u64::from(passes);
        if memory_kib > Self::MAX_MEMORY_KIB
            || passes > Self::MAX_PASSES
            || lanes > Self::MAX_LANES
            || work > Self::MAX_WORK_KIB
        {
            return Err(CostError::TooHigh { memory_kib, passes, lanes });
        }
        if memory_kib < Self::READER_FLOOR.memory_kib || passes == 0 || lanes == 0 {
            return Err(CostError::TooLow { memory_kib, passes, lanes });
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes, which may run at once.
    pub fn lanes(self) -> u32 {
        self.lanes
    }

    /// Whether this is less than `other` in memory or passes.
    pub fn is_below(self, other: Self) -> bool {
        self.memory_kib < other.memory_kib || self.passes < other.passes
    }
}

/// No key was derived.
#[derive(Debug, Error)]
pub enum KdfError {
    /// The system has not so much memory to give.
    #[error("the key derivation wants {} MiB of memory, and this machine has not so much to give", .0 / 1024)]
    NoMemory(u32),
    /// Argon2 refused its input.
    #[error("key derivation failed: {0}")]
    Refused(argon2::Error),
}

/// Argon2id, version 0x13, 32-byte tag, no secret, no associated data (RFC 9106). Takes as long as it costs,
/// and wipes its memory.
///
/// # Errors
/// [`KdfError`]. An empty passphrase is not refused here.
pub fn argon2id(passphrase: &[u8], salt: &[u8], cost: Cost) -> Result<Secret, KdfError> {
    let params =
        Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(KdfError::Refused)?;
    let memory = KdfMemory::zeroed(params.block_count());
    let mut memory = memory.ok_or(KdfError::NoMemory(cost.memory_kib))?;
    let mut tag = Secret::zeroed(32);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(passphrase, salt, tag.expose_mut(), &mut memory)
        .map_err(KdfError::Refused)?;
    Ok(tag)
}

/// Argon2 as another program's file asks for it, within bounds that keep this machine usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignCost {
    algorithm: Algorithm,
    version: Version,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Argon2 with more freedom than our own format has (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argon2Kind {
    /// Argon2d.
    D,
    /// Argon2id.
    Id,
}

impl ForeignCost {
    const MAX_LANES: u32 = 64;
    /// Memory times passes, in KiB: 64 GiB-passes, a minute or so.
    const MAX_WORK_KIB: u64 = 64 * 1024 * 1024;

    /// A cost within the bounds; `version` is 0x10 or 0x13. Memory is in KiB.
    ///
    /// # Errors
    /// [`CostError`] outside them.
    pub fn new(
        kind: Argon2Kind,
        version: u32,
        memory_kib: u64,
        passes: u64,
        lanes: u32,
    ) -> Result<Self, CostError> {
        let shown = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let (memory, count) = (shown(memory_kib), shown(passes));
        if memory_kib > u64::from(Cost::MAX_MEMORY_KIB)
            || lanes > Self::MAX_LANES
            || passes.saturating_mul(memory_kib) > Self::MAX_WORK_KIB
        {
            return Err(CostError::TooHigh { memory_kib: memory, passes: count, lanes });
        }
        let version = Version::try_from(version);
        let (Ok(version), true) = (version, lanes > 0 && passes > 0 && memory >= 8 * lanes) else {
            return Err(CostError::TooLow { memory_kib: memory, passes: count, lanes });
        };
        let algorithm = match kind {
            Argon2Kind::D => Algorithm::Argon2d,
            Argon2Kind::Id => Algorithm::Argon2id,
        };
        Ok(Self { algorithm, version, memory_kib: memory, passes: count, lanes })
    }

    /// Memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// A tag of 32 bytes. Takes as long as it costs, and wipes its memory.
    ///
    /// # Errors
    /// [`KdfError`], also where the salt has fewer than 8 bytes.
    pub fn derive(self, password: &[u8], salt: &[u8]) -> Result<Secret, KdfError> {
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(KdfError::Refused)?;
        let memory = KdfMemory::zeroed(params.block_count());
        let mut memory = memory.ok_or(KdfError::NoMemory(self.memory_kib))?;
        let mut tag = Secret::zeroed(32);
        Argon2::new(self.algorithm, self.version, params)
            .hash_password_into_with_memory(password, salt, tag.expose_mut(), &mut memory)
            .map_err(KdfError::Refused)?;
        Ok(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_come_before_allocation() {
        for (memory, passes, lanes) in [
            (u32::MAX, 1, 1),
            (4 * 1024 * 1024 + 1, 1, 1),
            (8192, 1025, 1),
            (8192, 1, 17),
            (4 * 1024 * 1024, 5, 4),
        ] {
            assert!(matches!(Cost::new(memory, passes, lanes), Err(CostError::TooHigh { .. })));
        }
        for (memory, passes, lanes) in [(8191, 1, 1), (0, 3, 4), (8192, 0, 1), (8192, 1, 0)] {
            assert!(matches!(Cost::new(memory, passes, lanes), Err(CostError::TooLow { .. })));
        }
        assert!(Cost::new(4 * 1024 * 1024, 4, 16).is_ok());
    }

    #[test]
    fn foreign_costs_are_bounded_too() {
        let cost = |memory, passes, lanes| ForeignCost::new(Argon2Kind::D, 0x13, memory, passes, lanes);
        let tib = 1024 * 1024 * 1024;
        for (memory, passes, lanes) in
            [(tib, 1, 1), (u64::MAX, u64::MAX, 1), (8, u64::MAX, 1), (4 << 20, 17, 1), (1 << 20, 1, 65)]
        {
            assert!(matches!(cost(memory, passes, lanes), Err(CostError::TooHigh { .. })));
        }
        for (memory, passes, lanes) in [(7, 1, 1), (64, 1, 9), (64, 0, 1), (64, 1, 0)] {
            assert!(matches!(cost(memory, passes, lanes), Err(CostError::TooLow { .. })));
        }
        assert!(ForeignCost::new(Argon2Kind::Id, 0x11, 64, 1, 1).is_err());
        assert!(cost(1 << 20, 64, 8).is_ok());
    }

    #[test]
    fn less_memory_or_fewer_passes_is_below() {
        let cost = |memory, passes| Cost::new(memory, passes, 1).unwrap();
        let one = cost(65536, 3);
        assert!(cost(65535, 3).is_below(one) && cost(65536, 2).is_below(one) && cost(65535, 4).is_below(one));
        assert!(!one.is_below(one) && !cost(65537, 3).is_below(one) && !cost(65536, 4).is_below(one));
    }

    #[test]
    fn agrees_with_the_reference_program() {
        // printf password | argon2 saltsaltsaltsalt -id -k 8192 -t 2 -p 4 -l 32 -r
        let tag = argon2id(b"password", b"saltsaltsaltsalt", Cost::new(8192, 2, 4).unwrap()).unwrap();
        let hex: String = tag.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "9f21b20f1858e45e648b865afa474ed47856e77730cae565a43396f6753301fa");
    }
}
