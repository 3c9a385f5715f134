//! Which clipboard is copied to: the one of a display that is named and answers, else the terminal's.

use std::fmt;
use std::time::Instant;

use super::PATIENCE;
use super::environment::Environment;
use super::process::Process;
use super::request::{Answer, Request};

/// What is copied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The clipboard of a Wayland compositor that has a data-control protocol.
    Wayland,
    /// The CLIPBOARD selection of an X11 server, or of Xwayland.
    X11,
    /// The clipboard of the terminal, by OSC 52.
    Terminal,
}

impl Backend {
    /// The displays, best first, each with the variable that names it.
    const DISPLAYS: [(Self, &str); 2] = [(Self::Wayland, "WAYLAND_DISPLAY"), (Self::X11, "DISPLAY")];

    /// What a holder must know of the environment. It is told of one display only, so that arboard, which
    /// chooses for itself and does not say, has no choice.
    pub(super) fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Wayland => &["WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"],
            Self::X11 => &["DISPLAY", "XAUTHORITY", "HOME"],
            Self::Terminal => &[],
        }
    }

    /// The first display that is named and answers, else the terminal. At most a second.
    pub fn choose(environment: &Environment) -> Self {
        let by = Instant::now() + PATIENCE;
        // All are asked before any is waited for, so that they share the second.
        let asked: Vec<_> = Self::DISPLAYS
            .into_iter()
            .filter(|(_, name)| environment.variable(name).is_some())
            .filter_map(|(backend, _)| {
                let variables = environment.only(backend.variables());
                let process = Process::start(environment.holder(), variables, None).ok()?;
                // A holder that is gone already is told by its silence below.
                let _ = process.line.send(&Request::probe().encode(), by);
                Some((backend, process))
            })
            .collect();
        let mut chosen = Self::Terminal;
        for (backend, process) in asked {
            if chosen == Self::Terminal && matches!(process.line.answer(by), Ok(Some(Answer::Ready))) {
                chosen = backend;
            }
            process.stop();
        }
        chosen
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wayland => "Wayland clipboard",
            Self::X11 => "X11 clipboard",
            Self::Terminal => "terminal (OSC 52)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(holder: &str, display: Option<&str>) -> Environment {
        Environment::new(holder.into(), |name| (name == "DISPLAY").then_some(display?.into()))
    }

    #[test]
    fn no_display_means_the_terminal() {
        // A holder would say no; without a display none is asked.
        assert_eq!(Backend::choose(&environment("/no/such/program", None)), Backend::Terminal);
    }

    #[test]
    fn a_holder_that_cannot_start_or_says_nothing_means_the_terminal() {
        for holder in ["/no/such/program", "/bin/true", "/bin/cat"] {
            assert_eq!(Backend::choose(&environment(holder, Some(":0"))), Backend::Terminal, "{holder}");
        }
    }

    #[test]
    fn backends_have_names() {
        let names = [Backend::X11, Backend::Wayland, Backend::Terminal].map(|backend| backend.to_string());
        assert_eq!(names, ["X11 clipboard", "Wayland clipboard", "terminal (OSC 52)"]);
    }
}
