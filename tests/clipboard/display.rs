//! An X server of the test's own, and what other programs see of its clipboard.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tresor::clipboard::{Backend, Clipboard, Environment, Ticket};
use tresor::secret::Secret;
use tresor::time::Timestamp;

use crate::{CLEAR_AFTER, Program};

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

    pub fn environment(&self, program: &Program) -> Environment {
        environment(program, &self.name)
    }

    /// Opens the clipboard that is tested.
    pub fn clipboard(&self, program: &Program) -> Clipboard {
        let clipboard = Clipboard::open(self.environment(program));
        assert_eq!(clipboard.backend(), Backend::X11);
        clipboard
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

    /// Copies, as another program.
    pub fn copy_elsewhere(&self, text: &[u8]) {
        let mut xclip = self.xclip().stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        xclip.stdin.take().unwrap().write_all(text).unwrap();
        assert!(xclip.wait().unwrap().success());
    }

    pub fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.server.id().to_string()]).status().unwrap().success()
        );
    }

    fn xclip(&self) -> Command {
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

/// An environment that names `display` and nothing else.
pub fn environment(program: &Program, display: &str) -> Environment {
    Environment::new(program.path().to_owned(), |name| (name == "DISPLAY").then(|| OsString::from(display)))
}

pub fn copy(clipboard: &Clipboard, text: &str) -> Ticket {
    clipboard.copy(&Secret::copy_of(text.as_bytes()), CLEAR_AFTER, Timestamp(0)).unwrap()
}
