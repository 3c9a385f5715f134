//! What an audit finds, how bad it is, and what a person is to do about it.

use crate::vault::tag::Tag;

/// What can be found of an entry. The order is from the worst on; so is that of every list of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The password is in a list of breached ones.
    Breached,
    /// It is easy to guess, or shorter than its site asks for.
    Weak,
    /// Another account has the same.
    Reused,
    /// Another account has nearly the same.
    Similar,
    /// A page is reached without encryption.
    Http,
    /// Its time is over: a card, a membership, a key.
    Expired,
    /// Its time is nearly over, or a reminder wants the password changed.
    Due,
    /// The password was set long ago.
    Old,
    /// Another entry says the same.
    Duplicate,
}

impl Kind {
    /// All of them, the worst first.
    pub const ALL: [Self; 9] = [
        Self::Breached,
        Self::Weak,
        Self::Reused,
        Self::Similar,
        Self::Http,
        Self::Expired,
        Self::Due,
        Self::Old,
        Self::Duplicate,
    ];

    /// The name in JSON, on the command line and in the vault.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breached => "breached",
            Self::Weak => "weak",
            Self::Reused => "reused",
            Self::Similar => "similar",
            Self::Http => "http",
            Self::Expired => "expired",
            Self::Due => "due",
            Self::Old => "old",
            Self::Duplicate => "duplicate",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What to do, in one or two short sentences.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Breached => "Strangers have this password. Change it today, everywhere it is used.",
            Self::Weak => "Generate a new password and change it at the site.",
            Self::Reused => "One break-in opens all of them. Give each account a password of its own.",
            Self::Similar => "Who knows one guesses the other. Generate a new password for each.",
            Self::Http => "Everybody on the way can read what is typed there. Change the URL to https.",
            Self::Expired => "Renew it and enter the new date, or move the entry to the trash.",
            Self::Due => "Renew it or change the password soon.",
            Self::Old => {
                "Change it when you are at the site anyway; the longer it lives, the more have seen it."
            }
            Self::Duplicate => "Keep one of the entries and move the others to the trash.",
        }
    }

    /// Of 100 points, how many an entry loses whose worst finding it is.
    pub fn weight(self) -> u32 {
        match self {
            Self::Breached => 100,
            Self::Weak => 90,
            Self::Reused => 75,
            Self::Similar => 50,
            Self::Http | Self::Expired => 40,
            Self::Due | Self::Old => 20,
            Self::Duplicate => 10,
        }
    }

    /// What it is about: an exception lapses when a value of these tags is changed.
    pub fn about(self) -> &'static [Tag] {
        match self {
            Self::Http => &[Tag::URL],
            Self::Expired => &[Tag::EXPIRY],
            Self::Due => &[Tag::EXPIRY, Tag::REMINDER, Tag::PASSWORD],
            Self::Duplicate => &[Tag::PASSWORD, Tag::USERNAME, Tag::URL],
            Self::Breached | Self::Weak | Self::Reused | Self::Similar | Self::Old => &[Tag::PASSWORD],
        }
    }
}
