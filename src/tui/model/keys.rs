//! Changing what opens the vault: the questions for it, and a recovery code while it is shown.

use std::time::Duration;

use crate::format::{RecoveryCode, passphrase};
use crate::kit::Qr;
use crate::strength::{self, Strength};
use crate::time::Timestamp;

use super::super::editor::{self, Editor};

/// How long a recovery code is shown: it takes a while to write it down.
pub const KIT_FOR: Duration = Duration::from_secs(180);
/// Bytes of a typed code: its 36 signs, and what people put between them.
const CODE_ROOM: usize = 256;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// A new master password.
    Passwd,
    /// A new key, and the same master password.
    Rekey,
    /// A recovery kit, or a new one.
    MakeKit,
    /// To try whether a recovery code opens the vault.
    TestKit,
    /// To open the vault with a recovery code.
    Recover,
    /// To want no recovery kit.
    DeclineKit,
}

impl Task {
    /// What it is called in the menu and over the questions.
    pub fn title(self) -> &'static str {
        match self {
            Self::Passwd => "Change the master password",
            Self::Rekey => "Give the vault a new key",
            Self::MakeKit => "Make a recovery kit",
            Self::TestKit => "Try the recovery code",
            Self::Recover => "Open with the recovery code",
            Self::DeclineKit => "Want no recovery kit",
        }
    }
}

/// The questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Old,
    Code,
    New,
    Again,
}

/// Asks for what a task needs.
pub struct Ask {
    /// What it is for.
    pub task: Task,
    /// The question that is asked.
    pub step: Step,
    /// The master password as it is, or the recovery code.
    pub secret: Editor,
    /// The new master password.
    pub new: Editor,
    /// The same once more.
    pub again: Editor,
    /// How strong the new one is; none while there is nothing to judge.
    pub strength: Option<Strength>,
    /// Whether the user was told that it is weak, and may take it all the same.
    pub warned: bool,
    /// What is wrong with the last answer.
    pub problem: Option<String>,
    /// What is being done.
    pub working: Option<Working>,
}

/// A change of keys that is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Working {
    /// Its [`super::super::effect::KeyChange::ticket`].
    pub ticket: u64,
    /// Since when.
    pub since: Timestamp,
}

impl Ask {
    /// With the first question.
    pub fn new(task: Task) -> Self {
        let by_code = matches!(task, Task::TestKit | Task::Recover);
        let room = if by_code { CODE_ROOM } else { passphrase::MAX_LEN };
        Self {
            task,
            step: if by_code { Step::Code } else { Step::Old },
            secret: Editor::line(room),
            new: Editor::line(passphrase::MAX_LEN),
            again: Editor::line(passphrase::MAX_LEN),
            strength: None,
            warned: false,
            problem: None,
            working: None,
        }
    }

    /// The line that is being typed in.
    pub fn editor_mut(&mut self) -> Option<&mut Editor> {
        match self.step {
            _ if self.working.is_some() => None,
            Step::Old | Step::Code => Some(&mut self.secret),
            Step::New => Some(&mut self.new),
            Step::Again => Some(&mut self.again),
        }
    }

    /// Judges what was typed as the new one.
    pub fn judge(&mut self) {
        self.warned = false;
        let text = self.new.text();
        self.strength = (!text.is_empty()).then(|| strength::estimate(text, &["tresor"]));
    }

    /// Goes back to the first question; nothing that was typed is kept.
    pub fn restart(&mut self, problem: String) {
        *self = Self { problem: Some(problem), ..Self::new(self.task) };
    }
}

/// A recovery code that is shown, for a while.
pub struct Kit {
    /// The code.
    pub code: RecoveryCode,
    /// The same as a QR code.
    pub qr: Option<Qr>,
    /// Until when.
    pub until: Timestamp,
    /// Where to save the page, while that is asked.
    pub file: Option<Editor>,
    /// What became of the page.
    pub saved: Option<Result<String, String>>,
}

impl Kit {
    /// Shown until a moment.
    pub fn new(code: RecoveryCode, until: Timestamp) -> Self {
        let qr = Qr::of(&code);
        Self { code, qr, until, file: None, saved: None }
    }

    /// Asks where to save the page.
    pub fn ask_file(&mut self, now: Timestamp) {
        let day = now.to_string();
        let day = day.get(..10).unwrap_or_default();
        self.file = Some(Editor::line(editor::LINE).with(&format!("~/tresor-recovery-kit-{day}.html")));
        self.saved = None;
    }
}
