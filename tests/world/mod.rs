//! What the end-to-end tests drive: tools that may be missing, and X servers of their own.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

/// Whether all of `tools` are there.
///
/// # Panics
/// Where one is missing and this is the continuous integration, which must not pass by skipping.
pub fn have(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| {
        let found = Command::new("sh").args(["-c", "command -v \"$0\"", tool]).stdout(Stdio::null()).status();
        !found.is_ok_and(|status| status.success())
    });
    let Some(missing) = missing else { return true };
    assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing} is missing");
    skipped(&format!("{missing} is missing"));
    false
}

/// Written straight to the descriptor, since the harness keeps what a passing test prints.
pub fn skipped(why: &str) {
    let test = thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(io::stderr(), "SKIPPED: {test}: {why}");
}

/// An X server of the test's own, and what other programs see of its clipboard.
pub struct Display {
    pub server: Child,
    pub name: String,
}

impl Display {
    pub fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, name: format!(":{}", number.trim()) }
    }

    /// What would be pasted; nothing where the clipboard has no owner or no text.
    pub fn paste(&self) -> Option<Vec<u8>> {
        self.convert("UTF8_STRING")
    }

    /// Whether nothing would be pasted.
    pub fn is_empty(&self) -> bool {
        self.paste().is_none_or(|text| text.is_empty())
    }

    /// The content in the form `target`.
    pub fn convert(&self, target: &str) -> Option<Vec<u8>> {
        let output = self.xclip().args(["-o", "-t", target]).output().unwrap();
        output.status.success().then_some(output.stdout)
    }

    pub fn xclip(&self) -> Command {
        let mut xclip = Command::new("xclip");
        xclip.args(["-selection", "clipboard", "-display", &self.name]).stderr(Stdio::null());
        xclip
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
