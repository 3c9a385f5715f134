//! How well this system keeps secrets: memory, swap, core files, other processes, clipboard, terminal.

use std::env;
use std::path::Path;

use super::Check;
use crate::clipboard::{Backend, Clipboard, Environment};
use crate::hardening::harden;
use crate::prompt::Stdin;
use crate::secret::{Secret, pages};
use crate::store::{Disk, System};

/// All checks of the system.
pub fn checks() -> Vec<Check> {
    let all = [
        Some(memory()),
        Some(core_files()),
        swap(),
        Some(other_processes()),
        Some(clipboard()),
        Some(terminal()),
    ];
    all.into_iter().flatten().collect()
}

fn memory() -> Check {
    const NAME: &str = "memory";
    drop(Secret::zeroed(1));
    let limit = match rustix::process::getrlimit(rustix::process::Resource::Memlock).current {
        Some(bytes) => format!("{} KiB may be locked", bytes / 1024),
        None => "as much as is wanted may be locked".to_owned(),
    };
    if pages::locking_failed() {
        let found = format!("secrets cannot be locked into memory ({limit}), and may get into swap");
        return Check::wrong(NAME, found, "raise the limit: `ulimit -l 8192`, or memlock in limits.conf");
    }
    Check::ok(NAME, format!("secrets are locked into memory ({limit})"))
}

fn core_files() -> Check {
    const NAME: &str = "core files";
    // Done at the start already; doing it again tells whether it works.
    if harden() {
        return Check::ok(NAME, "none are written of this program, and it is closed to other processes");
    }
    let found = "this system writes core files of this program, or lets others read its memory";
    Check::wrong(
        NAME,
        found,
        "set `ulimit -c 0`, and trust no other program of this user while it is unlocked",
    )
}

fn swap() -> Option<Check> {
    const NAME: &str = "swap";
    let list = read("/proc/swaps")?;
    // Compressed memory is not a disk.
    let disks: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !name.starts_with("/dev/zram"))
        .collect();
    if disks.is_empty() {
        return Some(Check::ok(NAME, "there is none on a disk"));
    }
    let found = format!(
        "there is swap on {}: locked memory stays out of it, titles and names do not",
        disks.join(", ")
    );
    Some(Check::note(NAME, found, "encrypt it; hibernation writes all memory there"))
}

fn other_processes() -> Check {
    const NAME: &str = "debuggers";
    match read("/proc/sys/kernel/yama/ptrace_scope").as_deref().map(str::trim) {
        Some("1" | "2" | "3") => {
            Check::ok(NAME, "the system keeps programs from reading each other's memory")
        }
        _ => Check::note(
            NAME,
            "the system lets programs of one user read each other's memory; this one refuses",
            "`sysctl kernel.yama.ptrace_scope=1` protects all",
        ),
    }
}

fn clipboard() -> Check {
    const NAME: &str = "clipboard";
    let backend = Clipboard::open(Environment::from_process()).backend();
    if backend != Backend::Terminal {
        return Check::ok(NAME, format!("{backend}, cleared after its time"));
    }
    let found = format!("{backend}: no display answers; not every terminal takes it");
    let advice = if env::var_os("TMUX").is_some() {
        "in tmux: `set -s set-clipboard external`, for `on` keeps each copy as a paste buffer"
    } else {
        "if pasting gives nothing, switch OSC 52 on in the terminal's settings"
    };
    Check::note(NAME, found, advice)
}

fn terminal() -> Check {
    const NAME: &str = "terminal";
    let kind = env::var("TERM").unwrap_or_default();
    if !Stdin::is_terminal() {
        return Check::ok(NAME, "there is none here; the screen is not to be had, all commands are");
    }
    let (columns, rows) = crossterm::terminal::size().unwrap_or_default();
    if kind.is_empty() || kind == "dumb" {
        return Check::note(NAME, format!("TERM is {kind:?}: the screen needs more"), "use another terminal");
    }
    let colours =
        if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) { "no colours" } else { "colours" };
    let found = format!("{kind}, {columns} columns, {rows} rows, {colours}");
    if columns < 40 || rows < 10 {
        return Check::note(NAME, found, "40 columns and 10 rows show all that matters");
    }
    Check::ok(NAME, found)
}

/// A file that the system makes up.
fn read(path: &str) -> Option<String> {
    let disk: &dyn Disk = &System;
    let head = disk.head(Path::new(path), 4096).ok().flatten()?;
    String::from_utf8(head).ok()
}
