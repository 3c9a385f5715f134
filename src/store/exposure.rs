//! Who else gets at what is put into a folder: other users of this machine, or a sync program that takes it to
//! other machines.

use std::path::{Component, Path};

/// Names of folders that sync programs keep.
const SYNCED_FOLDERS: [&str; 14] = [
    "Dropbox",
    "OneDrive",
    "Google Drive",
    "GoogleDrive",
    "My Drive",
    "Nextcloud",
    "ownCloud",
    "pCloudDrive",
    "MEGA",
    "MEGAsync",
    "Seafile",
    "iCloud Drive",
    "Mobile Documents",
    "Syncthing",
];

/// What sync programs leave in the folders that they keep, and whose it is.
const SYNC_MARKS: [(&str, &str); 8] = [
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".sync", "Resilio Sync"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".SeafileGit", "Seafile"),
    (".git", "git"),
];

/// Whether every user of this machine may read or write in a folder: it lets them, and so does the way to it.
/// Where the system has no such rights, no.
#[cfg(unix)]
pub fn is_open_to_all(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let lets = |path: &Path, bits| rustix::fs::stat(path).is_ok_and(|stat| stat.st_mode & bits != 0);
    lets(&folder, 0o002) || (lets(&folder, 0o004) && folder.ancestors().all(|path| lets(path, 0o001)))
}

#[cfg(not(unix))]
pub fn is_open_to_all(_: &Path) -> bool {
    false
}

/// The sync program that seems to keep a folder.
pub fn synced_by(folder: &Path) -> Option<&'static str> {
    let folder = folder.canonicalize().ok()?;
    let named = |name: &&&str| {
        let is_named = |component: Component<'_>| {
            // OneDrive adds the organisation: "OneDrive - Contoso".
            let found = component.as_os_str().to_string_lossy().to_lowercase();
            let name = name.to_lowercase();
            found == name || found.starts_with(&format!("{name} - "))
        };
        folder.components().any(is_named)
    };
    let marked = |(mark, _): &&(&str, &str)| {
        folder.ancestors().any(|folder| std::fs::symlink_metadata(folder.join(mark)).is_ok())
    };
    let by_name = SYNCED_FOLDERS.iter().find(named).copied();
    by_name.or_else(|| SYNC_MARKS.iter().find(marked).map(|(_, program)| *program))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tresor-exposure-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_is_open_if_the_way_to_it_is() {
        let outer = folder("open");
        let inner = outer.join("inner");
        fs::create_dir_all(&inner).unwrap();
        for (way, own, open) in [
            (0o755, 0o755, true),
            (0o755, 0o750, false),
            (0o755, 0o700, false),
            (0o700, 0o755, false),
            (0o700, 0o777, true),
        ] {
            mode(&outer, way);
            mode(&inner, own);
            assert_eq!(is_open_to_all(&inner), open, "{way:o} {own:o}");
        }
        fs::remove_dir_all(outer).unwrap();
    }

    #[test]
    fn sync_programs_are_known_by_their_folders_and_their_marks() {
        let outer = folder("sync");
        assert_eq!(synced_by(&outer), None);
        for name in ["Dropbox/a", "OneDrive - Contoso/b"] {
            fs::create_dir_all(outer.join(name)).unwrap();
        }
        assert_eq!(synced_by(&outer.join("Dropbox/a")), Some("Dropbox"));
        assert_eq!(synced_by(&outer.join("OneDrive - Contoso/b")), Some("OneDrive"));
        fs::create_dir_all(outer.join("x/.stfolder")).unwrap();
        fs::create_dir_all(outer.join("x/y")).unwrap();
        assert_eq!(synced_by(&outer.join("x/y")), Some("Syncthing"));
        fs::remove_dir_all(outer).unwrap();
    }
}
