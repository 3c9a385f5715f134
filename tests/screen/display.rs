//! An X server of the test's own, and what other programs see of its clipboard.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub struct Display {
    server: Child,
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
        let output = Command::new("xclip")
            .args(["-selection", "clipboard", "-display", &self.name, "-o", "-t", "UTF8_STRING"])
            .stderr(Stdio::null())
            .output()
            .unwrap();
        output.status.success().then_some(output.stdout)
    }

    /// Whether nothing would be pasted.
    pub fn is_empty(&self) -> bool {
        self.paste().is_none_or(|text| text.is_empty())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
