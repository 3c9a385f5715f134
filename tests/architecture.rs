//! The house rules that a reader relies on: layers point one way, and what is dangerous stands in one place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer: a file may use lower layers, and its own module.
const LAYERS: [(u8, &[&str]); 8] = [
    (0, &["secret", "time", "printable", "host"]),
    (1, &["crypto", "vault", "layout"]),
    (2, &["format", "generate", "strength", "otp", "merge", "compare", "search", "exchange", "sites"]),
    (3, &["store", "clock", "prompt", "clipboard", "hardening", "kit", "account", "audit", "browser", "gpg"]),
    (4, &["session", "config", "demo", "rotate"]),
    (5, &["report"]),
    (6, &["cli", "tui"]),
    (7, &["main", "lib"]),
];
const MAX_LINES: usize = 600;

struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
                let module = Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned();
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source { module, text, path });
            }
        }
    }
    assert!(sources.len() > 40, "only {} files found", sources.len());
    sources
}

/// What is compiled into the program: without comments, and without unit tests, which stand last in a file and
/// may check a layer against its neighbours.
fn shipped(source: &Source) -> String {
    if source.path.file_name().is_some_and(|name| name == "tests.rs") {
        return String::new();
    }
    let text = &source.text;
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The modules that a file names behind `crate::`, also in braces.
fn used(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let end = list.find(|letter| {
                    depth += i32::from(letter == '{') - i32::from(letter == '}');
                    depth < 0
                });
                list[..end.unwrap()].split(',').map(str::trim).collect()
            }
            None => vec![rest],
        };
        for name in names {
            let end =
                name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
            used.push(name[..end].to_owned());
        }
    }
    used
}

#[test]
fn layers_point_one_way() {
    let layer: BTreeMap<&str, u8> =
        LAYERS.iter().flat_map(|(layer, names)| names.iter().map(|name| (*name, *layer))).collect();
    let mut checked = 0;
    for source in sources() {
        let own =
            *layer.get(source.module.as_str()).unwrap_or_else(|| panic!("{} has no layer", source.module));
        let shipped = shipped(&source);
        for used in used(&shipped).into_iter().filter(|used| *used != source.module) {
            let Some(other) = layer.get(used.as_str()) else { continue };
            checked += 1;
            assert!(*other < own, "{} [{own}] uses {used} [{other}]", source.path.display());
        }
    }
    assert!(checked > 100, "only {checked} uses found");
}

#[test]
fn dangerous_things_stand_in_one_place() {
    let places: [(&str, &[&str]); 14] = [
        ("allow(unsafe_code)", &["src/secret/pages.rs", "src/secret/heap.rs"]),
        ("chacha20poly1305::", &["src/crypto/"]),
        ("hkdf::", &["src/crypto/"]),
        ("hmac::", &["src/crypto/"]),
        ("sha2::", &["src/crypto/"]),
        ("sha1::", &["src/crypto/"]),
        ("md4::", &["src/crypto/"]),
        ("aes::", &["src/crypto/"]),
        ("cbc::", &["src/crypto/"]),
        ("salsa20::", &["src/crypto/"]),
        ("twofish::", &["src/crypto/"]),
        ("getrandom::", &["src/crypto/random.rs"]),
        ("SystemTime", &["src/clock.rs", "src/clipboard/holder.rs"]),
        ("std::fs", &["src/store/", "src/prompt.rs", "src/clipboard/", "src/tui/perform"]),
    ];
    for (what, places) in places {
        let mut seen = false;
        for source in sources() {
            let is_test = source.path.components().any(|part| part.as_os_str() == "tests");
            if !is_test && shipped(&source).contains(what) {
                seen = true;
                let path = source.path.to_str().unwrap().replace('\\', "/");
                assert!(places.iter().any(|place| path.contains(place)), "{path} has {what}");
            }
        }
        assert!(seen, "nothing has {what}: the check is out of date");
    }
}

#[test]
fn nothing_talks_to_a_network() {
    for source in sources() {
        for name in ["TcpStream", "TcpListener", "UdpSocket", "std::net::To", "reqwest", "ureq"] {
            assert!(!source.text.contains(name), "{} has {name}", source.path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_small() {
    for source in sources() {
        let (path, lines) = (source.path.display(), source.text.lines().count());
        assert!(source.text.starts_with("//! "), "{path} does not open with what it is");
        assert!(lines <= MAX_LINES, "{path} has {lines} lines");
    }
}

#[test]
fn cli_and_tui_do_not_know_each_other() {
    for source in sources() {
        let other = match source.module.as_str() {
            "cli" => "tui",
            "tui" => "cli",
            _ => continue,
        };
        assert!(!used(&source.text).iter().any(|used| used == other), "{}", source.path.display());
    }
}
