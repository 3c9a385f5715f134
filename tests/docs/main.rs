//! Documents that are generated, and whether they are current. `TRESOR_WRITE_DOCS=1 cargo test --test docs`
//! writes them anew.

#[path = "../exchange/archive_files.rs"]
mod archive_files;
mod formats;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn is_current(name: &str, text: &str) {
    if env::var_os("TRESOR_WRITE_DOCS").is_some() {
        fs::write(document(name), text).unwrap();
    }
    let there = fs::read_to_string(document(name)).unwrap_or_default();
    assert!(there == text, "docs/{name} is out of date: TRESOR_WRITE_DOCS=1 cargo test --test docs");
}

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tresor"))
        .args(words)
        .arg("--help")
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("\nCommands:\n").nth(1).unwrap_or_default().lines();
    let list = list.take_while(|line| !line.is_empty());
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("    "));
    names
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn the_page_of_keys_is_current() {
    is_current("keys.md", &tresor::tui::keymap::Keymap::standard().to_markdown());
}

#[test]
fn the_page_of_formats_is_current() {
    is_current("formats.md", &formats::page());
}

#[test]
fn the_command_reference_is_current() {
    let mut text = "# Commands\n\nMade from the program's own help by `tests/docs.rs`.\n".to_owned();
    let top = help(&[]);
    text.push_str(&format!("\n## tresor\n\n```text\n{top}```\n"));
    let names = commands(&top);
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let page = help(&[&name]);
        text.push_str(&format!("\n## tresor {name}\n\n```text\n{page}```\n"));
        for inner in commands(&page) {
            text.push_str(&format!("\n## tresor {name} {inner}\n\n```text\n{}```\n", help(&[&name, &inner])));
        }
    }
    is_current("cli.md", &text);
}
