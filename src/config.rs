//! `config.toml`: how long secrets stay in the clipboard and on the screen, when to lock, where the vault is.
//! A setting that is not known, or out of its bounds, is an error that names it: nothing is guessed.

mod known_sites;
mod maps;
mod profiles;

use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::ProjectDirs;
use serde::Deserialize;
use thiserror::Error;

use crate::store::{StoreError, read_private};

pub use known_sites::{Asked, asked_for, known_sites, min_len, save_imported, site_rule, usable};
pub use maps::Maps;
pub use profiles::Profiles;

const MAX_LEN: usize = 1024 * 1024;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Until a copied value is cleared from the clipboard.
    pub clear_after: Duration,
    /// Without a key until the screen locks; none means never.
    pub lock_after: Option<Duration>,
    /// Until a revealed value is masked again.
    pub reveal_for: Duration,
    /// Whether the screen locks when its window is no longer the one in use.
    pub lock_on_focus_loss: bool,
    /// The vault, where it is not at its usual place.
    pub vault: Option<PathBuf>,
    /// Last generations of which a back-up is kept, where it is not what the vault says.
    pub backups: Option<u16>,
    /// The folder of the back-ups, where it is not the state folder.
    pub backup_dir: Option<PathBuf>,
    /// The command that opens a page, where it is not the desktop's own.
    pub browser: Option<String>,
    /// Days after which an audit calls a password old; none means never.
    pub old_after: Option<u32>,
    /// The list of breached passwords that an audit looks into, a file or a folder.
    pub breached: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clear_after: Duration::from_secs(20),
            lock_after: Some(Duration::from_secs(300)),
            reveal_for: Duration::from_secs(10),
            lock_on_focus_loss: false,
            vault: None,
            backups: None,
            backup_dir: None,
            browser: None,
            old_after: Some(730),
            breached: None,
        }
    }
}

/// Why the configuration was not taken.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not what a configuration looks like.
    #[error("{} is not a valid configuration: {reason}", path.display())]
    #[allow(missing_docs)]
    Invalid { path: PathBuf, reason: String },
    /// The system tells no home directory.
    #[error("there is no home directory to keep the vault in; name one with --vault")]
    NoHome,
}

/// Where this user's files are.
#[derive(Debug, Clone)]
pub struct Places {
    /// Configuration file.
    pub config: PathBuf,
    /// The usual place of the vault.
    pub vault: PathBuf,
    /// What this installation remembers: locks, back-ups, its id as a writer.
    pub state: PathBuf,
    /// Saved recipes.
    pub profiles: PathBuf,
    /// Mappings of columns.
    pub maps: PathBuf,
    /// The table of sites that the user writes.
    pub sites: PathBuf,
    /// The one that the user imported.
    pub imported_sites: PathBuf,
}

impl Places {
    /// The platform's places: on Linux `$XDG_CONFIG_HOME/tresor/config.toml`,
    /// `$XDG_DATA_HOME/tresor/vault.tresor` and `$XDG_STATE_HOME/tresor`; profiles, mappings and tables of sites stand beside
    /// `config.toml`.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn of_this_user() -> Result<Self, ConfigError> {
        let dirs = ProjectDirs::from("", "", "tresor").ok_or(ConfigError::NoHome)?;
        let state = dirs.state_dir().unwrap_or(dirs.data_local_dir());
        let beside = |name: &str| dirs.config_dir().join(name);
        Ok(Self {
            config: beside("config.toml"),
            profiles: beside("profiles.toml"),
            maps: beside("maps"),
            sites: beside("sites"),
            imported_sites: beside("sites-imported"),
            vault: dirs.data_dir().join("vault.tresor"),
            state: state.to_owned(),
        })
    }
}

impl Config {
    /// Reads the file, the defaults where there is none.
    ///
    /// # Errors
    /// [`ConfigError`] naming the setting and the line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let bytes = match read_private(path, MAX_LEN) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let invalid = |reason: String| ConfigError::Invalid { path: path.to_owned(), reason };
        let text = std::str::from_utf8(&bytes).map_err(|_| invalid("it is not UTF-8 text".to_owned()))?;
        Self::parse(text).map_err(invalid)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let defaults = Self::default();
        let seconds = |name: &str, value: Option<u64>, most: u64, default: Duration| match value {
            None => Ok(default),
            Some(value) if (1..=most).contains(&value) => Ok(Duration::from_secs(value)),
            Some(value) => Err(format!("{name} = {value}: it is a number of seconds from 1 to {most}")),
        };
        let lock_after = match file.lock_after {
            Some(0) => None,
            other => Some(seconds("lock-after", other, 24 * 3600, Duration::from_secs(300))?),
        };
        let old_after = match file.old_after {
            Some(0) => None,
            Some(days) if days > 36_500 => {
                return Err(format!("old-after = {days}: it is a number of days from 0 to 36500"));
            }
            days => days.or(defaults.old_after),
        };
        let paths = [("vault", &file.vault), ("backup-dir", &file.backup_dir), ("breached", &file.breached)];
        for (name, path) in paths {
            if let Some(path) = path.as_deref().filter(|path| !path.is_absolute()) {
                // Relative to what? Each folder would get a vault of its own, and nobody expands a tilde here.
                return Err(format!("{name} = {path:?}: it is a whole path, from / on"));
            }
        }
        if file.browser.as_deref().is_some_and(|command| command.trim().is_empty()) {
            return Err("browser: it is a command, such as \"firefox\"".to_owned());
        }
        if let Some(count) = file.backups.filter(|count| !(1..=1000).contains(count)) {
            return Err(format!("backups = {count}: it is a number from 1 to 1000"));
        }
        Ok(Self {
            clear_after: seconds("clear-after", file.clear_after, 3600, defaults.clear_after)?,
            lock_after,
            reveal_for: seconds("reveal-for", file.reveal_for, 600, defaults.reveal_for)?,
            lock_on_focus_loss: file.lock_on_focus_loss.unwrap_or(defaults.lock_on_focus_loss),
            vault: file.vault,
            backups: file.backups,
            backup_dir: file.backup_dir,
            browser: file.browser,
            old_after,
            breached: file.breached,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    clear_after: Option<u64>,
    lock_after: Option<u64>,
    reveal_for: Option<u64>,
    lock_on_focus_loss: Option<bool>,
    vault: Option<PathBuf>,
    backups: Option<u16>,
    backup_dir: Option<PathBuf>,
    browser: Option<String>,
    old_after: Option<u32>,
    breached: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commented example that the program ships says what the defaults are.
    const EXAMPLE: &str = include_str!("../assets/config.toml");

    #[test]
    fn the_shipped_example_holds_the_defaults() {
        assert_eq!(Config::parse(EXAMPLE), Ok(Config::default()));
        let all = EXAMPLE.replace("# vault", "vault");
        assert!(Config::parse(&all).unwrap().vault.is_some());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(Config::parse("clear-after = 0").unwrap_err().contains("clear-after"));
        assert!(Config::parse("reveal-for = 99999").unwrap_err().contains("reveal-for"));
        assert!(Config::parse("clear_after = 5").unwrap_err().contains("clear_after"));
        assert!(Config::parse("clear-after = \"x\"").is_err());
        assert!(Config::parse("backups = 0").unwrap_err().contains("1 to 1000"));
        assert_eq!(Config::parse("backups = 3").unwrap().backups, Some(3));
        assert!(Config::parse("old-after = 40000").unwrap_err().contains("old-after"));
        assert_eq!(Config::parse("old-after = 0").unwrap().old_after, None);
        assert!(Config::parse("breached = \"pwned.txt\"").unwrap_err().contains("whole path"));
        assert!(Config::parse("backup-dir = \"b\"").unwrap_err().contains("backup-dir"));
        for path in ["", "vault.tresor", "~/vault.tresor"] {
            assert!(
                Config::parse(&format!("vault = {path:?}")).unwrap_err().contains("whole path"),
                "{path}"
            );
        }
        assert!(Config::parse("lock-on-focus-loss = true").unwrap().lock_on_focus_loss);
        assert_eq!(Config::parse("lock-after = 0").unwrap().lock_after, None);
    }
}
