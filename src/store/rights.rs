//! Who may read and change what bears a name.

use std::path::Path;

/// Rights of others than the owner, and whose it is. A symbolic link is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Whether this user owns it.
    pub is_own: bool,
    /// Whether somebody else may read it.
    pub others_read: bool,
    /// Whether somebody else may change it.
    pub others_write: bool,
}

/// The rights of a file or folder; none where nothing bears the name, or the system does not tell.
pub fn of(path: &Path) -> Option<Rights> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::stat(path).ok()?;
        // In a folder with the sticky bit (as /tmp) others cannot replace what is not theirs.
        let is_sticky = stat.st_mode & 0o1000 != 0;
        Some(Rights {
            is_own: stat.st_uid == rustix::process::geteuid().as_raw(),
            others_read: stat.st_mode & 0o044 != 0,
            others_write: stat.st_mode & 0o022 != 0 && !is_sticky,
        })
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
