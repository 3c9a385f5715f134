//! Mappings of columns, as the options give them.

use std::path::Path;

use crate::config::Maps;
use crate::exchange::tables::mapping::Mapping;
use crate::report::Failure;
use crate::store::read_private;

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
    if let Some(known) = Maps::of_this_user()?.text(name) {
        return Ok(known);
    }
    let bytes = read_private(Path::new(name), Maps::MAX_LEN).map_err(|error| {
        let no_map = format!("there is no mapping {name:?}");
        if error.is_not_found() { Failure::usage(no_map) } else { error.into() }
    })?;
    let text = std::str::from_utf8(&bytes);
    text.map(str::to_owned).map_err(|_| Failure::usage(format!("{name:?} is no mapping")))
}

/// Whether a mapping can be remembered by this name.
///
/// # Errors
/// Exit 2 where it cannot.
pub fn check_name(name: &str) -> Result<(), Failure> {
    if Maps::is_name(name) {
        return Ok(());
    }
    let message = format!("{name:?} is no name: letters, digits, - and _, at most 64");
    Err(Failure::usage(message).hint("Nothing was imported."))
}
