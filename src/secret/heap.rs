//! A heap that keeps nothing: what is given back is overwritten first. Libraries work on copies of what they
//! are given (zxcvbn on pieces of a password, serde_json on a file, ratatui on what it draws) and do not wipe
//! them; with this as the program's allocator no such copy outlives its owner.
//!
//! It does not lock anything: what must not get into swap is a [`super::Secret`].

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint;

/// The system's heap, overwriting what is freed. To be the `#[global_allocator]` of the program.
#[derive(Debug, Default, Clone, Copy)]
pub struct WipingHeap;

// SAFETY: every call goes to the system's heap with the layout it came with; `dealloc` writes only to memory
// that the caller gives back. `realloc` is the trait's own, which copies and calls `dealloc`: the system's
// would free the old place as it is.
unsafe impl GlobalAlloc for WipingHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back `layout.size()` bytes from `start` on, which nothing else points to.
        unsafe { start.write_bytes(0, layout.size()) };
        // Without this the compiler leaves the writing out: it knows that freed memory is not read.
        hint::black_box(start);
        // SAFETY: as above.
        unsafe { System.dealloc(start, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_is_overwritten() {
        let layout = Layout::array::<u8>(4096).unwrap();
        // SAFETY: allocated and given back with one layout. It is read again only while it is ours: the system's
        // heap hands the same place out again, its own few bytes at the front aside.
        unsafe {
            let first = WipingHeap.alloc(layout);
            first.write_bytes(0xAA, 4096);
            WipingHeap.dealloc(first, layout);
            let second = WipingHeap.alloc(layout);
            let left = (64..4096).filter(|at| second.add(*at).read() == 0xAA).count();
            assert!(left == 0, "{left} bytes are left");
            WipingHeap.dealloc(second, layout);
        }
    }
}
