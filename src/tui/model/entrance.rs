//! Before a vault is open: the first start, and the lock.

use crate::format::passphrase;
use crate::secret::Secret;
use crate::strength::{self, Strength};
use crate::time::Timestamp;

use super::super::editor::Editor;
use super::super::key::{Code, Key};

/// Most keys that are kept while the vault is being opened.
const MAX_AHEAD: usize = 64;

/// Wrong passwords after which there is no wait.
const FREE_TRIES: u32 = 3;
/// Seconds of the longest wait.
const MAX_WAIT: u64 = 30;

/// The first start: four questions.
pub struct Wizard {
    /// The question that is asked.
    pub step: Step,
    /// What the first one was answered with.
    pub start: Start,
    /// The master password.
    pub password: Editor,
    /// The same once more.
    pub repeat: Editor,
    /// How strong it is; none while there is nothing to judge.
    pub strength: Option<Strength>,
    /// What is wrong with the last answer.
    pub problem: Option<String>,
    /// Whether the user was told that the password is weak, and may take it all the same.
    pub warned: bool,
    /// What the last question is answered with.
    pub kit: KitAnswer,
    /// Since when the vault is being made.
    pub working: Option<Timestamp>,
}

/// The questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Start,
    Password,
    Repeat,
    Kit,
}

/// How to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With an empty vault.
    Empty,
    /// With what another password manager exported: the import is begun once the vault is made.
    Import,
}

/// Whether to make a recovery kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KitAnswer {
    /// With the vault.
    Now,
    /// Offer it again, some day.
    Later,
    /// None is wanted.
    No,
}

impl KitAnswer {
    /// All of them, in the order of the question.
    pub const ALL: [Self; 3] = [Self::Now, Self::Later, Self::No];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Later => "Later: remind me",
            Self::No => "No, and do not ask again",
        }
    }
}

/// The lock.
pub struct Locked {
    /// What is typed.
    pub password: Editor,
    /// Why it did not open.
    pub problem: Option<String>,
    /// What may be the matter with the keyboard, from how the last password looked.
    pub hint: Option<&'static str>,
    /// Whether what the last password was meant to be is being guessed at.
    pub guessing: bool,
    /// Wrong passwords so far.
    pub failures: u32,
    /// When the next one is taken.
    pub ready_at: Option<Timestamp>,
    /// The password of a vault whose costs are to be consented to first.
    pub held: Option<Secret>,
    /// Since when it is being opened.
    pub working: Option<Timestamp>,
    /// What was typed since: it is meant for the list, and typed there once that is open.
    pub ahead: Vec<Key>,
}

impl Default for Wizard {
    fn default() -> Self {
        Self {
            step: Step::Start,
            start: Start::Empty,
            password: Editor::line(passphrase::MAX_LEN),
            repeat: Editor::line(passphrase::MAX_LEN),
            strength: None,
            problem: None,
            warned: false,
            kit: KitAnswer::Now,
            working: None,
        }
    }
}

impl Wizard {
    /// The line that is being typed in.
    pub fn editor_mut(&mut self) -> Option<&mut Editor> {
        match self.step {
            _ if self.working.is_some() => None,
            Step::Start | Step::Kit => None,
            Step::Password => Some(&mut self.password),
            Step::Repeat => Some(&mut self.repeat),
        }
    }

    /// The number of this question and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let number = match self.step {
            Step::Start => 1,
            Step::Password => 2,
            Step::Repeat => 3,
            Step::Kit => 4,
        };
        (number, 4)
    }

    /// Judges what was typed.
    pub fn judge(&mut self) {
        self.warned = false;
        let text = self.password.text();
        self.strength = (!text.is_empty()).then(|| strength::estimate(text, &["tresor"]));
    }
}

impl Locked {
    /// Counts a wrong password. From the fourth on the next has to wait: 1, 2, 4, 8, 16 and then 30 seconds.
    /// Nothing of it is written down; it is there against somebody who tries at an open terminal.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let wait = self.failures.checked_sub(FREE_TRIES + 1).map(|more| (1 << more.min(5)).min(MAX_WAIT));
        self.ready_at = wait.map(|seconds| now.plus_millis(seconds * 1000));
    }

    /// Whole seconds until the next password is taken; 0 for at once.
    pub fn wait(&self, now: Timestamp) -> u64 {
        self.ready_at.map_or(0, |at| at.millis_since(now).div_ceil(1000))
    }

    /// Keeps a key for the list; beyond [`MAX_AHEAD`] it is dropped.
    pub fn keep(&mut self, key: Key) {
        if self.ahead.len() < MAX_AHEAD {
            self.ahead.push(key);
        }
    }

    /// Wipes the keys that were kept: they may be a password typed a second time.
    pub fn forget(&mut self) {
        self.ahead.fill(Key::plain(Code::Esc));
        self.ahead.clear();
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.forget();
    }
}

impl Default for Locked {
    fn default() -> Self {
        Self {
            password: Editor::line(passphrase::MAX_LEN),
            problem: None,
            hint: None,
            guessing: false,
            failures: 0,
            ready_at: None,
            held: None,
            working: None,
            ahead: Vec::with_capacity(MAX_AHEAD),
        }
    }
}
