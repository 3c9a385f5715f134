//! One clock for all programs of an installation that edit a vault at once. They write under one writer id, so two
//! edits of the same millisecond would have the same stamp, and be taken for one.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::disk::{Disk, Open};
use crate::time::Timestamp;

const NAME: &str = "ticks";
/// How often a clock that another program holds is tried again, and how long it is waited for each time. It is held
/// for as long as eight bytes take.
const TRIES: u32 = 50;
const RETRY: Duration = Duration::from_millis(1);
/// What is further ahead is no edit of this moment: the file is damaged, or the system's clock was put back.
const AHEAD: u64 = 60_000;

/// A moment that no other program was given: `least`, or a few milliseconds later. Where the clock in the vault's
/// state folder cannot be had, `least`.
pub fn next(disk: &dyn Disk, dir: &Path, least: Timestamp) -> Timestamp {
    take(disk, dir, least).unwrap_or(least)
}

fn take(disk: &dyn Disk, dir: &Path, least: Timestamp) -> io::Result<Timestamp> {
    let mut file = disk.open(&dir.join(NAME), Open::Lock)?;
    let mut tries = 0;
    while !file.try_lock()? {
        tries += 1;
        if tries == TRIES {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        std::thread::sleep(RETRY);
    }
    let mut last = [0; 8];
    let last = file.read_exact(&mut last).map_or(0, |()| u64::from_le_bytes(last));
    let free = Timestamp(last).plus_millis(1);
    let next = if free.millis_since(least) > AHEAD { least } else { least.max(free) };
    file.rewind()?;
    file.write_all(&next.0.to_le_bytes())?;
    Ok(next)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;
    use std::{env, fs, process};

    use super::super::disk::System;
    use super::*;

    struct TempDir(PathBuf);

    impl TempDir {
        fn new(name: &str) -> Self {
            let dir = env::temp_dir().join(format!("tresor-ticks-{name}-{}", process::id()));
            fs::create_dir_all(&dir).unwrap();
            Self(dir)
        }
    }

    impl Drop for TempDir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn no_moment_is_given_twice() {
        let dir = TempDir::new("twice");
        let take = || (0..100).map(|_| next(&System, &dir.0, Timestamp(7))).collect::<Vec<_>>();
        let all = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(all.iter().max(), Some(&Timestamp(406)), "as near to now as can be");
        assert_eq!(next(&System, &dir.0, Timestamp(5000)), Timestamp(5000));
    }

    #[test]
    fn what_is_in_the_file_is_not_trusted() {
        let dir = TempDir::new("trust");
        for content in [u64::MAX.to_le_bytes().as_slice(), b"", b"short", &90_000_u64.to_le_bytes()] {
            fs::write(dir.0.join(NAME), content).unwrap();
            assert_eq!(next(&System, &dir.0, Timestamp(7)), Timestamp(7), "{content:?}");
        }
        assert_eq!(next(&System, &dir.0.join("none"), Timestamp(7)), Timestamp(7));
    }
}
