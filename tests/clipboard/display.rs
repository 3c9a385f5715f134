//! What the tests do at a display, and the clipboard under test on it.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};

use tresor::clipboard::{Backend, Clipboard, Environment, Ticket};
use tresor::secret::Secret;
use tresor::time::Timestamp;

pub use crate::world::Display;
use crate::{CLEAR_AFTER, Program};

impl Display {
    pub fn environment(&self, program: &Program) -> Environment {
        environment(program, &self.name)
    }

    /// Opens the clipboard that is tested.
    pub fn clipboard(&self, program: &Program) -> Clipboard {
        let clipboard = Clipboard::open(self.environment(program));
        assert_eq!(clipboard.backend(), Backend::X11);
        clipboard
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
}

/// An environment that names `display` and nothing else.
pub fn environment(program: &Program, display: &str) -> Environment {
    Environment::new(program.path().to_owned(), |name| (name == "DISPLAY").then(|| OsString::from(display)))
}

pub fn copy(clipboard: &Clipboard, text: &str) -> Ticket {
    clipboard.copy(&Secret::copy_of(text.as_bytes()), CLEAR_AFTER, Timestamp(0)).unwrap()
}
