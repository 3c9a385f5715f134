//! What was found when a vault was opened that its user is to know: how its file stands to what this device has
//! seen, and what became of what is remembered here. Each is a plain sentence or two, and a name for scripts.

use std::fmt;
use std::path::PathBuf;

use crate::printable;
use crate::time::Timestamp;

/// Something to be told. None of it keeps the vault from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The file is older than what was seen.
    OlderFile {
        /// When what was seen was saved; none where only that something is missing is known.
        seen: Option<Timestamp>,
        /// Whether all that was seen is in the vault again.
        whole: bool,
    },
    /// The file and what was seen both have what the other has not.
    ForkedFile {
        /// When what was seen was saved.
        seen: Option<Timestamp>,
        /// Whether all that was seen is in the vault again.
        whole: bool,
    },
    /// The file is of an older major version of the format than was seen.
    OlderFormat {
        /// The version that was seen.
        seen: u16,
    },
    /// The vault was given another key on another device.
    KeyChanged {
        /// What was seen under the old key, where it may have what the vault has not.
        kept: Option<PathBuf>,
    },
    /// The file is from before a change of the key, and was opened on request.
    OlderKey {
        /// What was seen under the newer key.
        kept: Option<PathBuf>,
    },
    /// The file was opened by its name, and is a back-up or a copy of the vault that is elsewhere.
    Copy {
        /// Where the vault is.
        place: PathBuf,
    },
    /// What is remembered here was changed by another program, or is damaged.
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// What is remembered here cannot be read: the system refuses.
    Unreadable {
        /// Which file.
        path: PathBuf,
    },
    /// What was remembered here is gone.
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// The state folder comes from another machine.
    OtherMachine,
    /// A save that was cut short left changes, which are in the vault now.
    LeftOver {
        /// How many files.
        files: usize,
    },
    /// A temporary file of a save is kept: it is under another key, or of another machine.
    Foreign {
        /// Which file.
        path: PathBuf,
    },
}

impl Finding {
    /// Its name for scripts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OlderFile { .. } => "older-file",
            Self::ForkedFile { .. } => "forked-file",
            Self::OlderFormat { .. } => "older-format",
            Self::KeyChanged { .. } => "key-changed",
            Self::OlderKey { .. } => "older-key",
            Self::Copy { .. } => "copy",
            Self::Damaged { .. } => "state-damaged",
            Self::Unreadable { .. } => "state-unreadable",
            Self::Missing { .. } => "state-missing",
            Self::OtherMachine => "other-machine",
            Self::LeftOver { .. } => "left-over-merged",
            Self::Foreign { .. } => "left-over-kept",
        }
    }
}

/// Plain sentences; paths in it are made harmless to a terminal.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OlderFile { seen, whole } => {
                write!(
                    f,
                    "This vault file is older than what this device saw last{}: a sync program or a back-up put \
                     it back.{}",
                    saved(*seen),
                    fate(*whole)
                )
            }
            Self::ForkedFile { seen, whole } => {
                write!(
                    f,
                    "This vault file does not come from what this device saw last{}: another device saved \
                     without knowing of that.{}",
                    saved(*seen),
                    fate(*whole)
                )
            }
            Self::OlderFormat { seen } => write!(
                f,
                "This vault file has an older format than this device has seen of it: version {seen}. Someone \
                 may have put an old file in its place."
            ),
            Self::KeyChanged { kept: None } => {
                f.write_str("The vault was given another key on another device. All is in it.")
            }
            Self::KeyChanged { kept: Some(path) } => write!(
                f,
                "The vault was given another key on another device, which may not have had all that this one \
                 had saved. That is kept in {}: `tresor merge` brings it in, with the old master password.",
                shown(path)
            ),
            Self::OlderKey { kept } => {
                f.write_str("This vault file is from before its key was changed, and was opened on request.")?;
                match kept {
                    Some(path) => write!(f, " What this device saw after that is kept in {}.", shown(path)),
                    None => Ok(()),
                }
            }
            Self::Copy { place } => write!(
                f,
                "This file is a back-up or a copy of the vault {}, which has other changes. What is in one does not \
                 go into the other by itself: `tresor merge` does that.",
                shown(place)
            ),
            Self::Damaged { path } => write!(
                f,
                "What this device remembers of the vault was damaged or changed by another program ({}). If an \
                 older file was put in the vault's place, this device may not know.",
                shown(path)
            ),
            Self::Unreadable { path } => write!(
                f,
                "What this device remembers of the vault cannot be read ({}). If an older file was put in the \
                 vault's place, this device does not know.",
                shown(path)
            ),
            Self::Missing { path } => write!(
                f,
                "What this device remembered of the vault is gone ({}). If an older file was put in the \
                 vault's place, this device may not know.",
                shown(path)
            ),
            Self::OtherMachine => f.write_str(
                "What this device remembers of the vault was written on another machine. It is used, and this \
                 machine saves under a name of its own.",
            ),
            Self::LeftOver { files: 1 } => {
                f.write_str("A save that was cut short had left its changes; they are in the vault.")
            }
            Self::LeftOver { files } => {
                write!(f, "{files} saves that were cut short had left their changes; they are in the vault.")
            }
            Self::Foreign { path } => write!(
                f,
                "A save that is not of this device, or under another key, has left {}. It is kept: `tresor \
                 merge` brings it in, if no other machine is saving just now.",
                shown(path)
            ),
        }
    }
}

fn saved(seen: Option<Timestamp>) -> String {
    match seen.filter(|seen| seen.0 > 0) {
        None => String::new(),
        Some(seen) => {
            let text = seen.to_string();
            format!(
                " (saved {} {} UTC)",
                text.get(..10).unwrap_or_default(),
                text.get(11..16).unwrap_or_default()
            )
        }
    }
}

fn fate(whole: bool) -> &'static str {
    if whole {
        " Nothing is lost: both are merged, and the next change writes that."
    } else {
        " What was newer is NOT all here: the copy that this device kept of it is missing or damaged. Look into \
         the back-ups."
    }
}

fn shown(path: &std::path::Path) -> String {
    printable::line(&path.display().to_string()).into_owned()
}
