//! Opening a page in the user's browser: by the command of the settings, else by the desktop's own opener. Where a
//! browser would come up at another screen than the person sits at, there is none. An address is the only thing that
//! is handed over; that it has no secret in it is for the caller to see to.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};

use thiserror::Error;

#[cfg(target_os = "macos")]
const OPENER: &str = "open";
#[cfg(not(target_os = "macos"))]
const OPENER: &str = "xdg-open";

/// Why no page was opened.
#[derive(Debug, Error)]
pub enum BrowserError {
    /// The program cannot be run.
    #[error("cannot run {program}: {source}")]
    #[allow(missing_docs)]
    NotRun { program: String, source: io::Error },
    /// The program says that it failed.
    #[error("{program} could not open the page ({status})")]
    #[allow(missing_docs)]
    Failed { program: String, status: ExitStatus },
}

/// A way to open pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    program: String,
    arguments: Vec<String>,
}

impl Browser {
    /// By `command` (a program and its arguments, between blanks), else the desktop's opener; none over SSH, and
    /// none without a display unless a command is named. `variable` reads the environment.
    pub fn of(command: Option<&str>, variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let is_set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
        if ["SSH_CONNECTION", "SSH_TTY"].iter().any(is_set) {
            return None;
        }
        let mut words = command.unwrap_or_default().split_whitespace().map(str::to_owned);
        if let Some(program) = words.next() {
            return Some(Self { program, arguments: words.collect() });
        }
        let has_display = cfg!(target_os = "macos") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(is_set);
        has_display.then(|| Self { program: OPENER.to_owned(), arguments: Vec::new() })
    }

    /// Opens the page at an address of the web, and waits until the program has handed it over or, if it is the browser itself, until it ends:
    /// to be called on a thread. It gets no terminal, and a key pressed at ours does not end it.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn open(&self, address: &str) -> Result<(), BrowserError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(address).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let program = || self.program.clone();
        let status =
            command.status().map_err(|source| BrowserError::NotRun { program: program(), source })?;
        if status.success() { Ok(()) } else { Err(BrowserError::Failed { program: program(), status }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: Option<&str>, set: &[&str]) -> Option<String> {
        Browser::of(command, |name| set.contains(&name).then(|| "x".into())).map(|browser| browser.program)
    }

    #[test]
    fn a_browser_comes_up_where_the_person_is() {
        assert_eq!(of(None, &["DISPLAY"]).as_deref(), Some(OPENER));
        assert_eq!(of(None, &["WAYLAND_DISPLAY"]).as_deref(), Some(OPENER));
        assert_eq!(of(Some("firefox --private-window"), &["DISPLAY"]).as_deref(), Some("firefox"));
        assert_eq!(of(Some("firefox"), &[]).as_deref(), Some("firefox"));
        assert_eq!(of(Some("firefox"), &["DISPLAY", "SSH_CONNECTION"]), None);
        assert_eq!(of(None, &["DISPLAY", "SSH_TTY"]), None);
        assert_eq!(of(Some("  "), &["SSH_TTY"]), None);
    }

    #[test]
    fn what_fails_is_told() {
        let page = "https://example.com/";
        let browser = |command| Browser::of(Some(command), |_| None).unwrap();
        assert!(browser("true").open(page).is_ok());
        assert!(matches!(browser("false").open(page), Err(BrowserError::Failed { .. })));
        assert!(matches!(browser("/nowhere/browser").open(page), Err(BrowserError::NotRun { .. })));
    }
}
