//! Mappings of columns, and those that were remembered: a file for each in the folder `maps` beside
//! `config.toml`. They hold names of columns, and no secret.

use std::path::{Path, PathBuf};

use crate::config::Places;
use crate::exchange::tables::mapping::Mapping;
use crate::report::Failure;
use crate::store::file::write_over;
use crate::store::{Disk, System, read_private};

/// Most bytes of a mapping.
const MAX_LEN: usize = 64 * 1024;

/// What to do about a table that nobody knows.
pub const HINT: &str = "Nothing was imported. Say what its columns hold: \
    --map title=COLUMN,username=COLUMN,password=COLUMN,url=COLUMN. --dry-run shows what comes of it; \
    --from FORMAT reads it as that format.";

/// The mapping that the options ask for: pairs, and names or files of pairs.
///
/// # Errors
/// Exit 2 where one is none.
pub fn chosen(options: &[String]) -> Result<Option<Mapping>, Failure> {
    if options.is_empty() {
        return Ok(None);
    }
    let mut text = String::new();
    for option in options {
        text.push_str(&if option.contains('=') { option.clone() } else { remembered(option)? });
        text.push('\n');
    }
    let mapping = Mapping::parse(&text);
    mapping
        .map(Some)
        .map_err(|error| Failure::usage(error.to_string()).hint("`--map title=Name,username=Login`"))
}

/// The pairs remembered by this name, or else in the file of this name.
fn remembered(name: &str) -> Result<String, Failure> {
    let known = if is_name(name) { read_private(&place(name)?, MAX_LEN).ok() } else { None };
    let bytes = match known {
        Some(bytes) => bytes,
        None => read_private(Path::new(name), MAX_LEN).map_err(|error| {
            let no_map = format!("there is no mapping {name:?}");
            if error.is_not_found() { Failure::usage(no_map) } else { error.into() }
        })?,
    };
    let text = std::str::from_utf8(&bytes);
    text.map(str::to_owned).map_err(|_| Failure::usage(format!("{name:?} is no mapping")))
}

/// Whether a mapping can be remembered by this name.
///
/// # Errors
/// Exit 2 where it cannot.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if is_name(name) {
        return Ok(());
    }
    let message = format!("{name:?} is no name: letters, digits, - and _, at most 64");
    Err(Failure::usage(message).hint("Nothing was imported."))
}

/// Remembers a mapping.
///
/// # Errors
/// Exit 1 where it cannot be written.
pub fn save(name: &str, mapping: &Mapping) -> Result<(), Failure> {
    let place = place(name)?;
    if let Some(dir) = place.parent() {
        let disk: &dyn Disk = &System;
        disk.private_dir(dir)?;
    }
    write_over(&place, |out| out.write_all(mapping.text().as_bytes()))?;
    Ok(())
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&name.len()) && name.bytes().all(is_letter)
}

fn place(name: &str) -> Result<PathBuf, Failure> {
    let config = Places::of_this_user()?.config;
    Ok(config.parent().unwrap_or(Path::new(".")).join("maps").join(name))
}
