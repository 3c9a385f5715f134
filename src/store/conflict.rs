//! Copies that a sync program puts beside a file where two devices changed it, told by their names: Syncthing's,
//! Dropbox's, Nextcloud's and ownCloud's.
//!
//! ```text
//! vault.sync-conflict-20240102-030405-ABCDEFG.tresor           Syncthing
//! vault (Ann's conflicted copy 2024-01-02).tresor              Dropbox
//! vault (conflicted copy 2024-01-02 030405).tresor             Nextcloud, ownCloud
//! vault_conflict-20240102-030405.tresor                        ownCloud before 2.8
//! ```

use std::path::{Path, PathBuf};

use super::disk::{Disk, dir_of};

/// The files beside `path` that bear the name of a conflict with it, sorted.
pub fn beside(disk: &dyn Disk, path: &Path) -> Vec<PathBuf> {
    let Some(own) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let mut paths = disk.list(dir_of(path)).unwrap_or_default();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| is_conflict_of(own, name)) && disk.stat(path).is_ok_and(|stat| stat.is_file)
    });
    paths.sort();
    paths
}

/// Whether `name` is what a sync program calls a copy that conflicts with `own`; also of one that is such a copy.
pub fn is_conflict_of(own: &str, name: &str) -> bool {
    let (stem, extension) = split(own);
    let (mut rest, other) = split(name);
    let mut found = false;
    if extension != other {
        return false;
    }
    // One mark after another: a conflict with a conflict has two.
    while rest != stem {
        match without_mark(rest) {
            Some(shorter) => rest = shorter,
            None => return false,
        }
        found = true;
    }
    found
}

/// Stem and extension; what begins with its only dot has none.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        // Syncthing's mark of a file without an extension looks like one.
        Some((_, last)) if last.starts_with(SYNCTHING) => (name, ""),
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

const SYNCTHING: &str = "sync-conflict-";
const OLD_OWNCLOUD: &str = "_conflict-";

/// The stem without the mark of a conflict at its end.
fn without_mark(stem: &str) -> Option<&str> {
    let syncthing =
        stem.rsplit_once('.').and_then(|(rest, mark)| Some((rest, mark.strip_prefix(SYNCTHING)?)));
    if let Some((rest, _)) = syncthing.filter(|(_, mark)| is_syncthing(mark)) {
        return Some(rest);
    }
    if let Some((rest, _)) = stem.rsplit_once(OLD_OWNCLOUD).filter(|(_, mark)| is_date_and_time(mark)) {
        return Some(rest);
    }
    // `name (...)`, and Dropbox's `name (...) (1)` where there are several of a day.
    let (rest, mark) = in_brackets(stem)?;
    if !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit()) {
        let (rest, mark) = in_brackets(rest)?;
        return is_conflicted_copy(mark).then_some(rest);
    }
    is_conflicted_copy(mark).then_some(rest)
}

/// `20240102-030405-ABCDEFG`, of old versions without the device.
fn is_syncthing(mark: &str) -> bool {
    let (time, device) = mark.split_at_checked(15).unwrap_or((mark, ""));
    let device = device.strip_prefix('-').unwrap_or(device);
    is_date_and_time(time)
        && (device.is_empty() || device.len() == 7 && device.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `20240102-030405`
fn is_date_and_time(mark: &str) -> bool {
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    mark.split_once('-').is_some_and(|(date, time)| digits(date, 8) && digits(time, 6))
}

/// Text and what stands in brackets behind it, at its end.
fn in_brackets(stem: &str) -> Option<(&str, &str)> {
    // The name of a device may have brackets of its own, and the vault's name too: the one that closes last counts.
    let inner = stem.strip_suffix(')')?;
    let mut depth = 0_usize;
    for (at, letter) in inner.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' if depth > 0 => depth -= 1,
            '(' => return Some((inner.get(..at)?.strip_suffix(' ')?, inner.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// `Ann's conflicted copy 2024-01-02`, `conflicted copy ann 2024-01-02 030405`, `Ann's case conflict`.
fn is_conflicted_copy(mark: &str) -> bool {
    let mark = mark.to_lowercase();
    ["conflicted copy", "case conflict"].iter().any(|words| mark.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sync_programs_give() {
        for name in [
            "vault.sync-conflict-20240102-030405-ABCDEFG.tresor",
            "vault.sync-conflict-20240102-030405-A2C4E6G.tresor",
            "vault.sync-conflict-20240102-030405.tresor",
            "vault.sync-conflict-20240102-030405-ABCDEFG.sync-conflict-20240103-030405-HIJKLMN.tresor",
            "vault (Ann's conflicted copy 2024-01-02).tresor",
            "vault (Ann's conflicted copy 2024-01-02) (1).tresor",
            "vault (Ann's conflicted copy 2024-01-02 (1)).tresor",
            "vault (Ann (work)'s conflicted copy 2024-01-02).tresor",
            "vault (ann@laptop's conflicted copy 2024-01-02).tresor",
            "vault (Case Conflict).tresor",
            "vault (conflicted copy 2024-01-02 030405).tresor",
            "vault (conflicted copy ann 2024-01-02 030405).tresor",
            "vault_conflict-20240102-030405.tresor",
            "vault_conflict-20240102-030405 (conflicted copy 2024-01-02 030405).tresor",
        ] {
            assert!(is_conflict_of("vault.tresor", name), "{name}");
            let other = name.replacen("vault", "other", 1);
            assert!(!is_conflict_of("vault.tresor", &other), "{other}");
        }
        assert!(is_conflict_of("vault", "vault.sync-conflict-20240102-030405-ABCDEFG"));
        for mark in ["20240102-0304", "202401-030405", "20240102-03040x", "2024010x-030405", "20240102030405"]
        {
            let name = format!("vault.sync-conflict-{mark}-ABCDEFG.tresor");
            assert!(!is_conflict_of("vault.tresor", &name), "{name}");
        }
        assert!(is_conflict_of("my vault (2).db", "my vault (2) (conflicted copy 2024-01-02 030405).db"));
        assert!(is_conflict_of("a.b.tresor", "a.b.sync-conflict-20240102-030405-ABCDEFG.tresor"));
        assert!(is_conflict_of("Tür.tresor", "Tür (Jürgens conflicted copy 2024-01-02).tresor"));
    }

    #[test]
    fn names_that_a_person_gives() {
        for name in [
            "vault.tresor",
            "vault (1).tresor",
            "vault (2) (1).tresor",
            "vault copy.tresor",
            "vault (copy of 2024-01-02).tresor",
            "vault conflicted copy.tresor",
            "vault(conflicted copy 2024-01-02).tresor",
            "vault (conflicted copy 2024-01-02 030405).csv",
            "vault (conflicted copy 2024-01-02 030405)",
            "vault.sync-conflict-2024-030405-ABCDEFG.tresor",
            "vault.sync-conflict-20240102-030405-ABCDEFGH.tresor",
            "vault_conflict-2024.tresor",
            ".vault.tresor.saving-0011223344556677-8899",
            "(conflicted copy 2024-01-02 030405).tresor",
            ")(.tresor",
            "vault ().tresor",
            "",
            ".tresor",
        ] {
            assert!(!is_conflict_of("vault.tresor", name), "{name}");
        }
    }
}
