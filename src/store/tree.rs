//! The files below a folder, for readers of trees: in order, bounded in number and depth, without those of git. A
//! link to a file within the folder is the file; any other is named and not followed.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Most files and folders, and most folders in one another.
const MOST_NAMES: usize = 200_000;
const MOST_DEPTH: usize = 64;

/// Something in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The folders that it is in and its name; hostile text.
    pub names: Vec<String>,
    /// The regular file to read; none of a link that is not followed, and of a device, a pipe or a socket.
    pub file: Option<PathBuf>,
    /// Whether it is a link.
    pub is_link: bool,
    /// Whether it, or a folder that it is in, has a name that begins with a dot.
    pub is_hidden: bool,
}

/// All files below `root`, by the order of their names.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::TooManyFiles`].
pub fn files(root: &Path) -> Result<Vec<Found>, StoreError> {
    let resolved = fs::canonicalize(root).map_err(StoreError::io("read", root))?;
    let mut open: Vec<(PathBuf, Vec<String>)> = vec![(resolved.clone(), Vec::new())];
    let (mut found, mut seen) = (Vec::new(), 0);
    let too_many = || StoreError::TooManyFiles { path: root.to_owned(), most: MOST_NAMES, depth: MOST_DEPTH };
    while let Some((dir, names)) = open.pop() {
        for entry in fs::read_dir(&dir).map_err(StoreError::io("read", &dir))? {
            let entry = entry.map_err(StoreError::io("read", &dir))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == ".git" {
                continue;
            }
            seen += 1;
            if seen > MOST_NAMES || names.len() >= MOST_DEPTH {
                return Err(too_many());
            }
            let (path, names) = (entry.path(), [&names[..], &[name]].concat());
            let kind = entry.file_type().map_err(StoreError::io("read", &path))?;
            if kind.is_dir() {
                open.push((path, names));
                continue;
            }
            let file =
                if kind.is_symlink() { target(&path, &resolved) } else { kind.is_file().then_some(path) };
            let is_hidden = names.iter().any(|name| name.starts_with('.'));
            found.push(Found { names, file, is_link: kind.is_symlink(), is_hidden });
        }
    }
    found.sort_by(|one, other| one.names.cmp(&other.names));
    Ok(found)
}

/// The regular file within `root` that a link leads to.
fn target(link: &Path, root: &Path) -> Option<PathBuf> {
    let path = fs::canonicalize(link).ok()?;
    let is_file = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
    (is_file && path.starts_with(root)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn files_in_order_and_no_way_out() {
        let root = std::env::temp_dir().join(format!("tresor-tree-{}", std::process::id()));
        let outside = root.join("outside");
        let tree = root.join("tree");
        fs::create_dir_all(tree.join("b/deep")).unwrap();
        fs::create_dir_all(tree.join(".git")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        for name in ["tree/b/deep/z", "tree/b/a", "tree/a", "tree/.git/x", "tree/.gpg-id", "outside/secret"] {
            fs::write(root.join(name), name).unwrap();
        }
        symlink(outside.join("secret"), tree.join("c-out")).unwrap();
        symlink("b/a", tree.join("d-in")).unwrap();
        symlink("../outside", tree.join("e-dir")).unwrap();
        symlink(".", tree.join("f-loop")).unwrap();
        let found = files(&tree).unwrap();
        let listed: Vec<(String, bool)> =
            found.iter().map(|one| (one.names.join("/"), one.file.is_some())).collect();
        let expected = [
            (".gpg-id", true),
            ("a", true),
            ("b/a", true),
            ("b/deep/z", true),
            ("c-out", false),
            ("d-in", true),
        ];
        let expected = expected.into_iter().chain([("e-dir", false), ("f-loop", false)]);
        assert_eq!(listed, expected.map(|(name, is)| (name.to_owned(), is)).collect::<Vec<_>>());
        assert!(found[0].is_hidden && !found[1].is_hidden);
        let mut deep = tree.clone();
        for _ in 0..=MOST_DEPTH {
            deep.push("d");
        }
        fs::create_dir_all(&deep).unwrap();
        assert!(matches!(files(&tree), Err(StoreError::TooManyFiles { .. })));
        fs::remove_dir_all(&root).unwrap();
        assert!(files(&root).unwrap_err().is_not_found());
    }
}
