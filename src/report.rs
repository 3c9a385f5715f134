//! Errors as a person meets them: what happened, what was not harmed, what to do next, and the exit status
//! that scripts rely on.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use crate::browser::BrowserError;
use crate::clipboard::ClipboardError;
use crate::config::ConfigError;
use crate::exchange::ImportError;
use crate::format::FormatError;
use crate::format::passphrase::PassphraseError;
use crate::generate::GenerateError;
use crate::otp::OtpError;
use crate::printable;
use crate::prompt::PromptError;
use crate::rotate::{NoWalk, UnusedError};
use crate::session::tree::TreeError;
use crate::session::{AuditError, Demand, ReadError, SessionError, Unreadable};
use crate::store::StoreError;
use crate::store::breaches::BreachError;
use crate::vault::edit::EditError;

/// Says something to a person on standard error, harmless to a terminal. A standard error that is closed or
/// full takes nothing, and the work goes on: `eprintln!` would panic.
pub fn note(text: &str) {
    let line = format!("{}\n", printable::lines(text));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// With a capital letter at the start.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Exit statuses, part of the command contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The disk, the clipboard or something else failed.
    Failed = 1,
    /// The command line does not say what is needed.
    Usage = 2,
    /// Wrong password, recovery code or key file.
    WrongSecret = 3,
    /// The query finds no entry, or the entry has no such field.
    NoSuchEntry = 4,
    /// The query finds several entries.
    SeveralMatch = 5,
    /// Not a vault, damaged, tampered with, or too new; or there is none.
    BadVault = 6,
    /// Refused for safety.
    Refused = 7,
    /// Some of it could not be done.
    Partly = 8,
    /// An audit found something.
    Found = 9,
}

/// A failure with all that a person needs to know.
#[derive(Debug)]
pub struct Failure {
    /// Exit status.
    pub exit: Exit,
    /// What happened.
    pub message: String,
    /// What was not harmed, and what to do next; may be empty.
    pub hint: String,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: String::new() }
    }

    /// A wrong command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The same, with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Says it on standard error and gives the exit status.
    pub fn report(&self) -> ExitCode {
        note(&format!("tresor: {}", self.message));
        if !self.hint.is_empty() {
            note(&self.hint);
        }
        ExitCode::from(self.exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, ". {}", self.hint) }
    }
}

impl From<FormatError> for Failure {
    fn from(error: FormatError) -> Self {
        use FormatError::*;
        let (exit, hint) = match &error {
            NotAVault => (Exit::BadVault, "Nothing was changed. Name the right file with --vault."),
            TooNew { .. } => (Exit::BadVault, "Nothing was changed. A newer tresor opens it."),
            Damaged(_) => (
                Exit::BadVault,
                "Nothing was changed. Restore a back-up (`tresor backup restore`), or a copy from another device.",
            ),
            Malformed(_) | SlotTampered { .. } | KeyMismatch | Tampered => (
                Exit::BadVault,
                "Nothing was read from it or changed. Restore a back-up or a copy that you trust.",
            ),
            Cost(_) => (
                Exit::Refused,
                "Nothing was computed. Costs are 64 MiB to 4 GiB of memory, 3 to 1024 passes, \
                1 to 16 lanes, and memory times passes at most 16 GiB.",
            ),
            WrongSecret => (
                Exit::WrongSecret,
                "The file itself is intact: its checksum holds. Check Caps Lock and the \
                keyboard layout.",
            ),
            MissingKeyFile => {
                (Exit::WrongSecret, "Nothing was changed. Name the key file with --key-file FILE.")
            }
            KeyFileBroken => {
                (Exit::WrongSecret, "The vault was not touched. Use another copy of the key file.")
            }
            TooLarge | TooManySlots(_) | NotReadBack | Kdf(_) | Random(_) => {
                (Exit::Failed, "The vault on the disk is as it was.")
            }
        };
        Self::new(exit, error.to_string()).hint(hint)
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        let message = error.to_string();
        match error {
            SessionError::Format(error) => error.into(),
            SessionError::Damaged { backup, .. } => Self::new(Exit::BadVault, message).hint(match backup {
                Some(backup) => format!(
                    "Nothing was changed. The newest intact copy here is {}: `tresor backup restore` puts it \
                    in the vault's place, and keeps the damaged file.",
                    backup.display()
                ),
                None => {
                    "Nothing was changed. No back-up of it is intact here; use a copy from another device."
                        .to_owned()
                }
            }),
            SessionError::NoVault(_) => Self::new(Exit::BadVault, message)
                .hint("Make one with `tresor init` or `tresor`, or name another one with --vault."),
            SessionError::Store(StoreError::NotAFile(_)) => {
                Self::new(Exit::BadVault, message).hint("Nothing was changed.")
            }
            SessionError::Store(error) => error.into(),
            SessionError::Edit(error) => error.into(),
            SessionError::Import(error) => error.into(),
            SessionError::Field(_) => Self::new(Exit::BadVault, message).hint("The other fields are intact."),
            SessionError::OtherVault(_) => Self::new(Exit::Refused, message)
                .hint("Nothing was changed. `tresor import` takes over the entries of another vault."),
            SessionError::ReadOnly => Self::new(Exit::BadVault, message).hint("Nothing was changed."),
            SessionError::OtherKey => Self::new(Exit::Failed, message)
                .hint("Nothing was saved. Open it again, with its new master password."),
            SessionError::SlotsFull | SessionError::TooManyPasswords | SessionError::NothingLeft => {
                Self::new(Exit::Refused, message).hint("Nothing was changed. `tresor slots` lists them.")
            }
            SessionError::TooManySlots(_) => Self::new(Exit::Refused, message)
                .hint("Nothing was saved. Remove one with `tresor slots rm`, then try again."),
            SessionError::OtherSlots => Self::new(Exit::WrongSecret, message).hint(
                "The file itself is intact: its checksum holds. The password may have been changed on another \
                device, or an older or foreign file put in the vault's place.",
            ),
            SessionError::OlderKey { kept } => {
                let kept = kept.map_or_else(String::new, |path| {
                    format!(" What this device saw last is kept in {}.", path.display())
                });
                Self::new(Exit::Refused, message).hint(format!(
                    "Nothing was changed. A sync program, a back-up, or someone who knows the old password put \
                    it there.{kept} Put back the newer file, or open this one all the same with \
                    --accept-older-key."
                ))
            }
            SessionError::Cancelled => Self::new(Exit::Failed, message).hint("Nothing was changed."),
            SessionError::Unsettled => Self::new(Exit::Failed, message)
                .hint("The vault on the disk is whole. Try again when the other program is done."),
        }
    }
}

/// A derivation that nobody consented to.
impl From<Demand> for Failure {
    fn from(demand: Demand) -> Self {
        let message = match demand {
            Demand::Memory { wants, available } => format!(
                "opening this file takes {wants} MiB of memory, and more than half of the {available} MiB that \
                are available is asked about first"
            ),
            Demand::Time { seconds } => format!(
                "opening this file takes about {seconds} s here, and more than 5 s is asked about first"
            ),
        };
        Self::new(Exit::Refused, message).hint("Nothing was computed. --accept-cost consents to it.")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (exit, hint) = match &error {
            StoreError::Exists(_) => (Exit::Refused, "It was not touched.".to_owned()),
            StoreError::Changed(_) => (Exit::Failed, "It was not touched.".to_owned()),
            StoreError::Busy(_) => {
                (Exit::Failed, "Nothing was changed. Try again when it is done.".to_owned())
            }
            StoreError::NotAFile(_) | StoreError::TooLarge { .. } | StoreError::TooManyFiles { .. } => {
                (Exit::Failed, "Nothing was changed.".to_owned())
            }
            StoreError::NotReadBack(_) => (Exit::Failed, "The vault on the disk is whole.".to_owned()),
            StoreError::Io { doing, source, .. } => {
                let safe = match *doing {
                    "open" | "read" => "Nothing was changed.",
                    _ => "The vault on the disk is whole.",
                };
                (Exit::Failed, format!("{safe}{}", remedy(source.kind())))
            }
        };
        Self::new(exit, error.to_string()).hint(hint)
    }
}

/// What helps where the system refused.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => " Make room and try again.",
        ErrorKind::FileTooLarge => " A limit on the size of files (ulimit -f) is in the way.",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            " Check its owner and its permissions."
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => " Check the name.",
        _ => "",
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        let message = error.to_string();
        let hint = match error {
            AuditError::Breaches(BreachError::Store(error)) => return error.into(),
            AuditError::Breaches(BreachError::MissingRange(_)) => {
                "Nothing was changed. Download all of the range files, from 00000.txt to FFFFF.txt."
            }
            AuditError::Breaches(_) => {
                "Nothing was changed. The list is that of Pwned Passwords, SHA-1 or NTLM, ordered by hash, or a \
                folder of its range files."
            }
            AuditError::Random(_) => "Nothing was changed.",
        };
        Self::new(Exit::Failed, message).hint(hint)
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let is_wrong = matches!(error, ImportError::WrongPassword);
        let exit = if is_wrong { Exit::WrongSecret } else { Exit::Failed };
        Self::new(exit, error.to_string()).hint("Nothing was imported, and the vault is as it was.")
    }
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        let hint = match error {
            TreeError::Store(error) => return error.into(),
            TreeError::NoGpg => {
                "Nothing was imported. Install GnuPG (Debian: gpg), with the key that the files are for."
            }
            TreeError::Age => {
                "Nothing was imported. `gopass convert --crypto=gpgcli` makes it a folder for gpg."
            }
            TreeError::NotOfPass => "Nothing was imported. A file is imported by its own name.",
            _ => "Nothing was imported, and the vault is as it was.",
        };
        Self::new(Exit::Failed, error.to_string()).hint(hint)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Import(error) => error.into(),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = match error {
            ConfigError::NoHome => "",
            _ => "Nothing was changed. Correct the file, or remove it: then the defaults are taken.",
        };
        Self::usage(error.to_string()).hint(hint)
    }
}

impl From<PassphraseError> for Failure {
    fn from(error: PassphraseError) -> Self {
        Self::usage(error.to_string()).hint("Nothing was changed.")
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        let exit = match error {
            PromptError::Ended(_) | PromptError::TooLong | PromptError::NoTerminal => Exit::Usage,
            PromptError::Io(_)
            | PromptError::Cancelled
            | PromptError::File { .. }
            | PromptError::Command(_)
            | PromptError::CommandFailed(_) => Exit::Failed,
        };
        Self::new(exit, error.to_string()).hint("Nothing was changed.")
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        let exit = if matches!(error, EditError::TooLong { .. }) { Exit::Usage } else { Exit::Failed };
        Self::new(exit, error.to_string()).hint("Nothing was changed.")
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::new(Exit::BadVault, error.to_string()).hint("The other fields are intact.")
    }
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Self {
        let exit = if matches!(error, GenerateError::Random(_)) { Exit::Failed } else { Exit::Usage };
        Self::new(exit, error.to_string())
    }
}

impl From<UnusedError> for Failure {
    fn from(error: UnusedError) -> Self {
        match error {
            UnusedError::Generate(error) => error.into(),
            UnusedError::UsedUp => Self::new(Exit::Failed, error.to_string()).hint("Choose a longer recipe."),
        }
    }
}

impl From<BrowserError> for Failure {
    fn from(error: BrowserError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<NoWalk> for Failure {
    fn from(error: NoWalk) -> Self {
        Self::new(Exit::NoSuchEntry, error.to_string()).hint("Nothing was changed.")
    }
}

impl From<OtpError> for Failure {
    fn from(error: OtpError) -> Self {
        Self::new(Exit::Failed, error.to_string()).hint("Nothing was changed.")
    }
}

impl From<ClipboardError> for Failure {
    fn from(error: ClipboardError) -> Self {
        let hint = match error {
            ClipboardError::Silent(_) | ClipboardError::Unreachable(_) => {
                "Nothing was copied. `tresor get` prints it instead."
            }
            _ => "Nothing was copied.",
        };
        Self::new(Exit::Failed, error.to_string()).hint(hint)
    }
}
