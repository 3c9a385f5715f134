//! Removing a file that held plain secrets, after overwriting it.
//!
//! This is the most that a program can do, and promises little ([`NO_PROMISE`]): where a disk or a file system
//! writes elsewhere than over the old blocks, they stay until they are used again.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::StoreError;
use super::disk::{Disk, System, dir_of};

/// What is to be said before.
pub const NO_PROMISE: &str = "Overwriting cannot promise that nothing of it is left: an SSD, snapshots, back-ups, \
    the trash and sync programs may keep what the file was.";

/// A file as it was when it was read, to be sure later that it is still the same.
#[derive(Debug)]
pub struct Seen {
    identity: Identity,
}

type Identity = (u64, u64, u64, i64, i64);

impl Seen {
    /// Looks at a file; none where it is no regular file, or goes by other names too (links).
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok()?;
        removable(&metadata).then(|| Self { identity: identity(&metadata) })
    }

    /// Overwrites the file with zeros on the disk, then removes it.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where it is another file by now, or was written to; it is then not touched.
    /// [`StoreError::Io`].
    pub fn erase(&self, path: &Path) -> Result<(), StoreError> {
        let mut file = open(path).map_err(StoreError::io("overwrite", path))?;
        let metadata = file.metadata().map_err(StoreError::io("overwrite", path))?;
        if !removable(&metadata) || identity(&metadata) != self.identity {
            return Err(StoreError::Changed(path.to_owned()));
        }
        overwrite(&mut file, metadata.len()).map_err(StoreError::io("overwrite", path))?;
        drop(file);
        fs::remove_file(path).map_err(StoreError::io("remove", path))?;
        System.sync_dir(dir_of(path)).map_err(StoreError::io("sync the folder of", path))
    }
}

fn overwrite(file: &mut File, len: u64) -> io::Result<()> {
    let zeros = vec![0; 64 * 1024];
    file.seek(SeekFrom::Start(0))?;
    let mut left = len;
    while left > 0 {
        let now = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(zeros.get(..now).unwrap_or_default())?;
        left -= now as u64;
    }
    file.sync_all()
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::options().write(true).open(path)
}

#[cfg(unix)]
fn removable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.is_file() && metadata.nlink() == 1
}

#[cfg(not(unix))]
fn removable(metadata: &Metadata) -> bool {
    metadata.is_file()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    (0, 0, metadata.len(), 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("tresor-erase-{}-{name}", std::process::id()));
        fs::write(&path, "hunter2").unwrap();
        path
    }

    #[test]
    #[cfg(unix)]
    fn what_the_blocks_held_is_overwritten_before_the_name_goes() {
        let path = file("plain");
        let seen = Seen::of(&path).unwrap();
        let open = File::open(&path).unwrap();
        seen.erase(&path).unwrap();
        assert!(!path.exists());
        let mut left = Vec::new();
        io::Read::read_to_end(&mut &open, &mut left).unwrap();
        assert_eq!(left, [0; 7]);
    }

    #[test]
    fn a_file_that_was_written_to_since_is_not_touched() {
        let path = file("changed");
        let seen = Seen::of(&path).unwrap();
        fs::write(&path, "hunter2 and more").unwrap();
        assert!(matches!(seen.erase(&path), Err(StoreError::Changed(_))));
        assert_eq!(fs::read(&path).unwrap(), b"hunter2 and more");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed_and_a_file_with_two_names_is_left() {
        let path = file("linked");
        let link = path.with_extension("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Seen::of(&link).is_none());
        let seen = Seen::of(&path).unwrap();
        assert!(seen.erase(&link).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"hunter2");
        fs::remove_file(&link).unwrap();
        fs::hard_link(&path, &link).unwrap();
        assert!(Seen::of(&path).is_none());
        assert!(matches!(seen.erase(&path), Err(StoreError::Changed(_))));
        assert_eq!(fs::read(&path).unwrap(), b"hunter2");
        for path in [path, link] {
            fs::remove_file(path).unwrap();
        }
    }
}
