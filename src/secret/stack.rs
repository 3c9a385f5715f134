//! What functions leave behind on the stack when they return. Ciphers, hashes and the code that calls them keep
//! blocks of keys and of plaintext in local variables, and nobody wipes those.

use std::hint;

use zeroize::Zeroize;

/// Bytes that are overwritten below the caller: more than any call of this program reaches down.
const DEPTH: usize = 256 * 1024;

/// Overwrites the stack below the caller, where everything that it has called so far had its variables. A few
/// microseconds.
#[inline(never)]
pub fn wipe() {
    let mut area = [0_u8; DEPTH];
    // The zeros above must really be written, and to the stack.
    hint::black_box(&mut area);
    area.get_mut(..64).unwrap_or_default().zeroize();
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;

    const LEFT: u8 = 0xA7;

    #[inline(never)]
    fn leaves_something() -> u64 {
        let mut block = [0_u8; 4096];
        hint::black_box(&mut block).fill(LEFT);
        hint::black_box(block.as_ptr()).addr() as u64
    }

    /// Runs of what was left that are still at `place`. An address that a later call put there may hold one such
    /// byte by chance, but not eight in a row.
    fn still_there(memory: &File, place: u64) -> usize {
        // On the heap: its variables are to be small, as they lie where the block did.
        let mut block = vec![0; 4096];
        memory.read_exact_at(&mut block, place).unwrap();
        block.chunks_exact(8).filter(|chunk| *chunk == [LEFT; 8]).count()
    }

    #[test]
    fn nothing_of_a_call_is_left() {
        let memory = File::open("/proc/self/mem").unwrap();
        let place = leaves_something();
        wipe();
        assert_eq!(still_there(&memory, place), 0);
        // That there is something to be wiped at all.
        let place = leaves_something();
        assert_ne!(still_there(&memory, place), 0);
    }
}
