//! The user's own tables of sites: `sites`, which a person writes, and `sites-imported`, which `sites import` writes
//! whole, so that no import ever touches what a person wrote. Both stand beside `config.toml`.

use std::path::Path;

use crate::generate::{Password, Recipe};
use crate::sites::{Sites, Source, Table};
use crate::store::file::replace_private;
use crate::store::{StoreError, read_private};

use super::Places;

/// The sites that are known to this user, the strongest table last, and what was left out of the tables, in words. A
/// table that cannot be read is said, and the others hold.
pub fn known_sites(places: &Places) -> (Sites, Vec<String>) {
    let mut sites = Sites::built_in();
    let mut said = Vec::new();
    for (source, path) in [(Source::Imported, &places.imported_sites), (Source::Own, &places.sites)] {
        match read(path) {
            Ok((table, problems)) => {
                sites = sites.with(source, table);
                said.extend(problems);
            }
            Err(reason) => said.extend(reason),
        }
    }
    (sites, said)
}

/// The table, and what is wrong with it. An error without words is a file that is not there.
fn read(path: &Path) -> Result<(Table, Vec<String>), Option<String>> {
    let bytes = match read_private(path, Table::MAX_LEN) {
        Ok(bytes) => bytes,
        Err(error) if error.is_not_found() => return Err(None),
        Err(error) => return Err(Some(format!("{error}: nothing of it is used"))),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(Some(format!("{} is not UTF-8 text: nothing of it is used", path.display())));
    };
    let (table, problems) = Table::parse(text, &readable);
    let said = problems.iter().map(|problem| {
        format!("{}, line {}: {}: that line is not used", path.display(), problem.line, problem.reason)
    });
    Ok((table, said.collect()))
}

/// Writes the imported table in the place of the one that was there.
///
/// # Errors
/// [`StoreError`]; the old one is then as it was.
pub fn save_imported(places: &Places, table: &Table) -> Result<(), StoreError> {
    const HEAD: &str = "# Written by `tresor sites import`, and written over by the next one. \
        What you know better goes into the file `sites` beside it.\n";
    replace_private(&places.imported_sites, format!("{HEAD}{}", table.to_text()).as_bytes())
}

/// What a site asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name that the rule is kept under.
    pub host: String,
    /// The rule.
    pub rule: Password,
}

/// What the first of these addresses asks for of which something is known. A rule that nothing meets is passed over:
/// it is the table that is wrong, not the person.
pub fn asked_for<'a>(sites: &Sites, urls: impl IntoIterator<Item = &'a str>) -> Option<Asked> {
    urls.into_iter().find_map(|url| {
        let found = sites.rule(url)?;
        let rule = Password { unknown: Vec::new(), ..site_rule(&found.text).ok()? };
        rule.for_site().counted().ok().map(|_| Asked { host: found.host, rule })
    })
}

/// The fewest characters that the site takes; none where nothing is known of it.
pub fn min_len(sites: &Sites, url: &str) -> Option<usize> {
    asked_for(sites, [url]).and_then(|asked| asked.rule.min)
}

/// The rule that a text is.
///
/// # Errors
/// Why it is none, in words.
pub fn site_rule(text: &str) -> Result<Password, String> {
    match Recipe::parse(text) {
        Ok(Recipe::Password(rule)) => Ok(rule),
        Ok(_) => Err("it is no rule of a site".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether a rule can be read.
///
/// # Errors
/// Why not, in words.
pub fn readable(text: &str) -> Result<(), String> {
    site_rule(text).map(drop)
}

/// Whether a rule can be read, and some password meets it.
///
/// # Errors
/// Why not, in words.
pub fn usable(text: &str) -> Result<(), String> {
    site_rule(text)?.for_site().counted().map(drop).map_err(|error| error.to_string())
}
