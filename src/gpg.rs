//! The system's gpg, which decrypts files of pass and gopass: what is encrypted goes in and what is plain comes
//! out through pipes, nothing through the disk. Its agent asks for a passphrase where one is needed; there is no
//! time limit, since a person may be asked. It is kept from the network, and gets what it needs of the environment.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, Stdio};
use std::thread;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Its names, the usual one first.
const NAMES: [&str; 2] = ["gpg", "gpg2"];

/// What gpg, its agent and the agent's dialogue look at.
const ENVIRONMENT: [&str; 14] = [
    "PATH",
    "HOME",
    "GNUPGHOME",
    "GPG_TTY",
    "TERM",
    "LANG",
    "LC_CTYPE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "PINENTRY_USER_DATA",
    "SSH_TTY",
];

/// Bytes of what it says that are read.
const MOST_SAID: u64 = 64 << 10;

/// Codes of libgpg-error for a dialogue that was cancelled.
const CANCELLED: [u32; 2] = [99, 198];

/// Why a file was not decrypted.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the messages
pub enum GpgError {
    #[error("cannot run {}: {source}", program.display())]
    NotRun { program: PathBuf, source: io::Error },
    #[error("gpg has no key that opens it")]
    NoKey,
    #[error("gpg could not use its key")]
    KeyNotOpened,
    #[error("cancelled in gpg's dialogue")]
    Cancelled,
    #[error("gpg could not decrypt it")]
    NotDecrypted,
    #[error("it decrypts to more than {most} bytes")]
    TooLarge { most: u64 },
}

/// gpg, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpg {
    program: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    asks: bool,
    is_apart: bool,
}

impl Gpg {
    /// The first one in the absolute folders of `PATH`; `variable` reads the environment.
    pub fn find(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let path = variable("PATH")?;
        let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        let mut programs = folders.flat_map(|folder| NAMES.map(|name| folder.join(name)));
        let program = programs.find(|program| is_program(program))?;
        let mut environment: Vec<(&'static str, OsString)> =
            ENVIRONMENT.into_iter().filter_map(|name| Some((name, variable(name)?))).collect();
        // Without it a dialogue in the terminal does not know where that is.
        if !environment.iter().any(|(name, _)| *name == "GPG_TTY")
            && let Ok(tty) = rustix::termios::ttyname(rustix::stdio::stderr(), Vec::new())
                .or_else(|_| rustix::termios::ttyname(rustix::stdio::stdin(), Vec::new()))
        {
            let tty = std::os::unix::ffi::OsStringExt::from_vec(tty.into_bytes());
            environment.push(("GPG_TTY", tty));
        }
        Some(Self { program, environment, asks: true, is_apart: false })
    }

    /// The same, which uses only keys that its agent can without asking anybody.
    #[must_use]
    pub fn without_questions(&self) -> Self {
        Self { asks: false, ..self.clone() }
    }

    /// The same, which Ctrl-C at the terminal does not reach: its dialogue, which Ctrl-C does not reach either, would
    /// stay there without it.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { is_apart: true, ..self.clone() }
    }

    /// What is in a file, of at most `most` bytes.
    ///
    /// # Errors
    /// [`GpgError`].
    pub fn decrypt(&self, sealed: &[u8], most: u64) -> Result<Secret, GpgError> {
        let not_run = |source| GpgError::NotRun { program: self.program.clone(), source };
        let mut command = Command::new(&self.program);
        // Without --quiet: only then it tells a key that is missing from one that was not opened.
        command.args(["--batch", "--no-auto-key-retrieve", "--disable-dirmngr", "--status-fd", "2"]);
        command.args(["--pinentry-mode", if self.asks { "ask" } else { "error" }]);
        command.arg("--max-output").arg(most.saturating_add(1).to_string()).arg("--decrypt");
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("LC_ALL", "C");
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.is_apart {
            command.process_group(0);
        }
        let mut child = command.spawn().map_err(not_run)?;
        let (input, output, said) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (plain, said) = thread::scope(|scope| {
            // It may end before it has read all, which its own words tell better than the pipe.
            scope.spawn(move || input.map(|mut input| input.write_all(sealed)));
            let said = scope.spawn(move || said.map(read_said).unwrap_or_default());
            let mut plain = Zeroizing::new(Vec::new());
            let read = output.map(|output| output.take(most.saturating_add(1)).read_to_end(&mut plain));
            if read.is_none_or(|read| read.is_err()) {
                plain.clear();
            }
            (plain, said.join().unwrap_or_default())
        });
        let status = child.wait().map_err(not_run)?;
        if plain.len() as u64 > most || said.contains("exceeded --max-output limit") {
            return Err(GpgError::TooLarge { most });
        }
        // Whatever came out before it was seen to be whole counts for nothing.
        if status.success() && has(&said, "DECRYPTION_OKAY") {
            return Ok(Secret::copy_of(&plain));
        }
        Err(problem(&said))
    }
}

fn is_program(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// The beginning of what it says; all of it is read, so that it is never stopped by a full pipe.
fn read_said(mut from: ChildStderr) -> String {
    let mut said = Vec::new();
    let _ = (&mut from).take(MOST_SAID).read_to_end(&mut said);
    let _ = io::copy(&mut from, &mut io::sink());
    String::from_utf8_lossy(&said).into_owned()
}

/// The words behind a status of gpg (its doc/DETAILS), where it was told.
fn status<'s>(said: &'s str, name: &str) -> impl Iterator<Item = &'s str> {
    said.lines().filter_map(move |line| line.strip_prefix("[GNUPG:] ")?.strip_prefix(name))
}

fn has(said: &str, name: &str) -> bool {
    status(said, name).next().is_some()
}

fn problem(said: &str) -> GpgError {
    let codes = status(said, "ERROR pkdecrypt_failed ")
        .filter_map(|code| code.split(' ').next()?.parse::<u32>().ok());
    // The low half is the error, the high one who says it.
    let codes: Vec<u32> = codes.map(|code| code & 0xFFFF).collect();
    if codes.iter().any(|code| CANCELLED.contains(code)) {
        GpgError::Cancelled
    } else if !codes.is_empty() {
        GpgError::KeyNotOpened
    } else if has(said, "NO_SECKEY") || has(said, "ENC_TO") && !has(said, "DECRYPTION_KEY") {
        GpgError::NoKey
    } else {
        GpgError::NotDecrypted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_in_absolute_folders_only() {
        let of = |path: &str| Gpg::find(|name| (name == "PATH").then(|| path.into()));
        assert_eq!(of("bin:.::relative"), None);
        assert_eq!(of("/nowhere"), None);
        assert_eq!(Gpg::find(|_| None), None);
    }

    #[test]
    fn its_words_are_understood() {
        let problem = |said: &str| problem(said).to_string();
        let to = "[GNUPG:] ENC_TO 82F8FC3EFD6EC139 1 0\n";
        assert_eq!(
            problem(&format!("{to}gpg: decryption failed: No secret key\n")),
            "gpg has no key that opens it"
        );
        assert_eq!(
            problem(&format!("{to}[GNUPG:] ERROR pkdecrypt_failed 83886179\n")),
            "cancelled in gpg's dialogue"
        );
        assert_eq!(problem("[GNUPG:] ERROR pkdecrypt_failed 67108949\n"), "gpg could not use its key");
        assert_eq!(problem("[GNUPG:] NODATA 3\n"), "gpg could not decrypt it");
        assert_eq!(problem("gpg: [GNUPG:] NO_SECKEY"), "gpg could not decrypt it");
    }

    #[test]
    fn another_program_of_its_name_decrypts_nothing() {
        let gpg = |program: &str| Gpg {
            program: program.into(),
            environment: Vec::new(),
            asks: false,
            is_apart: false,
        };
        assert!(matches!(gpg("/bin/true").decrypt(b"x", 9), Err(GpgError::NotDecrypted)));
        assert!(matches!(gpg("/bin/false").decrypt(&[0; 1 << 20], 9), Err(GpgError::NotDecrypted)));
        assert!(matches!(gpg("/nowhere/gpg").decrypt(b"x", 9), Err(GpgError::NotRun { .. })));
    }
}
