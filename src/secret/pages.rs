//! Memory for secrets: mapped by us, locked against swapping, left out of core dumps, wiped before it is
//! given back.
//!
//! Small secrets share locked pages (a slab of four size classes), since the system lets an ordinary process
//! lock only a few MiB; a large one gets a mapping of its own. Where the system refuses to lock, the
//! memory still works and [`locking_failed`] says so: the user is told, the vault stays usable.

#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroize;

/// Sizes in bytes that the slab hands out; a larger secret has a mapping of its own.
const CLASSES: [usize; 4] = [64, 256, 1024, 4096];
/// Bytes of one mapping of the slab.
const CHUNK: usize = 64 * 1024;

/// What the user is told where the system refuses to lock memory.
pub const LOCKING_FAILED_WORDS: &str =
    "This system refuses to lock memory (ulimit -l): secrets may get into its swap space";

static LOCKING_FAILED: AtomicBool = AtomicBool::new(false);
static POOL: Mutex<Pool> = Mutex::new(Pool { free: [const { Vec::new() }; CLASSES.len()] });

/// Whether the system has refused to lock some secret's memory since the start.
pub fn locking_failed() -> bool {
    LOCKING_FAILED.load(Ordering::Relaxed)
}

/// Whether a mapping is to be kept out of swap.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locking {
    Locked,
    /// Too large for the usual limit on locked memory: wiped after use instead.
    WipedOnly,
}

/// A mapping of zeroed memory, wiped and unmapped when dropped.
struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: a mapping is plain memory that its owner alone points to.
unsafe impl Send for Mapping {}
// SAFETY: shared access only reads.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// As [`Mapping::try_zeroed`]; like an allocator, aborts where a secret's few pages cannot be had.
    fn zeroed(len: usize, locking: Locking) -> Self {
        Self::try_zeroed(len, locking)
            .unwrap_or_else(|| std::alloc::handle_alloc_error(std::alloc::Layout::new::<u8>()))
    }

    /// Zeroed memory of `len` bytes; none where the system has none to give.
    #[cfg(unix)]
    fn try_zeroed(len: usize, locking: Locking) -> Option<Self> {
        use rustix::mm;
        let len = len.max(1);
        // SAFETY: a new private anonymous mapping overlaps nothing.
        let mapped = unsafe {
            mm::mmap_anonymous(
                std::ptr::null_mut(),
                len,
                mm::ProtFlags::READ | mm::ProtFlags::WRITE,
                mm::MapFlags::PRIVATE,
            )
        };
        let start = mapped.ok().and_then(|start| NonNull::new(start.cast::<u8>()))?;
        if locking == Locking::Locked {
            // SAFETY: exactly the mapping made above.
            if unsafe { mm::mlock(start.as_ptr().cast(), len) }.is_err() {
                LOCKING_FAILED.store(true, Ordering::Relaxed);
            }
        }
        #[cfg(target_os = "linux")]
        {
            let advice = [mm::Advice::LinuxDontDump, mm::Advice::LinuxHugepage];
            let wanted = if locking == Locking::Locked { 1 } else { 2 };
            for advice in advice.into_iter().take(wanted) {
                // SAFETY: exactly the mapping made above; neither advice changes its content.
                let _ = unsafe { mm::madvise(start.as_ptr().cast(), len, advice) };
            }
        }
        Some(Self { start, len })
    }

    #[cfg(not(unix))]
    fn try_zeroed(len: usize, _: Locking) -> Option<Self> {
        let bytes = Box::leak(vec![0_u8; len.max(1)].into_boxed_slice());
        LOCKING_FAILED.store(true, Ordering::Relaxed);
        Some(Self { len: bytes.len(), start: NonNull::from(bytes).cast() })
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `start` points to `len` initialised bytes that this value owns.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        #[cfg(unix)]
        // SAFETY: the mapping is ours and nothing points to it any more.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.len) };
        #[cfg(not(unix))]
        // SAFETY: leaked from a box of exactly this length.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.start.as_ptr(), self.len)) });
    }
}

/// Working memory of Argon2: unlocked (it is far larger than what may be locked), wiped when dropped, and
/// in huge pages where the system has them, which makes the derivation a third faster.
pub struct KdfMemory {
    mapping: Mapping,
    blocks: usize,
}

impl KdfMemory {
    /// Zeroed memory of `blocks` KiB; none where the system has not so much to give.
    pub fn zeroed(blocks: usize) -> Option<Self> {
        let mapping = Mapping::try_zeroed(blocks.checked_mul(argon2::Block::SIZE)?, Locking::WipedOnly)?;
        Some(Self { mapping, blocks })
    }
}

impl AsMut<[argon2::Block]> for KdfMemory {
    fn as_mut(&mut self) -> &mut [argon2::Block] {
        // SAFETY: the mapping holds `blocks` KiB, is page-aligned (a block wants 64 bytes), and a block is
        // 128 plain integers, for which any bytes are valid.
        unsafe { slice::from_raw_parts_mut(self.mapping.start.as_ptr().cast(), self.blocks) }
    }
}

/// Memory of one secret.
pub(super) struct Slot {
    start: NonNull<u8>,
    len: usize,
    home: Home,
}

enum Home {
    Slab(usize),
    Own { _mapping: Mapping },
}

// SAFETY: a slot is plain memory that its owner alone points to.
unsafe impl Send for Slot {}
// SAFETY: shared access only reads.
unsafe impl Sync for Slot {}

impl Slot {
    pub(super) fn zeroed(len: usize) -> Self {
        match CLASSES.iter().position(|size| len <= *size) {
            Some(class) => {
                let start = POOL.lock().unwrap_or_else(PoisonError::into_inner).take(class);
                Self { start: start.0, len, home: Home::Slab(class) }
            }
            None => {
                let mapping = Mapping::zeroed(len, Locking::Locked);
                Self { start: mapping.start, len, home: Home::Own { _mapping: mapping } }
            }
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `start` points to at least `len` initialised bytes that this value owns.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and access is exclusive.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Home::Slab(class) = self.home {
            self.bytes_mut().zeroize();
            POOL.lock().unwrap_or_else(PoisonError::into_inner).give_back(class, Free(self.start));
        }
    }
}

/// A free piece of a chunk.
struct Free(NonNull<u8>);

// SAFETY: a free piece is pointed to by the pool alone.
unsafe impl Send for Free {}

/// Free pieces by size class. Chunks are kept for the life of the process: there are few, and they are wiped.
struct Pool {
    free: [Vec<Free>; CLASSES.len()],
}

impl Pool {
    fn take(&mut self, class: usize) -> Free {
        let size = CLASSES.get(class).copied().unwrap_or(CHUNK);
        let Some(list) = self.free.get_mut(class) else {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<u8>());
        };
        if let Some(piece) = list.pop() {
            return piece;
        }
        let chunk = std::mem::ManuallyDrop::new(Mapping::zeroed(CHUNK, Locking::Locked));
        for index in 1..CHUNK / size {
            // SAFETY: within the chunk, whose length is a multiple of every class.
            list.push(Free(unsafe { chunk.start.add(index * size) }));
        }
        Free(chunk.start)
    }

    fn give_back(&mut self, class: usize, piece: Free) {
        if let Some(list) = self.free.get_mut(class) {
            list.push(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_comes_back_wiped() {
        for _ in 0..3 {
            let mut slot = Slot::zeroed(200);
            assert!(slot.bytes().iter().all(|byte| *byte == 0));
            slot.bytes_mut().fill(0xAA);
        }
    }

    #[test]
    fn slots_do_not_overlap() {
        let mut slots: Vec<Slot> = (0..2000).map(|_| Slot::zeroed(60)).collect();
        for (index, slot) in slots.iter_mut().enumerate() {
            slot.bytes_mut().fill((index % 251) as u8);
        }
        for (index, slot) in slots.iter().enumerate() {
            assert!(slot.bytes().iter().all(|byte| *byte == (index % 251) as u8));
        }
    }
}
