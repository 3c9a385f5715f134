//! What the clipboard needs to know of the process around it, read once: which displays are named, which
//! multiplexer surrounds the terminal, and which program is to hold what is copied.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Every variable that is looked at; nothing else of the environment is.
const READ: [&str; 10] = [
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "DISPLAY",
    "XAUTHORITY",
    "HOME",
    "TMUX",
    "TMUX_PANE",
    "PATH",
    "STY",
    "TERM",
];

/// A snapshot of the environment.
#[derive(Debug, Clone)]
pub struct Environment {
    holder: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

impl Environment {
    /// As this process was started, with itself as the holder. To be read at the start: the path of a program
    /// that is replaced while it runs is no longer told.
    pub fn from_process() -> Self {
        let holder = env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
        Self::new(holder, |name| env::var_os(name))
    }

    /// With `holder` (an absolute path) as the program whose `main` calls [`super::holder::run`], and the
    /// variables that `variable` knows.
    pub fn new(holder: PathBuf, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        // An empty variable is an unset one to every program that reads these.
        let set = |name| variable(name).filter(|value| !value.is_empty());
        Self { holder, variables: READ.into_iter().filter_map(|name| Some((name, set(name)?))).collect() }
    }

    pub(super) fn holder(&self) -> &Path {
        &self.holder
    }

    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_os_str())
    }

    /// The variables of `names` that are set, for a child that is to get these alone.
    pub(super) fn only(&self, names: &[&str]) -> impl Iterator<Item = (&'static str, &OsStr)> {
        self.variables
            .iter()
            .filter(|(name, _)| names.contains(name))
            .map(|(name, value)| (*name, value.as_os_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_not_set() {
        let environment = Environment::new("/bin/false".into(), |name| match name {
            "DISPLAY" => Some(":7".into()),
            "WAYLAND_DISPLAY" => Some("".into()),
            _ => None,
        });
        assert_eq!(environment.variable("DISPLAY"), Some(OsStr::new(":7")));
        assert_eq!(environment.variable("WAYLAND_DISPLAY"), None);
    }

    #[test]
    fn a_child_gets_what_it_needs_and_no_more() {
        let environment = Environment::new("/bin/false".into(), |name| Some(name.into()));
        let given: Vec<_> =
            environment.only(&["DISPLAY", "HOME", "LD_PRELOAD"]).map(|(name, _)| name).collect();
        assert_eq!(given, ["DISPLAY", "HOME"]);
    }
}
