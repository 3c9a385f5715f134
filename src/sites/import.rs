//! Apple's password-manager-resources (<https://github.com/apple/password-manager-resources>): three files of facts that
//! the makers of password managers collect together.
//!
//! What is bad in itself is left out and said; the rest is taken.

use serde_json::{Map, Value};

use super::table::Table;

/// The longest of the files that is read, in bytes.
pub const MAX_FILE: usize = 8 << 20;
/// The most refusals that are told one by one.
const MAX_REFUSED: usize = 10_000;

/// What came of it.
#[derive(Debug, Default)]
pub struct Imported {
    /// The facts.
    pub table: Table,
    /// What was left out.
    pub refused: Vec<Refused>,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The name of the file.
    pub file: &'static str,
    /// The host, or the number of the group; empty for the whole file.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Reads the files that are there, each by its name. `check` says whether a rule can be read.
pub fn import(files: &[(&'static str, &[u8])], check: &dyn Fn(&str) -> Result<(), String>) -> Imported {
    let mut imported = Imported::default();
    for (file, bytes) in files {
        let read = match *file {
            RULES => imported.rules(file, bytes, check),
            PAGES => imported.pages(file, bytes),
            _ => imported.logins(file, bytes),
        };
        if let Err(reason) = read {
            imported.refuse(file, "", reason);
        }
    }
    imported
}

/// Which passwords are taken.
const RULES: &str = "password-rules.json";
/// Where they are changed.
const PAGES: &str = "change-password-URLs.json";
/// Who shares a login.
const LOGINS: &str = "shared-credentials.json";

impl Imported {
    /// The names of the files.
    pub const FILES: [&str; 3] = [RULES, PAGES, LOGINS];

    fn rules(
        &mut self,
        file: &'static str,
        bytes: &[u8],
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        for (host, value) in object(bytes)? {
            let text = value.get("password-rules").and_then(Value::as_str);
            let taken = text.ok_or_else(|| "it has no password-rules".to_owned());
            if let Err(reason) = taken.and_then(|text| self.table.add_rule(&host, text, check)) {
                self.refuse(file, &host, reason);
            }
        }
        Ok(())
    }

    fn pages(&mut self, file: &'static str, bytes: &[u8]) -> Result<(), String> {
        for (host, value) in object(bytes)? {
            let taken = value.as_str().ok_or_else(|| "it is no text".to_owned());
            if let Err(reason) = taken.and_then(|page| self.table.add_page(&host, page)) {
                self.refuse(file, &host, reason);
            }
        }
        Ok(())
    }

    /// `shared`: all of one login. `from` and `to`: a login that was made at the first is good at the second, as after a
    /// site was renamed; for telling accounts apart that is the same login.
    fn logins(&mut self, file: &'static str, bytes: &[u8]) -> Result<(), String> {
        let Value::Array(groups) = parsed(bytes)? else { return Err("it is no JSON array".to_owned()) };
        for (at, group) in groups.iter().enumerate() {
            let parts = ["shared", "from", "to"].map(|name| group.get(name).and_then(Value::as_array));
            let hosts: Option<Vec<&str>> = parts.into_iter().flatten().flatten().map(Value::as_str).collect();
            let taken = hosts.ok_or_else(|| "a host is no text".to_owned());
            if let Err(reason) = taken.and_then(|hosts| self.table.add_login(hosts.into_iter())) {
                self.refuse(file, &format!("group {}", at + 1), reason);
            }
        }
        Ok(())
    }

    fn refuse(&mut self, file: &'static str, what: &str, reason: String) {
        if self.refused.len() < MAX_REFUSED {
            self.refused.push(Refused { file, what: what.chars().take(253).collect(), reason });
        }
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    match parsed(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err("it is no JSON object".to_owned()),
    }
}

fn parsed(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&'static str, &str)]) -> Imported {
        let files: Vec<(&'static str, &[u8])> =
            files.iter().map(|(file, text)| (*file, text.as_bytes())).collect();
        import(&files, &|text| if text.contains("minlength") { Ok(()) } else { Err("unreadable".to_owned()) })
    }

    #[test]
    fn facts_are_taken_and_what_is_bad_is_named() {
        let imported = read(&[
            (
                RULES,
                r#"{"a.example": {"password-rules": "minlength: 8;"}, "b.example": {"password-rules": "x"},
                    "c.example": {}, "d.example": 5, "uk": {"password-rules": "minlength: 8;"}}"#,
            ),
            (
                PAGES,
                r#"{"a.example": "https://a.example/p", "b.example": 7, "c.example": "ftp://c.example/"}"#,
            ),
            (
                LOGINS,
                r#"[{"shared": ["a.example", "b.example"]}, {"from": ["c.example"], "to": ["d.example"],
                    "fromDomainsAreObsoleted": true}, {"shared": [5]}, {}, 7]"#,
            ),
        ]);
        let table = &imported.table;
        assert_eq!((table.rules().count(), table.pages().count(), table.groups().len()), (1, 1, 2));
        let refused: Vec<(&str, &str)> =
            imported.refused.iter().map(|refused| (refused.what.as_str(), refused.reason.as_str())).collect();
        assert_eq!(refused.len(), 4 + 2 + 3, "{refused:?}");
        assert!(
            refused.contains(&("b.example", "unreadable"))
                && refused.contains(&("group 3", "a host is no text"))
        );
        assert!(refused.iter().any(|(what, reason)| *what == "uk" && reason.contains("public suffix")));
    }

    #[test]
    fn a_file_of_something_else_is_refused_whole() {
        let deep = "[".repeat(100_000);
        for text in ["", "[]", "{", "null", "\u{feff}{}", deep.as_str()] {
            let imported = read(&[(RULES, text)]);
            assert_eq!((imported.refused.len(), imported.table.rules().count()), (1, 0), "{text:.20}");
            assert_eq!(imported.refused[0].what, "");
        }
        assert_eq!(read(&[(LOGINS, "{}")]).refused.len(), 1);
    }
}
