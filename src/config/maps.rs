//! Mappings of columns that were remembered: a file for each in the folder `maps` beside `config.toml`. They hold
//! names of columns, and no secret.

use std::path::PathBuf;

use super::{ConfigError, Places};
use crate::exchange::tables::mapping::Mapping;
use crate::store::file::write_over;
use crate::store::{Disk, StoreError, System, read_private};

const DISK: &dyn Disk = &System;

/// The mappings that are remembered.
#[derive(Debug, Clone)]
pub struct Maps(PathBuf);

impl Maps {
    /// Most bytes of a mapping.
    pub const MAX_LEN: usize = 64 * 1024;
    /// Most mappings that are looked through.
    const MOST: usize = 200;

    /// Those in this folder, which need not be there.
    pub fn within(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Those of this user.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn of_this_user() -> Result<Self, ConfigError> {
        Ok(Self(Places::of_this_user()?.maps))
    }

    /// Whether a mapping can be remembered by this name: letters, digits, `-` and `_`, at most 64.
    pub fn is_name(name: &str) -> bool {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=64).contains(&name.len()) && name.bytes().all(is_letter)
    }

    /// What is remembered by this name, as it was written; nothing where there is none.
    pub fn text(&self, name: &str) -> Option<String> {
        let bytes = Self::is_name(name).then(|| read_private(&self.0.join(name), Self::MAX_LEN))?.ok()?;
        std::str::from_utf8(&bytes).ok().map(str::to_owned)
    }

    /// All of them by their names, as far as they can be read.
    pub fn all(&self) -> Vec<(String, Mapping)> {
        let paths = DISK.list(&self.0).unwrap_or_default();
        let names =
            paths.iter().filter_map(|path| path.file_name()?.to_str()).filter(|name| Self::is_name(name));
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.truncate(Self::MOST);
        let read = |name: &str| Some((name.to_owned(), Mapping::parse(&self.text(name)?).ok()?));
        names.into_iter().filter_map(read).collect()
    }

    /// Remembers a mapping, in the place of one of this name, which [`Maps::is_name`] was asked about.
    ///
    /// # Errors
    /// [`StoreError`]: what was there is as it was.
    pub fn save(&self, name: &str, mapping: &Mapping) -> Result<(), StoreError> {
        DISK.private_dir(&self.0)?;
        write_over(&self.0.join(name), |out| out.write_all(mapping.text().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_found_again() {
        let folder = std::env::temp_dir().join(format!("tresor-maps-{}", std::process::id()));
        let maps = Maps::within(folder.join("maps"));
        assert!(maps.all().is_empty() && maps.text("a").is_none(), "no folder is no mapping");
        let mapping = Mapping::parse("title=Name,password=Code").unwrap();
        maps.save("b", &mapping).unwrap();
        maps.save("a", &mapping).unwrap();
        std::fs::write(folder.join("maps/broken"), "no pairs").unwrap();
        std::fs::write(folder.join("maps/a.txt"), "title=Name").unwrap();
        let names: Vec<String> = maps.all().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(maps.text("b").as_deref(), Some("title=Name\npassword=Code\n"));
        assert_eq!(maps.text("../maps/b"), None);
        for name in ["", "../a", "a/b", "a.txt", "ä", &"x".repeat(65)] {
            assert!(!Maps::is_name(name), "{name}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
