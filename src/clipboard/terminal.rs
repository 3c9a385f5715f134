//! The terminal that is to be told: the one this process runs in, or, inside tmux, the one that tmux runs in.
//!
//! tmux ignores OSC 52 from the programs inside it unless it is configured otherwise, and where it does not
//! (`set-clipboard on`) it keeps the value among its own paste buffers. The user's terminal outside is a device
//! of the user's: writing to that needs no configuration and leaves nothing in tmux.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::fs::{Mode, OFlags};

use super::bounded;
use super::environment::Environment;
use super::osc52::Multiplexer;
use super::process::Tty;

/// The terminal of this process, whatever its standard streams are.
const OWN: &str = "/dev/tty";
/// What tmux is asked: whether its client speaks the control protocol, and the client's terminal.
const CLIENT_FORMAT: &str = "#{client_control_mode} #{client_tty}";
/// Longest answer that is read, in bytes.
const CLIENT_ANSWER: usize = 256;

/// The terminal to write to, and what it is wrapped in.
///
/// # Errors
/// Where there is no terminal, or it cannot be opened.
pub(super) fn find(environment: &Environment, by: Instant) -> io::Result<(Tty, Multiplexer)> {
    if environment.variable("TMUX").is_some() {
        return match client(environment, by) {
            Ok(Client::Terminal(path)) => match open(&path) {
                Ok(device) => {
                    let name = path.display().to_string();
                    Ok((Tty { device, name }, Multiplexer::None))
                }
                Err(_) => Ok((own()?, Multiplexer::Tmux)),
            },
            // The pane's output goes through to a terminal that draws the panes itself.
            Ok(Client::Control) => Ok((own()?, Multiplexer::None)),
            Err(_) => Ok((own()?, Multiplexer::Tmux)),
        };
    }
    let multiplexer = if environment.variable("STY").is_some() {
        Multiplexer::Screen
    } else if environment.variable("TERM").is_some_and(is_tmux) {
        // The tmux of another machine, seen through SSH.
        Multiplexer::Tmux
    } else {
        Multiplexer::None
    };
    Ok((own()?, multiplexer))
}

fn own() -> io::Result<Tty> {
    let device = open(Path::new(OWN))?;
    // Every process of a terminal shares its session, while the device's number is that of `/dev/tty`.
    let session = nix::unistd::getsid(None)?;
    Ok(Tty { device, name: format!("session-{session}") })
}

/// Opens without making it the controlling terminal; a stopped one (Ctrl-S) must not block a write.
///
/// The open file, not the path, is what is written to later: it is dead once the terminal hangs up, and never
/// becomes the next one to get the same number.
fn open(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let device = rustix::fs::open(path, flags, Mode::empty())?;
    if rustix::termios::isatty(&device) { Ok(device) } else { Err(ErrorKind::InvalidInput.into()) }
}

enum Client {
    /// A terminal that tmux draws on.
    Terminal(PathBuf),
    /// A terminal that tmux leaves the drawing to (`tmux -CC`): its device speaks another protocol.
    Control,
}

/// Asks tmux, which names the client used last where several show this pane.
fn client(environment: &Environment, by: Instant) -> io::Result<Client> {
    let mut tmux = Command::new("tmux")
        .args(["display-message", "-p", CLIENT_FORMAT])
        .env_clear()
        .envs(environment.only(&["TMUX", "TMUX_PANE", "PATH"]))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut answer = Vec::new();
    let read = tmux.stdout.take().map_or(Ok(()), |output| {
        let mut buffer = [0; CLIENT_ANSWER];
        loop {
            let count = bounded::read(&output, &mut buffer, by)?;
            answer.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if count == 0 || answer.len() > CLIENT_ANSWER {
                return Ok(());
            }
        }
    });
    let _ = tmux.kill();
    let _ = tmux.wait();
    read.and_then(|()| parse_client(&answer).ok_or(ErrorKind::InvalidData.into()))
}

fn parse_client(answer: &[u8]) -> Option<Client> {
    let answer = str::from_utf8(answer).ok()?.strip_suffix('\n')?;
    match answer.split_once(' ')? {
        ("1", _) => Some(Client::Control),
        ("0", path) if path.starts_with("/dev/") => Some(Client::Terminal(path.into())),
        _ => None,
    }
}

fn is_tmux(term: &OsStr) -> bool {
    term.as_encoded_bytes().starts_with(b"tmux")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tmux_says_of_its_client() {
        assert!(
            matches!(parse_client(b"0 /dev/pts/3\n"), Some(Client::Terminal(path)) if path == Path::new("/dev/pts/3"))
        );
        assert!(matches!(parse_client(b"1 \n"), Some(Client::Control)));
        // No client is attached; an older tmux; something else that is called tmux.
        for other in
            ["", "\n", " \n", "0 \n", "0 relative\n", "0 /home/user/file\n", "2 /dev/pts/3\n", "0 /dev/pts/3"]
        {
            assert!(parse_client(other.as_bytes()).is_none(), "{other:?}");
        }
        assert!(parse_client(b"0 /dev/\xff\n").is_none());
    }

    #[test]
    fn what_is_no_terminal_is_not_opened_as_one() {
        assert!(open(Path::new("/dev/null")).is_err());
        assert!(open(Path::new("/dev/no-such-terminal")).is_err());
    }
}
